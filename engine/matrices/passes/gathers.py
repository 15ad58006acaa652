"""Viewing: the array of some operands: a whole array, a part of one, one number for all, or a gather by
indices.

    before   the operands z3, z4, z5 of a group                 z1, z1, z1           z5, z2
    after    Z[..., 2:5], a view                                Z[..., 0:1]          Z[..., [4, 1]], a copy
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...value import Number
from ..algebra import simpler
from ..lines import Array, Lines, Shape
from .batch import Templates
from .remarks import Remarks
from .groups import Groups
from .operands import Operands, Table, of_all_samples
from .trace import GLOBAL

Numbers: TypeAlias = NDArray[np.float64] | NDArray[np.object_]

PLAIN = -1        # the group of what belongs to none: a plain number of the recorded graph


class Views:
    """The arrays that were made, and the views of them that operands are.

    where    the tables of what is where: the group of each template, and its place there
    made     the array of each group, as far as they were made
    """

    def __init__(self, t: Templates, folded: Groups, samples: int) -> None:
        self.t, self.samples = t, samples
        self.lines    = Lines(simpler)
        self.groups   = folded.groups
        self.where    = np.array(folded.place, dtype=np.intp).reshape(-1, 2)
        self.made: list[Array] = []
        self.remarks = Remarks([], [], [])

    def view(self, given: Operands) -> Array:
        """The array of the operands: one axis per axis of their rows, after the batch axis if it has one."""
        if given.of_single_samples():
            return self.picked(given)
        rows = given.rows
        groups, places = self.where[rows, 0], self.where[rows, 1]
        if (groups == PLAIN).all():
            return self.constants(rows)
        numbers = list(dict.fromkeys(groups.ravel().tolist()))
        places  = numbered(places, groups == PLAIN)
        if len(numbers) == 1 and self.made[numbers[0]].op == "parameter":
            return self.of_parameter(self.made[numbers[0]], places)
        flat   = [self.plain_numbers(rows[groups == PLAIN]) if n == PLAIN else
                  flattened(self.made[n], self.batched(n)) for n in numbers]
        starts = dict(zip(numbers, np.cumsum([0] + [a.shape[-1] for a in flat]).tolist()))
        index  = (places + np.vectorize(starts.__getitem__, otypes=[np.intp])(groups) if len(numbers) > 1
                  else places)
        return self.lines.take(self.lines.concat(flat), one_for_all(index))

    def batched(self, number: int) -> bool:
        return self.groups[number].batched

    def of_parameter(self, p: Array, places: Table) -> Array:
        """Entries of an array of parameters: where they are all of it, itself, as it is or transposed."""
        count = np.arange(prod(p.shape))
        if places.shape == p.shape and (places.ravel() == count).all():
            return p
        if len(p.shape) == 2 and places.shape == p.shape[::-1] and (places.T.ravel() == count).all():
            return self.lines.transpose(p)
        return self.lines.take(flattened(p, False), one_for_all(places))

    def constants(self, rows: Table) -> Array:
        """Numbers of the recorded graph: one for all, one per member, or one per member and sample."""
        data  = [self.t.data[i] for i in rows.ravel().tolist()]
        fixed = [x for x in data if not isinstance(x, list)]
        if len(fixed) == len(data):
            if all(type(x) is type(fixed[0]) and x == fixed[0] for x in fixed):
                number = self.lines.constant(fixed[0])
                return self.lines.spread(number, rows.shape) if rows.ndim == 2 else number
            return self.lines.new("constant", (), rows.shape, (plain(fixed).reshape(rows.shape), 0))
        self.remarks.fixed.append("numbers that differ from sample to sample were recorded: declare them as "
                                   "targets or inputs")
        table = plain([[of_sample(x, s) for x in data] for s in range(self.samples)])
        return self.lines.new("constant", (), (-1, *rows.shape), (table.reshape(self.samples, *rows.shape),
                                                                  0))

    def plain_numbers(self, rows: Table) -> Array:
        """The plain numbers among operands that are otherwise computed, in a row."""
        found = self.constants(rows)
        return found if found.shape else self.lines.spread(found, rows.shape)

    def picked(self, given: Operands) -> Array:
        """Operands from single samples of batched arrays."""
        self.remarks.fixed.append("operations between single samples were recorded")
        rows, samples = given
        groups = self.where[rows, 0]
        places = numbered(self.where[rows, 1], groups == PLAIN)
        index  = np.zeros(rows.shape, dtype=np.intp)
        parts: list[Array] = []
        total = 0
        for n in sorted(set(groups.ravel().tolist())):
            here = groups == n
            part = self.picked_numbers(rows[here], samples[here]) if n == PLAIN else self.made[n]
            index[here] = total + places[here]
            if n != PLAIN:
                index[here] += np.where(samples[here] == GLOBAL, 0, samples[here]) * part.shape[-1]
            parts.append(self.lines.reshape(part, (self.samples * part.shape[-1],), self.samples)
                         if n != PLAIN and self.batched(n) else flattened(part, False))
            total += parts[-1].shape[0]
        return self.lines.take(self.lines.concat(parts), index)

    def picked_numbers(self, rows: Table, samples: Table) -> Array:
        """The plain numbers among operands from single samples, in a row."""
        data = [of_sample(self.t.data[i], s) for i, s in zip(rows.tolist(), samples.tolist())]
        return self.lines.new("constant", (), rows.shape, (plain(data), 0))

    def view_at(self, given: Operands) -> Array:
        """The view of the operands; of those of a single member without the axis of the members."""
        a = self.view(given)
        if len(given.rows) > 1:
            return a
        if a.op == "spread" and a.shape == given.rows.shape:
            return self.lines.spread(a.args[0], a.shape[1:])
        return self.lines.reshape(a, (*a.shape[:-2], a.shape[-1]))

    def factor(self, rows: Table) -> Array:
        """The view of left factors; one number if they are all the same number."""
        view = self.view_at(of_all_samples(rows))
        one  = view.op == "spread" and view.args[0].op == "constant" and view.args[0].shape == ()
        return view.args[0] if one else view


def flattened(a: Array, batched: bool) -> Array:
    """a with one axis, after the batch axis if it has one."""
    lead: Shape = a.shape[:1] if batched else ()
    return a.lines.reshape(a, (*lead, prod(a.shape[len(lead):])))


def one_for_all(index: Table) -> Table:
    """A single index where all members of a group read the same operand: it is broadcast."""
    return index[:1] if index.ndim == 1 and index.size > 1 and (index == index[0]).all() else index


def numbered(places: Table, chosen: NDArray[np.bool_]) -> Table:
    """places, those that are chosen numbered from 0 on."""
    places = places.copy()
    places[chosen] = np.arange(int(chosen.sum()))
    return places


def of_sample(x: Number | list[Number], sample: int) -> Number:
    """A plain number of the recorded graph, which may differ from sample to sample."""
    return x[sample] if isinstance(x, list) else x


def plain(data: Sequence[Number] | Sequence[Sequence[Number]]) -> Numbers:
    """Numbers as an array; exact ones stay as they are."""
    table = np.array(data)
    return table if table.dtype.kind == "f" else np.array(data, dtype=object)
