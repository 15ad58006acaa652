"""One neuron: weights, sum, activation (D0 figure 1).

What there is to see: two inputs, two arrows as thick as the weights' size, the bias, the pre-activation z
and the activation a = f(z); that every slope of a is f'(z) times a slope of z; the neuron as three lines of
code; a link that amplifies, derates or inverts its signal; and a neuron that fires while the combination of
its inputs is strong enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine import Value
from nn import Neuron

from .common import BLACK, BLUE, GREEN, GREY, ORANGE, SKY, VERMILLION, figure, save, table

POSITION  = 20
DOCUMENTS = ["D0-02", "D0-03", "D0-04", "D0-41", "D0-42", "D2-05", "D2-06"]
LINKS     = [2.5, 0.4, -0.4]                                # the weights of three links
TIMES     = [k / 20 for k in range(121)]                    # when signals are looked at
STRENGTHS = [0.8, 0.6]                                      # the weights of the neuron that fires
THRESHOLD = 0.9


def run(out: Path) -> None:
    """The neuron of figure 1 and its slopes; the code of D2; three links; a neuron that fires."""
    figure_one(out)
    snippet()
    draw_links(out)
    draw_firing(out)


# --- figure 1 -------------------------------------------------------------------------------------

def figure_one(out: Path) -> None:
    """Print z, a and the slopes; draw the neuron they belong to."""
    neuron = neuron_of([0.8, 0.3], 0.1, "sigmoid")
    x = [Value(0.5, "x1"), Value(-1.2, "x2")]
    z = neuron.z(x)
    a = neuron.f(z)
    a.backward()

    print(f"z = w1 x1 + w2 x2 + b = {z.data:.4g} (D0-02),   a = sigma(z) = {a.data:.4g},   "
          f"f'(z) = a (1 - a) = {z.grad:.4g}\n\nThe slopes of a (D0-03):\n")
    slope = a.data * (1 - a.data)
    table(["v", "da/dv", "formula", ".grad"],
          [("w1", "f'(z) x1", slope * x[0].data,              neuron.weights[0].grad),
           ("w2", "f'(z) x2", slope * x[1].data,              neuron.weights[1].grad),
           ("b",  "f'(z)",    slope,                          neuron.bias.grad),
           ("x1", "f'(z) w1", slope * neuron.weights[0].data, x[0].grad),
           ("x2", "f'(z) w2", slope * neuron.weights[1].data, x[1].grad)], digits=12)
    print()
    fig, axes = figure(width=11, height=5, title="a neuron (D0-04, D2-05): arrows as wide as their weights")
    draw_neuron(axes, neuron, x, z, a)
    save(fig, out, "one_neuron", f"One neuron: x1 = 0.5 and x2 = -1.2 enter through arrows of width |w|, "
                                 f"the bias adds 0.1, z = {z.data:.4g}, a = {a.data:.4g}")


def neuron_of(weights: Sequence[float], bias: float, f: str) -> Neuron:
    """A neuron with these weights and this bias."""
    neuron = Neuron(len(weights), f)
    for parameter, number in zip(neuron.parameters(), [*weights, bias]):
        parameter.data = number
    return neuron


def draw_neuron(axes: Any, neuron: Neuron, x: list[Value], z: Value, a: Value) -> None:
    """Draw the neuron as in figure 1."""
    from matplotlib.patches import Circle

    axes.set(xlim=(-1.2, 11), ylim=(0.2, 4.8), aspect="equal")
    axes.axis("off")
    axes.add_patch(Circle((6.2, 2.5), 1.55, facecolor="#F4F4F4", edgecolor=BLACK, linewidth=2))
    for place, xj, w, k in zip((4.2, 0.8), x, neuron.weights, (1, 2)):
        side = 1 if place > 2.5 else -1
        axes.annotate("", xy=(4.72, 2.5 + 0.35 * (place - 2.5)), xytext=(1.0, place),
                      arrowprops={"arrowstyle": "-|>", "lw": 12 * abs(w.data), "color": SKY,
                                  "mutation_scale": 30})
        axes.plot(1.0, place, "o", color=BLUE, markersize=22, zorder=3)
        axes.text(0.55, place, f"$x_{k}$ = {xj.data:g}", ha="right", va="center", fontsize=20)
        axes.text(2.9, place - side * 0.05, f"$w_{k}$ = {w.data:g}", fontsize=20,
                  va="bottom" if side > 0 else "top")
    axes.plot(5.45, 3.4, "s", color=ORANGE, markersize=17)
    axes.text(5.75, 3.4, f"$b$ = {neuron.bias.data:g}", fontsize=19, va="center")
    axes.plot(6.2, 2.45, "o", color=GREEN, markersize=19)
    axes.text(6.2, 2.0, f"$z$ = {z.data:.4g}", fontsize=19, ha="center", va="top")
    axes.annotate("", xy=(7.6, 2.45), xytext=(6.45, 2.45), arrowprops={"arrowstyle": "-|>", "lw": 2,
                                                                       "color": BLACK, "mutation_scale": 20})
    axes.text(7.05, 2.57, "$f$", fontsize=20, ha="center", va="bottom")
    axes.plot(7.75, 2.45, "D", color=VERMILLION, markersize=16, zorder=3)
    axes.text(8.15, 2.45, f"$a = f(z)$ = {a.data:.4g}", fontsize=20, va="center")


# --- the code of D2 -------------------------------------------------------------------------------

def snippet() -> None:
    """The three lines of D2-06 on plain numbers, and the same neuron of the engine with its slopes."""
    inputs, weights, bias = [1.0, -2.0, 0.5], [0.2, -0.4, 1.0], -0.3

    cell_body_sum = sum(x * w for x, w in zip(inputs, weights)) + bias
    firing_rate   = 1.0 / (1.0 + math.exp(-cell_body_sum))

    neuron = neuron_of(weights, bias, "sigmoid")
    rate   = neuron(inputs)
    rate.backward()
    print("\nNeuron.forward as D2 writes it, and the engine (D2-06): inputs (1, -2, 0.5), weights "
          f"(0.2, -0.4, 1), bias -0.3, cell_body_sum = {cell_body_sum:.4g}\n")
    table(["quantity", "by the code of D2", "engine"],
          [("firing_rate r", firing_rate, rate.data),
           *((f"dr/dw{j} = r (1 - r) x{j}", firing_rate * (1 - firing_rate) * x, w.grad)
             for j, (x, w) in enumerate(zip(inputs, neuron.weights), 1))], digits=12)
    print()


# --- links ----------------------------------------------------------------------------------------

def draw_links(out: Path) -> None:
    """One signal before and after three links (D0-41): what leaves a link is w times what enters."""
    times  = TIMES[:111]
    signal = [math.sin(2 * t) for t in times]
    print("A link multiplies its signal by its weight (D0-41):\n")
    table(["w", "largest in", "largest out", "the signal is"],
          [(w, size(signal), size(through(w, signal)), effect(signal, through(w, signal))) for w in LINKS])
    print()
    fig, axes = figure(1, len(LINKS), width=4.6, height=4.4, sharey=True,
                       title="a link amplifies, derates or inverts its signal (D0-41)")
    for panel, w in zip(axes, LINKS):
        left = through(w, signal)
        panel.plot(times, signal, "--", color=GREY, label="in")
        panel.plot(times, left, color=BLUE if w > 0 else ORANGE, linewidth=4, label="out")
        panel.set_title(f"$w$ = {w:g}: {effect(signal, left)}")
        panel.set(xlabel="time", xlim=(0, 6.4))
        for name, curve in (("in", signal), ("out", left)):
            panel.text(times[-1] + 0.1, curve[-1], name, fontsize=18, va="center")
    axes[0].set(ylabel="signal", ylim=(-3.1, 2.8))
    save(fig, out, "one_neuron_links", "A sine before (dashed) and after (solid) three links: "
         + ", ".join(f"{effect(signal, through(w, signal))} by w = {w:g}" for w in LINKS))


def through(w: float, signal: Sequence[float]) -> list[float]:
    """What leaves a link of weight w: the activation of a linear unit with that one weight."""
    unit = neuron_of([w], 0.0, "linear")
    return [unit([s]).data for s in signal]


def size(signal: Sequence[float]) -> float:
    """How far a signal goes from 0."""
    return max(map(abs, signal))


def effect(before: Sequence[float], after: Sequence[float]) -> str:
    """What a link did, read off the signals."""
    turned = sum(a * b for a, b in zip(before, after)) < 0
    larger = size(after) > size(before)
    return ("inverted, " if turned else "") + ("amplified" if larger else "derated")


# --- firing ---------------------------------------------------------------------------------------

def draw_firing(out: Path) -> None:
    """Two inputs, neither strong enough alone: the neuron fires while their combination is (D0-42)."""
    xs       = [[max(0.0, math.sin(1.6 * t)), max(0.0, math.sin(1.6 * t - 1.1))] for t in TIMES]
    strength = [neuron_of(STRENGTHS, 0.0, "linear")(x).data for x in xs]
    fired    = [neuron_of(STRENGTHS, -THRESHOLD, "step")(x).data for x in xs]
    rate     = [neuron_of([20 * w for w in STRENGTHS], -20 * THRESHOLD, "sigmoid")(x).data for x in xs]
    alone    = [sum(w * x[j] > THRESHOLD for x in xs) for j, w in enumerate(STRENGTHS)]
    print(f"It fires at {sum(f == 1 for f in fired)} of {len(fired)} moments, whenever w1 x1 + w2 x2 > -b = "
          f"{THRESHOLD:g} (D0-42); by x1 alone it would at {alone[0]}, by x2 alone at {alone[1]}.\n")

    fig, (above, below) = figure(2, 1, width=10, height=3.2, sharex=True, height_ratios=[3, 2],
                                 title="a neuron fires while its inputs together are strong enough (D0-42)")
    for j, (w, style) in enumerate(zip(STRENGTHS, (":", "--"))):
        above.plot(TIMES, [w * x[j] for x in xs], style, color=(SKY, GREEN)[j],
                   label=f"$w_{j + 1} x_{j + 1}$")
    above.plot(TIMES, strength, color=BLUE, linewidth=3.5, label="both together")
    above.axhline(THRESHOLD, color=BLACK, linewidth=1.5, label="threshold $-b$")
    above.fill_between(TIMES, THRESHOLD, strength, where=[f == 1 for f in fired], color=ORANGE, alpha=0.45)
    above.set_ylabel("strength")
    above.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    below.fill_between(TIMES, fired, step="mid", color=ORANGE, alpha=0.45)
    below.step(TIMES, fired, where="mid", color=VERMILLION, label="output: 1 or 0")
    below.plot(TIMES, rate, ":", color=BLACK, label="sigmoid: a rate")
    below.set(xlabel="time", ylabel="output", yticks=[0, 1])
    below.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    save(fig, out, "one_neuron_fires", "Above, two inputs and their weighted sum over time with the "
         "threshold; below, the output, which is 1 exactly while the sum is above the threshold")
