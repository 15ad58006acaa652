"""views: a recording as cards and arrows in fixed places, and its steps in terms of them.

    card    one box: a name, a symbol, a number and a gradient, which the steps fill in
    arrow   from a card to one made from it; its partial stands on it
    change  [card, slot, text, exact, note]: what a step writes; slot "v" is the number, "g" the gradient
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from ..explaining.arithmetic import filled
from ..primitives import TABLE
from ..pictures.graphviz import layout
from ..show.dot import Dot, below_each_other
from ..show.numbers import exact, short
from ..value import Constant
from .recording import Contribution, Recording, Step

Change: TypeAlias = "tuple[int, str, str, str, str]"
Point:  TypeAlias = "tuple[float, float]"

ACROSS   = {"tailport": "e", "headport": "w"}
GRAD     = 42            # the width of "grad " on a card
LABELLED = 90            # arrows: with more, partials show on the arrows of the current step only
NOTED    = 150           # the width up to which a card has its formula beside its name, not its sign alone
ROOM     = "−0.01234"    # on a page that computes every card and arrow has room for this


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
    ends:    tuple[int, int] = (-1, -1)      # the nodes x and z of the partial dz/dx


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
    outputs: list[list[int]]         # the nodes whose numbers and gradients each card shows
    members: list[list[int]]         # the nodes that are computed inside each card that holds several

    @property
    def labelled(self) -> bool:
        return len(self.arrows) <= LABELLED


def scalar_view(recording: Recording, live: bool = False) -> View:
    """One card per Value; a live one has room for other numbers than the recorded ones."""
    graph  = recording.graph
    cards  = [card(recording, i) for i in range(len(recording.values))]
    arrows: list[Arrow] = []
    ids: dict[tuple[int, int], int] = {}
    for edge in graph.edges:
        ids[graph.index[edge.z], edge.position] = len(arrows)
        partial = "" if type(edge.operand) is Constant else short(edge.partial)
        ends = graph.index[edge.operand], graph.index[edge.z]
        arrows.append(Arrow(*ends, partial, ends))
    scenes = []
    for k, step in enumerate(recording.steps):
        moving = step.phase in ("forward", "backward")
        into   = ([ids[step.node, i] for i in range(len(recording.values[step.node].operands))] if moving
                  else [])
        computed = [step.node] if step.phase == "forward" else []
        sent     = [(step.node, c) for c in step.contributions]
        scenes.append(Scene(step.phase, step.node, computed, sent, step.sentence, changes(recording, step),
                            into, k))
    each = [[i] for i in range(len(cards))]
    none: list[list[int]] = [[] for _ in cards]
    return placed("scalar", cards, arrows, scenes, list(range(len(cards))), none, each, none, live=live)


def card(recording: Recording, i: int) -> Card:
    value, name = recording.values[i], recording.names[i]
    if recording.roles[i] == "constant":
        number, same = short(value.data), name == short(value.data)
        width = 22 + 8.6 * max(len(number), 0 if same else len(name))
        return Card("" if same else name, "", "constant", width, 30 if same else 46)
    symbol = notation(recording, i)
    return Card(name, symbol, recording.roles[i], min(max(122, first_line(name, symbol)), 240), 66)


def first_line(name: str, symbol: str) -> float:
    """The width of a card's first line."""
    return 34 + 8.4 * len(name) + 7.6 * len(symbol)


def notation(recording: Recording, i: int) -> str:
    """How the node is computed, w·x; its sign alone where that would be long; "" for a leaf."""
    value = recording.values[i]
    if not value.operands:
        return ""
    whole = filled(recording.formulas[i], lambda k: recording.names[k])
    return whole if first_line(recording.names[i], whole) <= NOTED else TABLE[value.op].symbol


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


# --- places ----------------------------------------------------------------------------------------

def placed(name: str, cards: list[Card], arrows: list[Arrow], scenes: list[Scene], main: list[int],
           inside: list[list[int]], outputs: list[list[int]], members: list[list[int]],
           columns: Sequence[list[int]] = (), live: bool = False) -> View:
    """Ask Graphviz once where everything goes. Only numbers are passed on: no label can do harm there.

    columns: cards that stand one below the other in this order, as the units of a layer.
    """
    cards    = widened(cards, scenes, live)
    labelled = len(arrows) <= LABELLED
    least    = len(ROOM) if live else 0
    found    = layout(dot_source(cards, arrows, columns, labelled, least))
    nodes, edges = found["nodes"], found["edges"]
    curves = [joint(edges[f"a{k}"], edges.get(f"b{k}")) for k in range(len(arrows))]
    labels = [nodes[f"m{k}"][:2] if f"m{k}" in nodes else middle(curves[k]) for k in range(len(arrows))]
    return View(name, cards, arrows, scenes, found["width"], found["height"],
                [nodes[f"n{i}"][:2] for i in range(len(cards))], curves, labels, main, inside, outputs,
                members)


def dot_source(cards: list[Card], arrows: list[Arrow], columns: Sequence[list[int]], labelled: bool,
               least: int = 0) -> str:
    """The cards as empty boxes n0, n1, ...; the arrows a0, a1, ..., each with its partial, of `least` letters
    or more, as a box in its middle."""
    drawn = Dot(graph={"rankdir": "LR", "nodesep": "0.3", "ranksep": "0.28" if labelled else "1.1"},
                node={"shape": "box", "fixedsize": "true", "label": ""},
                edge={"arrowhead": "none"})
    for i, c in enumerate(cards):
        drawn.node(f"n{i}", id=f"n{i}", width=f"{c.width / 72:.3f}", height=f"{c.height / 72:.3f}")
    for k, arrow in enumerate(arrows):
        tail, head = f"n{arrow.tail}", f"n{arrow.head}"
        if labelled and arrow.partial:
            letters = max(len(arrow.partial), least)
            drawn.node(f"m{k}", id=f"m{k}", width=f"{(8 + 7 * letters) / 72:.3f}", height="0.25")
            drawn.edge(tail, f"m{k}", id=f"a{k}", **ACROSS)
            drawn.edge(f"m{k}", head, id=f"b{k}", **ACROSS)
        else:
            drawn.edge(tail, head, id=f"a{k}", minlen="2" if labelled else "1", **ACROSS)
    for column in columns:
        if len(column) > 1:
            drawn.part(below_each_other([f"n{i}" for i in column]))
    return str(drawn)


def widened(cards: list[Card], scenes: list[Scene], live: bool = False) -> list[Card]:
    """The cards, each with room for the longest line that a step writes on it; on a live page also for a
    gradient of the usual length, and for a number with the one that it was."""
    least = 26 + 9 * len(ROOM) + GRAD if live else 0
    wide  = [card.width if card.role == "constant" else max(card.width, least) for card in cards]
    for i, slot, text, _, note in [change for scene in scenes for change in scene.changes]:
        if cards[i].role != "constant":
            wide[i] = max(wide[i], 26 + 9 * len(text) + (GRAD if slot == "g" else 0)
                          + (7 * len(note) + 6 if note else 0))
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
