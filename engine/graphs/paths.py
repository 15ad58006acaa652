"""Paths: the ways from a node to the result, counted, summed and ranked without listing them all.

    d(root)/d(v) = sum over all paths from v to root of the product of the partials on the path

A network of a few layers has millions of paths, so the sums are taken node by node from the root
down (dynamic programming), and the largest paths are found by a search that knows the best way on.

    share    one path's product of partials
    dead     a path with a partial 0 on it: its share is 0
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import inf, log
from typing import NamedTuple, TypeAlias

from .edges import Edge
from .graph import Graph
from ..careful import added
from ..value import Constant, Number, Value

LARGEST_COUNT = 2 ** 4096     # beyond, counting exactly would take more room than the graph


Way: TypeAlias = "tuple[Edge, Way] | None"    # an edge and the way to it: ways that fork share what is before


class Path(NamedTuple):
    """One way from a node to the root: its edges in order, and the product of their partials."""

    share: Number
    edges: list[Edge]


class Paths:
    """All paths from a node of the graph to its root.

    Raises:
        ValueError: the node is not in the graph, or is a plain number, which has no gradient.
    """

    def __init__(self, graph: Graph, start: Value | str) -> None:
        self.graph = graph
        self.start = start = graph.find(start)
        if type(start) is Constant:
            raise ValueError(f"{graph.symbol(start)} is a plain number, and nobody keeps the slope of one: "
                             f"make it Value({start.data!r}) before the forward pass")
        self.cone = graph.above(start)                        # nodes on some path
        root = graph.root
        self.slope:    dict[Value, Number] = {root: 1}        # d(root)/d(v)
        self.absolute: dict[Value, Number] = {root: 1}        # the same with every partial taken positive
        self.counts:   dict[Value, int]    = {root: 1}
        self.alive:    dict[Value, int]    = {root: 1}        # paths without a partial 0
        self.best:     dict[Value, float]  = {root: 0.0}      # log of the largest |share| from here on
        for v in reversed([v for v in graph.nodes if v in self.cone and v is not root]):
            uses = graph.uses[v]
            self.slope[v]    = added([edge.partial * self.slope[edge.z] for edge in uses])
            self.absolute[v] = added([abs(edge.partial) * self.absolute[edge.z] for edge in uses])
            self.counts[v]   = min(LARGEST_COUNT, sum([self.counts[edge.z] for edge in uses]))
            self.alive[v]    = min(LARGEST_COUNT,
                                   sum([self.alive[edge.z] for edge in uses if edge.partial != 0]))
            self.best[v]     = max([size(edge) + self.best[edge.z] for edge in uses if edge.partial != 0],
                                   default=-inf)

    @property
    def count(self) -> int:
        """How many paths there are."""
        return self.counts[self.start]

    @property
    def dead(self) -> int:
        """How many of them carry nothing, for a partial on them is 0."""
        return self.count - self.alive[self.start]

    @property
    def total(self) -> Number:
        """The sum of all shares: d(root)/d(start)."""
        return self.slope[self.start]

    @property
    def cancellation(self) -> float:
        """|sum of shares| / sum of |shares|: 1 where all pull one way, near 0 where they cancel."""
        whole = self.absolute[self.start]
        return float(abs(self.total) / whole) if whole != 0 else 1.0

    def largest(self, k: int) -> list[Path]:
        """The k paths with the largest |share|, the largest first; dead ones are left out."""
        found: list[Path] = []
        if self.best[self.start] == -inf:
            return found
        heap: list[tuple[float, int, float, Value, Way]] = [(-self.best[self.start], 0, 0.0, self.start,
                                                             None)]
        tick = 0
        while heap and len(found) < k:
            _, _, gone, v, way = heappop(heap)
            if v is self.graph.root:
                found.append(unrolled(way))
                continue
            for edge in reversed(self.graph.uses[v]):
                if edge.partial != 0 and self.best[edge.z] > -inf:
                    tick -= 1                                 # of equals, the last one pushed comes first
                    here = gone + size(edge)
                    heappush(heap, (-(here + self.best[edge.z]), tick, here, edge.z, (edge, way)))
        return found


def size(edge: Edge) -> float:
    """log |partial|; an infinite or undefined slope counts as the largest."""
    partial = abs(edge.partial)
    return log(partial) if 0 < partial < inf else -inf if partial == 0 else 1e300


def unrolled(way: Way) -> Path:
    """The path of a way."""
    edges: list[Edge] = []
    while way:
        edge, way = way
        edges.append(edge)
    edges.reverse()
    share: Number = 1
    for edge in reversed(edges):
        share = edge.partial * share
    return Path(share, edges)
