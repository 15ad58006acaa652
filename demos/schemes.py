"""Networks as drawings: units and edges, the forward chain and the backward chain (D0, D1, D2, D4).

What there is to see: the 2-3-2 network of D0, the 3-4-2 and 3-4-4-1 of D2, the 3-4-1 of D1 and one of
four layers, three of them hidden, each with its count of weights; one layer as arrows, biases included, and
the same layer as a rectangle; the classifier 3-5-6-1 as seven composed functions, and the same chain walked
backwards, with the gradients of weights and biases that fall off on the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from engine import Value
from nn import MLP, Layer, binary_cross_entropy

from .common import BLACK, BLUE, GREEN, ORANGE, SKY, VERMILLION, figure, save, table

POSITION  = 30
DOCUMENTS = ["D0-07", "D0-27", "D0-34", "D1-62", "D1-63", "D2-25", "D2-26", "D2-29", "D2-30", "D4-04"]
NETWORKS  = [([2, 3, 2], "D0-07"), ([3, 4, 2], "D2-26"), ([3, 4, 4, 1], "D2-26"),
             ([3, 4, 1], "D1-62"), ([3, 4, 4, 4, 1], "D1-63")]


class Step(NamedTuple):
    """One box of the chain: a symbol, how it is computed, its Values, and the layer whose z it is."""

    symbol: str
    formula: str
    values: list[Value]
    layer: Layer | None = None


def run(out: Path) -> None:
    """Count and draw five networks and one layer; then the forward and backward chain of the classifier."""
    networks = [MLP(sizes[0], sizes[1:], "tanh") for sizes, _ in NETWORKS]
    print("Sizes; those of D2 are D2-29 (3-4-2) and D2-30 (3-4-4-1). Every pair of units of neighbouring "
          "layers is joined (D2-25):\n")
    table(["network", "neurons", "pairs", "weights", "biases", "parameters"],
          [counts(net) for net in networks])
    print()
    draw_networks(networks[:3], NETWORKS[:3], out, "networks")
    draw_networks(networks[3:], NETWORKS[3:], out, "networks_d1")
    draw_layer(Layer(2, 3, "tanh", seed=2), out)
    chain(out)


# --- networks -------------------------------------------------------------------------------------

def draw_networks(networks: list[MLP], known: Sequence[tuple[list[int], str]], out: Path, file: str) -> None:
    """The networks side by side, each with its number of edges."""
    fig, axes = figure(1, len(networks), width=5.2, height=5.2)
    for panel, net, (_, source) in zip(axes, networks, known):
        panel.set_title(f"{name(net)} ({source}): {draw_network(panel, net)} weights", fontsize=20)
    fig.suptitle("solid blue: positive weight; dashed orange: negative; width: size", fontsize=20, y=0.05)
    save(fig, out, file, "Networks as columns of units: " + ", ".join(map(name, networks)))


def name(net: MLP) -> str:
    """The sizes, as in 3-4-2."""
    return "-".join(map(str, columns(net)))


def columns(net: MLP) -> list[int]:
    """The number of inputs, then of units per layer."""
    return [net.n_in, *(layer.n_out for layer in net.layers)]


def places(sizes: list[int]) -> list[list[tuple[float, float]]]:
    """Where each unit of each column is drawn, the first on top."""
    return [[(float(k), (n - 1) / 2 - i) for i in range(n)] for k, n in enumerate(sizes)]


def counts(net: MLP) -> tuple[str, int, int, int, int, int]:
    """Name, neurons, pairs of neighbouring units, weights, biases, parameters (D2-29)."""
    neurons = [neuron for layer in net.layers for neuron in layer.neurons]
    weights = sum(len(neuron.weights) for neuron in neurons)
    pairs   = sum(layer.n_in * layer.n_out for layer in net.layers)
    return name(net), len(neurons), pairs, weights, len(neurons), len(net.parameters())


def draw_network(axes: Any, net: MLP, names_at: float = -2.3) -> int:
    """Columns of circles and every edge between neighbours, as thick as its weight; returns the number of
    edges."""
    place = places(columns(net))
    edges = 0
    for k, layer in enumerate(net.layers):
        for j, neuron in enumerate(layer.neurons):
            for i, w in enumerate(neuron.weights):
                (x0, y0), (x1, y1) = place[k][i], place[k + 1][j]
                axes.plot([x0, x1], [y0, y1], "-" if w.data > 0 else "--",
                          color=BLUE if w.data > 0 else ORANGE, linewidth=0.8 + 4.5 * abs(w.data), zorder=1)
                edges += 1
    for k, column in enumerate(place):
        last = k == len(place) - 1
        for x, y in column:
            marker, colour = ("s", SKY) if k == 0 else ("^", VERMILLION) if last else ("o", GREEN)
            axes.plot(x, y, marker, markersize=26, color=colour, markeredgecolor="white", zorder=2)
        axes.text(k, names_at, "input" if k == 0 else "output" if last else "hidden", ha="center",
                  fontsize=18)
    axes.set(xlim=(-0.4, len(place) - 0.6), ylim=(names_at - 0.45, 2.1))
    axes.axis("off")
    return edges


# --- one layer ------------------------------------------------------------------------------------

def draw_layer(layer: Layer, out: Path) -> None:
    """A layer of D4 (D4-04): an arrow per weight and, from above, per bias; then one rectangle."""
    fig, (left, right) = figure(1, 2, width=6.4, height=5.4, width_ratios=[3, 2])
    weights, biases = draw_bipartite(left, layer)
    left.set_title(f"{weights} weights from the left, {biases} biases from above")
    right.set_title("the same layer, one rectangle (D4-04)")
    draw_rectangle(right, layer)
    print()
    save(fig, out, "layer_d4", f"Left, {layer.n_in} inputs and {layer.n_out} units joined by {weights} "
         f"arrows, with {biases} bias arrows from above; right, the layer as one rectangle between x and y")


def draw_bipartite(axes: Any, layer: Layer) -> tuple[int, int]:
    """Inputs, units, an arrow per weight and per bias; returns how many of each."""
    inputs = [(0.0, (layer.n_in - 1) * 0.9 - 1.8 * i) for i in range(layer.n_in)]
    units  = [(2.2, (layer.n_out - 1) * 0.9 - 1.8 * j) for j in range(layer.n_out)]
    drawn  = [0, 0]
    for j, (neuron, (x1, y1)) in enumerate(zip(layer.neurons, units), 1):
        for i, (_, (x0, y0)) in enumerate(zip(neuron.weights, inputs), 1):
            arrow(axes, (x0 + 0.14, y0), (x1 - 0.19, y1 + 0.08 * (y0 - y1)), BLUE, f"w{i}{j}")
            drawn[0] += 1
        arrow(axes, (x1, y1 + 0.95), (x1, y1 + 0.28), ORANGE, f"b{j}")
        axes.text(x1 + 0.12, y1 + 0.68, f"$b_{j}$", fontsize=19, va="center")
        drawn[1] += 1
        axes.plot(x1, y1, "o", markersize=34, color=GREEN, markeredgecolor=BLACK)
        arrow(axes, (x1 + 0.22, y1), (x1 + 0.6, y1), BLACK, f"y{j}")
        axes.text(x1 + 0.68, y1, f"$y_{j}$", fontsize=20, va="center")
    for i, (x, y) in enumerate(inputs, 1):
        axes.plot(x, y, "s", markersize=24, color=SKY, markeredgecolor=BLACK)
        axes.text(x - 0.25, y, f"$x_{i}$", fontsize=20, ha="right", va="center")
    axes.set(xlim=(-0.7, 3.2), ylim=(-2.3, 2.9))
    axes.axis("off")
    return drawn[0], drawn[1]


def draw_rectangle(axes: Any, layer: Layer) -> None:
    """x, the rectangle f(b + xW), y, with their sizes."""
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((0.8, -0.7), 1.6, 1.4, facecolor="#DDF2EA", edgecolor=GREEN, linewidth=3))
    axes.text(1.6, 0, "$f(b + xW)$", fontsize=20, ha="center", va="center")
    arrow(axes, (0.15, 0), (0.78, 0), BLACK, "x")
    arrow(axes, (2.42, 0), (3.05, 0), BLACK, "y")
    axes.text(0.1, 0.12, f"$x$\n{layer.n_in}", fontsize=19, ha="center", va="bottom")
    axes.text(3.1, 0.12, f"$y$\n{layer.n_out}", fontsize=19, ha="center", va="bottom")
    axes.text(1.6, -0.85, f"$W$: {layer.n_in} x {layer.n_out},  $b$: {layer.n_out}", fontsize=18, ha="center",
              va="top")
    axes.set(xlim=(-0.2, 3.4), ylim=(-2.3, 2.9))
    axes.axis("off")


def arrow(axes: Any, start: tuple[float, float], end: tuple[float, float], colour: str, label: str,
          width: float = 2.2) -> None:
    """An arrow from start to end, with a name that tests can find it by."""
    style = {"arrowstyle": "-|>", "lw": width, "color": colour, "mutation_scale": 20,
             "shrinkA": 0, "shrinkB": 0}
    note  = axes.annotate("", xy=end, xytext=start, arrowprops=style)
    note.arrow_patch.set_gid(label)


# --- the chain ------------------------------------------------------------------------------------

def chain(out: Path) -> None:
    """The classifier 3-5-6-1 forward (D0-27) and backward (D0-34): numbers, then both chains as boxes."""
    classifier = MLP(3, [5, 6, 1], "tanh", "sigmoid", seed=3)
    trace = classifier.trace([0.5, -1.0, 2.0])
    loss  = binary_cross_entropy(trace.output, 1)
    loss.backward()
    steps = forward_steps(classifier, trace, loss)
    print(f"\n{name(classifier)} with {len(classifier.parameters())} parameters: {len(steps) - 1} composed "
          "functions forward (D0-27), and backward g_v = dL/dv (D0-34), |g| its length:\n")
    table(["step", "what it computes", "|v|", "|g_v|", "|g_W|", "|g_b|"],
          [(step.symbol, step.formula, norm(v.data for v in step.values), norm(v.grad for v in step.values),
            *layer_norms(step.layer)) for step in steps])
    print()
    fig, axes = figure(2, 1, width=15, height=4.2, height_ratios=[2, 3])
    draw_forward(axes[0], steps)
    draw_backward(axes[1], steps)
    save(fig, out, "forward_backward", "The 3-5-6-1 classifier: above, x to L through dense and activation "
         "steps; below, the gradients from L back to x, and below each dense step the gradients of its "
         "weights and biases")


def forward_steps(net: MLP, trace: Any, loss: Value) -> list[Step]:
    """x, z1, h1, ..., L."""
    steps = [Step("x", "input", trace.x)]
    for k, (layer, z, a) in enumerate(zip(net.layers, trace.z, trace.a), 1):
        last = k == len(trace.z)
        before, after = "x" if k == 1 else f"h{k - 1}", "y" if last else f"h{k}"
        steps += [Step(f"z{k}", f"W{k}^T {before} + b{k}", z, layer),
                  Step(after, f"{'sigmoid' if last else 'tanh'}(z{k})", a)]
    return [*steps, Step("L", "-ln y", [loss])]


def layer_norms(layer: Layer | None) -> tuple[float | str, float | str]:
    """The lengths of g_W and g_b."""
    if layer is None:
        return "-", "-"
    return (norm(w.grad for neuron in layer.neurons for w in neuron.weights),
            norm(neuron.bias.grad for neuron in layer.neurons))


def norm(numbers: Iterable[float]) -> float:
    """The Euclidean length."""
    return math.hypot(*numbers)


def draw_forward(axes: Any, steps: list[Step]) -> None:
    """Boxes from x to L, an arrow with the name of each function."""
    frame(axes, steps, low=-0.75)
    axes.set_title("forward (D0-27): from the input to the loss", loc="left", fontsize=22)
    for k, step in enumerate(steps):
        box(axes, k, 0.1, f"${tex(step.symbol)}$", colour_of(step), f"({len(step.values)}, 1)")
        if k:
            function = "dense" if step.layer else "loss" if step.symbol == "L" else step.formula.split("(")[0]
            arrow(axes, (k - 0.68, 0.1), (k - 0.32, 0.1), BLACK, f"{steps[k - 1].symbol}-{step.symbol}")
            axes.text(k - 0.5, 0.55, function, ha="center", fontsize=21)


def draw_backward(axes: Any, steps: list[Step]) -> None:
    """The same boxes with arrows from L to x; below each dense step the gradients of W and b."""
    frame(axes, steps, low=-2.25)
    axes.set_title("backward (D0-34): $g_v = \\partial L / \\partial v$, from the loss to the input",
                   loc="left", fontsize=22)
    for k, step in enumerate(steps):
        box(axes, k, 0.1, f"$g_{{{tex(step.symbol)}}}$", colour_of(step), f"({len(step.values)}, 1)")
        if k:
            arrow(axes, (k - 0.32, 0.1), (k - 0.68, 0.1), BLACK, f"{step.symbol}-{steps[k - 1].symbol}")
            back = (f"$W_{step.symbol[1]}\\, g$" if step.layer else "$-1/y$" if step.symbol == "L"
                    else f"$g\\, h'(z_{tex(steps[k - 1].symbol)[-1]})$")
            axes.text(k - 0.5, 0.55, back, ha="center", fontsize=21)
        if step.layer:
            draw_gradients(axes, k, step.layer, step.symbol[1])


def draw_gradients(axes: Any, k: int, layer: Layer, number: str) -> None:
    """Arrows from g_z down to g_W = a g_z^T and g_b = g_z."""
    for side, what, size in ((-0.36, "W", f"({layer.n_in}, {layer.n_out})"),
                             (0.36, "b", f"({layer.n_out}, 1)")):
        arrow(axes, (k + 0.3 * side, -0.72), (k + side, -1.15), BLACK, f"z{number}-{what}{number}")
        box(axes, k + side, -1.5, f"$g_{{{what}_{number}}}$", SKY if what == "W" else ORANGE, size)


def frame(axes: Any, steps: list[Step], low: float) -> None:
    """Room for the boxes, nothing else."""
    axes.set(xlim=(-0.6, len(steps) - 0.4), ylim=(low, 1.0))
    axes.axis("off")


def tex(symbol: str) -> str:
    """z1 as z_1."""
    return symbol[0] + (f"_{symbol[1:]}" if symbol[1:] else "")


def colour_of(step: Step) -> str:
    """Dense steps green, activations orange, the input blue, the loss dark red."""
    return {"x": BLUE, "L": VERMILLION}.get(step.symbol, GREEN if step.layer else ORANGE)


def box(axes: Any, x: float, y: float, label: str, colour: str, size: str) -> None:
    """A symbol in a frame, its shape below."""
    axes.text(x, y, label, ha="center", va="center", fontsize=26,
              bbox={"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": colour, "lw": 3.5})
    axes.text(x, y - 0.4, size, ha="center", va="top", fontsize=18, color=BLACK)
