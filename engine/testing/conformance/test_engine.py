"""The suite as pytest tests, one for each case; the plugin beside it says how they are run."""

from __future__ import annotations

from typing import Any

import pytest

from engine.testing.conformance.cases import BLOCKED, FAIL, SKIP
from engine.testing.conformance.suite import CASES
from engine.testing.conformance.reports import Report, finding_text
from engine.testing.conformance.running import conformance


@pytest.fixture(scope="session")
def report(request: Any) -> Report:
    """The suite runs once, in processes of its own; the tests read what it found."""
    engine = request.config.getoption("--engine", default="")
    if not engine:
        pytest.skip("no engine is given: add --engine path/to/file.py:Value")
    return conformance(engine, examples=request.config.getoption("--engine-examples"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_conformance(case: Any, report: Report) -> None:
    if report.problem:
        pytest.fail(report.problem, pytrace=False)
    verdict = next(v for v in report.verdicts if v.id == case.id)
    if verdict.status == SKIP:
        pytest.skip("; ".join(verdict.notes) or "the engine lacks what is asked")
    if verdict.status == BLOCKED:
        pytest.fail("an operation it needs is wrong by itself", pytrace=False)
    if verdict.status == FAIL:
        pytest.fail("\n\n".join(f"{f.sentence}\n{finding_text(f)}" for f in verdict.findings), pytrace=False)
