"""Optimizers: how parameters move once their gradients are known; and clipping of the gradients.

    w, g       a parameter and its gradient
    lr         the learning rate: eta, alpha or lambda in the documents
    state      what the optimizer remembers of one parameter

The rule of an optimizer, `update`, is ordinary arithmetic: it runs on numbers and, unchanged, on
arrays of parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import hypot
from typing import TypeAlias

from engine import Value
from engine.libraries import Quantity

from .checks import fraction, not_negative, positive, several
from .module import zero_grad

Memory: TypeAlias = tuple[Quantity, ...]          # what an optimizer remembers of one parameter


class Optimizer:
    """Moves parameters against their gradients.

    Args:
        parameters: the Values to move, as model.parameters() gives them.
        lr: the learning rate.

    Raises:
        ValueError: there are no parameters, or lr is not above 0.
        TypeError: a parameter is not a Value.
    """

    start: Memory = ()                                   # the state before the first step

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        self.parameters = several(parameters)
        self.lr         = positive(lr, "the learning rate")
        self.steps      = 0
        self.states     = [self.start] * len(self.parameters)

    def update(self, w: Quantity, g: Quantity, state: Memory) -> tuple[Quantity, Memory]:
        """The parameter and its state after one step, which is number self.steps."""
        raise NotImplementedError(f"{type(self).__name__} has no rule: define update(self, w, g, state)")

    def step(self) -> None:
        """Move every parameter by its rule, all from the same gradients (D3-22)."""
        self.steps += 1
        try:
            moved = [self.update(p.data, p.grad, state) for p, state in zip(self.parameters, self.states)]
        except ArithmeticError:
            self.steps -= 1
            raise
        for p, (w, _) in zip(self.parameters, moved):
            p.data = w
        self.states = [state for _, state in moved]

    def zero_grad(self) -> None:
        """Set every gradient to 0, as before each backward pass."""
        zero_grad(self.parameters)


class SGD(Optimizer):
    """nu <- gamma nu + lr (g + lambda w);  w <- w - nu (D1-38, D3-24, D3-26).

    Args:
        parameters, lr: as for Optimizer.
        momentum: gamma, from 0 (plain gradient descent) to below 1.
        weight_decay: lambda, the slope of an L2 penalty lambda/2 w^2 on every parameter (D2-11).

    Raises:
        ValueError: momentum is not within [0, 1), or weight_decay is negative.
    """

    start = (0.0,)

    def __init__(self, parameters: Iterable[Value], lr: float = 0.1, momentum: float = 0.0,
                 weight_decay: float = 0.0) -> None:
        super().__init__(parameters, lr)
        self.momentum     = fraction(momentum, "momentum")
        self.weight_decay = not_negative(weight_decay, "weight_decay")

    def update(self, w: Quantity, g: Quantity, state: Memory) -> tuple[Quantity, Memory]:
        """The rule; without momentum or decay w - lr g, to the last bit."""
        if self.weight_decay: g = g + self.weight_decay * w
        nu = self.lr * g
        if self.momentum: nu = self.momentum * state[0] + nu
        return w - nu, (nu,)


class Adam(Optimizer):
    """Steps of about lr, whatever the size of the gradient (Kingma and Ba 2015, algorithm 1).

    m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2, both divided by 1 - beta^steps;
    w <- w - lr m / (sqrt v + eps).

    Args:
        parameters, lr: as for Optimizer.
        beta1, beta2: how much of the running means of g and g^2 each step keeps.
        eps: keeps the divisor away from 0.

    Raises:
        ValueError: a beta is not within [0, 1), or eps is not above 0.
    """

    start = (0.0, 0.0)

    def __init__(self, parameters: Iterable[Value], lr: float = 0.001, beta1: float = 0.9,
                 beta2: float = 0.999, eps: float = 1e-8) -> None:
        super().__init__(parameters, lr)
        self.beta1 = fraction(beta1, "beta1")
        self.beta2 = fraction(beta2, "beta2")
        self.eps   = positive(eps, "eps")

    def update(self, w: Quantity, g: Quantity, state: Memory) -> tuple[Quantity, Memory]:
        """The rule, with the means corrected for their start at 0."""
        m = self.beta1 * state[0] + (1 - self.beta1) * g
        v = self.beta2 * state[1] + (1 - self.beta2) * g * g
        m_hat = m / (1 - self.beta1 ** self.steps)
        v_hat = v / (1 - self.beta2 ** self.steps)
        return w - self.lr * m_hat / (v_hat ** 0.5 + self.eps), (m, v)


# --- clipping -------------------------------------------------------------------------------------

def clip_by_norm(parameters: Iterable[Value], limit: float) -> float:
    """Scale all gradients together so that their common norm is at most limit; its direction stays (D4-43).

    Returns:
        The norm before.

    Raises:
        ValueError: limit is not above 0, or there are no parameters.
    """
    ps, limit = several(parameters), positive(limit, "the limit of the norm")
    norm = hypot(*[p.grad for p in ps])
    if norm > limit:
        for p in ps:
            p.grad = p.grad * (limit / norm)
    return norm


def clip_by_value(parameters: Iterable[Value], limit: float) -> None:
    """Bring each gradient into [-limit, limit] by itself; the direction may change (D4-43, ERR-D4-8).

    Raises:
        ValueError: limit is not above 0, or there are no parameters.
    """
    ps, limit = several(parameters), positive(limit, "the limit")
    for p in ps:
        if p.grad > limit:    p.grad = limit
        elif p.grad < -limit: p.grad = -limit


# --- what fit was given ---------------------------------------------------------------------------

def optimizer_for(parameters: Sequence[Value], optimizer: Optimizer | None) -> Optimizer:
    """The optimizer given, or Adam with lr 0.01 where none is.

    Raises:
        TypeError: it is not an Optimizer.
        ValueError: it moves none of the parameters.
    """
    if optimizer is None:
        return Adam(parameters, lr=0.01)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"an optimizer is needed, not {type(optimizer).__name__} {optimizer!r:.60}: write "
                        "SGD(model.parameters(), lr=0.1)")
    own = {id(p) for p in parameters}
    if not any(id(p) in own for p in optimizer.parameters):
        raise ValueError("the optimizer moves the parameters of another model: write SGD(model.parameters(), "
                         "lr=0.1) with the model that is trained")
    return optimizer
