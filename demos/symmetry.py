"""Zero and constant initialisation: the units stay equal for ever (D1).

What there is to see: the weights of two hidden units while they train. From equal weights they get equal
gradients, so equal they stay, to the last bit, and two units do the work of one; with zeros a ReLU network
learns only its output bias. Random weights break the tie, with every bias starting at 0.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from nn import MLP, SGD, fit, half_mse
from nn.datasets import logic_gate

from .common import BLACK, BLUE, ORANGE, VERMILLION, figure, progress, save, table
from .schemes import columns, draw_network, places

POSITION  = 140
DOCUMENTS = ["D1-39", "D1-40", "D1-48", "D1-64"]
STEPS     = 1000
RANDOM    = range(20)
CONSTANTS = (0.0, 0.5, 1.0)


class Trained(NamedTuple):
    """A network, its losses, and the weights into each hidden unit after every step."""

    net:    MLP
    start:  dict[str, float]
    losses: list[float]
    units:  list[list[list[float]]]           # step, unit, weight

    def equal(self) -> bool:
        """Whether the two hidden units are one unit twice, bit for bit."""
        first, second = self.net.layers[0].neurons
        return [p.data for p in first.parameters()] == [p.data for p in second.parameters()]

    def moved(self) -> int:
        """How many parameters are not what they were."""
        return sum(p.data != self.start[p.label] for p in self.net.parameters())


def train(init: Any, seed: int = 0, engine: str = "scalar") -> Trained:
    """XOR, 2-2-1, ReLU, half squared error, full batch, rate 0.1."""
    X, Y  = logic_gate("xor")
    net   = MLP(2, [2, 1], "relu", init=init, seed=seed)
    start = {p.label: p.data for p in net.parameters()}
    def now() -> list[list[float]]: return [[w.data for w in unit.weights] for unit in net.layers[0].neurons]
    units = [now()]
    losses = fit(net, X, Y, "half_mse", SGD(net.parameters(), lr=0.1), epochs=STEPS, progress=False,
                 engine=engine, callbacks=[lambda *_: units.append(now())]).losses
    return Trained(net, start, losses, units)


def run(out: Path) -> None:
    """Train from constants and from random numbers; print whether the units ever differ, and draw them."""
    constant = {gamma: train(gamma) for gamma in progress(CONSTANTS, "constants")}
    drawn    = [train("normal", seed, "vectorized") for seed in progress(RANDOM, "random starts")]
    best     = min(drawn, key=lambda one: one.losses[-1])
    middle   = sorted(drawn, key=lambda one: one.losses[-1])[len(drawn) // 2]
    print(f"XOR with two hidden ReLU units, {STEPS} steps (D1-40):\n")
    table(["initial weights", "final J", "hidden units equal", "of 9 parameters moved"],
          [row(f"all {gamma:g}", one) for gamma, one in constant.items()] +
          [row(f"N(0, 1), best of {len(drawn)}", best), row(f"N(0, 1), middle of {len(drawn)}", middle)],
          digits=9)
    equal, low = sum(one.equal() for one in drawn), sum(one.losses[-1] < 0.001 for one in drawn)
    print(f"\nof {len(drawn)} random starts (D1-39) {equal} end with equal units, and {low} below J = 0.001: "
          "two ReLU units are a tight fit.\nJ = 1/8 is the loss of answering 1/2 everywhere.\n")
    print("the biases of the best one, 0 at the start and safe, since the weights differ (D1-48):\n")
    biases = [p for p in best.net.parameters() if p.label.startswith("b")]
    table(["bias", "at the start", "at the end"], [(p.label, best.start[p.label], p.data) for p in biases])

    draw_constant(out)
    draw_units({**{rf"weights $\gamma$ = {gamma:g}": one for gamma, one in constant.items()},
                "D1-39: random N(0, 1)": best}, out)
    draw_losses({f"$\\gamma$ = {gamma:g}": [one] for gamma, one in constant.items()}, drawn, out)


def row(label: str, one: Trained) -> tuple[str, float, str, int]:
    """What the table says of one training."""
    return label, one.losses[-1], "yes, bit for bit" if one.equal() else "no", one.moved()


def draw_units(runs: dict[str, Trained], out: Path) -> None:
    """The weights into both hidden units: one panel per start."""
    fig, axes = figure(1, len(runs), width=3.4, height=4.6, sharey=True,
                       title="D1-40: from equal weights the two hidden units stay one unit twice;\n"
                             "random weights part them")
    for panel, (label, one) in zip(axes, runs.items()):
        for j in (0, 1):
            for unit, (colour, dash, width) in enumerate(((ORANGE, "-", 6), (BLACK, "--", 2.2))):
                panel.plot(range(len(one.units)), [step[unit][j] for step in one.units], dash, color=colour,
                           linewidth=width, label=f"unit {unit + 1}" if j == 0 else None)
        panel.set(xlabel="step", title=f"{label}\nunits {'equal' if one.equal() else 'differ'}, "
                                       f"$J$ = {one.losses[-1]:.3f}", xticks=[0, STEPS])
    axes[0].set_ylabel("weights into a hidden unit")
    low, high = axes[0].get_ylim()
    axes[0].set_ylim(low, high + 0.25 * (high - low))
    axes[0].legend(loc="upper left", handlelength=3)
    save(fig, out, "symmetry", "The weights into the two hidden units against the steps: one curve for both "
         "from equal weights 0, 0.5 and 1, four different curves from random weights")


def draw_losses(constant: dict[str, list[Trained]], drawn: list[Trained], out: Path) -> None:
    """The final loss of every start."""
    fig, axes = figure(width=9, height=5.2)
    columns = {**constant, f"random,\n{len(drawn)} starts": drawn}
    for k, runs in enumerate(columns.values()):
        ends = sorted(one.losses[-1] for one in runs)
        axes.plot([k + 0.03 * (i - (len(ends) - 1) / 2) for i in range(len(ends))], ends,
                  "o" if len(ends) > 1 else "s", color=BLUE if len(ends) > 1 else VERMILLION, markersize=11,
                  markeredgecolor="black")
    axes.axhline(0.125, color=BLACK, linestyle=":", linewidth=1.5)
    axes.text(-0.4, 0.128, "1/8: answering 1/2 everywhere", va="bottom", fontsize=15)
    axes.set_xticks(range(len(columns)), list(columns))
    axes.set(ylabel=f"$J$ after {STEPS} steps", ylim=(-0.006, 0.15), xlim=(-0.5, len(columns) - 0.5),
             title="D1-40: XOR is out of reach of two equal units;\nonly random weights get there, not all")
    save(fig, out, "symmetry_loss", "The final loss of every start: constant weights stay near 1/8, random "
         "ones end between 1/8 and 0")


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
             title=rf"D1-64: $x$ = (1, 2), every weight $\gamma$ = {gamma:g}:" + "\n"
                   "the hidden units are one unit twice")
    save(fig, out, "gamma", "Two inputs, two hidden units and an output, every weight gamma: both hidden "
         "units have the same activation and the same slope")
