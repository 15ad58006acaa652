"""Conclusions: every failure is told under the mistake that it shows, and no cause is made up."""

from pathlib import Path
from random import Random

import pytest

from engine import Value
from engine.testing import museum
from engine.testing.conformance import conformance
from engine.testing.conformance.cases import Context, Result
from engine.testing.conformance.compositions import FORMS_OF
from engine.testing.conformance.conclusions import (
    Teller, answering, conclude, gather, halfway, pin, questions,
)
from engine.testing.conformance.diagnosis import Diagnosis
from engine.testing.conformance.exercises import Exercise, program
from engine.testing.conformance.expectations import askable
from engine.testing.conformance.here import Here
from engine.testing.conformance.mistakes import catalogue
from engine.testing.conformance.scales import gradients
from engine.testing.conformance.simulation import Model
from tests.engine.testing.conformance.mistaken import made

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


# --- thresholds, wherever they are --------------------------------------------------------------------

ADDED = "parent.grad = parent.grad + upstream * slope"


def altered(change):
    text = (Path(__file__).parent / "engines" / "closures.py").read_text(encoding="utf-8")
    assert text.count(ADDED) == 1
    return made(text.replace(ADDED, f"{ADDED}\n                {change}"))


@pytest.mark.parametrize("draw", range(3))
@pytest.mark.parametrize("change, low, high, says", [
    ("if abs(parent.grad) < {t!r}: parent.grad = 0.0", -290, -20, "gradients below {t:g} are dropped"),
    ("parent.grad = max(-{t!r}, min({t!r}, parent.grad))", 20, 290, "gradients are clipped at {t:g}")])
def test_a_threshold_is_read_off_the_answers_wherever_it_is(change, low, high, says, draw):
    threshold = float(f"{10.0 ** Random(f'{says} {draw}').uniform(low, high):.4g}")
    report = conformance(altered(change.format(t=threshold)), examples=3, only="every", isolated=False)
    (sentence, _), = report.mistakes
    assert sentence.startswith(says.format(t=threshold))


@pytest.mark.parametrize("draw", range(3))
def test_a_threshold_is_found_to_the_last_bit_and_few_answers_are_kept(draw):
    threshold = 10.0 ** Random(f"bit {draw}").uniform(-290, -5)
    context = Context(Here(altered(f"if abs(parent.grad) < {threshold!r}: parent.grad = 0.0")), examples=3)
    gradients(context)
    before = len(context.answers)
    pin(context)
    given = {e.program.steps[0].operands[1].number: o.grads[0] for e, o in context.answers
             if len(e.program.steps) == 1}
    lost, kept = max(c for c, g in given.items() if g == 0), min(c for c, g in given.items() if g)
    assert lost < threshold <= kept and halfway(lost, kept) in (lost, kept)
    assert len(context.answers) <= before + 2


def test_where_nothing_is_lost_nothing_is_asked():
    context = Context(Here(Value), examples=3)
    gradients(context)
    before = len(context.answers)
    pin(context)
    assert len(context.answers) == before
    assert halfway(1.0, 4.0) == 2.0 and halfway(1e-300, 1e300) == pytest.approx(1.0, rel=3)


def test_a_large_graph_is_explained_by_the_mistake_and_is_no_evidence():
    """Class: what is too large to be simulated again and again, told as a mistake of its own."""
    engine  = altered("parent.grad = max(-20.0, min(20.0, parent.grad))")
    report  = conformance(engine, examples=3, isolated=False, only="scales and sizes: ")
    (sentence, found), = report.mistakes
    assert sentence == "gradients are clipped at 20: backward() must not change them"
    assert {"10 and 1,000 nodes", "1,000 calls on new graphs"} <= {verdict.name for verdict, _ in found}
