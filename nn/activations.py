"""Activations: the function f in a = f(z), by name or as any function of one Value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from engine import elu, gelu, leaky_relu, relu, sigmoid, silu, softplus, step, tanh

from .checks import known

Activation: TypeAlias = Callable[[Any], Any]


def linear(z: Any) -> Any:
    """a = z itself, no node of its own: the output layer of a regression (D1-08)."""
    return z


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear, "identity": linear, "sigmoid": sigmoid, "tanh": tanh, "relu": relu, "leaky_relu": leaky_relu,
    "elu": elu, "gelu": gelu, "silu": silu, "softplus": softplus, "step": step,
}


def activation(f: str | Activation) -> Activation:
    """The activation meant by a name, or the function itself.

    Raises:
        ValueError: the name is unknown.
    """
    return f if callable(f) else known(f, ACTIVATIONS, "activation", ", for a layer also maxout, or give a function of "
                                                                      "one Value, as in lambda z: leaky_relu(z, 0.1)")
