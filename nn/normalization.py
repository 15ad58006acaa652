"""Normalization: inputs standardised once, by the training set; pre-activations by each mini-batch.

    mean, std  per feature, over the training samples
    mu, var    per unit, over the mini-batch (population variance, 1/B: ERR-D1-11)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, hypot, sqrt

from engine import Value, mean
from engine.functions import lift
from engine.libraries import Quantity
from engine.value import Operand, number

from .checks import fraction, not_negative, samples, whole
from .module import Module


class Standardizer(Module):
    """(x_j - mean_j) / std_j with the statistics of the training set, for every later sample (D1-49).

    A feature that was constant in training (std_j = 0) is only shifted, not divided. Population
    variance, 1/m. Standardizer().fit(X) returns itself; it can be the first part of a Sequential.
    """

    buffers = ("mean", "std")

    def __init__(self) -> None:
        self.mean: list[float] = []
        self.std: list[float]  = []

    def fit(self, X: Sequence[Sequence[float]]) -> Standardizer:
        """Remember mean and standard deviation of each feature of X.

        Raises:
            ValueError: X is empty, a sample has another length, or a number is nan or infinite.
        """
        rows = samples(X, "X")
        if not isinstance(rows[0], (list, tuple)) or not rows[0]:
            raise ValueError(f"X[0] is {rows[0]!r:.60}, which holds no features: write [[x] for x in X] for "
                             "a single one")
        statistics = [mean_and_spread(column) for column in zip(*rows)]
        self.mean  = [m for m, _ in statistics]
        self.std   = [s for _, s in statistics]
        return self

    def __call__(self, x: Sequence[Operand]) -> list[Quantity]:
        """The standardised sample.

        Raises:
            ValueError: fit was not called, or x has another number of features.
        """
        if not self.mean:
            raise ValueError("the Standardizer has no statistics yet: "
                             "write Standardizer().fit(X_train) first")
        if len(x) != len(self.mean):
            raise ValueError(f"{len(self.mean)} features expected, {len(x)} given: as many as in training")
        return [(xj - m) / (s or 1.0) for xj, m, s in zip(x, self.mean, self.std)]


class BatchNorm(Module):
    """gamma * (z - mu) / sqrt(var + eps) + beta, unit by unit over the mini-batch (D1-50, D1-51, D1-52).

    In training it takes a whole mini-batch, batch(Z) with Z[i][k] unit k of sample i, and updates the
    running statistics that it uses afterwards. Place it between a linear Layer and its activation:

        Sequential(Layer(2, 8, "linear"), BatchNorm(8), Elementwise("relu"), Layer(8, 1, "linear"))

    The bias of the layer before it has gradient 0: beta takes its place.

    Args:
        n: the number of units.
        eps: keeps the root away from 0.
        momentum: the weight of the newest batch in the running statistics.

    Raises:
        ValueError: an argument is out of range.
    """

    buffers        = ("running_mean", "running_var")
    smallest_batch = 2

    def __init__(self, n: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        whole(n, "the number of units of a BatchNorm")
        self.eps          = not_negative(eps, "eps")
        self.momentum     = fraction(momentum, "momentum")
        self.gamma        = [Value(1.0, f"gamma[{k}]") for k in range(1, n + 1)]
        self.beta         = [Value(0.0, f"beta[{k}]") for k in range(1, n + 1)]
        self.running_mean = [0.0] * n
        self.running_var  = [1.0] * n

    def __call__(self, z: Sequence[Operand]) -> list[Value]:
        """One sample, by the running statistics.

        Raises:
            ValueError: while training, as one sample has no variance.
        """
        if self.training:
            raise ValueError("BatchNorm normalises over a mini-batch while it is trained, and got one "
                             "sample: call model.batch(X), or model.eval() to use the running statistics")
        self.check(z)
        return [gamma * ((zk - mu) / sqrt(var + self.eps)) + beta for gamma, zk, mu, var, beta in
                zip(self.gamma, z, self.running_mean, self.running_var, self.beta)]

    def batch(self, X: Sequence[Sequence[Operand]]) -> list[list[Value]]:
        """A mini-batch, by its own statistics in training and by the running ones after.

        Raises:
            ValueError: fewer than 2 samples while training, or a sample with another number of units.
        """
        if not self.training:
            return [self(z) for z in X]
        if len(X) < 2:
            raise ValueError(f"BatchNorm normalises over a mini-batch, and got {len(X)} sample(s): give at "
                             "least 2")
        for z in X:
            self.check(z)
        columns = [self.unit(k, [lift(z[k]) for z in X]) for k in range(len(self.gamma))]
        return [list(row) for row in zip(*columns)]

    def unit(self, k: int, z: Sequence[Value]) -> list[Value]:
        """Unit k of every sample, normalised; the running statistics move towards those of this batch."""
        mu   = mean(z)
        var  = mean([(zi - mu) ** 2 for zi in z])
        root = (var + self.eps) ** 0.5
        normalised = [self.gamma[k] * ((zi - mu) / root) + self.beta[k] for zi in z]
        self.running_mean[k] += self.momentum * (number(mu) - self.running_mean[k])
        self.running_var[k]  += self.momentum * (number(var) - self.running_var[k])
        return normalised

    def check(self, z: Sequence[Operand]) -> None:
        if len(z) != len(self.gamma):
            raise ValueError(f"BatchNorm({len(self.gamma)}) got a sample of {len(z)} units: give it the size "
                             "of the layer before it")


def mean_and_spread(column: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation; of equal numbers that number and 0, which rounding could miss."""
    if min(column) == max(column):
        return column[0], 0.0
    m = fsum(column) / len(column)
    return m, hypot(*[x - m for x in column]) / sqrt(len(column))
