"""The straight line from the initial to the final parameters, and gradient descent against annealing (D4).

What there is to see: along the segment the error mostly keeps falling, as the document says; it is
an observation, not a theorem, so the share of monotone runs is counted. So is how often gradient descent
ends lower than simulated annealing, which the document says it always does.
"""

from __future__ import annotations

from math import exp
from pathlib import Path
from random import Random

from nn import MLP, SGD, bce_with_logits, fit
from nn.datasets import logic_gate

from .common import BLUE, ORANGE, figure, progress, save, table

POSITION  = 240
DOCUMENTS = ["D4-35", "D4-45"]
STEPS     = 50
PASSES    = 400


X, Y = logic_gate("xor")


def along(seed: int) -> list[float]:
    """The error at 51 points from the initial to the final parameters of a 2-8-1 network on XOR."""
    net   = network(seed)
    start = [p.data for p in net.parameters()]
    fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=2.0, momentum=0.5), epochs=PASSES,
        progress=False)
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


def against_annealing(descended: list[float]) -> None:
    """Print where both end from the same starts, and how often gradient descent ends lower."""
    budgets  = (PASSES, 3 * PASSES)
    annealings = [[annealed(seed, n) for seed in progress(range(10), "annealing")] for n in budgets]
    print(f"\ngradient descent with {PASSES} steps, and simulated annealing from the same start:\n")
    table(["seed", "gradient descent", *(f"annealing, {n} passes" for n in budgets)],
          [(seed, *errors) for seed, errors in enumerate(zip(descended, *annealings))])
    for n, ends in zip(budgets, annealings):
        lower = sum(a < b for a, b in zip(descended, ends))
        print(f"gradient descent ends lower than annealing with {n} passes: {lower} of 10")


def run(out: Path) -> None:
    """Ten seeds: print the largest rise of each, draw all ten."""
    curves = [along(seed) for seed in progress(range(10), "seeds")]
    rises  = [max(b - a for a, b in zip(c, c[1:])) for c in curves]
    table(["seed", "error at the start", "at the end", "largest rise between two points"],
          [(seed, c[0], c[-1], max(rise, 0.0)) for seed, (c, rise) in enumerate(zip(curves, rises))])
    monotone = sum(rise <= 0 for rise in rises)
    print(f"\n{monotone} of 10 segments fall all the way; all end lower than they start: "
          f"{all(c[-1] < c[0] for c in curves)}")
    fig, axes = figure(width=9, height=5.2)
    for c, rise in zip(curves, rises):
        axes.plot([k / STEPS for k in range(STEPS + 1)], c, "--" if rise > 0 else "-",
                  color=ORANGE if rise > 0 else BLUE, linewidth=2)
    axes.plot([], [], "-", color=BLUE, label="falls all the way")
    axes.plot([], [], "--", color=ORANGE, label="rises somewhere")
    axes.set(xlabel="share of the way from initial to final parameters", ylabel="error $E$",
             title="XOR, 2-8-1, ten seeds")
    axes.legend()
    save(fig, out, "straight_line", "Error along the straight line from initial to final parameters, ten "
         f"seeds, {monotone} monotone")
    against_annealing([c[-1] for c in curves])
