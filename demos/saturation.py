"""Saturated sigmoids and dead ReLUs, with a monitor (D2, D4).

What there is to see: large initial weights push sigmoids to 0 or 1, where the slope is gone; too
high a learning rate kills ReLUs, units that are inactive on every sample and stay so for ever. Leaky ReLUs
and maxout units in the same place go on learning.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from engine import Value
from nn import MLP, SGD, fit
from nn.datasets import moons
from nn.metrics import dead_fraction

from .common import BLUE, ORANGE, PURPLE, SKY, VERMILLION, figure, progress, save, table

POSITION  = 160
DOCUMENTS = ["D1-42", "D1-43", "D1-60", "D2-13", "D2-14", "D2-15", "D2-19", "D2-23", "D2-43", "D4-37",
             "D4-38", "ERR-D1-15"]


def saturated(scale: float, seed: int = 0) -> float:
    """The share of 200 sigmoid units with a < 0.01 or a > 0.99, for 100 inputs and weights N(0, scale^2)."""
    rng, count = Random(seed), 0
    x = [rng.gauss(0, 1) for _ in range(100)]
    for _ in range(200):
        a = Value(sum(rng.gauss(0, scale) * xj for xj in x)).sigmoid().data
        count += not 0.01 <= a <= 0.99
    return count / 200


def dying(lr: float, seed: int, epochs: int = 40) -> list[float]:
    """The share of dead units of a 2-20-1 ReLU network before training and after each epoch."""
    X, Y  = moons(40, seed=seed)
    net   = MLP(2, [20, 1], "relu", seed=seed)
    shares = [dead_fraction(net, X)]
    def watch(epoch: int, model: Any, history: Any) -> None:
        shares.append(dead_fraction(model, X))
    fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=lr), epochs=epochs, callbacks=[watch],
        progress=False)
    return shares


def from_afar(f: str, seed: int) -> tuple[float, float, float]:
    """The loss before and after training hidden units that begin far below 0, and the share of their weights
    that moved."""
    X, Y   = moons(24, seed=seed)
    net    = MLP(2, [8, 1], f, seed=seed)
    hidden = net.layers[0].parameters()
    for p in hidden:
        if p.label.startswith("b"): p.data = -10.0
    start  = [p.data for p in hidden]
    losses = fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=1.0), epochs=400, progress=False,
                 engine="vectorized").losses
    return losses[0], losses[-1], sum(p.data != a for p, a in zip(hidden, start)) / len(hidden)


def run(out: Path) -> None:
    """Print slopes in the tails, the share of saturated units, and how many ReLUs die at which rate."""
    rows = []
    for x in (0.0, 2.0, 5.0, 10.0, 40.0):
        v = Value(x)
        (3 * v.sigmoid()).backward()
        rows.append((x, v.grad / 3, v.grad))
    print("a saturated unit passes on next to nothing of an upstream gradient of 3:\n")
    table(["z", "sigma'(z)", "passed on"], rows, digits=6)

    scales = (0.1, 0.3, 1.0, 3.0, 10.0)
    shares = [saturated(scale) for scale in scales]
    print("\nweights N(0, scale^2), 100 inputs:\n")
    table(["scale", "saturated share"], list(zip(scales, shares)))

    rates  = (0.1, 1.0, 10.0, 30.0, 100.0)
    curves = {}
    for lr in progress(rates, "learning rates"):
        runs = [dying(lr, seed) for seed in range(3)]
        curves[lr] = [sum(column) / 3 for column in zip(*runs)]
    print("\ndead ReLUs of a 2-20-1 network on two moons after 40 full-batch steps, mean of 3 seeds:\n")
    table(["learning rate", "dead at the start", "dead at the end"],
          [(lr, c[0], c[-1]) for lr, c in curves.items()])

    starts = [(f, [from_afar(f, seed) for seed in range(5)])
              for f in progress(("relu", "leaky_relu", "maxout"), "far from the data")]
    print("\n2-8-1 networks whose hidden units begin at bias -10, below 0 on every sample; 400 steps, rate "
          "1, 5 seeds:\n")
    table(["hidden units", "weights that move", "loss before", "after: best", "worst"],
          [(f, f"{min(m for _, _, m in runs):.0%}", max(b for b, _, _ in runs), min(a for _, a, _ in runs),
            max(a for _, a, _ in runs)) for f, runs in starts])
    print("\na ReLU's slope is 0 there (ERR-D1-15), a leaky one's 0.01, that of the larger of two affine "
          "pieces always 1")

    fig, axes = figure(1, 2, width=7, height=5.2)
    axes[0].semilogx(scales, shares, "o-", color=BLUE)
    axes[0].set(xlabel="standard deviation of the weights", ylabel="share with $a < 0.01$ or $a > 0.99$",
                ylim=(-0.03, 1.03), title="saturated sigmoids")
    for (lr, shares), colour, dash in zip(curves.items(), (BLUE, SKY, ORANGE, PURPLE, VERMILLION),
                                          ("-", "--", "-.", "-", ":")):
        axes[1].plot(shares, dash, color=colour, label=f"rate {lr:g}")
    axes[1].set(xlabel="epoch", ylabel="share of dead units", ylim=(-0.03, 1.03),
                title="the dead-ReLU monitor")
    axes[1].legend(loc="upper left", bbox_to_anchor=(1, 0.8))
    save(fig, out, "saturation", "Left, the share of saturated sigmoid units grows with the weights; right, "
         "ReLUs die at once at high "
                                 "learning rates and never come back")
