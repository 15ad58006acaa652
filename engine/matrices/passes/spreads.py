"""Spreading: gradients of what was repeated, narrowed or gathered: sums over all the places a number went to.

    before   y = b repeated for every sample         z = x[[0, 0, 2]]
    after    db = sum of dy over the samples         dx = [dz0 + dz1, 0, dz2]
"""

from __future__ import annotations

from math import prod

import numpy as np

from ..lines import Array, Indices, Lines, Shape


def narrowed(g: Array, shape: Shape) -> Array:
    """g without leading axes of size 1 that its array does not have."""
    while len(g.shape) > len(shape) and g.shape[0] == 1:
        g = g.lines.reshape(g, g.shape[1:])
    return g


def unspread(lines: Lines, g: Array, shape: Shape, spread: Shape) -> Array:
    """The gradient of x from that of x repeated to the shape `spread`: the sum over what was repeated."""
    if g.shape == ():
        return lines.constant(repeats(spread, shape), batches(spread, shape)) * g
    g     = lines.reshape(g, (1,) * (len(spread) - len(g.shape)) + g.shape)
    extra = len(spread) - len(shape)
    own   = (1,) * extra + shape
    axes  = [k for k, (n, m) in enumerate(zip(spread, own)) if n != m]
    same  = [k for k in axes if g.shape[k] == 1]                     # the same all along: a sum is a multiple
    times = lines.constant(prod([abs(spread[k]) for k in same]), sum([spread[k] < 0 for k in same]))
    g     = lines.sum(g, tuple([k for k in axes if k not in same and k >= extra]), keep=True)
    first = tuple([k for k in axes if k not in same and k < extra])
    g     = lines.sum(g, first)
    left  = extra - len(first)
    return times * (lines.reshape(g, g.shape[left:]) if left else g)


def repeats(spread: Shape, shape: Shape) -> int:
    own = (1,) * (len(spread) - len(shape)) + shape
    return prod([abs(n) for n, m in zip(spread, own) if n != m])


def batches(spread: Shape, shape: Shape) -> int:
    own = (1,) * (len(spread) - len(shape)) + shape
    return sum([n < 0 for n, m in zip(spread, own) if n != m])


def full(lines: Lines, g: Array, z: Array) -> Array:
    return lines.spread(g, z.shape)


def scatter(lines: Lines, g: Array, index: Indices, n: int) -> Array:
    """out[..., i] = sum of g[..., k] over the k with index[k] == i, from takes and sums alone."""
    order  = np.argsort(index, kind="stable")
    counts = np.bincount(index, minlength=n)
    starts = np.cumsum(counts) - counts
    parts, members = [], []
    for m in np.unique(counts):
        chosen = np.flatnonzero(counts == m)
        members.append(chosen)
        if m == 0:
            parts.append(lines.zeros((*g.shape[:-1], len(chosen))))
        elif m == 1:
            parts.append(lines.take(g, order[starts[chosen]]))
        else:
            parts.append(lines.sum(lines.take(g, order[starts[chosen][:, None] + np.arange(m)]),
                                   (len(g.shape),)))
    return lines.take(lines.concat(parts), np.argsort(np.concatenate(members), kind="stable"))
