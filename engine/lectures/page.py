"""page: a lecture as one HTML file that needs nothing else: no network, no fonts, no second file."""

from __future__ import annotations

import json
import re

from ..show.frame import framed
from ..show.text import html
from .assets import asset
from .javascript import Unwritable
from .picture import picture
from .recording import Recording
from .page_data import Json, computing, recorded, structure
from .views import Scene, View

TITLES  = {"scalar": "Values", "unit": "Units", "layer": "Layers"}
SCRIPTS = ("sentences.js", "numbers.js", "qr.js", "page.js", "stage.js", "living.js", "tuning.js",
           "controls.js")


def page(recording: Recording, views: list[View], title: str, description: str, first: int = 0,
         live: bool = True) -> str:
    """The page as text; `first` is the view it opens with, `live` whether it is to compute."""
    numbers, code, why = alive(recording) if live else (recorded(recording), "", "")
    return assembled(
        "page.html", title,
        "".join(picture(view, description, attributes=f'id="svg-{view.name}"') for view in views),
        {**structure(recording), "numbers": numbers, "first": first, "why": why,
         "views": [described(recording, view, bool(code)) for view in views]},
        asset("page.css"), "\n".join(['"use strict";', code, *map(asset, SCRIPTS)]))


def alive(recording: Recording) -> tuple[dict[str, Json], str, str]:
    """The numbers, the script that computes them, and why there is none if there is none."""
    try:
        return *computing(recording), ""
    except Unwritable as error:
        return recorded(recording), "", f"This page replays recorded numbers: {error}."


def described(recording: Recording, view: View, live: bool) -> Json:
    """A view for the script: cards, arrows, steps."""
    cards: list[Json] = [[card.name, card.role, card.symbol, round(x), round(y), round(card.width),
                          round(card.height)] for card, (x, y) in zip(view.cards, view.places)]
    arrows: list[Json] = [[arrow.tail, arrow.head, slope, round(x), round(y)] for arrow, slope, (x, y) in
                          zip(view.arrows, slopes(recording, view, live), view.labels)]
    return {
        "name":   view.name, "title": TITLES[view.name], "width": round(view.width),
        "height": round(view.height),
        "cards":  cards,
        "arrows": arrows,
        "main":   view.nodes, "inside": view.inside, "outputs": view.outputs, "members": view.members,
        "steps":  [played(recording, view, scene) for scene in view.scenes],
    }


def slopes(recording: Recording, view: View, live: bool) -> list[Json]:
    """The partial on each arrow, to be computed: an edge [e], or [x, z], dz/dx inside of a card of several
    nodes. As text where the page replays, and "" where there is none."""
    edges: dict[tuple[int, int], list[int]] = {}
    pairs = [(recording.graph.index[x], k) for k, z in enumerate(recording.values) for x in z.operands]
    for e, pair in enumerate(pairs):
        edges.setdefault(pair, []).append(e)
    found: list[Json] = []
    for arrow in view.arrows:
        single = not view.members[arrow.head]
        edge   = edges[arrow.ends].pop(0) if single else -1          # of x*x the first, and then the second
        found.append(arrow.partial if not live or not arrow.partial else [edge] if single else arrow.ends)
    return found


def played(recording: Recording, view: View, scene: Scene) -> Json:
    """A scene for the script: what it computes, sends and writes, by the numbers of nodes and edges."""
    z       = view.nodes[scene.card]
    edge_of = recording.edge_of
    sent    = [edge_of[c.operand, c.use] for _, c in scene.sent]
    one     = scene.phase == "backward" and view.name == "scalar"    # a sum that is not complete yet
    told    = scene.phase == "backward" and len(view.members[scene.card]) <= 1
    changes: list[Json] = [[i, slot] for i, slot, *_ in scene.changes]
    if one:
        changes = [[c.operand, "g", e] for (_, c), e in zip(scene.sent, sent)]
    return {"p": scene.phase, "n": scene.card, "z": z, "s": None if told else scene.sentence,
            "set": changes, "e": scene.arrows, "all": scene.computed, "c": sent, "last": scene.step}


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
