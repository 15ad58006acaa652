"""Graph: nodes, edges, levels, roles, names."""

from collections import Counter
from random import Random

import pytest

from engine import Graph, Value, relu, sigmoid, softplus, tanh, total
from nn import MLP, Layer, Neuron


def named(graph):
    return {graph.name(v): v for v in graph.nodes if graph.name(v)}


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


# --- names and roles ------------------------------------------------------------------------------

@pytest.mark.parametrize("elementwise", [False, True])
@pytest.mark.parametrize("f", ["tanh", "relu", "sigmoid", lambda z: z * sigmoid(z), lambda z: relu(z) ** 2])
def test_a_network_is_named_as_in_the_documents(elementwise, f):
    model = MLP(3, [4, 2], hidden=f, elementwise=elementwise)
    trace = model.trace([0.5, -1.0, 2.0])
    names = named(Graph(total([(a - t) ** 2 for a, t in zip(trace.output, (1.0, 0.0))])))
    for k, (zs, activations) in enumerate(zip(trace.z, trace.a), 1):
        for i, (z, a) in enumerate(zip(zs, activations), 1):
            assert names[f"z{k}[{i}]"] is z
            assert a is z or names[f"a{k}[{i}]"] is a
    assert all(names[f"x[{j}]"] is x for j, x in enumerate(trace.x, 1))


def test_roles():
    model = MLP(2, [3, 1], hidden="tanh")
    graph = Graph((model([1.0, 2.0]) - Value(0.5)) ** 2)
    assert Counter(map(graph.role, graph.nodes)) == {
        "weight": 9, "bias": 4, "input": 2, "target": 1, "constant": 1, "operation": 8, "root": 1}


def test_a_plain_number_may_be_input_target_or_constant():
    model = Neuron(2, "linear")
    graph = Graph(0.5 * (model([1.5, 2.5]) - 3.5) ** 2)
    assert [(graph.name(v), graph.role(v)) for v in graph.nodes if not v.operands
            and "w" not in graph.name(v)] == [
        ("x[1]", "input"), ("x[2]", "input"), ("b", "bias"), ("y", "target"), ("2", "constant"),
        ("0.5", "constant")]


@pytest.mark.parametrize("elementwise", [False, True])
def test_samples_of_a_batch_are_told_apart(elementwise):
    model = MLP(2, [3, 2], hidden="tanh", elementwise=elementwise)
    traces = [model.trace([float(i), 2.0]) for i in range(4)]
    J = (sum((a - 1.0) ** 2 for trace in traces for a in trace.output) / 4
         + 0.01 * sum(p * p for p in model.parameters()))
    names = named(Graph(J))
    for i, trace in enumerate(traces, 1):
        for k, zs in enumerate(trace.z, 1):
            for j, z in enumerate(zs, 1):
                assert names[f"z{k}[{j}]({i})"] is z
    assert names["W1[2,1]"] is model.layers[0].neurons[1].weights[0]


def test_two_networks_with_equal_labels_are_told_apart():
    one, two, x = MLP(1, [1]), MLP(1, [1]), Value(1.0)
    names = named(Graph(one([x]) - two([x])))
    assert {"z1[1]", "z1'[1]"} <= set(names)


def test_the_users_label_comes_first():
    model = MLP(1, [1, 1], hidden="tanh")
    trace = model.trace([Value(1.0, "temperature")])
    trace.a[0][0].label = "h"
    J = (trace.output - 1) ** 2
    J.label = "loss"
    assert {"temperature", "h", "loss"} <= set(named(Graph(J)))


def test_a_layer_and_a_neuron_of_their_own():
    z = Layer(2, 2, "linear")([1.0, 2.0])
    assert {"z[1]", "z[2]", "x[1]", "x[2]"} <= set(named(Graph(z[0] * z[1])))
    assert {"z", "J"} <= set(named(Graph(Neuron(1, "tanh")([1.0]) ** 2)))


def test_softplus_of_a_logit_is_part_of_the_loss():
    z = MLP(1, [1])([1.0])
    graph = Graph(softplus(z) - 1.0 * z)
    assert "a1[1]" not in named(graph)


def test_regularisation_is_no_unit():
    model = MLP(2, [1])
    graph = Graph(model([1.0, 2.0]) + sum(0.01 * w ** 2 for w in model.parameters()))
    assert [graph.name(v) for v in graph.nodes if graph.place(v)] == ["z1[1]"]


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
    assert [graph.formula(v) for v in graph.nodes if v.operands] == ["w * x", "v2 + b", "tanh(v4)"]
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
