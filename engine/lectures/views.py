"""views: a recording as cards and arrows in fixed places, and its steps in terms of them.

    card    one box: a name, a symbol, a number and a gradient, which the steps fill in
    arrow   from a card to one made from it; its partial stands on it
    change  [card, slot, text, exact, note]: what a step writes; slot "v" is the number, "g" the gradient
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from ..primitives import TABLE
from ..pictures.graphviz import layout
from ..show.text import digits
from ..value import Constant
from .recording import Contribution, Recording, Step
from .words import short

Change: TypeAlias = "tuple[int, str, str, str, str]"
Point:  TypeAlias = "tuple[float, float]"

LABELLED = 90            # arrows: with more, partials show on the arrows of the current step only


class Card(NamedTuple):
    name:   str
    symbol: str
    role:   str
    width:  float
    height: float


class Arrow(NamedTuple):
    tail:    int
    head:    int
    partial: str         # "" where there is none to show


class Scene(NamedTuple):
    """One step as a view shows it. `card` is in the spotlight, numbers flow along `arrows`."""

    phase:    str
    card:     int
    computed: list[int]                          # the nodes that a forward step computes
    sent:     list[tuple[int, Contribution]]     # what a backward step adds: from which node, what
    sentence: str
    changes:  list[Change]
    arrows:   list[int]
    step:     int  # the step of the recording after which all of this has happened


@dataclass(frozen=True)
class View:
    """Cards and arrows with their places in pixels, and the scenes played on them."""

    name:   str
    cards:  list[Card]
    arrows: list[Arrow]
    scenes: list[Scene]
    width:  float
    height: float
    places: list[Point]              # the centre of each card
    curves: list[list[Point]]        # the Bezier control points of each arrow
    labels: list[Point]              # the middle of each arrow
    nodes:  list[int]                # the node whose number each card shows; of several outputs the last
    inside: list[list[int]]          # the weights and biases inside each card

    @property
    def labelled(self) -> bool:
        return len(self.arrows) <= LABELLED


def scalar_view(recording: Recording) -> View:
    """One card per Value."""
    graph  = recording.graph
    cards  = [card(recording, i) for i in range(len(recording.values))]
    arrows: list[Arrow] = []
    ids: dict[tuple[int, int], int] = {}
    for edge in graph.edges:
        ids[graph.index[edge.z], edge.position] = len(arrows)
        partial = "" if type(edge.operand) is Constant else short(edge.partial)
        arrows.append(Arrow(graph.index[edge.operand], graph.index[edge.z], partial))
    scenes = []
    for k, step in enumerate(recording.steps):
        moving = step.phase in ("forward", "backward")
        into   = ([ids[step.node, i] for i in range(len(recording.values[step.node].operands))] if moving
                  else [])
        computed = [step.node] if step.phase == "forward" else []
        sent     = [(step.node, c) for c in step.contributions]
        scenes.append(Scene(step.phase, step.node, computed, sent, step.sentence, changes(recording, step),
                            into, k))
    return placed("scalar", cards, arrows, scenes, list(range(len(cards))), [[] for _ in cards])


def card(recording: Recording, i: int) -> Card:
    value, name = recording.values[i], recording.names[i]
    if recording.roles[i] == "constant":
        number, same = short(value.data), name == digits(value.data)
        width = 22 + 8.6 * max(len(number), 0 if same else len(name))
        return Card("" if same else name, "", "constant", width, 30 if same else 46)
    symbol = TABLE[value.op].symbol if value.op else ""
    return Card(name, symbol, recording.roles[i], min(max(122, 34 + 8.4 * len(name) + 7.6 * len(symbol)),
                                                      240), 66)


def changes(recording: Recording, step: Step) -> list[Change]:
    """What the step writes on the cards."""
    if step.phase == "given":
        return [(i, "v", short(v.data), exact(v.data), "") for i, v in enumerate(recording.values)
                if not v.operands]
    if step.phase == "forward":
        data = recording.values[step.node].data
        return [(step.node, "v", short(data), exact(data), "")]
    if step.phase == "seed":
        return [(step.node, "g", "1", "1", "")]
    return [(c.operand, "g", short(c.after), exact(c.after), "" if c.complete else f"{c.use}/{c.uses}")
            for c in step.contributions]


def exact(x: Any) -> str:
    """Every digit of a number; a NumPy scalar or an mpf as plainly as a float."""
    return str(x) if not isinstance(x, float) else float.__repr__(x)


# --- places ----------------------------------------------------------------------------------------

def placed(name: str, cards: list[Card], arrows: list[Arrow], scenes: list[Scene], main: list[int],
           inside: list[list[int]], columns: Sequence[list[int]] = ()) -> View:
    """Ask Graphviz once where everything goes. Only numbers are passed on: no label can do harm there.

    columns: cards that stand one below the other in this order, as the units of a layer.
    """
    cards    = widened(cards, scenes)
    labelled = len(arrows) <= LABELLED
    lines = ["digraph {", f"rankdir=LR; nodesep=0.3; ranksep={0.28 if labelled else 1.1};",
             'node [shape=box, fixedsize=true, label=""]; edge [arrowhead=none];']
    lines += [f'n{i} [id="n{i}", width={c.width / 72:.3f}, height={c.height / 72:.3f}];'
              for i, c in enumerate(cards)]
    for k, arrow in enumerate(arrows):
        if labelled and arrow.partial:  # the partial is a small node in the middle of its arrow
            wide = (8 + 7 * len(arrow.partial)) / 72
            lines += [f'm{k} [id="m{k}", width={wide:.3f}, height=0.25];',
                      f'n{arrow.tail}:e -> m{k}:w [id="a{k}"]; m{k}:e -> n{arrow.head}:w [id="b{k}"];']
        else:
            lines += [f'n{arrow.tail}:e -> n{arrow.head}:w [id="a{k}", minlen={2 if labelled else 1}];']
    lines += [f"{{rank=same; {' -> '.join(f'n{i}' for i in column)} [style=invis];}}"
              for column in columns if len(column) > 1]
    found  = layout("\n".join([*lines, "}"]))
    nodes, edges = found["nodes"], found["edges"]
    curves = [joint(edges[f"a{k}"], edges.get(f"b{k}")) for k in range(len(arrows))]
    labels = [nodes[f"m{k}"][:2] if f"m{k}" in nodes else middle(curves[k]) for k in range(len(arrows))]
    return View(name, cards, arrows, scenes, found["width"], found["height"],
                [nodes[f"n{i}"][:2] for i in range(len(cards))], curves, labels, main, inside)


def widened(cards: list[Card], scenes: list[Scene]) -> list[Card]:
    """The cards, each with room for the longest line that a step writes on it."""
    wide = [card.width for card in cards]
    for i, slot, text, _, note in [change for scene in scenes for change in scene.changes]:
        if cards[i].role != "constant":
            wide[i] = max(wide[i], 26 + 9 * len(text) + (17 if slot == "g"
                                                         else 0) + (7 * len(note) + 6 if note else 0))
    return [card._replace(width=width) for card, width in zip(cards, wide)]


def joint(first: list[Point], second: list[Point] | None) -> list[Point]:
    """Two Bezier curves as one, with a straight piece between them."""
    return [*first, first[-1], second[0], *second] if second else first


def middle(curve: list[Point]) -> Point:
    """The point half way along a chain of Bezier curves."""
    pieces = (len(curve) - 1) // 3
    at = 3 * (pieces // 2)
    a, b, c, d = curve[at:at + 4]
    return ((a[0] + 3 * b[0] + 3 * c[0] + d[0]) / 8, (a[1] + 3 * b[1] + 3 * c[1] + d[1]) / 8)
