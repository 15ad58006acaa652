"""Dropout: thinned networks, their average, and the noisy error curve it makes (D1 figure 4.5, D4).

What there is to see: a mask crosses units out; the average over all masks is the weight-scaled
network, exactly, for a linear output; while training, the error jumps because the network does.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

from nn import SGD, Dropout, Layer, Sequential, fit
from nn.datasets import logic_gate

from .common import BLUE, GREEN, GREY, ORANGE, SKY, VERMILLION, figure, save, table

POSITION  = 120
DOCUMENTS = ["D1-54", "D1-55", "D1-56", "D4-19", "D4-20", "D4-21", "D4-22"]


def run(out: Path) -> None:
    """Enumerate masks, train XOR with and without dropout, draw both and a thinned network."""
    w, a, p = [0.5, -1.0, 2.0, 0.25], [1.0, 2.0, -0.5, 3.0], 0.75
    average = sum(chance(mask, p) * sum(wi * m * ai for wi, m, ai in zip(w, mask, a))
                  for mask in product((0, 1), repeat=4))
    print(f"16 masks, keep probability {p}:  E[w . (mask * a)] = {average:.6g},  (p w) . a = "
          f"{sum(p * wi * ai for wi, ai in zip(w, a)):.6g}\n")

    curves = {rate: error_curve(rate) for rate in (0.0, 0.2, 0.5)}
    table(["drop rate", "error at the end", "roughness: sum of |second differences|"],
          [(rate, losses[-1], sum(abs(a - 2 * b + c) for a, b, c in zip(losses, losses[1:], losses[2:])))
           for rate, losses in curves.items()])

    fig, axes = figure(width=9, height=5)
    for (rate, losses), colour, dash in zip(reversed(curves.items()), (ORANGE, SKY, BLUE), ("-", "-", "-")):
        axes.plot(range(1, len(losses) + 1), losses, dash, color=colour, linewidth=3 if rate == 0 else 1.2,
                  label=f"drop rate {rate}")
    axes.set(xlabel="epoch", ylabel="training error $E$", title="XOR, 2-8-1: dropout makes the error curve "
                                                                "noisy")
    axes.legend()
    save(fig, out, "dropout_error", "The training error of XOR falls smoothly without dropout and jumps with "
         "it, more at rate 0.5 than at 0.2")

    fig, axes = figure(1, 2, width=6, height=5)
    layer = Dropout(0.4, seed=6)
    layer([1.0] * 5)
    mask = [bool(m) for m in layer.mask]
    draw(axes[0], [True] * 5, "the full network")
    edges = draw(axes[1], mask, f"thinned: {mask.count(False)} of 5 units dropped")
    save(fig, out, "dropout_network", "Left, a 3-5-2 network; right, the same with dropped units crossed "
         f"out: {edges} of 25 edges stay")


def chance(mask: tuple[int, ...], p: float) -> float:
    """How likely a mask is."""
    kept = sum(mask)
    return float(p ** kept * (1 - p) ** (len(mask) - kept))


def error_curve(rate: float) -> list[float]:
    """The training losses of a 2-8-1 network with dropout on its hidden layer."""
    X, Y = logic_gate("xor")
    net  = Sequential(Layer(2, 8, "tanh", seed=1), Dropout(rate, seed=2), Layer(8, 1, "linear", seed=3))
    return fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=0.5), epochs=400, progress=False).losses


def draw(axes: Any, kept: list[bool], title: str) -> int:
    """A 3-5-2 network, dropped units crossed out, with the edges whose ends are both kept; returns their
    number."""
    columns = [[True] * 3, kept, [True] * 2]
    place   = [[(k, i - (len(column) - 1) / 2) for i in range(len(column))]
               for k, column in enumerate(columns)]
    edges   = 0
    for k in (0, 1):
        for start, alive in zip(place[k], columns[k]):
            for end, lives in zip(place[k + 1], columns[k + 1]):
                if alive and lives:
                    axes.plot(*zip(start, end), color=GREY, linewidth=1.5, zorder=1)
                    edges += 1
    for k, (column, flags) in enumerate(zip(place, columns)):
        for (x, y), lives in zip(column, flags):
            axes.plot(x, y, "o", markersize=30, color=(BLUE, GREEN, VERMILLION)[k] if lives else "#E0E0E0",
                      markeredgecolor="black" if not lives else "white", zorder=2)
            if not lives:
                axes.plot(x, y, "x", markersize=34, markeredgewidth=3, color="black", zorder=3)
    axes.set(xlim=(-0.4, 2.4), ylim=(-2.6, 2.6), title=title)
    axes.axis("off")
    return edges
