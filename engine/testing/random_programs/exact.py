"""Exact slopes of rational functions: Fractions that carry an infinitesimal, sent through the value rule of
f."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from ..quantities import Function, Number

OUTSIDE  = (ValueError, ArithmeticError)             # what a function raises outside its domain
LARGEST_EXPONENT = 1024


class Tie(Exception):
    """A comparison that the infinitesimal decides: the function may have a kink here."""


class Dual:
    """v + d[i]*eps_i + ...: a Fraction and its slopes. What f does with it is f's value rule and nothing
    else."""

    __slots__ = ("v", "d")

    def __init__(self, v: Fraction, d: dict[int, Fraction]) -> None:
        self.v, self.d = v, d

    def __add__(self, other: Number) -> Dual:
        y = lift(other)
        return Dual(self.v + y.v, joined(self.d, 1, y.d, 1))

    def __sub__(self, other: Number) -> Dual:
        y = lift(other)
        return Dual(self.v - y.v, joined(self.d, 1, y.d, -1))

    def __mul__(self, other: Number) -> Dual:
        y = lift(other)
        return Dual(self.v * y.v, joined(self.d, y.v, y.d, self.v))

    def __truediv__(self, other: Number) -> Dual:
        y = lift(other)
        return Dual(self.v / y.v, joined(self.d, 1 / y.v, y.d, -self.v / y.v ** 2))

    def __pow__(self, y: Number) -> Dual:
        n = whole(y)
        return Dual(self.v ** n, {i: n * self.v ** (n - 1) * s for i, s in self.d.items()} if n else {})

    def __neg__(self)                     -> Dual: return Dual(-self.v, {i: -s for i, s in self.d.items()})
    def __abs__(self)                     -> Dual: return -self if self < 0 else self
    def __rsub__(self, other: Number)        -> Dual: return lift(other) - self
    def __rtruediv__(self, other: Number)    -> Dual: return lift(other) / self
    __radd__, __rmul__ = __add__, __mul__

    def __lt__(self, other: Number)     -> bool: return compared(self, other) < 0
    def __le__(self, other: Number)     -> bool: return compared(self, other) <= 0
    def __gt__(self, other: Number)     -> bool: return compared(self, other) > 0
    def __ge__(self, other: Number)     -> bool: return compared(self, other) >= 0
    def __eq__(self, other: object)  -> bool: return compared(self, other) == 0
    __hash__ = None  # type: ignore[assignment]


def lift(x: Number) -> Dual:
    return x if isinstance(x, Dual) else Dual(Fraction(x), {})


def joined(a: dict[int, Fraction], p: Number, b: dict[int, Fraction], q: Number) -> dict[int, Fraction]:
    """p*a + q*b."""
    d = dict(a) if p == 1 else {i: p * s for i, s in a.items()}
    for i, s in b.items():
        part = s if q == 1 else q * s
        d[i] = d[i] + part if i in d else part
    return d


def whole(y: Number) -> int:
    """The exponent y as an int.

    Raises:
        TypeError: it is none, so the power is not rational; or it is so large that the Fraction would not
        end.
    """
    if isinstance(y, Dual) or y != y // 1 or abs(y) > LARGEST_EXPONENT:
        raise TypeError("not a whole exponent that Fractions can take")
    return int(y)


def compared(x: Dual, other: Number) -> int:
    """-1, 0 or 1.

    Raises:
        Tie: the numbers are equal and the slopes are not.
    """
    if isinstance(other, float) and not math.isfinite(other):
        return 1 if other == -math.inf else -1
    y = lift(other)
    if x.v == y.v and {i: s for i, s in x.d.items() if s} != {i: s for i, s in y.d.items() if s}:
        raise Tie
    return (x.v > y.v) - (x.v < y.v)


def exact_slopes(f: Function, xs: Sequence[Number], wanted: Sequence[int]) -> list[Fraction] | None:
    """df/dx_i for i in wanted, exact; None if f is not rational or has a kink here."""
    found = exactly(f, xs, wanted)
    return None if found is None else found[1]


def exactly(f: Function, xs: Sequence[Number], wanted: Sequence[int]) -> tuple[Number, list[Fraction]] | None:
    """f itself and df/dx_i for i in wanted, exact; None as in exact_slopes."""
    one, zero, chosen = Fraction(1), Fraction(0), {*wanted}
    try:
        z = f(*[Dual(Fraction(x), {i: one}) if i in chosen else rational(x) for i, x in enumerate(xs)])
    except (Tie, TypeError, AttributeError, *OUTSIDE):
        return None
    return (z.v, [z.d.get(i, zero) for i in wanted]) if isinstance(z, Dual) else (z, [zero for _ in wanted])


def rational(x: Number) -> Number:
    return Fraction(x) if math.isfinite(x) else x
