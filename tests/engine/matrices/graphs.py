"""Graphs for the tests of matrices: networks of every kind, and random programs over samples."""

from random import Random

import numpy as np

from engine import (Value, affine, clamp, dot, logsumexp, maximum, minimum, relu, sigmoid, softmax, tanh,
                    total, vectorize)
from engine.matrices.passes.batch import fold
from engine.matrices.passes.sums import normalise
from engine.matrices.passes.trace import trace
from engine.primitives import apply
from nn import MLP, half_mse
from tests.conventions import numbers as numbers

UNARY  = ["neg", "abs", "tanh", "sigmoid", "relu", "exp", "sin", "cos", "softplus", "log_sigmoid", "gelu",
          "silu",
          "erf", "erfc",
          "atan", "asinh", "sinc", "expm1", "identity", "sign", "step", "floor", "sinh", "cosh"]
BINARY = ["+", "-", "*", "+", "*", "/", "hypot", "atan2", "leaky_relu", "elu", "**"]
NARY   = ["total", "maximum", "minimum", "logsumexp", "softmax", "dot", "affine", "clamp"]


def samples(count, features, seed=0):
    """count lists of Values from N(0, 1)."""
    rng = Random(seed)
    return [[Value(rng.gauss(0, 1)) for _ in range(features)] for _ in range(count)]


def scalar_gradients(loss, parameters):
    """What the scalar engine gives: the oracle of these tests, itself proven elsewhere."""
    for p in parameters:
        p.grad = 0
    loss.backward()
    return np.array([float(p.grad) for p in parameters])


def flat(program):
    """The program's gradients in the order of the parameters given to vectorize."""
    g = np.zeros(len(program.values))
    g[program.order] = program.gradient
    return g


def grown(pool, seed, steps):
    """The pool and what `steps` random operations make of it; the same operations for the same seed."""
    rng, pool = Random(seed), list(pool)
    for _ in range(steps):
        kind = rng.random()
        if kind < 0.3:
            op, x = rng.choice(UNARY), rng.choice(pool)
            pool.append(apply(op, clamp(x, -5.0, 5.0) if op in ("exp", "expm1", "sinh", "cosh") else x))
        elif kind < 0.75:
            op, x, y = rng.choice(BINARY), rng.choice(pool), rng.choice([*pool, 2.0, 0.5])
            if op == "**":  pool.append((x * x + 1) ** rng.choice([2, 3, 0.5, 1.5]))
            elif op == "/": pool.append(x / (y * y + 1))
            else:           pool.append(apply(op, x, y))
        else:
            op = rng.choice(NARY)
            xs = [rng.choice(pool) for _ in range(rng.randint(1, 4))]
            ws = [rng.choice(pool) for _ in xs]
            if op == "dot":       pool.append(dot(ws, xs))
            elif op == "affine":  pool.append(affine(ws, xs, rng.choice(pool)))
            elif op == "clamp":   pool.append(clamp(xs[0], -0.5, 0.7))
            elif op == "softmax": pool.extend(softmax(xs))
            else:                 pool.append(apply(op, *xs))
    return pool


def random_loss(seed, count):
    """(loss, inputs, targets, parameters): what `count` samples grow, averaged; for count 0 without a
    batch."""
    rng   = Random(seed)
    size  = rng.randint(1, 3)
    given = [Value(rng.uniform(-2, 2)) for _ in range(rng.randint(1, 5))]
    steps, kept = rng.randint(1, 20), rng.randint(1, 3)
    if not count:
        x = samples(1, size, seed)[0]
        return total(grown(given + x, seed, steps)[-kept:]), x, [], given
    X, Y   = samples(count, size, seed), samples(count, 1, seed + 1)
    common = grown(given, seed + 2, 4)
    ends   = [z * x[0] for x, y in zip(X, Y) for z in grown(common + x + y, seed, steps)[-kept:]]
    return total(ends) / count, X, Y, given


def convolution(X, kernels, biases):
    """Three-wide windows, then tanh, for every sample."""
    return [[tanh(affine(w, x[i:i + 3], b)) for w, b in zip(kernels, biases) for i in range(len(x) - 2)]
            for x in X]


def attention(x, Q, K, V, width):
    """Each token looks at all tokens."""
    tokens = [x[i:i + width] for i in range(0, len(x), width)]
    q, k, v = [[[dot(w, token) for w in M] for token in tokens] for M in (Q, K, V)]
    shares = [softmax([dot(qi, kj) / width ** 0.5 for kj in k]) for qi in q]
    return [dot(row, [vj[d] for vj in v]) for row in shares for d in range(width)]


def matrix(rows, columns, seed, label=""):
    rng = Random(seed)
    return [[Value(rng.gauss(0, 1), f"{label}[{i + 1},{j + 1}]" if label else "") for j in range(columns)]
            for i in range(rows)]


def regression(f="tanh", **options):
    """(program, X, Y): half the mean of the squared errors of a small network, recorded from 4 samples."""
    X, Y, model = samples(4, 2), samples(4, 1, 1), MLP(2, [3, 1], f)
    program = vectorize(half_mse([[model(x)] for x in X], Y), X, Y, model.parameters(), **options)
    return program, numbers(X), numbers(Y)


def templates(loss, X, parameters):
    """What the passes before grouping make of a loss."""
    t = trace(loss, X, [], parameters, batch=False)
    return fold(t, normalise(t))[0]


__all__ = ["attention", "convolution", "flat", "grown", "logsumexp", "matrix", "maximum", "minimum",
           "numbers",
           "random_loss", "regression",
           "relu", "samples", "scalar_gradients", "sigmoid", "templates"]
