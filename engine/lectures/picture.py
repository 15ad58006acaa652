"""picture: a view as one SVG, empty for the page to fill in, or as it stands after a step.

Colours come from the classes, so that the page, the slides and the notebook each bring their theme.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from ..show.palette import coloured
from ..show.text import html
from .assets import asset
from .views import Card, Point, Scene, View

Texts: TypeAlias = dict[tuple[int, str], tuple[str, str]]       # by card and slot: what is shown, and a note

WIDTH = 820              # pixels: what a notebook's column holds


def picture(view: View, description: str, upto: int = -1, attributes: str = "", styled: bool = False,
            below: str = "", room: Point | None = None) -> str:
    """The view as SVG, with the numbers of scenes 0..upto (none by default).

    Args:
        styled: whether it stands alone, and brings its style and size.
        below: more SVG, after the view; room: the width and height of both.
    """
    width, height = room or (view.width, view.height)
    texts: Texts = {}
    for scene in view.scenes[:upto + 1]:
        for i, slot, shown, _, note in scene.changes:
            texts[i, slot] = shown, note
    now = view.scenes[upto] if upto >= 0 else None
    if styled:
        scale = min(1, WIDTH / width)
        attributes = (f'xmlns="http://www.w3.org/2000/svg" width="{scale * width:.0f}" '
                      f'height="{scale * height:.0f}"')
    style = f"<style>{coloured(asset('picture.css'))}</style>" if styled else ""
    kind  = "graph" if view.labelled else "graph crowded"
    frame = f"-4 -4 {width + 8:.0f} {height + 8:.0f}"
    role  = "img" if styled else "group"
    label = html(description, 300)
    moved = f' transform="translate({(width - view.width) / 2:.0f} 0)"' if width > view.width else ""
    return "".join([f'<svg class="{kind}" viewBox="{frame}" role="{role}" aria-label="{label}" {attributes}>',
                    f'{style}<g class="camera"{moved}>',
                    *arrows(view, now), *slopes(view, now, texts if now else None),
                    *[box(view, i, card, texts, spotlight(now, i)) for i, card in enumerate(view.cards)],
                    f"</g>{below}</svg>"])


def arrows(view: View, now: Scene | None) -> Iterator[str]:
    """The curves; those of the scene are lit."""
    for k, arrow in enumerate(view.arrows):
        kind  = f" on {now.phase}" if now and k in now.arrows else ""
        kind += " dim" if view.cards[arrow.tail].role in ("constant", "target") else ""
        yield f'<path class="a{kind}" id="{view.name}-a{k}" d="{path(view.curves[k])}"/>'


def slopes(view: View, now: Scene | None, texts: Texts | None) -> Iterator[str]:
    """The partials on the curves, as far as they are computed: with the node that the arrow leads to."""
    for k, arrow in enumerate(view.arrows):
        known = texts is None or (arrow.head, "v") in texts
        if arrow.partial and known and (view.labelled or now and k in now.arrows):
            x, y = view.labels[k]
            place = f'x="{x:.0f}" y="{y + 4:.0f}"'
            yield f'<text class="p" id="{view.name}-p{k}" {place}>{arrow.partial}</text>'


def spotlight(now: Scene | None, i: int) -> str:
    """The class of the card that the scene is about."""
    return f" now {now.phase}" if now and i == now.card and now.phase not in ("given", "done") else ""


def box(view: View, i: int, card: Card, texts: Texts, state: str) -> str:
    """One card: a coloured edge for the role, the name and the symbol, the number, the gradient."""
    (x, y), w, h = view.places[i], card.width, card.height
    number, (grad, note) = texts.get((i, "v"), ("", ""))[0], texts.get((i, "g"), ("", ""))
    empty = "" if number else " empty"
    small = card.role == "constant"
    top   = 20 if card.name else 3
    head  = (f'<text class="n" x="{w / 2 if small else 15:.0f}" y="20">{html(card.name, 24)}</text>'
             if card.name else "")
    head += f'<text class="s" x="{w - 10:.0f}" y="20">{html(card.symbol)}</text>' if card.symbol else ""
    rest  = "" if small else (f'<rect class="k" width="6" height="{h:.0f}" rx="3"/>'
                              f'<text class="g" x="15" y="{top + 37}">{"grad " + grad if grad else ""}</text>'
                              f'<text class="m" x="{w - 9:.0f}" y="{top + 37}">{note}</text>')
    place = f"translate({x - w / 2:.0f} {y - h / 2:.0f})"
    return (f'<g class="c {card.role}{empty}{state}" id="{view.name}-c{i}" transform="{place}">'
            f'<rect class="b" width="{w:.0f}" height="{h:.0f}" rx="{15 if small else 7}"/>{rest}{head}'
            f'<text class="v" x="{w / 2 if small else 15:.0f}" y="{top + 18}">{number}</text></g>')


def path(curve: list[Point]) -> str:
    """The control points as SVG path data, to whole pixels."""
    (x, y), *rest = curve
    data = [f"M{x:.0f} {y:.0f}"]
    for k in range(0, len(rest), 3):
        points = rest[k:k + 3]
        data.append(("C" if len(points) == 3 else "L") + " ".join(f"{px:.0f} {py:.0f}" for px, py in points))
    return "".join(data)
