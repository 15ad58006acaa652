"""One network in five notations: which Value each document means by W, b, z and a.

Below, the helpers that the documents' tests lean on: a helper that compares less closely, draws
less or takes over what it should check would let every one of those tests pass.
"""

from functools import cache
from math import exp

import pytest
from hypothesis import given

from engine import Value, sigmoid
from nn import MLP
from tests.conventions import sigma, slope, with_grads

from .conventions import (
    D0, D1, D2, D3, D4, agree, difference, elements, examples, grads, networks, nudged, numbers, outputs, put,
    random_network, shape, transposed, vectors, weights,
)

X = [0.5, -1.0]


def network():
    """2-3-1, with a different number in every place."""
    net = MLP(2, [3, 1], "tanh")
    for k, p in enumerate(net.parameters()):
        p.data = (k + 1) / 10
    return net


@pytest.mark.parametrize("document", [D1, D2])
def test_out_in(document):
    n = document(network(), X)
    assert shape(n.W[1]) == (3, 2) and shape(n.W[2]) == (1, 3)
    assert all(n.W[1][i][j] is n.net.layers[0].neurons[i].weights[j] for i in range(3) for j in range(2))


@pytest.mark.parametrize("document", [D0, D4])
def test_in_out(document):
    n = document(network(), X)
    assert shape(n.W[1]) == (2, 3) and shape(n.W[2]) == (3, 1)
    assert all(n.W[1][j][k] is n.net.layers[0].neurons[k].weights[j] for j in range(2) for k in range(3))
    assert [b is neuron.bias for b, neuron in zip(n.b[1], n.net.layers[0].neurons)] == [True] * 3


def test_d3_has_the_bias_in_row_0_and_exchanges_a_and_z():
    n, other = D3(network(), X), D1(network(), X)
    assert shape(n.W[1]) == (3, 3)                                          # 1 + two inputs, three units
    assert all(n.W[1][0][k] is n.net.layers[0].neurons[k].bias for k in range(3))
    assert all(n.W[1][1 + j][k] is n.net.layers[0].neurons[k].weights[j] for j in range(2) for k in range(3))
    assert numbers(n.z[0]) == [1, *X] and not hasattr(n, "b")
    assert numbers(n.a[1]) == numbers(other.z[1]) and numbers(n.z[1]) == numbers(other.a[1])


@pytest.mark.parametrize("document", [D0, D1, D2, D4])
def test_the_input_is_layer_0_and_every_pass_is_the_same(document):
    n = document(network(), X)
    assert numbers(n.a[0]) == X and n.output is n.a[2][0] and n.L == 2
    assert numbers([n.z[1:], n.a]) == numbers([D1(network(), X).z[1:], D1(network(), X).a])


@pytest.mark.parametrize("document", [D0, D1, D2, D4])
def test_a_network_given_in_a_notation_reads_back_in_it(document):
    W = document(network(), X).W
    again = document.of(numbers(W[1:]), [[0.1, 0.2, 0.3], [0.4]], X)
    assert numbers(again.W[1:]) == numbers(W[1:]) and numbers(again.b[1:]) == [[0.1, 0.2, 0.3], [0.4]]


def test_a_network_given_in_d3_reads_back_in_it():
    W = [[[0.2, -0.1], [0.8, 0.6]], [[1.5], [-2.0]]]
    n = D3.of(W, [0.5])
    assert numbers(n.W[1:]) == W and n.net.layers[1].neurons[0].bias.data == 0


# --- comparing ------------------------------------------------------------------------------------

def test_agree_compares_every_place():
    agree([[1.0, 2.0]], [[1.0, 2.0 + 1e-13]])
    with pytest.raises(AssertionError, match=r"at \[0, 1\]"):
        agree([[1.0, 2.0]], [[1.0, 2.1]])
    with pytest.raises(AssertionError, match="the shapes differ"):
        agree([[1.0, 2.0]], [[1.0], [2.0]])
    with pytest.raises(AssertionError):
        agree([float("nan")], [0.0])
    assert numbers([Value(1.0), [Value(2.0)], 3]) == [1, [2], 3]


@pytest.mark.parametrize("size, unit", [(0.0, 1), (1e-9, 1), (1.0, 1), (-1.0, 1), (1e6, 1e6), (-1e6, 1e6)])
def test_agree_is_as_close_as_it_says(size, unit):
    """To 1e-12, of the number itself where that is above 1; to `tolerance` where one is given."""
    for sign in (1, -1):
        agree([size + sign * 0.5e-12 * unit], [size])
        agree([size + sign * 0.5e-3 * unit], [size], 1e-3)
        for off, tolerance in [(2e-12, {}), (2e-3, {"tolerance": 1e-3}), (2e-12, {"tolerance": 0})]:
            with pytest.raises(AssertionError, match="expected"):
                agree([size + sign * off * unit], [size], **tolerance)


def test_elements_grads_and_shapes_reach_every_entry():
    nested = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], [Value(5.0), Value(6.0)]]
    for k, (_, v) in enumerate(elements(nested)):
        v.grad = -10.0 * k
    assert [(place, v.data) for place, v in elements(nested)] == [
        ((0, 0), 1), ((0, 1), 2), ((1, 0), 3), ((1, 1), 4), ((2, 0), 5), ((2, 1), 6)]
    assert grads(nested) == [[0, -10], [-20, -30], [-40, -50]] and shape(nested) == (3, 2)
    assert numbers(transposed(nested)) == [[1, 3, 5], [2, 4, 6]] and numbers(None) is None
    put(nested[0], [7.0, 8.0])
    assert numbers(nested) == [[7, 8], [3, 4], [5, 6]]
    with pytest.raises(AssertionError):
        put(nested[0], [1.0, 2.0, 3.0])
    one, three = D1(random_network(2, [1]), X), D1(random_network(2, [3]), X)
    assert outputs(one) == [one.output] and outputs(three) == three.output and len(three.output) == 3


def test_plain_numbers_for_comparison():
    agree([sigma(z) for z in (-4.0, -0.5, 0.0, 0.5, 4.0)],
          [0.0179862099621, 0.377540668798, 0.5, 0.622459331202, 0.982013790038])
    assert [sigma(-1000.0), sigma(1000.0)] == [0, 1] and sigma(-40.0) == pytest.approx(exp(-40), rel=1e-15)
    assert slope(lambda x: x * x * x, 2.0) == 12 and slope(sigmoid, 0.0) == 0.25
    ps = with_grads(3.0, -4.0, data=1.5)
    assert [(p.data, p.grad) for p in ps] == [(1.5, 3), (1.5, -4)] and with_grads(1.0)[0].data == 0


# --- slopes by differences ------------------------------------------------------------------------

def test_differences_are_central_and_small():
    agree([difference(lambda x: x * x, 3.0), difference(lambda x: -5 * x, 0.0)], [6.0, -5.0], 1e-9)
    assert difference(lambda x: x ** 3, 2.0) == pytest.approx(12, abs=1e-8)            # off by h^2, not by h


def test_nudged_knows_nothing_of_the_gradient():
    p = Value(2.0)
    p.grad = 7.0
    assert nudged(lambda: p * p * p, p) == pytest.approx(12, abs=1e-8) and (p.data, p.grad) == (2, 7)


def test_nudged_puts_the_parameter_back_also_after_an_error():
    p = Value(2.0)
    with pytest.raises(ZeroDivisionError):
        nudged(lambda: p / 0, p)
    assert p.data == 2


# --- random networks, inputs and targets ----------------------------------------------------------

def drawn(strategy):
    """All that a test with the settings `examples` is given."""
    seen = []

    @examples
    @given(strategy)
    def test(example):
        seen.append(example)
    test()
    return seen


@cache
def default_networks():
    return drawn(networks())


def test_a_test_sees_many_examples_and_always_the_same():
    first, again = default_networks(), drawn(networks())
    assert 15 <= len(first) <= 20
    assert [(numbers(net.parameters()), x, t) for net, x, t in first] == \
           [(numbers(net.parameters()), x, t) for net, x, t in again]


def test_networks_are_of_all_sizes():
    seen  = default_networks()
    sizes = [[net.n_in, *[layer.n_out for layer in net.layers]] for net, _, _ in seen]
    inner = {n for size in sizes for n in size[:-1]}
    depths = {len(size) - 1 for size in sizes}
    assert len(depths) >= 3 and depths <= {1, 2, 3, 4, 5} and max(depths) >= 4
    assert inner == {1, 2, 3, 4} and {size[-1] for size in sizes} == {1, 2, 3}
    assert any(min(size[:-1]) > 1 and len(size) > 3 for size in sizes)         # all layers wide, and several
    for (_, x, t), size in zip(seen, sizes):
        assert (len(x), len(t)) == (size[0], size[-1])


def test_networks_keep_to_what_they_are_told():
    for net, _, t in drawn(networks(layers=(2, 2), widths=(3, 3), outputs=(2, 2), hidden="sigmoid",
                                    output="relu", biases=False)):
        trace = net.trace([0.5, -1.0, 2.0])
        assert [len(z) for z in trace.z] == [3, 2] and len(t) == 2
        assert {a.op for a in trace.a[0]} == {"sigmoid"} and {a.op for a in trace.a[1]} == {"relu"}
        assert all(neuron.bias.data == 0 for layer in net.layers for neuron in layer.neurons)
        assert all(w.data != 0 for layer in net.layers for row in weights(layer) for w in row)
    net = next(net for net, _, _ in default_networks() if len(net.layers) > 1)
    assert {a.op for a in net.trace([1.0] * net.n_in).a[0]} == {"tanh"}
    assert net.layers[-1].neurons[0].f(3) == 3


def test_every_number_of_a_network_is_drawn():
    """No weight, bias, input or target is 0 or stands twice, in one example or in two with the same seed."""
    for net, x, t in default_networks():
        every = [*numbers(net.parameters()), *x, *t]
        assert 0 not in every and len(set(every)) == len(every)
    firsts = [net.parameters()[0].data for net, _, _ in default_networks()]
    assert len(set(firsts)) >= 10 and min(firsts) < 0 < max(firsts)
    one, two = ([numbers(random_network(2, [3, 1], seed=s).parameters()) for s in (4, 5)] for _ in range(2))
    assert one == two and one[0] != one[1]
    many = numbers(random_network(20, [20]).parameters())                      # N(0, 1): 420 of them
    assert abs(sum(many) / 420) < 0.2 and 0.8 < sum(v * v for v in many) / 420 < 1.2


def test_vectors_fill_their_range():
    seen = drawn(vectors((2, 4), -1.0, 2.0))
    assert {len(v) for v in seen} == {2, 3, 4} and {len(v) for v in drawn(vectors(3))} == {3}
    every = [x for v in seen for x in v]
    assert -1 <= min(every) < -0.3 and 0.7 < max(every) <= 2 and len(set(every)) > 10
