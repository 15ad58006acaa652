"""The backward lines are those of the documents, for what leads to a parameter and for nothing else."""

import numpy as np
import pytest

from engine.matrices.algebra import simpler
from engine.matrices.lines import Lines, number_of
from engine.matrices.passes.reverse import gradients, leads_to_parameter
from engine.matrices.portable import elementary, evaluate

from ..lines import data, products, program, sums, views


def test_only_what_leads_to_a_parameter_is_differentiated():
    lines = Lines(simpler)
    x, w  = lines.new("input", (), (-1, 2)), lines.new("parameter", (), (3, 2), 0)
    loss  = lines.sum(lines.matmul(x, lines.transpose(w)), (0, 1))
    (dw,), by_line = gradients(loss, [w])
    assert id(x) not in by_line and dw.shape == (3, 2)


def test_a_layer_goes_back_as_the_documents_write_it():
    """dW = dZ.T @ X, db = sum of dZ, dA = dZ @ W."""
    lines = Lines(simpler)
    x, w, b, v = [lines.new(op, (), shape, k) for k, (op, shape) in enumerate([
        ("input", (-1, 2)), ("parameter", (3, 2)), ("parameter", (3,)), ("parameter", (1, 3))])]
    z    = lines.matmul(x, lines.transpose(w)) + b
    a    = lines.call("tanh", z)
    loss = lines.sum(lines.matmul(a, lines.transpose(v)), (0, 1))
    (dw, db, dv), by_line = gradients(loss, [w, b, v])
    dz, da = by_line[id(z)], by_line[id(a)]
    assert dw is lines.matmul(lines.transpose(dz), x) and db is lines.sum(dz, (0,))
    assert dz is da * lines.new("slope", (a, z), a.shape, ("tanh", 0))
    assert da.op == "matmul" and da.args[1] is v and dv.shape == v.shape


def test_a_parameter_that_does_not_occur_has_gradient_zero():
    lines = Lines(simpler)
    w, idle = [lines.new("parameter", (), (3,), k) for k in range(2)]
    _, zero = gradients(lines.sum(w, (0,)), [w, idle])[0]
    assert zero.op == "spread" and number_of(zero.args[0]) == (0, 0) and zero.shape == (3,)
    assert leads_to_parameter(w + 1) and not leads_to_parameter(lines.constant(2))


SMOOTH = ["exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos",
          "atan", "sinh", "cosh", "tanh", "asinh", "atanh", "abs", "neg"]


def smooth(lines, x, y, w, u):
    """Functions of one operand, of samples and of numbers."""
    return [lines.call(op, a) for op in SMOOTH for a in (x * w, w)]


def shares(lines, x, y, w, u):
    """The n-ary rows of the table: along the last axis."""
    z = x * w
    return [lines.new(op, (z,), (-1, n)) for op, n in (("softmax", 3), ("logsumexp", 1), ("maximum", 1),
                                                       ("minimum", 1))]


@pytest.mark.parametrize("write", [smooth, shares, sums, views, products])
def test_every_gradient_is_that_of_differences(write):
    """Along one direction through all parameters; the squares of each root with a weight of their own."""
    roots, leaves = program(write)
    x, y, w, u    = leaves
    lines  = w.lines
    loss   = sum([(1 + k / 7) * lines.sum(z * z, tuple(range(len(z.shape)))) for k, z in enumerate(roots)])
    grads  = gradients(loss, [w, u])[0]
    given, _ = data([], leaves, 4)
    along    = {id(p): np.random.default_rng(0).normal(size=p.shape) for p in (w, u)}

    def values(wanted, t=0.0):
        moved = {key: a + t * along[key] if key in along else a for key, a in given.items()}
        order = elementary(wanted)
        found = evaluate(order, moved, 4, np)
        return [found[id(z)] for z in order[-len(wanted):]]

    h      = 1e-5
    wanted = (values([loss], h)[0] - values([loss], -h)[0]) / (2 * h)
    found  = sum([(along[id(p)] * g).sum() for p, g in zip((w, u), values(grads))])
    assert found == pytest.approx(wanted, rel=1e-7)
