"""Findings and reports: what check_gradients says, word for word."""

from fractions import Fraction

import mpmath
import pytest
from engine.testing import check_gradients
from engine.testing.check.findings import (
    KINK, OUTSIDE, RIGHT, ROUNDING, VERDICTS, WRONG, Finding, Report, WrongGradient, listed, shown, ulps,
)


def test_a_right_gradient_reads_well():
    assert str(check_gradients(lambda x, y: x * y, 3, 4)).split("\n") == [
        "gradients: right", "  inputs:", "    right     x: 4", "    right     y: 3",
        "  slopes of operations: 2 right"]


@pytest.mark.parametrize("finding, sentence", [
    (Finding("x", RIGHT, 3.0),                    "right     x: 3.0"),
    (Finding("x", WRONG, 3.0, 4.0, why="because"), "WRONG     x: 3.0 was given, 4.0 is right. because"),
    (Finding("x", WRONG, 3.0, why="because"),     "WRONG     x: because"),
    (Finding("x", ROUNDING, 3.0, 4.0, ulps=7.0, allowed=9.0),
     "rounding  x: 3.0 is 7 units of the last place from 4.0; rounding explains 9"),
    (Finding("x", KINK, 2.0, None, 0.0, 1.0),
     "kink      x: slope 0.0 on the left, 1.0 on the right; 2.0 does not lie between"),
    (Finding("x", OUTSIDE, why="no value"),       "outside the domain x: no value"),
    (Finding("x * y", RIGHT, 3, operand=1),       "right     x * y, slope towards operand 2: 3")])
def test_a_finding_is_a_sentence(finding, sentence):
    assert str(finding) == sentence


def test_at_the_end_of_a_domain_there_is_one_side():
    assert Finding("x", OUTSIDE, left=None, right_side=1.0).one_sided
    assert not Finding("x", KINK, left=0.0, right_side=1.0).one_sided and not Finding("x", RIGHT).one_sided
    assert Finding("x", KINK, Fraction(1, 2), left=mpmath.mpf(0), right_side=mpmath.mpf(1)).between


def test_the_worst_verdict_is_that_of_the_report_and_the_first_wrong_node_the_culprit():
    inputs, nodes = [Finding("x", WRONG)], [Finding("a", RIGHT), Finding("b", WRONG), Finding("c", WRONG)]
    assert Report(inputs, nodes).culprit.name == "b" and Report(inputs).culprit.name == "x"
    assert [Report([Finding("x", RIGHT), Finding("y", v)]).verdict for v in VERDICTS] == list(VERDICTS)
    assert Report([]).verdict == RIGHT and Report([]).culprit is None


def test_a_report_is_true_unless_something_is_wrong():
    fine, wrong = Report([Finding("x", KINK, 0.0, None, 0.0, 1.0)]), Report([Finding("x", WRONG, 1.0, 2.0)])
    assert fine and fine.raise_if_wrong() is fine and not wrong
    with pytest.raises(WrongGradient, match="first wrong: x: 1.0 was given, 2.0 is right"):
        wrong.raise_if_wrong()


def test_where_they_do_not_all_fit_the_worst_come_first():
    many  = [Finding(f"x{n}", RIGHT, 1.0) for n in range(20)] + [Finding("y", WRONG, 1.0, 2.0)]
    lines = listed("inputs", many)
    assert len(lines) == 14 and " y: " in lines[1] and lines[-1] == "    ... and 9 more"
    assert listed("inputs", []) == []


def test_numbers_are_shown_short_or_as_floats():
    assert [shown(x) for x in (None, 3, Fraction(1, 3), mpmath.mpf(0.25))] == ["no slope", "3", "1/3", "0.25"]
    assert shown(Fraction(1, 10 ** 30 + 1)) == "1e-30"
    assert shown(-10 ** 400) == "-inf (beyond the largest float)"
    assert ulps(2.0 ** -52, 1.0) == 1 and ulps(1.0, 10 ** 400) == float("inf")
