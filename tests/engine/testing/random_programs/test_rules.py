"""Rules by hand: values and slopes of the usual operations, on every kind of number."""

import math
from fractions import Fraction

import pytest
from engine import Value
from engine.testing.random_programs.operations import OPERATIONS
from engine.testing.random_programs.rules import (
    RATIONAL, SMOOTH, WRITTEN, beside, fifty, fractions_only, library, powers, precision,
)


@pytest.mark.parametrize("op", SMOOTH)
def test_the_slopes_of_smooth_operations_agree_with_mpmath_s_numerical_derivative(op):
    import mpmath
    with mpmath.workdps(50):
        for x in (0.3, 1.0, 2.5, 20.0):
            right = mpmath.diff(lambda t: OPERATIONS[op].value(mpmath, t), mpmath.mpf(x))
            assert mpmath.almosteq(OPERATIONS[op].slopes(mpmath, mpmath.mpf(x))[0], right, 1e-25)


def test_every_operation_is_rational_or_smooth_and_has_as_many_slopes_as_operands():
    assert {*RATIONAL, *SMOOTH} == set(WRITTEN) and not set(RATIONAL) & set(SMOOTH)
    for op, rule in WRITTEN.items():
        assert len(rule.slopes(math, *(2.0, 3.0)[:rule.arity])) == rule.arity, op


def test_rational_rules_run_on_fractions_and_nothing_else_does():
    third = Fraction(1, 3)
    for op in RATIONAL:
        xs = (third, 2)[:WRITTEN[op].arity]
        assert isinstance(WRITTEN[op].value(fractions_only, *xs), Fraction), op
    with pytest.raises(AttributeError, match="function"):
        WRITTEN["exp"].value(library(Fraction), third)
    with pytest.raises(AttributeError, match="Fractions have no exp"):
        fractions_only("exp")
    assert library(float) is math


@pytest.mark.parametrize("x, y, slopes", [(2.0, 3.0, (12.0, 8 * math.log(2))), (0.0, 2, (0.0, 0)),
                                          (0.0, 0, (0, 0)), (-2.0, 3, (12.0, 0))])
def test_the_slope_of_a_power_towards_its_exponent_is_there_where_the_logarithm_is(x, y, slopes):
    assert powers(math, x, y) == pytest.approx(slopes)


def test_slopes_keep_their_digits_in_the_tails():
    assert WRITTEN["sigmoid"].slopes(math, -40.0) == (pytest.approx(4.248354255291589e-18, rel=1e-14),)
    assert WRITTEN["tanh"].slopes(math, 1000.0) == (0.0,)


def test_fifty_digits_hold_a_fraction():
    with precision():
        assert abs(fifty(Fraction(1, 3)) * 3 - 1) < 1e-49 and fifty(0.5) == 0.5


def test_an_engine_offers_a_method_or_a_function_beside_it():
    assert WRITTEN["exp"].offered_by(Value) and not WRITTEN["exp"].offered_by(int)
    assert beside(Value, "softplus").__module__.startswith("engine") and beside(Value, "nothing") is None
    assert beside(Fraction, "gcd") is None                              # from another module than the class
