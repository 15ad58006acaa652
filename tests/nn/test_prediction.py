"""model.predict: the outputs of a model for many samples, by a matrix program, equal to those one by one."""

import pytest

from engine import Value
from nn import (
    MLP, BatchNorm, Dropout, Elementwise, Layer, Module, Residual, Sequential, Standardizer, moons, predict,
)
from nn.prediction import one_of

pytest.importorskip("numpy")
X, _ = moons(10)

MODELS = {
    "one output": lambda: MLP(2, [4, 1], "relu", seed=1),
    "two outputs": lambda: MLP(2, [4, 2], "relu", seed=1),
    "maxout": lambda: MLP(2, [3, 1], "maxout", seed=1),
    "a list of one": lambda: Layer(2, 1, "tanh", seed=1),
    "standardised": lambda: Sequential(Standardizer().fit(X), Layer(2, 3, seed=1), Layer(3, 2, seed=2)),
    "ways around": lambda: Residual(Layer(2, 2, seed=1), Layer(2, 2, seed=2)),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_same_outputs_as_one_by_one(name):
    model = MODELS[name]()
    found = model.predict(X)
    assert found == [pytest.approx(y, rel=1e-13) for y in predict(model, X)]
    assert all(type(y) is float or all(type(yk) is float for yk in y) for y in found)


def test_no_samples_no_outputs():
    assert MLP(2, [1]).predict([]) == []


def test_it_is_the_model_in_use_and_the_modes_stay():
    model = Sequential(Layer(2, 3, "linear", seed=1), BatchNorm(3), Elementwise("tanh"), Dropout(0.5),
                       Layer(3, 1))
    model.parts[3].eval()
    assert model.predict(X) == [pytest.approx(y, rel=1e-13) for y in predict(model, X)]
    assert [part.training for part in model.parts] == [True, True, True, False, True] and model.training


def test_it_follows_parameters_that_were_changed():
    model = MLP(2, [3, 1], seed=1)
    before = model.predict(X)
    model.layers[-1].neurons[0].bias.data += 1.0
    assert model.predict(X) == pytest.approx([y + 1 for y in before])


def test_values_and_arrays_are_samples_too():
    import numpy as np
    model = MLP(2, [3, 1], seed=1)
    assert model.predict([[Value(1.0), 2.0]]) == model.predict([[1.0, 2.0]]) == model.predict(
        np.array([[1.0, 2.0]]))


def test_gradients_and_data_stay_as_they_are():
    model = MLP(2, [3, 1], seed=1)
    for p in model.parameters():
        p.grad = 7.0
    before = [p.data for p in model.parameters()]
    model.predict(X)
    assert [(p.data, p.grad) for p in model.parameters()] == [(w, 7.0) for w in before]


def test_a_sample_of_another_width_is_refused():
    with pytest.raises(ValueError, match="2 inputs expected, 3 given"):
        MLP(2, [1]).predict([[1.0, 2.0, 3.0]])


def test_a_model_that_branches_on_its_input_is_refused():
    class Branching(Module):
        def __init__(self):
            self.w = Value(2.0)

        def __call__(self, x):
            return self.w * x[0] if x[0] > 0 else self.w + x[0]

    with pytest.raises(ValueError):
        Branching().predict([[1.0], [-1.0]])


def test_the_root_that_stands_for_a_loss_reaches_every_output():
    x, y = Value(2.0), Value(3.0)
    assert one_of([x, y]).operands == (x, y) and one_of([x]).operands[0] is x
