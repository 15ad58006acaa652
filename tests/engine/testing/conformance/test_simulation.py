"""A simulated engine: right, it answers as a right one; with a mistake, as one with that mistake."""

import pytest

from engine import Value
from engine.testing import museum
from engine.testing.conformance.attempts import Outcome, attempt
from engine.testing.conformance.exercises import CALLS, Exercise, P, program
from engine.testing.conformance.mistakes import catalogue
from engine.testing.conformance.simulation import Mistake, close, consistent, explains, ranked, simulate

RIGHT  = Mistake("none", "nothing is wrong")
SQUARE = Exercise(program((3.0,), ("*", (0, 0))))
SHARED = program((2.0,), ("*", (0, P(3.0))), ("/", (1, P(2.0))), ("-", (1, P(5.0))), ("+", (2, 3)))


@pytest.mark.parametrize("how", CALLS)
def test_without_a_mistake_it_answers_as_a_right_engine(how):
    exercise = Exercise(SHARED, how)
    told, given = simulate(exercise, RIGHT), attempt(exercise, Value)
    assert (told.data, told.grads[0], told.error) == (given.data, given.grads[0], "")


def test_lowered_it_makes_a_difference_of_a_sum_and_a_product():
    """x - y as x + y * -1: the same numbers, and a mistake in * shows in -."""
    difference = Exercise(program((3.0, 2.0), ("-", (0, 1))))
    doubled    = Mistake("", "", step=lambda op, operands, xs, z, slopes:
                         (z, tuple(2 * s for s in slopes) if op == "*" else slopes))
    assert simulate(difference, doubled).grads[:2] == [1.0, -1.0]
    assert simulate(difference, doubled, lowered=True).grads[:2] == [1.0, -2.0]
    assert explains(doubled, difference, Outcome([3.0, 2.0, 1.0], [1.0, -2.0, 1.0]))


def test_a_mistake_explains_what_its_engine_answers_and_contradicts_what_it_does_not():
    overwrite = next(m for m in catalogue() if m.name == "overwrite")
    wrong, right = [attempt(SQUARE, engine) for engine in (museum.engine("overwrite"), Value)]
    assert explains(overwrite, SQUARE, wrong) and not explains(overwrite, SQUARE, right)
    assert explains(RIGHT, SQUARE, right)
    assert not explains(RIGHT, SQUARE, Outcome([3.0, None], [0.0, None], "KeyError"))
    assert consistent([overwrite, RIGHT], [(SQUARE, right)]) == [RIGHT]
    assert ranked([RIGHT, overwrite], [(SQUARE, wrong)]) == [overwrite]
    assert ranked([overwrite], [(SQUARE, wrong)], [(SQUARE, right)]) == []


def test_the_mistake_that_explains_most_is_first_and_the_more_common_of_two_equal_ones():
    both, one, same = [Mistake(name, "", step=step) for name, step in (
        ("both", lambda op, operands, xs, z, slopes: (z + 1, slopes)),
        ("one",  lambda op, operands, xs, z, slopes: (z + (op == "+"), slopes)),
        ("same", lambda op, operands, xs, z, slopes: (z + 1, slopes)))]
    failed = [(e, simulate(e, both)) for e in (Exercise(program((3.0,), (op, (0, 0)))) for op in "+*")]
    assert [m.name for m in ranked([one, both, same], failed)] == ["both", "same", "one"]


def test_a_mistake_that_leads_out_of_a_domain_explains_nothing():
    away = Mistake("", "", step=lambda op, operands, xs, z, slopes: (z / 0.0, slopes))
    with pytest.raises(ZeroDivisionError):
        simulate(SQUARE, away)
    assert not explains(away, SQUARE, Outcome([3.0, 9.0], [6.0, 1.0]))


@pytest.mark.parametrize("a, b, yes", [
    (1.0, 1.0 + 1e-12, True), (1.0, 1.001, False), (None, None, True), (None, 1.0, False),
    (float("nan"), float("nan"), True), (1j, 1j, False)])
def test_answers_are_close_where_they_are_numbers(a, b, yes):
    assert close(a, b) is yes
