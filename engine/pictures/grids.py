"""Grids: the values of an opened bracket as a grid, with one arrow for all that lead to the same box."""

from __future__ import annotations

from .columns import in_order
from .fitting import Plan
from ..graphs.folds import Box, Fold, Link
from ..show.dot import Dot, below_each_other, escaped
from ..show.dot import lines as dot_lines
from .style import LATEX, LAYER, TEXT, Script, lines, wrapped


def in_grid(fold: Fold, box: Box) -> bool:
    """Whether the box came out of a bracket of leaves: one arrow leaves them all."""
    return bool(box.frame) and not box.members[-1].operands


def slope_line(fold: Fold, box: Box) -> dict[str, str]:
    """What a box of a grid says, with the slope that its own arrow would show."""
    said = [part for line in lines(fold, box) for part in wrapped(line)]
    return {"label": dot_lines(*said, *slope(fold, box))}


def slope(fold: Fold, box: Box, script: Script = TEXT) -> list[str]:
    """The line of a box of a grid that has one arrow, and not several."""
    uses = fold.graph.uses[box.members[-1]]
    return [f"slope {script.number(uses[0].partial)}"] if len(uses) == 1 else []


def formulas(fold: Fold) -> dict[str, list[str]]:
    """What each box says in LaTeX, by id."""
    return {fold.id(box): lines(fold, box, LATEX) + (slope(fold, box, LATEX) if in_grid(fold, box) else [])
            for box in fold.boxes}


def grid(title: str, ids: list[str], columns: int) -> Dot:
    """The frame around these boxes, below each other in columns."""
    frame = Dot(f"cluster {tail(ids, columns)}")
    frame.own(**LAYER | {"style": "rounded,dashed", "margin": "8"}, label=escaped(title),
              id=f"frame_{ids[0]}")
    high  = -(-len(ids) // columns)
    parts = [ids[k:k + high] for k in range(0, len(ids), high)]
    for part in parts:
        frame.part(below_each_other(part[::-1]))              # a cluster is turned upside down
    for one, other in zip(parts, parts[1:]):
        for left, right in zip(one, other):
            frame.edge(left, right, style="invis", weight="8")
    return frame


def tail(ids: list[str], columns: int) -> str:
    """The box of a frame that its arrows leave from: in the middle of the last column."""
    high = -(-len(ids) // columns)
    last = ids[(len(ids) - 1) // high * high:]
    return last[len(last) // 2]


def bundled(fold: Fold, links: list[Link], framed: set[str], plan: Plan) -> list[Link]:
    """The arrows, those of a frame to one box as one."""
    frames: dict[str, list[Box]] = {}
    for box in fold.boxes:
        if fold.id(box) in framed:
            frames.setdefault(box.frame, []).append(box)
    tails  = {title: tail([fold.id(box) for box in in_order(fold, cells)], plan.columns.get(title, 1))
              for title, cells in frames.items()}
    starts = {title: next(box for box in cells if fold.id(box) == tails[title])
              for title, cells in frames.items()}
    found: list[Link] = []
    merged: dict[tuple[str, int], Link] = {}
    for link in links:
        if fold.id(link.source) not in framed:
            found.append(link)
            continue
        key = link.source.frame, id(link.target)
        if key not in merged:
            merged[key] = Link(starts[link.source.frame], link.target, [])
            found.append(merged[key])
        merged[key].slopes.extend(link.slopes)
    return found


def bundle(link: Link) -> dict[str, str]:
    return {"label": f" {len(link.slopes)} slopes "} if len(link.slopes) > 1 else {}
