"""Simulation: what an engine with certain mistakes would answer, computed on plain numbers.

    World      the state of a simulated engine: data, operands, partials and grads by position
    Mistake    one small change of a right engine, in one of its PARTS
    Model      a right engine with a set of mistakes, and with operations that it makes of others
    simulate   what the model answers to an exercise
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, TypeAlias, TypeVar

from ...libraries import Quantity
from ..quantities import Number
from ..random_programs.operations import OPERATIONS, step_value
from ..random_programs.scalar_program import Operand, Program, plain
from .adapters import DOUBLE
from .attempts import Answer, Outcome
from .compositions import Composition, Part, form_of, parts_of
from .exercises import Backward, Change, Exercise, Make, Zero, nodes, script

T = TypeVar("T")
Slopes = tuple[float, ...]
Edge: TypeAlias = tuple[int, int]                            # a node, and which of its operands

# The parts of an engine that a mistake can change, and what the change is called with.
PARTS = {
    "step":    "(op, operands, xs, z, slopes) -> (z, slopes): a row of calculus",
    "late":    "the operations whose slopes are computed in backward(), from the data of then",
    "listing": "(world, root) -> nodes, in the order in which they pass their gradients on",
    "prepare": "(world, root, nodes) -> None: gradients before the pass, the seed among them",
    "course":  "(world, root) -> edges, where no list of nodes is gone through",
    "message": "(world, edge, slope, message) -> message: what is passed on along an edge",
    "arrival": "(world, edge, message, sum) -> what the operand's gradient becomes",
    "finish":  "(world, root) -> None: gradients after the pass",
}


@dataclass
class World:
    """A simulated engine: one entry per node; leaves have no operands."""

    data:     list[float]
    operands: list[tuple[int, ...]]
    partials: list[Slopes]
    grads:    list[float]
    sizes:    list[float]                                  # the same sums, of absolute values
    steps:    list[tuple[str, Sequence[Operand]] | None]   # None for a leaf
    seen:     set[int] = field(default_factory=set)        # for the mistake of keeping it between calls

    def op(self, z: int) -> str:
        step = self.steps[z]
        return step[0] if step else ""

    def place(self, edge: Edge) -> int:
        """Where the operand of an edge stands in its operation, plain numbers counted."""
        step = self.steps[edge[0]]
        places = [k for k, x in enumerate(step[1]) if isinstance(x, int)] if step else []
        return places[edge[1]]


class Mistake(NamedTuple):
    """One change of one part; two mistakes in one place exclude each other.

    ops:   the operations that it shows in; empty for all.
    place: the part, and where in it: "step *".
    trace: whether gradients of inputs look as if it had been made; None if every number may come of it.
    within: how exactly it predicts, relative to the number.
    """

    name:     str
    sentence: str
    part:     str = ""
    change:   Quantity = None
    place:    str = ""
    ops:      frozenset[str] = frozenset()
    trace:    Callable[[Sequence[float]], bool] | None = None
    within:   float = 1e-9

    def excludes(self, other: Mistake) -> bool:
        """Whether an engine cannot have both, or not both to be told."""
        mine, theirs = self.place or self.part, other.place or other.part
        return (self.sentence == other.sentence or mine == theirs or mine.startswith(theirs + " ")
                or theirs.startswith(mine + " "))


@dataclass(frozen=True)
class Model:
    """A right engine with some mistakes. Which of the right ways it goes is no mistake:

    made: how it makes operations of others, by their form; sort: in which order it lists the nodes.
    """

    mistakes: tuple[Mistake, ...] = ()
    made:     tuple[tuple[str, Composition], ...] = ()
    sort:     Callable[[World, int], list[int]] | None = None

    def having(self, mistake: Mistake) -> Model:
        return replace(self, mistakes=(*self.mistakes, mistake))

    def without(self, mistake: Mistake) -> Model:
        return replace(self, mistakes=tuple(m for m in self.mistakes if m is not mistake))

    def making(self, form: str, composition: Composition) -> Model:
        return replace(self, made=(*self.made, (form, composition)))

    @cached_property
    def changes(self) -> dict[str, list[Quantity]]:
        """The changes of each part."""
        return {part: [m.change for m in self.mistakes if m.part == part] for part in PARTS}

    @cached_property
    def compositions(self) -> dict[str, Composition]:
        return dict(self.made)

    @cached_property
    def key(self) -> tuple[object, ...]:
        """The same for models of the same mistakes and compositions, in whatever order."""
        return (frozenset(map(id, self.mistakes)), frozenset((form, id(how)) for form, how in self.made),
                self.sort)


# --- a right backward pass, in parts -------------------------------------------------------------------

def order(world: World, root: int, last_first: bool = False) -> list[int]:
    """Every node root depends on, operands first."""
    turn = -1 if last_first else 1
    return post_order(root, lambda z: world.operands[z][::turn], lambda z: z)


def post_order(root: T, operands: Callable[[T], Sequence[T]], identity: Callable[[T], object]) -> list[T]:
    """What root depends on, operands first; of what has one identity only the first that is met."""
    found: list[T] = []
    visited = {identity(root)}
    stack = [(root, iter(operands(root)))]
    while stack:
        z, rest = stack[-1]
        x = next(rest, None)
        if x is None:
            found.append(z)
            stack.pop()
        elif identity(x) not in visited:
            visited.add(identity(x))
            stack.append((x, iter(operands(x))))
    return found


def listed(world: World, root: int) -> list[int]:
    """Every node after all that use it."""
    return order(world, root)[::-1]


def right_first(world: World, root: int) -> list[int]:
    """The same, with the last operand visited first."""
    return order(world, root, last_first=True)[::-1]


def by_creation(world: World, root: int) -> list[int]:
    """The same, in the order in which they were made, last first."""
    return sorted(order(world, root), reverse=True)


def tape(world: World, root: int) -> list[int]:
    """Every node that was ever made, last first: what a global tape goes through."""
    return list(range(len(world.data)))[::-1]


SORTS = (right_first, by_creation, tape)


def prepared(world: World, root: int, nodes: Sequence[int]) -> None:
    """Inner nodes afresh, 1 more at the root."""
    fresh(world, nodes)
    world.grads[root] += 1.0


def fresh(world: World, nodes: Sequence[int]) -> None:
    for z in nodes:
        if world.operands[z]:
            world.grads[z] = 0.0


def edges(world: World, nodes: Iterable[int]) -> Iterator[Edge]:
    return ((z, k) for z in nodes for k in range(len(world.operands[z])))


def backward(world: World, root: int, model: Model) -> None:
    """The backward pass of the model."""
    changes = model.changes
    for ops in changes["late"]:
        read_again(world, ops, model)
    nodes = (changes["listing"] or [model.sort or listed])[0](world, root)
    (changes["prepare"] or [prepared])[0](world, root, nodes)
    messages, arrivals, grads, sizes = changes["message"], changes["arrival"], world.grads, world.sizes
    sizes[root] += abs(grads[root])
    for edge in changes["course"][0](world, root) if changes["course"] else edges(world, nodes):
        z, k  = edge
        slope = world.partials[z][k]
        message = slope * grads[z]
        for change in messages:
            message = change(world, edge, slope, message)
        x   = world.operands[z][k]
        sum = grads[x] + message
        for change in arrivals:
            sum = change(world, edge, message, sum)
        grads[x] = sum
        sizes[x] += abs(slope) * sizes[z]
    for change in changes["finish"]:
        change(world, root)


def read_again(world: World, ops: frozenset[str], model: Model) -> None:
    """The slopes of these operations, from the data of now; all operations if there are none."""
    for z, step in enumerate(world.steps):
        if step and (not ops or step[0] in ops):
            op, operands = step
            _, slopes = calculated(op, operands, numbers(world, op, operands), model)
            world.partials[z] = inner(operands, slopes)


# --- simulating an exercise -----------------------------------------------------------------------------

def simulate(exercise: Exercise, model: Model) -> Outcome:
    """What the model answers.

    Raises:
        ArithmeticError, ValueError: a mistake leads out of a domain.
    """
    return sized(exercise, model)[0]


def sized(exercise: Exercise, model: Model) -> tuple[Outcome, list[float]]:
    """The answer, and for each input the sum of the sizes of what its gradient was added from."""
    inputs = [float(x) for x in exercise.program.inputs]
    n      = len(inputs)
    world  = World(list(inputs), [()] * n, [()] * n, [0.0] * n, [0.0] * n, [None] * n)
    stands = list(range(n))                                # node of the program, for each node made
    place  = list(range(n))                                # node of the world, for each node made
    for instruction in script(exercise):
        match instruction:
            case Make(node, (op, operands)):
                place.append(make(world, op, tuple(place[x] if isinstance(x, int) else x for x in operands),
                                  model))
                stands.append(node)
            case Backward(root):
                backward(world, place[root], model)
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
    return Outcome(data, grads), world.sizes[:n]


def gradients_in_turn(programs: Sequence[Program], again: bool, count: int,
                      model: Model) -> list[list[float]]:
    """The gradients of the inputs, which the programs share, after each of so many calls of backward() on
    their outputs in turn; `again`: on the same graphs, else on new ones.

    Raises:
        ArithmeticError, ValueError: a mistake leads out of a domain.
    """
    inputs = [float(x) for x in programs[0].inputs]
    n      = len(inputs)
    world  = World(list(inputs), [()] * n, [()] * n, [0.0] * n, [0.0] * n, [None] * n)
    def built(program: Program) -> int:
        place = list(range(n))
        for op, operands in program.steps:
            place.append(make(world, op, tuple(place[x] if isinstance(x, int) else x for x in operands),
                              model))
        return place[-1]
    roots = [built(program) for program in programs] if again else []
    found = []
    for k in range(count):
        backward(world, roots[k % len(roots)] if again else built(programs[k % len(programs)]), model)
        found.append(world.grads[:n])
    return found


def make(world: World, op: str, operands: tuple[Operand, ...], model: Model) -> int:
    """One operation of the model, or what it makes it of; where the result stands."""
    composition = model.compositions.get(form_of(op, operands))
    if composition is None:
        return make_one(world, op, operands, model)
    made: list[int] = []
    for part, its in parts_of(composition, operands):
        made.append(make(world, part, tuple(made[x.part] if isinstance(x, Part) else x for x in its), model))
    return made[-1]


def make_one(world: World, op: str, operands: tuple[Operand, ...], model: Model) -> int:
    z, slopes = calculated(op, operands, numbers(world, op, operands), model)
    world.data.append(float(z))
    world.operands.append(tuple(x for x in operands if isinstance(x, int)))
    world.partials.append(inner(operands, slopes))
    world.steps.append((op, operands))
    world.grads.append(0.0)
    world.sizes.append(0.0)
    return len(world.data) - 1


def numbers(world: World, op: str, operands: Sequence[Operand]) -> list[Number]:
    return [world.data[x] if isinstance(x, int) else plain(op, x.number, float) for x in operands]


def calculated(op: str, operands: Sequence[Operand], xs: Sequence[Number],
               model: Model) -> tuple[float, Slopes]:
    """The value of a step and its slopes, by the model."""
    z      = step_value(math, op, xs)
    slopes = OPERATIONS[op].slopes(math, *xs)
    for change in model.changes["step"]:
        z, slopes = change(op, operands, xs, z, slopes)
    return z, slopes


def inner(operands: Sequence[Operand], slopes: Sequence[Number]) -> Slopes:
    """The slopes towards nodes."""
    return tuple(float(s) for x, s in zip(operands, slopes) if isinstance(x, int))


REFUSALS = ("ValueError", "ZeroDivisionError", "OverflowError")


# --- comparing with what was given ------------------------------------------------------------------------

def agrees(model: Model, exercise: Exercise, outcome: Outcome) -> bool:
    """Whether the model predicts the data of every node and the gradient of every input."""
    try:
        said, sizes = sized(exercise, model)
    except (ArithmeticError, ValueError, TypeError):         # TypeError: a complex number came out
        return outcome.error.startswith(REFUSALS) or not finite(outcome)
    if outcome.error:
        return False
    coarse = 128 * outcome.precision if outcome.precision > DOUBLE else 0.0
    within = max(coarse, *(m.within for m in model.mistakes), 1e-9)
    return (all(close(a, b, 0.0, within) for a, b in zip(said.data, outcome.data))
            and all(close(a, b, max(1e-12, coarse) * size if size < math.inf else 0.0, within)
                    for a, b, size in zip(said.grads, outcome.grads, sizes)))


def finite(outcome: Outcome) -> bool:
    """Whether it is all numbers: outside of a domain Python refuses, and C and NumPy answer inf or nan."""
    return not any(isinstance(x, float) and not math.isfinite(x) for x in (*outcome.data, *outcome.grads))


def close(a: Answer, b: Answer, least: float = 0.0, within: float = 1e-9) -> bool:
    if not isinstance(a, float) or not isinstance(b, float):
        return a is None and b is None
    if a == b or not (math.isfinite(a) and math.isfinite(b)):            # inf is near to nothing but itself
        return a == b or (math.isnan(a) and math.isnan(b))
    return abs(a - b) <= max(within * max(abs(a), abs(b)), least)
