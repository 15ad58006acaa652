"""Universal approximation, made by hand: a sum of indicator bumps (D2), and random features (D1).

What there is to see: a bump is the difference of two steep sigmoids; n bumps follow a curve with
error pi/n; random tanh units do better, t^2 never gets below 1/8 on |x|, however many there are.
"""

from __future__ import annotations

from math import pi, sin
from pathlib import Path
from random import Random
from typing import Any

from engine import relu, sigmoid, tanh
from nn import MLP

from .common import BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILLION, figure, save, table

POSITION  = 80
DOCUMENTS = ["D0-37", "D1-18", "D2-33", "D2-34", "D4-14"]


def bump_network(n: int, steepness: float = 500.0) -> MLP:
    """n bins of [0, 1], each a difference of two sigmoid units, as high as sin(2 pi x) is in its middle."""
    net = MLP(1, [2 * n, 1], "sigmoid")
    hidden, output = net.layers[0].neurons, net.layers[1].neurons[0].weights
    for i in range(n):
        height = sin(2 * pi * (i + 0.5) / n)
        for side, edge in ((0, i / n), (1, (i + 1) / n)):
            unit = hidden[2 * i + side]
            unit.weights[0].data, unit.bias.data = steepness, -steepness * edge
            output[2 * i + side].data = height if side == 0 else -height
    return net


def random_features(psi: Any, n: int, seed: int = 0) -> float:
    """The sup error for |x| on [-1, 1] of n random units psi(w x + b) with least-squares outputs."""
    import numpy as np
    rng   = Random(seed)
    units = [(rng.uniform(-6, 6), rng.uniform(-6, 6)) for _ in range(n)]
    xs    = np.linspace(-1, 1, 201)
    phi   = np.array([[float(psi(w * x + b)) for w, b in units] for x in xs])
    v, *_ = np.linalg.lstsq(phi, np.abs(xs), rcond=None)
    return float(np.max(np.abs(phi @ v - np.abs(xs))))


def run(out: Path) -> None:
    """Print how the error falls; draw bumps and random features."""
    inner = [i / 400 for i in range(401)]
    rows  = []
    for n in (4, 8, 16, 32):
        net    = bump_network(n)
        inside = [x for x in inner if min(abs(x - k / n) for k in range(n + 1)) > 0.01]
        rows.append((n, max(abs(net([x]).data - sin(2 * pi * x)) for x in inside), pi / n))
    print("n bumps for sin(2 pi x), away from the bins' edges:\n")
    table(["n", "sup error", "pi / n"], rows)

    kinds  = [("tanh", tanh), ("sigmoid", sigmoid), ("ReLU", relu), ("sin", sin), ("square", lambda t: t * t)]
    counts = (5, 10, 20, 40, 80)
    errors = {name: [random_features(psi, n) for n in counts] for name, psi in kinds}
    print("\nn random units for |x|: any psi but a polynomial will do\n")
    table(["psi", *(f"N={n}" for n in counts)], [(name, *values) for name, values in errors.items()])

    fig, axes = figure(1, 2, width=7, height=5.2)
    for n, colour, dash in ((4, ORANGE, "--"), (16, BLUE, "-")):
        net = bump_network(n)
        axes[0].plot(inner, [net([x]).data for x in inner], dash, color=colour, label=f"{n} bumps")
    axes[0].plot(inner, [sin(2 * pi * x) for x in inner], ":", color=BLACK, label=r"$\sin 2\pi x$")
    axes[0].set(xlabel="$x$", ylabel="$g(x)$", title="bumps: differences of steep sigmoids")
    axes[0].legend()
    for (name, values), colour, mark in zip(errors.items(), (BLUE, ORANGE, GREEN, PURPLE, VERMILLION),
                                            "o^sDX"):
        axes[1].loglog(counts, values, mark + "-", color=colour, label=name)
    axes[1].axhline(1 / 8, color=BLACK, linestyle=":", linewidth=1.5)
    axes[1].set(xlabel="units $N$", ylabel="sup error for $|x|$",
                title="random features: $t^2$ stays above 1/8")
    axes[1].set_xticks(counts, [str(n) for n in counts])
    axes[1].minorticks_off()
    axes[1].legend(fontsize=12)
    save(fig, out, "bumps", "Left, 4 and 16 bumps for a sine; right, the error for |x| of N random units: it "
         "falls for tanh, sigmoid, "
                            "ReLU and sin, and never gets below 1/8 for the square")
