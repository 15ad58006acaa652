"""Remarks: what the lowering noticed on its way, for the report of the program."""

from __future__ import annotations

from typing import NamedTuple

from ...value import Number
from .groups import Group


class Remarks(NamedTuple):
    """Lists that the lowering adds to.

    fixed      why the program is tied to the number of samples that it was recorded with
    gathers    groups of sums of products that became no matrix product, each with the reason
    means      numbers after a sum over the batch that were read as so many times the number of samples
    """

    fixed:   list[str]
    gathers: list[tuple[Group, str]]
    means:   list[tuple[Number, int]]
