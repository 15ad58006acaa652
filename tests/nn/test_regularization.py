"""Penalties, dropout by exact enumeration, noise, early stopping."""

from fractions import Fraction
from itertools import product
from math import isclose, nan
from random import Random

import pytest

from engine import Value, dot
from nn import (
    MLP, BatchNorm, Dropout, EarlyStopping, InputNoise, KeepDropout, Layer, Sequential, WeightedSkip, l1, l2,
    weights,
)


def test_l2_pulls_with_strength_times_w():
    ws = [Value(3.0), Value(-0.5)]
    penalty = l2(ws, 0.25)
    penalty.backward()
    assert penalty.data == 0.125 * 9.25 and [w.grad for w in ws] == [0.75, -0.125]        # D0-36


def test_l1_pulls_with_strength_times_the_sign():
    ws = [Value(3.0), Value(-0.5), Value(0.0)]
    penalty = l1(ws, 0.25)
    penalty.backward()
    assert penalty.data == 0.875 and [w.grad for w in ws] == [0.25, -0.25, 0]


def test_penalties_are_for_weights_and_biases_stay_out():
    model = Sequential(Layer(2, 3), BatchNorm(3), WeightedSkip(Layer(3, 2)), MLP(2, [2, 1], hidden="maxout"))
    labels = [w.label for w in weights(model)]
    assert len(labels) == 6 + (6 + 6) + (2 * 4 + 2) and all(label[0] in "WU" for label in labels)


# --- dropout --------------------------------------------------------------------------------------

class Masks:
    """A random number generator that deals out a given mask: True keeps."""
    def __init__(self, mask, rate): self.draws = iter([1.0 if keep else rate / 2 for keep in mask])
    def random(self): return next(self.draws)


class KeepMasks(Masks):
    def __init__(self, mask): self.draws = iter([0.0 if keep else 1.0 for keep in mask])


def test_inverted_dropout_keeps_the_mean_and_has_the_variance_of_d4():
    a = [Fraction(1, 3), Fraction(2), Fraction(-5, 7), Fraction(4)]
    w = [Fraction(2), Fraction(-1), Fraction(3), Fraction(1, 2)]
    r = Fraction(1, 4)
    mean = variance = 0
    for mask in product([True, False], repeat=4):                                         # all 16, exactly
        layer = Dropout(r)
        layer.rng = Masks(mask, 0.25)
        probability = (1 - r) ** sum(mask) * r ** (4 - sum(mask))
        dropped = layer([Value(x) for x in a])
        mean     += probability * dot(w, dropped).data
        variance += probability * (dropped[1].data - a[1]) ** 2
    assert isclose(mean, dot(w, a), rel_tol=1e-14)                                        # D4-21
    assert isclose(variance, a[1] ** 2 * r / (1 - r), rel_tol=1e-14)


def test_inverted_dropout_sends_the_gradient_through_the_same_mask():
    layer = Dropout(0.5)
    layer.rng = Masks([True, False], 0.5)
    a, w = [Value(0.3), Value(0.7)], [Value(1.5), Value(-2.0)]
    dot(w, layer(a)).backward()
    assert layer.mask == [2.0, 0.0]
    assert [x.grad for x in a] == [3.0, 0.0] and [x.grad for x in w] == [0.6, 0.0]        # D4-21


def test_keep_dropout_in_training_and_in_use():
    a, w, keep = [0.5, -1.0, 2.0, 4.0], [2.0, -1.0, 3.0, 0.5], 0.75
    mean = 0.0
    for mask in product([True, False], repeat=4):
        layer = KeepDropout(keep)
        layer.rng = KeepMasks(mask)
        mean += keep ** sum(mask) * (1 - keep) ** (4 - sum(mask)) * dot(w, layer(a))
    in_use = KeepDropout(keep).eval()(a)
    assert isclose(mean, dot(w, in_use), rel_tol=1e-15)  # D1-54: E = (p w) . a
    assert in_use == [keep * x for x in a]


def test_dropout_rests_in_use_and_is_seeded():
    x = [1.0, 2.0, 3.0]
    assert Dropout(0.5).eval()(x) == x
    nodes = [Value(1.0), Value(2.0)]
    assert Dropout(0.0)(nodes) == nodes                      # the same nodes, and not 1 times them
    assert Dropout(0.0)(x) == KeepDropout(1.0)(x) == x
    assert [Dropout(0.5, seed=4)(x) for _ in range(2)] == [Dropout(0.5, seed=4)(x) for _ in range(2)]
    layer = Dropout(0.5, seed=1)
    assert len({tuple(layer(x)) for _ in range(20)}) > 1  # a new mask at each call


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.75, 0.9])
def test_what_stays_is_divided_by_the_share_that_stays(rate):
    """At 1/2, where rate and 1 - rate are one, nothing tells x / rate from x / (1 - rate)."""
    layer = Dropout(rate)
    layer.rng = Masks([True, False, True], rate)
    assert layer([1.0, 2.0, -3.0]) == pytest.approx([1 / (1 - rate), 0.0, -3 / (1 - rate)], rel=1e-15)
    assert layer.mask == pytest.approx([1 / (1 - rate), 0.0, 1 / (1 - rate)], rel=1e-15)
    keep = KeepDropout(rate)
    assert keep.eval()([1.0, -3.0]) == [rate, -3 * rate]


def test_half_of_the_units_stay_unless_told_otherwise():
    assert (Dropout().rate, KeepDropout().keep) == (0.5, 0.5)
    for layer in (Dropout(), KeepDropout()):
        kept = sum(y != 0 for y in layer([1.0] * 10_000)) / 10_000
        assert abs(kept - 0.5) < 0.025                                                    # 5 sigma


def test_the_share_that_is_kept():
    layer = Dropout(0.3, seed=7)
    kept = sum(y != 0 for y in layer([1.0] * 100_000)) / 100_000
    assert abs(kept - 0.7) < 0.006                                                        # D4-19: 4 sigma


def test_each_sample_of_a_batch_has_a_mask_of_its_own():
    rows = Sequential(Dropout(0.5, seed=0)).batch([[1.0] * 8] * 4)
    assert len({tuple(row) for row in rows}) == 4


def test_modes_reach_every_part():
    inner = Dropout(0.5)
    model = Sequential(Layer(2, 2), inner)
    assert model.training and inner.training
    model.eval()
    assert not model.training and not inner.training
    model.train()
    assert inner.training


def test_input_noise_adds_sigma_squared_w_squared():
    rng, w, x, sigma, n = Random(5), [1.5, -2.0], [0.3, 0.8], 0.5, 40_000
    layer = InputNoise(sigma, seed=rng)
    noise = sum((dot(w, layer(x)) - dot(w, x)) ** 2 for _ in range(n)) / n
    assert isclose(noise, sigma**2 * (1.5**2 + 2.0**2), rel_tol=0.04)                     # D0-36: 4 sigma
    assert layer.eval()(x) == x


# --- early stopping -------------------------------------------------------------------------------

def test_early_stopping_returns_to_the_best_epoch():
    model, stopping = MLP(1, [1]), EarlyStopping(patience=2)
    stopped = []
    for epoch, loss in enumerate([3.0, 2.0, 1.0, 2.0, 3.0], 1):
        model.parameters()[0].data = float(epoch)
        stopped.append(stopping.update(loss, model))
    stopping.restore(model)
    assert stopped == [False, False, False, False, True]
    assert stopping.best_epoch == 3 and model.parameters()[0].data == 3.0                 # D0-36


def test_early_stopping_wants_an_improvement_of_min_delta():
    model, stopping = MLP(1, [1]), EarlyStopping(patience=2, min_delta=0.5)
    assert [stopping.update(loss, model) for loss in (3.0, 2.8, 2.6)] == [False, False, True]
    assert stopping.best_epoch == 1


def test_a_loss_of_nan_never_is_the_best():
    model, stopping = MLP(1, [1]), EarlyStopping(patience=2)
    assert [stopping.update(loss, model) for loss in (1.0, nan, nan)] == [False, False, True]
    assert stopping.best_epoch == 1


def test_a_first_loss_of_nan_is_improved_by_any_number():
    model, stopping = MLP(1, [1]), EarlyStopping(patience=2)
    stopping.update(nan, model)
    model.parameters()[0].data = 5.0
    stopping.restore(model)                                  # until then it is the best there is
    assert stopping.best_epoch == 1 and model.parameters()[0].data != 5.0
    assert [stopping.update(loss, model) for loss in (7.0, 8.0, 6.0)] == [False, False, False]
    assert (stopping.best_epoch, stopping.best_loss) == (4, 6.0)


def test_an_improvement_counts_from_the_best_loss_and_must_exceed_min_delta():
    """Not from the last loss, not upwards, and one of exactly min_delta is none; without it any will do."""
    def best_epochs(losses, **options):
        stopping, model = EarlyStopping(**options), MLP(1, [1])
        return [(stopping.update(loss, model), stopping.best_epoch)[1] for loss in losses]
    assert best_epochs([3.0, 3.25, 2.75, 2.5, 2.25, 1.5], min_delta=0.5) == [1, 1, 1, 1, 5, 6]
    assert best_epochs([3.0, 3.0, 2.999, 3.0]) == [1, 1, 3, 3]


def test_patience_is_ten_epochs_unless_told_otherwise():
    for options, stops in [({}, 11), ({"patience": 3}, 4), ({"patience": 1}, 2)]:
        stopping, model = EarlyStopping(**options), MLP(1, [1])
        assert [stopping.update(1.0, model) for _ in range(stops)] == [False] * (stops - 1) + [True]


@pytest.mark.parametrize(("call", "error", "says"), [
    (lambda: Dropout(1.0), ValueError, "below 1"),
    (lambda: Dropout(-0.1), ValueError, "at least 0"),
    (lambda: KeepDropout(0.0), ValueError, "1 - rate"),
    (lambda: KeepDropout(1.5), ValueError, "at most 1"),
    (lambda: KeepDropout("0.5"), TypeError, "number, not str"),
    (lambda: InputNoise(-1.0), ValueError, "0 or above"),
    (lambda: EarlyStopping(patience=0), ValueError, "at least 1"),
    (lambda: EarlyStopping(patience=1.5), ValueError, "whole number"),
    (lambda: EarlyStopping(min_delta=-1.0), ValueError, "min_delta"),
    (lambda: l2([], 0.1), ValueError, "no parameters"),
    (lambda: l2([Value(1.0)], -0.1), ValueError, "strength"),
    (lambda: l1([Value(1.0)], nan), ValueError, "strength"),
])
def test_a_clear_error(call, error, says):
    with pytest.raises(error, match=says):
        call()
