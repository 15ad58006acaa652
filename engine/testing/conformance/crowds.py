"""Crowds: graphs of many nodes, and many calls of backward() in a row.

The right gradients of a large graph come of one walk forwards: a change of the leaves in a random direction,
carried to the output, is the sum of the gradients times that direction. Only where the sum is off is it
looked for the leaf. No such graph is evidence for the search of a diagnosis, which simulates hundreds of
engines; whether the engine that it settles on explains the answer is asked once, at the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from ..random_programs.rules import WRITTEN
from ..random_programs.scalar_program import Program, short
from .adapters import DOUBLE
from .attempts import Answer, Attempt, Outcome
from .cases import ADVICE, BLOCKED, ERRORS, FAIL, SKIP, Case, Context, Finding, Result
from .exchange import Data, Garbled, number, numbers, sent_step, text
from .exercises import Exercise, program
from .expectations import adjoints, differs
from .blueprints import plan
from .scales import GROUP
from .simulation import Model, close, gradients_in_turn
from .stamina import DEEP

MANY    = 100_000
STAGES  = (1_000, 4_000, 12_000)         # sizes of which the time is taken before MANY are asked
USUAL   = 10                             # examples; who asks for fewer is in a hurry, and MANY are not asked
SHARE   = 0.5                            # of what is left of a case's time, that a graph may take
NOTHING = 0.1                            # seconds from which a time tells how it will grow
BUILDS  = {"random": "a random graph of {n} nodes", "wide": "the sum of {n} terms, half of them one leaf",
           "long": "{n} operations in a row, each with one of two leaves"}
QUADRATIC = ("a search through a list for each node (if v not in visited) makes the sort quadratic; keep "
             "visited in a set as well")


# --- what is right --------------------------------------------------------------------------------------

def values_of(asked: Program) -> list[float]:
    """The number of each node; the operations are + - * neg."""
    values = [*map(float, asked.inputs)]
    for op, operands in asked.steps:
        a, *more = (values[x] if isinstance(x, int) else x.number for x in operands)
        values.append(-a if not more else a + more[0] if op == "+" else a - more[0] if op == "-"
                      else a * more[0])
    return values


def along(asked: Program, values: Sequence[float], direction: Sequence[float]) -> float:
    """The change of the output where the leaves change in this direction, carried forwards."""
    moves = [*direction]
    for op, operands in asked.steps:
        x, *more = operands
        moved = moves[x] if isinstance(x, int) else 0.0
        if not more:
            moves.append(-moved)
        elif isinstance(y := more[0], int):
            moves.append(moved + moves[y] if op == "+" else moved - moves[y] if op == "-" else
                         moved * values[y] + values[x if isinstance(x, int) else 0] * moves[y])
        else:
            moves.append(moved * y.number if op == "*" else moved)
    return moves[-1]


def slopes_of(asked: Program, values: Sequence[float]) -> list[tuple[float, ...]]:
    return [tuple(map(float, WRITTEN[op].slopes(math, *(values[x] if isinstance(x, int) else x.number
                                                        for x in operands)))) for op, operands in asked.steps]


def astray(asked: Program, values: Sequence[float], given: Sequence[float], rng: Random,
           precision: float) -> list[int]:
    """The leaves whose gradients are wrong."""
    direction = [float(rng.randrange(1, 1000)) for _ in given]
    total     = sum(map(math.prod, zip(given, direction)))
    if precision <= DOUBLE and total == along(asked, values, direction):
        return []
    slopes = slopes_of(asked, values)
    right  = adjoints(asked, slopes)
    sizes  = adjoints(asked, [tuple(map(abs, s)) for s in slopes])
    return [k for k, g in enumerate(given) if differs(g, right[k], 2 ** 12 * precision * sizes[k])]


# --- many nodes -----------------------------------------------------------------------------------------

class Answered(Exception):
    """What an engine raised, as the text of a task."""


def asked_of(context: Context, shape: str, nodes: int, ops: list[str]) -> tuple[Program, list[float]]:
    """The graph, and the seconds, the output and the gradients that came of it.

    Raises:
        Answered: the engine raised an exception.
    """
    salt  = f"{context.seed} {shape}"
    asked = plan(shape, salt, nodes, ops)
    given = context.task(lambda data: text(data) if isinstance(data, str) else numbers(data), "large", shape,
                         salt, nodes, [*ops])
    if isinstance(given, str):
        raise Answered(given)
    if len(given) != 2 + len(asked.inputs):
        raise Garbled
    return asked, given


def many(shape: str, *sizes: int) -> Callable[[Context], Result]:
    """Graphs of these sizes; MANY only where the smaller ones say that they can be done."""
    def check(context: Context) -> Result:
        ops = [op for op, key in (("+", "+ nn"), ("-", "- nn"), ("*", "* nn"), ("neg", "neg n"))
               if key not in context.unsound | context.lacking and (op != "*" or "* np" not in
                                                                    context.unsound | context.lacking)]
        if "+" not in ops:
            return Result(BLOCKED if "+ nn" in context.unsound else SKIP)
        taken: list[tuple[int, float]] = []
        good = 0
        for nodes in sizes:
            if nodes == MANY and context.examples < USUAL:
                break
            if why := too_long(context, taken, nodes):
                return Result(ADVICE, notes=[why])
            trouble, seconds = tried(context, shape, nodes, ops)
            if trouble and shape == "long" and trouble.kind == "RecursionError" and (
                    nodes <= DEEP or tried(context, shape, DEEP, ops)[0]):
                return Result(SKIP, notes=["the stack ends before: deep graphs says more"])
            if trouble:
                return told(context, shape, good, nodes, ops, trouble)
            taken.append((nodes, seconds))
            good = nodes
        return Result()
    return check


class Trouble(NamedTuple):
    """What is wrong with an answer: an exception; or a leaf with a wrong gradient, -1 for the output."""

    error:  str            = ""
    leaf:   int            = -1
    right:  float          = 0.0
    given:  float          = 0.0
    failed: Attempt | None = None

    @property
    def kind(self) -> str:
        return self.error.partition(":")[0]


def tried(context: Context, shape: str, nodes: int, ops: list[str]) -> tuple[Trouble | None, float]:
    """What is wrong, and the seconds that it took."""
    try:
        asked, (seconds, output, *given) = asked_of(context, shape, nodes, ops)
    except Answered as raised:
        return Trouble(str(raised)), 0.0
    values = values_of(asked)
    within = 2 ** 12 * context.precision * sum(map(abs, values)) if context.precision > DOUBLE else 0.0
    data: list[Answer] = [*values[:-1], output]
    failed = (Exercise(asked), Outcome(data, [*given], "", context.precision))
    if differs(output, values[-1], within):
        return Trouble("", -1, values[-1], output, failed), seconds
    wrong = astray(asked, values, given, context.rng(f"direction {shape} {nodes}"), context.precision)
    if wrong:
        right = adjoints(asked, slopes_of(asked, values))
        return Trouble("", wrong[0], right[wrong[0]], given[wrong[0]], failed), seconds
    return None, seconds


def too_long(context: Context, taken: Sequence[tuple[int, float]], nodes: int) -> str:
    """Why so many nodes are not asked; "" where there is time for them. `taken`: sizes and seconds."""
    size, long = taken[-1] if taken else (1, 0.0)
    if long < NOTHING:                                       # then ten times the size is no matter
        return ""
    before, short_ = taken[-2] if taken[1:] else (1, 0.0)
    growth = 2.0
    if before >= STAGES[1] and short_ > NOTHING / 10:
        growth = min(max(math.log(long / short_, size / before), 1.0), 2.2)
    needed = long * (nodes / size) ** growth
    if needed < SHARE * context.seconds():
        return ""
    slower = f"; {QUADRATIC}" if growth > 1.5 else ""
    return (f"{nodes:,} nodes were not asked: {size:,} take {long:.1f} s, and {nodes:,} may take "
            f"{needed:.0f} s{slower}")


def told(context: Context, shape: str, good: int, bad: int, ops: list[str], trouble: Trouble) -> Result:
    """The failure, at about the smallest size that shows it."""
    while bad - good > max(1, bad // 8) and context.seconds() > context.limit / 2:
        middle = (good + bad) // 2
        here, _ = tried(context, shape, middle, ops)
        good, bad, trouble = (good, middle, here) if here else (middle, bad, trouble)
    built = BUILDS[shape].format(n=f"{bad:,}")
    leaf  = "z.data" if trouble.leaf < 0 else f"x{trouble.leaf + 1}"
    said  = ERRORS.get(trouble.kind, "it raises an exception: {error}").format(error=trouble.error) if (
        trouble.error) else (f"{built} goes wrong where smaller ones are right: {leaf}"
                             f"{'.grad' * (trouble.leaf >= 0)} is {trouble.given!r} in place of "
                             f"{trouble.right!r}")
    likely  = [("recursion", said)] if trouble.kind == "RecursionError" else []
    finding = Finding(f"# {built}, of {' '.join(ops)}\nz.backward()", [leaf] if trouble.leaf >= 0 else [],
                      [short(trouble.right)] * (trouble.leaf >= 0), [repr(trouble.given)] * (
                          trouble.leaf >= 0), trouble.error, said, likely, {})
    return (Result(FAIL, failed=[trouble.failed], otherwise=finding) if trouble.failed
            else Result(FAIL, [finding]))


# --- many calls -----------------------------------------------------------------------------------------

MORE, MOST = 100, 1_000                  # calls in a row
PATIENCE   = 1.0                         # seconds that MORE may take: a tape that only grows takes longer
POINT   = [3.0, 2.0]
SHAPED  = [program(POINT, ("*", (0, 1))), program(POINT, ("+", (0, 1))),
           program(POINT, ("*", (0, 1)), ("+", (2, 0)), ("*", (3, 1))),
           program(POINT, ("-", (0, 1)), ("*", (2, 2))),
           program(POINT, ("+", (0, 0)), ("+", (2, 2)), ("*", (3, 1)))]
SURVIVES = ("call {n} of backward() in a row gives another gradient than the calls before: something is kept "
            "from call to call, as a counter, or a list or set outside of backward()")


def in_a_row(again: bool, roots: int) -> Callable[[Context], Result]:
    """So many calls on outputs that share their inputs, in turn; `again`: the same graphs, else new ones.

    What goes wrong at the second call on an output is judged by "repeated backward".
    """
    def check(context: Context) -> Result:
        able = [p for p in SHAPED if context.can(p)]
        if len(able) < roots:
            return Result(BLOCKED if context.unsound else SKIP)
        groups = [able[k:k + roots] for k in range(0, len(able) - roots + 1, roots)]
        asked, seconds, pace = [], 0.0, 0.0
        for group in groups:
            first = called(context, group, again, 2 * roots)
            if not isinstance(first, str) and first_wrong(context, group, first[1:]) is None:
                asked.append(group)
                pace = max(pace, first[0][0] / (2 * roots))
        for group in asked:
            for count in (MORE, MOST):
                if pace * MORE > PATIENCE or (count == MOST and seconds * (MOST / MORE) ** 2
                                              > SHARE * context.seconds()):
                    return Result(notes=[f"{count:,} calls were not asked: a call takes {pace:.2g} s"])
                given = called(context, group, again, count)
                if isinstance(given, str):
                    return Result(FAIL, [Finding(call_code(group, again, count), [], [], [], given,
                                                 ERRORS.get(given.partition(":")[0], "it raises an exception "
                                                            "after many calls: {error}").format(error=given),
                                                 [], {})])
                seconds = given[0][0]
                pace    = seconds / count
                n = first_wrong(context, group, given[1:])
                if n is not None:
                    return Result(FAIL, [differing(group, again, n, given[1:])],
                                  given_by=simulated(group, again, given[1:n + 1]))
        return Result() if asked else Result(SKIP)
    return check


def simulated(group: Sequence[Program], again: bool,
              rows: Sequence[Sequence[float]]) -> Callable[[Model], bool]:
    """Whether a simulated engine has these gradients after each call, the first wrong one included."""
    def given_by(model: Model) -> bool:
        try:
            said = gradients_in_turn(group, again, len(rows), model)
        except (ArithmeticError, ValueError, TypeError):
            return False
        return all(close(a, b) for told_, row in zip(said, rows) for a, b in zip(told_, row))
    return given_by


def called(context: Context, group: Sequence[Program], again: bool, count: int) -> list[list[float]] | str:
    """The seconds, and the gradients after each call; or what was raised."""
    steps: list[Data] = [[sent_step(step) for step in p.steps] for p in group]
    def read(data: object) -> list[list[float]] | str:
        if isinstance(data, str):
            return text(data)
        if not isinstance(data, list) or len(data) != count + 1:
            raise Garbled
        return [[number(data[0])], *map(numbers, data[1:])]
    given = context.task(read, "calls", [*POINT], steps, again, count)
    if not isinstance(given, str) and any(len(row) != len(POINT) for row in given[1:]):
        raise Garbled
    return given


def sums(group: Sequence[Program], count: int) -> list[list[float]]:
    """The right gradients after each call."""
    each  = [[float(g) for g in p.gradient()] for p in group]
    total = [0.0] * len(POINT)
    return [total := [a + b for a, b in zip(total, each[k % len(each)])] for k in range(count)]


def first_wrong(context: Context, group: Sequence[Program], rows: Sequence[Sequence[float]]) -> int | None:
    """The number of the first call after which a gradient is wrong, from 1; None if all are right."""
    within = 0.0 if context.precision <= DOUBLE else 1e-3
    return next((k for k, (row, right) in enumerate(zip(rows, sums(group, len(rows))), 1)
                 if any(differs(g, r, within * abs(r)) for g, r in zip(row, right))), None)


def differing(group: Sequence[Program], again: bool, n: int, rows: Sequence[Sequence[float]]) -> Finding:
    return Finding(call_code(group, again, n), ["x", "y"], [*map(repr, sums(group, n)[-1])],
                   [*map(repr, rows[n - 1])], "", SURVIVES.format(n=n), [], {})


def call_code(group: Sequence[Program], again: bool, count: int) -> str:
    made = [p.expressions()[-1] for p in group]
    ends = f"[{', '.join(made)}]"
    loop = f"    zs[k % {len(made)}].backward()" if again else f"    {ends}[k % {len(made)}].backward()"
    return "\n".join(["x, y = Value(3.0), Value(2.0)", *[f"zs = {ends}"] * again,
                      f"for k in range({count}):", loop, "print(x.grad, y.grad)"])


def case(name: str, check: Callable[[Context], Result]) -> Case:
    return Case(GROUP, name, check)


SIZES = [                                # large graphs last: who keeps them is slow from then on
    case("1,000 calls on the same graph", in_a_row(True, 1)),
    case("1,000 calls on new graphs", in_a_row(False, 1)),
    case("1,000 calls on alternating outputs", in_a_row(True, 2)),
    case("10 and 1,000 nodes", many("random", 10, 30, 100, 300, 1_000)),
    case("the sum of 10,000 terms", many("wide", 10, 100, 1_000, 10_000)),
    case("100,000 nodes", many("random", *STAGES, MANY)),
    case("100,000 operations in a row", many("long", 10, 100, *STAGES, MANY)),
]
