"""explain: slopes, paths and sentences, in four media."""

from xml.etree import ElementTree

import pytest

from engine import Value, explain, lecture, relu, tanh
from engine.explaining.explanation import Explanation
from engine.value import Constant
from nn import MLP


def test_2_to_the_60_paths_are_counted_and_ranked_at_once():
    z = x = Value(1, "x")
    for _ in range(60):
        z = z + z
    why = explain(z, x, k=3)
    assert why.paths.count == 2 ** 60 and why.slope == 2 ** 60 and len(why.largest) == 3
    assert "1,152,921,504,606,846,976 paths lead from x to J" in str(why)


def test_paths_that_end_at_a_relu_that_is_off_are_dead():
    x = Value(2.0, "x")
    assert "3 paths lead from x to J; 1 of them dead" in str(explain(relu(x) + relu(-x) + x, x))


def test_cancellation():
    x = Value(3.0, "x")
    assert "4; " not in str(explain(x * 3 - x * 1, x)) and "50 % cancels" in str(explain(x * 3 - x * 1, x))


def test_a_long_chain():
    z = x = Value(0.5, "x")
    for _ in range(30_000):
        z = z + 1
    why = explain(z, x)
    assert why.slope == 1 and "30,001 values take part" in str(why) and len(str(why)) < 6000


# --- what is said ---------------------------------------------------------------------------------

def neuron():
    x, w, b = Value(0.5, "x"), Value(-1.0, "w"), Value(2.0, "b")
    return (w * x + b) ** 2, w


def test_the_recursive_form_down_to_the_leaf():
    assert str(explain(*neuron())).split("\n")[:6] == [
        "dJ/dw = 1.5", "", "The chain rule, from w up to J:",
        "  dJ/dw = dJ/dv1 · ∂v1/∂w = 3 · 0.5 = 1.5",
        "  dJ/dv1 = dJ/dv2 · ∂v2/∂v1 = 3 · 1 = 3",
        "  dJ/dv2 = 3"]


@pytest.mark.parametrize("show, line", [
    ("both", "dJ/dw = dJ/dv1 · ∂v1/∂w = 3 · 0.5 = 1.5"), ("symbols", "dJ/dw = dJ/dv1 · ∂v1/∂w"),
    ("numbers", "dJ/dw = 3 · 0.5 = 1.5")])
def test_symbols_numbers_or_both(show, line):
    assert f"  {line}\n" in str(explain(*neuron(), show=show))


def test_a_plain_number_is_called_by_its_name_or_else_by_itself_with_a_true_minus():
    x, t = Value(2.0, "x"), Constant(-3.0)
    t.label = "t"
    J = (x * -2 - t) ** 2
    said = str(explain(J, x))
    assert "v2 = v1 − t" in said and "v1 = x·(−2)" in said
    told = str(lecture(J))
    assert "v2 = v1 − t = −4 − (−3) = −1" in told and "v1 = x·(−2) = 2·(−2) = −4" in told and "-" not in told


def test_explaining_touches_no_gradient_and_needs_none():
    J, w = neuron()
    w.grad = 7
    assert explain(J, w).slope == 1.5 and w.grad == 7 and J.grad == 0


# --- media ----------------------------------------------------------------------------------------

def media():
    J, w = neuron()
    model = MLP(2, [3, 2], hidden="relu", seed=3)
    x = [Value(1.0), Value(2.0)]
    return [explain(J, w), explain(sum((a - 1) ** 2 for a in model(x)), x[0]), explain(J, J)]


def test_html_is_well_formed():
    for why in media():
        assert ElementTree.fromstring(why.html()).tag == "section"


def test_latex_is_balanced_and_compiles(tmp_path):
    import shutil
    import subprocess
    pieces = [why.latex() for why in media()]
    for piece in pieces:
        assert piece.count("{") == piece.count("}") and piece.count(r"\begin") == piece.count(r"\end")
    if not shutil.which("pdflatex"):
        pytest.skip("no pdflatex here")
    head = r"\documentclass{article}\usepackage{amsmath}\usepackage[T1]{fontenc}\usepackage{textcomp}"
    (tmp_path / "page.tex").write_text("\n".join([head, r"\begin{document}", *pieces, r"\end{document}"]))
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout[-2000:]


def test_every_formula_is_mathematics_that_matplotlib_can_set():
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("path")
    for why in media():
        for step in why.steps:
            parser.parse(f"${why.latex_equation(step)}$")


def test_jupyter_gets_all_forms():
    assert set(media()[0]._repr_mimebundle_()) == {"text/plain", "text/html", "text/markdown", "text/latex"}


# --- what cannot be explained ---------------------------------------------------------------------

def test_errors():
    x = Value(1.0, "x")
    J = tanh(x * 2)
    with pytest.raises(ValueError, match="not part of this graph"):
        explain(J, Value(1.0))
    with pytest.raises(ValueError, match="plain number"):
        explain(J, "2")
    with pytest.raises(ValueError, match="show is one of"):
        explain(J, x, show="words")
    with pytest.raises(TypeError, match="ends in one Value"):
        explain([J], x)
    assert isinstance(explain(J, "x"), Explanation)


