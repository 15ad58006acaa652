"""Graph: nodes, edges, levels; what is found, and how it is written."""

from random import Random

import pytest

from engine import Graph, Value, relu, tanh, total


# --- structure ------------------------------------------------------------------------------------

def test_nodes_are_all_values_each_once_operands_first():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    p = w * x
    z = p + x
    graph = Graph(z)
    assert [id(v) for v in graph.nodes] == [id(v) for v in (w, x, p, z)]


def test_x_times_x_has_two_edges():
    x = Value(3.0)
    assert [(e.position, e.partial) for e in Graph(x * x).edges] == [(0, 3.0), (1, 3.0)]


def test_equal_numbers_stay_two_nodes():
    assert len(Graph(Value(2.0) * Value(2.0)).nodes) == 3


def test_levels_rise_from_the_leaves():
    x, w = Value(2.0), Value(3.0)
    graph = Graph((w * x).tanh() + x)
    assert [graph.levels[v] for v in graph.nodes] == [0, 0, 1, 2, 3]


def test_uses_count_every_edge():
    x = Value(3.0)
    assert len(Graph(x * x + x).uses[x]) == 3


def test_a_leaf_is_a_graph():
    x = Value(1.0, "x")
    assert Graph(x).nodes == [x] and list(Graph(x).edges) == []


def test_a_long_chain():
    z = x = Value(0.0)
    for _ in range(30_000):
        z = z + 1
    graph = Graph(z)
    assert graph.levels[z] == 30_000 and x in graph.above(x) and z in graph.above(x)


@pytest.mark.parametrize("root, word", [(1.0, "plain number"), ([Value(1.0)], "total"), (None, "NoneType")])
def test_what_is_not_a_value_is_refused(root, word):
    with pytest.raises(TypeError, match=word):
        Graph(root)


def test_find_by_name_id_and_value():
    x = Value(2.0, "x")
    graph = Graph(x * x)
    assert graph.find("x") is x and graph.find("n0") is x and graph.find(x) is x
    with pytest.raises(ValueError, match="write one of x, J"):
        graph.find("y")
    with pytest.raises(ValueError, match="not part of this graph"):
        graph.find(Value(2.0))


# --- gradients and formulas -----------------------------------------------------------------------

def test_a_gradient_never_computed_is_a_dash():
    x = Value(2.0)
    z = x * x
    assert Graph(z).grad(x) == "-"
    z.backward()
    assert Graph(z).grad(x) == "4"
    dead = relu(-x)
    dead.backward()
    assert Graph(dead).grad(dead) == "1" and Graph(dead).grad(dead.operands[0]) == "0"


def test_formulas():
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(1.0, "b")
    z = tanh(w * x + b)
    graph = Graph(z)
    assert [graph.formula(v) for v in graph.nodes if v.operands] == ["w * x", "v1 + b", "tanh(v2)"]
    assert [graph.formula(v, numbers=True) for v in graph.nodes if v.operands] == ["(-3) * 2", "(-6) + 1",
                                                                                   "tanh((-5))"]


def test_the_order_depends_on_nothing_but_the_graph():
    rng = Random(1)
    def build(rng):
        values = [Value(rng.random()) for _ in range(5)]
        for _ in range(40):
            values.append(rng.choice(values) * rng.choice(values))
        return [v.data for v in Graph(total(values)).nodes]
    assert build(Random(1)) == build(rng)
