"""A ReLU network of one input is piecewise linear: its kinks, marked (D3).

What there is to see: unit j bends the curve at x = -W^(j,0)/W^(j,1) by w_j |W^(j,1)|; between kinks
the slope is the sum over the active units; twice the kinks, a quarter of the error.
"""

from __future__ import annotations

from math import pi, sin
from pathlib import Path

from engine import Value
from nn import MLP

from .common import BLACK, BLUE, GREEN, ORANGE, VERMILLION, figure, save, table

POSITION  = 70
DOCUMENTS = ["D3-06", "D3-07", "D3-08", "ERR-D3-7", "ERR-D3-8"]


def network(units: list[tuple[float, float, float]]) -> MLP:
    """yhat = sum_j w_j ReLU(W^(j,0) + W^(j,1) x) for units (W^(j,0), W^(j,1), w_j)."""
    net = MLP(1, [len(units), 1], "relu")
    for neuron, v, (offset, slope, w) in zip(net.layers[0].neurons, net.layers[1].neurons[0].weights, units):
        neuron.bias.data, neuron.weights[0].data, v.data = offset, slope, w
    return net


def interpolant(n: int) -> list[tuple[float, float, float]]:
    """Units whose sum interpolates the sine at n + 1 knots of [0, 2 pi]: one bend at each but the last."""
    knots  = [2 * pi * i / n for i in range(n + 1)]
    slopes = [(sin(b) - sin(a)) / (b - a) for a, b in zip(knots, knots[1:])]
    bends  = [slopes[0], *(b - a for a, b in zip(slopes, slopes[1:]))]
    return [(-knot, 1.0, bend) for knot, bend in zip(knots, bends)]


def run(out: Path) -> None:
    """Print kinks and slopes of a three-unit network and the error of interpolants; draw both."""
    units = [(0.5, 1.0, 1.0), (-1.0, 2.0, -2.0), (0.9, -0.6, 3.0)]
    net   = network(units)
    kinks = sorted(-offset / slope for offset, slope, _ in units)
    ends  = [-1.5, *kinks, 2.5]
    rows  = []
    for low, high in zip(ends, ends[1:]):
        x = Value((low + high) / 2, "x")
        y = net([x])
        y.backward()
        active = [j for j, (offset, slope, _) in enumerate(units, 1) if offset + slope * x.data > 0]
        rows.append((f"({low:g}, {high:g})", str(active), sum(units[j - 1][2] * units[j - 1][1]
                                                              for j in active), x.grad))
    print("three units: between two kinks a fixed set of them is active (ERR-D3-7)\n")
    table(["segment", "active units", "sum of w_j W^(j,1)", "dyhat/dx by the engine"], rows)

    ticks  = [2 * pi * i / 400 for i in range(401)]
    errors = []
    for n in (4, 8, 16, 32, 64):
        sine = network(interpolant(n))
        errors.append((n, max(abs(sine([x]).data - sin(x)) for x in ticks), (2 * pi / n) ** 2 / 8))
    print("\ninterpolating the sine with n units: sup error, and the bound h^2/8 max|f''|\n")
    table(["n", "sup error", "bound"], errors)

    fig, axes = figure(1, 2, width=7, height=5.2)
    xs = [-1.5 + 4 * i / 400 for i in range(401)]
    axes[0].plot(xs, [net([x]).data for x in xs], color=BLUE)
    axes[0].plot(kinks, [net([x]).data for x in kinks], "D", color=VERMILLION, markersize=11, label="kinks")
    for j, (offset, slope, w) in enumerate(units):
        axes[0].plot(xs, [w * max(0.0, offset + slope * x) for x in xs], ["--", "-.", ":"][j],
                     color=[ORANGE, GREEN, BLACK][j], linewidth=1.6, label=f"unit {j + 1}")
    axes[0].set(xlabel="$x$", ylabel=r"$\hat y$", title="a sum of three bent lines")
    axes[0].legend()
    eight = network(interpolant(8))
    knots = [2 * pi * i / 8 for i in range(9)]
    axes[1].plot(ticks, [sin(x) for x in ticks], ":", color=BLACK, label=r"$\sin x$")
    axes[1].plot(ticks, [eight([x]).data for x in ticks], color=BLUE, label="8 ReLU units")
    axes[1].plot(knots, [sin(x) for x in knots], "D", color=VERMILLION, label="knots")
    axes[1].set(xlabel="$x$", ylabel=r"$\hat y$", title="interpolation at nine knots")
    axes[1].legend()
    save(fig, out, "relu_pieces", "Left, a three-unit ReLU network and its three kinks; right, eight units "
         "that interpolate the sine")
