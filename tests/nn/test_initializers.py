"""Initializers: their variances, symmetry, names."""

from random import Random

import pytest

from nn import MLP, Layer
from nn.initializers import INITIALIZERS, initializer


@pytest.mark.parametrize(("init", "variance"), [("normal", 1.0), ("xavier", 1 / 300), ("he", 2 / 300),
                                                ("glorot", 2 / 400)])
def test_the_variance_of_the_weights(init, variance):
    weights = [w.data for n in Layer(300, 100, init=init, seed=1).neurons for w in n.weights]
    sample = sum(w * w for w in weights) / len(weights)
    assert abs(sample / variance - 1) < 0.035  # D1-46: four standard deviations of a chi-squared over 30000
    assert abs(sum(weights) / len(weights)) < 4 * (variance / 30_000) ** 0.5


def test_zeros_and_constants():
    assert {p.data for p in Layer(3, 2, init="zeros").parameters()} == {0.0}
    assert {w.data for n in Layer(3, 2, init=0.5).neurons for w in n.weights} == {0.5}


def test_the_default_suits_the_activation():
    he, xavier = (MLP(2, [4, 1], hidden=f, seed=1).layers[0].neurons[0].weights[0].data
                  for f in ("relu", "tanh"))
    assert he == pytest.approx(2**0.5 * xavier)


def test_an_initializer_may_be_a_function():
    assert [w.data for w in Layer(2, 1,
                                  init=lambda n_in, n_out, rng: n_in + n_out).neurons[0].weights] == [3, 3]


def test_the_same_seed_draws_the_same_weights():
    for name in INITIALIZERS:
        draw = initializer(name)
        assert [draw(3, 4, Random(7)) for _ in range(3)] == [draw(3, 4, Random(7)) for _ in range(3)]


@pytest.mark.parametrize("init", ["xaver", True, None])
def test_an_unknown_initializer(init):
    with pytest.raises(ValueError, match="unknown initializer .* write one of .*xavier"):
        initializer(init)
