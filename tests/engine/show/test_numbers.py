"""Numbers as they are shown: 4 digits, a true minus sign, every digit, LaTeX, counts."""

from fractions import Fraction

import numpy as np
import pytest

from engine import Value
from engine.show.numbers import bracketed, counted, digits, exact, latex_digits, latex_number, reread, short

NUMBERS = [-0.123456, 2, 1e-9, 123456.0, 123456, -0.0, Fraction(-2, 21), Fraction(10 ** 400, 3), float("nan"),
           float("-inf"), np.float64(0.1), Value(0.5)]


def test_4_digits_whole_numbers_and_fractions_as_they_are_while_they_are_short():
    assert [digits(x) for x in NUMBERS] == [
        "-0.1235", "2", "1e-09", "1.235e+05", "123456", "0", "-2/21", "1000...", "nan", "-inf", "0.1", "0.5"]
    assert digits(1 / 3, 6) == "0.333333"


@pytest.mark.parametrize("x", NUMBERS)
def test_the_short_form_is_the_same_with_a_true_minus_sign(x):
    assert short(x) == digits(x).replace("-", "−")


def test_the_short_form():
    assert [short(x) for x in NUMBERS[:4]] == ["−0.1235", "2", "1e−09", "1.235e+05"]


def test_every_digit():
    assert [exact(x) for x in (0.1, np.float64(0.1), Fraction(1, 3), 1 / 3)] == ["0.1", "0.1", "1/3",
                                                                                 "0.3333333333333333"]


def test_a_number_written_as_text_and_what_is_none():
    assert [reread(text) for text in ("0.123456", "-inf", "x" * 30, "a\x1b")] == [
        "0.1235", "-inf", "x" * 23 + "…", "a\\x1b"]


def test_brackets_around_what_has_a_minus_sign_of_either_kind():
    assert [bracketed(text) for text in ("-3", "−3", "3", "1e-3")] == ["(-3)", "(−3)", "3", "1e-3"]


def test_latex():
    assert [latex_number(x) for x in NUMBERS[:8]] == [
        "(-0.1235)", "2", r"1 \cdot 10^{-9}", r"1.235 \cdot 10^{5}", "123456", "0", r"(-\frac{2}{21})",
        "1000..."]
    assert [latex_number(x, bracket=False) for x in (-2.0, float("nan"), float("inf"))] == [
        "-2", r"\mathrm{nan}", r"\infty"]


def test_counts_that_may_be_very_large():
    assert [counted(n) for n in (7, 999_999, 10 ** 6, 10 ** 299, 10 ** 300)] == [
        "7", "999999", "about 1e+06", "about 1e+299", "more than 10^300"]


def test_digits_that_are_written_become_latex_too():
    assert [latex_digits(text) for text in ("0.5", "-1.2e-05", "-2/7", "inf")] == [
        "0.5", r"-1.2 \cdot 10^{-5}", r"-\frac{2}{7}", r"\infty"]
    assert all(latex_digits(digits(x), True) == latex_number(x) for x in NUMBERS)
