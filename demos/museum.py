"""The bug museum: classic mistakes in a scalar autodiff engine, each found and named by the conformance
suite.

For each: the line that is changed, what the suite says, the smallest program that shows it, the
expected and the given gradient, and the graph twice, with the first differing edge marked. All of
it is on one page, museum.html.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from engine.show.files import written
from engine.testing.conformance.pages import document, exhibit, say
from engine.testing.conformance.reports import Report, finding_text, smallest
from engine.testing.museum import EXHIBITS, Exhibit, difference, engine, names, tour
from engine.testing.museum.wing import SLIPS, named, visit

from .common import folder, progress, wrote

POSITION  = 90
DOCUMENTS: list[str] = []
NEEDS     = ["mpmath"]
EXAMPLES  = 2                                            # random programs for each case: enough for all


def run(out: Path) -> None:
    """Visit every exhibit; write the gallery page to the folder out."""
    with ThreadPoolExecutor(2) as pool:
        reports = list(progress(pool.map(lambda e: tour(e.name, examples=EXAMPLES), EXHIBITS), "exhibits"))
        wing    = list(pool.map(lambda name: named(visit(engine("right"), name), name), SLIPS))
    for number, (e, report) in enumerate(zip(EXHIBITS, reports), 1):
        print(f"\n{number}. {e.name.replace('_', ' ')}: {e.story}\n{indented(chr(10).join(change(e)))}")
        show(report)
    for sentences in wing:
        print(f"\nThe wing of the table, {len(sentences)} exhibits: {sentences[0]}, and so on")
    path = written(folder(out) / "museum.html", gallery(reports, wing))
    print()
    wrote(path, f"{len(EXHIBITS)} exhibits, each with its change, its smallest program and the right and the "
          "wrong graph side by side")


def show(report: Report) -> None:
    """What the suite says first."""
    sentence, found = report.mistakes[0]
    verdict, finding = smallest(found)
    print(f"   found by {verdict.id}: {sentence}\n{indented(finding_text(finding))}")


def indented(text: str) -> str:
    return "\n".join("       " + line for line in text.splitlines())


def gallery(reports: list[Report], wing: list[list[str]]) -> str:
    """The page: a table of contents, a section for each exhibit, and the wing of the table."""
    contents = "".join(f"<li><a href='#{e.name}'>{say(e.name.replace('_', ' '))}</a></li>" for e in EXHIBITS)
    found = sum(names(report, e) for e, report in zip(EXHIBITS, reports))
    right = tour("right", examples=EXAMPLES)
    intro = (f"<p>{len(EXHIBITS)} engines, each with one classic mistake: one change of the same right "
             f"engine. The conformance suite finds and names {found} of them, and gives the right engine "
             f"{right.score:.0f} of 100.</p><ol class='contents'>{contents}</ol>")
    return document("The bug museum",
                    [intro, *(section(k, e, r) for k, (e, r) in enumerate(zip(EXHIBITS, reports), 1)),
                     hung(wing)])


def hung(wing: list[list[str]]) -> str:
    """The wing: what the suite says of each row of the table, with each slip."""
    items = "".join(f"<li>{say(sentence)}</li>" for sentences in wing for sentence in sentences)
    return ("<h2 id='table'>The wing of the table</h2><p>The right engine with every other operation of the "
            "calculus table, each with the slips that any operation can have. The suite says:</p>"
            f"<ul style='columns: 24rem'>{items}</ul>")


def change(e: Exhibit) -> list[str]:
    """The lines of the change, as far to the left as they go."""
    lines = [line or " " for line in difference(e).splitlines()]
    depth = min(len(line[1:]) - len(line[1:].lstrip()) for line in lines if line[1:].strip())
    return [f"{line[0]} {line[1 + depth:]}" for line in lines]


def marked(line: str) -> str:
    """A line of the change; what the mistake brought in is bold."""
    return f"<strong>{say(line)}</strong>" if line.startswith("+") else say(line)


def section(number: int, e: Exhibit, report: Report) -> str:
    """One exhibit."""
    sentence, found = report.mistakes[0]
    verdict, finding = smallest(found)
    return "\n".join([
        f"<h2 id='{e.name}'>{number}. {say(e.name.replace('_', ' '))}</h2>",
        f"<p>{say(e.story)}</p>",
        "<pre>" + "\n".join(marked(line) for line in change(e)) + "</pre>",
        f"<p>The suite says: <strong>{say(sentence)}</strong></p>",
        f"<p class='note'>Found by {say(verdict.id)}; score {report.points} of 100.</p>",
        exhibit(finding)])
