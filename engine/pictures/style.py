"""Styles: what a box says and how boxes and arrows look.

The role of a leaf is told by its place and its tooltip too, never by colour alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import inf, log10
from typing import NamedTuple

from ..graphs.brackets import MIDDLE
from ..graphs.folds import Box, Fold, Link
from ..graphs.formulas import latex_mark, latex_symbol
from ..primitives import TABLE
from ..show import dot
from ..show.numbers import digits, latex_number
from ..show.palette import ROLES, VERMILLION
from ..show.text import visible
from ..value import Constant, Operand, Value, number

FONT = "Helvetica,Arial,sans-serif"

ARROW, SLOPE, LIT, FAINT = "#777777", "#005F96", VERMILLION, "#C9C9C9"
FADED = "#8A8A8A"           # the texts of what is not lit
LONG  = 36                  # letters of a line: longer ones wrap

GRAPH = {"rankdir": "LR", "ranksep": "0.5", "nodesep": "0.13", "bgcolor": "transparent", "tooltip": " ",
         "fontname": FONT, "fontsize": "12", "fontcolor": "#555555"}
NODE  = {"shape": "box", "style": "filled,rounded", "fontname": FONT, "fontsize": "12",
         "fontcolor": "#1A1A1A",
         "margin": "0.11,0.06", "height": "0.3", "width": "0.3"}
DENSE = {"ranksep": "0.9", "splines": "line"}  # hundreds of arrows: straight ones, with room for them
DENSE_EDGE = {"color": "#77777790", "penwidth": "0.6", "tailport": "e", "headport": "w", "arrowsize": "0.5"}
HASTY = {"nslimit": "0.1", "nslimit1": "0.1", "mclimit": "0.01", "splines": "line"}  # a rough layout, in time
EDGE  = {"fontname": FONT, "fontsize": "10", "color": ARROW, "fontcolor": SLOPE, "arrowsize": "0.6"}
LAYER = {"style": "rounded", "color": "#BBBBBB", "bgcolor": "#F6F7F9", "margin": "10", "labeljust": "l"}


# --- what a box says ------------------------------------------------------------------------------

class Script(NamedTuple):
    """How the parts of a line are written: the name of a node or box, a number, the symbol of an operation.

    What stands between them (data, grad, up to, units) are plain words of ours.
    """

    name:   Callable[[str], str]
    number: Callable[[Operand], str]
    symbol: Callable[[str], str]
    gap:    str                                  # between two things on a line


TEXT  = Script(str, digits, str, "   ")
LATEX = Script(lambda name: f"${latex_symbol(name)}$", lambda x: f"${latex_number(x, False)}$",
               lambda symbol: f"${latex_mark(symbol)}$", r"\quad ")


def lines(fold: Fold, box: Box, script: Script = TEXT) -> list[str]:
    """Name and operation, number, gradient; for a box of many values their count and range."""
    graph = fold.graph
    if box.single:
        return value_lines(fold, box.members[0], script)
    if box.group == "bracket":
        ends = MIDDLE.join(map(script.name, box.title.split(MIDDLE)))
        return [f"{ends}: {len(box.outputs)} values", *spans(fold, box, script)]
    if box.group == "z":
        z = box.outputs[-1]
        return [f"{script.name(graph.name(z))} = {script.symbol('w·x + b')}", *data_and_grad(fold, z, script)]
    if box.group == "neuron":
        shown = [v for v in box.members if graph.names.name.get(v)]
        rows  = [f"{script.name(graph.name(v))} {script.number(v.data)}"
                 + (f"{script.gap}grad {gradient(fold, v, script)}" if graph.grad(v) else "") for v in shown]
        return [neuron_title(fold, box, script), *rows]
    if len(box.outputs) == 1:
        z = box.outputs[0]
        name  = fold.numbered.get(z) or graph.name(z) or box.title
        kind  = "" if name == box.title and box.group != "expression" else f" = {script.name(box.title)}"
        steps = sum(1 for v in box.members if v.operands)
        what  = f": {steps} operations" if box.group == "expression" else kind
        return [f"{script.name(name)}{what}", *data_and_grad(fold, z, script)]
    return [f"{script.name(box.title)}: {counted(fold, box, script)}", *ranges(fold, box, script)]


def value_lines(fold: Fold, v: Value, script: Script = TEXT) -> list[str]:
    if fold.graph.is_plain(v):
        return [script.number(v.data)]
    name   = script.name(fold.name(v))
    symbol = TABLE[v.op].symbol if v.op else ""
    return [f"{name} = {script.symbol(symbol)}" if symbol else name, *data_and_grad(fold, v, script)]


def data_and_grad(fold: Fold, v: Value, script: Script = TEXT) -> list[str]:
    grad = gradient(fold, v, script)
    return [f"data {script.number(v.data)}", *([f"grad {grad}"] if grad else [])]


def gradient(fold: Fold, v: Value, script: Script) -> str:
    """As Graph.grad: "-" where none was ever computed, "" for a plain number."""
    known = fold.graph.grad(v)
    return script.number(v.grad) if known not in ("", "-") else known


def neuron_title(fold: Fold, box: Box, script: Script = TEXT) -> str:
    """unit 2: what its activation is, and of which sample it is."""
    names = fold.graph.names
    place = next(names.place[v] for v in box.members if v in names.place)
    ops   = [TABLE[v.op].symbol for v in box.members if v.operands and (
             v not in names.place or names.place[v].part == "activation")]
    return "".join([f"unit {place.unit}".strip(), f", sample {place.sample}" if names.samples > 1 else "",
                    f": {' '.join(map(script.symbol, ops))}" if ops else ""])


def counted(fold: Fold, box: Box, script: Script = TEXT) -> str:
    """How many units or values, of how many samples, and which operations."""
    graph, samples = fold.graph, fold.graph.names.samples
    ends  = [v for v in box.members if (place := graph.place(v)) and place.part == "activation"] or [
             v for v in box.members if v in graph.names.parts and v.operands]
    many  = f" x {samples} samples" if samples > 1 else ""
    if box.group == "layer" and ends:
        units = len({place.unit for v in ends if (place := graph.place(v))})
        kinds = Counter(TABLE[v.op].symbol for v in ends if v.op not in ("affine", "+"))
        return (f"{units} unit{'s' * (units > 1)}{many}"
                + (f", {', '.join(map(script.symbol, kinds))}" if kinds else ""))
    return f"{len(box.outputs)} values"


def ranges(fold: Fold, box: Box, script: Script = TEXT) -> list[str]:
    """The range of the numbers and the largest gradient of a box's outputs and parameters; the dead units."""
    graph = fold.graph
    data  = sorted([v.data for v in box.outputs], key=float)
    found = [f"data {script.number(data[0])} ... {script.number(data[-1])}"]
    if graph.has_gradients:
        for name, values in (("grad", [v for v in box.outputs if type(v) is not Constant]),
                             (f"grad {script.symbol('W')}", box.parameters)):
            if values:
                largest = max((abs(number(v.grad)) for v in values), key=float)
                found.append(f"{name} up to {script.number(largest)}")
    dead = dead_units(fold, box)
    return found + ([f"dead {dead[0]} of {dead[1]} units"] if dead[0] else [])


def spans(fold: Fold, box: Box, script: Script = TEXT) -> list[str]:
    """The range of the numbers and of the gradients of a bracket."""
    found = []
    for name, numbers in (("data", [number(v.data) for v in box.outputs]),
                          ("grad", [number(v.grad) for v in box.outputs if type(v) is not Constant])):
        if name == "data" or fold.graph.has_gradients and numbers:
            low, high = min(numbers, key=float), max(numbers, key=float)
            found.append(f"{name} {script.number(low)}"
                         + (f" ... {script.number(high)}" if high != low else ""))
    return found


def dead_units(fold: Fold, box: Box) -> tuple[int, int]:
    """How many units let no gradient through for any sample, of how many."""
    alive: dict[tuple[int, str, str], bool] = {}
    for v in box.members:
        place = fold.graph.place(v)
        if place and place.part == "activation":
            unit = (place.network, place.layer, place.unit)
            alive[unit] = alive.get(unit, False) or any(partial != 0 for partial in v.partials)
    return sum(not living for living in alive.values()), len(alive)


def wrapped(line: str) -> list[str]:
    """A long line in two, broken where a word ends; what is longer still is cut, and whole in the tooltip."""
    line = visible(line, 400)
    if len(line) <= LONG:
        return [line]
    end   = max([i + 1 for i, c in enumerate(line[:LONG]) if c in " _-.,;:/" and i > LONG // 2],
                default=LONG)
    first, rest = line[:end].rstrip(" "), line[end:].lstrip(" ")
    return [first, rest if len(rest) <= LONG else rest[:LONG - 1] + "…"]


# --- how it looks ---------------------------------------------------------------------------------

def role(fold: Fold, box: Box) -> str:
    if fold.graph.root in box.members:        return "root"
    if box.single:                            return fold.graph.role(box.members[0])
    if box.group == "bracket":
        roles = {fold.graph.role(v) for v in box.outputs}
        return roles.pop() if len(roles) == 1 else "folded"
    if box.group in ("inputs", "targets"):    return box.group[:-1]
    return "operation" if box.group == "z" else "folded"


def box_style(fold: Fold, box: Box, lit: bool | None) -> dict[str, str]:
    """DOT attributes of a box; lit: True on the highlighted part, False off it, None where nothing is."""
    kind, shown  = role(fold, box), lines(fold, box)
    border, fill = ROLES[kind]
    fitting = [part for line in shown for part in wrapped(line)]
    style = {"id": fold.id(box), "label": dot.lines(*fitting),
             "tooltip": dot.escaped(f"{kind}: {'; '.join(shown)}", 200 if fitting == shown else 1000),
             "color": border, "fillcolor": fill}
    if box.group == "bracket":                             style |= {"peripheries": "2",      # a stack
                                                                     "margin": "0.18,0.06"}
    if kind == "root":                                     style |= {"penwidth": "2"}
    if lit:                                                style |= {"penwidth": "3", "color": LIT}
    if lit is False:                                       style |= {"color": FAINT, "fillcolor": "#FFFFFF",
                                                                     "fontcolor": FADED}
    if box.single and fold.graph.is_plain(box.members[0]):
        style |= {"style": "", "color": "transparent", "margin": "0.03"}
    return style


def link_style(fold: Fold, link: Link, number_of: int, partials: bool, lit: bool | None,
               scale: Scale | None) -> dict[str, str]:
    """DOT attributes of an arrow. scale: from the gradient that flows to a width, where width shows it."""
    slopes = [slope for slope in link.slopes if type(slope.operand) is not Constant]
    style  = {"id": f"e{fold.id(link.target)[1:]}_{number_of}"}
    if partials and len(slopes) == 1 and len(link.slopes) == 1:
        style |= {"label": f" {digits(slopes[0].partial)} "}
    elif len(link.slopes) > 1 and link.target.group != "neuron" and (
            not link.target.single or not link.source.single):
        style |= {"label": f" {len(link.slopes)} slopes "} if partials else {}
    known = "; ".join(f"slope {digits(slope.partial)}" for slope in slopes[:8])
    style |= {"tooltip": dot.escaped(known or "a plain number", 200)}
    if slopes and all(slope.partial == 0 for slope in slopes):   # nothing flows back here
        style |= {"style": "dashed"}
    if scale is not None:
        sent   = flow(link)
        flows  = f"{known or 'a plain number'}; gradient {digits(sent)} flows back"
        style |= {"penwidth": scale.width(sent), "tooltip": dot.escaped(flows, 260)}
    if lit:                 style |= {"color": LIT, "fontcolor": "#A84800",
                                      "penwidth": style.get("penwidth", "2.5")}
    if lit is False:        style |= {"color": FAINT, "fontcolor": FADED}
    return style


def flow(link: Link) -> float:
    """How much gradient the backward pass sends along the link: the sum of |slope * gradient|."""
    return float(sum(abs(slope.partial * number(slope.z.grad)) for slope in link.slopes
                     if type(slope.operand) is not Constant))


class Scale:
    """Widths of arrows by the gradient that flows: from THIN to THICK points, in even steps for even factors,
    over the range that a picture has, of DECADES at most."""

    THIN, THICK, DECADES = 0.4, 7.0, 8.0

    def __init__(self, flows: list[float]) -> None:
        known = [flow for flow in flows if 0 < flow < inf]
        self.largest  = max(known, default=0.0)
        self.smallest = max(min(known, default=0.0), self.largest * 10 ** -self.DECADES)

    def width(self, flow: float) -> str:
        """In points; THIN where nothing flows."""
        if not flow > 0 or not self.largest:
            return format(self.THIN, "g")
        if self.smallest == self.largest:
            return format(self.THICK / 2, "g")
        return format(self.THIN + (self.THICK - self.THIN) * self.share(flow), ".2f")

    def share(self, flow: float) -> float:
        """From 0 for the smallest to 1 for the largest."""
        if self.smallest == self.largest:
            return 1.0
        return log10(min(max(flow, self.smallest), self.largest) / self.smallest) / log10(
            self.largest / self.smallest)
