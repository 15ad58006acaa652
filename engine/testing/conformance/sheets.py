"""Sheets: one student's page, which needs nothing else and can be mailed.

    sheet(report)             the page
    names_of(reports)         a file name for each page of a batch
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from .loading import is_file, split
from .pages import document, mistakes, remarks, say, shade
from .reports import Mark, Report


def sheet(report: Report) -> str:
    """The page: the score, what cost what, the marks, each mistake with the student's own lines, notes."""
    if report.problem:
        return document(report.engine, [score(report), f"<p>{say(report.problem)}</p>"])
    told = mistakes(report)
    return document(report.engine, [
        score(report), shares(report), costs(report), marks(report),
        *(["<h2>The mistakes</h2>", *told] if told else []),
        "<h2>Notes</h2>", *(remarks(report) or ["<p class='note'>None.</p>"]), foot(report)])


def score(report: Report) -> str:
    cut = f" ({report.tenths:.1f} before it was cut)" if report.tenths != report.points else ""
    return f"<p class='score'><strong>{report.points}</strong> of 100{cut}</p>"


def shares(report: Report) -> str:
    """The 100 points as a bar: what was got, and what each mistake cost."""
    parts, at = [f"<rect class='got' x='0' y='0' width='{report.tenths:.1f}' height='1'/>"], report.tenths
    for why, cost in report.costs:
        parts.append(f"<rect class='lost' x='{at:.1f}' y='0' width='{cost:.1f}' height='1'>"
                     f"<title>{cost:.1f}: {say(why)}</title></rect>")
        at += cost
    return (f"<svg class='shares' role='img' viewBox='0 0 100 1' preserveAspectRatio='none' aria-label='"
            f"{report.tenths:.1f} of 100 points'>{''.join(parts)}</svg>")


def costs(report: Report) -> str:
    """What cost what, each mistake leading to its part of the page."""
    count = len(report.mistakes)
    rows  = [f"<tr><td class='n'>{cost:.1f}</td><td>"
             + (f"<a href='#m{k}'>{k}. {say(why)}</a>" if k <= count else say(why)) + "</td></tr>"
             for k, (why, cost) in enumerate(report.costs, 1)]
    return (f"<table class='costs'><thead><tr><th scope='col' class='n'>points</th><th scope='col'>what they "
            f"were lost by</th></tr></thead><tbody>{''.join(rows)}</tbody></table>") if rows else ""


def marks(report: Report) -> str:
    """A row for each group that was asked."""
    rows = "".join(row(mark) for mark in report.marks if mark.asked or mark.advice or mark.waived)
    return ("<h2>Marks</h2><table><thead><tr><th scope='col'>group</th><th scope='col' class='n'>passed</th>"
            "<th scope='col' class='n'>lost</th><th scope='col' class='n'>of</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>")


def row(mark: Mark) -> str:
    lost = f"{mark.lost:.1f}" if mark.passed < mark.asked else ""
    return (f"<tr><th scope='row'>{say(mark.group)}</th><td class='n {shade(mark.passed, mark.asked)}'>"
            f"{mark.text}</td><td class='n'>{lost}</td>"
            f"<td class='n'>{f'{mark.points:.1f}' if mark.asked else ''}</td></tr>")


def foot(report: Report) -> str:
    return (f"<footer class='note'>chainrule conformance, seed {report.seed}, {report.examples} random "
            "programs for each case.</footer>")


# --- files ------------------------------------------------------------------------------------------------

def names_of(reports: Sequence[Report]) -> list[str]:
    """A file name for each report: that of the engine's file, with its folders where that is another's too,
    and a number where nothing else tells two apart."""
    stems = [plain(report.engine).lower() for report in reports]
    taken: set[str] = set()
    names = []
    for report, stem in zip(reports, stems):
        first = name = plain(report.engine, whole=stems.count(stem) > 1)
        count = 1
        while name.lower() in taken:
            count += 1
            name = f"{first}-{count}"
        taken.add(name.lower())
        names.append(f"{name}.html")
    return names


def plain(engine: str, whole: bool = False) -> str:
    """The engine as a file name, in harmless characters; `whole`: with its folders."""
    place, _ = split(engine)
    parts = PurePosixPath(place.replace("\\", "/")).with_suffix("").parts if is_file(place) else (place,)
    safe  = "".join(c if c.isalnum() or c in "-_" else "_" for c in "-".join(parts if whole else parts[-1:]))
    return safe.strip("-_")[-80:] or "engine"
