"""livingtraining: a page that trains by itself: the graph of one point's loss, as rows in JavaScript.

    pattern   the graph that every point has; inputs, target and parameters are leaves of it
    map       what a unit answers over the plane, drawn on its card
    roomy     a card with its name and numbers beside the map; with many units in a column a card is small
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..graphs.edges import nodes_of
from ..graphs.folds import Box, Fold
from ..value import Constant, Operand, Value, number
from .assets import asset
from .folded_views import Folded
from .javascript import Unwritable, graph_data, script, uses
from .page import assembled
from .page_data import Json
from .picture import picture
from .recording import record
from .training_runs import Data, Loss, Model, near
from .views import Arrow, Card, Point, View, middle, placed

MANY  = 8                               # cards in a column: with more, they are small
FEW   = 60                              # values of a graph without layers: with more, it is folded
ROOMY = 206, 66
SMALL = 150, 46
WIDE  = 148                             # a card without a map
GAP, ASPECT = 9, 1.85                   # between small cards; the width of their picture to its height


class Pattern(NamedTuple):
    """The graph of one point's loss; a leaf that it does not use is None."""

    nodes:      list[Value]
    inputs:     list[int | None]
    target:     int | None
    output:     int
    parameters: list[int]


class Hand(NamedTuple):
    """What can be set by hand in the page, as it is at first."""

    rate:   float
    batch:  int | None
    noise:  float
    seed:   int


class Living(NamedTuple):
    """A page that trains by itself, from the parameters that the model had."""

    view: View
    data: dict[str, Json]
    code: str                           # the rows of the graph

    def html(self, title: str) -> str:
        return assembled(
            "living_training.html", title,
            picture(self.view, "The network with the numbers of the chosen point", attributes='id="graph"'),
            self.data, asset("page.css") + asset("training.css") + asset("living_training.css"),
            self.code + asset("trainer.js") + asset("living_training.js"), kind="training living")


def living(model: Model, data: Data, test: Data, loss: Loss, hand: Hand, epochs: int, threshold: float,
           area: Sequence[float]) -> Living:
    """The page, before any training.

    Raises:
        Unwritable: a page cannot compute this model and loss; the message says why.
    """
    pattern = pattern_of(model, data[0], loss)
    for pair in [*data[1:], *test]:
        same(pattern, pattern_of(model, pair, loss), pair)
    graph = graph_data(pattern.nodes)
    view, boxes, links = drawn(pattern)
    code  = script(uses(pattern.nodes))
    return Living(view, {
        "graph": {**graph}, "inputs": pattern.inputs, "target": pattern.target, "output": pattern.output,
        "parameters": pattern.parameters, "points": dotted(data), "test": dotted(test),
        "area": list(area), "threshold": threshold, "epochs": epochs,
        "settings": {**hand._asdict(), "batch": hand.batch or len(data)}, "all": hand.batch is None,
        "view": view.name, "cards": [[card.name or box.title, card.role, i] for card, box, i in
                                     zip(view.cards, boxes, view.nodes)],
        "ends": links, "mapped": sorted(answering(pattern)),
        "boxes": [[x, y, card.width, card.height] for card, (x, y) in zip(view.cards, view.places)],
        "homes": homes(pattern, boxes), "arrows": list(weights(pattern, boxes, links))}, code)


def dotted(data: Data) -> Json:
    return [[float(x[0]), float(x[1]), float(number(t))] for x, t in data]


# --- the pattern ------------------------------------------------------------------------------------

def pattern_of(model: Model, pair: tuple[Sequence[float], Operand], loss: Loss) -> Pattern:
    """The graph of one point, of Constants that can be found in it again."""
    x, t  = [Constant(number(part)) for part in pair[0]], Constant(number(pair[1]))
    plain = loss(model(pair[0]), pair[1])
    try:
        output = model(x)                                                         # type: ignore[arg-type]
        root   = loss(output, t)
    except (TypeError, AttributeError, LookupError, ValueError) as error:
        raise Unwritable("the model and the loss must take features and a target that are Values, and for "
                         f"those they say {type(error).__name__}: {str(error):.120}") from error
    if not isinstance(output, Value) or not isinstance(root, Value) or not near(number(root), number(plain)):
        raise Unwritable(f"of the point {tuple(pair[0])!r:.60} as Values the loss is another than as plain "
                         "numbers (== asks whether two Values are the same node: write where(...))")
    nodes = nodes_of(root)
    place  = {v: k for k, v in enumerate(nodes)}
    if output not in place:
        raise Unwritable("the loss does not depend on the model's output")
    if not root.operands:
        raise Unwritable("the loss is computed outside of the graph: write it with operations of Values")
    found = [place[p] for p in model.parameters() if p in place]
    return Pattern(nodes, [place.get(v) for v in x], place.get(t), place[output], found)


def same(first: Pattern, other: Pattern, pair: tuple[Sequence[float], object]) -> None:
    """Complain where a point has another graph, or other plain numbers in it, than the first."""
    open_ = {k for k in (*first.inputs, first.target) if k is not None}
    alike = ([shape(first), first[1:]] == [shape(other), other[1:]]
             and all(v.data == w.data for k, (v, w) in enumerate(zip(first.nodes, other.nodes))
                     if not v.operands and k not in open_))
    if not alike:
        raise Unwritable(f"the point {tuple(pair[0])!r:.60} has another graph than the first point: the page "
                         "has one graph for all, so write a model and a loss that do the same operations of "
                         "Values for every point")


def shape(pattern: Pattern) -> list[tuple[str, list[int]]]:
    place = {v: k for k, v in enumerate(pattern.nodes)}
    return [(v.op, [place[x] for x in v.operands]) for v in pattern.nodes]


# --- the picture ------------------------------------------------------------------------------------

def drawn(pattern: Pattern) -> tuple[View, list[Box], list[tuple[int, int]]]:
    """The cards with room for maps, the boxes behind the cards, and the ends of the arrows."""
    folded = folded_graph(pattern)
    boxes  = folded.boxes
    main   = [folded.index[box.outputs[-1]] for box in boxes]
    mapped = answering(pattern)
    units  = columns(boxes)
    room   = ROOMY if max(map(len, units), default=0) <= MANY else SMALL
    cards  = [sized(folded.card(box), room, k in pattern.inputs) if k in mapped else
              roomier(folded.card(box)) for box, k in zip(boxes, main)]
    links  = [(tail, head) for tail, head, _ in folded.links]
    arrows = [Arrow(tail, head, "") for tail, head in links]
    empty: list[list[int]] = [[] for _ in cards]
    if room == ROOMY:
        return placed("neuron", cards, arrows, [], main, empty, [[m] for m in main], empty,
                      units), boxes, links
    return side_by_side(cards, arrows, main, empty), boxes, links


def folded_graph(pattern: Pattern) -> Folded:
    """One box per unit of a network; of another graph every value, while these are few."""
    root = pattern.nodes[-1]
    root.label = root.label or "loss"
    recording = record(root)
    fold      = Fold(recording.graph, "neuron")
    if all(box.group != "neuron" for box in fold.boxes) and len(pattern.nodes) <= FEW:
        for k, name in zip((*pattern.inputs, pattern.target), ("x1", "x2", "t")):
            if k is not None:
                pattern.nodes[k].label = name
        recording = record(root)
        fold      = Fold(recording.graph, "scalar")
    return Folded(recording, fold)


def columns(boxes: Sequence[Box]) -> list[list[int]]:
    """The units of each layer."""
    found: dict[str, list[int]] = {}
    for i, box in enumerate(boxes):
        if box.group == "neuron":
            found.setdefault(box.cluster, []).append(i)
    return list(found.values())


def side_by_side(cards: list[Card], arrows: list[Arrow], main: list[int], inside: list[list[int]]) -> View:
    """Cards in columns by their distance from the features, all together as wide as a screen."""
    depth = [0] * len(cards)
    for tail, head in sorted({(arrow.tail, arrow.head) for arrow in arrows}, key=lambda ends: main[ends[1]]):
        depth[head] = max(depth[head], depth[tail] + 1)
    made = {arrow.head for arrow in arrows}
    for i in range(len(cards)):
        if i not in made:                                # a leaf stands before its first use
            depth[i] = min(depth[arrow.head] for arrow in arrows if arrow.tail == i) - 1
    stacks = [[i for i in range(len(cards)) if depth[i] == d] for d in range(max(depth) + 1)]
    height = max(sum(cards[i].height + GAP for i in stack) for stack in stacks)
    widths = [max(cards[i].width for i in stack) for stack in stacks]
    apart  = max(70, (ASPECT * height - sum(widths)) / max(1, len(stacks) - 1))
    places: list[Point] = [(0.0, 0.0)] * len(cards)
    left   = 0.0
    for stack, width in zip(stacks, widths):
        top = (height - sum(cards[i].height + GAP for i in stack)) / 2
        for i in stack:
            places[i] = left + width / 2, top + (cards[i].height + GAP) / 2
            top += cards[i].height + GAP
        left += width + apart
    curves = [bent(places[a.tail], cards[a.tail].width, places[a.head], cards[a.head].width) for a in arrows]
    return View("neuron", cards, arrows, [], left - apart, height, places, curves,
                [middle(curve) for curve in curves], main, inside, [[m] for m in main], inside)


def bent(start: Point, width: float, end: Point, other: float) -> list[Point]:
    """A curve from the right side of one card to the left side of another, level at both."""
    (ax, ay), (bx, by) = (start[0] + width / 2, start[1]), (end[0] - other / 2, end[1])
    half = (bx - ax) / 2
    return [(ax, ay), (ax + half, ay), (bx - half, by), (bx, by)]


def answering(pattern: Pattern) -> set[int]:
    """The nodes that answer to the two features alone: their numbers are a map over the plane."""
    reached = {k for k in pattern.inputs if k is not None}
    closed  = {pattern.target}
    place   = {v: k for k, v in enumerate(pattern.nodes)}
    for k, v in enumerate(pattern.nodes):
        operands = {place[x] for x in v.operands}
        if operands & closed:
            closed.add(k)
        if operands & reached:
            reached.add(k)
    return {k for k in reached if k not in closed}


def sized(card: Card, room: tuple[int, int], given: bool) -> Card:
    """The card with room for a map, where its symbol would stand."""
    name = f"{card.name} {card.symbol}".rstrip() if room == ROOMY else ""
    return card._replace(name=name, symbol="", role="input" if given else card.role,
                         width=room[0], height=room[1])


def roomier(card: Card) -> Card:
    """The card with room for any number: they change while the page trains."""
    return card if card.role == "constant" else card._replace(width=max(card.width, WIDE))


def homes(pattern: Pattern, boxes: Sequence[Box]) -> list[int]:
    """For each node that an operation made its card."""
    place = {v: k for k, v in enumerate(pattern.nodes)}
    found = [0] * len(pattern.nodes)
    for i, box in enumerate(boxes):
        for v in box.members:
            found[place[v]] = i
    return found


def weights(pattern: Pattern, boxes: Sequence[Box], links: Sequence[tuple[int, int]]) -> Iterator[Json]:
    """For each arrow the parameter that multiplies what comes along it; -1 where there is not just one."""
    place = {v: k for k, v in enumerate(pattern.nodes)}
    free  = set(pattern.parameters)
    for tail, head in links:
        sources = set(boxes[tail].outputs)
        found   = {place[w] for z in boxes[head].members for w, x in factors(z)
                   if x in sources and place[w] in free}
        yield found.pop() if len(found) == 1 else -1


def factors(z: Value) -> Iterator[tuple[Value, Value]]:
    """Pairs (w, x) whose product z is, or is a sum of."""
    half = len(z.operands) // 2
    if z.op in ("affine", "dot"):
        yield from zip(z.operands[:half], z.operands[half:2 * half])
    elif z.op == "*":
        yield z.operands[0], z.operands[1]
        yield z.operands[1], z.operands[0]
