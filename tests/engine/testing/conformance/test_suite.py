"""The suite as a whole: right engines pass every case, wrong ones lose those of their mistake."""

from pathlib import Path

import pytest

from engine import Value
from engine.testing import conformance
from engine.testing.conformance.cases import Context
from engine.testing.conformance.here import Here
from engine.testing.conformance.loading import load
from engine.testing.conformance.suite import CASES, FURTHER, GROUPS, QUESTIONS, alone, left_alone, text
from engine.testing.random_programs.scalar_program import Plain, Step

ENGINES = Path(__file__).parent / "engines"
RIGHT   = ["closures", "stored", "tape"]


def said(report):
    """The sentences of the report, the most telling first."""
    return [sentence for sentence, _ in report.mistakes]


# --- right engines ------------------------------------------------------------------------------------

@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", RIGHT)
def test_right_engines_in_three_styles_are_never_blamed(name, seed):
    report = conformance(load(f"{ENGINES / name}.py:Value"), seed=seed, examples=12)
    assert report.passed, str(report)
    assert report.score == 100


def test_our_own_value_scores_full_marks():
    report = conformance(Value, seed=7, examples=20)
    assert report.passed and report.score == 100, str(report)
    assert [mark.group for mark in report.marks] == list(GROUPS)
    assert all(mark.passed == mark.asked > 0 for mark in report.marks)
    assert report.lacking == []


def test_a_slope_between_those_of_both_sides_is_right_and_noted():
    report = conformance(load(f"{ENGINES / 'stored.py'}:Value"), only="kinks")
    assert ("kinks: relu at 0", "the slope of relu at its kink is 0.5") in report.notes


def test_what_an_engine_lacks_is_skipped_and_listed():
    report = conformance(load(f"{ENGINES / 'closures.py'}:Value"), examples=1)
    assert {"abs(x)", "x.sigmoid()", "x ** y"} <= set(report.lacking)
    assert report.passed and report.mark("arithmetic").skipped == 7


def test_what_an_engine_lacks_is_known_when_only_some_cases_are_asked():
    for name in RIGHT:
        report = conformance(load(f"{ENGINES / name}.py:Value"), only="random", seed=100, examples=15)
        assert report.passed, str(report)


# --- engines that exist, and engines with a mistake ---------------------------------------------------

def test_micrograd_has_its_known_mistakes():
    report = conformance("micrograd.engine:Value")
    sentences = " ".join(said(report))
    for words in ("inner nodes are kept", "calls itself once per node", "computed in backward()",
                  "complex number", "treat n == 0"):
        assert words in sentences
    failing = {v.group for v, _ in report.findings}
    assert failing == {"repeated backward", "powers and domains", "deep graphs", "determinism"}


def test_a_microgpt_style_class_has_its_known_mistakes():
    report = conformance(f"{ENGINES / 'microgpt.py'}:Value")
    sentences = " ".join(said(report))
    for words in ("inner nodes are kept", "calls itself once per node", "complex number", "treat n == 0",
                  "nan is swallowed"):
        assert words in sentences
    assert "computed in backward()" not in sentences                       # its partials are stored
    assert report.mark("topological order").passed == 3


def test_one_mistake_costs_its_operation_and_no_other():
    class Engine(load(f"{ENGINES / 'stored.py'}:Value")):
        __slots__ = ()

        def exp(self):
            z = super().exp()
            return type(self)(z.data, ((self, z.data * 1.0000001),))

    report = conformance(Engine, examples=5)
    assert len(said(report)) == 1 and "x.exp() towards x is 1.0000001 times the right one" in said(report)[0]
    assert {v.group for v in report.verdicts if v.status != "pass"
            and v.status != "skip"} <= {"arithmetic", "tails", "nan and inf"}


def test_an_operand_that_is_not_listed_is_found_and_told_by_itself():
    """Classes: an operation whose inputs get their gradients, and which the pass does not go through; a wrong
    gradient put down to an operation that raises, where nothing was raised."""
    report = conformance(f"{ENGINES / 'unlisted.py'}:Value", examples=3, only="arithmetic")
    told = {v.name: found.sentence for v, found in report.findings}
    assert told["x ** 2"].startswith("a value was refused although it lies in the domain")
    assert "x.grad is 32.0 in place of 54.18070978" in told["the upstream gradient"]


# --- single cases -------------------------------------------------------------------------------------

def test_every_case_has_a_name_of_its_own_and_a_group_of_the_report():
    assert len({case.id for case in CASES}) == len(CASES) and QUESTIONS == (*CASES, *FURTHER)
    assert list(dict.fromkeys(case.group for case in CASES)) == list(GROUPS)


def test_one_operation_is_asked_at_points_of_its_domain():
    assert all(min(e.program.inputs) > 0 for e in alone(Step("log", (0,))))
    exponents = {e.program.steps[0].operands[1].number for e in alone(Step("**", (0, Plain(2))))}
    assert exponents == {2, 3, 1, -1, -2, 0, 0.5, 2.5}


def test_an_operation_in_place_must_make_a_new_node():
    class InPlace(Value):
        def __iadd__(self, other):
            self.data += other
            return self
    finding, = left_alone(Context(Here(InPlace))).findings
    assert "__iadd__ must make a new node" in finding.sentence and "x.data 5.0" in finding.given[0]
    assert left_alone(Context(Here(Value))).status == "pass"


def test_what_is_not_a_number_is_better_refused_and_costs_nothing():
    class Anything:
        def __init__(self, data): self.data, self.grad = data, 0.0
        def __mul__(self, other): return Anything(self.data * other.data)
        def backward(self): self.grad = 1.0
    assert text(Context(Here(Value))).status == "pass"
    taken = text(Context(Here(Anything)))
    assert taken.status == "advice"
    assert taken.notes[0].startswith("Value('3'), Value(None), Value([1.0]): taken without a word")
