"""Normalising: chains of + and * become sums of products, so that however a sum was written, it is found.

    before   ((b + w1*x1) + w2*x2)        affine(w, x, b)        0 + l1 + l2 + l3
    after    sum: w1*x1, w2*x2, + b       the same               sum: l1, l2, l3

    pairs    the products of a sum: its arguments are all left factors, all right factors, all addends
    absorb   a node that only one sum uses becomes part of that sum

The left factor is the one that depends on less: a weight stands to the left of an activation.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple, TypeVar

from .trace import Trace

FIXED, LEARNT, DATA = 0, 1, 2       # what a node depends on
T = TypeVar("T")


class Sums(NamedTuple):
    """The nodes of a trace, each with its operation, its arguments and the number of its products."""

    ops:      list[str]  # "sum", a name of the table, or "" for a leaf and for what was absorbed
    args:     list[tuple[int, ...]]
    pairs:    list[int]
    depends:  list[int]
    explicit: list[bool]                # written as affine or dot


class Terms(NamedTuple):
    """What a sum adds up."""

    products: list[tuple[int, int]]
    addends:  list[int]


def normalise(t: Trace) -> Sums:
    """The same graph with its sums collected."""
    uses = [0] * len(t.ops)
    for args in t.args:
        for a in args:
            uses[a] += 1
    sums = Sums(list(t.ops), list(t.args), [0] * len(t.ops), dependence(t),
                [op in ("affine", "dot") for op in t.ops])
    for i, terms in collect(sums, uses).items():
        settle(t, sums, i, split(sums, terms, uses))
    merge(t, sums)
    return sums


def collect(sums: Sums, uses: list[int]) -> dict[int, Terms]:
    """The terms of each sum; a sum that only one other uses becomes part of that."""
    collected: dict[int, Terms] = {}
    for i, op in enumerate(sums.ops):
        if op in ("+", "total", "affine", "dot"):
            args  = sums.args[i]
            n     = (len(args) // 2) if op in ("affine", "dot") else 0
            terms = Terms(list(zip(args[:n], args[n:2 * n])), [])
            for a in args[2 * n:]:
                if a in collected and uses[a] == 1:
                    inner = collected.pop(a)
                    terms = Terms(joined(terms.products, inner.products),
                                  joined(terms.addends, inner.addends))
                    sums.explicit[i] = sums.explicit[i] or sums.explicit[a]
                    sums.ops[a] = ""
                else:
                    terms.addends.append(a)
            collected[i] = terms
    return collected


def split(sums: Sums, terms: Terms, uses: list[int]) -> Terms:
    """Addends that are products, and used here alone, as products; a single one stays a node of its own."""
    single = [a for a in terms.addends if sums.ops[a] == "*" and uses[a] == 1]
    if len(single) < 2:
        return terms
    for a in single:
        sums.ops[a] = ""
    chosen = set(single)
    return Terms(terms.products + [(sums.args[a][0], sums.args[a][1]) for a in single],
                 [a for a in terms.addends if a not in chosen])


def settle(t: Trace, sums: Sums, i: int, terms: Terms) -> None:
    """Node i becomes the sum of its terms: without zeros, what depends on less to the left."""
    products, addends = terms
    addends = ([a for a in addends if t.roles[a] != "constant" or t.data[a] != 0]
               or addends[:not products])
    ordered = [(w, x) if sums.depends[w] <= sums.depends[x] else (x, w) for w, x in products]
    sums.ops[i]   = "sum"
    sums.pairs[i] = len(ordered)
    sums.args[i]  = (*[w for w, _ in ordered], *[x for _, x in ordered], *addends)


def merge(t: Trace, sums: Sums) -> None:
    """Nodes that do the same with the same operands become one, so that samples can be told to be alike."""
    same = list(range(len(sums.ops)))
    known: dict[Hashable, int] = {}
    for i, op in enumerate(sums.ops):
        if op:
            args = sums.args[i] = tuple([same[a] for a in sums.args[i]])
            same[i] = known.setdefault((op, sums.pairs[i], args), i)
            if same[i] != i:
                sums.ops[i] = ""
        elif t.roles[i] == "constant":
            same[i] = known.setdefault((type(t.data[i]), repr(t.data[i])), i)


def joined(a: list[T], b: list[T]) -> list[T]:
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
