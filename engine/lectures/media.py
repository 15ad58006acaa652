"""lecture: one forward and one backward pass, step by step, as a page, as slides, as a film, as one picture
per step, in the terminal, in a notebook.

    >>> from engine import Value
    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> lecture(w * x).save("page.html")                                     # doctest: +SKIP
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from ..explaining.arithmetic import expression
from ..extras import needed
from ..pictures import raster
from ..show.files import written
from ..show.bars import watched
from ..show.sizes import sized
from ..show.text import visible
from ..value import Value
from .film import INSTEAD, drawn_in, film
from .frames import GIF_DPI, frames, write_frames
from .page import page
from .picture import picture
from .recording import Recording, record
from .slides import printed, slides
from .terminal import text
from .folded_views import folded_view
from .views import View, scalar_view

LIMIT = 3000             # nodes: above, a page would be too large to step through
OPEN  = 150              # nodes: above, the page begins with units


class Lecture:
    """A recorded pass and its media. Nothing in the caller's graph is changed.

    Raises:
        TypeError: root is not a Value.
        ValueError: the graph has more than 3000 nodes.
    """

    def __init__(self, root: Value, title: str = "", live: bool = True) -> None:
        self.live = live
        self.recording: Recording = record(root)
        if len(self.recording.values) > LIMIT:
            raise ValueError(f"this graph has {len(self.recording.values)} nodes, and a lecture steps "
                             f"through at most {LIMIT}: record the loss of one sample, or of a smaller "
                             "network")
        self.title = visible(title, 200) or expression(self.recording.values, self.recording.names)

    @cached_property
    def views(self) -> list[View]:
        """The zoom levels: single values first, then units and layers, where the graph has them."""
        return self.zooms(False)

    def zooms(self, live: bool) -> list[View]:
        """The views; live ones have room for other numbers."""
        graph = self.recording.graph
        names = ["unit", "layer"] if graph.names.ends or len(graph.nodes) > OPEN else []
        return [scalar_view(self.recording, live),
                *filter(None, [folded_view(self.recording, name, live) for name in names])]

    @property
    def first(self) -> int:
        """The view to begin with: the units, where single values would be too many to take in."""
        return 1 if len(self.recording.values) > OPEN and len(self.views) > 1 else 0

    @property
    def description(self) -> str:
        """The alternative text of every picture."""
        r = self.recording
        edges = sum(len(v.operands) for v in r.values)
        return (f"Computation graph of {r.names[r.root]}: {len(r.values)} nodes, {edges} edges, "
                "inputs on the left, result on the right")

    def html(self) -> str:
        """The page to step through: one self-contained HTML text."""
        views = self.zooms(True) if self.live else self.views
        return page(self.recording, views, self.title, self.description, self.first, self.live)

    def slides(self) -> str:
        """One section per step, without a script; it prints one page per step."""
        return slides(self.recording, self.views[self.first], self.title, self.description)

    def shown(self, name: str | None) -> View:
        """The view of that name; by default the one to begin with."""
        found = {view.name: view for view in self.views}
        if name is None:
            return self.views[self.first]
        if name not in found:
            raise ValueError(f"this lecture has no view {visible(repr(name))}: write one of "
                             f"{', '.join(found)}")
        return found[name]

    def save(self, path: str | os.PathLike[str], *, size: str | None = None, view: str | None = None,
             progress: bool | None = None) -> Path:
        """Write the lecture; the ending of the name says how: page.html, slides.html, .txt, .pdf (slides),
        .svg (the last step), .gif (a film of the steps), or frames/, a folder (one picture per step).

        Args:
            size: of .svg, .gif and frames/: "column" (8.5 cm wide), "page" (17 cm) or "slide" (30 cm); none
                is higher than 24 cm (15 cm on a slide). A .gif counts 150 pixels to the inch.
            view: of the same: "scalar", "unit" or "layer", as far as the graph has them; by default scalar
                for up to 150 nodes and unit above.
            progress: a bar for .gif and frames/; by default where tqdm is installed and standard error is a
                terminal.

        Raises:
            ValueError: the ending is none of these, or the size or view, or it has none.
            ModuleNotFoundError: .gif needs matplotlib and Pillow, which comes with it.
            RuntimeError: .pdf, and no browser to print with is installed.
            OSError: the file cannot be written.
        """
        target = Path(path)
        if os.fspath(path).endswith(("/", os.sep)) or target.is_dir():
            self.frames(path, size=size, view=view, progress=progress)
            return target
        ending = "slides.html" if target.name.lower().endswith("slides.html") else target.suffix.lower()
        media: dict[str, Callable[[], str | bytes]] = {
            ".html": self.html, "slides.html": self.slides, ".svg": lambda: sized(self.svg(view), size),
            ".txt": lambda: text(self.recording, self.title, colour=False) + "\n",
            ".pdf": lambda: printed(self.slides(), target), ".gif": lambda: self.gif(size, view, progress)}
        if ending not in media:
            raise ValueError(f"no lecture can be written to {visible(target.name)!r}: its name must end in "
                             ".html, slides.html, .txt, .svg, .pdf or .gif, or in / for a folder with one "
                             "picture per step")
        for option, given in (("size", size), ("view", view)):
            if given is not None and ending not in (".svg", ".gif"):
                raise ValueError(f"{ending} has no {option}: leave {option}={visible(repr(given))} out; "
                                 ".svg, .gif and frames/ have one")
        return written(target, media[ending]())

    def frames(self, folder: str | os.PathLike[str], *, size: str | None = None, view: str | None = None,
               progress: bool | None = None) -> list[Path]:
        """Write one picture per step into the folder, which is made if need be: step-01.svg, step-02.svg, ...

        Where matplotlib is installed each is a PDF too, and steps.tex shows them as the overlays of a Beamer
        frame. Other files in the folder stay. size, view and progress: as for save.

        Raises:
            ValueError: there is no such size or view, or the graph is too large for pictures.
            OSError: the folder or a file cannot be written.
        """
        return write_frames(frames(self.recording, self.shown(view), self.description), Path(folder), size,
                            progress)

    def gif(self, size: str | None = None, view: str | None = None,
            progress: bool | None = None) -> bytes:
        """The steps as a film; size, view and progress: as for save."""
        needed("PIL.Image", "a .gif file", INSTEAD)
        needed("matplotlib.figure", "a .gif file", INSTEAD)
        steps = frames(self.recording, self.shown(view), self.description)
        dpi   = GIF_DPI[size is not None]
        return film([raster.printed(svg, "png", size, dpi) for svg in watched(steps, "step", progress)],
                    drawn_in(steps[0]))

    def svg(self, view: str | None = None) -> str:
        """The graph with every number and gradient, as after the last step."""
        shown = self.shown(view)
        return picture(shown, self.description, len(shown.scenes) - 1, styled=True)

    def __str__(self) -> str:
        return text(self.recording, self.title)

    def __repr__(self) -> str:
        return (f"<Lecture on {visible(self.title)}: {len(self.recording.steps)} steps; print it, or "
                ".save('page.html')>")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """A picture and text, without a script: they survive nbconvert to HTML and PDF."""
        plain = text(self.recording, self.title, colour=False)
        small = len(self.views[self.first].cards) <= OPEN
        return {"text/plain": plain} | ({"image/svg+xml": self.svg()} if small else {})


def lecture(root: Value, title: str = "", live: bool = True) -> Lecture:
    """The forward and backward pass of root, to step through.

    Args:
        root: the loss, or any other result.
        title: the heading; by default the formula of root.
        live: whether the page computes everything again when a number in it is changed; graphs of more than
            1000 values, and of numbers that are no floats, are replayed in any case, and the page says why.

    Raises:
        TypeError: root is not a Value.
        ValueError: the graph has more than 3000 nodes.
    """
    return Lecture(root, title, live)
