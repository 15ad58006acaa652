"""Edges: the nodes and edges that a result depends on, in an order that is always the same."""

from __future__ import annotations

from typing import NamedTuple

from ..value import Number, Value, topological_order


class Edge(NamedTuple):
    """z was made from operand; partial = dz/d(operand) at the recorded point."""

    operand:  Value
    z:        Value
    position: int
    partial:  Number


def nodes_of(root: Value) -> list[Value]:
    """Every Value that root depends on, root included, each once, after its operands."""
    nodes: list[Value] = []
    seen: set[Value] = set()
    for z in topological_order(root) or [root]:
        for v in (*z.operands, z):
            if v not in seen:
                seen.add(v)
                nodes.append(v)
    return nodes


def edges_into(z: Value) -> list[Edge]:
    """The edges from the operands of z."""
    return [Edge(operand, z, i, partial) for i, (operand, partial) in enumerate(zip(z.operands, z.partials))]
