"""Input normalisation and the shape of the cost (D1).

What there is to see: inputs of very different size make a narrow valley, in which the largest safe
step is a small one for the other weight; standardised inputs make round contours. The statistics
are those of the training set, for the test set too. Inputs that are all positive move all weights the same
way at each sample: the path zig-zags.
"""

from __future__ import annotations

import math
from pathlib import Path
from random import Random
from typing import Any

from engine import Value, dot, hessian, mean
from nn import SGD, Standardizer

from .common import BLACK, BLUE, VERMILLION, figure, save, table

POSITION  = 170
DOCUMENTS = ["D1-49", "D2-41"]


def data(n: int = 40, seed: int = 0) -> tuple[list[list[float]], list[float]]:
    """Two features, the second six times as large, and a linear target."""
    rng = Random(seed)
    X = [[rng.gauss(1.0, 0.5), rng.gauss(-2.0, 3.0)] for _ in range(n)]
    return X, [1.0 * a - 0.5 * b + rng.gauss(0, 0.1) for a, b in X]


def cost(X: list[list[float]], Y: list[float]) -> Any:
    """J(w) = 1/2 mean (w . x - y)^2, targets centred."""
    centre = sum(Y) / len(Y)
    return lambda *w: mean([0.5 * (dot(w, x) - (y - centre)) ** 2 for x, y in zip(X, Y)])


def descend(J: Any, lr: float, steps: int) -> list[tuple[float, float]]:
    """The path of gradient descent from (-2, 2)."""
    w = [Value(-2.0, "w1"), Value(2.0, "w2")]
    optimizer, path = SGD(w, lr=lr), [(-2.0, 2.0)]
    for _ in range(steps):
        optimizer.zero_grad()
        J(*w).backward()
        optimizer.step()
        path.append((w[0].data, w[1].data))
    return path


def run(out: Path) -> None:
    """Print condition numbers and steps; draw both sets of contours with the descent."""
    import numpy as np

    X, Y = data()
    standardise = Standardizer().fit(X)
    cases = [("raw", centred(X)), ("standardised", [standardise(x) for x in X])]
    rows, paths = [], []
    for label, inputs in cases:
        J = cost(inputs, Y)
        eigenvalues = np.linalg.eigvalsh(np.array(hessian(J)(0.0, 0.0), dtype=float))
        lr   = 1.0 / float(eigenvalues[-1])
        path = descend(J, lr, 60)
        best = minimum(inputs, Y)
        rows.append((label, float(eigenvalues[0]), float(eigenvalues[-1]),
                     float(eigenvalues[-1] / eigenvalues[0]), steps_to(J, path, best)))
        paths.append((label, J, path, best))
    table(["inputs", "least curvature", "largest", "condition number", "steps to within 1 % of the minimum"],
          rows)

    fig, axes = figure(1, 2, width=6.6, height=5.6)
    ticks = [-3 + 6 * i / 60 for i in range(61)]
    for panel, (label, J, path, best) in zip(axes, paths):
        z = [[float(J(best[0] + a, best[1] + b)) for a in ticks] for b in ticks]
        low = min(map(min, z))
        panel.contour([best[0] + a for a in ticks], [best[1] + b for b in ticks], z,
                      levels=[low + 0.02 * 2.2 ** k for k in range(10)], colors=[BLUE], linewidths=1.3)
        panel.plot(*zip(*path), "o-", color=VERMILLION, markersize=5, linewidth=1.8)
        panel.plot(*best, "*", color=BLACK, markersize=16)
        panel.set(xlabel="$w_1$", ylabel="$w_2$", title=f"{label} inputs", xlim=(best[0] - 3, best[0] + 3),
                  ylim=(best[1] - 3, best[1] + 3))
    save(fig, out, "normalisation", "Contours of the cost over both weights, with gradient descent: a narrow "
         "valley for raw inputs, "
                                    "circles and a straight path for standardised ones")
    zigzag(out)


def one_by_one(shift: float, batch: int, seed: int, steps: int = 200) -> list[tuple[float, float]]:
    """The path of the weights of w . x to (1, -1), for inputs from shift to shift + 1."""
    rng = Random(seed)
    w   = [Value(0.0, "w1"), Value(0.0, "w2")]
    optimizer, path = SGD(w, lr=0.2), [(0.0, 0.0)]
    for _ in range(steps):
        X = [[shift + rng.random(), shift + rng.random()] for _ in range(batch)]
        optimizer.zero_grad()
        mean([0.5 * (dot(w, x) - (x[0] - x[1])) ** 2 for x in X]).backward()
        optimizer.step()
        path.append((w[0].data, w[1].data))
    return path


def same_way(path: list[tuple[float, float]]) -> float:
    """The share of steps that move both weights up or both down."""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(path, path[1:])]
    return sum(d1 * d2 > 0 for d1, d2 in steps) / len(steps)


def detour(path: list[tuple[float, float]]) -> float:
    """The length of the path over the distance from its start to its end."""
    return sum(math.dist(a, b) for a, b in zip(path, path[1:])) / math.dist(path[0], path[-1])


def zigzag(out: Path, seeds: int = 10) -> None:
    """Positive inputs, one by one and in batches, and centred ones: print and draw."""
    cases = [("all positive, one by one", 0.0, 1), ("all positive, batches of 16", 0.0, 16),
             ("centred, one by one", -0.5, 1)]
    paths = [[one_by_one(shift, batch, seed) for seed in range(seeds)] for _, shift, batch in cases]
    print(f"\na unit w . x on its way from (0, 0) to (1, -1), 200 steps, rate 0.2, mean of {seeds} seeds:\n")
    table(["inputs", "steps that move both weights the same way", "length of the path / distance"],
          [(label, mean([same_way(path) for path in each]), mean([detour(path) for path in each]))
           for (label, _, _), each in zip(cases, paths)])
    fig, axes = figure(1, 3, width=4, height=4.4, sharey=True)
    for panel, (label, _, _), each in zip(axes, cases, paths):
        panel.plot(*zip(*each[0]), "-", color=VERMILLION, linewidth=1.6)
        panel.plot(1, -1, "*", color=BLACK, markersize=16)
        panel.set(xlabel="$w_1$", title=label.replace(", ", "\n"), xlim=(-0.3, 1.2),
                  ylim=(-1.2, 0.3), xticks=[0, 0.5, 1], yticks=[-1, -0.5, 0])
    axes[0].set_ylabel("$w_2$")
    save(fig, out, "zigzag", "The path of two weights: in zig-zags from positive inputs one by one, smoother "
         "in batches, and without a common direction from centred inputs")


def centred(X: list[list[float]]) -> list[list[float]]:
    """X less its mean: only the scale is at stake here."""
    means = [sum(column) / len(X) for column in zip(*X)]
    return [[x - m for x, m in zip(row, means)] for row in X]


def minimum(X: list[list[float]], Y: list[float]) -> tuple[float, float]:
    """The least-squares weights."""
    import numpy as np
    w, *_ = np.linalg.lstsq(np.array(X), np.array(Y) - sum(Y) / len(Y), rcond=None)
    return float(w[0]), float(w[1])


def steps_to(J: Any, path: list[tuple[float, float]], best: tuple[float, float]) -> Any:
    """After how many steps the excess cost is below 1 % of that at the start."""
    least = float(J(*best))
    costs = [float(J(*w)) - least for w in path]
    return next((k for k, c in enumerate(costs) if c < 0.01 * costs[0]), f"more than {len(path) - 1}")
