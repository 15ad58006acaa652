"""One network in five notations: which Value each document means by W, b, z and a."""

import pytest

from engine import Value
from nn import MLP

from .conventions import D0, D1, D2, D3, D4, agree, numbers, shape

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


def test_agree_compares_every_place():
    agree([[1.0, 2.0]], [[1.0, 2.0 + 1e-13]])
    with pytest.raises(AssertionError, match=r"at \[0, 1\]"):
        agree([[1.0, 2.0]], [[1.0, 2.1]])
    with pytest.raises(AssertionError, match="the shapes differ"):
        agree([[1.0, 2.0]], [[1.0], [2.0]])
    with pytest.raises(AssertionError):
        agree([float("nan")], [0.0])
    assert numbers([Value(1.0), [Value(2.0)], 3]) == [1, [2], 3]
