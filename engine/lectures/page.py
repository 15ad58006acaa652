"""page: a lecture as one HTML file that needs nothing else: no network, no fonts, no second file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ..show.numbers import counted, exact, short
from ..show.frame import framed
from ..show.text import html
from ..value import Constant
from .assets import asset
from .picture import picture
from .recording import Contribution, Recording
from .views import Scene, View

Json: TypeAlias = "None | bool | float | str | Sequence[Json] | Mapping[str, Json]"

TITLES = {"scalar": "Values", "unit": "Units", "layer": "Layers"}


def page(recording: Recording, views: list[View], title: str, description: str, first: int = 0) -> str:
    """The page as text; `first` is the view it opens with."""
    return assembled(
        "page.html", title,
        "".join(picture(view, description, attributes=f'id="svg-{view.name}"') for view in views),
        {"nodes": nodes(recording), "root": recording.root, "first": first,
         "views": [described(recording, view) for view in views]},
        asset("page.css"), "\n".join(map(asset, ("page.js", "stage.js", "controls.js"))))


def nodes(recording: Recording) -> Sequence[Json]:
    """For each node: name, role, number, exact, paths to the root, next on the strongest, gradient, exact.

    A plain number has no name but itself, and no gradient: both are "".
    """
    return [["" if role == "constant" else name, role, short(v.data), exact(v.data), counted(paths), best,
             *(("", "") if type(v) is Constant else (short(grad), exact(grad)))]
            for v, name, role, paths, best, grad in zip(recording.values, recording.names, recording.roles,
                                                        recording.paths, recording.best, recording.grads)]


def described(recording: Recording, view: View) -> Json:
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


def played(recording: Recording, view: View, scene: Scene) -> Json:
    """A scene for the script. Formulas go along where there is room to show them."""
    formulas = recording.formulas if len(scene.computed) <= 3 else {}
    return {"p": scene.phase, "n": scene.card, "z": view.nodes[scene.card], "s": scene.sentence,
            "set": scene.changes,
            "e": scene.arrows, "all": [[z, formulas.get(z, [])] for z in scene.computed],
            "c": [sent(c, z) for z, c in scene.sent], "last": scene.step}


def sent(c: Contribution, z: int) -> Json:
    return [c.operand, c.slope, short(c.partial), short(c.upstream), short(c.product), short(c.before),
            short(c.after), c.use, c.uses, exact(c.after), z]


# --- one file ---------------------------------------------------------------------------------------

def assembled(template: str, title: str, pictures: str, data: Json, style: str, script: str,
              kind: str = "") -> str:
    """The template with its heading and pictures, and the data for the script, in the frame of all pages."""
    parts = {"HEADING": html(title, 200), "PICTURES": pictures}
    body  = re.sub(r"\$([A-Z]+)", lambda found: parts[found[1]], asset(template))
    return framed(title, f'{body}<script type="application/json" id="data">{embedded(data)}</script>',
                  style=style, script=script, kind=kind)


def embedded(data: Json) -> str:
    """JSON that can stand inside <script>: no character that HTML would read."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
