"""One sigmoid unit learns OR and AND, and cannot learn XOR; three step units can, and cannot be taught (D4).

What there is to see: the unit's heat maps with their straight lines; on XOR and XNOR the best it can do
is to answer 1/2 everywhere, because no line puts all four points right. Two lines do: three step units
solve XOR. But a step has slope 0, so descent leaves them where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import hypot, log
from pathlib import Path
from typing import Any, NamedTuple

from nn import MLP, SGD, fit, mse
from nn.datasets import logic_gate

from .common import BLACK, BLUE, GREY, ORANGE, VERMILLION, figure, heat_map, points, save, table

POSITION  = 90
DOCUMENTS = ["D2-40", "D4-01", "D4-02", "D4-10", "D4-11", "D4-12", "D4-49"]

GATES   = {"or": "D4-10", "and": "D4-10", "xor": "D4-11", "xnor": "D4-01"}
CORNERS = logic_gate("or")[0]
STEPS   = 2000                                           # for one unit
STARTS  = range(5)                                       # for several: random starts, and steps from each
DESCENT = 600


class Line(NamedTuple):
    """The points with w1 x1 + w2 x2 + b > 0 are answered by 1."""

    w1: float
    w2: float
    b: float

    def answers(self) -> tuple[int, ...]:
        """What it answers at the four corners."""
        return tuple(int(self.w1 * x1 + self.w2 * x2 + self.b > 0) for x1, x2 in CORNERS)

    def distance(self) -> float:
        """How far the nearest corner is from the line."""
        return min(abs(self.w1 * x1 + self.w2 * x2 + self.b) for x1, x2 in CORNERS) / hypot(self.w1, self.w2)


# Every way in which a line can divide the corners: the lines through midpoints and beyond them.
LINES = [Line(w1, w2, b / 2) for w1, w2, b in product((-1, 0, 1), (-1, 0, 1), (-3, -1, 1, 3)) if w1 or w2]


def run(out: Path) -> None:
    """One unit on four gates, every line on sixteen, and three step units on XOR."""
    units = {name: trained(name) for name in GATES}
    print("one sigmoid unit, y = f(b + w1 x1 + w2 x2) (D4-02), learns OR and AND (D4-10), not XOR (D4-11) or "
          "XNOR (D4-01):\n")
    table(["gate", "w1", "w2", "b", "loss", "all four right after step"],
          [(name.upper(), *(p.data for p in unit.parameters()), loss, first)
           for name, (unit, loss, first) in units.items()])
    print(f"\n(ln 2 = {log(2):.4f} is the loss of the answer 1/2: the loss is convex, and its slope at "
          "w = b = 0 is 0 for XOR and XNOR.)")
    print_thresholds({name: units[name][0] for name in ("or", "and")})
    print_lines()
    draw_gates({name: (unit, loss) for name, (unit, loss, _) in units.items()}, out)
    perceptrons(out)


# --- one unit -------------------------------------------------------------------------------------

def trained(name: str) -> tuple[MLP, float, object]:
    """A unit after its training on a gate, its loss, and the first step after which all four are right."""
    X, Y = logic_gate(name)
    unit = MLP(2, [1], init="zeros")
    if name.startswith("x"):                             # at 0 it would have nowhere to go
        for p, start in zip(unit.parameters(), (0.7, -0.3, 0.2)):
            p.data = start
    history = fit(unit, X, Y, "bce_with_logits", SGD(unit.parameters(), lr=1.0), epochs=STEPS,
                  metrics=["accuracy"], engine="vectorized", progress=False)
    first = next((k for k, share in enumerate(history.accuracies) if share == 1), "-")
    return unit, history.losses[-1], first


def print_thresholds(units: dict[str, MLP]) -> None:
    print("\nit fires (y > 1/2) where the weighted sum of its inputs passes the threshold -b (D2-40):\n")
    rows = []
    for name, unit in units.items():
        w1, w2, b = (p.data for p in unit.parameters())
        sums = [w1 * x1 + w2 * x2 for x1, x2 in CORNERS]
        rows.append((name.upper(), -b, *(f"{s:.4g} {'fires' if unit(x).data > 0 else '-'}"
                                         for s, x in zip(sums, CORNERS))))
    table(["gate", "threshold -b", *(f"sum at ({x1:g},{x2:g})" for x1, x2 in CORNERS)], rows)


def print_lines() -> None:
    """D4-01: which of the sixteen functions of two bits no line can answer."""
    made   = {line.answers() for line in LINES} | {(0,) * 4, (1,) * 4}
    beyond = [answers for answers in product((0, 1), repeat=4) if answers not in made]
    names  = {tuple(logic_gate(name)[1]): name.upper() for name in GATES}
    print(f"\nlines divide the four points in {len(made)} of {2 ** 4} ways; whether two bits are equal "
          "(D4-01) is not among them:\n")
    table(["beyond one unit", "at (0,0) (0,1) (1,0) (1,1)", "right on the best line"],
          [(names[answers], " ".join(map(str, answers)), f"{right(best_line(answers), answers)} of 4")
           for answers in beyond])
    print("\nXOR asks b <= 0, w1+b > 0, w2+b > 0, w1+w2+b <= 0; the middle two add up to more than 0, the "
          "outer two to the same sum, and not more.")


def right(line: Line, targets: tuple[int, ...]) -> int:
    """How many corners the line puts right."""
    return sum(answer == t for answer, t in zip(line.answers(), targets))


def best_line(targets: tuple[int, ...]) -> Line:
    """The line that puts most corners right; of several the one that keeps the largest distance."""
    return max(LINES, key=lambda line: (right(line, targets), line.distance()))


def draw_gates(units: dict[str, tuple[MLP, float]], out: Path) -> None:
    fig, axes = figure(2, 2, width=5.2, height=4.9, sharex=True, sharey=True,
                       title="One unit: a heat map and a straight line (D4-12)")
    for (name, (unit, loss)), panel in zip(units.items(), axes.flat):
        X, Y = logic_gate(name)
        answer = answers_of(unit)
        flat   = max(abs(answer(*x) - 0.5) for x in X) < 1e-6
        map_of(panel, answer, Y, None if flat else 0.5)
        for x1, x2 in X:
            panel.text(x1, x2 + 0.1, f"{answer(x1, x2):.2f}", ha="center", va="bottom", fontsize=16)
        if flat:
            draw_failure(panel, tuple(Y))
        panel.set_title(f"{name.upper()}: loss {loss:.3g} ({GATES[name]})")
    save(fig, out, "gates", "Heat maps of one unit with its answer at each point. OR and AND: a straight "
         "line divides the ones from the zeros. XOR and XNOR: 0.50 everywhere, and a dashed line, "
         "the best there is, leaves one point wrong, which is ringed")


def answers_of(unit: MLP) -> Callable[[float, float], float]:
    return lambda x1, x2: unit([x1, x2]).sigmoid().data


def map_of(panel: Any, answer: Callable[[float, float], float], Y: list[int], line: float | None) -> None:
    heat_map(panel, answer, (-0.35, -0.35), (1.35, 1.35), 41, (0, 1), line, pale=True)
    points(panel, CORNERS, Y, 200)
    panel.set(xticks=[0, 1], yticks=[0, 1], xlim=(-0.35, 1.35), ylim=(-0.35, 1.35))


def draw_failure(panel: Any, targets: tuple[int, ...]) -> None:
    """Hatched: the answer is 1/2; dashed: the best line, with a ring around each point that it has wrong."""
    line = best_line(targets)
    panel.fill_between([-0.35, 1.35], -0.35, 1.35, facecolor="none", edgecolor="#D0D0D0", hatch="/",
                       linewidth=0)
    draw_line(panel, line, "--")
    wrong = [x for x, answer, t in zip(CORNERS, line.answers(), targets) if answer != t]
    panel.scatter(*zip(*wrong), s=900, facecolors="none", edgecolors=VERMILLION, linewidths=3, zorder=4)
    panel.text(0.5, 0.5, f"1/2 everywhere;\nthe best line:\n{right(line, targets)} of 4 right", ha="center",
               va="center", bbox={"facecolor": "white", "edgecolor": GREY})


def draw_line(panel: Any, line: Line, dash: str = "-") -> None:
    """Where the net value is 0, between the edges of the panel."""
    ends = (-0.35, 1.35)
    panel.plot(ends, [-(line.b + line.w1 * x1) / line.w2 for x1 in ends], dash, color=BLACK, linewidth=2)


# --- several units --------------------------------------------------------------------------------

def network(f: str) -> MLP:
    """Three units that solve XOR if f is a step: h1 = OR, h2 = NAND, y = AND(h1, h2)."""
    net = MLP(2, [2, 1], f, f)
    for p, number in zip(net.parameters(), (1, 1, -0.5, -1, -1, 1.5, 1, 1, -1.5)):
        p.data = float(number)
    return net


def perceptrons(out: Path) -> None:
    """D4-49: three step units solve XOR; descent moves them nowhere, and does move sigmoid units."""
    X, Y = logic_gate("xor")
    net  = network("step")
    runs = {f: [descent(f, seed) for seed in STARTS] for f in ("step", "sigmoid")}
    print("\nthree units, h1 = OR, h2 = NAND, y = AND(h1, h2), solve XOR (D4-49):\n")
    table(["x1", "x2", "h1", "h2", "y", "XOR"],
          [(*x, *(h.data for h in net.trace(x).a[0]), net(x).data, t) for x, t in zip(X, Y)])
    print(f"\nbut steps have no gradient to learn by (D4-49): descent on the squared error from "
          f"{len(STARTS)} random starts:\n")
    table(["units", "slopes that are not 0, of 9", "loss at the start", f"after {DESCENT} steps", "solved"],
          [(f, moving(f, seed), losses[0], losses[-1], "yes" if losses[-1] < 0.05 else "no")
           for f, several in runs.items() for seed, losses in zip(STARTS, several)])
    print("\n(A sigmoid start that is not solved has found a local minimum: that takes a gradient, too.)")
    draw_perceptrons(net, runs, out)


def descent(f: str, seed: int) -> list[float]:
    """The loss after each step of three units with activation f, from a random start."""
    net = MLP(2, [2, 1], f, f, init="normal", seed=seed)
    return fit(net, *logic_gate("xor"), "mse", SGD(net.parameters(), lr=4.0, momentum=0.5), epochs=DESCENT,
               engine="vectorized", progress=False).losses


def moving(f: str, seed: int) -> int:
    """How many of the nine slopes are not 0 at that start."""
    net  = MLP(2, [2, 1], f, f, init="normal", seed=seed)
    X, Y = logic_gate("xor")
    mse([net(x) for x in X], Y).backward()
    return sum(p.grad != 0 for p in net.parameters())


def draw_perceptrons(net: MLP, runs: dict[str, list[list[float]]], out: Path) -> None:
    fig, axes = figure(2, 2, width=5.2, height=4.9,
                       title="Three step units solve XOR, but descent cannot find them (D4-49)")
    X, Y = logic_gate("xor")
    for panel, k, name in zip(axes.flat, (0, 1, None), ("$h_1$ = OR", "$h_2$ = NAND", "$y = h_1$ AND $h_2$")):
        answer = answer_of(net, k)
        map_of(panel, answer, Y, None)
        for neuron in [unit for j, unit in enumerate(net.layers[0].neurons) if k in (j, None)]:
            draw_line(panel, Line(*(p.data for p in neuron.parameters())))
        hits = sum(answer(*x) == t for x, t in zip(X, Y))
        panel.set_title(f"{name}: {hits} of 4 right")
    draw_descent(axes[1, 1], runs)
    save(fig, out, "perceptrons", "Three step units: h1 is OR, h2 is NAND, and y, their AND, is 1 in the "
         "band between their lines, so all four points of XOR are right. Last, the loss of descent: "
         "flat for step units from every start, falling for sigmoid units")


def answer_of(net: MLP, k: int | None) -> Callable[[float, float], float]:
    """What hidden unit k answers; without one, the output."""
    def answer(x1: float, x2: float) -> float:
        a = net.trace([x1, x2]).a
        return float((a[1][0] if k is None else a[0][k]).data)
    return answer


def draw_descent(panel: Any, runs: dict[str, list[list[float]]]) -> None:
    for (f, several), colour, dash in zip(runs.items(), (ORANGE, BLUE), ("--", "-")):
        for seed, losses in zip(STARTS, several):
            panel.plot(losses, dash, color=colour, label=f"{f}, start {seed}")
    panel.set(xlabel="step of descent", ylabel="squared error", title=f"{len(STARTS)} starts of each",
              ylim=(-0.03, 0.63), xticks=[0, DESCENT // 2, DESCENT])
    for f, colour, y in (("step", BLACK, 0.375), ("sigmoid", BLUE, 0.19)):
        panel.text(DESCENT, y, f"{f} units", color=colour, ha="right", va="center", fontsize=17)
