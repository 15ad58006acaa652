"""A program prints as NumPy source that runs, and as the documents' equations."""

import numpy as np
import pytest

from engine import vectorize
from nn import MLP, cross_entropy_with_logits, half_mse, l2, weights

from ..graphs import numbers, samples


def regression(f="relu"):
    X, Y, model = samples(4, 2), samples(4, 1, 1), MLP(2, [3, 1], f)
    return vectorize(half_mse([[model(x)] for x in X], Y), X, Y, model.parameters()), numbers(X), numbers(Y)


def test_the_lines_are_those_of_the_documents():
    lines = [line.split("  #")[0].rstrip() for line in str(regression()[0]).splitlines()]
    for line in ["Z1 = X @ W1.T + b1", "A1 = relu(Z1)", "Z2 = A1 @ W2.T + b2", "delta2 = V1 / m",
                 "dW2 = delta2.T @ A1",
                 "delta1 = relu_slope_times(Z1, delta2 @ W2)", "dW1 = delta1.T @ X", "db1 = delta1.sum(0)"]:
        assert line in lines


def test_shapes_stand_beside():
    assert any(line.startswith("dW1 =") and line.endswith("# (3, 2)")
               for line in str(regression()[0]).splitlines())


@pytest.mark.parametrize("f", ["relu", "tanh", "sigmoid", "gelu", "elu", "leaky_relu", "softplus", "silu"])
def test_the_source_runs_as_it_is_printed(f):
    X, Y, model = samples(5, 3), [[1.0 * (k == i % 3) for k in range(3)] for i in range(5)], MLP(3, [4, 3], f)
    from engine import Value
    Y = [[Value(t) for t in y] for y in Y]
    program = vectorize(cross_entropy_with_logits([model(x) for x in X], Y) + l2(weights(model), 0.1), X, Y,
                        model.parameters())
    loss, gradients = program(numbers(X), numbers(Y))
    names = {"X": np.array(numbers(X)), "Y": np.array(numbers(Y)), **program.parameters}
    exec(str(program), names)  # our own text, as a reader would paste it
    assert float(names["J"][0]) == pytest.approx(loss, rel=1e-13)
    for name, g in gradients.items():
        assert names[f"d{name}"] == pytest.approx(g, rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("document, lines", [
    ("D0", ["Z(1) = W(1)^T X + b(1)", "g_z(1) = (W(2) g_z(2)) o relu'(Z(1))", "g_W(1) = X g_z(1)^T"]),
    ("D1", ["Z[1] = W[1] X + b[1]", "delta[1] = (W[2]^T delta[2]) o relu'(Z[1])", "dJ/dW[1] = delta[1] X^T"]),
    ("D2", ["Z1 = W1 X + b1", "h1 = relu(Z1)", "dL/dW1 = dL/dZ1 X^T"]),
    ("D3", ["A(1) = W(1)^T X + b(1)", "Z(1) = relu(A(1))", "delta(1) = (W(2) delta(2)) o relu'(A(1))",
            "dR/dW(1) = X delta(1)^T"]),
    ("D4", ["Z1 = X W1 + b1", "delta1 = (delta2 W2^T) o relu'(Z1)", "dE/dW1 = X^T delta1"]),
])
def test_equations_in_each_documents_notation(document, lines):
    text = [line for line, _ in regression()[0].equations(document).items]
    assert [line for line in lines if line not in text] == []


def test_equations_as_latex():
    latex = regression()[0].equations("D1").latex
    assert (r"\delta^{[1]} &= \left((W^{[2]})^\top \delta^{[2]}\right) "
            r"\circ \mathrm{relu}'\left(Z^{[1]}\right)") in latex
    assert latex.startswith(r"\begin{aligned}") and latex.count("{") == latex.count("}")


def test_an_unknown_document():
    with pytest.raises(ValueError, match="D0, D1, D2, D3, D4"):
        regression()[0].equations("D9")


def test_report_says_what_found_no_group():
    report = regression()[0].report()
    assert "matrix products: 2 forward, 3 backward" in report and "read as the number of samples" in report
    assert "Runner:" in report
