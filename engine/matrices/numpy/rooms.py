"""Rooms: the memory of a plan; what nobody reads any more becomes room for other lines.

    before   Z = X @ W.T    A = tanh(Z)    S = A * A    J = A + S     lines, in the order in which they run
    after    A where Z was, S in an array of its own, J where one of the two was
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from ..lines import Array, Shape
from ..portable import sized
from .lifetimes import lifetimes
from .steps import Numbers

CONDITIONS = ("<", "<=", ">", ">=", "==", "first")

Kind: TypeAlias = tuple[Shape, type[bool] | type[float]]             # what can take the place of what


class Rooms:
    """Memory for lines.

    base     the line whose memory a line shows: its own, or that of the line it is a view of
    last     the place of the last line that reads a base; after it, its memory is free
    wanted   memory that a line has from the caller
    used     the memory in use that becomes free again, by base; unused: what is free
    """

    def __init__(self, lines: Sequence[Array], roots: Sequence[Array], samples: int,
                 wanted: Mapping[int, Numbers]) -> None:
        self.samples, self.wanted = samples, wanted
        self.base, self.last = lifetimes(lines, roots)
        self.used:   dict[int, tuple[Kind, Numbers]] = {}
        self.unused: dict[Kind, list[Numbers]] = {}

    def room(self, z: Array) -> Numbers:
        """Memory for z: where it is wanted, or what is free, or new."""
        if id(z) in self.wanted:
            return self.wanted[id(z)]
        kind: Kind = sized(z.shape, self.samples), bool if z.op in CONDITIONS else float
        free = self.unused.get(kind)
        out  = free.pop() if free else np.empty(*kind)
        self.used[id(z)] = kind, out
        return out

    def free(self, z: Array, place: int) -> None:
        """What nobody reads after z, the line at that place, becomes free."""
        for base in dict.fromkeys(self.base[id(a)] for a in z.args):
            if base in self.used and self.last[base] == place:
                kind, room = self.used.pop(base)
                self.unused.setdefault(kind, []).append(room)
