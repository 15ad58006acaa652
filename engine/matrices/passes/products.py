"""Sums of products: a group of them becomes a matrix product where every left row meets every right row.

    before   group Z of 4 sums: row w of W times row x, + b
    after    Z = X @ W.T + b

    left, right    the factors of the products of each sum; rest: what is added besides
    run            columns that read the same arrays, equally often: one line for all of them
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from math import prod
from operator import add

import numpy as np

from ..lines import Array
from .gathers import PLAIN, Views
from .groups import Group
from .means import times
from .operands import Operands, Table, distinct, of_all_samples
from .trace import GLOBAL


def sums(views: Views, g: Group, given: Operands) -> Array:
    """The line of a group of sums."""
    n = views.t.pairs[g.members[0]]
    left, right, rest = [given.columns(part) for part in (slice(0, n), slice(n, 2 * n), slice(2 * n, None))]
    over_batch = given.of_single_samples()
    terms: list[Array] = []
    for columns in runs(views, left, right):
        columns, often = repeated(views, columns, over_batch, left, right)
        terms.append(often * products(views, g, left.columns(columns), right.columns(columns)))
    for columns in runs(views, rest):
        columns, often = repeated(views, columns, over_batch, rest)
        terms.append(often * addends(views, rest.columns(columns)))
    return reduce(add, terms)


# --- which columns go together ----------------------------------------------------------------------

def runs(views: Views, *parts: Operands) -> list[list[int]]:
    """The columns by the arrays they read, and by how often they occur."""
    keys  = [key(parts, k) for k in range(parts[0].rows.shape[1])]
    often = Counter(keys)
    found: dict[object, list[int]] = {}
    for k, of_column in enumerate(keys):
        arrays = [tuple(dict.fromkeys(views.where[part.rows[:, k], 0].tolist())) for part in parts]
        found.setdefault((*arrays, often[of_column]), []).append(k)
    return list(found.values())


def repeated(views: Views, columns: Sequence[int], over_batch: bool,
             *parts: Operands) -> tuple[list[int], Array]:
    """Equal terms of a sum: each of them once, and how often it is meant; once per sample: samples times."""
    once  = {key(parts, k): k for k in reversed(columns)}
    often = len(columns) // len(once)
    per_sample = over_batch and views.samples > 1 and often % views.samples == 0 and \
        not any(part.columns(columns).of_single_samples() for part in parts)
    return sorted(once.values()), (views.lines.constant(often // views.samples, 1) if per_sample
                                   else views.lines.constant(often))


def key(parts: Sequence[Operands], k: int) -> tuple[tuple[bytes, bytes], ...]:
    return tuple([part.key(k) for part in parts])


# --- terms ------------------------------------------------------------------------------------------

def addends(views: Views, given: Operands) -> Array:
    """The sums of some columns."""
    count, width = given.rows.shape
    whole = whole_batch(views, given)
    if whole is not None:
        return row_sums(views.lines.sum(views.view_at(of_all_samples(whole[0])), (0,)), count)
    if width == 1:
        return views.view(given.columns(0))
    if count == 1 and not given.of_single_samples():  # one sum: the order of its terms is free
        given = given.columns(in_order(views, given))
    return row_sums(views.view_at(given), count)


def products(views: Views, g: Group, left: Operands, right: Operands) -> Array:
    """The sums of products of some columns: a matrix product if it can be one."""
    count, width = left.rows.shape
    if width == 1 and not (views.t.explicit[g.members[0]] and g.batched):
        return times(views, views.view(left.columns(0)), views.view(right.columns(0)))
    if left.of_single_samples() or right.of_single_samples():
        return products_of_samples(views, left, right)
    lefts, rights = distinct(left.rows), distinct(right.rows)
    every = len(lefts) * len(rights) == count
    if every and (count > 1 or g.batched and not of_batch(views, left)):
        return matrix_product(views.view(of_all_samples(lefts)), views.view(of_all_samples(rights)))
    if count > 1:
        views.remarks.gathers.append((g, f"its {count} sums of products share no common rows"))
        return row_sums(views.view(left) * views.view(right), count)
    return one_sum(views, left, right)


def of_batch(views: Views, left: Operands) -> bool:
    """Whether left factors differ from sample to sample, as weights do not."""
    first = int(views.where[left.rows.flat[0], 0])
    return first != PLAIN and views.batched(first)


def products_of_samples(views: Views, left: Operands, right: Operands) -> Array:
    """Products of numbers of single samples: over the whole batch if all of them are there."""
    count = len(left.rows)
    whole = whole_batch(views, left, right)
    if whole is None:
        return row_sums(views.view_at(left) * views.view_at(right), count)
    both = views.factor(whole[0]) * views.view_at(of_all_samples(whole[1]))
    return row_sums(views.lines.sum(both, (0,)), count)


def one_sum(views: Views, left: Operands, right: Operands) -> Array:
    """A single sum, whose order is free: that of the right factors in their array."""
    lines, order = views.lines, in_order(views, right)
    left, right  = left.columns(order), right.columns(order)
    number = int(views.where[right.rows[0, 0], 0])
    array  = views.made[number] if number != PLAIN else None
    if array is not None and array.op == "parameter" and (left.rows == right.rows).all() and \
            np.array_equal(views.where[right.rows[0], 1], np.arange(prod(array.shape))):
        squares = array * array  # of all parameters of an array: in its own shape
        return lines.reshape(lines.sum(squares, tuple(range(len(array.shape)))), (1,))
    return row_sums(views.factor(left.rows) * views.view_at(right), 1)


def matrix_product(left: Array, right: Array) -> Array:
    """right @ left.T; both are (rows, columns), after the batch axis if they have one."""
    lines, batched = left.lines, 3 in (len(left.shape), len(right.shape))
    if len(left.shape) == 2 and len(right.shape) == 3 and right.shape[1] == 1:
        return lines.matmul(lines.reshape(right, (right.shape[0], right.shape[2])), lines.transpose(left))
    if len(left.shape) == 2 and len(right.shape) == 3:
        windows = right.shape[0] * right.shape[1]
        z = lines.matmul(lines.reshape(right, (windows, right.shape[2])), lines.transpose(left))
    else:
        z = lines.matmul(right, lines.transpose(left))
    count = left.shape[-2] * right.shape[-2]
    return lines.reshape(z, (-1, count) if batched else (count,))


# --- rows -------------------------------------------------------------------------------------------

def whole_batch(views: Views, *parts: Operands) -> list[Table] | None:
    """Rows whose operands are read for every sample once: of each part the same operands without repetition;
    else None. The parts are read together: left factors with their right ones."""
    width = parts[0].rows.shape[1]
    single = any(part.of_single_samples() for part in parts)
    if views.samples < 1 or not single or width % views.samples:
        return None
    shape = width // views.samples, views.samples
    out: list[list[Table]] = [[] for _ in parts]
    for k in range(len(parts[0].rows)):
        order = np.lexsort([part.samples[k] for part in parts] + [part.rows[k] for part in reversed(parts)])
        for part, found in zip(parts, out):
            rows, samples = part.rows[k, order].reshape(shape), part.samples[k, order].reshape(shape)
            every = (samples == np.arange(views.samples)).all() or (samples == GLOBAL).all()
            if not every or (np.ptp(rows, axis=1) != 0).any():
                return None
            found.append(rows[:, 0])
    return [np.array(found) for found in out]


def in_order(views: Views, given: Operands) -> Table:
    """The columns of a single row in the order of their places."""
    return np.argsort(views.where[given.rows[0], 1], kind="stable")


def row_sums(a: Array, count: int) -> Array:
    """Each row summed to one number: the last axis, and what is left has `count` entries."""
    return a.lines.sum(a, (len(a.shape) - 1,), keep=count == 1)
