"""Randoms: exercises on random programs of the operations that an engine has and does right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import NamedTuple

from ..quantities import Number
from ..random_programs.rules import RATIONAL
from ..random_programs.growing import random_program
from ..random_programs.scalar_program import Operand, Plain, Program, Step
from .cases import Case, Context, Result, ask, key_of
from .exercises import Exercise, nodes
from .expectations import askable


def random_exercises(context: Context, salt: str, how: str = "once", steps: int = 8,
                     ops: Iterable[str] = RATIONAL, change: Callable[[Program],
                                      Program | None] = lambda program: program,
                     sound: bool = True) -> Iterator[Exercise]:
    """`context.examples` exercises on random programs of operations that the engine has, and does right alone
    unless `sound` is False."""
    rng   = context.rng(salt)
    left_out = context.lacking | (context.unsound if sound else set())
    known = [op for op in ops if any(f"{op} {shape}" not in left_out
                                     for shape in ("n", "nn", "np"))]
    found = tries = 0
    while known and found < context.examples and tries < 20 * context.examples:
        tries += 1
        program = change(random_program(rng.randrange(2 ** 40), known, steps))
        program = program and repaired(left_out, program)
        if program and program.in_domain(2.0 ** 20) and askable(exercise := Exercise(program, how)):
            found += 1
            yield exercise


def repaired(left_out: set[str], program: Program) -> Program | None:
    """The program with nodes for the plain numbers that the engine cannot take."""
    def able(step: Step) -> Step:
        return step if key_of(step) not in left_out else Step(step.op,
                                                              tuple(x if isinstance(x, int) else 0
                                                                    for x in step.operands))
    changed = Program(program.inputs, tuple(map(able, program.steps)))
    return changed if left_out.isdisjoint(map(key_of, changed.steps)) else None


class Copy(NamedTuple):
    """The node of a tree: a step that was made, or an input, and its number among those."""

    made:   bool
    number: int


def unshared(program: Program) -> Program | None:
    """The program as a tree: every node used once, inputs copied as often as needed."""
    inputs: list[Number] = []
    steps:  list[tuple[str, tuple[Copy | Plain, ...]]] = []
    n = len(program.inputs)
    def copy(x: Operand) -> Copy | Plain:
        if not isinstance(x, int):
            return x
        if x < n:
            inputs.append(program.inputs[x])
            return Copy(False, len(inputs) - 1)
        op, operands = program.steps[x - n]
        steps.append((op, tuple(map(copy, operands))))
        return Copy(True, len(steps) - 1)
    def place(x: Copy | Plain) -> Operand:
        return x if isinstance(x, Plain) else x.number + len(inputs) * x.made
    if tree_size(program) > 12:
        return None
    copy(n + len(program.steps) - 1)
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
        return (Program(program.inputs, (*program.steps, Step("+", (last, rng.randrange(n, last)))))
                if last > n else None)
    return change


# --- cases --------------------------------------------------------------------------------------------

def fixed(group: str, name: str, programs: list[Program], how: str = "once", number: str = "float") -> Case:
    """A case of programs that are written down."""
    asked = [Exercise(p, how, number) for p in programs]
    return Case(group, name, lambda context: ask(context, [e for e in asked if context.can(e.program)
                                                           and askable(e)]))


def drawn(group: str, name: str, how: str = "once", steps: int = 12, ops: tuple[str, ...] = RATIONAL) -> Case:
    def check(context: Context) -> Result:
        change: Callable[[Program], Program | None] = lambda program: program
        if how in ("split", "in turn"):
            change = joined(context.rng(f"{group} {name} roots"))
        return ask(context, random_exercises(context, f"{group} {name}", how, steps, ops, change))
    return Case(group, name, check)
