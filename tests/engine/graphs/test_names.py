"""Names: the documents' symbols, read out of the labels that nn gives its parameters."""

from collections import Counter

import pytest

from engine import Graph, Value, relu, sigmoid, softmax, softplus, tanh, total
from nn import MLP, Layer, Neuron


def named(graph):
    return {graph.name(v): v for v in graph.nodes if graph.name(v)}


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


@pytest.mark.parametrize("elementwise", [False, True])
@pytest.mark.parametrize("prepare", [
    lambda u, v: [u * v, u], lambda u, v: [(u - v) / 2, (u + v).tanh()],
    lambda u, v: [u * v - v, 0.5 * (u * u)]],
    ids=["product", "scaled", "several steps"])
def test_what_a_layer_is_computed_from_is_an_input_however_many_steps_before(prepare, elementwise):
    """Class: a leaf that meets other operations before a layer; it was told to be a target of the loss."""
    u, v, y = Value(0.5, "u"), Value(-1.0, "v"), Value(1.0, "goal")
    for sizes in ([1], [3, 1]):
        graph = Graph((MLP(2, sizes, hidden="tanh", elementwise=elementwise)(prepare(u, v)) - y) ** 2)
        assert [graph.role(leaf) for leaf in (u, v, y)] == ["input", "input", "target"]


def test_what_joins_between_two_layers_is_an_input_too():
    gate, goal = Value(0.5, "gate"), Value(1.0, "goal")
    first, last = MLP(2, [2], seed=1), MLP(2, [1], seed=2)
    a, b  = first([1.0, 2.0])
    graph = Graph((last([(a * gate).tanh() * gate, b - gate]) - goal) ** 2)
    assert (graph.role(gate), graph.role(goal)) == ("input", "target")


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


# --- shapes that are not a plain network ----------------------------------------------------------

def test_a_recurrent_unit_is_a_sample_at_every_time():
    cell, h, zs = MLP(2, [1], "tanh", "tanh"), Value(0.0), []
    for t in range(3):
        trace = cell.trace([Value(float(t)), h])
        zs, h = [*zs, trace.z[0][0]], trace.output
    names = named(Graph(h))
    assert [names[f"z1[1]({t})"] for t in (1, 2, 3)] == zs


def test_a_softmax_is_the_activation_of_its_layer():
    trace = MLP(2, [3]).trace([1.0, 2.0])
    y     = softmax(trace.output)
    names = named(Graph(total([(yk - tk) ** 2 for yk, tk in zip(y, (0.0, 1.0, 0.0))])))
    assert [names[f"a1[{k}]"] for k in (1, 2, 3)] == y


def test_labels_as_one_writes_them_by_hand():
    """w[1] and b without a layer, as for a single neuron."""
    x, w, b = Value(2.0), Value(3.0, "w[1]"), Value(1.0, "b")
    names = named(Graph(tanh(w * x + b) + 1))
    assert names["x[1]"] is x and names["z"].op == "+" and names["a"].op == "tanh"


def test_a_label_like_a_bias_alone_makes_no_layer():
    graph = Graph(Value(2.0, "b1[1]") * Value(3.0, "a"))
    assert graph.names.found == set() and graph.names.samples == 0
    assert [graph.role(v) for v in graph.nodes] == ["bias", "input", "root"]


@pytest.mark.parametrize("label", ["t", "target"])
def test_a_leaf_called_target_is_one(label):
    graph = Graph(Value(1.0, "y") - Value(2.0, label))
    assert graph.role(graph.find(label)) == "target"


def test_the_place_of_a_node_tells_network_layer_unit_sample_and_part():
    trace = MLP(1, [2, 1], "tanh").trace([1.0])
    graph = Graph(trace.output)
    assert graph.place(trace.z[0][1]) == (1, "1", "2", 1, "affine")
    assert graph.place(trace.a[0][1]) == (1, "1", "2", 1, "activation")
    assert graph.place(trace.x[0]) is None
