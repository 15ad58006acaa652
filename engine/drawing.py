"""draw: a computation graph as a picture, x on the left and the loss on the right.

    >>> from engine import Value
    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> J = w * x
    >>> J.backward()
    >>> draw(J).save("J.svg")                                                # doctest: +SKIP

Every box shows the name, the number (data) and the gradient; every edge shows the partial, the
slope of the box on its right with respect to the box on its left. Following a path, the product of
the numbers on its edges is that path's share of the gradient: the chain rule, drawn.
"""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any

from . import text
from .graph import Edge, Graph
from .primitives import TABLE
from .rendering import layout, render
from .text import digits
from .value import Constant, Value

SCALAR_LIMIT = 3000      # nodes: above, the picture would be metres wide
FONT = "Helvetica,Arial,sans-serif"

#               border     fill         Okabe-Ito, told apart without colour by shape and by the word in the tooltip
COLOURS = {
    "input":     ("#0072B2", "#DCEBF5"),
    "weight":    ("#E69F00", "#FCF0D8"),
    "bias":      ("#B59A00", "#FBF8DC"),
    "target":    ("#CC79A7", "#F7E8F0"),
    "constant":  ("#999999", "#FFFFFF"),
    "operation": ("#444444", "#FFFFFF"),
    "root":      ("#D55E00", "#FBE6D9"),
}


class Drawing:
    """A picture of a graph: its DOT source, its SVG, and files of either."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @cached_property
    def source(self) -> str:
        """The DOT text: the same graph gives the same bytes."""
        import graphviz
        picture = graphviz.Digraph("graph", graph_attr={"rankdir": "LR", "ranksep": "0.45", "nodesep": "0.18",
                                                        "bgcolor": "transparent", "tooltip": " "})
        picture.attr("node", shape="box", style="filled,rounded", fontname=FONT, fontsize="12", margin="0.09,0.05",
                     height="0.3", width="0.3")
        picture.attr("edge", fontname=FONT, fontsize="10", color="#666666", fontcolor="#0072B2", arrowsize="0.6")
        for v in self.graph.nodes:
            picture.node(self.graph.id(v), **self.node_style(v))
        for edge in self.graph.edges:
            picture.edge(self.graph.id(edge.operand), self.graph.id(edge.z), **self.edge_style(edge))
        return str(picture.source)

    def node_style(self, v: Value) -> dict[str, str]:
        role = self.graph.role(v)
        border, fill = COLOURS[role]
        lines = self.lines(v)
        return {"id": self.graph.id(v), "label": "".join(text.dot(line) + "\\n" for line in lines)[:-2],
                "color": border, "fillcolor": fill, "tooltip": text.dot(f"{role}: {' '.join(lines)}", 200),
                **({"shape": "plain", "style": ""} if role == "constant" and len(lines) == 1 else {}),
                **({"penwidth": "2"} if role == "root" else {})}

    def lines(self, v: Value) -> list[str]:
        """What the box of v says: name and operation, number, gradient. A constant is its number."""
        name = self.graph.name(v)
        if type(v) is Constant and name == digits(v.data):
            return [name]
        symbol = TABLE[v.op].symbol if v.op else ""
        head   = f"{name} = {symbol}" if name and symbol else name or symbol
        return [*filter(None, [head]), f"data {digits(v.data)}", *([f"grad {self.graph.grad(v)}"] if self.graph.grad(v) else [])]

    def edge_style(self, edge: Edge) -> dict[str, str]:
        ident = f"e{self.graph.index[edge.z]}_{edge.position}"
        return {"id": ident, **({} if type(edge.operand) is Constant else {"label": f" {digits(edge.partial)} "})}

    # --- media ------------------------------------------------------------------------------------

    def svg(self) -> str:
        """The picture as one <svg> element, with a description for screen readers."""
        return accessible(render(self.source), self.description)

    @property
    def description(self) -> str:
        """The picture in words: its alt text."""
        graph = self.graph
        return (f"Computation graph of {text.visible(graph.symbol(graph.root))} = {digits(graph.root.data)}: "
                f"{len(graph.nodes)} nodes, {sum(len(z.operands) for z in graph.nodes)} edges, leaves on the left, result on the right")

    @cached_property
    def layout(self) -> dict[str, Any]:
        """Where everything stands, in points, y downwards: {"width", "height", "nodes", "edges"} by id."""
        return layout(self.source)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture; the ending of the name says how: .svg or .dot.

        Raises:
            ValueError: the ending is none of these.
            OSError: the file cannot be written.
        """
        target = Path(path)
        media = {".svg": self.svg, ".dot": lambda: self.source}
        if target.suffix.lower() not in media:
            raise ValueError(f"no picture can be written to {text.visible(target.name)!r}: its name must end in "
                             f"{', '.join(media)}")
        target.write_text(media[target.suffix.lower()](), encoding="utf-8")
        return target

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self.description, "image/svg+xml": self.svg()}

    def __repr__(self) -> str:
        return f"<{self.description}>"


def draw(root: Value | Graph, *, max_nodes: int = SCALAR_LIMIT) -> Drawing:
    """The graph that ends in root, as a picture to show, or to save with .save("graph.svg").

    Raises:
        TypeError: root is not a Value.
        ValueError: the graph has more than max_nodes nodes.
    """
    graph = root if isinstance(root, Graph) else Graph(root)
    if len(graph.nodes) > max_nodes:
        raise ValueError(f"this graph has {len(graph.nodes)} nodes, and a picture of more than {max_nodes} cannot be read: "
                         'write draw(root, view="unit") or draw(root, view="layer")')
    return Drawing(graph)


def mimebundle(x: Value) -> dict[str, str]:
    """What Jupyter shows for a Value: its graph, if that is small enough to read; always its text."""
    bundle = {"text/plain": repr(x)}
    try:
        return bundle | {"image/svg+xml": draw(x, max_nodes=150).svg()}
    except (ValueError, RuntimeError):               # too large, or nothing to draw with: the text stands alone
        return bundle


def accessible(svg: str, description: str) -> str:
    """Graphviz's SVG without XML prologue and links, with a title: it can stand inside a page."""
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    label = text.html(description, 400)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
