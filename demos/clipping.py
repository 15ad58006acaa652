"""Clipping: by the common norm it keeps the direction, element by element it does not (D4).

What there is to see: (3, 4) becomes (0.6, 0.8) or (1, 1); and a cliff, on which one step without
clipping throws the parameter out of the valley. A chain of weights oscillates around the minimum when
the step is too long, and overshoots it again and again when it is longer: it never learns.
"""

from __future__ import annotations

import math
from pathlib import Path
from random import Random
from typing import Any

from engine import Value, exp
from engine.show.numbers import digits
from nn import SGD, clip_by_norm, clip_by_value

from .common import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILLION, figure, save, table

POSITION  = 220
DOCUMENTS = ["D1-47", "D1-59", "D4-43", "ERR-D4-8"]
RATES     = [0.02, 0.1, 0.15, 0.2, 0.3]
WALL, LR, LIMIT = 2.15, 0.6, 1.0


def clipped(numbers: tuple[float, ...], rule: str, limit: float) -> list[float]:
    """The gradients after clipping: by their norm, each by its value, or in two tensors each by its norm."""
    parameters = [Value(0.0) for _ in numbers]
    for p, g in zip(parameters, numbers):
        p.grad = g
    if rule == "value":
        clip_by_value(parameters, limit)
    else:
        half = len(parameters) // 2
        for group in [parameters] if rule == "norm" else [parameters[:half], parameters[half:]]:
            clip_by_norm(group, limit)
    return [float(p.grad) for p in parameters]


def cosine(a: tuple[float, ...], b: list[float]) -> object:
    """The cosine of the angle between two gradients."""
    if not any(a): return "-"
    return sum(x * y for x, y in zip(a, b)) / math.hypot(*a) / math.hypot(*b)


def cliff(w: Any) -> Any:
    """A gentle slope that ends in a wall: 0.1 w^2 + e^(8 (w - 2))."""
    return 0.1 * w * w + exp(8 * (w - 2))


def descend(limit: float | None, steps: int = 30) -> list[float]:
    """The path of w from the wall, with or without clipping."""
    w = Value(WALL, "w")
    optimizer, path = SGD([w], lr=LR), [w.data]
    for _ in range(steps):
        optimizer.zero_grad()
        cliff(w).backward()
        if limit: clip_by_norm([w], limit)
        optimizer.step()
        path.append(w.data)
    return path


def run(out: Path) -> None:
    """Print both rules; draw the directions, the cliff and what too long steps do."""
    rules()
    free, held = descend(None), descend(LIMIT)
    print(f"\nfrom the wall at w = {WALL:g}, rate {LR:g} (D1-47): without clipping the first step lands "
          f"at w = {free[1]:.3g}, with it at {held[1]:.3g};")
    print(f"after {len(free) - 1} steps w = {free[-1]:.3g} and {held[-1]:.3g}")
    fig, axes = figure(1, 3, width=5, height=5.2)
    directions(axes[0])
    wall(axes[1], free, held)
    by_step(axes[2], free, held)
    save(fig, out, "clipping", "Left, (3, 4) clipped by norm keeps its direction and ends on the circle, "
         "clipped by value it turns into the corner of the square; middle, at a wall the unclipped step "
         "flies far off to the left, the clipped one stays near; right, w against the step: without "
         "clipping 30 steps to come back, with it a short smooth way")
    overshooting(out)


def rules() -> None:
    """Both rules on a few gradients, and tensors clipped each by itself."""
    cases = [((3.0, 4.0), 1.0), ((3.0, 4.0), 10.0), ((0.0, 0.0), 1.0), ((0.1, -8.0), 1.0)]
    print("clipping gradients by their norm and element by element (D4-43), and the cosine between before "
          "and after: the\ndirection stays by norm only (ERR-D4-8)\n")
    table(["gradient", "limit", "by norm", "cosine of norm", "by value", "cosine of value"],
          [(short(g), c, short(a := clipped(g, "norm", c)), cosine(g, a), short(b := clipped(g, "value", c)),
            cosine(g, b)) for g, c in cases])
    two  = (3.0, 4.0, 6.0, 8.0)
    each = clipped(two, "tensors", LIMIT)
    print(f"\ntwo tensors (3, 4) and (6, 8), each clipped by its own norm: {short(each)}, cosine "
          f"{cosine(two, each):.5f} (ERR-D4-8)")


def short(numbers: Any) -> str:
    """(0.6, 0.8)."""
    return "(" + ", ".join(map(digits, numbers)) + ")"


def directions(axes: Any) -> None:
    """(3, 4), the circle of norm 1 and the square of values up to 1."""
    g     = (3.0, 4.0)
    turns = [t * math.pi / 200 for t in range(101)]
    axes.plot([math.cos(t) for t in turns], [math.sin(t) for t in turns], ":", color=BLUE)
    axes.plot([0, LIMIT, LIMIT], [LIMIT, LIMIT, 0], "--", color=ORANGE, linewidth=1.5)
    for numbers, colour, width, label, place in (
            (g, GREY, 3, "$g$ = ", (1.0, 3.85)),
            (clipped(g, "value", LIMIT), ORANGE, 4, "by value\n", (1.5, 0.5)),
            (clipped(g, "norm", LIMIT), BLUE, 4, "by norm\n", (0.08, 1.6))):
        axes.annotate("", numbers, (0, 0), arrowprops={"arrowstyle": "-|>", "lw": width, "color": colour,
                                                       "mutation_scale": 24, "shrinkA": 0, "shrinkB": 0})
        axes.annotate(f"{label}{short(numbers)}", numbers, place, fontsize=15,
                      arrowprops={"arrowstyle": "-", "color": GREY, "shrinkB": 4})
    axes.set(xlim=(0, 4.3), ylim=(0, 4.3), xlabel="$g_1$", ylabel="$g_2$", aspect="equal",
             title="direction (D4-43)", xticks=range(5), yticks=range(5))


def wall(axes: Any, free: list[float], held: list[float]) -> None:
    """The cost, and where the first step leads."""
    ticks = [-15 + 17.35 * i / 600 for i in range(601)]
    axes.plot(ticks, [float(cliff(t)) for t in ticks], color=BLACK)
    for path, colour, mark, bend in ((free, VERMILLION, "o", 0.15), (held, BLUE, "^", -0.4)):
        ends = [(w, float(cliff(w))) for w in path[:2]]
        axes.annotate("", xy=ends[1], xytext=ends[0], arrowprops={
            "arrowstyle": "-|>", "lw": 2.5, "color": colour, "mutation_scale": 22,
            "connectionstyle": f"arc3,rad={bend}"})
        axes.plot(*ends[1], mark, color=colour, markersize=11, zorder=4)
    axes.plot(free[0], float(cliff(free[0])), "s", color=BLACK, markersize=9, zorder=4)
    axes.text(free[0] - 0.6, float(cliff(free[0])) - 1.3, "start", ha="right", fontsize=15)
    axes.set(xlabel="$w$", ylabel="cost", ylim=(-1.5, 24), title="the first step from a wall (D1-47)")


def by_step(axes: Any, free: list[float], held: list[float]) -> None:
    """w against the step."""
    for path, colour, mark, label in ((free, VERMILLION, "o", "without clipping"),
                                      (held, BLUE, "^", f"clipped to norm {LIMIT:g}")):
        axes.plot(range(len(path)), path, mark + "-", color=colour, markersize=6, label=label)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set(xlabel="step", ylabel="$w$", ylim=(-15, 4), title="thirty steps, minimum at 0")
    axes.legend(loc="lower right")


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
    runs    = {lr: [errors(lr, seed) for seed in range(seeds)] for lr in RATES}
    learned = {lr: sum(abs(run[-1]) < 0.01 for run in each) for lr, each in runs.items()}
    print("\nsteps that are too long (D1-59): J = (w1 w2 w3 w4 - 2)^2 / 2 from weights between 1.15 and "
          f"1.35, 60 steps, {seeds} seeds:\n")
    table(["rate", "learned, |error| < 0.01", "changes of sign, median", "mean |error|, last 10 steps"],
          [(lr, learned[lr], sorted(map(changes, each))[seeds // 2],
            sum(abs(e) for run in each for e in run[-10:]) / (10 * seeds)) for lr, each in runs.items()])
    fig, axes = figure(1, len(RATES), width=3, height=4.6, sharey=True,
                       title=f"one start, five rates, and with how many of {seeds} starts each learns "
                             "(D1-59)")
    styles = (BLUE, "o"), (GREEN, "v"), (ORANGE, "^"), (PURPLE, "D"), (VERMILLION, "s")
    for panel, (lr, each), (colour, mark) in zip(axes, runs.items(), styles):
        panel.axhline(0, color=GREY, linewidth=1)
        panel.plot(range(31), each[0][:31], mark + "-", color=colour, linewidth=1.5, markersize=5)
        panel.set(xlabel="step", title=f"rate {lr:g}: {learned[lr]}", xticks=[0, 15, 30])
    axes[0].set_ylabel("error $w_1 w_2 w_3 w_4 - 2$")
    save(fig, out, "overshooting", "The error against the step, one panel per rate on one scale: a small "
         "rate comes down smoothly, larger ones swing around 0 and settle, the two largest swing for ever")


def changes(run: list[float]) -> int:
    """How often the error changes its sign."""
    return sum(a * b < 0 for a, b in zip(run, run[1:]))
