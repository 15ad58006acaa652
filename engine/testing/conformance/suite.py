"""The suite: what is asked, as data: arithmetic, shared nodes, order, repeated backward, kinks, domains,
tails, nan, scales, sizes.

Each group is a list of cases. The operations come first, one by one: one that fails alone is used
by no other case. What else an engine offers, further.py asks.
"""

from __future__ import annotations

from ..random_programs.rules import RATIONAL, SMOOTH
from ..random_programs.scalar_program import Plain, Program, Step
from .answers import KINKS, NANS, POWERS, TAILS
from .cases import (ADVICE, BLOCKED, FAIL, FORMS, SKIP, Case, Context, Result, ask, found, form,
                    inputs_of, key_of)
from .exchange import numbers_or_text, texts
from .exercises import Exercise, P, program
from .expectations import askable
from .further import STEPS, further
from .randoms import drawn, fixed, random_exercises, unshared
from .scales import SCALES
from .crowds import SIZES
from .stamina import STAMINA

POINTS   = ((3.0, 2.0), (2.0, 4.0), (-3.0, 2.0), (5.0, -0.5), (0.5, 3.0), (-1.5, -2.0), (1.25, 0.75))


# --- arithmetic -----------------------------------------------------------------------------------------

def operation(label: str) -> Case:
    def check(context: Context) -> Result:
        step = form(label)
        if key_of(step) in context.lacking:
            return Result(SKIP, notes=[f"no {label}"])
        result = ask(context, alone(step))
        if result.status == FAIL:
            context.unsound.add(key_of(step))
        return result
    return Case("arithmetic", label, check)


def alone(step: Step) -> list[Exercise]:
    """One operation by itself, at points of its domain."""
    count = inputs_of(step)
    exponents = ([Plain(n) for n in (2, 3, 1, -1, -2, 0, 0.5, 2.5)] if step.op == "**"
                 and not isinstance(step.operands[1], int) else [None])
    steps = [step if n is None else Step(step.op, (step.operands[0], n)) for n in exponents]
    asked = [Exercise(Program(point[:count], (s,))) for s in steps for point in POINTS]
    return [exercise for exercise in asked if askable(exercise)]


def upstream(context: Context) -> Result:
    """Each operation with another one above it: 3 * f(x), or f(x) - 1 over it; and with others below it."""
    exercises = below(context)
    for label in FORMS:
        step = form(label)
        if key_of(step) in context.unsound | context.lacking:
            continue
        count = inputs_of(step)
        above = next((s for s in (("*", P(3.0)), ("/", P(0.25)), ("*", count), ("**", P(2)))
                      if context.can(program((1.0,), (s[0], (0, s[1] if isinstance(s[1], Plain) else 0))))),
                     None)
        for point in POINTS[:4]:
            if above and isinstance(above[1], int):
                exercises.append(Exercise(program((*point[:count], 3.0), (step.op, step.operands),
                                                  ("*", (count + 1, count)))))
            elif above:
                exercises.append(Exercise(program(point[:count], (step.op, step.operands),
                                                  (above[0], (count, above[1])))))
    return ask(context, filter(askable, exercises))


def below(context: Context) -> list[Exercise]:
    """Each operation of nodes that are no inputs: what it does not list as an operand passes nothing on."""
    found = []
    for step in map(form, FORMS):
        count = inputs_of(step)
        moved = tuple(x + count if isinstance(x, int) else x for x in step.operands)
        inner = [("*", (k, P(2.0))) for k in range(count)]
        asked = [program([x / 2 for x in point[:count]], *inner, (step.op, moved)) for point in POINTS[:4]]
        found += [Exercise(p) for p in asked if context.can(p)]
    return found


def trees(context: Context) -> Result:
    return ask(context, random_exercises(context, "trees", steps=5, ops=(*RATIONAL, *SMOOTH),
                                         change=unshared))


def summed(context: Context) -> Result:
    """sum([x, y]) starts with the plain number 0."""
    if not context.has("__radd__"):
        return Result(SKIP, notes=["no 2 + x, and so no sum([x, y])"])
    exercise = Exercise(program((3.0, 2.0), ("+", (P(0), 0)), ("+", (2, 1))))
    return ask(context, [exercise] if context.can(exercise.program) else [])


def left_alone(context: Context) -> Result:
    """An operation leaves its operands as they were; x += 1 makes a new node."""
    if not context.can(program((3.0,), ("+", (0, P(2.0))), ("*", (1, 0)))):
        return Result(BLOCKED)
    given = context.task(numbers_or_text, "in_place")
    if isinstance(given, str):
        return Result(SKIP, notes=[f"x += 2 is not possible: {given}"])
    if given == [3.0, 8.0, 15.0]:
        return Result()
    exercise = Exercise(program((3.0,), ("+", (0, P(2.0))), ("*", (1, 0))))
    plain    = context.attempt(exercise)
    if given == [plain.data[0], plain.grads[0], plain.data[-1]]:
        return Result()  # as wrong as y = x + 2; z = y * x: told elsewhere
    finding  = found(exercise, plain, "x += 2 changes the node x itself: __iadd__ must make a new node, or "
                     "be left out", [])
    return Result(FAIL,
                  [finding._replace(code="x = Value(3.0)\ny = x; y += 2.0\nz = y * x; "
                                         "z.backward()\nprint(x.data, x.grad)  # 3.0 8.0",
                                    given=[f"{given[1]!r}, with x.data {given[0]!r}"])])


# --- programs with sharing --------------------------------------------------------------------------------

SHARED = [
    program((3.0,), ("+", (0, 0))),
    program((3.0,), ("*", (0, 0))),
    program((3.0,), ("-", (0, 0))),
    program((3.0,), ("/", (0, 0))),
    program((3.0,), ("*", (0, 0)), ("*", (1, 0))),
    program((3.0, 2.0), ("*", (0, 1)), ("+", (2, 0))),
    program((3.0, 2.0), ("*", (0, 1)), ("+", (2, 1))),
    program((2.0, 2.0), ("*", (0, 1)), ("+", (2, 0))),
    program((2.0,), ("*", (0, 0)), ("*", (0, 1)), ("*", (0, 2)), ("*", (0, 3))),
]

DIAMONDS = [
    program((3.0,), ("+", (0, 0)), ("+", (1, 1))),
    program((3.0,), ("*", (0, P(2.0))), ("+", (1, 1)), ("+", (2, 1))),
    program((3.0,), ("*", (0, P(2.0))), ("*", (1, P(3.0))), ("+", (1, 2))),
    program((3.0,), ("*", (0, P(2.0))), ("*", (1, P(3.0))), ("+", (2, 1))),
    program((2.0,), ("*", (0, P(3.0))), ("*", (1, 1)), ("*", (2, P(2.0))), ("+", (3, 1)), ("*", (4, 2))),
    program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("*", (2, P(2.0))), ("*", (3, P(2.0))),
            ("+", (1, 4)), ("*", (5, 1))),
    program((3.0, 2.0), ("*", (0, 1)), ("+", (2, 0)), ("*", (2, 3)), ("-", (4, 2)), ("+", (5, 3))),
    program((3.0, 3.0), ("*", (0, P(2.0))), ("*", (1, P(2.0))), ("*", (2, 3)), ("+", (4, 2))),
]

ACROSS = [
    program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("*", (1, P(5.0))), ("+", (2, 3))),
    program((2.0,), ("*", (0, 0)), ("*", (1, 1)), ("+", (1, 2))),
    program((3.0,), ("*", (0, P(2.0))), ("*", (0, 0)), ("+", (1, 2))),
    program((2.0, 3.0), ("*", (0, 1)), ("+", (0, 1)), ("+", (2, 3))),
]

TWICE = [
    program((3.0,), ("*", (0, 0))),
    program((2.0,), ("*", (0, 0)), ("*", (1, 1))),
    program((2.0,), ("*", (0, 0)), ("**", (1, P(2)))),
    program((2.0, 3.0), ("*", (0, 1)), ("+", (2, 0)), ("*", (3, 2))),
]


def unused(context: Context) -> Result:
    """An input that the output does not depend on keeps the gradient 0."""
    exercise = Exercise(program((3.0, 5.0), ("*", (0, 0))))
    return ask(context, [exercise] if context.can(exercise.program) else [])


# --- number types -------------------------------------------------------------------------------------

WHOLE = [program(point, (op, operands)) for op, operands in FORMS.values() if op in "+-*/**"
         for point in ((3.0, 2.0), (7.0, 4.0), (-3.0, 5.0), (2.0, 3.0))
         if (op, operands[-1]) != ("**", 1)] + [program((2.0,), ("**", (0, P(n)))) for n in (-1, -2, 0, 1, 3)]


def fractions(context: Context) -> Result:
    """Fractions: exact, rounded to floats, or refused; never wrong."""
    asked = [Exercise(p, number="Fraction") for p in WHOLE[:8] if context.can(p)]
    for exercise in asked:
        outcome = context.attempt(exercise)
        if outcome.error:
            return Result(notes=[f"Fractions are refused: {outcome.error}"])
    return ask(context, asked)


def mixed(context: Context) -> Result:
    """Whole and other numbers together."""
    return ask(context, [Exercise(p, number="int") for p in (program((3.0, 0.5), ("*", (0, 1)),
                                                                     ("/", (2, 0))),
                                                             program((7.0, 2.0), ("/", (0, 1)),
                                                                     ("+", (2, P(0.25)))))
                         if context.can(p)])


def text(context: Context) -> Result:
    """Value("3") had better be refused: "3" * 2 is "33"."""
    taken = context.task(texts, "accepted")
    return Result(ADVICE, notes=[f"{', '.join(f'Value({thing})' for thing in taken)}: taken without a word: "
                                 "raise TypeError for what is not a number"]) if taken else Result()


GROUPS = ("arithmetic", "accumulation on shared nodes", "topological order", "repeated backward", "kinks",
          "powers and domains",
          "tails", "nan and inf", "number types", "deep graphs", "determinism", "freeing memory",
          "scales and sizes")

CASES: tuple[Case, ...] = (
    *map(operation, FORMS),
    Case("arithmetic", "the upstream gradient", upstream),
    Case("arithmetic", "sum([x, y])", summed),
    Case("arithmetic", "x += 2 leaves x alone", left_alone),
    Case("arithmetic", "random trees", trees),
    fixed("accumulation on shared nodes", "inputs used more than once", SHARED),
    Case("accumulation on shared nodes", "an input that is not used", unused),
    drawn("accumulation on shared nodes", "random small graphs", steps=6),
    drawn("accumulation on shared nodes", "random small graphs with smooth functions", steps=6,
          ops=("+", "*", "-", *SMOOTH)),
    fixed("topological order", "diamonds", DIAMONDS),
    drawn("topological order", "random graphs", steps=14),
    drawn("topological order", "random large graphs", steps=40, ops=("+", "*", "-", "neg")),
    *(case for how in ("twice", "reset", "split", "in turn", "changed") for case in (
        fixed("repeated backward", f"{how}", ACROSS if how in ("split", "in turn") else TWICE, how),
        drawn("repeated backward", f"{how}, random graphs", how, 8))),
    *KINKS, *POWERS, *TAILS, *NANS,
    fixed("number types", "whole numbers", WHOLE, number="int"),
    Case("number types", "whole numbers and others", mixed),
    Case("number types", "Fractions", fractions),
    Case("number types", "what is not a number", text),
    *STAMINA, *SCALES, *SIZES,
)

# Last, so that what every engine is asked comes first; an engine that does not offer them is not asked, and
# its report does not speak of them.
FURTHER:   tuple[Case, ...] = tuple(further(step) for step in STEPS)
QUESTIONS: tuple[Case, ...] = (*CASES, *FURTHER)
