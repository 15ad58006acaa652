"""Program: the array operations that vectorize found: called, trained, printed, exported."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from threading import RLock
from typing import NamedTuple, NoReturn

import numpy as np

from ..value import Number, Value
from .data import Data, Floats, Library, Order
from .derivation import Block, Derivation
from .lines import Array
from .mover import Descent, Rule
from .parameters import Parameters
from .passes.lowering import Lowered
from .plans import Plans
from .portable import LossAndGradients, exactly, function
from .runners import Choice
from .training_loop import train
from .writing.equations import Equations, equations
from .writing.numpy_source import source
from .writing.report import report, stages
from .writing.symbols import names_of


class Result(NamedTuple):
    """What program(X, Y) gives: the loss, and one array of gradients per array of parameters."""

    loss:      Number
    gradients: dict[str, Floats]


class Program:
    """A loss as a program of array operations. Made by `vectorize`.

    derived   the lines of the loss and its gradients, and what they were made from
    own       the numbers of its parameters: theta, gradient, and views of both
    plans     what runs it, for each number of samples
    runner    which runner that is
    lock      one thread at a time: all of them share the arrays of the program

    Any number of threads may use one program: each call is whole, a training as well, and the others wait.
    What `run` and `backward` leave behind in `gradient` and `last_outputs` is for a loop in one thread.
    Threads that are to run side by side take a program each.
    """

    def __init__(self, derived: Derivation, runner: Choice) -> None:
        self.derived, self.runner = derived, runner
        self.own   = Parameters(derived.blocks, names_of(derived), derived.values)
        self.plans = Plans(derived, self.own, runner)
        self.lock  = RLock()

    # --- its parts --------------------------------------------------------------------------------

    @property
    def theta(self) -> Floats:
        """All parameters as one flat array; parameters["W1"] is a view of it."""
        return self.own.theta

    @property
    def gradient(self) -> Floats:
        """The gradients of the last run, laid out as theta is."""
        return self.own.gradient

    @property
    def parameters(self) -> dict[str, Floats]:
        """The arrays of parameters, by name."""
        return self.own.arrays

    @property
    def gradients(self) -> dict[str, Floats]:
        """The gradients of the last run, by the name of the parameters."""
        return self.own.gradients

    @property
    def order(self) -> Order:
        """Which of the parameters given to vectorize stands at each place of theta."""
        return self.own.order

    @property
    def values(self) -> list[Value]:
        """The parameters' Values, as they were given to vectorize."""
        return self.own.values

    @property
    def blocks(self) -> list[Block]:
        """The arrays of parameters: their lines, and which of the values are in each."""
        return self.derived.blocks

    @property
    def outputs(self) -> Array | None:
        """The line of the outputs; None if they were not named."""
        return self.derived.outputs

    @property
    def samples(self) -> int:
        """How many samples were recorded."""
        return self.derived.samples

    @property
    def fixed(self) -> list[str]:
        """Why the program is tied to the number of samples that it was recorded with; empty if it is not."""
        return self.derived.fixed

    @property
    def low(self) -> Lowered:
        """What became of the nodes: groups, lines, and what was noticed on the way."""
        return self.derived.low

    # --- calls ------------------------------------------------------------------------------------

    def __call__(self, X: Data, Y: Data | None = None) -> Result:
        """The loss and its gradients for new inputs and targets, at the present numbers of the parameters.

        Args:
            X, Y: samples x numbers, as lists or arrays. Fractions stay exact.

        Raises:
            ValueError: a shape does not fit what was recorded.
        """
        with self.lock:
            if isinstance(self.values[0].data, Fraction) or np.asarray(X).dtype == object:
                self.plans.check(len(X) if self.samples else 0)
                return Result(*exactly(self.derived, self.own.names, X, Y))
            self.load()
            loss = self.run(X, Y)
            return Result(loss, {name: g.copy() for name, g in self.gradients.items()})

    def run(self, X: Data, Y: Data | None = None) -> float:
        """The loss at theta; the gradients are left in `gradient`, to be overwritten by the next run."""
        with self.lock:
            return self.plans.run(X, Y)

    def backward(self, X: Data, Y: Data | None = None) -> float:
        """The loss; adds each gradient to the `grad` of its Value, as loss.backward() does."""
        with self.lock:
            self.load()
            loss = self.run(X, Y)
            self.own.accumulate()
            return loss

    def predict(self, X: Data) -> Floats:
        """The outputs for new inputs, samples x outputs, at the present numbers of the parameters.

        Raises:
            ValueError: the program was made without outputs.
        """
        if self.outputs is None:
            raise ValueError("the program does not know which Values are the outputs: write "
                             "vectorize(..., outputs=...)")
        with self.lock:
            self.load()
            return self.plans.predict(X)

    def last_outputs(self) -> Floats:
        """The outputs of the last run, to be overwritten by the next of as many samples.

        Raises:
            ValueError: nothing was run yet.
        """
        if self.plans.last is None:
            raise ValueError("the program has not run yet: call program.run(X, Y) first")
        return self.plans.last.outputs

    def load(self) -> None:
        """Take the numbers of the parameters' Values."""
        with self.lock:
            self.own.load()

    def store(self) -> None:
        """Write the numbers back into the parameters' Values."""
        with self.lock:
            self.own.store()

    # --- training ---------------------------------------------------------------------------------

    def train(self, X: Data, Y: Data | None, optimizer: Rule, *, epochs: int = 100,
              batch_size: int | None = None, shuffle: bool = True, seed: int = 0,
              callback: Callable[[int, float], object] | None = None) -> list[float]:
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
            return train(self.plans, X, Y, optimizer, epochs, batch_size, shuffle, seed, callback)

    def move(self, lr: float) -> None:
        """theta -= lr * gradient, for a loop of one's own; store() writes theta into the Values."""
        with self.lock:
            self.own.move(lr)

    def descend(self, X: Data, Y: Data | None = None, *, lr: float, steps: int) -> list[float]:
        """Plain gradient descent on all samples, then store(); the loss before each step."""
        return self.train(X, Y, Descent(self.values, lr), epochs=steps)

    # --- reading ----------------------------------------------------------------------------------

    def __str__(self) -> str:
        return source(self.derived)

    def equations(self, document: str = "D1") -> Equations:
        """The program in the notation of document D0, D1, D2, D3 or D4: text, and LaTeX as `.latex`."""
        return equations(self.derived, document)

    def products(self) -> tuple[int, int]:
        """How many matrix products the forward and the backward lines have."""
        return self.derived.products()

    def stages(self) -> list[tuple[str, int]]:
        """How many things there are after each pass, from scalar operations to lines of the program."""
        return stages(self.derived)

    def report(self) -> str:
        """What became of the nodes: the arrays, what found no group and why, what the program is tied to."""
        return report(self.derived, str(self.runner))

    def function(self, xp: Library) -> LossAndGradients:
        """A pure function (parameters, X, Y) -> (loss, gradients) over an array library: jax.numpy, torch,
        numpy.

        parameters and gradients are dicts of arrays under the names of program.parameters. It changes nothing
        in place, so jax.jit, jax.vmap and sharding apply.
        """
        return function(self.derived, self.own.names, xp)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Program holds the memory that it works on, and machine code, and can be neither "
                        "copied nor sent to another process: copy or send the model, and call vectorize "
                        "again there")

    def __repr__(self) -> str:
        return (f"<Program of {len(self.derived.trace.ops)} nodes: {len(self.low.groups)} arrays, "
                f"{len(self.order)} parameters>")
