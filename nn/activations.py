"""Activations: the function f in a = f(z), by name or as any function of one Value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, TypeVar

import engine
from engine import Value
from engine.primitives import TABLE

from .checks import known

Activation: TypeAlias = Callable[[Value], Value]
Z = TypeVar("Z")


def linear(z: Z) -> Z:
    """a = z itself, no node of its own: the output layer of a regression (D1-08)."""
    return z


# Every row of the calculus table that calls itself one.
ACTIVATIONS: dict[str, Activation] = {
    "linear": linear, **{name: getattr(engine, name) for name, row in TABLE.items() if row.activation},
    "identity": linear,
}


def initializer_for(f: str | Activation) -> str:
    """The initializer that keeps the signal's size through f: the one in its row, or else what its shape asks
    for.

    He for what passes large positive inputs and stops negative ones, as ReLU does; Xavier for all others
    (D1-46).
    """
    if f == "maxout":
        return "he"
    row = TABLE.get(f) if isinstance(f, str) else None
    if row is None or row.initializer or len(row.each) != 1:
        return row.initializer if row and row.initializer else "xavier"
    passes, stops = row.value(20.0), row.value(-20.0)
    return "he" if passes > 15 and abs(stops) < 5 else "xavier"


def activation(f: str | Activation) -> Activation:
    """The activation meant by a name, or the function itself.

    Raises:
        ValueError: the name is unknown.
    """
    return f if callable(f) else known(f, ACTIVATIONS, "activation", ", for a layer also maxout, or give a "
                                       "function of one Value, as in lambda z: leaky_relu(z, 0.1)")
