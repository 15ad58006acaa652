"""DOT: a graph as Graphviz reads it, written statement by statement.

    picture = Dot("graph", node={"shape": "box"})
    picture.node("n0", label=lines('x, named "x"', "data 2"))
    picture.edge("n0", "n1", style="dashed")
    str(picture)

Foreign text becomes harmless in one place: `escaped` takes the meaning from backslashes and entities,
and every value that is not a plain word or number is put into quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .text import visible

BARE     = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)")
KEYWORDS = frozenset(("node", "edge", "graph", "digraph", "subgraph", "strict"))


class Dot:
    """A directed graph or a part of one; graph, node and edge are what holds for all that is in it."""

    def __init__(self, name: str = "", *, graph: Mapping[str, str] | None = None,
                 node: Mapping[str, str] | None = None, edge: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.statements = [f"{kind}{listed(given)}" for kind, given in
                           (("graph", graph), ("node", node), ("edge", edge)) if given]

    def node(self, name: str, **attributes: str) -> None:
        """A box; what an arrow leads to without it becomes a box too."""
        self.statements.append(quoted(name) + listed(attributes))

    def edge(self, tail: str, head: str, **attributes: str) -> None:
        """An arrow."""
        self.statements.append(f"{quoted(tail)} -> {quoted(head)}{listed(attributes)}")

    def own(self, **attributes: str) -> None:
        """What holds for the graph or part itself, not for the parts in it: the colour of a frame."""
        self.statements.append(paired(sorted(attributes.items())))

    def part(self, part: Dot) -> None:
        """A part, written as it is now; one whose name begins with "cluster" gets a frame."""
        head = f"subgraph {quoted(part.name)} {{" if part.name else "{"
        self.statements += [head, *("\t" + line for line in part.statements), "}"]

    def __str__(self) -> str:
        head = f"digraph {quoted(self.name)} {{" if self.name else "digraph {"
        return "\n".join([head, *("\t" + line for line in self.statements), "}\n"])


def below_each_other(names: Sequence[str]) -> Dot:
    """The part that holds these boxes in one column, in their order."""
    column = Dot(graph={"rank": "same"})
    for one, other in zip(names, names[1:]):
        column.edge(one, other, style="invis")
    return column


def listed(attributes: Mapping[str, str]) -> str:
    """ [label=x color=red]: the label first, the others by name, so that the same graph is the same bytes."""
    ordered = sorted(attributes.items(), key=lambda item: (item[0] != "label", item[0]))
    return f" [{paired(ordered)}]" if ordered else ""


def paired(attributes: list[tuple[str, str]]) -> str:
    return " ".join(f"{name}={quoted(value)}" for name, value in attributes)


def quoted(text: str) -> str:
    """A word or a number as it is, anything else in quotes. A backslash keeps its meaning: `escaped` takes
    it."""
    if BARE.fullmatch(text) and text.lower() not in KEYWORDS:
        return text
    return '"' + text.replace('"', '\\"') + '"'


def escaped(text: object, limit: int = 60) -> str:
    """Foreign text for a value: no escape sequence, no entity, nothing invisible."""
    return visible(text, limit).replace("\\", "\\\\").replace("&", "&amp;")


def lines(*texts: object) -> str:
    """A label of several lines of foreign text."""
    return "\\n".join(map(escaped, texts))
