"""Pictures: the graph of a finding twice, as it should be and as the engine has it, with the first differing
edge marked."""

from __future__ import annotations

import math
from typing import Any

from ...show.text import html, visible

BLUE, VERMILLION, GREY = "#0072B2", "#D55E00", "#555555"


# --- text -----------------------------------------------------------------------------------------------

def drawn_text(graph: dict[str, Any]) -> list[str]:
    """The nodes, output first, with both answers, each with the edges to its operands; the first differing
    edge is marked."""
    if not graph:
        return []
    nodes = graph["nodes"]
    lines = [f"{'graph':<14}{'right: data, grad':<28}given: data, grad"]
    for k in range(len(nodes) - 1, -1, -1):
        differs = "" if agree(nodes[k]) else "   *"
        right, given = pair(nodes[k]["right"]), pair(nodes[k]["given"])
        lines.append(f"  {title(nodes, k):<12}{right:<28}{given}{differs}")
        for edge in graph["edges"]:
            if edge[1] == k:
                mark = "   <== the first differing edge" if graph["marked"] == edge else ""
                lines.append(f"    from {title(nodes, edge[0])}{mark}")
    return lines


def title(nodes: list[dict[str, Any]], k: int) -> str:
    """The name of a node, or its operation if it has none."""
    return nodes[k]["name"] or f"({nodes[k]['op']})"


def pair(texts: list[str]) -> str:
    return ", ".join(map(four_digits, texts))


def four_digits(text: str) -> str:
    """A number to 4 digits; other things as they are, cut."""
    try:
        return f"{float(text):.4g}"
    except ValueError:
        return visible(text, 24)


def agree(node: dict[str, Any]) -> bool:
    """Whether the given data and gradient look like the right ones."""
    return all(same(right, given) for right, given in zip(node["right"], node["given"]))


def same(right: str, given: str) -> bool:
    try:
        return math.isclose(float(right), float(given), rel_tol=1e-12)
    except ValueError:
        return right == given or right == "-"


# --- SVG, by Graphviz ---------------------------------------------------------------------------------------

def drawn_svg(graph: dict[str, Any], which: str) -> str:
    """The graph as SVG text; which: "right" or "given".

    Raises:
        RuntimeError: there is no Graphviz to draw with.
    """
    from ...pictures.graphviz import render
    svg = render(dot_source(graph, which))
    svg = svg[svg.index("<svg"):]
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html(described(graph, which), 600)}" ', 1)


def described(graph: dict[str, Any], which: str) -> str:
    """The picture in words."""
    nodes = graph["nodes"]
    said  = [f"{title(nodes, k)}: data {four_digits(node[which][0])}, grad {four_digits(node[which][1])}"
             for k, node in enumerate(nodes)]
    if graph["marked"]:
        said.append("first differing edge: {} to {}".format(*(title(nodes, k) for k in graph["marked"][:2])))
    return f"the {which} graph: {'; '.join(said)}"


def dot_source(graph: dict[str, Any], which: str) -> str:
    """The DOT text of one of the two graphs."""
    lines = ['digraph {', 'rankdir=LR; bgcolor="transparent"; nodesep=0.25; ranksep=0.45;',
             'node [shape=box, style=rounded, fontname="Helvetica", fontsize=12, margin="0.12,0.06"];',
             'edge [fontname="Helvetica", fontsize=11, arrowsize=0.7];']
    for k, node in enumerate(graph["nodes"]):
        wrong = which == "given" and not agree(node)
        data, grad = map(four_digits, node[which])
        head  = " = ".join(filter(None, [node["name"], node["op"]])) if node["op"] else node["name"]
        look  = f', color="{VERMILLION}", penwidth=2, style="rounded,dashed"' if wrong else ""
        lines.append(f'n{k} [label={quoted(f"{head}", f"data {data}", f"grad {grad}")}{look}];')
    for edge in graph["edges"]:
        twin = sum(other[:2] == edge[:2] for other in graph["edges"]) > 1
        look = ' [label=" "]' if twin else ""                # a label keeps two edges apart
        if edge == graph["marked"]:
            colour, words = (VERMILLION, "differs here") if which == "given" else (BLUE, "should be")
            look = f' [color="{colour}", fontcolor="{colour}", penwidth=3, label={quoted(words)}]'
        lines.append(f"n{edge[0]} -> n{edge[1]}{look};")
    return "\n".join([*lines, "}"])


def quoted(*lines: str) -> str:
    """A DOT string of one or more lines."""
    safe = [visible(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines]
    return '"' + "\\n".join(safe) + '"'
