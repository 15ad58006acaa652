"""Conclusions: what the failures of all cases come from, found when everything has been asked.

    conclude(context, results)          # each failed answer becomes a finding of the mistake that it shows

The diagnosis is one for all cases (diagnosis.py), with more questions than the marks need: operations that
are wrong by themselves are asked about as well. A failure that the diagnosed engine would show too is a
consequence, and told under its mistake; what it would not show is told as it is, without a guess.
"""

from __future__ import annotations

import math
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from ..random_programs.operations import OPERATIONS
from ..random_programs.rules import SMOOTH
from ..random_programs.scalar_program import Plain, Program
from .answers import LARGER, SMALLER, times
from .attempts import Attempt
from .cases import FORMS, Case, Context, Finding, Result, form, found, inputs_of, key_of, smallest
from .compositions import FORMS_OF, circular
from .contributions import told
from .diagnosis import Diagnosis, diagnose
from .exchange import Lost, Raised
from .exercises import Exercise, P, program
from .expectations import askable
from .places import BY_NAME, Site, places, site_of
from .randoms import joined, random_exercises
from .simulation import SORTS, Mistake, Model, agrees
from .sources import Book
from .stamina import EVERY_PATH
from .suite import ACROSS, DIAMONDS, POINTS, SHARED, TWICE, alone


SMALL, LARGE = 60, 3_000                 # steps of graphs that are simulated in every way, and no more


def conclude(context: Context, results: Sequence[Result]) -> Diagnosis | None:
    """Write the findings of the failed answers; None if none failed."""
    if not any(result.failed for result in results):
        return None
    gather(context)
    pin(context)
    diagnosis = diagnose({repr(answer): answer for answer in context.answers}.values())
    teller    = Teller(context, diagnosis)
    for result in results:
        result.findings = [*teller.findings(result), *teller.placed(result)]
    return diagnosis


# --- more questions ---------------------------------------------------------------------------------------

def gather(context: Context) -> None:
    """Ask what the cases left out because an operation is wrong by itself, as long as there is time."""
    asked = {exercise for exercise, _ in context.answers}
    known = answering(context)
    context.spent = 0.0
    for exercise in dict.fromkeys(questions(context)):
        if time.monotonic() > context.deadline or context.spent >= context.limit:
            return
        if (exercise not in asked and known.issuperset(map(key_of, exercise.program.steps))
            and askable(exercise)):
            try:
                context.attempt(exercise)
            except (Lost, Raised):                           # told by the case of that operation
                return


def pin(context: Context) -> None:
    """Where small gradients are lost: ask for the largest that is, and the smallest that is not, to the last
    bit. A diagnosis reads the threshold off them."""
    sizes = dict(known for answer in context.answers if (known := factor_of(answer)))
    lost  = max((c for c, kept in sizes.items() if not kept), default=0.0)
    above = [c for c, kept in sizes.items() if kept and c > lost]
    if not lost or not above:
        return
    kept, found = min(above), len(context.answers)
    ends: dict[float, Attempt] = {}
    try:
        while (middle := halfway(lost, kept)) not in (lost, kept) and time.monotonic() < context.deadline:
            exercise = Exercise(times(middle))
            ends[middle] = (exercise, context.attempt(exercise))
            lost, kept   = (lost, middle) if ends[middle][1].grads[0] else (middle, kept)
    except (Lost, Raised):                                   # what is known so far has to do
        pass
    context.answers[found:] = [ends[c] for c in (lost, kept) if c in ends]


def factor_of(answer: Attempt) -> tuple[float, bool] | None:
    """Of x * c alone, c: what the gradient should be; and whether there is one."""
    exercise, outcome = answer
    step, *more = exercise.program.steps
    if more or step.op != "*" or exercise.how != "once" or outcome.error or not (
            isinstance(step.operands[0], int) and isinstance(step.operands[1], Plain)):
        return None
    c = abs(float(step.operands[1].number))
    return (c, bool(outcome.grads[0])) if 0 < c < math.inf else None


def halfway(a: float, b: float) -> float:
    """The float in the middle of all floats between two that are positive."""
    low, high = (int.from_bytes(struct.pack(">d", x)) for x in (a, b))
    middle: float = struct.unpack(">d", ((low + high) // 2).to_bytes(8))[0]
    return middle


def answering(context: Context) -> set[str]:
    """The operations that have answered with numbers when they were asked alone."""
    return {key_of(exercise.program.steps[0]) for exercise, outcome in context.answers
            if len(exercise.program.steps) == 1 and not outcome.error}


def questions(context: Context) -> Iterator[Exercise]:
    """Each operation alone, under another one, with its operand used again, with its data changed; shared
    nodes, repeated calls, random programs of everything."""
    for label in FORMS:
        step = form(label)
        yield from alone(step)
        yield from (exercise._replace(how="changed") for exercise in alone(step)[:3])
        count = inputs_of(step)
        for above in (("*", (count, P(3.0))), ("+", (count, 0)), ("*", (0, count)), ("tanh", (count,))):
            yield from (Exercise(program(point[:count], step, above)) for point in POINTS[:4])
    yield from map(Exercise, [*SHARED, *DIAMONDS])
    yield from (Exercise(times(scale)) for scale in (*SMALLER, *LARGER))
    for how in ("twice", "reset", "split", "in turn", "changed"):
        two = how in ("split", "in turn")
        yield from (Exercise(p, how) for p in (ACROSS if two else TWICE))
        change: Callable[[Program], Program | None] = (joined(context.rng(how)) if two
                                                       else lambda program: program)
        yield from random_exercises(context, f"evidence {how}", how, 8, change=change, sound=False)
    yield from random_exercises(context, "evidence", steps=6, sound=False)
    yield from random_exercises(context, "more evidence", steps=14, sound=False)
    yield from random_exercises(context, "smooth evidence", steps=6, ops=("+", "*", "-", *SMOOTH),
                                sound=False)


# --- the student's own lines --------------------------------------------------------------------------------

IN_PLACE = "x += 2 leaves x alone"


def located(book: Book, mistakes: Sequence[Mistake], case: Case, finding: Finding, sound: bool) -> Finding:
    """The finding with the lines in which its mistake lies. `sound`: whether any operation is right by
    itself; if none is, one that goes wrong says nothing about its method."""
    site = site_of_finding(mistakes, case, finding, sound)
    return finding._replace(places=places(book, site)) if site else finding


def site_of_finding(mistakes: Sequence[Mistake], case: Case, finding: Finding, sound: bool) -> Site | None:
    """Where to look: by the mistake that was diagnosed; by its name; by the operation, if it is a single
    one."""
    mistake = next((m for m in mistakes if finding.likely and m.sentence == finding.sentence), None)
    if mistake:
        return site_of(mistake)
    name = finding.likely[0][0] if finding.likely else ""
    if name in BY_NAME:
        return Site(name, BY_NAME[name])
    if case.name == IN_PLACE:
        return Site(name, method="__iadd__") if "__iadd__" in finding.sentence else None
    if not finding.form or finding.likely or not sound or finding.error.startswith("RecursionError"):
        return None
    op, operands = finding.form.split()
    turned = operands.startswith("p")
    return Site(name, ops=(op,), method=f"__r{OPERATIONS[op].special[2:]}" if turned else "")


def under(finding: Finding, mistake: Mistake) -> Finding:
    """The finding, told as a consequence of the mistake."""
    return finding._replace(sentence=mistake.sentence, likely=[(mistake.name, mistake.sentence)])


# --- telling ------------------------------------------------------------------------------------------------

class Teller:
    """Says of each failed answer which mistake it shows, by the smallest program that shows it."""

    def __init__(self, context: Context, diagnosis: Diagnosis) -> None:
        self.context   = context
        self.diagnosis = diagnosis
        self.shown: dict[str, Finding] = {}                  # by the mistake's sentence
        self.left:  dict[str, Finding] = {}                  # by the operation that is wrong by itself

    def findings(self, result: Result) -> list[Finding]:
        """One for each mistake among the failed answers, and one for what no mistake explains."""
        said: dict[str, Finding] = {}
        for answer in sorted(result.failed, key=lambda answer: len(answer[0].program.steps)):
            causes = self.causes(answer)
            for mistake in causes:
                said.setdefault(mistake.sentence, self.example(mistake, answer, result.otherwise))
            if not causes and "" not in said:
                said[""] = result.otherwise or self.unexplained(answer)
        return list(said.values())

    def causes(self, answer: Attempt) -> list[Mistake]:
        """The mistakes without which the diagnosed engine would answer otherwise; none if none is needed."""
        model = self.model_for(answer)
        special = answer[0].value is not None or answer[0].slopes is not None or answer[1].error
        right   = (Model(), replace(model, mistakes=()))     # as it makes operations of others, may overflow
        if (not model.mistakes or not agrees(model, *answer)
                or (special and any(agrees(engine, *answer) for engine in right))):
            return self.traced(answer)
        return [m for m in model.mistakes if not agrees(model.without(m), *answer)] or [model.mistakes[0]]

    def model_for(self, answer: Attempt) -> Model:
        """The diagnosed engine; for a large graph, which was no evidence for it, in the way of making
        operations and of listing nodes that gives the answer, where there is one: that is no mistake, and
        small programs may leave it open."""
        model, steps = self.diagnosis.model, answer[0].program.steps
        if not model.mistakes or not SMALL < len(steps) < LARGE:
            return model
        ways = [[(form, way) for way in FORMS_OF[form]] for form in ("- nn", "neg n")
                if form not in model.compositions]
        makes = [chosen for each in product(*([None, *way] for way in ways))
                 if not circular(chosen := [made for made in each if made])]
        sorts = [model.sort] if model.sort else [None, *SORTS]
        tried = (replace(model, made=(*model.made, *made), sort=sort) for made in makes for sort in sorts)
        return next((trial for trial in tried if agrees(trial, *answer)), model)

    def traced(self, answer: Attempt) -> list[Mistake]:
        """At the edge of a domain, where nothing can be simulated: the mistake that leaves such gradients."""
        exercise, outcome = answer
        grads = [g for g in outcome.grads[:len(exercise.program.inputs)] if isinstance(g, float)]
        if exercise.slopes is None or not grads:
            return []
        return [m for m in self.diagnosis.mistakes if m.trace and m.trace(grads)][:1]

    def placed(self, result: Result) -> list[Finding]:
        """Findings that are no answers to exercises, each under the mistake that it is a consequence of."""
        model = self.diagnosis.model
        if result.given_by and model.mistakes and result.given_by(model):
            causes = [m for m in model.mistakes if not result.given_by(model.without(m))] or [*model.mistakes]
            return [under(finding, causes[0]) for finding in result.findings]
        walks = [m for m in self.diagnosis.mistakes if m.part == "course"]      # along every path
        return [under(finding, walks[0]) if walks and finding.sentence == EVERY_PATH else finding
                for finding in result.findings]

    def example(self, mistake: Mistake, answer: Attempt, otherwise: Finding | None = None) -> Finding:
        """The smallest program of all whose answer shows the mistake; what is said otherwise of this answer,
        or the answer itself, if there is none."""
        if mistake.sentence not in self.shown:
            showing = [a for a in self.by_size() if not agrees(self.diagnosis.model.without(mistake), *a)
                       and mistake in self.causes(a)]
            if otherwise and not showing:
                return under(otherwise, mistake)
            alone   = (a for a in showing if self.causes(a) == [mistake])
            exercise, outcome = next(alone, showing[0] if showing else answer)
            finding = found(exercise, outcome, mistake.sentence, [(mistake.name, mistake.sentence)])
            self.shown[mistake.sentence] = finding._replace(
                graph=told(finding.graph, exercise, outcome, self.diagnosis.model))
        return self.shown[mistake.sentence]

    def by_size(self) -> list[Attempt]:
        return sorted(self.context.answers, key=lambda answer: (len(answer[0].program.steps),
                                                                answer[0].how != "once"))

    def unexplained(self, answer: Attempt) -> Finding:
        """The smallest program that goes wrong so, with what was expected and given, and no guess."""
        exercise, outcome = answer
        alone = [self.left[op] for op in exercise.program.ops if op in self.left]
        if alone and (outcome.error or not alone[0].error):  # one that raises elsewhere did not raise here
            return alone[0]
        finding = smallest(self.context, answer, bool(self.diagnosis.mistakes))
        if len(exercise.program.steps) == 1:
            self.left[exercise.program.ops[0]] = finding
        return finding
