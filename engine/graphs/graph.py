"""Graph: everything a result was computed from, as nodes, edges, levels, roles and names.

    >>> from engine import Value
    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> graph = Graph(w * x + 1)
    >>> [graph.name(v) or v.op for v in graph.nodes]
    ['w', 'x', '*', '1', 'J']

Pictures, explanations, lectures and matrices read a Graph; it is a reading of the Values as they
are, and changes nothing in them.

    root     the Value that the graph ends in: a loss J, or any other result
    nodes    every Value that root depends on, root and leaves included; operands come first
    edge     operand -> z: one per operand position, so x*x has two
    role     of a leaf: input, weight, bias, target or constant; of the others: operation or root
    name     the user's label; else the documents' symbol, where parameters of nn tell it: z1[2], a1[2]
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import count

from .edges import Edge, edges_into, nodes_of
from .formulas import latex_formula, latex_symbol, text_formula
from .names import Names, Place
from ..show.numbers import bracketed, digits, latex_number
from ..show.text import visible
from ..value import Constant, Value, number


class Graph:
    """The computation graph that ends in root.

    Raises:
        TypeError: root is not a Value.
    """

    def __init__(self, root: Value) -> None:
        if not isinstance(root, Value):
            instead = ("choose one of its items, or total(...) of them"
                       if isinstance(root, (list, tuple)) else
                       "write the Value that it returns, as in model(x)" if callable(root) else
                       "a plain number has no history: compute it from at least one Value")
            raise TypeError(f"a graph ends in one Value, and {type(root).__name__} {visible(repr(root))} was "
                            f"given: {instead}")
        self.root  = root
        self.nodes = nodes_of(root)
        self.index = {v: i for i, v in enumerate(self.nodes)}

    # --- structure --------------------------------------------------------------------------------

    @property
    def edges(self) -> Iterator[Edge]:
        """Every edge, in the order of the nodes it leads to."""
        return (edge for z in self.nodes for edge in edges_into(z))

    @cached_property
    def uses(self) -> dict[Value, list[Edge]]:
        """For each node the edges that leave it: where it is used. Used twice, two edges."""
        uses: dict[Value, list[Edge]] = {v: [] for v in self.nodes}
        for edge in self.edges:
            uses[edge.operand].append(edge)
        return uses

    @cached_property
    def levels(self) -> dict[Value, int]:
        """Leaves are at level 0; every other node one above its highest operand."""
        levels: dict[Value, int] = {}
        for z in self.nodes:
            levels[z] = max([levels[operand] for operand in z.operands], default=-1) + 1
        return levels

    def above(self, v: Value) -> set[Value]:
        """v and everything that depends on it: what changes when v does. (Ask `in`; do not iterate.)"""
        touched = {v}
        for z in self.nodes:
            if z.operands and any(operand in touched for operand in z.operands):
                touched.add(z)
        return touched

    def id(self, v: Value) -> str:
        """n0, n1, ...: the same in every picture, page and file made of this graph."""
        return f"n{self.index[v]}"

    def find(self, what: Value | str) -> Value:
        """The node itself, or the one with this name or id.

        Raises:
            ValueError: the graph has no such node, or several of that name.
        """
        if isinstance(what, Value):
            if what not in self.index:
                raise ValueError(f"{visible(repr(what))} is not part of this graph: the result does not "
                                 "depend on it. Give a Value that it was computed from")
            return what
        found = [v for v in self.nodes if what in (self.symbol(v), self.id(v))]
        if len(found) != 1:
            names = list(dict.fromkeys(filter(None, map(self.name, self.nodes))))
            raise ValueError(f"{len(found) or 'no'} node{'s are' if found else ' is'} called "
                             f"{visible(repr(what))}: write one of {visible(', '.join(names), 300)}, or give "
                             "the Value itself")
        return found[0]

    # --- names and roles --------------------------------------------------------------------------

    @cached_property
    def names(self) -> Names:
        """What names.py reads out of the labels of the parameters."""
        return Names(self.root, self.nodes, self.uses)

    def name(self, v: Value) -> str:
        """The label, or the documents' symbol, or "" where there is neither; a constant's is its number."""
        return self.names.name.get(v) or (digits(v.data) if type(v) is Constant and not v.label
                                          else str(v.label))

    def symbol(self, v: Value) -> str:
        """The name, or v1, v2, ... for those without one, so that formulas can speak of every node."""
        return self.name(v) or self.numbered[v]

    @cached_property
    def numbered(self) -> dict[Value, str]:
        """v1, v2, ... for the nodes without a name, in their order; what a label says already is left out."""
        taken = {self.name(v) for v in self.nodes}
        free  = (name for name in (f"v{k}" for k in count(1)) if name not in taken)
        return {v: next(free) for v in self.nodes if not self.name(v)}

    def role(self, v: Value) -> str:
        """input, weight, bias, target, constant (leaves); root; operation."""
        return "root" if v is self.root else "operation" if v.operands else self.names.role.get(v, "input")

    def place(self, v: Value) -> Place | None:
        """Which unit of which layer v belongs to: its products, sums, z and a. None outside of units."""
        return self.names.place.get(v)

    # --- gradients and formulas -------------------------------------------------------------------

    @property
    def has_gradients(self) -> bool:
        """Whether backward() was called on root."""
        return bool(number(self.root.grad) != 0)

    def grad(self, v: Value) -> str:
        """The gradient to 4 digits; "-" where none was ever computed; "" for a plain number."""
        if type(v) is Constant:
            return ""
        return digits(v.grad) if self.has_gradients or number(v.grad) != 0 else "-"

    def formula(self, z: Value, numbers: bool = False) -> str:
        """How z was made, in symbols ("w * x") or numbers ("3 * 2"); "" for a leaf."""
        return text_formula(z.op, [bracketed(digits(v.data)) if numbers or self.is_plain(v)
                                   else self.symbol(v)
                                   for v in z.operands])

    def latex(self, z: Value, numbers: bool = False) -> str:
        """The same in LaTeX, from the calculus table."""
        return latex_formula(z.op, [latex_number(v.data) if numbers or self.is_plain(v) else
                                    latex_symbol(self.symbol(v)) for v in z.operands])

    def is_plain(self, v: Value) -> bool:
        """Whether v is a number that has no name, as the 2 in 2*x."""
        return type(v) is Constant and not self.names.name.get(v)

    def __repr__(self) -> str:
        inner = sum(1 for v in self.nodes if v.operands)
        return (f"Graph({visible(self.symbol(self.root))}: {inner} operations, {len(self.nodes) - inner} "
                "leaves)")
