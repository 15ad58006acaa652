"""Back-propagation in a two-layer network, scalar by scalar, and a network that learns.

What there is to see: first the network of D1: two inputs, two ReLU units, one linear output,
J = 1/2 (y - yhat)^2. Every gradient is computed three times: by the document's formula, by the engine's
backward pass, and by nudging the number and watching J. Then the same engine trains a 2-16-16-1 network on
two moons.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from engine import Value, draw
from nn import MLP, Adam, History, bce_with_logits, fit, half_mse, moons, predict, split

from .common import BLUE, ORANGE, decision_boundary, figure, save, table, wrote

POSITION  = 10
DOCUMENTS = ["D1-25", "D1-26", "D1-27", "D1-28", "D1-29", "D1-30", "D1-31", "GA-1"]

# The worked example GA-1: every number in it, and every gradient, is exact in binary.
x,  y  = [1.0, 2.0], 1.0
W1, b1 = [[1.0, -1.0], [0.5, 0.5]], [0.0, -0.5]
W2, b2 = [2.0, 3.0], 0.25


class Row(NamedTuple):
    """One gradient: its item, symbol and formula, and the number found in three ways."""

    item: str
    symbol: str
    formula: str
    by_formula: float
    by_engine: float
    by_nudging: float

    @property
    def agree(self) -> bool:
        """Formula and engine to the last bit, the difference quotient within its rounding."""
        return self.by_formula == self.by_engine and abs(self.by_nudging - self.by_formula) <= 1e-9


def run(out: Path) -> None:
    """Print the gradients, train, and write graph, boundary and loss curve to out."""
    J, rows = gradients()
    print("The two-layer network (D1-25) with the numbers GA-1, and the algorithm of D1 (D1-31): x = (1, 2), "
          f"y = 1,\none forward pass gives J = {J.data}, one backward pass every gradient.\n")
    table(["item", "symbol", "the document's formula", "gives", "engine", "nudged", "agree"],
          [[*row[:3], *(float(number) for number in row[3:]), "yes" if row.agree else "NO"] for row in rows],
          digits=8)
    print(f"\n{sum(row.agree for row in rows)} of {len(rows)} agree. Unit 1 is off (z1[1] = -1): "
          "nothing flows through it, so its row of W1 and its bias get exactly 0.\n"
          "(At z = 0 the document takes slope 1 and the engine 0; no z is 0 here.)\n")
    picture = out / "backprop_graph.svg"
    draw(J).save(picture)
    wrote(picture, f"The graph of J = {J.data}: inputs and weights on the left, J on the right, each box "
          "with its number and gradient, each edge with its partial")
    train(out)


# --- one forward and one backward pass ------------------------------------------------------------

def network() -> MLP:
    """The network of D1-25 with the numbers of GA-1."""
    model = MLP(2, [2, 1])
    hidden, output = model.layers
    for i in range(2):
        hidden.neurons[i].bias.data = b1[i]
        output.neurons[0].weights[i].data = W2[i]
        for j in range(2):
            hidden.neurons[i].weights[j].data = W1[i][j]
    output.neurons[0].bias.data = b2
    return model


def gradients() -> tuple[Value, list[Row]]:
    """J after its backward pass, and one row per gradient."""
    model  = network()
    inputs = [Value(x[0], "x[1]"), Value(x[1], "x[2]")]
    trace  = model.trace(inputs)
    J      = half_mse(trace.output, y)
    J.label = "J"
    J.backward()
    hidden, output = model.layers[0].neurons, model.layers[1].neurons[0]

    f = formulas()
    rows: list[Row] = []

    def row(item: str, symbol: str, formula: str, number: float, value: Value, nudged: str) -> None:
        rows.append(Row(item, symbol, formula, number, value.grad, slope(nudged)))

    row("D1-26", "delta2[1]", "yhat - y", f["delta2"], trace.z[1][0], "z2")
    row("D1-27", "dJ/db2[1]", "delta2[1]", f["delta2"], output.bias, "b2")
    for i in (1, 2):
        row("D1-26", f"dJ/dW2[1,{i}]", f"delta2[1] a1[{i}]", f["dW2"][i - 1], output.weights[i - 1],
            f"W2[{i}]")
    for i in (1, 2):
        row("D1-30", f"dJ/da1[{i}]", f"W2[1,{i}] delta2[1]", f["da1"][i - 1], trace.a[0][i - 1], f"a1[{i}]")
    for i in (1, 2):
        row("D1-29", f"delta1[{i}]", f"dJ/da1[{i}] 1{{z1[{i}] >= 0}}", f["delta1"][i - 1],
            trace.z[0][i - 1], f"z1[{i}]")
    for i in (1, 2):
        row("D1-28", f"dJ/db1[{i}]", f"delta1[{i}]", f["delta1"][i - 1], hidden[i - 1].bias, f"b1[{i}]")
        for j in (1, 2):
            row("D1-28", f"dJ/dW1[{i},{j}]", f"delta1[{i}] x[{j}]", f["dW1"][i - 1][j - 1],
                hidden[i - 1].weights[j - 1], f"W1[{i},{j}]")
    for j in (1, 2):
        row("D1-31", f"dJ/dx[{j}]", f"W1[1,{j}] delta1[1] + W1[2,{j}] delta1[2]", f["dx"][j - 1],
            inputs[j - 1], f"x[{j}]")
    return J, rows


def formulas() -> dict[str, Any]:
    """D1-31 on plain numbers: forward, then the deltas, then the gradients."""
    z1     = [W1[i][0] * x[0] + W1[i][1] * x[1] + b1[i] for i in (0, 1)]
    a1     = [max(0.0, z) for z in z1]
    yhat   = W2[0] * a1[0] + W2[1] * a1[1] + b2
    delta2 = yhat - y
    da1    = [W2[i] * delta2 for i in (0, 1)]
    delta1 = [da1[i] if z1[i] > 0 else 0.0 for i in (0, 1)]
    return {"delta2": delta2, "da1": da1, "delta1": delta1,
            "dW2": [delta2 * a1[i] for i in (0, 1)],
            "dW1": [[delta1[i] * x[j] for j in (0, 1)] for i in (0, 1)],
            "dx":  [W1[0][j] * delta1[0] + W1[1][j] * delta1[1] for j in (0, 1)]}


def slope(symbol: str, h: float = 2.0**-10) -> float:
    """dJ/d(symbol) as the central difference: J is a parabola here, so even a large h is exact."""
    return (nudged_J(symbol, h) - nudged_J(symbol, -h)) / (2 * h)


def nudged_J(symbol: str, h: float) -> float:
    """J on plain numbers, with h added to the scalar of that name, be it an input, a weight or an inner
    number."""
    met = []

    def at(name: str, number: float) -> float:
        met.append(name)
        return number + h if name == symbol else number

    xs   = [at(f"x[{j}]", x[j - 1]) for j in (1, 2)]
    sums = [sum(at(f"W1[{i},{j}]", W1[i - 1][j - 1]) * xs[j - 1] for j in (1, 2)) for i in (1, 2)]
    z1   = [at(f"z1[{i}]", sums[i - 1] + at(f"b1[{i}]", b1[i - 1])) for i in (1, 2)]
    a1   = [at(f"a1[{i}]", max(0.0, z1[i - 1])) for i in (1, 2)]
    yhat = at("z2", sum(at(f"W2[{i}]", W2[i - 1]) * a1[i - 1] for i in (1, 2)) + at("b2", b2))
    assert met.count(symbol) == 1, symbol
    return 0.5 * (y - yhat) ** 2


# --- a network that learns ------------------------------------------------------------------------

def train(out: Path, epochs: int = 40) -> History:
    """Two moons with a 2-16-16-1 network: accuracy per epoch, the boundary, the loss curve."""
    X, Y = moons(200, noise=0.15, seed=1)
    X, Y, X_test, Y_test = split(X, Y, 0.75, seed=1)
    model = MLP(2, [16, 16, 1], seed=1)
    print(f"\nTraining a 2-16-16-1 ReLU network ({len(model.parameters())} parameters) on {len(X)} points of "
          "two moons:\n")
    history = fit(model, X, Y, bce_with_logits, Adam(model.parameters(), lr=0.01), epochs=epochs,
                  batch_size=25, metrics=["accuracy"], validation=(X_test, Y_test), progress=True)
    held_out = history.validation_metrics["accuracy"]
    table(["epoch", "loss", "accuracy", f"accuracy on {len(X_test)} new points"],
          [[k, loss, f"{right:.1%}", f"{new:.1%}"]
           for k, (loss, right, new) in enumerate(zip(history.losses, history.accuracies, held_out), 1)])
    print()

    fig, axes = figure(width=8, height=6)
    decision_boundary(axes, lambda point: predict(model, [point])[0], X, Y, limits=(-6, 6))
    axes.set_title(f"2-16-16-1 on two moons: {history.accuracies[-1]:.1%} right after {epochs} epochs")
    axes.legend(loc="upper right", frameon=True)
    save(fig, out, "backprop_boundary", "The plane coloured by the network's score, orange for class 1 and "
         "blue for class 0, with the black boundary between two interleaved half moons of points")

    fig, axes = figure(width=8, height=5)
    numbers = range(1, epochs + 1)
    axes.plot(numbers, history.losses, color=BLUE, label="training")
    axes.plot(numbers, history.validation_losses, color=ORANGE, linestyle="--", label="new points")
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss $L$ (binary cross-entropy)")
    axes.set_ylim(bottom=0)
    axes.legend()
    save(fig, out, "backprop_loss", "Loss per epoch: on the training points it falls from "
         f"{history.losses[0]:.2g} to {history.losses[-1]:.2g}, on new points to "
         f"{history.validation_losses[-1]:.2g}")
    return history
