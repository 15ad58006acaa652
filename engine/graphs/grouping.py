"""Grouping: which nodes of a graph go into one box in each view.

    unit      each unit's products and sums; without units, steps in a row
    neuron    all from z to a; without units, an expression between shared values
    layer     a layer with all its samples; without units, a band of levels

What follows the last layer is the group "loss" where it is large; what is computed from parameters alone is
the group "penalty".
"""

from __future__ import annotations

from functools import cached_property

from .brackets import Key
from .graph import Graph
from .names import Place
from ..value import Constant, Value

LOSS_LIMIT = 24       # operations after the last layer: with more, they become one box
BANDS      = 8        # boxes of a graph without layers in the layer view


class Grouping:
    """The key of each node that goes into a box with others, and the parameters that go unseen."""

    def __init__(self, graph: Graph, view: str) -> None:
        self.graph, self.view = graph, view
        self.keys:   dict[Value, Key] = {}
        self.hidden: set[Value] = set()
        if view != "scalar":
            (self.group_units if graph.names.ends else self.group_expressions)()
            self.absorb_leaves()

    def group_units(self) -> None:
        """Units, layers, penalties, and what follows the last layer."""
        names, view = self.graph.names, self.view
        feeds  = self.feeding_units()
        whole  = self.whole_neurons() if view == "neuron" else {}
        extra  = self.penalties(whole)
        layers: dict[Value, tuple[int, str]] = {}             # the layer that a node outside of units follows
        tail: list[Value] = []
        for v in self.graph.nodes:
            place = whole.get(v) or names.place.get(v)
            if not v.operands:
                self.group_leaf(v)
            elif v in extra:
                self.keys[v] = ("penalty", "")
            elif place:
                layers[v] = (place.network, place.layer)
                self.group_unit(v, place, v in whole)
            else:
                before = [layers[operand] for operand in v.operands if operand in layers]
                if before:
                    layers[v] = max(before, key=lambda layer: (layer[0], int(layer[1] or 0)))
                if v not in feeds:
                    tail.append(v)
                elif view == "layer" and before:
                    self.keys[v] = ("layer", layers[v])
        self.group_tail(tail)
        self.hidden = set(names.units)

    def group_leaf(self, v: Value) -> None:
        if self.view == "layer" and self.graph.role(v) in ("input", "target"):
            self.keys[v] = (self.graph.role(v) + "s", "")

    def group_unit(self, v: Value, place: Place, whole: bool) -> None:
        """A node of a unit, or one between z and a of a whole neuron."""
        if self.view == "layer":
            self.keys[v] = ("layer", (place.network, place.layer))
        elif self.view == "neuron" and (whole or place.part == "affine"):
            self.keys[v] = ("neuron", place._replace(part=""))
        elif place.part == "affine":
            self.keys[v] = ("z", place)

    def group_tail(self, tail: list[Value]) -> None:
        """What follows the last layer: the loss, one box per sample, where it is large."""
        names = self.graph.names
        for v in tail:
            sample = names.sample.get(v, 0) if names.samples > 1 and self.view != "layer" else 0
            if self.view == "layer" or sample or len(tail) > LOSS_LIMIT:
                self.keys[v] = ("loss", sample)

    def penalties(self, whole: dict[Value, Place]) -> set[Value]:
        """The operations on parameters and plain numbers alone, a parameter among them."""
        graph, names = self.graph, self.graph.names
        found: set[Value] = set()
        pure = {v for v in graph.nodes if not v.operands
                and (v in names.units or type(v) is Constant and v not in names.parts)}
        for v in graph.nodes:
            outside = v.operands and v not in whole and v not in names.place
            if outside and all(operand in pure for operand in v.operands):
                pure.add(v)
                if any(operand in names.units or operand in found for operand in v.operands):
                    found.add(v)
        return found

    def feeding_units(self) -> set[Value]:
        """The nodes that some unit is computed from, and the units themselves."""
        feeds: set[Value] = set()
        for v in reversed(self.graph.nodes):
            if v in self.graph.names.place or v in feeds:
                feeds.add(v)
                feeds.update(v.operands)
        return feeds

    def whole_neurons(self) -> dict[Value, Place]:
        """The nodes from z to a, where a depends on its own z alone: also those of z * sigmoid(z)."""
        names, whole = self.graph.names, {}
        for a, place in names.place.items():
            if place.part != "activation":
                continue
            waiting, found = [a], [a]
            while waiting:
                for v in waiting.pop().operands:
                    before = names.place.get(v)
                    if v.operands and before is None and v not in found:
                        found.append(v)
                        waiting.append(v)
                    elif before and before._replace(part="activation") != place:
                        waiting, found = [], []               # another unit takes part: a stays outside
                        break
            whole.update(dict.fromkeys(found, place))
        return whole

    def group_expressions(self) -> None:
        """Without units: rows of steps (unit), expressions between shared values (neuron), bands of levels
        (layer)."""
        graph, view = self.graph, self.view
        height = self.band_height
        for v in reversed(graph.nodes):                       # users before operands
            if view == "layer":
                self.keys[v] = ("band", (graph.levels[v] + height - 1) // height)
            elif v.operands:
                users = graph.uses[v]
                alone = (len(users) == 1 and (view == "neuron" or sum(1 for u in users[0].z.operands
                                                                      if u.operands) == 1))
                self.keys[v] = self.keys[users[0].z] if alone else ("expression", graph.index[v])

    @cached_property
    def band_height(self) -> int:
        """How many levels go into one box."""
        return max(1, -(-self.graph.levels[self.graph.root] // BANDS))

    def absorb_leaves(self) -> None:
        """A plain number that a single box uses is part of that box."""
        for v in self.graph.nodes:
            if type(v) is Constant and v not in self.graph.names.parts and not v.label:
                keys = {self.keys.get(edge.z) for edge in self.graph.uses[v]}
                key  = keys.pop() if len(keys) == 1 else None
                if key is not None and v not in self.keys:
                    self.keys[v] = key

    def band_title(self, band: int) -> str:
        first = (band - 1) * self.band_height + 1
        return f"level {band}" if self.band_height == 1 else f"levels {first}-{first + self.band_height - 1}"
