"""Simplifying: lines of arithmetic that do nothing are not written down.

    before   1 * X      2 * (3 * X)      c * X - c * Y      X * (1 / Y)      X + X
    after    X          6 * X            c * (X - Y)        X / Y            2 * X

    rule     a function of the operands of one operation: what the line can be instead, or None
    gate     the slope where(condition, shut, ...), of relu for example: 0 whatever it is multiplied by
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from ..rows import Shut
from ..value import Number
from .lines import Array, number_of

Rule: TypeAlias = Callable[..., Array | None]      # of as many Arrays as the operation has operands


def simpler(op: str, args: Sequence[Array]) -> Array | None:
    """What the line can be instead, or None: the first rule that has an answer."""
    for rule in RULES.get(op, ()):
        instead = rule(*args)
        if instead is not None:
            return instead
    return None


# --- sums -------------------------------------------------------------------------------------------

def zero_first(x: Array, y: Array) -> Array | None:
    """0 + y is y. Two numbers are left to the rules of numbers."""
    return y if number_of(x) == (0, 0) and y.shape != () else None


def zero_last(x: Array, y: Array) -> Array | None:
    """x + 0 and x - 0 are x."""
    return x if number_of(y) == (0, 0) and x.shape != () else None


def like_terms(x: Array, y: Array) -> Array | None:
    """2 * x + 3 * x is 5 * x: one product, and x is read once."""
    (a, p), (b, q) = factor_of(x), factor_of(y)
    same = same_but_factor(x)
    if same is not same_but_factor(y) or number_of(x) or p != q:
        return None
    return x.lines.constant(a + b, p) * same


def one_factor(x: Array, y: Array) -> Array | None:
    """c * x + c * y is c * (x + y), and -c * x + c * y is c * (y - x) for c > 0: one product, not two."""
    if not (x.op == y.op == "*" and number_of(x.args[0]) and number_of(y.args[0])):
        return None
    (a, p), (b, q) = factor_of(x), factor_of(y)
    if p != q or a not in (b, -b) or a == -b and b < 0:
        return None
    c, left, right = y.args[0], x.args[1], y.args[1]
    return c * (left + right) if a == b else c * (right - left)


def sum_of_numbers(x: Array, y: Array) -> Array | None:
    """2 + 3 is 5; 2 + m, with m the number of samples, is not known yet."""
    both = numbers(x, y)
    return None if both is None else x.lines.constant(both[0] + both[1])


def difference_of_numbers(x: Array, y: Array) -> Array | None:
    """3 - 2 is 1."""
    both = numbers(x, y)
    return None if both is None else x.lines.constant(both[0] - both[1])


# --- products ---------------------------------------------------------------------------------------

def by_reciprocal(x: Array, y: Array) -> Array | None:
    """x * (1 / y) is x / y, which rounds once."""
    return x / y.args[1] if y.op == "/" and number_of(y.args[0]) == (1, 0) else None


def by_shut(x: Array, y: Array) -> Array | None:
    """Nothing passes a closed gate, not even inf or nan."""
    return x.lines.constant(0) if is_shut(x) or is_shut(y) else None


def one_first(x: Array, y: Array) -> Array | None:
    """1 * y is y."""
    return y if number_of(x) == (1, 0) else None


def one_last(x: Array, y: Array) -> Array | None:
    """x * 1, x / 1 and x ** 1 are x."""
    return x if number_of(y) == (1, 0) else None


def product_of_numbers(x: Array, y: Array) -> Array | None:
    """2 * 3 is 6, and (2 * m) * (3 / m) is 6 as well, where m is the number of samples."""
    cx, cy = number_of(x), number_of(y)
    return x.lines.constant(cx[0] * cy[0], cx[1] + cy[1]) if cx and cy else None


def number_first(x: Array, y: Array) -> Array | None:
    """Numbers stand to the left and gates to the right, so that the rules below look there alone."""
    return y * x if number_of(y) or gated(x) and not gated(y) else None


def minus_once(x: Array, y: Array) -> Array | None:
    """-1 * y is -y."""
    return -y if number_of(x) == (-1, 0) else None


def through_gate(x: Array, y: Array) -> Array | None:
    """x * where(c, shut, y) is where(c, 0, x * y): nothing passes a closed gate. One gate for many: the
    product first."""
    if not gated(y):
        return None
    if y.op == "spread":
        return x.lines.spread(x * y.args[0], x.lines.together(x, y))
    return x.lines.call("where", y.args[0], *[x * branch for branch in y.args[1:]])


def number_by_product(x: Array, y: Array) -> Array | None:
    """2 * (3 * y) is 6 * y."""
    if number_of(x) and y.op == "*" and number_of(y.args[0]):
        return (x * y.args[0]) * y.args[1]
    return None


def number_by_negative(x: Array, y: Array) -> Array | None:
    """2 * -y is -2 * y: the sign costs nothing in the number."""
    return -x * y.args[0] if number_of(x) and y.op == "neg" else None


# --- the rest ---------------------------------------------------------------------------------------

def quotient_of_numbers(x: Array, y: Array) -> Array | None:
    """6 / 3 is 2, exactly where both are exact; a division by 0 stays, and raises when it runs."""
    cx, cy = number_of(x), number_of(y)
    if not (cx and cy) or cy[0] == 0:
        return None
    exact = all(type(c) in (int, Fraction) for c in (cx[0], cy[0]))
    return x.lines.constant(Fraction(cx[0]) / Fraction(cy[0]) if exact else cx[0] / cy[0], cx[1] - cy[1])


def number_to_the_zero(x: Array, y: Array) -> Array | None:
    """2 ** 0 is 1."""
    return x.lines.constant(1) if number_of(x) and number_of(y) == (0, 0) else None


def negated_twice(x: Array) -> Array | None:
    """-(-x) is x."""
    return x.args[0] if x.op == "neg" else None


def negative_number(x: Array) -> Array | None:
    """-(2 * m) is (-2) * m, where m is the number of samples."""
    cx = number_of(x)
    return x.lines.constant(-cx[0], cx[1]) if cx else None


def equal_numbers(x: Array, y: Array) -> Array | None:
    """2 == 3 is False, and 2 * m == 3 * m as well; whether 2 == m is not known yet."""
    cx, cy = number_of(x), number_of(y)
    return x.lines.constant(cx[0] == cy[0]) if cx and cy and cx[1] == cy[1] else None


def known_condition(c: Array, x: Array, y: Array) -> Array | None:
    """where(True, x, y) is x."""
    known = number_of(c)
    if known is None or known[1] != 0 or not isinstance(known[0], bool):
        return None
    return x if known[0] else y


RULES: dict[str, tuple[Rule, ...]] = {
    "+":     (zero_first, zero_last, like_terms, one_factor, sum_of_numbers),
    "-":     (zero_last, difference_of_numbers),
    "*":     (by_reciprocal, by_shut, one_first, one_last, product_of_numbers, number_first, minus_once,
              through_gate, number_by_product, number_by_negative),
    "/":     (one_last, quotient_of_numbers),
    "**":    (one_last, number_to_the_zero),
    "neg":   (negated_twice, negative_number),
    "==":    (equal_numbers,),
    "where": (known_condition,),
}


# --- what the rules ask -----------------------------------------------------------------------------

def numbers(x: Array, y: Array) -> tuple[Number, Number] | None:
    """Both numbers, if both are numbers that no number of samples goes with."""
    cx, cy = number_of(x), number_of(y)
    return (cx[0], cy[0]) if cx and cy and cx[1] == cy[1] == 0 else None


def is_shut(a: Array) -> bool:
    """Whether a is the slope of a closed gate."""
    return a.op == "constant" and isinstance(a.attrs[0], Shut)


def gated(a: Array) -> bool:
    """Whether a is the slope of a gate: where(condition, shut, ...), perhaps of several conditions."""
    branches = {"where": a.args[1:], "spread": a.args}.get(a.op, ())
    return is_shut(a) or any(gated(branch) for branch in branches)


def same_but_factor(a: Array) -> Array:
    return a.args[1] if a.op == "*" and number_of(a.args[0]) else a


def factor_of(a: Array) -> tuple[Number, int]:
    return number_of(a.args[0]) or (1, 0) if a.op == "*" else (1, 0)
