"""Vanishing and exploding: the size of delta, layer by layer, at depth 20 (D1, D4).

What there is to see: sigmoid shrinks delta by more than four per layer; tanh with Xavier and ReLU
with He keep it; N(0, 1) weights blow it up with ReLU and saturate tanh. The claim that it shrinks
"for any activation" is false (ERR-D1-9).
"""

from __future__ import annotations

import math
from pathlib import Path
from random import Random
from typing import Any

from engine import Value, leaky_relu, sigmoid, total
from nn import MLP

from .common import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, figure, progress, save, table

POSITION  = 150
DOCUMENTS = ["D1-41", "D1-42", "D1-44", "D1-45", "D1-46", "D4-36", "D4-37", "ERR-D1-9", "ERR-D4-7"]
DEPTH, WIDTH = 20, 24
CASES = [("sigmoid, Xavier", "sigmoid", "xavier"), ("tanh, Xavier", "tanh", "xavier"),
         ("tanh, N(0, 1)", "tanh", "normal"),
         ("ReLU, He", "relu", "he"), ("ReLU, Xavier", "relu", "xavier"), ("ReLU, N(0, 1)", "relu", "normal"),
         ("ReLU, Glorot", "relu", "glorot"), ("leaky ReLU, He", lambda z: leaky_relu(z, 0.01), "he")]


def delta_norms(f: Any, init: str, seed: int) -> list[float]:
    """The length of delta of each of the 20 layers, first layer first, for one input and J = sum of c *
    output."""
    rng = Random(seed)
    net = MLP(WIDTH, [WIDTH] * DEPTH, f, f, init=init, seed=seed)
    trace = net.trace([rng.gauss(0, 1) for _ in range(WIDTH)])
    total([rng.gauss(0, 1) * a for a in trace.output]).backward()
    return [math.hypot(*(z.grad for z in layer)) for layer in trace.z]


def chain(f: Any, w: float, x: float, length: int) -> float:
    """dy/dx through a chain of single units a <- f(w a)."""
    start = a = Value(x)
    for _ in range(length):
        a = f(w * a)
    a.backward()
    return float(start.grad)


def run(out: Path) -> None:
    """Print unit chains and delta ratios; draw delta against the layer."""
    print("a chain of single sigmoid units, w = 1, x = 0.3: |dy/dx| against (1/4)^L; ReLU units with w = 2: "
          "2^L\n")
    table(["L", "sigmoid |dy/dx|", "(1/4)^L", "ReLU dy/dx", "2^L"],
          [(n, chain(sigmoid, 1.0, 0.3, n), 0.25 ** n, chain(lambda z: z.relu(), 2.0, 0.3, n), 2.0 ** n)
           for n in (1, 5, 10, 20)],
          digits=6)

    curves = {}
    for label, f, init in progress(CASES, "networks"):
        runs = [delta_norms(f, init, seed) for seed in range(3)]
        curves[label] = [math.exp(sum(math.log(max(run[k], 1e-300)) for run in runs) / 3)
                         for k in range(DEPTH)]
    print(f"\n{DEPTH} layers of {WIDTH} units, geometric mean of 3 seeds:\n")
    table(["activation, weights", "|delta1|", "|delta20|", "ratio"],
          [(label, norms[0], norms[-1], norms[0] / norms[-1]) for label, norms in curves.items()])

    fig, axes = figure(width=12, height=6.5)
    style = zip((VERMILLION, BLUE, SKY, GREEN, ORANGE, PURPLE, BLACK, "#7F7F7F"), "os^DvXPd")
    for (label, norms), (colour, mark) in zip(curves.items(), style):
        axes.semilogy(range(1, DEPTH + 1), norms, mark + "-", color=colour, label=label)
    axes.set(xlabel="layer $k$", ylabel=r"$\|\delta^{[k]}\|$", title="how much of the gradient reaches each "
                                                                     "layer")
    axes.set_xticks([1, 5, 10, 15, 20])
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    save(fig, out, "vanishing", "The length of delta in each of 20 layers: with sigmoid it vanishes towards "
         "layer 1, with tanh and "
                                "Xavier or ReLU and He it stays, with N(0, 1) weights and ReLU it explodes")
