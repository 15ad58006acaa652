"""Printing: a picture as PNG or PDF, drawn by matplotlib from the SVG that Graphviz made.

matplotlib brings its own fonts (Greek, arrows, mathematical signs), so a file looks the same on every
machine and no system library is needed. Graphviz uses five kinds of SVG element; these are they.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree

from ..extras import needed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

SVG     = "{http://www.w3.org/2000/svg}"
NARROW  = 0.85  # matplotlib's font is wider than the one the boxes were measured for
PNG_DPI = 144
ANCHORS: dict[str, Literal["left", "center", "right"]] = {
    "start": "left", "middle": "center", "end": "right"}


def printed(svg: str, form: str) -> bytes:
    """The SVG as "png" or "pdf" bytes.

    Raises:
        ModuleNotFoundError: matplotlib is not installed.
    """
    needed("matplotlib.figure", f"a .{form} file", "save as .svg or .html, which need nothing")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    root = ElementTree.fromstring(svg)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    figure = Figure(figsize=(width / 72, height / 72))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    waiting = [(root, 0.0, 0.0)]
    while waiting:                                 # groups may be moved inside of groups that are
        item, dx, dy = waiting.pop()
        move = re.search(r"translate\(([-\d.e]+)[ ,]+([-\d.e]+)\)", item.attrib.get("transform", ""))
        if move:
            dx, dy = dx + float(move[1]), dy + float(move[2])
        place(axes, item, dx, dy)
        waiting += [(child, dx, dy) for child in reversed(item)]
    file = io.BytesIO()
    dpi  = min(PNG_DPI, 72 * 20_000 / max(width, height))
    figure.savefig(file, format=form, dpi=dpi, facecolor="white",
                   metadata={"CreationDate" if form == "pdf" else "Software": None})
    return file.getvalue()


def place(axes: Axes, item: ElementTree.Element, dx: float, dy: float) -> None:
    """One SVG element on the axes."""
    from matplotlib.patches import PathPatch
    kind, given = item.tag.removeprefix(SVG), item.attrib
    if kind == "text":
        bold = given.get("font-weight") == "bold"
        axes.text(float(given["x"]) + dx, float(given["y"]) + dy, "".join(item.itertext()).strip(" "),
                  color=given.get("fill", "black"), ha=ANCHORS[given["text-anchor"]], va="baseline",
                  fontsize=float(given["font-size"]) * NARROW * (0.9 if bold else 1),
                  fontweight="bold" if bold else "normal", fontfamily="DejaVu Sans", parse_math=False)
    elif kind in ("path", "polygon", "polyline"):
        fill, line = given.get("fill", "black"), given.get("stroke", "black")
        axes.add_patch(PathPatch(
            outline(given["d" if kind == "path" else "points"], kind, dx, dy),
            facecolor=fill if fill != "transparent" else "none",
            edgecolor=line if line != "transparent" else "none",
            linewidth=float(given.get("stroke-width", 1)),
            linestyle="--" if given.get("stroke-dasharray") else "-",
            fill=fill not in ("none", "transparent"),
            alpha=float(given.get("stroke-opacity", 1)), clip_on=False))


def outline(points: str, kind: str, dx: float, dy: float) -> Path:
    """The path of "M x,y C x,y x,y x,y ..." or of a list of corners."""
    from matplotlib.path import Path
    corners = [(float(x) + dx, float(y) + dy) for x, y in re.findall(r"(-?[\d.e-]+),(-?[\d.e-]+)", points)]
    step = Path.CURVE4 if kind == "path" else Path.LINETO
    return Path(corners, [Path.MOVETO] + [step] * (len(corners) - 1))
