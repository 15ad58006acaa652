"""Coverage: every item and erratum of the five documents, the tests that prove it, the demos that show it.

The tests are run, and the table says how each ended. It is printed and written to coverage.md and
coverage.html.

    marks      the ids that a test names: @item("D1-36") or @erratum("ERR-D1-8") above its definition
    outcome    "passed", "failed" or "skipped", for one test, or for all tests of an id together
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from engine.show.files import written
from engine.show.frame import framed

from . import lectures
from .catalogue import documents, errata, items
from .common import wrote

POSITION = 910
NEEDS    = ["hypothesis", "mpmath", "pytest", "sympy"]
ROOT     = Path(__file__).parents[1]
TESTS    = Path("tests") / "derivations"


class Row(NamedTuple):
    """One id of the catalogue."""

    id: str
    title: str
    tests: list[str]
    demos: list[str]
    outcome: str
    reason: str
    unshown: str

    @property
    def shown(self) -> str:
        """The demos, or why there is none."""
        return ", ".join(self.demos) or self.unshown


def run(out: Path) -> None:
    """Run the tests of the documents, print the table and write it in two forms."""
    if not (ROOT / TESTS).is_dir():
        print(f"The tests are not part of an installed package, and {ROOT / TESTS} does not exist: run this "
              "from a clone of the repository. Without their outcome there is nothing to show.")
        return
    print(f"running {TESTS} ...", flush=True)
    table = rows(outcomes(ROOT / TESTS))
    for row in table:
        print(f"{row.id:10} {row.outcome:8} {clipped(row.title, 58):58}  "
              f"{clipped(shown(row.tests, row.reason), 60)}  {clipped(row.shown, 60)}".rstrip())
    print(f"\n{summary(table)}\n")
    for name, text in (("coverage.md", markdown(table)), ("coverage.html", html(table))):
        wrote(written(out / name, text),
              "The table of all items and errata with their tests, demos and outcomes")


# --- what there is, without running it ------------------------------------------------------------

def marked_tests(folder: Path) -> dict[str, list[str]]:
    """id -> the tests that name it, as file::function, read from the source."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("test_*.py")):
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(part, ast.FunctionDef):
                for id in marks(part):
                    found.setdefault(id, []).append(f"{path.stem}::{part.name}")
    return found


def marks(function: ast.FunctionDef) -> list[str]:
    """The ids in its decorators item(...) and erratum(...)."""
    return [argument.value for call in function.decorator_list if isinstance(call, ast.Call)
            and getattr(call.func, "id", getattr(call.func, "attr", "")) in ("item", "erratum")
            for argument in call.args if isinstance(argument, ast.Constant)
            and isinstance(argument.value, str)]


def shown_by() -> dict[str, list[str]]:
    """id -> the demos that show it."""
    found: dict[str, list[str]] = {}
    for lecture in lectures():
        for id in lecture.documents:
            found.setdefault(id, []).append(lecture.name)
    return found


# --- what happens when it runs --------------------------------------------------------------------

def outcomes(folder: Path) -> dict[str, dict[str, str]]:
    """Run the tests in folder: id -> test -> outcome.

    Raises:
        RuntimeError: pytest could not run them.
    """
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        ran = subprocess.run([sys.executable, "-m", "pytest", str(folder), "-q", "-p", "no:cacheprovider",
                              f"--junitxml={report}"], cwd=ROOT, capture_output=True,
                             encoding="utf-8", errors="replace")
        if ran.returncode not in (0, 1) or not report.exists():  # 1: a test failed, which the table shows
            raise RuntimeError(f"pytest could not run the tests (exit status {ran.returncode}): is the test "
                               f"extra installed, as in pip install -e '.[test]'? It said:\n"
                               f"{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
        return read_report(report)


def read_report(report: Path) -> dict[str, dict[str, str]]:
    """id -> test -> outcome, from a JUnit report; of several cases of a test the worst counts."""
    found: dict[str, dict[str, str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        test = f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name', '').partition('[')[0]}"
        for mark in case.iter("property"):
            if mark.get("name") in ("item", "erratum"):
                tests = found.setdefault(mark.get("value", ""), {})
                tests[test] = worst([tests.get(test, "passed"), outcome(case)])
    return found


def outcome(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def worst(found: Iterable[str]) -> str:
    """How a group ended: failed if one failed, skipped if one was; "-" for an empty group."""
    return max(found, key=("-", "passed", "skipped", "failed").index, default="-")


def rows(ended: dict[str, dict[str, str]]) -> list[Row]:
    """One row per item and per erratum, in the order of the catalogue."""
    demos = shown_by()
    known = [*((one.id, one.title, one.reason, one.unshown) for one in items()),
             *((one.id, one.printed, "", "") for one in errata())]
    return [Row(id, title, sorted(ended.get(id, {})), demos.get(id, []), worst(ended.get(id, {}).values()),
                *reasons)
            for id, title, *reasons in known]


# --- how it reads ---------------------------------------------------------------------------------

def summary(table: list[Row]) -> str:
    """One line: how many ids there are, and how they ended."""
    def count(found: Iterable[bool]) -> int: return sum(found)
    faults = [row for row in table if row.id.startswith("ERR")]
    parts  = [f"{len(table) - len(faults)} items and {len(faults)} errata",
              f"{count(row.outcome == 'passed' for row in table)} passed",
              f"{count(row.outcome == 'failed' for row in table)} failed",
              f"{count(bool(row.demos) for row in table)} shown by a demo",
              f"{count(not row.demos and bool(row.unshown) for row in table)} with nothing to see",
              f"{count(bool(not row.tests and row.reason) for row in table)} without a test for a stated "
              "reason",
              f"{count(not (row.tests or row.demos or row.reason) for row in table)} not covered"]
    return ", ".join(parts) + "."


def of(document: str, table: list[Row]) -> list[Row]:
    """The items and errata of one document."""
    return [row for row in table if document in (row.id[:2], row.id[4:6])]


def shown(tests: list[str], reason: str) -> str:
    return ", ".join(tests) or reason or "-"


def clipped(text: str, width: int) -> str:
    return text if len(text) <= width else text[:width - 3] + "..."


def markdown(table: list[Row]) -> str:
    """The table in Markdown, one section per document."""
    lines = ["# Coverage of the five documents", "", summary(table), ""]
    for document, about in documents().items():
        mine   = of(document, table)
        lines += [f"## {document}: {about}", "", summary(mine), "", "| id | title | test | demo | outcome |",
                  "|---|---|---|---|---|"]
        for row in mine:
            tests = "<br>".join(f"`{test}`" for test in row.tests) or row.reason or "-"
            cells = (row.id, row.title, tests, row.shown or "-", row.outcome)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def breakable(name: str) -> str:
    """The name of a test or a demo, which a browser may break at each underscore."""
    return escape(name).replace("_", "_<wbr>")


STYLE = """
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ccc }
td:first-child { white-space: nowrap; font-weight: 600 }
th:nth-child(1) { width: 7% } th:nth-child(2) { width: 33% }
th:nth-child(4) { width: 11% } th:nth-child(5) { width: 8% }
code { font-size: .85em; overflow-wrap: anywhere }
.passed { color: $blue } .failed { color: #fff; background: $vermillion } .skipped { color: #7a5200 }
.failed, .passed, .skipped { font-weight: 600 }
.reason { color: #555; font-style: italic }
@media (max-width: 48rem) {                              /* a phone: a card for each row */
  body { margin: 1rem auto }
  table, tbody, td { display: block }
  tr { display: grid; grid-template-columns: 1fr auto; padding: .6rem 0; border-bottom: 1px solid #ccc }
  tr:first-child { display: none }
  td { grid-column: 1 / 3; border: 0; padding: .1rem 0; min-width: 0 }
  td:first-child { grid-column: 1 }
  td:last-child { grid-column: 2; grid-row: 1; padding: 0 .4rem }
  td:nth-child(4)::before { content: "demo: " }
}
"""


def html(table: list[Row]) -> str:
    """The table as one page that needs nothing else."""
    title = "Coverage of the five documents"
    parts = [f"<h1>{title}</h1>\n<p>{escape(summary(table))}</p>"]
    for document, about in documents().items():
        mine = of(document, table)
        parts.append(f"<h2 id='{document}'>{document}: {escape(about)}</h2>\n<p>{escape(summary(mine))}</p>\n"
                     "<table>\n<tr><th>id<th>title<th>test<th>demo<th>outcome")
        for row in mine:
            tests = "<br>".join(f"<code>{breakable(test)}</code>" for test in row.tests) or \
                    f"<span class='reason'>{escape(row.reason) or '-'}</span>"
            parts.append(f"<tr id='{row.id}'><td>{row.id}<td>{escape(row.title)}<td>{tests}"
                         f"<td>{breakable(row.shown) or '-'}<td "
                         f"class='{row.outcome}'>{row.outcome}")
        parts.append("</table>")
    return framed(title, "\n".join(parts), style=STYLE)
