"""The functions of the table for Values and plain numbers: exp(x), dot(w, x), softmax(zs), ...

Given at least one Value they return a Value that remembers its operands; given plain numbers
only, they return a plain number. Those that take several numbers take them as arguments or as
one list: maximum(x, y) and maximum([x, y]) are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import index
from typing import TYPE_CHECKING

from . import primitives
from .careful import inf, nearest
from .libraries import Quantity
from .primitives import *  # noqa: F403  (exp, log, tanh, ...: the rows that need no more)
from .rows import TABLE, apply, failed, shut
from .value import Constant, Number, Operand, Value, node

# --- one number in, with parameters ---------------------------------------------------------------

def leaky_relu(x: Operand, alpha: Operand = 0.01) -> Quantity:
    """x where x > 0, alpha*x elsewhere (D1-22). alpha may be a Value: that is PReLU (D2-21)."""
    return apply("leaky_relu", x, alpha)


def elu(x: Operand, alpha: Operand = 1.0) -> Quantity:
    """x where x > 0, alpha*(e^x - 1) elsewhere (Clevert, Unterthiner and Hochreiter 2015)."""
    return apply("elu", x, alpha)


def clamp(x: Operand, low: Operand = -inf, high: Operand = inf) -> Quantity:
    """x, not below low and not above high; at a bound the slope is 1.

    Raises:
        ValueError: low is above high.
    """
    return apply("clamp", x, low, high)


def mask(x: Operand, m: Operand) -> Quantity:
    """x * m, as a gate: where m is 0 the value is 0 and no gradient passes, whatever x is (Dropout's mask,
    D4-19)."""
    return apply("mask", x, m)


def detach(x: Operand) -> Quantity:
    """The number in x as a leaf, through which no gradient flows."""
    return x.detach() if isinstance(x, Value) else x


# --- many numbers in ------------------------------------------------------------------------------

def maximum(*xs: Operand | Iterable[Operand]) -> Quantity:
    """The largest; its slope is 1 for the winner and shared equally among equal winners.

    Raises (as minimum, total, mean, logsumexp and softmax):
        ValueError: there are no numbers, as in maximum([]).
        TypeError: one of them is not a number or Value.
    """
    return apply("maximum", *several(xs, "maximum"))


def minimum(*xs: Operand | Iterable[Operand]) -> Quantity:
    """The smallest; its slope is 1 for the winner and shared equally among equal winners."""
    return apply("minimum", *several(xs, "minimum"))


def total(*xs: Operand | Iterable[Operand]) -> Quantity:
    """x1 + x2 + ..., from left to right, as one node."""
    return apply("total", *several(xs, "total"))


def mean(*xs: Operand | Iterable[Operand]) -> Quantity:
    """total(xs) / n, for the n numbers given."""
    operands = several(xs, "mean")
    return apply("total", *operands) / len(operands)


def logsumexp(*xs: Operand | Iterable[Operand]) -> Quantity:
    """ln(e^x1 + e^x2 + ...), without overflow and without losing a small summand."""
    return apply("logsumexp", *several(xs, "logsumexp"))


def softmax(*xs: Operand | Iterable[Operand]) -> list[Quantity]:
    """[y_1, ..., y_n] with y_k = e^(x_k) / sum_j e^(x_j); dy_k/dx_j = y_k ([k==j] - y_j) (D0-11).

    Each y_k is one node; its first operand is x_k, the others follow in order.
    """
    operands = several(xs, "softmax")
    return [apply("softmax", x, *operands[:k], *operands[k + 1:]) for k, x in enumerate(operands)]


def dot(w: Sequence[Operand], x: Sequence[Operand]) -> Quantity:
    """w1*x1 + w2*x2 + ..., from left to right, as one node with slopes (x, w).

    Raises:
        TypeError: w or x is not a list.
        ValueError: w and x differ in length, or are empty.
    """
    return apply("dot", *pairs(w, x, "dot"))


def affine(w: Sequence[Operand], x: Sequence[Operand], b: Operand) -> Quantity:
    """z = b + w1*x1 + w2*x2 + ..., from left to right, as one node with slopes (x, w, 1).

    The documents' pre-activation (D0-05, D1-03).

    Raises:
        TypeError: w or x is not a list.
        ValueError: w and x differ in length, or are empty.
    """
    operands = [*pairs(w, x, "affine"), b]
    if not any(isinstance(operand, Value) for operand in operands):
        return apply("affine", *operands)
    values, n = [lift(operand) for operand in operands], len(operands) // 2
    w, x = values[:n], values[n:-1]
    return affine_node(w, x, values[-1], [xj.data for xj in x])


def affine_node(w: Sequence[Value], x: Sequence[Value], b: Value, xs: Sequence[Number]) -> Value:
    """`affine` for lists of Values known to be of one length, xs the numbers in x: the inner loop of every
    Layer."""
    ws = [v.data for v in w]
    z  = b.data
    for wi, xi in zip(ws, xs):
        z += wi * xi
    return node(z, "affine", (*w, *x, b), (*xs, *ws, 1))


def lift(x: Operand) -> Value:
    """x itself if it is a Value, else a Constant."""
    return x if isinstance(x, Value) else Constant(x)


def several(xs: Sequence[Quantity], name: str) -> Sequence[Quantity]:
    """The operands, given one by one or as one list."""
    operands = (tuple(xs[0]) if len(xs) == 1 and not isinstance(xs[0], Value) and isinstance(xs[0], Iterable)
                else xs)
    if not operands:
        raise ValueError(f"{name}() of an empty list has no value: give at least one number or Value")
    return operands


def pairs(w: Sequence[Quantity], x: Sequence[Quantity], name: str) -> list[Quantity]:
    """All of w, then all of x; they must pair up."""
    for given in (w, x):
        if isinstance(given, Value) or not isinstance(given, Iterable):
            raise TypeError(f"{name}(w, x) takes two lists, and got {type(given).__name__} {given!r:.60}: "
                            "write w * x for a single pair")
    w, x = list(w), list(x)
    if len(w) != len(x) or not w:
        raise ValueError(f"{name}(w, x) pairs each weight with an input, and got {len(w)} weights and "
                         f"{len(x)} inputs: give two lists of the same length, at least 1")
    return [*w, *x]


# --- methods that need more than their row ----------------------------------------------------------

def round_to(x: Value, digits: int | None = None) -> Value:
    """round(x, digits); the digits are a plain whole number, as in Python, and are recorded where they are
    not 0."""
    try:
        digits = 0 if digits is None else index(digits)
    except TypeError:
        raise TypeError(f"round(x, digits) takes a whole number of digits, and got {digits!r:.60}: "
                        "write round(x, 2)") from None
    if digits == 0:
        return primitives.rounded(x)
    try:
        return node(nearest(x.data, digits), "round", (x, Constant(digits)), (shut, shut))
    except OverflowError as error:
        raise failed(TABLE["round"], [x.data, digits], error) from None


def ceiling(x: Value) -> Value:
    """x rounded up, for math.ceil."""
    return -primitives.floor(-x)


def quotient_and_remainder(x: Value, y: Operand) -> tuple[Value, Value]:
    """divmod(x, y)."""
    return x // y, x % y


def reflected_quotient_and_remainder(x: Value, y: Number) -> tuple[Value, Value]:
    """divmod(y, x)."""
    return y // x, y % x


for _name, _function in [("leaky_relu", leaky_relu), ("elu", elu), ("clamp", clamp), ("__round__", round_to),
                         ("__ceil__", ceiling), ("__divmod__", quotient_and_remainder),
                         ("__rdivmod__", reflected_quotient_and_remainder)]:
    setattr(Value, _name, _function)

if not TYPE_CHECKING:                                    # (a type checker reads the names themselves)
    __all__ = sorted({name for name, row in TABLE.items() if row.public and hasattr(primitives, name)} | {
        "affine", "clamp", "detach", "dot", "elu", "leaky_relu", "logsumexp", "mask", "maximum", "mean",
        "minimum",
        "softmax", "total"})
