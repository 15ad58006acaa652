"""Data: what goes into a program and comes out: arrays, samples, libraries of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..value import Number, Operand

Floats:  TypeAlias = NDArray[np.float64]
Order:   TypeAlias = NDArray[np.intp]             # places, such as the samples of an epoch in their order
Data:    TypeAlias = "Sequence[Sequence[Number]] | Sequence[Number] | Floats"         # one row per sample
Nested:  TypeAlias = "Operand | Sequence[Nested]"      # Values or numbers, in lists of lists
Library: TypeAlias = Any            # numpy, jax.numpy, torch, ...: a module, each with types of its own
Tensor:  TypeAlias = Any            # one of its arrays, or a number


def aligned(count: int) -> Floats:
    """Room for count doubles that starts on a cache line."""
    room  = np.zeros(count + 8)
    start = -room.ctypes.data % 64 // 8
    return room[start:start + count]
