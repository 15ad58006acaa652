"""One sample, a mini-batch or all of them: what a step of descent is made of (D3).

What there is to see: a batch is a matrix with a sample in each column; the average of single-sample gradients
is the full gradient, exactly, and their spread falls with the batch; how often a batch pulls a parameter
against the majority. One step of gradient descent passes through all samples, and for the price of it single
samples make one step each. A sum without 1/B needs another learning rate (ERR-D3-2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import sin
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

from engine import Value, mean as mean_of, total
from nn import MLP, SGD, mse, predict, squared_error
from nn.datasets import noisy_curve

from .common import (
    BLACK, BLUE, GREEN, ORANGE, VERMILLION, figure, progress, save, short, table, two_colours,
)

POSITION  = 210
DOCUMENTS = ["D0-25", "D1-14", "D1-15", "D2-32", "D3-13", "D3-22", "D3-23", "D3-24", "D3-25", "D3-34",
             "D3-35", "ERR-D0-7", "ERR-D3-2"]
SAMPLES   = [(0.5, 0.2), (1.0, 1.4), (-0.7, -0.3), (1.5, 1.1), (-1.2, -1.9), (0.3, 0.6)]
W         = 0.3
SINE      = noisy_curve(sin, n=48, noise=0.1, seed=3)
EPOCHS    = 10
LR        = 0.03
SEEDS     = range(3)
Steps     = list[tuple[int, float]]               # samples passed so far, the risk then


def run(out: Path) -> None:
    """Batches as matrices; every mini-batch of a small set; one step layer by layer; then training."""
    matrices(out)
    every_batch(out)
    objective()
    one_step()
    price(out)
    sum_or_mean(out)


# --- a batch is a matrix --------------------------------------------------------------------------

def matrices(out: Path) -> None:
    """Four samples through a 2-3-1 network: X, Z, A and the outputs, a column for each sample."""
    net = MLP(2, [3, 1], "tanh", seed=4)
    X   = [[1.0, -0.5], [0.2, 0.8], [-1.0, 0.4], [0.6, 1.2]]
    traces  = [net.trace(x) for x in X]
    columns = [X, *([[float(v.data) for v in part] for part in parts] for parts in
                    ([t.z[0] for t in traces], [t.a[0] for t in traces], [t.z[1] for t in traces]))]
    names = ["D1-14: $X$", "D1-15: $Z = W X + b$", r"D1-15: $A = \tanh(Z)$", r"D2-32: outputs $\hat{y}$"]
    whole = net.predict(X)
    apart = max(abs(float(y) - float(t.output.data)) for y, t in zip(whole, traces))
    print("four samples of a 2-3-1 network: X (D1-14), Z and A (D1-15), outputs of the batch (D2-32),\n"
          "a column for each sample:\n")
    table(["", *(f"sample {i}" for i in range(1, len(X) + 1))],
          [(f"{name}[{k}]", *row) for name, matrix in zip(("x", "z", "a"), columns)
           for k, row in enumerate(zip(*matrix), 1)] + [("output", *whole)])
    print(f"\nlargest difference between the batch and its samples one by one: {apart:.1g}\n")
    fig, axes = figure(1, 4, width=3.6, height=4.2,
                       title="a batch is a matrix: a row for each unit, a column for each sample")
    for panel, name, matrix in zip(axes, names, columns):
        draw_matrix(panel, [list(row) for row in zip(*matrix)])
        panel.set(title=name, xlabel="sample")
    axes[0].set_ylabel("input or unit")
    save(fig, out, "batches_matrices", "Four matrices of numbers, X, Z, A and the outputs, with a row for "
         "each unit and a column for each of four samples; the column of the second sample is framed")


def draw_matrix(axes: Any, rows: list[list[float]], framed: int = 1) -> None:
    """The numbers on coloured squares, and a frame around one column."""
    from matplotlib.patches import Rectangle
    axes.imshow(rows, cmap=two_colours(pale=True), vmin=-1, vmax=1)
    for k, row in enumerate(rows):
        for i, number in enumerate(row):
            axes.text(i, k, f"{number:.2f}", ha="center", va="center", fontsize=15)
    axes.add_patch(Rectangle((framed - 0.5, -0.5), 1, len(rows), fill=False, edgecolor=BLACK, linewidth=4))
    axes.set_xticks(range(len(rows[0])), range(1, len(rows[0]) + 1))
    axes.set_yticks(range(len(rows)), range(1, len(rows) + 1))
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_ylim(2.6, -0.6)
    axes.set_xlim(-0.6, len(rows[0]) - 0.4)
    axes.grid(False)
    axes.spines[:].set_visible(False)


# --- gradients of batches -------------------------------------------------------------------------

def gradient(samples: Sequence[tuple[float, float]]) -> float:
    """dR/dw of the mean squared error of yhat = w x."""
    v = Value(W, "w")
    mean_of([(v * x - y) ** 2 for x, y in samples]).backward()
    return float(v.grad)


def every_batch(out: Path) -> None:
    """The gradient of every mini-batch of six samples; and how often a batch has another sign."""
    N, full  = len(SAMPLES), gradient(SAMPLES)
    found    = {B: [gradient(batch) for batch in combinations(SAMPLES, B)] for B in (1, 2, 3, 6)}
    variance = mean((g - full) ** 2 for g in found[1])
    print("every mini-batch of six samples, without replacement (D3-23, D3-25):\n")
    table(["B", "batches", "mean gradient", "full gradient", "variance", "var_1/B (N-B)/(N-1)"],
          [(B, len(gs), mean(gs), full, mean((g - mean(gs)) ** 2 for g in gs),
            variance / B * (N - B) / (N - 1))
           for B, gs in found.items()], digits=6)
    X, Y   = SINE
    shares = {B: [against_the_rest(X, Y, B, seed) for seed in range(5)] for B in (1, 4, 12, 24)}
    print("\nhow often the gradient of a batch has another sign than the full gradient, over all "
          "parameters of a 1-8-1 network (D3-34):\n")
    table(["B", *(f"seed {seed}" for seed in range(5))],
          [(B, *(f"{share:.1%}" for share in row)) for B, row in shares.items()])

    fig, (left, right) = figure(1, 2, width=7.4, height=5.2)
    dots(left, found, BLUE, "o")
    left.axhline(full, color=BLACK, linestyle="--", linewidth=2)
    left.text(3.55, full, "the full\ngradient", va="center", fontsize=15)
    left.set(xlabel="samples in a batch, $B$", ylabel=r"$\partial R/\partial w$ of each batch",
             title="D3-23, D3-25: every batch of six samples:\n"
                   "the mean is the full gradient, the spread falls")
    dots(right, {B: [100 * share for share in row] for B, row in shares.items()}, VERMILLION, "^")
    right.set(xlabel="samples in a batch, $B$", ylabel="% of (batch, parameter)", ylim=(0, 55),
              title="D3-34: how often a batch pulls a parameter\n"
                    "against the full gradient (five networks)")
    save(fig, out, "batches_gradients", "Left, the gradients of all mini-batches of six samples narrow to "
         "the full gradient as B grows; right, the mean share of batches that pull against it falls with B")


def against_the_rest(X: list[list[float]], Y: list[float], B: int, seed: int) -> float:
    """The share of pairs (batch, parameter) in which the batch pulls the parameter the other way."""
    net = MLP(1, [8, 1], "tanh", seed=seed)
    def slopes(rows: Sequence[int]) -> list[float]:
        net.zero_grad()
        mse([net(X[i]) for i in rows], [Y[i] for i in rows]).backward()
        return [p.grad for p in net.parameters()]
    order = Random(seed).sample(range(len(X)), len(X))
    full  = slopes(order)
    pulls = [(g, f) for k in range(0, len(X), B) for g, f in zip(slopes(order[k:k + B]), full)]
    return sum(g * f < 0 for g, f in pulls) / len(pulls)


def dots(axes: Any, columns: dict[int, list[float]], colour: str, marker: str) -> None:
    """One column of dots per B."""
    for k, (B, ys) in enumerate(columns.items()):
        axes.plot([k + 0.025 * (i - (len(ys) - 1) / 2) for i in range(len(ys))], ys, marker, color=colour,
                  markersize=10, markeredgecolor="black", label=f"B = {B}")
        axes.plot([k - 0.3, k + 0.3], [mean(ys)] * 2, "-", color=BLACK, linewidth=2.5)
    axes.set_xticks(range(len(columns)), list(columns))
    axes.set_xlim(-0.5, len(columns) - 0.4)


# --- the objective and one step of it -------------------------------------------------------------

def objective() -> None:
    """The loss of all samples as a sum and as a mean, and what a sum of the mean does."""
    def slope(loss: Callable[[list[Value]], Value]) -> tuple[float, float]:
        v = Value(W, "w")
        J = loss([(v * x - y) ** 2 for x, y in SAMPLES])
        J.backward()
        return float(J.data), float(v.grad)
    print(f"\nthe objective of {len(SAMPLES)} samples:\n")
    table(["", "value", "slope"],
          [("mean of l_i: the empirical risk R (D3-13)", *slope(mean_of)),
           ("sum of l_i: the training objective (D0-25)", *slope(total)),
           ("sum over the samples of what is a mean already (ERR-D0-7)",
            *slope(lambda losses: total([mean_of(losses) for _ in losses])))], digits=6)


def one_step(lr: float = 0.1) -> None:
    """One step of gradient descent on a 1-2-1 network, layer by layer."""
    X, Y = [[x] for x, _ in SAMPLES], [y for _, y in SAMPLES]
    net  = MLP(1, [2, 1], "tanh", seed=1)
    R    = mse([net(x) for x in X], Y)
    R.backward()
    before = [p.data for p in net.parameters()]
    SGD(net.parameters(), lr=lr).step()
    print(f"\none step of rate {lr}, layer by layer (D3-22):\n")
    table(["layer", "parameter", "before", "dR/d(it)", f"before - {lr} dR/d(it)", "after"],
          [(2 if p.label[1] == "2" else 1, p.label, was, p.grad, was - lr * p.grad, p.data)
           for p, was in zip(net.parameters(), before)])


# --- training -------------------------------------------------------------------------------------

def descend(B: int, seed: int) -> Steps:
    """Train a 1-8-1 network on the sine; after each update, the samples passed and the risk over all 48."""
    X, Y  = SINE
    net   = MLP(1, [8, 1], "tanh", seed=seed)
    mover = SGD(net.parameters(), lr=LR)
    rng, steps = Random(seed), [(0, risk(net))]
    for _ in range(EPOCHS):
        order = rng.sample(range(len(X)), len(X))
        for k in range(0, len(X), B):
            net.zero_grad()
            mse([net(X[i]) for i in order[k:k + B]], [Y[i] for i in order[k:k + B]]).backward()
            mover.step()
            steps.append((steps[-1][0] + B, risk(net)))
    return steps


def risk(net: MLP) -> float:
    """R, the mean squared error over all samples."""
    return float(mse(predict(net, SINE[0]), SINE[1]))


def price(out: Path) -> None:
    """The risk against the samples that were passed forward and backward."""
    N      = len(SINE[0])
    fig, axes = figure(1, 3, width=5.2, height=5.4, sharey=True,
                       title=f"D3-35: a step of gradient descent passes through all {N} samples;\n"
                             f"for that price single samples make {N} steps (D3-24)")
    rows = []
    for panel, B in zip(axes, progress((N, 8, 1), "batch sizes")):
        runs = [descend(B, seed) for seed in SEEDS]
        for seed, (steps, colour, dash) in enumerate(zip(runs, (BLUE, ORANGE, GREEN), ("-", "--", "-."))):
            panel.semilogy(*zip(*steps), dash, marker="o" if B > 1 else "", color=colour, markersize=6,
                           linewidth=2.5 if B > 1 else 1.2, label=f"seed {seed}")
        rows.append((B, len(runs[0]) - 1, *(steps[-1][1] for steps in runs)))
        panel.set(xlabel="samples passed", xlim=(0, EPOCHS * N), xticks=[0, EPOCHS * N // 2, EPOCHS * N],
                  title=f"{B} sample{'s' * (B > 1)} a step: {len(runs[0]) - 1} steps,\n"
                        f"mean $R$ at the end {short(mean(rows[-1][2:]), 2)}")
    print(f"\n1-8-1 on a noisy sine, rate {LR}, {EPOCHS} passes through {N} samples (D3-24, D3-25, D3-35); "
          "risk R over all of them at the end:\n")
    table(["samples a step", "steps", *(f"R, seed {seed}" for seed in SEEDS)], rows)
    axes[0].set_ylabel("risk $R$ over all samples (D3-13)")
    axes[0].legend()
    save(fig, out, "batches", "The risk over all samples against the samples passed, with 48, 8 and 1 of "
         "them in a step: 48 fall in few smooth steps, 1 in many rough ones, to the lowest risk")


def sum_or_mean(out: Path, B: int = 16, lr: float = 0.1, steps: int = 100) -> None:
    """A linear model trained with the mean and with the sum over each batch."""
    rng  = Random(1)
    X    = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(64)]
    Y    = [1.5 * x[0] - 0.7 * x[1] + 0.3 for x in X]
    found: dict[str, list[float]] = {}
    for label, over in (("mean over the batch", mean_of), ("sum over the batch, as printed", total)):
        net, order = MLP(2, [1], seed=1), Random(2)
        mover      = SGD(net.parameters(), lr=lr)
        found[label] = [float(mse(predict(net, X), Y))]
        for _ in range(steps):
            batch = order.sample(range(len(X)), B)
            net.zero_grad()
            over([squared_error(net(X[i]), Y[i]) for i in batch]).backward()
            mover.step()
            found[label].append(float(mse(predict(net, X), Y)))
    mean_, sum_ = found.values()
    print(f"\nlinear model, B = {B}, rate {lr}, {steps} steps (ERR-D3-2): R ends at {short(mean_[-1])} with "
          f"1/B and at {short(sum_[-1])} without: it is a step of rate {B} x {lr} = {B * lr:g}")
    fig, axes = figure(width=9, height=5.2)
    for (label, risks), colour, dash in zip(found.items(), (BLUE, VERMILLION), ("-", "--")):
        axes.semilogy(range(steps + 1), risks, dash, color=colour, label=label)
    axes.axhline(mean_[0], color=BLACK, linewidth=1.5, linestyle=":")
    axes.legend(loc="upper left")
    axes.set(xlabel="step", ylabel="risk $R$", xlim=(0, steps),
             title=f"ERR-D3-2: without 1/B a step of rate {lr} is one of rate {B * lr:g}")
    save(fig, out, "batches_sum", "Risk of a linear model on a log scale: with the mean over the batch it "
         "falls, with the sum it grows without bound")
