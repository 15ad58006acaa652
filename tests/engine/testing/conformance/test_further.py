"""Further operations: what an engine offers beyond the usual ones is asked of it, and of nobody else."""

from pathlib import Path

import pytest

from engine import Value
from engine.primitives import TABLE
from engine.testing import conformance
from engine.testing.conformance.loading import load
from engine.testing.conformance.suite import CASES, FURTHER

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def verdicts():
    report = conformance(load(f"{HERE / 'engines' / 'further.py'}:Value"), only="arithmetic")
    return {v.name: v for v in report.verdicts}


@pytest.mark.parametrize("name", ["x % y", "x % 2", "x // y", "x // 2", "round(x)", "x.softplus()", "tan(x)"])
def test_right_ones_pass_as_operator_method_or_function(verdicts, name):
    assert verdicts[name].status == "pass"


@pytest.mark.parametrize("name, words", [
    ("x.silu()", "x.silu() has slopes with the wrong sign"),
    ("x.log2()", "the slope of x.log2() towards x is 0.693147181 times the right one"),
    ("atan(x)",  "none of the other mistakes: x.grad is -0.3333333333333333 in place of 0.2"),
    ("x.cosh()", "none of the other mistakes: the value of x.cosh() is 4.0 in place of 3.76"),
    ("x.sinh()", "the operation does not take these operands"),
])
def test_wrong_ones_are_blamed_by_name(verdicts, name, words):
    assert verdicts[name].status == "fail" and words in verdicts[name].findings[0].sentence


def test_another_function_of_the_same_name_with_slopes_of_its_own_is_noted_and_costs_nothing(verdicts):
    assert verdicts["x.gelu()"].status == "advice"
    assert "its slopes are right for its values" in verdicts["x.gelu()"].notes[0]


@pytest.mark.parametrize("name", ["x.step()", "x.sign()", "math.floor(x)", "2 % x", "x.mish()"])
def test_what_is_not_offered_or_means_another_thing_is_not_asked(verdicts, name):
    assert name not in verdicts


@pytest.mark.parametrize("name", ["closures", "stored", "tape", "microgpt"])
def test_an_engine_that_offers_none_has_no_line_of_them(name):
    report = conformance(load(f"{HERE / 'engines' / name}.py:Value"), examples=1)
    assert len(report.verdicts) == len(CASES)
    assert not {case.id for case in FURTHER} & {*report.skipped, *report.lacking, str(report), report.json()}


def test_our_own_engine_is_asked_every_row_that_is_a_method_or_operator_of_its_own():
    report = conformance(Value, only="arithmetic", examples=1)
    asked  = {v.name for v in report.verdicts}
    assert report.passed, str(report)
    for row in TABLE.values():
        if row.public and 1 <= len(row.each) <= 2 or row.name in ("%", "//"):
            assert any(name.startswith((f"x.{row.name}(", f"x {row.name} y")) for name in asked), row.name
