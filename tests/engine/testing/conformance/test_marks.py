"""Marks: weights by severity; what was lost is charged to what cost it, to the last fraction of a point."""

from fractions import Fraction

import pytest

from engine.testing.conformance import marks
from engine.testing.conformance.cases import FORMS, Finding
from engine.testing.conformance.marks import (QUESTIONS, apportioned, charges, of_question,
                                              shares)
from engine.testing.conformance.reports import Report, Verdict
from engine.testing.conformance.suite import CASES, GROUPS


def verdict(group, name, status="pass", *sentences, notes=()):
    findings = [Finding("", [], [], [], "", sentence, [], {}) for sentence in sentences]
    return Verdict(group, name, status, findings, list(notes))


def suite(**changed):
    """Every case passed, but for those given by name."""
    return [changed.get(case.name, verdict(case.group, case.name)) for case in CASES]


def failing(*names, status="fail", because="it"):
    wrong = {case.name: verdict(case.group, case.name, status, *[because] * (status == "fail"))
             for case in CASES if case.name in names}
    assert len(wrong) == len(names)
    return wrong


def lost(changed):
    return float(100 - Report("x", 0, 1, verdicts=suite(**changed)).exact)


def test_a_weight_has_a_reason_and_names_questions_that_there_are():
    assert set(marks.GROUPS) == set(GROUPS)
    rows = [*marks.GROUPS.values(), marks.FURTHER, marks.USUAL, *(row for _, row in QUESTIONS)]
    assert all(row.weight > 0 and len(row.reason.split()) > 0 for row in rows)
    asked = {case.name for case in CASES}
    assert all(names <= asked for names, _ in QUESTIONS)


def test_the_points_of_all_questions_are_100_whatever_is_skipped():
    for changed in ({}, failing("tanh(7)", status="skip"), failing("x * y")):
        assert sum(shares(suite(**changed))) == 100
    assert shares([verdict("kinks", "a", "skip")]) == [0]


def test_what_is_worse_costs_more():
    """The class: every pair of questions of different severity."""
    worst_first = [lost(failing("x * y", "x * 2", "2 * x")), lost(failing("diamonds")),
                   lost(failing("x * y")), lost(failing("twice")), lost(failing("x.tanh()")),
                   lost(failing("0 ** 2")), lost(failing("(-2) ** 0.5"))]
    assert worst_first == sorted(worst_first, reverse=True) and len(set(worst_first)) == len(worst_first)
    assert of_question("arithmetic", "x + y") > of_question("arithmetic", "x.exp()") > of_question(
        "arithmetic", "x.softplus()")
    assert of_question("powers and domains", "log(0)") < of_question("powers and domains", "0 ** 2")


@pytest.mark.parametrize("changed", [
    failing("x * y"), failing("x + y", "x.relu()", because="that"),
    {**failing("x.tanh()"), **failing("tanh(7)", "tanh(20)", status="blocked")},
    {**failing("x * y"), **failing("diamonds", "twice", status="blocked")}])
def test_the_charges_are_what_is_missing_to_100(changed):
    verdicts = suite(**changed)
    report   = Report("x", 0, 1, verdicts=verdicts)
    assert sum(charges(verdicts).values()) == 100 - report.exact
    assert round(sum(cost for _, cost in report.costs) + report.tenths, 9) == 100
    assert report.costs == Report("x", 0, 1, verdicts=verdicts).costs


def test_of_two_mistakes_in_one_answer_each_bears_its_part():
    verdicts = [verdict("kinks", "a", "fail", "one", "other", "one"), verdict("kinks", "b")]
    assert charges(verdicts) == {"one": Fraction(25), "other": Fraction(25)}


def test_a_rarer_operation_that_is_wrong_costs_once():
    alone = failing("x.tanh()")
    with_consequences = {**alone, **failing("tanh(7)", "tanh(20)", "tanh(inf)", status="blocked")}
    costs = charges(suite(**with_consequences))
    assert list(costs) == ["it"] and costs["it"] == charges(suite(**alone))["it"]
    mark = Report("x", 0, 1, verdicts=suite(**with_consequences)).mark("tails")
    assert (mark.asked, mark.passed, mark.waived, mark.lost) == (18, 18, 2, 0.0)


def test_what_is_made_of_a_wrong_plus_or_times_is_lost_and_charged_to_it():
    changed = {**failing("x * y", because="the slopes of * are swapped"),
               **failing("diamonds", "random graphs", "twice", status="blocked")}
    costs = charges(suite(**changed))
    assert list(costs) == ["the slopes of * are swapped"] and costs["the slopes of * are swapped"] > 12


def test_what_there_was_no_time_for_is_lost_and_says_so():
    late = verdict("kinks", "b", "blocked", notes=["not asked: the time limit was reached"])
    report = Report("x", 0, 1, verdicts=[verdict("kinks", "a"), late])
    assert report.lost == [{"why": "not asked: the time limit was reached", "cost": 50.0}]
    alone = Report("x", 0, 1, verdicts=[verdict("kinks", "a", "blocked")])
    assert alone.lost == [{"why": marks.UNKNOWN, "cost": 100.0}] and alone.score == 0


def test_parts_are_cut_so_that_what_is_shown_adds_up():
    assert apportioned([Fraction(1, 3)] * 3, 10) == [0.4, 0.3, 0.3]
    assert apportioned([], 0) == [] and apportioned([Fraction(5)], 50) == [5.0]


def test_every_form_of_an_operation_has_a_weight_of_its_own_row():
    assert all(of_question("arithmetic", label) > marks.FURTHER.weight for label in FORMS)
