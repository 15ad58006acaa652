"""Activations and their derivatives, each slope taken by the engine (D0, D1 figures 4.1-4.4, D2).

What there is to see: function and derivative one above the other; the sigmoid's slope never above 1/4,
tanh's never above 1, ReLU's 0 or 1, with a jump; leaky, parametric ReLU and maxout as the larger of two
lines; softmax as a function of one logit is a sigmoid; and a deep network of thirty hidden units that ReLU
mostly trains in fewer epochs than tanh, and sigmoid not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp as e, tanh
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import Any

from engine import Value, exp, grad, jacobian, leaky_relu, maximum, relu, sigmoid, softmax, step
from engine import tanh as value_tanh
from engine.value import topological_order
from nn import MLP, SGD, Maxout, Neuron, fit
from nn.datasets import moons

from .common import BLACK, BLUE, GREY, ORANGE, PURPLE, SKY, VERMILLION
from .common import figure, name_ends, progress, save, table

POSITION  = 40
DOCUMENTS = ["D0-08", "D0-15", "D0-16", "D0-17", "D0-18", "D0-19", "D0-20", "D0-38", "D1-19", "D1-20",
             "D1-21", "D1-22", "D1-23", "D1-24", "D2-12", "D2-16", "D2-17", "D2-18", "D2-20", "D2-21",
             "D2-22", "D2-42", "D3-05", "D4-05", "D4-06", "D4-07", "D4-09", "D4-39", "ERR-D1-8", "ERR-D1-19"]
XS        = [-4 + 8 * i / 100 for i in range(101)]       # every second one is a point of D0's snippet
HAIR      = 1e-9
EPOCHS, SEEDS, LEVEL, FACTOR = 110, 12, 0.1, 6           # FACTOR: what D2 quotes

Formula = Callable[[float], float]


def closed_forms() -> list[tuple[str, Callable[[Any], Any], Formula, Formula]]:
    """Name, the engine's function, its formula on numbers, and the formula of its derivative."""
    def s(x: float) -> float: return 1 / (1 + e(-x))
    def leaky(alpha: float) -> tuple[str, Callable[[Any], Any], Formula, Formula]:
        return (f"leaky ReLU ({alpha:g})", lambda z: leaky_relu(z, alpha), lambda x: max(alpha * x, x),
                lambda x: 1.0 if x > 0 else alpha)
    return [
        ("sigmoid", sigmoid,    s,                       lambda x: s(x) * (1 - s(x))),
        ("tanh",    value_tanh, tanh,                    lambda x: 1 - tanh(x) ** 2),
        ("ReLU",    relu,       lambda x: max(0.0, x),   lambda x: float(x > 0)),
        leaky(0.1), leaky(0.01),
    ]


def run(out: Path) -> None:
    """Values and slopes, then what depends on them: layers, units of two pieces, training."""
    values()
    ranges()
    far_out()
    drawn(out)
    layer()
    pieces(out)
    one_logit(out)
    convergence(out)


def values() -> None:
    """Formula against engine, at points of the documents and everywhere in between."""
    rows  = [(name, x, formula(x), float(f(x)), slope(x), float(grad(f)(x)))
             for name, f, formula, slope in closed_forms() for x in (-4.0, -0.5, 0.0, 0.5, 4.0)]
    worst = max(abs(grad(f)(x) - slope(x)) for _, f, _, slope in closed_forms() for x in XS if x)
    print("values (D0-15, D0-16, D0-17, D0-18, D3-05) and slopes (D0-20, D1-20, D1-21, D1-22, D1-23), by "
          "formula and by the engine:\n")
    table(["f", "z", "formula", "engine", "formula of f'", "engine's f'"], rows, digits=6)
    print(f"\nlargest difference between .grad and the formula at z != 0: {worst:.1e}")
    print(f"at z = 0 ReLU has no slope; the engine answers {grad(relu)(0.0):g}, as D4-07 does (D1 writes "
          "0, 1 and 'undefined': ERR-D1-8)")
    print(f"leaky ReLU has none either: the engine answers alpha, {grad(leaky_relu)(0.0):g}, as PyTorch "
          "does, where D1 prints 1 for z >= 0 (ERR-D1-19)")
    print("tanh(z) = 2 sigma(2 z) - 1 (D2-16): largest difference "
          f"{max(abs(float(value_tanh(x)) - (2 * float(sigmoid(2 * x)) - 1)) for x in XS):.1e}")


def ranges() -> None:
    """How far each function goes, how steep it is, and where it is flat; a step is flat everywhere."""
    wide, rows = [float(x) for x in range(-1000, 1001)], []
    for name, f in [(name, f) for name, f, _, _ in closed_forms()] + [("step", step)]:
        found  = [float(f(x)) for x in wide]
        slopes = [float(grad(f)(x)) for x in XS]
        top    = max(slopes)
        first  = [x for x, slope in zip(XS, slopes) if slope == top]
        rows.append((name, min(found), max(found), top, first[0] if len(first) == 1 else "-",
                     f"{slopes.count(0.0) / len(slopes):.0%}"))
    print("\nleast and largest value on [-1000, 1000] (D0-38, D2-12); the steepest point (D4-05, D4-06) "
          "and the share of points without slope,\nwhere nothing is learned (D0-20), on [-4, 4]:\n")
    table(["f", "least", "largest", "largest slope", "at z = ", "slope 0 on"], rows)


def far_out() -> None:
    """What ReLU has over the others: a slope far out, and no exponential."""
    names  = ["sigmoid", "tanh", "ReLU"]
    slopes = {name: grad(f) for name, f, _, _ in closed_forms()}
    print("\nslopes far out (D2-18):\n")
    table(["z", *names], [(z, *(float(slopes[name](z)) for name in names)) for z in (1.0, 10.0, 100.0, 1e6)])
    def from_exps(z: Value) -> Value:
        up, down = exp(z), exp(-z)
        return (up - down) / (up + down)
    parts: list[Callable[[Value], Value]] = [lambda z: 1 / (1 + exp(-z)), from_exps, relu]
    graphs = [[node.op for node in topological_order(f(Value(1.0))) if node.op] for f in parts]
    print("\nwhat each takes when it is built of parts (D2-18):\n")
    table(["f", "operations", "of them exp"],
          [(name, len(ops), ops.count("exp")) for name, ops in zip(names, graphs)])


def drawn(out: Path) -> None:
    """Four functions in one row, their slopes in the row below, each row on one scale."""
    fig, axes = figure(2, 4, width=3.6, height=3.5, sharex=True, sharey="row", height_ratios=[3, 2],
                       title="four activations on [-4, 4] (D0-19, D1-19; ReLU: D2-17), and below each its "
                             "slope (D1-24)")
    for (name, f, _, _), (above, below) in zip(closed_forms(), axes.T):
        curve(above, f, BLUE)
        curve(below, grad(f), ORANGE)
        above.set_title(name)
        below.set(xlabel="$z$", xticks=[-4, 0, 4], ylim=(-0.1, 1.1))
    axes[0][0].set_ylabel("$f(z)$")
    axes[1][0].set_ylabel("$f\\,'(z)$")
    save(fig, out, "activations", "Four activations on [-4, 4], sigmoid and tanh bounded, ReLU and leaky "
         "ReLU not; below, their slopes: a low bell up to 1/4, a bell up to 1, and two jumps to 1 at 0, "
         "the filled dot being the slope that the engine takes there")


def curve(axes: Any, f: Callable[[float], Any], colour: str) -> None:
    """f on [-4, 4]; where it jumps at 0, in two pieces: a filled dot for its value there, a hollow one where
    it is not."""
    sides = [float(f(side)) for side in (-HAIR, HAIR)]
    jumps = abs(sides[1] - sides[0]) > 1e-6
    axes.axhline(0, color=GREY, linewidth=1)
    for xs in ([x for x in XS if x <= 0], [x for x in XS if x >= 0]) if jumps else (XS,):
        inner = xs[len(xs) // 2]                         # which side of 0 this piece is on
        axes.plot(xs, [float(f(x or (inner * HAIR if jumps else 0.0))) for x in xs], color=colour)
    for y in sides if jumps else ():
        here = abs(y - float(f(0.0))) < 1e-6
        axes.plot(0, y, "o", color=colour, markerfacecolor=colour if here else "white", markersize=10,
                  markeredgewidth=2.5, zorder=4)


def layer() -> None:
    """The Jacobian of a layer's activations is diagonal; softmax's is not."""
    z = [-2.0, 0.5, 3.0]
    def elementwise(*zs: Any) -> list[Any]: return [sigmoid(v) for v in zs]
    def together(*zs: Any) -> list[Any]: return softmax(*zs)
    for what, f in (("each unit's activation hangs on its own z alone (D0-08): da_j/dz_k of three sigmoids",
                     elementwise), ("those of softmax hang on all", together)):
        print(f"\n{what}, z = (-2, 0.5, 3):\n")
        table(["", "z_1", "z_2", "z_3"], [(f"a_{j}", *row) for j, row in enumerate(jacobian(f)(*z), 1)])


def larger(p: Value, z: float | Value) -> Value:
    """max(p z, z), leaky ReLU with a slope to be learned."""
    found: Value = maximum(p * z, z)
    return found


def pieces(out: Path) -> None:
    """Leaky and parametric ReLU, and maxout: the larger of two lines."""
    print("\nparametric ReLU max(p z, z) (D4-39) and its slopes; D2-21 writes p z for z < 0 and z "
          "otherwise:\n")
    rows = []
    for p in (0.25, 2.0):
        for z in (-2.0, 2.0):
            rows.append((p, z, larger(Value(p), z).data, float(grad(lambda v, p=p: larger(Value(p), v))(z)),
                         float(grad(lambda v, z=z: larger(v, z))(p)), p * z if z < 0 else z, min(z, 0.0)))
    table(["p", "z", "max(p z, z)", "df/dz", "df/dp", "D2-21", "df/dp there"], rows)
    parted = [row[:2] for row in rows if row[2] != row[5]]
    print("\nthe two forms part at (p, z) = " + ", ".join(f"({p:g}, {z:g})" for p, z in parted)
          + ": the same for p <= 1 only")
    special()

    fig, axes = figure(1, 3, width=4.8, height=5, sharey=True)
    xs = [-2 + 4 * i / 100 for i in range(101)]
    for p, colour, dash, thick in ((0.01, SKY, "-", 9), (0.25, BLUE, "--", 5), (0.5, ORANGE, "-.", 2),
                                   (2.0, PURPLE, ":", 3)):
        axes[0].plot(xs, [larger(Value(p), x).data for x in xs], dash, color=colour, linewidth=thick,
                     label=f"$p$ = {p:g}" + (", leaky" if p == 0.01 else ""))
    axes[0].set(xlabel="$z$", title="max($pz$, $z$): leaky\n(D1-22, D2-20), parametric (D4-39)")
    axes[0].legend(loc="upper left")
    for p, colour, dash in ((0.25, BLUE, "--"), (2.0, PURPLE, ":")):
        axes[1].plot(xs, [float(grad(lambda v, x=x: larger(v, x))(p)) for x in xs], dash, color=colour,
                     label=f"$p$ = {p:g}")
    axes[1].set(xlabel="$z$", title="its slope in $p$: what\nPReLU learns by (D2-21)")
    axes[1].legend(loc="upper left")
    unit = maxout(*EXAMPLE)
    for k, (w, b) in enumerate(EXAMPLE, 1):
        axes[2].plot(xs, [w * x + b for x in xs], "--", color=(ORANGE, VERMILLION)[k - 1], linewidth=2,
                     label=f"piece {k}: {w:g}$x$ {b:+g}")
    axes[2].plot(xs, [unit([x]).data for x in xs], color=BLUE, linewidth=6, alpha=0.5, zorder=1,
                 label="the larger")
    axes[2].set(xlabel="$x$", title="a maxout unit: the larger\nof two lines (D2-22)", ylim=(-2.2, 4.4))
    axes[2].legend(loc="upper right")
    save(fig, out, "pieces", "Left, the larger of pz and z for four p, bent at 0; middle, its slope in p, "
         "which is z on the side where pz is the larger and 0 on the other; right, a maxout unit follows "
         "the upper one of two crossing lines")


EXAMPLE = ((0.5, 0.5), (-1.5, -0.5))                     # the weight and the bias of each piece


def maxout(*parts: tuple[float, float]) -> Maxout:
    """A maxout unit of one input with these pieces."""
    unit = Maxout(1, len(parts))
    for piece, (w, b) in zip(unit.pieces, parts):
        piece.weights[0].data, piece.bias.data = w, b
    return unit


def special() -> None:
    """Maxout: its special cases, its size, and who gets the gradient."""
    print("\na maxout unit (D2-22) can be:\n")
    table(["f", "pieces", "largest difference"],
          [(name, f"{a:g}x, {b:g}x", max(abs(maxout((a, 0.0), (b, 0.0))([x]).data - f(x)) for x in XS))
           for name, a, b, f in (("ReLU", 0.0, 1.0, lambda x: max(0.0, x)),
                                 ("leaky ReLU", 0.01, 1.0, lambda x: max(0.01 * x, x)),
                                 ("|x|", 1.0, -1.0, abs))])
    sizes = [len(unit(3).parameters()) for unit in (Maxout, Neuron)]
    unit  = maxout(*EXAMPLE)
    unit([1.0]).backward()
    print(f"\nwith 3 inputs it has {sizes[0]} parameters, another unit {sizes[1]}; at x = 1 the pieces "
          f"{', '.join(f'{w + b:+g}' for w, b in EXAMPLE)} get the slopes "
          f"{', '.join(f'{piece.bias.grad:g}' for piece in unit.pieces)}: all to the larger")


def one_logit(out: Path) -> None:
    """The first component of softmax of (z, 0)."""
    fig, panel = figure(width=8, height=4.5)
    panel.plot(XS, [softmax(Value(x), Value(0.0))[0].data for x in XS], color=BLUE, linewidth=9, alpha=0.45,
               label="softmax$(z, 0)_1$")
    panel.plot(XS, [float(sigmoid(x)) for x in XS], "--", color=BLACK, label=r"$\sigma(z)$")
    panel.set(xlabel="$z$", ylabel="$y$", title="softmax of one logit is a sigmoid (D4-09)")
    panel.legend(loc="upper left")
    save(fig, out, "softmax", "softmax of (z, 0), first component, a wide pale curve, lies under the "
         "dashed sigmoid of z")


def network(f: str, init: str, seed: int) -> tuple[MLP, list[list[float]], list[int]]:
    """A 2-10-10-10-1 network and two moons."""
    X, Y = moons(24, seed=seed)
    return MLP(2, [10, 10, 10, 1], f, init=init, seed=seed), X, Y


def train(f: str, init: str, seed: int) -> list[float]:
    """The loss after each epoch, one sample at a time, rate 0.1."""
    net, X, Y = network(f, init, seed)
    return fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=0.1), epochs=EPOCHS, batch_size=1,
               seed=seed, progress=False, engine="vectorized").losses


def first_slope(f: str, init: str, seed: int) -> float:
    """The mean of f'(z) over the hidden units, for one sample, before training."""
    net, X, _ = network(f, init, seed)
    slopes = [float(grad(net.layers[0].neurons[0].f)(z.data))
              for layer in net.trace(Random(seed).choice(X)).z[:-1] for z in layer]
    return mean(slopes)


def convergence(out: Path) -> None:
    """How many epochs each activation needs to a loss of 0.1, over seeds."""
    cases  = [("sigmoid", "xavier"), ("tanh", "xavier"), ("relu", "he")]
    curves = {name: [train(name, init, seed) for seed in range(SEEDS)]
              for name, init in progress(cases, "activations")}
    first  = {name: [epochs_to(losses) for losses in runs] for name, runs in curves.items()}
    first_slopes = {name: mean([first_slope(name, init, seed) for seed in range(SEEDS)])
                    for name, init in cases}
    print(f"\nepochs until the loss is below {LEVEL} (2-10-10-10-1 on two moons, one sample at a time, "
          f"rate 0.1), seeds 0 to {SEEDS - 1} (D2-17, D2-42):\n")
    table(["hidden units", "epochs", "median", "mean slope at the start"],
          [(name, " ".join(map(shown, first[name])), shown(median(first[name])),
            first_slopes[name]) for name, _ in cases])
    wins   = sum(a < b for a, b in zip(first["relu"], first["tanh"]))
    ratio  = median(first["tanh"]) / median(first["relu"])
    print(f"\nReLU is there before tanh with {wins} of {SEEDS} seeds, by a factor of {ratio:.1f} in the "
          f"median;\nD2 quotes {FACTOR}, from a large network, and puts it down to saturation: here the "
          f"weights are drawn\nto suit each activation, and tanh starts with a mean slope of "
          f"{first_slopes['tanh']:.2f}")

    fig, (above, below) = figure(2, 1, width=10.5, height=3.4, sharex=True, height_ratios=[3, 1.6],
                                 title=f"tanh takes {ratio:.1f} times as long as ReLU to get below {LEVEL}"
                                       f"\n(median of {SEEDS} seeds); D2-42 quotes {FACTOR} times")
    for row, (name, colour, dash, mark) in enumerate((("relu", ORANGE, "-", "^"), ("tanh", BLUE, "--", "D"),
                                                      ("sigmoid", VERMILLION, ":", "s"))):
        best = [[min(losses[:k + 1]) for k in range(EPOCHS)] for losses in curves[name]]
        above.semilogy(range(1, EPOCHS + 1), [median(column) for column in zip(*best)], dash, color=colour,
                       linewidth=4, label=name.replace("relu", "ReLU"))
        there = [min(epoch, EPOCHS + 4) for epoch in first[name]]
        below.plot(there, [-row] * len(there), mark, color=colour, markeredgecolor=BLACK, markersize=11,
                   clip_on=False, label=name)
    above.axhline(LEVEL, color=GREY, linewidth=1)
    above.set(ylabel="lowest loss so far")
    below.set(xlabel=f"epoch in which each seed comes below {LEVEL} (at the right edge: later)",
              ylim=(-2.6, 0.6), xlim=(0, EPOCHS + 4))
    below.set_yticks([0, -1, -2], ["ReLU", "tanh", "sigmoid"])
    name_ends(above)
    save(fig, out, "convergence", f"Above, the median of the lowest loss so far of {SEEDS} seeds: ReLU "
         "falls first, tanh later, sigmoid hardly; below, the epoch in which each seed comes below "
         f"{LEVEL}: ReLU mostly before tanh, sigmoid not at all")


def epochs_to(losses: list[float]) -> float:
    """The first epoch at the end of which the loss is below the level; inf if there is none."""
    return next((float(k) for k, loss in enumerate(losses, 1) if loss < LEVEL), float("inf"))


def shown(epochs: float) -> str:
    """The epochs, or that they were not enough."""
    return f"{epochs:g}" if epochs <= EPOCHS else f">{EPOCHS}"
