"""Compositions: how an engine makes an operation of others, as x - y of x + (-1) * y.

A right engine answers the same with each of them; with a mistake in * it does not. Which one an engine
uses is found out by trying; it is no mistake.

    FORMS_OF   "- nn" -> the compositions of x - y that are known
    parts_of   the steps of a composition on given operands
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from ..random_programs.scalar_program import Operand, Plain


class Part(NamedTuple):
    """The result of an earlier step of the composition."""

    part: int


class Given(NamedTuple):
    """One of the operands, or a plain number made of it."""

    operand: int
    power:   int = 1                                         # -1: its reciprocal
    factor:  float = 1.0


Composition: TypeAlias = tuple[tuple[str, tuple[Part | Given | Plain, ...]], ...]
X, Y = Given(0), Given(1)
E    = math.e


def steps(*steps: tuple[str, tuple[Part | Given | Plain, ...]]) -> Composition:
    return steps


PLUS_MINUS  = steps(("*", (Y, Plain(-1.0))), ("+", (X, Part(0))))
PLUS_NEG    = steps(("neg", (Y,)), ("+", (X, Part(0))))
PLUS_PLAIN  = steps(("+", (X, Given(1, factor=-1.0))))
NEG_PLUS    = steps(("neg", (Y,)), ("+", (Part(0), X)))
MINUS_PLUS  = steps(("*", (Y, Plain(-1.0))), ("+", (Part(0), X)))
TURNED_NEG  = steps(("-", (Y, X)), ("neg", (Part(0),)))
TURNED_MUL  = steps(("-", (Y, X)), ("*", (Part(0), Plain(-1.0))))
TIMES_MINUS = steps(("*", (X, Plain(-1.0))))
FROM_ZERO   = steps(("-", (Plain(0.0), X)))
TIMES_POWER = steps(("**", (Y, Plain(-1))), ("*", (X, Part(0))))
POWER_TIMES = steps(("**", (Y, Plain(-1))), ("*", (Part(0), X)))
TIMES_PLAIN = steps(("*", (X, Given(1, power=-1))))
TURNED_OVER = steps(("/", (Y, X)), ("**", (Part(0), Plain(-1))))
EXP_LOG     = steps(("log", (X,)), ("*", (Y, Part(0))), ("exp", (Part(1),)))


def swapped(op: str) -> Composition:
    return steps((op, (Y, X)))


# For each form of an operation, n a node and p a plain number.
FORMS_OF: dict[str, tuple[Composition, ...]] = {
    "+ pn":    (swapped("+"),),
    "* pn":    (swapped("*"),),
    "- nn":    (PLUS_MINUS, PLUS_NEG),
    "- np":    (PLUS_PLAIN, PLUS_MINUS, PLUS_NEG),
    "- pn":    (NEG_PLUS, MINUS_PLUS, TURNED_NEG, TURNED_MUL, PLUS_MINUS, PLUS_NEG),
    "neg n":   (TIMES_MINUS, FROM_ZERO),
    "/ nn":    (TIMES_POWER,),
    "/ np":    (TIMES_PLAIN,),
    "/ pn":    (POWER_TIMES, TIMES_POWER, TURNED_OVER),
    "** nn":   (EXP_LOG,),
    "sqrt n":  (steps(("**", (X, Plain(0.5)))),),
    "exp n":   (steps(("**", (Plain(E), X))),),
    "abs n":   (steps(("neg", (X,)), ("relu", (Part(0),)), ("relu", (X,)), ("+", (Part(2), Part(1)))),),
    "tanh n":  (steps(("*", (X, Plain(2.0))), ("exp", (Part(0),)), ("-", (Part(1), Plain(1.0))),
                      ("+", (Part(1), Plain(1.0))), ("/", (Part(2), Part(3)))),
                steps(("exp", (X,)), ("neg", (X,)), ("exp", (Part(1),)), ("-", (Part(0), Part(2))),
                      ("+", (Part(0), Part(2))), ("/", (Part(3), Part(4))))),
    "sigmoid n": (steps(("neg", (X,)), ("exp", (Part(0),)), ("+", (Part(1), Plain(1.0))),
                        ("/", (Plain(1.0), Part(2)))),
                  steps(("neg", (X,)), ("exp", (Part(0),)), ("+", (Part(1), Plain(1.0))),
                        ("**", (Part(2), Plain(-1))))),
}


def form_of(op: str, operands: Sequence[Operand]) -> str:
    """The operation and which of its operands are nodes: "- np" for x - 2."""
    return f"{op} " + "".join("n" if isinstance(x, int) else "p" for x in operands)


def parts_of(composition: Composition,
             operands: Sequence[Operand]) -> list[tuple[str, tuple[Part | Operand, ...]]]:
    """The steps on these operands: nodes, plain numbers and results of earlier steps."""
    return [(op, tuple(filled(x, operands) if isinstance(x, Given) else x for x in its))
            for op, its in composition]


def filled(x: Given, operands: Sequence[Operand]) -> Operand:
    operand = operands[x.operand]
    if isinstance(operand, int):
        return operand
    return Plain(x.factor * operand.number ** x.power)


def forms_in(form: str, composition: Composition) -> list[str]:
    """The forms of the operations that a composition of this form consists of."""
    kinds = form.partition(" ")[2]
    return [f"{op} " + "".join(kinds[x.operand] if isinstance(x, Given) else "n" if isinstance(x, Part)
                               else "p"
                               for x in its) for op, its in composition]


def circular(made: Sequence[tuple[str, Composition]]) -> bool:
    """Whether an operation would in the end be made of itself."""
    ways = {form: forms_in(form, composition) for form, composition in made}
    done: set[str] = set()
    while len(done) < len(ways):
        ready = [form for form, parts in ways.items()
                 if form not in done and all(part in done or part not in ways for part in parts)]
        if not ready:
            return True
        done |= set(ready)
    return False
