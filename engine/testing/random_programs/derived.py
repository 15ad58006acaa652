"""The operations that nobody wrote a rule for: each comes from a row of the calculus table, in all its forms.

    x % y, x // y      operators
    round(x)           what Python calls by a special method
    x.mish()           a method
    mish(x)            a function beside the class

Their value is the row's, on numbers of 50 digits, and their slopes are measured on that value: no slope of
the row has a part in them, so that they can judge any engine, this one included. Domains and kinks are
measured as well: where the value cannot be computed, or leaps, or turns, there is no slope to ask for.

Left out are the rows with an open number of operands, and those that are no method here (leaky_relu, clamp,
mask, ...): of these every engine has a signature of its own, and nobody could say how it is meant.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from ...primitives import TABLE
from ...rows import OPERATORS, Primitive
from ..quantities import Function, Number
from .rules import WRITTEN, Operation, beside, fifty, precision

BUILT_IN: dict[str, tuple[str, Function, str]] = {
    "round": ("round({0})",      round,      "__round__"),
    "floor": ("math.floor({0})", math.floor, "__floor__")}


def forms(row: Primitive) -> Iterator[tuple[str, Operation]]:
    """The operations that a row stands for, each under a key of its own: "%"; "mish", "mish()"."""
    name   = row.name
    places = [f"{{{k}}}" for k in range(len(row.each))]

    def operation(python: str, run: Function, special: str = "",
                  function: str = "") -> Operation:
        return Operation(python, run, lambda m, *xs: row.value(*xs), lambda m, *xs: slopes(name, *xs),
                         special, lambda *xs: not smooth(name, *xs), function)

    if name in OPERATORS:
        word = OPERATORS[name]
        yield name, operation(f"{{0}} {name} {{1}}", getattr(operator, word), f"__{word}__")
        return
    yield name, operation(f"{{0}}.{name}({', '.join(places[1:])})",
                          lambda x, *more: getattr(x, name)(*more), name)
    yield f"{name}()", operation(f"{name}({', '.join(places)})",
                                 lambda x, *more: beside(type(x), name)(x, *more), function=name)
    if name in BUILT_IN:
        yield f"{name}(x)", operation(*BUILT_IN[name])


@lru_cache(10_000, typed=True)                           # typed: 3.0 is asked for floats, and mpf(3) is equal
def slopes(name: str, *xs: Number) -> tuple[Number, ...]:
    """dz/dx for each operand, by differences at 50 digits of the value; floats for floats.

    Raises:
        ValueError, ArithmeticError: a point next to this one lies outside the domain.
    """
    import mpmath
    with precision():
        points = [fifty(x) for x in xs]
        found  = [mpmath.diff(along(TABLE[name], points, k), x) for k, x in enumerate(points)]
    return tuple([float(s) if isinstance(x, float) else s for s, x in zip(found, xs)])


def along(row: Primitive, points: Sequence[Number], k: int) -> Callable[[Number], Number]:
    """The value as a function of operand k alone, in mpmath's numbers; some rows give an int."""
    return lambda x: fifty(row.value(*points[:k], x, *points[k + 1:]))


@lru_cache(10_000)
def smooth(name: str, *xs: Number) -> bool:
    """Whether the value has one slope towards each operand: the same on both sides."""
    with precision():
        points = [fifty(x) for x in xs]
        near   = fifty(10) ** -20
        try:
            return all(one_slope(along(TABLE[name], points, k), x, near) for k, x in enumerate(points))
        except (ArithmeticError, ValueError):            # the domain ends here
            return False


def one_slope(f: Callable[[Number], Number], x: Number, near: Number) -> bool:
    left, right = (f(x) - f(x - near)) / near, (f(x + near) - f(x)) / near
    return bool(abs(left - right) <= 1e-8 * (1 + min(abs(left), abs(right))))


DERIVED: dict[str, Operation] = {key: operation for row in TABLE.values()
                                 if row.name not in WRITTEN and 1 <= len(row.each) <= 2
                                 and (row.public or row.name in OPERATORS)
                                 for key, operation in forms(row)}
