"""An attempt has an outcome whatever the engine does."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from engine import Value
from engine.testing.conformance.adapters import Adapter
from engine.testing.conformance.attempts import apply, attempt, described, reading
from engine.testing.conformance.exercises import Exercise, P, program
from engine.testing.random_programs.scalar_program import Step

SQUARE = program((3.0,), ("*", (0, 0)))


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


def test_a_step_is_an_operator_or_a_method_and_takes_plain_numbers_as_they_are():
    x = Value(2.0)
    assert apply(Step("-", (P(3.0), 0)), [x], float).data == 1.0
    assert apply(Step("relu", (0,)), [x], float).op == "relu"
    whole = apply(Step("**", (0, P(2))), [x], Fraction)
    assert whole.data == 4.0 and whole.op == "**"


def test_an_error_is_described_in_one_short_line():
    assert described(KeyError()) == "KeyError" and described(ValueError("no")) == "ValueError: no"
    assert "\x1b" not in described(ValueError("\x1b")) and len(described(ValueError("x" * 999))) <= 201


def test_data_that_cannot_be_changed_cannot_falsify_a_gradient():
    class Frozen(Value):
        __slots__ = ("locked",)

        def __setattr__(self, name, x):
            if name == "data" and getattr(self, "locked", False):
                raise AttributeError("frozen")
            super().__setattr__(name, x)
            super().__setattr__("locked", True) if name == "data" else None
    outcome = attempt(Exercise(SQUARE, "changed"), Frozen)
    assert outcome.error == "" and outcome.grads[0] == 6.0


def test_an_outcome_tells_how_precise_its_numbers_are():
    class Single(Adapter):
        precision = 2.0 ** -24
    assert attempt(Exercise(SQUARE), Value).precision == 2.0 ** -53
    assert attempt(Exercise(SQUARE), Single).precision == 2.0 ** -24
