"""Depth without bends: linear layers collapse into one, ReLU layers do not.

What there is to see: two linear layers multiplied out, exactly, in the orientation of each document; a linear
network of depth 1 to 5, which draws the line of one layer each time; and networks with the same weights and a
ReLU between the layers, which bend.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from engine import Value
from nn import MLP

from .common import BLACK, BLUE, ORANGE, figure, save, table

POSITION  = 35
DOCUMENTS = ["D0-14", "D1-07", "D2-03", "D4-15"]
DEPTHS    = [1, 2, 3, 4, 5]
LINE      = (0.75, 0.5)                                     # slope and height of the line that all draw
SEED      = 35
SEEDS     = range(1, 6)
GRID      = [k / 40 for k in range(-80, 81)]

Row    = list[Fraction]
Matrix = list[Row]


def run(out: Path) -> None:
    """Multiply two layers out by fractions; then draw networks of depth 1 to 5, linear and ReLU."""
    exact()
    three_lines()
    not_linear()
    draw_depths(out)


# --- exact matrices -------------------------------------------------------------------------------

def fractions(rows: Sequence[Sequence[str]]) -> Matrix:
    """A matrix of fractions."""
    return [[Fraction(x) for x in row] for row in rows]


W1, B1 = fractions([["1/2", "-1"], ["1/3", "2"], ["-1", "3/4"]]), [Fraction(x) for x in ("1", "-1/2", "1/4")]
W2, B2 = fractions([["2", "-3", "1"], ["-1/2", "1", "4"]]),      [Fraction(x) for x in ("1/5", "-1")]
X      = [Fraction(3, 2), Fraction(-2, 3)]


def times(A: Matrix, B: Matrix) -> Matrix:
    """A B, by sums of products."""
    return [[sum((a * b for a, b in zip(row, column)), Fraction(0)) for column in zip(*B)] for row in A]


def added(a: Row, b: Row) -> Row:
    """a + b, element by element."""
    return [x + y for x, y in zip(a, b)]


def applied(A: Matrix, x: Row) -> Row:
    """A x."""
    return [row[0] for row in times(A, [[xj] for xj in x])]


def transposed(A: Matrix) -> Matrix:
    """A^T."""
    return [list(column) for column in zip(*A)]


def text(A: Sequence[Sequence[object]]) -> str:
    """The matrix in one line, rows between semicolons."""
    return "[" + "; ".join(" ".join(map(str, row)) for row in A) + "]"


def network(weights: Sequence[Matrix], biases: Sequence[Row], hidden: str = "linear") -> MLP:
    """The MLP with these weights, (out, in), and biases; fractions stay fractions."""
    model = MLP(len(weights[0][0]), [len(W) for W in weights], hidden)
    for layer, W, b in zip(model.layers, weights, biases):
        for neuron, row, bias in zip(layer.neurons, W, b):
            neuron.bias    = Value(bias)
            neuron.weights = [Value(w) for w in row]
    return model


def exact() -> None:
    """W2(W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2): the engine's two layers, and the one layer."""
    W, b   = times(W2, W1), added(applied(W2, B1), B2)
    deep   = network([W1, W2], [B1, B2])
    single = network([W], [b])
    inputs = [Value(x) for x in X]
    two    = deep(inputs)
    one    = [y.data for y in single(X)]
    slopes = []
    for y in two:
        for x in inputs:
            x.grad = 0
        y.backward()
        slopes.append([x.grad for x in inputs])
    print("Two linear layers, exactly:\n")
    table(["", "numbers"],
          [("W1", text(W1)), ("b1", text([B1])), ("W2", text(W2)), ("b2", text([B2])),
           ("W2 W1", text(W)), ("W2 b1 + b2", text([b]))])
    print("\nThe same collapse as each document writes it, at x = " + text([X]) + ":\n")
    in_out = added(applied(transposed(times(transposed(W1), transposed(W2))), X),
                   added(applied(W2, B1), B2))
    outputs = [y.data for y in two]
    table(["item", "formula", "result", "two layers of the engine", "equal"],
          [("D0-14", "(W1 W2)^T x + (W2^T b1 + b2)", text([in_out]), text([outputs]), yes(in_out == outputs)),
           ("D1-07", "W_new x + b_new", text([one]), text([outputs]), yes(one == outputs)),
           ("D1-07", "dy/dx = W2 W1 at any x", text(W), text(slopes), yes(slopes == W))])


def three_lines() -> None:
    """The three lines of D4-15: rows, W of shape (inputs, units)."""
    Wh, Wo, x = transposed(W1), transposed(W2), [X]
    first  = added(B2, times([added(B1, times(x, Wh)[0])], Wo)[0])
    second = added(added(B2, times([B1], Wo)[0]), times(times(x, Wh), Wo)[0])
    third  = added(added(B2, times([B1], Wo)[0]), times(x, times(Wh, Wo))[0])
    print("\nThe three lines of D4-15:\n")
    table(["y =", "gives"], [("b_o + (b_h + x W_h) W_o", text([first])),
                             ("b_o + b_h W_o + x W_h W_o", text([second])),
                             ("(b_o + b_h W_o) + x (W_h W_o)", text([third]))])
    print(f"All three are {'equal' if first == second == third else 'NOT equal'}.")


def not_linear() -> None:
    """A linear map has s(x) + s(-x) = 0 without biases; with a max between the layers it has not (D2-03)."""
    none = [[Fraction(0)] * 3, [Fraction(0)] * 2]
    rows = []
    for name, hidden in (("W2 W1 x", "linear"), ("W2 max(0, W1 x)", "relu")):
        model   = network([W1, W2], none, hidden)
        forth   = [s.data for s in model(X)]
        back    = [s.data for s in model([-x for x in X])]
        rows.append((name, text([forth]), text([back]), text([added(forth, back)])))
    print("\nScores without biases, at x and at -x (D2-03): those of a matrix cancel.\n")
    table(["s(x) =", "s(x)", "s(-x)", "s(x) + s(-x)"], rows)
    print()


def yes(right: bool) -> str:
    """A verdict in words."""
    return "yes" if right else "NO"


# --- depth ----------------------------------------------------------------------------------------

def deep(depth: int, hidden: str, seed: int = SEED, width: int = 6) -> MLP:
    """A 1-6-...-6-1 network, the same weights and biases for every hidden activation. Its output layer is
    scaled and shifted so that without activations every depth draws the line LINE."""
    rng   = Random(100 * seed + depth)
    model = MLP(1, [width] * (depth - 1) + [1], hidden, init="he", seed=rng)
    for layer in model.layers:
        for neuron in layer.neurons:
            neuron.bias.data = rng.uniform(-1, 1)
    slope, height = collapsed(model)
    last = model.layers[-1].neurons[0]
    for w in last.weights:
        w.data *= LINE[0] / slope
    last.bias.data = LINE[1] - (height - last.bias.data) * LINE[0] / slope
    return model


def collapsed(model: MLP) -> tuple[float, float]:
    """Slope and height of the one affine map that all layers make, by multiplying them out."""
    weights, shift = [[1.0]], [0.0]
    for layer in model.layers:
        rows    = [[w.data for w in neuron.weights] for neuron in layer.neurons]
        shift   = [sum(w * s for w, s in zip(row, shift)) + neuron.bias.data
                   for row, neuron in zip(rows, layer.neurons)]
        weights = [[sum(w * v[0] for w, v in zip(row, weights))] for row in rows]
    return weights[0][0], shift[0]


def bends(ys: Sequence[float]) -> int:
    """How many times the slope changes along the drawn curve; one kink between two points counts once."""
    turns = [abs(a - 2 * b + c) > 1e-9 for a, b, c in zip(ys, ys[1:], ys[2:])]
    return sum(now and not before for before, now in zip([False, *turns], turns))


def draw_depths(out: Path) -> None:
    """One panel per depth: linear and ReLU networks of the same weights, and the collapsed line."""
    fig, axes = figure(1, len(DEPTHS), width=3.4, height=5.2, sharex=True, sharey=True,
                       title="without an activation every depth is one straight line (D0-14, D1-07)")
    rows = [draw_depth(panel, depth) for panel, depth in zip(axes, DEPTHS)]
    axes[0].set(ylabel="output")
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=17)
    print("Networks 1-6-...-6-1 with random weights, the output layer scaled to the same product, at the "
          f"drawn points; the last column has {len(SEEDS)} other draws of the weights:\n")
    table(["layers", "product: slope", "height", "network - product", "bends, linear", "bends, ReLU",
           "bends, ReLU, other draws"], rows)
    print()
    straight = sum(row[4] == 0 for row in rows)
    save(fig, out, "collapse", f"Five panels, 1 to 5 layers: {straight} of {len(rows)} linear networks draw "
         "the same straight line, that of the product of their matrices; the ReLU networks of the same "
         f"weights bend {', '.join(str(row[5]) for row in rows)} times")


def draw_depth(panel: Any, depth: int) -> tuple[int, float, float, float, int, int, str]:
    """Draw one depth; its row of the table."""
    linear, relu  = deep(depth, "linear"), deep(depth, "relu")
    slope, height = collapsed(linear)
    straight = outputs(linear)
    bent     = outputs(relu)
    line     = [slope * x + height for x in GRID]
    panel.plot(GRID, bent, "--", color=ORANGE, linewidth=4, label="ReLU between the layers")
    panel.plot(GRID, straight, color=BLUE, linewidth=4, label="no activation")
    panel.plot(GRID[::20], line[::20], "o", color=BLACK, markersize=7, label="one layer: the product")
    panel.set_title(f"{depth} layer{'s' if depth > 1 else ''}")
    panel.set_xlabel("$x$")
    apart = max(abs(a - b) for a, b in zip(straight, line))
    return (depth, slope, height, apart, bends(straight), bends(bent),
            " ".join(str(bends(outputs(deep(depth, "relu", seed)))) for seed in SEEDS))


def outputs(model: MLP) -> list[float]:
    """The network at the drawn points."""
    return [model([x]).data for x in GRID]
