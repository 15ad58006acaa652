"""C memory: where the lines of a native program are, and how an element of a line is read.

    before   A1[u, s], the transpose of W[i, j], one slice of it
    after    load(t4 + u * S + s), in2[j * 3 + i], in2[(i + 4)]

Memory is units x samples: the axis of the samples, first in a line's shape, is last in memory and padded to
whole vectors, so (m, n) is n rows of S numbers. A view has no memory: it is another way to write an index.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..interfaces import Unsupported
from ..lines import Array
from .c_text import axes, batched, constant, flat, last, size, unflat
from .schedule import VIEWS, Schedule


class Memory:
    """The names of lines, and the C written so far. Loops and kernels write into it.

    plan          what is stored, and when it is made
    place         where a line is in memory
    raw           where a leaf was given, samples x numbers
    local         the name of a line in the loop that is being written
    body, tables  the C: of the function, and of the indices that stand before it
    rows, fixed   the workspace is rows * S + fixed doubles
    """

    def __init__(self, plan: Schedule) -> None:
        self.plan = plan
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

    def whole(self, z: Array) -> str:
        """Where z is in memory as it is; a reshape is where its operand is."""
        while z.op == "reshape" and id(z) not in self.place and not z.attrs:
            z = z.args[0]
        return self.place[id(z)]

    def at(self, z: Array, index: Sequence[str]) -> str:
        """The C expression of one element of z (of a vector of samples, if z has samples): one index per
        axis."""
        while z.op in VIEWS and id(z) not in self.place:
            z, index = z.args[0], self.seen(z, index)
        if id(z) in self.local:                             return self.local[id(z)]
        if z.op == "constant" and id(z) not in self.place:  return constant(z)
        place = flat(axes(index, z.shape))
        if not batched(z): return f"{self.place[id(z)]}[{place}]"
        if z.shape.count(-1) != 1 or min(z.shape) < -1:
            raise Unsupported("a shape with more than one axis of samples")
        return f"load({self.place[id(z)]} + ({place}) * S + s)"

    def seen(self, z: Array, index: Sequence[str]) -> list[str]:
        """Which element of its operand an element of a view is."""
        x = z.args[0]
        if z.op == "spread":    return last(index, x)
        if z.op == "transpose": return [*index[:-2], index[-1], index[-2]]
        if z.op == "slice":     return [*index[:-1], f"({index[-1]} + {z.attrs[0]})"]
        if z.op == "take":
            lead = len(x.shape) - 1
            return [*index[:lead], self.table(z, index[lead:])]
        if z.attrs or batched(z) and (z.shape[0] != x.shape[0] or z.shape[0] != -1):
            raise Unsupported("the axis of the samples becomes numbers")
        return unflat(flat(axes(index, z.shape)), x.shape)

    def vector(self, z: Array) -> bool:
        """Whether `at` gives a vector: a number that a view repeats for all samples stays a number."""
        while z.op in VIEWS and id(z) not in self.place:
            z = z.args[0]
        return batched(z)

    def table(self, z: Array, index: Sequence[str]) -> str:
        """One of the indices of a take."""
        name = f"index{len(self.tables)}"
        numbers = ", ".join(map(str, z.attrs.ravel().tolist()))
        self.tables.append(f"static const int {name}[] = {{{numbers}}};")
        return f"{name}[{flat(list(zip(index, z.attrs.shape)))}]"
