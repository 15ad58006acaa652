"""recording: the event log of one forward and one backward pass. Page, slides and terminal view all read it.

    node          one Value, by its position in `values`; operands come before what is made from them
    step          one thing to show: given numbers, a node computed, the seed, a node passing its gradient on
    contribution  partial * upstream, what a backward step adds to the grad of one operand

The pass is replayed on the side, from the recorded numbers and slopes: no `.grad` of the caller's graph
is read, and nothing in it is written. Every sum is made in the engine's own order, so that each gradient
is the engine's to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..explaining.arithmetic import OUT, Parts, called, formula, slope
from ..explaining.gates import NAME, sentence
from ..graphs.graph import Graph
from ..value import Constant, Number, Value, topological_order


class Contribution(NamedTuple):
    """One edge of the backward pass: operand.grad goes from `before` to `after` by partial * upstream."""

    operand:  int
    slope:    Parts          # the partial as a formula over node numbers
    partial:  Number
    upstream: Number
    product:  Number
    before:   Number
    after:    Number
    use:      int            # this is the use-th ...
    uses:     int            # ... of so many contributions to the operand

    @property
    def complete(self) -> bool:
        return self.use == self.uses


class Step(NamedTuple):
    """phase is "given", "forward", "seed", "backward" or "done"; node is the one in the spotlight."""

    phase:         str
    node:          int
    formula:       Parts
    contributions: tuple[Contribution, ...]
    sentence:      str


@dataclass
class Recording:
    """Every number of one forward and backward pass, in the order in which the engine makes them."""

    graph:  Graph
    values: list[Value]      # operands before the nodes made from them; the root last
    names:  list[str]
    roles:  list[str]
    grads:  list[Number]     # d(root)/d(node) after the pass
    steps:  list[Step]
    paths:  list[int]        # how many paths lead from the node to the root
    best:   list[int]        # the next node on the strongest of them; the root's is -1
    shares: list[Number]     # the product of the partials on it

    @property
    def root(self) -> int:
        return len(self.values) - 1

    @cached_property
    def formulas(self) -> dict[int, Parts]:
        """How each inner node is computed."""
        return {step.node: step.formula for step in self.steps if step.phase == "forward"}

    @cached_property
    def sent(self) -> list[Contribution | None]:
        """What goes along each edge, by operands of nodes in order; None to a plain number, whose gradient
        nobody keeps."""
        sent = {step.node: iter(step.contributions) for step in self.steps if step.phase == "backward"}
        return [None if type(x) is Constant else next(sent[k])
                for k, z in enumerate(self.values) for x in z.operands]

    @cached_property
    def edge_of(self) -> dict[tuple[int, int], int]:
        """The edge of each use of an operand."""
        return {(c.operand, c.use): e for e, c in enumerate(self.sent) if c}


def record(root: Value) -> Recording:
    """Replay the forward and the backward pass of root."""
    graph  = Graph(root)
    values, index = graph.nodes, graph.index
    names  = [called(graph, v, NAME) for v in values]
    roles  = [graph.role(v) for v in values]
    order  = topological_order(root)
    uses   = [0] * len(values)
    for z in order:
        for x in z.operands:
            uses[index[x]] += 1

    grads: list[Number] = [0] * len(values)
    count  = [0] * len(values)
    done   = len(values) - 1
    grads[done] = 1
    steps  = [Step("given", done, [], (), "The numbers that are given: inputs, weights, constants.")]
    steps += [Step("forward", index[z], over_nodes(formula(z), z, index), (), "") for z in order]
    steps += [Step("seed", done, [], (), "The derivative of the result with respect to itself is 1: the pass "
                   "starts.")]
    for z in reversed(order):
        sent = []
        for i, (x, partial) in enumerate(zip(z.operands, z.partials)):
            k, upstream = index[x], grads[index[z]]
            before, product = grads[k], partial * upstream
            grads[k] = before + product
            count[k] += 1
            if type(x) is not Constant:
                sent.append(Contribution(k, over_nodes(slope(z, i), z, index), partial, upstream, product,
                                         before, grads[k], count[k], uses[k]))
        steps.append(Step("backward", index[z], over_nodes(formula(z), z, index), tuple(sent),
                          sentence(graph, z, grads[index[z]])))
    steps.append(Step("done", done, [], (), "Every gradient is complete: each node has heard from all its "
                      "uses."))
    return Recording(graph, values, names, roles, grads, steps, *strongest(values, index))


def over_nodes(parts: Parts, z: Value, index: dict[Value, int]) -> Parts:
    """A formula over operand positions as one over node numbers."""
    return [p if isinstance(p, str) else index[z] if p == OUT else index[z.operands[p]] for p in parts]


def strongest(values: list[Value], index: dict[Value, int]) -> tuple[list[int], list[int], list[Number]]:
    """For each node the number of paths to the root, the next node on the one with the largest |product|, and
    that product."""
    paths  = [0] * (len(values) - 1) + [1]
    best   = [-1] * len(values)
    weight = [-1.0] * (len(values) - 1) + [1.0]
    shares: list[Number] = [int(z is values[-1]) for z in values]
    for z in reversed(values):
        for x, partial in zip(z.operands, z.partials):
            here, there = index[z], index[x]
            paths[there] += paths[here]
            size = magnitude(partial) * weight[here]
            if size > weight[there]:
                weight[there], best[there], shares[there] = size, here, partial * shares[here]
    return paths, best, shares


def magnitude(x: Number) -> float:
    """|x| as a float, infinite where x is a Fraction beyond the floats."""
    try:
        return abs(float(x))
    except OverflowError:
        return float("inf")
