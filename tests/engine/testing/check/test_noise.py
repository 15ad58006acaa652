"""The noise of a number is measured: its own rounding, and what it inherits."""

import math

import mpmath
import pytest
from engine import Value, exp
from engine.testing.check.noise import coarse, digits, inherited, noise_of_slope, noises, own_rounding


def test_the_noise_of_a_slope_is_what_its_operations_lose():
    with mpmath.workdps(50):
        assert noise_of_slope("*", [0.1, 0.3], 0) == 0
        assert 0 < noise_of_slope("exp", [0.3], 0) < 2.0 ** -51
        assert noise_of_slope("/", [1.0, 3.0], 1) < 2.0 ** -54


@pytest.fixture(autouse=True)
def fifty_digits():
    with mpmath.workdps(50):
        yield


def test_the_own_rounding_of_a_node_is_its_distance_from_the_exact_result():
    exact = mpmath.mpf(0.1) * mpmath.mpf(0.3)
    assert own_rounding(Value(0.1) * Value(0.3)) == abs(mpmath.mpf(0.1 * 0.3) - exact) > 0
    assert own_rounding(Value(0.5) * Value(0.5)) == 0
    assert own_rounding(Value(1e300) * Value(1e300)) == math.inf


def test_noise_is_inherited_through_the_slopes():
    x, y = Value(2.0), Value(8.0)
    assert inherited(x * y, [mpmath.mpf(0), mpmath.mpf(0)]) == 0
    assert inherited(x * y, [mpmath.mpf(1), mpmath.mpf(1)]) == 8 + 2 + 1           # two noises meet
    assert inherited(y / x, [mpmath.mpf(1), mpmath.mpf(1)]) == (1 + 4) / 1          # over the least divisor
    assert inherited(y / x, [mpmath.mpf(0), mpmath.mpf(2)]) == math.inf             # which may be 0


def test_cancellation_makes_the_noise_of_a_difference_large_beside_it():
    x = Value(1e-9)
    z = exp(x) - 1
    noise = noises([z], {x: mpmath.mpf(0)})[z]
    assert 1e-9 < noise / z.data < 1e-6


def test_short_constants_are_exact_and_long_ones_may_be_rounded():
    assert coarse(2, []) == coarse(0.5, []) == 0 and coarse(0.1, [0.1]) == 0
    assert coarse(math.log(2), []) > 0


def test_the_digits_reach_down_to_the_nearest_feature():
    assert digits([Value(2.0) * Value(3.0)]) >= 50
    assert digits([Value(1.0) - Value(1.0 + 2.0 ** -52)]) >= digits([Value(1.0) - Value(3.0)])
