"""One neuron: weights, sum, activation (D0 figure 1).

What there is to see: two inputs, two arrows as thick as the weights' size, the bias, the
pre-activation z and the activation a = f(z); and that every slope of a is f'(z) times a slope of z.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine import Value
from nn import Neuron

from .common import BLACK, BLUE, GREEN, ORANGE, SKY, VERMILLION, figure, save, table

POSITION  = 20
DOCUMENTS = ["D0-02", "D0-03", "D0-04", "D2-05"]


def run(out: Path) -> None:
    """Print z, a and the slopes; draw the neuron they belong to."""
    neuron = Neuron(2, "sigmoid")
    for parameter, number in zip(neuron.parameters(), (0.8, 0.3, 0.1)):
        parameter.data = number
    x = [Value(0.5, "x1"), Value(-1.2, "x2")]
    z = neuron.z(x)
    a = neuron.f(z)
    a.backward()

    print(f"z = w1 x1 + w2 x2 + b = {z.data:.4g},   a = sigma(z) = {a.data:.4g},   f'(z) = a (1 - a) = "
          f"{z.grad:.4g}\n")
    slope = a.data * (1 - a.data)
    table(["v", "da/dv", "formula", ".grad"],
          [("w1", "f'(z) x1", slope * x[0].data,              neuron.weights[0].grad),
           ("w2", "f'(z) x2", slope * x[1].data,              neuron.weights[1].grad),
           ("b",  "f'(z)",    slope,                          neuron.bias.grad),
           ("x1", "f'(z) w1", slope * neuron.weights[0].data, x[0].grad),
           ("x2", "f'(z) w2", slope * neuron.weights[1].data, x[1].grad)], digits=12)

    fig, axes = figure(width=11, height=5)
    shown = draw_neuron(axes, neuron, x, z, a)
    save(fig, out, "one_neuron", f"One neuron: x1 = 0.5 and x2 = -1.2 enter through arrows of width |w|, "
                                 f"the bias adds 0.1, z = {shown[0]:.4g}, a = {shown[1]:.4g}")


def draw_neuron(axes: Any, neuron: Neuron, x: list[Value], z: Value, a: Value) -> tuple[float, float]:
    """Draw the neuron as in figure 1; returns the z and a that the picture shows."""
    from matplotlib.patches import Circle

    axes.set(xlim=(-1.2, 11), ylim=(-0.1, 5.1), aspect="equal")
    axes.axis("off")
    axes.add_patch(Circle((6.2, 2.5), 1.55, facecolor="#F4F4F4", edgecolor=BLACK, linewidth=2))
    for place, xj, w, k in zip((4.2, 0.8), x, neuron.weights, (1, 2)):
        side = 1 if place > 2.5 else -1
        axes.annotate("", xy=(4.72, 2.5 + 0.35 * (place - 2.5)), xytext=(1.0, place),
                      arrowprops={"arrowstyle": "-|>", "lw": 1 + 8 * abs(w.data), "color": SKY,
                                  "mutation_scale": 25})
        axes.plot(1.0, place, "o", color=BLUE, markersize=22, zorder=3)
        axes.text(0.55, place, f"$x_{k}$ = {xj.data:g}", ha="right", va="center", fontsize=17)
        axes.text(2.9, place - side * 0.1, f"$w_{k}$ = {w.data:g}", fontsize=17,
                  va="bottom" if side > 0 else "top")
    axes.plot(5.6, 3.4, "s", color=ORANGE, markersize=17)
    axes.text(5.9, 3.4, f"$b$ = {neuron.bias.data:g}", fontsize=16, va="center")
    axes.plot(6.2, 2.4, "o", color=GREEN, markersize=19)
    axes.text(6.2, 1.95, f"$z$ = {z.data:.4g}", fontsize=16, ha="center", va="top")
    axes.annotate("", xy=(7.6, 2.4), xytext=(6.45, 2.4), arrowprops={"arrowstyle": "-|>", "lw": 2,
                                                                     "color": BLACK})
    axes.text(7.05, 2.52, "$f$", fontsize=18, ha="center", va="bottom")
    axes.plot(7.75, 2.4, "D", color=VERMILLION, markersize=15, zorder=3)
    axes.text(8.15, 2.4, f"$a = f(z)$ = {a.data:.4g}", fontsize=17, va="center")
    return z.data, a.data
