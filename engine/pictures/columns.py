"""Columns: which boxes stand below each other, and in which order.

    parameters   of a layer: W1[1,1], W1[1,2], b1[1], W1[2,1], ...
    units        of a layer, sample by sample: z1[1], z1[2], ...
    inputs       that come in equally early: x[1], x[2], ...; targets in the same way
    leaves       that differ by their number alone, just before what they are used for: c0, c1, ...

The operands of one operation stand in their order too, where no arrow has to cross another for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from ..graphs.brackets import natural, stem
from ..graphs.folds import Box, Fold, Link


def columns(fold: Fold, boxes: Sequence[Box], level: Mapping[str, int]) -> list[list[Box]]:
    """The boxes of each column, from top to bottom. level: where Graphviz puts what nothing holds, by id."""
    found: dict[Hashable, list[Box]] = {}
    for box in boxes:
        key = column_of(fold, box, level[fold.id(box)])
        if key is not None:
            found.setdefault(key, []).append(box)
    return [in_order(fold, column) for column in found.values() if len(column) > 1]


def column_of(fold: Fold, box: Box, level: int) -> Hashable:
    """What the boxes of a column share; None for a box that is in none. All of a column can stand equally far
    to the right: none is computed from another."""
    graph, names, v = fold.graph, fold.graph.names, box.outputs[-1]
    place, unit = names.place.get(v), names.units.get(v)
    if box.group in ("z", "neuron") or box.single and place and place.part == "affine" and v in names.parts:
        return place and ("unit", place.network, place.layer, graph.levels[v])
    if not box.single or v.operands or graph.is_plain(v):
        return None
    if unit and unit[0] in names.found:
        return "parameter", unit[0].network, unit[0].layer
    if v in names.parts:
        return graph.role(v), min(graph.levels[edge.z] for edge in graph.uses[v])
    name = graph.symbol(v)
    return ("numbered", stem(name), level) if v.label and stem(name) != name else None


def in_order(fold: Fold, boxes: Sequence[Box]) -> list[Box]:
    """Sample by sample and by their names, w2 before w10; the bias of a unit after its weights."""
    names = fold.graph.names
    def place(box: Box) -> tuple[int, list[tuple[bool, int, str]], bool, list[tuple[bool, int, str]]]:
        v = box.outputs[-1]
        unit, j = names.units.get(v, (None, ""))
        return (0 if unit else names.sample.get(v, 0), natural(unit.unit) if unit else [], not j,
                natural(fold.graph.symbol(v)))
    return sorted(boxes, key=place)


def ordered(fold: Fold, links: Sequence[Link], stacks: Sequence[Sequence[Box]]) -> set[str]:
    """The ids of the boxes whose operands stand in their order: each is used once, and no two of them are in
    one column, which has an order of its own."""
    uses  = Counter(fold.id(link.source) for link in links)
    stack = {fold.id(box): k for k, column in enumerate(stacks) for box in column}
    into: dict[str, list[str]] = {}
    for link in links:
        into.setdefault(fold.id(link.target), []).append(fold.id(link.source))
    return {head for head, tails in into.items() if len(tails) > 1 and all(uses[tail] == 1 for tail in tails)
            and max(Counter(stack.get(tail, tail) for tail in tails).values()) == 1}
