"""Operands: which templates the members of a group are made of, as tables of integers.

    rows       template ids, one row per member of a group, one column per operand
    samples    in the same places: the sample that a batched template is read for, or GLOBAL: its own, or all
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .batch import Templates
from .trace import GLOBAL

Table: TypeAlias = NDArray[np.intp]


class Operands(NamedTuple):
    """The operands of a group, or some of them: of a column alone, both tables have one axis."""

    rows:    Table
    samples: Table

    def columns(self, chosen: int | slice | Sequence[int] | Table) -> Operands:
        return Operands(self.rows[:, chosen], self.samples[:, chosen])

    def key(self, k: int) -> tuple[bytes, bytes]:
        """Column k as what can be compared."""
        return self.rows[:, k].tobytes(), self.samples[:, k].tobytes()

    def of_single_samples(self) -> bool:
        """Whether some are read for one sample, and not for each or for all."""
        return bool((self.samples != GLOBAL).any())


def operands(t: Templates, members: Sequence[int]) -> Operands:
    """Those of templates that have equally many."""
    return Operands(np.array([t.args[i] for i in members], dtype=np.intp),
                    np.array([t.samples[i] for i in members], dtype=np.intp))


def of_all_samples(rows: Table) -> Operands:
    """Operands that are read for each sample, or that all samples share."""
    return Operands(rows, np.full(rows.shape, GLOBAL, dtype=np.intp))


def distinct(rows: Table) -> Table:
    """The different rows, in order of appearance."""
    return np.array(list(dict.fromkeys(map(tuple, rows.tolist()))), dtype=np.intp)
