"""Brackets: which operands gather, what they are called, and that a gathered graph stays exact."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Graph, Value, dot, maximum, total
from engine.graphs.brackets import FEW, LEVELS, natural, stem
from engine.graphs.folds import VIEWS, Fold
from nn import MLP


def pairs(n):
    w, x = ([Value(Fraction(k, 7), f"{name}{k}") for k in range(1, n + 1)] for name in "wx")
    return w, x


def exact(fold, same=lambda a, b: a == b):
    """v.grad == sum of slope * o.grad over the links that leave v."""
    found = {v: 0 for box in fold.boxes for v in box.outputs}
    for link in fold.links:
        for slope in link.slopes:
            assert fold.box_of[slope.operand] is link.source and fold.box_of[slope.z] is link.target
            found[slope.operand] += slope.partial * slope.z.grad
    return all(same(grad, v.grad) for v, grad in found.items() if v is not fold.graph.root)


def brackets(fold):
    return [box.title for box in fold.boxes if box.group == "bracket"]


def network():
    J = (MLP(2, [6, 5, 1], "tanh", seed=3)([Value(1.0), Value(2.0)]) - 1.0) ** 2
    J.backward()
    return Graph(J)


def test_the_operands_of_a_dot_are_two_brackets_exact_in_their_slopes():
    w, x = pairs(64)
    J = dot(w, x)
    J.backward()
    fold = Fold(Graph(J), gather=1)
    assert brackets(fold) == ["w1 ... w64", "x1 ... x64"] and len(fold.boxes) == 3 and exact(fold)
    assert [[slope.partial for slope in link.slopes] for link in fold.links] == [
        [v.data for v in x], [v.data for v in w]]


def test_a_few_are_drawn_one_by_one():
    w, x = pairs(FEW - 1)
    assert brackets(Fold(Graph(dot(w, x)), gather=1)) == []
    w, x = pairs(FEW)
    assert brackets(Fold(Graph(dot(w, x)), gather=1)) == ["w1 ... w4", "x1 ... x4"]


@pytest.mark.parametrize("level, found", [
    (1, [f"W2[{k},1] ... W2[{k},6]" for k in range(1, 6)]),
    (2, ["W2[1,1] ... W2[5,6]", "b2[1] ... b2[5]"]),
    (3, ["z1[1] ... z1[6]", "a1[1] ... a1[6]", "W2[1,1] ... W2[5,6]", "b2[1] ... b2[5]", "z2[1] ... z2[5]",
         "a2[1] ... a2[5]"])])
def test_the_levels_of_an_opened_layer(level, found):
    fold = Fold(network(), "unit", ["layer 2"], level)
    assert sorted(brackets(fold)) == sorted(found)


def test_a_layer_of_units_is_opened_by_its_title_in_every_folded_view():
    """Class: a name that a picture shows, and that unfold did not take."""
    graph = network()
    for view in VIEWS[1:]:
        drawn = [graph.name(v) for box in Fold(graph, view, ["layer 2"]).boxes for v in box.members]
        assert {"W2[1,1]", "W2[5,6]", "b2[5]"} <= set(drawn) and "W1[1,1]" not in drawn


@pytest.mark.parametrize("asked", ["w1 ... w64", "w1", "w40", lambda w: w[7]])
def test_a_bracket_opens_by_its_title_or_a_node_in_it(asked):
    w, x = pairs(64)
    fold = Fold(Graph(dot(w, x)), "scalar", [asked(w) if callable(asked) else asked], 1)
    assert brackets(fold) == ["x1 ... x64"]
    assert [box.title for box in fold.boxes if box.frame == "w1 ... w64"] == [f"w{k}" for k in range(1, 65)]


@pytest.mark.parametrize("gather", [0, 1])
def test_a_bracket_that_there_is_not(gather):
    w, x = pairs(8)
    with pytest.raises(ValueError, match="no node is called 'y1 ... y9': write one of w1"):
        Fold(Graph(dot(w, x)), "scalar", ["y1 ... y9"], gather)


def test_equal_labels_and_none_still_give_each_bracket_a_title_of_its_own():
    J = dot([Value(1.0, "w") for _ in range(5)], [Value(2.0) for _ in range(5)])
    J = J + dot([Value(1.0, "w") for _ in range(5)], [Value(2.0) for _ in range(5)])
    found = brackets(Fold(Graph(J), gather=1))
    assert len(found) == len(set(found)) == 4


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10 ** 6), st.sampled_from(VIEWS), st.sampled_from(LEVELS))
def test_the_chain_rule_holds_exactly_on_gathered_graphs(seed, view, level):
    rng = Random(seed)
    leaves = [Value(Fraction(rng.randint(-9, 9), rng.randint(1, 9)), f"{'wx'[i % 2]}{i}") for i in range(14)]
    layer  = leaves
    for _ in range(rng.randint(1, 3)):
        layer = [rng.choice([dot, lambda a, b: total([*a, *b]), lambda a, b: maximum(a[0] * b[0], b[-1])])(
                     rng.sample(leaves, 5), [rng.choice(layer) for _ in range(5)]) for _ in range(6)]
    J = total(layer)
    J.backward()
    assert exact(Fold(Graph(J), view, [], level))


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(VIEWS), st.sampled_from(LEVELS), st.sampled_from([[], ["layer 1"], ["layer 2"]]))
def test_the_chain_rule_holds_on_gathered_networks(view, level, unfold):
    fold = Fold(network(), view, unfold if view != "scalar" else [], level)
    assert exact(fold, lambda a, b: a == pytest.approx(b, rel=1e-9, abs=1e-12))


def test_stems_and_the_order_of_names():
    assert [stem(name) for name in ("w12", "W1[2,3]", "z1[2](3)", "alpha", "")] == [
        "w", "W1", "z1", "alpha", ""]
    assert sorted(["w10", "w2", "W1[1,10]", "W1[1,9]"], key=natural) == ["W1[1,9]", "W1[1,10]", "w2", "w10"]
