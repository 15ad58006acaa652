"""Reports: what the suite found out about one engine, as text, JSON and JUnit."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple
from xml.etree import ElementTree

from .cases import ADVICE, BLOCKED, FAIL, PASS, SKIP, Case, Finding, Result, lost
from .marks import apportioned, charges, shares, waived
from .pictures import drawn_text
from .places import excerpt_text
from .suite import GROUPS


class Verdict(NamedTuple):
    """The answer to one case."""

    group:    str
    name:     str
    status:   str
    findings: list[Finding]
    notes:    list[str]

    @classmethod
    def told(cls, case: Case, result: Result) -> Verdict:
        return cls(case.group, case.name, result.status, result.findings, result.notes)

    @classmethod
    def lost(cls, case: Case, why: str) -> Verdict:
        """The case in which the engine died or did not finish."""
        return cls.told(case, lost(case, why))

    @classmethod
    def not_asked(cls, case: Case, why: str) -> Verdict:
        return cls(case.group, case.name, BLOCKED, [], [f"not asked: {why}"])

    @property
    def id(self) -> str:
        return f"{self.group}: {self.name}"


class Mark(NamedTuple):
    """The score of one group. lost: of 100 points, to one digit; waived: not asked, at no cost."""

    group:   str
    passed:  int
    asked:   int
    skipped: int
    advice:  int
    waived:  int   = 0
    points:  float = 0.0
    lost:    float = 0.0

    @property
    def text(self) -> str:
        return f"{self.passed}/{self.asked}" if self.asked else "advice" if self.advice else "-"


@dataclass
class Report:
    """One engine's result. `problem` says why nothing could be asked; it is "" otherwise."""

    engine:   str
    seed:     int
    examples: int
    seconds:  float         = 0.0
    problem:  str           = ""
    verdicts: list[Verdict] = field(default_factory=list)
    said:     list[str]     = field(default_factory=list)        # of names and files, by discovery.py

    @property
    def passed(self) -> bool:
        return not self.problem and all(v.status not in (FAIL, BLOCKED) for v in self.verdicts)

    @property
    def marks(self) -> list[Mark]:
        return [self.mark(group) for group in GROUPS]

    def mark(self, group: str) -> Mark:
        own    = [(v, out, share) for v, out, share in zip(self.verdicts, waived(self.verdicts),
                                                           shares(self.verdicts)) if v.group == group]
        count  = [v.status for v, out, _ in own if not out].count
        points = sum((share for _, _, share in own), Fraction(0))
        lost   = sum((share for v, _, share in own if v.status != PASS), Fraction(0))
        return Mark(group, count(PASS), count(PASS) + count(FAIL) + count(BLOCKED), count(SKIP),
                    count(ADVICE), sum(out for _, out, _ in own), round(float(points), 1),
                    round(float(lost), 1))

    @property
    def exact(self) -> Fraction:
        """The score, from 0 to 100: the weighted share of the questions that were passed (marks.py)."""
        if self.problem:
            return Fraction(0)
        return sum((share for v, share in zip(self.verdicts, shares(self.verdicts)) if v.status == PASS),
                   Fraction(0))

    @property
    def score(self) -> float:
        return float(self.exact)

    @property
    def points(self) -> int:
        """The score as it is shown: cut, not rounded, so that 100 means that nothing is wrong."""
        return min(int(self.exact), 100 if self.passed else 99)

    @property
    def tenths(self) -> float:
        """The score to one digit, cut likewise."""
        return min(int(10 * self.exact), 1000 if self.passed else 999) / 10

    @property
    def costs(self) -> list[tuple[str, float]]:
        """What cost what, to one digit: each mistake in the order in which they are told, then what else was
        lost. Together with `tenths` it makes 100."""
        lost  = charges(self.verdicts) if not self.problem else {}
        told  = [sentence for sentence, _ in self.mistakes]
        order = [*told, *(why for why in lost if why not in told)]
        return [*zip(order, apportioned([lost.get(why, Fraction(0)) for why in order],
                                        1000 - round(10 * self.tenths)))]

    @property
    def lost(self) -> list[dict[str, str | float]]:
        """What was lost, and is no mistake that was found."""
        return [{"why": why, "cost": cost} for why, cost in self.costs[len(self.mistakes):]]

    @property
    def findings(self) -> list[tuple[Verdict, Finding]]:
        """Each failure with its finding, in the order of the suite."""
        return [(v, finding) for v in self.verdicts for finding in v.findings]

    @property
    def mistakes(self) -> list[tuple[str, list[tuple[Verdict, Finding]]]]:
        """What is wrong, each sentence with its findings: the mistakes of the diagnosis first, the likeliest
        first, then what it does not explain."""
        said: dict[str, list[tuple[Verdict, Finding]]] = {}
        for verdict, finding in self.findings:
            said.setdefault(finding.sentence, []).append((verdict, finding))
        return sorted(said.items(), key=lambda told: (not told[1][0][1].likely, -len(told[1])))

    @property
    def skipped(self) -> list[str]:
        return [v.id for v in self.verdicts if v.status == SKIP]

    @property
    def lacking(self) -> list[str]:
        """The operations the engine does not have."""
        return [note.removeprefix("no ") for v in self.verdicts if v.status == SKIP for note in v.notes
                if note.startswith("no ")]

    @property
    def notes(self) -> list[tuple[str, str]]:
        return [("how it is read", said) for said in self.said] + [
            (v.id, note) for v in self.verdicts if v.status not in (SKIP, BLOCKED) for note in v.notes]

    def __str__(self) -> str:
        return text(self)

    def json(self) -> str:
        """The report as JSON; each finding with its program, both answers and its graph."""
        costs = dict(self.costs)
        return json.dumps({
            "engine":   self.engine,
            "passed":   self.passed,
            "score":    self.tenths,
            "seed":     self.seed,
            "examples": self.examples,
            "seconds":  round(self.seconds, 2),
            "problem":  self.problem,
            "groups":   {mark.group: {**mark._asdict(), "group": mark.group} for mark in self.marks},
            "mistakes": [{"sentence": sentence, "cost": costs[sentence], "cases": [v.id for v, _ in found]}
                         for sentence, found in self.mistakes],
            "lost":     self.lost,
            "findings": [{"case": v.id, **finding._asdict()} for v, finding in self.findings],
            "lacking":  self.lacking,
            "skipped":  self.skipped,
            "notes":    [{"case": case, "note": note} for case, note in self.notes]}, indent=1)

    def junit(self) -> str:
        """JUnit XML: a test case for each case of the suite."""
        failures = sum(v.status in (FAIL, BLOCKED) for v in self.verdicts) + bool(self.problem)
        tests = len(self.verdicts) + bool(self.problem)
        suite = ElementTree.Element("testsuite", name=f"conformance of {clean(self.engine)}",
                                    tests=str(tests), errors="0", failures=str(failures),
                                    skipped=str(len(self.skipped)), time=f"{self.seconds:.2f}")
        if self.problem:
            case = ElementTree.SubElement(suite, "testcase", classname="loading", name="the engine is found")
            ElementTree.SubElement(case, "failure", message=clean(self.problem))
        for v in self.verdicts:
            case = ElementTree.SubElement(suite, "testcase", classname=v.group, name=v.name)
            if v.status == SKIP:
                ElementTree.SubElement(case, "skipped", message=clean("; ".join(v.notes) or "the engine "
                                                                      "lacks what is asked"))
            for finding in v.findings:
                ElementTree.SubElement(case, "failure",
                                       message=clean(finding.sentence)).text = clean(finding_text(finding))
            if v.status == BLOCKED:
                why = "; ".join(v.notes) or "an operation it needs is wrong by itself"
                ElementTree.SubElement(case, "failure", message=clean(why))
            if v.notes and v.status != SKIP:
                ElementTree.SubElement(case, "system-out").text = clean("\n".join(v.notes))
        return ('<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suite, encoding="unicode")
                + "\n")


def clean(s: str) -> str:
    """Without the control characters that XML forbids."""
    return "".join(c for c in s if c in "\t\n" or c >= " ")


# --- text ---------------------------------------------------------------------------------------------

def text(report: Report) -> str:
    lines = [f"conformance of {report.engine}   (seed {report.seed}, {report.examples} examples, "
             f"{report.seconds:.1f} s)", ""]
    if report.problem:
        return "\n".join([*lines, report.problem])
    for mark in report.marks:
        more = [f"lost {mark.lost:.1f} of {mark.points:.1f}"] * (mark.passed < mark.asked)
        more += [f"{mark.skipped} skipped"] * bool(mark.skipped)
        more += [f"{mark.waived} not asked"] * bool(mark.waived)
        lines.append(f"  {mark.group:<32} {mark.text:>7}  {bar(mark)}" + "   " * bool(more) + ", ".join(more))
    found_ = ("" if report.passed else f": {len(report.mistakes)} likely mistakes in {len(report.findings)} "
              "failures")
    lines += ["", f"  score {report.points} of 100{found_}"]
    lines += [f"  {cost:>6.1f}  {what}" for what, cost in bill(report)]
    for number, (sentence, found) in enumerate(report.mistakes, 1):
        verdict, finding = smallest(found)
        others = f", and {len(found) - 1} more" if len(found) > 1 else ""
        lines += ["", f"{number}. {sentence}", f"   found by {verdict.id}{others}",
                  *indented("\n\n".join(filter(None, [places_text(finding), finding_text(finding)])))]
    unasked = not_asked(report)
    lines += ["", *unasked] if unasked else []
    if report.skipped:
        lacks  = f"; the engine has no {', '.join(report.lacking)}" if report.lacking else ""
        lines += ["", f"skipped: {len(report.skipped)} cases{lacks}"]
    if report.notes:
        lines += ["", "notes:", *(f"  {case}: {note}" for case, note in report.notes)]
    return "\n".join(lines)


def bill(report: Report) -> list[tuple[str, float]]:
    """What cost what: a line for each mistake by its number, and for what else was lost."""
    costs, count = report.costs, len(report.mistakes)
    return [*((f"mistake {k}", cost) for k, (_, cost) in enumerate(costs[:count], 1)), *costs[count:]]


def not_asked(report: Report) -> list[str]:
    """The cases that were not asked: those that are lost, and those that cost nothing."""
    told: dict[str, int] = {}
    for v, free in zip(report.verdicts, waived(report.verdicts)):
        if v.status == BLOCKED:
            why  = v.notes[0] if v.notes else "an operation they need is wrong by itself"
            line = f"{why}, which costs nothing more" if free else why
            told[line] = told.get(line, 0) + 1
    return [f"{'not asked' if 'costs nothing' in why else 'lost'}: {count} cases, {why}"
            for why, count in told.items()]


def smallest(found: list[tuple[Verdict, Finding]]) -> tuple[Verdict, Finding]:
    """The failure that shows a mistake best: a small program with a picture."""
    return min(found, key=lambda pair: (not pair[1].graph, not pair[1].code,
                                        len(pair[1].graph.get("nodes", ""))))


def places_text(finding: Finding) -> str:
    """The student's own lines."""
    return "\n\n".join("\n".join(excerpt_text(place)) for place in finding.places)


def finding_text(finding: Finding) -> str:
    """The program, both answers and both graphs."""
    lines = finding.code.splitlines()
    if finding.error:
        lines.append(f"raised  {finding.error}")
    if finding.inputs:
        width = max(map(len, finding.inputs)) + 5
        lines += [f"{x + '.grad':<{width}}  expected {want}, given {got}"
                  for x, want, got in zip(finding.inputs, finding.expected, finding.given)]
    return "\n".join([*lines, *drawn_text(finding.graph)])


def bar(mark: Mark) -> str:
    return f"{'#' * round(20 * mark.passed / mark.asked):.<20}" if mark.asked else ""


def indented(s: str) -> list[str]:
    return [("     " + line).rstrip() for line in s.splitlines()]
