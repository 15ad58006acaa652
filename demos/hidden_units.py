"""XOR with two and three hidden units: a heat map per unit, while they learn (D4).

What there is to see: every hidden unit draws one straight line; the output unit combines them. In
the animation the lines turn into place; how many of ten starts succeed grows with the units.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nn import MLP, SGD, fit
from nn.datasets import logic_gate

from .common import animation, figure, heat_map, points, progress, save, table

POSITION  = 100
DOCUMENTS = ["D0-43", "D4-13", "D4-14", "D4-17"]


def by_hand() -> MLP:
    """h1 = OR, h2 = NAND, y = AND(h1, h2)."""
    net = MLP(2, [2, 1], "sigmoid", "sigmoid")
    for p, number in zip(net.parameters(), (20, 20, -10, -20, -20, 30, 20, 20, -30)):
        p.data = float(number)
    return net


def train(hidden: int, seed: int, epochs: int, callbacks: Any = ()) -> MLP:
    """The lab's recipe: N(0, 1) weights, rate 2, momentum 1/2, cross-entropy, full batch."""
    net = MLP(2, [hidden, 1], "sigmoid", init="normal", seed=seed)
    X, Y = logic_gate("xor")
    fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=2.0, momentum=0.5), epochs=epochs,
        callbacks=callbacks, progress=False)
    return net


def solved(net: MLP) -> bool:
    """Whether all four rows are right."""
    return all((net(x).data > 0) == bool(t) for x, t in zip(*logic_gate("xor")))


def run(out: Path) -> None:
    """Print the hand-built network and the share of starts that succeed; draw and animate."""
    X, Y = logic_gate("xor")
    built = by_hand()
    print("built by hand: h1 = OR, h2 = NAND, y = AND(h1, h2)\n")
    table(["x1", "x2", "h1", "h2", "y", "target"],
          [(*x, *(a.data for a in built.trace(x).a[0]), built(x).data, t) for x, t in zip(X, Y)])

    starts = {h: sum(solved(train(h, seed, 600)) for seed in progress(range(10), f"{h} hidden units"))
              for h in (2, 3)}
    print("\nten random starts, 600 steps each: a tendency, not a theorem\n")
    table(["hidden units", "starts that solve XOR"], list(starts.items()))

    for hidden in (2, 3):
        seed = next(s for s in range(10) if solved(train(hidden, s, 600)))
        frames: list[tuple[int, list[float]]] = []
        def keep(epoch: int, model: Any, history: Any) -> None:
            if epoch in (1, 3, 6) or epoch % 20 == 0:
                frames.append((epoch, [p.data for p in model.parameters()]))
        net = train(hidden, seed, 300, [keep])
        save(picture(net, hidden, "after 300 steps"), out, f"xor_{hidden}_units",
             f"XOR, {hidden} hidden units after training: one heat map per hidden unit, each with a straight "
             "line, and the output")
        def frame(k: int) -> Any:
            epoch, parameters = frames[k]
            for p, number in zip(net.parameters(), parameters):
                p.data = number
            return picture(net, hidden, f"after {epoch} of 300 steps", steps=15)
        animation(frame, len(frames), out, f"xor_{hidden}_units", f"The same {hidden} units while they learn",
                  fps=6)


def picture(net: MLP, hidden: int, title: str, steps: int = 41) -> Any:
    """A heat map per hidden unit and one of the output."""
    X, Y = logic_gate("xor")
    fig, axes = figure(1, hidden + 1, width=4.4, height=4.4, title=f"XOR with {hidden} hidden units: {title}")
    for k, panel in enumerate(axes):
        def unit(x1: float, x2: float, k: int = k) -> float:
            trace = net.trace([x1, x2])
            return float(trace.a[0][k].data if k < hidden else trace.output.sigmoid().data)
        heat_map(panel, unit, (-0.2, -0.2), (1.2, 1.2), steps, (0, 1), 0.5, pale=True)
        points(panel, X, Y, 150)
        panel.set_title(f"hidden unit $h_{k + 1}$" if k < hidden else "output $y$")
    return fig
