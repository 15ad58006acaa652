"""The sentences of errors: what was given, why it cannot work, what to write instead."""

import math
from fractions import Fraction

import pytest

from engine import Value
from engine.errors import advice, call, failure, not_a_number


@pytest.mark.parametrize("data, write", [
    ("3", "write Value(float(text))"), (None, "did a function end without return?"),
    (1j, "one Value each for .real and .imag"), ([1], "one Value per number"), ((), "one Value per number"),
    (Value(1), "use it as it is"), (object(), "write Value(float(x))")])
def test_what_is_no_number_is_named_with_what_to_write(data, write):
    said = not_a_number(data)
    assert said.startswith(f"Value needs a real number, not {type(data).__name__} ") and write in said
    assert said.endswith(advice(data))


def test_a_long_text_is_cut():
    assert len(not_a_number("9" * 10_000)) < 150


# --- the operation as it is written ---------------------------------------------------------------

@pytest.mark.parametrize("name, operands, written", [
    ("/", [2.0, 0], "2.0 / 0"), ("**", [-2.0, 0.5], "(-2.0) ** 0.5"), ("log", [0], "log(0)"),
    ("atan2", [-1, 2.5], "atan2(-1, 2.5)"), ("%", [Fraction(1, 2), 0], "Fraction(1, 2) % 0")])
def test_the_operation_is_written_as_in_a_program(name, operands, written):
    assert call(name, operands) == written


def test_a_number_of_many_digits_is_cut():
    assert call("log", [-10 ** 100]) == f"log({str(-10 ** 100)[:40]})"


# --- what went wrong ------------------------------------------------------------------------------

@pytest.mark.parametrize("error, why", [
    (OverflowError("math range error"), "f(1): the result is larger than the largest float, 1.8e308"),
    (ZeroDivisionError(), "f(1): division by zero"),
    (ValueError("math domain error"), "f(1): f is defined on (0, inf)"),
    (ValueError(), "f(1): f is defined on (0, inf)"),
    (ValueError("low is above high"), "f(1): low is above high"),
    (TypeError("no such thing"), "f(1): no such thing")])
def test_the_error_keeps_its_kind_and_says_why(error, why):
    found = failure("f(1)", [1], error, "f is defined on (0, inf)", "")
    assert type(found) is type(error) and str(found) == why


def test_a_hint_is_the_last_sentence():
    found = failure("f(1)", [1], ZeroDivisionError(), "", "Write g(1)")
    assert str(found) == "f(1): division by zero. Write g(1)"


def test_of_several_operands_the_one_that_is_no_number_is_named():
    found = failure("f(1, 'a')", [1, "a"], TypeError("unsupported"), "", "ignored")
    assert str(found) == f"f(1, 'a'): {not_a_number('a')}"


# --- where they are said --------------------------------------------------------------------------

@pytest.mark.parametrize("data", ["3", None, 1j, [1], object()])
def test_a_value_and_an_operand_are_refused_in_the_same_words(data):
    for make in (Value, lambda data: Value(1) * data):
        with pytest.raises(TypeError) as error:
            make(data)
        assert str(error.value) == not_a_number(data)


@pytest.mark.parametrize("f", [float, int, math.sin, math.sqrt, math.trunc])
def test_a_function_of_plain_numbers_says_what_to_write(f):
    with pytest.raises(TypeError, match=r"x\.data .*sin\(x\) from engine"):
        f(Value(2.0))
