"""XOR with two and three hidden units: a heat map per unit, while they learn (D4).

What there is to see: every hidden unit draws one straight line; the output unit combines them. In
the animation the lines turn into place. What the hidden layer makes of XOR, one line can divide; and
with more units the region takes any shape. How many of ten starts succeed grows with the units.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, hypot
from pathlib import Path
from typing import Any, NamedTuple

from nn import MLP, SGD, Adam, fit
from nn.datasets import logic_gate

from .common import BLACK, BLUE, GREY, ORANGE, animation, figure, heat_map, points, progress, save, table

POSITION  = 100
DOCUMENTS = ["D0-43", "D4-13", "D4-14", "D4-17"]

X, Y   = logic_gate("xor")
STARTS = range(10)
STEPS  = 400
FRAMES = (0, 3, 6, 10, 20, 40, 60, 80, 100, 150, 300)


def run(out: Path) -> None:
    """Print the hand-built network and the share of starts that succeed; draw and animate."""
    print_by_hand()
    trained = {h: [train(h, seed) for seed in progress(STARTS, f"{h} hidden units")] for h in (2, 3)}
    found   = {h: [seed for seed, net in zip(STARTS, nets) if hits(net) == len(X)]
               for h, nets in trained.items()}
    print(f"\nXOR learned (D4-17), {len(STARTS)} random starts of {STEPS} steps: a tendency, not a theorem\n")
    table(["hidden units", "starts that solve XOR"], [(h, len(seeds)) for h, seeds in found.items()])
    for hidden, nets in trained.items():
        save(picture(nets[found[hidden][0]], f"after {STEPS} steps"), out, f"xor_{hidden}_units",
             f"XOR, {hidden} hidden units after training: one heat map per hidden unit, each with a straight "
             "line, and the output, whose region they bound together")
    film(found[2][0], out)
    features(trained[2][found[2][0]], out)
    shapes(out)


# --- XOR ------------------------------------------------------------------------------------------

def by_hand() -> MLP:
    """h1 = OR, h2 = NAND, y = AND(h1, h2)."""
    net = MLP(2, [2, 1], "sigmoid", "sigmoid")
    for p, number in zip(net.parameters(), (20, 20, -10, -20, -20, 30, 20, 20, -30)):
        p.data = float(number)
    return net


def formula(net: MLP, x: list[float]) -> float:
    """y = f(b_o + f(b_h + x W_h) W_o), written out (D4-13)."""
    signal = x
    for layer in net.layers:
        signal = [1 / (1 + exp(-(unit.bias.data + sum(xi * w.data for xi, w in zip(signal, unit.weights)))))
                  for unit in layer.neurons]
    return signal[0]


def print_by_hand() -> None:
    built = by_hand()
    print("built by hand (D4-17): h1 = OR, h2 = NAND, y = AND(h1, h2); by the formula "
          "y = f(b_o + f(b_h + x W_h) W_o) (D4-13)\n")
    table(["x1", "x2", "h1", "h2", "y", "formula", "target"],
          [(*x, *(a.data for a in built.trace(x).a[0]), built(x).data, formula(built, x), t)
           for x, t in zip(X, Y)])


def train(hidden: int, seed: int, epochs: int = STEPS, callbacks: Any = ()) -> MLP:
    """The lab's recipe: N(0, 1) weights, rate 2, momentum 1/2, cross-entropy, full batch."""
    net = MLP(2, [hidden, 1], "sigmoid", init="normal", seed=seed)
    fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=2.0, momentum=0.5), epochs=epochs,
        callbacks=callbacks, progress=False, engine="vectorized")
    return net


def film(seed: int, out: Path) -> None:
    """The heat maps of two hidden units while they learn."""
    net    = MLP(2, [2, 1], "sigmoid", init="normal", seed=seed)
    frames = [[p.data for p in net.parameters()]]
    def keep(epoch: int, model: Any, history: Any) -> None:
        if epoch in FRAMES:
            frames.append([p.data for p in model.parameters()])
    train(2, seed, max(FRAMES), [keep])

    def frame(k: int) -> Any:
        for p, number in zip(net.parameters(), frames[k]):
            p.data = number
        return picture(net, f"step {FRAMES[k]}", steps=31)
    animation(frame, len(frames), out, "xor_2_units", "The same two hidden units and the output while they "
              "learn: the lines turn until XOR is solved", fps=3)


def picture(net: MLP, title: str, steps: int = 41) -> Any:
    """A heat map per hidden unit and one of the output."""
    hidden = len(net.layers[0].neurons)
    rows   = 2 if hidden > 2 else 1
    fig, axes = figure(rows, (hidden + 1) // rows, width=4.2, height=4.4, sharex=True, sharey=True,
                       title=f"XOR with {hidden} hidden units (D4-17): {title}")
    for k, panel in enumerate(axes.flat):
        heat_map(panel, answer_of(net, k), (-0.2, -0.2), (1.2, 1.2), steps, (0, 1), 0.5, pale=True)
        points(panel, X, Y, 170)
        panel.set(xticks=[0, 1], yticks=[0, 1])
        panel.set_title(f"hidden unit $h_{k + 1}$" if k < hidden else f"output $y$: {hits(net)} of 4")
    return fig


def hits(net: MLP) -> int:
    """How many of the four rows are right."""
    return sum((net(x).data > 0) == bool(t) for x, t in zip(X, Y))


def answer_of(net: MLP, k: int) -> Callable[[float, float], float]:
    """What hidden unit k answers; after the last of them, what the network does."""
    def answer(x1: float, x2: float) -> float:
        trace = net.trace([x1, x2])
        return float(trace.a[0][k].data if k < len(trace.a[0]) else trace.output.sigmoid().data)
    return answer


# --- features -------------------------------------------------------------------------------------

def features(net: MLP, out: Path) -> None:
    """D0-43: where the four points lie for the output unit, and its line."""
    places = [[a.data for a in net.trace(x).a[0]] for x in X]
    print("\nthe features that the hidden layer has learned (D0-43):\n")
    table(["x1", "x2", "h1", "h2", "XOR"], [(*x, *h, t) for x, h, t in zip(X, places, Y)])
    fig, axes = figure(1, 2, width=5.4, height=5.4,
                       title="The hidden layer learns features that one line can divide (D0-43)")
    output = net.layers[1].neurons[0]
    v1, v2 = (v.data for v in output.weights)
    heat_map(axes[1], lambda h1, h2: 1 / (1 + exp(-(v1 * h1 + v2 * h2 + output.bias.data))), (-0.2, -0.2),
             (1.2, 1.2), 61, (0, 1), 0.5, pale=True)
    for panel, where, name in ((axes[0], X, "x"), (axes[1], places, "h")):
        points(panel, where, Y, 220)
        for (p1, p2), x in zip(where, X):
            away = (10, 10) if any(x) else (-30, -24)    # two points may fall upon each other
            panel.annotate(f"{x[0]:g}{x[1]:g}", (p1, p2), away, textcoords="offset points", fontsize=17)
        panel.set(xlim=(-0.2, 1.2), ylim=(-0.2, 1.2), xticks=[0, 1], yticks=[0, 1], xlabel=f"${name}_1$")
        panel.set_ylabel(f"${name}_2$", rotation=0, labelpad=14)
        panel.grid(False)
    axes[0].set_title("inputs: no line divides them")
    axes[1].set_title("features: the output's line")
    save(fig, out, "xor_features", "Left, the four inputs of XOR at the corners of a square, which no line "
         "divides; right, the same four as the two hidden units see them, with the output's line between the "
         "classes")


# --- shapes ---------------------------------------------------------------------------------------

GRID   = [[-1 + i / 7, -1 + j / 7] for i in range(15) for j in range(15)]
RADIUS = 0.62
ATTEMPTS = range(3)
INSIDE = [int(hypot(*x) < RADIUS) for x in GRID]


class Attempt(NamedTuple):
    """A trained network and the share of the grid's points that it puts right."""

    net: MLP
    share: float


def attempt(hidden: int, seed: int) -> Attempt:
    """One start at telling the inside of a circle from its outside."""
    net = MLP(2, [hidden, 1], "tanh", init="normal", seed=seed)
    fit(net, GRID, INSIDE, "bce_with_logits", Adam(net.parameters(), lr=0.1), epochs=300, engine="vectorized",
        progress=False)
    outputs: Any = net.predict(GRID)
    return Attempt(net, sum((y > 0) == bool(t) for y, t in zip(outputs, INSIDE)) / len(GRID))


def shapes(out: Path) -> None:
    """D4-14: the shape of the region grows more complex with the hidden units."""
    attempts = {hidden: [attempt(hidden, seed) for seed in ATTEMPTS] for hidden in (1, 2, 3, 8)}
    print("\nthe inside of a circle with one hidden layer (D4-14): share of points right\n")
    table(["hidden units", "best", *(f"start {k}" for k in ATTEMPTS)],
          [(hidden, max(a.share for a in several), *(a.share for a in several))
           for hidden, several in attempts.items()])
    fig, axes = figure(2, 2, width=5, height=4.9, sharex=True, sharey=True,
                       title="More hidden units, more complex shapes (D4-14)")
    for panel, (hidden, several) in zip(axes.flat, attempts.items()):
        best = max(several, key=lambda a: a.share)
        draw_shape(panel, best.net)
        units = "hidden unit" if hidden == 1 else "hidden units"
        panel.set_title(f"{hidden} {units}: {best.share:.1%} right")
    save(fig, out, "shapes", "A circle to be told from its outside: one hidden unit has a single edge at "
         "most, two make a strip, three a rounded triangle, eight nearly the circle")


def draw_shape(panel: Any, net: MLP) -> None:
    from matplotlib.patches import Circle
    heat_map(panel, answer_of(net, len(net.layers[0].neurons)), (-1, -1), (1, 1), 29, (0, 1), 0.5, pale=True)
    for k, mark in ((0, "o"), (1, "^")):
        mine = [x for x, inside in zip(GRID, INSIDE) if inside == k]
        panel.plot(*zip(*mine), mark, color=[BLUE, ORANGE][k], markersize=5 + k, markeredgecolor=BLACK,
                   markeredgewidth=0.5)
    panel.add_patch(Circle((0, 0), RADIUS, fill=False, color=GREY, linestyle="--", linewidth=2))
    panel.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
