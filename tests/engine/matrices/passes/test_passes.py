"""Each pass by itself: what goes in, and what is left."""

import numpy as np
import pytest

from engine import Value, affine, dot, relu, tanh, total
from engine.matrices.algebra import simpler
from engine.matrices.lines import Lines
from engine.matrices.passes.batch import fold
from engine.matrices.passes.groups import group
from engine.matrices.passes.sums import normalise
from engine.matrices.passes.reverse import gradients
from engine.matrices.passes.spreads import scatter
from engine.matrices.portable import evaluate, needed
from engine.matrices.passes.trace import GLOBAL, trace

from ..graphs import matrix, samples


# --- tracing ----------------------------------------------------------------------------------------

def test_tracing_puts_operands_first():
    w, x, b = Value(2.0), Value(3.0), Value(1.0)
    t = trace((w * x + b).tanh(), [x], [], [w, b], batch=False)
    assert list(zip(t.ops, t.args, t.roles)) == [
        ("", (), "parameter"), ("", (), "input"), ("*", (0, 1), ""), ("", (), "parameter"), ("+", (2, 3), ""),
        ("tanh", (4,), "")]


def test_tracing_knows_the_sample_of_each_input():
    X, w = samples(2, 2), Value(1.0)
    t = trace(total([w * x for sample in X for x in sample]), X, [], [w], batch=False)
    inputs = [(h, c) for h, c, role in zip(t.homes, t.columns, t.roles) if role == "input"]
    assert inputs == [(0, 0), (0, 1), (1, 0), (1, 1)] and t.samples == 2


# --- normalising ------------------------------------------------------------------------------------

W, X, B = [Value(0.5), Value(0.25)], [Value(2.0), Value(3.0)], Value(1.0)


@pytest.mark.parametrize("z", [affine(W, X, B), B + W[0] * X[0] + W[1] * X[1], dot(W, X) + B,
                               W[0] * X[0] + (B + X[1] * W[1]), total(B, dot(W, X))])
def test_however_a_sum_was_written_it_is_the_same(z):
    t    = trace(tanh(z), X, [], [*W, B], batch=False)
    sums = normalise(t)
    (i,) = [i for i, op in enumerate(sums.ops) if op == "sum"]
    n    = sums.pairs[i]
    names = [(t.roles[a], t.columns[a]) for a in sums.args[i]]
    assert {*zip(names[:n], names[n:2 * n])} == {(("parameter", k), ("input", k)) for k in (0, 1)}
    assert names[2 * n:] == [("parameter", 2)]


def test_a_node_that_is_used_twice_is_not_taken_apart():
    x, w = Value(1.0), Value(2.0)
    inner = x + w
    sums  = normalise(trace((inner + w) * inner, [x], [], [w], batch=False))
    assert sums.ops.count("sum") == 2


# --- batching and grouping --------------------------------------------------------------------------

def folded(loss, X, parameters):
    t = trace(loss, X, [], parameters, batch=False)
    templates, _ = fold(t, normalise(t))
    return templates


def test_equal_samples_become_one():
    X, w = samples(3, 1), Value(2.0)
    t = folded(total([tanh(w * x) for x, in X]), X, [w])
    assert [(op, batched) for op, batched in zip(t.ops, t.batched) if op in ("*", "tanh", "sum")] == [
        ("*", True), ("tanh", True), ("sum", False)]
    assert t.samples[-1] == (0, 1, 2)


def test_a_sample_that_differs_stays_alone():
    (a,), (b,) = X = samples(2, 1)
    w = Value(2.0)
    t = folded((w * a).tanh() + (w * b).sin(), X, [w])
    assert {op: batched for op, batched in zip(t.ops, t.batched) if op in ("tanh", "sin", "*")} == {
        "*": True, "tanh": False, "sin": False}
    assert [s for s, op in zip(t.samples, t.ops) if op in ("tanh", "sin")] == [(0,), (1,)]


def test_equal_operations_become_one_group_and_weights_a_matrix():
    x, w, b = samples(1, 2)[0], matrix(3, 2, 0), [Value(0.0) for _ in range(3)]
    loss = total([relu(affine(row, x, bk)) for row, bk in zip(w, b)])
    t = trace(loss, x, [], [p for row in w for p in row] + b, batch=False)
    templates, _ = fold(t, normalise(t))
    groups = group(templates).groups
    assert [(g.op, len(g.members)) for g in groups if g.op in ("sum", "relu")] == [("sum", 3), ("relu", 3),
                                                                                   ("sum", 1)]
    assert [g.shape for g in groups if g.op == "parameter"] == [(3, 2), (3,)]
    assert GLOBAL == -1


# --- arrays, simplified -----------------------------------------------------------------------------

def test_lines_that_do_nothing_are_not_written():
    lines = Lines(simpler)
    x, y  = [lines.new("input", (), (-1, 3), k) for k in range(2)]
    assert 1 * x is x and x * 1 is x and x / 1 is x and x ** 1 is x and (-x).__neg__() is x
    assert (x + x) is 2 * x and 2 * (3 * x) is 6 * x
    assert (-2 * x + 2 * y) is 2 * (y - x)
    assert x * (1 / y) is x / y
    assert lines.transpose(lines.transpose(x)) is x
    assert lines.sum(lines.sum(x, (0,)), (0,)) is lines.sum(x, (0, 1))


def test_an_array_is_no_condition():
    lines = Lines(simpler)
    with pytest.raises(TypeError, match="where"):
        bool(lines.new("input", (), (3,)) > 0)


# --- reverse ----------------------------------------------------------------------------------------

def test_only_what_leads_to_a_parameter_is_differentiated():
    lines = Lines(simpler)
    x, w  = lines.new("input", (), (-1, 2)), lines.new("parameter", (), (3, 2), 0)
    loss  = lines.sum(lines.matmul(x, lines.transpose(w)), (0, 1))
    (dw,), by_line = gradients(loss, [w])
    assert id(x) not in by_line and dw.shape == (3, 2)


@pytest.mark.parametrize("index", [[0, 0, 2], [1, 0], [3, 3, 3, 1, 1, 0], [2]])
def test_scatter_is_the_transpose_of_take(index):
    lines = Lines(simpler)
    g   = lines.new("input", (), (len(index),))
    out = scatter(lines, g, np.array(index), 4)
    values = np.arange(1.0, 1 + len(index))
    found  = evaluate(needed([out]), {id(g): values}, 0, np)[id(out)]
    wanted = np.zeros(4)
    np.add.at(wanted, index, values)
    assert found.tolist() == wanted.tolist()
