"""Batch normalisation, forward and backward, and what it does for a deep network (D1).

What there is to see: the worked numbers, with the closed form of the backward pass beside the
engine's gradients; six tanh layers from N(0, 1) weights that learn with it and explode without; and the
learning rates that each of the two takes.
"""

from __future__ import annotations

from math import inf, log10
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import Any

from engine import Value, dot
from nn import SGD, BatchNorm, Elementwise, Layer, Sequential, fit
from nn.datasets import noisy_curve

from .common import BLACK, BLUE, VERMILLION, figure, progress, save, short, table

POSITION  = 180
DOCUMENTS = ["D1-50", "D1-51", "D1-52", "D1-53", "D1-61", "GF", "ERR-D1-11"]
RATES     = (0.01, 0.03, 0.1, 0.3)
SEEDS     = range(5)
WITH      = {True: "with batch norm", False: "without"}
X, Y      = noisy_curve(n=12, noise=0.05)
TOP       = 1e6                                               # what lies higher leaves the picture
OF_MEAN   = mean((y - mean(Y)) ** 2 for y in Y) / 2           # the loss of answering the mean everywhere


def run(out: Path) -> None:
    """The worked example to twelve digits; then the deep networks."""
    worked()
    which_variance()
    exploding(out)
    rates(out)


def worked() -> None:
    """GF: four numbers through a BatchNorm, and one upstream gradient back."""
    z, gamma, beta, upstream = [1.0, 2.0, 4.0, 5.0], 2.0, -1.0, [1.0, 0.0, 0.0, 0.0]
    norm = BatchNorm(1, eps=0.0)
    norm.gamma[0].data, norm.beta[0].data = gamma, beta
    values  = [Value(x, f"z[{i}]") for i, x in enumerate(z, 1)]
    shifted = [row[0] for row in norm.batch([[v] for v in values])]
    dot(upstream, shifted).backward()
    mu, var = mean(z), mean((x - mean(z)) ** 2 for x in z)
    print(f"GF: z = (1, 2, 4, 5), gamma = {gamma:g}, beta = {beta:g}, upstream gradient (1, 0, 0, 0); "
          f"mu = {mu:g}, var = {var:g} (D1-50),\nnormalised (D1-51), scaled and shifted, and the way back "
          "(D1-52):\n")
    table(["i", "z", "(z - mu)/sqrt(var)", "gamma * it + beta", "dL/dz closed form", "dL/dz engine"],
          [(i, x, (x - mu) / var ** 0.5, y.data, exact, v.grad) for i, (x, y, exact, v) in
           enumerate(zip(z, shifted, closed_form(z, gamma, upstream), values), 1)], digits=12)
    print(f"\ndL/dgamma = {norm.gamma[0].grad:.12g},  dL/dbeta = {norm.beta[0].grad:.12g},  "
          f"sum of dL/dz = {sum(v.grad for v in values):.1e}: a bias before it has no gradient")


def closed_form(z: list[float], gamma: float, upstream: list[float]) -> list[float]:
    """dz_i = gamma / sqrt(var) (G_i - mean(G) - zbar_i mean(G zbar)), for eps = 0."""
    mu, root = mean(z), mean((x - mean(z)) ** 2 for x in z) ** 0.5
    zbar     = [(x - mu) / root for x in z]
    mean_gz  = mean(g * x for g, x in zip(upstream, zbar))
    return [gamma / root * (g - mean(upstream) - x * mean_gz) for g, x in zip(upstream, zbar)]


def which_variance() -> None:
    """The variance of a batch, of the whole set, and what is printed: a mean over the set, around the batch's
    mean."""
    z     = [1.0, 2.0, 4.0, 5.0, 6.0, 7.0, 9.0, 8.0, 4.0, 4.0]
    batch = z[:4]
    mu, var = mean(batch), mean((x - mean(batch)) ** 2 for x in batch)
    norm  = BatchNorm(1, eps=0.0)
    first = norm.batch([[x] for x in batch])[0][0]
    print("\nten values, the first four are a batch (ERR-D1-11):\n")
    table(["mean of the squares of", "number"],
          [("batch - mean of the batch: its variance", var),
           ("all ten - mean of all ten", mean((x - mean(z)) ** 2 for x in z)),
           ("all ten - mean of the batch: as printed", mean((x - mu) ** 2 for x in z)),
           ("what BatchNorm divides by, squared", ((batch[0] - mu) / float(first.data)) ** 2)])


def deep(normalised: bool, f: str, width: int, hidden: int, seed: int) -> Sequential:
    """Hidden layers of `width` units from N(0, 1) weights, each with or without a BatchNorm, and a linear
    unit."""
    rng   = Random(seed)
    parts: list[Any] = []
    for k in range(hidden):
        parts.append(Layer(width if k else 1, width, "linear", init="normal", seed=rng))
        if normalised:                                        # no running statistics: it is only trained here
            parts.append(BatchNorm(width, momentum=0.0))
        parts.append(Elementwise(f))
    return Sequential(*parts, Layer(width, 1, "linear", init="xavier", seed=rng))


def losses(net: Sequential, lr: float, steps: int) -> list[float]:
    """The losses of gradient descent on 16 points of a sine; inf from the step on at which it overflows."""
    found: list[float] = []
    optimizer = SGD(net.parameters(), lr=lr)
    try:
        fit(net, X, Y, "half_mse", optimizer, epochs=steps, engine="vectorized", progress=False,
            callbacks=[lambda epoch, model, history: found.append(history.losses[-1])])
    except FloatingPointError:
        found += [inf] * (steps - len(found))
    return found


def exploding(out: Path, lr: float = 0.3, steps: int = 60) -> None:
    """Six tanh layers of 16 units: print and draw the loss of every seed."""
    curves = {label: [losses(deep(normalised, "tanh", 16, 6, seed), lr, steps)
                      for seed in progress(SEEDS, label)] for normalised, label in WITH.items()}
    print(f"\nsix tanh layers of 16, N(0, 1) weights, rate {lr}: half squared error J after {steps} steps "
          "(D1-53):\n")
    table(["", *(f"seed {seed}" for seed in SEEDS)],
          [(label, *(run[-1] for run in runs)) for label, runs in curves.items()])
    print(f"answering the mean everywhere: J = {short(OF_MEAN)}")
    fig, axes = figure(width=10, height=5.6)
    for (label, runs), colour, dash in zip(curves.items(), (BLUE, VERMILLION), ("-", "--")):
        for k, run in enumerate(runs):
            axes.semilogy(range(1, steps + 1), run, dash, color=colour, label=label if k == 0 else None)
    ends = [run[-1] for run in curves[WITH[False]]]
    axes.text(steps, TOP / 4, f"without: $10^{{{log10(min(ends)):.0f}}}$ to $10^{{{log10(max(ends)):.0f}}}$ "
              f"at step {steps}", color=VERMILLION, ha="right", va="top", fontsize=17)
    axes.text(steps, 1.3 * OF_MEAN, "answering the mean everywhere", ha="right", va="bottom", fontsize=14)
    axes.text(steps, 0.003, WITH[True], color=BLUE, ha="right", va="top", fontsize=17)
    axes.axhline(OF_MEAN, color=BLACK, linewidth=1.5, linestyle=":")
    axes.set(xlabel="step", ylabel="half squared error $J$", xlim=(0, steps), ylim=(1e-3, TOP),
             title=f"D1-53: six tanh layers, N(0, 1) weights, rate {lr}, five seeds:\n"
                   "they learn with batch norm and explode without")
    save(fig, out, "batch_norm", "Loss of a six-layer tanh network on a log scale, five seeds: with batch "
         "normalisation it falls, without it grows by forty powers of ten and more")


def rates(out: Path, steps: int = 60) -> None:
    """Four ReLU layers of 8 units at several rates: print and draw the final loss of each seed."""
    found = {label: [[losses(deep(normalised, "relu", 8, 4, seed), lr, steps)[-1] for seed in SEEDS]
                     for lr in progress(RATES, label)] for normalised, label in WITH.items()}
    print(f"\nfour ReLU layers of 8: J after {steps} steps, by the rate; all five seeds (D1-61):\n")
    table(["rate", *found], [(lr, *(", ".join(short(loss, 2) for loss in by_rate[k])
                                    for by_rate in found.values())) for k, lr in enumerate(RATES)])
    top, bottom = 10 * OF_MEAN, OF_MEAN / 10000
    fig, axes = figure(width=10, height=5.6)
    for (label, by_rate), colour, mark, shift in zip(found.items(), (BLUE, VERMILLION), "o^", (-0.08, 0.08)):
        for k, runs in enumerate(by_rate):
            axes.plot([k + shift + 0.035 * (i - 2) for i in range(len(runs))],
                      [min(loss, top) for loss in runs], mark, color=colour, markersize=10,
                      markeredgecolor="black", label=label if k == 0 else None)
        axes.plot([k + shift for k in range(len(RATES))], [min(median(runs), top) for runs in by_rate],
                  "-" if mark == "o" else "--", color=colour, zorder=1)
    axes.axhline(OF_MEAN, color=BLACK, linewidth=1.5, linestyle=":")
    axes.axhspan(top / 1.4, top * 1.4, color="#E6E6E6", zorder=0)
    axes.text(0.5, top, "exploded", va="center", ha="center", fontsize=15)
    axes.text(-0.4, OF_MEAN * 1.1, "answering the mean", va="bottom", fontsize=14)
    axes.set_xticks(range(len(RATES)), [f"{lr:g}" for lr in RATES])
    axes.set(yscale="log", xlim=(-0.45, len(RATES) - 0.5), ylim=(bottom, top * 1.4), xlabel="learning rate",
             ylabel=f"$J$ after {steps} steps",
             title="D1-61: with batch norm a network takes larger rates\n"
                   "(four ReLU layers, five seeds; lines: the middle seed)")
    axes.legend(loc="lower left")
    save(fig, out, "batch_norm_rates", "Final loss against the learning rate: with batch normalisation it "
         "falls as the rate grows; without, most networks explode or answer the mean from rate 0.03 on")
