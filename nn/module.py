"""Module: anything with parameters: a Neuron, a Layer, an MLP, a connection, a normalisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from engine import Value
from engine.extras import needed
from engine.value import Operand, zero

from .signals import Output

Self = TypeVar("Self", bound="Module")


class Module:
    """A part of a network. Its parameters are the Values that it, or a part of it, holds.

    A module is called on one sample, a list of numbers or Values. Those that behave differently
    while they are trained (Dropout, BatchNorm, ...) look at `self.training`.
    """

    training       = True
    buffers: tuple[str, ...] = ()    # attributes that are remembered but not trained, as running means
    smallest_batch = 1

    def __call__(self, x: Sequence[Operand]) -> Output:
        raise NotImplementedError(f"{type(self).__name__} is a Module without __call__: define "
                                  "__call__(self, x)")

    def batch(self, X: Sequence[Sequence[Operand]]) -> list[Output]:
        """The outputs for several samples, one by one. BatchNorm, which needs them all at once, has its
        own."""
        return [self(x) for x in X]

    def predict(self, X: Sequence[Sequence[Operand]]) -> list[Output]:
        """The outputs for many samples as numbers, in eval mode, by the matrix program of this module (needs
        NumPy)."""
        needed("numpy", "model.predict", "[model(x) for x in X]")
        from .prediction import predict
        with in_use(self):
            return predict(self, X)

    def parameters(self) -> list[Value]:
        """Every trainable Value, in a fixed order, each once."""
        seen: dict[int, Value] = {}
        for p in values_in(list(vars(self).values())):
            seen.setdefault(id(p), p)
        return list(seen.values())

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0, as before each backward pass."""
        zero_grad(self.parameters())

    def modules(self) -> list[Module]:
        """This module and every module inside it, in a fixed order, each once."""
        seen: dict[int, Module] = {id(self): self}
        for part in modules_in(list(vars(self).values())):
            seen.setdefault(id(part), part)
        return list(seen.values())

    def train(self: Self, mode: bool = True) -> Self:
        """Behave as in training, here and in every part; returns self."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: Self) -> Self:
        """Behave as in use: no dropout, no noise, running statistics; returns self."""
        return self.train(False)


def zero_grad(parameters: Iterable[Value]) -> None:
    """Set the gradient of each to 0."""
    for p in parameters:
        p.grad = zero(p.data)


@contextmanager
def in_use(model: Module) -> Iterator[None]:
    """The model is in eval mode within the block, and every part of it is then as it was."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def values_in(x: object) -> Iterator[Value]:
    """The Values in x: a Value, a Module, or a collection of such."""
    if isinstance(x, Value):
        yield x
    elif isinstance(x, Module):
        yield from x.parameters()
    else:
        for part in parts(x):
            yield from values_in(part)


def modules_in(x: object) -> Iterator[Module]:
    """The Modules in x, each before those inside it."""
    if isinstance(x, Module):
        yield from x.modules()
    else:
        for part in parts(x):
            if isinstance(part, (Module, list, tuple, dict)):        # not the many Values
                yield from modules_in(part)


def parts(x: object) -> Iterable[object]:
    """What a collection holds; nothing for anything else."""
    if isinstance(x, dict):
        return x.values()
    return x if isinstance(x, (list, tuple)) else ()
