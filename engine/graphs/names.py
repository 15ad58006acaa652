"""Names: the documents' symbols for the nodes of a network, read out of the labels of its parameters.

nn labels its parameters W1[2,3] (layer 1, unit 2, input 3) and b1[2]. That is enough to know the rest:
what a unit's weights are multiplied by are its inputs, where the products and sums end is z1[2], the
function of z1[2] is a1[2], which is what W2[*,2] multiplies, and what is compared with the last
one is the target y. In a batch several samples share the parameters: the third one's is z1[2](3).

    unit     (network, layer, unit): whose parameters they are; a second network with equal labels is 2
    sample   the units of a layer that share their inputs belong to one sample
    chain    the products and sums of a unit, or its one affine node; it ends in z
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple, TypeAlias

from .edges import Edge
from ..rows import TABLE
from ..value import Constant, Value

WEIGHT = re.compile(r"[Ww](\d*)\[(?:(\d+),)?(\d+)\]")
BIAS   = re.compile(r"b(\d*)(?:\[(\d+)\])?")


class Unit(NamedTuple):
    network: int
    layer:   str
    unit:    str


# of each layer: which inputs, by number and id -> the sample that they are
Counters: TypeAlias = dict[tuple[int, str], dict[tuple[tuple[str, int], ...], int]]


class Place(NamedTuple):
    """Where in a network a node is: part "affine" up to z, "activation" after it."""

    network: int
    layer:   str
    unit:    str
    sample:  int
    part:    str


class Names:
    """name, role and place of the nodes of a graph, for those that have one."""

    def __init__(self, root: Value, nodes: list[Value], uses: dict[Value, list[Edge]]) -> None:
        self.root, self.nodes, self.uses = root, nodes, uses
        self.name:  dict[Value, str]   = {}
        self.role:  dict[Value, str]   = {}
        self.place: dict[Value, Place] = {}
        # a parameter's unit, and its input's number ("" for a bias)
        self.units: dict[Value, tuple[Unit, str]] = {}
        self.sample: dict[Value, int] = {}                  # which sample a node belongs to, numbered from 1
        self.outputs: dict[Place, Place] = {}               # the activations found so far
        self.closed: set[tuple[Unit, int]] = set()
        self.ends: list[tuple[Value, Unit, int]] = []       # every z, with its unit and sample
        self.parts: dict[Value, tuple[str, str, int]] = {}  # name in parts: symbol, index, sample
        self.read_leaves()
        self.read_units()
        self.read_outputs()
        self.write_names()

    # --- leaves -----------------------------------------------------------------------------------

    def read_leaves(self) -> None:
        seen: dict[str, int] = {}
        for v in self.nodes:
            if v.operands:
                continue
            label = str(v.label)
            weight, bias = WEIGHT.fullmatch(label), BIAS.fullmatch(label)
            if weight or bias:
                seen[label] = network = seen.get(label, 0) + 1
                if weight:
                    self.units[v] = Unit(network, weight[1], weight[2] or ""), weight[3]
                elif bias:
                    self.units[v] = Unit(network, bias[1], bias[2] or ""), ""
            self.role[v] = ("constant" if type(v) is Constant else "weight" if weight
                            or label[:1] in ("w", "W") else
                            "bias" if bias else "target" if label in ("t", "target") else "input")

    # --- units: chains of products and sums -------------------------------------------------------

    def read_units(self) -> None:
        """Find each chain's end z, and from it the inputs, the sample, and the activation."""
        chain: dict[Value, tuple[Unit, bool]] = {}       # node -> its unit, and whether the bias is in
        counters: Counters = {}
        for z in self.nodes:
            part = self.chain_of(z, chain)
            if part is not None:
                chain[z] = part
        for z in self.nodes:
            if z in chain and chain[z][1] and not any(
                    edge.z in chain and chain[edge.z][0] == chain[z][0] for edge in self.uses[z]):
                self.close_chain(z, chain, counters)
            else:
                self.inherit_sample(z)
        for z, unit, sample in self.ends:
            self.name_activation(z, unit, sample)

    def chain_of(self, z: Value, chain: dict[Value, tuple[Unit, bool]]) -> tuple[Unit, bool] | None:
        """The unit whose chain z is part of, if any."""
        if z.op in ("affine", "dot"):
            unit = self.units.get(z.operands[0]) or (self.units.get(z.operands[-1]) if z.op == "affine"
                                                     else None)
            return unit and (unit[0], True)
        if z.op == "*":
            weights = [self.units[v][0] for v in z.operands if v in self.units and self.units[v][1]]
            return (weights[0], False) if len(weights) == 1 and z.operands[0] is not z.operands[1] else None
        return self.chain_of_sum(z, chain) if z.op in ("+", "total") else None

    def chain_of_sum(self, z: Value, chain: dict[Value, tuple[Unit, bool]]) -> tuple[Unit, bool] | None:
        """The unit of which every summand is a part: its products, and its bias at most once."""
        def part(v: Value) -> tuple[Unit, bool] | None:
            bias = v in self.units and not self.units[v][1]
            return chain.get(v) or ((self.units[v][0], True) if bias else None)
        parts = [part(v) for v in z.operands]
        biases = sum(found[1] for found in parts if found)
        first = parts[0]
        alike = first is not None and all(found and found[0] == first[0] for found in parts)
        return (first[0], biases == 1) if first is not None and alike and biases <= 1 else None

    def close_chain(self, z: Value, chain: dict[Value, tuple[Unit, bool]],
                    counters: Counters) -> None:
        """z ends a unit's chain: give the chain its place, and name what comes in and goes out."""
        unit = chain[z][0]
        members: list[Value] = []
        pairs: list[tuple[Value, Value]] = []
        waiting = [z]
        while waiting:
            v = waiting.pop()
            members.append(v)
            n = len(v.operands) // 2
            if v.op in ("affine", "dot"):
                pairs += list(zip(v.operands[:n], v.operands[n:2 * n]))
            elif v.op == "*":
                x, y = v.operands
                pairs.append((x, y) if x in self.units else (y, x))
            else:
                waiting += [operand for operand in v.operands if operand in chain]
        xs = {self.units[w][1] if w in self.units else str(j): x for j, (w, x) in enumerate(pairs, 1)}
        inherited = {self.sample[x] for x in xs.values() if x in self.sample}
        numbers = counters.setdefault((unit.network, unit.layer), {})
        key = tuple(sorted((j, id(x)) for j, x in xs.items()))
        sample = inherited.pop() if len(inherited) == 1 else numbers.setdefault(key, len(numbers) + 1)
        while (unit, sample) in self.closed:  # a recurrent network uses a unit again: a sample of its own
            sample += 1
        self.closed.add((unit, sample))
        for v in members:
            self.place[v] = Place(*unit, sample, "affine")
            self.sample[v] = sample
        self.set_name(z, "z", unit.layer, unit, unit.unit, sample)
        for j, x in xs.items():
            self.name_input(x, j, unit, sample)
        self.ends.append((z, unit, sample))

    def inherit_sample(self, v: Value) -> None:
        """What is computed from one sample alone belongs to that sample."""
        samples = {self.sample[operand] for operand in v.operands if operand in self.sample}
        if len(samples) == 1 and v not in self.sample:
            self.sample[v] = samples.pop()

    def name_input(self, x: Value, j: str, unit: Unit, sample: int) -> None:
        """x is multiplied by weight j of the unit: an input x[j], or the activation a[j] of the layer
        before."""
        first = unit.layer in ("", "0", "1")
        if not x.operands:
            self.role[x] = "input"
            self.sample.setdefault(x, sample)
        if x in self.parts or x in self.place or x in self.units:
            return
        if first or not x.operands:
            self.set_name(x, "x", "", unit, j, sample)
        else:
            before = str(int(unit.layer) - 1)
            place  = Place(unit.network, before, j, sample, "activation")
            if place not in self.outputs:
                self.place[x] = self.outputs.setdefault(place, place)
                self.set_name(x, "a", before, unit, j, sample)

    def name_activation(self, z: Value, unit: Unit, sample: int) -> None:
        """a = f(z): the only use of z, by a function of z alone; or z's share in a softmax."""
        place, uses = Place(*unit, sample, "activation"), self.uses[z]
        if place in self.outputs:                        # the next layer has told already
            return
        for edge in uses:
            a = edge.z
            alone = (len(uses) == 1 and a.op in TABLE and TABLE[a.op].activation
                     and not any(v.operands for v in a.operands[1:]))
            if edge.position == 0 and (alone or a.op == "softmax"):
                self.place[a] = self.outputs.setdefault(place, place)
                self.sample[a] = sample
                self.set_name(a, "a", unit.layer, unit, unit.unit, sample)

    def set_name(self, v: Value, letter: str, layer: str, unit: Unit, index: str, sample: int) -> None:
        self.parts.setdefault(v, (self.symbol(letter, layer, unit.network), index, sample))

    def symbol(self, letter: str, layer: str, network: int, index: str = "") -> str:
        """z1[2]; of a second network with equal labels, z1'[2]."""
        return f"{letter}{layer}{chr(39) * (network - 1)}" + (f"[{index}]" if index else "")

    # --- what follows the last layer --------------------------------------------------------------

    def read_outputs(self) -> None:
        """Targets: leaves that an output is compared with, or that only the loss uses. What a unit is made
        from, by whatever steps, is none."""
        placed = [v for v in self.nodes if v in self.parts and v in self.place]
        if not placed:
            return
        inner: set[Value] = set()
        for v in reversed(self.nodes):
            if v in self.place or v in inner:
                inner.update(v.operands)
        for v in self.nodes:
            if v.operands or v in self.units or v in self.parts or v in inner:
                continue
            outputs = [self.parts[other] for edge in self.uses[v] if edge.z.op in ("-", "*")
                       for other in edge.z.operands if other in self.parts and other in self.place]
            if outputs or type(v) is not Constant:
                self.role[v] = "target"
                if outputs and not v.label:
                    self.parts[v] = "y", outputs[0][1], outputs[0][2]

    @cached_property
    def found(self) -> set[Unit]:
        """The units that have a z in this graph: a label "b" alone makes no layer."""
        return {unit for _, unit, _ in self.ends}

    @cached_property
    def samples(self) -> int:
        """How many samples share the parameters."""
        return max((sample for _, _, sample in self.parts.values()), default=0)

    def write_names(self) -> None:
        """Put the names together: the user's label first; the sample only where there are several."""
        many = self.samples > 1
        for v, (symbol, index, sample) in self.parts.items():
            self.name[v] = symbol + (f"[{index}]" if index else "") + (f"({sample})" if many else "")
        for v in self.nodes:
            if v.label:
                self.name[v] = str(v.label)
        self.name.setdefault(self.root, "J")
