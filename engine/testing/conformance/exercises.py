"""Exercises: a program, how its gradients are asked for, and what a right engine answers.

    exercise = Exercise(program, "twice")
    outcome  = attempt(exercise, Value)             # what the engine did
    wrong(exercise, outcome)                        # "" or what is wrong with it

    how        how backward is called: one of CALLS
    number     what the numbers are given as: one of NUMBERS
    value      overrides the right output:     an interval (low, high), NAN or NONE
    slopes     overrides the right gradients:  the same, one per input
    scale      how many times the gradient of the program each input should have received

A right engine computes in floats and in an order of its own. How far that may take it from the
exact answer is measured: the program is run with every step and slope off by a few units of the
last place. A program on which that matters much is not asked about.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

from ...show.text import visible
from ..random_programs.operations import OPERATIONS, step_value
from ..random_programs.scalar_program import Plain, Program, Step, plain

NAN   = "nan"                   # nan, or a refusal
NONE  = "no number"             # nan, inf or a refusal: no such number exists
Right = Any                     # an interval (low, high), NAN or NONE

CALLS = {
    "once":    "z.backward()",
    "twice":   "z.backward() twice",
    "reset":   "z.backward(), the gradients of the inputs set to 0, z.backward()",
    "split":   "backward() of two outputs that share nodes",
    "in turn": "a graph and its backward(), then a new graph of the same inputs and its backward()",
    "changed": "the data of the inputs changed between the forward and the backward pass",
}

NUMBERS: dict[str, Callable[[Any], Any]] = {
    "float":    float,
    "int":      lambda x: int(x) if x == int(x) else x,
    "Fraction": Fraction,
}


class Exercise(NamedTuple):
    program: Program
    how:     str = "once"
    number:  str = "float"
    value:   Right = None
    slopes:  tuple[Right, ...] | None = None

    @property
    def scale(self) -> int:
        return 2 if self.how == "twice" else 1

    @property
    def roots(self) -> tuple[int, ...]:
        """The nodes that backward() is called on. In "split" and "in turn" the last step is a + b, and never
        made."""
        return tuple(self.program.steps[-1].nodes) if self.how in ("split",
                                                                   "in turn") else (nodes(self.program) - 1,)


class Outcome(NamedTuple):
    """What an engine answered: each node's data and grad, None where it was not reached; the error, if
    any."""

    data:  list[Any]
    grads: list[Any]
    error: str = ""


P = Plain                                # as in ("*", (0, P(2.0))): x * 2


def program(inputs: Iterable[float], *steps: tuple[str, tuple[Any, ...]]) -> Program:
    """A program, written shortly."""
    return Program(tuple(inputs), tuple(Step(op, operands) for op, operands in steps))


def nodes(program: Program) -> int:
    return len(program.inputs) + len(program.steps)


def fits(exercise: Exercise) -> bool:
    """Whether two outputs can be told apart where two are asked for."""
    if exercise.how not in ("split", "in turn"):
        return True
    last = exercise.program.steps[-1]
    return last.op == "+" and len(set(last.nodes)) == 2 and min(last.nodes) >= len(exercise.program.inputs)


# --- the script: one list of instructions, for engines and for simulated mistakes ----------------------

class Make(NamedTuple):
    """Node number `made` is `op` of earlier nodes and plain numbers; it stands for `node` of the program."""

    node: int
    step: Step


class Backward(NamedTuple):
    root: int


class Zero(NamedTuple):
    """Set the gradients of the inputs to 0."""


class Change(NamedTuple):
    """Add 1 to the data of the inputs."""


def script(exercise: Exercise) -> list[Any]:
    """The instructions of an exercise. Operands are positions among the inputs and the nodes made so far."""
    program, n = exercise.program, len(exercise.program.inputs)
    if exercise.how == "in turn":
        first, second = exercise.roots
        return [*made_for(program, first, n), *made_for(program, second, n,
                                                        already=len(ancestors(program, first)))]
    steps = program.steps[:-1] if exercise.how == "split" else program.steps
    makes: list[Any] = [Make(n + k, step) for k, step in enumerate(steps)]
    calls = [Backward(root) for root in exercise.roots]
    how: dict[str, list[Any]] = {
        "once":    [*calls],
        "split":   [*calls],
        "twice":   [*calls, *calls],
        "reset":   [*calls, Zero(), *calls],
        "changed": [Change(), *calls]}
    return makes + how[exercise.how]


def made_for(program: Program, root: int, n: int, already: int = 0) -> list[Any]:
    """The steps that root needs and nothing else, and its backward call; `already` nodes were made before."""
    needed = ancestors(program, root)
    place  = {**{k: k for k in range(n)}, **{j: n + already + k for k, j in enumerate(needed)}}
    steps  = [(j, program.steps[j - n]) for j in needed]
    return [*(Make(j, Step(op, tuple(place[x] if isinstance(x, int) else x for x in operands)))
              for j, (op, operands) in steps),
            Backward(place[root])]


def ancestors(program: Program, root: int) -> list[int]:
    """The inner nodes that root is made from, and root, in order."""
    n, needed = len(program.inputs), {root}
    for j in range(root, n - 1, -1):
        if j in needed:
            needed |= {x for x in program.steps[j - n].operands if isinstance(x, int)}
    return sorted(j for j in needed if j >= n)


# --- on an engine --------------------------------------------------------------------------------------

def attempt(exercise: Exercise, engine: Callable[[Any], Any]) -> Outcome:
    """Run the exercise on an engine. Whatever it raises is part of the outcome."""
    made: list[Any]  = []
    stands: list[int] = list(range(len(exercise.program.inputs)))
    error = ""
    try:
        perform(exercise, engine, made, stands)
    except (Exception, SystemExit) as problem:
        error = described(problem)
    total = nodes(exercise.program)
    data:  list[Any] = [None] * total
    grads: list[Any] = [None] * total
    for node, z in zip(stands, made):
        data[node], grads[node] = reading(z, "data"), reading(z, "grad")
    if exercise.how == "changed":
        data[:len(exercise.program.inputs)] = map(float, exercise.program.inputs)
    return Outcome(data, grads, error)


def perform(exercise: Exercise, engine: Callable[[Any], Any], made: list[Any], stands: list[int]) -> None:
    number = NUMBERS[exercise.number]
    inputs = [engine(number(x)) for x in exercise.program.inputs]
    made.extend(inputs)
    for instruction in script(exercise):
        match instruction:
            case Make(node, step):
                made.append(apply(step, made, number))
                stands.append(node)
            case Backward(root):
                made[root].backward()
            case Zero():
                for x in inputs:
                    x.grad = 0
            case Change():
                for x in inputs:
                    x.data = x.data + 1


def apply(step: Step, made: list[Any], number: Callable[[Any], Any]) -> Any:
    """One step on the objects of an engine."""
    xs = [made[x] if isinstance(x, int) else plain(step.op, x.number, number) for x in step.operands]
    function = OPERATIONS[step.op].run
    return function(*xs) if function else getattr(xs[0], step.op)()


def described(problem: BaseException) -> str:
    """The error as text that can be shown anywhere."""
    return visible(f"{type(problem).__name__}: {problem}".rstrip(": "), 200)


def reading(z: Any, name: str) -> Any:
    """z.data or z.grad as a float; a complex number as it is; any other thing as text."""
    try:
        x = getattr(z, name, None)
        if x is None:
            return 0.0 if name == "grad" else "None"
        x = getattr(x, "data", x) if not isinstance(x, (int, float)) and type(x).__module__ != "numpy" else x
        return complex(x) if isinstance(x, complex) else float(x)
    except Exception:
        return visible(type(x).__name__)


# --- what is right ---------------------------------------------------------------------------------------

class Expected(NamedTuple):
    """The exact data and grad of each node, and how far a right engine may be from the data, and the inputs'
    grads."""

    data:        list[float]
    grads:       list[float]
    data_within: list[float]
    grad_within: list[float]
    steady:      bool


def expected(exercise: Exercise) -> Expected:
    """What a right engine answers. `steady`: rounding cannot take it far from this."""
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
        # 1 - z*z loses what is below 1 ulp of 1
        bounded = 1.0 if op in ("tanh", "sigmoid", "sin", "cos") else 0.0
        values.append(off(float(step_value(math, op, xs)), bounded))
        slopes.append(tuple(off(float(s), bounded) for s in OPERATIONS[op].slopes(math, *xs)))
    return values, slopes


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


def accepts(right: Right, given: Any) -> bool:
    """Whether a given number is right: in the interval, or not a number where there is none."""
    if right is None:
        return True
    if isinstance(given, (str, complex)) or given is None:
        return False
    if right in (NAN, NONE):
        return math.isnan(given) or (right == NONE and math.isinf(given))
    low, high = right
    slack = 2.0 ** -46 * max(abs(low), abs(high)) if math.isfinite(low) and math.isfinite(high) else 0.0
    return bool(low - slack <= given <= high + slack)


def differs(given: Any, right: float, within: float) -> bool:
    if isinstance(given, (str, complex)) or given is None or math.isnan(given):
        return True
    return bool(given != right and not abs(given - right) <= within)
