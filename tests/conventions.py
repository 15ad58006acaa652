"""Conventions: what several test files mean by the same word.

    numbers    the numbers in Values            sigma      1 / (1 + e^-z) of plain numbers
    slope      df/dx at a number                with_grads parameters that have these gradients
"""

from math import exp

from engine import Value


def numbers(values):
    """The numbers in a Value or in nested lists of Values (plain numbers stay)."""
    if values is None: return None
    return [numbers(v) for v in values] if isinstance(values, list) else getattr(values, "data", values)


def sigma(z):
    """The sigmoid in math's numbers, for any z."""
    return 1 / (1 + exp(-z)) if z > 0 else exp(z) / (1 + exp(z))


def slope(f, z):
    """df/dz at the number z, by one backward pass."""
    x = Value(z)
    f(x).backward()
    return x.grad


def with_grads(*grads, data=0.0):
    """Parameters of value `data` whose gradients are these, as after a backward pass."""
    ps = [Value(data) for _ in grads]
    for p, g in zip(ps, grads):
        p.grad = g
    return ps
