"""Pages: reports as one HTML file that needs nothing else: a table of scores, and each mistake with the
student's own lines and its two graphs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...show.frame import framed
from ...show.palette import DARK
from ...show.text import html
from .cases import Finding
from .pictures import drawn_svg, drawn_text
from .places import Excerpt
from .reports import Report, Verdict, not_asked, smallest

STYLE = """
:root { color-scheme: light dark; font-size: clamp(16px, 10px + .46vw, 30px); --bg: #fff; --ink: #1a1a1a;
  --soft: #555; --line: #d5d9de; --panel: #f4f6f8; --blue: #005f96; --warm: #a63f00; --mark: #fdebc8;
  --full: #dcecf6; --part: #fdebc8; --none: #f6d3bd; --edge: #555; --lost: #e6a04e; }
@media screen and (prefers-color-scheme: dark) { :root { --bg: #14171b; --ink: #ececec; --soft: #b4bcc5;
  --line: #3a4048; --panel: #1e2228; --blue: #63bdf0; --warm: #ffab57; --mark: #4a3812;
  --full: #12344d; --part: #45330b; --none: #5a2a12; --edge: #98a1ab; --lost: #b5701f; } }
html { -webkit-text-size-adjust: 100%; }
body { max-width: 78rem; margin: 0 auto; padding: 1rem; font-size: 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .3rem 0 .6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.2rem 0 .5rem; border-top: 1px solid var(--line);
     padding-top: 1rem; overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .3rem; overflow-wrap: anywhere; }
p, li, dd { overflow-wrap: anywhere; }
a { color: var(--blue); }
:focus-visible { outline: .15rem solid var(--blue); outline-offset: .15rem; }
table { border-collapse: collapse; }
td, th { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left;
         vertical-align: baseline; }
th { font-weight: 600; }
th[scope='row'] { overflow-wrap: anywhere; }
.scores { width: 100%; }
.scores td, .scores th { padding: .3rem .35rem; }
.scores thead th { font-size: .74rem; vertical-align: bottom; line-height: 1.25; }
.scores thead th + th { text-align: right; }
.scores tbody th { overflow-wrap: anywhere; min-width: 10rem; }
.scores td.points { font-weight: 600; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.full { background: var(--full); }
td.part { background: var(--part); }
td.none { background: var(--none); font-weight: 600; }
td.empty { color: var(--soft); }
pre, .own { background: var(--panel); padding: .7rem; margin: .6rem 0; font: .9rem/1.45 var(--mono);
            white-space: pre-wrap; overflow-wrap: anywhere; border-radius: .3rem; }
.own { padding: .7rem 0; }
.own div { display: grid; grid-template-columns: 1rem 4ch 1fr; column-gap: .7rem; padding: 0 .6rem 0 .2rem; }
.own i { font-style: normal; color: var(--warm); text-align: right; }
.own b { font-weight: 400; color: var(--soft); text-align: right; }
.own code { font: inherit; min-width: 0; padding-left: 2ch; text-indent: -2ch; }
.own .marked { background: var(--mark); }
.own .marked b { color: var(--ink); font-weight: 600; }
.place { margin: 1rem 0 0; font-weight: 600; }
.answers td { overflow-wrap: anywhere; }
.answers td.n { white-space: normal; }
.answers td:first-child { white-space: nowrap; }
.pair { margin-top: 1rem; display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; border: 1px solid var(--line); border-radius: .3rem; padding: .6rem; flex: 1 1 20rem;
         min-width: 0; }
figure svg { max-width: 100%; height: auto; display: block; margin: .6rem auto; overflow: visible; }
figure svg text { font-family: Helvetica, Arial, "Liberation Sans", "Nimbus Sans", sans-serif; }
figure svg text:not([fill]) { fill: var(--ink); }
figure svg [stroke="black"] { stroke: var(--edge); }
figure svg [fill="black"] { fill: var(--edge); }
figcaption { font-weight: 600; }
.right figcaption { color: var(--blue); }
.given figcaption { color: var(--warm); }
.note { color: var(--soft); font-size: .95rem; }
.contents { columns: 12rem; padding-left: 2rem; }
.score { font-size: 1.1rem; margin: 0; }
.score strong { font-size: 2.6rem; line-height: 1; }
.shares { width: 100%; height: 1.1rem; display: block; margin: .6rem 0 1.2rem; border-radius: .3rem; }
.shares .got { fill: $blue; }
.shares .lost { fill: var(--lost); stroke: var(--bg); stroke-width: .25; }
.costs { width: 100%; }
.costs td { overflow-wrap: anywhere; }
.costs td.n { font-weight: 600; width: 4rem; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .6rem; }
@media (max-width: 60rem) {
  .scores thead { display: none; }
  .scores tr { display: flex; flex-wrap: wrap; gap: .3rem; padding: .6rem 0;
               border-bottom: 1px solid var(--line); }
  .scores th { flex: 1 1 60%; border: 0; padding: 0; }
  .scores td { border: 0; border-radius: .2rem; padding: .1rem .45rem; }
  .scores td::before { content: attr(data-group) "  "; color: var(--soft); }
  .scores td.points { flex: 1 0 20%; }
  .scores td.empty { display: none; } }
@media (max-width: 40rem) {
  body { padding: .8rem; } td, th { padding: .3rem .35rem; } h1 { font-size: 1.4rem; }
  pre, .own, .answers { font-size: .8rem; } .own div { column-gap: .3rem; } .costs td.n { width: 2.6rem; }
  .costs th[rowspan] { max-width: 6rem; } }
@media print { :root { font-size: 11pt; } body { max-width: none; padding: 0; }
  figure, tr { break-inside: avoid; } h2, h3, .place { break-after: avoid; }
  a { color: inherit; text-decoration: none; } }
"""


def dark() -> str:
    """The colours of the pictures where the reader's theme is dark."""
    rules = [f'figure svg [{what}="{light}" i] {{ {what}: {instead}; }}'
             for what, colours in DARK.items() for light, instead in colours.items()]
    return "@media screen and (prefers-color-scheme: dark) {\n" + "\n".join(rules) + "\n}\n"


def page(reports: Sequence[Report], title: str = "Conformance of engines",
         links: Mapping[int, str] | None = None) -> str:
    """The reports as one page: the table, what cost what, and each engine. `links`: where each engine has a
    page of its own, by its place among the reports; then it is left out here."""
    head = (f"<p>{len(reports)} engines, seed {reports[0].seed}, {reports[0].examples} random programs for "
            "each case.</p>")
    sections = [] if links else [section(report, k) for k, report in enumerate(reports)]
    costs    = [cost_table(reports, links)] if links else []
    return document(title, [head if len(reports) > 1 else "", score_table(reports, links), *costs, *sections])


def document(title: str, parts: Sequence[str]) -> str:
    """A whole HTML file."""
    return framed(title, "\n".join([f"<h1>{say(title)}</h1>", *parts]), style=STYLE + dark())


def say(text: object, limit: int = 2000) -> str:
    """Foreign text, harmless."""
    return html(text, limit)


def code(text: str) -> str:
    """Lines of a program or a table, each harmless."""
    return "\n".join(say(line) for line in text.splitlines())


def score_table(reports: Sequence[Report], links: Mapping[int, str] | None = None) -> str:
    """A row for each engine, a column for each group."""
    head = "".join(f"<th scope='col'>{say(mark.group)}</th>" for mark in reports[0].marks)
    rows = []
    for k, report in enumerate(reports):
        cells = "".join(f"<td class='n {shade(mark.passed, mark.asked)}' data-group='{say(mark.group)}'>"
                        f"{mark.text}</td>" for mark in report.marks)
        rows.append(f"<tr><th scope='row'>{link(report, k, links)}</th>"
                    f"<td class='n points'>{report.points}</td>{cells}</tr>")
    top = f"<tr><th scope='col'>engine</th><th scope='col'>score of 100</th>{head}</tr>"
    return f"<table class='scores'><thead>{top}</thead><tbody>{''.join(rows)}</tbody></table>"


def link(report: Report, k: int, links: Mapping[int, str] | None) -> str:
    """The engine, leading to its page, or to its part of this one."""
    name = say(report.engine).replace("/", "/<wbr>").replace("_", "_<wbr>")
    return f"<a href='{say(links[k] if links else f'#e{k}', 400)}'>{name}</a>"


def cost_table(reports: Sequence[Report], links: Mapping[int, str] | None) -> str:
    """What cost what, engine by engine."""
    rows = []
    for k, report in enumerate(reports):
        told = [(f"{cost:.1f}", why) for why, cost in report.costs] or [("", report.problem or "nothing")]
        for n, (cost, why) in enumerate(told):
            first = f"<th scope='row' rowspan='{len(told)}'>{link(report, k, links)}</th>" if not n else ""
            rows.append(f"<tr>{first}<td class='n'>{cost}</td><td>{say(why)}</td></tr>")
    return ("<h2>What cost what</h2><table class='costs'><thead><tr><th scope='col'>engine</th>"
            "<th scope='col' class='n'>points</th><th scope='col'>mistake</th></tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table>")


def shade(passed: int, asked: int) -> str:
    return "empty" if not asked else "full" if passed == asked else "part" if 2 * passed >= asked else "none"


def section(report: Report, k: int) -> str:
    """One engine: its mistakes, what was skipped and noted."""
    parts = [f"<h2 id='e{k}'>{say(report.engine)}: {report.points} of 100</h2>"]
    if report.problem:
        return "\n".join([*parts, f"<p>{say(report.problem)}</p>"])
    return "\n".join([*parts, *mistakes(report, f"e{k}m"), *remarks(report)])


def mistakes(report: Report, anchor: str = "m") -> list[str]:
    """Each mistake with its cost."""
    costs = dict(report.costs)
    return [mistake(number, sentence, found, costs[sentence], f"{anchor}{number}")
            for number, (sentence, found) in enumerate(report.mistakes, 1)]


def remarks(report: Report) -> list[str]:
    """What else there is to say: what was lost without a mistake, was not asked, is noted."""
    parts = ["<p>No mistake was found.</p>"] if report.passed else []
    parts += [f"<p class='note'>{say(line[:1].upper() + line[1:])}.</p>" for line in not_asked(report)]
    if report.lacking:
        parts.append("<p class='note'>The engine lacks, and was not asked about: "
                     f"{say(', '.join(report.lacking))}.</p>")
    return parts + [f"<p class='note'>Note on {say(case)}: {say(note)}.</p>" for case, note in report.notes]


def mistake(number: int, sentence: str, found: list[tuple[Verdict, Finding]], cost: float,
            anchor: str) -> str:
    """One mistake: the sentence, the student's own lines, the program, both answers, both graphs."""
    verdict, finding = smallest(found)
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return (f"<h3 id='{anchor}'>{number}. {say(sentence)}</h3>\n<p class='note'>Cost {cost:.1f} of 100 "
            f"points; found by {say(verdict.id)}{more}.</p>\n{''.join(map(own_lines, finding.places))}"
            f"{exhibit(finding)}")


def own_lines(place: Excerpt) -> str:
    """Lines of the student's file; a marked one has a sign before its number."""
    rows = []
    for n, text in place["lines"]:
        marked = n in place["marked"]
        rows.append(f"<div{' class=' + repr('marked') if marked else ''}><i>{'&#9654;' if marked else ''}</i>"
                    f"<b>{n or '...'}</b><code>{say(text)}</code></div>")
    where = f"{place['file']}, line {place['line']}, {place['name']}"
    return f"<p class='place'>{say(where, 300)}</p><div class='own'>{''.join(rows)}</div>"


def exhibit(finding: Finding) -> str:
    """The program, both answers and both graphs of a finding."""
    parts = (["<p class='place'>The smallest program that shows it</p>"
              f"<pre>{code(finding.code)}</pre>"] if finding.code else [])
    if finding.error:
        parts.append(f"<p>It raised {say(finding.error)}</p>")
    if finding.inputs:
        rows = "".join(f"<tr><td>{say(x)}.grad</td><td class='n'>{say(want)}</td><td "
                       f"class='n'>{say(got)}</td></tr>"
                       for x, want, got in zip(finding.inputs, finding.expected, finding.given))
        header = "<tr><td></td><th class='n'>expected</th><th class='n'>given</th></tr>"
        parts.append(f"<table class='answers'>{header}{rows}</table>")
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
