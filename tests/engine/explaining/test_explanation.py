"""explain: slopes, paths, sentences, in four media."""

from fractions import Fraction
from itertools import product
from math import comb
from random import Random
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Graph, Value, explain, gradients, maximum, minimum, relu, tanh
from engine.explaining.explanation import Explanation
from engine.explaining.gates import sentence
from engine.graphs.paths import Paths
from engine.primitives import TABLE, apply
from nn import MLP


def random_graph(seed):
    """x and a result that depends on it, of exact numbers."""
    rng = Random(seed)
    x = Value(Fraction(rng.randint(-5, 5), rng.randint(1, 5)), "x")
    values = [x, Value(Fraction(2, 3), "y")]
    for _ in range(rng.randint(1, 9)):
        a, b = rng.choice(values), rng.choice(values)
        values.append(rng.choice([lambda: a + b, lambda: a * b, lambda: a - b, lambda: relu(a)])())
    return x, sum(values[2:], x)


def shares_by_hand(graph, v):
    """Every path's share, by listing them all."""
    if v is graph.root:
        return [1]
    return [edge.partial * rest for edge in graph.uses[v] for rest in shares_by_hand(graph, edge.z)]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10 ** 6))
def test_paths_agree_with_listing_them_all(seed):
    x, z = random_graph(seed)
    graph = Graph(z)
    paths, shares = Paths(graph, x), shares_by_hand(graph, x)
    assert paths.count == len(shares)
    assert paths.dead  == sum(share == 0 for share in shares)
    assert paths.total == sum(shares) == gradients(z, [x])[0]
    assert paths.absolute[x] == sum(map(abs, shares))
    ranked = sorted([abs(share) for share in shares if share != 0], reverse=True)
    found  = paths.largest(4)
    assert [float(abs(path.share)) for path in found] == pytest.approx([float(s) for s in ranked[:4]])
    for path in found:
        assert path.edges[0].operand is x and path.edges[-1].z is z
        assert all(a.z is b.operand for a, b in zip(path.edges, path.edges[1:]))


def test_2_to_the_60_paths_are_counted_and_ranked_at_once():
    z = x = Value(1, "x")
    for _ in range(60):
        z = z + z
    why = explain(z, x, k=3)
    assert why.paths.count == 2 ** 60 and why.slope == 2 ** 60 and len(why.largest) == 3
    assert "1,152,921,504,606,846,976 paths lead from x to J" in str(why)


def test_the_paths_of_a_network():
    model = MLP(1, [5, 7, 1], hidden="tanh")
    x = Value(0.3)
    assert Paths(Graph(model([x])), x).count == 35


def test_paths_that_end_at_a_relu_that_is_off_are_dead():
    x = Value(2.0, "x")
    paths = Paths(Graph(relu(x) + relu(-x) + x), x)
    assert (paths.count, paths.dead) == (3, 1)
    assert "3 paths lead from x to J; 1 of them dead" in str(explain(relu(x) + relu(-x) + x, x))


def test_cancellation():
    x = Value(3.0, "x")
    assert Paths(Graph(x * 3 - x * 1), x).cancellation == 0.5
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
        "  dJ/dw = dJ/dv2 * dv2/dw = 3 * 0.5 = 1.5",
        "  dJ/dv2 = dJ/dv4 * dv4/dv2 = 3 * 1 = 3",
        "  dJ/dv4 = 3"]


@pytest.mark.parametrize("show, line", [
    ("both", "dJ/dw = dJ/dv2 * dv2/dw = 3 * 0.5 = 1.5"), ("symbols", "dJ/dw = dJ/dv2 * dv2/dw"),
    ("numbers", "dJ/dw = 3 * 0.5 = 1.5")])
def test_symbols_numbers_or_both(show, line):
    assert f"  {line}\n" in str(explain(*neuron(), show=show))


def test_explaining_touches_no_gradient_and_needs_none():
    J, w = neuron()
    w.grad = 7
    assert explain(J, w).slope == 1.5 and w.grad == 7 and J.grad == 0


def test_add_distributes_max_routes_mul_swaps():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    said = str(explain(maximum(x, y) * (x + y), y))
    assert "+ distributes: the gradient 3 goes unchanged to x and y" in said
    assert "max routes: all of the gradient 5 goes to the largest operand, y; the others get 0" in said
    assert "* swaps: each operand gets the gradient times the other one" in said


@pytest.mark.parametrize("choose, says",
                         [(maximum, "max routes: 2 operands are equally large and share the gradient 1."),
                          (minimum, "min routes: 2 operands are equally small and share the "
                           "gradient 1.")])
def test_equal_operands_share(choose, says):
    x, y = Value(2.0, "x"), Value(2.0, "y")
    assert says in str(explain(choose(x, y), x))


@pytest.mark.parametrize("data, says", [(2.0, "is positive"), (-2.0, "is negative"),
                                        (0.0, "is 0: the gradient stops"),
                                        (float("nan"), "is not a number, and so is the gradient")])
def test_abs_says_which_side_it_is_on(data, says):
    x = Value(data, "x")
    assert f"abs: its operand {says}" in str(explain(abs(x), x))


ARITY = {"dot": 4, "affine": 5, "leaky_relu": 2, "elu": 2, "clamp": 3}
POINTS = [0.4, 0.7, 1.2, 0.3, 0.6]


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_gate_has_a_sentence_that_names_who_gets_what(name):
    row = TABLE[name]
    n   = ARITY.get(name) or (3 if row.nary else len(row.partials))
    points = [1.4] if name == "acosh" else [0.4, 0.1, 0.9] if name == "clamp" else POINTS[:n]
    z = apply(name, *[Value(p, f"x{i}") for i, p in enumerate(points)])
    graph = Graph(z)
    said = sentence(graph, z, 2)
    assert said.endswith(".") and len(said) > 20
    if name in WRITTEN:
        assert said.startswith(f"{name} scales the gradient by {WRITTEN[name]} = ")
    assert "slope of" not in said


# Derived from the row's own formula, but for tanh and gelu, whose formulas keep from cancelling.
WRITTEN = {"exp": "its own output", "log": "1 / x", "log1p": "1 / (1 + x)", "sqrt": "1 / (2 z)",
           "sin": "cos(x)",
           "cos": "-sin(x)", "tan": "1 + z^2", "softplus": "sigmoid(x)", "log_sigmoid": "sigmoid(-x)",
           "tanh": "1 - z^2", "gelu": "Phi(x) + x phi(x)"}


def test_a_switch_that_is_off():
    x = Value(-1.0, "x")
    z = relu(x)
    assert sentence(Graph(z), z,
                    0.5) == "ReLU is a switch, and it is off, for x = -1: the gradient 0.5 stops here."


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


def test_binomial_paths():
    """A grid of additions has comb(2n, n) paths from corner to corner."""
    n, grid = 8, {(0, 0): Value(1, "x")}
    for i, j in product(range(n + 1), repeat=2):
        before = [grid[p] for p in ((i - 1, j), (i, j - 1)) if p in grid]
        if before:
            grid[i, j] = before[0] + before[1] if len(before) == 2 else before[0] + 0
    assert Paths(Graph(grid[n, n]), grid[0, 0]).count == comb(2 * n, n)
