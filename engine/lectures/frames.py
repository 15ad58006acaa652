"""frames: a lecture as one picture per step, all of one layout, and below each its arithmetic.

    frames/step-01.svg, step-01.pdf, step-02.svg, ...     PowerPoint and Keynote take them in their order
    frames/steps.tex                                      the overlays of a Beamer frame, to \\input
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ..pictures.raster import printed
from ..show.files import written
from ..show.bars import watched
from ..show.sizes import sized
from ..show.text import html
from .picture import picture
from .recording import Recording
from .slides import PICTURED, arithmetic, heading
from .terminal import wrapped
from .views import View

WIDE       = 640         # the least width of a frame, so that the arithmetic has room
MOST, LINE = 8, 22       # lines of arithmetic below the picture; the height of one
LETTER     = 8.3         # the width of a letter of theirs
GIF_DPI    = 96, 150     # pixels per inch: as it is; in a size


def frames(recording: Recording, view: View, description: str) -> list[str]:
    """An SVG for each step.

    Raises:
        ValueError: the view has too many boxes to be read in a picture.
    """
    if len(view.cards) > PICTURED:
        raise ValueError(f"the pictures of the steps show at most {PICTURED} boxes, and this lecture has "
                         f"{len(view.cards)}: record the loss of one sample, or of a smaller network, or "
                         "write .save('page.html'), which can be zoomed")
    width    = max(WIDE, view.width)
    captions = [caption(recording, view, k, int((width - 20) / LETTER)) for k in range(len(view.scenes))]
    height   = view.height + 24 + LINE * max(map(len, captions))
    return [picture(view, f"{description}. After step {k + 1} of {len(captions)}", k, styled=True,
                    below=below(lines, view.height + 24), room=(width, height))
            for k, lines in enumerate(captions)]


def caption(recording: Recording, view: View, k: int, columns: int) -> list[str]:
    """What stands below the picture of a step: its heading, its arithmetic, its sentence."""
    scene = view.scenes[k]
    lines = [line for text in arithmetic(recording, scene) for line in wrapped(text, 2, columns)]
    lines = lines if len(lines) <= MOST else [*lines[:MOST - 1], "…"]
    words = wrapped(scene.sentence, 0, columns) if scene.sentence else []
    return [f"{k + 1} / {len(view.scenes)} · {heading(recording, view, scene)}", *lines, *words[:2]]


def below(lines: Sequence[str], top: float) -> str:
    """The caption as SVG: the heading, and the lines under it."""
    return "".join(f'<text class="{kind}" x="0" y="{top + LINE * i:.0f}">{html(line, 400)}</text>'
                   for i, line in enumerate(lines) for kind in ["l" if i else "t"])


# --- files ----------------------------------------------------------------------------------------

FITTED = r"width=\linewidth,height=.8\textheight,keepaspectratio"       # below the title of a Beamer frame
BEAMER = r"""%% The steps of a lecture as the overlays of a Beamer frame.
%% In the preamble: \graphicspath{{%(folder)s/}}
%% In the frame: \input{%(folder)s/steps}
{\centering
%(steps)s
\par}
"""


def write_frames(pictures: Sequence[str], folder: Path, size: str | None,
                 progress: bool | None) -> list[Path]:
    """The pictures as numbered files in the folder, SVG, and PDF where matplotlib is installed; the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    digits, paths = len(str(len(pictures))), []
    prints = can_print()
    for k, svg in watched(list(enumerate(pictures, 1)), "step", progress):
        target = folder / f"step-{k:0{digits}}.svg"
        paths.append(written(target, sized(svg, size)))
        if prints:
            paths.append(written(target.with_suffix(".pdf"), printed(svg, "pdf", size)))
    if prints:
        steps = "\n".join(rf"\only<{k}>{{\includegraphics[{FITTED}]{{step-{k:0{digits}}.pdf}}}}%"
                          for k in range(1, len(pictures) + 1))
        name = re.sub(r"[^\w.-]", "?", folder.name)                # a comment: nothing in it ends the line
        paths.append(written(folder / "steps.tex", BEAMER % {"folder": name, "steps": steps}))
    return paths


def can_print() -> bool:
    """Whether there is a matplotlib to make PDFs with."""
    try:
        from matplotlib import figure
    except ModuleNotFoundError:
        return False
    return figure is not None
