"""Writing: an exercise as lines of Python that can be pasted, and its right answers as text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from ..quantities import Function, Number
from ..random_programs.operations import OPERATIONS
from ..random_programs.scalar_program import Plain, Program, constant, plain, short
from .exercises import NAN, NONE, NUMBERS, Exercise, Right, ancestors, nodes


def written(exercise: Exercise) -> str:
    """At most six lines of Python that can be pasted, with the right gradients as a comment."""
    program, n = exercise.program, len(exercise.program.inputs)
    named  = names(exercise)
    xs     = named[:n]
    number = NUMBERS[exercise.number]
    lines  = [f"{', '.join(xs)} = {', '.join(f'Value({literal(number(x))})' for x in program.inputs)}"]
    first, second = ([named[r] for r in exercise.roots] * 2)[:2]
    hidden = {nodes(program) - 1} if exercise.how in ("split", "in turn") else set()

    def shown(only: Iterable[int]) -> str:
        return "; ".join(f"{named[j]} = {text}" for j, text in texts(program, named, number)
                         if named[j] and j in only and j not in hidden)

    zeros  = " = ".join(f"{x}.grad" for x in xs) + " = 0"
    if exercise.how == "in turn":
        lines += [f"{shown(ancestors(program, r))}; {named[r]}.backward()" for r in exercise.roots]
    else:
        lines += [shown(range(nodes(program))), {"once":    "z.backward()",
                            "twice":   "z.backward(); z.backward()",
                            "reset":   f"z.backward(); {zeros}; z.backward()",
                            "split":   f"{first}.backward(); {second}.backward()",
                            "changed": "; ".join(f"{x}.data += 1"
                                                 for x in xs) + "; z.backward()"}[exercise.how]]
    printed = f"print({', '.join(f'{x}.grad' for x in xs)})"
    return "\n".join([*lines, f"{printed}  # {', '.join(right_text(exercise))}"])


def names(exercise: Exercise) -> list[str]:
    """The names of the program's nodes, and one for each output."""
    named = exercise.program.names()
    fresh = (c for c in "abcdefghijklmnopqrstu" if c not in named)
    for root in exercise.roots:
        named[root] = named[root] or next(fresh)
    return named


def texts(program: Program, named: list[str], number: Function) -> Iterator[tuple[int, str]]:
    """The right-hand side of each step; a node without a name is written where it is used."""
    inline: dict[int, str] = {}
    for j, (op, operands) in enumerate(program.steps, len(program.inputs)):
        parts = [(named[x] or f"({inline[x]})") if isinstance(x, int) else constant_text(op, x, number)
                 for x in operands]
        inline[j] = OPERATIONS[op].python.format(*parts)
        yield j, inline[j]


def constant_text(op: str, x: Plain, number: Function) -> str:
    text = literal(plain(op, x.number, number))
    return f"({text})" if text.startswith("-") else text


def literal(x: Number) -> str:
    """x as Python reads it."""
    if isinstance(x, float) and not math.isfinite(x):
        return f'float("{x}")'
    return repr(x) if isinstance(x, Fraction) else constant(x).strip("()")


def right_text(exercise: Exercise) -> list[str]:
    """The right gradient of each input, as text."""
    if exercise.slopes is not None:
        return [interval_text(right) for right in exercise.slopes]
    if exercise.value is not None:
        return ["any"] * len(exercise.program.inputs)
    return [short(g * exercise.scale) for g in exercise.program.gradient()]


def interval_text(right: Right) -> str:
    if right is None:
        return "any"
    if isinstance(right, str):
        return {NAN: "nan or an error", NONE: "an error, inf or nan"}[right]
    low, high = right
    return short(low) if low == high else f"between {short(low)} and {short(high)}"
