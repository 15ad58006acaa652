"""From scalars to matrices: the matrix form of the documents, found in the scalar graph, printed, and run.

What there is to see: a 2-3-1 network written unit by unit, whose graph is folded step by step: sums are
collected, equal samples become a batch, equal operations become arrays, and the lines that remain are those
of the documents; the time of one step of each form; and the same kind of code, element by element, trained on
8x8 digits as matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from engine import Value, draw, vectorize
from nn import MLP, Adam, cross_entropy_with_logits, digits, half_mse, one_hot, split
from nn.training import collector_paused

from .common import BLACK, BLUE, GREEN, MARKERS, ORANGE, figure, save, short, table, wrote

POSITION  = 60
DOCUMENTS = ["D0-06", "D1-16", "D1-36"]


def run(out: Path) -> None:
    """Print the fold, the program and its equations; time each form; train the digits; write pictures to
    out."""
    program = fold(out)
    print("The program, as NumPy source:\n")
    print(program)
    print("The same in the notation of D1, samples as columns: the forward lines are D1-16, delta[1] is "
          "D1-36.\n")
    print(program.equations("D1"))
    print("\nAnd in that of D0, where z = W^T a + b is D0-06:\n")
    print(program.equations("D0"))
    speed(out)
    train(out)


# --- the fold, step by step -------------------------------------------------------------------------

def fold(out: Path) -> Any:
    """A small network, how many things are left after each pass, and the scalars that they began as."""
    model = MLP(2, [3, 1], "tanh", elementwise=True)
    X, Y  = samples()
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
    draw_one(model, out)
    draw_fold(program.stages(), out)
    return program


def samples() -> tuple[list[list[Value]], list[Value]]:
    """Four samples, to be recorded: x[2](3) is input 2 of sample 3."""
    return ([[Value(x1, f"x[1]({i})"), Value(x2, f"x[2]({i})")] for i, (x1, x2) in enumerate(POINTS, 1)],
            [Value(x1 * x2, f"y({i})") for i, (x1, x2) in enumerate(POINTS, 1)])


def draw_one(model: MLP, out: Path) -> None:
    """The scalar graph of the first sample alone, after a backward pass of its own."""
    X, Y = samples()
    model.zero_grad()
    one = half_mse(model(X[0]), Y[0])
    one.backward()
    picture = out / "scalars_to_matrices_graph.svg"
    draw(one).save(picture)
    wrote(picture, "The scalar graph of the first of the four samples, with its own gradients: every product "
                   "and every sum is a box; all four look the same")


def draw_fold(stages: list[tuple[str, int]], out: Path) -> None:
    """How many things there are after each pass: bars from 0."""
    fig, axes = figure(width=10, height=4.2, title=f"{stages[0][1]} scalars fold into {stages[-1][1]} lines")
    bars = axes.barh([name for name, _ in stages], [count for _, count in stages], color=BLUE)
    axes.bar_label(bars, [str(count) for _, count in stages], padding=6, fontsize=17)
    axes.set(xlabel="things left", xlim=(0, 1.12 * stages[0][1]))
    axes.invert_yaxis()
    axes.grid(False, axis="y")
    save(fig, out, "scalars_to_matrices_fold", "Bars of what is left after each pass: " +
         ", ".join(f"{count} {name}" for name, count in stages))


POINTS = [(0.5, -1.0), (1.0, 2.0), (-1.5, 0.5), (2.0, 1.0)]
WHAT   = ["as the code made it", "chains of + and * are collected", "four equal samples become one with a "
          "batch axis",
          "equal operations become arrays", "rows times rows is a product of matrices"]


# --- each form, timed -------------------------------------------------------------------------------

def speed(out: Path) -> None:
    """One step of a 64-32-10 network on 16 digits: as single products, as units, as matrices."""
    X, Y = digits()
    xs, ys = X[:16], one_hot(Y[:16], 10)
    times: dict[str, float] = {}
    for name, elementwise in (("products and sums", True), ("one node per unit", False)):
        model = MLP(64, [32, 10], "tanh", elementwise=elementwise)
        times[name] = seconds(lambda model=model: scalar_step(model, xs, ys), 2)     # type: ignore[misc]
    values, targets = as_values(xs), as_values(ys)
    start   = perf_counter()
    program = vectorize(cross_entropy_with_logits([model(x) for x in values], targets), values, targets,
                        model.parameters())
    folding = perf_counter() - start
    import numpy as np
    a, b = np.array(xs), np.array(ys)
    times["matrices"] = seconds(lambda: program.run(a, b), 300)
    print("\nLoss and all gradients of a 64-32-10 network on 16 digits:\n")
    table(["form", "milliseconds", "times faster"],
          [[name, 1000 * t, times["products and sums"] / t] for name, t in times.items()])
    print(f"\nRecording and folding took {folding:.2f} s, once. {program.report()}\n")
    draw_times({name: 1000 * t for name, t in times.items()}, out)


def draw_times(times: dict[str, float], out: Path) -> None:
    """Milliseconds as dots: a logarithmic axis has no 0 that bars could start from."""
    fig, axes = figure(width=10, height=3.8, title="one step, three forms of the same code")
    for row, (name, time) in enumerate(times.items()):
        axes.plot(time, row, MARKERS[row], color=(BLUE, GREEN, ORANGE)[row], markersize=18, label=name)
        axes.annotate(f"{short(time, 3)} ms", (time, row), xytext=(0, 13), textcoords="offset points",
                      ha="center", fontsize=17)
    axes.set(xscale="log", xlabel="milliseconds (logarithmic)", yticks=range(len(times)),
             yticklabels=list(times), ylim=(len(times) - 0.5, -0.8),
             xlim=(min(times.values()) / 4, max(times.values()) * 4))
    save(fig, out, "scalars_to_matrices_speed",
         "Dots on a logarithmic axis, the time of one step: " + ", ".join(f"{name} {short(time, 3)} ms"
                                                                         for name, time in times.items()))


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
    losses = program.train(X, one_hot(Y, 10), Adam(model.parameters(), lr=0.005), epochs=20, batch_size=32,
                           callback=watch)
    print(f"\n64-48-10 on 8x8 digits, recorded from one sample, trained in {perf_counter() - start:.1f} s: "
          f"loss {losses[0]:.3f} -> {losses[-1]:.4f}, {100 * right[-1]:.1f} % of the test digits right.\n")
    fig, (left, other) = figure(columns=2, width=6, height=4.4,
                                title="8x8 digits: code of scalars, trained as matrices")
    left.plot(range(1, len(losses) + 1), losses, color=BLUE, marker="o", markersize=5)
    left.set(yscale="log", xlabel="epoch", ylabel="training loss", xticks=range(0, len(losses) + 1, 5))
    wrong = [100 * (1 - share) for share in right]
    other.plot(range(1, len(wrong) + 1), wrong, color=ORANGE, marker="s", markersize=5)
    other.annotate(f"{wrong[-1]:.1f} %", (len(wrong), wrong[-1]), xytext=(0, -26), textcoords="offset points",
                   ha="center", fontsize=17, color=BLACK)
    other.set(xlabel="epoch", ylabel=f"of {len(Y_test)} new digits wrong (%)", ylim=(0, None),
              xticks=range(0, len(wrong) + 1, 5))
    save(fig, out, "scalars_to_matrices_digits",
         f"Two curves over {len(losses)} epochs: the training loss falls to {losses[-1]:.4f}, the share of "
         f"new digits that are wrong to {wrong[-1]:.1f} %")
