"""Accuracy and the monitor of dead units."""

import pytest

from engine import Value
from nn import MLP, accuracy, dead_fraction, dead_units
from nn.metrics import metric, predicted_class, probability_accuracy


@pytest.mark.parametrize(("outputs", "Y", "share"), [
    ([2.0, -1.0, 0.5, -3.0], [1, 0, 0, 0], 0.75),                        # logits
    ([2.0, -1.0], [1, -1], 1.0),                                         # hinge scores, signs
    ([[0.1, 0.9], [3.0, 2.0]], [1, 1], 0.5),                             # class indices
    ([[0.1, 0.9], [3.0, 2.0]], [[0, 1], [1, 0]], 1.0),                   # one-hot
    ([[2.0], [-1.0]], [1, 0], 1.0),                                      # one output, as a list
    ([Value(2.0), Value(-1.0)], [0, 0], 0.5),
])
def test_accuracy(outputs, Y, share):
    assert accuracy(outputs, Y) == share


def test_a_probability_is_compared_with_one_half():
    assert probability_accuracy([0.2, 0.7, 0.6], [0, 1, 0]) == pytest.approx(2 / 3)
    assert accuracy([0.2, 0.7, 0.6], [0, 1, 0]) == pytest.approx(1 / 3)


def test_a_single_output_must_exceed_the_threshold():
    """0 by default, as of logits; 1/2 for probabilities; any other if it is given. Equal is not above."""
    def classes(accuracy, outputs, **threshold):
        return [accuracy([y], [1], **threshold) for y in outputs]
    assert classes(accuracy, [-0.1, 0.0, 1e-9, 0.3]) == [0, 0, 1, 1]
    assert classes(probability_accuracy, [0.0, 0.4, 0.5, 0.51]) == [0, 0, 0, 1]
    assert classes(accuracy, [1.9, 2.0, [2.1], Value(3.0)], threshold=2.0) == [0, 0, 1, 1]
    assert classes(accuracy, [-3.0, -1.0], threshold=-2.0) == [0, 1]
    assert accuracy([[5.0, 4.0]], [0], threshold=9.0) == 1                # of several the largest wins
    assert [accuracy([-1.0], [[t]]) for t in (0.0, 0.4, 0.6, 1.0)] == [1, 1, 0, 0]


def test_the_predicted_class_is_the_largest_output():
    assert predicted_class([0.1, 0.7, 0.7]) == 1                         # the first of equals (D1-57)
    assert [predicted_class(z) for z in (1e-9, 0.0, -1e-9)] == [1, 0, 0]


X = [[1.0, 2.0], [-1.0, 0.5], [0.3, -2.0]]


def test_dead_units_are_those_inactive_on_every_sample():
    model = MLP(2, [3, 4, 1], seed=1)
    for layer, bias in zip(model.layers, (100.0, -1e6, 0.0)):
        for neuron in layer.neurons:
            neuron.bias.data = bias
    assert dead_units(model, X) == [[False] * 3, [True] * 4]             # D4-38
    assert dead_fraction(model, X) == 4 / 7
    model.layers[0].neurons[1].bias.data = -100.0                        # D2-23
    assert dead_units(model, X)[0] == [False, True, False]


def test_a_unit_is_alive_by_one_sample_and_dead_at_z_0():
    model = MLP(1, [1, 1])
    model.layers[0].neurons[0].weights[0].data = 1.0
    assert dead_fraction(model, [[-1.0], [0.0]]) == 1.0
    assert dead_fraction(model, [[-1.0], [0.0], [1e-9]]) == 0.0
    assert dead_fraction(MLP(1, [1]), [[1.0]]) == 0.0                    # no hidden layer


@pytest.mark.parametrize(("call", "says"), [
    (lambda: accuracy([1.0], [1, 0]), "1 outputs and 2 targets"),
    (lambda: accuracy([], []), "at least one"),
    (lambda: metric("f1"), "unknown metric 'f1'"),
    (lambda: dead_units(MLP(1, [1, 1]), []), "no samples"),
])
def test_a_clear_error(call, says):
    with pytest.raises(ValueError, match=says):
        call()
