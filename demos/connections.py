"""Residual, weighted skip and highway connections, and what they do to delta (D4).

What there is to see: through twenty sigmoid layers the gradient is lost. Added to z before f, as the
document has it, a connection still passes through f' <= 1/4 and only slows the loss; added after f, as
is usual, it keeps delta alive (ERR-D4-10). A gate near 1 makes a highway a residual layer, near 0 a plain
one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from engine import Value, total
from nn import Highway, Layer, Residual, WeightedSkip

from .common import BLUE, GREEN, ORANGE, PURPLE, VERMILLION, figure, save, table

POSITION  = 230
DOCUMENTS = ["D4-40", "D4-41", "D4-42", "ERR-D4-9", "ERR-D4-10"]
WIDTH, DEPTH = 8, 20


def kinds() -> dict[str, Callable[[int], Any]]:
    """How each kind of block is built, for a seed."""
    def layer(seed: int) -> Layer:
        return Layer(WIDTH, WIDTH, "sigmoid", init="xavier", seed=seed)
    return {
        "plain":         layer,
        "residual":      lambda seed: Residual(layer(seed)),
        "weighted skip": lambda seed: WeightedSkip(layer(seed), seed=seed + 500),
        "highway":       lambda seed: Highway(layer(seed), gate_bias=2.0, seed=seed + 900),
        "residual after f": lambda seed: Residual(layer(seed), after=True),
    }


def norms(build: Callable[[int], Any], seed: int) -> list[float]:
    """The length of dJ/da after each block, input first."""
    rng = Random(seed)
    a: list[Any] = [Value(rng.gauss(0, 1)) for _ in range(WIDTH)]
    signals = [a]
    for k in range(DEPTH):
        a = build(100 * seed + k)(a)
        signals.append(a)
    total([rng.gauss(0, 1) * ak for ak in a]).backward()
    return [math.hypot(*(v.grad for v in signal)) for signal in signals]


def run(out: Path) -> None:
    """Print the gradient at the input over three seeds; draw it layer by layer."""
    curves = {}
    for label, build in kinds().items():
        runs = [norms(build, seed) for seed in range(3)]
        curves[label] = [math.exp(sum(math.log(run[k]) for run in runs) / 3) for k in range(DEPTH + 1)]
    print("twenty sigmoid blocks of width 8; geometric mean of 3 seeds:\n")
    table(["connection", "|dJ/da| at the output", "after block 10", "at the input"],
          [(label, c[-1], c[10], c[0]) for label, c in curves.items()])

    plain = Layer(3, 3, "tanh", init="xavier", seed=1)
    x = [0.5, -1.0, 0.25]
    rows = []
    for bias in (-40.0, -2.0, 0.0, 2.0, 40.0):
        highway = Highway(plain, gate_bias=bias)
        rows.append((bias, *(a.data for a in highway(x))))
    print("\na highway between the plain layer and the residual one, by the bias of its gate:\n")
    table(["", "a1", "a2", "a3"], [("plain", *(a.data for a in plain(x))),
                                   *((f"gate bias {b:g}", *r) for b, *r in rows),
                                   ("residual", *(a.data for a in Residual(plain)(x)))])
    fig, axes = figure(width=10, height=5.6)
    for (label, c), colour, mark in zip(curves.items(), (VERMILLION, BLUE, ORANGE, GREEN, PURPLE), "os^DX"):
        axes.semilogy(range(DEPTH + 1), c, mark + "-", color=colour, label=label)
    axes.set(xlabel="block (0: the input)", ylabel=r"$\|\partial J/\partial a\|$",
             title="how much gradient reaches each block")
    axes.set_xticks([0, 5, 10, 15, 20])
    axes.legend()
    save(fig, out, "connections", "The gradient through twenty sigmoid layers: lost without connections, "
         "lost more slowly with "
                                  "residual, skip and highway connections before f, alive with a residual "
         "after f")
