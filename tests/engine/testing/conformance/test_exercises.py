"""An exercise makes instructions, and an attempt at them has an outcome whatever the engine does."""

from fractions import Fraction
from types import SimpleNamespace

import pytest
from engine import Value
from engine.testing.conformance.attempts import attempt, reading
from engine.testing.conformance.exercises import (
    Backward, Change, Exercise, Make, P, Zero, ancestors, fits, program, script,
)

SQUARE = program((3.0,), ("*", (0, 0)))
SHARED = program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("*", (1, P(5.0))), ("+", (2, 3)))


@pytest.mark.parametrize("how, kinds", [
    ("once",    [Make, Backward]),
    ("twice",   [Make, Backward, Backward]),
    ("reset",   [Make, Backward, Zero, Backward]),
    ("changed", [Make, Change, Backward]),
])
def test_the_instructions_are_those_of_how_backward_is_called(how, kinds):
    assert [type(i) for i in script(Exercise(SQUARE, how))] == kinds


def test_two_outputs_are_asked_on_one_graph_or_on_two():
    split, in_turn = script(Exercise(SHARED, "split")), script(Exercise(SHARED, "in turn"))
    assert [i.root for i in split if isinstance(i, Backward)] == [2, 3]          # a + b itself is never made
    assert sum(isinstance(i, Make) for i in split) == 3
    assert [i.node for i in in_turn if isinstance(i, Make)] == [1, 2, 1, 3]      # the shared node twice
    assert ancestors(SHARED, 3) == [1, 3]
    assert fits(Exercise(SHARED, "split")) and not fits(Exercise(SQUARE, "split"))


@pytest.mark.parametrize("how, grad", [("once", 6.0), ("twice", 12.0), ("reset", 6.0), ("changed", 6.0)])
def test_the_outcome_holds_the_numbers_of_every_node(how, grad):
    outcome = attempt(Exercise(SQUARE, how), Value)
    assert (outcome.data, outcome.grads[0], outcome.error) == ([3.0, 9.0], grad, "")


def test_what_an_engine_raises_is_part_of_the_outcome_and_what_was_not_reached_is_none():
    class Engine(Value):
        def __mul__(self, other):
            raise SystemExit("enough")
    outcome = attempt(Exercise(SQUARE), Engine)
    assert outcome.error == "SystemExit: enough" and outcome.data == [3.0, None]


@pytest.mark.parametrize("data, read", [(Fraction(1, 2), 0.5), (1j, 1j), ([1], "list"), (None, "None"),
                                        (Value(2.0), 2.0)])
def test_numbers_are_read_as_floats_and_what_is_none_as_text(data, read):
    assert reading(SimpleNamespace(data=data), "data") == read
