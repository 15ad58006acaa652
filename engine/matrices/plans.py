"""Plans: a program prepared for each number of samples that it is called with, and its calls.

    before   the lines of a loss and its gradients, recorded from a few samples
    after    for 100 samples: arrays for inputs and targets, and a plan that a runner made of the lines
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .data import Data, Floats
from .derivation import Derivation
from .lines import Array
from .mover import Mover
from .parameters import Parameters
from .portable import sized
from .runners import Choice
from .interfaces import Epochs, Plan


class Prepared(NamedTuple):
    """A plan and the arrays around it: what to fill before it runs, and what to read after it."""

    plan:    Plan
    loss:    Floats
    x:       Floats | None                    # inputs and targets, where the loss has them
    y:       Floats | None
    outputs: Floats

    @property
    def rooms(self) -> dict[str, Floats]:
        """x and y by their role, as far as there are any."""
        return {role: room for role, room in (("input", self.x), ("target", self.y)) if room is not None}


class Plans:
    """The plans of one program."""

    def __init__(self, derived: Derivation, own: Parameters, choice: Choice) -> None:
        self.derived, self.own, self.choice, self.samples = derived, own, choice, derived.samples
        self.made: dict[tuple[int, bool], Prepared] = {}
        self.last: Prepared | None = None

    def run(self, X: Data, Y: Data | None) -> float:
        """The loss at theta; the gradients are left in `own.gradient`."""
        self.choice.left -= 1
        if not self.choice.left:
            self.hurry()
        count = len(X) if self.samples else 0
        self.last = ready = self.made.get((count, False)) or self.prepared(count)
        plan, loss, x, y, _ = ready
        if x is not None: fill(x, X, "input")
        if y is not None: fill(y, Y, "target")
        plan.run()
        return float(loss[0])

    def predict(self, X: Data) -> Floats:
        """The outputs at theta."""
        ready = self.prepared(len(X), predicting=True)
        if ready.x is not None: fill(ready.x, X, "input")
        if ready.y is not None: ready.y[...] = 0.0
        ready.plan.run()
        return ready.outputs.copy()

    def epochs(self, mover: Mover, X: Floats, Y: Floats | None, size: int) -> Epochs | None:
        """Epochs without Python, where the runner has them, for steps on `size` of the samples."""
        tied = self.derived.fixed and size and len(X) % size
        if not self.choice.hurried or not size or not self.derived.samples or not len(self.own.theta) or tied:
            return None
        ready, data = self.prepared(size), {"input": X} if Y is None else {"input": X, "target": Y}
        for role, room in ready.rooms.items():
            if role not in data or data[role].size * len(room) != room.size * len(X):
                return None                                          # the usual way tells what is wrong
        x, y = [data[role].reshape(len(X), -1) if role in ready.rooms else np.empty((len(X), 0))
                for role in ("input", "target")]
        return self.choice.epochs(ready.plan, ready.rooms, self.own, mover, x, y, size)

    def hurry(self) -> None:
        """The fast runner from now on; the plans made so far are dropped."""
        if self.choice.hurry():
            self.made.clear()

    # --- one number of samples --------------------------------------------------------------------

    def prepared(self, samples: int, predicting: bool = False) -> Prepared:
        """The program for a number of samples."""
        key = samples, predicting
        if key not in self.made:
            self.check(samples)
            self.made[key] = self.prepare(samples, predicting)
        return self.made[key]

    def prepare(self, samples: int, predicting: bool) -> Prepared:
        derived = self.derived
        rooms = {role: np.zeros(sized(z.shape, samples)) for role, z in derived.leaves.items()}
        given = self.own.by_line() | {id(z): rooms[role] for role, z in derived.leaves.items()}
        roots: list[Array] = [] if predicting else [derived.loss, *derived.grads]
        into = [] if predicting else [np.empty(derived.loss.shape), *self.own.gradients.values()]
        if derived.outputs is not None:
            roots.append(derived.outputs)
            into.append(np.empty(sized(derived.outputs.shape, samples)))
        plan = self.choice.plan(roots, samples, given, into, train=not predicting)
        return Prepared(plan, into[0], rooms.get("input"), rooms.get("target"), into[-1])

    def check(self, samples: int) -> None:
        derived = self.derived
        if samples != derived.samples and derived.fixed:
            raise ValueError(f"the program takes exactly {derived.samples} samples and got {samples}: "
                             f"{derived.fixed[0]}")
        if derived.samples and samples < 1:
            raise ValueError("there are no samples: give at least one row")


def fill(room: Floats, data: Data | None, role: str) -> None:
    """Copy samples or targets to where a plan reads them.

    Raises:
        ValueError: they are missing, or have another shape.
    """
    if type(data) is np.ndarray and data.shape == room.shape:
        np.copyto(room, data)
        return
    if data is None:
        raise ValueError(f"the program was recorded with {role}s and got none: write program(X, Y)")
    try:
        np.copyto(room, np.asarray(data, dtype=float).reshape(room.shape))
    except ValueError:
        raise ValueError(f"{role}s of shape {np.shape(data)} were given and {room.shape} is needed, "
                         "one row per sample: give the same features as were recorded") from None
