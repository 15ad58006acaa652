"""Printing: a picture as PNG or PDF, drawn by matplotlib from the SVG that Graphviz made.

matplotlib brings its own fonts (Greek, arrows, mathematical signs), so a file looks the same on every
machine and no system library is needed. Graphviz and the lectures use few kinds of SVG element and
simple style sheets; these are they.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree

from ..extras import needed
from ..show.sizes import scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch
    from matplotlib.path import Path

SVG     = "{http://www.w3.org/2000/svg}"
NARROW  = 0.85  # matplotlib's font is wider than the one the boxes were measured for
PNG_DPI, PRINT_DPI = 144, 300      # as it is; in a size that is printed
ANCHORS: dict[str, Literal["left", "center", "right"]] = {
    "start": "left", "middle": "center", "end": "right"}


def printed(svg: str, form: str, size: str | None = None, dpi: float | None = None) -> bytes:
    """The SVG as "png" or "pdf" bytes.

    Args:
        size: of engine.show.sizes; by default a point for each unit of the SVG.
        dpi: the pixels of an inch of a PNG; by default 144, or 300 where a size is given.

    Raises:
        ModuleNotFoundError: matplotlib is not installed.
    """
    needed("matplotlib.figure", f"a .{form} file", "save as .svg or .html, which need nothing")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    root = ElementTree.fromstring(svg)
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    factor = scale(width, height, size) if size else 1.0
    figure = Figure(figsize=(width * factor / 72, height * factor / 72))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(left, left + width), ylim=(top + height, top))
    axes.axis("off")
    rules = [rule for style in root.iter(f"{SVG}style") for rule in rules_of(style.text or "")]
    waiting: list[tuple[ElementTree.Element, float, float, list[set[str]]]] = [(root, 0.0, 0.0, [])]
    while waiting:                                 # groups may be moved inside of groups that are
        item, dx, dy, outer = waiting.pop()
        move = re.search(r"translate\(([-\d.e]+)[ ,]+([-\d.e]+)\)", item.attrib.get("transform", ""))
        if move:
            dx, dy = dx + float(move[1]), dy + float(move[2])
        place(axes, item, look(item, outer, rules), dx, dy, factor)
        waiting += [(child, dx, dy, [*outer, marks(item)]) for child in reversed(item)]
    file = io.BytesIO()
    dpi  = min(dpi or (PRINT_DPI if size else PNG_DPI), 72 * 20_000 / max(width, height) / factor)
    figure.savefig(file, format=form, dpi=dpi, facecolor="white",
                   metadata={"CreationDate" if form == "pdf" else "Software": None})
    return file.getvalue()


def place(axes: Axes, item: ElementTree.Element, given: dict[str, str], dx: float, dy: float,
          factor: float) -> None:
    """One SVG element on the axes. given: its attributes and what the style says of it."""
    from matplotlib.patches import FancyBboxPatch, PathPatch
    kind  = item.tag.removeprefix(SVG)
    width = factor * float(given.get("stroke-width", "1").removesuffix("px"))
    if kind == "text":
        write(axes, "".join(item.itertext()).strip(" "), given, dx, dy, factor)
    elif kind in ("path", "polygon", "polyline", "rect"):
        fill, line = given.get("fill", "black"), given.get("stroke", "none")
        patch: Patch
        if kind == "rect":
            corner = float(given.get("rx", 0))
            patch = FancyBboxPatch((float(given.get("x", 0)) + dx, float(given.get("y", 0)) + dy),
                                   float(given["width"]), float(given["height"]),
                                   boxstyle=f"round,pad=0,rounding_size={corner}")
        else:
            patch = PathPatch(outline(given["d" if kind == "path" else "points"], kind, dx, dy))
        patch.set(facecolor=fill if fill != "transparent" else "none",
                  edgecolor=line if line != "transparent" else "none",
                  linewidth=width if line not in ("none", "transparent") else 0,
                  linestyle=dashes(given.get("stroke-dasharray", ""), width / factor),
                  fill=fill not in ("none", "transparent"),
                  alpha=float(given.get("stroke-opacity", 1)), clip_on=False)
        axes.add_patch(patch)


def write(axes: Axes, text: str, given: dict[str, str], dx: float, dy: float, factor: float) -> None:
    """A line of text, with the halo that keeps it apart from the lines behind it."""
    from matplotlib.patheffects import withStroke
    bold = given.get("font-weight", "normal") not in ("normal", "400")
    mono = "monospace" in given.get("font-family", "")
    halo = [withStroke(linewidth=factor * float(given.get("stroke-width", "1").removesuffix("px")),
                       foreground=given["stroke"])] if given.get("stroke", "none") != "none" else []
    size = float(given["font-size"].removesuffix("px")) * NARROW * (0.94 if bold else 1)
    axes.text(float(given["x"]) + dx, float(given["y"]) + dy, text,
              color=given.get("fill", "black"), ha=ANCHORS[given.get("text-anchor", "start")], va="baseline",
              fontsize=factor * size, fontweight="bold" if bold else "normal",
              fontfamily="DejaVu Sans Mono" if mono else "DejaVu Sans", parse_math=False, path_effects=halo)


def dashes(given: str, width: float) -> str | tuple[float, tuple[float, ...]]:
    """stroke-dasharray for matplotlib, which counts in widths of the line."""
    lengths = tuple(float(length) / width for length in re.findall(r"[\d.]+", given))
    return (0.0, lengths) if lengths else "-"


def outline(points: str, kind: str, dx: float, dy: float) -> Path:
    """The path of "M x,y C x,y x,y x,y L x,y ..." or of a list of corners."""
    from matplotlib.path import Path
    steps = {"M": int(Path.MOVETO), "C": int(Path.CURVE4), "L": int(Path.LINETO)}
    pieces = re.findall(r"([MCL])([^MCL]*)", points) if kind == "path" else [("M", points)]
    corners: list[tuple[float, float]] = []
    codes: list[int] = []
    for letter, listed in pieces:
        numbers = [float(x) for x in re.findall(r"-?[\d.]+(?:e-?\d+)?", listed)]
        found   = list(zip(numbers[::2], numbers[1::2]))
        corners += [(x + dx, y + dy) for x, y in found]
        codes   += [steps[letter]] * (1 if letter == "M" else len(found))
        codes   += [steps["L"]] * (len(corners) - len(codes))      # corners after the first
    return Path(corners, codes)


# --- style sheets ---------------------------------------------------------------------------------

def rules_of(style: str) -> list[tuple[list[set[str]], dict[str, str]]]:
    """The rules of a style sheet of ours, the weaker first: whom each is about, and what it says."""
    found = []
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", style):
        says = {name.strip(): value.strip() for name, _, value in
                (line.partition(":") for line in body.split(";") if ":" in line)}
        font = re.fullmatch(r"(?:(\S+) )?(\S+px) (.+)", says.pop("font", ""))     # 600 15px Menlo,monospace
        if font:
            says = {"font-weight": font[1] or "normal", "font-size": font[2], "font-family": font[3], **says}
        found += [([set(re.findall(r"\.?[\w-]+", part)) for part in selector.split()], says)
                  for selector in selectors.split(",")]
    return sorted(found, key=lambda rule: sum(mark.startswith(".") for part in rule[0] for mark in part))


def marks(item: ElementTree.Element) -> set[str]:
    """What a selector can name: the kind of the element, and its classes."""
    return {item.tag.removeprefix(SVG), *(f".{name}" for name in item.attrib.get("class", "").split())}


def look(item: ElementTree.Element, outer: list[set[str]],
         rules: list[tuple[list[set[str]], dict[str, str]]]) -> dict[str, str]:
    """The attributes of the element, and over them what the rules say."""
    given, own = dict(item.attrib), marks(item)
    for (*around, last), says in rules:
        if last <= own and within(around, outer):
            given |= says
    return given


def within(around: list[set[str]], outer: list[set[str]]) -> bool:
    """Whether the elements around it have these marks, from the outside in."""
    remaining = iter(outer)
    return all(any(part <= one for one in remaining) for part in around)
