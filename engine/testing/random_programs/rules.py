"""Rules: what a program can do in a step, and value and slopes of the usual operations, written by hand.

Every rule is written here once more, independently of engine.primitives, so that a program's own
gradient can judge any engine. `m` is where exp, log, ... are found: math, mpmath, or
`fractions_only` where numbers are Fractions and there is no such function.
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import NamedTuple

from ...libraries import Quantity
from ..quantities import Function, Mpf, Number


class Operation(NamedTuple):
    """What a program can do in a step.

    python:   how it is written, for pasting.
    run:      the operation on any objects: an operator or function, or None for the method called like it.
    value:    the value, given a library (math, mpmath or `fractions_only`) and numbers.
    slopes:   dz/d(operand), likewise.
    special:  the method an engine class must have; "" where it is a function.
    kink:     whether the operation has no slope at these numbers.
    function: the name of the function that must stand beside the class, where it is one.
    """

    python:   str
    run:      Function | None
    value:    Function
    slopes:   Callable[..., tuple[Quantity, ...]]
    special:  str
    kink:     Callable[..., bool] = lambda *xs: False
    function: str = ""

    @property
    def arity(self) -> int:
        return 2 if "{1}" in self.python else 1

    def offered_by(self, engine: type) -> bool:
        """Whether the class has the method, or a function of that name stands beside it."""
        return hasattr(engine, self.special) if self.special else beside(engine, self.function) is not None


def beside(engine: type, name: str) -> Quantity:
    """The function of that name in the module of the class, or in the package it is from; None if there is
    none, or another module's."""
    package = engine.__module__.partition(".")[0]
    for place in (engine.__module__, package):
        function = getattr(sys.modules.get(place), name, None)
        if callable(function) and getattr(function, "__module__", "").partition(".")[0] == package:
            return function
    return None


def powers(m: Quantity, x: Number, y: Number) -> tuple[Number, Number]:
    """The slopes of x**y; that of y only where log x exists."""
    return (0 if y == 0 else y * x ** (y - 1)), (x ** y * m.log(x) if x > 0 and m is not fractions_only
                                                 else 0)


def sigma(m: Quantity, x: Number) -> Number:
    e = m.exp(-abs(x))
    return (1 if x > 0 else e) / (1 + e)


def sech2(m: Quantity, x: Number) -> Number:
    """1 / cosh(x)^2, where cosh(x) may be beyond the largest float."""
    e = m.exp(-2 * abs(x))
    return 4 * e / (1 + e) ** 2


def at_zero(x: Number) -> bool:
    return bool(x == 0)


add, sub, mul, div = operator.add, operator.sub, operator.mul, operator.truediv

WRITTEN: dict[str, Operation] = {
    "+":       Operation("{0} + {1}",     add,          lambda m, x, y: x + y,  lambda m, x, y: (1, 1),
                         "__add__"),
    "-":       Operation("{0} - {1}",     sub,          lambda m, x, y: x - y,  lambda m, x, y: (1, -1),
                         "__sub__"),
    "*":       Operation("{0} * {1}",     mul,          lambda m, x, y: x * y,  lambda m, x, y: (y, x),
                         "__mul__"),
    "/":       Operation("{0} / {1}",     div,          lambda m, x, y: x / y,
                         lambda m, x, y: (1 / y, -x / (y * y)), "__truediv__"),
    "**":      Operation("{0} ** {1}",    operator.pow, lambda m, x, y: x ** y, powers,
                         "__pow__"),
    "neg":     Operation("-{0}",          operator.neg, lambda m, x: -x,        lambda m, x: (-1,),
                         "__neg__"),
    "abs":     Operation("abs({0})",      operator.abs, lambda m, x: abs(x),
                         lambda m, x: (1 if x > 0 else -1,), "__abs__", at_zero),
    "relu":    Operation("{0}.relu()",    None, lambda m, x: max(x, 0 * x),
                         lambda m, x: (1 if x > 0 else 0,),  "relu", at_zero),
    "exp":     Operation("{0}.exp()",     None, lambda m, x: m.exp(x),          lambda m, x: (m.exp(x),),
                         "exp"),
    "log":     Operation("{0}.log()",     None, lambda m, x: m.log(x),          lambda m, x: (1 / x,),
                         "log"),
    "sqrt":    Operation("{0}.sqrt()",    None, lambda m, x: m.sqrt(x),
                         lambda m, x: (1 / (2 * m.sqrt(x)),), "sqrt"),
    "tanh":    Operation("{0}.tanh()",    None, lambda m, x: m.tanh(x),         lambda m, x: (sech2(m, x),),
                         "tanh"),
    "sigmoid": Operation("{0}.sigmoid()", None, lambda m, x: sigma(m, x),
                         lambda m, x: (sech2(m, x / 2) / 4,), "sigmoid"),
    "sin":     Operation("{0}.sin()",     None, lambda m, x: m.sin(x),          lambda m, x: (m.cos(x),),
                         "sin"),
    "cos":     Operation("{0}.cos()",     None, lambda m, x: m.cos(x),          lambda m, x: (-m.sin(x),),
                         "cos"),
}

RATIONAL = ("+", "-", "*", "/", "neg", "abs", "relu", "**")
SMOOTH   = ("exp", "log", "sqrt", "tanh", "sigmoid", "sin", "cos")


# --- the libraries of numbers -------------------------------------------------------------------------

def fractions_only(name: str) -> Quantity:
    """Stands for the library where numbers are Fractions: there is no exp or log to look up."""
    raise AttributeError(f"Fractions have no {name}")


def fifty(x: Number) -> Mpf:
    """x as an mpf, to the digits that `precision` set."""
    import mpmath
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpmath.mpf(x)


def precision() -> AbstractContextManager[object]:
    import mpmath
    context: AbstractContextManager[object] = mpmath.workdps(50)
    return context


def library(kind: Quantity) -> Quantity:
    """Where exp, log, ... of this kind of number are."""
    if kind is Fraction:
        return fractions_only
    if kind is float:
        return math
    import mpmath
    return mpmath
