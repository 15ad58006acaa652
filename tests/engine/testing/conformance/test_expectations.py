"""What is right, how far a right engine may be from it, and what is not asked at all."""

import math

import pytest
from engine.testing.conformance.attempts import Outcome
from engine.testing.conformance.exercises import NAN, NONE, Exercise, P, program
from engine.testing.conformance.expectations import accepts, askable, differs, expected, wrong

SQUARE = Exercise(program((3.0,), ("*", (0, 0))))


def test_the_expected_numbers_are_exact_and_the_room_for_rounding_is_small():
    right = expected(SQUARE)
    assert right.data == [3, 9] and right.grads == [6, 1] and right.steady
    assert all(0 < within < 1e-12 for within in (*right.data_within, right.grad_within[0]))


@pytest.mark.parametrize("outcome, what", [
    (Outcome([3.0, 9.0], [6.0, 1.0]), ""),
    (Outcome([3.0, 9.0], [6.0 + 1e-14, 1.0]), ""),
    (Outcome([3.0, 9.0], [6.0000001, 1.0]), "grad"),
    (Outcome([3.0, 8.0], [6.0, 1.0]), "data"),
    (Outcome([3.0, "list"], [6.0, 1.0]), "data"),
    (Outcome([3.0, 9.0], [math.nan, 1.0]), "grad"),
    (Outcome([3.0, None], [0.0, None], "ValueError: no"), "error"),
])
def test_an_outcome_is_right_or_wrong_in_one_of_three_ways(outcome, what):
    assert wrong(SQUARE, outcome) == what


@pytest.mark.parametrize("right, given, yes", [
    ((0, 1), 0.5, True), ((0, 1), 1.5, False), ((6.0, 6.0), 6.0 + 1e-15, True), (None, "anything", True),
    (NAN, math.nan, True), (NAN, math.inf, False), (NONE, math.inf, True), (NONE, 3.0, False),
    ((0, 1), 1j, False),
])
def test_an_interval_or_the_lack_of_a_number_is_accepted(right, given, yes):
    assert accepts(right, given) is yes


def test_text_complex_numbers_and_nan_always_differ():
    assert all(differs(given, 1.0, math.inf) for given in ("1.0", 1 + 0j, None, math.nan))
    assert not differs(math.inf, math.inf, 0.0)


@pytest.mark.parametrize("asked", [
    Exercise(program((0.0,), ("relu", (0,)))),                              # a kink
    Exercise(program((-1.0,), ("log", (0,)))),                              # outside of the domain
    Exercise(program((-2.0, 3.0), ("**", (0, 1)))),                         # no slope towards the exponent
    Exercise(program((3.0,), ("*", (0, P(2.0)))), "split"),                 # not two outputs
])
def test_what_has_no_one_right_answer_is_not_asked(asked):
    assert askable(SQUARE) and not askable(asked)


# --- engines of less precision --------------------------------------------------------------------------

SINGLE = 2.0 ** -24


@pytest.mark.parametrize("grad, precision, said", [
    (6.0, SINGLE, ""), (6.0 * (1 + 1e-6), SINGLE, ""), (6.0 * (1 + 1e-6), 2.0 ** -53, "grad"),
    (6.01, SINGLE, "grad"), (0.0, SINGLE, "grad"), (float("nan"), SINGLE, "grad")])
def test_single_precision_is_judged_by_its_own_digits(grad, precision, said):
    exercise = Exercise(program((3.0,), ("*", (0, 0))))
    assert wrong(exercise, Outcome([3.0, 9.0], [grad, 1.0], precision=precision)) == said


def test_an_interval_is_as_wide_as_the_digits_allow():
    exercise = Exercise(program((3.0,), ("*", (0, P(0.001)))), slopes=((0.001, 0.001),))
    assert wrong(exercise, Outcome([3.0, 0.003], [0.0010000000474974513, 1.0], precision=SINGLE)) == ""
    assert wrong(exercise, Outcome([3.0, 0.003], [0.0, 1.0], precision=SINGLE)) == "grad"
    assert wrong(exercise, Outcome([3.0, 0.003], [0.0010000000474974513, 1.0])) == "grad"


def test_numbers_beyond_the_range_of_single_precision_are_not_judged():
    exercise = Exercise(program((3.0,), ("*", (0, P(1e-200)))), slopes=((1e-200, 1e-200),))
    assert wrong(exercise, Outcome([3.0, 0.0], [0.0, 1.0], precision=SINGLE)) == ""
    assert wrong(exercise, Outcome([3.0, 0.0], [0.0, 1.0])) == "grad"
    large = Exercise(program((1e20,), ("*", (0, 0))))
    assert wrong(large, Outcome([1e20, float("inf")], [2e20, 1.0], precision=SINGLE)) == ""
