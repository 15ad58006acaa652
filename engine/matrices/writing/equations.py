"""Equations: a program in the notation and the orientation of one of the documents, as text and as LaTeX.

    before   delta1 = delta2 @ W2 * relu_slope(Z1)                samples are rows
    after    delta[1] = (W[2]^T delta[2]) o relu'(Z[1])           D1: samples are columns

D0, D1, D2 and D3 write samples as columns: every line is transposed on the way, and (A B)^T is B^T A^T.
D4 writes them as rows. D0, D3 and D4 store W as inputs x units: their W is the transpose of ours.
D3 calls the pre-activation a and the activation z; D2 has no symbol for delta, and writes dL/dZ.
"""

from __future__ import annotations

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
        op, args, tex = z.op, z.args, self.latex
        if op == "matmul":
            a, b = (args[1], args[0]) if flip else (args[0], args[1])
            return f"{self.text(a, flip, 3)} {self.text(b, flip, 3)}", 3
        if op == "transpose":
            return self.text(args[0], not flip, 0), 0 if id(args[0]) not in self.symbols else 9
        if op in ("reshape", "spread"):
            return (self.expression(args[0], flip) if id(args[0]) not in self.symbols
                    else (self.text(args[0], flip), 9))
        if op in ("+", "-"):
            return f"{self.text(args[0], flip, 1)} {op} {self.text(args[1], flip, 1 + (op == '-'))}", 1
        if op == "neg":
            return f"-{self.text(args[0], flip, 2)}", 2
        if op == "constant":
            return self.number(z)
        if op == "*":
            scalar = args[0].op == "constant"
            sign   = " " if scalar else r" \circ " if tex else " o "
            return (f"{self.text(args[0], flip, 4 - 2 * scalar)}{sign}{self.text(args[1], flip, 4 - scalar)}",
                    2)
        if op == "/":
            if tex:
                return rf"\frac{{{self.text(args[0], flip)}}}{{{self.text(args[1], flip)}}}", 9
            return f"{self.text(args[0], flip, 2)} / {self.text(args[1], flip, 3)}", 2
        if op in ("%", "//"):
            sign = {"%": r" \bmod ", "//": r" \mathbin{//} "}[op] if tex else f" {op} "
            return f"{self.text(args[0], flip, 2)}{sign}{self.text(args[1], flip, 3)}", 2
        if op == "**":
            return self.power(z, flip), 4
        if op == "sum":
            if len(z.args[0].shape) == 2 and len(z.shape) < 2:
                flip = self.notation.columns
            over = {(0,): "_i"}.get(z.attrs[0], "") if z.args[0].shape[0] < 0 else ""
            return (rf"\sum{over} {self.text(args[0], flip, 2)}" if tex
                    else f"sum{over} {self.text(args[0], flip, 2)}"), 2
        name = op if op != "slope" else z.attrs[0]
        name = self.function(name, op == "slope")
        inner = ", ".join([self.text(a, flip) for a in (args[1:] if op == "slope" else args)
                           if a.op != "constant"])
        return (rf"{name}\left({inner}\right)" if tex else f"{name}({inner})"), 9

    def power(self, z: Array, flip: bool) -> str:
        base, exponent = self.text(z.args[0], flip, 5), z.args[1]
        if not self.latex:
            return f"{base}^{self.text(exponent, flip, 4)}"
        if ("^" in base or base.startswith(r"\frac")) and not base.endswith(r"\right)"):
            base = f"({base})"                                       # TeX refuses a second superscript
        return f"{base}^{{{self.text(exponent, flip)}}}"

    def function(self, name: str, slope: bool) -> str:
        if self.latex:
            known = {"sigmoid": r"\sigma", "tanh": r"\tanh", "exp": r"\exp", "log": r"\ln"}
            name  = known.get(name, rf"\mathrm{{{name}}}".replace("_", r"\_"))
        return name + ("'" if slope else "")

    def number(self, z: Array) -> tuple[str, int]:
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
