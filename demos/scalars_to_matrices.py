"""From scalars to matrices: the matrix form of the documents, found in the scalar graph, printed, and run.

A 2-3-1 network is written unit by unit. Its graph is folded step by step: sums are collected, equal samples
become a batch, equal operations become arrays, and the lines that remain are those of the documents. Then
the same kind of code, element by element, is trained on 8x8 digits as matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from engine import Value, draw, vectorize
from nn import MLP, Adam, cross_entropy_with_logits, digits, half_mse, one_hot, split
from nn.training import collector_paused

from .common import BLUE, ORANGE, figure, save, table, wrote

POSITION  = 60
DOCUMENTS = ["D0-06", "D1-16", "D1-36"]


def run(out: Path) -> None:
    """Print the fold, the program and its equations; time each form; train the digits; write pictures to
    out."""
    program = fold(out)
    print("The program, as NumPy source:\n")
    print(program)
    print("The same in the notation of D1 (samples are columns):\n")
    print(program.equations("D1"))
    speed(out)
    train(out)


# --- the fold, step by step -------------------------------------------------------------------------

def fold(out: Path) -> Any:
    """A small network, and how many things are left after each pass."""
    model = MLP(2, [3, 1], "tanh", elementwise=True)
    X = [[Value(x1, f"x[1]({i})"), Value(x2, f"x[2]({i})")] for i, (x1, x2) in enumerate(POINTS, 1)]
    Y = [Value(x1 * x2, f"y({i})") for i, (x1, x2) in enumerate(POINTS, 1)]
    J = half_mse([model(x) for x in X], Y)
    program = vectorize(J, X, [[y] for y in Y], model.parameters())
    print("A 2-3-1 tanh network on 4 samples, every * and + a node of its own:\n")
    table(["form", "things", "what happened"],
          [[name, count, what] for (name, count), what in zip(program.stages(), WHAT)])
    J.backward()
    loss  = program([[x.data for x in sample] for sample in X], [[y.data] for y in Y]).loss
    slopes = dict(zip(program.order.tolist(), program.gradient.tolist()))
    apart = max(abs(slopes[k] - p.grad) for k, p in enumerate(model.parameters()))
    print(f"\nThe scalars and the matrices differ by {abs(loss - J.data):.1g} in the loss, {apart:.1g} in "
          f"the gradients.\n")
    picture = out / "scalars_to_matrices_graph.svg"
    one = half_mse(model(X[0]), Y[0])
    draw(one).save(picture)
    wrote(picture, "The scalar graph of one of the four samples: every product and every sum is a box; all "
          "four look "
                   "the same")
    return program


POINTS = [(0.5, -1.0), (1.0, 2.0), (-1.5, 0.5), (2.0, 1.0)]
WHAT   = ["as the code made it", "chains of + and * are collected", "four equal samples become one with a "
          "batch axis",
          "equal operations become arrays", "rows times rows is a product of matrices"]


# --- each form, timed -------------------------------------------------------------------------------

def speed(out: Path) -> None:
    """One step of a 64-32-10 network on 32 digits: as single products, as units, as matrices."""
    X, Y = digits()
    xs, ys = X[:32], one_hot(Y[:32], 10)
    times: dict[str, float] = {}
    for name, elementwise in (("products and sums", True), ("one node per unit", False)):
        model = MLP(64, [32, 10], "tanh", elementwise=elementwise)
        times[name] = seconds(lambda model=model: scalar_step(model, xs, ys), 3)     # type: ignore[misc]
    values, targets = as_values(xs), as_values(ys)
    start   = perf_counter()
    program = vectorize(cross_entropy_with_logits([model(x) for x in values], targets), values, targets,
                        model.parameters())
    folding = perf_counter() - start
    import numpy as np
    a, b = np.array(xs), np.array(ys)
    times["matrices"] = seconds(lambda: program.run(a, b), 300)
    print("\nLoss and all gradients of a 64-32-10 network on 32 digits:\n")
    table(["form", "milliseconds", "times faster"],
          [[name, 1000 * t, times["products and sums"] / t] for name, t in times.items()])
    print(f"\nRecording and folding took {folding:.2f} s, once. {program.report()}\n")
    fig, axes = figure(width=7.5, height=3.2, title="One step, three forms of the same code")
    axes.barh(list(times), [1000 * t for t in times.values()], color=[BLUE, BLUE, ORANGE])
    axes.set_xscale("log")
    axes.set_xlabel("milliseconds (logarithmic)")
    axes.invert_yaxis()
    save(fig, out, "scalars_to_matrices_speed",
         "Bars of the time of one step on a logarithmic axis: products and sums, one node per unit, and, far "
         "shorter, matrices")


def scalar_step(model: MLP, xs: list[list[float]], ys: list[list[int]]) -> None:
    model.zero_grad()
    cross_entropy_with_logits([model(x) for x in xs], ys).backward()


def seconds(f: Callable[[], Any], times: int) -> float:
    """The fastest of several calls."""
    best = float("inf")
    with collector_paused():
        for _ in range(times):
            start = perf_counter()
            f()
            best = min(best, perf_counter() - start)
    return best


def as_values(rows: list[list[Any]]) -> list[list[Value]]:
    return [[Value(float(x)) for x in row] for row in rows]


# --- a real network ---------------------------------------------------------------------------------

def train(out: Path) -> None:
    """The 8x8 digits: one sample is recorded, 1438 are trained, 359 are kept for the test."""
    X, Y, X_test, Y_test = split(*digits())
    start = perf_counter()
    model = MLP(64, [48, 10], "tanh")
    x, y  = as_values([X[0]])[0], as_values(one_hot(Y[:1], 10))[0]
    z     = model(x)
    program = vectorize(cross_entropy_with_logits(z, y), x, y, model.parameters(), outputs=z, batch=True)
    right: list[float] = []
    def watch(epoch: int, loss: float) -> None:
        program.store()
        right.append(float((program.predict(X_test).argmax(1) == Y_test).mean()))
    losses = program.train(X, one_hot(Y, 10), Adam(model.parameters(), lr=0.005), epochs=40, batch_size=32,
                           callback=watch)
    print(f"64-48-10 on 8x8 digits, recorded from one sample, trained in {perf_counter() - start:.1f} s: "
          f"loss {losses[0]:.3f} -> {losses[-1]:.4f}, {100 * right[-1]:.1f} % of the test digits right.\n")
    fig, (left, other) = figure(columns=2, width=5.2, height=3.8,
                                title="8x8 digits, written element by element")
    left.plot(range(1, len(losses) + 1), losses, color=BLUE)
    left.set_yscale("log")
    left.set_xlabel("epoch")
    left.set_ylabel("training loss")
    other.plot(range(1, len(right) + 1), [100 * share for share in right], color=ORANGE)
    other.axhline(96, color="black", linestyle=":", linewidth=1)
    other.set_xlabel("epoch")
    other.set_ylabel("test digits right (%)")
    save(fig, out, "scalars_to_matrices_digits",
         f"Two curves over 40 epochs: the training loss falls to {losses[-1]:.4f}, the share of test digits "
         f"that are right rises to {100 * right[-1]:.1f} %")
