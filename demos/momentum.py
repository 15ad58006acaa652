"""Momentum in a narrow valley (D3).

What there is to see: gradient descent zig-zags between the walls; momentum averages the zig-zag out
and speeds up along the floor. Under a constant gradient the step grows to 1/(1 - gamma) times.
"""

from __future__ import annotations

from pathlib import Path

from engine import Value
from nn import SGD

from .common import BLUE, GREY, ORANGE, VERMILLION, figure, save, table

POSITION  = 200
DOCUMENTS = ["D0-26", "D1-38", "D3-21", "D3-26", "GG"]


def path(lr: float, gamma: float, steps: int, steepness: float = 100.0) -> list[tuple[float, float]]:
    """Descent of (w1^2 + steepness w2^2) / 2 from (10, 1)."""
    w = [Value(10.0, "w1"), Value(1.0, "w2")]
    optimizer, points = SGD(w, lr=lr, momentum=gamma), [(10.0, 1.0)]
    for _ in range(steps):
        optimizer.zero_grad()
        (0.5 * (w[0] * w[0] + steepness * w[1] * w[1])).backward()
        optimizer.step()
        points.append((w[0].data, w[1].data))
    return points


def steps_to(points: list[tuple[float, float]], level: float = 1e-8, steepness: float = 100.0) -> object:
    """The first step at which the cost is below the level, for good."""
    costs = [0.5 * (a * a + steepness * b * b) for a, b in points]
    above = [k for k, cost in enumerate(costs) if cost >= level]
    return above[-1] + 1 if above[-1] + 1 < len(costs) else f"more than {len(points) - 1}"


def run(out: Path) -> None:
    """Constant gradient, then the valley; draw both paths."""
    w = Value(0.0, "W")
    optimizer, rows = SGD([w], lr=0.1, momentum=0.9), []
    for t in range(1, 31):
        before, w.grad = w.data, 1.0
        optimizer.step()
        if t <= 5 or t == 30:
            rows.append((t, before - w.data, 0.1 * (1 - 0.9 ** t) / 0.1, w.data))
    print("constant gradient 1, eta = 0.1, gamma = 0.9: nu_t = eta (1 - gamma^t) / (1 - gamma), towards 10 "
          "eta\n")
    table(["t", "nu", "formula", "W"], rows)

    cases = [("gradient descent", 2 / 101, 0.0), ("momentum 0.67", 0.033, 0.669), ("momentum 0.9", 0.01, 0.9)]
    print("\n(w1^2 + 100 w2^2) / 2 from (10, 1), steps until it stays below 1e-8:\n")
    table(["", "eta", "gamma", "steps"], [(label, lr, gamma, steps_to(path(lr, gamma, 1500)))
                                          for label, lr, gamma in cases])

    fig, axes = figure(2, 1, width=11, height=3.6, sharex=True)
    ticks1, ticks2 = [-4 + 15 * i / 80 for i in range(81)], [-1.3 + 2.6 * i / 40 for i in range(41)]
    cost = [[0.5 * (a * a + 100 * b * b) for a in ticks1] for b in ticks2]
    for panel, (label, lr, gamma), colour in zip(axes, (("gradient descent", 0.0195, 0.0),
                                                        ("momentum 0.67", 0.0195, 0.67)),
                                                 (VERMILLION, BLUE)):
        panel.contour(ticks1, ticks2, cost, levels=[1, 4, 10, 20, 40, 70], colors=[GREY], linewidths=1)
        points = path(lr, gamma, 40)
        panel.plot(*zip(*points), "o-", color=colour, markersize=6, linewidth=2)
        panel.plot(0, 0, "*", color=ORANGE, markersize=20)
        panel.set(ylabel="$w_2$", title=f"{label}: 40 steps, the last at $w_1$ = {points[-1][0]:.2g}",
                  ylim=(-1.3, 1.3))
    axes[1].set_xlabel("$w_1$")
    save(fig, out, "momentum", "Forty steps in a narrow valley: gradient descent zig-zags and is still far "
         "away, momentum arrives")
