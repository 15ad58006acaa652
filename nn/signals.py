"""Signals: what enters a network and what leaves it: numbers or Values, one or lists of them.

    Signals    numbers and Values in lists, to any depth: samples, outputs, targets
    Output     what a model gives: a Value where it has one output, else a list of them
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, TypeGuard

from engine import Value
from engine.value import Operand, number

Signals: TypeAlias = "Operand | Sequence[Signals]"
Output:  TypeAlias = Any      # (one or several: the sizes of the network tell, and no type can)


def is_list(x: object) -> TypeGuard[Sequence[Signals]]:
    """Whether x is a list, a tuple or an array: several numbers, not one."""
    return hasattr(x, "__len__") and not isinstance(x, (str, bytes))


def as_list(y: Output) -> list[Value]:
    """The outputs as a list, also where there is one."""
    return list(y) if isinstance(y, (list, tuple)) else [y]


def values(data: Output) -> Output:
    """The numbers as Values in lists of the same shape; Values stay."""
    if isinstance(data, Value):
        return data
    if hasattr(data, "tolist"):                          # a NumPy array
        data = data.tolist()
    return [values(part) for part in data] if isinstance(data, (list, tuple)) else Value(data)


def numbers(y: Output) -> Output:
    """The numbers in a Value or in nested lists of Values."""
    return [numbers(yk) for yk in y] if isinstance(y, (list, tuple)) else number(y)
