"""Mistakes: the catalogue of what goes wrong in scalar autodiff engines, and the sentence that names each.

A mistake is a small change of a right backward pass or of one row of calculus. The mistake that
predicts every answer an engine gave is the likely one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TypeAlias

from ...libraries import Quantity
from ..random_programs.operations import OPERATIONS, step_value
from ..random_programs.rules import WRITTEN
from ..random_programs.scalar_program import Operand
from .passes import (
    altered, altered_last, altered_message, breadth_first, counted_once, depth_first, equal_merged, forwards,
    kept, leaves_wiped, no_upstream, overwrite, overwrite_in, pre_order_reversed, rounded, seeded,
    seen_kept, single,
)
from .simulation import Mistake, Slopes


# --- the catalogue ---------------------------------------------------------------------------------------

READ_LATE = ("slopes are computed in backward(), from data that may have changed since the forward pass: "
             "compute them when the node is made, or keep the numbers they need")
SINGLE    = "numbers are kept in single precision (float32): 7 digits are left"
EQUAL     = ("nodes with equal numbers are taken for one and the same: tell nodes apart by identity (id or "
             "the default hash), not by data")
WHOLE     = "gradients are cut to whole numbers: do not use int or //"

SORT = ("sort the nodes topologically, so that a node passes its gradient on only after every node that uses "
        "it")

NO_SORT      = ("there is no topological sort: a shared node passes on what it already passed on, once per "
                f"path: {SORT}")
VISIT_ONCE   = ("the backward pass walks depth first and visits each node once, at its first use, before its "
                f"gradient is complete: {SORT}")
NOT_REVERSED = ("the nodes are gone through from the inputs to the output: list each node after its operands "
                "(post-order, not pre-order), and go through the list in reverse")


def whole(gradient: float) -> float:
    return float(int(gradient)) if math.isfinite(gradient) else gradient


# name, sentence, part of the engine, change
PASSES: list[tuple[str, str, str, Quantity]] = [
    ("overwrite",        "the gradient is overwritten where it should accumulate: a node used twice needs += "
     "and not =", "arrival", overwrite),
    ("set of operands",  "an operand that an operation uses twice, as in x * x, is counted once: operands "
     "are kept in a set or dict, and need a list with repeats", "message", counted_once),
    ("upstream",         "the upstream gradient is forgotten: each slope must be multiplied by out.grad, the "
     "gradient that arrived from above", "message", no_upstream()),
    ("not reversed",     NOT_REVERSED, "listing", forwards),
    ("not reversed",     NOT_REVERSED, "listing", pre_order_reversed),
    ("visit once",       VISIT_ONCE, "course", depth_first(False, True)),
    ("visit once",       VISIT_ONCE, "course", depth_first(True, True)),
    ("no sort",          NO_SORT, "course", depth_first(False, False)),
    ("no sort",          NO_SORT, "course", depth_first(True, False)),
    ("breadth first",    "the backward pass goes breadth first, so that a node is reached by its shortest "
     f"path before its gradient is complete: {SORT}", "course", breadth_first(True)),
    ("no sort",          NO_SORT, "course", breadth_first(False)),
    ("equal nodes",      EQUAL, "listing", equal_merged(False)),
    ("equal nodes",      EQUAL, "listing", equal_merged(True)),
    ("no seed",          "the gradient of the output is never set to 1: backward() must start with self.grad "
     "= 1", "prepare", seeded(lambda world, z: 0.0)),
    ("seed is data",     "backward() starts with the output's data in place of 1: the derivative of z with "
     "respect to z is 1", "prepare", seeded(lambda world, z: world.data[z])),
    ("inner kept",       "the gradients of inner nodes are kept from the first backward() to the next and "
     "passed on again: set inner nodes to 0 at the start of backward(), and let only the inputs accumulate",
     "prepare", kept(False, lambda world, z, root: True)),
    ("seed not reset",   "the output keeps the gradient of the last backward() and adds another 1 to it: "
     "start with self.grad = 1", "prepare", kept(True, lambda world, z, root: z == root)),
    ("inner kept",       "the gradients of inner nodes, and of the output, are kept from the first "
     "backward() to the next and passed on again: set inner nodes to 0 at the start of backward(), and let "
     "only the inputs accumulate", "prepare", kept(True, lambda world, z, root: True)),
    ("leaves wiped",     "backward() sets the gradients of the inputs to 0 first: inputs accumulate over "
     "calls, and only inner nodes start afresh", "prepare", leaves_wiped),
    ("visited kept",     "the nodes visited by one backward() are remembered and left out by the next: make "
     "the set of visited nodes anew at each call", "listing", seen_kept),
    ("read late",        READ_LATE, "late", frozenset()),
]

WRONG_SLOPES: list[tuple[str, str, Callable[..., Slopes]]] = [
    ("*",  "the slopes of * are swapped: d(x*y)/dx is y, and d(x*y)/dy is x",
     lambda z, x, y: (x, y)),
    ("-",  "the slope of x - y towards y has the wrong sign: it is -1",
     lambda z, x, y: (1, 1)),
    ("-",  "the slopes of x - y are swapped: 1 towards x, -1 towards y",
     lambda z, x, y: (-1, 1)),
    ("/",  "the slope of x / y towards y is -x / y**2: the divisor is not squared",
     lambda z, x, y: (1 / y, -x / y)),
    ("/",  "the slope of x / y towards y is -x / y**2: the minus is missing",
     lambda z, x, y: (1 / y, x / (y * y))),
    ("/",  "the slope of x / y towards y is -x / y**2: the x is missing",
     lambda z, x, y: (1 / y, -1 / (y * y))),
    ("/",  "the slopes of x / y are swapped: 1 / y towards x, -x / y**2 towards y",
     lambda z, x, y: (-x / (y * y), 1 / y)),
    ("**", "the exponent is off by one: d(x**n)/dx is n * x**(n-1), not n * x**n",
     lambda z, x, n: (n * x ** n,)),
    ("**", "the factor n is missing: d(x**n)/dx is n * x**(n-1), not x**(n-1)",
     lambda z, x, n: (x ** (n - 1),)),
    ("**", "the exponent n - 1 is missing: d(x**n)/dx is n * x**(n-1), not n * x",
     lambda z, x, n: (n * x,)),
    ("**", "the factor is n, not n - 1: d(x**n)/dx is n * x**(n-1)",
     lambda z, x, n: ((n - 1) * x ** (n - 1),)),
    ("abs",  "the slope of abs is 1 also below 0, where it is -1",
     lambda z, x: (1,)),
    ("relu", "ReLU leaks: its slope is 0 where its input is below 0, and gradient passes there",
     lambda z, x: (1,)),
    ("relu", "ReLU leaks: its slope is 0 where its input is below 0, and a hundredth passes there",
     lambda z, x: (1 if x > 0 else 0.01,)),
    ("relu", "the slope of relu is 1 above 0, not the input itself",
     lambda z, x: (max(x, 0),)),
    ("relu", "the slope of relu is turned around: 1 above 0, and 0 below",
     lambda z, x: (0 if x > 0 else 1,)),
    ("exp",  "the slope of exp is exp(x) itself: the power rule x * e**(x-1) is for powers of x",
     lambda z, x: (x * math.exp(x - 1),)),
    ("exp",  "the slope of exp is its output exp(x), not its input x",
     lambda z, x: (x,)),
    ("log",  "the slope of log is 1 / x with x its input: 1 / output was used",
     lambda z, x: (1 / z,)),
    ("log",  "the slope of log is 1 / x with x its input, not the output",
     lambda z, x: (z,)),
    ("sqrt", "the slope of sqrt is 1 / (2 * sqrt(x)): the root is missing",
     lambda z, x: (1 / (2 * x),)),
    ("sqrt", "the slope of sqrt is 1 / (2 * sqrt(x)): the 2 is missing",
     lambda z, x: (1 / z,)),
    ("tanh", "the slope of tanh is 1 - tanh(x)**2: the input x was used in place of the output",
     lambda z, x: (1 - x * x,)),
    ("tanh", "the slope of tanh is 1 - tanh(x)**2: the square is missing",
     lambda z, x: (1 - z,)),
    ("tanh", "the slope of tanh is 1 - tanh(x)**2: z * (1 - z) is that of the sigmoid",
     lambda z, x: (z * (1 - z),)),
    ("sigmoid", "the slope of sigmoid is z * (1 - z) with z its output: the input x was used",
     lambda z, x: (x * (1 - x),)),
    ("sigmoid", "the slope of sigmoid is z * (1 - z): the factor 1 - z is missing",
     lambda z, x: (z,)),
    ("sigmoid", "the slope of sigmoid is z * (1 - z): the factor z is missing",
     lambda z, x: (1 - z,)),
    ("sigmoid", "the slope of sigmoid is z * (1 - z): 1 - z**2 is that of tanh",
     lambda z, x: (1 - z * z,)),
    ("sin",  "the slope of sin is cos x: the sign is wrong",
     lambda z, x: (-math.cos(x),)),
    ("sin",  "the slope of sin is cos x: the output sin x was used",
     lambda z, x: (z,)),
    ("cos",  "the slope of cos is -sin x: the minus is missing",
     lambda z, x: (math.sin(x),)),
]

WRONG_VALUES: list[tuple[str, str, Callable[..., tuple[float, Slopes]]]] = [
    ("/",   "x / y is rounded down to a whole number: write / and not //",
     lambda x, y: (x // y, (1 / y, -x / (y * y)))),
    ("/",   "x / y is rounded down to a whole number: write / and not //",
     lambda x, y: (x // y, (1 / y, -(x // y) / y))),
    ("**",  "the exponent is cut to a whole number: x ** 0.5 and x ** 2.5 need it as it is, without int()",
     lambda x, n: (x ** int(n), (int(n) * x ** (int(n) - 1), 0))),
    ("**",  "the exponent is cut to a whole number: x ** 0.5 and x ** 2.5 need it as it is, without int()",
     lambda x, n: (x ** int(n), (n * x ** (n - 1), 0))),
    ("log", "log is the natural logarithm, to the base e: base 10 was used",
     lambda x: (math.log10(x), (1 / x,))),
    ("log", "log is the natural logarithm, to the base e: base 2 was used",
     lambda x: (math.log2(x), (1 / x,))),
    ("abs", "abs(x) is -x below 0",                                              lambda x: (x, (1,))),
    ("neg", "-x gives x",                                                        lambda x: (x, (1,))),
]

LIMITS   = (1.0, 5.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6)
SMALLEST = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12)


@cache
def catalogue(ops: tuple[str, ...] = tuple(WRITTEN)) -> tuple[Mistake, ...]:
    """Every mistake that can be simulated, in these operations, the most common first."""
    return (*(Mistake(name, sentence, part, change) for name, sentence, part, change in PASSES),
            *(of_step(f"slope of {op}", sentence, op, slope_mistake(op, slopes))
              for op, sentence, slopes in WRONG_SLOPES if op in ops),
            *(of_step(f"value of {op}", sentence, op, value_mistake(op, both))
              for op, sentence, both in WRONG_VALUES if op in ops),
            *reflections(), *per_operation(ops), *altered_gradients())


StepChange: TypeAlias = Callable[..., tuple[float, Slopes]]


def of_step(name: str, sentence: str, op: str, change: StepChange) -> Mistake:
    """A mistake in the row of one operation."""
    return Mistake(name, sentence, "step", change, f"step {op}", frozenset([op]))


def slope_mistake(op: str, slopes: Callable[..., Slopes]) -> StepChange:
    def step(this: str, operands: Sequence[Operand], xs: Sequence[float], z: float,
             right: Slopes) -> tuple[float, Slopes]:
        return (z, (*slopes(z, *xs), *right)[:len(right)]) if this == op else (z, right)
    return step


def value_mistake(op: str, both: Callable[..., tuple[float, Slopes]]) -> StepChange:
    def step(this: str, operands: Sequence[Operand], xs: Sequence[float], z: float,
             right: Slopes) -> tuple[float, Slopes]:
        return both(*xs) if this == op else (z, right)
    return step


def reflections() -> Iterable[Mistake]:
    """2 - x computed as x - 2, and its like."""
    for op, method in (("-", "__rsub__"), ("/", "__rtruediv__"), ("**", "__rpow__")):
        for slopes_too in (True, False):
            def step(this: str, operands: Sequence[Operand], xs: Sequence[float], z: float, right: Slopes,
                     op: str = op, slopes_too: bool = slopes_too) -> tuple[float, Slopes]:
                if this != op or isinstance(operands[0], int):
                    return z, right
                turned = xs[::-1]
                slopes = OPERATIONS[op].slopes(math, *turned)[::-1] if slopes_too else right
                return step_value(math, op, turned), slopes
            yield Mistake("reflected", f"the operands of the reflected {op} are swapped: 2 {op} x is "
                          f"computed as x {op} 2; {method}(self, other) means other {op} self", "step", step,
                          f"reflected {op}", frozenset([op]))


SlopeChange: TypeAlias = Callable[[Slopes, Sequence[Operand]], Slopes]
CHANGES: tuple[tuple[SlopeChange, str], ...] = (
    (lambda s, xs: s if isinstance(xs[-1], int) else (0.0,) * len(s),
     "is detached where its right side is a plain number: no gradient passes through it"),
    (lambda s, xs: s if isinstance(xs[0], int) else (0.0,) * len(s),
     "is detached where its left side is a plain number: no gradient passes through it"),
    (lambda s, xs: (0.0,) * len(s),
     "is detached: no gradient passes through it, as if the result were made from .data"),
    (lambda s, xs: (s[0], *(0.0 for _ in s[1:])), "passes no gradient to its second operand"),
    (lambda s, xs: (0.0, *s[1:]),                 "passes no gradient to its first operand"),
    (lambda s, xs: tuple(-x for x in s),          "has slopes with the wrong sign"),
    (lambda s, xs: tuple(2 * x for x in s),       "has slopes twice too large"),
    (lambda s, xs: tuple(x / 2 for x in s),       "has slopes of half the right size"))


def per_operation(ops: Iterable[str] = tuple(WRITTEN)) -> Iterable[Mistake]:
    """For each operation: overwriting, detached, the upstream gradient forgotten, the sign wrong, doubled."""
    for op in ops:
        how = OPERATIONS[op].python.format("x", "y")
        for place in (None, 0, 1)[:1 + 2 * (OPERATIONS[op].arity == 2)]:
            yield Mistake("overwrite", f"the gradient is overwritten in {how}, where it should accumulate: "
                          "a node used twice needs += and not =", "arrival", overwrite_in(op, place),
                          f"arrival {op}", frozenset([op]))
        yield Mistake("upstream", f"the upstream gradient is forgotten in {how}: its slope must be "
                      "multiplied by out.grad", "message", no_upstream(op), f"message {op}", frozenset([op]))
        for changes, says in CHANGES:
            def step(this: str, operands: Sequence[Operand], xs: Sequence[float], z: float, right: Slopes,
                     op: str = op, changes: SlopeChange = changes) -> tuple[float, Slopes]:
                return (z, changes(right, operands)) if this == op else (z, right)
            yield of_step(f"slope of {op}", f"{how} {says}", op, step)


Altered: TypeAlias = Callable[[float], float]


def clip(limit: float) -> Callable[[float], float]:
    return lambda g: max(-limit, min(limit, g))


def drop(least: float) -> Callable[[float], float]:
    return lambda g: 0.0 if abs(g) < least else g


def cut(digits: int) -> Callable[[float], float]:
    return lambda g: round(g, digits) if math.isfinite(g) else g


def altered_gradients() -> Iterable[Mistake]:
    """Clipped, dropped and rounded gradients."""
    for change in (single, rounded):
        for mistake in fixing("single precision", SINGLE, change):
            yield mistake._replace(within=3e-7)                  # a tie may go either way
    yield from fixing("whole gradient", WHOLE, whole)
    for c in LIMITS:
        yield from clipped(c)
    for c in SMALLEST:
        yield from dropped(c)
    for d in range(1, 9):
        yield from fixing("rounded", f"gradients are rounded to {d} digits after the point: keep them as "
                          "they are, and round when printing", cut(d))


def fixing(name: str, sentence: str, change: Altered) -> Iterable[Mistake]:
    """A change that leaves as they are the gradients that it has made."""
    return altered_anywhere(name, sentence, change, lambda gradients: fixed(gradients, change))


# What is made of a number is made once: a search knows a mistake by the object that it is.
@cache
def clipped(limit: float) -> tuple[Mistake, ...]:
    return altered_anywhere("clipped", f"gradients are clipped at {limit:g}: backward() must not change them",
                            clip(limit), lambda gs: max(map(abs, gs), default=0.0) >= limit)


@cache
def dropped(least: float, itself: bool = False) -> tuple[Mistake, ...]:
    """Gradients below `least` become 0; `itself`: that number too."""
    return altered_anywhere("dropped", f"gradients below {least:g} are dropped: a small gradient is not 0",
                            drop(math.nextafter(least, math.inf) if itself else least), lambda gs: 0.0 in gs)


def fixed(gradients: Sequence[float], change: Callable[[float], float]) -> bool:
    """Whether the change would leave the gradients as they are, but for a little noise."""
    return all(math.isclose(change(g), g, rel_tol=1e-12) for g in gradients)


def altered_anywhere(name: str, sentence: str, change: Callable[[float], float],
                     trace: Callable[[Sequence[float]], bool]) -> tuple[Mistake, ...]:
    """After each addition, before it, or when all is done."""
    return (Mistake(name, sentence, "arrival", altered(change), trace=trace),
            Mistake(name, sentence, "message", altered_message(change), trace=trace),
            Mistake(name, sentence, "finish", altered_last(change), trace=trace))


# --- mistakes with a number in them that is read off the answers --------------------------------------

@cache
def late(ops: frozenset[str]) -> Mistake:
    """The slopes of these operations are read late; of all if there are none."""
    return Mistake("read late", READ_LATE, "late", ops)


@cache
def scaled(op: str, factors: tuple[float, ...]) -> Mistake:
    """Slopes that are a constant times the right ones, towards each operand."""
    def step(this: str, operands: Sequence[Operand], xs: Sequence[float], z: float,
             right: Slopes) -> tuple[float, Slopes]:
        return z, tuple(f * s for f, s in zip(factors, right)) if this == op else right
    how   = OPERATIONS[op].python.format("x", "y")
    wrong = [(f, name) for f, name in zip(factors, ("x", "y")) if f != 1]
    said  = " and ".join(f"towards {name} is {f:.9g} times the right one" for f, name in wrong)
    return of_step(f"slope of {op}", f"the slope of {how} {said}", op, step)


STEPS = tuple(10.0 ** -k for k in range(1, 9))


@cache
def quotients(op: str) -> tuple[Mistake, ...]:
    """A difference quotient in place of the slope."""
    sentence = (f"the slope of {OPERATIONS[op].python.format('x', 'y')} is a difference quotient: an "
                "approximation in place of the derivative")
    return tuple(of_step(f"slope of {op}", sentence, op, quotient(op, low, high))
                 for h in STEPS for low, high in ((0.0, h), (-h, 0.0), (-h, h)))


def quotient(op: str, low: float, high: float) -> StepChange:
    """(f(x + high) - f(x + low)) / (high - low)."""
    def step(this: str, operands: Sequence[Operand], xs: Sequence[float], z: float,
             right: Slopes) -> tuple[float, Slopes]:
        if this != op:
            return z, right
        f = [step_value(math, op, (xs[0] + d, *xs[1:])) for d in (high, low)]
        return z, ((f[0] - f[1]) / (high - low), *right[1:])
    return step
