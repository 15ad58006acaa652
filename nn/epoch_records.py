"""Epochs: what an epoch of training needs and what it gives back, however it is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from engine import Value
from engine.value import Operand

from .losses import Loss
from .module import Module
from .optimizers import Optimizer
from .signals import Output, Signals

Samples: TypeAlias = Sequence[Sequence[Operand]]
Targets: TypeAlias = Sequence[Signals]
Penalty: TypeAlias = Callable[[Module], Operand]


class Training(NamedTuple):
    """Everything an epoch needs: the checked arguments of `fit`."""

    model: Module
    X: Samples
    Y: Targets
    loss: Loss
    optimizer: Optimizer
    penalty: Penalty | None = None
    clip_norm: float | None = None
    clip_value: float | None = None


class Epoch:
    """What an epoch gives back: its mean loss, and for each sample the numbers the network put out."""

    def __init__(self, samples: int) -> None:
        self.loss = 0.0
        self.outputs: list[Output] = [None] * samples


def one_number(loss: object) -> Value:
    """The loss, if it is a single Value."""
    if isinstance(loss, (list, tuple)):
        raise TypeError(f"the loss is a list of {len(loss)}, and only one number can be minimised: return "
                        "their total, as in total(losses) / len(losses)")
    if not isinstance(loss, Value):
        raise TypeError(f"the loss is {type(loss).__name__} {loss!r:.60}, which does not remember the "
                        "parameters: compute it from the outputs without taking their .data")
    return loss


def diverged(loss: float) -> FloatingPointError:
    """The error for a loss that is nan or infinite."""
    return FloatingPointError(f"the loss became {loss!r}: lower the learning rate, clip the gradients with "
                              "clip_norm=1.0, or standardise the inputs")
