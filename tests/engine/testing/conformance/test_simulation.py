"""A simulated engine: right, it answers as a right one; with mistakes, as one with those mistakes."""

import math

import pytest

from engine import Value
from engine.testing import museum
from engine.testing.conformance.attempts import Outcome, attempt
from engine.testing.conformance.compositions import PLUS_MINUS
from engine.testing.conformance.exercises import CALLS, Exercise, P, program
from engine.testing.conformance.mistakes import catalogue
from engine.testing.conformance.simulation import SORTS, Mistake, Model, agrees, close, order, simulate

SQUARE = Exercise(program((3.0,), ("*", (0, 0))))
SHARED = program((2.0,), ("*", (0, P(3.0))), ("/", (1, P(2.0))), ("-", (1, P(5.0))), ("+", (2, 3)))
DOUBLE = Mistake("doubled", "", "step", lambda op, operands, xs, z, slopes:
                 (z, tuple(2 * s for s in slopes) if op == "*" else slopes), "step *")


def named(words):
    return next(m for m in catalogue() if words in m.sentence)


@pytest.mark.parametrize("how", CALLS)
@pytest.mark.parametrize("model", [Model(), *(Model(sort=sort) for sort in SORTS)])
def test_without_a_mistake_it_answers_as_a_right_engine_in_any_order_of_the_nodes(how, model):
    exercise = Exercise(SHARED, how)
    told, given = simulate(exercise, model), attempt(exercise, Value)
    assert (told.data, told.grads[0], told.error) == (given.data, given.grads[0], "")


def test_an_operation_made_of_others_has_their_mistakes():
    """x - y as x + y * -1: the same numbers, and a mistake in * shows in -."""
    difference = Exercise(program((3.0, 2.0), ("-", (0, 1))))
    composed   = Model((DOUBLE,)).making("- nn", PLUS_MINUS)
    assert simulate(difference, Model((DOUBLE,))).grads[:2] == [1.0, -1.0]
    assert simulate(difference, composed).grads[:2] == [1.0, -2.0]
    assert simulate(difference, Model().making("- nn", PLUS_MINUS)).grads[:2] == [1.0, -1.0]
    assert agrees(composed, difference, Outcome([3.0, 2.0, 1.0], [1.0, -2.0, 1.0]))


def test_two_mistakes_in_two_places_show_both():
    once = named("overwritten where")
    assert simulate(SQUARE, Model((DOUBLE,))).grads[0] == 12.0
    assert simulate(SQUARE, Model((once,))).grads[0] == 3.0
    assert simulate(SQUARE, Model((DOUBLE, once))).grads[0] == simulate(SQUARE,
                                                                        Model((once, DOUBLE))).grads[0] == 6.0
    assert Model((DOUBLE, once)).without(DOUBLE).key == Model((once,)).key


def test_mistakes_in_one_place_exclude_each_other():
    everywhere, here = named("forgotten: each"), named("forgotten in x * y")
    assert here.excludes(everywhere) and everywhere.excludes(here) and DOUBLE.excludes(DOUBLE)
    assert not DOUBLE.excludes(here)


def test_a_model_agrees_with_what_its_engine_answers_and_with_nothing_else():
    overwrite = named("overwritten where")
    wrong, right = [attempt(SQUARE, engine) for engine in (museum.engine("overwrite"), Value)]
    assert agrees(Model((overwrite,)), SQUARE, wrong) and not agrees(Model((overwrite,)), SQUARE, right)
    assert agrees(Model(), SQUARE, right)
    assert not agrees(Model(), SQUARE, Outcome([3.0, None], [0.0, None], "KeyError"))


def test_a_mistake_that_leads_out_of_a_domain_agrees_with_a_refusal_only():
    away = Model((Mistake("", "", "step", lambda op, operands, xs, z, slopes: (z / 0.0, slopes)),))
    with pytest.raises(ZeroDivisionError):
        simulate(SQUARE, away)
    assert not agrees(away, SQUARE, Outcome([3.0, 9.0], [6.0, 1.0]))
    assert agrees(away, SQUARE, Outcome([3.0, None], [0.0, None], "ZeroDivisionError: division by zero"))


def test_outside_of_a_domain_engines_refuse_or_answer_inf_or_nan():
    """Class: an engine in C or on NumPy's numbers, of which a mistake is not told, as it does not raise."""
    changed = Exercise(program((-1.0,), ("**", (0, P(-2)))), "changed")               # at 0 when it is read
    late    = Model((named("slopes are computed in backward()"),))
    assert agrees(late, changed, Outcome([-1.0, 1.0], [-math.inf, 1.0]))
    assert agrees(late, changed, Outcome([-1.0, 1.0], [None, None], "ZeroDivisionError: "))
    assert not agrees(late, changed, Outcome([-1.0, 1.0], [2.0, 1.0]))


def test_what_cancels_is_compared_by_the_size_of_what_it_was_added_from():
    """1e9 * x - 1e9 * x, with a last bit lost on one side, is as good as 0; 1e-3 is not."""
    exercise = Exercise(program((1.0,), ("*", (0, P(1e9))), ("*", (0, P(1e9))), ("-", (1, 2))))
    data     = [1.0, 1e9, 1e9, 0.0]
    assert agrees(Model(), exercise, Outcome(data, [1e-7, 1.0, -1.0, 1.0]))
    assert not agrees(Model(), exercise, Outcome(data, [1e-1, 1.0, -1.0, 1.0]))


def test_a_graph_of_a_hundred_thousand_nodes_is_sorted_without_recursion():
    class Chain:
        operands = [()] + [(k,) for k in range(100_000)]
    assert order(Chain, 100_000) == list(range(100_001))


@pytest.mark.parametrize("a, b, yes", [
    (1.0, 1.0 + 1e-12, True), (1.0, 1.001, False), (None, None, True), (None, 1.0, False),
    (math.nan, math.nan, True), (1j, 1j, False)])
def test_answers_are_close_where_they_are_numbers(a, b, yes):
    assert close(a, b) is yes


def test_infinity_is_near_to_nothing_but_itself():
    """Class: a relative tolerance of an infinite number is infinite, and holds of everything."""
    assert not close(math.inf, 1e300) and not close(1e300, -math.inf) and not close(-math.inf, math.inf)
    assert close(math.inf, math.inf) and close(math.nan, math.nan) and not close(math.nan, 1.0)
    assert close(1e300, 1e300 * (1 + 1e-12)) and not close(1e-300, 2e-300) and close(1.0, 1.5, least=0.6)
