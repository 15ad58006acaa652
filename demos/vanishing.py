"""Vanishing and exploding: the size of delta, layer by layer, at depth 20 (D1, D4).

What there is to see: sigmoid shrinks delta by more than four per layer; tanh with Xavier and ReLU
with He keep it; N(0, 1) weights blow it up with ReLU and saturate tanh. The claim that it shrinks
"for any activation" is false (ERR-D1-9).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any, NamedTuple

from engine import Value, grad, leaky_relu, relu, sigmoid, tanh, total
from nn import MLP

from .common import BLACK, BLUE, SKY, VERMILLION, figure, progress, save, table

POSITION  = 150
DOCUMENTS = ["D1-41", "D1-42", "D1-44", "D1-45", "D1-46", "D4-36", "D4-37", "ERR-D1-9", "ERR-D1-15",
             "ERR-D4-7"]
DEPTH, WIDTH, SEEDS = 20, 24, 3
WEIGHTS   = {"xavier": "Xavier", "he": "He", "glorot": "Glorot", "normal": "N(0, 1)"}

Activation = Callable[[Value], Value]


def leaky(z: Value) -> Value:
    """Leaky ReLU with 0.01."""
    found: Value = leaky_relu(z, 0.01)
    return found


CASES: list[tuple[str, Activation, str]] = [
    ("sigmoid", sigmoid, "xavier"), ("tanh", tanh, "xavier"), ("tanh", tanh, "normal"),
    ("ReLU", relu, "he"), ("leaky ReLU", leaky, "he"), ("ReLU", relu, "xavier"), ("ReLU", relu, "glorot"),
    ("ReLU", relu, "normal")]


class Signal(NamedTuple):
    """What one network does to a signal: the length of delta of each layer, the mean slope, the growth."""

    deltas: list[float]
    slope:  float
    growth: float           # of the signal's length by the weights of a layer: |W a| / |a|, in the mean


def signal(f: Activation, init: str, seed: int) -> Signal:
    """One input forward, and J = sum of c * output backward."""
    rng = Random(seed)
    net = MLP(WIDTH, [WIDTH] * DEPTH, f, f, init=init, seed=seed)
    trace = net.trace([rng.gauss(0, 1) for _ in range(WIDTH)])
    total([rng.gauss(0, 1) * a for a in trace.output]).backward()
    slope = grad(f)
    inner = [trace.x, *trace.a[:-1]]
    return Signal([math.hypot(*(z.grad for z in layer)) for layer in trace.z],
                  mean(float(slope(z.data)) for layer in trace.z for z in layer),
                  mean(length(z) / length(a) for z, a in zip(trace.z, inner)))


def length(values: list[Value]) -> float:
    """The Euclidean length of a layer's numbers."""
    return math.hypot(*(v.data for v in values))


def chain(f: Activation, w: float, x: float, count: int) -> float:
    """dy/dx through a chain of single units a <- f(w a)."""
    start = a = Value(x)
    for _ in range(count):
        a = f(w * a)
    a.backward()
    return float(start.grad)


def run(out: Path) -> None:
    """Print unit chains, paths and delta ratios; draw delta against the layer."""
    chains()
    remedy()
    paths()
    deltas(out)


def chains() -> None:
    """One unit per layer."""
    print("a chain of single sigmoid units, w = 1, x = 0.3: |dy/dx| against (1/4)^L (D1-41); of ReLU "
          "units with w = 2: 2^L (D1-44)\n")
    table(["L", "sigmoid |dy/dx|", "(1/4)^L", "ReLU dy/dx", "2^L"],
          [(n, chain(sigmoid, 1.0, 0.3, n), 0.25 ** n, chain(relu, 2.0, 0.3, n), 2.0 ** n)
           for n in (1, 5, 10, 20)],
          digits=6)
    print(f"\nwith w = 1000 and 110 units the ReLU chain gives {chain(relu, 1000.0, 0.3, 110)}: it overflows "
          "(D1-44)")
    print("a factor f'(0) w of a chain need not be a fraction (ERR-D4-7): sigmoid with w = 5 has "
          f"{chain(sigmoid, 5.0, 0.0, 1):g}, tanh with w = 1 {chain(tanh, 1.0, 0.0, 1):g}")


def remedy() -> None:
    """What D4 has against vanishing: factors of 1, and what one factor of 0 does."""
    x = Value(1.0)
    def through(signs: list[float]) -> Value:
        a = x
        for sign in signs:
            a = relu(sign * a)
        return a
    def slope(y: Value) -> float:
        x.grad = 0.0
        y.backward()
        return float(x.grad)
    active, blocked = [1.0] * 10, [1.0] * 4 + [-1.0] + [1.0] * 5
    print("\nten units in a chain, weights 1 (D4-37): ReLU passes on 1, or 0 if one is inactive (a weight "
          "of -1); a path beside it stays open\n")
    table(["chain", "dy/dx"], [
        ("sigmoid", chain(sigmoid, 1.0, 1.0, 10)),
        ("ReLU, all active", slope(through(active))),
        ("ReLU, one inactive", slope(through(blocked))),
        ("that one, and an active one beside it", slope(through(blocked) + through(active))),
        ("ten inactive leaky ReLUs (ERR-D1-15)", chain(leaky, 1.0, -1.0, 10))])


def paths() -> None:
    """A gradient is a sum over paths."""
    net = MLP(3, [4, 2, 3], "sigmoid", seed=0)
    y   = total(net([0.5, -1.0, 2.0]))
    y.backward()
    w     = net.layers[0].neurons[0].weights[0]
    found = products(y, w)
    print("\none weight of a 3-4-2-3 network: the products along its paths to the sum of the outputs "
          "(D4-36)\n")
    table(["path", "product of f' w"], list(enumerate(found, 1)), digits=6)
    print(f"\ntheir sum {math.fsum(found):.6g}, by the engine {w.grad:.6g}")


def products(y: Value, w: Value) -> list[float]:
    """The product of the slopes along each path from y down to w."""
    found, open_ends = [], [(y, 1.0)]
    while open_ends:
        node, product = open_ends.pop()
        if node is w:
            found.append(product)
        open_ends += [(v, product * float(d)) for v, d in zip(node.operands, node.partials)]
    return found


def deltas(out: Path) -> None:
    """Twenty layers: print and draw."""
    runs = {(name, init): [signal(f, init, seed) for seed in range(SEEDS)]
            for name, f, init in progress(CASES, "networks")}
    curves = {case: [math.exp(mean(math.log(one.deltas[k]) for one in each)) for k in range(DEPTH)]
              for case, each in runs.items()}
    factor = {case: (norms[0] / norms[-1]) ** (1 / (DEPTH - 1)) for case, norms in curves.items()}
    print(f"\n{DEPTH} layers of {WIDTH} units, geometric mean of {SEEDS} seeds: not every activation "
          "shrinks delta (ERR-D1-9).\nThe mean slope tells saturation (D1-42); |Wa| / |a| of N(0, 1) "
          f"weights is near sqrt({WIDTH}) = {math.sqrt(WIDTH):.2f} (D1-45);\nthe initializers of D1-46 "
          "keep delta with their own activation, Glorot is Xavier where layers are of one width:\n")
    table(["activation, weights", "|delta1|", "|delta20|", "ratio", "per layer", "mean f'", "|Wa| / |a|"],
          [(f"{name}, {WEIGHTS[init]}", norms[0], norms[-1], norms[0] / norms[-1], factor[name, init],
            mean(one.slope for one in runs[name, init]), mean(one.growth for one in runs[name, init]))
           for (name, init), norms in curves.items()])
    draw(curves, factor, out)


def draw(curves: dict[tuple[str, str], list[float]], factor: dict[tuple[str, str], float], out: Path) -> None:
    """One panel per activation; curves with the same numbers are drawn once, under both names."""
    styles: dict[tuple[str, str], Any] = {
        ("sigmoid", "xavier"): (BLUE, "o-", {}), ("tanh", "xavier"): (BLUE, "o-", {}),
        ("tanh", "normal"): (VERMILLION, "s-", {}), ("ReLU", "xavier"): (BLUE, "o-", {}),
        ("ReLU", "he"): (SKY, "-", {"linewidth": 10, "zorder": 1}),
        ("leaky ReLU", "he"): (BLACK, ":", {"linewidth": 3}),
        ("ReLU", "normal"): (VERMILLION, "s-", {})}
    fig, axes = figure(1, 3, width=4.7, height=6, sharey=True,
                       title="how much of the gradient reaches each layer (D1-41, D1-44), and the factor "
                             "per layer")
    panels = {"sigmoid": axes[0], "tanh": axes[1], "ReLU": axes[2], "leaky ReLU": axes[2]}
    for case, (colour, dash, options) in styles.items():
        name, init = case
        same  = [WEIGHTS[other] for (kind, other), norms in curves.items()
                 if kind == name and norms == curves[case]]
        label = f"{'leaky, ' if name == 'leaky ReLU' else ''}{' = '.join(same)}: \u00d7 {factor[case]:.2f}"
        panels[name].semilogy(range(1, DEPTH + 1), curves[case], dash, color=colour, label=label,
                              markersize=6, **options)
    for name, panel in panels.items():
        if name != "leaky ReLU":
            panel.set(xlabel="layer $k$", title=name, xticks=[1, 5, 10, 15, 20])
    axes[0].set_ylabel(r"$\|\delta^{[k]}\|$")
    for panel, place in zip(axes, ("upper left", "upper left", "lower left")):
        panel.legend(loc=place)
    save(fig, out, "vanishing", "The length of delta in each of 20 layers, one panel per activation on "
         "one scale: with sigmoid it falls by twelve powers of ten towards layer 1, with tanh and Xavier, "
         "ReLU and He or leaky ReLU and He it stays, with ReLU and Xavier it falls slowly, with N(0, 1) "
         "weights and ReLU it explodes")
