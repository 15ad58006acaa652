"""compare: a graph before and after a training step, in one picture: both numbers in every box, the change as
a bar with its sign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite

from . import tikz
from .drawing import Drawing, description, rows
from ..graphs.folds import Fold
from ..graphs.graph import Graph
from .legend import Entry
from .source import dot_source
from .style import LATEX, LIT, LONG, TEXT, Scale, Script, lines, wrapped
from ..show.dot import escaped
from ..show.dot import lines as dot_lines
from ..show.numbers import digits
from ..show.palette import BLUE
from ..value import Constant, Number, Value, number

CHANGE   = "change"
UP, DOWN = BLUE, LIT
BAR      = 6.0               # points: how high a bar is
ROOM     = "0.24,0.06"       # Graphviz takes an arrow for narrower than it is
LEAST    = 0.08              # of half a box: the bar of the smallest change
NUMBER_OF = re.compile(r"(?:data|grad)(?: \$W\$)?(?: up to)? ")     # what a line of LaTeX says the number of


class Comparison(Drawing):
    """One picture of a graph at two times; shown and saved as a Drawing is. In TikZ the boxes say the same,
    without the bars."""

    def __init__(self, before: Drawing, after: Drawing) -> None:
        changes = differences(before, after)
        labels  = {box: attributes(before.said.get(box, said), said, changes.get(box))
                   for box, said in after.said.items()}
        scale   = Scale([abs(float(change)) for change, _, _ in changes.values()])
        super().__init__(dot_source(after.fold, (), None, None, after.plan, labels),
                         f"Before: {before.description}. After: {after.description}",
                         [[when, *row] for when, one in (("before", before), ("after", after))
                          for row in one.rows],
                         after.fold, said=after.said, legend=legend(scale, bool(changes)),
                         formulas={box: in_latex(before.formulas.get(box, now), now, changes.get(box))
                                   for box, now in after.formulas.items()})
        self.before, self.after = before, after
        self.changes, self.scale = changes, scale

    def tikz(self) -> tikz.Picture:
        """The picture in TikZ: without bars, and so without the legend that is about them."""
        return tikz.picture(self.layout, self.formulas)

    def svg(self) -> str:
        """The picture, with a bar in each box that changed."""
        return re.sub(r'<g id="(n\d+)" class="node">.*?(?=<g id="(?:n|e|clust)|\Z)',
                      lambda node: self.barred(node[0], node[1]), super().svg(), flags=re.DOTALL)

    def barred(self, node: str, box: str) -> str:
        """The node with its bar: to the right of the middle what grew, to the left what shrank."""
        line = re.search(rf'<text [^>]*x="([-\d.]+)" y="([-\d.]+)"[^>]*>{CHANGE} [^<]*</text>\n?', node)
        if box not in self.changes or not line:
            return node
        change = float(self.changes[box][0])
        xs     = [float(x) for points in re.findall(r'(?:points| d)="([^"]*)"', node)
                  for x in re.findall(r"(-?[\d.]+),-?[\d.]+", points)]
        x, y   = float(line[1]), float(line[2]) + 5
        long   = (max(xs) - min(xs)) / 2 - 8
        share  = LEAST + (1 - LEAST) * self.scale.share(abs(change)) if isfinite(change) else 1.0
        end    = x + (long * share if change > 0 else -long * share)
        drawn  = (rectangle(x - long, x + long, y, "#e6e8eb", "track")
                  + rectangle(min(x, end), max(x, end), y, UP if change > 0 else DOWN, "bar")
                  + f'<polyline fill="none" stroke="#555555" points="{x:.2f},{y - 2:.2f} '
                  f'{x:.2f},{y + BAR + 2:.2f}"/>\n')
        return node[:line.end()] + drawn + node[line.end():]


def rectangle(left: float, right: float, top: float, colour: str, kind: str) -> str:
    low     = top + BAR
    corners = f"{left:.2f},{top:.2f} {right:.2f},{top:.2f} {right:.2f},{low:.2f} {left:.2f},{low:.2f}"
    return f'<polygon class="{kind}" fill="{colour.lower()}" stroke="transparent" points="{corners}"/>\n'


# --- what changed ---------------------------------------------------------------------------------

def differences(before: Drawing, after: Drawing) -> dict[str, tuple[Number, int, int]]:
    """For each box whose numbers changed: the largest change, how many changed, of how many."""
    found = {}
    for box in after.fold.boxes:
        inside  = [v for v in box.outputs + box.parameters if type(v) is not Constant]
        changed = [number(v.data) - number(before.numbers[after.graph.index[v]][0]) for v in inside]
        moved   = [change for change in changed if change != 0]
        if moved:
            largest = max(moved, key=lambda change: abs(float(change)))
            found[after.fold.id(box)] = largest, len(moved), len(inside)
    return found


def attributes(then: Sequence[str], now: Sequence[str],
               change: tuple[Number, int, int] | None) -> dict[str, str]:
    """What a box says of both times, with a bold border where its numbers changed."""
    said = [part for old, new in zip(then, now) for part in both(old, new)] + list(now[len(then):])
    if change is None:
        shown = [part for line in said for part in wrapped(line)]
        return {} if list(then) == list(now) else {"label": dot_lines(*shown), "margin": ROOM}
    many  = change_line(*change)
    shown = [part for line in said for part in wrapped(line)] + [many, " "]      # the bar stands in the last
    return {"label": dot_lines(*shown), "penwidth": "2.5", "margin": ROOM,
            "tooltip": escaped("; ".join([*said, many]), 1000)}


def change_line(largest: Number, moved: int, of: int, script: Script = TEXT) -> str:
    """change +1; of several numbers the largest, and how many changed."""
    signed = "+" * (float(largest) > 0) + script.number(largest)
    return f"{CHANGE} up to {signed}, {moved} of {of}" if of > 1 else f"{CHANGE} {signed}"


def in_latex(then: Sequence[str], now: Sequence[str], change: tuple[Number, int, int] | None) -> list[str]:
    """The same as formulas."""
    said = [part for old, new in zip(then, now) for part in both_in_latex(old, new)] + list(now[len(then):])
    return said + ([change_line(*change, LATEX)] if change else [])


def both_in_latex(old: str, new: str) -> list[str]:
    """data $1$ $\\to$ $0.8$; a range, or what is no number alone, on two lines."""
    if old == new:
        return [new]
    words = NUMBER_OF.match(new)
    rest  = rf"$\to$ {new[words.end():] if words else new}"
    return [f"{old} {rest}"] if words and " ... " not in old + new else [old, rest]


def both(old: str, new: str) -> list[str]:
    """data 1 → 0.8; a longer line on two."""
    if old == new:
        return [new]
    words = 0
    while old.split(" ")[:words + 1] == new.split(" ")[:words + 1]:
        words += 1
    rest = " ".join(new.split(" ")[words:])
    line = f"{old} → {rest}"
    return [line] if len(line) < LONG and not {"...", ""} & set(old.split(" ")) else [old, f"→ {rest}"]


def legend(scale: Scale, changed: bool) -> list[Entry]:
    """How the bars are read."""
    if not changed:
        return [Entry("no number changed")]
    sizes = (f"log scale, longest {digits(scale.largest)}, shortest {digits(scale.smallest)}"
             if scale.largest > scale.smallest else f"each {digits(scale.largest)}")
    return [Entry("before → after"), Entry("+ it grew", UP, BAR), Entry("- it shrank", DOWN, BAR),
            Entry(f"bar: the change of data, {sizes}")]


def compare(before: Drawing, after: Value | Graph) -> Comparison:
    """A drawing made before a training step and the same graph after it, in one picture.

        before = draw(loss(model))
        optimizer.step()
        compare(before, loss(model)).save("step.svg")

    Every box says both numbers, "data 1 → 0.8", and where they differ shows the change as a bar: to the right
    what grew, to the left what shrank.

    Args:
        before: what draw() returned; it keeps the numbers of its time.
        after: the result computed again; it is drawn in the same view.

    Raises:
        TypeError: before is not a Drawing.
        ValueError: the two graphs differ in shape.
    """
    if not isinstance(before, Drawing):
        raise TypeError(f"compare needs the drawing made before the step, not {type(before).__name__}: write "
                        "before = draw(loss), then the step, then compare(before, new_loss)")
    graph = after if isinstance(after, Graph) else Graph(after)
    fold  = same_fold(before.fold, graph)
    shape, other = [row[:2] for row in before.rows], [row[:2] for row in rows(fold)] if fold else []
    if fold is None or shape != other or len(graph.nodes) != len(before.numbers):
        raise ValueError(f"the graph had {len(shape)} boxes before and has {len(other)} now, or others: only "
                         "the numbers may differ. Compute both results in the same way")
    said = {fold.id(box): lines(fold, box) for box in fold.boxes}
    return Comparison(before, Drawing(dot_source(fold, (), None, None, before.plan), description(fold),
                                      rows(fold), fold, said=said, plan=before.plan))


def same_fold(fold: Fold, graph: Graph) -> Fold | None:
    """The other graph, folded alike; None if what was opened is not in it."""
    opened = [what if isinstance(what, str) else fold.graph.id(what) for what in fold.unfold]
    try:
        return Fold(graph, fold.view, opened, fold.level)
    except ValueError:
        return None
