"""Simplifying: lines of arithmetic that do nothing are not written down.

    before   1 * X      2 * (3 * X)      c * X - c * Y      X * (1 / Y)      X + X
    after    X          6 * X            c * (X - Y)        X / Y            2 * X
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from ..rows import Shut

if TYPE_CHECKING:
    from .lines import Array, Lines


def simpler(lines: Lines, op: str, args: list[Array]) -> Array | None:
    """What the line can be instead, or None."""
    x, y = args[0], args[-1]
    cx, cy = number_of(x), number_of(y)
    if op == "+" and cx == (0, 0) and y.shape != ():   return y
    if op in "+-" and cy == (0, 0) and x.shape != ():  return x
    if op == "+" and same_but_factor(x) is same_but_factor(y) and not cx:    # 2 * x + 3 * x
        fx, fy = factor_of(x), factor_of(y)
        if fx[1] == fy[1]:
            return lines.call("*", lines.constant(fx[0] + fy[0], fx[1]), same_but_factor(x))
    if op == "+" and (common := common_factor(x, y)):                         # c * x - c * y
        c, sign = common
        return lines.call("*", c, lines.call(*(("+", x.args[1], y.args[1]) if sign > 0
                                               else ("-", y.args[1], x.args[1]))))
    if op == "*" and y.op == "/" and number_of(y.args[0]) == (1, 0):          # x * (1 / y)
        return lines.call("/", x, y.args[1])
    if op == "neg" and x.op == "neg":                  return x.args[0]
    if op == "neg" and cx:                             return lines.constant(-cx[0], cx[1])
    if op == "*" and (is_shut(x) or is_shut(y)):       return lines.constant(0)
    if op == "*" and cx == (1, 0):                     return y
    if op in ("*", "/", "**") and cy == (1, 0):        return x
    if op == "**" and cy == (0, 0) and cx:             return lines.constant(1)
    if op == "*" and cx and cy:                        return lines.constant(cx[0] * cy[0], cx[1] + cy[1])
    if op == "/" and cx and cy and cy[0] != 0:         return lines.constant(quotient(cx[0], cy[0]),
                                                                             cx[1] - cy[1])
    if op == "-" and cx and cy and cx[1] == cy[1] == 0:  return lines.constant(cx[0] - cy[0])
    if op == "+" and cx and cy and cx[1] == cy[1] == 0:  return lines.constant(cx[0] + cy[0])
    if op == "==" and cx and cy and cx[1] == cy[1]:    return lines.constant(cx[0] == cy[0])
    if op == "*" and (cy or gated(x) and not gated(y)): return lines.call("*", y, x)
    if op == "*" and cx == (-1, 0):                    return lines.call("neg", y)
    if op == "*" and gated(y) and y.op == "spread":    # one gate for many
        return lines.spread(lines.call("*", x, y.args[0]), lines.together(x, y))
    if op == "*" and gated(y):                         # x * where(c, shut, y): nothing passes a closed gate
        return lines.call("where", y.args[0], *[lines.call("*", x, branch) for branch in y.args[1:]])
    if op == "*" and cx and y.op == "*" and number_of(y.args[0]):     # 2 * (3 * x)
        return lines.call("*", lines.call("*", x, y.args[0]), y.args[1])
    if op == "*" and cx and y.op == "neg":             return lines.call("*", lines.call("neg", x), y.args[0])
    if op == "where" and cx is not None and cx[1] == 0 and isinstance(cx[0], bool):
        return args[1] if cx[0] else args[2]
    return None


def number_of(a: Array) -> tuple[Any, int] | None:
    """What a constant is: a number, and the power of the number of samples that goes with it."""
    return (a.attrs if a.op == "constant" and a.shape == () and not isinstance(a.attrs[0], np.ndarray)
            else None)


def is_shut(a: Array) -> bool:
    """Whether a is the slope of a closed gate."""
    return a.op == "constant" and isinstance(a.attrs[0], Shut)


def gated(a: Array) -> bool:
    """Whether a is the slope of a gate: where(condition, shut, ...), perhaps of several conditions."""
    branches = {"where": a.args[1:], "spread": a.args}.get(a.op, ())
    return is_shut(a) or any(gated(branch) for branch in branches)


def same_but_factor(a: Array) -> Array:
    return a.args[1] if a.op == "*" and number_of(a.args[0]) else a


def factor_of(a: Array) -> tuple[Any, int]:
    return number_of(a.args[0]) or (1, 0) if a.op == "*" else (1, 0)


def common_factor(x: Array, y: Array) -> tuple[Array, int] | None:
    """(c, 1) for c * x and c * y; (c, -1) for -c * x and c * y, where c > 0."""
    if not (x.op == y.op == "*" and number_of(x.args[0]) and number_of(y.args[0])):
        return None
    (a, p), (b, q) = factor_of(x), factor_of(y)
    if p != q or a not in (b, -b) or a == -b and b < 0:
        return None
    return y.args[0], 1 if a == b else -1


def quotient(a: Any, b: Any) -> Any:
    return Fraction(a, b) if type(a) in (int, Fraction) and type(b) in (int, Fraction) else a / b
