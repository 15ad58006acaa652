"""Pictures: the graph of a finding twice, as it should be and as the engine has it, with the first differing
edge marked."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal, TypeAlias, TypedDict

from ...show.dot import Dot, lines
from ...show.numbers import reread
from ...show.palette import BLUE, VERMILLION
from ...show.text import html

GRAPH = {"bgcolor": "transparent", "nodesep": "0.25", "ranksep": "0.45"}
NODE  = {"shape": "box", "style": "rounded", "fontname": "Helvetica", "fontsize": "12", "margin": "0.12,0.06"}
EDGE  = {"fontname": "Helvetica", "fontsize": "11", "arrowsize": "0.7"}

Side: TypeAlias = Literal["right", "given"]


class Node(TypedDict):
    """A value of the program, with both answers: data and gradient, as text."""

    name:  str
    op:    str
    right: list[str]
    given: list[str]


class Difference(TypedDict, total=False):
    """Where the right and the given answers part."""

    marked: list[int] | None         # the first edge that differs
    step:   str                      # the operation whose message is wrong, ...
    wrong:  str                      # ... the node where that shows, ...
    right:  str                      # ... and both answers there
    given:  str
    must:   str                      # what the marked edge must add, and ...
    added:  str                      # ... what it added, where that is known


class Outline(Difference, total=False):
    """The graph of a finding, operands first; {} where there is none."""

    nodes:  list[Node]
    edges:  list[list[int]]          # operand, result, place among the operands


# --- text -----------------------------------------------------------------------------------------------

def drawn_text(graph: Outline) -> list[str]:
    """The nodes, output first, with both answers, each with the edges to its operands; the first differing
    edge is marked."""
    if not graph:
        return []
    nodes = graph["nodes"]
    said  = [f"{'graph':<14}{'right: data, grad':<28}given: data, grad"]
    for k in range(len(nodes) - 1, -1, -1):
        differs = "" if agree(nodes[k]) else "   *"
        right, given = pair(nodes[k]["right"]), pair(nodes[k]["given"])
        said.append(f"  {title(nodes, k):<12}{right:<28}{given}{differs}")
        for edge in graph["edges"]:
            if edge[1] == k:
                mark = f"   <== {noted(graph)}" if graph["marked"] == edge else ""
                said.append(f"    from {title(nodes, edge[0])}{mark}")
    return said


def noted(graph: Outline) -> str:
    """What is said of the marked edge."""
    return "the first differing edge" + (f": {amounts(graph)}" if amounts(graph) else "")


def amounts(graph: Outline) -> str:
    """must add 2.0, added 0"""
    return f"{graph['must']}, {graph['added']}" if graph.get("must") else ""


def title(nodes: Sequence[Node], k: int) -> str:
    """The name of a node, or its operation if it has none."""
    return nodes[k]["name"] or f"({nodes[k]['op']})"


def pair(texts: Sequence[str]) -> str:
    return ", ".join(map(reread, texts))


def agree(node: Node) -> bool:
    """Whether the given data and gradient look like the right ones."""
    return all(same(right, given) for right, given in zip(node["right"], node["given"]))


def same(right: str, given: str) -> bool:
    try:
        return math.isclose(float(right), float(given), rel_tol=1e-12)
    except ValueError:
        return right == given or right == "-"


# --- SVG, by Graphviz ---------------------------------------------------------------------------------------

def drawn_svg(graph: Outline, which: Side) -> str:
    """The graph as SVG text; which: "right" or "given".

    Raises:
        RuntimeError: there is no Graphviz to draw with.
    """
    from ...pictures.graphviz import render
    svg = render(dot_source(graph, which))
    svg = re.sub(r'(width|height)="([\d.]+)pt"', in_rem, svg[svg.index("<svg"):], count=2)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html(described(graph, which), 600)}" ', 1)


def in_rem(size: re.Match[str]) -> str:
    """A width or height that grows with the text of the page: 12 pt are 1 rem."""
    return f'{size[1]}="{float(size[2]) / 12:.3f}rem"'


def described(graph: Outline, which: Side) -> str:
    """The picture in words."""
    nodes = graph["nodes"]
    said  = [f"{title(nodes, k)}: data {reread(node[which][0])}, grad {reread(node[which][1])}"
             for k, node in enumerate(nodes)]
    if graph["marked"]:
        ends = " to ".join(title(nodes, k) for k in graph["marked"][:2])
        said.append(f"first differing edge: {ends}" + (f", which {amounts(graph)}" if amounts(graph) else ""))
    return f"the {which} graph: {'; '.join(said)}"


def depth(graph: Outline) -> int:
    """How many edges the longest way has: a long graph stands upright, to fit a phone."""
    far = [0] * len(graph["nodes"])
    for x, z, _ in sorted(graph["edges"], key=lambda edge: edge[1]):
        far[z] = max(far[z], far[x] + 1)
    return max(far, default=0)


def dot_source(graph: Outline, which: Side) -> str:
    """The DOT text of one of the two graphs."""
    picture = Dot(graph=GRAPH | {"rankdir": "TB" if depth(graph) > 1 else "LR"}, node=NODE, edge=EDGE)
    for k, node in enumerate(graph["nodes"]):
        wrong = which == "given" and not agree(node)
        data, grad = map(reread, node[which])
        head = " = ".join(filter(None, [node["name"], node["op"]])) if node["op"] else node["name"]
        look = {"color": VERMILLION, "penwidth": "2", "style": "rounded,dashed"} if wrong else {}
        picture.node(f"n{k}", label=lines(head, f"data {data}", f"grad {grad}"), **look)
    for edge in graph["edges"]:
        twin = sum(other[:2] == edge[:2] for other in graph["edges"]) > 1
        look = {"label": " "} if twin else {}                # a label keeps two edges apart
        if edge == graph["marked"]:
            colour, text = (VERMILLION, "#a63f00") if which == "given" else (BLUE, "#005f96")
            words = (amounts(graph) or "differs here") if which == "given" else graph.get("must", "should be")
            look = {"color": colour, "fontcolor": text, "penwidth": "3", "label": f"  {words}  "}
        picture.edge(f"n{edge[0]}", f"n{edge[1]}", **look)
    return str(picture)
