"""Calling: a program run on new data by NumPy, as a prepared plan for each number of samples.

    theta      all parameters as one flat array; parameters["W1"] is a view of it
    gradient   their gradients, laid out in the same way
    load       the parameters' Values -> theta; store: back again
    lock       one thread at a time: all of them share the arrays of the program

Any number of threads may use one program: each call is whole, a training as well, and the others wait. What
`run` and `backward` leave behind in `gradient` and `last_outputs` is for a loop in one thread. Threads that
are to run side by side take a program each.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..value import Value
from .lines import Array
from .runners import Runner
from .portable import elementary, evaluate, sized
from .numpy.plan import aligned

if TYPE_CHECKING:
    from .passes.lowering import Lowered


class Parameter(NamedTuple):
    """An array of parameters: its line, and which of the user's parameters are in it, in order."""

    line:    Array
    members: list[int]


class Result(NamedTuple):
    """What program(X, Y) gives: the loss, and one array of gradients per array of parameters."""

    loss:      Any
    gradients: dict[str, Any]


class Calls:
    """The part of a Program that runs it: what it is made of, its parameters, its plans."""

    low:     Lowered
    loss:    Array
    outputs: Array | None
    grads:   Sequence[Array]
    own:     list[Parameter]
    values:  list[Value]
    names:   dict[int, str]
    samples: int
    runner:  Runner

    def prepare(self) -> None:
        """Room for the parameters and their gradients."""
        self.lock       = RLock()
        self.order      = np.array([k for p in self.own for k in p.members], dtype=np.intp)
        self.theta      = aligned(len(self.order))
        self.gradient   = aligned(len(self.order))
        self.scratch    = np.zeros(len(self.order))
        self.parameters = self.shaped(self.theta)
        self.gradients  = self.shaped(self.gradient)
        self.plans: dict[tuple[int, bool], Any] = {}
        self.load()

    def __call__(self, X: Any, Y: Any = None) -> Result:
        """The loss and its gradients for new inputs and targets, at the present numbers of the parameters.

        Args:
            X, Y: samples x numbers, as lists or arrays. Fractions stay exact.

        Raises:
            ValueError: a shape does not fit what was recorded.
        """
        with self.lock:
            if isinstance(self.values[0].data, Fraction) or np.asarray(X).dtype == object:
                return self.exactly(X, Y)
            self.load()
            loss = self.run(X, Y)
            return Result(loss, {name: g.copy() for name, g in self.gradients.items()})

    def run(self, X: Any, Y: Any = None) -> float:
        """The loss at theta; the gradients are left in `gradient`, to be overwritten by the next run."""
        with self.lock:
            self.runner.left -= 1
            if not self.runner.left:
                self.runner.hurry(self.plans)
            count = len(X) if self.samples else 0
            plan  = self.plans.get((count, False)) or self.plan(count)
            self.fill(plan, X, Y)
            plan.run()
            self.last = plan
            return float(plan.loss[0])

    def fill(self, plan: Any, X: Any, Y: Any) -> None:
        for role, data in (("input", X), ("target", Y)):
            room = plan.room_of.get(role)
            if room is not None and type(data) is np.ndarray and data.shape == room.shape:
                np.copyto(room, data)
            elif room is not None:
                if data is None:
                    raise ValueError(f"the program was recorded with {role}s and got none: write program(X, "
                                     "Y)")
                try:
                    np.copyto(room, np.asarray(data, dtype=float).reshape(room.shape))
                except ValueError:
                    raise ValueError(f"{role}s of shape {np.shape(data)} were given and {room.shape} is "
                                     "needed, one row per sample: give the same features as were recorded"
                                     ) from None

    def plan(self, samples: int, predicting: bool = False) -> Any:
        """The program prepared for a number of samples."""
        key = samples, predicting
        if key not in self.plans:
            self.check_samples(samples)
            self.plans[key] = self.prepared(samples, predicting)
        return self.plans[key]

    def prepared(self, samples: int, predicting: bool) -> Any:
        given, room_of = self.given(samples)
        roots = [] if predicting else [self.loss, *self.grads]
        into  = [] if predicting else [np.empty(self.loss.shape), *self.gradients.values()]
        if self.outputs is not None:
            roots.append(self.outputs)
            into.append(np.empty(sized(self.outputs.shape, samples)))
        plan = self.runner.plan(roots, samples, given, into, train=not predicting)
        plan.room_of, plan.loss, plan.outputs = room_of, into[0], into[-1]
        return plan

    def given(self, samples: int) -> tuple[dict[int, Any], dict[str, Any]]:
        """Arrays for the leaves, by line, and those of inputs and targets by role."""
        given   = {id(p.line): self.parameters[self.names[id(p.line)]] for p in self.own}
        room_of = {}
        for z in self.low.lines.lines:
            if z.op in ("input", "target") and z.shape[-1]:
                room_of[z.op] = given[id(z)] = np.zeros(sized(z.shape, samples))
        return given, room_of

    def check_samples(self, samples: int) -> None:
        if samples != self.samples and self.low.fixed:
            raise ValueError(f"the program takes exactly {self.samples} samples and got {samples}: "
                             f"{self.low.fixed[0]}")
        if self.samples and samples < 1:
            raise ValueError("there are no samples: give at least one row")

    def predict(self, X: Any) -> Any:
        """The outputs for new inputs, samples x outputs, at the present numbers of the parameters.

        Raises:
            ValueError: the program was made without outputs.
        """
        if self.outputs is None:
            raise ValueError("the program does not know which Values are the outputs: write "
                             "vectorize(..., outputs=...)")
        with self.lock:
            self.load()
            plan = self.plan(len(X), predicting=True)
            self.fill(plan, X, np.zeros_like(plan.room_of["target"]) if "target" in plan.room_of else None)
            plan.run()
            return plan.outputs.copy()

    def last_outputs(self) -> Any:
        """The outputs of the last run, to be overwritten by the next of as many samples."""
        return self.last.outputs

    def exactly(self, X: Any, Y: Any) -> Result:
        """The same program on arrays of Fractions."""
        samples = len(X) if self.samples else 0
        self.check_samples(samples)
        given: dict[int, Any] = {}
        for z in self.low.lines.lines:
            if z.op in ("input", "target") and z.shape[-1]:
                data = np.array(X if z.op == "input" else Y, dtype=object)
                given[id(z)] = data.reshape((samples, -1) if self.samples else (-1,))
        for p in self.own:
            given[id(p.line)] = np.array([self.values[k].data for k in p.members],
                                         dtype=object).reshape(p.line.shape)
        lines  = elementary([self.loss, *self.grads])
        values = evaluate(lines, given, samples, np, exact=True)
        grads  = [values[id(z)] for z in lines[-len(self.grads):]]
        loss   = values[id(lines[-1 - len(self.grads)])]
        return Result(loss[0], {self.names[id(p.line)]: g for p, g in zip(self.own, grads)})

    # --- parameters -------------------------------------------------------------------------------

    def shaped(self, flat: Any) -> dict[str, Any]:
        """Views of a flat array, one per array of parameters."""
        views, start = {}, 0
        for p in self.own:
            stop = start + len(p.members)
            views[self.names[id(p.line)]] = flat[start:stop].reshape(p.line.shape)
            start = stop
        return views

    def load(self) -> None:
        """Take the numbers of the parameters' Values."""
        values = self.values
        with self.lock:
            self.theta[:] = [values[k].data for k in self.order.tolist()]

    def store(self) -> None:
        """Write the numbers back into the parameters' Values."""
        with self.lock:
            for k, x in zip(self.order.tolist(), self.theta.tolist()):
                self.values[k].data = x

    def backward(self, X: Any, Y: Any = None) -> float:
        """The loss; adds each gradient to the `grad` of its Value, as loss.backward() does."""
        with self.lock:
            self.load()
            loss = self.run(X, Y)
            for k, g in zip(self.order.tolist(), self.gradient.tolist()):
                self.values[k].grad += g
            return loss
