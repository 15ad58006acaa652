"""Overfitting, and what holds a network back: penalties, noise, dropout, early stopping (D0, D2, D4).

What there is to see: one large network and twelve noisy points of a sine. Left alone it learns the noise by
heart; then each regulariser that the documents name holds it back. Weight decay by itself: in every step each
weight is forgotten by the same factor. And weight decay on a polynomial, where it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import pi, sin
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, NamedTuple

from engine import Value, grad, hessian, mean
from engine.value import Operand
from nn import SGD, Adam, EarlyStopping, Layer, Module, fit, l1, l2, mse, weights
from nn.datasets import noisy_curve

from .common import BLACK, BLUE, GREEN, ORANGE, figure, progress, save, short, table

POSITION  = 125
DOCUMENTS = ["D0-36", "D0-45", "D2-11", "D2-46", "D4-44"]
UNITS     = 24
N         = 12
COPIES    = 20                                # of each sample, where it is made noisy
SEEDS     = range(5)
SIGMA, RATE, LAMBDA_1, LAMBDA_2 = 0.6, 0.5, 0.02, 0.04
TRUE_X, TRUE_Y = noisy_curve(sin, n=61, noise=0.0)


class Curve(Module):
    """A 1-24-1 tanh network; a sample is x and a factor for each hidden unit, 1 where it is left alone."""

    def __init__(self, seed: int) -> None:
        self.hidden = Layer(1, UNITS, "tanh", init="normal", seed=seed)
        self.output = Layer(UNITS, 1, "linear", seed=seed + 100)

    def __call__(self, x: Sequence[Operand]) -> Any:
        return self.output([h * m for h, m in zip(self.hidden(x[:1]), x[1:])])[0]


class Trained(NamedTuple):
    """What became of one start."""

    points: tuple[list[float], list[float]]
    seen:   float                             # the error at the points it was trained on
    true:   float                             # the error against the sine without noise
    curve:  list[float]                       # its answers at TRUE_X


def sample(x: float) -> list[float]:
    """A sample of which nothing is dropped."""
    return [x] + [1.0] * UNITS


def noisy(x: float, rng: Random) -> list[float]:
    """Input noise: x is moved at random."""
    return sample(x + rng.gauss(0, SIGMA))


def thinned(x: float, rng: Random) -> list[float]:
    """Dropout: hidden units are taken out at random, the others scaled up."""
    return [x] + [0.0 if rng.random() < RATE else 1 / (1 - RATE) for _ in range(UNITS)]


def train(seed: int, penalty: Callable[[Module], Value] | None = None,
          change: Callable[[float, Random], list[float]] | None = None, stop: bool = False) -> Trained:
    """250 steps of Adam on twelve noisy points, or on twenty changed copies of each."""
    points, Y = noisy_curve(sin, n=N, noise=0.6, seed=seed)
    rng, net  = Random(seed), Curve(seed)
    xs   = [x for x, in points]
    rows = [change(x, rng) for _ in range(COPIES) for x in xs] if change else [sample(x) for x in xs]
    held_out = noisy_curve(sin, n=N, noise=0.6, seed=seed + 50)
    fit(net, rows, Y * (len(rows) // N), "mse", Adam(net.parameters(), 0.06), epochs=250, engine="vectorized",
        penalty=penalty, progress=False, early_stopping=EarlyStopping(patience=40) if stop else None,
        validation=([sample(x) for x, in held_out[0]], held_out[1]) if stop else None)
    answers = net.predict([sample(x) for x in [*xs, *(x for x, in TRUE_X)]])
    return Trained((xs, Y), float(mse(answers[:N], Y)), float(mse(answers[N:], TRUE_Y)), answers[N:])


HELD: dict[str, dict[str, Any]] = {
    "D0-45: left alone":                            {},
    f"D4-44: weight decay (L2), $\\lambda$ = {LAMBDA_2}": {"penalty": lambda net: l2(weights(net), LAMBDA_2)},
    f"D0-36: L1 penalty, $\\lambda$ = {LAMBDA_1}":  {"penalty": lambda net: l1(weights(net), LAMBDA_1)},
    f"D2-46: input noise, $\\sigma$ = {SIGMA}":     {"change": noisy},
    f"D2-46: dropout, rate {RATE}":                 {"change": thinned},
    "D0-36: early stopping":                        {"stop": True},
}


def run(out: Path) -> None:
    """Hold one network back in five ways; forget weights; fit a polynomial with and without decay."""
    held_back(out)
    forgetting(out)
    polynomials(out)


def held_back(out: Path) -> None:
    """The curve of one start for each regulariser, the middle error of all starts above it."""
    runs = {label: [train(seed, **how) for seed in SEEDS]
            for label, how in progress(HELD.items(), "networks")}
    print(f"{N} noisy points of a sine; the hyper-parameters: 1-{UNITS}-1, N(0, 1) weights, tanh, Adam, and "
          "those named (D0-36).\nThe error against the sine itself, by the seed:\n")
    table(["", *(f"seed {seed}" for seed in SEEDS), "middle", "lower than left alone"],
          [(label.replace("$", "").replace("\\", ""), *(one.true for one in starts),
            median(one.true for one in starts), lower(starts, next(iter(runs.values()))))
           for label, starts in runs.items()], digits=3)
    fig, axes = figure(2, 3, width=5.4, height=4.5, sharex=True, sharey=True,
                       title=f"1-{UNITS}-1 on {N} noisy points of a sine: alone it learns the noise by "
                             "heart\n(errors: against the sine, and at the points; middle of five starts)")
    for panel, (label, starts) in zip(axes.flat, runs.items()):
        one = starts[0]
        panel.plot([x for x, in TRUE_X], TRUE_Y, "--", color=BLACK, linewidth=2, label="the sine")
        panel.plot([x for x, in TRUE_X], one.curve, "-", color=BLUE, linewidth=3.5, label="the network")
        panel.plot(*one.points, "o", color=ORANGE, markeredgecolor="black", markersize=9, label="points")
        panel.set_title(f"{label}\nerror {short(median(s.true for s in starts), 2)} "
                        f"(at the points {short(median(s.seen for s in starts), 2)})")
        panel.set(ylim=(-2.6, 2.9), xticks=[-3, 0, 3], yticks=[-2, 0, 2])
    axes[0, 0].legend(loc="upper left", ncols=2, fontsize=14, columnspacing=1, handlelength=1.5)
    save(fig, out, "overfitting", "A network's curve through twelve noisy points of a sine: alone it "
         "runs through every point; with weight decay, an L1 penalty, input noise, dropout or early "
         "stopping it stays nearer to the sine")


def lower(held: list[Trained], free: list[Trained]) -> str:
    """In how many starts the error is lower than without help."""
    return "-" if held is free else f"{sum(a.true < b.true for a, b in zip(held, free))} of {len(free)}"


def forgetting(out: Path, rate: float = 0.1, strength: float = 0.5, steps: int = 60) -> None:
    """Weights with nothing but a penalty, step by step, and the formulas beside them."""
    start = [3.0, 1.5, 0.5, -2.0]
    found: dict[str, list[list[float]]] = {}
    for name, penalty in (("L2", l2), ("L1", l1)):
        ws, path  = [Value(w) for w in start], [list(start)]
        optimizer = SGD(ws, lr=rate)
        for _ in range(steps):
            optimizer.zero_grad()
            penalty(ws, strength).backward()
            optimizer.step()
            path.append([w.data for w in ws])
        found[name] = path
    print(f"\nthe penalty alone, rate {rate}, lambda = {strength} (D2-11): weights after {steps} steps:\n")
    table(["at the start", "L2", "(1 - rate lambda)^n w", "L1"],
          [(w, a, (1 - rate * strength) ** steps * w, b)
           for w, a, b in zip(start, found["L2"][-1], found["L1"][-1])])
    fig, axes = figure(1, 2, width=6.8, height=5, sharey=True)
    titles = (f"D2-11: L2 forgets gradually:\n{rate * strength:.0%} of every weight in each step",
              f"L1 takes {rate * strength:g} from every weight in each step,\nuntil it is near 0")
    for panel, path, title in zip(axes, found.values(), titles):
        for j, (colour, marker) in enumerate(zip((BLUE, ORANGE, BLACK, GREEN), "o^sD")):
            panel.plot(range(steps + 1), [row[j] for row in path], "-", color=colour, marker=marker,
                       markevery=10, label=f"w = {start[j]:g}")
        panel.axhline(0, color=BLACK, linewidth=1)
        panel.set(xlabel="step", title=title)
    axes[0].set_ylabel("weight")
    save(fig, out, "overfitting_decay", "Four weights under a penalty alone: with L2 they fall by the same "
         "share in each step, with L1 by the same amount, to 0")


def polynomials(out: Path, degree: int = 9) -> None:
    """The polynomial that minimises error and decay, for three strengths: one Newton step is exact."""
    from numpy.linalg import solve
    X, Y = noisy_curve(sin, n=N, noise=0.6, seed=0)
    rows = [[(x / pi) ** k for k in range(degree + 1)] for x, in X]
    fig, axes = figure(1, 3, width=5.4, height=4.8, sharey=True,
                       title=f"D4-44: weight decay on a polynomial of degree {degree}: small coefficients, "
                             "no winding, too much of it flat")
    printed = []
    for panel, strength in zip(axes, (0.0, 0.001, 1.0)):
        def J(*w: Value, strength: float = strength) -> Value:
            errors = [(sum(wk * pk for wk, pk in zip(w, row)) - y) ** 2 for row, y in zip(rows, Y)]
            found: Value = mean(errors) + l2(w[1:], strength)
            return found
        origin = [0.0] * (degree + 1)
        w = [float(-wk) for wk in solve(hessian(J)(*origin), grad(J)(*origin))]
        curve = [sum(wk * (x / pi) ** k for k, wk in enumerate(w)) for x, in TRUE_X]
        printed.append((strength, max(map(abs, w)), float(mse(curve, TRUE_Y))))
        panel.plot([x for x, in TRUE_X], TRUE_Y, "--", color=BLACK, linewidth=2, label="the sine")
        panel.plot([x for x, in TRUE_X], curve, "-", color=BLUE, linewidth=3.5, label="the polynomial")
        panel.plot([x for x, in X], Y, "o", color=ORANGE, markeredgecolor="black", markersize=9,
                   label="points")
        panel.set(ylim=(-2.6, 2.9), xticks=[-3, 0, 3], yticks=[-2, 0, 2],
                  title=f"$\\lambda$ = {strength:g}: error {short(printed[-1][2], 2)},\n"
                        f"largest coefficient {short(printed[-1][1], 3)}")
    axes[0].legend(loc="upper left", fontsize=14)
    print(f"\na polynomial of degree {degree} through the same points, decay lambda/2 |w|^2 (D4-44):\n")
    table(["lambda", "largest coefficient", "error against the sine"], printed, digits=3)
    save(fig, out, "overfitting_polynomial", "Polynomials of degree nine: without decay it winds through the "
         "points, with a little it is near the sine, with much it is flat")
