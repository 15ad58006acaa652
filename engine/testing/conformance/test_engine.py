"""The suite as pytest tests: one for each case, and one for whatever else the engine offers; the plugin
beside it says how they are run."""

from __future__ import annotations

import pytest

from engine.testing.conformance.cases import BLOCKED, FAIL, SKIP, Case
from engine.testing.conformance.reports import Report, Verdict, finding_text
from engine.testing.conformance.running import conformance
from engine.testing.conformance.suite import CASES, FURTHER


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Report:
    """The suite runs once, in processes of its own; the tests read what it found."""
    engine = request.config.getoption("--engine", default="")
    if not engine:
        pytest.skip("no engine is given: add --engine path/to/file.py:Value")
    return conformance(engine, examples=request.config.getoption("--engine-examples"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_conformance(case: Case, report: Report) -> None:
    if report.problem:
        pytest.fail(report.problem, pytrace=False)
    verdict = next(v for v in report.verdicts if v.id == case.id)
    if verdict.status == SKIP:
        pytest.skip("; ".join(verdict.notes) or "the engine lacks what is asked")
    if verdict.status == BLOCKED:
        pytest.fail("an operation it needs is wrong by itself", pytrace=False)
    if verdict.status == FAIL:
        pytest.fail(told([verdict]), pytrace=False)


def test_further_operations(report: Report) -> None:
    """Those that only the calculus table has; most engines offer none of them."""
    offered = {case.id for case in FURTHER}
    failed  = [v for v in report.verdicts if v.id in offered and v.status == FAIL]
    if failed:
        pytest.fail(told(failed), pytrace=False)


def told(verdicts: list[Verdict]) -> str:
    return "\n\n".join(f"{f.sentence}\n{finding_text(f)}" for v in verdicts for f in v.findings)
