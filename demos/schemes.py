"""Networks as drawings: units and edges, the forward chain and the backward chain (D0 figures 2-4, D1, D2).

What there is to see: the 2-3-2 network of D0, the 3-4-2 and 3-4-4-1 of D2, the 3-4-1 of D1 and one of
four layers, three of them hidden, each with its count of weights; the classifier 3-5-6-1 as seven composed
functions, and the same chain walked backwards.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from nn import MLP, binary_cross_entropy

from .common import BLACK, BLUE, GREEN, ORANGE, SKY, VERMILLION, figure, save, table

POSITION  = 30
DOCUMENTS = ["D0-07", "D0-27", "D0-34", "D1-62", "D1-63", "D2-25", "D2-26", "D2-29", "D2-30", "D4-04"]
SIZES     = [[2, 3, 2], [3, 4, 2], [3, 4, 4, 1], [3, 4, 1], [3, 4, 4, 4, 1]]   # the last two: D1


def run(out: Path) -> None:
    """Count and draw three networks; then the forward and backward chain of the classifier."""
    networks = [MLP(sizes[0], sizes[1:], "tanh") for sizes in SIZES]
    table(["network", "neurons", "weights", "biases", "parameters"], [counts(net) for net in networks])
    draw_networks(networks[:3], out, "networks")
    draw_networks(networks[3:], out, "networks_d1")

    classifier = MLP(3, [5, 6, 1], "tanh", "sigmoid", seed=3)
    trace = classifier.trace([0.5, -1.0, 2.0])
    loss  = binary_cross_entropy(trace.output, 1)
    loss.backward()
    steps = forward_steps(trace, loss)
    print(f"\n{name(classifier)} with {len(classifier.parameters())} parameters: {len(steps) - 1} composed "
          "functions.\n")
    table(["step", "what it computes", "norm of the value", "norm of dL/d(it)"],
          [(step, formula, norm(v.data for v in values), norm(v.grad for v in values))
           for step, formula, values in steps])
    fig, axes = figure(2, 1, width=13, height=3.2)
    draw_chain(axes[0], steps, backward=False)
    draw_chain(axes[1], steps, backward=True)
    save(fig, out, "forward_backward", "The 3-5-6-1 classifier: above, x to L through dense and activation "
         "steps; "
                                       "below, the gradients from L back to x")


def draw_networks(networks: list[MLP], out: Path, file: str) -> None:
    """The networks side by side, each with its number of edges."""
    fig, axes = figure(1, len(networks), width=5.2, height=5)
    for panel, net in zip(axes, networks):
        edges = draw_network(panel, net)
        panel.set_title(f"{name(net)}: {edges} edges, {edges} weights")
    fig.suptitle("blue edges: positive weights, orange edges: negative; width: size", fontsize=15, y=0.04)
    save(fig, out, file, "Networks as columns of units: " + ", ".join(map(name, networks)))


def name(net: MLP) -> str:
    """The sizes, as in 3-4-2."""
    return "-".join(map(str, columns(net)))


def columns(net: MLP) -> list[int]:
    """The number of inputs, then of units per layer."""
    return [len(net.layers[0].neurons[0].weights), *(len(layer.neurons) for layer in net.layers)]


def places(sizes: list[int]) -> list[list[tuple[float, float]]]:
    """Where each unit of each column is drawn."""
    return [[(float(k), i - (n - 1) / 2) for i in range(n)] for k, n in enumerate(sizes)]


def counts(net: MLP) -> tuple[str, int, int, int, int]:
    """Name, neurons, weights, biases, parameters (D2-29)."""
    neurons = [neuron for layer in net.layers for neuron in layer.neurons]
    weights = sum(len(neuron.weights) for neuron in neurons)
    return name(net), len(neurons), weights, len(neurons), len(net.parameters())


def norm(numbers: Any) -> float:
    """The Euclidean length."""
    return math.hypot(*numbers)


def forward_steps(trace: Any, loss: Any) -> list[tuple[str, str, list[Any]]]:
    """Symbol, formula and Values of x, z1, h1, ..., L."""
    steps = [("x", "input", trace.x)]
    for k, (z, a) in enumerate(zip(trace.z, trace.a), 1):
        last = k == len(trace.z)
        before, after = "x" if k == 1 else f"h{k - 1}", "y" if last else f"h{k}"
        steps += [(f"z{k}", f"W{k}^T {before} + b{k}", z), (after, f"{'sigmoid' if last else 'tanh'}(z{k})",
                                                            a)]
    return [*steps, ("L", "-ln y", [loss])]


def draw_network(axes: Any, net: MLP, names_at: float = -2.35) -> int:
    """Columns of circles and every edge between neighbours, as thick as its weight; returns the number of
    edges."""
    place = places(columns(net))
    edges = 0
    for k, layer in enumerate(net.layers):
        for j, neuron in enumerate(layer.neurons):
            for i, w in enumerate(neuron.weights):
                (x0, y0), (x1, y1) = place[k][i], place[k + 1][j]
                axes.plot([x0, x1], [y0, y1], color=SKY if w.data > 0 else ORANGE,
                          linewidth=0.8 + 2.5 * abs(w.data), zorder=1)
                edges += 1
    for k, column in enumerate(place):
        last = k == len(place) - 1
        for x, y in column:
            axes.plot(x, y, "o", markersize=26, color=BLUE if k == 0 else VERMILLION if last else GREEN,
                      markeredgecolor="white", zorder=2)
        axes.text(k, names_at, "input" if k == 0 else "output" if last else "hidden", ha="center",
                  fontsize=15)
    axes.set(xlim=(-0.4, len(place) - 0.6), ylim=(names_at - 0.25, 2.1))
    axes.axis("off")
    return edges


def draw_chain(axes: Any, steps: list[tuple[str, str, list[Any]]], backward: bool) -> None:
    """Boxes from x to L with arrows; backward: the gradients, and arrows from L to x."""
    axes.set(xlim=(-0.6, len(steps) - 0.4), ylim=(-1.0, 1.15))
    axes.axis("off")
    axes.set_title("backward: $g_v = \\partial L / \\partial v$, from the loss to the input" if backward
                   else "forward: from the input to the loss", loc="left")
    for k, (step, formula, values) in enumerate(steps):
        dense  = step.startswith("z")
        colour = BLUE if k == 0 else VERMILLION if step == "L" else GREEN if dense else ORANGE
        symbol = step[0] + (f"_{step[1:]}" if step[1:] else "")
        axes.text(k, 0.15, f"$g_{{{symbol}}}$" if backward else f"${symbol}$", ha="center", va="center",
                  fontsize=20, bbox={"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": colour,
                        "linewidth": 3})
        axes.text(k, -0.45, f"({len(values)}, 1)", ha="center", va="top", fontsize=13, color=BLACK)
        if k:
            forward_label  = "dense" if dense else "loss" if step == "L" else formula.split("(")[0]
            backward_label = "$W g$" if dense else "$-1/y$" if step == "L" else "$g\\, h'(z)$"
            ends = (k - 0.68, 0.15), (k - 0.3, 0.15)
            axes.annotate("", xy=ends[0] if backward else ends[1], xytext=ends[1] if backward else ends[0],
                          arrowprops={"arrowstyle": "-|>", "lw": 2.2, "color": BLACK, "mutation_scale": 20})
            axes.text(k - 0.5, 0.62, backward_label if backward else forward_label, ha="center", va="bottom",
                      fontsize=15)
