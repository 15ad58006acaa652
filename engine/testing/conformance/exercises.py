"""Exercises: a program, how its gradients are asked for, and the instructions that this makes.

    exercise = Exercise(program, "twice")
    script(exercise)                                # make a node, call backward(), set gradients to 0, ...

    how        how backward is called: one of CALLS
    number     what the numbers are given as: one of NUMBERS
    value      overrides the right output:     an interval (low, high), NAN or NONE
    slopes     overrides the right gradients:  the same, one per input
    scale      how many times the gradient of the program each input should have received

What an engine does with an exercise is in attempts.py, what is right in expectations.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from ...libraries import Quantity
from ..random_programs.scalar_program import Operand, Plain, Program, Step

NAN   = "nan"                   # nan, or a refusal
NONE  = "no number"             # nan, inf or a refusal: no such number exists
Right: TypeAlias = tuple[float, float] | str | None         # an interval (low, high), NAN, NONE, or anything

CALLS = {
    "once":    "z.backward()",
    "twice":   "z.backward() twice",
    "reset":   "z.backward(), the gradients of the inputs set to 0, z.backward()",
    "split":   "backward() of two outputs that share nodes",
    "in turn": "a graph and its backward(), then a new graph of the same inputs and its backward()",
    "changed": "the data of the inputs changed between the forward and the backward pass",
}

NUMBERS: dict[str, Callable[[Quantity], Quantity]] = {
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


P = Plain                                # as in ("*", (0, P(2.0))): x * 2


def program(inputs: Iterable[float], *steps: tuple[str, tuple[Operand, ...]]) -> Program:
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


Instruction: TypeAlias = Make | Backward | Zero | Change


def script(exercise: Exercise) -> list[Instruction]:
    """The instructions of an exercise. Operands are positions among the inputs and the nodes made so far."""
    program, n = exercise.program, len(exercise.program.inputs)
    if exercise.how == "in turn":
        first, second = exercise.roots
        return [*made_for(program, first, n), *made_for(program, second, n,
                                                        already=len(ancestors(program, first)))]
    steps = program.steps[:-1] if exercise.how == "split" else program.steps
    makes: list[Instruction] = [Make(n + k, step) for k, step in enumerate(steps)]
    calls = [Backward(root) for root in exercise.roots]
    how: dict[str, Sequence[Instruction]] = {
        "once":    [*calls],
        "split":   [*calls],
        "twice":   [*calls, *calls],
        "reset":   [*calls, Zero(), *calls],
        "changed": [Change(), *calls]}
    return [*makes, *how[exercise.how]]


def made_for(program: Program, root: int, n: int, already: int = 0) -> list[Instruction]:
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
