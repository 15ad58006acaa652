"""Cases: one question to an engine, and the finding that tells a student what is wrong.

    case(context) -> Result        status: PASS, FAIL, SKIP or ADVICE

    context    the engine, what it can do, and how much to ask
    finding    one failure: the smallest program, the right and the given answers, the likely mistake, the graph
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from ..operations import OPERATIONS, RATIONAL
from ..growing import random_program
from ..program import Plain, Program, Step, short
from ..shrinking import shrink
from . import mistakes
from .exercises import (NAN, NONE, Exercise, Outcome, accepts, askable, attempt, differs, evaluate, expected, interval_text,
                        names, nodes, wrong, written)

PASS, FAIL, SKIP, ADVICE = "pass", "fail", "skip", "advice"
BLOCKED = "blocked"                      # not asked, because an operation it needs is wrong by itself


class Finding(NamedTuple):
    """One failure, as plain data.

    likely: (name, sentence) of each mistake that predicts all the answers, the most common first.
    graph:  nodes, edges and the first differing edge, for the two pictures; {} if there is none.
    """

    code:     str
    inputs:   list[str]
    expected: list[str]
    given:    list[str]
    error:    str
    sentence: str
    likely:   list[tuple[str, str]]
    graph:    dict[str, Any]


@dataclass
class Result:
    status:   str = PASS
    findings: list[Finding] = field(default_factory=list)
    notes:    list[str]     = field(default_factory=list)


class Case(NamedTuple):
    group: str
    name:  str
    check: Callable[[Context], Result]

    @property
    def id(self) -> str:
        return f"{self.group}: {self.name}"


@dataclass
class Context:
    """The engine under test.

    target:   where it was found, "path.py:Value", or "" for a class given as it is.
    examples: how many random programs each case asks.
    unsound:  operations that failed alone; no other case uses them, so that one mistake costs one mark.
    lacking:  operations the engine does not have.
    right:    right answers to single operations; possible: the mistakes that they leave.
    """

    engine:   Any
    target:   str = ""
    seed:     int = 0
    examples: int = 10
    unsound:  set[str] = field(default_factory=set)
    lacking:  set[str] = field(default_factory=set)
    possible: list[mistakes.Mistake] | None = None
    right:    list[tuple[Exercise, Outcome]] = field(default_factory=list)

    def survey(self, label: str) -> None:
        """Ask one operation once; a right answer counts against every mistake that contradicts it."""
        step = form(label)
        if hasattr(self.engine, special(step)) and key_of(step) not in self.unsound:
            exercise = Exercise(Program((2.0, 4.0)[:inputs_of(step)], (step,)))
            outcome  = attempt(exercise, self.engine)
            if not wrong(exercise, outcome):
                self.right.append((exercise, outcome))

    def suspects(self) -> list[mistakes.Mistake]:
        """The mistakes that contradict no operation which is right by itself."""
        if self.possible is None:
            self.possible = mistakes.consistent(mistakes.catalogue(), self.right)
        return self.possible

    def can(self, program: Program) -> bool:
        """Whether every step is one the engine has, and does right alone."""
        return not any(key in self.unsound or key in self.lacking for key in map(key_of, program.steps))

    def rng(self, salt: str) -> Random:
        return Random(f"{self.seed} {salt}")


# --- the forms of an operation: with nodes, with a plain number on one side -----------------------------

FORMS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "x + y": ("+", (0, 1)),   "x + 2": ("+", (0, Plain(2.0))),   "2 + x": ("+", (Plain(2.0), 0)),
    "x - y": ("-", (0, 1)),   "x - 2": ("-", (0, Plain(2.0))),   "2 - x": ("-", (Plain(2.0), 0)),
    "x * y": ("*", (0, 1)),   "x * 2": ("*", (0, Plain(2.0))),   "2 * x": ("*", (Plain(2.0), 0)),
    "x / y": ("/", (0, 1)),   "x / 2": ("/", (0, Plain(2.0))),   "2 / x": ("/", (Plain(2.0), 0)),
    "x ** 2": ("**", (0, Plain(2))), "x ** y": ("**", (0, 1)),   "2 ** x": ("**", (Plain(2.0), 0)),
    **{OPERATIONS[op].python.format("x"): (op, (0,)) for op in OPERATIONS if OPERATIONS[op].arity == 1},
}


def inputs_of(step: Step) -> int:
    """How many inputs a form has."""
    return 1 + max(step.nodes)


def key_of(step: Step) -> str:
    """The operation and which operands are nodes: "- np" for x - 2, "- pn" for 2 - x."""
    return f"{step.op} " + "".join("n" if isinstance(x, int) else "p" for x in step.operands)


def form(label: str) -> Step:
    return Step(*FORMS[label])


def special(step: Step) -> str:
    """The method a class needs for a step: __radd__ for 2 + x."""
    name = OPERATIONS[step.op].special
    return name if isinstance(step.operands[0], int) else f"__r{name[2:]}"


# --- asking ---------------------------------------------------------------------------------------------

def ask(context: Context, exercises: Iterable[Exercise]) -> Result:
    """Put the exercises to the engine; the first that fails is shrunk and diagnosed, in the light of all the others."""
    right:  list[tuple[Exercise, Outcome]] = []
    failed: list[tuple[Exercise, Outcome]] = []
    for exercise in exercises:
        outcome = attempt(exercise, context.engine)
        (failed if wrong(exercise, outcome) else right).append((exercise, outcome))
    if not right and not failed:
        return Result(BLOCKED if context.unsound else SKIP)
    if not failed:
        return Result()
    ranked = mistakes.ranked(context.suspects(), failed[:8], right[:12])
    best   = ranked[:1]
    told   = [answer for answer in failed if all(mistakes.explains(m, *answer) for m in best)]
    first  = min(told, key=lambda answer: len(answer[0].program.steps))[0]
    small  = smallest(context, first, best)
    return Result(FAIL, [explained(context, small, ranked)])


def smallest(context: Context, exercise: Exercise, best: list[mistakes.Mistake], attempts: int = 250) -> Exercise:
    """The smallest exercise found that goes wrong in the same way, and by the same mistake."""
    if exercise.value is not None or exercise.slopes is not None:
        return exercise
    kind = failure(context, exercise)
    def still_fails(program: Program) -> bool:
        again = exercise._replace(program=program)
        return (context.can(program) and askable(again) and failure(context, again) == kind
                and all(mistakes.explains(m, again, attempt(again, context.engine)) for m in best))
    return exercise._replace(program=shrink(exercise.program, still_fails, attempts))


def failure(context: Context, exercise: Exercise) -> str:
    """How an exercise goes wrong: "data", "grad", or the type of the error."""
    outcome = attempt(exercise, context.engine)
    how = wrong(exercise, outcome)
    return outcome.error.partition(":")[0] if how == "error" else how


def explained(context: Context, exercise: Exercise, ranked: list[mistakes.Mistake], sentence: str = "") -> Finding:
    """The finding for an exercise that fails."""
    outcome = attempt(exercise, context.engine)
    likely  = [m for m in ranked if mistakes.explains(m, exercise, outcome)]
    n       = len(exercise.program.inputs)
    graph   = pictured(exercise, outcome)
    sentence = sentence or (likely[0].sentence if likely else plain_sentence(context, exercise, outcome, graph))
    return Finding(written(exercise), names(exercise)[:n], right_answers(exercise), [shown(g) for g in outcome.grads[:n]], outcome.error,
                   sentence, list(dict.fromkeys((m.name, m.sentence) for m in likely)), graph)


def right_answers(exercise: Exercise) -> list[str]:
    if exercise.slopes is not None:
        return [interval_text(s) for s in exercise.slopes]
    return ["any"] * len(exercise.program.inputs) if exercise.value is not None else [
        short(g * exercise.scale) for g in exercise.program.gradient()]


def shown(x: Any) -> str:
    """A number to the digits that matter, or what was given in its place."""
    return x if isinstance(x, str) else "-" if x is None else str(x) if isinstance(x, complex) else repr(x)


# --- saying what is wrong where no known mistake explains it ------------------------------------------------

ERRORS = {
    "RecursionError":    "the sort or the backward pass calls itself once per node, and Python's stack ends after about 1000 calls: keep a list of nodes to visit in place of recursion",
    "AttributeError":    "something is missing: {error}",
    "TypeError":         "the operation does not take these operands: wrap plain numbers, as in other = other if isinstance(other, Value) else Value(other)",
    "ZeroDivisionError": "a slope divides by zero although the answer is a plain number: {error}",
    "OverflowError":     "a number on the way is too large for a float although the answer is not: {error}",
    "ValueError":        "a value was refused although it lies in the domain: {error}",
    "SystemExit":        "the engine ends the program: take out sys.exit() and quit()",
    "MemoryError":       "it takes more memory than allowed",
}


def plain_sentence(context: Context, exercise: Exercise, outcome: Outcome, graph: dict[str, Any]) -> str:
    """What is wrong, from what can be seen: the error, the first wrong value, or the first wrong slope."""
    if outcome.error:
        kind = outcome.error.partition(":")[0]
        return ERRORS.get(kind, "it raises an exception: {error}").format(error=outcome.error)
    step, name = graph.get("step", ""), graph.get("wrong", "an input")
    if isinstance(outcome.data[-1], complex):
        return f"{step} gives a complex number without a word: raise ValueError where no real number exists"
    if wrong(exercise, outcome) == "data":
        return f"the value of {step} is wrong: {graph.get('given', '?')} in place of {graph.get('right', '?')}"
    return small_error(exercise, outcome) or (
        f"the gradient of {name} is wrong, and {step} is where it comes from: {graph.get('given', '?')} in place of {graph.get('right', '?')}")


def small_error(exercise: Exercise, outcome: Outcome) -> str:
    """A gradient that is nearly right: an approximation in place of the derivative."""
    if exercise.slopes is not None or exercise.value is not None:
        return ""
    right = expected(exercise).grads
    parts = [abs(g - r) / abs(r) for g, r in zip(outcome.grads, right[:len(exercise.program.inputs)])
             if isinstance(g, float) and r and math.isfinite(g) and g != r]
    if not parts or max(parts) > 0.01:
        return ""
    op = exercise.program.steps[-1].op if len(exercise.program.steps) == 1 else "the graph"
    return (f"the slope of {op} is off by one part in {1 / max(parts):.1g}: an approximation (a difference quotient, or too few digits) "
            "in place of the derivative")


# --- the graph, right and wrong -----------------------------------------------------------------------------

def pictured(exercise: Exercise, outcome: Outcome) -> dict[str, Any]:
    """Nodes and edges with both answers, and the first edge, from the output backwards, where they part."""
    program, n = exercise.program, len(exercise.program.inputs)
    if nodes(program) > 24:
        return {}
    if exercise.value is not None or exercise.slopes is not None:
        return pictured_special(exercise, outcome)
    right, slopes = expected(exercise), evaluate(program)[1]
    named  = names(exercise)
    hidden = {nodes(program) - 1} if exercise.how in ("split", "in turn") else set()
    edges  = [(x, j, k) for j, step in enumerate(program.steps, n) if j not in hidden for k, x in enumerate(step.operands) if isinstance(x, int)]
    marked, what = first_difference(exercise, outcome, right, slopes, edges, hidden)
    return {"nodes": [boxed(program, named, j, [shown(right.data[j]), shown(right.grads[j])], outcome) for j in range(nodes(program)) if j not in hidden],
            "edges": [list(edge) for edge in edges], "marked": list(marked) if marked else None, **what}


def boxed(program: Program, named: list[str], j: int, right: list[str], outcome: Outcome) -> dict[str, Any]:
    """A node of the picture."""
    n = len(program.inputs)
    return {"name": named[j], "op": "" if j < n else label(program.steps[j - n]), "right": right, "given": [shown(outcome.data[j]), shown(outcome.grads[j])]}


def pictured_special(exercise: Exercise, outcome: Outcome) -> dict[str, Any]:
    """`pictured` where the exercise says itself what is right; only that is shown as right."""
    program, n = exercise.program, len(exercise.program.inputs)
    last   = nodes(program) - 1
    slopes = exercise.slopes or (None,) * n
    data   = [*map(shown, map(float, program.inputs)), *["-"] * (last - n), interval_text(exercise.value).replace("any", "-")]
    grads  = [*(interval_text(s).replace("any", "-") for s in slopes), *["-"] * (last - n), "1"]
    edges  = [[x, j, k] for j, step in enumerate(program.steps, n) for k, x in enumerate(step.operands) if isinstance(x, int)]
    at     = next((k for k in range(n) if not accepts(slopes[k], outcome.grads[k])), None)
    marked = next((e for e in edges if e[0] == at), edges[-1]) if wrong(exercise, outcome) == "grad" else edges[-1]
    return {"nodes": [boxed(program, names(exercise), j, [data[j], grads[j]], outcome) for j in range(last + 1)], "edges": edges, "marked": marked}


def label(step: Step) -> str:
    """The operation as a node shows it: its plain number included."""
    parts = [f"{x.number:g}" if isinstance(x, Plain) else "" for x in step.operands]
    return f"{parts[0]} {step.op} {parts[-1]}".strip() if len(parts) > 1 else step.op


def first_difference(exercise: Exercise, outcome: Outcome, right: Any, slopes: Any, edges: Any, hidden: set[int]) -> tuple[Any, dict[str, str]]:
    """The edge whose message is the first to be wrong, and what to say about it."""
    program, n = exercise.program, len(exercise.program.inputs)
    named  = [name or f"({OPERATIONS[program.steps[j - n].op].python.format(*'..')})" for j, name in enumerate(names(exercise))]
    for j, step in enumerate(program.steps, n):
        if j not in hidden and outcome.data[j] is not None and differs(outcome.data[j], right.data[j], right.data_within[j]):
            into = next((e for e in edges if e[1] == j), None)
            return into, {"step": step_text(step, named), "wrong": named[j], "right": shown(right.data[j]), "given": shown(outcome.data[j])}
    kept = any(outcome.grads[j] for j in range(n, nodes(program)) if j not in hidden and j not in exercise.roots)
    for x in range(nodes(program) - 1, -1, -1):
        if x in hidden or x in exercise.roots or (x >= n and not kept) or outcome.grads[x] is None:
            continue
        given, want = outcome.grads[x], right.grads[x]
        if differs(given, want, right.grad_within[x]):
            users = [e for e in edges if e[0] == x]
            sent  = [slopes[j - n][k] * right.grads[j] for _, j, k in users]
            edge  = users[guilty(given, want, sent)] if users else None
            text  = step_text(program.steps[edge[1] - n], named) if edge else ""
            return edge, {"step": text, "wrong": named[x], "right": shown(want), "given": shown(given)}
    return None, {}


def guilty(given: Any, want: float, sent: list[float]) -> int:
    """Which of the messages to a node is missing or wrong, judging by what arrived."""
    if isinstance(given, float):
        for k, message in enumerate(sent):
            if message and math.isclose(given, want - message, rel_tol=1e-9, abs_tol=1e-12):
                return k
        for k, message in enumerate(sent):
            if len(sent) > 1 and math.isclose(given, message, rel_tol=1e-9):
                return 0 if k else 1
    return len(sent) - 1


def step_text(step: Step, named: list[str]) -> str:
    return OPERATIONS[step.op].python.format(*[named[x] if isinstance(x, int) else f"{x.number:g}" for x in step.operands])


# --- random exercises -------------------------------------------------------------------------------------------

def random_exercises(context: Context, salt: str, how: str = "once", steps: int = 8, ops: Iterable[str] = RATIONAL,
                     change: Callable[[Program], Program | None] = lambda program: program) -> Iterator[Exercise]:
    """`context.examples` exercises on random programs of operations that the engine has and does right alone."""
    rng   = context.rng(salt)
    known = [op for op in ops if any(f"{op} {shape}" not in context.unsound | context.lacking for shape in ("n", "nn", "np"))]
    found = tries = 0
    while known and found < context.examples and tries < 20 * context.examples:
        tries += 1
        program = change(random_program(rng.randrange(2 ** 40), known, steps))
        program = program and repaired(context, program)
        if program and program.in_domain(2.0 ** 20) and askable(exercise := Exercise(program, how)):
            found += 1
            yield exercise


def repaired(context: Context, program: Program) -> Program | None:
    """The program with nodes for the plain numbers that the engine cannot take."""
    steps = [step if context.can(Program(program.inputs, (step,))) else Step(step.op, tuple(x if isinstance(x, int) else 0 for x in step.operands))
             for step in program.steps]
    changed = Program(program.inputs, tuple(steps))
    return changed if context.can(changed) else None


def unshared(program: Program) -> Program | None:
    """The program as a tree: every node used once, inputs copied as often as needed."""
    inputs: list[Any] = []
    steps:  list[tuple[str, tuple[Any, ...]]] = []
    n = len(program.inputs)
    def copy(x: Any) -> Any:
        if not isinstance(x, int):
            return x
        if x < n:
            inputs.append(program.inputs[x])
            return ("input", len(inputs) - 1)
        op, operands = program.steps[x - n]
        steps.append((op, tuple(map(copy, operands))))
        return ("step", len(steps) - 1)
    if tree_size(program) > 12:
        return None
    copy(n + len(program.steps) - 1)
    place = lambda x: x if isinstance(x, Plain) else x[1] + (len(inputs) if x[0] == "step" else 0)
    return Program(tuple(inputs), tuple(Step(op, tuple(map(place, operands))) for op, operands in steps))


def tree_size(program: Program) -> int:
    """How many steps the program has, written as a tree."""
    sizes = [0] * len(program.inputs)
    for step in program.steps:
        sizes.append(1 + sum(sizes[x] for x in step.operands if isinstance(x, int)))
    return sizes[-1]


def joined(rng: Random) -> Callable[[Program], Program | None]:
    """A change that ends a program in the sum of two inner nodes, for the exercises with two outputs."""
    def change(program: Program) -> Program | None:
        n, last = len(program.inputs), nodes(program) - 1
        return Program(program.inputs, (*program.steps, Step("+", (last, rng.randrange(n, last))))) if last > n else None
    return change


__all__ = ["ADVICE", "BLOCKED", "FAIL", "NAN", "NONE", "PASS", "SKIP", "Case", "Context", "Exercise", "Finding", "Result", "ask", "explained"]
