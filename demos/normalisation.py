"""Input normalisation and the shape of the cost (D1).

What there is to see: inputs of very different size make a narrow valley, in which the largest safe
step is a small one for the other weight; standardised inputs make nearly round contours. The statistics
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
DOCUMENTS = ["D1-49", "D2-15", "D2-41"]
START     = (-2.0, 2.0)
SEEDS     = 10

Path2 = list[tuple[float, float]]


def data(n: int = 40, seed: int = 0) -> tuple[list[list[float]], list[float]]:
    """Two features, the second six times as large, and a linear target."""
    rng = Random(seed)
    X = [[rng.gauss(1.0, 0.5), rng.gauss(-2.0, 3.0)] for _ in range(n)]
    return X, [1.0 * a - 0.5 * b + rng.gauss(0, 0.1) for a, b in X]


def cost(X: list[list[float]], Y: list[float]) -> Any:
    """J(w) = 1/2 mean (w . x - y)^2, targets centred."""
    centre = sum(Y) / len(Y)
    return lambda *w: mean([0.5 * (dot(w, x) - (y - centre)) ** 2 for x, y in zip(X, Y)])


def descend(J: Any, lr: float, steps: int) -> Path2:
    """The path of gradient descent from (-2, 2)."""
    w = [Value(START[0], "w1"), Value(START[1], "w2")]
    optimizer, path = SGD(w, lr=lr), [START]
    for _ in range(steps):
        optimizer.zero_grad()
        J(*w).backward()
        optimizer.step()
        path.append((w[0].data, w[1].data))
    return path


def run(out: Path) -> None:
    """Print statistics, condition numbers and steps; draw both sets of contours with the descent."""
    import numpy as np

    X, Y = data()
    standardise = Standardizer().fit(X)
    scaled      = [standardise(x) for x in X]
    statistics(X, scaled, [standardise(x) for x in data(seed=1)[0]])
    rows, paths = [], []
    for label, inputs in (("raw", centred(X)), ("standardised", scaled)):
        J    = cost(inputs, Y)
        H    = np.array(hessian(J)(0.0, 0.0), dtype=float)
        least, largest = np.linalg.eigvalsh(H).tolist()
        path = descend(J, 1 / largest, 60)
        best = minimum(inputs, Y)
        rows.append((label, least, largest, largest / least, steps_to(J, path, best)))
        paths.append((f"{label} inputs:\ncondition number {largest / least:.1f}", H, path, best))
    print("\nthe curvatures of J along the valley and across it (D1-49), and gradient descent at rate 1 / "
          "largest:\n")
    table(["inputs", "least curvature", "largest", "condition number", "steps to within 1 % of the minimum"],
          rows)
    r = abs(sum(a * b for a, b in scaled) / len(scaled))
    print(f"\nnot quite circles: the two inputs are correlated, r = {r:.2f}, and the condition number is "
          f"(1 + r) / (1 - r) = {(1 + r) / (1 - r):.3f}")
    contours(paths, out)
    zigzag(out)


def statistics(*sets: list[list[float]]) -> None:
    """Mean and deviation of both inputs, before and after."""
    print("mean and standard deviation of the two inputs; the test set is scaled with the numbers of the "
          "training set (D1-49):\n")
    names = ("training, raw", "training, standardised", "test, standardised")
    table(["inputs", "mean 1", "mean 2", "deviation 1", "deviation 2"],
          [(name, *map(average, zip(*X)), *map(deviation, zip(*X))) for name, X in zip(names, sets)])


def average(xs: Any) -> float:
    """The mean; what is left of rounding counts as 0."""
    return round(math.fsum(xs) / len(xs), 12) + 0.0


def deviation(xs: Any) -> float:
    """The population's standard deviation."""
    return math.sqrt(sum((x - average(xs)) ** 2 for x in xs) / len(xs))


def contours(paths: list[tuple[str, Any, Path2, tuple[float, float]]], out: Path) -> None:
    """Both costs on one scale; J less its minimum is (w - best) H (w - best) / 2."""
    fig, axes = figure(1, 2, width=6.6, height=6.6, sharex=True, sharey=True,
                       title="the cost over both weights, and 60 steps of gradient descent (D1-49)")
    ticks1, ticks2 = [-2.6 + 7 * i / 300 for i in range(301)], [-4.4 + 7 * i / 300 for i in range(301)]
    for panel, (label, H, path, (b1, b2)) in zip(axes, paths):
        z = [[0.5 * (H[0][0] * (a - b1) ** 2 + 2 * H[0][1] * (a - b1) * (b - b2) + H[1][1] * (b - b2) ** 2)
              for a in ticks1] for b in ticks2]
        panel.contour(ticks1, ticks2, z, levels=[0.02 * 2.2 ** k for k in range(10)], colors=[BLUE],
                      linewidths=1.3)
        panel.plot(*zip(*path), "o-", color=VERMILLION, markersize=5, linewidth=1.8)
        panel.plot(b1, b2, "*", color=BLACK, markersize=16)
        panel.annotate("start", START, (START[0] + 0.15, START[1] + 0.15))
        panel.set(xlabel="$w_1$", title=label, aspect="equal")
    axes[0].set_ylabel("$w_2$")
    save(fig, out, "normalisation", "Contours of the cost over both weights, with gradient descent from "
         "one start: a narrow valley for raw inputs, along which the path creeps and does not reach the "
         "star, nearly circles for standardised ones, where the first step is almost there")


def one_by_one(shift: float, batch: int, seed: int, steps: int = 200) -> Path2:
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


def same_way(path: Path2) -> float:
    """The share of steps that move both weights up or both down."""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(path, path[1:])]
    return sum(d1 * d2 > 0 for d1, d2 in steps) / len(steps)


def detour(path: Path2) -> float:
    """The length of the path over the distance from its start to its end."""
    return sum(math.dist(a, b) for a, b in zip(path, path[1:])) / math.dist(path[0], path[-1])


def signs() -> None:
    """D2's remark on the signs, sample by sample and summed."""
    rows: list[tuple[Any, ...]] = []
    w    = [Value(0.0), Value(0.0)]
    for x, delta in (((1.0, 0.1), 1.0), ((0.1, 1.0), -1.0)):
        before = [p.grad for p in w]
        (delta * dot(w, x)).backward()
        rows.append((str(x), delta, *(p.grad - g for p, g in zip(w, before))))
    rows.append(("summed", "-", *(p.grad for p in w)))
    print("\npositive inputs give both weights gradients of one sign; summed over a batch, signs may differ "
          "(D2-15):\n")
    table(["x", "upstream", "dL/dw1", "dL/dw2"], rows)


def zigzag(out: Path) -> None:
    """Positive inputs, one by one and in batches, and centred ones: print and draw."""
    signs()
    cases = [("all positive, one by one", 0.0, 1), ("all positive, batches of 16", 0.0, 16),
             ("centred, one by one", -0.5, 1)]
    paths = [[one_by_one(shift, batch, seed) for seed in range(SEEDS)] for _, shift, batch in cases]
    same  = [sum(map(same_way, each)) / SEEDS for each in paths]
    print(f"\na unit w . x on its way from (0, 0) to (1, -1), 200 steps, rate 0.2, mean of {SEEDS} seeds "
          "(D2-15, D2-41):\n")
    table(["inputs", "steps that move both weights the same way", "length of the path / distance"],
          [(label, share, sum(map(detour, each)) / SEEDS)
           for (label, _, _), share, each in zip(cases, same, paths)])
    fig, axes = figure(1, 3, width=4.4, height=5.75, sharey=True,
                       title=f"steps that move both weights up or both down (D2-41, mean of {SEEDS} seeds)")
    for panel, (label, _, _), each, share in zip(axes, cases, paths, same):
        for path in each[1:4]:
            panel.plot(*zip(*path), "-", color=BLUE, linewidth=0.8, alpha=0.5)
        panel.plot(*zip(*each[0]), "-", color=VERMILLION, linewidth=2.2)
        panel.plot(0, 0, "o", color=BLACK, markersize=8)
        panel.plot(1, -1, "*", color=BLACK, markersize=16)
        panel.annotate("start", (0, 0), (0.05, 0.1))
        in_two = label.replace(", ", ",\n")
        panel.set(xlabel="$w_1$", title=f"{in_two}: {share:.0%}", xlim=(-0.3, 1.2),
                  ylim=(-1.2, 0.3), xticks=[0, 0.5, 1], yticks=[-1, -0.5, 0], aspect="equal")
    axes[0].set_ylabel("$w_2$")
    save(fig, out, "zigzag", "The paths of two weights from (0, 0) to (1, -1): in zig-zags from positive "
         "inputs one by one, nearly straight in batches, and without a common direction of the steps from "
         "centred inputs")


def centred(X: list[list[float]]) -> list[list[float]]:
    """X less its mean: only the scale is at stake here."""
    means = [sum(column) / len(X) for column in zip(*X)]
    return [[x - m for x, m in zip(row, means)] for row in X]


def minimum(X: list[list[float]], Y: list[float]) -> tuple[float, float]:
    """The least-squares weights."""
    import numpy as np
    w, *_ = np.linalg.lstsq(np.array(X), np.array(Y) - sum(Y) / len(Y), rcond=None)
    return float(w[0]), float(w[1])


def steps_to(J: Any, path: Path2, best: tuple[float, float]) -> Any:
    """After how many steps the excess cost is below 1 % of that at the start."""
    least = float(J(*best))
    costs = [float(J(*w)) - least for w in path]
    return next((k for k, c in enumerate(costs) if c < 0.01 * costs[0]), f"more than {len(path) - 1}")
