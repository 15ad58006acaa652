"""The finding for a failure: what is said must be true of what is shown."""

from engine import Value
from engine.testing.conformance.cases import CHANGES, Context, explained
from engine.testing.conformance.exercises import Exercise, program
from engine.testing.conformance.mistakes import catalogue

TWICE = Exercise(program([2.0], ("+", (0, 0))))


def engine(wrong_calls):
    """An engine whose backward() gives half of each gradient in the calls of those numbers."""
    class Engine(Value):
        calls = 0

        def backward(self, *args):
            Engine.calls += 1
            super().backward(0.5 if Engine.calls in wrong_calls else 1)

        def __add__(self, other):
            z = Engine(self.data + other.data)
            z.op, z.operands, z.partials = "+", (self, other), (1, 1)
            return z
    return Engine


def test_a_failure_that_comes_and_goes_is_called_that_and_no_known_mistake():
    found = explained(Context(engine(())), TWICE, catalogue())
    assert found.sentence == CHANGES and not found.likely


def test_a_failure_that_comes_back_is_shown_with_its_wrong_numbers():
    found = explained(Context(engine((3,))), TWICE, [])
    assert found.given != found.expected == ["2.0"] and found.sentence != CHANGES
