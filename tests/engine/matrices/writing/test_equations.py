"""A program in the notation and orientation of each document, as text and as LaTeX."""

import pytest

from engine import Value, vectorize
from engine.matrices.writing.equations import DOCUMENTS

from ..graphs import regression


def written(write):
    """The equations of w and x in the notation of D1: text, and its LaTeX."""
    w, x = Value(2.0, "w"), Value(3.0, "x")
    return dict(vectorize(write(w, x), [x], [], [w]).equations("D1").items)


@pytest.mark.parametrize("document, lines", [
    ("D0", ["Z(1) = W(1)^T X + b(1)", "g_z(1) = (W(2) g_z(2)) o relu'(Z(1))", "g_W(1) = X g_z(1)^T"]),
    ("D1", ["Z[1] = W[1] X + b[1]", "delta[1] = (W[2]^T delta[2]) o relu'(Z[1])", "dJ/dW[1] = delta[1] X^T"]),
    ("D2", ["Z1 = W1 X + b1", "h1 = relu(Z1)", "dL/dW1 = dL/dZ1 X^T"]),
    ("D3", ["A(1) = W(1)^T X + b(1)", "Z(1) = relu(A(1))", "delta(1) = (W(2) delta(2)) o relu'(A(1))",
            "dR/dW(1) = X delta(1)^T"]),
    ("D4", ["Z1 = X W1 + b1", "delta1 = (delta2 W2^T) o relu'(Z1)", "dE/dW1 = X^T delta1"]),
])
def test_equations_in_each_documents_notation(document, lines):
    text = [line for line, _ in regression("relu")[0].equations(document).items]
    assert [line for line in lines if line not in text] == []


def test_equations_as_latex():
    latex = regression("relu")[0].equations("D1").latex
    assert (r"\delta^{[1]} &= \left((W^{[2]})^\top \delta^{[2]}\right) "
            r"\circ \mathrm{relu}'\left(Z^{[1]}\right)") in latex
    assert latex.startswith(r"\begin{aligned}") and latex.count("{") == latex.count("}")


def test_what_a_derivative_is_taken_by_keeps_its_index_inside_of_the_fraction():
    """D2 has no delta: the gradient of Z of layer 2 is written by Z2, as that of W2 is by W2."""
    latex = regression()[0].equations("D2").latex
    assert r"\frac{\partial L}{\partial Z_{2}} &= \frac{1}{m} V_{1}" in latex
    assert r"\frac{\partial L}{\partial W_{1}} &= \frac{\partial L}{\partial Z_{1}} X^\top" in latex


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_text_has_forward_and_backward_with_the_shape_of_each_line_and_latex_one_line_for_each(document):
    found = regression()[0].equations(document)
    forward, backward = found.split("\n\n")
    assert forward.startswith(f"forward ({document})\n") and backward.startswith(f"backward ({document})\n")
    columns = DOCUMENTS[document].columns
    assert forward.splitlines()[1].endswith("   (3, m)" if columns else "   (m, 3)")
    assert len(found.items) == len(found.latex.splitlines()) - 2 == len(found.splitlines()) - 3
    assert found._repr_latex_() == f"$$\n{found.latex}\n$$"


@pytest.mark.parametrize("write, text, latex", [
    (lambda w, x: (w - x) * x,           "J = (w - X) o X",       r"J = \left(w - X\right) \circ X"),
    (lambda w, x: w / (x + 1),           "J = w / V[1]",          r"J = \frac{w}{V^{[1]}}"),
    (lambda w, x: w % x,                 "J = w % X",             r"J = w \bmod X"),
    (lambda w, x: w * 0.5 - x,           "J = 0.5 w - X",         "J = 0.5 w - X"),
    (lambda w, x: (w * x).sigmoid(),     "J = sigmoid(V[1])",     r"J = \sigma\left(V^{[1]}\right)"),
    (lambda w, x: (w * x).log_sigmoid(), "J = log_sigmoid(V[1])",
     r"J = \mathrm{log\_sigmoid}\left(V^{[1]}\right)")])
def test_brackets_stand_where_they_are_needed(write, text, latex):
    assert written(write)[text] == latex


@pytest.mark.parametrize("write, text, latex", [
    (lambda w, x: (w + x) ** 3,        "J = V[1]^3",         r"J = (V^{[1]})^{3}"),
    (lambda w, x: w + (x / 3) ** 2,    "J = w + (X / 3)^2",   r"J = w + (\frac{X}{3})^{2}"),
    (lambda w, x: w + (x ** 2) ** 3,   "J = w + (X^2)^3",     r"J = w + \left(X^{2}\right)^{3}"),
    (lambda w, x: w + x.sin() ** 2,    "J = w + sin(X)^2",    r"J = w + \mathrm{sin}\left(X\right)^{2}"),
    (lambda w, x: w + (x + 1) ** 2,    "J = w + (X + 1)^2",   r"J = w + \left(X + 1\right)^{2}")])
def test_one_exponent_belongs_to_one_base(write, text, latex):
    """TeX refuses two superscripts on one name, and x^2^3 is another number than (x^2)^3."""
    assert written(write)[text] == latex


def test_an_unknown_document():
    with pytest.raises(ValueError, match="D0, D1, D2, D3, D4"):
        regression()[0].equations("D9")
