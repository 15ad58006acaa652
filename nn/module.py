"""Module: anything with parameters: a Neuron, a Layer, an MLP, a connection, a normalisation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine import Value


class Module:
    """A part of a network. Its parameters are the Values that it, or a part of it, holds."""

    def parameters(self) -> list[Value]:
        """Every trainable Value, in a fixed order, each once."""
        seen: dict[int, Value] = {}
        for p in values_in(vars(self).values()):
            seen.setdefault(id(p), p)
        return list(seen.values())

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0, as before each backward pass."""
        for p in self.parameters():
            p.grad = 0


def values_in(x: Any) -> Iterator[Value]:
    """The Values in x: a Value, a Module, or a collection of such."""
    if isinstance(x, Value):
        yield x
    elif isinstance(x, Module):
        yield from x.parameters()
    elif isinstance(x, dict):
        yield from values_in(x.values())
    elif not isinstance(x, (str, bytes)) and hasattr(x, "__iter__"):
        for part in x:
            yield from values_in(part)
