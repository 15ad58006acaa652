"""Cases: one question to an engine, and the finding that tells a student what is wrong.

    case.check(context) -> Result        status: PASS, FAIL, SKIP or ADVICE

    context    the witness that answers for the engine, what is known by now, and how much to ask
    finding    one failure: the smallest program, right and given answers, the likely mistake, the graph
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple, TypeVar

from ..random_programs.operations import OPERATIONS
from ..random_programs.rules import WRITTEN
from ..random_programs.scalar_program import Operand, Plain, Program, Step, short
from ..random_programs.shrinking import shrink
from .adapters import DOUBLE
from .attempts import Attempt, Outcome
from .compositions import form_of
from .exchange import (LOADING, Data, Garbled, Lost, Question, Raised, Slow, Witness, outcome_of, question,
                       yes)
from .exercises import Exercise
from .expectations import askable, wrong
from .outlines import pictured, shown
from .pictures import Outline
from .places import Excerpt
from .simulation import Model
from .writing import interval_text, names, written

T = TypeVar("T")

PASS, FAIL, SKIP, ADVICE = "pass", "fail", "skip", "advice"
BLOCKED = "blocked"                      # not asked, because an operation it needs is wrong by itself
ABSENT  = "absent"                       # nothing to ask, and nothing to say: the report has no line of it


class Finding(NamedTuple):
    """One failure, as plain data.

    likely: (name, sentence) of each mistake that predicts all the answers, the most common first.
    graph:  nodes, edges and the first differing edge, for the two pictures; {} if there is none.
    form:   the operation, where it is a single one: "* nn".
    places: the student's own lines in which the mistake lies, as far as that is certain.
    """

    code:     str
    inputs:   list[str]
    expected: list[str]
    given:    list[str]
    error:    str
    sentence: str
    likely:   list[tuple[str, str]]
    graph:    Outline
    form:     str           = ""
    places:   list[Excerpt] = []


@dataclass
class Result:
    """failed: wrong answers, of which conclusions.py makes findings when everything has been asked;
    `otherwise` is the finding if no mistake explains them. `given_by`: where the findings are no wrong
    answers to an exercise, whether a simulated engine would do the same."""

    status:    str = PASS
    findings:  list[Finding] = field(default_factory=list)
    notes:     list[str]     = field(default_factory=list)
    failed:    list[Attempt]  = field(default_factory=list)
    otherwise: Finding | None = None
    given_by:  Callable[[Model], bool] | None = None


class Case(NamedTuple):
    group: str
    name:  str
    check: Callable[[Context], Result]

    @property
    def id(self) -> str:
        return f"{self.group}: {self.name}"


@dataclass
class Context:
    """The engine under test: the witness that answers for it, and what the answers tell.

    examples: how many random programs each case asks.
    unsound:  operations that failed alone; no other case uses them, so that one mistake costs one mark.
    lacking:  operations the engine does not have.
    answers:  every exercise that was asked, and the outcome, in order.
    limit:    seconds that the answers to one case may take; deadline: when (time.monotonic) all must be done.
    precision: half a unit of the last place of the engine's numbers at 1.0.
    """

    witness:  Witness
    seed:     int = 0
    examples: int = 10
    unsound:  set[str] = field(default_factory=set)
    lacking:  set[str] = field(default_factory=set)
    answers:  list[Attempt] = field(default_factory=list)
    limit:    float = math.inf
    deadline: float = math.inf
    spent:    float = 0.0
    there:    dict[tuple[str, str], bool] = field(default_factory=dict)
    precision: float = DOUBLE

    # --- asking the witness ---------------------------------------------------------------------------

    def attempt(self, exercise: Exercise) -> Outcome:
        """What the engine does with the exercise.

        Raises:
            Lost: there is no answer, or none in time.
            Raised: the engine raised what no exercise catches.
        """
        outcome = outcome_of(self.ask(question(exercise)), exercise)._replace(precision=self.precision)
        self.answers.append((exercise, outcome))
        return outcome

    def task(self, read: Callable[[object], T], name: str, *given: Data) -> T:
        """The raw numbers of a task (tasks.py); `read` says what they must be. Raises as attempt() does."""
        return read(self.ask({"task": name, "given": [*given]}))

    def seconds(self, more: float = 0.0) -> float:
        """How long an answer may take."""
        return max(0.1, min(self.limit - self.spent + more, self.deadline - time.monotonic()))

    def ask(self, asked: Question, witness: Witness | None = None) -> object:
        """The answer to a question, of whatever type and shape; `witness`: another than the usual one."""
        if self.spent >= self.limit:
            raise Slow(self.spent)
        witness = witness or self.witness
        witness.begin(self.seconds(LOADING))                 # a file may take its time, at no case's cost
        began = time.monotonic()
        try:
            return witness.ask(asked, self.seconds())
        except Slow:
            raise Slow(self.spent + time.monotonic() - began) from None
        finally:
            self.spent += time.monotonic() - began

    def has(self, name: str) -> bool:
        """Whether the class has a method of that name."""
        return self.known("has", name)

    def has_beside(self, name: str) -> bool:
        """Whether a function of that name stands beside the class."""
        return self.known("has_beside", name)

    def known(self, task: str, name: str) -> bool:
        if (task, name) not in self.there:
            self.there[task, name] = self.task(yes, task, name)
        return self.there[task, name]

    # --- what is known of the engine ------------------------------------------------------------------

    def survey(self, label: str, asked: bool = True) -> None:
        """Try one operation once: is it there, and right?

        asked: whether its own case will find out more; if not, a wrong answer is all there is to know.
        """
        step = form(label)
        if not self.has(special(step)) or (label in ("x ** y", "2 ** x") and self.refuses(step)):
            self.lacking.add(key_of(step))
        elif key_of(step) not in self.unsound:
            exercise = Exercise(Program((2.0, 4.0)[:inputs_of(step)], (step,)))
            if wrong(exercise, self.attempt(exercise)) and not asked:
                self.unsound.add(key_of(step))

    def refuses(self, step: Step) -> bool:
        """Whether the engine says that it has no such power: of, or to, a Value."""
        return self.task(yes, "refuses", *(None if isinstance(x, int) else float(x.number)
                                           for x in step.operands))

    def can(self, program: Program) -> bool:
        """Whether every step is one the engine has, and does right alone."""
        return not any(key in self.unsound or key in self.lacking for key in map(key_of, program.steps))

    def rng(self, salt: str) -> Random:
        return Random(f"{self.seed} {salt}")


# --- the forms of an operation: with nodes, with a plain number on one side -----------------------------

FORMS: dict[str, tuple[str, tuple[Operand, ...]]] = {
    "x + y": ("+", (0, 1)),   "x + 2": ("+", (0, Plain(2.0))),   "2 + x": ("+", (Plain(2.0), 0)),
    "x - y": ("-", (0, 1)),   "x - 2": ("-", (0, Plain(2.0))),   "2 - x": ("-", (Plain(2.0), 0)),
    "x * y": ("*", (0, 1)),   "x * 2": ("*", (0, Plain(2.0))),   "2 * x": ("*", (Plain(2.0), 0)),
    "x / y": ("/", (0, 1)),   "x / 2": ("/", (0, Plain(2.0))),   "2 / x": ("/", (Plain(2.0), 0)),
    "x ** 2": ("**", (0, Plain(2))), "x ** y": ("**", (0, 1)),   "2 ** x": ("**", (Plain(2.0), 0)),
    **{WRITTEN[op].python.format("x"): (op, (0,)) for op in WRITTEN if WRITTEN[op].arity == 1},
}


def inputs_of(step: Step) -> int:
    """How many inputs a form has."""
    return 1 + max(step.nodes)


def key_of(step: Step) -> str:
    """The operation and which operands are nodes: "- np" for x - 2, "- pn" for 2 - x."""
    return form_of(*step)


def form(label: str) -> Step:
    return Step(*FORMS[label])


def special(step: Step) -> str:
    """The method a class needs for a step: __radd__ for 2 + x."""
    name = OPERATIONS[step.op].special
    return name if isinstance(step.operands[0], int) else f"__r{name[2:]}"


# --- asking ---------------------------------------------------------------------------------------------

def answered(case: Case, context: Context) -> Result:
    """The result of a case; what an engine raises where no exercise expects it is a failure, and so is a
    question that was lost."""
    context.spent = 0.0
    try:
        return case.check(context)
    except Raised as problem:
        avoid(case, context)
        what = str(problem)
        name = what.partition(":")[0]
        if case.group == "freeing memory":
            return Result(ADVICE, notes=[f"not measured: {what}"])
        sentence = ERRORS[name] if name in ("SystemExit", "MemoryError") else (
            f"it raises an exception where it should answer: {what}")
        return failure_of_case(what, sentence, name)
    except Garbled as why:
        return lost(case, str(why))
    except Lost as why:
        avoid(case, context)                                 # it may end the next process as well
        return lost(case, str(why))


def avoid(case: Case, context: Context) -> None:
    """Of an operation by itself: no other case uses it."""
    if case.name in FORMS:
        context.unsound.add(key_of(form(case.name)))


def lost(case: Case, why: str) -> Result:
    """A case of which a question was lost."""
    return (Result(ADVICE, notes=[why]) if case.group == "freeing memory"
            else failure_of_case("", why, "lost"))


def failure_of_case(error: str, sentence: str, name: str) -> Result:
    return Result(FAIL, [Finding("", [], [], [], error, sentence, [(name, sentence)], {})])


def ask(context: Context, exercises: Iterable[Exercise]) -> Result:
    """Put the exercises to the engine. What the wrong answers come from is concluded when all is asked."""
    answers = [(exercise, context.attempt(exercise)) for exercise in exercises]
    failed  = [answer for answer in answers if wrong(*answer)]
    if failed:
        return Result(FAIL, failed=failed)
    return Result() if answers else Result(BLOCKED if context.unsound else SKIP)


def smallest(context: Context, answer: Attempt, known: bool) -> Finding:
    """The finding for an answer that no mistake explains: the smallest program that goes wrong in the same
    way, and what can be seen there. `known`: whether mistakes were found that explain other answers."""
    exercise, outcome = answer
    if not comes_back(context, exercise):
        return found(exercise, outcome, CHANGES, [])
    if exercise.value is None and exercise.slopes is None and not outcome.error.startswith("RecursionError"):
        exercise, outcome = shrunk(context, answer)
    graph = pictured(exercise, outcome)
    return found(exercise, outcome, plain_sentence(exercise, outcome, graph, known), [])


def comes_back(context: Context, exercise: Exercise, attempts: int = 20) -> bool:
    """Whether it goes wrong when it is asked again: an engine that goes through sets answers now so, now
    so."""
    try:
        return any(wrong(exercise, context.attempt(exercise)) for _ in range(attempts))
    except (Lost, Raised):
        return True


def shrunk(context: Context, answer: Attempt, attempts: int = 250) -> Attempt:
    """A smaller exercise that goes wrong in the same way; the answer itself if it does not come again."""
    exercise, outcome = answer
    kind = failure(exercise, outcome)
    def still_fails(program: Program) -> bool:
        again = exercise._replace(program=program)
        return context.can(program) and askable(again) and failure(again, context.attempt(again)) == kind
    try:
        small = exercise._replace(program=shrink(exercise.program, still_fails, attempts))
        again = context.attempt(small)
    except (Lost, Raised):
        return answer
    return (small, again) if failure(small, again) == kind else answer


def failure(exercise: Exercise, outcome: Outcome) -> str:
    """How an exercise goes wrong: "data", "grad", or the type of the error."""
    how = wrong(exercise, outcome)
    return outcome.error.partition(":")[0] if how == "error" else how


def found(exercise: Exercise, outcome: Outcome, sentence: str, likely: list[tuple[str, str]]) -> Finding:
    """The finding for an answer."""
    n = len(exercise.program.inputs)
    given = [shown(g) for g in outcome.grads[:n]]
    return Finding(written(exercise), names(exercise)[:n], right_answers(exercise), given, outcome.error,
                   sentence, likely, pictured(exercise, outcome),
                   key_of(exercise.program.steps[0]) if len(exercise.program.steps) == 1 else "")


def right_answers(exercise: Exercise) -> list[str]:
    if exercise.slopes is not None:
        return [interval_text(s) for s in exercise.slopes]
    return ["any"] * len(exercise.program.inputs) if exercise.value is not None else [
        short(g * exercise.scale) for g in exercise.program.gradient()]



# --- saying what is wrong where no known mistake explains it ------------------------------------------------

CHANGES = ("it went wrong once and is right when asked again: the answer depends on the order of a set, or "
           "on graphs that were built before. Keep nodes in lists, tuples or dicts, and nothing outside of "
           "backward()")
ERRORS = {
    "RecursionError":    "the sort or the backward pass calls itself once per node, and Python's stack ends "
                         "after about 1000 calls: keep a list of nodes to visit in place of recursion",
    "AttributeError":    "something is missing: {error}",
    "TypeError":         "the operation does not take these operands: wrap plain numbers, as in "
                         "other = other if isinstance(other, Value) else Value(other)",
    "ZeroDivisionError": "a slope divides by zero although the answer is a plain number: {error}",
    "OverflowError":     "a number on the way is too large for a float although the answer is not: {error}",
    "ValueError":        "a value was refused although it lies in the domain: {error}",
    "SystemExit":        "the engine ends the program: take out sys.exit() and quit()",
    "MemoryError":       "it takes more memory than allowed",
}


def plain_sentence(exercise: Exercise, outcome: Outcome, graph: Outline, known: bool) -> str:
    """What is wrong, from what can be seen: the error, the first wrong value, or the wrong gradients."""
    step = graph.get("step", "")
    if outcome.error:
        kind = outcome.error.partition(":")[0]
        return ERRORS.get(kind, "it raises an exception: {error}").format(error=outcome.error)
    if isinstance(outcome.data[-1], complex):
        return f"{step} gives a complex number without a word: raise ValueError where no real number exists"
    also = "this is explained by none of the other mistakes: " if known else ""
    if wrong(exercise, outcome) == "data" and step:
        return f"{also}the value of {step} is {graph.get('given', '?')} in place of {graph.get('right', '?')}"
    n = len(exercise.program.inputs)
    differing = [f"{x}.grad is {shown(given)} in place of {right}"
                 for x, given, right in zip(names(exercise), outcome.grads[:n], right_answers(exercise))
                 if shown(given) != right]
    return also + ("; ".join(differing) or "the numbers are nearly right, and not to the last digits")
