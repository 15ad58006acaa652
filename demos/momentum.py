"""Momentum in a narrow valley (D3).

What there is to see: gradient descent zig-zags between the walls; momentum averages the zig-zag out
and speeds up along the floor. Under a constant gradient the step grows to 1/(1 - gamma) times.
"""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import Any

from engine import Value
from nn import SGD

from .common import BLACK, BLUE, GREY, ORANGE, VERMILLION, figure, save, table

POSITION  = 200
DOCUMENTS = ["D0-26", "D1-38", "D3-21", "D3-26", "GG"]
STEEP     = 100.0                                        # how much steeper the walls are than the floor
START     = (10.0, 1.0)
LEVEL     = 1e-8
BEST      = ((sqrt(STEEP) - 1) / (sqrt(STEEP) + 1)) ** 2     # the best gamma for walls and floor together
CASES     = [("gradient descent", 2 / (1 + STEEP), 0.0),
             (f"momentum {BEST:.2f}", (1 + sqrt(BEST)) ** 2 / STEEP, BEST), ("momentum 0.9", 0.01, 0.9)]


def cost(w1: Any, w2: Any) -> Any:
    """The valley: (w1^2 + 100 w2^2) / 2."""
    return 0.5 * (w1 * w1 + STEEP * w2 * w2)


def path(lr: float, gamma: float, steps: int) -> list[tuple[float, float]]:
    """Descent into the valley from (10, 1)."""
    w = [Value(START[0], "w1"), Value(START[1], "w2")]
    optimizer, points = SGD(w, lr=lr, momentum=gamma), [START]
    for _ in range(steps):
        optimizer.zero_grad()
        cost(*w).backward()
        optimizer.step()
        points.append((w[0].data, w[1].data))
    return points


def steps_to(points: list[tuple[float, float]]) -> int | str:
    """The first step at which the cost is below the level, for good."""
    above = [k for k, point in enumerate(points) if cost(*point) >= LEVEL]
    return above[-1] + 1 if above[-1] + 1 < len(points) else f"more than {len(points) - 1}"


def run(out: Path) -> None:
    """Constant gradient, then the valley; draw paths and costs."""
    constant_gradient(eta=0.1, gamma=0.9)
    first_steps()
    paths = {label: path(lr, gamma, 800) for label, lr, gamma in CASES}
    print(f"\n(w1^2 + 100 w2^2) / 2 from (10, 1), steps until it stays below {LEVEL:g} (D3-26):\n")
    table(["", "eta", "gamma", "steps"],
          [(label, lr, gamma, steps_to(paths[label])) for label, lr, gamma in CASES])
    valley(out)
    costs(paths, out)


def constant_gradient(eta: float, gamma: float) -> None:
    """The step grows to 1 / (1 - gamma) times."""
    w = Value(0.0, "W")
    optimizer, rows = SGD([w], lr=eta, momentum=gamma), []
    for t in range(1, 31):
        before, w.grad = w.data, 1.0
        optimizer.step()
        if t <= 5 or t == 30:
            rows.append((t, before - w.data, eta * (1 - gamma ** t) / (1 - gamma), w.data))
    print(f"constant gradient 1, eta = {eta:g}, gamma = {gamma:g} (D3-26, GG): "
          f"nu_t = eta (1 - gamma^t) / (1 - gamma), towards {1 / (1 - gamma):.0f} eta\n")
    table(["t", "nu", "formula", "W"], rows)


def first_steps(eta: float = 0.0195) -> None:
    """Gradient descent, one step at a time, against W - eta * gradient."""
    points = path(eta, 0.0, 3)
    print(f"\ngradient descent W - eta grad (D0-26, D1-38, D3-21), eta = {eta:g}, gradient (w1, 100 w2):\n")
    table(["step", "w1", "w1 - eta w1", "w2", "w2 - eta 100 w2"],
          [(k, after[0], before[0] - eta * before[0], after[1], before[1] - eta * STEEP * before[1])
           for k, (before, after) in enumerate(zip(points, points[1:]), 1)])


def valley(out: Path, eta: float = 0.0195) -> None:
    """Both descents with one step size, on one scale."""
    fig, axes = figure(2, 1, width=11, height=3.6, sharex=True, sharey=True)
    ticks1, ticks2 = [-4 + 15.5 * i / 300 for i in range(301)], [-1.35 + 2.7 * i / 200 for i in range(201)]
    z = [[cost(a, b) for a in ticks1] for b in ticks2]
    for panel, (label, gamma, document), colour in zip(
            axes, (("gradient descent", 0.0, "D3-21"), ("momentum 0.67", 0.67, "D3-26")), (VERMILLION, BLUE)):
        panel.contour(ticks1, ticks2, z, levels=[1, 4, 10, 20, 40, 70], colors=[GREY], linewidths=1)
        points = path(eta, gamma, 40)
        panel.plot(*zip(*points), "o-", color=colour, markersize=6, linewidth=2)
        panel.plot(0, 0, "*", color=ORANGE, markeredgecolor=BLACK, markersize=20)
        panel.annotate("start", START, (10.3, 1.05))
        panel.set(ylabel="$w_2$", title=f"{label} ({document}): 40 steps, the last at $w_1$ = "
                                        f"{points[-1][0]:.2g}")
    axes[1].set_xlabel("$w_1$")
    save(fig, out, "momentum", "Forty steps in a narrow valley from the same start: gradient descent "
         "zig-zags between the walls and is still far from the star at the minimum, momentum swings less "
         "and less and nearly arrives")


def costs(paths: dict[str, list[tuple[float, float]]], out: Path) -> None:
    """Each way with a step size that suits it."""
    fig, axes = figure(width=9.5, height=5)
    styles = (VERMILLION, "--", 3), (BLUE, "-", 4), (BLACK, "-", 1)
    for (label, points), (colour, dash, thick) in zip(paths.items(), styles):
        ys = [cost(*point) for point in points]
        ys = ys[:next(k for k, y in enumerate(ys) if y < LEVEL / 100)]
        axes.semilogy(range(len(ys)), ys, dash, color=colour, linewidth=thick,
                      label=f"{label}: {steps_to(points)} steps")
    axes.axhline(LEVEL, color=GREY, linewidth=1)
    axes.set(xlabel="step", ylabel="cost", title=f"steps until the cost stays below {LEVEL:g} (D3-26)")
    axes.legend(loc="upper right")
    save(fig, out, "momentum_cost", "The cost against the step on a logarithmic scale: a straight slow "
         "descent without momentum, a steep one with 0.67, one with ripples between them with 0.9")
