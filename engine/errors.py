"""The sentences of errors about numbers: what was given, why it cannot work, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import NoReturn

from . import value
from .value import Number, Value, written


def advice(data: object) -> str:
    """What to write instead of data, where a real number is needed."""
    if isinstance(data, Value):   return ": use it as it is, or write Value(x.data) for a copy"
    if isinstance(data, str):     return ": write Value(float(text))"
    if isinstance(data, complex): return ": write one Value each for .real and .imag"
    if data is None:              return ": did a function end without return?"
    if hasattr(data, "__len__"):  return ": write one Value per number, as in [Value(x) for x in data]"
    return ": write Value(float(x)), or give an int, a Fraction, an mpf or a NumPy scalar"


def not_a_number(data: object) -> str:
    """What is wrong with data as the number of a Value, and what to write instead."""
    return f"Value needs a real number, not {type(data).__name__} {data!r:.60}{advice(data)}"


def failure(operation: str, numbers: Sequence[object], error: Exception, domain: str, hint: str) -> Exception:
    """The same error with the operation as it is written, its domain and a way out in the message."""
    if isinstance(error, TypeError):
        wrong = [x for x in numbers if not isinstance(x, Real)]
        return TypeError(f"{operation}: {not_a_number(wrong[0]) if wrong else error}")
    if isinstance(error, OverflowError):
        why = "the result is larger than the largest float, 1.8e308"
    elif isinstance(error, ZeroDivisionError):
        why = "division by zero"
    else:
        why = str(error) if str(error) and "math domain" not in str(error) else domain
    return type(error)(f"{operation}: {why}" + (f". {hint}" if hint else ""))


def call(name: str, operands: Sequence[Number]) -> str:
    """The operation as it is written: 2.0 / 0, (-2.0) ** 0.5, log(0)."""
    given = [f"{written(x):.40}" for x in operands]
    if name.isidentifier():
        return f"{name}({', '.join(given)})"
    return f" {name} ".join(f"({x})" if x.startswith("-") else x for x in given)


def refuse_float(x: Value) -> NoReturn:
    """float(x) and math.sin(x) would lose the history of x."""
    raise TypeError("a Value does not turn into a plain number by itself, for its history would be lost: "
                    "write x.data for the number, or sin(x) from engine in place of math.sin(x)")


value.not_a_number = not_a_number
for _name in ("__float__", "__int__", "__trunc__"):
    setattr(Value, _name, refuse_float)
