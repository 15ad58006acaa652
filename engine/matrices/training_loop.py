"""Training: the epochs of a program, and an optimizer's rule on one array of all its parameters."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from .runners import PATIENCE

if TYPE_CHECKING:
    from .program import Program


def train(program: Program, X: Any, Y: Any, optimizer: Any, epochs: int, batch_size: int | None,
          shuffle: bool, seed: int, callback: Callable[[int, float], Any] | None) -> list[float]:
    """The mean loss of each epoch. See Program.train."""
    X = np.asarray(X, dtype=float)
    Y = None if Y is None else np.asarray(Y, dtype=float)
    if Y is not None and len(Y) != len(X):
        raise ValueError(f"{len(X)} samples and {len(Y)} targets were given: give one target per sample")
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"batch_size is the number of samples per update, at least 1, not {batch_size!r}")
    program.load()
    order, rng, losses = np.arange(len(X)), Random(seed), []
    size  = min(batch_size or len(X), len(X))
    mover = Mover(optimizer, program)
    if size and epochs * -(-len(X) // size) > PATIENCE:
        program.runner.hurry(program.plans)
    fast = native_loop(program, mover, X, Y, size)
    if fast is not None and callback is None and size == len(X):
        losses, epochs = fast.whole(epochs), 0
    for epoch in range(1, epochs + 1):
        if shuffle and size < len(X):
            rng.shuffle(order)                                       # type: ignore[arg-type]
        done = 0.0 if fast is None else fast.epoch(order)
        for k in range(0, len(X), size) if fast is None else ():
            chosen = order[k:k + size] if size < len(X) else slice(None)
            done  += program.run(X[chosen], None if Y is None else Y[chosen]) * min(size, len(X) - k) / len(X)
            mover.step()
        losses.append(done)
        if callback is not None and callback(epoch, done) is True:
            break
    mover.finish()
    program.store()
    return losses


def native_loop(program: Program, mover: Mover, X: Any, Y: Any, size: int) -> Any:
    """The same in machine code, where the program's runner and the optimizer allow it; else None."""
    if not program.runner.hurried or not size:
        return None
    from .native.epochs import loop
    return loop(program, mover, X, Y, size)


class Descent:
    """w <- w - lr g, and nothing to remember."""

    start: tuple[Any, ...] = ()

    def __init__(self, parameters: Any, lr: float) -> None:
        self.parameters, self.lr, self.steps, self.states = parameters, lr, 0, [()] * len(parameters)

    def update(self, w: Any, g: Any, state: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
        return w - self.lr * g, state


class Mover:
    """An optimizer's rule on one array: the states of the Values it knows become arrays, and arrays Values
    again."""

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
