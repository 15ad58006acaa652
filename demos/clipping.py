"""Clipping: by the common norm it keeps the direction, element by element it does not (D4).

What there is to see: (3, 4) becomes (0.6, 0.8) or (1, 1); and a cliff, on which one step without
clipping throws the parameter out of the valley. A chain of weights oscillates around the minimum when
the step is too long, and overshoots it again and again when it is longer: it never learns.
"""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

from engine import Value, exp
from engine.show.numbers import digits
from nn import SGD, clip_by_norm, clip_by_value

from .common import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILLION, figure, save, table

POSITION  = 220
DOCUMENTS = ["D1-47", "D1-59", "D4-43", "ERR-D4-8"]
RATES     = [0.02, 0.1, 0.15, 0.2, 0.3]


def clipped(numbers: tuple[float, ...], rule: str, limit: float) -> list[float]:
    """The gradients after clipping."""
    parameters = [Value(0.0) for _ in numbers]
    for p, g in zip(parameters, numbers):
        p.grad = g
    (clip_by_norm if rule == "norm" else clip_by_value)(parameters, limit)
    return [float(p.grad) for p in parameters]


def cosine(a: tuple[float, ...], b: list[float]) -> object:
    """The cosine of the angle between two gradients."""
    if not any(a): return "-"
    return sum(x * y for x, y in zip(a, b)) / math.hypot(*a) / math.hypot(*b)


def cliff(w: Value) -> Value:
    """A gentle slope that ends in a wall: 0.1 w^2 + e^(8 (w - 2))."""
    return 0.1 * w * w + exp(8 * (w - 2))


def descend(limit: float | None, steps: int = 30) -> list[float]:
    """The path of w from the wall, with or without clipping."""
    w = Value(2.15, "w")
    optimizer, path = SGD([w], lr=0.6), [w.data]
    for _ in range(steps):
        optimizer.zero_grad()
        cliff(w).backward()
        if limit: clip_by_norm([w], limit)
        optimizer.step()
        path.append(w.data)
    return path


def run(out: Path) -> None:
    """Print both rules; draw the directions and the cliff."""
    cases = [((3.0, 4.0), 1.0), ((3.0, 4.0), 10.0), ((0.0, 0.0), 1.0), ((0.1, -8.0), 1.0)]
    table(["gradient", "limit", "by norm", "cosine", "by value", "cosine"],
          [(str(g), c, short(a := clipped(g, "norm", c)), cosine(g, a), short(b := clipped(g, "value", c)),
            cosine(g, b))
           for g, c in cases])
    free, held = descend(None), descend(1.0)
    print("\nfrom the wall at w = 2.15, rate 0.6: without clipping the first step lands at w = "
          f"{free[1]:.3g}, with it at {held[1]:.3g};")
    print(f"after 30 steps w = {free[-1]:.3g} and {held[-1]:.3g}")

    fig, axes = figure(1, 2, width=6.8, height=5.4)
    for (numbers, colour, label) in (((3, 4), GREY, "$g = (3, 4)$"),
                                     ((0.6, 0.8), BLUE, "by norm: $(0.6, 0.8)$"),
                                     ((1, 1), ORANGE, "by value: $(1, 1)$")):
        axes[0].annotate("", xy=numbers, xytext=(0, 0), arrowprops={"arrowstyle": "-|>", "lw": 3,
                                                                    "color": colour, "mutation_scale": 22})
        axes[0].plot([], [], color=colour, label=label)
    axes[0].plot([math.cos(t / 50) for t in range(79)], [math.sin(t / 50) for t in range(79)], ":",
                 color=BLACK)
    axes[0].set(xlim=(0, 4.3), ylim=(0, 4.3), xlabel="$g_1$", ylabel="$g_2$", title="direction",
                aspect="equal")
    axes[0].legend(loc="lower right")
    ticks = [-14.5 + 16.85 * i / 400 for i in range(401)]
    axes[1].plot(ticks, [cliff(Value(t)).data for t in ticks], color=BLACK)
    for path, colour, mark, label in ((free, VERMILLION, "o", "without"),
                                      (held, BLUE, "^", "clipped to norm 1")):
        axes[1].plot(path[:8], [cliff(Value(w)).data for w in path[:8]], mark + "--", color=colour,
                     linewidth=1.5, markersize=9, label=label)
    axes[1].set(xlabel="$w$", ylabel="cost", title="a wall, eight steps", ylim=(-1, 24))
    axes[1].legend()
    save(fig, out, "clipping", "Left, (3, 4) clipped by norm keeps its direction, clipped by value it does "
         "not; right, at a wall the "
                               "unclipped step flies far off")
    overshooting(out)


def short(numbers: list[float]) -> str:
    """(0.6, 0.8)."""
    return "(" + ", ".join(map(digits, numbers)) + ")"


def errors(lr: float, seed: int, steps: int = 60) -> list[float]:
    """The error y - 2 before each step, for y = w1 w2 w3 w4 from weights a little too large."""
    rng = Random(seed)
    w   = [Value(rng.uniform(1.15, 1.35)) for _ in range(4)]
    optimizer, found = SGD(w, lr=lr), []
    for _ in range(steps):
        e = w[0] * w[1] * w[2] * w[3] - 2.0
        found.append(float(e.data))
        optimizer.zero_grad()
        (0.5 * e * e).backward()
        optimizer.step()
    return found


def overshooting(out: Path, seeds: int = 20) -> None:
    """Four weights in a chain: count over seeds what each rate does; draw one seed."""
    runs = {lr: [errors(lr, seed) for seed in range(seeds)] for lr in RATES}
    print(f"\nJ = (w1 w2 w3 w4 - 2)^2 / 2 from weights between 1.15 and 1.35, 60 steps, {seeds} seeds:\n")
    table(["rate", "learned, |error| < 0.01", "changes of sign, median", "mean |error|, last 10 steps"],
          [(lr, sum(abs(run[-1]) < 0.01 for run in each), sorted(map(changes, each))[seeds // 2],
            sum(abs(e) for run in each for e in run[-10:]) / (10 * seeds)) for lr, each in runs.items()])
    fig, axes = figure(width=9, height=5)
    for (lr, each), colour, dash in zip(runs.items(), (BLUE, GREEN, ORANGE, PURPLE, VERMILLION),
                                        ("-", "-.", "--", "-", ":")):
        axes.plot(range(len(each[0])), each[0], dash, color=colour, label=f"rate {lr:g}")
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set(xlabel="step", ylabel="error $w_1 w_2 w_3 w_4 - 2$", xlim=(0, 30),
             title="one start, five rates")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    save(fig, out, "overshooting", "The error against the step: a small rate comes down smoothly, larger "
         "ones swing around 0, the largest never settle")


def changes(run: list[float]) -> int:
    """How often the error changes its sign."""
    return sum(a * b < 0 for a, b in zip(run, run[1:]))
