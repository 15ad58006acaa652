"""The straight line from the initial to the final parameters (D4).

What there is to see: along the segment the error mostly keeps falling, as the document says; it is
an observation, not a theorem, so the share of monotone runs is counted.
"""

from __future__ import annotations

from pathlib import Path

from nn import MLP, SGD, bce_with_logits, fit
from nn.datasets import logic_gate

from .common import BLUE, ORANGE, figure, progress, save, table

POSITION  = 240
DOCUMENTS = ["D4-35"]
STEPS     = 50


def along(seed: int) -> list[float]:
    """The error at 51 points from the initial to the final parameters of a 2-8-1 network on XOR."""
    X, Y  = logic_gate("xor")
    net   = MLP(2, [8, 1], "sigmoid", init="normal", seed=seed)
    start = [p.data for p in net.parameters()]
    fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=2.0, momentum=0.5), epochs=400, progress=False)
    end    = [p.data for p in net.parameters()]
    errors = []
    for k in range(STEPS + 1):
        for p, a, b in zip(net.parameters(), start, end):
            p.data = a + (b - a) * k / STEPS
        errors.append(float(bce_with_logits([net(x) for x in X], Y).data))
    return errors


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
