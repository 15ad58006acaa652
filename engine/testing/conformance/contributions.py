"""Contributions: what each edge must add to the gradient of its operand, and what it added, by simulation.

    told(graph, exercise, outcome, model)        # the graph, with the edge that adds something else marked
"""

from __future__ import annotations

import math
from typing import TypeAlias

from .attempts import Outcome
from .exercises import Exercise, nodes
from .outlines import amount
from .pictures import Outline
from .simulation import Edge, Mistake, Model, World, agrees, simulate

Place: TypeAlias = tuple[int, int, int]                      # operand, result, place among the operands


class Books:
    """What was entered along each edge; `last` is (before, message) where a message replaced a sum."""

    def __init__(self) -> None:
        self.added:    dict[Place, float] = {}
        self.replaced: dict[Place, tuple[float, float]] = {}
        self.sizes:    set[int] = set()

    def enter(self, world: World, edge: Edge, message: float, sum: float) -> float:
        """A change of an arrival that changes nothing."""
        z, k  = edge
        x     = world.operands[z][k]
        place = (x, z, world.place(edge))
        before = world.grads[x]
        self.sizes.add(len(world.data))
        self.added[place] = self.added.get(place, 0.0) + (sum - before)
        if sum == message and before not in (0.0, message):
            self.replaced[place] = before, message
        return sum


def told(graph: Outline, exercise: Exercise, outcome: Outcome, model: Model) -> Outline:
    """The graph with the first edge, from the output backwards, that adds something else than it must; the
    graph itself where the simulation does not give what was seen, or cannot be laid on it."""
    if (not graph or exercise.how != "once" or exercise.value is not None or exercise.slopes is not None
            or outcome.error or not agrees(model, exercise, outcome)):
        return graph
    right = entered(exercise, Model(sort=model.sort))
    given = entered(exercise, model)
    if right is None or given is None or simulate(exercise, model).data != simulate(exercise, Model()).data:
        return graph
    edges = sorted((tuple(edge) for edge in graph["edges"]), key=lambda edge: (-edge[0], -edge[1], edge[2]))
    for x, z, k in edges:
        must, added = (books.added.get((x, z, k), 0.0) for books in (right, given))
        if not math.isclose(must, added, rel_tol=1e-9, abs_tol=1e-12) and must == must:
            over  = given.replaced.get((x, z, k))
            says  = f"wrote {amount(over[1])} over {amount(over[0])}" if over else f"added {amount(added)}"
            return {**graph, "marked": [x, z, k], "must": f"must add {amount(must)}", "added": says}
    return graph


def entered(exercise: Exercise, model: Model) -> Books | None:
    """The books of a simulated pass; None if the model makes operations of others, which has other edges."""
    books = Books()
    try:
        simulate(exercise, model.having(Mistake("", "", "arrival", books.enter)))
    except (ArithmeticError, ValueError, TypeError):         # it leads out of a domain
        return None
    return books if books.sizes <= {nodes(exercise.program)} else None

