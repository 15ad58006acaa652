"""shrink: the smallest program that still fails, found by greedy search; no hypothesis needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..quantities import Number
from .operations import OPERATIONS
from .rules import WRITTEN
from .scalar_program import Plain, Program, Step


def shrink(program: Program, still_fails: Callable[[Program], bool], attempts: int = 5000) -> Program:
    """The smallest program found that still fails: steps dropped, operands replaced, numbers made simple.

    Greedy: the first smaller program that fails is taken and the search starts again from it.
    Programs that leave a domain are not tried. `attempts` bounds the calls of still_fails.
    """
    while attempts > 0:
        for smaller in candidates(program):
            if size(smaller) < size(program) and smaller.in_domain():
                attempts -= 1
                if still_fails(smaller):
                    program = smaller
                    break
                if attempts <= 0:
                    return program
        else:
            return program
    return program


def size(program: Program) -> tuple[int | float | list[list[int]], ...]:
    """What makes one program smaller than another: steps, inputs, plain operands, then its numbers and
    operations."""
    numbers = [*program.inputs, *(x.number for step in program.steps for x in step.operands
                                  if isinstance(x, Plain))]
    order   = list(OPERATIONS)
    return (len(program.steps), len(program.inputs), len(numbers), sum(awkward(x) for x in numbers),
            sum(order.index(step.op) for step in program.steps), [step.nodes for step in program.steps])


def awkward(x: Number) -> float:
    """How hard a number is to read: 2 and 3 are easiest, then 1, 0, other whole numbers, halves, the rest."""
    easy = {2: 0, 3: 1, 1: 2, 0: 3, -1: 4, -2: 5}
    if x in easy:
        return easy[x]
    return 6 + min(abs(float(x)), 1e6) + (0 if x == int(x) else 10 if 2 * x == int(2 * x) else 20)


def candidates(program: Program) -> Iterator[Program]:
    """Programs that may be smaller, the boldest first."""
    yield from shorter(program)
    for j in range(1, len(program.inputs)):                                  # an input gives way to another
        yield without_unused(substituted(program, j, 0))
    for j in range(len(program.steps)):
        yield from with_simpler_operation(program, j)
        yield from with_simpler_operand(program, j)
    for k, number in enumerate(program.inputs):
        for other in simpler(number):
            yield replace(program, inputs=(*program.inputs[:k], other, *program.inputs[k + 1:]))


def shorter(program: Program) -> Iterator[Program]:
    """An earlier step as the output, or a step that gives way to one of its operands."""
    n = len(program.inputs)
    for end in range(1, len(program.steps)):
        yield without_unused(replace(program, steps=program.steps[:end]))
    if len(program.steps) > 1:
        for j, step in enumerate(program.steps):
            for x in step.nodes:
                yield bypass(program, n + j, x)


def with_simpler_operation(program: Program, j: int) -> Iterator[Program]:
    """Step j with other operations of as many operands; and a step of one operand as a sum."""
    step = program.steps[j]
    for op in WRITTEN:
        if WRITTEN[op].arity == len(step.operands) and op not in ("**", step.op):
            yield with_step(program, j, Step(op, step.operands))
    if len(step.operands) == 1:
        yield with_step(program, j, Step("+", step.operands * 2))


def with_simpler_operand(program: Program, j: int) -> Iterator[Program]:
    """Step j with an earlier node, or a simpler plain number, for each of its operands."""
    step = program.steps[j]
    for k, x in enumerate(step.operands):
        numbers = [] if isinstance(x, int) else map(Plain, simpler(x.number))
        for other in (*range(len(program.inputs) + j), *numbers):
            if step.op != "**" or k == 0 or isinstance(other, Plain):        # an exponent stays a number
                operands = (*step.operands[:k], other, *step.operands[k + 1:])
                yield without_unused(with_step(program, j, Step(step.op, operands)))


def simpler(x: Number) -> list[Number]:
    """Simpler numbers of the same type, the simplest first."""
    kind  = type(x)
    whole = [2, 3, 1, 0, -1, -2, round(x)]
    return [kind(y) for y in whole if awkward(y) < awkward(x)]


def with_step(program: Program, j: int, step: Step) -> Program:
    return replace(program, steps=(*program.steps[:j], step, *program.steps[j + 1:]))


def substituted(program: Program, old: int, new: int) -> Program:
    """The node `new` wherever `old` was an operand."""
    return replace(program, steps=tuple(Step(op, tuple(new if x == old and isinstance(x, int) else x
                                                       for x in operands))
                                        for op, operands in program.steps))


def bypass(program: Program, node: int, operand: int) -> Program:
    """Without the step that made `node`: who used it now uses `operand`."""
    n, last = len(program.inputs), len(program.inputs) + len(program.steps) - 1
    if node == last:
        return without_unused(replace(program, steps=program.steps[:max(operand - n + 1, 1)]))
    changed = substituted(program, node, operand)
    return without_unused(changed.restricted([j for j in range(last + 1) if j != node]))


def without_unused(program: Program) -> Program:
    """Without the steps and inputs that z does not depend on."""
    program = program.pruned()
    n, used = len(program.inputs), {x for step in program.steps for x in step.nodes}
    return program.restricted([j for j in range(n + len(program.steps)) if j in used or j >= n])
