"""Network size, regularisation strength and the regions they draw; how much the final loss varies (D2).

What there is to see: three units draw broad regions and leave outliers, twenty fit every point; a
stronger penalty smooths the twenty again, too strong a one removes everything. Small networks end at
losses that differ much from seed to seed.
"""

from __future__ import annotations

import math
from pathlib import Path
from random import Random
from typing import Any

from nn import MLP, Adam, fit, predict
from nn.datasets import moons
from nn.metrics import accuracy
from nn.regularization import l2, weights

from .common import decision_boundary, figure, progress, save, table

POSITION  = 190
DOCUMENTS = ["D2-36", "D2-37", "D2-38", "D2-39"]


def data(n: int, flips: float, seed: int) -> tuple[list[list[float]], list[int]]:
    """Two moons, some labels flipped."""
    X, Y = moons(n, noise=0.2, seed=seed)
    rng  = Random(seed + 1)
    return X, [1 - y if rng.random() < flips else y for y in Y]


def train(hidden: int, strength: float, seed: int, epochs: int = 200) -> tuple[MLP, float]:
    """A 2-hidden-1 tanh network on 40 noisy points; the network and its final cross-entropy."""
    X, Y = data(40, 0.1, 5)
    net  = MLP(2, [hidden, 1], "tanh", seed=seed)
    penalty = (lambda model: l2(weights(model), strength)) if strength else None
    history = fit(net, X, Y, "bce_with_logits", Adam(net.parameters(), lr=0.1), epochs=epochs,
                  penalty=penalty, progress=False)
    return net, history.losses[-1]


def shares(net: MLP) -> tuple[float, float]:
    """The share right on the training points and on 200 clean ones."""
    X, Y = data(40, 0.1, 5)
    clean, truth = data(200, 0.0, 77)
    return accuracy(predict(net, X), Y), accuracy(predict(net, clean), truth)


def length(net: MLP) -> float:
    """|W|, the length of all weights."""
    return math.hypot(*(w.data for w in weights(net)))


def run(out: Path) -> None:
    """Train sizes and strengths over seeds; print the statistics and draw one network of each."""
    X, Y = data(40, 0.1, 5)
    seeds, rows, nets = range(3), [], {}
    for hidden in progress((3, 6, 20), "sizes"):
        runs   = [train(hidden, 0.0, seed) for seed in seeds]
        finals = [loss for _, loss in runs]
        middle = sum(finals) / len(finals)
        nets[f"{hidden} hidden units"] = runs[0][0]
        rows.append((hidden, *mean_shares(runs), middle,
                     math.sqrt(sum((f - middle) ** 2 for f in finals) / len(finals))))
    print("more units fit more of 40 points, 10 % of them mislabelled (means of 3 seeds):\n")
    table(["hidden units", "right in training", "right on clean points", "final loss",
           "its deviation over seeds"], rows)
    draw(nets, X, Y, out, "regions_size", "Decision regions with 3, 6 and 20 hidden units: broad with three, "
         "with islands at twenty")

    rows, nets = [], {}
    for strength in progress((0.0, 0.001, 0.01, 0.1), "strengths"):
        runs = [train(20, strength, seed) for seed in seeds]
        nets[rf"$\lambda$ = {strength:g}"] = runs[0][0]
        rows.append((strength, *mean_shares(runs), sum(length(net) for net, _ in runs) / len(runs)))
    print("\n20 hidden units, penalty lambda/2 |W|^2:\n")
    table(["lambda", "right in training", "right on clean points", "|W|"], rows)
    draw(nets, X, Y, out, "regions_strength", "Decision regions of 20 hidden units with growing "
         "regularisation: smoother and smoother")


def mean_shares(runs: list[tuple[MLP, float]]) -> tuple[float, ...]:
    """The means of `shares` over trained networks."""
    return tuple(sum(column) / len(runs) for column in zip(*(shares(net) for net, _ in runs)))


def draw(nets: dict[str, MLP], X: Any, Y: Any, out: Path, name: str, alt: str) -> None:
    """One panel per network."""
    fig, axes = figure(1, len(nets), width=5, height=4.6)
    for panel, (title, net) in zip(axes, nets.items()):
        decision_boundary(panel, lambda x: math.tanh(net(x).data), X, Y, limits=(-1, 1), steps=49)
        panel.set_title(title)
    save(fig, out, name, alt)
