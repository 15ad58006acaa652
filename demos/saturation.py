"""Saturated sigmoids and dead ReLUs, with a monitor (D2, D4).

What there is to see: large initial weights push sigmoids to 0 or 1, where the slope is gone; too
high a learning rate kills ReLUs, units that are inactive on every sample and stay so for ever. Leaky ReLUs
and maxout units in the same place go on learning.
"""

from __future__ import annotations

from itertools import accumulate
from math import erfc, log, sqrt
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import Any, NamedTuple

from engine import Value, grad, leaky_relu, relu, sigmoid, tanh
from nn import MLP, SGD, fit
from nn.datasets import moons
from nn.metrics import dead_fraction

from .common import BLACK, BLUE, GREY, ORANGE, PURPLE, SKY, VERMILLION
from .common import figure, name_ends, progress, save, table

POSITION  = 160
DOCUMENTS = ["D1-42", "D1-43", "D1-60", "D2-13", "D2-14", "D2-19", "D2-23", "D2-43", "D4-38", "ERR-D1-15"]
SCALES, RATES, SEEDS = (0.1, 0.3, 1.0, 3.0, 10.0), (0.1, 1.0, 10.0, 30.0, 100.0), 5
INPUTS, UNITS, EDGE  = 100, 200, 0.01
STEPS     = 1000                                         # of the units that begin inactive
WARNED    = 0.4                                          # D2: as much as 40 % may be dead


class Run(NamedTuple):
    """A training: the loss at each step, and the share of the hidden weights that moved."""

    losses: list[float]
    moved:  float


def run(out: Path) -> None:
    """Print slopes in the tails, the share of saturated units, and how many ReLUs die at which rate."""
    tails()
    shares = by_scale()
    curves = by_rate()
    fig, axes = figure(1, 2, width=6.6, height=5.2, sharey=True)
    draw_scales(axes[0], shares)
    draw_rates(axes[1], curves)
    save(fig, out, "saturation", "Left, the share of saturated sigmoid units grows from 0 to nearly 1 "
         "with the weights, as the normal distribution says; right, ReLUs die within ten epochs at high "
         "learning rates and never come back, none at the lowest rate")
    far(out)


def tails() -> None:
    """What is left of an upstream gradient of 3."""
    slopes = grad(sigmoid), grad(tanh), grad(relu)
    print("a saturated unit passes on next to nothing of an upstream gradient of 3 (D1-42, D2-13):\n")
    table(["z", "sigma'(z)", "sigmoid passes on", "tanh'(z)", "tanh passes on", "ReLU'(z)"],
          [(z, s := float(slopes[0](z)), 3 * s, t := float(slopes[1](z)), 3 * t, float(slopes[2](z)))
           for z in (0.0, 2.0, 5.0, 10.0, 40.0)], digits=6)
    rng   = Random(0)
    found = sorted({float(slopes[2](rng.gauss(0, 3))) for _ in range(1000)})
    print(f"\nReLU's slopes at 1000 random points (D1-43): {', '.join(f'{slope:g}' for slope in found)}")


def pre_activations(scale: float, seed: int) -> list[float]:
    """z of 200 units with weights N(0, scale^2), for one input of 100 numbers."""
    rng = Random(seed)
    x   = [rng.gauss(0, 1) for _ in range(INPUTS)]
    return [sum(rng.gauss(0, scale) * xj for xj in x) for _ in range(UNITS)]


def saturated(z: float) -> bool:
    """Is a below 0.01 or above 0.99?"""
    return not EDGE <= Value(z).sigmoid().data <= 1 - EDGE


def expected(scale: float) -> float:
    """The share of z ~ N(0, scale^2 * 100) with sigma(z) beyond the edges."""
    return erfc(log(1 / EDGE - 1) / (scale * sqrt(2 * INPUTS)))


def by_scale() -> dict[float, list[float]]:
    """The share of saturated units for each scale and seed."""
    slope  = grad(tanh)
    zs     = {scale: [pre_activations(scale, seed) for seed in range(SEEDS)] for scale in SCALES}
    shares = {scale: [mean(map(saturated, each)) for each in runs] for scale, runs in zs.items()}
    print(f"\nweights N(0, scale^2), {INPUTS} inputs, {UNITS} units, {SEEDS} seeds (D1-42, D2-14):\n")
    table(["scale", "saturated sigmoids", "if z is normal", "median tanh'"],
          [(scale, mean(shares[scale]), expected(scale),
            median(float(slope(z)) for each in zs[scale] for z in each)) for scale in SCALES])
    return shares


def draw_scales(axes: Any, shares: dict[float, list[float]]) -> None:
    """Every seed as a dot, over the share that the normal distribution gives."""
    fine = [10 ** (-1.1 + 2.2 * i / 100) for i in range(101)]
    axes.semilogx(fine, list(map(expected, fine)), "--", color=GREY, label="if $z$ is normal")
    for seed in range(SEEDS):
        axes.semilogx(SCALES, [shares[scale][seed] for scale in SCALES], "o", color=BLUE, alpha=0.7,
                      label="_" if seed else f"{SEEDS} seeds")
    axes.set(xlabel="standard deviation of the weights", ylabel="share of units", ylim=(-0.03, 1.03),
             title=f"saturated sigmoids (D2-14):\n$a < {EDGE}$ or $a > {1 - EDGE}$")
    axes.legend(loc="upper left")


def dying(lr: float, seed: int, epochs: int = 20) -> list[float]:
    """The share of dead units of a 2-20-1 ReLU network before training and after each epoch."""
    X, Y   = moons(24, seed=seed)
    net    = MLP(2, [20, 1], "relu", seed=seed)
    shares = [dead_fraction(net, X)]
    def watch(epoch: int, model: Any, history: Any) -> None:
        shares.append(dead_fraction(model, X))
    fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=lr), epochs=epochs, callbacks=[watch],
        progress=False, engine="vectorized")
    return shares


def by_rate() -> dict[float, list[float]]:
    """The mean share of dead units after each epoch, for each rate."""
    runs   = {lr: [dying(lr, seed) for seed in range(SEEDS)] for lr in progress(RATES, "learning rates")}
    curves = {lr: [mean(column) for column in zip(*each)] for lr, each in runs.items()}
    print(f"\ndead ReLUs (D2-19, D4-38) of a 2-20-1 network on two moons, full-batch steps, mean of {SEEDS} "
          "seeds:\n")
    table(["learning rate", "at the start", "after 5 steps", f"after {len(curves[RATES[0]]) - 1}", "revived"],
          [(lr, c[0], c[5], c[-1], sum(a > b for each in runs[lr] for a, b in zip(each, each[1:])))
           for lr, c in curves.items()])
    return curves


def draw_rates(axes: Any, curves: dict[float, list[float]]) -> None:
    """The monitor that D2 advises, and the share that it warns of."""
    axes.axhline(WARNED, color=GREY, linewidth=1)
    axes.text(19.8, WARNED + 0.015, f"D2-19: {WARNED:.0%}", ha="right", color=BLACK, fontsize=14)
    for (lr, shares), colour, dash in zip(curves.items(), (BLUE, SKY, ORANGE, PURPLE, VERMILLION),
                                          ("-", "--", "-.", (0, (6, 1)), ":")):
        axes.plot(range(len(shares)), shares, linestyle=dash, color=colour, label=f"rate {lr:g}")
    axes.set(xlabel="epoch", ylim=(-0.03, 1.03), xticks=range(0, 21, 5),
             title="dead ReLUs (D4-38),\nwatched as D2-23 advises")
    name_ends(axes)


def from_afar(f: str, seed: int) -> Run:
    """The losses of hidden units that begin far below 0, and the share of their parameters that moved."""
    X, Y   = moons(24, seed=seed)
    net    = MLP(2, [8, 1], f, seed=seed)
    hidden = net.layers[0].parameters()
    for p in hidden:
        if p.label.startswith("b"): p.data = -10.0
    start  = [p.data for p in hidden]
    losses = fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=1.0), epochs=STEPS, progress=False,
                 engine="vectorized").losses
    return Run(losses, mean(p.data != a for p, a in zip(hidden, start)))


def far(out: Path) -> None:
    """Units that begin below 0 on every sample: who learns?"""
    starts = {f: [from_afar(f, seed) for seed in range(SEEDS)]
              for f in progress(("relu", "leaky_relu", "maxout"), "far from the data")}
    print("\n2-8-1 networks whose hidden units begin at bias -10, below 0 on every sample (D1-60, D2-43); "
          f"{STEPS} steps, rate 1, {SEEDS} seeds:\n")
    table(["hidden units", "weights that move", "loss before", "after: best", "worst"],
          [(f, f"{min(one.moved for one in runs):.0%}", max(one.losses[0] for one in runs),
            min(one.losses[-1] for one in runs), max(one.losses[-1] for one in runs))
           for f, runs in starts.items()])
    print(f"\na ReLU's slope is {grad(relu)(-10.0):g} there (ERR-D1-15), a leaky one's "
          f"{grad(leaky_relu)(-10.0):g}, that of the larger of two affine pieces always 1")
    fig, axes = figure(1, 3, width=4.4, height=4.8, sharey=True,
                       title=f"units that begin inactive on every sample (D1-60, D2-43): {SEEDS} seeds")
    for panel, (f, runs), colour in zip(axes, starts.items(), (VERMILLION, ORANGE, BLUE)):
        for one, dash in zip(runs, ("-", "--", "-.", ":", (0, (6, 1)))):
            panel.plot(range(len(one.losses)), list(accumulate(one.losses, min)), linestyle=dash,
                       color=colour)
        moved = min(one.moved for one in runs)
        panel.set(xlabel="step", title=f"{NAMES[f]}: {moved:.0%}\nof the weights move",
                  ylim=(0, 1.5))
    axes[0].set_ylabel("lowest loss so far")
    save(fig, out, "far", "The lowest loss so far of networks whose hidden units begin far below 0: "
         "five flat lines for ReLU, a slow descent for leaky ReLU, a fast one for maxout")


NAMES = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "maxout": "maxout"}
