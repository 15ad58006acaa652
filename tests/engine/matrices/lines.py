"""Lines written by hand, every operation of them, for the tests of what runs them."""

import numpy as np

from engine.matrices.algebra import simpler
from engine.matrices.derivation import needed
from engine.matrices.lines import Lines
from engine.matrices.native.c_memory import Memory
from engine.matrices.native.schedule import schedule
from engine.matrices.portable import sized

UNARY       = ["exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos",
               "atan", "sinh", "cosh", "tanh", "asinh", "atanh", "abs", "neg", "floor", "round"]
BINARY      = ["+", "-", "*", "/", "**", "//", "%", "atan2", "hypot", "larger", "smaller"]
COMPARISONS = ["<", "<=", ">", ">=", "=="]


def functions(lines, x, y, w, u):
    """Of samples and of numbers."""
    return [lines.call(op, a) for op in UNARY for a in (x, w)] + [lines.call("acosh", 1 + a) for a in (x, w)]


def arithmetic(lines, x, y, w, u):
    """Samples with samples, numbers with samples, numbers with numbers."""
    return [lines.call(op, a, b) for op in BINARY for a, b in ((x, y), (w, x), (x, w), (u, w), (x, 0.5))] + \
           [lines.call("**", a, k) for k in (2, 0.5, 3) for a in (x, w)]


def choices(lines, x, y, w, u):
    """Of samples and of numbers, by conditions on either."""
    conditions = [lines.call(op, a, b) for op in COMPARISONS
                  for a, b in ((x, lines.call("smaller", x, y)), (w, 0.5))]
    branches   = (x, 2 * y), (0, x), (w, 2 * w), (w, 1)
    return [lines.call("where", c, a, b) for c in conditions for a, b in branches]


def sums(lines, x, y, w, u):
    """Of everything, of samples, of units; of one array of more axes in every way."""
    cube = lines.reshape(x, (-1, 1, 3)) * u
    return [lines.sum(a, axes, keep) for a, every in (
        (x * y, [(0,), (1,), (0, 1)]), (u * u, [(0,), (1,), (0, 1)]),
        (cube, [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])) for axes in every for keep in (False, True)]


def views(lines, x, y, w, u):
    taken = [lines.take(a, np.array(index)) for a, index in (
        (w, [2, 0, 1]), (u, [[0, 2], [1, 0]]), (x, [1, 2]), (x * y, [2, 0, 0]))]
    return [lines.transpose(u) * 2, lines.reshape(lines.transpose(u), (6,)) + 1, *taken,
            lines.concat([x, x * y, w]), lines.concat([w, 2 * w]), lines.spread(w, (4, 3)),
            lines.reshape(x, (-1, 3, 1)) + 1]


def products(lines, x, y, w, u):
    """Of matrices of few and of many columns, of samples and over them."""
    def by(a, b): return lines.matmul(a, b)
    t, z = lines.transpose, x - y
    wide = lines.concat([u, u * 2, u * 3])                           # 9 columns fill a vector
    return [by(u, t(u)), by(t(u), u), by(t(u), wide), by(z, t(u)), by(x, by(t(u), wide)), by(t(z), x),
            by(t(z), y), by(t(z), lines.concat([x, y, z])), by(by(u, t(x)), z)]


def lists(lines, x, y, w, u):
    """Along the last axis."""
    return [f(a) for a in (x, x * y, u, w) for f in (
        lines.largest, lambda a: lines.largest(a, smallest=True),
        lambda a: lines.new("logsumexp", (a,), (*a.shape[:-1], 1)),
        lambda a: lines.new("softmax", (a,), a.shape))]


WRITTEN = [functions, arithmetic, choices, sums, views, products, lists]


def program(write):
    """(roots, leaves) of what one of WRITTEN makes of samples x and y, and of parameters w and u."""
    lines  = Lines(simpler)
    leaves = [lines.new(op, (), shape, op) for op, shape in (("input", (-1, 3)), ("target", (-1, 3)))] + \
             [lines.new("parameter", (), shape, name) for name, shape in (("w", (3,)), ("u", (2, 3)))]
    return write(lines, *leaves), leaves


def data(roots, leaves, samples):
    """(numbers for the leaves, by line, and arrays for the roots)."""
    rng = np.random.default_rng(samples)
    return ({id(z): rng.uniform(0.1, 0.9, sized(z.shape, samples)) for z in leaves},
            [np.zeros(sized(z.shape, samples)) for z in roots])


def memory(write):
    """(C memory, roots) of what `program` gives; the leaves are in places x, y, w and u."""
    roots, leaves = program(write)
    made = Memory(schedule(needed(roots), roots))
    made.place.update({id(z): name for z, name in zip(leaves, "xywu")})
    return made, roots
