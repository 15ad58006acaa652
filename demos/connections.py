"""Residual, weighted skip and highway connections, and what they do to delta (D4).

What there is to see: through twenty sigmoid layers the gradient is lost. A residual block as it is meant
today, a + f(z), keeps delta alive, and so does today's highway. The document adds to z before f, where a
connection still passes through f' <= 1/4 and only slows the loss (ERR-D4-10). A gate near 1 makes a highway
a residual layer, near 0 a plain one; it learns which of the two the targets ask for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, NamedTuple

from engine import Value, relu, total
from nn import SGD, Highway, Layer, Residual, WeightedSkip, fit

from .common import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILLION, figure, save, table

POSITION  = 230
DOCUMENTS = ["D4-40", "D4-41", "D4-42", "D4-48", "ERR-D4-9", "ERR-D4-10"]
WIDTH, DEPTH = 8, 20
SEEDS, EPOCHS = range(3), 100


class Kind(NamedTuple):
    """A kind of block: what it computes, how it is built for a seed, and how its curve is drawn."""

    formula: str
    build: Callable[[int], Any]
    colour: str
    style: str


def run(out: Path) -> None:
    """Print and draw the gradient through each kind of block; the limits of a gate, and what it learns."""
    gradients(out)
    print_forms()
    print_chains()
    print_limits()
    gates(out)


# --- the gradient through twenty blocks -----------------------------------------------------------

def layer(seed: int) -> Layer:
    return Layer(WIDTH, WIDTH, "sigmoid", init="xavier", seed=seed)


def usual_highway(seed: int) -> Callable[[list[Value]], list[Value]]:
    """T f(z) + (1 - T) a, with T = sigmoid(b_T + G a); b_T = -2 lets most of a pass at the start."""
    plain = layer(seed)
    gate  = layer(seed + 900)
    for neuron in gate.neurons:
        neuron.bias.data = -2.0
    return lambda a: [t * h + (1 - t) * ak for t, h, ak in zip(gate(a), plain(a), a)]


def kinds() -> dict[str, Kind]:
    """What is meant today first, then the document's, then none."""
    return {
        "residual, today": Kind("a + f(z)", lambda seed: Residual(layer(seed), after=True), BLUE, "s-"),
        "highway, today":  Kind("T f(z) + (1 - T) a", usual_highway, GREEN, "D-"),
        "residual, document (D4-41)": Kind("f(z + a)", lambda seed: Residual(layer(seed)), ORANGE, "^--"),
        "skip, document (D4-40)": Kind("f(z + U a)", lambda seed: WeightedSkip(layer(seed), seed=seed + 500),
                                       PURPLE, "v--"),
        "highway, document (D4-42)": Kind("f(z + g a)", lambda seed: Highway(layer(seed), gate_bias=2.0,
                                                                             seed=seed + 900), BLACK, "P--"),
        "plain": Kind("f(z)", layer, VERMILLION, "o:"),
    }


def norms(build: Callable[[int], Any], seed: int) -> list[float]:
    """The length of dJ/da after each block, input first."""
    rng = Random(seed)
    a: list[Any] = [Value(rng.gauss(0, 1)) for _ in range(WIDTH)]
    signals = [a]
    for k in range(DEPTH):
        a = build(100 * seed + k)(a)
        signals.append(a)
    total([rng.gauss(0, 1) * ak for ak in a]).backward()
    return [math.hypot(*(v.grad for v in signal)) for signal in signals]


def gradients(out: Path) -> None:
    curves = {}
    for label, kind in kinds().items():
        runs = [norms(kind.build, seed) for seed in SEEDS]
        curves[label] = [math.exp(sum(math.log(run[k]) for run in runs) / len(runs))
                         for k in range(DEPTH + 1)]
    print(f"|dJ/da| through {DEPTH} sigmoid blocks of width {WIDTH}; geometric mean of {len(SEEDS)} seeds:\n")
    table(["connection", "a of the next block", "at the output", f"after block {DEPTH // 2}", "at the input"],
          [(label, kind.formula, curves[label][-1], curves[label][DEPTH // 2], curves[label][0])
           for label, kind in kinds().items()])
    fig, axes = figure(width=10, height=6.4)
    for label, kind in kinds().items():
        axes.semilogy(range(DEPTH + 1), curves[label], kind.style, color=kind.colour, label=label,
                      markevery=2)
    axes.set(xlabel="block (0: the input)", ylabel=r"$\|\partial J/\partial a\|$", ylim=(1e-14, 100),
             xticks=[0, 5, 10, 15, 20])
    axes.set_title("added after f, as is meant today, connections keep the gradient;\n"
                   "before f, as in the document, they do not (ERR-D4-10)")
    axes.legend(loc="lower right")
    save(fig, out, "connections", "The gradient through twenty sigmoid blocks, output at the right: level "
         "with residual and highway connections as they are meant today; lost without connections, and a "
         "little more slowly with the document's three, which are added before f")


# --- forms, chains and limits ---------------------------------------------------------------------

def print_forms() -> None:
    """ERR-D4-10 in numbers."""
    a, z, g, h = Value(1.0), Value(-2.0), Value(0.5), Value(3.0)
    print("\nthe same names, two forms (ERR-D4-10): f = relu, a = 1, z = -2; f linear, z = 3, gate 1/2\n")
    table(["", "as meant today", "value", "in the document", "value"],
          [("residual", "a + f(z)", (a + relu(z)).data, "f(z + a)", relu(z + a).data),
           ("highway",  "g z + (1 - g) a", (g * h + (1 - g) * a).data, "z + g a", (h + g * a).data)])


def print_chains() -> None:
    """ERR-D4-9: a 0 in one chain does not stop the others."""
    rows = []
    for what, weights in (("one chain, its ReLU inactive", [-1.0]),
                          ("another beside it, active", [-1.0, 1.0])):
        x = Value(1.0)
        total([relu(w * x) for w in weights]).backward()
        rows.append((what, x.grad))
    print("\na single 0 stops a single chain only (ERR-D4-9):\n")
    table(["from x = 1 to the sum", "slope"], rows)


def print_limits() -> None:
    """D4-42 between D4-41 and the plain layer."""
    plain = Layer(3, 3, "tanh", init="xavier", seed=1)
    x     = [0.5, -1.0, 0.25]
    rows  = [(bias, *(a.data for a in Highway(plain, gate_bias=bias)(x)))
             for bias in (-40.0, -2.0, 0.0, 2.0, 40.0)]
    print("\nthe document's highway (D4-42) between the plain layer and its residual one (D4-41), by the "
          "bias of its gate:\n")
    table(["", "a1", "a2", "a3"], [("plain", *(a.data for a in plain(x))),
                                   *((f"gate bias {b:g}", *r) for b, *r in rows),
                                   ("residual", *(a.data for a in Residual(plain)(x)))])


# --- a gate learns --------------------------------------------------------------------------------

def learned(wanted: int, seed: int) -> list[list[float]]:
    """Every gate on every sample after each epoch, the start first; only the gate is trained (D4-48).

    The targets are what the layers give, with the activations of the earlier layer (wanted = 1) or without.
    """
    rng     = Random(seed)
    highway = Highway(Layer(2, 2, "linear", seed=rng), Layer(2, 2, "linear", seed=rng), seed=rng)
    first, last = highway.layers
    X = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(6)]
    T = [[y.data + wanted * xk for y, xk in zip(last(first(x)), x)] for x in X]
    def now() -> list[float]: return [g.data for x in X for g in highway.gate(x)]
    history = [now()]
    fit(highway, X, T, "mse", SGD(highway.gate.parameters(), lr=2.0), epochs=EPOCHS, engine="vectorized",
        callbacks=[lambda epoch, model, losses: history.append(now())], progress=False)
    return history


def gates(out: Path) -> None:
    runs = {wanted: [learned(wanted, seed) for seed in SEEDS] for wanted in (1, 0)}
    print("\na gate learns whether to include the earlier layer (D4-48): median gate before and after "
          f"{EPOCHS} epochs\n")
    table(["targets", "start", "before", "after"],
          [("with it" if wanted else "without it", seed, median(history[0]), median(history[-1]))
           for wanted, several in runs.items() for seed, history in zip(SEEDS, several)])
    fig, axes = figure(1, 2, width=5.4, height=5, sharex=True, sharey=True,
                       title="A gate learns whether to include the earlier layer (D4-48)")
    for panel, (wanted, several) in zip(axes, runs.items()):
        draw_gates(panel, several, BLUE if wanted else ORANGE, "-" if wanted else "--")
        panel.set_title("targets with it" if wanted else "targets without it")
        panel.set(xlabel="epoch", ylim=(0, 1), yticks=[0, 0.5, 1])
    axes[0].set_ylabel("gate $g$")
    axes[0].text(EPOCHS, 0.05, "thin: a gate on a sample\nthick: their median", ha="right")
    save(fig, out, "gate", "Every gate of three highways while the gate alone is trained, from about one "
         "half: towards 1 where the targets contain the earlier layer's activations, towards 0 where they do "
         "not; thick, the medians")


def draw_gates(panel: Any, several: list[list[list[float]]], colour: str, dash: str) -> None:
    for history in several:
        panel.plot(list(zip(*history))[0], color=GREY, linewidth=0.8, label="one gate on one sample")
        panel.plot(history, color=GREY, linewidth=0.8)
    for seed, history in enumerate(several):
        panel.plot([median(now) for now in history], dash, color=colour, linewidth=3.5,
                   label=f"median, start {seed}")
