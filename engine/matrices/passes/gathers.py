"""Viewing: the array of some operands: a whole array, a part of one, one number for all, or a gather by
indices.

    before   the operands z3, z4, z5 of a group                 z1, z1, z1           z5, z2
    after    Z[..., 2:5], a view                                Z[..., 0:1]          Z[..., [4, 1]], a copy

    rows     template ids, one row per member of a group, one column per operand
    fixed    why the program is tied to the number of samples it was recorded with
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..lines import Array, Lines, Shape
from .batch import Templates
from .groups import Group, Groups
from .trace import GLOBAL

Table = Any       # a two-dimensional integer array
GLOBAL_ONLY = np.array(GLOBAL)
PLAIN = -1        # the group of what belongs to none: a plain number of the recorded graph


class Views:
    """The arrays that were made, and the views of them that operands are."""

    def __init__(self, t: Templates, folded: Groups, samples: int) -> None:
        self.t, self.samples = t, samples
        self.lines  = Lines()
        self.groups = folded.groups
        self.where  = np.array(folded.place, dtype=np.int64).reshape(-1, 2)
        self.made: list[Array | None] = [None] * len(folded.groups)
        self.fixed: list[str] = []
        self.gathers: list[tuple[Group, str]] = []
        self.means: list[tuple[Any, int]] = []

    def view(self, rows: Table, samples: Table) -> Array:
        """The array of the operands in rows, one axis per axis of rows, after the batch axis if there is
        one."""
        groups, places = self.where[rows, 0], self.where[rows, 1]
        if (samples != GLOBAL).any():
            return self.picked(rows, samples)
        if (groups == PLAIN).all():
            return self.constants(rows)
        numbers = list(dict.fromkeys(groups.ravel().tolist()))
        sources = [self.source(n) if n != PLAIN else self.plain_numbers(rows[groups == PLAIN])
                   for n in numbers]
        places  = numbered(places, groups == PLAIN)
        if len(sources) == 1 and sources[0].op == "parameter":
            return self.of_parameter(sources[0], places)
        flat = [self.lines.reshape(a, (*lead(a, many), size(a, many)))
                for n, a in zip(numbers, sources) for many in [self.batched(n) if n != PLAIN
                                                               else a.shape[0] < 0]]
        starts = dict(zip(numbers, np.cumsum([0] + [a.shape[-1] for a in flat]).tolist()))
        index  = (places + np.vectorize(starts.__getitem__, otypes=[np.int64])(groups) if len(numbers) > 1
                  else places)
        if index.ndim == 1 and index.size > 1 and (index == index[0]).all():
            index = index[:1]  # one operand for all members: broadcast
        return self.lines.take(self.lines.concat(flat), index)

    def source(self, number: int) -> Array:
        made = self.made[number]
        assert made is not None
        return made

    def batched(self, number: int) -> bool:
        return self.groups[number].batched

    def of_parameter(self, p: Array, places: Table) -> Array:
        count = np.arange(size(p, False))
        if places.shape == p.shape and (places.ravel() == count).all():
            return p
        if len(p.shape) == 2 and places.shape == p.shape[::-1] and (places.T.ravel() == count).all():
            return self.lines.transpose(p)
        if places.ndim == 1 and places.size > 1 and (places == places[0]).all():
            places = places[:1]
        return self.lines.take(self.lines.reshape(p, (count.size,)), places)

    def constants(self, rows: Table) -> Array:
        """Numbers of the recorded graph: one for all, one per member, or one per member and sample."""
        data = [self.t.data[i] for i in rows.ravel().tolist()]
        if not any(isinstance(x, list) for x in data):
            if all(type(x) is type(data[0]) and x == data[0] for x in data):
                number = self.lines.constant(data[0])
                return self.lines.spread(number, rows.shape) if rows.ndim == 2 else number
            return self.lines.new("constant", (), rows.shape, (plain(data).reshape(rows.shape), 0))
        self.fixed.append("numbers that differ from sample to sample were recorded: declare them as targets "
                          "or inputs")
        table = plain([[x[s] if isinstance(x, list) else x for x in data] for s in range(self.samples)])
        return self.lines.new("constant", (), (-1, *rows.shape), (table.reshape(self.samples, *rows.shape),
                                                                  0))

    def plain_numbers(self, rows: Table, samples: Table | None = None) -> Array:
        """The plain numbers among operands that are otherwise computed, in a row; those of single samples if
        given."""
        if samples is None:
            found = self.constants(rows)
            return found if found.shape else self.lines.spread(found, rows.shape)
        data = [x[s] if isinstance(x, list) else x
                for x, s in zip([self.t.data[i] for i in rows.tolist()], samples.tolist())]
        return self.lines.new("constant", (), rows.shape, (plain(data), 0))

    def picked(self, rows: Table, samples: Table) -> Array:
        """Operands from single samples of batched arrays."""
        self.fixed.append("operations between single samples were recorded")
        groups  = self.where[rows, 0]
        numbers = set(groups.ravel().tolist())
        parts, starts, total = [], {}, 0
        for n in sorted(numbers):
            if n == PLAIN:
                a = self.plain_numbers(rows[groups == PLAIN], samples[groups == PLAIN])
            else:
                a = self.source(n)
            starts[n] = total
            batched   = n != PLAIN and self.batched(n)
            parts.append(self.lines.reshape(a, (self.samples * a.shape[-1],), self.samples) if batched else
                         self.lines.reshape(a, (size(a, False),)))
            total += parts[-1].shape[0]
        index = np.array([starts[g] + place + (s * self.source(g).shape[-1] if s != GLOBAL and g != PLAIN
                                               else 0)
                          for g, place, s in zip(groups.ravel().tolist(),
                                                 numbered(self.where[rows, 1],
                                                          groups == PLAIN).ravel().tolist(),
                                                 samples.ravel().tolist())]).reshape(rows.shape)
        return self.lines.take(self.lines.concat(parts), index)

    def view_at(self, rows: Table, samples: Table | None = None) -> Array:
        """The view of rows; of a single row without the axis of the rows."""
        samples = np.full(rows.shape, GLOBAL) if samples is None else samples
        if len(rows) > 1:
            return self.view(rows, samples)
        a = self.view(rows, samples)
        if a.op == "spread" and a.shape == rows.shape:
            return self.lines.spread(a.args[0], a.shape[1:])
        return self.lines.reshape(a, (*a.shape[:-2], a.shape[-1]))

    def factor(self, rows: Table) -> Array:
        """The view of left factors; one number if they are all the same number."""
        view = self.view_at(rows)
        one  = view.op == "spread" and view.args[0].op == "constant" and view.args[0].shape == ()
        return view.args[0] if one else view


def numbered(places: Table, chosen: Table) -> Table:
    """places, those that are chosen numbered from 0 on."""
    places = places.copy()
    places[chosen] = np.arange(int(chosen.sum()))
    return places


def lead(a: Array, batched: bool) -> Shape:
    return a.shape[:1] if batched else ()


def size(a: Array, batched: bool) -> int:
    n = 1
    for k in a.shape[1:] if batched else a.shape:
        n *= k
    return n


def plain(data: Sequence[Any]) -> Any:
    """Numbers as an array; exact ones stay as they are."""
    table = np.array(data)
    return table if table.dtype.kind == "f" else np.array(data, dtype=object)
