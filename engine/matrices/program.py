"""Program: the array operations that vectorize found: called, trained, printed, exported.

    theta      all parameters as one flat array; program.parameters["W1"] is a view of it
    gradient   their gradients, laid out in the same way
    load       the parameters' Values -> theta; store: back again
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..value import Value
from .arrays import Array
from .portable import elementary, evaluate, needed, sized
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
        self.runner = "NumPy"
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
        self.last = plan
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
        roots = [] if predicting else [self.loss, *self.grads]
        into  = [] if predicting else [np.empty(self.loss.shape), *self.gradients.values()]
        if self.outputs is not None:
            roots.append(self.outputs)
            into.append(np.empty(sized(self.outputs.shape, samples)))
        lines = elementary(roots)
        plan  = Plan(lines, lines[-len(roots):], samples, given, into)
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
        return plan.outputs.copy()

    def last_outputs(self) -> Any:
        """The outputs of the last run, to be overwritten by the next of as many samples."""
        return self.last.outputs

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
        """Move the parameters by the optimizer's rule, write them back into the Values; the mean loss of each epoch.

        Args:
            X, Y: all samples and their targets.
            optimizer: such as nn's SGD and Adam: anything with the rule update(w, g, state) -> (w, state).
            batch_size: samples per update; all of them by default.
            shuffle, seed: a new order of the samples for each epoch.
            callback: a function of (epoch, loss); True ends the training.
        """
        from .training import train
        return train(self, X, Y, optimizer, epochs, batch_size, shuffle, seed, callback)

    # --- reading ----------------------------------------------------------------------------------

    def __str__(self) -> str:
        from .printing import source
        return source(self)

    def equations(self, document: str = "D1") -> Any:
        """The program in the notation of document D0, D1, D2, D3 or D4: text, and LaTeX as `.latex`."""
        from .equations import equations
        return equations(self, document)

    def products(self) -> tuple[int, int]:
        """How many matrix products the forward and the backward lines have."""
        forward = needed([self.loss])
        every   = needed([self.loss, *self.grads])
        count   = sum(z.op == "matmul" for z in forward)
        return count, sum(z.op == "matmul" for z in every) - count

    def report(self) -> str:
        """What became of the nodes: the arrays, what found no group and why, what the program is tied to."""
        from .reporting import report
        return report(self)

    def function(self, xp: Any) -> Callable[..., Any]:
        """A pure function (parameters, X, Y) -> (loss, gradients) over an array library: jax.numpy, torch, numpy.

        parameters and gradients are dicts of arrays under the names of program.parameters. It changes nothing in
        place, so jax.jit, jax.vmap and sharding apply.
        """
        lines = elementary([self.loss, *self.grads])
        leaves = {z.op: z for z in self.low.lines.lines if z.op in ("input", "target") and z.shape[-1]}

        def loss_and_gradients(parameters: dict[str, Any], X: Any, Y: Any = None) -> tuple[Any, dict[str, Any]]:
            given = {id(p.line): parameters[self.names[id(p.line)]] for p in self.own}
            samples = X.shape[0] if self.samples else 0
            for op, data in (("input", X), ("target", Y)):
                if op in leaves:
                    given[id(leaves[op])] = xp.reshape(data, sized(leaves[op].shape, samples))
            values = evaluate(lines, given, samples, xp)
            results = [values[id(z)] for z in lines[-1 - len(self.grads):]]
            return results[0][0], {self.names[id(p.line)]: g for p, g in zip(self.own, results[1:])}

        return loss_and_gradients

    def __repr__(self) -> str:
        return f"<Program of {len(self.trace.ops)} nodes: {len(self.low.groups)} arrays, {sum(len(p.members) for p in self.own)} parameters>"
