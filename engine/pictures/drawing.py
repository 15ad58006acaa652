"""draw: a computation graph as a picture, x on the left and the loss on the right.

    >>> from engine import Value
    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> J = w * x
    >>> J.backward()
    >>> draw(J).save("J.svg")                                                # doctest: +SKIP

Every box shows the name, the number (data) and the gradient; every arrow shows the partial, the
slope of the box on its right with respect to the box on its left. Following a path, the product of
the numbers on its arrows is that path's share of the gradient: the chain rule, drawn. A dashed arrow
has slope 0: no gradient flows back along it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path

from . import graphviz as rendering, tikz
from ..graphs.brackets import MIDDLE
from ..graphs.folds import Fold
from ..graphs.graph import Graph as Graph
from ..graphs.paths import Paths
from ..show.files import written
from .fitting import PLAIN, WIDE, Plan, Shape, fitted, is_strip
from .graphviz import Layout, as_svg
from .grids import formulas as in_latex
from .legend import Entry, entries, with_legend
from .source import dot_source, shown_links
from .style import Scale, flow, lines, role
from .viewer import State, page
from ..show.numbers import digits
from ..show.sizes import sized
from ..show.text import visible
from ..value import Value

SCALAR_LIMIT = 3000      # boxes: above, the picture would be metres wide
FOLD_ABOVE   = 150       # nodes: above, the unit view is drawn unless a view is asked for
STATES, PAGE_SIZE = 24, 2500         # of a page: how many pictures, and how many boxes and arrows in all


class Drawing:
    """A picture of a graph as it is now: its DOT source, its SVG, and files of either."""

    def __init__(self, source: str, description: str, rows: list[list[str]], fold: Fold, notes: str = "",
                 said: dict[str, list[str]] | None = None, *,
                 formulas: dict[str, list[str]] | None = None, legend: Sequence[Entry] = (),
                 unfolded: Sequence[str] = (), plan: Plan = PLAIN,
                 again: Callable[[Sequence[str], int], Drawing | None] | None = None) -> None:
        self.source, self.description, self.rows, self.fold = source, description, rows, fold
        self.notes  = notes                                   # HTML that follows the picture on its page
        self.said   = said or {}                              # the lines in each box, by id
        self.formulas = formulas or in_latex(fold)            # and as LaTeX
        self.legend = list(legend)                            # what stands below the picture
        self.plan     = plan                                  # how the fold is drawn
        self.unfolded = list(unfolded)                        # the titles of the boxes that were opened
        self.again    = again                 # the same with these boxes open, if no larger than a number
        self.numbers = [(v.data, v.grad) for v in fold.graph.nodes]      # those of its time

    @property
    def graph(self) -> Graph:
        """The graph that is drawn."""
        return self.fold.graph

    @cached_property
    def layout(self) -> Layout:
        """Where everything stands, in points, y downwards: {"width", "height", "nodes", ...} by id."""
        return rendering.layout(self.source)

    def svg(self) -> str:
        """The picture as one <svg> element, with a description for screen readers."""
        return with_legend(as_svg(self.source, self.description), self.legend)

    def html(self, size: str | None = None) -> str:
        """A page of its own with the picture, for any browser, offline: to pan, zoom and search, and to open
        and close the boxes that hold others. The size is that of the picture where no script runs; where
        one does, the picture has the room of its window."""
        names = [visible(self.graph.symbol(v)) for v in self.graph.nodes]
        first, *others = self.states()
        first = first._replace(svg=sized(first.svg, size))
        return page([first, *others], names, self.description, self.rows, self.notes)

    def states(self) -> list[State]:
        """The picture, and what it becomes as boxes are opened and closed: one step away, then two, and
        so on, while all together stay below STATES pictures and PAGE_SIZE boxes and arrows."""
        start   = tuple(sorted(self.unfolded))
        states  = [self.state(start)]
        waiting = [(start, title) for title in (*states[0].groups, *states[0].folds.values(), *start)]
        seen, size = {start}, 0
        while waiting and len(states) < STATES and self.again:
            titles, title = waiting.pop(0)
            turned = tuple(sorted({title} ^ set(titles)))
            if turned in seen:
                continue
            seen.add(turned)
            drawn = self.again(turned, PAGE_SIZE - size)
            if drawn is not None:
                size += len(drawn.fold.boxes) + len(drawn.fold.links)
                states.append(drawn.state(turned))
                waiting += [(turned, other)
                            for other in (*states[-1].groups, *states[-1].folds.values(), *turned)]
        return states

    def state(self, titles: tuple[str, ...]) -> State:
        """The picture for a page, as it is with these boxes open."""
        fold  = self.fold
        fresh = self.again and self.numbers == [(v.data, v.grad) for v in fold.graph.nodes]
        held  = {fold.graph.id(v): title for v, title in fold.held().items() if v in fold.box_of}
        return State(titles, self.svg(), openable(fold) if fresh else {}, fold.layers() if fresh else [],
                     {box: title for box, title in held.items() if title in titles}, holders(fold))

    def text(self) -> str:
        """The picture in words: one line per box."""
        widths = [max(map(len, column)) for column in zip(*self.rows)] if self.rows else []
        return "\n".join([self.description, ""] + [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
            for row in self.rows]) + "\n"

    def tikz(self) -> tikz.Picture:
        """The picture in TikZ with its legend, and the room that it takes."""
        return tikz.picture(self.layout, self.formulas, self.legend)

    def tex(self, standalone: bool = True, size: str | None = None) -> str:
        """The picture for LaTeX: a document of its own, or, standalone=False, what \\input takes."""
        return tikz.document(self.tikz(), self.description, standalone, size)

    def save(self, path: str | os.PathLike[str], *, size: str | None = None, standalone: bool = True) -> Path:
        """Write the picture; the ending of the name says how: .svg .png .pdf .tex .html .dot .txt.

        Args:
            size: "column" (8.5 cm wide), "page" (17 cm) or "slide" (30 cm); a picture keeps its shape, and
                none is higher than 24 cm (15 cm on a slide). By default as large as Graphviz makes it.
            standalone: of .tex: whether the file compiles by itself; if not, it is for \\input.

        Raises:
            ValueError: the ending is none of these, or the size, or it has no size.
            ModuleNotFoundError: .png and .pdf need matplotlib.
            OSError: the file cannot be written.
        """
        target = Path(path)
        ending = target.suffix.lower()
        media: dict[str, Callable[[], str | bytes]] = {
            ".svg": lambda: sized(self.svg(), size), ".html": lambda: self.html(size),
            ".tex": lambda: self.tex(standalone, size), ".dot": lambda: self.source, ".txt": self.text,
            ".png": lambda: self.printed("png", size), ".pdf": lambda: self.printed("pdf", size)}
        if ending not in media:
            raise ValueError(f"no picture can be written to {visible(target.name)!r}: its name must end "
                             f"in {', '.join(media)}")
        if size is not None and ending in (".dot", ".txt"):
            raise ValueError(f"{ending} has no size: leave size={visible(repr(size))} out")
        if not standalone and ending != ".tex":
            raise ValueError(f"standalone=False is for .tex files: leave it out for {ending}")
        return written(target, media[ending]())

    def printed(self, form: str, size: str | None = None) -> bytes:
        """The picture as PNG or PDF, with fonts of its own."""
        from .raster import printed
        return printed(self.svg(), form, size)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return shown({"text/plain": self.text()}, self.svg)

    def __repr__(self) -> str:
        return f"<{self.description}>"


def draw(root: Value | Graph, view: str | None = None, *, unfold: Iterable[Value | str] = (),
         path_to: Value | str | None = None, touches: Value | str | None = None,
         edge_width: str | None = None, partials: bool | None = None,
         max_nodes: int = SCALAR_LIMIT, fit: Shape | str | None = "strips",
         legend: bool | None = None) -> Drawing:
    """The graph that ends in root, as a picture to show, or to save with .save("graph.svg").

    Args:
        root: the result, or its Graph.
        view: "scalar", "unit", "neuron" or "layer" (engine.graphs.folds says what they fold); by default
            scalar for up to 150 nodes and unit above.
        unfold: boxes of the view to open: their titles, or nodes inside them by name or Value; "layer 2"
            opens all units of that layer.
        path_to: highlights the path along which root's gradient reaches this node with the largest slope.
        touches: highlights everything that depends on this node.
        edge_width: "gradient" for arrows as wide as the gradient that flows back along them, on a log scale.
        partials: whether arrows show their slopes; by default while there are not too many.
        max_nodes: the most boxes to draw.
        fit: a shape to come near to, (16, 9) for a slide: repeated operands gather into brackets such as
            "w1 ... w64", which unfold opens as a grid, and a line that is too long goes on below. What has
            the shape already stays as it is. By default "strips": (16, 9) for drawings of many boxes that
            would be strips, four times too wide or too high; None: as Graphviz likes.
        legend: whether a legend of colours and widths stands below the picture; by default where
            something is highlighted or the width of arrows means something.

    Raises:
        TypeError: root is not a Value.
        ValueError: the view has more than max_nodes boxes, or a name or option is unknown.
    """
    graph = root if isinstance(root, Graph) else Graph(root)
    if edge_width not in (None, "gradient"):
        raise ValueError(f'edge_width is "gradient" or None, not {visible(repr(edge_width))}')
    if view is None:
        view = "scalar" if len(graph.nodes) <= FOLD_ABOVE else "unit"
    if view == "scalar" and (fit is None or isinstance(fit, str)):
        refuse_above(len(graph.nodes), max_nodes, view)
    unfold = list(unfold)
    fold, plan, shape = folded(graph, view, unfold, fit)
    refuse_above(len(fold.boxes), max_nodes, view)

    def again(titles: Sequence[str], limit: int) -> Drawing | None:
        fits = WIDE if shape is None and titles else shape
        try:
            opened = [what for what in unfold if not isinstance(what, str)] + list(titles)
            drawn  = draw(graph, view, unfold=opened, path_to=path_to, touches=touches, edge_width=edge_width,
                          partials=partials, max_nodes=min(max_nodes, limit), fit=fits, legend=legend)
        except ValueError:                                    # too large: that box stays as it is
            return None
        return drawn if len(drawn.fold.boxes) + len(drawn.fold.links) <= limit else None

    lit   = highlighted(graph, path_to, touches)
    scale = Scale([flow(link) for link in shown_links(fold)]) if edge_width else None
    means = bool(lit or scale) if legend is None else legend
    return Drawing(dot_source(fold, lit, scale, partials, plan), description(fold), rows(fold), fold,
                   said={fold.id(box): lines(fold, box) for box in fold.boxes},
                   legend=entries(fold, scale, bool(lit), bool(legend)) if means else (),
                   unfolded=[what for what in unfold if isinstance(what, str)], plan=plan,
                   again=again)


def folded(graph: Graph, view: str, unfold: list[Value | str],
           fit: Shape | str | None) -> tuple[Fold, Plan, Shape | None]:
    """The fold, how to draw it, and the shape that it keeps."""
    if isinstance(fit, str) and fit != "strips":
        raise ValueError(f'fit is a shape, "strips" or None, not {visible(repr(fit))}: write fit=(16, 9)')
    asked = any(isinstance(what, str) and MIDDLE in what for what in unfold)     # for a bracket, by its title
    if fit is None or isinstance(fit, str) and not asked:
        fold = Fold(graph, view, unfold)
        if fit is None or not is_strip(fold, lines):
            return fold, PLAIN, None
    shape = WIDE if isinstance(fit, str) else fit
    return *fitted(graph, view, unfold, shape, lines), shape


def refuse_above(boxes: int, limit: int, view: str) -> None:
    if boxes > limit:
        instead = {"scalar": '"unit", or view="layer"', "unit": '"layer"', "neuron": '"layer"'}.get(view)
        raise ValueError(f"the {view} view of this graph has {boxes} boxes, more than the {limit} that can "
                         "be drawn: "
                         + (f"write draw(root, view={instead})" if instead else "draw a part of it"))


def highlighted(graph: Graph, path_to: Value | str | None,
                touches: Value | str | None) -> list[tuple[Value, Value]]:
    """The edges (operand, z) to highlight."""
    edges: list[tuple[Value, Value]] = []
    if path_to is not None:
        for path in Paths(graph, path_to).largest(1):
            edges += [(edge.operand, edge.z) for edge in path.edges]
    if touches is not None:
        touched = graph.above(graph.find(touches))
        edges += [(edge.operand, edge.z) for edge in graph.edges if edge.operand in touched]
    return edges


def openable(fold: Fold) -> dict[str, str]:
    """The boxes that hold others, by id, and what unfold takes to open each: of a unit its whole layer."""
    layers = fold.layers()
    return {fold.id(box): fold.id(box) if box.group == "expression"
            else box.cluster if box.group in ("z", "neuron") and box.cluster in layers else box.title
            for box in fold.boxes if not box.single and fold.opens(box)}


def holders(fold: Fold) -> list[str]:
    """For each node the id of the box that holds it; of a parameter in several boxes the first."""
    found = {v: fold.id(box) for box in reversed(fold.boxes) for v in box.parameters}
    found.update((v, fold.id(box)) for v, box in fold.box_of.items())
    return [found.get(v, "") for v in fold.graph.nodes]


def description(fold: Fold) -> str:
    """The picture in one sentence: its alt text."""
    graph = fold.graph
    return (f"Computation graph of {visible(graph.symbol(graph.root))} = {digits(graph.root.data)}, "
            f"{fold.view} view: {len(fold.boxes)} boxes for {len(graph.nodes)} values, inputs on the left, "
            "result on the right")


def rows(fold: Fold) -> list[list[str]]:
    """The boxes as a table: id, role, what it says."""
    return [[fold.id(box), role(fold, box), "; ".join(map(visible, lines(fold, box)))]
            for box in fold.boxes]


def mimebundle(x: Value) -> dict[str, str]:
    """What Jupyter shows for a Value: its graph, if that is small enough to read; always its text."""
    graph = Graph(x)
    if len(graph.nodes) > SCALAR_LIMIT:  # folding takes its time: only where it is asked for
        return {"text/plain": repr(x)}
    return shown({"text/plain": repr(x)}, lambda: draw(graph, max_nodes=FOLD_ABOVE, fit=None).svg())


def picture_of_graph(graph: Graph, include: object = None, exclude: object = None) -> dict[str, str]:
    """What Jupyter shows for a Graph."""
    return mimebundle(graph.root)


setattr(Graph, "_repr_mimebundle_", picture_of_graph)     # noqa: B010  (a graph knows nothing of pictures)


def shown(bundle: dict[str, str], svg: Callable[[], str]) -> dict[str, str]:
    """The bundle with its picture; where the graph is too large, or nothing can draw it, the text and the
    reason."""
    try:
        return bundle | {"image/svg+xml": svg()}
    except (ValueError, RuntimeError, ImportError) as error:
        return bundle | {"text/plain": f"{bundle['text/plain']}\n(no picture: {error})"}
