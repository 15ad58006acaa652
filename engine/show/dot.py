"""DOT: a graph as Graphviz reads it, written by the package graphviz.

    picture = Dot("graph", node={"shape": "box"})
    picture.node("n0", label=lines('x, named "x"', "data 2"))
    picture.edge("n0", "n1", style="dashed")
    str(picture)

Foreign text becomes harmless in one place: `escaped` takes the meaning from backslashes and entities, and
no value is read as HTML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..extras import needed
from .text import visible


class Dot:
    """A directed graph or a part of one; graph, node and edge are what holds for all that is in it.

    Raises:
        ModuleNotFoundError: the package graphviz is not installed.
    """

    def __init__(self, name: str = "", *, graph: Mapping[str, str] | None = None,
                 node: Mapping[str, str] | None = None, edge: Mapping[str, str] | None = None) -> None:
        graphviz   = needed("graphviz", "draw")
        self.plain = graphviz.nohtml                     # <b> in a label is a label, not a bold b
        self.drawn = graphviz.Digraph(name or None, graph_attr=graph, node_attr=node, edge_attr=edge)

    def node(self, name: str, **attributes: str) -> None:
        """A box; what an arrow leads to without it becomes a box too."""
        self.drawn.node(name, **self.values(attributes))

    def edge(self, tail: str, head: str, **attributes: str) -> None:
        """An arrow."""
        self.drawn.edge(tail, head, **self.values(attributes))

    def own(self, **attributes: str) -> None:
        """What holds for the graph or part itself, not for the parts in it: the colour of a frame."""
        self.drawn.attr(**self.values(attributes))

    def part(self, part: Dot) -> None:
        """A part, written as it is now; one whose name begins with "cluster" gets a frame."""
        self.drawn.subgraph(part.drawn)

    def values(self, attributes: Mapping[str, str]) -> dict[str, str]:
        return {name: self.plain(value) for name, value in attributes.items()}

    def __str__(self) -> str:
        return str(self.drawn.source)


def below_each_other(names: Sequence[str]) -> Dot:
    """The part that holds these boxes in one column, in their order."""
    column = Dot(graph={"rank": "same"})
    for one, other in zip(names, names[1:]):
        column.edge(one, other, style="invis")
    return column


def escaped(text: object, limit: int = 60) -> str:
    """Foreign text for a value: no escape sequence, no entity, nothing invisible."""
    return visible(text, limit).replace("\\", "\\\\").replace("&", "&amp;")


def lines(*texts: object) -> str:
    """A label of several lines of foreign text."""
    return "\\n".join(map(escaped, texts))
