"""Questions: what the engines with seeded mistakes are asked."""

from collections.abc import Iterator
from functools import cache
from random import Random

from engine.testing.conformance.cases import FORMS, form, inputs_of, key_of
from engine.testing.conformance.exercises import Exercise, P, program
from engine.testing.conformance.expectations import askable, expected
from engine.testing.conformance.randoms import joined, unshared
from engine.testing.conformance.suite import ACROSS, DIAMONDS, POINTS, SHARED, TWICE, alone
from engine.testing.random_programs.growing import random_program
from engine.testing.random_programs.rules import RATIONAL, SMOOTH
from engine.testing.random_programs.scalar_program import Program, Step
from tests.engine.testing.conformance.bases import BASES


@cache
def exercises() -> tuple[Exercise, ...]:
    """Each operation alone and with others, all kinds of graphs, ways to call, and scales."""
    found = [e for e in (*ones(), *above(), *graphs(), *scales(), *randoms()) if askable(e)]
    Random(0).shuffle(found)                                  # so that a difference is met early
    return tuple(dict.fromkeys(found))


@cache
def asked(name: str) -> tuple[Exercise, ...]:
    """The exercises that a base has all the operations for."""
    return tuple(e for e in exercises() if not BASES[name].lacks & set(map(key_of, e.program.steps)))


def ones() -> Iterator[Exercise]:
    for label in FORMS:
        yield from alone(form(label))


def above() -> Iterator[Exercise]:
    """Each form times 3, and added to its operand, by either side; and with the call made twice."""
    for label in FORMS:
        step = form(label)
        k = inputs_of(step)
        for point in POINTS[:2] if label not in ("abs(x)", "x.relu()") else POINTS[1:3]:
            for last in (("*", (k, P(3.0))), ("+", (k, 0)), ("+", (0, k)), ("*", (k, k))):
                yield Exercise(program(point[:k], step, last))
            yield Exercise(program(point[:k], step, ("*", (k, P(3.0)))), "twice")


def graphs() -> Iterator[Exercise]:
    for written_ in (*SHARED, *DIAMONDS, *ACROSS, *TWICE):
        for how in ("once", "twice", "reset"):
            yield Exercise(written_, how)
    for written_ in (*TWICE, *DIAMONDS):
        yield Exercise(written_, "changed")
    for written_ in ACROSS:
        yield from (Exercise(written_, how) for how in ("split", "in turn"))


def scales() -> Iterator[Exercise]:
    """Gradients from tiny to huge, through a chain and through shared nodes."""
    for c in [1.7 * 10.0 ** k for k in range(-15, 10)]:
        yield Exercise(program((1.5,), ("*", (0, P(c)))))
        yield Exercise(program((1.5,), ("*", (0, P(c))), ("*", (1, P(1.3)))))
        yield Exercise(program((1.5,), ("*", (0, P(1.1))), ("*", (1, P(c))), ("+", (2, 1))), "twice")


def randoms() -> Iterator[Exercise]:
    """Random graphs of all operations and of few, with every way to call, half without 2 + x and its like."""
    rng    = Random(7)
    usual  = tuple(op for op in (*RATIONAL, *SMOOTH) if op not in ("sin", "cos"))
    draws  = [("once", RATIONAL, 8, 40), ("once", (*RATIONAL, *SMOOTH), 10, 40), ("once", usual, 10, 40),
              ("once", ("+", "*", "-", "neg"), 12, 40),
              *((how, RATIONAL, 8, 16) for how in ("twice", "reset", "split", "in turn", "changed"))]
    for how, ops, steps, count in draws:
        while count:
            p = random_program(rng.randrange(2 ** 40), ops, steps)
            p = joined(rng)(p) if how in ("split", "in turn") else p
            p = on_nodes(p) if p and count % 2 else p
            if p and p.in_domain(2.0 ** 20) and paths(p) < 500 and askable(Exercise(p, how)):
                yield Exercise(p, how)
                tree = unshared(p) if how == "once" and count % 4 == 0 else None
                if tree:
                    yield Exercise(tree)
                count -= 1


def on_nodes(p: Program) -> Program:
    """The program with a node for each plain number on the left."""
    return Program(p.inputs, tuple(Step(op, tuple(0 if k == 0 and not isinstance(x, int) else x
                                                  for k, x in enumerate(xs))) for op, xs in p.steps))


def paths(p: Program) -> int:
    """How many visits it takes to walk every path."""
    visits = [1] * len(p.inputs)
    for step in p.steps:
        visits.append(1 + sum(visits[x] for x in step.nodes))
    return visits[-1]


@cache
def rounding(exercise: Exercise) -> list[float]:
    """How far rounding may take the gradient of each input."""
    return expected(exercise).grad_within
