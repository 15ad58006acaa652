"""Outlines: the graph of an exercise with the right and the given answers, and the first edge where they
part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from ...show.numbers import digits, exact
from ..random_programs.operations import OPERATIONS
from ..random_programs.scalar_program import Plain, Program, Step
from .attempts import Outcome
from .exercises import Exercise, nodes
from .expectations import Expected, accepts, differs, evaluate, expected, wrong
from .pictures import Difference, Node, Outline
from .writing import interval_text, names

Edge: TypeAlias = tuple[int, int, int]       # operand, result, place among the operands


def pictured(exercise: Exercise, outcome: Outcome) -> Outline:
    """Nodes and edges with both answers, and the first edge, from the output backwards, where they part."""
    program = exercise.program
    if nodes(program) > 24:
        return {}
    if exercise.value is not None or exercise.slopes is not None:
        return pictured_special(exercise, outcome)
    right, slopes = expected(exercise), evaluate(program)[1]
    named  = names(exercise)
    hidden = {nodes(program) - 1} if exercise.how in ("split", "in turn") else set()
    edges  = [edge for edge in edges_of(program) if edge[1] not in hidden]
    return {"nodes": [boxed(program, named, j, [shown(right.data[j]), shown(right.grads[j])], outcome)
                      for j in range(nodes(program)) if j not in hidden],
            "edges": [list(edge) for edge in edges],
            **first_difference(exercise, outcome, right, slopes, edges, hidden)}


def boxed(program: Program, named: list[str], j: int, right: list[str], outcome: Outcome) -> Node:
    """A node of the picture."""
    n = len(program.inputs)
    return {"name": named[j], "op": "" if j < n else label(program.steps[j - n]), "right": right,
            "given": [shown(outcome.data[j]), shown(outcome.grads[j])]}


def edges_of(program: Program) -> list[Edge]:
    """The edges, in the order of their results."""
    return [(x, j, k) for j, step in enumerate(program.steps, len(program.inputs))
            for k, x in enumerate(step.operands) if isinstance(x, int)]


def pictured_special(exercise: Exercise, outcome: Outcome) -> Outline:
    """`pictured` where the exercise says itself what is right; only that is shown as right."""
    program, n = exercise.program, len(exercise.program.inputs)
    last   = nodes(program) - 1
    slopes = exercise.slopes or (None,) * n
    data   = [*map(shown, map(float, program.inputs)), *["-"] * (last - n),
              interval_text(exercise.value).replace("any", "-")]
    grads  = [*(interval_text(s).replace("any", "-") for s in slopes), *["-"] * (last - n), "1"]
    edges  = [list(edge) for edge in edges_of(program)]
    at     = next((k for k in range(n) if not accepts(slopes[k], outcome.grads[k])), None)
    marked = next((e for e in edges if e[0] == at), edges[-1]) if wrong(exercise,
                                                                        outcome) == "grad" else edges[-1]
    boxes  = [boxed(program, names(exercise), j, [data[j], grads[j]], outcome) for j in range(last + 1)]
    return {"nodes": boxes, "edges": edges, "marked": marked}


def label(step: Step) -> str:
    """The operation as a node shows it: its plain number included."""
    parts = [f"{x.number:g}" if isinstance(x, Plain) else "" for x in step.operands]
    return f"{parts[0]} {step.op} {parts[-1]}".strip() if len(parts) > 1 else step.op


def first_difference(exercise: Exercise, outcome: Outcome, right: Expected,
                     slopes: Sequence[Sequence[float]], edges: list[Edge], hidden: set[int]) -> Difference:
    """The edge whose message is the first to be wrong, and what to say about it."""
    program, n = exercise.program, len(exercise.program.inputs)
    named = [name or f"({OPERATIONS[program.steps[j - n].op].python.format(*'..')})"
             for j, name in enumerate(names(exercise))]
    j = first_wrong_value(exercise, outcome, right, hidden)
    if j is not None:
        into = next((e for e in edges if e[1] == j), None)
        return {"marked": list(into) if into else None, "step": step_text(program.steps[j - n], named),
                "wrong": named[j], "right": shown(right.data[j]), "given": shown(outcome.data[j])}
    x = first_wrong_gradient(exercise, outcome, right, hidden)
    if x is None:
        return {"marked": None}
    users = [e for e in edges if e[0] == x]
    sent  = [slopes[j - n][k] * right.grads[j] for _, j, k in users]
    edge  = users[guilty(outcome.grads[x], right.grads[x], sent)] if users else None
    found: Difference = {"marked": list(edge) if edge else None,
                         "step": step_text(program.steps[edge[1] - n], named) if edge else "",
                         "wrong": named[x], "right": shown(right.grads[x]), "given": shown(outcome.grads[x])}
    given = outcome.grads[x]
    if len(users) == 1 and exercise.how == "once" and isinstance(given, float):  # all there is came along it
        found["must"], found["added"] = f"must add {amount(right.grads[x])}", f"added {amount(given)}"
    return found


def first_wrong_value(exercise: Exercise, outcome: Outcome, right: Expected, hidden: set[int]) -> int | None:
    """The first step whose number was given and is wrong."""
    steps = range(len(exercise.program.inputs), nodes(exercise.program))
    return next((j for j in steps if j not in hidden and outcome.data[j] is not None
                 and differs(outcome.data[j], right.data[j], right.data_within[j])), None)


def first_wrong_gradient(exercise: Exercise, outcome: Outcome, right: Expected,
                         hidden: set[int]) -> int | None:
    """The first node, from the output backwards, whose gradient was given and is wrong. An engine that keeps
    none of its inner nodes' gradients is asked about its inputs only."""
    n, unasked = len(exercise.program.inputs), {*hidden, *exercise.roots}
    inner = [x for x in range(n, nodes(exercise.program)) if x not in unasked]
    kept  = inner if any(outcome.grads[x] for x in inner) else []
    asked = [*kept[::-1], *(x for x in reversed(range(n)) if x not in unasked)]
    return next((x for x in asked if outcome.grads[x] is not None
                 and differs(outcome.grads[x], right.grads[x], right.grad_within[x])), None)


def guilty(given: object, want: float, sent: list[float]) -> int:
    """Which of the messages to a node is missing or wrong, judging by what arrived."""
    if isinstance(given, float):
        for k, message in enumerate(sent):
            if message and math.isclose(given, want - message, rel_tol=1e-9, abs_tol=1e-12):
                return k
        for k, message in enumerate(sent):
            if len(sent) > 1 and math.isclose(given, message, rel_tol=1e-9):
                return 0 if k else 1
    return len(sent) - 1


def step_text(step: Step, named: list[str]) -> str:
    return OPERATIONS[step.op].python.format(*[named[x] if isinstance(x, int) else f"{x.number:g}"
                                               for x in step.operands])


def shown(x: object) -> str:
    """A number to the digits that matter, without a minus before 0, or what was given in its place."""
    return x if isinstance(x, str) else "-" if x is None else exact(unsigned(x))


def unsigned(x: object) -> object:
    """0.0 for -0.0: no slope depends on that sign, and a reader would look for its cause."""
    return 0.0 if isinstance(x, float) and x == 0 else x


def amount(x: float) -> str:
    """A number on an edge: all its digits while they are few."""
    return "0" if x == 0 else exact(x) if len(exact(x)) <= 10 else digits(x, 6)
