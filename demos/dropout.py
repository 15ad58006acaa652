"""Dropout: thinned networks, their average, and the noisy error curve it makes (D1 figure 4.5, D4).

What there is to see: a mask crosses units out; the average over all masks is the weight-scaled
network, exactly, for a linear output. While training, the error jumps, since each step measures another
thinned network: the network with all its units gets better all the while. A unit taken out afterwards is
missed less where units were dropped now and then.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

from nn import SGD, Dropout, History, Layer, Module, Sequential, bce_with_logits, fit, predict
from nn.datasets import logic_gate

from .common import (
    BLACK, BLUE, GREEN, GREY, ORANGE, SKY, VERMILLION, figure, progress, save, short, table,
)

POSITION  = 120
DOCUMENTS = ["D1-54", "D1-55", "D1-56", "D4-19", "D4-20", "D4-21", "D4-22"]
RATES     = (0.0, 0.2, 0.5)
SEEDS     = range(3)
UNITS     = 8
X, Y      = logic_gate("xor")
WEIGHTS, INPUTS = [0.5, -1.0, 2.0, 0.25], [1.0, 2.0, -0.5, 3.0]


class Trained(NamedTuple):
    """What became of one start."""

    errors:  list[float]                     # in training, with the mask of each step
    whole:   list[float]                     # of the network with all its units, after each step
    without: list[float]                     # afterwards, with one unit taken out


def run(out: Path) -> None:
    """Enumerate masks; draw a thinned network; train XOR with and without dropout."""
    every_mask(out)
    thinned(out)
    runs = {rate: [train(rate, seed) for seed in SEEDS] for rate in progress(RATES, "rates")}
    error_curves(runs, out)
    taken_out(runs, out)


# --- masks ----------------------------------------------------------------------------------------

def every_mask(out: Path, p: float = 0.75) -> None:
    """The output of a linear unit under each of its 16 masks, and the average of them."""
    terms   = [w * a for w, a in zip(WEIGHTS, INPUTS)]
    masks   = list(product((0, 1), repeat=len(terms)))
    outputs = [sum(m * term for m, term in zip(mask, terms)) for mask in masks]
    average = sum(chance(mask, p) * z for mask, z in zip(masks, outputs))
    scaled  = sum(p * term for term in terms)
    print(f"16 masks, keep probability {p} (D1-54, D1-55):  E[w . (mask * a)] = {average:.6g},  "
          f"(p w) . a = {scaled:.6g}")
    inverted = sum(chance(mask, p) * z / p for mask, z in zip(masks, outputs))
    print(f"kept activations divided by p in training (D4-21):  E[w . (mask * a / p)] = {inverted:.6g},  "
          f"w . a = {sum(terms):.6g}\n")
    fig, axes = figure(width=9, height=5)
    axes.vlines(outputs, 0, [chance(mask, p) for mask in masks], color=BLUE, linewidth=3)
    axes.plot(outputs, [chance(mask, p) for mask in masks], "o", color=BLUE, markersize=11,
              markeredgecolor="black", label="each of 16 masks")
    axes.axvline(average, color=ORANGE, linewidth=7, label=f"their average: {average:g}")
    axes.axvline(scaled, color=BLACK, linestyle="--", linewidth=2.5, label=f"weights times {p}: {scaled:g}")
    axes.set(xlabel="output of the unit", ylabel="probability of the mask", ylim=(0, 0.45),
             title="D1-55: the average of all thinned networks\nis one network with scaled weights")
    axes.legend(loc="upper right")
    save(fig, out, "dropout_masks", "The outputs of a linear unit under its 16 masks, by their probability; "
         "the average lies where the unit with scaled weights does")


def chance(mask: tuple[int, ...], p: float) -> float:
    """How likely a mask is."""
    kept = sum(mask)
    return float(p ** kept * (1 - p) ** (len(mask) - kept))


def thinned(out: Path) -> None:
    """A network, and the same with the units crossed out that a mask dropped."""
    fig, axes = figure(1, 2, width=6, height=5)
    layer = Dropout(0.4, seed=6)
    layer([1.0] * 5)
    mask = [bool(m) for m in layer.mask]
    draw(axes[0], [True] * 5, "the full network")
    edges = draw(axes[1], mask, f"D1-56, D4-19: {mask.count(False)} of 5 units dropped")
    save(fig, out, "dropout_network", "Left, a 3-5-2 network; right, the same with dropped units crossed "
         f"out: {edges} of 25 edges stay")


# --- training -------------------------------------------------------------------------------------

def train(rate: float, seed: int) -> Trained:
    """A 2-8-1 network on XOR with dropout on its hidden layer."""
    last  = Layer(UNITS, 1, "linear", seed=10 * seed + 3)
    net   = Sequential(Layer(2, UNITS, "tanh", seed=10 * seed + 1), Dropout(rate, seed=seed + 2), last)
    whole: list[float] = []
    def watch(epoch: int, model: Module, history: History) -> None: whole.append(error(net))
    errors = fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=0.5), epochs=400, progress=False,
                 callbacks=[watch]).losses
    without = []
    for w in last.neurons[0].weights:
        kept, w.data = w.data, 0.0
        without.append(error(net))
        w.data = kept
    return Trained(errors, whole, without)


def error(net: Sequential) -> float:
    """Its cross-entropy with all units."""
    return float(bce_with_logits(predict(net, X), Y))


def error_curves(runs: dict[float, list[Trained]], out: Path) -> None:
    """The errors of the first start by the rate, and how rough those of all starts are."""
    print("the training error of XOR, 2-8-1 (D4-22); the roughness is the sum of |second differences|:\n")
    table(["drop rate", *(f"roughness, seed {seed}" for seed in SEEDS), "error with all units"],
          [(rate, *(roughness(one.errors) for one in starts), mean(one.whole[-1] for one in starts))
           for rate, starts in runs.items()])
    fig, axes = figure(1, len(runs), width=5.4, height=5, sharey=True,
                       title="D4-22: dropout makes the training error noisy: each step measures another "
                             "thinned network")
    for panel, (rate, starts) in zip(axes, runs.items()):
        steps = range(1, len(starts[0].errors) + 1)
        panel.plot(steps, starts[0].errors, "-", color=SKY if rate else BLUE, linewidth=1.2 if rate else 4,
                   label="in training")
        panel.plot(steps, starts[0].whole, "--", color=BLACK, label="all units")
        panel.set(xlabel="epoch", title=f"drop rate {rate:g}", ylim=(0, 1.8))
    axes[0].legend(loc="upper right")
    axes[0].set_ylabel("error $E$")
    save(fig, out, "dropout_error", "The training error of XOR against the epochs: smooth without dropout, "
         "jumping at rate 0.2 and more at 0.5; the error of the network with all units is smoother")


def roughness(errors: list[float]) -> float:
    """How much a curve jumps."""
    return sum(abs(a - 2 * b + c) for a, b, c in zip(errors, errors[1:], errors[2:]))


def taken_out(runs: dict[float, list[Trained]], out: Path) -> None:
    """How much each unit is missed when it is taken out after training."""
    rises = {rate: [[e - one.whole[-1] for e in one.without] for one in starts]
             for rate, starts in runs.items()}
    print("\nhow much the error rises when one hidden unit is taken out after training (D4-20); means over "
          "the 8 units:\n")
    table(["drop rate", *(f"seed {seed}" for seed in SEEDS)],
          [(rate, *(mean(row) for row in rows)) for rate, rows in rises.items()])
    left = mean(one.whole[-1] for one in runs[RATES[-1]])
    fig, axes = figure(width=9, height=5.2)
    for k, (rows, colour, marker) in enumerate(zip(rises.values(), (BLUE, ORANGE, VERMILLION), "o^s")):
        for seed, row in enumerate(rows):
            place = k + 0.25 * (seed - 1)
            axes.plot([place] * len(row), sorted(row), marker, color=colour, markersize=9,
                      markeredgecolor="black", label=f"rate {RATES[k]:g}, seed {seed}")
            axes.plot([place - 0.1, place + 0.1], [mean(row)] * 2, "-", color=BLACK, linewidth=3)
    axes.set_xticks(range(len(rises)), [f"drop rate {rate:g}" for rate in rises])
    axes.set(ylabel="rise of the error without a unit", xlim=(-0.5, len(rises) - 0.5),
             title="D4-20: trained with dropout at 0.2, no unit is missed much; at 0.5\n"
                   f"{UNITS} units are too few: error {short(left, 2)} with all (bars: means, three seeds)")
    save(fig, out, "dropout_units", "How much the error rises when each of eight units is taken out: less "
         "after training with drop rate 0.2 than without dropout, but not at rate 0.5")


# --- a network as a drawing -----------------------------------------------------------------------

def draw(axes: Any, kept: list[bool], title: str) -> int:
    """A 3-5-2 network, dropped units crossed out, with the edges whose ends are both kept; returns their
    number."""
    columns = [[True] * 3, kept, [True] * 2]
    place   = [[(k, i - (len(column) - 1) / 2) for i in range(len(column))]
               for k, column in enumerate(columns)]
    edges   = 0
    for k in (0, 1):
        for start, alive in zip(place[k], columns[k]):
            for end, lives in zip(place[k + 1], columns[k + 1]):
                if alive and lives:
                    axes.plot(*zip(start, end), color=GREY, linewidth=1.5, zorder=1)
                    edges += 1
    for k, (column, flags) in enumerate(zip(place, columns)):
        for (x, y), lives in zip(column, flags):
            axes.plot(x, y, "o", markersize=30, color=(BLUE, GREEN, VERMILLION)[k] if lives else "#E0E0E0",
                      markeredgecolor="black" if not lives else "white", zorder=2)
            if not lives:
                axes.plot(x, y, "x", markersize=34, markeredgewidth=3, color="black", zorder=3)
    axes.set(xlim=(-0.4, 2.4), ylim=(-2.6, 2.6), title=title)
    axes.axis("off")
    return edges
