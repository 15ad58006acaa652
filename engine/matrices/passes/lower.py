"""Lowering: groups become lines of array operations, sums of products become matrix products.

    before   group Z of 4 sums: row w of W times row x, + b          group A of tanh(Z)
    after    Z = X @ W.T + b                                         A = tanh(Z)

    rows     template ids, one row per member of a group, one column per operand
    view     the array of some operands: a whole array, a part of one, or one gathered by indices
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..lines import Array
from .batch import Templates
from .groups import Group, Groups
from .expansion import lower, times
from .trace import GLOBAL
from .gathers import GLOBAL_ONLY, Table, Views, size


class Lowering(Views):
    """The forward lines of a program."""

    def __init__(self, t: Templates, folded: Groups, samples: int, widths: dict[str, int]) -> None:
        super().__init__(t, folded, samples)
        self.parameters: list[Array] = []
        for number, g in enumerate(folded.groups):
            leaf = g.op in ("input", "target", "parameter")
            self.made[number] = self.leaf(number, g, widths) if leaf else self.inner(g)

    def results(self, last: int, batch: bool) -> list[Array]:
        """The loss, one number, and the outputs, which the last template collects."""
        rows, samples = np.array(self.t.args[last]), np.array(self.t.samples[last])
        loss = self.view(rows[:1], samples[:1])
        if len(loss.shape) == 2:  # recorded from one sample: the mean of many
            loss = (self.lines.constant(1, -1) * self.lines.sum(loss, (0,)) if batch
                    else self.lines.sum(loss, (0,)))
        if not batch and self.samples == 1:
            self.fixed.append("one sample was recorded without batch=True")
        outputs = list(dict.fromkeys(rows[1:].tolist()))
        return [loss, self.view(np.array(outputs), GLOBAL_ONLY)] if outputs else [loss]

    def leaf(self, number: int, g: Group, widths: dict[str, int]) -> Array:
        if g.op == "parameter":
            p = self.lines.new("parameter", (), g.shape, number)
            self.parameters.append(p)
            return p
        return self.lines.new(g.op, (), (-1, widths[g.op]) if self.samples else (widths[g.op],))

    def inner(self, g: Group) -> Array:
        rows    = np.array([self.t.args[i] for i in g.members])
        samples = np.array([self.t.samples[i] for i in g.members])
        if g.op == "results":
            return self.lines.constant(0)
        if g.op == "sum":
            return self.sum(g, rows, samples)
        size = (-1, len(g.members)) if g.batched else (len(g.members),)
        return lower(self, g, rows, samples, size)

    # --- sums -------------------------------------------------------------------------------------

    def sum(self, g: Group, rows: Table, samples: Table) -> Array:
        n = self.t.pairs[g.members[0]]
        terms: list[Array] = []
        left, right, rest = [(rows[:, part], samples[:, part])
                             for part in (slice(0, n), slice(n, 2 * n), slice(2 * n, None))]
        over_batch = bool((samples != GLOBAL).any())
        for columns in self.runs(*left, *right):
            columns, times = self.repeated(columns, over_batch, *left, *right)
            terms.append(times * self.products(g, left[0][:, columns], right[0][:, columns],
                                               left[1][:, columns], right[1][:, columns]))
        for columns in self.runs(*rest):
            columns, times = self.repeated(columns, over_batch, *rest)
            terms.append(times * self.addends(rest[0][:, columns], rest[1][:, columns]))
        z = terms[0]
        for term in terms[1:]:
            z = z + term
        return self.lines.spread(z, (-1, len(g.members)) if g.batched else (len(g.members),))

    def repeated(self, columns: list[int], over_batch: bool, *tables: Table) -> tuple[list[int], Array]:
        """Equal terms of a sum: each of them once, and how often it is meant; once per sample: samples
        times."""
        once  = {column(tables, k): k for k in reversed(columns)}
        times = len(columns) // len(once)
        per_sample = over_batch and self.samples > 1 and times % self.samples == 0 and \
            all((table[:, columns] == GLOBAL).all() for table in tables[1::2])
        return sorted(once.values()), self.lines.constant(*((times // self.samples, 1) if per_sample
                                                            else (times,)))

    def runs(self, *tables: Table) -> list[list[int]]:
        """The columns by the arrays they read, and by how often they occur; tables are rows, samples, rows,
        samples."""
        often: dict[Any, int] = {}
        for k in range(tables[0].shape[1]):
            often[column(tables, k)] = often.get(column(tables, k), 0) + 1
        found: dict[Any, list[int]] = {}
        for k in range(tables[0].shape[1]):
            arrays = tuple([tuple(dict.fromkeys(self.where[table[:, k], 0].tolist()))
                            for table in tables[::2]])
            found.setdefault((arrays, often[column(tables, k)]), []).append(k)
        return list(found.values())

    def addends(self, rows: Table, samples: Table) -> Array:
        whole = self.whole_batch(rows, samples)
        if whole is not None:
            return self.row_sums(self.lines.sum(self.view_at(whole), (0,)), rows.shape[0])
        if rows.shape[1] == 1:
            return self.view(rows[:, 0], samples[:, 0])
        if rows.shape[0] == 1 and (samples == GLOBAL).all():  # one sum: the order of its terms is free
            rows = rows[:, np.argsort(self.where[rows[0], 1], kind="stable")]
        return self.row_sums(self.view_at(rows, samples), rows.shape[0])

    def products(self, g: Group, left: Table, right: Table, left_samples: Table,
                 right_samples: Table) -> Array:
        count = left.shape[0]
        if left.shape[1] == 1 and not (self.t.explicit[g.members[0]] and g.batched):
            return times(self, self.view(left[:, 0], left_samples[:, 0]),
                         self.view(right[:, 0], right_samples[:, 0]))
        if (left_samples != GLOBAL).any() or (right_samples != GLOBAL).any():
            whole = self.whole_batch(np.hstack([left, right]), np.hstack([left_samples, right_samples]),
                                     halves=True)
            if whole is not None:
                n = whole.shape[1] // 2
                both = self.factor(whole[:, :n]) * self.view_at(whole[:, n:])
                return self.row_sums(self.lines.sum(both, (0,)), count)
            return self.row_sums(self.view_at(left, left_samples) * self.view_at(right, right_samples), count)
        weights = self.where[left.flat[0], 0] == -1 or not self.batched(self.where[left.flat[0], 0])
        lefts, rights = distinct(left), distinct(right)
        if len(lefts) * len(rights) == count and (count > 1 or g.batched and weights):
            return self.product(self.view(lefts, GLOBAL_ONLY), self.view(rights, GLOBAL_ONLY))
        if count > 1:
            self.gathers.append((g, f"its {count} sums of products share no common rows"))
            return self.row_sums(self.view(left, GLOBAL_ONLY) * self.view(right, GLOBAL_ONLY), count)
        order = np.argsort(self.where[right[0], 1], kind="stable")
        left, right = left[:, order], right[:, order]
        array = self.source(self.where[right[0, 0], 0]) if self.where[right[0, 0], 0] >= 0 else None
        if array is not None and array.op == "parameter" and (left == right).all() and \
                np.array_equal(self.where[right[0], 1], np.arange(size(array, False))):
            return self.lines.reshape(self.lines.sum(array * array, tuple(range(len(array.shape)))), (1,))
        return self.row_sums(self.factor(left) * self.view_at(right), count)

    def product(self, left: Array, right: Array) -> Array:
        """right @ left.T; both are (rows, columns), after the batch axis if they have one."""
        lines, batched = self.lines, 3 in (len(left.shape), len(right.shape))
        if len(left.shape) == 2 and len(right.shape) == 3 and right.shape[1] == 1:
            return lines.matmul(lines.reshape(right, (right.shape[0], right.shape[2])), lines.transpose(left))
        if len(left.shape) == 2 and len(right.shape) == 3:
            windows = right.shape[0] * right.shape[1]
            z = lines.matmul(lines.reshape(right, (windows, right.shape[2])), lines.transpose(left))
        else:
            z = lines.matmul(right, lines.transpose(left))
        count = left.shape[-2] * right.shape[-2]
        return lines.reshape(z, (-1, count) if batched else (count,))

    def whole_batch(self, rows: Table, samples: Table, halves: bool = False) -> Table | None:
        """Rows whose operands are read for every sample once: the same operands without repetition, or
        None."""
        n = rows.shape[1] // 2 if halves else rows.shape[1]
        if self.samples < 1 or (samples == GLOBAL).all() or n % self.samples:
            return None
        out = []
        for row, at in zip(rows, samples):
            keys  = (at[:n], at[n:], row[n:], row[:n]) if halves else (at, row)
            order = np.lexsort(keys)
            shape = (n // self.samples, self.samples)
            parts = [order, order + n] if halves else [order]
            for part in parts:
                every = ((at[part].reshape(shape) == np.arange(self.samples)).all()
                         or (at[part] == GLOBAL).all())
                if not every or (np.ptp(row[part].reshape(shape), axis=1) != 0).any():
                    return None
            out.append(np.concatenate([row[part].reshape(shape)[:, 0] for part in parts]))
        return np.array(out)

    def row_sums(self, a: Array, count: int) -> Array:
        """Each row summed to one number: the last axis, and what is left has `count` entries."""
        return self.lines.sum(a, (len(a.shape) - 1,), keep=count == 1)



def column(tables: Sequence[Table], k: int) -> tuple[bytes, ...]:
    return tuple([table[:, k].tobytes() for table in tables])


def distinct(rows: Table) -> Table:
    """The different rows, in order of appearance."""
    return np.array(list(dict.fromkeys(map(tuple, rows.tolist()))))


