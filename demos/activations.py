"""Activations and their derivatives, each slope taken by the engine (D0, D1 figures 4.1-4.4, D2).

What there is to see: function and derivative side by side; the sigmoid's slope never above 1/4,
tanh's never above 1, ReLU's 0 or 1; softmax as a function of one logit is a sigmoid; and a deep
network of thirty hidden units that ReLU trains in fewer epochs than tanh, and sigmoid not in a hundred.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, tanh
from pathlib import Path
from statistics import median
from typing import Any

from engine import Value, grad, leaky_relu, relu, sigmoid, softmax
from engine import tanh as value_tanh
from nn import MLP, SGD, fit
from nn.datasets import moons

from .common import BLUE, GREY, ORANGE, VERMILLION, figure, progress, save, table

POSITION  = 40
DOCUMENTS = ["D0-15", "D0-16", "D0-17", "D0-18", "D0-19", "D0-20", "D0-38", "D1-19", "D1-20", "D1-21",
             "D1-22", "D1-23",
             "D1-24", "D2-12", "D2-16", "D2-17", "D2-18", "D2-20", "D2-42", "D3-05", "D4-05", "D4-06",
             "D4-07", "D4-09", "ERR-D1-8", "ERR-D1-19"]
EPOCHS, SEEDS, LEVEL = 100, 6, 0.1

Formula = Callable[[float], float]


def closed_forms() -> list[tuple[str, Callable[[Any], Any], Formula, Formula]]:
    """Name, the engine's function, its formula on numbers, and the formula of its derivative."""
    def s(x: float) -> float: return 1 / (1 + exp(-x))
    return [
        ("sigmoid",          sigmoid,                      s,
         lambda x: s(x) * (1 - s(x))),
        ("tanh",             value_tanh,                   tanh,
         lambda x: 1 - tanh(x) ** 2),
        ("ReLU",             relu,                         lambda x: max(0.0, x),
         lambda x: float(x > 0)),
        ("leaky ReLU (0.1)", lambda z: leaky_relu(z, 0.1), lambda x: x if x > 0 else 0.1 * x,
         lambda x: 1.0 if x > 0 else 0.1),
    ]


def run(out: Path) -> None:
    """Print both at a few points; draw both on [-4, 4]."""
    xs = sorted([-4 + 8 * i / 100 for i in range(101)] + [1e-9])  # 0 and a hair beyond: a jump stands upright
    worst, rows = 0.0, []
    fig, axes = figure(4, 2, width=6.4, height=3.1, sharex=True)
    for (name, f, formula, slope), (left, right) in zip(closed_forms(), axes):
        slopes = [grad(f)(x) for x in xs]
        worst  = max([worst] + [abs(g - slope(x)) for x, g in zip(xs, slopes) if x])
        rows  += [(name, x, formula(x), float(f(x)), slope(x), float(grad(f)(x)))
                  for x in (-4.0, -0.5, 0.0, 0.5, 4.0)]
        curve(left,  xs, [float(f(x)) for x in xs], f"{name}", BLUE)
        curve(right, xs, slopes, f"derivative of {name}", ORANGE)
    for panel in axes[-1]: panel.set_xlabel("$z$")
    table(["f", "z", "formula", "engine", "formula of f'", "engine's f'"], rows, digits=6)
    print(f"\nlargest difference between .grad and the formula at z != 0: {worst:.1e}")
    print("at z = 0 ReLU has no slope; the engine answers 0, as D4 does (D1 writes 0, 1 and 'undefined': "
          "ERR-D1-8)")
    print(f"leaky ReLU has none either: the engine answers alpha, {grad(leaky_relu)(0.0):g}, as PyTorch "
          "does, where D1 prints 1 for z >= 0 (ERR-D1-19)")
    save(fig, out, "activations", "Four activations on [-4, 4], left, and their derivatives as the engine "
         "computes them, right")

    one_logit = [softmax(Value(x), Value(0.0))[0].data for x in xs]
    fig, panel = figure(width=8, height=4.5)
    panel.plot(xs, one_logit, color=BLUE, label="softmax$(z, 0)_1$")
    panel.plot(xs, [float(sigmoid(x)) for x in xs], "--", color=VERMILLION, label=r"$\sigma(z)$")
    panel.set(xlabel="$z$", ylabel="$y$")
    panel.legend()
    save(fig, out, "softmax", "softmax of (z, 0), first component, lies on the sigmoid of z")
    convergence(out)


def train(f: str, init: str, seed: int) -> list[float]:
    """The loss after each epoch of a 2-10-10-10-1 network on two moons, one sample at a time, rate 0.1."""
    X, Y = moons(24, seed=seed)
    net  = MLP(2, [10, 10, 10, 1], f, init=init, seed=seed)
    return fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=0.1), epochs=EPOCHS, batch_size=1,
               seed=seed, progress=False, engine="vectorized").losses


def convergence(out: Path) -> None:
    """How many epochs each activation needs to a loss of 0.1, over seeds."""
    curves = {name: [train(name, init, seed) for seed in range(SEEDS)]
              for name, init in progress([("sigmoid", "xavier"), ("tanh", "xavier"), ("relu", "he")],
                                         "activations")}
    print(f"\nepochs until the loss is below {LEVEL} (2-10-10-10-1 on two moons, one sample at a time, "
          "rate 0.1):\n")
    table(["hidden units", *(f"seed {seed}" for seed in range(SEEDS))],
          [(name, *(str(epochs_to(losses)) for losses in runs)) for name, runs in curves.items()])
    factors = [b / a for a, b in zip(map(epochs_to, curves["relu"]), map(epochs_to, curves["tanh"]))
               if isinstance(a, int) and isinstance(b, int)]
    print(f"\ntanh needs {min(factors):.1f} to {max(factors):.1f} times the epochs of ReLU; D2 quotes a "
          "factor of 6, from a large network of another kind")
    fig, axes = figure(width=9, height=5.2)
    for (name, runs), colour, dash in zip(curves.items(), (VERMILLION, BLUE, ORANGE), (":", "--", "-")):
        for losses in runs:
            axes.semilogy(range(1, EPOCHS + 1), losses, color=colour, linewidth=1, alpha=0.25)
        axes.semilogy(range(1, EPOCHS + 1), [median(losses) for losses in zip(*runs)], dash, color=colour,
                      label=name)
    axes.axhline(LEVEL, color=GREY, linewidth=1)
    axes.set(xlabel="epoch", ylabel="loss", title=f"three hidden layers, {SEEDS} seeds and their median")
    axes.legend()
    save(fig, out, "convergence", "Loss against epochs for sigmoid, tanh and ReLU, several seeds each and "
         "their median, and the level that counts as learned")


def epochs_to(losses: list[float]) -> int | str:
    """The first epoch at the end of which the loss is below the level."""
    return next((k for k, loss in enumerate(losses, 1) if loss < LEVEL), f"more than {EPOCHS}")


def curve(axes: Any, xs: list[float], ys: list[float], title: str, colour: str) -> None:
    """One curve with the axes through the origin."""
    axes.axhline(0, color=GREY, linewidth=1)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.plot(xs, ys, color=colour)
    axes.set_title(title)
    axes.set_xticks([-4, -2, 0, 2, 4])
