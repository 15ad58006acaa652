"""Exact slopes: Fractions with an infinitesimal go through a function as numbers do."""

import math
from fractions import Fraction

import pytest
from engine.primitives import TABLE
from engine.testing.random_programs.exact import Dual, Tie, compared, exact_slopes, exactly, whole

inf = math.inf


def test_rational_functions_have_exact_slopes():
    f = lambda a, b: (a * b + a / b) - b
    assert exact_slopes(f, [Fraction(1, 3), Fraction(2, 7)], [0, 1]) == [Fraction(53, 14), Fraction(-19, 4)]
    assert exact_slopes(lambda x: 1 / x ** 3 - 2 + 3 * -x, [0.5], [0]) == [-51]
    assert exact_slopes(lambda x, y: x + 2 - y, [1.0, 2.0], [1]) == [-1]
    assert exact_slopes(lambda x: 7, [1.0], [0]) == [0]


def test_branches_are_followed_and_ties_are_left_to_others():
    assert exact_slopes(TABLE["relu"].value, [2.0], [0]) == [1]
    assert exact_slopes(TABLE["clamp"].value, [0.5, -inf, 1.0], [0]) == [1]
    assert exact_slopes(abs, [-3.0], [0]) == [-1]
    for kinked, xs in ((TABLE["relu"].value, [0.0]), (max, [2.0, 2.0]), (abs, [0.0])):
        assert exact_slopes(kinked, xs, [0]) is None


def test_what_is_not_rational_is_left_to_others():
    for f, x in ((math.exp, 1.0), (lambda x: x ** 0.5, 2.0), (lambda x: 2 ** x, 2.0), (lambda x: 1 / x, 0.0),
                 (lambda x: x ** 1e150, 0.5)):  # a Fraction of 1e150 digits would not end
        assert exact_slopes(f, [x], [0]) is None


def test_the_number_comes_with_its_slopes():
    assert exactly(lambda x, y: x * y, [3.0, 0.5], [0, 1]) == (Fraction(3, 2), [Fraction(1, 2), 3])
    assert exactly(lambda x: 1 / x, [0.0], [0]) is None


def test_a_comparison_is_of_the_numbers_and_a_tie_that_the_infinitesimal_decides_is_refused():
    x, y = Dual(Fraction(1), {0: Fraction(1)}), Dual(Fraction(1), {1: Fraction(1)})
    assert compared(x, 2) == -1 and compared(x, -inf) == 1 and compared(x, inf) == -1 and compared(x, x) == 0
    for undecided in (lambda: x < y, lambda: x == 1, lambda: max(x, 1)):
        with pytest.raises(Tie):
            undecided()


def test_only_whole_exponents_are_rational():
    assert whole(-3.0) == -3 and (Dual(Fraction(2), {0: Fraction(1)}) ** 0).d == {}
    for exponent in (0.5, 1e150, Dual(Fraction(2), {})):
        with pytest.raises(TypeError, match="not a whole exponent"):
            whole(exponent)
