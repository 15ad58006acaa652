"""A scalar graph as flat lists, operands first, each leaf what it was declared as; and what is refused."""

import pytest

from engine import Value, total
from engine.matrices.passes.trace import GLOBAL, flatten, trace

from ..graphs import samples


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



def test_a_leaf_that_was_not_declared_is_a_constant_and_a_value_among_them_a_stray():
    x, w, idle = Value(2.0), Value(3.0), Value(5.0, "idle")
    t = trace((w * x + idle) * 0.5, [x], [], [w], batch=False)
    constants = [(x, label) for x, label, role in zip(t.data, t.labels, t.roles) if role == "constant"]
    assert constants == [(5.0, "idle"), (0.5, "")] and t.strays == 1


@pytest.mark.parametrize("inputs, batch, counted, widths", [
    ("flat", False, 0, 4), ("flat", True, 1, 4), ("lists", False, 2, 2)])
def test_a_batch_axis_is_read_from_lists_of_lists_or_asked_for(inputs, batch, counted, widths):
    X, w  = samples(2, 2), Value(1.0)
    leafs = list(flatten(X))
    t = trace(total([w * x for x in leafs]), X if inputs == "lists" else leafs, [], [w], batch)
    assert t.samples == counted and t.widths == {"input": widths, "target": 0}
    assert (GLOBAL in [h for h, role in zip(t.homes, t.roles) if role == "input"]) == (counted == 0)


def test_nested_lists_are_flat_in_order():
    assert list(flatten([1, [2, (3, [])], [[4]]])) == [1, 2, 3, 4]


x, y, w = Value(1.0, "x"), Value(2.0, "y"), Value(3.0, "w")


@pytest.mark.parametrize("loss, inputs, targets, parameters, error, message", [
    (3.0,   [x],        [],     [w], TypeError,  "and got 3.0: build the loss from"),
    (w,     [x],        [],     [w], TypeError,  "computed from other Values"),
    (w * x, [2.0],      [],     [w], TypeError,  r"one is float 2.0: record the loss with Value\(x\)"),
    (w * x, [w * x],    [],     [w], ValueError, r"a input must be a leaf, and .* was computed by '\*'"),
    (w * x, [x],        [x],    [w], ValueError, "declared twice, as input and as target"),
    (w * x, [x],        [],     [w, w], ValueError, "declared twice, as parameter and as parameter"),
    (w * x, [[x], y],   [],     [w], ValueError, "inputs mix lists and Values"),
    (w * x, [[x], []],  [],     [w], ValueError, r"samples of inputs differ in length: \[0, 1\]"),
    (w * x, [[x], [y]], [[Value(0.0)]], [w], ValueError, "targets has 1 samples and the other list 2")])
def test_what_cannot_be_read_is_refused(loss, inputs, targets, parameters, error, message):
    with pytest.raises(error, match=message):
        trace(loss, inputs, targets, parameters, batch=False)
