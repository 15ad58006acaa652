"""Folding: the numbers of a folded graph are those of the scalar graph."""

from fractions import Fraction
from math import isclose
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Graph, Value, maximum, sigmoid, total
from engine.graphs.folds import VIEWS, Fold
from nn import MLP

ACTIVATIONS = ["tanh", "relu", "sigmoid", "leaky_relu", lambda z: z * sigmoid(z)]


@st.composite
def losses(draw):
    """The loss of a random network on a random batch, after backward()."""
    rng   = Random(draw(st.integers(0, 10 ** 6)))
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    model = MLP(2, sizes, hidden=draw(st.sampled_from(ACTIVATIONS)), seed=rng,
                elementwise=draw(st.booleans()))
    batch = [[Value(rng.uniform(-1, 1)), Value(rng.uniform(-1, 1))] for _ in range(draw(st.integers(1, 3)))]
    J = total([(a - rng.random()) ** 2 for x in batch for a in model.trace(x).a[-1]]) / len(batch)
    if draw(st.booleans()):
        J = J + 0.01 * sum(p * p for p in model.parameters())
    J.backward()
    return J


def chain_rule_holds(fold, same):
    """v.grad == sum of slope * o.grad over the links that leave v: nothing is lost or counted twice."""
    found = {v: 0 for box in fold.boxes for v in box.outputs}
    for link in fold.links:
        for slope in link.slopes:
            assert fold.box_of[slope.operand] is link.source and fold.box_of[slope.z] is link.target
            assert slope.z in link.target.outputs
            found[slope.operand] += slope.partial * slope.z.grad
    root = fold.graph.root
    assert all(same(grad, v.grad) for v, grad in found.items() if v is not root)


@settings(max_examples=40, deadline=None)
@given(losses(), st.sampled_from(VIEWS))
def test_the_chain_rule_holds_on_every_view(J, view):
    chain_rule_holds(Fold(Graph(J), view), lambda a, b: isclose(a, b, rel_tol=1e-9, abs_tol=1e-12))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10 ** 6), st.sampled_from(VIEWS))
def test_the_chain_rule_holds_exactly_on_graphs_of_no_network(seed, view):
    rng = Random(seed)
    values = [Value(Fraction(rng.randint(-9, 9), rng.randint(1, 9)), "xyz"[i]) for i in range(3)]
    for _ in range(rng.randint(1, 30)):
        x, y = rng.choice(values[-6:]), rng.choice(values)
        values.append(rng.choice([lambda: x + y, lambda: x * y, lambda: x - 2, lambda: -x,
                                  lambda: maximum(x, y)])())
    J = values[-1] + values[-2]
    J.backward()
    chain_rule_holds(Fold(Graph(J), view), lambda a, b: a == b)


@settings(max_examples=30, deadline=None)
@given(losses(), st.sampled_from(VIEWS))
def test_every_value_is_in_one_box_and_only_parameters_are_hidden(J, view):
    graph = Graph(J)
    fold  = Fold(graph, view)
    boxed = [v for box in fold.boxes for v in box.members]
    assert len(boxed) == len(set(boxed))
    assert all(graph.role(v) in ("weight", "bias") for v in graph.nodes if v not in fold.box_of)


def titles(fold):
    return [box.title for box in fold.boxes]


def network(**options):
    model = MLP(2, [3, 1], hidden="tanh", **options)
    return (model([Value(1.0), Value(2.0)]) - 1.0) ** 2


@pytest.mark.parametrize("elementwise", [False, True])
@pytest.mark.parametrize("view, boxes", [
    ("unit",   ["x[1]", "x[2]", "z1[1]", "a1[1]", "z1[2]", "a1[2]", "z1[3]", "a1[3]", "z2[1]", "y[1]"]),
    ("neuron", ["x[1]", "x[2]", "unit 1[1]", "unit 1[2]", "unit 1[3]", "unit 2[1]", "y[1]"]),
    ("layer",  ["inputs", "layer 1", "layer 2", "y[1]", "loss"])])
def test_the_boxes_of_a_network(view, boxes, elementwise):
    found = titles(Fold(Graph(network(elementwise=elementwise)), view))
    assert set(boxes) - {"y[1]"} <= set(found)


def test_unfolding_a_box_shows_what_is_in_it():
    graph = Graph(network())
    fold  = Fold(graph, "layer", unfold=["layer 1"])
    assert {"z1[1]", "a1[3]", "W1[2,1]", "b1[1]", "layer 2"} <= set(titles(fold))
    assert "W2[1,1]" not in titles(fold)


def test_unfolding_takes_a_value_inside_a_box():
    graph = Graph(network(elementwise=True))
    fold  = Fold(graph, "unit", unfold=[graph.find("z1[2]")])
    assert {"W1[2,1]", "W1[2,2]", "b1[2]"} <= set(titles(fold)) and "W1[1,1]" not in titles(fold)


@pytest.mark.parametrize("view, unfold, word", [("units", [], "write one of scalar"),
                                                ("unit", ["z9[1]"], "no node is called")])
def test_an_unknown_view_or_box_is_refused(view, unfold, word):
    with pytest.raises(ValueError, match=word):
        Fold(Graph(network()), view, unfold)


def test_a_recurrent_unit_is_a_box_at_every_time():
    model = MLP(2, [1], "tanh", "tanh")
    h = Value(0.0)
    for t in range(3):
        h = model([Value(float(t)), h])
    h.backward()
    fold = Fold(Graph(h), "neuron")
    assert sum(box.group == "neuron" for box in fold.boxes) == 3
    chain_rule_holds(fold, lambda a, b: isclose(a, b, rel_tol=1e-9))


def test_many_steps_in_a_row_are_one_box():
    z = x = Value(0.0, "x")
    for _ in range(30_000):
        z = z + 1
    fold = Fold(Graph(z), "unit")
    assert titles(fold) == ["x", "J"] and fold.links[0].slopes[0].partial == 1
    assert fold.links[0].slopes[0].operand is x
