"""The 4x4 grid: seventeen labels for sixteen points, and what each repair needs (D4, ERR-D4-3).

What there is to see: reading A, the centre square, takes three hidden units, one straight line
each; reading B, the notch, can be done with two.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product
from pathlib import Path
from typing import Any, NamedTuple

from nn import MLP, SGD, fit
from nn import datasets

from .common import BLACK, GREEN, PURPLE, figure, heat_map, points, progress, save, table

POSITION  = 110
DOCUMENTS = ["D4-18", "ERR-D4-3"]

UNITS  = (2, 3, 4)
STARTS = range(5)
# The triangle around the centre: each side a half-plane a + b x1 + c x2 > 0.
SIDES = [(-0.15, 0.0, 1.0), (-0.05 + 0.6 * 0.3, 1.0, -0.6), (0.95 + 0.6 * 0.3, -1.0, -0.6)]


class Trained(NamedTuple):
    """A network after its training, and the share of points that it puts right."""

    net: MLP
    share: float


def run(out: Path) -> None:
    """Print how many starts solve each reading with 2, 3 and 4 units; draw both and a solution of A."""
    trained = {(reading, hidden): [train(reading, hidden, seed) for seed in STARTS]
               for reading, hidden in progress(list(product("AB", UNITS)), "starts")}
    solved  = {case: sum(one.share == 1 for one in several) for case, several in trained.items()}
    print("17 labels for 16 points (ERR-D4-3): reading A drops a leading 0, B the last; trained (D4-18)\n")
    table(["reading", "hidden units", f"of {len(STARTS)} starts solve it", "best share right"],
          [(*case, solved[case], max(one.share for one in several)) for case, several in trained.items()])
    print_half_planes()
    draw_readings(solved, out)
    draw_solution(max(trained["A", 3], key=lambda one: one.share).net, out)


def train(reading: str, hidden: int, seed: int, epochs: int = 1000) -> Trained:
    """The lab's recipe with momentum 0.9."""
    X, Y = datasets.grid(reading)
    net  = MLP(2, [hidden, 1], "sigmoid", init="normal", seed=seed)
    fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=1.0, momentum=0.9), epochs=epochs,
        engine="vectorized", progress=False)
    return Trained(net, sum((net(x).data > 0) == bool(t) for x, t in zip(X, Y)) / len(X))


# --- how many straight lines each reading needs ---------------------------------------------------

def half_planes() -> set[frozenset[int]]:
    """Every set of the 16 points that a straight line cuts off: lines through two points, moved and turned
    a little, make all of them."""
    X, _ = datasets.grid("A")
    found = set()
    for p, q in combinations(X, 2):
        along = (q[0] - p[0], q[1] - p[1])
        for turn, shift in product((-1e-3, 1e-3), (-1e-2, -1e-6, 1e-6, 1e-2)):
            w = (-along[1] - turn * along[0], along[0] - turn * along[1])
            middle = w[0] * (p[0] + q[0]) / 2 + w[1] * (p[1] + q[1]) / 2 + shift
            beyond = frozenset(i for i, x in enumerate(X) if w[0] * x[0] + w[1] * x[1] > middle)
            found |= {beyond, frozenset(range(len(X))) - beyond}
    return found


def print_half_planes() -> None:
    """How many lines cut out the ones of each reading."""
    planes = half_planes()
    rows   = []
    for reading in "AB":
        X, Y = datasets.grid(reading)
        ones = frozenset(i for i, t in enumerate(Y) if t)
        best = max(sum((i in plane) == bool(t) for i, t in enumerate(Y)) for plane in planes)
        around = [plane for plane in planes if plane >= ones]
        two    = any(first & second == ones for first, second in combinations(around, 2))
        three  = two or any(first & second & third == ones for first, second, third in
                            combinations(smallest(around), 3))
        rows.append((reading, f"{best} of {len(X)}", "yes" if two else "no", "yes" if three else "no"))
    print(f"\nhalf-planes (D4-18), from all {len(planes)} ways in which a line cuts the 16 points:\n")
    table(["reading", "right on the best line", "two cut out the ones", "three do"], rows)
    X, Y = datasets.grid("A")
    right = sum(all(a + b * x1 + c * x2 > 0 for a, b, c in SIDES) == bool(t) for (x1, x2), t in zip(X, Y))
    print(f"\nThe triangle drawn has {right} of {len(X)} points of A right. A symmetric set that needs three "
          "units fits the\ninstruction to use three; the intent cannot be proved.")


def smallest(planes: list[frozenset[int]]) -> list[frozenset[int]]:
    """Those that have none of the others inside."""
    return [plane for plane in planes if not any(other < plane for other in planes)]


# --- pictures -------------------------------------------------------------------------------------

def draw_readings(solved: dict[tuple[str, int], int], out: Path) -> None:
    fig, axes = figure(1, 3, width=4.3, height=4.6,
                       title="17 labels for 16 points: two readings (ERR-D4-3)")
    for panel, reading, dropped in zip(axes, "AB", ("a leading", "the last")):
        points(panel, *datasets.grid(reading), 260)
        panel.set(title=f"{reading}: without {dropped} 0", xlabel="$x_1$", xticks=[0, 0.3, 0.7, 1],
                  yticks=[0, 0.3, 0.7, 1], xlim=(-0.15, 1.15), ylim=(-0.15, 1.15))
        panel.set_ylabel("$x_2$", rotation=0, labelpad=14)
    bars = axes[2]
    for reading, colour, hatch, side in (("A", GREEN, "", -0.2), ("B", PURPLE, "//", 0.2)):
        heights = [solved[reading, hidden] for hidden in UNITS]
        bars.bar([hidden + side for hidden in UNITS], heights, 0.36, color=colour, hatch=hatch,
                 edgecolor=BLACK, label=f"reading {reading}")
        for hidden, height in zip(UNITS, heights):
            bars.text(hidden + side, height + 0.08, str(height), ha="center", va="bottom", fontsize=16)
    bars.set(title=f"solved, of {len(STARTS)} starts", xlabel="hidden units (D4-18)", xticks=UNITS,
             ylim=(0, len(STARTS) * 1.55), yticks=[0, len(STARTS)])
    bars.legend(loc="upper left")
    told = "; ".join(f"{k} hidden units: A {solved['A', k]}, B {solved['B', k]}" for k in UNITS)
    save(fig, out, "grid_readings", "Two readings of the 4x4 grid: A, the four points of the centre, and B, "
         f"a notch at the top; bars: how many of {len(STARTS)} starts solve each. {told}")


def draw_solution(net: MLP, out: Path) -> None:
    fig, axes = figure(2, 2, width=4.8, height=4.7, sharex=True, sharey=True,
                       title="Reading A with three hidden units (D4-18)")
    X, Y = datasets.grid("A")
    for k, panel in enumerate(axes.flat):
        heat_map(panel, answer_of(net, k), (-0.15, -0.15), (1.15, 1.15), 53, (0, 1), 0.5, pale=True)
        points(panel, X, Y, 130)
        panel.set_title(f"hidden unit $h_{k + 1}$" if k < 3 else "output; dashed: by hand")
        panel.set(xticks=[0, 0.3, 0.7, 1], yticks=[0, 0.3, 0.7, 1])
    corners = [meeting(*pair) for pair in combinations(SIDES, 2)]
    axes[1, 1].plot(*zip(*corners, corners[0]), "--", color=BLACK, linewidth=2)
    save(fig, out, "grid", "Reading A of the 4x4 grid: three hidden units with a straight line each, and the "
         "output, which cuts out the centre; dashed, the triangle that solves it by hand")


def answer_of(net: MLP, k: int) -> Callable[[float, float], float]:
    """What hidden unit k answers; after the last of them, what the network does."""
    def answer(x1: float, x2: float) -> float:
        trace = net.trace([x1, x2])
        return float(trace.a[0][k].data if k < len(trace.a[0]) else trace.output.sigmoid().data)
    return answer


def meeting(first: Any, second: Any) -> tuple[float, float]:
    """Where two sides of the triangle meet."""
    (a, b, c), (d, e, f) = first, second
    det = b * f - c * e
    return (c * d - a * f) / det, (a * e - b * d) / det
