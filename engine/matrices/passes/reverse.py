"""Reverse: the backward lines of a program, by the chain rule on whole arrays.

    before   Z = A @ W.T + b                    A = tanh(Z)
    after    dW = dZ.T @ A, db = sum of dZ,     dZ = dA * tanh'(Z)
             dA = dZ @ W

Only what leads to a parameter is differentiated: the first layer has no dX. A slope comes from the row of
the calculus table. A gradient may be smaller than its array where it is the same all along an axis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...primitives import TABLE
from ..lines import Array, Lines, number_of
from .expansion import FLAT, INLINE, slope_formula
from .spreads import full, narrowed, scatter, unspread


def gradients(root: Array, parameters: Sequence[Array]) -> tuple[list[Array], dict[int, Array]]:
    """d(sum of root)/d(parameter) for each, in the parameter's shape; and the gradient of every line, by
    id."""
    lines  = root.lines
    needed = {id(p) for p in parameters}
    forward = list(lines.lines)
    for z in forward:
        if any(id(a) in needed for a in z.args):
            needed.add(id(z))
    grads: dict[int, Array] = {id(root): lines.constant(1)}
    for z in reversed(forward):
        if id(z) in needed and id(z) in grads:
            grads[id(z)] = g = narrowed(grads[id(z)], z.shape)
            own: dict[int, Array] = {}  # an operand may stand in two places: w * w
            for x, dx in contributions(lines, z, g, needed):
                if number_of(dx) != (0, 0):
                    own[id(x)] = own[id(x)] + dx if id(x) in own else dx
            for x_id, dx in own.items():
                grads[x_id] = grads[x_id] + dx if x_id in grads else dx
    return [lines.spread(narrowed(grads.get(id(p), lines.constant(0)), p.shape), p.shape)
            for p in parameters], grads


def contributions(lines: Lines, z: Array, g: Array, needed: set[int]) -> Iterator[tuple[Array, Array]]:
    """(x, what z adds to the gradient of x) for each operand x that needs one."""
    if z.op in WHOLE:
        if id(z.args[0]) in needed or len(z.args) > 1:
            yield from ((x, dx) for x, dx in WHOLE[z.op](lines, z, g) if id(x) in needed)
        return
    for k, x in enumerate(z.args):
        if id(x) in needed:
            slope = slope_of(lines, z, k)
            yield x, unspread(lines, g * slope if isinstance(slope,
                                                             Array) or slope != 0 else lines.constant(0),
                              x.shape, z.shape)


def slope_of(lines: Lines, z: Array, k: int) -> Array | float:
    """d(z)/d(operand k): written out if it is plain algebra, else one line."""
    slope = slope_formula(z.op, k, (z, *z.args)) if z.op in INLINE or z.op in FLAT else None
    if slope is None:
        assert z.op in TABLE, z.op
        slope = lines.new("slope", (z, *z.args), z.shape, (z.op, k))
    return slope


# --- operations on whole arrays ---------------------------------------------------------------------

Parts = list[tuple[Array, Array]]


def of_matmul(lines: Lines, z: Array, g: Array) -> Iterator[tuple[Array, Array]]:
    g = full(lines, g, z)
    a, b = z.args
    for x, left, right in ((a, g, lines.transpose(b)), (b, lines.transpose(a), g)):
        if leads_to_parameter(x):
            dx = lines.matmul(left, right)
            yield x, unspread(lines, dx, x.shape, dx.shape)


def leads_to_parameter(x: Array) -> bool:
    """Whether x depends on a parameter."""
    stack, seen = [x], set()
    while stack:
        y = stack.pop()
        if y.op == "parameter":
            return True
        if id(y) not in seen:
            seen.add(id(y))
            stack.extend(y.args)
    return False


def of_sum(lines: Lines, z: Array, g: Array) -> Parts:
    axes, keep = z.attrs
    x = z.args[0]
    if g.shape != () and not keep:
        shape = iter((1,) * (len(z.shape) - len(g.shape)) + g.shape)
        g = lines.reshape(g, tuple([1 if k in axes else next(shape) for k in range(len(x.shape))]))
    return [(x, g)]


def of_take(lines: Lines, z: Array, g: Array) -> Parts:
    """Each element of x collects from all the places it was taken to: classes of elements taken equally
    often."""
    x, index = z.args[0], z.attrs.ravel()
    g = lines.reshape(full(lines, g, z), (*x.shape[:-1], index.size))
    return [(x, scatter(lines, g, index, x.shape[-1]))]


def of_slice(lines: Lines, z: Array, g: Array) -> Parts:
    x, (start, stop) = z.args[0], z.attrs
    lead, g = x.shape[:-1], full(lines, g, z)
    before, after = [[lines.zeros((*lead, n))] * (n > 0) for n in (start, x.shape[-1] - stop)]
    return [(x, lines.concat([*before, g, *after]))]


def of_concat(lines: Lines, z: Array, g: Array) -> Parts:
    out, start, g = [], 0, full(lines, g, z)
    for x in z.args:
        out.append((x, lines.take(g, np.arange(start, start + x.shape[-1]))))
        start += x.shape[-1]
    return out


def of_reshape(lines: Lines, z: Array, g: Array) -> Parts:
    return [(z.args[0], g if g.shape == () else lines.reshape(full(lines, g, z), z.args[0].shape, z.attrs))]


def of_transpose(lines: Lines, z: Array, g: Array) -> Parts:
    return [(z.args[0], lines.transpose(full(lines, g, z)))]


def of_spread(lines: Lines, z: Array, g: Array) -> Parts:
    return [(z.args[0], unspread(lines, g, z.args[0].shape, z.shape))]


def of_logsumexp(lines: Lines, z: Array, g: Array) -> Parts:
    """d/dx_i = softmax(x)_i."""
    return [(z.args[0], g * lines.new("softmax", z.args, z.args[0].shape))]


def of_softmax(lines: Lines, z: Array, g: Array) -> Parts:
    """dx_k = y_k * sum_j y_j (g_k - g_j), which is sum_j g_j y_j ([k==j] - y_k) without its cancellation."""
    g, (*rest, m) = full(lines, g, z), z.shape
    differences = lines.reshape(g, (*rest, m, 1)) - lines.reshape(g, (*rest, 1, m))
    return [(z.args[0], z * lines.sum(differences * lines.reshape(z, (*rest, 1, m)), (len(rest) + 1,)))]


def of_extremum(lines: Lines, z: Array, g: Array) -> Parts:
    """1 for the winner, shared equally among winners."""
    x    = z.args[0]
    wins = lines.call("where", lines.call("==", x, z), 1, 0)
    share = g / lines.sum(wins, (len(x.shape) - 1,), keep=True)
    return [(x, lines.call("where", lines.call("==", x, z), share, 0))]


WHOLE = {"matmul": of_matmul, "sum": of_sum, "take": of_take, "slice": of_slice, "concat": of_concat,
         "reshape": of_reshape, "transpose": of_transpose, "spread": of_spread,
         "logsumexp": of_logsumexp, "softmax": of_softmax, "maximum": of_extremum, "minimum": of_extremum}
