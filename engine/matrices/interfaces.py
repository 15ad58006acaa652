"""Interfaces: what a runner is and what it makes: a plan, and where it can, whole epochs of training.

    before   the lines that a program needs, and arrays for the leaves among them
    after    a plan: run() computes the lines, into arrays that were given

A new runner is one folder with a class such as numpy/ and native/ have, and one line in runners.RUNNERS.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .data import Floats, Order
from .lines import Array
from .mover import Mover
from .parameters import Parameters


class Unsupported(Exception):
    """A line, or this machine, is not what a runner can do; the message says which, as in `because ...`."""


class Plan(Protocol):
    """A program prepared for one number of samples; it reads the arrays that it was given."""

    def run(self) -> None:
        """Compute the roots."""


class Epochs(Protocol):
    """Epochs of training without Python in between; each call leaves parameters and optimizer up to date."""

    def whole(self, count: int) -> list[float]:
        """The losses of `count` steps on all samples."""

    def epoch(self, order: Order) -> float:
        """The mean loss of one epoch over the samples in this order."""


class Runner(Protocol):
    """One way to run the lines of a program; it belongs to one program, and may keep what it compiled.

    about    what it is, for the report, as in "machine code, through the C compiler"
    """

    about: str

    def plan(self, roots: Sequence[Array], samples: int, given: dict[int, Floats],
             into: Sequence[Floats]) -> Plan:
        """The plan that computes roots from the arrays `given` for the leaves, by id, and puts them `into`.

        Raises:
            Unsupported: the roots need what this runner has not; NumPy takes its place.
        """

    def epochs(self, plan: Plan, rooms: dict[str, Floats], own: Parameters, mover: Mover, X: Floats,
               Y: Floats, size: int) -> Epochs | None:
        """Epochs of steps on `size` samples each, by a plan of loss and gradients; None if it has none.

        rooms are what the plan reads samples and targets from, X and Y all of them, as many rows in both.
        """
