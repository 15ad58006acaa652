"""Pages: reports as one HTML file that needs nothing else: a table of scores, and each mistake with its two
graphs."""

from __future__ import annotations

from collections.abc import Sequence

from ...show.frame import framed
from ...show.text import html
from .cases import Finding
from .pictures import drawn_svg, drawn_text
from .reports import Report, Verdict, smallest

STYLE = """
body { max-width: 75rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.25rem; margin-top: 2.5rem; border-top: 1px solid #bbb; padding-top: 1rem;
     overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin-bottom: .3rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
td, th { padding: .3rem .6rem; border-bottom: 1px solid #ddd; text-align: left; white-space: nowrap; }
th { font-weight: 600; vertical-align: bottom; }
.scores th { white-space: normal; min-width: 3.9rem; font-size: .78rem; padding: .3rem; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
td.full { background: #dcecf6; }
td.part { background: #fdebc8; }
td.none { background: #f6d3bd; font-weight: 600; }
td.empty { color: #666; }
pre { background: #f4f4f4; padding: .7rem; overflow-x: auto; font-size: .9rem; line-height: 1.4; }
.pair { margin-top: 1rem; display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; border: 1px solid #ddd; padding: .6rem; flex: 1 1 20rem; min-width: 0; }
figure svg { max-width: 100%; height: auto; display: block; margin: auto; }
figcaption { font-weight: 600; }
.right figcaption { color: $blue; }
.given figcaption { color: #B34E00; }
.note { color: #444; font-size: .95rem; }
a { color: $blue; }
.contents { columns: 12rem; padding-left: 2rem; }
"""


def page(reports: Sequence[Report], title: str = "Conformance of engines") -> str:
    """The reports as one page."""
    head = (f"<p>{len(reports)} engines, seed {reports[0].seed}, {reports[0].examples} random programs for "
            "each case.</p>")
    sections = [section(report, k) for k, report in enumerate(reports)]
    return document(title, [head if len(reports) > 1 else "", score_table(reports), *sections])


def document(title: str, parts: Sequence[str]) -> str:
    """A whole HTML file."""
    return framed(title, "\n".join([f"<h1>{say(title)}</h1>", *parts]), style=STYLE)


def say(text: object, limit: int = 2000) -> str:
    """Foreign text, harmless."""
    return html(text, limit)


def code(text: str) -> str:
    """Lines of a program or a table, each harmless."""
    return "\n".join(say(line) for line in text.splitlines())


def score_table(reports: Sequence[Report]) -> str:
    """A row for each engine, a column for each group."""
    head = "".join(f"<th scope='col'>{say(mark.group)}</th>" for mark in reports[0].marks)
    rows = []
    for k, report in enumerate(reports):
        cells = "".join(f"<td class='n {shade(mark.passed, mark.asked)}'>{mark.text}</td>"
                        for mark in report.marks)
        rows.append(f"<tr><th scope='row'><a href='#e{k}'>{say(report.engine)}</a></th>"
                    f"<td class='n'>{report.points}</td>{cells}</tr>")
    top = f"<tr><th scope='col'>engine</th><th scope='col'>score of 100</th>{head}</tr>"
    return f"<div class='wide' tabindex='0'><table class='scores'>{top}{''.join(rows)}</table></div>"


def shade(passed: int, asked: int) -> str:
    return "empty" if not asked else "full" if passed == asked else "part" if 2 * passed >= asked else "none"


def section(report: Report, k: int) -> str:
    """One engine: its mistakes, what was skipped and noted."""
    parts = [f"<h2 id='e{k}'>{say(report.engine)}: {report.points} of 100</h2>"]
    if report.problem:
        return "\n".join([*parts, f"<p>{say(report.problem)}</p>"])
    parts += [mistake(number, sentence, found) for number, (sentence, found) in enumerate(report.mistakes, 1)]
    if report.passed:
        parts.append("<p>No mistake was found.</p>")
    if report.lacking:
        parts.append("<p class='note'>The engine lacks, and was not asked about: "
                     f"{say(', '.join(report.lacking))}.</p>")
    parts += [f"<p class='note'>Note on {say(case)}: {say(note)}.</p>" for case, note in report.notes]
    return "\n".join(parts)


def mistake(number: int, sentence: str, found: list[tuple[Verdict, Finding]]) -> str:
    """One mistake: the sentence, the program, both answers, both graphs."""
    verdict, finding = smallest(found)
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return (f"<h3>{number}. {say(sentence)}</h3>\n<p class='note'>Found by "
            f"{say(verdict.id)}{more}.</p>\n{exhibit(finding)}")


def exhibit(finding: Finding) -> str:
    """The program, both answers and both graphs of a finding."""
    parts = [f"<pre>{code(finding.code)}</pre>"] if finding.code else []
    if finding.error:
        parts.append(f"<p>It raised {say(finding.error)}</p>")
    if finding.inputs:
        rows = "".join(f"<tr><td>{say(x)}.grad</td><td class='n'>{say(want)}</td><td "
                       f"class='n'>{say(got)}</td></tr>"
                       for x, want, got in zip(finding.inputs, finding.expected, finding.given))
        header = "<tr><th></th><th>expected</th><th>given</th></tr>"
        parts.append(f"<div class='wide'><table>{header}{rows}</table></div>")
    return "\n".join([*parts, pictures(finding)])


def pictures(finding: Finding) -> str:
    """The two graphs; as text where there is no Graphviz."""
    if not finding.graph:
        return ""
    try:
        right, given = drawn_svg(finding.graph, "right"), drawn_svg(finding.graph, "given")
    except RuntimeError:
        return f"<pre>{code(chr(10).join(drawn_text(finding.graph)))}</pre>"
    return (f"<div class='pair'><figure class='right'><figcaption>right</figcaption>{right}</figure>"
            "<figure class='given'><figcaption>given: what differs is "
            f"dashed</figcaption>{given}</figure></div>")
