"""TikZ: a picture for LaTeX, with the layout of Graphviz and the names and numbers as mathematics.

    >>> from engine import Value, draw
    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> draw(w * x).save("J.tex")                             # compiles by itself      # doctest: +SKIP
    >>> draw(w * x).save("J.tex", standalone=False)           # for \\input{J.tex}       # doctest: +SKIP

Lengths are in big points (bp), those of Graphviz; y points upwards in TikZ and downwards in a Layout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..show.numbers import latex_digits
from ..show.sizes import centimetres, scale
from ..show.text import latex, visible
from .graphviz import Layout
from .legend import SAMPLE, Entry, length, placed

NEEDS = r"""\usepackage[T1]{fontenc}
\usepackage{amsmath}
\usepackage{tikz}
\usetikzlibrary{arrows.meta}"""

DOCUMENT = r"""\documentclass[border=4bp]{standalone}
%(needs)s
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\begin{document}
%(picture)s
\end{document}
"""

GRAD = "A63F00"                                  # of a line that says a gradient, as in the SVG
FONT = r"\fontsize{%.1f}{%.1f}\selectfont"


class Picture(NamedTuple):
    """What stands between the begin and the end of a tikzpicture, and the room that it takes, in points."""

    body:   list[str]
    width:  float
    height: float


def picture(layout: Layout, said: Mapping[str, Sequence[str]], legend: Sequence[Entry] = ()) -> Picture:
    """Frames, arrows and boxes, and the legend below. said: the lines of each box by its id, in LaTeX."""
    body = [frame(name, layout) for name in layout["frames"] if layout["looks"][name].get("style") != "invis"]
    body += [line for edge in layout["edges"] for line in arrow(edge, layout)]
    body += [box(node, layout, said[node]) for node in layout["nodes"]]
    width, height = layout["width"], layout["height"]
    if not legend:
        return Picture(body, width, height)
    places, end = placed(legend, max(width, 320.0))
    for entry, (x, y) in zip(legend, places):
        body += sample(entry, x, height + y)
    return Picture(body, max(width, *(x + length(entry) for entry, (x, _) in zip(legend, places))),
                   height + end)


def document(shown: Picture, description: str, standalone: bool, size: str | None) -> str:
    """The picture as a file: a whole document, or what \\input takes."""
    colours = sorted(set(re.findall(r"chainrule([0-9A-F]{6})", "\n".join(shown.body))))
    lines = [r"\begin{tikzpicture}[x=1bp, y=1bp]",
             *(rf"\definecolor{{chainrule{colour}}}{{HTML}}{{{colour}}}" for colour in colours),
             *shown.body, r"\end{tikzpicture}"]
    if size is not None:
        factor = scale(shown.width, shown.height, size)
        lines  = [rf"\resizebox{{{centimetres(shown.width * factor):.3f}cm}}{{!}}{{%", *lines, "}"]
    text = "\n".join([f"% {visible(description, 800)}", *lines])
    if standalone:
        return DOCUMENT % {"needs": NEEDS, "picture": text}
    return "\n".join(["% in the preamble:", *(f"%   {line}" for line in NEEDS.split("\n")), text]) + "\n"


# --- frames, arrows, boxes ------------------------------------------------------------------------

def frame(name: str, layout: Layout) -> str:
    """The frame of a layer or of an opened bracket, with its title in the upper left corner."""
    (x, y, width, height), look = layout["frames"][name], layout["looks"][name]
    left, top = x - width / 2, -(y - height / 2)
    title = latex(look["label"].replace("&amp;", "&").replace(r"\\", "\\"))     # as it was before `escaped`
    dash  = ", dashed" if "dashed" in look["style"] else ""
    return (rf"\draw[rounded corners=4bp, draw={colour(look['color'])}, fill={colour(look['bgcolor'])}"
            rf"{dash}] {point(left, -top)} rectangle {point(x + width / 2, y + height / 2)} "
            rf"node[anchor=north west, inner sep=4bp, text={colour(look['fontcolor'])}, "
            rf"font={{{font(10)}}}] at {point(left, -top)} {{{title}}};")


def arrow(name: str, layout: Layout) -> list[str]:
    """A curve with its tip, and the partial on it."""
    points, look = layout["edges"][name], layout["looks"][name]
    wide  = float(look.get("penwidth", 1))
    style = [f"draw={colour(look['color'])}", f"line width={0.8 * wide:g}bp", *opacity(look["color"]),
             rf"-{{Stealth[length={10 * float(look.get('arrowsize', 1)):g}bp, "
             rf"width={7 * float(look.get('arrowsize', 1)) + wide - 1:g}bp]}}"]
    if look.get("style") == "dashed":
        style.append("dashed")
    start, *rest = points
    curve = [point(*start)]
    for k in range(0, len(rest) - 1, 3):                           # the last point is the tip
        a, b, end = rest[k:k + 3]
        curve.append(f".. controls {point(*a)} and {point(*b)} .. {point(*end)}")
    drawn = [rf"\draw[{', '.join(style)}] {' '.join(curve)} -- {point(*rest[-1])};"]
    if name in layout["labels"]:
        drawn.append(rf"\node[inner sep=0bp, text={colour(look['fontcolor'])}, font={{{font(8.5)}}}] "
                     rf"at {point(*layout['labels'][name])} {{{partial(look['label'].strip())}}};")
    return drawn


def box(name: str, layout: Layout, said: Sequence[str]) -> str:
    """A box with its lines."""
    (x, y, width, height), look = layout["nodes"][name], layout["looks"][name]
    style = ["align=center", "inner sep=0bp", f"minimum width={width:g}bp", f"minimum height={height:g}bp",
             f"font={{{font(10, 14)}}}", f"text={colour(look['fontcolor'])}"]
    if look["color"] != "transparent":
        style += ["rounded corners=4bp", f"draw={colour(look['color'])}", f"fill={colour(look['fillcolor'])}",
                  f"line width={0.8 * float(look.get('penwidth', 1)):g}bp"]
    if look.get("peripheries") == "2":                             # a stack
        style.append("double")
    faint = look["fontcolor"] != "#1A1A1A"                         # off a highlighted path
    shown = [rf"\textcolor{{chainrule{GRAD}}}{{{line}}}" if line.startswith("grad ") and not faint else line
             for line in said]
    text = r" \\ ".join(shown)
    return rf"\node[{', '.join(style)}] ({name}) at {point(x, y)} {{{text}}};"


def sample(entry: Entry, x: float, y: float) -> list[str]:
    """An entry of the legend: its sample and its words."""
    drawn = []
    style = f"draw={colour(entry.colour)}, line width={0.8 * entry.width:g}bp" if entry.colour else ""
    if entry.fill:
        drawn.append(rf"\draw[{style}, fill={colour(entry.fill)}] {point(x, y - 9)} rectangle "
                     rf"{point(x + 26, y + 2)};")
    elif entry.colour:
        dash = ", dashed" if entry.dashed else ""
        drawn.append(rf"\draw[{style}{dash}] {point(x, y - 3.5)} -- {point(x + 26, y - 3.5)};")
    words = r" $\to$ ".join(latex(part, 200) for part in entry.text.split(" → "))
    at    = point(x + SAMPLE if entry.colour else x, y)
    return [*drawn, rf"\node[anchor=base west, inner sep=0bp, text={colour('#555555')}, "
                    rf"font={{{font(9)}}}] at {at} {{{words}}};"]


def partial(label: str) -> str:
    """What stands on an arrow: a number, or how many slopes there are."""
    return latex(label) if label.endswith("slopes") else f"${latex_digits(label)}$"


def point(x: float, y: float) -> str:
    return f"({round(x, 2):g},{round(-y, 2):g})"


def font(size: float, leading: float | None = None) -> str:
    return FONT % (size, leading or 1.2 * size)


def colour(code: str) -> str:
    """#RRGGBB, or #RRGGBBAA, by the name that the picture gives it."""
    return f"chainrule{code[1:7].upper()}"


def opacity(code: str) -> list[str]:
    """What #RRGGBBAA adds to #RRGGBB."""
    return [f"opacity={int(code[7:], 16) / 255:.2f}"] if len(code) == 9 else []
