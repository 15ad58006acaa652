"""Attempts: an exercise put to an engine, and what came of it, exceptions included.

    outcome = attempt(exercise, Value)              # what the engine did
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from ...libraries import Quantity
from ...show.text import visible
from ..random_programs.operations import OPERATIONS
from ..random_programs.scalar_program import Step, plain
from .adapters import DOUBLE, precision_of
from .exercises import NUMBERS, Backward, Change, Exercise, Make, Zero, nodes, script

class Node(Protocol):
    """What an engine makes of a number: the least that is needed of it. More is looked for with hasattr."""

    data: Quantity
    grad: Quantity

    def __init__(self, x: object, /) -> None: ...
    def backward(self) -> object: ...
    def __add__(self, other: object, /) -> Node: ...
    def __mul__(self, other: object, /) -> Node: ...


Engine: TypeAlias = type[Node]                            # a class that somebody wrote
Answer: TypeAlias = float | complex | str | None          # a number; what came in its place; nothing


class Outcome(NamedTuple):
    """What an engine answered: each node's data and grad, None where it was not reached; the error, if
    any; half a unit of the last place of its numbers at 1.0."""

    data:  list[Answer]
    grads: list[Answer]
    error: str = ""
    precision: float = DOUBLE


Attempt: TypeAlias = tuple[Exercise, Outcome]             # an exercise, and what came of it


def attempt(exercise: Exercise, engine: Engine) -> Outcome:
    """Run the exercise on an engine. Whatever it raises is part of the outcome."""
    made: list[Node] = []
    stands: list[int] = list(range(len(exercise.program.inputs)))
    error = ""
    try:
        perform(exercise, engine, made, stands)
    except (Exception, SystemExit) as problem:
        error = described(problem)
    total = nodes(exercise.program)
    data:  list[Answer] = [None] * total
    grads: list[Answer] = [None] * total
    for node, z in zip(stands, made):
        data[node], grads[node] = reading(z, "data"), reading(z, "grad")
    if exercise.how == "changed":
        data[:len(exercise.program.inputs)] = map(float, exercise.program.inputs)
    return Outcome(data, grads, error, precision_of(engine))


def perform(exercise: Exercise, engine: Engine, made: list[Node], stands: list[int]) -> None:
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
                change(inputs)


def change(inputs: Sequence[Node]) -> None:
    """Add 1 to the data of each; of nodes whose data cannot be set, none is changed, and nothing can go
    wrong."""
    for x in inputs:
        try:
            x.data = x.data + 1
        except (AttributeError, TypeError):
            return


def apply(step: Step, made: Sequence[Node], number: Callable[[Quantity], Quantity]) -> Node:
    """One step on the objects of an engine."""
    xs = [made[x] if isinstance(x, int) else plain(step.op, x.number, number) for x in step.operands]
    function = OPERATIONS[step.op].run
    made_here: Node = function(*xs) if function else getattr(xs[0], step.op)()
    return made_here


def described(problem: BaseException) -> str:
    """The error as text that can be shown anywhere."""
    return visible(f"{type(problem).__name__}: {problem}".rstrip(": "), 200)


def reading(z: object, name: str) -> Answer:
    """z.data or z.grad as a float; a complex number as it is; any other thing as text."""
    try:
        x = getattr(z, name, None)
        if x is None:
            return 0.0 if name == "grad" else "None"
        x = getattr(x, "data", x) if not isinstance(x, (int, float)) and type(x).__module__ != "numpy" else x
        return complex(x) if isinstance(x, complex) else float(x)
    except Exception:
        return visible(type(x).__name__)
