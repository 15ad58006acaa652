"""Shared weights, and types of neurons mixed in one network (D2).

What there is to see: three weights at six places make eighteen connections, and each weight's slope is
the sum over its places. ReLU, tanh, sigmoid and Maxout units stand in one layer and learn together.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sin
from pathlib import Path
from typing import Any, NamedTuple

import engine
from engine import Value, dot
from nn import MLP, Adam, Maxout, fit, mse
from nn.datasets import noisy_curve

from .common import BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILLION, figure, save, table

POSITION  = 235
DOCUMENTS = ["D2-44", "D2-45"]

INPUTS   = [0.3, 0.9, 0.5, 0.2, 0.8, 0.6, 0.4, 0.7]
WEIGHTS  = [0.5, 1.0, -0.5]
UPSTREAM = [1.0, 0.5, 0.8, 0.3, 0.6, 0.9]
STYLES   = [(BLUE, "-"), (ORANGE, "--"), (PURPLE, ":")]


def run(out: Path) -> None:
    """Share three weights; mix four types."""
    shared_weights(out)
    mixed_types(out)


# --- shared weights -------------------------------------------------------------------------------

class Connection(NamedTuple):
    """From an input to an output, by a weight, all counted from 0."""

    source: int
    target: int
    weight: int


def sums(weights: list[list[Value]], x: list[Value]) -> list[Value]:
    """One weighted sum at each place, of as many neighbours as there are weights."""
    return [dot(w, x[p:p + len(w)]) for p, w in enumerate(weights)]


def connections(outputs: list[Value], weights: list[Value], x: list[Value]) -> list[Connection]:
    """The arrows from x to the outputs, as the recorded graph has them."""
    def place(v: Value, among: list[Value]) -> int:
        return next(k for k, other in enumerate(among) if other is v)
    found = []
    for p, node in enumerate(outputs):
        half = len(node.operands) // 2                   # dot(w, x) keeps w1, ..., wn, x1, ..., xn
        found += [Connection(place(xi, x), p, place(w, weights))
                  for w, xi in zip(node.operands[:half], node.operands[half:])]
    return found


def shared_weights(out: Path) -> None:
    """D2-45: fewer parameters than connections; slopes add up."""
    places  = len(UPSTREAM)
    shared  = [Value(w, f"w{j}") for j, w in enumerate(WEIGHTS, 1)]
    x       = [Value(xi) for xi in INPUTS]
    outputs = sums([shared] * places, x)
    dot(UPSTREAM, outputs).backward()
    own = [[Value(w) for w in WEIGHTS] for _ in range(places)]
    dot(UPSTREAM, sums(own, [Value(xi) for xi in INPUTS])).backward()
    arrows = connections(outputs, shared, x)
    print(f"shared weights (D2-45): {len(arrows)} connections, {len(shared)} parameters; their slopes\n")
    table(["weight", *(f"place {p}" for p in range(1, places + 1)), "their sum", "shared"],
          [(f"w{j + 1}", *(w[j].grad for w in own), sum(w[j].grad for w in own), shared[j].grad)
           for j in range(len(WEIGHTS))])
    draw_sharing(arrows, [[w[j].grad for w in own] for j in range(len(WEIGHTS))], out)


def draw_sharing(arrows: list[Connection], slopes: list[list[float]], out: Path) -> None:
    fig, axes = figure(1, 2, width=6, height=4.8, width_ratios=[3, 2],
                       title=f"{len(arrows)} connections, {len(slopes)} parameters (D2-45)")
    net, bars = axes
    for j, (colour, dash) in enumerate(STYLES):
        mine = [arrow for arrow in arrows if arrow.weight == j]
        for arrow in mine:
            net.plot([arrow.source, arrow.target + 1], [0, 1], dash, color=colour, zorder=1,
                     label=f"$w_{j + 1}$: {len(mine)} places" if arrow is mine[0] else f"_$w_{j + 1}$")
    draw_row(net, range(len(INPUTS)), 0, "x", "o")
    draw_row(net, range(1, len(UPSTREAM) + 1), 1, "z", "s")
    net.set(xlim=(-0.5, 7.5), ylim=(-0.15, 1.4))
    net.axis("off")
    net.legend(loc="upper center", ncols=3, handlelength=2.5, columnspacing=1)
    draw_slopes(bars, slopes)
    save(fig, out, "wiring_shared", "Eight inputs and six sums of three neighbours each: eighteen lines in "
         "three styles, one for each shared weight; beside it the slope of each weight, stacked from its six "
         "places")


def draw_row(panel: Any, xs: Sequence[int], y: float, name: str, mark: str) -> None:
    """A row of nodes with their names."""
    panel.plot(xs, [y] * len(xs), mark, color="white", markeredgecolor=BLACK, markersize=26)
    for k, x in enumerate(xs, 1):
        panel.text(x, y, f"${name}_{k}$", ha="center", va="center")


def draw_slopes(panel: Any, slopes: list[list[float]]) -> None:
    for j, (pieces, (colour, _)) in enumerate(zip(slopes, STYLES)):
        bottom = 0.0
        for piece in pieces:
            panel.bar(j, piece, 0.6, bottom, color=colour, edgecolor="white", linewidth=2)
            bottom += piece
        panel.text(j, bottom + 0.05, f"{bottom:.3g}", ha="center", va="bottom", fontsize=17)
    panel.set(xticks=range(len(slopes)), ylim=(0, 3), title="each slope: a sum\nover six places",
              ylabel=r"$\partial L/\partial w_j$")
    panel.set_xticklabels([f"$w_{j + 1}$" for j in range(len(slopes))])
    panel.grid(False)


# --- mixed types ----------------------------------------------------------------------------------

TYPES = ("relu", "tanh", "sigmoid", "maxout")
TICKS = [-pi + 2 * pi * i / 200 for i in range(201)]


def mixed(seed: int = 3) -> MLP:
    """A hidden layer with one unit of each type, and a linear output."""
    net = MLP(1, [len(TYPES), 1], "relu", seed=seed)
    for k, name in enumerate(TYPES[:-1]):
        net.layers[0].neurons[k].f = getattr(engine, name)
    units: Any = net.layers[0].neurons
    units[-1] = Maxout(1, seed=seed)
    return net


def mixed_types(out: Path) -> None:
    """D2-44: nothing speaks against it."""
    net  = mixed()
    X, Y = noisy_curve(sin, 25, noise=0.0)
    rows = [(name, *slopes(net, p, X, Y)) for name, p in zip(TYPES, first_weights(net))]
    print("\nfour types of neurons in one layer (D2-44): slopes of the loss as ever\n")
    table(["type", "by the engine", "by nudging"], rows)
    losses = fit(net, X, Y, "mse", Adam(net.parameters(), lr=0.05), epochs=400, engine="vectorized",
                 progress=False).losses
    print(f"\nthey learn together: the loss falls from {losses[0]:.4g} to {losses[-1]:.4g}")
    draw_mixed(net, losses, out)


def first_weights(net: MLP) -> list[Value]:
    """A weight of each unit; of a Maxout the larger piece's at x = 1."""
    units: Any = net.layers[0].neurons
    winner = max(units[-1].pieces, key=lambda piece: piece([1.0]).data)
    return [*(unit.weights[0] for unit in units[:-1]), winner.weights[0]]


def slopes(net: MLP, p: Value, X: Any, Y: Any, h: float = 1e-5) -> tuple[float, float]:
    """The slope of the loss with respect to p, by the engine and by nudging p."""
    net.zero_grad()
    mse([net(x) for x in X], Y).backward()
    found, before = p.grad, p.data
    p.data = before + h
    above  = mse([net(x) for x in X], Y).data
    p.data = before - h
    below  = mse([net(x) for x in X], Y).data
    p.data = before
    return found, (above - below) / (2 * h)


def draw_mixed(net: MLP, losses: list[float], out: Path) -> None:
    fig, axes = figure(1, 2, width=5.6, height=5, sharex=True,
                       title="Types of neurons mixed in one layer (D2-44)")
    weights = [w.data for w in net.layers[1].neurons[0].weights]
    each    = list(zip(*[[w * a.data for w, a in zip(weights, net.trace([x]).a[0])] for x in TICKS]))
    for name, curve, colour, dash in zip(TYPES, each, (BLUE, ORANGE, GREEN, PURPLE), ("-", "--", "-.", ":")):
        axes[0].plot(TICKS, curve, dash, color=colour, label=name)
    low, high = min(map(min, each)), max(map(max, each))
    axes[0].set(title="what each unit adds: $w_j a_j$", ylim=(low - 0.3, high + 0.5 * (high - low)))
    axes[1].plot(TICKS, [sin(x) for x in TICKS], ":", color=BLACK, label="target")
    axes[1].plot(TICKS, [net([x]).data for x in TICKS], color=VERMILLION, label="the network")
    axes[1].set(title=f"together: loss {losses[-1]:.2g}", yticks=[-1, 0, 1], ylim=(-1.2, 1.7))
    for panel in axes:
        panel.legend(loc="upper left", ncols=2, columnspacing=1)
        panel.set(xlabel="$x$", xticks=[-pi, 0, pi])
        panel.set_xticklabels([r"$-\pi$", "0", r"$\pi$"])
    save(fig, out, "wiring_mixed", "Left, what a ReLU, a tanh, a sigmoid and a Maxout unit of one layer add "
         "after their training; right, the network, their sum, lies close to the sine")
