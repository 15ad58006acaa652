"""Metrics: what one wants to know of a network besides its loss. They read numbers and build no graph.

    outputs    the network's outputs, one per sample: a number, or a list with one number per class
    Y          the targets, one per sample
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from engine.value import Operand, number

from .checks import known
from .neuron import MLP
from .signals import Output, Signals

Metric: TypeAlias = Callable[[Any, Any], float]     # of (outputs, targets), as a user's function has them


def accuracy(outputs: Sequence[Signals], Y: Sequence[Signals], threshold: float = 0.0) -> float:
    """The share of samples whose predicted class is their target's.

    The predicted class is the largest output (D1-57); of a single output, whether it is above the
    threshold: 0 for logits and hinge scores, 0.5 for probabilities. A target is a class index, a
    sign -1 or +1, or one-hot.

    Raises:
        ValueError: outputs and Y differ in length, or are empty.
    """
    if len(outputs) != len(Y) or not len(Y):
        raise ValueError(f"{len(outputs)} outputs and {len(Y)} targets were given: give one each, at least "
                         "one")
    return sum(predicted_class(y, threshold) == true_class(t) for y, t in zip(outputs, Y)) / len(Y)


def probability_accuracy(outputs: Sequence[Signals], Y: Sequence[Signals]) -> float:
    """`accuracy` of a network that ends with a sigmoid: above 0.5 is class 1 (D2-08)."""
    return accuracy(outputs, Y, threshold=0.5)


def predicted_class(y: Output, threshold: float = 0.0) -> int:
    """The index of the largest output; for a single one 1 above the threshold and 0 elsewhere."""
    if hasattr(y, "__len__") and len(y) > 1:
        return max(range(len(y)), key=lambda k: number(y[k]))
    return int(number(y[0] if hasattr(y, "__len__") else y) > threshold)


def true_class(t: Output) -> int:
    """The class meant by an index, a sign or a one-hot list."""
    if hasattr(t, "__len__"):
        return predicted_class(t, threshold=0.5)
    return max(0, int(number(t)))


METRICS: dict[str, Metric] = {"accuracy": accuracy, "probability_accuracy": probability_accuracy}


def metric(f: str | Metric) -> Metric:
    """The metric meant by a name, or the function itself.

    Raises:
        ValueError: the name is unknown.
    """
    return f if callable(f) else known(f, METRICS, "metric", ", or give a function of (outputs, targets)")


def metrics_of(metrics: Sequence[str | Metric]) -> list[Metric]:
    """The metrics asked for, by name or as functions."""
    if not isinstance(metrics, (list, tuple)):
        raise TypeError(f"metrics is a list, not {type(metrics).__name__} {metrics!r:.60}: write "
                        "metrics=[\"accuracy\"]")
    return [metric(m) for m in metrics]


def dead_units(model: MLP, X: Sequence[Sequence[Operand]]) -> list[list[bool]]:
    """For each hidden layer, for each unit, whether it is inactive (z <= 0) on every sample (D2-23, D4-38).

    Raises:
        ValueError: X is empty.
    """
    if not len(X):
        raise ValueError("no samples were given: a unit is dead with respect to at least one")
    alive = [[False] * len(layer.neurons) for layer in model.layers[:-1]]
    for x in X:
        for flags, z in zip(alive, model.trace(x).z):
            flags[:] = [flag or zk.data > 0 for flag, zk in zip(flags, z)]
    return [[not flag for flag in flags] for flags in alive]


def dead_fraction(model: MLP, X: Sequence[Sequence[Operand]]) -> float:
    """The share of hidden units that are dead on X: 0 is healthy, 1 is a network that cannot learn (D2-23).

    Raises:
        ValueError: X is empty.
    """
    dead = [flag for flags in dead_units(model, X) for flag in flags]
    return sum(dead) / len(dead) if dead else 0.0
