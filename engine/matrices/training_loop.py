"""Training: the epochs of a program."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np

from .mover import Mover, Rule
from .data import Data, Floats, Order
from .plans import Plans
from .runners import PATIENCE

Callback = Callable[[int, float], object]


def train(plans: Plans, X: Data, Y: Data | None, optimizer: Rule, epochs: int, batch_size: int | None,
          shuffle: bool, seed: int, callback: Callback | None) -> list[float]:
    """The mean loss of each epoch. See Program.train."""
    x, y = rows(X, Y)
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"batch_size is the number of samples per update, at least 1, not {batch_size!r}")
    plans.own.load()
    order, rng, losses = np.arange(len(x)), Random(seed), list[float]()
    size  = min(batch_size or len(x), len(x))
    mover = Mover(optimizer, plans.own)
    if size and epochs * -(-len(x) // size) > PATIENCE:
        plans.hurry()
    fast = plans.epochs(mover, x, y, size)
    if fast is not None and callback is None and size == len(x):
        losses, epochs = fast.whole(epochs), 0
    for epoch in range(1, epochs + 1):
        if shuffle and size < len(x):
            rng.shuffle(order)                                       # type: ignore[arg-type]  # (an array)
        done = one_by_one(plans, mover, x, y, size, order) if fast is None else fast.epoch(order)
        losses.append(done)
        if callback is not None and callback(epoch, done) is True:
            break
    mover.finish()
    plans.own.store()
    return losses


def rows(X: Data, Y: Data | None) -> tuple[Floats, Floats | None]:
    """Samples and targets as arrays."""
    x, y = np.asarray(X, dtype=float), None if Y is None else np.asarray(Y, dtype=float)
    if y is not None and len(y) != len(x):
        raise ValueError(f"{len(x)} samples and {len(y)} targets were given: give one target per sample")
    return x, y


def one_by_one(plans: Plans, mover: Mover, X: Floats, Y: Floats | None, size: int, order: Order) -> float:
    """The mean loss of an epoch whose steps Python makes."""
    done = 0.0
    for k in range(0, len(X), size):
        chosen = order[k:k + size] if size < len(X) else slice(None)
        done  += plans.run(X[chosen], None if Y is None else Y[chosen]) * min(size, len(X) - k) / len(X)
        mover.step()
    return done
