"""What the lectures share: tables, a progress bar, and pictures of one style that can be read from the last
row.

    BLUE ... BLACK    the palette of Okabe and Ito, told apart by the colour-blind
    figure, save      a picture and its file, with alt text inside
    name_ends         curves named at their ends
    decision_boundary, heat_map, curves, animation
                      the pictures that lectures draw again and again

Matplotlib is imported by the functions that draw: listing the lectures is instant.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from math import dist
from pathlib import Path
from typing import Any, TypeVar

from engine.show import numbers
from engine.show.files import written
from engine.show.palette import BLACK as BLACK, BLUE as BLUE, GREEN as GREEN, ORANGE as ORANGE
from engine.show.palette import PURPLE as PURPLE, SKY as SKY, VERMILLION as VERMILLION, YELLOW as YELLOW

Item = TypeVar("Item")

GREY    = "#7F7F7F"
PALETTE = [BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, YELLOW, BLACK]
MARKERS = ["o", "^", "s", "D", "v", "P", "X", "*"]       # a second way to tell classes apart
DASHES  = ["-", "--", "-.", ":"]                         # and curves

STYLE: dict[str, Any] = {
    "font.size": 15, "axes.titlesize": 17, "axes.labelsize": 17, "legend.fontsize": 14,
    "xtick.labelsize": 14, "ytick.labelsize": 14, "lines.linewidth": 2.5, "lines.markersize": 8,
    "axes.grid": True, "grid.alpha": 0.3, "axes.spines.top": False, "axes.spines.right": False,
    "legend.frameon": False, "figure.constrained_layout.use": True, "savefig.dpi": 120,
    "svg.hashsalt": "chainrule",                         # the same picture is the same bytes
}


# --- text -----------------------------------------------------------------------------------------

def heading(title: str, documents: Sequence[str] = ()) -> None:
    """A title, and the items of the documents that it covers."""
    print(f"\n{title}\n{'=' * len(title)}")
    if documents:
        print(f"({', '.join(documents)})")


def short(x: Any, digits: int = 4) -> str:
    """A number with 4 significant digits; anything else as it is."""
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        return str(x)
    return numbers.digits(x, digits)


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]], digits: int = 4) -> None:
    """Print rows in aligned columns: numbers to the right, text to the left."""
    rows    = list(rows)
    cells   = [[short(x, digits) for x in row] for row in rows]
    numeric = [all(isinstance(x, (int, float)) or x == "-" for x in column) for column in zip(*rows)]
    widths  = [max(map(len, column)) for column in zip(headers, *cells)]

    def line(parts: Sequence[str]) -> str:
        aligned = [part.rjust(width) if right else part.ljust(width)
                   for part, width, right in zip(parts, widths, numeric or [False] * len(parts))]
        return "  ".join(aligned).rstrip()

    print(line(headers))
    print("  ".join("-" * width for width in widths))
    for row in cells:
        print(line(row))


def progress(items: Iterable[Item], what: str = "") -> Iterable[Item]:
    """The items, with a progress bar on standard error where tqdm is installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        return items
    return tqdm(items, desc=what, leave=False, disable=None)  # type: ignore[no-any-return]


# --- files ----------------------------------------------------------------------------------------

def folder(out: str | Path) -> Path:
    """The folder out, made if need be, after a check that it can be written.

    Raises:
        OSError: it cannot.
    """
    out = Path(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise type(error)(error.errno, f"cannot write to the folder {out}: {error.strerror}. "
                                       "Give another with --out DIR") from None
    return out


def wrote(path: Path, alt: str) -> Path:
    """Tell where a picture went and what it shows."""
    print(f"wrote {path}\n      {alt}")
    return path


# --- pictures -------------------------------------------------------------------------------------

def figure(rows: int = 1, columns: int = 1, width: float = 6.4, height: float = 4.8, title: str = "",
           **options: Any) -> tuple[Any, Any]:
    """A figure and its axes: one, or an array of rows x columns; width and height are those of each."""
    import matplotlib
    from cycler import cycler
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    style: Any = {**STYLE, "axes.prop_cycle": cycler(color=PALETTE)}
    matplotlib.rcParams.update(style)
    fig = Figure(figsize=(width * columns, height * rows))
    FigureCanvasAgg(fig)
    axes = fig.subplots(rows, columns, **options)
    if title:
        fig.suptitle(title, fontsize=19)
    return fig, axes


def save(fig: Any, out: Path, name: str, alt: str) -> Path:
    """Write the figure to out/name.png (or the ending that name has), alt text inside; tell where."""
    path = folder(out) / (name if Path(name).suffix else f"{name}.png")
    ending = path.suffix
    metadata = {".png": {"Description": alt}, ".svg": {"Description": alt, "Date": None}}.get(ending)
    picture = BytesIO()
    fig.savefig(picture, format=ending[1:], metadata=metadata)
    return wrote(written(path, picture.getvalue()), alt)


def name_ends(axes: Any, gap: float = 0.08) -> None:
    """Each labelled curve's name beside its last point, in place of a legend; call it when all is drawn.

    gap: the least distance of two names, as a share of the axes' height.
    """
    lines  = [line for line in axes.get_lines() if not line.get_label().startswith("_")]
    places = axes.transScale + axes.transLimits
    ends   = sorted(((*places.transform((line.get_xdata()[-1], line.get_ydata()[-1])), line)
                     for line in lines), key=lambda end: end[1])
    heights: list[float] = []
    for _, y, _ in ends:
        heights.append(max(y, heights[-1] + gap) if heights else y)
    ceiling = 1.0 + gap / 2
    for i in reversed(range(len(heights))):
        heights[i] = ceiling = min(heights[i], ceiling)
        ceiling -= gap
    for (x, y, line), height in zip(ends, heights):
        axes.annotate(line.get_label(), (x, y), (1.04, height), xycoords="axes fraction", va="center",
                      fontsize=14, annotation_clip=False,
                      arrowprops={"arrowstyle": "-", "color": line.get_color(), "shrinkB": 2})


def two_colours(pale: bool = False) -> Any:
    """The colour map from BLUE (low) through white to ORANGE (high); pale leaves room for points on top."""
    from matplotlib.colors import LinearSegmentedColormap
    ends = ["#8FC3E0", "#F5CD80"] if pale else [BLUE, ORANGE]
    return LinearSegmentedColormap.from_list("blue-orange", [ends[0], "#FFFFFF", ends[1]])


def grid_of(low: Sequence[float], high: Sequence[float], steps: int) -> tuple[list[float], list[float]]:
    """The ticks of a square grid over [low, high]."""
    return ([low[0] + (high[0] - low[0]) * i / (steps - 1) for i in range(steps)],
            [low[1] + (high[1] - low[1]) * i / (steps - 1) for i in range(steps)])


def heat_map(axes: Any, f: Callable[[float, float], float], low: Sequence[float] = (0, 0),
             high: Sequence[float] = (1, 1), steps: int = 41, limits: tuple[float, float] | None = None,
             line: float | None = None, bar: bool = False, pale: bool = False) -> list[list[float]]:
    """Colour the plane by f(x1, x2), from blue (low) to orange (high); returns the numbers, row by row of x2.

    limits: the numbers that are fully blue and fully orange; line: where to draw a black level line.
    """
    xs, ys = grid_of(low, high, steps)
    z = [[float(f(x1, x2)) for x1 in xs] for x2 in ys]
    largest = max(abs(value) for row in z for value in row) or 1.0
    bottom, top = limits or (-largest, largest)
    image = axes.pcolormesh(xs, ys, z, cmap=two_colours(pale), vmin=bottom, vmax=top, shading="gouraud")
    if line is not None and any(v > line for row in z for v in row) and any(v < line for row in z
                                                                            for v in row):
        axes.contour(xs, ys, z, levels=[line], colors=[BLACK], linewidths=2)
    if bar:
        axes.figure.colorbar(image, ax=axes)
    axes.set_xlabel("$x_1$")
    axes.set_ylabel("$x_2$", rotation=0, labelpad=14)
    axes.grid(False)
    axes.locator_params(nbins=5)
    return z


def points(axes: Any, X: Sequence[Sequence[float]], Y: Sequence[int], size: float = 45) -> None:
    """The samples, each class with a colour and a shape of its own."""
    for k, y in enumerate(sorted(set(Y))):
        mine = [x for x, label in zip(X, Y) if label == y]
        axes.scatter([x[0] for x in mine], [x[1] for x in mine], s=size,
                     color=[BLUE, ORANGE, GREEN, PURPLE][k % 4], marker=MARKERS[k % len(MARKERS)],
                     edgecolors="black", linewidths=1.2, label=f"class {y}",
                     zorder=3)


def decision_boundary(axes: Any, score: Callable[[list[float]], float], X: Sequence[Sequence[float]],
                      Y: Sequence[int], threshold: float = 0.0, limits: tuple[float, float] | None = None,
                      steps: int = 61, margin: float = 0.4) -> list[list[float]]:
    """Colour the plane by the score of each point [x1, x2], draw score = threshold, and the samples on
    top."""
    low  = [min(x[j] for x in X) - margin for j in (0, 1)]
    high = [max(x[j] for x in X) + margin for j in (0, 1)]
    z = heat_map(axes, lambda x1, x2: score([x1, x2]), low, high, steps, limits, threshold, pale=True)
    points(axes, X, Y)
    return z


def animation(draw: Callable[[int], Any], frames: int, out: Path, name: str, alt: str, fps: int = 10) -> Path:
    """Write out/name.gif, whose frame k is the figure that draw(k) returns; frames are drawn one by one."""
    from PIL import Image

    pictures = []
    for k in progress(range(frames), name):
        png = BytesIO()
        draw(k).savefig(png, format="png", dpi=80)
        pictures.append(Image.open(png).convert("RGB"))
    pictures = of_one_palette(pictures)
    film     = BytesIO()
    pictures[0].save(film, format="gif", save_all=True, append_images=pictures[1:], loop=0,
                     duration=1000 // fps, comment=alt.encode())
    return wrote(written(folder(out) / f"{name}.gif", film.getvalue()), alt)


def of_one_palette(pictures: list[Any], colours: int = 128) -> list[Any]:
    """The pictures in one palette, made from all of them: a colour is the same in every frame, and ours are
    exact."""
    from PIL import Image

    width, height = (max(1, side // 2) for side in pictures[0].size)
    sheet = Image.new("RGB", (width, height * len(pictures)))
    for k, picture in enumerate(pictures):
        sheet.paste(picture.resize((width, height), Image.Resampling.NEAREST), (0, k * height))
    ours   = [bytes.fromhex(colour[1:]) for colour in ("#FFFFFF", GREY, *PALETTE)]
    common = bytes(sheet.quantize(colours - len(ours)).getpalette() or [])
    # Pillow looks colours up in cubes of side 4: a neighbour less than 11 away could take the place of ours.
    others = [one for one in (common[i:i + 3] for i in range(0, len(common), 3))
              if all(dist(one, colour) > 11 for colour in ours)]
    chart  = Image.new("P", (1, 1))
    chart.putpalette(b"".join(ours + others).ljust(768, b"\xff"))
    return [picture.quantize(palette=chart, dither=Image.Dither.NONE) for picture in pictures]
