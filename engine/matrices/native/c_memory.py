"""C memory: where the lines of a native program are, and how an element of a line is read.

    before   A1[u, s], the transpose of W[i, j], one slice of it
    after    load(t4 + u * S + s), in2[j * 3 + i], in2[(i + 4)]

Memory is units x samples: the axis of the samples, first in a line's shape, is last in memory and padded to
whole vectors, so (m, n) is n rows of S numbers. A view has no memory: it is another way to write an index.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..lines import Array
from .c_text import batched, constant, flat, last, size, unflat
from .schedule import VIEWS, Schedule, Unsupported


class Memory:
    """The names of lines, and the C written so far.

    place         where a line is in memory
    raw           where a leaf was given, samples x numbers
    local         the name of a line in the loop that is being written
    rows, fixed   the workspace is rows * S + fixed doubles
    """

    plan: Schedule

    def __init__(self) -> None:
        self.rows = self.fixed = 0
        self.place:  dict[int, str] = {}
        self.raw:    dict[int, str] = {}
        self.local:  dict[int, str] = {}
        self.body:   list[str] = []
        self.tables: list[str] = []

    def room(self, z: Array) -> str:
        """Memory for z: a name."""
        if id(z) not in self.place:
            name = self.place[id(z)] = f"t{len(self.body)}"
            self.body.append(f"double *{name} = work + {self.rows} * S + {self.fixed};")
            if batched(z): self.rows  += size(z)
            else:          self.fixed += -(-size(z) // 8) * 8
        return self.place[id(z)]

    def at(self, z: Array, index: Sequence[str]) -> str:
        """The C expression of one element of z (of a vector of samples, if z has samples): one index per
        axis."""
        if id(z) in self.local: return self.local[id(z)]
        if z.op == "constant" and id(z) not in self.place: return constant(z)
        own = [(i, n) for i, n in zip(index, z.shape) if n >= 0]
        if z.op in VIEWS and id(z) not in self.place:
            x = z.args[0]
            lead = len(x.shape) - 1
            if z.op == "spread":    return self.at(x, last(index, x))
            if z.op == "transpose": return self.at(x, [*index[:-2], index[-1], index[-2]])
            if z.op == "slice":     return self.at(x, [*index[:-1], f"({index[-1]} + {z.attrs[0]})"])
            if z.op == "take":      return self.at(x, [*index[:lead], self.table(z, index[lead:])])
            if z.attrs or batched(z) and (z.shape[0] != x.shape[0] or z.shape[0] != -1):
                raise Unsupported("the axis of the samples becomes numbers")
            return self.at(x, unflat(flat(own), x.shape))
        if not batched(z): return f"{self.place[id(z)]}[{flat(own)}]"
        if z.shape.count(-1) != 1 or min(z.shape) < -1: raise Unsupported("a shape with more than one axis "
                                                                          "of samples")
        return f"load({self.place[id(z)]} + ({flat(own)}) * S + s)"

    def vector(self, z: Array) -> bool:
        """Whether `at` gives a vector: a number that a view repeats for all samples stays a number."""
        while z.op in VIEWS and id(z) not in self.place:
            z = z.args[0]
        return batched(z)

    def table(self, z: Array, index: Sequence[str]) -> str:
        name = f"index{len(self.tables)}"
        numbers = ", ".join(map(str, z.attrs.ravel().tolist()))
        self.tables.append(f"static const int {name}[] = {{{numbers}}};")
        return f"{name}[{flat(list(zip(index, z.attrs.shape)))}]"
