"""slides: one page per step, as HTML without a script, and as PDF where Chromium is at hand."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from ..show.numbers import bracketed, short
from ..show.frame import framed
from ..show.text import html
from ..value import Constant
from .assets import asset
from .picture import picture
from .recording import Contribution, Recording
from .terminal import written
from .views import Scene, View

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PHASES   = {"given": "Given", "forward": "Forward", "seed": "Backward starts", "backward": "Backward",
            "done": "Complete"}
SECONDS  = 120           # for the browser to print
PICTURED = 150           # cards: above, a slide holds the arithmetic alone


def slides(recording: Recording, view: View, title: str, description: str) -> str:
    """All steps of a view, one section each; printing gives one page per step."""
    body = "".join(slide(recording, view, k, description) for k in range(len(view.scenes)))
    return framed(title, f"<main><h1>{html(title, 200)}</h1>{body}</main>",
                  style=asset("page.css") + asset("slides.css"), kind="slides")


def heading(recording: Recording, view: View, scene: Scene) -> str:
    """What the step does: Forward: compute z."""
    name = view.cards[scene.card].name or recording.names[view.nodes[scene.card]]
    return PHASES[scene.phase] + {"forward": f": compute {name}",
                                  "backward": f": {name} passes its gradient on"}.get(scene.phase, "")


def slide(recording: Recording, view: View, k: int, description: str) -> str:
    scene = view.scenes[k]
    shown = picture(view, f"{description}. After step {k + 1}", k) if len(view.cards) <= PICTURED else ""
    lines = "".join(f'<p class="line">{html(line, 400)}</p>' for line in arithmetic(recording, scene))
    many  = " table" if lines.count("<p") > 6 else ""
    return (f'<section class="sheet {scene.phase}"><p '
            f'class="phase"><strong>{html(heading(recording, view, scene), 200)}</strong><span>{k + 1} / '
            f'{len(view.scenes)}</span></p>{shown}<div class="lines{many}">{lines}</div><p '
            f'class="sentence">{html(scene.sentence, 300)}</p></section>')


def arithmetic(recording: Recording, scene: Scene) -> list[str]:
    """The lines of one step in plain text."""
    names, values, root = recording.names, recording.values, recording.names[recording.root]
    if scene.phase == "forward":
        lines = [line for z in scene.computed for line in (
            [f"{names[z]} = {written(recording, recording.formulas[z], numbers=False)}",
             f"= {written(recording, recording.formulas[z], numbers=True)} = {short(values[z].data)}"]
            if len(scene.computed) <= 3 else [f"{names[z]} = {short(values[z].data)}"])]
    elif scene.phase == "seed":
        lines = [f"d{root}/d{root} = 1"]
    elif scene.phase == "backward":
        lines = [f"d{root}/d{names[c.operand]} += {short(c.partial)} · {bracketed(short(c.upstream))} = "
                 f"{short(c.product)}{so_far(c)}" for _, c in scene.sent]
    else:
        given  = scene.phase == "given"
        leaves = [i for i, role in enumerate(recording.roles) if role in ("input", "weight", "bias", "target")
                  and (given or type(values[i]) is not Constant)]
        lines  = [f"{names[i]} = {short(values[i].data)}" if given else
                  f"d{root}/d{names[i]} = {short(recording.grads[i])}" for i in leaves]
    return lines if len(lines) <= 14 else [*lines[:13], f"… and {len(lines) - 13} more"]


def so_far(c: Contribution) -> str:
    """The running sum of a node that is used more than once."""
    if c.uses == 1:
        return ""
    return (f"  (use {c.use} of {c.uses}: {short(c.before)} + {bracketed(short(c.product))} = "
            f"{short(c.after)})")


def run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{command[0]} did not print the slides within {SECONDS} seconds: write "
                           ".save('slides.html') and print that page to PDF") from None


def printed(page: str, path: Path) -> bytes:
    """The HTML page as PDF, by the print function of a Chromium browser; path is what it will be called.

    Raises:
        RuntimeError: no such browser is installed, or it fails.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise RuntimeError(f"a PDF is printed by a browser, and none of {', '.join(BROWSERS)} is installed: "
                           f"write .save({path.with_suffix('.slides.html').name!r}) and print that page to "
                           "PDF, or install chromium")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "slides.html")
        source.write_text(page, encoding="utf-8")
        done = run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic",
             "--disable-sync", "--disable-background-networking", "--disable-component-update",
             "--no-pdf-header-footer",
             f"--user-data-dir={folder}/profile", f"--print-to-pdf={folder}/slides.pdf", source.as_uri()])
        if done.returncode or not Path(folder, "slides.pdf").exists():
            raise RuntimeError(f"{browser} could not print the slides: "
                               f"{done.stderr.decode(errors='replace')[-300:]}")
        return Path(folder, "slides.pdf").read_bytes()
