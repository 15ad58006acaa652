"""Formulas as text and as LaTeX: symbols, numbers, operations; for drawings, explanations and lectures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ..primitives import TABLE
from ..show.text import latex

SYMBOL = re.compile(r"([A-Za-z]+)(\d*)('*)(?:\[(\d+(?:,\d+)?)\])?(?:\((\d+)\))?")
GREEK  = frozenset("alpha beta gamma delta epsilon eta theta lambda mu rho sigma tau phi omega".split())
MARK   = re.compile(r"[A-Za-z][A-Za-z0-9_]+|.")                     # a word, or one character
MARKS  = {"^": "x^{y}", "√": r"\sqrt{x}", "ln Σ e^": r"\ln \Sigma\, e^{x}"}
SIGNS  = {"−": "-", "×": r"\times", "÷": r"\div", "·": r"\cdot", "σ": r"\sigma", "Σ": r"\Sigma", "ln": r"\ln",
          "max": r"\max", "min": r"\min", "%": r"\bmod", **dict(zip("+-*/|()", "+-*/|()"))}


def text_formula(op: str, operands: Sequence[str]) -> str:
    """The operation as it is written: "a + b", "tanh(z)", "w1*x1 + w2*x2 + b"."""
    n = len(operands) // 2
    if op == "":                                  return ""
    if op == "mask":                              return " * ".join(operands)
    if op in ("+", "-", "*", "/", "%", "//"):     return f" {op} ".join(operands)
    if op == "**":                                return "**".join(operands)
    if op == "neg":                               return f"-{operands[0]}"
    if op == "abs":                               return f"|{operands[0]}|"
    if op == "total":                             return " + ".join(operands)
    if op in ("dot", "affine"):
        return " + ".join([*(f"{w}*{x}" for w, x in zip(operands[:n], operands[n:2 * n])), *operands[2 * n:]])
    return f"{TABLE[op].symbol if op in ('maximum', 'minimum') else op}({', '.join(operands)})"


def latex_symbol(name: str) -> str:
    """A name as a formula: W1[2,3] is W^{[1]}_{2,3}; z1[2](3) is z^{[1](3)}_{2}; ω1 is \\omega_{1};
    anything else is set as text."""
    letter = unicodedata.name(name[:1], "").removeprefix("GREEK SMALL LETTER ").lower() if name else ""
    match  = SYMBOL.fullmatch(letter + name[1:] if letter in GREEK and not name[1:2].isalpha() else name)
    if not match:
        return rf"\text{{{latex(name)}}}"
    letters, layer, primes, index, sample = match.groups()
    core  = f"\\{letters}" if letters in GREEK else letters if len(letters) == 1 else rf"\mathrm{{{letters}}}"
    upper = "".join([primes.replace("'", r"\prime"), f"[{layer}]" if layer and index else "",
                     f"({sample})" if sample else ""])
    lower = index or layer
    return core + (f"^{{{upper}}}" if upper else "") + (f"_{{{lower}}}" if lower else "")


def latex_mark(symbol: str) -> str:
    """The symbol of an operation, as it stands in a box, as a formula: w·x + b, ReLU, √."""
    return MARKS.get(symbol) or " ".join(
        SIGNS.get(part) or (part if part.isascii() and part.isalnum() and len(part) == 1 else
                            rf"\mathrm{{{part}}}" if part.isalnum() and part.isascii() else
                            rf"\text{{{latex(part)}}}")
        for part in MARK.findall(symbol) if part != " ")


def latex_formula(op: str, operands: Sequence[str]) -> str:
    """The operation on operands that are LaTeX already."""
    n = len(operands) // 2
    if op == "":
        return ""
    if op in ("dot", "affine"):
        terms = [rf"{w} \cdot {x}" for w, x in zip(operands[:n], operands[n:2 * n])]
        return " + ".join([*terms, *operands[2 * n:]])
    if op == "total":
        return " + ".join(operands)
    if op == "*":
        return r" \cdot ".join(operands)
    row = TABLE[op]
    braced = [f"{{{operand}}}" for operand in operands]
    return row.latex.format(", ".join(operands)) if row.nary else row.latex.format(*braced)
