"""Further operations: whatever else the calculus table has a row for, asked of an engine that offers it.

    there       the class has the method (or a function stands beside it), and one call answers with a node
    another     a function of the same name that is not the row's, with slopes that are right for it: advice

A row that is entered in the table is asked here without another line; see random_programs/derived.py for
what is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..check.oracles import central
from ..random_programs.derived import DERIVED
from ..random_programs.scalar_program import Plain, Step
from .attempts import Outcome
from .cases import ABSENT, ADVICE, Case, Context, Result, ask, inputs_of, special
from .exchange import sent, sent_step, yes
from .exercises import Exercise, P, program
from .expectations import askable, wrong

POINTS  = ((3.0, 2.0), (-1.5, -2.0), (0.5, 3.0), (2.0, 4.0), (-3.0, 2.0), (1.25, 0.75), (-0.25, -0.75))


def steps(op: str) -> list[Step]:
    """An operation with nodes; one written between its operands also with a plain number on one side."""
    if DERIVED[op].arity == 1:
        return [Step(op, (0,))]
    if not DERIVED[op].special.startswith("__"):
        return [Step(op, (0, 1))]
    return [Step(op, (0, 1)), Step(op, (0, Plain(2.0))), Step(op, (Plain(2.0), 0))]


STEPS = [step for op in DERIVED for step in steps(op)]


def further(step: Step) -> Case:
    written = [x.number if isinstance(x, Plain) else "xy"[x] for x in step.operands]
    label   = DERIVED[step.op].python.format(*(f"{x:g}" if isinstance(x, float) else x for x in written))

    def check(context: Context) -> Result:
        if not offered(context, step):
            return Result(ABSENT)
        asked = exercises(context, step)
        if not asked or not meant(context, asked[0]):
            return Result(ABSENT)
        note = another(context, step, [(e, context.attempt(e)) for e in asked])
        return Result(ADVICE, notes=[note]) if note else ask(context, asked)
    return Case("arithmetic", label, check)


def exercises(context: Context, step: Step) -> list[Exercise]:
    """The operation by itself, with another above it, and with its operand used once more."""
    count = inputs_of(step)
    op, operands = step
    above = (("*", (count, P(3.0))), ("+", (count, 0)))
    asked = [Exercise(program(point, step)) for point in points(step)]
    asked += [Exercise(program(point, step, last)) for last in above for point in [*points(step)][:2]]
    return [exercise for exercise in asked if context.can(exercise.program) and askable(exercise)]


def points(step: Step) -> Iterator[tuple[float, ...]]:
    """Inputs at which the operation has a slope."""
    for point in POINTS:
        if not DERIVED[step.op].kink(*[point[x] if isinstance(x, int) else x.number for x in step.operands]):
            yield point[:inputs_of(step)]


def offered(context: Context, step: Step) -> bool:
    """Whether the class has the method, for this side too, or a function of that name stands beside it."""
    operation = DERIVED[step.op]
    if operation.function:
        return context.has_beside(operation.function)
    return context.has(operation.special) and context.has(special(step))


def meant(context: Context, exercise: Exercise) -> bool:
    """Whether it takes these operands, and makes a node of them."""
    return context.task(yes, "offers", sent_step(exercise.program.steps[0]),
                        [*map(sent, exercise.program.inputs)])


def another(context: Context, step: Step, answers: Sequence[tuple[Exercise, Outcome]]) -> str:
    """What to say of a function that is not the row's and has the slopes of its own values; "" of any
    other."""
    alone = [(e, o) for e, o in answers if len(e.program.steps) == 1]
    other = [(e, o) for e, o in alone if wrong(e, o) == "data"]
    if not other or not all(own_slopes(context, step, e.program.inputs, o) for e, o in alone):
        return ""
    exercise, outcome = other[0]
    right = float(exercise.program.numbers()[-1])
    point = ", ".join(map(repr, exercise.program.inputs))
    return (f"{outcome.data[-1]!r} at {point}, where the function that is known by this name is {right!r}: "
            "its slopes are right for its values")


def own_slopes(context: Context, step: Step, xs: Sequence[float], outcome: Outcome) -> bool:
    """Whether the gradients are the slopes of the engine's own values, as far as floats can tell."""
    def value(*ys: float) -> float:
        given = context.attempt(Exercise(program(ys, step))).data[-1]
        return given if isinstance(given, float) else math.nan

    def agrees(i: int, given: object) -> bool:
        s = central(value, xs, i)
        return (isinstance(given, float) and s.smooth
                and abs(given - s.left) <= 16 * s.error + 1e-6 * abs(s.left))
    return not outcome.error and all(agrees(i, outcome.grads[i]) for i in range(len(xs)))
