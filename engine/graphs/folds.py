"""Folding: a graph with several nodes in one box, its numbers still true.

    view      in a network of nn                              in any other graph
    scalar    every Value is a box                            the same
    unit      each unit's products and sums are one z;        steps in a row are one box
              weights and biases are inside it
    neuron    z and a are one box                             an expression between shared values is one box
    layer     a layer is one box, all samples together        a band of levels is one box

What follows the last layer stays open while it is small, and is the box "loss" otherwise. What is
computed from parameters alone is the box "penalty". A box keeps its Values as they are: what it shows
are their numbers. A link's slopes are exact, so the chain rule holds on the folded graph too:

    v.grad == sum of slope * o.grad over the slopes (v, o, slope) of the links that leave v

With `gather` repeated operands are one box too, a bracket (engine.graphs.brackets).

    box       what is drawn as one node
    outputs   the members of a box that others use (and the root)
    link      an arrow between two boxes; its slopes are do/dv from values v of one to outputs o of the other
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from heapq import heappop, heappush
from typing import NamedTuple

from .brackets import MIDDLE, Brackets, Key, natural
from .edges import edges_into
from .graph import Graph
from .grouping import Grouping
from .names import Place, Unit
from ..show.text import visible
from ..value import Number, Value

VIEWS = ("scalar", "unit", "neuron", "layer")


class Slope(NamedTuple):
    """d(z)/d(operand) by all the ways that stay inside the box of z and pass no other output of it."""

    operand: Value
    z:       Value
    partial: Number


class Box:
    """Some nodes drawn as one. `group` says what it is: "value" for a single one, "z", "neuron", "layer",
    ..."""

    def __init__(self, group: str, title: str, members: list[Value], outputs: list[Value],
                 cluster: str) -> None:
        self.group, self.title, self.members, self.outputs, self.cluster = (group, title, members, outputs,
                                                                            cluster)
        self.parameters: list[Value] = []  # weights and biases inside; those of a batch are in several boxes
        self.frame  = ""                   # the title of the opened bracket that it came out of

    @property
    def single(self) -> bool:
        return self.group == "value"


class Link(NamedTuple):
    source: Box
    target: Box
    slopes: list[Slope]


class Fold:
    """The boxes and links of a view of a graph.

    Args:
        view: scalar, unit, neuron or layer.
        unfold: boxes to open again: their titles, those of layers, or nodes (by name or Value) inside them.
        gather: 0, or the level of brackets that repeated operands are gathered into.

    Raises:
        ValueError: the view or something to unfold does not exist.
    """

    def __init__(self, graph: Graph, view: str = "scalar", unfold: Iterable[Value | str] = (),
                 gather: int = 0) -> None:
        if view not in VIEWS:
            raise ValueError(f"there is no view {visible(repr(view))}: write one of {', '.join(VIEWS)}")
        self.graph, self.view = graph, view
        self.grouping = Grouping(graph, view)
        self.keys, self.hidden = self.grouping.keys, self.grouping.hidden
        self.opened: dict[Value, str] = {}                    # what an opened box held, and that box's title
        unfold = list(unfold)
        self.unfold, self.level = unfold, gather
        closed = self.open(unfold)
        self.brackets = Brackets(graph, gather, self.key, self.hidden.__contains__) if gather else None
        self.frames   = self.gather(closed)
        self.boxes  = self.make_boxes()
        self.box_of = {v: box for box in self.boxes for v in box.members}

    def id(self, box: Box) -> str:
        """The id of the box's last output: the same node has the same id in every view that shows it."""
        return self.graph.id(box.outputs[-1])

    def name(self, v: Value) -> str:
        """What v is called in its box: of several operations with one label, each has a number."""
        return self.numbered.get(v) or self.graph.symbol(v)

    @cached_property
    def numbered(self) -> dict[Value, str]:
        """softmax 1, softmax 2, ...: the names of the results that share a label."""
        alike: dict[str, list[Value]] = {}
        for box in self.boxes:
            for v in box.outputs if box.single or box.group == "expression" else []:
                if v.operands and self.graph.name(v):
                    alike.setdefault(self.graph.name(v), []).append(v)
        return {v: f"{name} {k}" for name, same in alike.items() if len(same) > 1
                for k, v in enumerate(same, 1)}

    def key(self, v: Value) -> Key:
        """What v has in common with the other members of its box; a node that is drawn alone has a key of its
        own."""
        return self.keys.get(v, ("value", self.graph.index[v]))

    # --- opening and gathering --------------------------------------------------------------------

    def open(self, unfold: list[Value | str]) -> list[Value | str]:
        """Take the boxes asked for apart again, and show the parameters they use. What opens nothing is
        returned: it may be in a bracket."""
        titles: dict[str, list[Key]] = {}
        for key in dict.fromkeys(self.keys.values()):
            titles.setdefault(self.title(key, []), []).append(key)
            if isinstance(key[1], Place):                     # a layer of units that are boxes of their own
                titles.setdefault(self.layer_title(key[1]), []).append(key)
        closed = []
        for what in unfold:
            keys = titles.get(what, []) if isinstance(what, str) else []
            if not keys:
                found = self.found(what)
                keys  = [self.key(found)] if found is not None else []
                if found is None or found not in self.keys and found not in self.hidden:
                    closed.append(what)
                if found is not None:
                    self.hidden.discard(found)  # its own: drawn alone already, or a hidden parameter
            chosen = set(keys)
            for v in [v for v, other in self.keys.items() if other in chosen]:
                self.opened[v] = str(what) if isinstance(what, str) else self.title(self.keys[v], [v])
                del self.keys[v]
                self.hidden.difference_update(v.operands)
        return closed

    def found(self, what: Value | str) -> Value | None:
        """The node that is meant, or None where it may be the title of a bracket."""
        try:
            return self.graph.find(what)
        except ValueError:
            if isinstance(what, str) and MIDDLE in what:
                return None
            raise

    def gather(self, closed: list[Value | str]) -> dict[Value, str]:
        """Put repeated operands into their brackets, but for those to open: the latter, with the title of
        theirs."""
        frames: dict[Value, str] = {}
        titles = {self.brackets.bracket_of(what) for what in closed} if self.brackets else set()
        for what in closed:
            if isinstance(what, str) and (not self.brackets or not self.brackets.bracket_of(what)):
                self.graph.find(what)                         # it says what is wrong with a title of nothing
        for title, members in (self.brackets.members if self.brackets else {}).items():
            if title in titles: frames.update(dict.fromkeys(members, title))
            else:               self.keys.update(dict.fromkeys(members, ("bracket", title)))
        return frames

    def held(self) -> dict[Value, str]:
        """What opened boxes and brackets held, and their titles."""
        return self.opened | self.frames

    def layers(self) -> list[str]:
        """The titles of the layers whose units are boxes of their own that can be opened together."""
        return list(dict.fromkeys(self.layer_title(what) for _, what in self.keys.values()
                                  if isinstance(what, Place)))

    def opens(self, box: Box) -> bool:
        """Whether the title of the box tells it from all others, so that unfold takes it."""
        return bool(box.title) and sum(other.title == box.title for other in self.boxes) == 1

    # --- boxes and links --------------------------------------------------------------------------

    def make_boxes(self) -> list[Box]:
        graph = self.graph
        groups: dict[Key, list[Value]] = {}
        for v in graph.nodes:
            if v not in self.hidden:
                groups.setdefault(self.key(v), []).append(v)
        boxes = []
        for key, members in groups.items():
            group = key[0]
            outputs = [v for v in members if v is graph.root
                       or any(self.key(edge.z) != key for edge in graph.uses[v])]
            if len(members) == 1 and group not in ("z", "neuron", "layer"):
                group = "value"
            if group == "bracket":
                outputs = sorted(outputs, key=lambda v: natural(graph.symbol(v)))
            box = Box(group, self.title(key, members), members, outputs, self.cluster(members[-1]))
            box.parameters = list(dict.fromkeys(p for v in members for p in v.operands if p in self.hidden))
            box.frame = self.frames.get(members[-1], "")
            boxes.append(box)
        return boxes

    def title(self, key: Key, members: list[Value]) -> str:
        """What a box is called; unfold=[...] takes it."""
        group, what = key
        names = self.graph.names
        if isinstance(what, Place):
            sample = f"({what.sample})" if names.samples > 1 else ""
            return names.symbol("z" if group == "z" else "unit ", what.layer, what.network,
                                what.unit) + sample
        if isinstance(what, tuple):
            return names.symbol("layer ", what[1], what[0], "").strip()
        if group == "bracket":
            return str(what)
        if group == "loss":
            return f"loss({what})" if what else "loss"
        if group == "band":
            return self.grouping.band_title(what) if isinstance(what, int) and what else "leaves"
        if group in ("value", "expression"):
            return self.graph.symbol(members[-1]) if members else ""
        return group

    def cluster(self, v: Value) -> str:
        """The layer that v is drawn in, by the end of its unit; "" outside of the layers. Parameters beside
        brackets stand outside: a frame around them would push the layer before it away."""
        names = self.graph.names
        if self.brackets and not v.operands:
            return ""
        unit  = names.units[v][0] if v in names.units else None
        if unit and unit in names.found:
            return self.layer_title(unit)
        place = names.place.get(v)
        return self.layer_title(place) if place else ""

    def layer_title(self, unit: Place | Unit) -> str:
        return self.graph.names.symbol("layer ", unit.layer, unit.network, "").strip()

    @cached_property
    def links(self) -> list[Link]:
        """Every arrow, in the order of the boxes it leads to: one per edge into a single node, else one per
        source."""
        if self.view == "scalar" and not self.brackets:
            return [Link(self.box_of[e.operand], self.box_of[e.z], [Slope(e.operand, e.z, e.partial)])
                    for e in self.graph.edges]
        links = []
        for box in self.boxes:
            arriving: dict[int, Link] = {}
            for slope in self.slopes_into(box):
                source = self.box_of[slope.operand]
                if box.single and (source.single or not self.brackets):
                    links.append(Link(source, box, [slope]))
                else:
                    arriving.setdefault(id(source), Link(source, box, [])).slopes.append(slope)
            links += arriving.values()
        return links

    def slopes_into(self, box: Box) -> list[Slope]:
        """d(output)/d(value outside), for each output of the box: backward() inside the box, from that
        output."""
        if box.single:
            return [Slope(edge.operand, edge.z, edge.partial) for edge in edges_into(box.members[0])
                    if edge.operand not in self.hidden]
        slopes, position = [], {v: i for i, v in enumerate(box.members)}
        outputs = set(box.outputs)
        for z in box.outputs:
            inner: dict[Value, Number] = {z: 1}
            outer: dict[Value, Number] = {}
            waiting = [-position[z]]                          # a heap: the last member first
            while waiting:
                v = box.members[-heappop(waiting)]
                for operand, partial in zip(v.operands, v.partials):
                    if operand in self.hidden:
                        continue
                    inside = operand in position and operand not in outputs
                    slope  = inner if inside else outer
                    if inside and operand.operands and operand not in inner:
                        heappush(waiting, -position[operand])
                    slope[operand] = slope.get(operand, 0) + partial * inner[v]
            slopes += [Slope(v, z, partial) for v, partial in outer.items()]
        return slopes
