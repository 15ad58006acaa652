"""Expansion: a row of the calculus table on whole arrays, and its slopes, written out.

    before   A = clamp(Z, l, h)                                  relu'(Z), one line each
    after    A = where(Z < l, l, where(Z > h, h, Z))             where(Z <= 0, shut, 1)

Rows stay single lines until the program runs or is printed: `expand` gives the formula then, which is the
row's own lambda, called with Arrays. The n-ary rows are written for arrays here.
"""

from __future__ import annotations

import sys

from ...libraries import Quantity
from ...primitives import TABLE
from ..algebra import gated
from ..lines import Array, number_of

NATIVE = {"+", "-", "*", "/", "**", "neg", "abs", "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt",
          "sin",
          "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
          "hypot", "erf", "erfc", "floor", "round", "//", "%"}
FLAT   = {"sign", "floor", "step", "round", "//"}                # slope 0
INLINE = {"+", "-", "*", "/", "%", "**", "neg", "identity"}        # slopes worth writing out in the program
LARGEST = sys.float_info.max


def expand(z: Array) -> Array:
    """The same line in elementary operations, if it is a row or a slope of the table."""
    plain = formula(z)
    return plain if plain is z else z.lines.spread(plain, z.shape)


def formula(z: Array) -> Array:
    lines, x = z.lines, z.args[0] if z.args else None
    if z.op == "slope":
        name, k = z.attrs
        return lines.array(slope_formula(name, k, z.args))
    if x is not None and z.op == "logsumexp":
        top, e = exponentials(x)
        rest   = lines.call("where", lines.first_largest(x), 0, e)
        return top + lines.call("log1p", lines.sum(rest, (len(x.shape) - 1,), keep=True))
    if x is not None and z.op == "softmax":
        top, e = exponentials(x)
        return e / lines.sum(e, (len(x.shape) - 1,), keep=True)
    if z.op in ("maximum", "minimum"):
        return lines.largest(z.args[0], z.op == "minimum")
    if z.op == "clamp":
        x, low, high = z.args
        return lines.call("where", x < low, low, lines.call("where", x > high, high, x))
    if z.op in TABLE and z.op not in NATIVE and not TABLE[z.op].nary:
        return lines.array(TABLE[z.op].value(*z.args))
    return z


def exponentials(x: Array) -> tuple[Array, Array]:
    """The largest x, and e^(x - largest), also where all x are infinite."""
    top  = x.lines.largest(x)
    near = x.lines.call("smaller", x.lines.call("larger", top, -LARGEST), LARGEST)
    return top, x.lines.call("exp", x - near)


def gate_of(z: Array) -> Array | None:
    """The slope that z multiplies something by, if it is the slope of a gate, as in dA * relu'(Z)."""
    for a in z.args if z.op == "*" else ():
        if a.op == "slope" and gated(z.lines.array(slope_formula(a.attrs[0], a.attrs[1], a.args))):
            return a
    return None


def slope_formula(name: str, k: int, args: tuple[Array, ...]) -> Quantity:
    """d(name)/d(operand k) from its row; args are the output, then the operands."""
    z, *operands = args
    if name == "**" and k == 0 and number_of(operands[1]) and number_of(operands[1])[0] != 0:  # type: ignore[index]
        x, y = operands
        return y * x ** (y - 1)
    return TABLE[name].each[k](z, *operands)
