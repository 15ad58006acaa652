"""Fitting: a picture near a given shape, by brackets, frames and room, told from the sizes of its texts.

    plan     how to draw a fold: how many columns the frame of each opened bracket has, and the shape to keep
    shape    (width, height): only their ratio counts

Nothing is drawn to find the plan, so the DOT text is the same with and without a Graphviz.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from math import inf, log, sqrt
from typing import NamedTuple

from ..graphs.brackets import LEVELS, MIDDLE
from ..graphs.folds import Box, Fold
from ..graphs.graph import Graph
from ..show.text import visible
from ..value import Value

LETTER, LINE, MARGIN = 6.2, 14.5, 18.0     # points: a letter's width, a line's height, what a box adds
GAP, BETWEEN         = 9.4, 52.0           # points between boxes of a column, and between columns
NEAR, FARTHEST       = 1.3, 2.6            # times the ratio asked for: near enough; what room alone may mend
FRAME                = 40.0                # points: the margins and title of a layer's frame
SLOPE, LABELS_UP_TO  = 20.0, 220           # points: of a slope on its arrow; arrows: above, they have none
WIDEST               = 1800.0              # points: a wider picture cannot be read on a slide
Shape                = tuple[float, float]
WIDE: Shape          = (16, 9)                  # a screen, a slide
MANY, STRIP          = 60, 4.0                  # boxes, and how far from WIDE, that make a strip of a drawing


class Plan(NamedTuple):
    """How to draw a fold."""

    columns: dict[str, int]          # by the title of an opened bracket
    ratio:   float | None = None     # height over width to stretch the picture to; None: as it comes
    bands:   dict[str, int] | None = None    # by box: in which of several rows below each other it stands


PLAIN = Plan({})


def fitted(graph: Graph, view: str, unfold: Iterable[Value | str], shape: Shape,
           says: Callable[[Fold, Box], list[str]]) -> tuple[Fold, Plan]:
    """The fold and plan whose picture comes nearest to the shape.

    Args:
        says: the lines in a box of a fold.

    Raises:
        ValueError: the shape has a side that is no length.
    """
    ratio   = ratio_of(shape)
    unfold  = list(unfold)
    closed  = [what for what in unfold if not (isinstance(what, str) and MIDDLE in what)]
    chosen, least = 0, inf
    for level in (0, *LEVELS):
        width, height = Sizes(Fold(graph, view, closed, level), says).whole({})
        miss = abs(log(width / height / ratio)) + max(0.0, log(max(width, height * ratio) / WIDEST))
        if miss < least - 0.05:                               # a bracket must be worth its while
            chosen, least = level, miss
        if least < log(NEAR):
            break
    if not chosen and len(closed) < len(unfold):
        chosen = LEVELS[0]                                    # a bracket is asked for by its title
    fold  = Fold(graph, view, unfold, chosen)
    sizes = Sizes(fold, says)
    plan  = {title: 8 for title in dict.fromkeys(box.frame for box in fold.boxes if box.frame)}
    counts = {title: sum(box.frame == title for box in fold.boxes) for title in plan}
    for title in (*plan, *plan):                              # twice: the first did not know the others
        plan[title] = min(range(1, counts[title] + 1), key=lambda k: sizes.scale(plan | {title: k}, ratio))
    width, height = sizes.whole(plan)
    off = width / height / ratio
    if not chosen and 1 / NEAR < off < NEAR:
        return fold, PLAIN
    rows = round(sqrt(off)) if not plan else 1                # a row of half the length makes two
    bands, off = (sizes.bands(rows), off / rows ** 2) if rows > 1 else (None, off)
    return fold, Plan(plan, 1 / (ratio * max(1.0, off / FARTHEST) * min(1.0, off * FARTHEST)), bands)


def is_strip(fold: Fold, says: Callable[[Fold, Box], list[str]]) -> bool:
    """Whether a drawing of many boxes would be STRIP times as wide or as high as a screen."""
    if len(fold.boxes) <= MANY:
        return False
    width, height = Sizes(fold, says).whole({})
    return not 1 / STRIP < width / height / ratio_of(WIDE) < STRIP


def ratio_of(shape: Shape) -> float:
    """Width over height."""
    try:
        width, height = (float(side) for side in shape)
        if not (0 < width < inf and 0 < height < inf and 1 / 20 <= width / height <= 20):
            raise ValueError
    except (TypeError, ValueError):
        raise ValueError("fit is the shape of a picture, two lengths of which neither is 20 times the other, "
                         f"not {visible(repr(shape))}: write fit=(16, 9)") from None
    return width / height


class Sizes:
    """About how large the picture of a fold is: columns of boxes, from the inputs to the result."""

    def __init__(self, fold: Fold, says: Callable[[Fold, Box], list[str]]) -> None:
        self.fold  = fold
        self.items: dict[str, list[tuple[float, float]]] = {}      # a frame's boxes are one item
        self.item  = {id(box): box.frame or fold.id(box) for box in fold.boxes}
        self.layer: dict[str, str] = {}
        for box in fold.boxes:
            self.items.setdefault(self.item[id(box)], []).append(size(says(fold, box)))
            self.layer[self.item[id(box)]] = box.cluster if box.group != "layer" and not box.frame else ""
        arrows     = [(self.item[id(link.source)], self.item[id(link.target)]) for link in fold.links
                      if link.source is not link.target]
        self.level = levels(arrows, list(self.items))
        frames     = {box.frame for box in fold.boxes}             # one arrow leaves all boxes of a frame
        self.arrows = Counter(self.level[head] for tail, head in
                              dict.fromkeys(arrow for arrow in arrows if arrow[0] in frames))
        self.arrows.update(self.level[head] for tail, head in arrows if tail not in frames)

    def whole(self, columns: dict[str, int]) -> tuple[float, float]:
        """Width and height, in points."""
        wide: dict[int, float] = {}
        high: dict[tuple[str, int], float] = {}                    # by layer and column
        for item, boxes in self.items.items():
            k    = columns.get(item, 1)
            w, h = max(box[0] for box in boxes), max(box[1] for box in boxes)
            at   = self.level[item]
            wide[at] = max(wide.get(at, 0.0), k * w + (k - 1) * BETWEEN / 2)
            rows     = -(-len(boxes) // k)
            high[self.layer[item], at] = high.get((self.layer[item], at), 0.0) + rows * (h + GAP)
        slopes = SLOPE * max(self.arrows.values(), default=0) * (self.arrows.total() <= LABELS_UP_TO)
        width  = sum(wide.values()) + BETWEEN * (len(wide) - 1)
        return width + MARGIN, max(self.height(high), slopes) + MARGIN

    def height(self, high: dict[tuple[str, int], float]) -> float:
        """Of the highest column. The frame of a layer is as high everywhere as its own highest column."""
        total = {at: h for (layer, at), h in high.items() if not layer}
        for layer in dict.fromkeys(layer for layer, _ in high if layer):
            ats = [at for name, at in high if name == layer]
            for at in range(min(ats), max(ats) + 1):
                total[at] = total.get(at, 0.0) + FRAME + max(high[layer, own] for own in ats)
        return max(total.values())

    def bands(self, rows: int) -> dict[str, int]:
        """The row of each box where the columns go on below, as lines of a text do."""
        first, depth = min(self.level.values()), max(self.level.values()) - min(self.level.values()) + 1
        return {self.fold.id(box): (self.level[self.item[id(box)]] - first) * rows // depth
                for box in self.fold.boxes}

    def scale(self, columns: dict[str, int], ratio: float) -> float:
        """How wide a slide must be that shows it: the less, the larger its text."""
        width, height = self.whole(columns)
        return max(width, height * ratio)


def size(lines: list[str]) -> tuple[float, float]:
    """Width and height of a box that says this."""
    return max(map(len, lines), default=0) * LETTER + MARGIN, len(lines) * LINE + MARGIN / 2


def levels(arrows: list[tuple[str, str]], items: list[str]) -> dict[str, int]:
    """The column of each item: just before the first that it leads to, for Graphviz keeps arrows short."""
    before: dict[str, list[str]] = {item: [] for item in items}
    waits = dict.fromkeys(items, 0)
    for tail, head in arrows:
        before[head].append(tail)
        waits[tail] += 1
    level = dict.fromkeys(items, 0)
    ready = [item for item in items if not waits[item]]
    while ready:
        item = ready.pop()
        for tail in before[item]:
            level[tail] = min(level[tail], level[item] - 1)
            waits[tail] -= 1
            if not waits[tail]:
                ready.append(tail)
    first = min(level.values())
    return {item: at - first for item, at in level.items()}
