"""The catalogue is complete, and every id in it has a test, a demo or a stated reason."""

import re
from collections import Counter
from pathlib import Path

import pytest

from demos.catalogue import documents, errata, items
from demos.coverage import Row, html, markdown, marked_tests, read_report, rows, shown_by, summary, worst

HERE  = Path(__file__).parent
GOLDEN = {f"G{letter}" for letter in "ABCDEFGH"} | {"GA-1", "GA-2"}
KINDS = {"equation", "definition", "figure", "experiment", "code", "prose"}


def uncovered(ids, reasons=()):
    """The ids that nothing accounts for."""
    tested, shown = marked_tests(HERE), shown_by()
    return [id for id in ids if id not in tested and id not in shown and id not in reasons]


def test_the_catalogue_has_every_item_and_erratum():
    assert Counter(item.document for item in items()) == {"D0": 45, "D1": 64, "D2": 46, "D3": 35, "D4": 49}
    assert Counter(one.document for one in errata()) == {"D0": 11, "D1": 19, "D2": 9, "D3": 11, "D4": 16}
    for document in documents():
        for prefix, known in [("", items()), ("ERR-", errata())]:
            mine = [one.id for one in known if one.document == document]
            width = 2 if not prefix else 1
            assert mine == [f"{prefix}{document}-{k:0{width}d}" for k in range(1, len(mine) + 1)]
    assert all(item.title and item.section and item.kind in KINDS for item in items())
    assert all(one.printed and one.right and one.evidence for one in errata())


def test_the_pages_state_the_counts_of_the_catalogue():
    root = HERE.parents[1]
    stated = [found for page in ("README.md", "docs/documents.md")
              for found in re.findall(r"(\d+) (items|errata|places)", (root / page).read_text("utf-8"))]
    count  = {"items": len(items()), "errata": len(errata()), "places": len(errata())}
    assert {name for _, name in stated} == set(count)
    assert [found for found in stated if int(found[0]) != count[found[1]]] == []


def test_every_item_has_a_test_or_a_demo_or_a_stated_reason():
    assert uncovered([item.id for item in items()], {item.id for item in items() if item.reason}) == []


def test_every_item_is_shown_by_a_lecture_or_says_why_a_test_is_enough():
    shown = shown_by()
    assert [item.id for item in items() if (item.id in shown) == bool(item.unshown)] == []


def test_every_erratum_has_a_test():
    tested = marked_tests(HERE)
    assert [one.id for one in errata() if one.id not in tested] == []


def test_an_id_that_nothing_accounts_for_is_found():
    assert uncovered(["D1-36", "D9-01"]) == ["D9-01"]


def test_marks_and_demos_name_ids_of_the_catalogue():
    known = {one.id for one in (*items(), *errata())}
    assert set(marked_tests(HERE)) <= known
    assert set(shown_by()) <= known | GOLDEN


def test_what_is_not_prose_has_a_test():
    """Reasons are for prose and indices: an equation, a piece of code or an experiment is tested."""
    tested = marked_tests(HERE)
    provable = [item.id for item in items() if item.kind in ("equation", "code", "experiment")]
    assert [id for id in provable if id not in tested] == []


@pytest.mark.parametrize("found, together", [
    ([], "-"), (["passed"], "passed"), (["passed", "skipped"], "skipped"),
    (["skipped", "failed", "passed"], "failed")])
def test_the_worst_outcome_counts(found, together):
    assert worst(found) == together


REPORT = """<testsuites><testsuite>
<testcase classname="tests.derivations.test_d1" name="test_a[x]">
<properties><property name="item" value="D1-36"/></properties></testcase>
<testcase classname="tests.derivations.test_d1" name="test_a[y]">
<properties><property name="item" value="D1-36"/></properties><failure message="no"/></testcase>
<testcase classname="tests.derivations.test_errata" name="test_b">
<properties><property name="erratum" value="ERR-D0-1"/></properties></testcase></testsuite></testsuites>"""


def test_a_report_is_read_and_shown(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)
    ended = read_report(tmp_path / "report.xml")
    assert ended == {"D1-36": {"test_d1::test_a": "failed"}, "ERR-D0-1": {"test_errata::test_b": "passed"}}
    table = rows(ended)
    assert len(table) == len(items()) + len(errata())
    assert next(row for row in table if row.id == "D1-36").outcome == "failed"
    assert f"{len(items())} items and {len(errata())} errata, 1 passed, 1 failed" in summary(table)
    for text in (markdown(table), html(table).replace("<wbr>", "")):
        assert all(row.id in text for row in table) and "test_d1::test_a" in text


def test_titles_are_escaped():
    page = html([Row("D0-01", "<script>", [], [], "-", "a < b", "")])
    assert "<script>" not in page and "&lt;script&gt;" in page and "a &lt; b" in page
