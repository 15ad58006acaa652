"""page: a lecture as one HTML file that needs nothing else: no network, no fonts, no second file.

The script and the style are allowed by their hashes and nothing else may run, so that a label,
whatever it contains, stays a label.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from ..show.text import html
from ..value import Constant
from .assets import asset
from .picture import picture
from .recording import Contribution, Recording
from .views import Scene, View, exact
from .words import short

TITLES = {"scalar": "Values", "unit": "Units", "layer": "Layers"}


def page(recording: Recording, views: list[View], title: str, description: str, first: int = 0) -> str:
    """The page as text; `first` is the view it opens with."""
    return filled("page.html", ("page.css",), ("page.js", "stage.js", "controls.js"), {
        "TITLE":    html(title, 200),
        "HEADING":  html(title, 200),
        "PICTURES": "".join(picture(view, description, attributes=f'id="svg-{view.name}"') for view in views),
        "DATA":     embedded({"nodes": nodes(recording), "root": recording.root, "first": first,
                              "views": [described(recording, view) for view in views]}),
    })


def nodes(recording: Recording) -> list[list[Any]]:
    """For each node: name, role, number, exact, paths to the root, next on the strongest, gradient, exact.

    A plain number has no name but itself, and no gradient: both are "".
    """
    return [["" if role == "constant" else name, role, short(v.data), exact(v.data), count(paths), best,
             *(("", "") if type(v) is Constant else (short(grad), exact(grad)))]
            for v, name, role, paths, best, grad in zip(recording.values, recording.names, recording.roles,
                                                        recording.paths, recording.best, recording.grads)]


def count(paths: int) -> str:
    return (str(paths) if paths < 10 ** 6 else f"about {float(paths):.2g}" if paths < 10 ** 300 else "more "
            "than 10^300")


def described(recording: Recording, view: View) -> dict[str, Any]:
    """A view for the script: cards, arrows, steps."""
    return {
        "name":   view.name, "title": TITLES[view.name], "width": round(view.width),
        "height": round(view.height),
        "cards":  [[card.name, card.role, card.symbol, round(x), round(y), round(card.width),
                    round(card.height)]
                   for card, (x, y) in zip(view.cards, view.places)],
        "arrows": [[arrow.tail, arrow.head, arrow.partial, round(x), round(y)]
                   for arrow, (x, y) in zip(view.arrows, view.labels)],
        "main":   view.nodes, "inside": view.inside,
        "steps":  [played(recording, view, scene) for scene in view.scenes],
    }


def played(recording: Recording, view: View, scene: Scene) -> dict[str, Any]:
    """A scene for the script. Formulas go along where there is room to show them."""
    formulas = recording.formulas if len(scene.computed) <= 3 else {}
    return {"p": scene.phase, "n": scene.card, "z": view.nodes[scene.card], "s": scene.sentence,
            "set": scene.changes,
            "e": scene.arrows, "all": [[z, formulas.get(z, [])] for z in scene.computed],
            "c": [sent(c, z) for z, c in scene.sent], "last": scene.step}


def sent(c: Contribution, z: int) -> list[Any]:
    return [c.operand, c.slope, short(c.partial), short(c.upstream), short(c.product), short(c.before),
            short(c.after), c.use, c.uses, exact(c.after), z]


# --- one file ---------------------------------------------------------------------------------------

def filled(template: str, styles: Sequence[str], scripts: Sequence[str], parts: dict[str, str]) -> str:
    """The template, with the head and the scripts that every page has, and the parts in place: one file."""
    css, js = "".join(map(asset, styles)), "\n".join(map(asset, scripts))
    parts = {**parts, "STYLE": css, "SCRIPT": js, "STYLE_HASH": hashed(css), "SCRIPT_HASH": hashed(js)}
    return re.sub(r"\$([A-Z_]+)", lambda found: parts[found[1]],
                  asset("frame.html").replace("$BODY", asset(template)))


def hashed(source: str) -> str:
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"


def embedded(data: Any) -> str:
    """JSON that can stand inside <script>: no character that HTML would read."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
