"""fit: the updates it makes, its record, its manners, and what it refuses before changing anything."""

import gc
from math import inf, nan

import pytest

from engine import Value, total
from nn import (
    MLP, SGD, Adam, BatchNorm, Dropout, EarlyStopping, Elementwise, Layer, Module, Sequential, accuracy,
    bce_with_logits, collector_paused, cross_entropy_with_logits, fit, half_mse, hinge, l2, logic_gate, moons,
    mse, noisy_curve, one_hot, predict, signs, weights,
)
from tests.conventions import numbers

X, Y = moons(20, seed=3)


def hand_trained(batches, lr, penalty=0.0):
    """The same updates written out: one batch after the other, slope of the mean loss."""
    model = MLP(2, [3, 1], "tanh", seed=1)
    for batch in batches:
        losses = [bce_with_logits(model(X[i]), Y[i]) for i in batch]
        loss = losses[0] if len(losses) == 1 else total(losses) / len(losses)
        if penalty:
            loss = loss + l2(weights(model), penalty)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
    return numbers(model.parameters())


# --- updates --------------------------------------------------------------------------------------

@pytest.mark.parametrize("size", [None, 20, 7, 1])
def test_it_makes_the_updates_that_one_would_write_by_hand(size):
    model, n = MLP(2, [3, 1], "tanh", seed=1), size or 20
    fit(model, X, Y, bce_with_logits, SGD(model.parameters(), 0.5), epochs=2, batch_size=size, shuffle=False)
    # D3-24, D3-25
    assert numbers(model.parameters()) == hand_trained([range(20)[i:i + n] for i in range(0, 20, n)] * 2, 0.5)


@pytest.mark.parametrize("size", [20, 7])
def test_the_penalty_is_part_of_every_update(size):
    """In full, however few the samples of a batch."""
    model = MLP(2, [3, 1], "tanh", seed=1)
    fit(model, X, Y, bce_with_logits, SGD(model.parameters(), 0.5), epochs=3, batch_size=size, shuffle=False,
        penalty=lambda m: l2(weights(m), 0.1))
    by_hand = hand_trained([range(20)[i:i + size] for i in range(0, 20, size)] * 3, 0.5, penalty=0.1)
    assert numbers(model.parameters()) == pytest.approx(by_hand, rel=1e-12)


def first_update(**options):
    """What the first update of plain descent at rate 1 takes off each parameter."""
    model  = MLP(2, [3, 1], "tanh", seed=1)
    before = numbers(model.parameters())
    fit(model, X, Y, bce_with_logits, SGD(model.parameters(), 1.0), epochs=1, **options)
    return [b - a for a, b in zip(numbers(model.parameters()), before)]


@pytest.mark.parametrize("engine", ["scalar", "vectorized"])
def test_clipping_bounds_the_update(engine):
    """By the norm all gradients shrink alike, by value each one stops at the limit; both: first the norm."""
    g, limit = first_update(), 0.0625
    norm = sum(v * v for v in g) ** 0.5
    assert norm > 2 * limit and min(map(abs, g)) < limit < max(map(abs, g))
    scaled = [v * limit / norm for v in g]
    def bounded(g, limit): return [max(-limit, min(limit, v)) for v in g]
    for options, expected in [({"clip_norm": limit}, scaled), ({"clip_value": limit}, bounded(g, limit)),
                              ({"clip_norm": limit, "clip_value": limit / 4}, bounded(scaled, limit / 4)),
                              ({"clip_norm": 2 * norm}, g), ({"clip_value": 2 * norm}, g)]:
        found = first_update(engine=engine, **options)
        assert found == pytest.approx(expected, rel=1e-11, abs=1e-15), options


class Watched(MLP):
    """An MLP that notes which samples it is given, batch by batch, while it is trained."""
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.seen = []

    def batch(self, X):
        if self.training:
            self.seen.append([int(x[0]) for x in X])
        return super().batch(X)


@pytest.mark.parametrize(("options", "orders"), [
    ({"batch_size": 3}, 5), ({"batch_size": 1}, 5), ({"batch_size": 3, "shuffle": True}, 5),
    ({"batch_size": 3, "shuffle": False}, 1), ({"batch_size": 1, "shuffle": False}, 1), ({}, 1),
    ({"batch_size": 10}, 1), ({"batch_size": 99, "shuffle": True}, 1)])
def test_every_epoch_has_every_sample_once_and_an_order_of_its_own(options, orders):
    """The samples as they come if that is asked for, or where one batch holds them all."""
    model, pairs = Watched(1, [1]), set()

    def noting(y, t):
        pairs.update(zip(model.seen[-1], t) if model.seen else ())
        return mse(y, t)
    fit(model, [[float(i)] for i in range(10)], [10.0 * i for i in range(10)], noting,
        SGD(model.parameters(), 1e-6), epochs=5, **options)
    size = min(options.get("batch_size", 10), 10)
    assert [len(batch) for batch in model.seen] == [len(range(10)[i:i + size])
                                                    for i in range(0, 10, size)] * 5
    order  = sum(model.seen, [])
    epochs = [tuple(order[k:k + 10]) for k in range(0, 50, 10)]
    assert all(sorted(epoch) == list(range(10)) for epoch in epochs)
    assert len(set(epochs)) == orders and (orders > 1 or epochs[0] == tuple(range(10)))
    assert pairs == {(i, 10.0 * i) for i in range(10)}                    # each with its own target


def test_the_seed_decides_the_order_of_the_samples():
    def trained(seed):
        model = MLP(2, [3, 1], seed=1)
        losses = fit(model, X, Y, bce_with_logits, epochs=3, batch_size=4, seed=seed).losses
        return losses, numbers(model.parameters())
    assert trained(5) == trained(5) != trained(6)


def test_gradients_left_over_from_before_do_not_count():
    clean, dirty = MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=1)
    for p in dirty.parameters():
        p.grad = 1e6
    for model in (clean, dirty):
        fit(model, X, Y, bce_with_logits, epochs=1)
    assert numbers(clean.parameters()) == numbers(dirty.parameters())


def test_it_learns_each_kind_of_task():
    model = MLP(2, [4, 1], "tanh", seed=1)
    assert fit(model, *logic_gate("xor"), bce_with_logits, Adam(model.parameters(), 0.1), epochs=150,
               metrics=[accuracy]).accuracies[-1] == 1.0
    model = MLP(2, [8, 2], "tanh", seed=1)
    assert fit(model, X, Y, cross_entropy_with_logits, Adam(model.parameters(), 0.05), epochs=150,
               metrics=["accuracy"]).accuracies[-1] > 0.9
    model = MLP(1, [8, 1], "tanh", seed=1)
    assert fit(model, *noisy_curve(noise=0.0, n=20), "mse", Adam(model.parameters(), 0.05),
               epochs=200).losses[-1] < 0.02


def test_an_sgd_step_costs_the_collector_nothing_and_graphs_are_freed():
    model = MLP(2, [3, 1])
    fit(model, X, Y, bce_with_logits, epochs=1)
    before = len(gc.get_objects())
    fit(model, X, Y, bce_with_logits, epochs=5)
    assert len(gc.get_objects()) - before < 300


# --- modes ----------------------------------------------------------------------------------------

def test_dropout_works_in_training_and_rests_in_validation():
    drop = Dropout(0.5, seed=1)
    model, modes = Sequential(Layer(2, 8, seed=1), drop, Layer(8, 1, "linear", seed=2)), []
    history = fit(model, X, Y, bce_with_logits, epochs=2, validation=(X, Y),
                  callbacks=[lambda epoch, m, h: modes.append(m.training)])
    assert drop.mask and not drop.training and modes == [False, False]
    assert history.validation_losses[-1] == bce_with_logits(predict(model, X), Y)


def test_batch_norm_sees_the_mini_batch():
    bn = BatchNorm(4)
    model = Sequential(Layer(2, 4, "linear", seed=1), bn, Elementwise("tanh"), Layer(4, 1, "linear", seed=2))
    history = fit(model, X, Y, bce_with_logits, Adam(model.parameters(), 0.05), epochs=60, batch_size=10)
    assert history.losses[-1] < 0.5 * history.losses[0] and bn.running_mean != [0.0] * 4


def test_predict_gives_numbers_and_keeps_the_modes():
    model = Sequential(Layer(2, 2, seed=1), Dropout(0.9))
    assert predict(model, [[1.0, 2.0]]) == predict(model, [[1.0, 2.0]])
    assert model.training and type(predict(MLP(2, [1]), X)[0]) is float


# --- the record -----------------------------------------------------------------------------------

def test_history_counts_losses_metrics_and_validation():
    model = MLP(2, [4, 1], seed=1)
    history = fit(model, X, Y, bce_with_logits, epochs=4, batch_size=6, metrics=["accuracy"],
                  validation=(X[:5], Y[:5]))
    assert history.epochs == 4 == len(history.accuracies) == len(history.validation_losses)
    assert len(history.validation_metrics["accuracy"]) == 4 and 1 <= history.best <= 4 and not history.stopped


def test_the_first_loss_of_gradient_descent_is_that_of_the_fresh_model():
    model = MLP(2, [4, 1], seed=1)
    fresh = bce_with_logits(predict(model, X), Y)
    assert fit(model, X, Y, bce_with_logits, epochs=1).losses == [pytest.approx(fresh, rel=1e-15)]


def test_early_stopping_ends_and_restores_the_best():
    model, stopping = MLP(2, [8, 1], seed=1), EarlyStopping(patience=3)
    wrong = (X[:4], [1 - y for y in Y[:4]])              # so that learning makes it worse
    history = fit(model, X, Y, bce_with_logits, SGD(model.parameters(), 2.0), epochs=500, validation=wrong,
                  early_stopping=stopping)
    assert history.epochs == stopping.best_epoch + 3 == history.best + 3
    assert history.stopped == f"stopped early, best epoch {history.best}"
    assert bce_with_logits(predict(model, wrong[0]), wrong[1]) == history.validation_losses[history.best - 1]


def test_a_callback_sees_every_epoch_and_may_end_training():
    seen = []
    history = fit(MLP(2, [2, 1]), X, Y, bce_with_logits, epochs=9,
                  callbacks=[lambda epoch, model, history: seen.append(epoch) or epoch == 3])
    assert seen == [1, 2, 3] and history.epochs == 3 and history.stopped == "stopped by a callback"


# --- the garbage collector ------------------------------------------------------------------------

def test_the_collector_rests_meanwhile_and_is_then_as_it_was():
    during = []
    fit(MLP(2, [2, 1]), X, Y, bce_with_logits, epochs=1, callbacks=[lambda *_: during.append(gc.isenabled())])
    assert during == [False] and gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        fit(MLP(2, [2, 1]), X, Y, bce_with_logits, epochs=1, callbacks=[lambda *_: 1 / 0])
    assert gc.isenabled()
    with collector_paused():
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()                        # it was off before the inner block
    assert gc.isenabled()


# --- what is refused ------------------------------------------------------------------------------

class NoCall(Module):
    pass


def late_list(calls):
    def loss(y, t):
        calls.append(0)
        return mse(y, t)
    return loss


@pytest.mark.parametrize(("options", "error", "says"), [
    ({"X": []}, ValueError, "X is empty"),
    ({"Y": []}, ValueError, "Y is empty"),
    ({"Y": Y[:-1]}, ValueError, "20 samples and 19 targets"),
    ({"X": [*X[:-1], [1.0]]}, ValueError, r"X\[19\] has 1 numbers and X\[0\] has 2"),
    ({"X": [*X[:-1], [1.0, nan]]}, ValueError, r"X\[19\] holds nan"),
    ({"X": [*X[:-1], [1.0, inf]]}, ValueError, r"X\[19\] holds inf"),
    ({"Y": [*Y[:-1], nan]}, ValueError, r"Y\[19\] holds nan"),
    ({"X": [*X[:-1], [1.0, "2"]]}, TypeError, r"X\[19\] holds str"),
    ({"X": [*X[:-1], [1.0, None]]}, TypeError, r"X\[19\] holds NoneType"),
    ({"X": "moons"}, TypeError, "one entry per sample, not str"),
    ({"X": 3}, TypeError, "one entry per sample, not int"),
    ({"X": [x[0] for x in X]}, TypeError, r"model\(\[x\]\)"),
    ({"X": [[*x, 0.0] for x in X]}, ValueError, "2 inputs expected, 3 given"),
    ({"Y": [*Y[:-1], 2]}, ValueError, "within 0 and 1"),
    ({"Y": one_hot(Y, 2)}, TypeError, "one target per output"),
    ({"loss": hinge}, ValueError, r"2\*t - 1"),
    ({"loss": "bce"}, ValueError, "unknown loss 'bce'"),
    ({"loss": [mse]}, TypeError, "function of"),
    ({"loss": lambda y, t: [mse(a, b) for a, b in zip(y, t)]}, TypeError, "the loss is a list of 20"),
    ({"loss": cross_entropy_with_logits}, TypeError, "bce_with_logits"),
    ({"model": MLP(2, [3]), "loss": cross_entropy_with_logits, "Y": [*Y[:-1], 3]}, ValueError,
     "class 3 is not one of"),
    ({"model": MLP(2, [3]), "loss": cross_entropy_with_logits, "Y": [*Y[:-1], -1]}, ValueError,
     "class -1 is not one"),
    ({"model": lambda x: x}, TypeError, "a model is needed"),
    ({"model": NoCall()}, NotImplementedError, "define __call__"),
    ({"optimizer": "adam"}, TypeError, "an optimizer is needed"),
    ({"optimizer": SGD(MLP(1, [1]).parameters())}, ValueError, "another model"),
    ({"epochs": 0}, ValueError, "epochs"),
    ({"epochs": 2.5}, ValueError, "epochs"),
    ({"batch_size": 0}, ValueError, "batch_size"),
    ({"clip_norm": 0.0}, ValueError, "above 0"),
    ({"clip_value": -1.0}, ValueError, "above 0"),
    ({"metrics": ["acuracy"]}, ValueError, "unknown metric 'acuracy'"),
    ({"validation": ([], [])}, ValueError, "X is empty"),
    ({"validation": ([[1.0, 2.0]], [2])}, ValueError, "within 0 and 1"),
    ({"X": set(map(tuple, X))}, TypeError, r"list\(...\)"),
    ({"validation": X}, TypeError, r"\(X_test, Y_test\)"),
    ({"early_stopping": 3}, TypeError, r"EarlyStopping\(patience=10\)"),
    ({"callbacks": print}, TypeError, r"callbacks=\[f\]"),
    ({"metrics": "accuracy"}, TypeError, r'metrics=\["accuracy"\]'),
    ({"metrics": [["accuracy"]]}, ValueError, "unknown metric"),
    ({"penalty": 0.1}, TypeError, "lambda model"),
    ({"engine": ["scalar"]}, ValueError, "unknown engine"),
    ({"engine": "gpu"}, ValueError, "unknown engine 'gpu'"),
    ({"model": Sequential(Layer(2, 4), BatchNorm(4), Layer(4, 1)), "batch_size": 19}, ValueError,
     "leave a batch of 1"),
])
def test_a_clear_error_before_anything_changes(options, error, says):
    arguments = {"model": MLP(2, [4, 1], seed=1), "X": X, "Y": Y, "loss": bce_with_logits, "epochs": 2,
                 **options}
    model = arguments["model"]
    before = [(p.data, p.grad) for p in model.parameters()] if isinstance(model, Module) else None
    with pytest.raises(error, match=says):
        fit(**arguments)
    if before is not None:
        assert [(p.data, p.grad) for p in model.parameters()] == before
    assert gc.isenabled()


def test_a_loss_that_forgets_the_graph():
    model = MLP(2, [2, 1])
    before = numbers(model.parameters())
    with pytest.raises(TypeError, match=r"without taking their .data"):
        fit(model, X, Y, lambda y, t: mse([v.data if isinstance(v, Value) else v for v in y], t), epochs=1)
    assert numbers(model.parameters()) == before


@pytest.mark.parametrize("explode", [nan, inf])
def test_a_loss_that_explodes_stops_before_the_update(explode):
    model = MLP(2, [2, 1])
    loss = late_list(calls := [])
    def exploding(y, t): return loss(y, t) * (explode if len(calls) > 4 else 1.0)
    kept = []
    with pytest.raises(FloatingPointError, match="lower the learning rate"):
        fit(model, X, Y, exploding, epochs=9,
            callbacks=[lambda epoch, m, history: kept.append(numbers(m.parameters()))])
    assert len(kept) == 2 and numbers(model.parameters()) == kept[-1]


def test_a_loss_may_be_written_with_methods_of_value():
    def svm(y, t):
        return sum((1 - (2 * ti - 1) * yi).relu() for yi, ti in zip(y, t)) * (1 / len(y))
    by_methods = fit(MLP(2, [3, 1], seed=1), X, Y, svm, epochs=3, validation=(X, Y))
    by_name    = fit(MLP(2, [3, 1], seed=1), X, signs(Y), hinge, epochs=3, validation=(X, signs(Y)))
    assert by_methods.validation_losses == pytest.approx(by_name.validation_losses)


def test_divergence_is_named():
    model = MLP(2, [4, 1], seed=1)
    with pytest.raises((FloatingPointError, OverflowError)):
        fit(model, X, Y, half_mse, SGD(model.parameters(), lr=1e4), epochs=500)


def test_numpy_arrays_are_data_too():
    import numpy as np
    a, b = MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=1)
    fit(a, X, Y, bce_with_logits, epochs=2)
    fit(b, np.array(X), np.array(Y), bce_with_logits, epochs=2)
    assert numbers(a.parameters()) == numbers(b.parameters())
