"""The finding for a failure: what is said must be true of what is shown."""

import pytest

from engine import Value
from engine.testing.conformance.attempts import Outcome
from engine.testing.conformance.cases import CHANGES, Case, Context, answered, ask, smallest
from engine.testing.conformance.exchange import Garbled, Lost, Raised, Slow
from engine.testing.conformance.exercises import Exercise, program
from engine.testing.conformance.here import Here

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
    found = smallest(Context(Here(engine(()))), (TWICE, Outcome([2.0, 4.0], [1.0, 1.0])), False)
    assert found.sentence == CHANGES and not found.likely and found.given == ["1.0"]


def test_a_failure_that_comes_back_is_shown_with_its_wrong_numbers_and_no_guess():
    context = Context(Here(engine(range(1, 500))))
    result  = ask(context, [TWICE])
    (answer,) = result.failed
    assert result.status == "fail" and not result.findings
    found = smallest(context, answer, False)
    assert found.sentence == "x.grad is 1.0 in place of 2.0" and not found.likely
    assert smallest(context, answer, True).sentence == (
        "this is explained by none of the other mistakes: x.grad is 1.0 in place of 2.0")


# --- asking the witness -------------------------------------------------------------------------------

def test_every_exercise_that_was_asked_is_kept_with_its_outcome_in_order():
    context = Context(Here(Value))
    other   = TWICE._replace(how="twice")
    kept    = [(asked, context.attempt(asked)) for asked in (TWICE, other, TWICE)]
    assert context.answers == kept and kept[1][1].grads[0] == 4.0


def test_what_is_there_is_asked_once():
    class Counts(Here):
        asked = 0

        def ask(self, question, seconds):
            self.asked += 1
            return super().ask(question, seconds)
    context = Context(Counts(Value))
    assert [context.has("exp"), context.has("exp"), context.has("swish"), context.has_beside("exp")] == [
        True, True, False, True]
    assert context.witness.asked == 3


@pytest.mark.parametrize("group, problem, status, words, unsound", [
    ("arithmetic",     Raised("SystemExit: 0"),   "fail",   "take out sys.exit() and quit()",        True),
    ("arithmetic",     Raised("MemoryError"),     "fail",   "it takes more memory than allowed",     True),
    ("arithmetic",     Raised("KeyError: 'x'"),   "fail",   "exception where it should answer: Key", True),
    ("arithmetic",     Lost("the process died"),  "fail",   "the process died",                      True),
    ("arithmetic",     Slow(3.0),                 "fail",   "did not finish within 3 s",             True),
    ("arithmetic",     Garbled(),                 "fail",   "what came back is no answer",           False),
    ("freeing memory", Raised("RuntimeError: x"), "advice", "not measured: RuntimeError: x",         True),
    ("freeing memory", Lost("the process died"),  "advice", "the process died",                      True)])
def test_a_lost_question_and_what_is_raised_is_the_result_of_its_case(group, problem, status, words, unsound):
    def check(context): raise problem
    context = Context(Here(Value))
    result  = answered(Case(group, "x * y", check), context)
    assert result.status == status and (context.unsound == {"* nn"}) is unsound
    assert words in (result.findings[0].sentence if result.findings else result.notes[0])


def test_the_answers_to_one_case_share_its_time():
    context = Context(Here(Value), limit=5.0)
    context.spent = 2.0
    assert 2.9 < context.seconds() <= 3.0 and context.seconds(4.0) > 6.9
    context.spent = 5.0
    with pytest.raises(Slow, match="within 5 s"):
        context.attempt(TWICE)
    assert answered(Case("kinks", "next", lambda c: c.attempt(TWICE)), context).data[-1] == 4.0
