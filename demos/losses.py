"""Losses against the logit: cross-entropy pulls when it is wrong, squared error goes flat (D4, D0 loss
curves).

What there is to see: with a sigmoid output, the slope of squared error vanishes where the unit is
saturated and wrong; cross-entropy's slope is y - t. And why the loss from logits is one formula:
the same thing composed of ReLU nodes has slope -t at z = 0, where it should be 1/2 - t.
"""

from __future__ import annotations

from math import exp, log1p
from pathlib import Path
from typing import Any

from engine import Value, grad, relu, sigmoid
from engine import exp as value_exp
from engine import log1p as value_log1p
from nn import bce_with_logits, squared_error

from .common import BLUE, GREY, ORANGE, figure, save, table

POSITION  = 50
DOCUMENTS = ["D0-21", "D0-22", "D0-24", "D4-23", "D4-24", "D4-25", "D4-26"]


def squared(z: Any, t: float) -> Any:
    """(sigma(z) - t)^2: squared error behind a sigmoid."""
    return squared_error(sigmoid(z), t)


def composed(z: Any, t: float) -> Any:
    """max(z, 0) - z t + ln(1 + e^-|z|), node by node: right, but for its slope at 0."""
    return relu(z) - z * t + value_log1p(value_exp(-abs(z)))


def run(out: Path) -> None:
    """Print slopes where it hurts; draw both losses and both slopes."""
    t = 1.0
    print("target t = 1; the slope dE/dz should pull z upwards, so be clearly below 0:\n")
    table(["z", "y", "squared error", "its slope", "cross-entropy", "its slope", "y - t"],
          [(z, 1 / (1 + exp(-z)), float(squared(z, t)), float(grad(lambda z: squared(z, t))(z)),
            float(bce_with_logits(z, t)), float(grad(lambda z: bce_with_logits(z, t))(z)), -1 / (1 + exp(z)))
           for z in (-10.0, -5.0, -2.0, 0.0, 2.0, 5.0)])
    print("\nfrom logits, far out and at 0 (t = 1):\n")
    table(["z", "E = softplus(-z)", "engine", "slope", "composed of ReLU nodes", "slope"],
          [(z, max(-z, 0.0) + log1p(exp(-abs(z))), *both(bce_with_logits, z, t), *both(composed, z, t))
           for z in (-1000.0, -40.0, 0.0, 40.0, 1000.0)])
    print("\nat z = 0 the composed form answers -1 where -1/2 is right: a network that starts at zero starts "
          "there")

    zs = [-8 + 16 * i / 160 for i in range(161)]
    fig, axes = figure(1, 2, width=7, height=5)
    for panel, pick, label in ((axes[0], 0, "error $E$"), (axes[1], 1, r"slope $\partial E/\partial z$")):
        panel.axhline(0, color=GREY, linewidth=1)
        panel.plot(zs, [both(bce_with_logits, z, t)[pick] for z in zs], color=BLUE, label="cross-entropy")
        panel.plot(zs, [both(squared, z, t)[pick] for z in zs], "--", color=ORANGE, label="squared error")
        panel.set(xlabel="logit $z$", ylabel=label, title=("slope" if pick else "error") + ", target $t = 1$")
        panel.legend()
    save(fig, out, "losses", "Cross-entropy and squared error behind a sigmoid, and their slopes, against "
         "the logit for target 1: "
                             "far on the wrong side the slope of squared error is 0, that of cross-entropy "
         "is -1")


def both(loss: Any, z: float, t: float) -> tuple[float, float]:
    """The loss and its slope, both by the engine."""
    v = Value(z)
    e = loss(v, t)
    e.backward()
    return float(e.data), float(v.grad)
