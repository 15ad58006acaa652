"""Standardising inputs and mini-batches: worked numbers, the closed form, edge cases."""

from math import isclose, nan, sqrt
from random import Random

import mpmath
import pytest

from engine import Value, total
from nn import BatchNorm, Elementwise, Layer, Sequential, Standardizer, fit, mse


# --- inputs ---------------------------------------------------------------------------------------

def test_standardised_features_have_mean_0_and_variance_1():
    rng = Random(0)
    X = [[rng.gauss(1e6, 1e-3), rng.gauss(-3, 50), rng.random()] for _ in range(40)]
    standardizer = Standardizer().fit(X)
    for column in zip(*[standardizer(x) for x in X]):
        # D1-49
        assert abs(sum(column) / 40) < 1e-6 and isclose(sum(x * x for x in column) / 40, 1, rel_tol=1e-6)


def test_later_samples_use_the_training_statistics():
    standardizer = Standardizer().fit([[1.0], [3.0]])
    assert (standardizer.mean, standardizer.std) == ([2.0], [1.0])
    assert standardizer([10.0]) == [8.0]


@pytest.mark.parametrize("value", [0.0, 0.1, -1e300, 1e-300, 12345.678])
def test_a_constant_feature_is_shifted_only(value):
    standardizer = Standardizer().fit([[value, float(i)] for i in range(7)])
    assert standardizer.std[0] == 0
    assert standardizer([value, 3.0])[0] == 0
    assert standardizer([value + 2.0, 3.0])[0] == pytest.approx(2.0, abs=abs(value) * 1e-12)


def test_one_sample_becomes_0():
    assert Standardizer().fit([[4.0, -2.0]])([4.0, -2.0]) == [0.0, 0.0]


def test_gradients_pass_through():
    x = Value(5.0)
    Standardizer().fit([[1.0], [5.0]])([x])[0].backward()
    assert x.grad == 0.5


@pytest.mark.parametrize(("call", "says"), [
    (lambda s: s.fit([]), "at least one sample"),
    (lambda s: s.fit([[1.0], [1.0, 2.0]]), r"X\[1\] has 2 numbers"),
    (lambda s: s.fit([1.0, 2.0]), "write .*for x in X"),
    (lambda s: s.fit([[]]), "no features"),
    (lambda s: s.fit([[1.0], [nan]]), r"X\[1\] holds nan"),
    (lambda s: s([1.0, 2.0]), "1 features expected, 2 given"),
    (lambda s: Standardizer()([1.0]), "fit"),
])
def test_a_clear_error_changes_no_statistics(call, says):
    standardizer = Standardizer().fit([[1.0], [3.0]])
    with pytest.raises(ValueError, match=says):
        call(standardizer)
    assert (standardizer.mean, standardizer.std) == ([2.0], [1.0])


# --- mini-batches ---------------------------------------------------------------------------------

def test_each_unit_has_a_gamma_and_a_beta_of_its_own():
    assert [(p.label, p.data) for p in BatchNorm(2).parameters()] == [
        ("gamma[1]", 1.0), ("gamma[2]", 1.0), ("beta[1]", 0.0), ("beta[2]", 0.0)]


def test_batch_norm_of_gf():
    bn = BatchNorm(1, eps=0.0)
    bn.gamma[0].data, bn.beta[0].data = 2.0, -1.0
    z = [Value(x) for x in (1.0, 2.0, 4.0, 5.0)]
    out = [row[0] for row in bn.batch([[zi] for zi in z])]
    out[0].backward()  # upstream (1, 0, 0, 0)
    assert [o.data for o in out] == pytest.approx(
        [-3.529822128135, -2.264911064067, 0.264911064067, 1.529822128135], rel=1e-11)
    assert [zi.grad for zi in z] == pytest.approx(
        [0.442718872424, -0.56920997883, -0.063245553203, 0.18973665961], rel=1e-10)
    assert bn.gamma[0].grad == pytest.approx(-1.26491106407) and bn.beta[0].grad == 1


@pytest.mark.parametrize("seed", range(5))
def test_batch_norm_backward_is_the_closed_form(seed):
    rng, B, eps = Random(seed), 2 + seed, 1e-5
    z, G = [rng.gauss(3, 2) for _ in range(B)], [rng.gauss(0, 1) for _ in range(B)]
    bn, zs = BatchNorm(1, eps), [Value(x) for x in z]
    gamma = bn.gamma[0].data = 1.7
    total([g * row[0] for g, row in zip(G, bn.batch([[zi] for zi in zs]))]).backward()

    mpmath.mp.dps = 50
    exact = [mpmath.mpf(x) for x in z]
    mu    = sum(exact) / B
    root  = mpmath.sqrt(sum((x - mu) ** 2 for x in exact) / B + mpmath.mpf(eps))
    zbar  = [(x - mu) / root for x in exact]
    mean_G, mean_Gz = sum(map(mpmath.mpf, G)) / B, sum(g * x for g, x in zip(G, zbar)) / B
    for zi, g, x in zip(zs, G, zbar):                                                     # D1-52
        assert abs(zi.grad - gamma / root * (g - mean_G - x * mean_Gz)) < 1e-11
    assert isclose(bn.gamma[0].grad, sum(g * x for g, x in zip(G, zbar)), rel_tol=1e-11)
    assert isclose(bn.beta[0].grad, sum(G), rel_tol=1e-11)
    assert abs(sum(zi.grad for zi in zs)) < 1e-12


def test_batch_norm_ignores_shift_and_scale():
    Z = [[0.3], [-1.0], [2.0]]
    plain   = [row[0].data for row in BatchNorm(1, eps=0.0).batch(Z)]
    changed = [row[0].data for row in BatchNorm(1, eps=0.0).batch([[4 * z + 7] for (z,) in Z])]
    assert changed == pytest.approx(plain, rel=1e-13)                                     # D1-51


def test_gamma_root_var_and_beta_mu_undo_it():
    Z, bn = [[1.0], [2.0], [6.0]], BatchNorm(1, eps=0.5)
    bn.gamma[0].data, bn.beta[0].data = sqrt(14 / 3 + 0.5), 3.0
    assert [row[0].data for row in bn.batch(Z)] == pytest.approx([1.0, 2.0, 6.0], rel=1e-14)


def test_running_statistics_serve_single_samples_afterwards():
    bn = BatchNorm(1, eps=0.0, momentum=0.5)
    bn.batch([[1.0], [3.0]])
    assert (bn.running_mean, bn.running_var) == ([1.0], [1.0])  # half way from 0, 1 to 2, 1
    bn.batch([[1.0], [7.0]])
    assert (bn.running_mean, bn.running_var) == ([2.5], [5.0])
    bn.eval()
    assert bn([4.5])[0].data == pytest.approx(2 / sqrt(5)) and (bn.running_mean,
                                                                bn.running_var) == ([2.5], [5.0])
    assert [row[0].data for row in bn.batch([[4.5]])] == pytest.approx([2 / sqrt(5)])


def test_momentum_is_the_weight_of_the_newest_batch():
    """Not of what was known before: at 1/2, where the two are one, nothing tells them apart."""
    bn = BatchNorm(1, momentum=0.25)
    bn.batch([[2.0], [6.0]])                                            # mean 4, variance 4
    assert (bn.running_mean, bn.running_var) == ([1.0], [1.75])         # 3/4 * (0, 1) + 1/4 * (4, 4)
    bn.batch([[1.0], [-3.0]])                                           # mean -1, variance 4
    assert (bn.running_mean, bn.running_var) == ([0.5], [2.3125])
    bn = BatchNorm(2)                                                   # a tenth, unit by unit
    bn.batch([[2.0, 0.0], [6.0, 20.0]])
    assert bn.running_mean == pytest.approx([0.4, 1.0], rel=1e-15)
    assert bn.running_var == pytest.approx([1.3, 10.9], rel=1e-15)


@pytest.mark.parametrize(("eps", "root"), [({"eps": 0.5}, sqrt(0.75)), ({"eps": 3.0}, sqrt(3.25)),
                                           ({}, sqrt(0.25 + 1e-5))])
def test_eps_is_under_the_root_in_training_and_in_use(eps, root):
    bn = BatchNorm(1, **eps, momentum=0.0)
    bn.gamma[0].data, bn.beta[0].data, bn.running_mean, bn.running_var = 2.0, 5.0, [4.0], [0.25]
    in_training = bn.batch([[3.5], [4.5]])                              # mean 4, variance 1/4 here as well
    in_use      = bn.eval().batch([[3.5], [4.5]])
    for rows in (in_training, in_use):
        assert [row[0].data for row in rows] == pytest.approx([5 - 1 / root, 5 + 1 / root], rel=1e-15)


def test_two_samples_are_a_batch_and_one_is_none():
    X, Y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 2.0, 3.0]
    def model():
        return Sequential(Layer(1, 1, seed=0), BatchNorm(1))
    assert len(fit(model(), X, Y, mse, epochs=2, batch_size=2).losses) == 2
    with pytest.raises(ValueError, match="at least 2"):
        fit(model(), X, Y, mse, epochs=2, batch_size=3)      # leaves one


def test_a_bias_before_batch_norm_gets_no_gradient():
    model = Sequential(Layer(2, 3, "linear", seed=1), BatchNorm(3), Elementwise("tanh"),
                       Layer(3, 1, "linear", seed=2))
    mse(model.batch([[0.5, 1.0], [-1.0, 2.0], [0.0, 0.3]]), [1.0, 0.0, -1.0]).backward()
    assert all(abs(neuron.bias.grad) < 1e-15 for neuron in model.parts[0].neurons)        # D1-52
    assert all(abs(w.grad) > 1e-6 for neuron in model.parts[0].neurons for w in neuron.weights)


def test_a_batch_of_equal_samples_gives_beta_and_finite_slopes():
    bn, z = BatchNorm(1), [Value(2.0), Value(2.0)]
    total([row[0] for row in bn.batch([[zi] for zi in z])]).backward()
    assert [zi.grad for zi in z] == pytest.approx([0.0, 0.0], abs=1e-12)


@pytest.mark.parametrize(("call", "error", "says"), [
    (lambda bn: bn([1.0, 2.0]), ValueError, r"model.batch\(X\), or model.eval\(\)"),
    (lambda bn: bn.batch([[1.0, 2.0]]), ValueError, "at least 2"),
    (lambda bn: bn.batch([]), ValueError, "at least 2"),
    (lambda bn: bn.batch([[1.0, 2.0], [1.0]]), ValueError, "sample of 1 units"),
    (lambda bn: BatchNorm(0), ValueError, "at least 1"),
    (lambda bn: BatchNorm(2, eps=-1.0), ValueError, "eps"),
    (lambda bn: BatchNorm(2, momentum=2.0), ValueError, "momentum"),
])
def test_a_clear_error_leaves_the_running_statistics(call, error, says):
    bn = BatchNorm(2)
    with pytest.raises(error, match=says):
        call(bn)
    assert (bn.running_mean, bn.running_var) == ([0.0, 0.0], [1.0, 1.0])


def test_no_spread_and_no_eps_is_a_division_by_zero_that_changes_nothing():
    bn = BatchNorm(1, eps=0.0)
    with pytest.raises(ZeroDivisionError):
        bn.batch([[2.0], [2.0]])
    assert (bn.running_mean, bn.running_var) == ([0.0], [1.0])
