"""What the tests compute with: numbers of any kind, and functions of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ..libraries import Quantity

Number:   TypeAlias = Quantity                   # int, float, Fraction, mpmath's mpf or NumPy's scalar
Mpf:      TypeAlias = Quantity                   # mpmath's number: mpmath comes without types
Function: TypeAlias = Callable[..., Quantity]    # f(x, y, ...): takes and gives numbers, or Values
