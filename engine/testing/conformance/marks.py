"""Marks: what a wrong answer costs: a weight for each group of questions and for each question in it, by
severity.

    shares(verdicts)     the points of each question that was asked; together 100
    charges(verdicts)    what each mistake cost; together what is missing to 100

A mistake costs once: a question that it spoils is charged to it and to nothing else, and what could not be
asked because a rarer operation is wrong by itself costs nothing more. Where + or * is wrong, nothing that is
made of it was shown to be right: that is lost, and charged to the mistake in + or *.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

from .cases import BLOCKED, FAIL, FORMS, PASS, Finding


class Weight(NamedTuple):
    """How much is at stake, and why so much."""

    weight: int
    reason: str


# --- the weights ------------------------------------------------------------------------------------------

GROUPS = {
    "arithmetic":                   Weight(40, "every gradient is made of the values and slopes of single "
                                               "operations"),
    "accumulation on shared nodes": Weight(16, "a weight is used once for each sample: every gradient of a "
                                               "training is such a sum"),
    "topological order":            Weight(16, "a node that passes on too early spoils everything below it"),
    "repeated backward":            Weight(10, "a training calls backward() again and again"),
    "deep graphs":                  Weight(8,  "a loss over a few thousand samples is a deep graph; it fails "
                                               "with an error, and not silently"),
    "scales and sizes":             Weight(5,  "a gradient that is lost or cut off at some size stops a "
                                               "training without a word"),
    "determinism":                  Weight(4,  "a run that cannot be repeated cannot be debugged; only last "
                                               "digits differ"),
    "tails":                        Weight(4,  "far out, where a training seldom is"),
    "powers and domains":           Weight(4,  "single points, and numbers that do not exist"),
    "kinks":                        Weight(3,  "single points"),
    "nan and inf":                  Weight(2,  "the run is lost already, and it shows or not"),
    "freeing memory":               Weight(1,  "advice"),
    "number types":                 Weight(1,  "a network computes in floats"),
}

EVERYDAY  = frozenset(label for label, (op, _) in FORMS.items() if op in "+*")
OPERATORS = frozenset(label for label, (op, _) in FORMS.items() if op in ("-", "/", "**", "neg"))
ALSO      = ("the upstream gradient", "sum([x, y])", "random trees")
REFUSED   = ("(-2) ** 0.5", "0 ** -1", "1 / 0", "0 / 0", "log(0)", "log(-1)", "sqrt(-1)")

# Within a group: which questions, and how each counts. The first row that names one holds.
QUESTIONS = (
    (frozenset([*EVERYDAY, *ALSO]), Weight(24, "+ and * are in every program")),
    (OPERATORS,                     Weight(16, "-, / and ** are in most programs")),
    (frozenset(FORMS),              Weight(8,  "functions: what does not use them is not hurt")),
    (frozenset(REFUSED),            Weight(4,  "an error message in place of a number that does not exist")),
)
FURTHER = Weight(1, "an operation that few engines have")
USUAL   = Weight(8, "any other question")


def of_group(group: str) -> int:
    return GROUPS[group].weight


def of_question(group: str, name: str) -> int:
    """How a question counts within its group."""
    known = next((weight for names, weight in QUESTIONS if name in names), None)
    if known is None:
        known = FURTHER if group == "arithmetic" and name != "x += 2 leaves x alone" else USUAL
    return known.weight


# --- what is lost -----------------------------------------------------------------------------------------

class Judged(Protocol):
    """A verdict, as far as marks go."""

    @property
    def group(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def findings(self) -> list[Finding]: ...
    @property
    def notes(self) -> list[str]: ...


UNKNOWN = "an operation that they need is wrong by itself"


def shares(verdicts: Sequence[Judged]) -> list[Fraction]:
    """The points of each question, 0 for those that do not count; together 100, if any counts."""
    known  = waived(verdicts)
    counts = [v.status in (PASS, FAIL, BLOCKED) and not out for v, out in zip(verdicts, known)]
    sizes  = [of_question(v.group, v.name) if yes else 0 for v, yes in zip(verdicts, counts)]
    groups = {v.group: 0 for v, yes in zip(verdicts, counts) if yes}
    for v, size in zip(verdicts, sizes):
        if size:
            groups[v.group] += size
    whole = sum(map(of_group, groups))
    return [Fraction(100 * of_group(v.group) * size, whole * groups[v.group]) if size else Fraction(0)
            for v, size in zip(verdicts, sizes)]


def waived(verdicts: Sequence[Judged]) -> list[bool]:
    """For each verdict: whether it could not be asked because of a rarer operation, whose own question says
    so."""
    everyday, rarer = spoilers(verdicts)
    free = bool(rarer) and not everyday
    return [free and v.status == BLOCKED and not v.notes for v in verdicts]


def spoilers(verdicts: Sequence[Judged]) -> tuple[list[str], list[str]]:
    """What is wrong with single operations: with + and *, and with others."""
    wrong = [v for v in verdicts if v.status == FAIL and v.name in FORMS]
    return ([s for v in wrong if v.name in EVERYDAY for s in sentences(v)],
            [s for v in wrong if v.name not in EVERYDAY for s in sentences(v)])


def sentences(verdict: Judged) -> list[str]:
    """What a failure is charged to, each mistake once."""
    return list(dict.fromkeys(f.sentence for f in verdict.findings)) or [f"{verdict.group}: {verdict.name}"]


def charges(verdicts: Sequence[Judged]) -> dict[str, Fraction]:
    """What was lost, by the mistake that cost it; of several mistakes in one answer each bears its part."""
    everyday, _ = spoilers(verdicts)
    lost: dict[str, Fraction] = {}
    for verdict, points in zip(verdicts, shares(verdicts)):
        for sentence, part in charged(verdict, points, everyday):
            lost[sentence] = lost.get(sentence, Fraction(0)) + part
    return lost


def charged(verdict: Judged, points: Fraction, everyday: Sequence[str]) -> Iterator[tuple[str, Fraction]]:
    """Who pays for a question."""
    if verdict.status == FAIL:
        causes = sentences(verdict)
    elif verdict.status == BLOCKED and points:
        causes = list(verdict.notes[:1] or dict.fromkeys(everyday)) or [UNKNOWN]
    else:
        return
    yield from ((cause, points / len(causes)) for cause in causes)


def apportioned(parts: Sequence[Fraction], whole: int) -> list[float]:
    """The parts to one digit, so that what is shown adds up to so many tenths in all: those that lose most
    by being cut are shown a tenth higher."""
    cut   = [int(10 * part) for part in parts]
    order = sorted(range(len(parts)), key=lambda k: (cut[k] - 10 * parts[k], k))
    for k in order[:max(0, whole - sum(cut))]:
        cut[k] += 1
    return [count / 10 for count in cut]
