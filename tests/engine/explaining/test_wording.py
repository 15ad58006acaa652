"""Wording: a row called on symbols writes out its own slope, with no bracket too many and none too few."""

import pytest

from engine import exp, sigmoid
from engine.explaining.wording import Symbol, chosen, slope_text, written
from engine.primitives import TABLE

a, b, c = Symbol("a"), Symbol("b"), Symbol("c")


# --- arithmetic of symbols ------------------------------------------------------------------------

@pytest.mark.parametrize("symbol, text", [
    (a + b - c, "a + b − c"), (a - (b - c), "a − (b − c)"), (a - b * c, "a − b·c"),
    ((a + b) * c, "(a + b)·c"), (a * (b / c), "a·b / c"), (a / (b * c), "a / (b·c)"),
    (a / b / c, "a / b / c"), (a / (b / c), "a / (b / c)"), ((a + b) ** 2, "(a + b)^2"),
    (a ** (b + 1), "a^(b + 1)"), ((a ** b) ** c, "(a^b)^c"), (-(a + b), "−(a + b)"), (-a * b, "−a·b"),
    (2 - a, "2 − a"), (2 / a, "2 / a"), (2 + a, "2 + a"), (2 * a, "2·a"), (abs(a - b), "|a − b|")])
def test_brackets_stand_where_python_puts_them(symbol, text):
    assert symbol.text == text


@pytest.mark.parametrize("symbol, text", [
    (a * 1, "a"), (1 * a, "a"), (a * a, "a^2"), ((a + b) * (a + b), "(a + b)^2"), (a * -2, "a·−2")])
def test_products_are_as_short_as_one_writes_them(symbol, text):
    assert symbol.text == text


def test_numbers_are_written_with_a_true_minus():
    assert [written(x).text for x in (0.5, 2.0, -3, 1e-9)] == ["0.5", "2", "−3", "1e−09"]
    assert written(a) is a


def test_a_choice_is_written_as_in_python():
    assert chosen(a > 0, b, c).text == "b if a > 0 else c"
    assert chosen(a <= b, 1, 0).text == "1 if a ≤ b else 0"
    assert [(a < 0).text, (a >= 0).text] == ["a < 0", "a ≥ 0"]


def test_the_choice_that_is_an_absolute_value_is_written_so():
    assert chosen(a > 0, -a, a).text == "−|a|" and chosen(b > 0, -a, a).text == "−a if b > 0 else a"


def test_a_row_on_symbols_keeps_its_own_notation():
    assert exp(a + b).text == "e^(a + b)" and exp(a).text == "e^a"
    assert (sigmoid(a) * (1 - sigmoid(a))).text == "σ(a)·(1 − σ(a))"


# --- slopes ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("name, k, text", [
    ("+", 0, "1"), ("-", 1, "−1"), ("*", 0, "{1}"), ("*", 1, "{0}"), ("log1p", 0, "1 / (1 + {0})"),
    ("exp", 0, "{z}"), ("floor", 0, "0")])
def test_slopes_of_rows(name, k, text):
    assert slope_text(TABLE[name], k) == text


def test_a_row_of_any_number_of_operands_is_told_how_many():
    assert [slope_text(TABLE["total"], k, 3) for k in range(3)] == ["1", "1", "1"]


def test_words_of_a_row_hold_for_every_operand_of_a_sum():
    """logsumexp writes one slope, towards the operand {i}, which is then numbered."""
    assert [slope_text(TABLE["logsumexp"], k, 3) for k in (0, 2)] == ["e^({0} − {z})", "e^({2} − {z})"]
