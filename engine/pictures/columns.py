"""Columns: which boxes stand below each other, and in which order."""

from __future__ import annotations

from ..graphs.folds import Box, Fold
from .grids import in_order


def columns(fold: Fold, boxes: list[Box], ordered: bool = False) -> list[list[str]]:
    """The units of a layer, to be drawn one below the other in their order; so are the inputs, and the
    parameters of an opened layer: W1[1,1], W1[1,2], b1[1], W1[2,1], ..."""
    found: dict[tuple[str, int], list[str]] = {}
    if fold.view != "scalar" or ordered:
        shown = [box for box in boxes if box.single and box.members[0] in fold.graph.names.units]
        found["p", 0] = [fold.id(box) for box in in_order(fold, shown)]
    if fold.view in ("unit", "neuron") or ordered:
        for box in boxes:
            key = column_of(fold, box, ordered)
            if key is not None:
                found.setdefault(key, []).append(fold.id(box))
    return [column for column in found.values() if len(column) > 1]


def column_of(fold: Fold, box: Box, ordered: bool) -> tuple[str, int] | None:
    """The column that a unit or an input of a sample belongs to."""
    v = box.members[0]
    place, part = fold.graph.place(v), fold.graph.names.parts.get(v)
    end = box.single and ordered and place and place.part == "affine" and v in fold.graph.names.parts
    if place and (box.group in ("z", "neuron") or end):
        return "z", place.sample
    return ("x", part[2]) if not v.operands and part and fold.graph.role(v) == "input" else None
