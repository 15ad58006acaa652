"""The catalogue: every mistake shows in some answer, and its sentence names it."""

import math

import pytest

from engine.testing.conformance.exercises import CALLS, Exercise, P, program
from engine.testing.conformance.mistakes import (
    WRONG_SLOPES, WRONG_VALUES, altered_gradients, catalogue, clip, cut, drop, per_operation, quotients,
    reflections, scaled,
)
from engine.testing.conformance.simulation import PARTS, Model, simulate
from engine.testing.random_programs.rules import WRITTEN

POINTS = ((1.3, 2.5), (-0.75, 0.5))


def asked(op):
    """The operation alone, on nodes and with a plain number on either side."""
    two = [("*", (0, 1)), ("*", (0, P(2.5))), ("*", (P(2.5), 0))] if WRITTEN[op].arity == 2 else [("", (0,))]
    for point in POINTS:
        if point[0] > 0 or op not in ("log", "sqrt", "**"):
            yield from (Exercise(program(point, (op, operands))) for _, operands in two)


@pytest.mark.parametrize("op, sentence", [(op, s) for op, s, _ in (*WRONG_SLOPES, *WRONG_VALUES)])
def test_each_wrong_rule_shows_at_some_point(op, sentence):
    chosen = [m for m in catalogue() if m.sentence == sentence and m.name.endswith(f" of {op}")]
    for mistake in chosen:
        assert any(simulate(e, Model((mistake,))) != simulate(e, Model()) for e in asked(op)), sentence


def test_every_mistake_has_a_name_a_sentence_and_changes_one_part():
    for mistake in catalogue():
        assert mistake.name and mistake.sentence and mistake.part in PARTS, mistake.sentence
    assert catalogue() is catalogue()                                   # made once


def test_a_reflected_operation_is_wrong_with_a_plain_number_on_the_left_only():
    swapped = next(m for m in reflections() if "__rsub__" in m.sentence)
    assert simulate(Exercise(program((3.0,), ("-", (P(2.0), 0)))), Model((swapped,))).data[-1] == 1.0
    assert simulate(Exercise(program((3.0,), ("-", (0, P(2.0))))), Model((swapped,))).data[-1] == 1.0
    assert simulate(Exercise(program((3.0, 2.0), ("-", (0, 1)))), Model((swapped,))).data[-1] == 1.0


@pytest.mark.parametrize("words, grads", [
    ("x * y is detached: no", [0.0, 0.0]), ("passes no gradient to its first", [0.0, 3.0]),
    ("passes no gradient to its second", [2.0, 0.0]), ("wrong sign", [-2.0, -3.0]),
    ("twice too large", [4.0, 6.0]), ("half the right size", [1.0, 1.5]),
    ("right side is a plain number", [2.0, 3.0])])
def test_what_can_go_wrong_with_any_operation(words, grads):
    mistake = next(m for m in per_operation(("*",)) if words in m.sentence)
    assert simulate(Exercise(program((3.0, 2.0), ("*", (0, 1)))), Model((mistake,))).grads[:2] == grads


def test_gradients_are_clipped_dropped_and_rounded():
    assert [clip(5.0)(g) for g in (-7.0, 3.0, 7.0)] == [-5.0, 3.0, 5.0]
    assert [drop(1e-3)(g) for g in (1e-4, 1e-2)] == [0.0, 1e-2]
    assert cut(2)(0.126) == 0.13 and cut(2)(math.inf) == math.inf
    clipped = next(m for m in altered_gradients() if "clipped at 5:" in m.sentence)
    model   = Model((clipped,))
    assert simulate(Exercise(program((2.0,), ("*", (0, P(9.0))))), model).grads[0] == 5.0
    assert {how: simulate(Exercise(program((2.0,), ("*", (0, P(3.0)))), how), model).grads[0]
            for how in CALLS if how in ("once", "twice")} == {"once": 3.0, "twice": 5.0}


def test_mistakes_with_a_number_in_them():
    product = Exercise(program((3.0, 2.0), ("*", (0, 1))))
    factor  = scaled("*", (1.0, 1.5))
    assert factor.sentence == "the slope of x * y towards y is 1.5 times the right one"
    assert simulate(product, Model((factor,))).grads[:2] == [2.0, 4.5]
    forward = next(iter(quotients("tanh")))
    assert "difference quotient" in forward.sentence
    given = simulate(Exercise(program((0.5,), ("tanh", (0,)))), Model((forward,))).grads[0]
    assert given == (math.tanh(0.6) - math.tanh(0.5)) / 0.1
