"""Lowering: groups become lines of array operations, sums of products become matrix products.

    before   group Z of 4 sums: row w of W times row x, + b          group A of tanh(Z)
    after    Z = X @ W.T + b                                         A = tanh(Z)

The n-ary rows of the calculus table run along the last axis:

    before   group J of logsumexp(z1, z2, z3)
    after    J = logsumexp(Z)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...value import Number
from ..lines import Array, Lines, Shape
from .batch import Templates
from .gathers import Views
from .groups import Group, Groups
from .means import divided, times
from .operands import Operands, of_all_samples, operands
from .products import sums

NARY = {"maximum", "minimum", "logsumexp", "softmax"}


class Lowered(NamedTuple):
    """The forward lines of a program, and what was noticed on the way: see Remarks."""

    lines:      Lines
    groups:     list[Group]
    parameters: list[Array]
    loss:       Array
    outputs:    Array | None
    fixed:      list[str]
    gathers:    list[tuple[Group, str]]
    means:      list[tuple[Number, int]]


def lower(t: Templates, last: int, folded: Groups, samples: int, widths: dict[str, int],
          batch: bool) -> Lowered:
    """The lines of all groups; the template `last` collects the loss and the outputs.

    Args:
        samples: how many were recorded; 0 if the graph has no batch axis.
        widths: how many numbers a sample of "input" and of "target" has.
        batch: the loss of one sample was recorded, and the mean over many is wanted.
    """
    views = Views(t, folded, samples)
    for number, g in enumerate(folded.groups):
        leaf = g.op in ("input", "target", "parameter")
        views.made.append(leaf_line(views, number, g, widths) if leaf else inner_line(views, g))
    parameters = [made for g, made in zip(folded.groups, views.made) if g.op == "parameter"]
    loss, outputs = results(views, operands(t, [last]), batch)
    return Lowered(views.lines, folded.groups, parameters, loss, outputs, *views.remarks)


def results(views: Views, collected: Operands, batch: bool) -> tuple[Array, Array | None]:
    """The loss, one number, and the outputs."""
    loss = views.view(Operands(collected.rows[0, :1], collected.samples[0, :1]))
    if len(loss.shape) == 2:  # recorded from one sample: the mean of many
        total = views.lines.sum(loss, (0,))
        loss  = views.lines.constant(1, -1) * total if batch else total
    if not batch and views.samples == 1:
        views.remarks.fixed.append("one sample was recorded without batch=True")
    outputs = list(dict.fromkeys(collected.rows[0, 1:].tolist()))
    return loss, views.view(of_all_samples(np.array(outputs))) if outputs else None


def leaf_line(views: Views, number: int, g: Group, widths: dict[str, int]) -> Array:
    """The line of a group of parameters, inputs or targets."""
    if g.op == "parameter":
        return views.lines.new("parameter", (), g.shape, number)
    return views.lines.new(g.op, (), (-1, widths[g.op]) if views.samples else (widths[g.op],))


def inner_line(views: Views, g: Group) -> Array:
    """The line of a group that was computed."""
    if g.op == "results":
        return views.lines.constant(0)
    given, lines = operands(views.t, g.members), views.lines
    size: Shape = (-1, len(g.members)) if g.batched else (len(g.members),)
    if g.op == "sum":
        return lines.spread(sums(views, g, given), size)
    if g.op == "softmax":
        return lines.spread(shares(views, given), size)
    if g.op in NARY:
        z = nary(lines, g.op, views.view_at(given))
        return lines.spread(z if len(g.members) == 1 else lines.reshape(z, (*z.shape[:-2], z.shape[-2])),
                            size)
    return lines.spread(operation(views, g.op, given), size)


def operation(views: Views, op: str, given: Operands) -> Array:
    """A row of the table that has a fixed number of operands: one line, element by element."""
    args = [views.view(given.columns(k)) for k in range(given.rows.shape[1])]
    if op == "identity":
        return args[0]
    if op == "*":
        return times(views, *args)
    if op == "/":
        return divided(views, *args)
    return views.lines.call(op, *args)


def nary(lines: Lines, op: str, x: Array) -> Array:
    """op along the last axis, which stays: of size 1, except for softmax."""
    shape = x.shape if op == "softmax" else (*x.shape[:-1], 1)
    return lines.new(op, (x,), shape)


def shares(views: Views, given: Operands) -> Array:
    """The shares of a group of softmax nodes: one softmax per list of operands, of which each node takes its
    own."""
    rows, samples = given
    order  = np.lexsort((samples, rows)) if rows.shape[1] > 1 else np.zeros_like(rows)
    whole  = np.stack([np.take_along_axis(part, order, 1) for part in (rows, samples)], axis=-1)
    lists  = list(dict.fromkeys(map(bytes, whole)))
    first  = [next(k for k, part in enumerate(whole) if bytes(part) == one) for one in lists]
    number = {one: k for k, one in enumerate(lists)}
    index  = [number[bytes(part)] * rows.shape[1] + int(np.flatnonzero(where == 0)[0])
              for part, where in zip(whole, order)]
    y      = nary(views.lines, "softmax", views.view_at(Operands(whole[first, :, 0], whole[first, :, 1])))
    if len(lists) > 1:
        y = views.lines.reshape(y, (*y.shape[:-2], y.shape[-2] * y.shape[-1]))
    return views.lines.take(y, np.array(index))
