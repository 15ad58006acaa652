"""A program prints as NumPy source that runs, with the documents' names and the shape of each line."""

import numpy as np
import pytest

from engine import Value, vectorize
from nn import MLP, cross_entropy_with_logits, l2, weights

from ..graphs import numbers, regression, samples


def test_the_lines_are_those_of_the_documents():
    lines = [line.split("  #")[0].rstrip() for line in str(regression("relu")[0]).splitlines()]
    for line in ["Z1 = X @ W1.T + b1", "A1 = relu(Z1)", "Z2 = A1 @ W2.T + b2", "delta2 = V1 / m",
                 "dW2 = delta2.T @ A1",
                 "delta1 = relu_slope_times(Z1, delta2 @ W2)", "dW1 = delta1.T @ X", "db1 = delta1.sum(0)"]:
        assert line in lines


def test_shapes_stand_beside():
    assert any(line.startswith("dW1 =") and line.endswith("# (3, 2)")
               for line in str(regression("relu")[0]).splitlines())


@pytest.mark.parametrize("f", ["relu", "tanh", "sigmoid", "gelu", "elu", "leaky_relu", "softplus", "silu"])
def test_the_source_runs_as_it_is_printed(f):
    X, Y, model = samples(5, 3), [[1.0 * (k == i % 3) for k in range(3)] for i in range(5)], MLP(3, [4, 3], f)
    Y = [[Value(t) for t in y] for y in Y]
    program = vectorize(cross_entropy_with_logits([model(x) for x in X], Y) + l2(weights(model), 0.1), X, Y,
                        model.parameters())
    loss, gradients = program(numbers(X), numbers(Y))
    names = {"X": np.array(numbers(X)), "Y": np.array(numbers(Y)), **program.parameters}
    exec(str(program), names)  # our own text, as a reader would paste it
    assert float(names["J"][0]) == pytest.approx(loss, rel=1e-13)
    for name, g in gradients.items():
        assert names[f"d{name}"] == pytest.approx(g, rel=1e-11, abs=1e-15)
