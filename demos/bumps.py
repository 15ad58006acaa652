"""Universal approximation, made by hand: a sum of indicator bumps (D2), and random features (D1).

What there is to see: a bump is the difference of two steep sigmoids; n bumps follow a curve with
error pi/n; random tanh units do better, t^2 never gets below 1/8 on |x|, however many there are.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sin
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from nn import MLP

from .common import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILLION
from .common import figure, name_ends, save, table

POSITION  = 80
DOCUMENTS = ["D0-37", "D1-18", "D2-33", "D2-34", "D4-14"]
COUNTS    = (5, 10, 20, 40, 80)
SEEDS     = 5
LEAST     = 1 / 8                # no a + b t + c t^2 is nearer to |t| on [-1, 1]


def bump_network(heights: list[float], edges: list[float], steepness: float) -> MLP:
    """A bump of each height between its two edges: height * (sigmoid - a later sigmoid), and their sum."""
    net = MLP(1, [2 * len(heights), 1], "sigmoid")
    hidden, output = net.layers[0].neurons, net.layers[1].neurons[0].weights
    for i, height in enumerate(heights):
        for side in (0, 1):
            unit = hidden[2 * i + side]
            unit.weights[0].data, unit.bias.data = steepness, -steepness * edges[i + side]
            output[2 * i + side].data = height if side == 0 else -height
    return net


def curve(x: float) -> float:
    """What the bumps follow."""
    return sin(2 * pi * x)


def bumps_for_the_curve(n: int) -> MLP:
    """n bins of [0, 1], each as high as the curve is in its middle; the more, the steeper."""
    heights = [curve((i + 0.5) / n) for i in range(n)]
    return bump_network(heights, [i / n for i in range(n + 1)], 200.0 * n)


def run(out: Path) -> None:
    """Print how the errors fall; draw bumps and random features."""
    print("a bump between 0.4 and 0.6 out of two sigmoids of steepness 500 (D2-34), and what it should be:\n")
    one = bump_network([1.0], [0.4, 0.6], 500.0)
    table(["x", "bump", "should be"],
          [(x, one([x]).data, float(0.4 < x < 0.6)) for x in (0.0, 0.38, 0.42, 0.58, 0.62, 1.0)])
    by_bumps()
    errors = by_random_units()
    fig, axes = figure(1, 3, width=5, height=5.2)
    draw_bump(axes[0], one)
    draw_bumps(axes[1])
    draw_errors(axes[2], errors)
    save(fig, out, "bumps", "Left, a bump as the difference of two steep sigmoids; middle, 4 bumps follow "
         "a sine in coarse steps, 16 in fine ones; right, the error for |x| of N random units: it falls "
         "for tanh, sigmoid, ReLU and sin, and never gets below 1/8 for the square")


def by_bumps() -> None:
    """The error away from the edges of the bins, where the sigmoids are on their way."""
    rows = []
    for n in (4, 8, 16, 32):
        net    = bumps_for_the_curve(n)
        inside = [(i + 0.05 + 0.9 * k / 4) / n for i in range(n) for k in range(5)]
        rows.append((n, 2 * n, max(abs(net([x]).data - curve(x)) for x in inside), pi / n))
    print("\nn bumps for sin(2 pi x), away from the bins' edges: units enough for any error (D2-33, "
          "D2-34, D4-14), but how many\nand which weights, D0-37 does not say; here they are set by hand:\n")
    table(["n", "hidden units", "sup error", "pi / n"], rows)


def random_features(psi: Callable[[Any], Any], n: int, seed: int) -> float:
    """The sup error for |x| on [-1, 1] of n random units psi(w x + b) with least-squares outputs."""
    import numpy as np
    rng   = Random(seed)
    units = np.array([(rng.uniform(-6, 6), rng.uniform(-6, 6)) for _ in range(n)])
    xs    = np.linspace(-1, 1, 101)
    phi   = psi(np.outer(xs, units[:, 0]) + units[:, 1])
    v, *_ = np.linalg.lstsq(phi, np.abs(xs), rcond=None)
    return float(np.max(np.abs(phi @ v - np.abs(xs))))


def by_random_units() -> dict[str, list[float]]:
    """For each psi the median error over seeds at each count."""
    import numpy as np
    kinds: dict[str, Callable[[Any], Any]] = {
        "tanh": np.tanh, "sigmoid": lambda t: 1 / (1 + np.exp(-t)), "ReLU": lambda t: np.maximum(t, 0.0),
        "sin": np.sin, "square": np.square}
    errors = {name: [[random_features(psi, n, seed) for seed in range(SEEDS)] for n in COUNTS]
              for name, psi in kinds.items()}
    medians = {name: [median(each) for each in runs] for name, runs in errors.items()}
    print(f"\nn random units for |x|: any psi but a polynomial will do (D1-18); median of the sup error "
          f"over {SEEDS} seeds:\n")
    table(["psi", *(f"N={n}" for n in COUNTS), "least of all"],
          [(name, *values, min(map(min, errors[name]))) for name, values in medians.items()])
    return medians


def draw_bump(axes: Any, net: MLP) -> None:
    """Two sigmoids and their difference."""
    xs = [0.3 + 0.4 * i / 400 for i in range(401)]
    runs = [net.trace([x]) for x in xs]
    for k, (colour, dash) in enumerate(((ORANGE, "--"), (PURPLE, "-."))):
        axes.plot(xs, [one.a[0][k].data for one in runs], dash, color=colour, label=f"sigmoid {k + 1}")
    axes.plot(xs, [one.a[1][0].data for one in runs], color=BLUE, linewidth=6, alpha=0.5, zorder=1,
              label="difference")
    axes.set(xlabel="$x$", ylim=(-0.05, 1.5), title="a bump: two steep sigmoids\n(D2-34)")
    axes.legend(loc="upper left")


def draw_bumps(axes: Any) -> None:
    """The sine, in 4 steps and in 16."""
    inner = [i / 480 for i in range(481)]
    for n, colour, dash in ((4, ORANGE, "--"), (16, BLUE, "-")):
        net = bumps_for_the_curve(n)
        axes.plot(inner, [net([x]).data for x in inner], dash, color=colour, linewidth=2, label=f"{n} bumps")
    axes.plot(inner, [curve(x) for x in inner], ":", color=BLACK, label=r"$\sin 2\pi x$")
    axes.set(xlabel="$x$", ylabel="$g(x)$", title="more bumps, less error\n(D2-33, D4-14)")
    axes.legend(loc="upper right")


def draw_errors(axes: Any, errors: dict[str, list[float]]) -> None:
    """The error against the number of random units."""
    styles = (BLUE, "o-", 13), (ORANGE, "^--", 9), (GREEN, "s-", 9), (PURPLE, "D:", 9), (VERMILLION, "X-.", 9)
    for (name, values), (colour, mark, size) in zip(errors.items(), styles):
        axes.loglog(COUNTS, values, mark, color=colour, markersize=size,
                    label=name.replace("square", "$t^2$"))
    axes.axhline(LEAST, color=GREY, linestyle=":", linewidth=2)
    axes.text(COUNTS[-1], LEAST * 0.96, "1/8", ha="right", va="top", fontsize=14)
    axes.set(xlabel="random units $N$", ylabel="sup error for $|x|$",
             title=f"$t^2$ stays above 1/8 (D1-18)\nmedian of {SEEDS} seeds")
    axes.set_xticks(COUNTS, [str(n) for n in COUNTS])
    axes.minorticks_off()
    name_ends(axes)
