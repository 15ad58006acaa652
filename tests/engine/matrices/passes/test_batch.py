"""Samples that went through the same operations become one, with a batch axis; others stay alone."""

from engine import Value, tanh, total
from engine.matrices.passes.trace import GLOBAL

from ..graphs import samples, templates


def test_equal_samples_become_one():
    X, w = samples(3, 1), Value(2.0)
    t = templates(total([tanh(w * x) for x, in X]), X, [w])
    assert [(op, batched) for op, batched in zip(t.ops, t.batched) if op in ("*", "tanh", "sum")] == [
        ("*", True), ("tanh", True), ("sum", False)]
    assert t.samples[-1] == (0, 1, 2)


def test_a_sample_that_differs_stays_alone():
    (a,), (b,) = X = samples(2, 1)
    w = Value(2.0)
    t = templates((w * a).tanh() + (w * b).sin(), X, [w])
    assert {op: batched for op, batched in zip(t.ops, t.batched) if op in ("tanh", "sin", "*")} == {
        "*": True, "tanh": False, "sin": False}
    assert [s for s, op in zip(t.samples, t.ops) if op in ("tanh", "sin")] == [(0,), (1,)]



def test_a_number_that_differs_from_sample_to_sample_is_one_constant_of_many():
    (a,), (b,) = X = samples(2, 1)
    w = Value(2.0)
    t = templates(tanh(w * a * 3.0) + tanh(w * b * 4.0), X, [w])
    assert [(data, batched) for op, data, batched in zip(t.ops, t.data, t.batched) if op == "constant"] == [
        ([3.0, 4.0], True)]


def test_numbers_of_different_types_are_different():
    """1 and 1.0 print alike, and are not the same where they are exact."""
    (x,), = X = samples(1, 1)
    t = templates(tanh(x * 2) + tanh(x * 2.0), X, [])
    assert [data for op, data in zip(t.ops, t.data) if op == "constant"] == [2, 2.0]
    assert t.ops.count("tanh") == 2


def test_a_mean_of_the_batch_may_be_used_by_every_sample_again():
    X, w = samples(3, 1), Value(2.0)
    mean = total([w * x for x, in X]) / 3
    t = templates(total([tanh(w * x - mean) for x, in X]), X, [w])
    assert [(op, batched) for op, batched in zip(t.ops, t.batched) if op in ("/", "-", "tanh")] == [
        ("/", False), ("-", True), ("tanh", True)]
    assert t.samples[t.ops.index("-")] == (GLOBAL, GLOBAL)


def test_a_template_says_how_many_nodes_it_stands_for():
    X, w = samples(3, 2), Value(2.0)
    t = templates(total([tanh(w * x) for sample in X for x in sample]), X, [w])
    assert [n for op, n in zip(t.ops, t.nodes) if op == "tanh"] == [3, 3]
