"""However a sum was written, one sum of products is left, with what depends on less to the left."""

import pytest

from engine import Value, affine, dot, tanh, total
from engine.matrices.passes.sums import DATA, FIXED, LEARNT, normalise
from engine.matrices.passes.trace import trace


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



def sums_of(loss, x, w):
    return normalise(trace(loss, x, [], w, batch=False))


def test_zeros_are_not_added_and_a_chain_is_one_sum():
    """0 + l1 + l2 + l3, as Python's sum writes it."""
    x, w = [Value(1.0), Value(2.0), Value(3.0)], Value(0.5)
    found = sums_of(sum([tanh(w * x) for x in x]), x, [w])
    (i,) = [i for i, op in enumerate(found.ops) if op == "sum"]
    assert found.pairs[i] == 0 and [found.ops[a] for a in found.args[i]] == ["tanh"] * 3


def test_a_single_product_stays_a_node_of_its_own():
    x, w, b = Value(1.0), Value(2.0), Value(3.0)
    found = sums_of(w * x + b, [x], [w, b])
    assert [(op, n) for op, n in zip(found.ops, found.pairs) if op] == [("*", 0), ("sum", 0)]


def test_equal_nodes_become_one():
    x, w  = Value(1.0), Value(2.0)
    found = sums_of((w * x).tanh() * (w * x).tanh(), [x], [w])
    assert found.ops.count("tanh") == 1 and found.args[-1][0] == found.args[-1][1]


def test_what_a_node_depends_on():
    x, w  = Value(1.0), Value(2.0)
    t     = trace((w * 3).exp() * x, [x], [], [w], batch=False)
    found = normalise(t)
    assert {op or role: depends for op, role, depends in zip(t.ops, t.roles, found.depends)} == {
        "parameter": LEARNT, "constant": FIXED, "*": DATA, "exp": LEARNT, "input": DATA}
