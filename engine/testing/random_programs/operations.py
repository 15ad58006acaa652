"""The operations that random programs are made of: the usual ones, written by hand, and the rows of the
table."""

from __future__ import annotations

from collections.abc import Sequence

from ...libraries import Quantity
from ..quantities import Number
from .derived import DERIVED
from .rules import WRITTEN, Operation

OPERATIONS: dict[str, Operation] = {**WRITTEN, **DERIVED}


def step_value(m: Quantity, op: str, xs: Sequence[Number]) -> Number:
    """The value of one step.

    Raises:
        ValueError: it lies outside the domain, where mpmath would turn complex or infinite.
    """
    x = xs[0]
    if ((op in ("log", "sqrt") and x <= 0) or (op == "**" and x <= 0
                                               and (x == 0 and xs[1] < 1 or xs[1] != int(xs[1])))):
        raise ValueError(f"{op} of {x}")
    if op == "/" and xs[1] == 0:
        raise ZeroDivisionError("division by zero")
    if op == "**" and abs(xs[1]) > 64:
        raise OverflowError("an exponent beyond 64")
    if op == "exp" and x > 700:
        raise OverflowError("exp beyond the largest float")
    return OPERATIONS[op].value(m, *xs)
