"""Expectations: what a right engine answers to an exercise, and what is wrong with an answer.

    wrong(exercise, outcome)                        # "" or what is wrong with it

A right engine computes in floats and in an order of its own. How far that may take it from the
exact answer is measured: the program is run with every step and slope off by a few units of the
last place. A program on which that matters much is not asked about.
"""

from __future__ import annotations

import math
from functools import lru_cache
from random import Random
from typing import NamedTuple

from ..random_programs.operations import OPERATIONS, step_value
from ..random_programs.rules import WRITTEN
from ..random_programs.scalar_program import Program, plain
from .adapters import DOUBLE
from .attempts import Answer, Outcome
from .exercises import NAN, NONE, Exercise, Right, fits, nodes

class Expected(NamedTuple):
    """The exact data and grad of each node, and how far a right engine may be from the data, and the inputs'
    grads."""

    data:        list[float]
    grads:       list[float]
    data_within: list[float]
    grad_within: list[float]
    steady:      bool


@lru_cache(maxsize=1000)
def expected(exercise: Exercise) -> Expected:
    """What a right engine answers. `steady`: rounding cannot take it far from this. Computed once for whoever
    asks whether it can be asked, and then what is wrong with the answer."""
    program, n = exercise.program, len(exercise.program.inputs)
    exact  = [float(v) for v in program.numbers()]
    grads  = [float(g) * (exercise.scale if k < n else 1) for k, g in enumerate(program.adjoints())]
    base   = evaluate(program)
    slopes = [tuple(abs(s) for s in partials) for partials in base[1]]
    sizes  = adjoints(program, slopes)
    data_within = [2.0 ** -46 * abs(v) for v in exact]
    grad_within = [2.0 ** -46 * s for s in sizes]
    for seed in range(3):
        values, partials = evaluate(program, Random(seed))
        shaken = adjoints(program, partials)
        still  = adjoints(program, base[1])
        data_within = [max(w, 4 * abs(a - b) + 2.0 ** -46 * abs(b))
                       for w, a, b in zip(data_within, values, base[0])]
        grad_within = [max(w, 4 * abs(a - b) + 2.0 ** -46 * s)
                       for w, a, b, s in zip(grad_within, shaken, still, sizes)]
    steady = all(w <= 1e-9 * s + 1e-290 or k >= n for k, (w, s) in enumerate(zip(grad_within, sizes)))
    steady = steady and all(math.isfinite(w) for w in [*data_within, *grad_within])
    return Expected(exact, grads, data_within, [exercise.scale * w for w in grad_within], steady)


def evaluate(program: Program, shake: Random | None = None) -> tuple[list[float], list[tuple[float, ...]]]:
    """Values and slopes in floats; `shake` moves each by a few units of the last place."""
    def off(x: float, least: float = 0.0) -> float:
        return x if shake is None else x + (shake.choice((-1, 1)) * max(abs(x), least)) * 2.0 ** -50
    values, slopes = [float(x) for x in program.inputs], []
    for op, operands in program.steps:
        xs     = [values[x] if isinstance(x, int) else plain(op, x.number, float) for x in operands]
        values.append(off(float(step_value(math, op, xs)), lost(op)))
        slopes.append(tuple(off(float(s), lost(op, s)) for s in OPERATIONS[op].slopes(math, *xs)))
    return values, slopes


def lost(op: str, slope: float = 1.0) -> float:
    """The size of the numbers that an operation may subtract: 1 - z*z loses what is below 1 ulp of 1.

    Of an operation that nobody wrote a rule for it is not known; only the slope of a step is 0, exactly.
    """
    return 1.0 if op in ("tanh", "sigmoid", "sin", "cos") or (op not in WRITTEN and slope) else 0.0


def adjoints(program: Program, slopes: list[tuple[float, ...]]) -> list[float]:
    """dz/d(node) in floats, from given slopes."""
    n = len(program.inputs)
    grads = [0.0] * (nodes(program) - 1) + [1.0]
    for j in range(nodes(program) - 1, n - 1, -1):
        for x, slope in zip(program.steps[j - n].operands, slopes[j - n]):
            if isinstance(x, int):
                grads[x] += slope * grads[j]
    return grads


def askable(exercise: Exercise) -> bool:
    """Whether the exercise has one right answer that rounding leaves standing."""
    try:
        return (fits(exercise) and positive_bases(exercise.program) and not exercise.program.kinks
                and expected(exercise).steady)
    except (ArithmeticError, ValueError):
        return False


def positive_bases(program: Program) -> bool:
    """Whether every x ** y with a node y has x > 0: elsewhere it has no slope towards y."""
    powers = [step for step in program.steps if step.op == "**" and isinstance(step.operands[1], int)]
    values = program.numbers() if powers else []
    return all(not isinstance(step.operands[0], int) or values[step.operands[0]] > 0 for step in powers)


def wrong(exercise: Exercise, outcome: Outcome) -> str:
    """What is wrong with the outcome: "", "error", "data" or "grad"."""
    if outcome.precision > DOUBLE:
        return wrong_coarsely(exercise, outcome)
    if exercise.value is not None or exercise.slopes is not None:
        return wrong_special(exercise, outcome)
    if outcome.error:
        return "error"
    right, n = expected(exercise), len(exercise.program.inputs)
    asked = [k for k in range(nodes(exercise.program)) if outcome.data[k] is not None]
    if any(differs(outcome.data[k], right.data[k], right.data_within[k]) for k in asked):
        return "data"
    if any(differs(outcome.grads[k], right.grads[k], right.grad_within[k]) for k in range(n)):
        return "grad"
    return ""


def wrong_special(exercise: Exercise, outcome: Outcome) -> str:
    """`wrong` where the exercise says itself what is right."""
    refused = exercise.value in (NAN, NONE) or (exercise.slopes is not None and NONE in exercise.slopes)
    if outcome.error:
        return "" if refused and not outcome.error.startswith(("RecursionError", "AttributeError",
                                                               "NameError")) else "error"
    if exercise.value is not None and not accepts(exercise.value, outcome.data[-1]):
        return "data"
    if exercise.slopes is not None and not all(map(accepts, exercise.slopes, outcome.grads)):
        return "grad"
    return ""


def accepts(right: Right, given: Answer) -> bool:
    """Whether a given number is right: in the interval, or not a number where there is none."""
    if right is None:
        return True
    if not isinstance(given, float):
        return False
    if isinstance(right, str):
        return math.isnan(given) or (right == NONE and math.isinf(given))
    low, high = right
    slack = 2.0 ** -46 * max(abs(low), abs(high)) if math.isfinite(low) and math.isfinite(high) else 0.0
    return bool(low - slack <= given <= high + slack)


def differs(given: Answer, right: float, within: float) -> bool:
    if not isinstance(given, float) or math.isnan(given):
        return True
    return bool(given != right and not abs(given - right) <= within)


# --- engines of less precision ------------------------------------------------------------------------------

def wrong_coarsely(exercise: Exercise, outcome: Outcome) -> str:
    """`wrong` for numbers of fewer digits: what is right as far as they go is taken for exactly right, and
    numbers beyond their range are not judged."""
    coarse = outcome.precision / DOUBLE
    exact  = outcome._replace(precision=DOUBLE)
    if exercise.value is not None or exercise.slopes is not None:
        if not all(map(in_range, bounds(exercise))):
            return ""
        slopes = exercise.slopes or (None,) * len(outcome.grads)
        return wrong(exercise, exact._replace(
            data=[*outcome.data[:-1], snapped_into(exercise.value, outcome.data[-1], coarse)],
            grads=[snapped_into(s, g, coarse) for s, g in zip(slopes, outcome.grads)]))
    right, n = expected(exercise), len(exercise.program.inputs)
    if not all(map(in_range, [*right.data, *right.grads])):
        return ""
    snap = [snapped(g, r, w * coarse) for g, r, w in zip(outcome.data, right.data, right.data_within)]
    back = [snapped(g, r, w * coarse) for g, r, w in zip(outcome.grads, right.grads, right.grad_within)]
    return wrong(exercise, exact._replace(data=snap, grads=[*back[:n], *outcome.grads[n:]]))


def bounds(exercise: Exercise) -> list[float]:
    """The numbers that an exercise gives and asks for."""
    operands = [x for step in exercise.program.steps for x in step.operands]
    rights   = [right for right in (exercise.value, *(exercise.slopes or ())) if isinstance(right, tuple)]
    return [*exercise.program.inputs, *(float(x.number) for x in operands if not isinstance(x, int)),
            *(x for right in rights for x in right)]


def in_range(x: float) -> bool:
    """Whether single precision has it as a normal number, with room for a product."""
    return x == 0 or not math.isfinite(x) or 1e-30 <= abs(x) <= 1e30


def snapped(given: Answer, right: float, within: float) -> Answer:
    return right if isinstance(given, float) and abs(given - right) <= within else given


def snapped_into(right: Right, given: Answer, coarse: float) -> Answer:
    """The given number moved into an interval that it misses by no more than its precision."""
    if not isinstance(right, tuple) or not isinstance(given, float) or not all(map(math.isfinite, right)):
        return given
    low, high = right
    slack = coarse * ((high - low) / 2 + 2.0 ** -46 * max(abs(low), abs(high)))
    return min(max(given, low), high) if low - slack <= given <= high + slack else given
