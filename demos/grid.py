"""The 4x4 grid: seventeen labels for sixteen points, and what each repair needs (D4, ERR-D4-3).

What there is to see: reading A, the centre square, takes three hidden units, one straight line
each; reading B, the notch, can be done with two.
"""

from __future__ import annotations

from pathlib import Path

from nn import MLP, SGD, fit
from nn import datasets

from .common import BLACK, figure, heat_map, points, progress, save, table

POSITION  = 110
DOCUMENTS = ["D4-18", "ERR-D4-3"]


def train(reading: str, hidden: int, seed: int, epochs: int = 1200) -> tuple[MLP, float]:
    """The lab's recipe with momentum 0.9; the network and the share of points it gets right."""
    X, Y = datasets.grid(reading)
    net  = MLP(2, [hidden, 1], "sigmoid", init="normal", seed=seed)
    history = fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=1.0, momentum=0.9), epochs=epochs,
                  metrics=["accuracy"], progress=False)
    return net, history.accuracies[-1]


def run(out: Path) -> None:
    """Print how many of three starts solve each reading with 2, 3 and 4 units; draw a solution of A."""
    cases = [(reading, hidden) for reading in "AB" for hidden in (2, 3, 4)]
    rows, solution = [], None
    for reading, hidden in progress(cases, "starts"):
        trained = [train(reading, hidden, seed) for seed in range(3)]
        rows.append((reading, hidden, sum(share == 1 for _, share in trained),
                     max(share for _, share in trained)))
        if reading == "A" and hidden == 3:
            solution = max(trained, key=lambda pair: pair[1])[0]
    table(["reading", "hidden units", "of 3 starts solve it", "best share right"], rows)
    print("\nA drops a leading 0 (the centre 2x2 is positive), B the last (a notch at the top). A symmetric "
          "set that needs")
    print("three units fits the instruction to use three; the intent cannot be proved. The triangle below "
          "solves A exactly:")
    print("x2 > 0.15,  x1 > 0.05 + 0.6 (x2 - 0.3),  x1 < 0.95 - 0.6 (x2 - 0.3)")

    assert solution is not None
    X, Y = datasets.grid("A")
    fig, axes = figure(1, 4, width=4.4, height=4.4)
    for k, panel in enumerate(axes):
        def unit(x1: float, x2: float, k: int = k) -> float:
            trace = solution.trace([x1, x2])
            return float(trace.a[0][k].data if k < 3 else trace.output.sigmoid().data)
        heat_map(panel, unit, (-0.1, -0.1), (1.1, 1.1), 41, (0, 1), 0.5, pale=True)
        points(panel, X, Y, 110)
        panel.set_title(f"hidden unit $h_{k + 1}$" if k < 3 else "output $y$")
        if k == 3:
            corners = [(0.05 - 0.09, 0.15), (0.95 + 0.09, 0.15), (0.5, 1.05)]
            panel.plot(*zip(*corners, corners[0]), "--", color=BLACK, linewidth=1.5)
            panel.set(xlim=(-0.1, 1.1), ylim=(-0.1, 1.1))
    save(fig, out, "grid", "Reading A of the 4x4 grid: three hidden units with a straight line each, and the "
         "output, which cuts "
                           "out the centre; dashed, the triangle that solves it by hand")
