"""Styles: what the boxes of each view say, and how boxes and arrows look."""

from itertools import combinations

import pytest

from engine import Graph, Value, relu, total
from engine.graphs.folds import Fold
from engine.pictures.style import FAINT, LATEX, LIT, LONG, Scale, box_style, flow, lines, link_style, role
from engine.pictures.style import wrapped
from nn import MLP


def network(*xs, hidden="relu"):
    """The loss of a 2-3-1 network on samples (x, 1), after backward()."""
    model = MLP(2, [3, 1], hidden, seed=3)
    J = sum([(model([x, 1.0]) - 1.5) ** 2 for x in xs[1:]], (model([xs[0], 1.0]) - 1.5) ** 2)
    J.backward()
    return J


def said(fold):
    return [lines(fold, box) for box in fold.boxes]


def box_of(fold, name):
    return fold.box_of[fold.graph.find(name)]


# --- what a box says ------------------------------------------------------------------------------

def test_a_value_says_name_number_and_gradient_and_a_plain_number_itself():
    x = Value(0.5, "x")
    z = 2 * x
    assert sorted(said(Fold(Graph(z), "scalar"))) == [
        ["2"], ["J = ·", "data 1", "grad -"], ["x", "data 0.5", "grad -"]]
    z.backward()
    assert ["x", "data 0.5", "grad 2"] in said(Fold(Graph(z), "scalar"))


def test_a_unit_says_its_formula():
    fold = Fold(Graph(network(1.0)), "unit")
    assert [text[0] for text in said(fold) if "w·x + b" in text[0]] == [
        "z1[1] = w·x + b", "z1[2] = w·x + b", "z1[3] = w·x + b", "z2[1] = w·x + b"]


def test_a_neuron_says_z_and_a_and_its_activation():
    fold  = Fold(Graph(network(1.0)), "neuron")
    title, z, a = lines(fold, box_of(fold, "z1[2]"))
    assert title == "unit 2: ReLU" and z.startswith("z1[2] ") and a.startswith("a1[2] ") and "grad" in a


def test_of_several_samples_a_neuron_says_which():
    fold = Fold(Graph(network(1.0, 2.0)), "neuron")
    assert lines(fold, box_of(fold, "z1[2](2)"))[0] == "unit 2, sample 2: ReLU"


def test_a_layer_says_how_many_units_of_how_many_samples_and_their_ranges():
    fold = Fold(Graph(network(1.0, 2.0)), "layer")
    first, data, grad, grad_w, *dead = lines(fold, box_of(fold, "z1[1](1)"))
    assert first == "layer 1: 3 units x 2 samples, ReLU" and data.startswith("data ") and " ... " in data
    assert grad.startswith("grad up to ") and grad_w.startswith("grad W up to ")


def test_a_layer_counts_the_units_that_let_nothing_through():
    model = MLP(1, [3, 1], "relu", seed=1)
    for k, neuron in enumerate(model.layers[0].neurons):
        neuron.weights[0].data, neuron.bias.data = 0.0, -1.0 if k else 1.0
    J = model([1.0])
    J.backward()
    fold = Fold(Graph(J), "layer")
    assert lines(fold, box_of(fold, "z1[1]"))[-1] == "dead 2 of 3 units"


def test_in_latex_the_same_lines_have_names_numbers_and_operations_as_formulas():
    fold = Fold(Graph(network(1.0, 2.0)), "neuron")
    title, z, a = lines(fold, box_of(fold, "z1[2](2)"), LATEX)
    assert title == r"unit 2, sample 2: $\mathrm{ReLU}$" and z.startswith(r"$z^{[1](2)}_{2}$ $")
    assert r"\quad grad $" in a
    for view in ("scalar", "unit", "neuron", "layer"):
        fold = Fold(Graph(network(1.0)), view)
        assert all(len(lines(fold, box)) == len(lines(fold, box, LATEX)) for box in fold.boxes)


# --- boxes ----------------------------------------------------------------------------------------

def test_the_role_of_a_box_is_that_of_its_value_or_of_what_is_folded_in_it():
    J = network(1.0)
    scalar, layer = Fold(Graph(J), "scalar"), Fold(Graph(J), "layer")
    assert [role(scalar, box_of(scalar, name)) for name in ("x[1]", "W1[2,1]", "b1[1]", "z1[1]", "J")] == [
        "input", "weight", "bias", "operation", "root"]
    assert [role(layer, box_of(layer, name)) for name in ("x[1]", "z1[1]", "J")] == [
        "input", "folded", "root"]


def test_every_role_has_colours_of_its_own():
    fold   = Fold(Graph(network(1.0)), "scalar")
    styles = {role(fold, box): box_style(fold, box, None) for box in fold.boxes}
    assert {"input", "weight", "bias", "operation", "root"} <= set(styles)
    assert all(styles[a]["color"] != styles[b]["color"] for a, b in combinations(styles, 2)
               if "constant" not in (a, b))


def test_what_is_lit_stands_out_and_the_rest_fades():
    fold = Fold(Graph(network(1.0)), "scalar")
    box  = box_of(fold, "z1[1]")
    plain, lit, off = [box_style(fold, box, lit) for lit in (None, True, False)]
    assert lit["color"] == LIT and off["color"] == FAINT and plain["color"] not in (LIT, FAINT)
    assert float(lit["penwidth"]) > float(plain.get("penwidth", 1)) and lit["label"] == off["label"]


def test_the_tooltip_tells_the_role_in_words():
    fold = Fold(Graph(Value(0.5, "x") * Value(2.0, "w")), "scalar")
    assert box_style(fold, box_of(fold, "x"), None)["tooltip"].startswith("input: x; data 0.5")


NAMES = ["x" * 37, "two words " * 6, "a_name_of_parts_" * 3, "y" * 300, "Ω" * 50, "x" * 36]


@pytest.mark.parametrize("name", NAMES)
def test_a_long_label_wraps_or_shortens_and_the_tooltip_has_it_whole(name):
    """Class: texts of the user that are longer than a box should be wide."""
    parts = wrapped(name)
    assert len(parts) == (1 if len(name) <= LONG else 2) and all(len(part) <= LONG for part in parts)
    fold  = Fold(Graph(Value(1.0, name) * 2), "scalar")
    style = box_style(fold, box_of(fold, name), None)
    assert name.strip() in style["tooltip"] and all(len(line) <= LONG for line in style["label"].split("\\n"))


def test_a_label_breaks_where_a_word_ends():
    assert wrapped("the first of the words of a long name and its last") == [
        "the first of the words of a long", "name and its last"]


def test_results_that_share_a_label_have_numbers():
    """Class: several boxes of one name. A leaf keeps its label: it is the user's own."""
    x, shares = Value(1.0, "x"), []
    for k in range(3):
        shares.append((x * k).exp())
        shares[-1].label = "softmax"
    fold = Fold(Graph(sum(shares, Value(0.0, "x"))), "scalar")
    assert sorted(text[0] for text in said(fold) if "softmax" in text[0]) == [
        "softmax 1 = exp", "softmax 2 = exp", "softmax 3 = exp"]
    assert sum(text[0] == "x" for text in said(fold)) == 2
    alone = (x * 2).exp()
    alone.label = "softmax"
    assert "softmax = exp" in [text[0] for text in said(Fold(Graph(alone + 1), "scalar"))]


def test_a_bracket_says_how_many_and_the_ranges():
    w = [Value(k / 10, f"w{k}") for k in range(1, 6)]
    z = total(v * v for v in w)
    fold = Fold(Graph(z), "scalar", gather=2)
    assert lines(fold, box_of(fold, "w3")) == ["w1 ... w5: 5 values", "data 0.1 ... 0.5"]
    z.backward()
    fold = Fold(Graph(z), "scalar", gather=2)
    assert lines(fold, box_of(fold, "w3")) == ["w1 ... w5: 5 values", "data 0.1 ... 0.5", "grad 0.2 ... 1"]
    style = box_style(fold, box_of(fold, "w3"), None)
    assert role(fold, box_of(fold, "w3")) == "weight" and style["peripheries"] == "2"


def test_in_latex_the_ends_of_a_bracket_and_a_plain_number_are_formulas_too():
    """Class: what stands in a box is text or LaTeX as a whole."""
    w = [Value(k / 10, f"w{k}") for k in range(1, 6)]
    z = total(v * v for v in w)
    z.backward()
    fold = Fold(Graph(z), "scalar", gather=2)
    assert lines(fold, box_of(fold, "w3"), LATEX) == [
        "$w_{1}$ ... $w_{5}$: 5 values", "data $0.1$ ... $0.5$", "grad $0.2$ ... $1$"]
    fold = Fold(Graph(Value(1.0, "x") * 1e-7), "scalar")
    assert [r"$1 \cdot 10^{-7}$"] in [lines(fold, box, LATEX) for box in fold.boxes]


# --- arrows ---------------------------------------------------------------------------------------

def arrows(fold, partials=True, lit=None, scale=None):
    return [link_style(fold, link, 1, partials, lit, scale) for link in fold.links]


def test_an_arrow_shows_its_slope_unless_it_comes_from_a_plain_number():
    x = Value(0.5, "x")
    fold = Fold(Graph(x * 3), "scalar")
    assert sorted(style.get("label", "") for style in arrows(fold)) == ["", " 3 "]
    assert all("label" not in style for style in arrows(fold, partials=False))
    assert {style["tooltip"] for style in arrows(fold)} == {"slope 3", "a plain number"}


def test_an_arrow_on_which_nothing_flows_back_is_dashed():
    x = Value(-1.0, "x")
    styles = arrows(Fold(Graph(relu(x) + x), "scalar"))
    assert sorted(style.get("style", "") for style in styles) == ["", "", "dashed"]


def test_the_flow_of_an_arrow_is_what_backward_sends_along_it():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    z = (w * x) ** 2
    z.backward()
    fold  = Fold(Graph(z), "scalar")
    flows = {fold.graph.name(link.source.members[0]): flow(link) for link in fold.links
             if link.source.members[0] in (x, w)}
    assert flows == {"x": abs(x.grad), "w": abs(w.grad)}


def test_widths_are_even_steps_for_even_factors_over_the_range_of_the_picture():
    """Class: a scale that is wider than what it shows makes all look alike."""
    scale  = Scale([0.02, 2.0, 0.2])
    widths = [float(scale.width(sent)) for sent in (0.02, 0.2, 2.0)]
    assert widths[0] == Scale.THIN and widths[2] == Scale.THICK
    assert widths[1] - widths[0] == pytest.approx(widths[2] - widths[1], abs=0.011)
    assert scale.width(0.0) == scale.width(float("nan")) == "0.4" and scale.width(float("inf")) == "7.00"


def test_a_scale_spans_eight_decades_at_most_and_one_flow_alone_is_half_as_thick():
    assert Scale([1e-30, 1.0]).smallest == pytest.approx(1e-8)
    assert Scale([3.0, 3.0]).width(3.0) == "3.5"


@pytest.mark.parametrize("flows", [[], [0.0], [float("nan")], [float("inf")]])
def test_without_a_largest_flow_to_compare_with_every_arrow_is_thin(flows):
    assert Scale(flows).width(1.0) == "0.4"
