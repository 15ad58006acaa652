"""Derivation: what the passes make of a loss: its lines, those of its gradients, and where both come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..value import Value
from .lines import Array
from .passes.batch import Templates
from .passes.lowering import Lowered
from .passes.trace import Trace


def needed(roots: Sequence[Array]) -> list[Array]:
    """The lines that roots are made of, roots included, in an order in which they can be run."""
    order: list[Array] = []
    state: dict[int, int] = {}
    stack = list(reversed(roots))
    while stack:
        z = stack[-1]
        if state.get(id(z)) == 2:
            stack.pop()
        elif state.get(id(z)) == 1:
            state[id(z)] = 2
            order.append(stack.pop())
        else:
            state[id(z)] = 1
            stack.extend([a for a in reversed(z.args) if id(a) not in state])
    return order


class Block(NamedTuple):
    """An array of parameters: its line, and which of the user's parameters are in it, in order."""

    line:    Array
    members: list[int]


class Derivation(NamedTuple):
    """The lines of a loss and of its gradients.

    low        the forward lines, and what was noticed when they were made
    grads      one line per array of parameters, in the order of `blocks`
    by_line    the gradient of every line that has one, by id: delta and the like
    blocks     the arrays of parameters
    values     the parameters as the user gave them
    trace, templates    the nodes on their way to these lines, for the report
    """

    low:       Lowered
    grads:     Sequence[Array]
    by_line:   dict[int, Array]
    blocks:    list[Block]
    values:    list[Value]
    trace:     Trace
    templates: Templates

    @property
    def loss(self) -> Array:
        """One number."""
        return self.low.loss

    @property
    def outputs(self) -> Array | None:
        """Samples x outputs; None if the Values of the outputs were not named."""
        return self.low.outputs

    @property
    def samples(self) -> int:
        """How many were recorded; 0 if the graph has no samples."""
        return self.trace.samples

    @property
    def fixed(self) -> list[str]:
        """Why the program is tied to the number of samples that it was recorded with; empty if it is not."""
        return self.low.fixed

    @property
    def leaves(self) -> dict[str, Array]:
        """The lines that a call fills: "input", "target", where the loss has them."""
        return {z.op: z for z in self.low.lines.lines if z.op in ("input", "target") and z.shape[-1]}

    @property
    def forward(self) -> list[Array]:
        """The lines of the loss, in order."""
        return needed([self.loss])

    @property
    def live(self) -> list[Array]:
        """The lines of the loss and of its gradients, in order."""
        return needed([self.loss, *self.grads])

    def products(self) -> tuple[int, int]:
        """How many matrix products the forward and the backward lines have."""
        forward = sum(z.op == "matmul" for z in self.forward)
        return forward, sum(z.op == "matmul" for z in self.live) - forward
