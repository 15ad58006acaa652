"""Initializers: how the weights of a layer are drawn before training. Biases start at 0 (D1-39).

An initializer is a function of (n_in, n_out, rng) that gives one weight; n_in and n_out are the
fan-in and fan-out of the layer. The names in INITIALIZERS can be given as strings.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from random import Random
from typing import TypeAlias

from .checks import known

Initializer: TypeAlias = Callable[[int, int, Random], float]


def constant(gamma: float) -> Initializer:
    """Every weight gamma: the units of a layer then stay equal for ever (D1-40)."""
    return lambda n_in, n_out, rng: gamma


def normal(sigma: float = 1.0) -> Initializer:
    """N(0, sigma^2) (D1-45)."""
    return lambda n_in, n_out, rng: rng.gauss(0.0, sigma)


def zeros(n_in: int, n_out: int, rng: Random) -> float:
    """Every weight 0 (D1-40)."""
    return 0.0


def xavier(n_in: int, n_out: int, rng: Random) -> float:
    """N(0, 1/n_in): keeps the variance through tanh layers (D1-46)."""
    return rng.gauss(0.0, sqrt(1 / n_in))


def he(n_in: int, n_out: int, rng: Random) -> float:
    """N(0, 2/n_in): keeps the mean square through ReLU layers (D1-46)."""
    return rng.gauss(0.0, sqrt(2 / n_in))


def glorot(n_in: int, n_out: int, rng: Random) -> float:
    """N(0, 2/(n_in + n_out)) (D1-46, ERR-D1-18)."""
    return rng.gauss(0.0, sqrt(2 / (n_in + n_out)))


def as_random(seed: int | Random) -> Random:
    """What an initializer draws from: a Random as it is, so that several layers can share one."""
    return seed if isinstance(seed, Random) else Random(seed)


INITIALIZERS: dict[str, Initializer] = {
    "zeros": zeros, "normal": normal(), "xavier": xavier, "he": he, "glorot": glorot,
}


def initializer(init: str | float | Initializer) -> Initializer:
    """The initializer meant by a name, a constant or a function.

    Raises:
        ValueError: the name is unknown.
    """
    if callable(init):
        return init
    if isinstance(init, (int, float)) and not isinstance(init, bool):
        return constant(float(init))
    return known(init, INITIALIZERS, "initializer", ", a number for a constant, or a function of (n_in, "
                 "n_out, rng)")
