"""One sigmoid unit learns OR and AND, and cannot learn XOR (D4).

What there is to see: the unit's heat map with its straight line; on XOR the best it can do is to
answer 1/2 everywhere, with loss ln 2, because the four inequalities contradict each other.
"""

from __future__ import annotations

from math import log
from pathlib import Path

from nn import MLP, SGD, bce_with_logits, fit
from nn.datasets import logic_gate

from .common import VERMILLION, figure, heat_map, points, save, table

POSITION  = 90
DOCUMENTS = ["D2-40", "D4-01", "D4-02", "D4-10", "D4-11", "D4-12"]


def run(out: Path) -> None:
    """Train one unit on each gate from zero; XOR also from elsewhere."""
    rows: list[tuple[object, ...]] = []
    fig, axes = figure(1, 3, width=5.4, height=5)
    for name, panel in zip(("or", "and", "xor"), axes):
        X, Y = logic_gate(name)
        unit = MLP(2, [1], init="zeros")
        if name == "xor":
            for p, start in zip(unit.parameters(), (0.7, -0.3, 0.2)):
                p.data = start
        history = fit(unit, X, Y, "bce_with_logits", SGD(unit.parameters(), lr=1.0), epochs=2000,
                      metrics=["accuracy"])
        w1, w2, b = (p.data for p in unit.parameters())
        all_right = next((k for k, share in enumerate(history.accuracies) if share == 1), "-")
        loss = sum(bce_with_logits(unit(x), t).data for x, t in zip(X, Y)) / 4
        rows.append((name.upper(), w1, w2, b, loss, all_right))
        heat_map(panel, lambda x1, x2: unit([x1, x2]).sigmoid().data, (-0.25, -0.25), (1.25, 1.25), 31,
                 (0, 1), None if name == "xor" else 0.5, pale=True)
        points(panel, X, Y, 160)
        panel.set_title(f"{name.upper()}: loss {loss:.3g}")
    table(["gate", "w1", "w2", "b", "loss after 2000 steps", "all four right after step"], rows)
    print(f"\nXOR: the loss is convex and its slope at w = b = 0 is 0, so ln 2 = {log(2):.6f} is the least "
          "there is.")
    print("Targets ask b <= 0, w1+b > 0, w2+b > 0, w1+w2+b <= 0; the middle two add up to the outer two: "
          "impossible.")
    best = max(right(w1 / 4, w2 / 4, b / 4) for w1 in range(-12, 13) for w2 in range(-12, 13)
               for b in range(-12, 13))
    print(f"Best of 15625 lines on a grid: {best} of 4 right.")
    axes[2].text(0.5, 0.5, "1/2", color=VERMILLION, fontsize=30, ha="center", va="center")
    save(fig, out, "gates", "Heat maps of one unit: OR and AND with a straight line at 1/2; XOR 1/2 "
         "everywhere")


def right(w1: float, w2: float, b: float) -> int:
    """How many rows of XOR the line w1 x1 + w2 x2 + b > 0 gets right."""
    X, Y = logic_gate("xor")
    return sum((w1 * x1 + w2 * x2 + b > 0) == bool(t) for (x1, x2), t in zip(X, Y))
