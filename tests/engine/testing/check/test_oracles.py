"""Each oracle against derivatives known in closed form."""

import math

import mpmath
import numpy as np
import pytest
from engine.primitives import TABLE
from engine.testing.check.oracles import central, complex_step, fifty_digits, taylor_order

inf = math.inf


def near(a, b, digits=18):
    return abs(a - b) <= mpmath.mpf(10) ** -digits * abs(b)


# --- fifty_digits ------------------------------------------------------------------------------------

@pytest.mark.parametrize("x", [1e-300, 1e-8, 0.3, 1.0, 40.0, 700.0, 1e300])
def test_slopes_have_18_digits_wherever_the_point_is(x):
    with mpmath.workdps(700):
        y = mpmath.mpf(x)
        for f, right in ((mpmath.sin, mpmath.cos(y)), (mpmath.log, 1 / y),
                         (mpmath.sqrt, 1 / (2 * mpmath.sqrt(y))),
                         (lambda t: 1 / (1 + mpmath.exp(-t)), mpmath.exp(-y) / (1 + mpmath.exp(-y)) ** 2)):
            s = fifty_digits(f, [x], 0)
            assert s.smooth and (near(s.left, right) or abs(right) < 1e-320 and s.left == 0)


def test_both_sides_of_a_kink():
    assert fifty_digits(abs, [0.0], 0)[:2] == (-1, 1)
    assert fifty_digits(TABLE["maximum"].value, [2.0, 2.0], 1)[:2] == (0, 1)
    assert fifty_digits(abs, [5e-324], 0)[:2] == (1, 1)


@pytest.mark.parametrize("f, x, left, right", [
    (mpmath.sqrt,                         0.0, None, inf), (lambda x: x ** mpmath.mpf("1.5"), 0.0, None, 0),
    (TABLE["asin"].value,                 1.0, inf, None), (TABLE["log"].value, -1.0,   None, None),
    (lambda x: mpmath.cbrt(abs(x)),       0.0, -inf, inf), (TABLE["sinc"].value, 0.0,   0,    0)])
def test_edges_of_domains(f, x, left, right):
    s = fifty_digits(f, [x], 0)
    assert (s.left, s.right) == (left, right)


def test_jumps_are_told_from_steep_slopes():
    assert fifty_digits(TABLE["sign"].value, [0.0], 0).jump
    assert fifty_digits(TABLE["floor"].value, [3.0], 0).jump
    assert fifty_digits(TABLE["floor"].value, [1e16], 0).jump
    assert not fifty_digits(lambda x: 1e9 * x, [1.0], 0).jump


def test_functions_of_floats_are_refused():
    with pytest.raises(TypeError, match="not in mpmath's numbers"):
        fifty_digits(math.exp, [1.0], 0)


# --- floats ------------------------------------------------------------------------------------------

def test_the_complex_step_is_exact_to_rounding():
    assert complex_step(lambda x, y: np.exp(x) * y, [0.5, 3.0], 0) == pytest.approx(3 * math.exp(0.5),
                                                                                    rel=1e-15)
    assert complex_step(lambda x: 1 / (1 + np.exp(-x)), [40.0], 0) == pytest.approx(4.248354255291589e-18,
                                                                                    rel=1e-14)
    assert complex_step(math.exp, [0.5], 0) is None


@pytest.mark.parametrize("f, g", [(math.exp, math.exp), (math.sin, math.cos),
                                  (lambda x: x ** 5, lambda x: 5 * x ** 4),
                                  (lambda x: 1e-6 * x, lambda x: 1e-6), (lambda x: 3.0, lambda x: 0.0)])
@pytest.mark.parametrize("x", [-3.0, -0.1, 0.0, 1e-6, 0.7, 5.0])
def test_differences_are_within_their_own_estimate(f, g, x):
    s = central(f, [x], 0)
    assert s.smooth and abs(s.left - g(x)) <= s.error <= 1e-6 * max(1.0, abs(g(x)))


def test_differences_see_kinks_and_edges():
    assert central(abs, [0.0], 0)[:2] == pytest.approx((-1, 1))
    assert central(lambda x: max(x, 0.3), [0.3], 0)[:2] == pytest.approx((0, 1))
    assert central(math.sqrt, [0.0], 0).left is None
    assert central(math.log, [-1.0], 0)[:2] == (None, None)
    assert central(math.floor, [40.5], 0)[:2] == (0, 0)


def test_the_taylor_remainder_tells_a_gradient_from_a_near_miss():
    f = lambda x, y: math.exp(x) * math.sin(y)
    right = [math.exp(0.5) * math.sin(1.0), math.exp(0.5) * math.cos(1.0)]
    assert taylor_order(f, [0.5, 1.0], right, [1.0, -0.5]) == pytest.approx(2, abs=0.1)
    assert taylor_order(f, [0.5, 1.0], [right[0] * 1.05, right[1]], [1.0, -0.5]) < 1.7
    assert taylor_order(lambda x: 3 * x, [0.5], [3.0], [1.0]) == inf
