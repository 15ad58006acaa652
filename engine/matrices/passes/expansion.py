"""Rows: the primitives of the calculus table on whole arrays, and their slopes.

    before   group A of tanh(Z)                 group J of logsumexp(z1, z2, z3)
    after    A = tanh(Z)                        J = logsumexp(Z), along the last axis

A row with a fixed number of operands is one line and is written out only when it runs: `expand` gives its
formula, which is the row's own lambda, called with Arrays. The n-ary rows are written for arrays here.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from ...primitives import TABLE
from ..lines import Array, Lines, Shape
from .groups import Group
from ..algebra import gated, number_of

if TYPE_CHECKING:
    from .lower import Lowering

NATIVE = {"+", "-", "*", "/", "**", "neg", "abs", "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt",
          "sin",
          "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
          "hypot", "erf", "erfc", "floor", "round", "//", "%"}
FLAT   = {"sign", "floor", "step", "round", "//"}                # slope 0
INLINE = {"+", "-", "*", "/", "%", "**", "neg", "identity"}        # slopes worth writing out in the program
LARGEST = sys.float_info.max
NARY   = {"maximum", "minimum", "logsumexp", "softmax"}


def lower(self: Lowering, g: Group, rows: Any, samples: Any, size: Shape) -> Array:
    """The line of a group that is no sum."""
    lines = self.lines
    if g.op in NARY:
        if g.op == "softmax":
            return lines.spread(shares(self, rows, samples), size)
        z = nary(lines, g.op, self.view_at(rows, samples))
        return lines.spread(z if len(rows) == 1 else lines.reshape(z, (*z.shape[:-2], z.shape[-2])), size)
    operands = [self.view(rows[:, k], samples[:, k]) for k in range(rows.shape[1])]
    if g.op == "identity":
        return lines.spread(operands[0], size)
    if g.op == "*":
        return lines.spread(times(self, *operands), size)
    mean = batch_mean(self, operands[0], operands[1], divide=True) if g.op == "/" else None
    return lines.spread(lines.call(g.op, *operands) if mean is None else mean, size)


def nary(lines: Lines, op: str, x: Array) -> Array:
    """op along the last axis, which stays: of size 1, except for softmax."""
    shape = x.shape if op == "softmax" else (*x.shape[:-1], 1)
    return lines.new(op, (x,), shape)


def shares(self: Lowering, rows: Any, samples: Any) -> Array:
    """The shares of a group of softmax nodes: one softmax per list of operands, of which each node takes its
    own."""
    order   = np.lexsort((samples, rows)) if rows.shape[1] > 1 else np.zeros_like(rows)
    whole   = np.stack([np.take_along_axis(part, order, 1) for part in (rows, samples)], axis=-1)
    lists   = list(dict.fromkeys(map(bytes, whole)))
    first   = [next(k for k, part in enumerate(whole) if bytes(part) == one) for one in lists]
    number  = {one: k for k, one in enumerate(lists)}
    index   = [number[bytes(part)] * rows.shape[1] + int(np.flatnonzero(where == 0)[0])
               for part, where in zip(whole, order)]
    y       = nary(self.lines, "softmax", self.view_at(whole[first, :, 0], whole[first, :, 1]))
    if len(lists) > 1:
        y = self.lines.reshape(y, (*y.shape[:-2], y.shape[-2] * y.shape[-1]))
    return self.lines.take(y, np.array(index))


def times(self: Lowering, x: Array, y: Array) -> Array:
    """x * y; a batch mean where it is one."""
    found = [mean for mean in (batch_mean(self, x, y), batch_mean(self, y, x)) if mean is not None]
    return found[0] if found else x * y


def batch_mean(self: Lowering, x: Array, c: Array, divide: bool = False) -> Array | None:
    """A sum over the batch, divided by the number of samples: the constant c becomes one that follows the
    batch.

    A constant right after a sum over the batch is read so if c (or 1/c, where it multiplies) is a whole
    multiple of the number of samples, as in 1/(2m) sum e^2.
    """
    number = number_of(c)
    if self.samples < 2 or not number or not number[0] or number[1] or not over_batch(x):
        return None
    whole = number[0] / self.samples if divide else 1 / (number[0] * self.samples)
    if round(whole) == 0 or abs(whole - round(whole)) > 1e-9 * abs(whole):
        return None
    self.means.append((number[0], round(whole)))
    return self.lines.call("/", 1, self.lines.constant(round(whole), 1)) * x


def over_batch(x: Array) -> bool:
    """Whether x is a sum over the batch, perhaps of several such sums."""
    if x.op == "+":
        return all(over_batch(a) for a in x.args)
    if x.op == "*" and number_of(x.args[0]):
        return over_batch(x.args[1]) or x.args[0].attrs[1] == 1
    while x.op in ("sum", "take", "slice", "reshape", "spread", "neg"):
        if x.op == "sum" and 0 in x.attrs[0] and x.args[0].shape[0] < 0:
            return True
        x = x.args[0]
    return False


# --- formulas ---------------------------------------------------------------------------------------

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


def slope_formula(name: str, k: int, args: tuple[Array, ...]) -> Any:
    """d(name)/d(operand k) from its row; args are the output, then the operands."""
    z, *operands = args
    if name == "**" and k == 0 and number_of(operands[1]) and number_of(operands[1])[0] != 0:  # type: ignore[index]
        x, y = operands
        return y * x ** (y - 1)
    return TABLE[name].each[k](z, *operands)
