"""Parameters: the numbers of all parameters of a program as one flat array, and their gradients as another.

    before   Values w1[1,1], w1[1,2], b1[1], ...       each with its own data and grad
    after    theta, gradient                           arrays["W1"] is a view of theta

    order    which of the user's parameters stands at each place of theta
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..value import Value
from .data import Floats, aligned
from .derivation import Block


class Parameters:
    """The numbers of the parameters; `names` has one name per block."""

    def __init__(self, blocks: Sequence[Block], names: Sequence[str], values: Sequence[Value]) -> None:
        self.blocks, self.names, self.values = list(blocks), list(names), list(values)
        self.order    = np.array([k for block in blocks for k in block.members], dtype=np.intp)
        self.theta:    Floats = aligned(len(self.order))
        self.gradient: Floats = aligned(len(self.order))
        self.scratch  = np.zeros(len(self.order))
        self.arrays    = self.shaped(self.theta)
        self.gradients = self.shaped(self.gradient)
        self.load()

    def shaped(self, flat: Floats) -> dict[str, Floats]:
        """Views of a flat array, one per block."""
        views: dict[str, Floats] = {}
        start = 0
        for name, block in zip(self.names, self.blocks):
            stop = start + len(block.members)
            views[name] = flat[start:stop].reshape(block.line.shape)
            start = stop
        return views

    def by_line(self) -> dict[int, Floats]:
        """The arrays, by the line that they are."""
        return {id(block.line): self.arrays[name] for name, block in zip(self.names, self.blocks)}

    def load(self) -> None:
        """The parameters' Values -> theta."""
        values = self.values
        self.theta[:] = [values[k].data for k in self.order.tolist()]

    def store(self) -> None:
        """theta -> the parameters' Values."""
        for k, x in zip(self.order.tolist(), self.theta.tolist()):
            self.values[k].data = x

    def move(self, lr: float) -> None:
        """theta -= lr * gradient."""
        np.multiply(self.gradient, lr, self.scratch)
        np.subtract(self.theta, self.scratch, self.theta)

    def accumulate(self) -> None:
        """Add each gradient to the `grad` of its Value."""
        for k, g in zip(self.order.tolist(), self.gradient.tolist()):
            self.values[k].grad += g
