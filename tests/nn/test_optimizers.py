"""Optimizers against worked numbers, closed forms and 50-digit arithmetic; clipping; bad arguments."""

from fractions import Fraction
from math import hypot, inf, isclose, nan

import mpmath
import pytest

from engine import Value
from nn import MLP, SGD, Adam, clip_by_norm, clip_by_value, half_mse
from nn.optimizers import Optimizer, optimizer_for
from tests.conventions import with_grads


def test_sgd_is_the_update_of_d1():
    model = MLP(2, [3, 1], seed=3)
    half_mse(model([1.0, -2.0]), 0.5).backward()
    before = [(p.data, p.grad) for p in model.parameters()]
    SGD(model.parameters(), lr=0.25).step()
    assert [p.data for p in model.parameters()] == [w - 0.25 * g for w, g in before]      # D1-38


def test_sgd_on_a_parabola_shrinks_geometrically():
    theta = Value(Fraction(5))
    sgd = SGD([theta], lr=Fraction(1, 10))
    for n in range(1, 6):
        sgd.zero_grad()
        (theta * theta).backward()
        sgd.step()
        assert theta.data == 5 * Fraction(8, 10) ** n                                     # D0-26, exactly


def test_momentum_of_gg():
    (w,) = with_grads(1.0)
    sgd, seen = SGD([w], lr=0.1, momentum=0.9), []
    for _ in range(4):
        sgd.step()
        seen.append((sgd.states[0][0], w.data))
    assert [nu for nu, _ in seen] == pytest.approx([0.1, 0.19, 0.271, 0.3439], rel=1e-15)
    assert [w for _, w in seen] == pytest.approx([-0.1, -0.29, -0.561, -0.9049], rel=1e-15)


def test_weight_decay_alone_forgets_gradually():
    (w,) = with_grads(0.0, data=3.0)
    sgd = SGD([w], lr=0.1, weight_decay=0.05)
    for _ in range(40):
        sgd.step()
    assert isclose(w.data, 2.45496036307, rel_tol=1e-11)                                  # D2-11


def test_adam_against_50_digits():
    mpmath.mp.dps = 50
    gradients = [0.3, -1.5, 1e-9, 2.0, 0.0]
    w = Value(0.5)
    adam = Adam([w], lr=0.01)
    exact, m, v = mpmath.mpf(0.5), mpmath.mpf(0), mpmath.mpf(0)
    b1, b2 = mpmath.mpf(0.9), mpmath.mpf(0.999)
    for t, g in enumerate(gradients, 1):
        w.grad = g
        adam.step()
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * mpmath.mpf(g) ** 2
        exact -= mpmath.mpf(0.01) * (m / (1 - b1**t)) / (mpmath.sqrt(v / (1 - b2**t)) + mpmath.mpf(1e-8))
        assert isclose(w.data, float(exact), rel_tol=1e-12)


@pytest.mark.parametrize("betas", [(0.9, 0.0), (0.0, 0.9), (0.5, 0.75)])
def test_each_mean_of_adam_is_corrected_for_its_start_at_0(betas):
    """Under a constant gradient both corrected means are it and its square from the first step on."""
    (w,) = with_grads(-2.0)
    adam = Adam([w], 0.25, *betas, eps=1e-12)
    for t in range(1, 6):
        adam.step()
        assert w.data == pytest.approx(0.25 * t, rel=1e-11)


def test_what_the_optimizers_take_by_default():
    sgd, adam = SGD(with_grads(1.0)), Adam(with_grads(1.0))
    assert (sgd.lr, sgd.momentum, sgd.weight_decay) == (0.1, 0, 0)
    assert (adam.lr, adam.beta1, adam.beta2, adam.eps) == (0.001, 0.9, 0.999, 1e-8)
    fits_own = optimizer_for(with_grads(1.0), None)
    assert isinstance(fits_own, Adam) and fits_own.lr == 0.01


def test_the_first_step_of_adam_is_lr_whatever_the_gradient():
    for g in (1e-3, 1.0, 1e6):
        (w,) = with_grads(g)
        Adam([w], lr=0.01).step()
        assert isclose(w.data, -0.01, rel_tol=1e-4)


def test_all_parameters_move_from_the_same_gradients_and_the_rule_runs_on_arrays():
    import numpy as np
    for make in (lambda ps: SGD(ps, 0.1, momentum=0.9, weight_decay=0.01), lambda ps: Adam(ps, 0.01)):
        ps = with_grads(0.5, -2.0, 3.0, data=1.5)
        scalar, array = make(ps), make(ps)
        w, g, state = np.full(3, 1.5), np.array([0.5, -2.0, 3.0]), array.start
        for _ in range(3):
            scalar.step()
            array.steps += 1
            w, state = array.update(w, g, state)
        assert [p.data for p in ps] == pytest.approx(list(w), rel=1e-15)


def test_clip_by_norm_keeps_the_direction():
    ps = with_grads(3.0, 4.0)
    assert clip_by_norm(ps, 1.0) == 5.0
    assert [p.grad for p in ps] == pytest.approx([0.6, 0.8], rel=1e-15)                   # D4-43
    ps = with_grads(3.0, 4.0)
    clip_by_norm(ps, 10.0)
    assert [p.grad for p in ps] == [3.0, 4.0]
    ps = with_grads(0.0, 0.0)
    assert clip_by_norm(ps, 1.0) == 0.0 and [p.grad for p in ps] == [0.0, 0.0]
    ps = with_grads(3e200, 4e200)
    clip_by_norm(ps, 1.0)
    assert [p.grad for p in ps] == pytest.approx([0.6, 0.8])


def test_clip_by_value_may_turn_the_direction():
    ps = with_grads(3.0, 4.0)
    clip_by_value(ps, 1.0)
    assert [p.grad for p in ps] == [1.0, 1.0]
    assert isclose((3 * 1 + 4 * 1) / (5 * hypot(1, 1)), 0.98994949, rel_tol=1e-8)         # ERR-D4-8
    ps = with_grads(-7.0, 0.5, nan)
    clip_by_value(ps, 2.0)
    assert [p.grad for p in ps[:2]] == [-2.0, 0.5] and ps[2].grad != ps[2].grad


def test_a_rule_that_fails_moves_nothing():
    class Brittle(Optimizer):
        def update(self, w, g, state):
            return w - self.lr / g, ()
    ps = with_grads(1.0, 0.0, data=2.0)
    brittle = Brittle(ps, 0.1)
    with pytest.raises(ZeroDivisionError):
        brittle.step()
    assert [p.data for p in ps] == [2.0, 2.0] and brittle.steps == 0


@pytest.mark.parametrize(("call", "error", "says"), [
    (lambda ps: SGD(ps, lr=0), ValueError, "learning rate must be above 0"),
    (lambda ps: SGD(ps, lr=-0.1), ValueError, "learning rate must be above 0"),
    (lambda ps: SGD(ps, lr=nan), ValueError, "above 0"),
    (lambda ps: SGD(ps, lr=inf), ValueError, "finite"),
    (lambda ps: Adam(ps, lr=0.0), ValueError, "learning rate must be above 0"),
    (lambda ps: SGD(ps, lr="0.1"), TypeError, "number, not str"),
    (lambda ps: SGD(ps, lr=None), TypeError, "number, not NoneType"),
    (lambda ps: SGD(ps, momentum=1.0), ValueError, "below 1"),
    (lambda ps: SGD(ps, momentum=-0.5), ValueError, "at least 0"),
    (lambda ps: SGD(ps, weight_decay=-1), ValueError, "weight_decay"),
    (lambda ps: Adam(ps, beta2=1), ValueError, "beta2"),
    (lambda ps: Adam(ps, eps=0), ValueError, "eps"),
    (lambda ps: SGD([]), ValueError, "no parameters"),
    (lambda ps: SGD([1.0]), TypeError, "Value, not float"),
    (lambda ps: SGD(ps[0]), TypeError, r"model.parameters\(\)"),
    (lambda ps: clip_by_norm(ps, 0), ValueError, "above 0"),
    (lambda ps: clip_by_value(ps, -1), ValueError, "above 0"),
    (lambda ps: optimizer_for(ps, "sgd"), TypeError, "not str"),
    (lambda ps: optimizer_for(ps, SGD([Value(1.0)])), ValueError, "another model"),
])
def test_a_clear_error(call, error, says):
    ps = with_grads(1.0, 2.0)
    with pytest.raises(error, match=says):
        call(ps)
    assert [(p.data, p.grad) for p in ps] == [(0.0, 1.0), (0.0, 2.0)]
