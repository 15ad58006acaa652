"""trainingruns: what is trained on what, and gradient descent on the mean loss, as Python does it.

    x, t    a data point: two features, and its target
    batch   how many points a step takes; all of them, in their order, or that many in the order of dice.py
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isclose
from typing import Any, Protocol, TypeAlias

from ..derivatives import gradients
from ..graphs.edges import nodes_of
from ..show.text import visible
from ..value import Constant, Number, Operand, Value, number
from .dice import jolt, shuffled

Data: TypeAlias = Sequence[tuple[Sequence[float], Operand]]
Loss: TypeAlias = Callable[[Value, Operand], Value]


class Model(Protocol):
    """A function of two numbers that has parameters."""

    def __call__(self, x: Sequence[float], /) -> Any: ...        # a Value; `one_number` looks

    def parameters(self) -> Sequence[Value]: ...


# --- descent ----------------------------------------------------------------------------------------

def descend(model: Model, data: Data, loss: Loss, rate: float) -> None:
    """One step of gradient descent on the mean loss; slopes add up from left to right on every Python."""
    parameters = model.parameters()
    sums: list[Number] = [0.0] * len(parameters)
    for x, t in data:
        slopes = gradients(loss(model(x), t) / len(data), parameters)
        sums   = [sum_ + number(slope) for sum_, slope in zip(sums, slopes)]
    for p, slope in zip(parameters, sums):
        p.data -= rate * slope


def epoch_in_batches(model: Model, data: Data, loss: Loss, rate: float, batch: int, order: list[int]) -> None:
    """One step for each batch of the points in this order."""
    for start in range(0, len(order), batch):
        descend(model, [data[k] for k in order[start:start + batch]], loss, rate)


def order_of(count: int, batch: int, seed: int, epoch: int) -> list[int]:
    """The order of an epoch; where one batch takes all points there is nothing to shuffle."""
    return shuffled(count, seed, epoch) if batch < count else list(range(count))


def noisy(data: Data, noise: float, seed: int) -> Data:
    """The points, each moved by noise times its own two normal numbers."""
    if not noise:
        return data
    moves = [jolt(seed, k) for k in range(len(data))]
    return [([x[0] + noise * dx, x[1] + noise * dy], t) for (x, t), (dx, dy) in zip(data, moves)]


# --- what can be trained ----------------------------------------------------------------------------

def one_number(model: Model, data: Data, loss: Loss) -> None:
    """Complain where the model's output, or the loss, is not one Value."""
    x, t = data[0]
    y = model(x)
    for z, what in [(y, "the model's output"), (loss(y, t) if isinstance(y, Value) else y, "the loss")]:
        if not isinstance(z, Value):
            raise TypeError(f"{what} must be one Value, and is {type(z).__name__} {visible(z)}: end the "
                            "network with one unit, and compute the loss of one point from its output")


def alike(model: Model, data: Data, loss: Loss) -> Data:
    """The data, with targets as Constants if the loss takes shortcuts for some plain numbers, as
    cross-entropy for 0 and 1; not if it is another loss then, as one that asks `if t == 1`."""
    if len({len(nodes_of(loss(model(x), t))) for x, t in data}) == 1:
        return data
    nodes = [(x, Constant(number(t))) for x, t in data]
    return nodes if all(near(number(loss(model(x), t)), number(loss(model(x), node)))
                        for (x, t), (_, node) in zip(data, nodes)) else data


def near(a: Number, b: Number) -> bool:
    """Whether both are the same number but for rounding; nan is near nan."""
    return a == b or a != a and b != b or isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def checked(data: Data, epochs: int, snapshots: int) -> None:
    if not data:
        raise ValueError("a training view needs data: give pairs (x, t), as in [([0.0, 1.0], 1), ([1.0, "
                         "1.0], 0)]")
    for pair in data:
        checked_pair(pair)
    if epochs < 1 or snapshots < 2:
        raise ValueError(f"epochs must be at least 1 and snapshots at least 2, not {epochs} and {snapshots}")


def checked_pair(pair: object) -> None:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2 or [hasattr(p, "__len__")
                                                                 for p in pair] != [True, False]:
        raise ValueError("data is a list of pairs (x, t), x two features and t a target, and "
                         f"{pair!r:.60} is none: write list(zip(X, Y)) for separate X and Y")
    x = pair[0]
    if len(x) != 2:
        raise ValueError(f"the decision boundary is drawn in the plane, and the point {tuple(x)!r} has "
                         f"{len(x)} features: give points with 2 features")


def checked_hand(batch: int | None, noise: float, seed: int) -> None:
    """Complain about settings that mean nothing."""
    if batch is not None and (isinstance(batch, bool) or not isinstance(batch, int) or batch < 1):
        raise ValueError(f"batch is how many points one step takes, and {batch!r} is none: write a whole "
                         "number from 1 on, or None for all points")
    if not 0 <= noise < float("inf"):
        raise ValueError(f"noise is how far points are moved, and {noise!r} is no distance: write a number "
                         "from 0 on")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2 ** 31:
        raise ValueError(f"seed must be a whole number from 0 to 2147483647, not {seed!r}")
