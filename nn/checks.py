"""Checks of arguments: what was given, why it cannot work, what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from numbers import Real
from typing import TypeVar

from engine import Value
from engine.value import number

Item  = TypeVar("Item")
Other = TypeVar("Other")


def whole(n: object, what: str) -> int:
    """n, if it is a whole number of at least 1."""
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise ValueError(f"{what} must be a whole number of at least 1, not {n!r}")
    return n


def several(parameters: Iterable[Value]) -> list[Value]:
    """The parameters as a list of at least one Value."""
    if isinstance(parameters, Value) or not hasattr(parameters, "__iter__"):
        raise TypeError(f"a list of parameters is needed, not {type(parameters).__name__}: write "
                        "model.parameters(), or [w] for a single Value")
    ps = list(parameters)
    for p in ps:
        if not isinstance(p, Value):
            raise TypeError(f"a parameter is a Value, not {type(p).__name__} {p!r:.60}: write "
                            "model.parameters()")
    if not ps:
        raise ValueError("there are no parameters to move: write model.parameters(), and check that the "
                         "model has some")
    return ps


def positive(x: float, what: str) -> float:
    """x, if it is above 0."""
    if not real(x, what) > 0 or not isfinite(x):
        raise ValueError(f"{what} must be above 0 and finite, and got {x!r}: 0.1 is a common start")
    return x


def not_negative(x: float, what: str) -> float:
    """x, if it is 0 or above."""
    if not real(x, what) >= 0 or not isfinite(x):
        raise ValueError(f"{what} must be 0 or above and finite, and got {x!r}: write 0 to do without")
    return x


def fraction(x: float, what: str) -> float:
    """x, if it is within [0, 1)."""
    if not 0 <= real(x, what) < 1:
        raise ValueError(f"{what} must be at least 0 and below 1, and got {x!r}: 0.9 is common, 0 does "
                         "without")
    return x


def real(x: float, what: str) -> float:
    """x, if it is a real number."""
    if isinstance(x, bool) or not isinstance(x, Real):
        raise TypeError(f"{what} must be a number, not {type(x).__name__} {x!r:.60}: write 0.1")
    return x


def known(name: object, table: Mapping[str, Item], what: str, instead: str = "") -> Item:
    """The entry of the table that a name means."""
    if not isinstance(name, str) or name not in table:
        raise ValueError(f"unknown {what} {name!r:.60}: write one of {', '.join(table)}{instead}")
    return table[name]


def functions(fs: Sequence[Item], what: str) -> list[Item]:
    """fs, if it is a list of functions."""
    if not isinstance(fs, (list, tuple)) or not all(map(callable, fs)):
        raise TypeError(f"{what} is a list of functions, not {type(fs).__name__} {fs!r:.60}: "
                        f"write {what}=[f]")
    return list(fs)


def pair(validation: tuple[Item, Other]) -> tuple[Item, Other]:
    """validation, if it is (X, Y)."""
    if not isinstance(validation, (list, tuple)) or len(validation) != 2:
        raise TypeError(f"validation is a pair of samples and targets, and got {validation!r:.60}: write "
                        "validation=(X_test, Y_test)")
    return validation[0], validation[1]


def samples(X: Sequence[Item], name: str) -> list[Item]:
    """X as lists of finite numbers, of one length."""
    X = X.tolist() if hasattr(X, "tolist") else X        # a NumPy array
    if not isinstance(X, (list, tuple)):
        raise TypeError(f"{name} is a list with one entry per sample, not {type(X).__name__} {X!r:.60}: "
                        "write list(...) for what can be iterated")
    if not X:
        raise ValueError(f"{name} is empty: give at least one sample")
    rows = [row.tolist() if hasattr(row, "tolist") else row for row in X]
    for i, row in enumerate(rows):
        for x in row if isinstance(row, (list, tuple)) else [row]:
            if not isinstance(x, (Real, Value)):
                raise TypeError(f"{name}[{i}] holds {type(x).__name__} {x!r:.60}: every entry is a number")
            x = number(x)                                # type: ignore[arg-type]  # (every Real is a Number)
            if not isfinite(x):
                raise ValueError(f"{name}[{i}] holds {x!r}: remove the sample, or replace the value, "
                                 "for instance by the feature's mean")
        if size(row) != size(rows[0]):
            raise ValueError(f"{name}[{i}] has {size(row)} and {name}[0] has {size(rows[0])}: every sample "
                             "needs the same number")
    return rows


def size(row: object) -> str:
    return f"{len(row)} numbers" if isinstance(row, (list, tuple)) else "a single number"
