"""Legend: what colours, widths and bars stand for, below a picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from ..graphs.folds import Fold, Link
from .style import ARROW, FONT, LIT, Scale, flow, role
from ..show.numbers import digits
from ..show.palette import ROLES
from ..show.text import html

ROW, SAMPLE, LETTER = 18.0, 34.0, 6.2      # points: a row, the sample before its words, a letter
SIZE                = 11                   # of the words

WORDS = {"input": "input", "weight": "weight", "bias": "bias", "target": "target", "constant": "plain number",
         "operation": "operation", "folded": "several values in one box", "root": "result"}


class Entry(NamedTuple):
    """A sample and its words: a line of this colour and width, or a box where it has a fill; neither: a
    heading."""

    text:   str
    colour: str = ""
    width:  float = 1.0
    fill:   str = ""
    dashed: bool = False


def entries(fold: Fold, scale: Scale | None, lit: bool, roles: bool) -> list[Entry]:
    """What the picture of the fold needs to be read.

    Args:
        scale: of the widths of arrows, where they mean something.
        lit: whether something is highlighted.
        roles: whether to tell the colours of the boxes too.
    """
    found = widths(fold, scale) if scale else []
    if lit:
        found.append(Entry("highlighted", LIT, 3.0))
    if roles:
        kinds  = {role(fold, box) for box in fold.boxes}
        found += [Entry(WORDS[kind], border, 1.2, fill) for kind, (border, fill) in ROLES.items()
                  if kind in kinds]
        if any(link.slopes and all(slope.partial == 0 for slope in link.slopes) for link in fold.links):
            found.append(Entry("slope 0: nothing flows back", ARROW, 1.0, dashed=True))
    return found


def widths(fold: Fold, scale: Scale) -> list[Entry]:
    """The thickest arrow and the thinnest, by name, and one between them."""
    flows = [(flow(link), link) for link in fold.links if link.source is not link.target]
    known = [(sent, link) for sent, link in flows if scale.smallest <= sent <= scale.largest and sent > 0]
    if not known:
        return [Entry("width of an arrow: no gradient flows back yet; call backward() before draw()")]
    (most, thick), (least, thin) = max(known, key=lambda one: one[0]), min(known, key=lambda one: one[0])
    middle = sqrt(most) * sqrt(least)
    found  = [Entry("width of an arrow, log scale: the gradient that flows back along it"),
              Entry(f"thickest, {arrow(fold, thick)}: {digits(most)}", ARROW, float(scale.width(most)))]
    if most > least:
        found += [Entry(f"halfway: {digits(middle)}", ARROW, float(scale.width(middle))),
                  Entry(f"thinnest, {arrow(fold, thin)}: {digits(least)}", ARROW, float(scale.width(least)))]
    return found


def arrow(fold: Fold, link: Link) -> str:
    """From which box to which."""
    return " → ".join(fold.name(box.outputs[-1]) if box.single else box.title or fold.name(box.outputs[-1])
                      for box in (link.source, link.target))


# --- in the picture -------------------------------------------------------------------------------

SIZES = re.compile(r'width="([\d.]+)pt" height="([\d.]+)pt"\s+viewBox="(\S+) (\S+) (\S+) (\S+)"')


def with_legend(svg: str, legend: Sequence[Entry]) -> str:
    """The picture with its legend below, and room for it."""
    found = SIZES.search(svg)
    if not legend or not found:
        return svg
    wide, high  = float(found[5]), float(found[6])
    places, end = placed(legend, max(wide, 320.0))
    right = max(wide, *(x + length(entry) for entry, (x, _) in zip(legend, places)))
    size  = f'width="{right:g}pt" height="{high + end:g}pt" viewBox="0 0 {right:g} {high + end:g}"'
    shown = "\n".join(drawn(entry, x, high + y) for entry, (x, y) in zip(legend, places))
    svg   = svg[:found.start()] + size + svg[found.end():]
    return svg[:svg.rindex("</svg>")] + f'<g class="legend">\n{shown}\n</g>\n</svg>\n'


def placed(legend: Sequence[Entry], width: float) -> tuple[list[tuple[float, float]], float]:
    """Where each entry begins, in rows of this width, and where the last row ends."""
    places, x, y = [], 8.0, ROW
    for entry in legend:
        if x > 8 and x + length(entry) > width:
            x, y = 8.0, y + ROW
        places.append((x, y))
        x += length(entry)
    return places, y + ROW / 2


def length(entry: Entry) -> float:
    return (SAMPLE if entry.colour else 0) + len(entry.text) * LETTER * SIZE / 12 + 18


def drawn(entry: Entry, x: float, y: float) -> str:
    """The sample and the words, as Graphviz would write them."""
    sample = ""
    if entry.fill:
        corners = f"{x:g},{y - 9:g} {x + 26:g},{y - 9:g} {x + 26:g},{y + 2:g} {x:g},{y + 2:g} {x:g},{y - 9:g}"
        sample  = (f'<polygon fill="{entry.fill.lower()}" stroke="{entry.colour.lower()}" '
                   f'stroke-width="{entry.width:g}" points="{corners}"/>')
    elif entry.colour:
        dashes = ' stroke-dasharray="5,2"' if entry.dashed else ""
        ends   = f"{x:g},{y - 3.5:g} {x + 26:g},{y - 3.5:g}"
        sample = (f'<polyline fill="none" stroke="{entry.colour.lower()}" '
                  f'stroke-width="{entry.width:g}"{dashes} points="{ends}"/>')
    return (f'{sample}<text text-anchor="start" x="{x + (SAMPLE if entry.colour else 0):g}" y="{y:g}" '
            f'font-family="{FONT}" font-size="{SIZE}" fill="#555555">{html(entry.text, 200)}</text>')
