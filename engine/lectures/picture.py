"""picture: a view as one SVG, empty for the page to fill in, or as it stands after a step.

Colours come from the classes, so that the page, the slides and the notebook each bring their theme.
"""

from __future__ import annotations

from ..text import html
from .views import Card, Point, View

# For a picture that stands alone; the page and the slides bring their own.
STYLE = """svg.graph{background:#fff;max-width:100%;height:auto}
.graph .a{fill:none;stroke:#b4bdc7;stroke-width:1.6}.graph .a.dim{stroke-dasharray:3 4}
.graph text{font:14px system-ui,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;fill:#16191d}
.graph .p{font:600 13px Menlo,Consolas,"Liberation Mono",monospace;fill:#00664b;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:9px}
.graph .b{fill:#fff;stroke:#b4bdc7;stroke-width:1.5}.graph .k{fill:#d9dee4}.graph .n{font-weight:650}
.graph .s,.graph .m{fill:#56606b;text-anchor:end;font-size:13px}.graph .v,.graph .g{font:600 15px Menlo,Consolas,"Liberation Mono",monospace;fill:#0065a3}
.graph .g{fill:#b84a00}.graph .constant .v,.graph .constant .n{text-anchor:middle}.graph .input .k{fill:#56b4e9}.graph .weight .k{fill:#e69f00}
.graph .bias .k{fill:#f0e442}.graph .target .k{fill:#cc79a7}.graph .root .k{fill:#16191d}"""


def picture(view: View, description: str, upto: int = -1, attributes: str = "", styled: bool = False) -> str:
    """The view as SVG, with the numbers of scenes 0..upto (none by default)."""
    texts: dict[tuple[int, str], tuple[str, str]] = {}
    for scene in view.scenes[:upto + 1]:
        for i, slot, shown, _, note in scene.changes:
            texts[i, slot] = shown, note
    now  = view.scenes[upto] if upto >= 0 else None
    live = set(now.arrows) if now else set()
    phase = now.step.phase if now else ""
    own   = (f'xmlns="http://www.w3.org/2000/svg" width="{view.width:.0f}" height="{view.height:.0f}"', f"<style>{STYLE}</style>")
    attributes, style = own if styled else (attributes, "")
    lines = [f'<svg class="graph" viewBox="-4 -4 {view.width + 8:.0f} {view.height + 8:.0f}" role="{"img" if styled else "group"}" '
             f'aria-label="{html(description, 300)}" {attributes}>{style}<g class="camera">']
    for k, arrow in enumerate(view.arrows):
        kind = f"{' on ' + phase if k in live else ''}{' dim' if not arrow.partial else ''}"
        lines.append(f'<path class="a{kind}" id="{view.name}-a{k}" d="{path(view.curves[k])}"/>')
    for k, arrow in enumerate(view.arrows):
        if arrow.partial and (view.labelled or k in live):
            x, y = view.labels[k]
            lines.append(f'<text class="p" id="{view.name}-p{k}" x="{x:.0f}" y="{y + 4:.0f}">{arrow.partial}</text>')
    for i, card in enumerate(view.cards):
        lines.append(box(view, i, card, texts, " now " + phase if now and i == now.node and phase not in ("given", "done") else ""))
    return "".join([*lines, "</g></svg>"])


def box(view: View, i: int, card: Card, texts: dict[tuple[int, str], tuple[str, str]], state: str) -> str:
    """One card: a coloured edge for the role, the name and the symbol, the number, the gradient."""
    (x, y), w, h = view.places[i], card.width, card.height
    number, gradient = texts.get((i, "v"), ("", "")), texts.get((i, "g"), ("", ""))
    empty = "" if number[0] else " empty"
    small = card.role == "constant"
    top   = 20 if card.name else 3
    head  = f'<text class="n" x="{w / 2 if small else 15:.0f}" y="20">{html(card.name, 24)}</text>' if card.name else ""
    head += f'<text class="s" x="{w - 10:.0f}" y="20">{html(card.symbol)}</text>' if card.symbol else ""
    rest  = "" if small else (f'<rect class="k" width="6" height="{h:.0f}" rx="3"/>'
                              f'<text class="g" x="15" y="{top + 37}">{"∂ " + gradient[0] if gradient[0] else ""}</text>'
                              f'<text class="m" x="{w - 9:.0f}" y="{top + 37}">{gradient[1]}</text>')
    return (f'<g class="c {card.role}{empty}{state}" id="{view.name}-c{i}" transform="translate({x - w / 2:.0f} {y - h / 2:.0f})">'
            f'<rect class="b" width="{w:.0f}" height="{h:.0f}" rx="{15 if small else 7}"/>{rest}{head}'
            f'<text class="v" x="{w / 2 if small else 15:.0f}" y="{top + 18}">{number[0]}</text></g>')


def path(curve: list[Point]) -> str:
    """The control points as SVG path data, to whole pixels."""
    (x, y), *rest = curve
    data = [f"M{x:.0f} {y:.0f}"]
    for k in range(0, len(rest), 3):
        points = rest[k:k + 3]
        data.append(("C" if len(points) == 3 else "L") + " ".join(f"{px:.0f} {py:.0f}" for px, py in points))
    return "".join(data)
