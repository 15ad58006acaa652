"""compare: a graph before and after a training step, in one picture, with what changed marked."""

from __future__ import annotations

import re

from .drawing import Drawing, description, dot_source, rows
from ..graphs.folds import Fold
from ..graphs.graph import Graph
from .graphviz import as_svg
from . import tikz
from .style import FONT, LATEX, lines, marked
from ..show.text import html
from ..value import Value

GAP, CAPTION = 30, 24      # points between the pictures, and above them


class Comparison(Drawing):
    """Two pictures of one graph; shown and saved as a Drawing is."""

    def __init__(self, before: Drawing, after: Drawing) -> None:
        super().__init__(after.source, f"Before: {before.description}. After: {after.description}",
                         [[when, *row] for when, one in (("before", before), ("after", after))
                          for row in one.rows],
                         after.fold, formulas=after.formulas)
        self.before, self.after = before, after

    def svg(self) -> str:
        """Both pictures in one <svg>, the boxes that changed with a bold border and "(was ...)"."""
        first  = placed(as_svg(self.before.source, ""), "before", 0, 0)
        below  = first[1] > first[2]  # wide pictures one above the other: side by side they would be small
        second = placed(as_svg(self.after.source, ""), "after",
                        *((0, first[2] + GAP) if below else (first[1] + GAP, 0)))
        width, height = max(first[1], second[1]), max(first[2], second[2])
        return (f'<svg role="img" aria-label="{html(self.description, 800)}" width="{width:g}pt" '
                f'height="{height:g}pt" viewBox="0 0 {width:g} {height:g}" '
                'xmlns="http://www.w3.org/2000/svg" '
                f'xmlns:xlink="http://www.w3.org/1999/xlink">\n{first[0]}\n{second[0]}\n</svg>\n')

    def tikz(self) -> tikz.Picture:
        """Both pictures, as svg places them."""
        return tikz.beside(self.before.tikz(), self.after.tikz(), ("before", "after"), GAP, CAPTION)


def placed(svg: str, name: str, x: float, y: float) -> tuple[str, float, float]:
    """The picture as a captioned group at (x, y), its ids made its own; and where it ends to the right and
    below."""
    found = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', svg)
    assert found, "Graphviz writes a viewBox"
    inner = svg[svg.index("<g "):svg.rindex("</svg>")]
    inner = re.sub(r'<g id="', f'<g id="{name}_', inner)
    caption = (f'<text text-anchor="start" x="4" y="16" font-family="{FONT}" font-size="14" '
               f'font-weight="bold">{name}</text>')
    return (f'<g transform="translate({x:g} {y:g})">{caption}<g transform="translate(0 '
            f'{CAPTION})">\n{inner}</g></g>',
            x + float(found[1]), y + CAPTION + float(found[2]))


def compare(before: Drawing, after: Value | Graph) -> Comparison:
    """A drawing made before a training step beside the same graph after it.

        before = draw(loss(model))
        optimizer.step()
        compare(before, loss(model)).save("step.svg")

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
    fold  = Fold(graph, before.fold.view)
    shape, other = [row[:2] for row in before.rows], [row[:2] for row in rows(fold)]
    if shape != other:
        raise ValueError(f"the graph had {len(shape)} boxes before and has {len(other)} now, or others: only "
                         "the numbers may differ. Compute both results in the same way, and unfold nothing")
    formulas = {fold.id(box): marked(now, before.formulas.get(fold.id(box), now))
                for box in fold.boxes for now in [lines(fold, box, LATEX)]}
    return Comparison(before, Drawing(dot_source(fold, (), None, None, before.said), description(fold),
                                      rows(fold), fold, formulas=formulas))
