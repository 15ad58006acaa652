"""Network size, regularisation strength and the regions they draw; how much the final loss varies (D2).

What there is to see: two blobs of points, six of them with the wrong label. Three units draw two broad
regions and leave most of the six as outliers; twenty draw islands around them and pay for it on new points.
A penalty on the weights of the twenty takes the islands away, too strong a one every boundary. The final
loss of small networks differs much from start to start, that of large ones little.
"""

from __future__ import annotations

from math import hypot
from pathlib import Path
from random import Random
from statistics import mean, pstdev
from typing import Any, NamedTuple

from nn import MLP, Adam, accuracy, bce_with_logits, fit, l2, weights

from .common import (
    BLACK, BLUE, ORANGE, VERMILLION, figure, grid_of, points, progress, save, table, two_colours,
)

POSITION  = 190
DOCUMENTS = ["D2-36", "D2-37", "D2-38", "D2-39"]
SIZES     = (3, 6, 20)
STRENGTHS = (0.001, 0.01, 1.0)
HELD      = 0.01                      # the strength that the last picture compares with few units
STARTS    = range(5)
DRAWN     = 4                         # the start whose regions are drawn
STEPS     = 131                       # ticks of the grid along each axis


class Data(NamedTuple):
    """Points, their classes, and which of them have the wrong one."""

    X:     list[list[float]]
    Y:     list[int]
    wrong: list[int]


class Trained(NamedTuple):
    """What became of one start."""

    loss:    float
    right:   float                    # the share of the 50 points that it answers as they are labelled
    clean:   float                    # the share right of 1000 new points, none with the wrong label
    length:  float                    # |W|, the length of all weights
    scores:  list[list[float]]        # its output on the grid, row by row of x2
    regions: int


def blobs(n: int, wrong: int, seed: int) -> Data:
    """Points around (-1, -0.4) and (1, 0.4), some with the class of the others."""
    rng = Random(seed)
    X   = [[rng.gauss(-1, 0.75), rng.gauss(-0.4, 0.75)] if i % 2 == 0 else
           [rng.gauss(1, 0.75), rng.gauss(0.4, 0.75)] for i in range(n)]
    flipped = rng.sample(range(n), wrong)
    return Data(X, [1 - i % 2 if i in flipped else i % 2 for i in range(n)], flipped)


def train(hidden: int, strength: float, start: int, data: Data) -> Trained:
    """A 2-hidden-1 tanh network on the points, with the penalty strength/2 |W|^2."""
    net = MLP(2, [hidden, 1], "tanh", seed=start)
    penalty = (lambda model: l2(weights(model), strength)) if strength else None
    fit(net, data.X, data.Y, "bce_with_logits", Adam(net.parameters(), lr=0.1), epochs=400,
        engine="vectorized", penalty=penalty, progress=False)
    new     = blobs(1000, 0, seed=77)
    xs, ys  = ticks(data)
    answers = net.predict([*data.X, *new.X, *([x1, x2] for x2 in ys for x1 in xs)])
    seen, fresh, grid = answers[:len(data.X)], answers[len(data.X):-STEPS ** 2], answers[-STEPS ** 2:]
    scores = [grid[k:k + STEPS] for k in range(0, STEPS ** 2, STEPS)]
    return Trained(float(bce_with_logits(seen, data.Y)), accuracy(seen, data.Y), accuracy(fresh, new.Y),
                   hypot(*(w.data for w in weights(net))), scores, regions(scores))


def ticks(data: Data) -> tuple[list[float], list[float]]:
    """The grid around the points."""
    low, high = ([edge(x[j] for x in data.X) for j in (0, 1)] for edge in (min, max))
    return grid_of([x - 0.4 for x in low], [x + 0.4 for x in high], STEPS)


def regions(scores: list[list[float]]) -> int:
    """How many connected regions of one sign there are."""
    side = {(k, l): score > 0 for k, row in enumerate(scores) for l, score in enumerate(row)}
    found = 0
    while side:
        found += 1
        place, sign = side.popitem()
        reached = [place]
        while reached:
            k, l = reached.pop()
            for next in ((k + 1, l), (k - 1, l), (k, l + 1), (k, l - 1)):
                if side.get(next) == sign:
                    del side[next]
                    reached.append(next)
    return found


def run(out: Path) -> None:
    """Train sizes and strengths over starts; print the statistics and draw one start of each."""
    data = blobs(50, 6, seed=4)
    sizes     = {hidden: [train(hidden, 0.0, start, data) for start in STARTS]
                 for hidden in progress(SIZES, "sizes")}
    strengths = {0.0: sizes[SIZES[-1]],
                 **{strength: [train(SIZES[-1], strength, start, data) for start in STARTS]
                    for strength in progress(STRENGTHS, "strengths")}}
    print(f"more units fit more of 50 points, 6 of them mislabelled; {len(STARTS)} starts (D2-36, D2-38):\n")
    table(["hidden units", "regions of each start", *MEANS, "its deviation"],
          [(hidden, *means(runs), pstdev(one.loss for one in runs)) for hidden, runs in sizes.items()])
    others = [train(SIZES[-1], 0.0, 0, blobs(50, 6, seed)).regions for seed in (1, 2, 3)]
    print(f"\n{SIZES[-1]} units on three other draws of 50 points: {', '.join(map(str, others))} regions")
    draw({f"{hidden} hidden units": runs[DRAWN] for hidden, runs in sizes.items()}, data, out, "regions_size",
         "D2-36: more units draw islands around the mislabelled points (ringed)")

    print(f"\n{SIZES[-1]} units, penalty lambda/2 |W|^2 (D2-37):\n")
    table(["lambda", "regions of each start", *MEANS, "|W|"],
          [(strength, *means(runs), mean(one.length for one in runs))
           for strength, runs in strengths.items()])
    draw({rf"$\lambda$ = {strength:g}": runs[DRAWN] for strength, runs in strengths.items()}, data, out,
         "regions_strength",
         f"D2-37: {SIZES[-1]} units: a stronger penalty smooths,\ntoo strong a one removes every boundary")
    compare(sizes, strengths[HELD], out)


MEANS = ["right in training", "right on new points", "loss"]


def means(runs: list[Trained]) -> tuple[Any, ...]:
    """The regions of each run, and the means of what MEANS names."""
    return (" ".join(str(one.regions) for one in runs),
            *(mean(column) for column in zip(*((one.right, one.clean, one.loss) for one in runs))))


def draw(nets: dict[str, Trained], data: Data, out: Path, name: str, title: str) -> None:
    """One panel per network: its regions, its boundary, the points, and a ring around the mislabelled."""
    fig, axes = figure(1, len(nets), width=15 / len(nets), height=4.8, title=title, sharex=True, sharey=True)
    xs, ys = ticks(data)
    for panel, (label, net) in zip(axes, nets.items()):
        panel.contourf(xs, ys, net.scores, levels=[-1e9, 0, 1e9], colors=two_colours(pale=True)([0, 255]))
        if net.regions > 1:
            panel.contour(xs, ys, net.scores, levels=[0], colors=[BLACK], linewidths=2.5)
        points(panel, data.X, data.Y, size=55)
        panel.plot([data.X[i][0] for i in data.wrong], [data.X[i][1] for i in data.wrong], "o", markersize=19,
                   markerfacecolor="none", markeredgecolor=BLACK, markeredgewidth=2, zorder=4)
        panel.set_title(f"{label}: {net.regions} region{'s' * (net.regions > 1)}\n"
                        f"right: {net.right:.0%} of these points,\n{net.clean:.0%} of new ones")
        panel.set(xticks=[], yticks=[])
        panel.grid(False)
    save(fig, out, name, f"{' '.join(title.split())}. Regions: " +
         "; ".join(f"{label.replace('$', '')}: {net.regions}" for label, net in nets.items()))


def compare(sizes: dict[int, list[Trained]], held: list[Trained], out: Path) -> None:
    """The final loss of every start by size, and beside it what few units and a penalty do for new points."""
    fig, (left, right) = figure(1, 2, width=7, height=5.4)
    labels = [f"{hidden} units" for hidden in sizes]
    dots(left, labels, [[one.loss for one in runs] for runs in sizes.values()])
    left.set(ylim=(0, None), ylabel="final loss of each start",
             title="D2-38: the final loss of small networks\nvaries more from start to start")
    penalised = [*sizes.values(), held]
    dots(right, [*labels, f"{SIZES[-1]} units,\n$\\lambda$ = {HELD:g}"],
         [[100 * one.clean for one in runs] for runs in penalised])
    right.set(ylabel="% right of new points",
              title="D2-39: against overfitting a penalty\ndoes more than fewer units")
    few, _, many, penalty = (mean(one.clean for one in runs) for runs in penalised)
    print(f"\nright on new points (D2-39): {SIZES[0]} units {few:.1%}, {SIZES[-1]} units {many:.1%}, "
          f"{SIZES[-1]} units with lambda = {HELD:g} {penalty:.1%}")
    save(fig, out, "regions_starts", "Left, the final losses of five starts for 3, 6 and 20 units; right, "
         "the share right on new points, highest for 20 units with a penalty")


def dots(axes: Any, labels: list[str], columns: list[list[float]]) -> None:
    """One column of dots per label, a bar at its mean."""
    for k, (column, colour, marker) in enumerate(zip(columns, (BLUE, ORANGE, VERMILLION, BLACK), "o^sD")):
        axes.plot([k + 0.06 * (i - (len(column) - 1) / 2) for i in range(len(column))], column, marker,
                  color=colour, markersize=10, markeredgecolor="black", label=labels[k])
        axes.plot([k - 0.33, k + 0.33], [mean(column)] * 2, "-", color=BLACK, linewidth=2.5)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_xlim(-0.5, len(labels) - 0.5)
