"""Initializers: their variances, symmetry, names."""

from random import Random

import pytest

from nn import MLP, Highway, Layer, Maxout, Neuron, WeightedSkip
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


def variance(values):
    """Their mean square: they are drawn around 0."""
    return sum(v * v for v in values) / len(values)


@pytest.mark.parametrize(("drawn", "expected"), [
    (lambda: Layer(200, 100).parameters(), 2 / 200),
    (lambda: Layer(200, 100, "tanh").parameters(), 2 / 200),
    (lambda: Layer(200, 50, "maxout").parameters(), 2 / 200),
    (lambda: Neuron(20_000).weights, 2 / 20_000),
    (lambda: Maxout(10_000).pieces[1].weights, 2 / 10_000),
    (lambda: WeightedSkip(Layer(200, 100)).weights, 1 / 200),
    (lambda: Highway(Layer(120, 120)).gate.parameters(), 1 / 120),
], ids=["layer", "tanh layer", "maxout layer", "neuron", "maxout", "skip", "gate"])
def test_what_is_drawn_unless_told_otherwise(drawn, expected):
    """He for units, whatever their activation; Xavier for U and gates. Biases are 0."""
    values = [p.data for p in drawn() if not p.label.startswith("b")]
    assert len(values) >= 10_000 and abs(variance(values) / expected - 1) < 0.06      # four deviations
    assert {p.data for p in drawn() if p.label.startswith("b")} <= {0.0}


@pytest.mark.parametrize(("hidden", "output", "expected"), [
    ("relu", "linear", [2, 2, 1]), ("tanh", "sigmoid", [1, 1, 1]), ("maxout", "tanh", [2, 2, 1]),
    (["tanh", "relu"], "linear", [1, 2, 1]), (["relu", "sin"], "relu", [2, 1, 2]),
    (lambda z: z.relu(), "softplus", [1, 1, 1])])
def test_each_layer_of_an_mlp_is_drawn_for_its_own_activation(hidden, output, expected):
    layers = MLP(150, [60, 150, 60], hidden, output).layers
    found  = [variance([p.data for p in layer.parameters() if p.label.startswith("W")]) for layer in layers]
    assert [v * layer.n_in for v, layer in zip(found, layers)] == pytest.approx(expected, rel=0.06)


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
