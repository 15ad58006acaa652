"""Brackets: repeated operands as one box, "w1 ... w64", so that a drawing keeps its shape.

    level 1   at least FEW leaves of one role and one stem that feed the same boxes
    level 2   those that feed boxes of one family: all weights of a layer
    level 3   also the boxes of a family themselves: all z of a layer

    stem      a name without its number: "w" of w12, "W1" of W1[2,3]
    family    what is made by the same operation, from as far away, under the same stem

The members of a bracket are equally far from the leaves, so none is computed from another, and a graph of
brackets has no circle.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import TypeAlias

from .graph import Graph
from ..value import Value

Key: TypeAlias = tuple[str, Hashable]      # of a box: its group, and which one of that group

FEW    = 4             # fewer are drawn one by one
LEVELS = (1, 2, 3)
MIDDLE = " ... "       # between the first name and the last


class Brackets:
    """The brackets of a graph whose boxes are told by `key`; `hidden` nodes are not drawn."""

    def __init__(self, graph: Graph, level: int, key: Callable[[Value], Key],
                 hidden: Callable[[Value], bool]) -> None:
        self.graph, self.level, self.key = graph, level, key
        alike: dict[Hashable, dict[Key, list[Value]]] = {}
        for v in graph.nodes:
            kind = None if hidden(v) or v is graph.root else self.kind(v)
            if kind is not None:
                alike.setdefault(kind, {}).setdefault(key(v), [])
        ends = {one: kind for kind, boxes in alike.items() if len(boxes) >= FEW for one in boxes}
        self.members: dict[str, list[Value]] = {}
        found: dict[Hashable, list[Value]] = {}
        for v in graph.nodes:
            if not hidden(v) and key(v) in ends:
                found.setdefault(ends[key(v)], []).append(v)
        for members in found.values():
            self.members[self.title(members)] = members

    def kind(self, v: Value) -> Hashable:
        """What the members of a bracket share; None for what is in none."""
        group, _ = self.key(v)
        users = [edge.z for edge in self.graph.uses[v]]
        if not v.operands:
            if group != "value":
                return None
            ends = tuple(dict.fromkeys(self.key(z) if self.level == 1 else self.family(z) for z in users))
            return "leaf", self.graph.role(v), stem(self.graph.name(v)), ends
        end = group in ("value", "z", "neuron") and any(self.key(z) != self.key(v) for z in users)
        return self.family(v) if end and self.level == 3 else None

    def family(self, v: Value) -> Hashable:
        return self.key(v)[0], v.op, stem(self.graph.name(v)), self.graph.levels[v]

    def title(self, members: list[Value]) -> str:
        """The first name and the last; unfold=[...] takes it."""
        shown = [v for v in members if v.operands and any(self.key(edge.z) != self.key(v)
                                                          for edge in self.graph.uses[v])] or members
        names = sorted({self.graph.symbol(v) for v in shown}, key=natural)
        if len(names) < len(shown):                       # equal labels tell nothing apart
            names = [f"{names[0]} {self.graph.id(shown[0])}", f"{names[-1]} {self.graph.id(shown[-1])}"]
        return f"{names[0]}{MIDDLE}{names[-1]}"

    def bracket_of(self, what: Value | str) -> str | None:
        """The title of the bracket that is called so, or that holds this node, or the first name of such a
        title."""
        if isinstance(what, str) and what in self.members:
            return what
        name = what.split(MIDDLE)[0] if isinstance(what, str) else what
        for title, members in self.members.items():
            if any(v is name or (isinstance(name, str) and name in (self.graph.name(v), self.graph.id(v)))
                   for v in members):
                return title
        return None


def stem(name: str) -> str:
    """The name without its number."""
    return name.split("[")[0] if "[" in name else re.sub(r"[\d_.()]*$", "", name)


def natural(name: str) -> list[tuple[bool, int, str]]:
    """So that w2 sorts before w10."""
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
            for part in re.split(r"(\d+)", name) if part]
