"""python -m demos coverage: how outcomes come from a real run of pytest."""

import re
from pathlib import Path
from shutil import copy

import pytest

from demos import coverage
from demos.catalogue import errata, items

CONFTEST = Path(__file__).parents[1] / "derivations" / "conftest.py"
TESTS = """
import pytest

@pytest.mark.item("D1-36", "D1-37")
def test_right(): pass

@pytest.mark.item("D1-37")
@pytest.mark.parametrize("x", [1, 2])
def test_half_right(x): assert x == 1

@pytest.mark.erratum("ERR-D0-1")
def test_left_out(): pytest.skip("not today")
"""


@pytest.fixture
def folder(tmp_path):
    copy(CONFTEST, tmp_path)
    (tmp_path / "test_some.py").write_text(TESTS)
    return tmp_path


def test_outcomes_of_a_real_run(folder):
    assert coverage.outcomes(folder) == {
        "D1-36":    {"test_some::test_right": "passed"},
        "D1-37":    {"test_some::test_right": "passed", "test_some::test_half_right": "failed"},
        "ERR-D0-1": {"test_some::test_left_out": "skipped"}}
    assert coverage.marked_tests(folder) == {
        "D1-36": ["test_some::test_right"], "D1-37": ["test_some::test_right", "test_some::test_half_right"],
        "ERR-D0-1": ["test_some::test_left_out"]}


def test_tests_that_cannot_be_read_are_an_error_not_an_empty_table(folder):
    (folder / "test_broken.py").write_text("def test(:\n")
    with pytest.raises(RuntimeError, match="could not run the tests"):
        coverage.outcomes(folder)


def test_the_two_pages_are_written(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(coverage, "outcomes", lambda _: {"D1-36": {"test_some::test_right": "passed"}})
    coverage.run(tmp_path)
    assert "D1-36      passed" in capsys.readouterr().out
    assert "| D1-36 |" in (tmp_path / "coverage.md").read_text()
    page = (tmp_path / "coverage.html").read_text()
    assert "<tr id='D1-36'>" in page
    for document in ("D0", "D1", "D2", "D3", "D4"):                         # each with its own summary
        said = re.search(rf"<h2 id='{document}'>.*</h2>\n<p>(\d+) items and (\d+) errata, (\d+) passed", page)
        counts = [sum(one.id.startswith(start) for one in [*items(), *errata()])
                  for start in (document, f"ERR-{document}")]
        assert list(map(int, said.groups())) == [*counts, int(document == "D1")]


def test_without_the_tests_it_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(coverage, "ROOT", tmp_path)
    coverage.run(tmp_path)
    assert "not part of an installed package" in capsys.readouterr().out
