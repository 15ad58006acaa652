"""Features chosen by hand against features that are learned: a polynomial and a small network (D3).

What there is to see: degree n-1 goes through every point and swings between them; a network with
five tanh units finds its own features. Gradient descent walks to the normal equations' solution.
"""

from __future__ import annotations

from math import pi, sin
from pathlib import Path
from typing import Any

from engine import Value, dot, mean
from nn import MLP, SGD, Adam, fit
from nn.datasets import noisy_curve

from .common import BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILLION, figure, save, table

POSITION  = 60
DOCUMENTS = ["D3-01", "D3-02", "D3-03", "D3-04", "D3-06", "D3-31"]


def run(out: Path) -> None:
    """Fit by least squares, by gradient descent and by a network; draw what each makes of the same points."""
    import numpy as np

    samples, y = noisy_curve(sin, n=12, low=-1.0 * pi, high=pi, noise=0.15, seed=1)
    x = [sample[0] / pi for sample in samples]

    w = [Value(0.0, f"w[{k}]") for k in range(4)]
    optimizer = SGD(w, lr=0.5)
    for _ in range(1500):
        risk = mean([(dot(w, [xi ** k for k in range(4)]) - yi) ** 2 for xi, yi in zip(x, y)])
        optimizer.zero_grad()
        risk.backward()
        optimizer.step()
    exact = least_squares(x, y, 3)
    print("degree 3, mean squared error: gradient descent walks to the normal equations' solution\n")
    table(["", *(f"w{k}" for k in range(4))],
          [("normal equations", *map(float, exact)), ("1500 steps of descent", *(wk.data for wk in w))],
          digits=6)

    network = MLP(1, [5, 1], "tanh", seed=2)
    fit(network, [[xi] for xi in x], y, "mse", Adam(network.parameters(), lr=0.05), epochs=600)
    ticks  = [-1 + 2 * i / 200 for i in range(201)]
    curves: dict[str, Any] = {f"degree {d}": np.polynomial.polynomial.polyval(ticks, least_squares(x, y, d))
                              for d in (1, 3, 11)}
    curves["5 tanh units"] = [network([tick]).data for tick in ticks]

    print("\nlargest distance to the true curve between the points:\n")
    table(["features", "sup error"], [(label, max(abs(c - sin(pi * tick)) for c, tick in zip(curve, ticks)))
                                      for label, curve in curves.items()])
    fig, axes = figure(width=10, height=6)
    axes.plot(ticks, [sin(pi * tick) for tick in ticks], ":", color=BLACK, label="truth")
    for (label, curve), colour, dash in zip(curves.items(), (GREEN, BLUE, ORANGE, VERMILLION),
                                            ("-.", "-", "--", "-")):
        axes.plot(ticks, curve, dash, color=colour, label=label)
    axes.plot(x, y, "o", color=PURPLE, label="samples", markersize=10)
    axes.set(xlabel="$x$", ylabel=r"$\hat y$", ylim=(-2, 2))
    axes.legend(ncols=2)
    save(fig, out, "polynomial", "Twelve noisy samples of a sine; degree 1 is too stiff, degree 11 swings, "
         "degree 3 and five learned "
                                 "tanh features follow the curve")


def least_squares(x: list[float], y: list[float], degree: int) -> list[float]:
    """The solution of the normal equations, constant first."""
    import numpy as np
    return [float(wk) for wk in np.polynomial.polynomial.polyfit(x, y, degree)]
