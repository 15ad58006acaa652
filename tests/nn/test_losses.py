"""Losses against 50-digit arithmetic, the worked numbers of the documents, and their policy on bad
targets."""

from math import inf, isclose, log, nan, sqrt
from random import Random

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Value, sigmoid, softmax
from engine.value import topological_order
from nn.losses import (
    LOSSES, bce_with_logits, binary_cross_entropy, categorical_cross_entropy, cross_entropy_with_logits,
    half_mse, hinge, loss_function, mse, rmse, squared_error,
)

mpmath.mp.dps = 50


def value_and_slopes(loss, y, t, **options):
    """The loss of Values made from y, and its slope with respect to each, in order."""
    values = [[Value(x) for x in row] if isinstance(row, list) else Value(row) for row in y] \
        if isinstance(y, list) else Value(y)
    flat = ([x for row in values for x in (row if isinstance(row, list) else [row])] if isinstance(y, list)
            else [values])
    L = loss(values, t, **options)
    L.backward()
    return L.data, [x.grad for x in flat]


def close(a, b, rel=1e-14):
    return isclose(a, float(b), rel_tol=rel, abs_tol=0)


# --- regression -----------------------------------------------------------------------------------

def test_half_mse_of_one_sample_is_the_loss_of_d1():
    assert value_and_slopes(half_mse, 3.25, 1.0) == (2.53125, [2.25])                     # GA-1


def test_half_mse_of_e_3_and_4_is_not_a_root():
    assert value_and_slopes(half_mse, [3.0, 4.0], [0.0, 0.0]) == (6.25, [1.5, 2.0])       # D0-21, ERR-D0-1


def test_mse_and_squared_error_differ_by_their_reduction_only():
    assert value_and_slopes(mse, [3.0, 4.0], [0, 0]) == (12.5, [3.0, 4.0])
    assert value_and_slopes(squared_error, [3.0, 4.0], [0, 0]) == (25.0, [6.0, 8.0])
    assert mse([3.0, 4.0], [0, 0], reduction="sum") == squared_error([3.0, 4.0], [0, 0])


def test_outputs_of_one_sample_are_added_and_samples_averaged():
    assert half_mse([[1.0, 2.0]], [[0.0, 0.0]]) == 2.5                                    # D1-32
    assert half_mse([[1.0, 2.0], [3.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]]) == 7.5


def test_rmse_is_the_root():
    L, slopes = value_and_slopes(rmse, [3.0, 4.0], [0.0, 0.0])
    assert (close(L, sqrt(12.5)) and close(slopes[0], 3 / (2 * sqrt(12.5)))
            and close(slopes[1], 4 / (2 * sqrt(12.5))))
    assert rmse([3.0, 4.0], [0, 0], reduction="sum") == 5.0


def test_rmse_of_a_perfect_fit_has_slope_0_and_huge_errors_do_not_overflow():
    assert value_and_slopes(rmse, [1.0, 2.0], [1.0, 2.0]) == (0.0, [0.0, 0.0])
    assert value_and_slopes(rmse, [1.0], [1.0]) == (0.0, [0.0])
    assert isclose(rmse([3e200, 4e200], [0, 0]), 5e200 / sqrt(2))


# --- two classes ----------------------------------------------------------------------------------

@pytest.mark.parametrize(("z", "t", "L", "slope"), [
    (1000.0, 0, 1000.0, 1.0), (-1000.0, 1, 1000.0, -1.0), (0.0, 1, log(2), -0.5), (0.0, 0, log(2), 0.5),
    (1000.0, 1, 0.0, 0.0), (-1000.0, 0, 0.0, 0.0), (40.0, 0, 40.0, 1.0),
    (40.0, 1, 4.248354255291589e-18, -4.248354255291589e-18), (-40.0, 0, 4.248354255291589e-18,
                                                               4.248354255291589e-18),
])
def test_bce_with_logits_in_the_tails_and_at_0(z, t, L, slope):
    for target in (t, float(t), bool(t), Value(t)):
        assert value_and_slopes(bce_with_logits, z, target) == (L, [slope])


@given(st.floats(-50, 50), st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.01, 0.99)))
def test_bce_with_logits_against_50_digits(z, t):
    y = 1 / (1 + mpmath.exp(-mpmath.mpf(z)))
    L, (slope,) = value_and_slopes(bce_with_logits, z, t)
    assert close(L,
                 -(t * mpmath.log(y) + (1 - mpmath.mpf(t)) * mpmath.log(1 / (1 + mpmath.exp(mpmath.mpf(z))))))
    assert abs(slope - (y - t)) <= 4e-16 * (1 if 0 < t < 1 else float(abs(y - t)))


@pytest.mark.parametrize("t", [0.0, 1.0, 0.25])
@pytest.mark.parametrize("y", [0.8, 0.3, 1e-9])
def test_binary_cross_entropy_against_50_digits(y, t):
    exact = mpmath.mpf(y)
    L, (slope,) = value_and_slopes(binary_cross_entropy, y, t)
    assert close(L, -(t * mpmath.log(exact) + (1 - t) * mpmath.log(1 - exact)))           # D0-22
    assert close(slope, (exact - t) / (exact * (1 - exact)))                              # D0-29


def test_binary_cross_entropy_of_a_sigmoid_pulls_with_y_minus_t():
    for z in (-10.0, -2.0, 0.0, 5.0):
        for t in (0, 1):
            v = Value(z)
            binary_cross_entropy(sigmoid(v), t).backward()
            assert isclose(v.grad, 1 / (1 + mpmath.exp(-z)) - t, rel_tol=1e-12)           # D4-24


@pytest.mark.parametrize(("s", "t", "L", "slope"), [
    (0.3, 1, 0.7, -1.0), (2.0, 1, 0.0, 0.0), (0.5, -1, 1.5, 1.0), (1.0, 1, 0.0, 0.0), (-3.0, 1, 4.0, -1.0)])
def test_hinge(s, t, L, slope):
    assert value_and_slopes(hinge, s, t) == (L, [slope])                                  # D2-10


# --- many classes ---------------------------------------------------------------------------------

GE = [0.09003057317038046, 0.24472847105479767, 0.6652409557748219]


@pytest.mark.parametrize("t", [2, [0, 0, 1], [0.0, 0.0, 1.0], (0, 0, 1), [Value(0), Value(0), Value(1)]])
def test_cross_entropy_with_logits_of_ge(t):
    L, slopes = value_and_slopes(cross_entropy_with_logits, [1.0, 2.0, 3.0], t)
    assert isclose(L, 0.4076059644443803, rel_tol=1e-15)
    assert all(isclose(s, e, rel_tol=1e-14) for s, e in zip(slopes, [GE[0], GE[1], GE[2] - 1]))


@pytest.mark.parametrize("t", [2, [0, 0, 1]])
def test_categorical_cross_entropy_of_ge(t):
    L, slopes = value_and_slopes(categorical_cross_entropy, GE, t)
    assert isclose(L, 0.4076059644443803, rel_tol=1e-14)
    assert slopes[:2] == [0, 0] and isclose(slopes[2], -1.503214724408055, rel_tol=1e-14)


@settings(max_examples=60)
@given(st.lists(st.floats(-60, 60), min_size=2, max_size=6), st.data())
def test_cross_entropy_with_logits_against_50_digits(z, data):
    k  = data.draw(st.integers(0, len(z) - 1))
    es = [mpmath.exp(mpmath.mpf(x)) for x in z]
    p  = [e / sum(es) for e in es]
    L, slopes = value_and_slopes(cross_entropy_with_logits, z, k)
    rest = sum(e for j, e in enumerate(es) if j != k)
    assert close(L, mpmath.log1p(rest / es[k]), 1e-13)
    for j, slope in enumerate(slopes):
        assert close(slope, p[j] if j != k else -rest / sum(es), 1e-13)  # D3-29, no cancellation


def test_cross_entropy_with_logits_loses_nothing_in_the_tails():
    assert value_and_slopes(cross_entropy_with_logits, [1000.0, 0.0], 1) == (1000.0, [1.0, -1.0])
    assert value_and_slopes(cross_entropy_with_logits, [40.0, 0.0], 0) == (
        4.248354255291589e-18, [-4.248354255291589e-18, 4.248354255291589e-18])


def test_soft_targets_give_softmax_minus_target():
    z, t = [0.3, -1.2, 2.0], [0.2, 0.5, 0.3]
    L, slopes = value_and_slopes(cross_entropy_with_logits, z, t)
    p = softmax(z)
    assert all(isclose(s, pk - tk, abs_tol=1e-15) for s, pk, tk in zip(slopes, p, t))
    assert isclose(L, -sum(tk * log(pk) for tk, pk in zip(t, p)), rel_tol=1e-15)
    assert isclose(categorical_cross_entropy(p, t), L, rel_tol=1e-15)


def test_two_classes_reduce_to_the_logit_of_the_difference():
    for z in (-3.0, 0.0, 2.5):
        assert isclose(cross_entropy_with_logits([0.0, z], 1), bce_with_logits(z, 1), rel_tol=1e-15)   # D0-23


def test_ten_equal_logits_cost_the_log_of_ten():
    assert isclose(cross_entropy_with_logits([0.0] * 10, 3), log(10), rel_tol=1e-15)


# --- samples and reductions -----------------------------------------------------------------------

@pytest.mark.parametrize(("loss", "y", "t"), [
    (half_mse, [1.0, 2.5, -1.0], [0.5, 2.0, 1.0]), (mse, [1.0, 2.5], [0.5, 2.0]),
    (bce_with_logits, [1.0, -2.0], [1, 0]),
    (binary_cross_entropy, [0.2, 0.9], [0, 1]), (hinge, [0.5, -2.0], [1, 1]),
    (squared_error, [1.0, 2.0], [0.0, 0.5]),
    (cross_entropy_with_logits, [[1.0, 2.0], [0.0, -1.0]], [1, 0]),
    (categorical_cross_entropy, [[0.25, 0.75], [0.5, 0.5]], [1, [0, 1]]),
])
def test_mean_and_sum_over_samples(loss, y, t):
    each = [loss(yi, ti) for yi, ti in zip(y, t)]
    total, slopes = value_and_slopes(loss, y, t, reduction="sum")
    mean, mean_slopes = value_and_slopes(loss, y, t, reduction="mean")
    assert isclose(total, sum(each), rel_tol=1e-15) and isclose(mean, sum(each) / len(y), rel_tol=1e-15)
    assert all(isclose(m, s / len(y), rel_tol=1e-15) for m, s in zip(mean_slopes, slopes))


@pytest.mark.parametrize("name", LOSSES)
def test_the_mean_is_taken_unless_told_otherwise_but_squared_error_adds_up(name):
    loss, listed = LOSSES[name], name in ("categorical_cross_entropy", "cross_entropy_with_logits")
    y = [[0.25, 0.75], [0.5, 0.5], [0.125, 0.875]] if listed else [0.25, 0.5, 0.875]
    by_default = loss(y, [1, 1, 1])
    other = {"mean": "sum", "sum": "mean"}
    own   = "sum" if name == "squared_error" else "mean"
    assert by_default == loss(y, [1, 1, 1], reduction=own) != loss(y, [1, 1, 1], reduction=other[own])


def test_plain_numbers_give_a_plain_number():
    rng = Random(0)
    for loss in (half_mse, mse, rmse, squared_error, bce_with_logits):
        assert isinstance(loss([rng.random() for _ in range(3)], [0.0, 1.0, 1.0]), float)


# --- what cannot be a target ----------------------------------------------------------------------

@pytest.mark.parametrize(("call", "error", "says"), [
    (lambda: mse([1.0], [1.0, 2.0]), ValueError, "1 samples and 2 targets"),
    (lambda: mse([], []), ValueError, "at least one"),
    (lambda: mse([1.0, 2.0], 1.0), ValueError, "single target"),
    (lambda: mse(1.0, [1.0]), TypeError, "one target per output"),
    (lambda: mse([[1.0, 2.0]], [[1.0]]), ValueError, "2 outputs and 1 targets"),
    (lambda: mse(1.0, nan), ValueError, "target is nan"),
    (lambda: mse(1.0, "1"), TypeError, r"float\(t\)"),
    (lambda: mse(1.0, None), TypeError, "NoneType"),
    (lambda: mse(1.0, 1.0, "average"), ValueError, '"mean" or "sum"'),
    (lambda: bce_with_logits(1.0, 2), ValueError, "within 0 and 1"),
    (lambda: bce_with_logits(1.0, -1), ValueError, "within 0 and 1"),
    (lambda: bce_with_logits(1.0, nan), ValueError, "nan"),
    (lambda: binary_cross_entropy(1.2, 1), ValueError, "bce_with_logits"),
    (lambda: binary_cross_entropy(0.0, 1), ValueError, r"log\(0"),
    (lambda: binary_cross_entropy(1.0, 0), ValueError, "log1p"),
    (lambda: hinge(1.0, 0), ValueError, r"2\*t - 1"),
    (lambda: cross_entropy_with_logits([1.0, 2.0], 2), ValueError, "not one of the 2 classes 0 to 1"),
    (lambda: cross_entropy_with_logits([1.0, 2.0], -1), ValueError, "not one of the 2 classes"),
    (lambda: cross_entropy_with_logits([1.0, 2.0], 1.0), TypeError, r"int\(t\)"),
    (lambda: cross_entropy_with_logits([1.0, 2.0], "1"), TypeError, r"int\(t\)"),
    (lambda: cross_entropy_with_logits([1.0, 2.0], [1, 0, 0]), ValueError,
     "3 probabilities and the network 2"),
    (lambda: cross_entropy_with_logits([1.0, 2.0], [1, 1]), ValueError, "sums to 2"),
    (lambda: cross_entropy_with_logits([1.0, 2.0], [nan, 1]), ValueError, "within 0 and 1"),
    (lambda: cross_entropy_with_logits(1.0, 0), TypeError, "bce_with_logits"),
    (lambda: cross_entropy_with_logits([], 0), TypeError, "one per class"),
    (lambda: cross_entropy_with_logits([1.0], [1]), TypeError, "two at least"),
    (lambda: cross_entropy_with_logits([[1.0, 2.0]], [0, 1]), ValueError, "1 samples and 2 targets"),
    (lambda: categorical_cross_entropy([2.0, -1.0], 0), ValueError, "cross_entropy_with_logits"),
    (lambda: loss_function("rsme"), ValueError, "rmse"),
    (lambda: loss_function([mse, hinge]), TypeError, "not list"),
])
def test_a_clear_error(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_an_output_of_nan_propagates():
    assert mse(nan, 1.0) != mse(nan, 1.0)
    assert bce_with_logits(nan, 1) != bce_with_logits(nan, 1)
    assert bce_with_logits(inf, 1) == 0


@pytest.mark.parametrize("t, y", [(1, 1.0), (0, 0.0), (1, 0.25), (0, 0.75)])
def test_a_target_of_0_or_1_leaves_no_trace_of_the_other_class(t, y):
    """Class: 0 times what is infinite, and factors of 0 and 1 in the graph."""
    assert binary_cross_entropy(y, t) == (0 if y == t else pytest.approx(-log(0.25)))
    z = Value(inf if t else -inf)
    assert bce_with_logits(z, t).data == 0.0 and bce_with_logits(-z, t).data == inf
    assert len(topological_order(bce_with_logits(Value(0.5), t))) == 2 - (t == 0)


def test_a_class_alone_is_its_surprise_and_no_product():
    z = [Value(1.0), Value(2.0)]
    ops = [node.op for node in topological_order(cross_entropy_with_logits(z, [0, 1]))]
    assert "*" not in ops and [node.op for node in topological_order(
        cross_entropy_with_logits(z, [0.5, 0.5]))].count("*") == 2


def test_every_loss_can_be_named():
    assert all(loss_function(name) is loss for name, loss in LOSSES.items()) and len(LOSSES) == 9


def test_targets_that_are_values_give_the_same_loss_and_slopes():
    """Class: a loss written a second time for targets that are Values, as vectorize records them."""
    for loss, ys, t in ((binary_cross_entropy, [0.3], 0.2), (binary_cross_entropy, [0.8], 1.0),
                        (categorical_cross_entropy, [0.2, 0.5, 0.3], [0.1, 0.7, 0.2]),
                        (cross_entropy_with_logits, [0.4, -1.0, 2.0], [0.1, 0.7, 0.2])):
        found = []
        for kind in (float, Value):
            y = [Value(yk) for yk in ys]
            target = [kind(tk) for tk in t] if isinstance(t, list) else kind(t)
            J = loss(y if isinstance(t, list) else y[0], target)
            J.backward()
            found.append([J.data, *[yk.grad for yk in y]])
        assert found[0] == pytest.approx(found[1], rel=1e-13) and found[0][0] > 0
