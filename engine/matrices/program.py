"""Program: the array operations that vectorize found: called, trained, printed, exported.

    theta      all parameters as one flat array; program.parameters["W1"] is a view of it
    gradient   their gradients, laid out in the same way
    load       the parameters' Values -> theta; store: back again
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..value import Value
from .arrays import Array
from .portable import elementary, evaluate, sized
from .running import Plan

if TYPE_CHECKING:
    from .batching import Templates
    from .lowering import Lowering
    from .tracing import Trace


class Parameter(NamedTuple):
    """An array of parameters: its line, and which of the user's parameters are in it, in order."""

    line:    Array
    members: list[int]


class Result(NamedTuple):
    """What program(X, Y) gives: the loss, and one array of gradients per array of parameters."""

    loss:      Any
    gradients: dict[str, Any]


class Program:
    """A loss as a program of array operations. Made by `vectorize`."""

    def __init__(self, low: Lowering, loss: Array, outputs: Array | None, own: Sequence[Parameter], grads: Sequence[Array],
                 by_line: dict[int, Array], values: Sequence[Value], t: Trace, folded: Templates, batch: bool) -> None:
        from .naming import names_of
        self.low, self.loss, self.outputs, self.grads, self.by_line = low, loss, outputs, grads, by_line
        self.trace, self.templates, self.batch = t, folded, batch
        self.values  = list(values)
        self.own     = list(own)
        self.samples = t.samples
        self.names   = names_of(self)
        self.order   = np.array([k for p in self.own for k in p.members], dtype=np.intp)
        self.theta   = np.zeros(len(self.order))
        self.gradient = np.zeros(len(self.order))
        self.parameters = self.shaped(self.theta)
        self.gradients  = self.shaped(self.gradient)
        self.plans: dict[Any, Plan] = {}
        self.load()

    # --- running ----------------------------------------------------------------------------------

    def __call__(self, X: Any, Y: Any = None) -> Result:
        """The loss and its gradients for new inputs and targets, at the present numbers of the parameters.

        Args:
            X, Y: samples x numbers, as lists or arrays. Fractions stay exact.

        Raises:
            ValueError: a shape does not fit what was recorded.
        """
        if any(isinstance(x, Fraction) for x in (self.values[0].data, *np.asarray(X, dtype=object).flat)):
            return self.exactly(X, Y)
        self.load()
        loss = self.run(X, Y)
        return Result(loss, {name: g.copy() for name, g in self.gradients.items()})

    def run(self, X: Any, Y: Any = None) -> float:
        """The loss at theta; the gradients are left in `gradient`, to be overwritten by the next run."""
        plan = self.plan(len(X) if self.samples else 0)
        self.fill(plan, X, Y)
        plan.run()
        return float(plan.loss[0])

    def fill(self, plan: Any, X: Any, Y: Any) -> None:
        for role, data in (("input", X), ("target", Y)):
            room = plan.room_of.get(role)
            if room is not None:
                if data is None:
                    raise ValueError(f"the program was recorded with {role}s and got none: write program(X, Y)")
                try:
                    np.copyto(room, data if isinstance(data, np.ndarray) and data.shape == room.shape
                              else np.asarray(data, dtype=float).reshape(room.shape))
                except ValueError:
                    raise ValueError(f"{role}s of shape {np.shape(data)} were given and {room.shape} is needed, one row per "
                                     "sample: give the same features as were recorded") from None

    def plan(self, samples: int, predicting: bool = False) -> Any:
        """The program prepared for a number of samples."""
        key = samples, predicting
        if key not in self.plans:
            self.check_samples(samples)
            self.plans[key] = self.prepared(samples, predicting)
        return self.plans[key]

    def prepared(self, samples: int, predicting: bool) -> Plan:
        given, room_of = self.given(samples)
        if predicting:
            assert self.outputs is not None
            roots, into = [self.outputs], [np.empty(sized(self.outputs.shape, samples))]
        else:
            roots, into = [self.loss, *self.grads], [np.empty(self.loss.shape), *self.gradients.values()]
        lines = elementary(roots)
        plan  = Plan(lines, lines[-len(roots):], samples, given, into)
        plan.room_of, plan.loss = room_of, into[0]                    # type: ignore[attr-defined]
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
            raise ValueError(f"the program takes exactly {self.samples} samples and got {samples}: {self.low.fixed[0]}")
        if self.samples and samples < 1:
            raise ValueError("there are no samples: give at least one row")

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
            given[id(p.line)] = np.array([self.values[k].data for k in p.members] + [None], dtype=object)[:-1].reshape(p.line.shape)
        lines  = elementary([self.loss, *self.grads])
        values = evaluate(lines, given, samples, np, exact=True)
        grads  = [values[id(z)] for z in lines[-len(self.grads):]]
        loss   = values[id(lines[-1 - len(self.grads)])]
        return Result(loss[0], {self.names[id(p.line)]: g for p, g in zip(self.own, grads)})

    def predict(self, X: Any) -> Any:
        """The outputs for new inputs, samples x outputs, at the present numbers of the parameters.

        Raises:
            ValueError: the program was made without outputs.
        """
        if self.outputs is None:
            raise ValueError("the program does not know which Values are the outputs: write vectorize(..., outputs=...)")
        self.load()
        plan = self.plan(len(X), predicting=True)
        self.fill(plan, X, np.zeros_like(plan.room_of["target"]) if "target" in plan.room_of else None)
        plan.run()
        return plan.loss.copy()

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
        self.theta[:] = [values[k].data for k in self.order.tolist()]

    def store(self) -> None:
        """Write the numbers back into the parameters' Values."""
        for k, x in zip(self.order.tolist(), self.theta.tolist()):
            self.values[k].data = x

    def backward(self, X: Any, Y: Any = None) -> float:
        """The loss; adds each gradient to the `grad` of its Value, as loss.backward() does."""
        self.load()
        loss = self.run(X, Y)
        for k, g in zip(self.order.tolist(), self.gradient.tolist()):
            self.values[k].grad += g
        return loss

    # --- training ---------------------------------------------------------------------------------

    def train(self, X: Any, Y: Any, optimizer: Any, *, epochs: int = 100, batch_size: int | None = None,
              shuffle: bool = True, seed: int = 0, callback: Callable[[int, float], Any] | None = None) -> list[float]:
        """Move the parameters by the optimizer's rule; returns the mean loss of each epoch.

        Args:
            X, Y: all samples and their targets.
            optimizer: any object with the rule update(w, g, state) -> (w, state), a `start` state and a count
                of `steps`, such as nn's SGD and Adam; it is run on one array of all the parameters.
            batch_size: samples per update; all of them by default.
            shuffle, seed: a new order of the samples for each epoch.
            callback: a function of (epoch, loss); True ends the training.
        """
        X = np.asarray(X, dtype=float)
        Y = None if Y is None else np.asarray(Y, dtype=float)
        self.load()
        order, rng, losses = list(range(len(X))), Random(seed), []
        size  = min(batch_size or len(X), len(X))
        mover = Mover(optimizer, self)
        for epoch in range(1, epochs + 1):
            if shuffle and size < len(order):
                rng.shuffle(order)
            done = 0.0
            for k in range(0, len(order), size):
                chosen = order[k:k + size] if size < len(order) else slice(None)
                x, y   = X[chosen], None if Y is None else Y[chosen]
                done  += self.run(x, y) * len(x) / len(X)
                mover.step()
            losses.append(done)
            if callback is not None and callback(epoch, done) is True:
                break
        mover.finish()
        self.store()
        return losses

    # --- reading ----------------------------------------------------------------------------------

    def __str__(self) -> str:
        from .printing import source
        return source(self)

    def __repr__(self) -> str:
        return f"<Program of {len(self.trace.ops)} nodes: {len(self.low.groups)} arrays, {sum(len(p.members) for p in self.own)} parameters>"


class Mover:
    """An optimizer's rule on one array: the states of the Values it knows become arrays, and arrays Values again."""

    def __init__(self, optimizer: Any, program: Program) -> None:
        self.optimizer, self.program = optimizer, program
        places = {id(p): k for k, p in enumerate(optimizer.parameters)}
        self.places = [places.get(id(program.values[k]), -1) for k in program.order.tolist()]
        self.moving = np.array([k >= 0 for k in self.places])
        states = [optimizer.states[k] if k >= 0 else optimizer.start for k in self.places]
        self.state = tuple([np.array(column, dtype=float) for column in zip(*states)])

    def step(self) -> None:
        self.optimizer.steps += 1
        theta = self.program.theta
        moved, self.state = self.optimizer.update(theta, self.program.gradient, self.state)
        np.copyto(theta, moved, where=self.moving)

    def finish(self) -> None:
        """Give the optimizer its states back, one per Value."""
        columns = [np.broadcast_to(column, self.program.theta.shape).tolist() for column in self.state]
        for place, state in zip(self.places, zip(*columns)):
            if place >= 0:
                self.optimizer.states[place] = state
