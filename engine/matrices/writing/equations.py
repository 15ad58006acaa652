"""Equations: a program in the notation and the orientation of one of the documents, as text and as LaTeX.

    before   delta1 = delta2 @ W2 * relu_slope(Z1)                samples are rows
    after    delta[1] = (W[2]^T delta[2]) o relu'(Z[1])           D1: samples are columns

D0, D1, D2 and D3 write samples as columns: every line is transposed on the way, and (A B)^T is B^T A^T.
D4 writes them as rows. D0, D3 and D4 store W as inputs x units: their W is the transpose of ours.
D3 calls the pre-activation a and the activation z; D2 has no symbol for delta, and writes dL/dZ.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..lines import Array
from .symbols import Symbol, statements, symbols_of
from ..derivation import Derivation
from .numpy_source import fraction, shape


class Notation(NamedTuple):
    """How a document writes: its layer index in text and LaTeX, its letters, and its orientation."""

    text:    str
    latex:   str
    letters: dict[str, tuple[str, str]]
    columns: bool                          # samples are columns
    w_in_out: bool                         # W is inputs x units
    gradient: tuple[str, str]              # the gradient of a parameter


USUAL = {"delta": ("delta", r"\delta"), "J": ("J", "J")}
DOCUMENTS = {
    "D0": Notation("({})", "^{{({})}}", {"delta": ("g_z", "g_z"), "J": ("L", "L")}, True, True,
                   ("g_{}", "g_{{{}}}")),
    "D1": Notation("[{}]", "^{{[{}]}}", USUAL, True, False,
                   ("dJ/d{}", r"\frac{{\partial J}}{{\partial {}}}")),
    "D2": Notation("{}", "_{{{}}}", {"A": ("h", "h"), "J": ("L", "L")}, True, False,
                   ("dL/d{}", r"\frac{{\partial L}}{{\partial {}}}")),
    "D3": Notation("({})", "_{{({})}}", {"Z": ("A", "A"), "A": ("Z", "Z"), "J": ("R", "R"),
                                         "delta": ("delta", r"\delta")}, True, True,
                   ("dR/d{}", r"\frac{{\partial R}}{{\partial {}}}")),
    "D4": Notation("{}", "^{{{}}}", {"delta": ("delta", r"\delta"), "J": ("E", "E")}, False, True,
                   ("dE/d{}", r"\frac{{\partial E}}{{\partial {}}}")),
}


class Equations(str):
    """The plain text of a program's equations; `latex` is the same as LaTeX, `items` the pairs line by
    line."""

    latex: str
    items: list[tuple[str, str]]

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"


def equations(derived: Derivation, document: str) -> Equations:
    """The program as `document` would write it.

    Raises:
        ValueError: the document is unknown.
    """
    if document not in DOCUMENTS:
        raise ValueError(f"unknown document {document!r}: write one of {', '.join(DOCUMENTS)}")
    notation, symbols = DOCUMENTS[document], symbols_of(derived)
    plain, latex = Writer(notation, symbols, False), Writer(notation, symbols, True)
    found = statements(derived)
    items = [(plain.line(z), latex.line(z)) for z, _ in found]
    width = max([len(text) for text, _ in items], default=0)
    shapes = [shape(z.shape if plain.turned(z) is False else tuple(reversed(z.shape))) for z, _ in found]
    lines  = [f"{text:<{min(width, 60)}}   {s}" for (text, _), s in zip(items, shapes)]
    forward = {id(z) for z in derived.forward}
    split  = next((k for k, (z, _) in enumerate(found) if id(z) not in forward), len(found))
    out = Equations("\n".join([f"forward ({document})", *lines[:split], "", f"backward ({document})",
                               *lines[split:]]))
    out.items = items
    rows = [tex.replace(" = ", " &= ", 1) for _, tex in items]
    out.latex = "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
    return out


class Writer:
    """Writes lines; `flip` asks for the transpose of what is written."""

    def __init__(self, notation: Notation, symbols: dict[int, Symbol], latex: bool) -> None:
        self.notation, self.symbols, self.latex = notation, symbols, latex

    def line(self, z: Array) -> str:
        flip = self.turned(z)
        return f"{self.symbol(z)} = {self.expression(z, flip)[0]}"

    def turned(self, z: Array) -> bool:
        """Whether the document's array is the transpose of ours."""
        if len(z.shape) != 2:
            return False
        symbol = self.symbols.get(id(z))
        if z.op == "parameter" or symbol is not None and symbol.d and symbol.stem != "V":
            return self.notation.w_in_out
        return self.notation.columns

    def symbol(self, z: Array) -> str:
        stem, layer, d = self.symbols[id(z)]
        if stem == "delta" and stem not in self.notation.letters:
            stem, d = "Z", True
        plain, tex = self.notation.letters.get(stem, (stem.strip("_") or stem, stem.strip("_") or stem))
        name  = tex if self.latex else plain
        index = ("" if layer is None else (self.notation.latex if self.latex
                                           else self.notation.text).format(layer))
        if d:
            return self.notation.gradient[self.latex].format(name + index)
        return name + index

    def text(self, z: Array, flip: bool, binding: int = 0) -> str:
        if id(z) in self.symbols:
            name = self.symbol(z)
            if len(z.shape) == 1 or flip == self.turned(z):
                return name
            if not self.latex:
                return f"{name}^T"
            return f"({name})^\\top" if "^" in name else f"{name}^\\top"
        written, strength = self.expression(z, flip)
        if strength >= binding:
            return written
        return rf"\left({written}\right)" if self.latex else f"({written})"

    def expression(self, z: Array, flip: bool) -> tuple[str, int]:
        """What z is made of, and how strongly that holds together."""
        if z.op in FORMS:
            return FORMS[z.op](self, z, flip)
        slope = z.op == "slope"
        args  = z.args[1:] if slope else z.args
        inner = ", ".join([self.text(a, flip) for a in args if a.op != "constant"])
        name  = self.function(z.attrs[0] if slope else z.op, slope)
        return (rf"{name}\left({inner}\right)" if self.latex else f"{name}({inner})"), 9

    def matmul(self, z: Array, flip: bool) -> tuple[str, int]:
        a, b = reversed(z.args) if flip else z.args
        return f"{self.text(a, flip, 3)} {self.text(b, flip, 3)}", 3

    def transpose(self, z: Array, flip: bool) -> tuple[str, int]:
        return self.text(z.args[0], not flip), 9 if id(z.args[0]) in self.symbols else 0

    def same(self, z: Array, flip: bool) -> tuple[str, int]:
        """A reshape or a spread is not written."""
        named = id(z.args[0]) in self.symbols
        return (self.text(z.args[0], flip), 9) if named else self.expression(z.args[0], flip)

    def sum(self, z: Array, flip: bool) -> tuple[str, int]:
        x = z.args[0]
        if len(x.shape) == 2 and len(z.shape) < 2:
            flip = self.notation.columns
        over = {(0,): "_i"}.get(z.attrs[0], "") if x.shape[0] < 0 else ""
        return (rf"\sum{over} " if self.latex else f"sum{over} ") + self.text(x, flip, 2), 2

    def plus_or_minus(self, z: Array, flip: bool) -> tuple[str, int]:
        x, y = z.args
        return f"{self.text(x, flip, 1)} {z.op} {self.text(y, flip, 1 + (z.op == '-'))}", 1

    def minus(self, z: Array, flip: bool) -> tuple[str, int]:
        return f"-{self.text(z.args[0], flip, 2)}", 2

    def times(self, z: Array, flip: bool) -> tuple[str, int]:
        x, y   = z.args
        scalar = x.op == "constant"
        sign   = " " if scalar else r" \circ " if self.latex else " o "
        return self.text(x, flip, 4 - 2 * scalar) + sign + self.text(y, flip, 4 - scalar), 2

    def over(self, z: Array, flip: bool) -> tuple[str, int]:
        x, y = z.args
        if self.latex:
            return rf"\frac{{{self.text(x, flip)}}}{{{self.text(y, flip)}}}", 9
        return f"{self.text(x, flip, 2)} / {self.text(y, flip, 3)}", 2

    def whole(self, z: Array, flip: bool) -> tuple[str, int]:
        x, y = z.args
        sign = {"%": r" \bmod ", "//": r" \mathbin{//} "}[z.op] if self.latex else f" {z.op} "
        return self.text(x, flip, 2) + sign + self.text(y, flip, 3), 2

    def power(self, z: Array, flip: bool) -> tuple[str, int]:
        base, exponent = self.text(z.args[0], flip, 5), z.args[1]
        if not self.latex:
            return f"{base}^{self.text(exponent, flip, 4)}", 4
        if ("^" in base or base.startswith(r"\frac")) and not base.endswith(r"\right)"):
            base = f"({base})"                                       # TeX refuses a second superscript
        return f"{base}^{{{self.text(exponent, flip)}}}", 4

    def function(self, name: str, slope: bool) -> str:
        if self.latex:
            known = {"sigmoid": r"\sigma", "tanh": r"\tanh", "exp": r"\exp", "log": r"\ln"}
            name  = known.get(name, rf"\mathrm{{{name}}}".replace("_", r"\_"))
        return name + ("'" if slope else "")

    def number(self, z: Array, flip: bool) -> tuple[str, int]:
        value, batches = z.attrs
        if hasattr(value, "shape") and value.shape:
            return "C", 9
        if not batches:
            return str(value), 9 if value == value and value >= 0 else 2
        top, bottom = fraction(value)
        m = "m" if bottom == 1 else f"{bottom}m" if self.latex else f"({bottom}m)"
        if batches < 0:
            return (rf"\frac{{{top}}}{{{m}}}" if self.latex else f"{top}/{m}"), 9
        return f"{top} m" if top != 1 else "m", 9


FORMS: dict[str, Callable[[Writer, Array, bool], tuple[str, int]]] = {
    "matmul": Writer.matmul, "transpose": Writer.transpose, "reshape": Writer.same, "spread": Writer.same,
    "sum": Writer.sum, "constant": Writer.number, "+": Writer.plus_or_minus, "-": Writer.plus_or_minus,
    "neg": Writer.minus, "*": Writer.times, "/": Writer.over, "%": Writer.whole, "//": Writer.whole,
    "**": Writer.power,
}
