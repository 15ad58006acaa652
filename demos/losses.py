"""Losses against the logit: cross-entropy pulls when it is wrong, squared error goes flat (D0, D4).

What there is to see: the two loss curves of D0 with their slopes; behind a sigmoid, the slope of squared
error vanishes where the unit is saturated and wrong, and cross-entropy's is y - t. And why the loss from
logits is one formula: by way of the probability it ends where the probability is rounded to 0, and
composed of ReLU nodes it has slope -t at z = 0, where it should be 1/2 - t.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, log, log1p
from pathlib import Path
from typing import Any

from engine import Value, relu, sigmoid
from engine import exp as value_exp
from engine import log1p as value_log1p
from nn import bce_with_logits, binary_cross_entropy, half_mse, rmse, squared_error

from .common import BLACK, BLUE, GREY, ORANGE, VERMILLION, figure, save, table

POSITION  = 50
DOCUMENTS = ["D0-21", "D0-22", "D0-24", "D4-23", "D4-24", "D4-25", "D4-26", "ERR-D0-1", "ERR-D0-5"]


def squared(z: Any, t: float) -> Any:
    """(sigma(z) - t)^2: squared error behind a sigmoid."""
    return squared_error(sigmoid(z), t)


def composed(z: Any, t: float) -> Any:
    """max(z, 0) - z t + ln(1 + e^-|z|), node by node: right, but for its slope at 0."""
    return relu(z) - z * t + value_log1p(value_exp(-abs(z)))


def both(loss: Callable[[Any, float], Any], z: float, t: float) -> tuple[float, float]:
    """The loss and its slope, both by the engine."""
    v = Value(z)
    e = loss(v, t)
    e.backward()
    return e.data, v.grad


def run(out: Path) -> None:
    """Print slopes where it hurts; draw the losses and their slopes."""
    show_samples()
    draw_snippet(out)
    print("\nbehind a sigmoid, target t = 1: squared error (D4-23), cross-entropy (D4-24). The slope dE/dz "
          "should\npull z upwards, so be clearly below 0:\n")
    table(["z", "y", "squared error", "its slope", "cross-entropy", "its slope", "y - t"],
          [(z, 1 / (1 + exp(-z)), *both(squared, z, 1.0), *both(bce_with_logits, z, 1.0), -1 / (1 + exp(z)))
           for z in (-10.0, -5.0, -2.0, 0.0, 2.0, 5.0)])
    draw_behind_a_sigmoid(out)
    print("\nfrom logits (D4-26), far out and at 0, t = 1:\n")
    table(["z", "E = softplus(-z)", "engine", "slope", "composed of ReLU nodes", "slope"],
          [(z, max(-z, 0.0) + log1p(exp(-abs(z))), *both(bce_with_logits, z, 1.0), *both(composed, z, 1.0))
           for z in (-1000.0, -40.0, 0.0, 40.0, 1000.0)])
    print(f"\nat z = 0 the composed form answers {both(composed, 0.0, 1.0)[1]:g} where "
          f"{both(bce_with_logits, 0.0, 1.0)[1]:g} is right: a network that starts at zero starts there")
    draw_from_logits(out)


# --- the losses of D0 -----------------------------------------------------------------------------

def show_samples() -> None:
    """Both losses over a few samples, with their slopes: each sample's is divided by m."""
    y, t = [Value(3.0), Value(4.0)], [0.0, 0.0]
    loss = half_mse(y, t)
    loss.backward()
    print(f"two samples with errors 3 and 4: 1/(2m) sum (t - y)^2 = {loss.data:g} (D0-21), with slopes "
          f"(y - t)/m = {y[0].grad:g} and {y[1].grad:g};\nthe root mean square error that it is called is "
          f"{rmse([3.0, 4.0], t):.4f} (ERR-D0-1)")
    print(f"the label of its curve, 1/2 (t - y), gives {0.5 * (0.0 - 2.0):g} at y = 2, t = 0, where the "
          f"curve has {half_mse(2.0, 0.0):g} (ERR-D0-5)")
    print("\nbinary cross-entropy of three samples, soft targets too (D0-22); each slope is "
          "(y - t)/(m y (1 - y)):\n")
    shares, targets = [0.9, 0.2, 0.6], [1.0, 1.0, 0.3]
    ys = [Value(share) for share in shares]
    binary_cross_entropy(ys, targets).backward()
    table(["y", "t", "-(t ln y + (1 - t) ln(1 - y))", "slope", "formula"],
          [(y, t, binary_cross_entropy(y, t), v.grad, (y - t) / (3 * y * (1 - y)))
           for y, t, v in zip(shares, targets, ys)])
    print()


def draw_snippet(out: Path) -> None:
    """The figure of D0's snippet, with the slopes that the engine finds."""
    errors = [-2 + 4 * i / 50 for i in range(51)]
    shares = [i / 100 for i in range(1, 100)]
    fig, axes = figure(1, 2, width=7, height=5.2)
    for panel, xs, loss, t in ((axes[0], errors, half_mse, 0.0),
                               (axes[1], shares, binary_cross_entropy, 1.0)):
        panel.axhline(0, color=GREY, linewidth=1)
        panel.plot(xs, [both(loss, x, t)[0] for x in xs], color=BLUE, label="loss")
        panel.plot(xs, [both(loss, x, t)[1] for x in xs], "--", color=ORANGE, label="its slope")
    axes[0].set(title="a number: half the squared error\n(D0-21, D0-24)", xlabel="output $y$, target 0")
    axes[1].set(title="a probability: $-\\ln y$\n(D0-22, D0-24)", xlabel="output $y$, target 1",
                ylim=(-10, 5))
    axes[0].text(-1.25, 1.0, "loss", fontsize=16)
    axes[0].text(-0.85, -1.0, "slope $y - t$", fontsize=16, va="top")
    axes[1].text(0.22, 1.9, "loss", fontsize=16)
    axes[1].text(0.25, -4.6, "slope $-1/y$:\nnever 0, steepest where wrong", fontsize=16, va="top")
    save(fig, out, "losses_curves", "Left, the parabola of half the squared error and its straight slope "
         "through 0; right, minus the logarithm of the output, which rises steeply towards output 0, and its "
         "slope, which falls without end there")


# --- behind a sigmoid -----------------------------------------------------------------------------

def draw_behind_a_sigmoid(out: Path) -> None:
    """Both errors and both slopes against the logit, for target 1 and target 0."""
    zs = [-8 + 16 * i / 160 for i in range(161)]
    fig, axes = figure(2, 2, width=7, height=3.7, sharex=True, sharey="row")
    for column, t in enumerate((1.0, 0.0)):
        curves = [(name, [both(loss, z, t) for z in zs])
                  for name, loss in (("cross-entropy (D4-24)", bce_with_logits),
                                     ("squared error (D4-23)", squared))]
        for row in (0, 1):
            panel = axes[row][column]
            panel.axvspan(*((-8, -3) if t else (3, 8)), color="#EEEEEE", linewidth=0)
            panel.axhline(0, color=GREY, linewidth=1)
            for (name, found), dash, colour in zip(curves, ("-", "--"), (BLUE, ORANGE)):
                panel.plot(zs, [pair[row] for pair in found], dash, color=colour, label=name)
            panel.set(xlim=(-8, 8))
        axes[0][column].set(title=f"target {t:g}")
        axes[0][column].text(-5.5 if t else 5.5, 0.3, "sure and wrong", ha="center", fontsize=15,
                             transform=axes[0][column].get_xaxis_transform())
        axes[1][column].set(xlabel="logit $z$")
    axes[0][0].set_ylabel("error $E$")
    axes[1][0].set_ylabel(r"slope $\partial E/\partial z$")
    fig.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=16)
    fig.suptitle("Sure and wrong: squared error is flat there, cross-entropy is steep (D4-25)", fontsize=19)
    save(fig, out, "losses", "Cross-entropy and squared error behind a sigmoid above, their slopes below, "
         "against the logit, for target 1 and target 0: on the shaded side, where the unit is sure and "
         "wrong, the slope of squared error is next to 0, that of cross-entropy next to -1 or 1")


# --- from logits ----------------------------------------------------------------------------------

def last_logit(zs: Sequence[float]) -> float:
    """The last logit on the way down at which the probability is not rounded to 0."""
    return min(z for z in zs if sigmoid(z) > 0)


def draw_from_logits(out: Path) -> None:
    """The slope at 0, and the loss far out."""
    near = [-4 + 8 * i / 160 for i in range(161)]
    far  = [-1000.0 + k for k in range(0, 1001)]
    end  = last_logit(far)
    print(f"\nby way of the probability, -ln sigma(z) ends at z = {end:g}: below it sigma(z) is rounded to 0")
    fig, axes = figure(1, 2, width=7, height=5)
    axes[0].plot(near, [both(bce_with_logits, z, 1.0)[1] for z in near], color=BLUE, label="one formula")
    apart = [(z, both(composed, z, 1.0)[1]) for z in near
             if abs(both(composed, z, 1.0)[1] - both(bce_with_logits, z, 1.0)[1]) > 1e-9]
    axes[0].plot([z for z, _ in apart], [slope for _, slope in apart], "X", color=VERMILLION, markersize=15,
                 label="composed of ReLU nodes")
    right = both(bce_with_logits, 0.0, 1.0)[1]
    axes[0].plot([0], [right], "o", color=BLUE, markersize=12)
    axes[0].text(0.3, right, f"right: {right:g}", va="top", fontsize=16)
    axes[0].text(0.3, apart[0][1], f"ReLU nodes: {apart[0][1]:g}", va="center", fontsize=16)
    axes[0].set(xlabel="logit $z$, target 1", ylabel=r"slope $\partial E/\partial z$", ylim=(-1.12, 0.06),
                title="at 0: a slope that is wrong (D4-26)")
    axes[1].plot(far, [bce_with_logits(z, 1.0) for z in far], color=BLUE, label="one formula")
    kept = [z for z in far if z >= end]
    axes[1].plot(kept, [-log(sigmoid(z)) for z in kept], "--", color=ORANGE, linewidth=5,
                 label=r"$-\ln \sigma(z)$")
    axes[1].plot([end], [-log(sigmoid(end))], "X", color=VERMILLION, markersize=15)
    axes[1].text(end + 30, -log(sigmoid(end)) + 10, rf"$-\ln \sigma(z)$ ends at {end:g}", fontsize=16)
    axes[1].text(-985, 620, "one formula\ngoes on", fontsize=16, va="top", color=BLACK)
    axes[1].set(xlabel="logit $z$, target 1", ylabel="error $E$", title="far out: a loss that ends (D4-26)")
    save(fig, out, "losses_logits", "Left, the slope against the logit, smooth, and a cross at 0 where the "
         "form composed of ReLU nodes answers -1 instead of -1/2; right, the loss as a straight line down to "
         "logit -1000, on which the form by way of the probability ends at a cross")
