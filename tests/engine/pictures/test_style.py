"""Styles: what the boxes of each view say, and how boxes and arrows look."""

from itertools import combinations

import pytest

from engine import Graph, Value, relu
from engine.graphs.folds import Fold
from engine.pictures.style import FAINT, LIT, LATEX, box_style, changes, flow, lines, link_style, marked
from engine.pictures.style import role, width
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
        ["2"], ["J = ×", "data 1", "grad -"], ["x", "data 0.5", "grad -"]]
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


def test_what_a_line_was_before_stands_beside_it():
    assert marked(["x", "data 2", "grad 1"], ["x", "data 1", "grad 1"]) == ["x", "data 2 (was 1)", "grad 1"]
    assert marked(["x", "data 2"], ["x"]) == ["x", "data 2"]


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


def test_what_changed_is_said_with_what_it_was():
    x = Value(2.0, "x")
    fold = Fold(Graph(x * 3), "scalar")
    box  = box_of(fold, "x")
    assert changes(fold, box, {fold.id(box): lines(fold, box)}) == {} == changes(fold, box, {})
    was  = changes(fold, box, {fold.id(box): ["x", "data 1", "grad -"]})
    assert "data 2 (was 1)" in was["label"] and "grad - (was" not in was["label"] and was["color"] == LIT


# --- arrows ---------------------------------------------------------------------------------------

def arrows(fold, partials=True, lit=None, largest=None):
    return [link_style(fold, link, 1, partials, lit, largest) for link in fold.links]


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


@pytest.mark.parametrize("part, points", [(1.0, "6.00"), (0.1, "4.58"), (1e-4, "0.30"), (1e-9, "0.30"),
                                          (2.0, "6.00"), (0.0, "0.3"), (float("nan"), "0.3")])
def test_widths_are_from_03_to_6_points_over_four_decades(part, points):
    assert width(part, 1.0) == points


@pytest.mark.parametrize("largest", [0.0, float("nan"), float("inf")])
def test_without_a_largest_flow_to_compare_with_every_arrow_is_thin(largest):
    assert width(1.0, largest) == "0.3"
