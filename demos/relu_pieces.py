"""A ReLU network of one input is piecewise linear: its kinks, marked, and how training moves them (D3).

What there is to see: unit j bends the curve at x = -W^(j,0)/W^(j,1) by w_j |W^(j,1)|; between kinks
the slope is the sum over the active units; twice the kinks, a quarter of the error. Training puts the
kinks where the target bends; with kinks that stay where they are, the best linear model is far off.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sin
from pathlib import Path
from typing import Any, NamedTuple

from engine import Value, draw, total
from nn import MLP, Adam, fit
from nn.datasets import noisy_curve

from .common import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILLION
from .common import figure, grid_of, heat_map, save, table, wrote

POSITION  = 70
DOCUMENTS = ["D3-06", "D3-07", "D3-08", "D3-30", "D3-32", "D3-33", "ERR-D3-7", "ERR-D3-8"]

UNITS  = [(0.5, 1.0, 1.0), (-1.0, 2.0, -2.0), (0.9, -0.6, 3.0)]        # (W^(j,0), W^(j,1), w_j)
EPOCHS = (0, 20, 80, 400)
SEEDS  = range(5)


def run(out: Path) -> None:
    """Three units by hand, the interpolation of a sine, two inputs, and a network in training."""
    print_segments()
    print_errors()
    draw_pieces(out)
    two_inputs(out)
    training(out)
    joint(out)
    figures(out)


def network(units: Sequence[tuple[float, float, float]]) -> MLP:
    """yhat = sum_j w_j ReLU(W^(j,0) + W^(j,1) x) for units (W^(j,0), W^(j,1), w_j) (D3-06)."""
    net = MLP(1, [len(units), 1], "relu")
    for neuron, v, (offset, slope, w) in zip(net.layers[0].neurons, net.layers[1].neurons[0].weights, units):
        neuron.bias.data, neuron.weights[0].data, v.data = offset, slope, w
    return net


def outputs(net: MLP, xs: Sequence[float]) -> list[float]:
    ys: Any = net.predict([[x] for x in xs])
    return [float(y) for y in ys]


# --- three units ----------------------------------------------------------------------------------

def kinks_of(net: MLP) -> list[float]:
    """Where each unit's input is 0 (D3-07)."""
    return [-unit.bias.data / unit.weights[0].data for unit in net.layers[0].neurons]


def segments() -> list[tuple[float, float, list[int]]]:
    """From where to where each straight piece goes, and which units are active there."""
    ends = [-1.5, *sorted(kinks_of(network(UNITS))), 2.5]
    return [(low, high, [j for j, (offset, slope, _) in enumerate(UNITS, 1)
                         if offset + slope * (low + high) / 2 > 0]) for low, high in zip(ends, ends[1:])]


def print_segments() -> None:
    net, rows = network(UNITS), []
    for low, high, active in segments():
        x = Value((low + high) / 2, "x")
        net([x]).backward()
        rows.append((f"({low:g}, {high:g})", str(active),
                     sum(UNITS[j - 1][2] * UNITS[j - 1][1] for j in active), x.grad))
    print("yhat = sum of w_j ReLU(W^(j,0) + W^(j,1) x) (D3-06), three units: between two kinks (D3-07) a "
          "fixed set of them is active (ERR-D3-7)\n")
    table(["segment", "active units", "sum of w_j W^(j,1)", "dyhat/dx by the engine"], rows)


# --- interpolation --------------------------------------------------------------------------------

def interpolant(n: int) -> list[tuple[float, float, float]]:
    """Units whose sum interpolates the sine at n + 1 knots of [0, 2 pi]: one bend at each but the last."""
    knots  = [2 * pi * i / n for i in range(n + 1)]
    slopes = [(sin(b) - sin(a)) / (b - a) for a, b in zip(knots, knots[1:])]
    bends  = [slopes[0], *(b - a for a, b in zip(slopes, slopes[1:]))]
    return [(-knot, 1.0, bend) for knot, bend in zip(knots, bends)]


def print_errors() -> None:
    ticks  = [2 * pi * i / 1600 for i in range(1601)]
    errors = []
    for n in (4, 8, 16, 32, 64):
        sine = network(interpolant(n))
        errors.append((n, max(abs(y - sin(x)) for x, y in zip(ticks, outputs(sine, ticks))),
                       (2 * pi / n) ** 2 / 8, abs(sine([4 * pi]).data)))
    print("\nn units interpolate the sine on [0, 2 pi] (D3-07): sup error, the bound h^2/8 max|f''|, and how "
          "far off they are beyond, at 4 pi (ERR-D3-8)\n")
    table(["n", "sup error", "bound", "error at 4 pi"], errors)


def draw_pieces(out: Path) -> None:
    fig, axes = figure(1, 2, width=6, height=5.4)
    draw_sum(axes[0])
    draw_interpolation(axes[1], 8)
    save(fig, out, "relu_pieces", "Left, a three-unit ReLU network with its three kinks, and above "
         "each of its four straight pieces the units that are active there; right, eight units that "
         "interpolate the sine, and run straight on beyond the interval")


def draw_sum(panel: Any) -> None:
    net = network(UNITS)
    xs  = [-1.5 + 4 * i / 400 for i in range(401)]
    panel.plot(xs, outputs(net, xs), color=BLUE, linewidth=3.5, label="sum")
    for j, (offset, slope, w) in enumerate(UNITS):
        panel.plot(xs, [w * max(0.0, offset + slope * x) for x in xs], ["--", "-.", ":"][j],
                   color=[ORANGE, GREEN, BLACK][j], linewidth=1.8, label=f"unit {j + 1}")
    kinks = kinks_of(net)
    panel.plot(kinks, outputs(net, kinks), "D", color=VERMILLION, markeredgecolor=BLACK, markersize=11,
               label="kinks")
    for kink in kinks:
        panel.axvline(kink, color=GREY, linewidth=1, linestyle=":")
    panel.text(0.5, 7.5, "active units:", ha="center", va="bottom")
    for low, high, active in segments():
        panel.text((low + high) / 2, 6.3, ", ".join(map(str, active)), ha="center", va="bottom", fontsize=17)
    panel.set(xlabel="$x$", xlim=(-1.5, 2.5), ylim=(-8.5, 8.7),
              title="a sum of three bent lines\n(D3-07, ERR-D3-7)")
    panel.legend(loc="lower left")


def draw_interpolation(panel: Any, n: int) -> None:
    knots = [2 * pi * i / n for i in range(n + 1)]
    xs    = [3 * pi * i / 300 for i in range(301)]
    panel.axvspan(0, 2 * pi, color="#E8F1F8")
    panel.plot(xs, [sin(x) for x in xs], ":", color=BLACK, label=r"$\sin x$")
    panel.plot(xs, outputs(network(interpolant(n)), xs), color=BLUE, label=f"{n} ReLU units")
    panel.plot(knots, [sin(x) for x in knots], "D", color=VERMILLION, markeredgecolor=BLACK, label="knots")
    panel.set(xlabel="$x$", xticks=[0, pi, 2 * pi, 3 * pi], yticks=[-1, 0, 1, 2], ylim=(-1.25, 3.1),
              title="on an interval, and beyond it\n(D3-07, ERR-D3-8)")
    panel.set_xticklabels(["0", r"$\pi$", r"$2\pi$", r"$3\pi$"])
    panel.legend(loc="upper left")


# --- two inputs -----------------------------------------------------------------------------------

PLANE = [(1.0, 1.0, 0.3, 1.0), (-0.3, -0.4, 1.0, -2.0), (-0.5, 1.0, -0.8, 2.0)]     # (W_0, W_1, W_2, w)


def plane() -> MLP:
    net = MLP(2, [len(PLANE), 1], "relu")
    hidden, output = net.layers[0].neurons, net.layers[1].neurons[0]
    for unit, v, (offset, first, second, w) in zip(hidden, output.weights, PLANE):
        unit.bias.data, unit.weights[0].data, unit.weights[1].data, v.data = offset, first, second, w
    return net


def two_inputs(out: Path) -> None:
    """D3-08: x = (1, x1, x2) and a (D + 1) x M matrix; the kinks are lines."""
    net   = plane()
    rows  = []
    for x in ([0.5, -1.0], [-1.0, 1.0], [1.0, 1.0]):
        leading = [1.0, *x]
        by_hand = sum(w * max(0.0, sum(Wi * xi for Wi, xi in zip(W, leading))) for *W, w in PLANE)
        rows.append((str(tuple(leading)), by_hand, net(x).data))
    print(f"\ntwo inputs (D3-08): W is {len(PLANE[0]) - 1} x {len(PLANE)}, and x begins with a 1\n")
    table(["x", "W2^T ReLU(W1^T x)", "by the engine"], rows)
    draw_plane(net, out)


def draw_plane(net: MLP, out: Path) -> None:
    """Level lines of the output, which bend where they cross the kink of a unit."""
    fig, axes = figure(width=7.6, height=6.4)
    low, high, steps = (-2.0, -2.0), (2.0, 2.0), 81
    z = heat_map(axes, lambda x1, x2: net([x1, x2]).data, low, high, steps, pale=True)
    axes.contour(*grid_of(low, high, steps), z, levels=[0.6 * k + 0.3 for k in range(-12, 12)], colors=[GREY],
                 linewidths=1, linestyles="-")
    for j, (offset, first, second, _) in enumerate(PLANE):
        axes.plot([-2, 2], [-(offset + first * x1) / second for x1 in (-2, 2)], ["--", "-.", ":"][j],
                  color=BLACK, label=f"kink of unit {j + 1}", linewidth=3.5)
    axes.set(xlim=(-2, 2), ylim=(-2, 2), xticks=[-2, 0, 2], yticks=[-2, 0, 2],
             title="two inputs (D3-08): each kink is a line,\nwhere the level lines bend")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    save(fig, out, "relu_plane", "The output of three ReLU units of two inputs as a heat map with level "
         "lines; they bend where they cross one of three lines, the kinks of the units, and nowhere else")


# --- training -------------------------------------------------------------------------------------

class Snapshot(NamedTuple):
    """The curve after some epochs."""

    epoch: int
    loss: float
    xs: list[float]
    ys: list[float]
    kinks: list[float]


X, Y  = noisy_curve(sin, 25, noise=0.0)
TICKS = [-pi + 2 * pi * i / 400 for i in range(401)]


def fresh(seed: int) -> MLP:
    """12 ReLU units whose kinks are all at 0."""
    return MLP(1, [12, 1], "relu", seed=seed)


def snapshots(seed: int) -> list[Snapshot]:
    """The network before its training and after some epochs of it."""
    net   = fresh(seed)
    found = [snapshot(net, 0)]
    def keep(epoch: int, model: Any, history: Any) -> None:
        if epoch in EPOCHS:
            found.append(snapshot(net, epoch))
    fit(net, X, Y, "mse", Adam(net.parameters(), lr=0.03), epochs=max(EPOCHS), engine="vectorized",
        progress=False, callbacks=[keep])
    return found


def snapshot(net: MLP, epoch: int) -> Snapshot:
    return Snapshot(epoch, risk(net), TICKS, outputs(net, TICKS), kinks_of(net))


def risk(net: MLP) -> float:
    """The mean squared error on the samples."""
    return sum((yhat - y) ** 2 for yhat, y in zip(outputs(net, [x for x, in X]), Y)) / len(X)


def inside(kinks: list[float]) -> list[float]:
    return [kink for kink in kinks if -pi < kink < pi]


def training(out: Path) -> None:
    """D3-33, four pictures of one training."""
    shots = snapshots(4)
    print("\ntraining adjusts the segments to the target (D3-33):\n")
    table(["epoch", "loss", "kinks between -pi and pi", "from", "to"],
          [(s.epoch, s.loss, len(mine := inside(s.kinks)), min(mine), max(mine)) for s in shots])
    fig, axes = figure(2, 2, width=5.2, height=4.2, sharex=True, sharey=True,
                       title="Training adjusts the segments to the target (D3-33)")
    for panel, s in zip(axes.flat, shots):
        panel.plot(TICKS, [sin(x) for x in TICKS], ":", color=BLACK)
        panel.plot(s.xs, s.ys, color=BLUE)
        mine = inside(s.kinks)
        panel.plot(mine, [s.ys[round((x + pi) / (2 * pi) * 400)] for x in mine], "D", color=VERMILLION,
                   markeredgecolor=BLACK, clip_on=False)
        panel.set_title(f"epoch {s.epoch}: loss {s.loss:.2g}")
        panel.set(xticks=[-pi, 0, pi], yticks=[-1, 0, 1], ylim=(-1.6, 1.6))
        panel.set_xticklabels([r"$-\pi$", "0", r"$\pi$"])
    save(fig, out, "relu_training", "Four pictures of one training: at first all kinks are at 0 and two "
         "straight pieces miss the sine; then the kinks spread out, and the pieces follow it")


def joint(out: Path) -> None:
    """D3-32: the features stay as they were drawn, or are learned together with the linear model."""
    fixed  = [best_linear(seed) for seed in SEEDS]
    joints = [snapshots(seed)[-1] for seed in SEEDS]
    print("\nfeatures and linear model learned jointly (D3-32), and the best linear model of features that "
          "stay as they began:\n")
    table(["start", "fixed features", "learned jointly"],
          [(seed, loss, s.loss) for seed, (loss, _), s in zip(SEEDS, fixed, joints)])
    fig, axes = figure(1, 2, width=5.6, height=5, title="Features learned with the linear model (D3-32)")
    axes[0].plot(TICKS, [sin(x) for x in TICKS], ":", color=BLACK, label="target")
    axes[0].plot(TICKS, fixed[0][1], "--", color=ORANGE, label="fixed")
    axes[0].plot(TICKS, joints[0].ys, color=BLUE, label="jointly")
    axes[0].set(xticks=[-pi, 0, pi], yticks=[-1, 0, 1], title="start 0", ylim=(-1.2, 1.6))
    axes[0].set_xticklabels([r"$-\pi$", "0", r"$\pi$"])
    axes[0].legend(loc="upper center", ncols=3, columnspacing=1)
    for label, losses, mark, colour in (("fixed features", [loss for loss, _ in fixed], "^", ORANGE),
                                        ("learned jointly", [s.loss for s in joints], "o", BLUE)):
        axes[1].semilogy(SEEDS, losses, mark, color=colour, markersize=13, markeredgecolor=BLACK, label=label)
    axes[1].set(xlabel="start", xticks=list(SEEDS), xlim=(-0.5, 4.5), ylim=(3e-5, 3),
                title="mean squared error")
    axes[1].legend(loc="upper left")
    save(fig, out, "relu_joint", "Left, the sine, the line that is the best of fixed features, and the curve "
         "learned jointly, which follows the sine; right, the errors of five starts: jointly far lower")


def best_linear(seed: int) -> tuple[float, list[float]]:
    """The least error of a linear model of the features as they begin, and its curve."""
    import numpy as np

    layer = fresh(seed).layers[0]
    def features(xs: Sequence[float]) -> Any:
        return np.array([[1.0, *(z.data for z in layer.trace([Value(x)]).a)] for x in xs])
    Phi = features([x for x, in X])
    w   = np.linalg.lstsq(Phi, np.array(Y), rcond=None)[0]
    return float(np.mean((Phi @ w - np.array(Y)) ** 2)), [float(y) for y in features(TICKS) @ w]


# --- the document's figures -----------------------------------------------------------------------

def figures(out: Path) -> None:
    """D3-30: its figures and where they are drawn; the fully connected one here."""
    net = MLP(2, [3, 2], "relu", seed=1)
    x   = [Value(0.5, "x1"), Value(-1.0, "x2")]
    y   = net(x)
    assert isinstance(y, list)
    picture = out / "relu_nn.svg"
    draw(total(y), "unit").save(picture)
    print("\nthe figures of the document (D3-30):\n")
    table(["figure", "shows", "drawn in"],
          [("1",        "hidden representation: x to M units", f"{picture.name}, layer 1"),
           ("relu",     "a curve of straight pieces",          "relu_pieces.png"),
           ("nn",       "fully connected, C outputs",          picture.name),
           ("momentum", "a path with inertia",                 "python -m demos momentum")])
    wrote(picture, "A fully connected network: two inputs, a hidden layer of three ReLU units, two outputs, "
          "an arrow from each value to each unit")
