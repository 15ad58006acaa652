"""Features chosen by hand against features that are learned: a polynomial and a small network (D3).

What there is to see: degree n-1 goes through every point and swings between them; a network with
five tanh units finds its own features. Gradient descent walks to the normal equations' solution. More
layers fold the line more often; on few samples they learn the noise.
"""

from __future__ import annotations

from math import pi, sin
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from engine import Value, dot, mean
from engine.value import topological_order
from nn import MLP, SGD, Adam, fit
from nn.datasets import noisy_curve

from .common import BLACK, BLUE, DASHES, GREEN, ORANGE, PALETTE, PURPLE, VERMILLION, figure, save, table

POSITION  = 60
DOCUMENTS = ["D3-01", "D3-02", "D3-03", "D3-04", "D3-06", "D3-31"]

TICKS  = [-1 + 2 * i / 200 for i in range(201)]
POWERS = ["1", "$x$", "$x^2$", "$x^3$"]
LAYERS = (1, 2, 4)
WIDTH  = 5
SIZES  = (20, 100)
SEEDS  = range(3)
EPOCHS = 800


def run(out: Path) -> None:
    """Fit by least squares, by gradient descent and by a network; then by networks of more layers."""
    x, y    = samples(12, 0.15)
    network = trained(x, y)
    print_descent(x, y)
    print_units(network)
    draw_fits(x, y, network, out)
    draw_features(network, out)
    depth(out)


def truth(x: float) -> float:
    """What the samples are drawn from."""
    return sin(pi * x)


def samples(n: int, noise: float) -> tuple[list[float], list[float]]:
    X, Y = noisy_curve(truth, n, low=-1.0, high=1.0, noise=noise, seed=1)
    return [xi for xi, in X], Y


# --- features chosen by hand ----------------------------------------------------------------------

def least_squares(x: list[float], y: list[float], degree: int) -> list[float]:
    """The solution of the normal equations, constant first."""
    import numpy as np
    return [float(wk) for wk in np.polynomial.polynomial.polyfit(x, y, degree)]


def print_descent(x: list[float], y: list[float]) -> None:
    w = [Value(0.0, f"w[{k}]") for k in range(len(POWERS))]
    optimizer = SGD(w, lr=0.5)
    steps = 600
    for _ in range(steps):
        risk = mean([(dot(w, [xi ** k for k in range(len(w))]) - yi) ** 2 for xi, yi in zip(x, y)])
        optimizer.zero_grad()
        risk.backward()
        optimizer.step()
    print("features 1, x, x^2, x^3 chosen by hand (D3-01): descent walks to the normal equations' solution\n")
    table(["", *(f"w{k}" for k in range(len(w)))],
          [("normal equations", *least_squares(x, y, len(w) - 1)),
           (f"{steps} steps of descent", *(wk.data for wk in w))], digits=5)


# --- features that are learned --------------------------------------------------------------------

def trained(x: list[float], y: list[float]) -> MLP:
    """Five tanh units and, as in the document, no bias of the output: it stays 0."""
    network = MLP(1, [5, 1], "tanh", seed=2)
    bias    = network.layers[1].neurons[0].bias
    others  = [p for p in network.parameters() if p is not bias]
    fit(network, [[xi] for xi in x], y, "mse", Adam(others, lr=0.05), epochs=600, engine="vectorized",
        progress=False)
    return network


def print_units(network: MLP, x: float = 0.5) -> None:
    trace = network.trace([x])
    hidden, output = network.layers[0].neurons, network.layers[1].neurons[0]
    parts = [w.data * z.data for w, z in zip(output.weights, trace.a[0])]
    print(f"\nfeatures that are learned, at x = {x:g}: a_j = W^(j,0) + W^(j,1) x (D3-02), z_j = tanh a_j "
          "(D3-03), five hidden units (D3-04):\n")
    table(["unit j", "W^(j,0)", "W^(j,1)", "a_j", "z_j", "w_j", "w_j z_j"],
          [(j + 1, unit.bias.data, unit.weights[0].data, trace.z[0][j].data, trace.a[0][j].data,
            output.weights[j].data, parts[j]) for j, unit in enumerate(hidden)])
    print(f"\nthe complete model (D3-06) adds them up: {sum(parts):.6g}; the network says "
          f"{trace.output.data:.6g}, the truth is {truth(x):.6g}")


def draw_fits(x: list[float], y: list[float], network: MLP, out: Path) -> None:
    import numpy as np
    fits: dict[str, Any] = {f"degree {d}": np.polynomial.polynomial.polyval(TICKS, least_squares(x, y, d))
                            for d in (1, 3, len(x) - 1)}
    fits["5 tanh units"] = [network([tick]).data for tick in TICKS]
    print("\nlargest distance to the true curve (D3-01, D3-06):\n")
    table(["features", "sup error"],
          [(label, float(max(abs(c - truth(tick)) for c, tick in zip(curve, TICKS))))
           for label, curve in fits.items()])
    fig, axes = figure(width=10, height=6)
    axes.plot(TICKS, [truth(tick) for tick in TICKS], ":", color=BLACK, label="truth")
    for (label, curve), colour, dash in zip(fits.items(), (GREEN, BLUE, ORANGE, VERMILLION),
                                            ("-.", "-", "--", "-D")):
        axes.plot(TICKS, curve, dash, color=colour, label=label, markevery=25)
    axes.plot(x, y, "o", color=PURPLE, markeredgecolor=BLACK, label="samples", markersize=10, zorder=3)
    axes.set(xlabel="$x$", xticks=[-1, -0.5, 0, 0.5, 1], yticks=[-1, 0, 1], ylim=(-1.45, 1.45),
             title="Powers chosen by hand (D3-01) or features learned (D3-06)")
    axes.set_ylabel(r"$\hat y$", rotation=0)
    axes.legend(loc="lower right", ncols=2)
    save(fig, out, "polynomial", "Twelve noisy samples of a sine; degree 1 is too stiff, degree 11 swings "
         "between the samples, degree 3 and five learned tanh features follow the curve")


def draw_features(network: MLP, out: Path) -> None:
    fig, axes = figure(1, 2, width=5.4, height=4.8, sharex=True, sharey=True)
    learned = zip(*[[z.data for z in network.trace([tick]).a[0]] for tick in TICKS])
    draw_curves(axes[0], {power: [tick ** k for tick in TICKS] for k, power in enumerate(POWERS)})
    draw_curves(axes[1], {f"$z_{j}$": list(z) for j, z in enumerate(learned, 1)})
    axes[0].set_title("chosen by hand (D3-01)")
    axes[1].set_title(r"learned: $z_j=\tanh a_j$ (D3-03, D3-04)", fontsize=16)
    for panel in axes:
        panel.set(xlabel="$x$", xticks=[-1, 0, 1], yticks=[-1, 0, 1], xlim=(-1.05, 1.85), ylim=(-1.1, 1.1))
    save(fig, out, "polynomial_features", "Left, the powers 1, x, x squared, x cubed, the same for every "
         "task; right, the five tanh features that training has put where this curve bends")


def draw_curves(panel: Any, curves: dict[str, list[float]]) -> None:
    for k, (label, curve) in enumerate(curves.items()):
        colour = [*PALETTE[:4], VERMILLION][k]
        panel.plot(TICKS, curve, DASHES[k % 4], color=colour, label=label, marker="D" if k > 3 else None,
                   markevery=40)
    panel.legend(loc="center right", fontsize=17)


# --- more layers ----------------------------------------------------------------------------------

class Errors(NamedTuple):
    """Mean squared errors after training: on the samples, noise and all, and against the truth."""

    training: list[float]
    truth: list[float]


def depth(out: Path) -> None:
    """D3-31: what more layers can do, and what they need."""
    folded  = tents(4)
    one     = 1 + 2 * 4
    results = {(n, layers): errors(n, layers) for n in SIZES for layers in LAYERS}
    print(f"\nmore layers (D3-31): 4 layers of 2 ReLU units make {pieces(folded)} straight pieces of [0, 1]; "
          f"one layer of 8 has 8 kinks: {one} at most\n")
    table([f"hidden layers of {WIDTH}", "parameters", "local slopes", *(f"{what}, {n} samples" for n in SIZES
                                                                        for what in ("training", "truth"))],
          [(layers, len(net(layers, 0).parameters()), work(layers),
            *(median(e) for n in SIZES for e in results[n, layers])) for layers in LAYERS])
    print(f"\n(mean squared errors on the samples and against the truth, medians of {len(SEEDS)} starts of "
          f"{EPOCHS} epochs;\nlocal slopes: what one sample costs in a backward pass)")
    draw_depth(folded, one, results, out)


def net(layers: int, seed: int) -> MLP:
    return MLP(1, [*[WIDTH] * layers, 1], "tanh", seed=seed)


def work(layers: int) -> int:
    """How many local slopes the graph of one output has."""
    return sum(len(node.operands) for node in topological_order(net(layers, 0)([0.5])))


def errors(n: int, layers: int) -> Errors:
    """The errors of networks of that many layers on n samples, one per seed."""
    x, y  = samples(n, 0.3)
    found = Errors([], [])
    for seed in SEEDS:
        model = net(layers, seed)
        fit(model, [[xi] for xi in x], y, "mse", Adam(model.parameters(), lr=0.03), epochs=EPOCHS,
            engine="vectorized", progress=False)
        found.training.append(distance(model, x, y))
        found.truth.append(distance(model, TICKS, [truth(tick) for tick in TICKS]))
    return found


def distance(model: MLP, x: list[float], y: list[float]) -> float:
    outputs: Any = model.predict([[xi] for xi in x])
    return sum((float(yhat) - yi) ** 2 for yhat, yi in zip(outputs, y)) / len(x)


def tents(layers: int) -> MLP:
    """Each layer folds [0, 1] in the middle: 2 ReLU(x) - 4 ReLU(x - 1/2)."""
    folded = MLP(1, [*[2] * layers, 1], "relu")
    for k, layer in enumerate(folded.layers):
        for unit, bias in zip(layer.neurons, (0.0, -0.5) if k < layers else (0.0,)):
            unit.bias.data = bias
            for w, number in zip(unit.weights, (1.0,) if k == 0 else (2.0, -4.0)):
                w.data = number
    return folded


def pieces(model: MLP, steps: int = 256) -> int:
    """Of how many straight pieces the output is on [0, 1]; its kinks are multiples of 1/steps."""
    ys: Any = model.predict([[k / steps] for k in range(steps + 1)])
    return 1 + sum(bool(abs(left - 2 * y + right) > 1e-9) for left, y, right in zip(ys, ys[1:], ys[2:]))


def draw_depth(folded: MLP, one: int, results: dict[tuple[int, int], Errors], out: Path) -> None:
    fig, axes = figure(1, 3, width=4.1, height=4.8,
                       title="More layers: more complex patterns, and overfitting (D3-31)")
    xs = [k / 64 for k in range(65)]
    axes[0].plot(xs, [folded([x]).data for x in xs], color=BLUE)
    axes[0].set(xlabel="$x$", xticks=[0, 1], yticks=[0, 1], ylim=(-0.05, 1.35),
                title="8 ReLU units")
    axes[0].text(0.5, 1.3, f"4 layers of 2: {pieces(folded)} pieces\n1 layer of 8: {one} at most",
                 ha="center", va="top")
    for panel, n in zip(axes[1:], SIZES):
        draw_errors(panel, {layers: results[n, layers] for layers in LAYERS})
        panel.set_title(f"{n} samples")
    axes[2].legend(loc="center", bbox_to_anchor=(0.5, 0.42))
    save(fig, out, "polynomial_depth", f"Left, a zigzag of {pieces(folded)} pieces from 4 layers of 2 units. "
         "Then errors by the number of layers: on few samples the training error falls and the error against "
         "the truth rises; on many it is far smaller")


def draw_errors(panel: Any, by_layers: dict[int, Errors]) -> None:
    for what, name, colour, mark in (("training", "training error", BLUE, "o-"),
                                     ("truth", "error against truth", ORANGE, "^--")):
        for seed in SEEDS:
            panel.plot(LAYERS, [getattr(by_layers[k], what)[seed] for k in LAYERS], mark, color=colour,
                       label=name if seed == 0 else f"_{what} {seed}", linewidth=1.8)
    panel.set(xlabel="hidden layers", xticks=LAYERS, yticks=[0, 0.05], ylim=(0, 0.09), xlim=(0.7, 4.3))
