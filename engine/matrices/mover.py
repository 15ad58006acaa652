"""Mover: an optimizer's rule on one array of all parameters, in place of one Value at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from ..libraries import Quantity
from ..value import Value
from .parameters import Parameters

State = tuple[Quantity, ...]


class Rule(Protocol):
    """An optimizer: w, state = update(w, g, state), for a parameter and its gradient, or for arrays of them.

    parameters, states    the Values that it moves, and what it remembers of each
    start                 what it remembers of a parameter at first
    lr, steps             the learning rate, and how many steps were made
    """

    lr:    float
    steps: int

    @property
    def parameters(self) -> Sequence[Value]: ...
    @property
    def states(self) -> list[State]: ...
    @property
    def start(self) -> State: ...
    def update(self, w: Quantity, g: Quantity, state: State, /) -> tuple[Quantity, State]: ...


class Descent:
    """w <- w - lr g, and nothing to remember."""

    start: State = ()

    def __init__(self, parameters: Sequence[Value], lr: float) -> None:
        self.parameters, self.lr, self.steps = parameters, lr, 0
        self.states: list[State] = [()] * len(parameters)

    def update(self, w: Quantity, g: Quantity, state: State) -> tuple[Quantity, State]:
        return w - self.lr * g, state


class Mover:
    """The rule on arrays: the states of the Values it knows become arrays, and arrays Values again.

    moving    which places of theta the optimizer moves
    """

    def __init__(self, optimizer: Rule, own: Parameters) -> None:
        self.optimizer, self.own = optimizer, own
        places = {id(p): k for k, p in enumerate(optimizer.parameters)}
        self.places = [places.get(id(own.values[k]), -1) for k in own.order.tolist()]
        self.moving = np.array([k >= 0 for k in self.places])
        states = [optimizer.states[k] if k >= 0 else optimizer.start for k in self.places]
        self.state: State = tuple([np.array(column, dtype=float) for column in zip(*states)])

    def step(self) -> None:
        """Move theta by its gradient."""
        self.optimizer.steps += 1
        theta = self.own.theta
        moved, self.state = self.optimizer.update(theta, self.own.gradient, self.state)
        np.copyto(theta, moved, where=self.moving)

    def finish(self) -> None:
        """Give the optimizer its states back, one per Value."""
        columns = [np.broadcast_to(column, self.own.theta.shape).tolist() for column in self.state]
        for place, state in zip(self.places, zip(*columns)):
            if place >= 0:
                self.optimizer.states[place] = state
