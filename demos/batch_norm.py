"""Batch normalisation, forward and backward, and what it does for a deep network (D1).

What there is to see: the worked numbers, with the closed form of the backward pass beside the
engine's gradients; six tanh layers from N(0, 1) weights that learn with it and not without; and the rates
that each of the two takes.
"""

from __future__ import annotations

from pathlib import Path

from engine import Value, dot, mean
from nn import SGD, BatchNorm, Elementwise, Layer, Sequential, fit
from nn.datasets import noisy_curve

from .common import BLUE, VERMILLION, figure, progress, save, short, table

POSITION  = 180
DOCUMENTS = ["D1-50", "D1-51", "D1-52", "D1-53", "D1-61", "GF", "ERR-D1-11"]
RATES     = [0.03, 0.1, 0.3]


def closed_form(z: list[float], gamma: float, upstream: list[float]) -> list[float]:
    """dz_i = gamma / sqrt(var) (G_i - mean(G) - zbar_i mean(G zbar)), for eps = 0."""
    n    = len(z)
    mu   = sum(z) / n
    root = (sum((x - mu) ** 2 for x in z) / n) ** 0.5
    zbar = [(x - mu) / root for x in z]
    mean_g  = sum(upstream) / n
    mean_gz = sum(g * x for g, x in zip(upstream, zbar)) / n
    return [gamma / root * (g - mean_g - x * mean_gz) for g, x in zip(upstream, zbar)]


def deep(normalised: bool, seed: int) -> Sequential:
    """Six tanh layers of 8 units from N(0, 1) weights, then one linear unit."""
    parts: list[object] = []
    for k in range(6):
        parts.append(Layer(1 if k == 0 else 8, 8, "linear", init="normal", seed=100 * seed + k))
        if normalised:
            parts.append(BatchNorm(8))
        parts.append(Elementwise("tanh"))
    last = Layer(8, 1, "linear", init="normal", seed=100 * seed + 7)
    return Sequential(*parts, last)  # type: ignore[arg-type]


def run(out: Path) -> None:
    """The worked example to twelve digits; then the deep networks."""
    z, gamma, beta, upstream = [1.0, 2.0, 4.0, 5.0], 2.0, -1.0, [1.0, 0.0, 0.0, 0.0]
    norm = BatchNorm(1, eps=0.0)
    norm.gamma[0].data, norm.beta[0].data = gamma, beta
    values = [Value(x, f"z[{i}]") for i, x in enumerate(z, 1)]
    shifted = [row[0] for row in norm.batch([[v] for v in values])]
    dot(upstream, shifted).backward()
    print("z = (1, 2, 4, 5), gamma = 2, beta = -1, upstream gradient (1, 0, 0, 0):\n")
    table(["i", "z", "normalised, scaled", "dL/dz closed form", "dL/dz engine"],
          [(i, x, y.data, exact, v.grad) for i, (x, y, exact, v) in
           enumerate(zip(z, shifted, closed_form(z, gamma, upstream), values), 1)], digits=12)
    print(f"\ndL/dgamma = {norm.gamma[0].grad:.12g},  dL/dbeta = {norm.beta[0].grad:.12g},  "
          f"sum of dL/dz = {sum(v.grad for v in values):.1e}: a bias before it has no gradient")

    X, Y = noisy_curve(n=24, noise=0.05)
    curves: dict[str, list[list[float]]] = {"with batch norm": [], "without": []}
    for seed in progress(range(3), "seeds"):
        for label, runs in curves.items():
            net = deep(label.startswith("with "), seed)
            runs.append(fit(net, X, Y, "half_mse", SGD(net.parameters(), lr=0.1), epochs=60, clip_value=1e6,
                            progress=False).losses)
    print("\nhalf squared error after 60 steps, rate 0.1:\n")
    table(["", "seed 0", "seed 1", "seed 2", "mean"],
          [(label, *(run[-1] for run in runs), mean([run[-1] for run in runs]))
           for label, runs in curves.items()])

    fig, axes = figure(width=9, height=5.2)
    for (label, runs), colour, dash in zip(curves.items(), (BLUE, VERMILLION), ("-", "--")):
        for k, losses in enumerate(runs):
            axes.semilogy(range(1, len(losses) + 1), losses, dash, color=colour, linewidth=2,
                          label=label if k == 0 else None)
    axes.set(xlabel="step", ylabel="half squared error $J$", title="six tanh layers, N(0, 1) weights, three "
                                                                   "seeds")
    axes.legend()
    save(fig, out, "batch_norm", "Loss of a six-layer tanh network with and without batch normalisation, "
         "three seeds each")
    rates(*noisy_curve(n=12, noise=0.05), out)


def rates(X: list[list[float]], Y: list[float], out: Path, steps: int = 40) -> None:
    """The same two networks at several rates: print and draw the loss of each seed."""
    found: dict[str, list[list[float]]] = {"with batch norm": [], "without": []}
    for label, by_rate in progress(found.items(), "rates"):
        for lr in RATES:
            nets = [deep(label.startswith("with "), seed) for seed in range(3)]
            by_rate.append([fit(net, X, Y, "half_mse", SGD(net.parameters(), lr=lr), epochs=steps,
                                clip_value=1e6, progress=False).losses[-1] for net in nets])
    print(f"\nhalf squared error of three seeds after {steps} steps on 12 samples, by the rate:\n")
    table(["rate", *found], [(lr, *(", ".join(short(loss, 3) for loss in by_rate[k])
                                    for by_rate in found.values())) for k, lr in enumerate(RATES)])
    fig, axes = figure(width=9, height=5.2)
    for (label, by_rate), colour, mark in zip(found.items(), (BLUE, VERMILLION), "o^"):
        axes.loglog(RATES, [sorted(losses)[1] for losses in by_rate], mark + "-", color=colour,
                    label=f"{label}, middle seed")
        axes.loglog([lr for lr in RATES for _ in range(3)], [loss for losses in by_rate for loss in losses],
                    mark, color=colour, alpha=0.4)
    axes.set(xlabel="learning rate", ylabel=f"half squared error after {steps} steps", ylim=(None, 1),
             title="the rates that each takes", xticks=RATES, xticklabels=[f"{lr:g}" for lr in RATES])
    axes.minorticks_off()
    axes.legend()
    save(fig, out, "batch_norm_rates", "Final loss against the learning rate, with and without batch "
         "normalisation; what exploded lies above the picture")
