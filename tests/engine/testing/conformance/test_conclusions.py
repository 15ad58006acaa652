"""Conclusions: every failure is told under the mistake that it shows, and no cause is made up."""

import pytest

from engine import Value
from engine.testing import museum
from engine.testing.conformance import conformance
from engine.testing.conformance.cases import Context, Result
from engine.testing.conformance.compositions import FORMS_OF
from engine.testing.conformance.conclusions import Teller, answering, conclude, gather, questions
from engine.testing.conformance.diagnosis import Diagnosis
from engine.testing.conformance.exercises import Exercise, program
from engine.testing.conformance.expectations import askable
from engine.testing.conformance.here import Here
from engine.testing.conformance.mistakes import catalogue
from engine.testing.conformance.simulation import Model

SQUARE = Exercise(program((3.0,), ("*", (0, 0))))


def of(name):
    return Context(Here(museum.engine(name)), examples=5)


@pytest.mark.parametrize("name", ["overwrite", "upstream", "clipped", "no_sort", "mul_swapped",
                                  "single_precision"])
def test_a_single_mistake_is_one_sentence_whatever_it_breaks(name):
    """Class: consequences told as causes: in place, long chains, doubling, calls again, graphs built
    before."""
    report = museum.tour(name)
    (sentence, found), = report.mistakes
    assert museum.names(report, museum.exhibit(name)) and len(found) > 1
    assert all(finding.likely[0][1] == sentence for _, finding in found)


def test_a_mistake_is_shown_by_the_smallest_program_of_all():
    context = of("overwrite")
    large   = Exercise(program((3.0,), ("*", (0, 0)), ("*", (1, 0)), ("+", (2, 2))))
    result  = Result("fail", failed=[(large, context.attempt(large))])
    diagnosis = conclude(context, [result])
    (finding,) = result.findings
    assert len(diagnosis.mistakes) == 1 and finding.sentence == diagnosis.mistakes[0].sentence
    assert finding.code.count("z = ") == 1 and "<" not in finding.code


def test_without_a_failure_nothing_is_asked_and_nothing_concluded():
    context = Context(Here(Value))
    assert conclude(context, [Result()]) is None and context.answers == []


def test_what_no_mistake_explains_has_its_numbers_and_no_guess():
    class Odd(Value):
        def sin(self):
            z = Odd(super().sin().data)
            z.op, z.operands, z.partials = "sin", (self,), (0.123,)
            return z
    report = conformance(Odd, isolated=False, only="x.sin()")
    (sentence, found), = report.mistakes
    assert sentence.startswith("x.grad is 0.123 in place of ") and not found[0][1].likely


def test_what_comes_of_how_an_operation_is_made_is_put_down_to_no_mistake():
    """Class: tanh of exp overflows at 1000, and the mistake of another operation is blamed for it."""
    class OfExp(Value):
        def tanh(self):
            e = (self * 2.0).exp()
            return (e - 1.0) / (e + 1.0)
    context = Context(Here(OfExp))
    tail    = Exercise(program((1000.0,), ("tanh", (0,))), value=(1.0, 1.0))
    late    = next(m for m in catalogue() if m.name == "read late")
    way, _  = FORMS_OF["tanh n"]
    teller  = Teller(context, Diagnosis([late], [], Model((late,)).making("tanh n", way)))
    answer  = tail, context.attempt(tail)
    assert answer[1].error.startswith("OverflowError") and teller.causes(answer) == []


def test_more_is_asked_of_operations_that_answer_and_of_no_others():
    context = Context(Here(Value), examples=3)
    for exercise in (SQUARE, Exercise(program((2.0, 4.0), ("*", (0, 1))))):
        context.attempt(exercise)
    assert answering(context) == {"* nn"}
    gather(context)
    assert len(context.answers) > 10
    assert {step.op for exercise, _ in context.answers for step in exercise.program.steps} == {"*"}


def test_the_questions_are_the_same_each_time():
    asked = [list(questions(Context(Here(Value), examples=3))) for _ in range(2)]
    assert asked[0] == asked[1] and len(asked[0]) > 500 and any(map(askable, asked[0]))
