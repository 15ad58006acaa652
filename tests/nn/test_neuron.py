"""Neuron, Layer, MLP: sizes, numbers, labels, determinism, wrong inputs."""

from random import Random

import pytest

from engine import Value, affine, leaky_relu
from nn import MLP, Layer, Maxout, Neuron


# --- numbers --------------------------------------------------------------------------------------

def neuron(w, b, f):
    n = Neuron(len(w), f)
    for p, number in zip(n.weights, w):
        p.data = number
    n.bias.data = b
    return n


def test_a_neuron_is_an_affine_sum_and_an_activation():
    n = neuron([0.8, 0.3], 0.1, "sigmoid")
    x = [Value(0.5), Value(-1.2)]
    a = n(x)
    a.backward()
    assert a.data == pytest.approx(0.534942945158)                                        # D0-02, D0-03
    assert [w.grad for w in n.weights] == pytest.approx([0.124389495292, -0.2985347887])
    assert n.bias.grad == pytest.approx(0.248778990584)


def test_elementwise_gives_the_same_numbers_from_single_operations():
    for seed in range(5):
        fused, single = MLP(3, [4, 2], "tanh", seed=seed), MLP(3, [4, 2], "tanh", seed=seed, elementwise=True)
        x = [0.3, -0.8, 1.7]
        assert [y.data for y in fused(x)] == [y.data for y in single(x)]
        for model in (fused, single):
            sum(model(x)).backward()
        assert [p.grad for p in fused.parameters()] == pytest.approx([p.grad for p in single.parameters()],
                                                                     rel=1e-14)


@pytest.mark.parametrize(("n_in", "sizes", "count"), [(3, [4, 4, 1], 41), (3, [4, 2], 26), (2, [3, 2], 17),
                                                      (3, [4, 1], 21), (3, [5, 6, 1], 63),
                                                      (784, [15, 10], 11935)])
def test_parameter_counts(n_in, sizes, count):
    assert len(MLP(n_in, sizes).parameters()) == count                                    # D1-11


def test_one_output_is_a_value_and_several_are_a_list():
    assert isinstance(MLP(2, [3, 1])([1.0, 2.0]), Value)
    assert len(MLP(2, [3, 2])([1.0, 2.0])) == 2


def test_trace_shows_every_z_and_a_and_delta_is_the_gradient_of_z():
    model = MLP(2, [3, 1], "tanh", seed=1)
    trace = model.trace([0.5, -1.0])
    (0.5 * (trace.output - 1.0) ** 2).backward()
    assert [len(z) for z in trace.z] == [3, 1] and trace.a[1][0] is trace.output
    delta2 = trace.output.data - 1.0
    assert trace.z[1][0].grad == pytest.approx(delta2)                                    # D1-34
    for k, z in enumerate(trace.z[0]):
        w = model.layers[1].neurons[0].weights[k].data
        assert z.grad == pytest.approx(w * delta2 * (1 - trace.a[0][k].data ** 2))        # D1-36


def test_labels_are_those_of_the_documents():
    model = MLP(2, [3, 1])
    assert model.layers[0].neurons[1].weights[0].label == "W1[2,1]"
    assert model.layers[1].neurons[0].bias.label == "b2[1]"


def test_the_same_seed_gives_the_same_weights_and_biases_start_at_0():
    a, b, c = MLP(3, [4, 1], seed=5), MLP(3, [4, 1], seed=5), MLP(3, [4, 1], seed=6)
    assert [p.data for p in a.parameters()] == [p.data
                                                for p in b.parameters()] != [p.data for p in c.parameters()]
    assert all(n.bias.data == 0 for layer in a.layers for n in layer.neurons)             # D1-39


def test_activations_may_differ_by_layer():
    model = MLP(2, [3, 3, 1], hidden=["tanh", lambda z: leaky_relu(z, 0.2)], output="sigmoid", seed=0)
    trace = model.trace([1.0, -1.0])
    assert [trace.z[0][0].tanh().data, leaky_relu(trace.z[1][0], 0.2).data] == [trace.a[0][0].data,
                                                                                trace.a[1][0].data]
    assert trace.output.op == "sigmoid"


def test_they_print_their_sizes():
    model = MLP(2, [3, 1])
    assert [repr(m) for m in (model, model.layers[0], model.layers[0].neurons[0], Maxout(2))] == [
        "MLP(2, [3, 1])", "Layer(2, 3)", "Neuron(2)", "Maxout(2, 2)"]


# --- maxout ---------------------------------------------------------------------------------------

def maxout(w1, b1, w2, b2):
    unit = Maxout(len(w1))
    for piece, w, b in zip(unit.pieces, (w1, w2), (b1, b2)):
        piece.bias.data = b
        for p, number in zip(piece.weights, w):
            p.data = number
    return unit


def test_relu_leaky_relu_and_abs_are_maxout_units():
    rng, w, b = Random(0), [0.7, -1.2], 0.3
    for _ in range(50):                                                                   # D2-22
        x = [rng.gauss(0, 1), rng.gauss(0, 1)]
        z = affine(w, x, b)
        assert maxout([0.0, 0.0], 0.0, w, b)(x).data == max(0.0, z)
        assert maxout([0.1 * v for v in w], 0.1 * b, w, b)(x).data == pytest.approx(max(0.1 * z, z),
                                                                                    rel=1e-13)
        assert maxout(w, b, [-v for v in w], -b)(x).data == pytest.approx(abs(z), rel=1e-13)


def test_the_gradient_goes_to_the_winning_piece():
    unit = maxout([1.0, 0.0], 0.0, [0.0, 1.0], 0.0)
    unit([3.0, 2.0]).backward()
    assert [p.grad for p in unit.parameters()] == [3.0, 2.0, 1, 0.0, 0.0, 0]


@pytest.mark.parametrize("pieces", [2, 3, 4])
def test_pieces_that_tie_share_the_gradient(pieces):
    """As ties of maximum do everywhere; a piece below them has none of it."""
    unit = Maxout(2, pieces + 1, init=0.5)
    unit.pieces[1].bias.data = -1.0
    unit([3.0, 2.0]).backward()
    for k, piece in enumerate(unit.pieces):
        assert [p.grad for p in piece.parameters()] == ([0, 0, 0] if k == 1 else
                                                        pytest.approx([3 / pieces, 2 / pieces, 1 / pieces]))


def test_a_maxout_unit_has_twice_the_parameters_and_fits_into_layers():
    assert len(Maxout(3).parameters()) == 8 and len(Maxout(3, pieces=3).parameters()) == 12
    model = MLP(2, [4, 1], hidden="maxout", seed=1)
    assert len(model.parameters()) == 4 * 6 + 5
    assert model.layers[0].neurons[2].parameters()[4].label == "W1.2[3,2]"
    assert model.trace([1.0, 2.0]).z[0][0].op == "maximum"


# --- what cannot work -----------------------------------------------------------------------------

@pytest.mark.parametrize(("call", "error", "says"), [
    (lambda: MLP(3, [4, 1])([1.0, 2.0]), ValueError, "3 inputs expected, 2 given"),
    (lambda: MLP(3, [4, 1])([1.0] * 5), ValueError, "3 inputs expected, 5 given"),
    (lambda: MLP(1, [1])(2.0), TypeError, r"model\(\[x\]\)"),
    (lambda: MLP(1, [1])(Value(2.0)), TypeError, r"model\(\[x\]\)"),
    (lambda: MLP(2, [1])("12"), TypeError, "str"),
    (lambda: MLP(1, [1])(["1"]), TypeError, "str"),
    (lambda: MLP(1, [1])([None]), TypeError, "NoneType"),
    (lambda: MLP(2, []), ValueError, r"MLP\(2, \[16, 16, 1\]\)"),
    (lambda: MLP(2, 3), ValueError, r"MLP\(2, \[16, 16, 1\]\)"),
    (lambda: MLP(2, [3, 0]), ValueError, "at least 1"),
    (lambda: MLP(0, [3, 1]), ValueError, "at least 1"),
    (lambda: MLP(2.0, [3, 1]), ValueError, "whole number"),
    (lambda: MLP(2, [True]), ValueError, "whole number"),
    (lambda: MLP(2, [3, 1], hidden="rleu"), ValueError, "unknown activation 'rleu': write one of .*relu"),
    (lambda: MLP(2, [3, 1], hidden=["relu", "relu"]), ValueError, "2 hidden activations were given for 1"),
    (lambda: MLP(2, [3, 1], init="xaver"), ValueError, "unknown initializer 'xaver': write one of .*xavier"),
    (lambda: MLP(2, [3, 1], init=True), ValueError, "unknown initializer"),
    (lambda: MLP(2, [3, 1], hidden=None), ValueError, "unknown activation None"),
    (lambda: MLP(2, [1], hidden="rleu"), ValueError, "unknown activation 'rleu'"),
    (lambda: MLP(2, [3, 1], output=["tanh"]), ValueError, "unknown activation"),
    (lambda: MLP(2, [1])({1.0: 2, 2.0: 3}), TypeError, "dict"),
    (lambda: MLP(2, [1])([[1, 2], [3, 4]]), TypeError, "one Value per number"),
    (lambda: Layer(2, 0), ValueError, "number of units"),
    (lambda: Neuron(0), ValueError, "number of inputs"),
    (lambda: Maxout(2, pieces=0), ValueError, "pieces"),
])
def test_a_clear_error(call, error, says):
    with pytest.raises(error, match=says):
        call()
