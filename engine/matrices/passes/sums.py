"""Normalising: chains of + and * become sums of products, so that however a sum was written, it is found.

    before   ((b + w1*x1) + w2*x2)        affine(w, x, b)        0 + l1 + l2 + l3
    after    sum: w1*x1, w2*x2, + b       the same               sum: l1, l2, l3

    pairs    the products of a sum: its arguments are all left factors, all right factors, all addends
    absorb   a node that only one sum uses becomes part of that sum

The left factor is the one that depends on less: a weight stands to the left of an activation.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .trace import Trace

FIXED, LEARNT, DATA = 0, 1, 2       # what a node depends on


class Sums(NamedTuple):
    """The nodes of a trace, each with its operation, its arguments and the number of its products."""

    ops:      list[str]  # "sum", a name of the table, or "" for a leaf and for what was absorbed
    args:     list[tuple[int, ...]]
    pairs:    list[int]
    depends:  list[int]
    explicit: list[bool]                # written as affine or dot


def normalise(t: Trace) -> Sums:
    """The same graph with its sums collected."""
    count   = len(t.ops)
    depends = dependence(t)
    uses    = [0] * count
    for args in t.args:
        for a in args:
            uses[a] += 1
    ops, operands, pairs = list(t.ops), list(t.args), [0] * count
    # open sums: their products, their addends
    collected: dict[int, tuple[list[tuple[int, int]], list[int]]] = {}
    explicit = [op in ("affine", "dot") for op in ops]
    for i, op in enumerate(ops):
        if op in ("+", "total", "affine", "dot"):
            n = (len(operands[i]) // 2) if op in ("affine", "dot") else 0
            products = list(zip(operands[i][:n], operands[i][n:2 * n]))
            addends: list[int] = []
            for a in operands[i][2 * n:]:
                if a in collected and uses[a] == 1:
                    inner = collected.pop(a)
                    products, addends = joined(products, inner[0]), joined(addends, inner[1])
                    explicit[i] = explicit[i] or explicit[a]
                    ops[a] = ""
                else:
                    addends.append(a)
            collected[i] = products, addends

    for i, (products, addends) in collected.items():
        single = [a for a in addends if ops[a] == "*" and uses[a] == 1]
        if len(single) > 1:
            products = products + [(operands[a][0], operands[a][1]) for a in single]
            chosen   = set(single)
            addends  = [a for a in addends if a not in chosen]
            for a in single:
                ops[a] = ""
        addends  = ([a for a in addends if t.roles[a] != "constant" or t.data[a] != 0]
                    or addends[:not products])
        ordered  = [(w, x) if depends[w] <= depends[x] else (x, w) for w, x in products]
        ops[i]   = "sum"
        pairs[i] = len(ordered)
        operands[i] = (*[w for w, _ in ordered], *[x for _, x in ordered], *addends)
    merge(t, ops, operands, pairs)
    return Sums(ops, operands, pairs, depends, explicit)


def merge(t: Trace, ops: list[str], args: list[tuple[int, ...]], pairs: list[int]) -> None:
    """Nodes that do the same with the same operands become one, so that samples can be told to be alike."""
    same    = list(range(len(ops)))
    known: dict[Any, int] = {}
    for i, op in enumerate(ops):
        if op:
            args[i] = tuple([same[a] for a in args[i]])
            same[i] = known.setdefault((op, pairs[i], args[i]), i)
            if same[i] != i:
                ops[i] = ""
        elif t.roles[i] == "constant":
            same[i] = known.setdefault((type(t.data[i]), repr(t.data[i])), i)


def joined(a: list, b: list) -> list:                                # type: ignore[type-arg]
    """a and b as one list, the shorter added to the longer: a chain of n additions costs n, not n^2."""
    if len(a) >= len(b):
        a.extend(b)
        return a
    b[:0] = a
    return b


def dependence(t: Trace) -> list[int]:
    """Whether each node depends on the data, only on parameters, or on fixed numbers alone."""
    depends: list[int] = []
    leaf = {"constant": FIXED, "parameter": LEARNT, "input": DATA, "target": DATA}
    for role, args in zip(t.roles, t.args):
        depends.append(leaf[role] if role else max([depends[a] for a in args]))
    return depends
