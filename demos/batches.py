"""One sample, a mini-batch or all of them: what a step of descent is made of (D3).

What there is to see: the average of single-sample gradients is the full gradient, exactly; their
spread falls with the batch; how often a batch pulls a parameter against the majority; and that a sum
without 1/B needs another learning rate (ERR-D3-2).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import sin
from pathlib import Path
from random import Random

from engine import Value, mean
from nn import MLP, SGD, fit, mse
from nn.datasets import noisy_curve

from .common import BLUE, GREEN, ORANGE, figure, progress, save, table

POSITION  = 210
DOCUMENTS = ["D0-25", "D3-13", "D3-22", "D3-23", "D3-24", "D3-25", "D3-34", "ERR-D0-7", "ERR-D3-2"]


def gradient(w: float, samples: list[tuple[float, float]]) -> float:
    """dR/dw of the mean squared error of yhat = w x."""
    v = Value(w, "w")
    mean([(v * x - y) ** 2 for x, y in samples]).backward()
    return float(v.grad)


def against_the_rest(X: list[list[float]], Y: list[float], B: int, seed: int) -> float:
    """The share of pairs (batch, parameter) in which the batch pulls the parameter the other way."""
    net = MLP(1, [8, 1], "tanh", seed=seed)
    def slopes(rows: Sequence[int]) -> list[float]:
        net.zero_grad()
        mse([net(X[i]) for i in rows], [Y[i] for i in rows]).backward()
        return [p.grad for p in net.parameters()]
    order = Random(seed).sample(range(len(X)), len(X))
    full  = slopes(order)
    pulls = [(g, f) for k in range(0, len(X), B) for g, f in zip(slopes(order[k:k + B]), full)]
    return sum(g * f < 0 for g, f in pulls) / len(pulls)


def run(out: Path) -> None:
    """Enumerate all mini-batches of a small set; then train with three batch sizes."""
    samples = [(0.5, 0.2), (1.0, 1.4), (-0.7, -0.3), (1.5, 1.1), (-1.2, -1.9), (0.3, 0.6)]
    w, N = 0.3, len(samples)
    full = gradient(w, samples)
    singles = [gradient(w, [sample]) for sample in samples]
    variance = sum((g - full) ** 2 for g in singles) / N
    rows = []
    for B in (1, 2, 3, 6):
        batches = [gradient(w, list(batch)) for batch in combinations(samples, B)]
        average = sum(batches) / len(batches)
        spread  = sum((g - average) ** 2 for g in batches) / len(batches)
        rows.append((B, len(batches), average, full, spread, variance / B * (N - B) / (N - 1)))
    print("every mini-batch of six samples, without replacement:\n")
    table(["B", "batches", "mean gradient", "full gradient", "variance", "var_1/B (N-B)/(N-1)"], rows,
          digits=6)

    print(f"\nwithout 1/B the {N} gradients add up to {sum(singles):.6g}, {N} times the mean: a step of rate "
          f"eta is one of {N} eta (ERR-D3-2, ERR-D0-7)")
    X, Y   = noisy_curve(sin, n=48, noise=0.1, seed=3)
    print("\nhow often the gradient of a batch has another sign than the full gradient, over all "
          "parameters of a 1-8-1 network:\n")
    table(["B", *(f"seed {seed}" for seed in range(5))],
          [(B, *(f"{against_the_rest(X, Y, B, seed):.1%}" for seed in range(5))) for B in (1, 4, 12, 24)])

    curves = {}
    for label, size in progress((("full batch, 48", None), ("mini-batch, 8", 8), ("one sample", 1)),
                                "batch sizes"):
        net = MLP(1, [8, 1], "tanh", seed=1)
        curves[label] = fit(net, X, Y, mse, SGD(net.parameters(), lr=0.05), epochs=60, batch_size=size,
                            seed=2, progress=False).losses
    print("\n1-8-1 on a noisy sine, rate 0.05, 60 epochs:\n")
    table(["", "updates", "loss after 5 epochs", "after 60"],
          [(label, 60 * n, losses[4], losses[-1]) for (label, losses), n in zip(curves.items(), (1, 6, 48))])
    fig, axes = figure(width=9, height=5.2)
    for (label, losses), colour, dash in zip(curves.items(), (BLUE, ORANGE, GREEN), ("-", "--", "-.")):
        axes.semilogy(range(1, 61), losses, dash, color=colour, label=label)
    axes.set(xlabel="epoch", ylabel="risk $R$", title="the same number of epochs, more and noisier steps")
    axes.legend()
    save(fig, out, "batches", "Loss per epoch: single samples and mini-batches fall faster than the full "
         "batch, and less smoothly")
