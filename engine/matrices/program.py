"""Program: the array operations that vectorize found: called, trained, printed, exported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..value import Value
from .lines import Array
from .calls import Calls, Parameter
from .runners import Runner
from .writing.equations import Equations, equations
from .writing.symbols import names_of
from .portable import function, needed
from .writing.numpy_source import source
from .writing.report import report, stages
from .training_loop import Descent, train

if TYPE_CHECKING:
    from .passes.batch import Templates
    from .passes.lowering import Lowered
    from .passes.trace import Trace


class Program(Calls):
    """A loss as a program of array operations. Made by `vectorize`."""

    def __init__(self, low: Lowered, loss: Array, outputs: Array | None, own: Sequence[Parameter],
                 grads: Sequence[Array], by_line: dict[int, Array], values: Sequence[Value], t: Trace,
                 folded: Templates) -> None:
        self.low, self.loss, self.outputs, self.grads, self.by_line = low, loss, outputs, grads, by_line
        self.trace, self.templates, self.samples = t, folded, t.samples
        self.values, self.own = list(values), list(own)
        self.names  = names_of(self)
        self.runner = Runner()
        self.prepare()

    @property
    def fixed(self) -> list[str]:
        """Why the program is tied to the number of samples that it was recorded with; empty if it is not."""
        return self.low.fixed

    # --- training ---------------------------------------------------------------------------------

    def train(self, X: Any, Y: Any, optimizer: Any, *, epochs: int = 100, batch_size: int | None = None,
              shuffle: bool = True, seed: int = 0, callback: Callable[[int, float],
                                                                      Any] | None = None) -> list[float]:
        """Move the parameters by the optimizer's rule, write them back into the Values; the mean loss of each
        epoch.

        Args:
            X, Y: all samples and their targets.
            optimizer: such as nn's SGD and Adam: anything with the rule update(w, g, state) -> (w, state).
            batch_size: samples per update; all of them by default.
            shuffle, seed: a new order of the samples for each epoch.
            callback: a function of (epoch, loss); True ends the training.

        Another thread that uses the program waits until the training ends; a callback must not wait for it.
        """
        with self.lock:
            return train(self, X, Y, optimizer, epochs, batch_size, shuffle, seed, callback)

    def move(self, lr: float) -> None:
        """theta -= lr * gradient, for a loop of one's own; store() writes theta into the Values."""
        with self.lock:
            np.multiply(self.gradient, lr, self.scratch)
            np.subtract(self.theta, self.scratch, self.theta)

    def descend(self, X: Any, Y: Any = None, *, lr: float, steps: int) -> list[float]:
        """Plain gradient descent on all samples, then store(); the loss before each step."""
        return self.train(X, Y, Descent(self.values, lr), epochs=steps)

    # --- reading ----------------------------------------------------------------------------------

    def __str__(self) -> str:
        return source(self)

    def equations(self, document: str = "D1") -> Equations:
        """The program in the notation of document D0, D1, D2, D3 or D4: text, and LaTeX as `.latex`."""
        return equations(self, document)

    def products(self) -> tuple[int, int]:
        """How many matrix products the forward and the backward lines have."""
        forward = needed([self.loss])
        every   = needed([self.loss, *self.grads])
        count   = sum(z.op == "matmul" for z in forward)
        return count, sum(z.op == "matmul" for z in every) - count

    def stages(self) -> list[tuple[str, int]]:
        """How many things there are after each pass, from scalar operations to lines of the program."""
        return stages(self)

    def report(self) -> str:
        """What became of the nodes: the arrays, what found no group and why, what the program is tied to."""
        return report(self)

    def function(self, xp: Any) -> Callable[..., Any]:
        """A pure function (parameters, X, Y) -> (loss, gradients) over an array library: jax.numpy, torch,
        numpy.

        parameters and gradients are dicts of arrays under the names of program.parameters. It changes nothing
        in place, so jax.jit, jax.vmap and sharding apply.
        """
        return function(self, xp)

    def __reduce__(self) -> Any:
        raise TypeError("a Program holds the memory that it works on, and machine code, and can be neither "
                        "copied nor sent to another process: copy or send the model, and call vectorize "
                        "again there")

    def __repr__(self) -> str:
        return (f"<Program of {len(self.trace.ops)} nodes: {len(self.low.groups)} arrays, "
                f"{len(self.order)} parameters>")
