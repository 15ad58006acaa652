"""fit(engine="vectorized") is the same training as engine="scalar"."""

import pytest

from nn import (
    MLP, SGD, Adam, BatchNorm, Dropout, Elementwise, Layer, Sequential, fit, l2, moons, mse, signs,
    spirals, weights,
)


@pytest.mark.parametrize("options", [
    {"loss": "bce_with_logits", "metrics": ["accuracy"]}, {"loss": "hinge"},
    {"loss": "half_mse", "batch_size": 7},
    {"loss": "mse", "batch_size": 7, "clip_norm": 0.5, "penalty": lambda model: l2(weights(model), 0.01)},
    {"loss": "mse", "clip_value": 0.01, "batch_size": 1},
])
@pytest.mark.parametrize("optimizer", [lambda ps: SGD(ps, 0.1, momentum=0.5), Adam])
def test_the_same_training(options, optimizer):
    X, Y = moons(20)
    Y = signs(Y) if options["loss"] == "hinge" else Y
    found = []
    for engine in ("scalar", "vectorized"):
        model   = MLP(2, [4, 1], "tanh")
        history = fit(model, X, Y, optimizer=optimizer(model.parameters()), epochs=3, engine=engine,
                      **options)
        found.append((history, [p.data for p in model.parameters()]))
    (a, ps), (b, qs) = found
    assert b.losses == pytest.approx(a.losses, rel=1e-11)
    assert qs == pytest.approx(ps, rel=1e-9)
    assert b.metrics == a.metrics


def ends_alike(outputs, targets):
    """The mean squared error, and the first sample's output against the last one's."""
    return mse(outputs, targets) + (outputs[0] - outputs[-1]) ** 2


@pytest.mark.parametrize("batch_size", [None, 4])
def test_samples_that_act_on_each_other_singly_are_recorded_as_whole_batches(batch_size):
    X, Y = moons(8, seed=1)
    scalar, vectorized = [fit(MLP(2, [3, 1], seed=1), X, Y, ends_alike, epochs=3, batch_size=batch_size,
                              engine=engine).losses for engine in ("scalar", "vectorized")]
    assert vectorized == pytest.approx(scalar, rel=1e-11)


def test_such_samples_need_batches_of_one_length():
    X, Y = moons(8, seed=1)
    with pytest.raises(ValueError, match="operations between single samples"):
        fit(MLP(2, [3, 1], seed=1), X, Y, ends_alike, epochs=3, batch_size=5, engine="vectorized")


def test_a_loss_that_is_off_by_a_part_is_found_out():
    """Divided by n + 1: from 3 samples to 4 the program is off by a quarter."""
    X, Y = moons(8, seed=1)
    with pytest.raises(ValueError, match="neither a sum nor a mean"):
        fit(MLP(2, [3, 1], seed=1), X, Y, lambda o, t: mse(o, t, "sum") / (len(o) + 1), epochs=1,
            engine="vectorized")


def test_class_indices():
    X, Y = spirals(30, classes=3)
    models = [MLP(2, [5, 3], "relu", seed=1) for _ in range(2)]
    a, b   = [fit(m, X, Y, "cross_entropy_with_logits", SGD(m.parameters(), 0.1), epochs=3, batch_size=8,
                  metrics=["accuracy"], engine=e)
              for m, e in zip(models, ("scalar", "vectorized"))]
    assert b.losses == pytest.approx(a.losses, rel=1e-11) and b.accuracies == a.accuracies


def test_what_a_program_cannot_do_is_said():
    X, Y = moons(12)
    with pytest.raises(ValueError, match="plain number"):
        fit(Sequential(Layer(2, 4, "tanh"), Dropout(0.5), Layer(4, 1, "linear")), X, Y, "bce_with_logits",
            epochs=1, engine="vectorized")
    with pytest.raises(ValueError, match="running statistics"):
        fit(Sequential(Layer(2, 4, "linear"), BatchNorm(4), Elementwise("relu"), Layer(4, 1, "linear")), X, Y,
            "bce_with_logits",
            epochs=1, engine="vectorized")
