"""Simulation: what an engine with a certain mistake would answer, computed on plain numbers.

    world      the state of the simulated engine: data, operands, partials and grads by position
    step       a change of calculus: (op, operands, xs, z, slopes) -> (z, slopes)
    backward   a change of the backward pass: (world, root) -> None
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from ..quantities import Number
from ..random_programs.operations import OPERATIONS, step_value
from ..random_programs.scalar_program import Operand, Plain, plain
from .attempts import Answer, Outcome
from .exercises import Backward, Change, Exercise, Make, Zero, nodes, script

Slopes = tuple[float, ...]


@dataclass
class World:
    """A simulated engine: one entry per node; leaves have no operands."""

    data:     list[float]
    operands: list[tuple[int, ...]]
    partials: list[Slopes]
    grads:    list[float]
    steps:    list[tuple[str, Sequence[Operand]] | None]   # None for a leaf
    seen:     set[int] = field(default_factory=set)        # for the mistake of keeping it between calls

    def op(self, z: int) -> str:
        step = self.steps[z]
        return step[0] if step else ""

    def pairs(self, z: int) -> list[tuple[int, float]]:
        return list(zip(self.operands[z], self.partials[z]))


class Mistake(NamedTuple):
    name:     str
    sentence: str
    step:     Callable[..., tuple[float, Slopes]] | None = None
    backward: Callable[[World, int], None] | None = None


# --- the right backward pass, in pieces ----------------------------------------------------------------

def order(world: World, root: int) -> list[int]:
    """Every node root depends on, operands first."""
    found: list[int] = []
    def visit(z: int) -> None:
        if z not in found:
            for x in world.operands[z]:
                visit(x)
            found.append(z)
    visit(root)
    return found


def start(world: World, root: int) -> list[int]:
    """Inner nodes afresh, the root's gradient 1; the order to go through."""
    nodes_ = order(world, root)
    for z in nodes_:
        if world.operands[z]:
            world.grads[z] = 0.0
    world.grads[root] += 1.0
    return nodes_[::-1]


def push(world: World, z: int) -> None:
    for x, slope in world.pairs(z):
        world.grads[x] += slope * world.grads[z]


def right(world: World, root: int) -> None:
    for z in start(world, root):
        push(world, z)


# --- simulation and diagnosis --------------------------------------------------------------------------

Lowered: TypeAlias = tuple[str, tuple[Operand | None, ...]]           # an operation; None is the node before

LOWERED: dict[str, Callable[..., tuple[Lowered, ...]]] = {  # x - y made as x + y * -1, and its like
    "-":   lambda x, y: (("*", (y, Plain(-1.0))), ("+", (x, None))),
    "neg": lambda x:    (("*", (x, Plain(-1.0))),),
    "/":   lambda x, y: (("**", (y, Plain(-1))), ("*", (x, None)))}


def simulate(exercise: Exercise, mistake: Mistake, lowered: bool = False) -> Outcome:
    """What an engine with this mistake answers; `lowered`: one that makes x - y as x + y * -1, and its like.

    Raises:
        ArithmeticError, ValueError: the mistake leads out of a domain.
    """
    inputs = [float(x) for x in exercise.program.inputs]
    n      = len(inputs)
    world  = World(list(inputs), [()] * n, [()] * n, [0.0] * n, [None] * n)
    stands = list(range(n))                                # node of the program, for each node made
    place  = list(range(n))                                # node of the world, for each node made
    for instruction in script(exercise):
        match instruction:
            case Make(node, (op, operands)):
                simulate_step(world, op, tuple(place[x] if isinstance(x, int) else x for x in operands),
                              mistake, lowered)
                stands.append(node)
                place.append(len(world.data) - 1)
            case Backward(root):
                (mistake.backward or right)(world, place[root])
            case Zero():
                world.grads[:n] = [0.0] * n
            case Change():
                world.data[:n] = [x + 1.0 for x in inputs]
    world.data[:n] = inputs
    total = nodes(exercise.program)
    data:  list[Answer] = [None] * total
    grads: list[Answer] = [None] * total
    for node, position in zip(stands, place):
        data[node], grads[node] = world.data[position], world.grads[position]
    return Outcome(data, grads)


def simulate_step(world: World, op: str, operands: Sequence[Operand], mistake: Mistake,
                  lowered: bool = False) -> None:
    if lowered and op in LOWERED and all(isinstance(x, int) for x in operands[-1:]):
        for part, parts in LOWERED[op](*operands):
            simulate_step(world, part, [len(world.data) - 1 if x is None else x for x in parts], mistake)
        return
    xs     = [world.data[x] if isinstance(x, int) else plain(op, x.number, float) for x in operands]
    z      = step_value(math, op, xs)
    slopes = OPERATIONS[op].slopes(math, *xs)
    if mistake.step:
        z, slopes = mistake.step(op, operands, xs, z, slopes)
    world.data.append(float(z))
    world.operands.append(tuple(x for x in operands if isinstance(x, int)))
    world.partials.append(inner(operands, slopes))
    world.steps.append((op, operands))
    world.grads.append(0.0)


def inner(operands: Sequence[Operand], slopes: Sequence[Number]) -> Slopes:
    """The slopes towards nodes."""
    return tuple(float(s) for x, s in zip(operands, slopes) if isinstance(x, int))


def explains(mistake: Mistake, exercise: Exercise, outcome: Outcome) -> bool:
    """Whether the mistake predicts the data of every node and the gradient of every input."""
    if outcome.error:
        return False
    return predicts(mistake, exercise, outcome, False) or (
        any(step.op in LOWERED for step in exercise.program.steps) and predicts(mistake, exercise, outcome,
                                                                                True))


def predicts(mistake: Mistake, exercise: Exercise, outcome: Outcome, lowered: bool) -> bool:
    try:
        said = simulate(exercise, mistake, lowered)
    except (ArithmeticError, ValueError, TypeError):
        return False
    n = len(exercise.program.inputs)
    return all(map(close, said.data, outcome.data)) and all(map(close, said.grads[:n], outcome.grads[:n]))


def close(a: Answer, b: Answer) -> bool:
    if not isinstance(a, float) or not isinstance(b, float):
        return a is None and b is None
    return bool(a == b or abs(a - b) <= 1e-9 * max(abs(a), abs(b)) or (math.isnan(a) and math.isnan(b)))


Answers = Sequence[tuple[Exercise, Outcome]]


def consistent(mistakes: Iterable[Mistake], right_: Answers) -> list[Mistake]:
    """The mistakes that contradict no right answer."""
    return [mistake for mistake in mistakes if all(explains(mistake, *answer) for answer in right_)]


def ranked(mistakes: Sequence[Mistake], failed: Answers, right_: Answers = ()) -> list[Mistake]:
    """The mistakes that explain a failure and contradict no right answer; those that explain most come
    first."""
    hits = [sum(explains(mistake, *answer) for answer in failed) for mistake in mistakes]
    told = sorted((place for place, count in enumerate(hits) if count),
                  key=lambda place: (-hits[place], place))
    return consistent([mistakes[place] for place in told], right_)
