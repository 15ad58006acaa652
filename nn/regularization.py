"""Regularization: penalties on the weights, dropout, input noise, early stopping.

    w          a weight; biases are not penalised
    strength   lambda in the documents
    rate       the probability that a unit is dropped; keep = 1 - rate (D1 and D4 differ: ERR-D4-14)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from engine import Value, dot, mask, total
from engine.libraries import Quantity
from engine.value import Operand

from .checks import fraction, not_negative, real, several, whole
from .initializers import as_random
from .module import Module
from .saving import State, put_back, state


# --- penalties ------------------------------------------------------------------------------------

def l2(parameters: Iterable[Value], strength: float) -> Value:
    """strength/2 * sum of w^2: adds strength * w to the slope of each w (D0-36, D2-11).

    Raises:
        ValueError: there are no parameters, or strength is negative.
    """
    ws, strength = several(parameters), not_negative(strength, "the strength of a penalty")
    squares: Value = dot(ws, ws)
    return strength / 2 * squares


def l1(parameters: Iterable[Value], strength: float) -> Value:
    """strength * sum of |w|: adds strength * sign(w) to the slope of each w, 0 at 0 (D0-36).

    Raises:
        ValueError: there are no parameters, or strength is negative.
    """
    ws, strength = several(parameters), not_negative(strength, "the strength of a penalty")
    sizes: Value = total([abs(w) for w in ws])
    return strength * sizes


def weights(model: Module) -> list[Value]:
    """The weights of a model without its biases: what penalties are for."""
    return [w for module in model.modules() for w in getattr(module, "weights", [])]


# --- random layers --------------------------------------------------------------------------------

class Dropout(Module):
    """Training: each input is 0 with probability rate, else x / (1 - rate); in use it is x itself (D4-19,
    D4-21).

    The expected output is x, so nothing needs scaling afterwards. A new mask is drawn at each call;
    `mask` holds the factors of the last.

    Args:
        rate: the probability that an input is dropped.
        seed: an int, or a Random to draw from.

    Raises:
        ValueError: rate is not within [0, 1).
    """

    def __init__(self, rate: float = 0.5, seed: int | Random = 0) -> None:
        self.rate = fraction(rate, "the rate of a Dropout")
        self.rng  = as_random(seed)
        self.mask: list[float] = []

    def __call__(self, x: Sequence[Operand]) -> list[Quantity]:
        if not self.training or self.rate == 0:
            return list(x)
        self.mask = [0.0 if self.rng.random() < self.rate else 1 / (1 - self.rate) for _ in x]
        return [mask(xj, m) for xj, m in zip(x, self.mask)]


class KeepDropout(Module):
    """Training: each input stays with probability keep, else it is 0; in use it is keep * x (D1-54).

    Scaling the inputs of the next layer by keep is scaling its weights by keep; its biases are not scaled.

    Raises:
        ValueError: keep is not within (0, 1].
    """

    def __init__(self, keep: float = 0.5, seed: int | Random = 0) -> None:
        if not 0 < real(keep, "keep") <= 1:
            raise ValueError("keep is the probability that a unit stays, above 0 and at most 1, and got "
                             f"{keep!r}: write KeepDropout(1 - rate)")
        self.keep = keep
        self.rng  = as_random(seed)
        self.mask: list[float] = []

    def __call__(self, x: Sequence[Operand]) -> list[Quantity]:
        if not self.training:
            return [self.keep * xj for xj in x]
        self.mask = [1.0 if self.rng.random() < self.keep else 0.0 for _ in x]
        return [mask(xj, m) for xj, m in zip(x, self.mask)]


class InputNoise(Module):
    """Training: x + sigma * n with n from N(0, 1); in use it is x itself (D0-36).

    Raises:
        ValueError: sigma is negative.
    """

    def __init__(self, sigma: float = 0.1, seed: int | Random = 0) -> None:
        self.sigma = not_negative(sigma, "the standard deviation of the noise")
        self.rng   = as_random(seed)

    def __call__(self, x: Sequence[Operand]) -> list[Quantity]:
        if not self.training:
            return list(x)
        return [xj + self.sigma * self.rng.gauss(0.0, 1.0) for xj in x]


# --- early stopping -------------------------------------------------------------------------------

class EarlyStopping:
    """Ends training when the loss has not improved for `patience` epochs, and keeps the best parameters
    (D0-36).

    Args:
        patience: epochs without improvement that are borne.
        min_delta: how much lower a loss must be to count as improved.

    Raises:
        ValueError: patience is not at least 1, or min_delta is negative.
    """

    def __init__(self, patience: int = 10, min_delta: float = 0.0) -> None:
        self.patience  = whole(patience, "patience")
        self.min_delta = not_negative(min_delta, "min_delta")
        self.reset()

    def reset(self) -> None:
        """Forget what was seen, as before a new training."""
        self.epochs, self.best_epoch, self.best_loss = 0, 0, float("inf")
        self.best_state: State | None = None

    def update(self, loss: float, model: Module) -> bool:
        """Note the loss of one more epoch; True when it is time to stop."""
        self.epochs += 1
        if loss < self.best_loss - self.min_delta or not self.best_epoch:
            self.best_epoch, self.best_state = self.epochs, state(model)
            self.best_loss = min(self.best_loss, loss)       # inf if the first is nan
        return self.epochs - self.best_epoch >= self.patience

    def restore(self, model: Module) -> None:
        """Give the model the parameters of the best epoch."""
        if self.best_state is not None:
            put_back(model, self.best_state)
