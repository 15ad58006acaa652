"""fit(..., engine="vectorized"): the same training, through a matrix program.

    few        how many samples are recorded: enough to see what is shared and what is a mean
    program    what engine.vectorize made of them; it takes any number of samples
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

from engine import Value, vectorize

from .datasets import one_hot
from .epoch_records import Epoch, Training, diverged, one_number
from .saving import put_back, state
from .signals import Output, Signals, values

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.matrices.program import Program

FEW = 3


class Epochs:
    """The epochs of one training; the program is made at the first batch."""

    def __init__(self) -> None:
        self.program: Program | None = None

    def __call__(self, training: Training, batches: Sequence[Sequence[int]]) -> Epoch:
        import numpy as np

        program = self.program if self.program is not None else self.start(training, batches)
        done    = Epoch(len(training.X))
        program.load()
        for batch in batches:
            loss = program.run(self.X[batch], self.Y[batch])
            if not isfinite(loss):
                program.store()
                raise diverged(loss)
            g = program.gradient
            if training.clip_norm is not None:
                norm = float(np.sqrt(g @ g))
                if norm > training.clip_norm:
                    g *= training.clip_norm / norm
            if training.clip_value is not None:
                np.clip(g, -training.clip_value, training.clip_value, out=g)
            self.mover.step()
            done.loss += loss * len(batch) / len(training.X)
            for i, y in zip(batch, program.last_outputs().tolist()):
                done.outputs[i] = y if self.listed else y[0]
        program.store()
        self.mover.finish()
        return done

    def start(self, training: Training, batches: Sequence[Sequence[int]]) -> Program:
        """Record the loss of a few samples; of a whole batch if samples act on each other singly."""
        import numpy as np

        from engine.matrices.mover import Mover

        self.X, Y = np.asarray(training.X, dtype=float), training.Y
        first = training.model.batch(training.X[:max(2, training.model.smallest_batch)])[0]
        self.listed = isinstance(first, (list, tuple))
        if self.listed and not hasattr(Y[0], "__len__"):  # class indices: a Value cannot be one
            Y = one_hot(Y, len(first))
        self.Y = np.asarray(Y, dtype=float)
        sizes  = {len(batch) for batch in batches}
        program = record(training, self.X[:FEW], self.Y[:FEW])
        if program.fixed and len(sizes) == 1:
            program = record(training, self.X[:max(sizes)], self.Y[:max(sizes)])
        elif len(self.X) > FEW:
            agree(training, program, self.X[:FEW + 1], self.Y[:FEW + 1])
        self.program, self.mover = program, Mover(training.optimizer, program.own)
        return program


def record(training: Training, X: NDArray[np.float64], Y: NDArray[np.float64]) -> Program:
    """The program of the training's loss, from the samples given; the model's buffers are left as they were.

    Raises:
        ValueError: the structure of the loss depends on the data, or a part of the model draws random
            numbers or keeps statistics while it is trained.
    """
    model, outputs, before = training.model, list[Output](), state(training.model)

    def loss_of(x: Sequence[Sequence[Value]], y: Signals) -> Value:
        outputs[:] = model.batch(x)
        return loss(training, outputs, y)

    x, y = values(X), values(Y)
    first = loss_of(x, y)
    try:
        if state(model) != before:
            raise ValueError("a part of the model keeps running statistics while it is trained, and a matrix "
                             "program cannot update them: write engine=\"scalar\"")
        return vectorize(first, x, y, model.parameters(),
                         outputs=[list(o) if isinstance(o, list) else [o] for o in outputs],
                         rerecord=loss_of)
    finally:
        put_back(model, before)


def loss(training: Training, outputs: Sequence[Output], targets: Signals) -> Value:
    found = one_number(training.loss(outputs, targets))
    return found if training.penalty is None else found + training.penalty(training.model)


def agree(training: Training, program: Program, X: NDArray[np.float64], Y: NDArray[np.float64]) -> None:
    """Check the program on one sample more than it was recorded with.

    Raises:
        ValueError: the scalars give another loss.
    """
    scalar = float(loss(training, training.model.batch(values(X)), values(Y)).data)
    matrix = program(X, Y).loss
    if abs(scalar - matrix) > 1e-9 * max(abs(scalar), 1e-9):
        raise ValueError(f"for {len(X)} samples the loss is {scalar!r}, and the matrix program recorded from "
                         f"{FEW} gives {matrix!r}: the loss is neither a sum nor a mean over the "
                         "samples. Write engine=\"scalar\"")
