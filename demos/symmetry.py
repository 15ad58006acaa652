"""Zero and constant initialisation: the units stay equal for ever (D1).

What there is to see: with equal weights two hidden units get equal gradients, so equal they stay,
to the last bit; with zeros a ReLU network learns only its output bias. Random weights break the tie.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nn import MLP, SGD, fit, half_mse
from nn.datasets import logic_gate

from .common import BLACK, BLUE, GREEN, ORANGE, VERMILLION, figure, progress, save, table
from .schemes import columns, draw_network, places

POSITION  = 140
DOCUMENTS = ["D1-39", "D1-40", "D1-48", "D1-64"]


def train(init: Any, seed: int = 0) -> tuple[MLP, list[float]]:
    """XOR, 2-2-1, ReLU, half squared error, full batch, rate 0.1; the network and its losses."""
    X, Y = logic_gate("xor")
    net  = MLP(2, [2, 1], "relu", init=init, seed=seed)
    return net, fit(net, X, Y, "half_mse", SGD(net.parameters(), lr=0.1), epochs=2000, progress=False).losses


def run(out: Path) -> None:
    """Train from constants and from random numbers; print whether the units ever differ."""
    rows, curves = [], {}
    for gamma in progress((0.0, 0.5, 1.0), "constants"):
        net, losses = train(gamma)
        first, second = net.layers[0].neurons
        equal = [p.data for p in first.parameters()] == [p.data for p in second.parameters()]
        moved = [p.label for p in net.parameters() if p.data != (0.0 if p.label.startswith("b") else gamma)]
        rows.append((f"constant {gamma:g}", losses[-1], "yes, bit for bit" if equal else "no", len(moved)))
        curves[f"all weights {gamma:g}"] = losses
    finals = sorted((train("normal", seed) for seed in progress(range(10), "random starts")),
                    key=lambda run: run[1][-1])
    best, losses = finals[0]
    rows.append(("N(0, 1), best of 10", losses[-1], "no", len(best.parameters())))
    rows.append(("N(0, 1), median of 10", finals[5][1][-1], "no", len(best.parameters())))
    curves["N(0, 1), best of 10"] = losses
    table(["initial weights", "J after 2000 steps", "hidden units equal", "parameters that moved"], rows,
          digits=9)
    print("\nJ = 1/8 is the loss of answering 1/2 everywhere. Two ReLU units are a tight fit: random starts "
          "often get stuck too.")

    draw_constant(out)
    fig, axes = figure(width=9, height=5.2)
    for (label, losses), colour, dash in zip(curves.items(), (VERMILLION, ORANGE, GREEN, BLUE),
                                             (":", "--", "-.", "-")):
        axes.plot(range(1, 2001), losses, dash, color=colour, label=label)
    axes.set(xlabel="step", ylabel="$J$", xscale="log", ylim=(0, None),
             title="XOR from constant and from random weights")
    axes.legend()
    save(fig, out, "symmetry", "Loss against steps: constant starts stay near 1/8, the best random start "
         "goes to 0")


def draw_constant(out: Path, gamma: float = 0.5) -> None:
    """The 2-2-1 network with every weight gamma, and the two numbers of each hidden unit after a pass."""
    net   = MLP(2, [2, 1], "relu", init=gamma)
    trace = net.trace([1.0, 2.0])
    half_mse(trace.output, 0.0).backward()
    fig, axes = figure(width=9, height=4.6)
    draw_network(axes, net, names_at=-1.4)
    at = places(columns(net))
    for left, right in zip(at, at[1:]):
        for i, (x0, y0) in enumerate(left):
            for x1, y1 in right:
                share = 0.25 if i else 0.35                                   # two labels never meet
                axes.text(x0 + share * (x1 - x0), y0 + share * (y1 - y0), r"$\gamma$", fontsize=19,
                          ha="center", va="center", bbox={"boxstyle": "round,pad=0.1", "facecolor": "white",
                                                          "edgecolor": "none"})
    for (x, y), a in zip(at[1], trace.a[0]):
        axes.text(x, y + (0.4 if y > 0 else -0.4),
                  f"$a$ = {a.data:g}, $\\partial J/\\partial a$ = {a.grad:g}",
                  ha="center", va="center", fontsize=14, color=BLACK)
    axes.set(ylim=(-1.6, 1.2),
             title=rf"$x$ = (1, 2), $\gamma$ = {gamma:g}: the hidden units are one unit twice")
    save(fig, out, "gamma", "Two inputs, two hidden units and an output, every weight gamma: both hidden "
         "units have the same activation and the same slope")
