"""The straight line from the initial to the final parameters, and gradient descent against annealing (D4).

What there is to see: along the segment the error mostly keeps falling, as the document says; it is
an observation, not a theorem, so the starts are counted in which it does, and where it rises is marked.
So are those in which gradient descent ends lower than simulated annealing, as it always does by the
document.
"""

from __future__ import annotations

from math import exp
from pathlib import Path
from random import Random

from nn import MLP, SGD, bce_with_logits, fit
from nn.datasets import logic_gate

from .common import BLACK, BLUE, ORANGE, VERMILLION, figure, progress, save, table

POSITION  = 240
DOCUMENTS = ["D4-35", "D4-45"]
STEPS     = 50
PASSES    = 400
SEEDS     = range(10)
X, Y = logic_gate("xor")


def along(seed: int) -> list[float]:
    """The error at 51 points from the initial to the final parameters of a 2-8-1 network on XOR."""
    net   = network(seed)
    start = [p.data for p in net.parameters()]
    fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=2.0, momentum=0.5), epochs=PASSES,
        engine="vectorized", progress=False)
    end    = [p.data for p in net.parameters()]
    errors = []
    for k in range(STEPS + 1):
        for p, a, b in zip(net.parameters(), start, end):
            p.data = a + (b - a) * k / STEPS
        errors.append(error(net))
    return errors


def network(seed: int) -> MLP:
    """A 2-8-1 network, not trained yet."""
    return MLP(2, [8, 1], "sigmoid", init="normal", seed=seed)


def error(net: MLP) -> float:
    """Its cross-entropy on the four samples of XOR."""
    return float(bce_with_logits([net(x) for x in X], Y).data)


def annealed(seed: int, passes: int) -> float:
    """The error after simulated annealing: a random change of one parameter is kept if the error falls, and
    with probability e^(-rise / temperature) if it rises, the temperature falling from 1 to 0.001."""
    net, rng = network(seed), Random(seed)
    parameters, now = net.parameters(), error(net)
    for k in range(passes):
        temperature = 0.001 ** (k / passes)
        p = rng.choice(parameters)
        before  = p.data
        p.data += rng.gauss(0, 1)
        after   = error(net)
        if after <= now or rng.random() < exp((now - after) / temperature):
            now = after
        else:
            p.data = before
    return now


def run(out: Path) -> None:
    """Ten starts: the error along each segment, and where annealing gets from the same start."""
    curves = [along(seed) for seed in progress(SEEDS, "seeds")]
    segments(curves, out)
    against_annealing([c[-1] for c in curves], out)


def segments(curves: list[list[float]], out: Path) -> None:
    """Print the largest rise of each curve and draw all of them."""
    rises = [[k for k, (a, b) in enumerate(zip(c, c[1:])) if b > a] for c in curves]
    table(["seed", "error at the start", "at the end", "largest rise between two points (D4-35)"],
          [(seed, c[0], c[-1], max((c[k + 1] - c[k] for k in places), default=0.0))
           for seed, c, places in zip(SEEDS, curves, rises)])
    monotone, ending = sum(not places for places in rises), sum(c[-1] < c[0] for c in curves)
    print(f"\n{monotone} of {len(curves)} segments fall all the way; {ending} of {len(curves)} end lower "
          "than they start")
    fig, axes = figure(width=10, height=5.6)
    for c, places in zip(curves, rises):
        axes.plot([k / STEPS for k in range(STEPS + 1)], c, "--" if places else "-",
                  color=VERMILLION if places else BLUE, linewidth=3 if places else 2,
                  zorder=3 if places else 2)
        axes.plot([(k + 1) / STEPS for k in places], [c[k + 1] for k in places], "^", color=VERMILLION,
                  markersize=10, markeredgecolor="black", zorder=4)
    axes.plot([], [], "-", color=BLUE, label=f"falls all the way: {monotone}")
    axes.plot([], [], "--^", color=VERMILLION, markeredgecolor="black",
              label=f"rises at the marks: {len(curves) - monotone}")
    axes.set(xlabel="share of the straight way, from initial to final parameters", ylabel="error $E$",
             ylim=(0, None), title="D4-35: straight to the final parameters the error falls all the way\n"
                                   f"in {monotone} of {len(curves)} starts (XOR, 2-8-1)")
    axes.legend()
    save(fig, out, "straight_line", "Error along the straight line from initial to final parameters, ten "
         f"starts: {monotone} fall all the way, the others rise where marked")


def against_annealing(descended: list[float], out: Path) -> None:
    """Print and draw where both end from the same starts, and how often gradient descent ends lower."""
    budgets    = (PASSES, 3 * PASSES)
    annealings = [[annealed(seed, n) for seed in progress(SEEDS, "annealing")] for n in budgets]
    print(f"\ngradient descent with {PASSES} steps, and simulated annealing from the same start (D4-45):\n")
    table(["seed", "gradient descent", *(f"annealing, {n} passes" for n in budgets)],
          [(seed, *errors) for seed, errors in enumerate(zip(descended, *annealings))])
    lower = [sum(a < b for a, b in zip(descended, ends)) for ends in annealings]
    for n, count in zip(budgets, lower):
        print(f"gradient descent ends lower than annealing with {n} passes: {count} of {len(SEEDS)}")
    fig, axes = figure(width=10, height=5.6)
    for seed, errors in enumerate(zip(descended, *annealings)):
        beaten = min(errors[1:]) < errors[0]
        axes.semilogy(range(3), errors, "--" if beaten else "-", color=VERMILLION if beaten else "#9A9A9A",
                      linewidth=3 if beaten else 1.5, label=f"seed {seed}", zorder=2)
        for k, (error, colour, marker) in enumerate(zip(errors, (BLUE, ORANGE, BLACK), "o^s")):
            axes.plot(k, error, marker, color=colour, markersize=11, markeredgecolor="black", zorder=3)
    axes.set_xticks(range(3), [f"gradient descent,\n{PASSES} steps",
                               *(f"annealing, {n} passes:\nends higher in {count} of {len(SEEDS)}"
                                 for n, count in zip(budgets, lower))])
    axes.set(xlim=(-0.3, 2.3), ylabel="final error $E$",
             title="D4-45: does gradient descent always end lower than annealing?\n"
                   f"{'Yes' if min(lower) == len(SEEDS) else 'Not always'}: ten starts; dashed: annealing "
                   "ends lower")
    save(fig, out, "straight_line_annealing", "Final errors of ten starts by gradient descent and by "
         "annealing with as many and three times as many passes, joined by start: gradient descent is lower "
         f"in {lower[0]} and {lower[1]} of ten")
