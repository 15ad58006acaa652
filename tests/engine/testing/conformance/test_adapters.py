"""Adapters: nodes of another make, read and changed as the suite does it with any."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from engine.testing.conformance.adapters import (
    DOUBLE, Ways, adapter, generic, lifted, number, precision_of, put, wrapped, zeroed,
)


class Theirs:
    def __init__(self, value):
        self.value, self.gradient, self.of = value, 0.0, ()

    def __add__(self, other):
        made = Theirs(self.value + (other.value if isinstance(other, Theirs) else other))
        made.of = (self, other)
        return made

    def __radd__(self, other):
        return self + other

    def __iadd__(self, other):
        self.value += 1000.0
        return self

    def tanh(self):
        return Theirs(0.5)

    def back(self):
        for x in self.of:
            if isinstance(x, Theirs):
                x.gradient += 1.0


WAYS = Ways(Theirs, "value", "gradient", Theirs.back, 0.0, {"exp": lambda x: Theirs(7.0)})


def test_a_node_has_data_grad_backward_and_the_operators_of_theirs():
    Value = adapter(Theirs, WAYS, ["something"], 2.0 ** -24)
    x = Value(3.0)
    z = x + x
    z.backward()
    assert (z.data, x.grad, (1.0 + x).data, (x + 2.0).data) == (6.0, 2.0, 4.0, 5.0)
    assert (x.tanh().data, x.exp().data) == (0.5, 7.0) and type(x.tanh()) is Value
    x.grad, x.data = 0, 9.0
    assert (x.node.gradient, x.node.value) == (0.0, 9.0)
    assert Value.said == ["something"]
    assert precision_of(Value) == 2.0 ** -24 and precision_of(Theirs) == DOUBLE


def test_what_theirs_lacks_is_lacking():
    Value = adapter(Theirs, WAYS, [])
    assert not any(hasattr(Value, name) for name in ("__mul__", "__rmul__", "__neg__", "log", "__isub__"))


def test_an_operator_that_changes_its_operand_is_seen_to_do_so():
    x = adapter(Theirs, WAYS, [])(3.0)
    y = x
    y += 2.0
    assert x.data == 1003.0


def test_numbers_pass_as_they_are_and_nodes_are_held():
    Value = adapter(Theirs, WAYS, [])
    assert wrapped(Value, 2.0) == 2.0 and wrapped(Value, None) is None
    assert type(wrapped(Value, Theirs(1.0))) is Value


@pytest.mark.parametrize("thing, right", [
    (2, 2), (2.0, 2.0), (np.float64(2), 2.0), (np.float32(2), 2.0), (np.array(2.0), 2.0),
    (np.array([[2.0]]), 2.0), ([2.0], 2.0),
    (SimpleNamespace(data=SimpleNamespace(data=2.0)), 2.0), (Fraction(1, 2), Fraction(1, 2)),
    (1j, 1j), ("2", "2"), ([1.0, 2.0], [1.0, 2.0])])
def test_one_number_is_found_however_it_is_kept(thing, right):
    assert number(thing) == right and type(number(thing)) is type(right)


@pytest.mark.parametrize("fresh", [0.0, None, np.float32(0), np.zeros(()), np.zeros((1, 1)), [0.0],
                                   SimpleNamespace(data=0.0)])
def test_a_gradient_is_zeroed_as_it_was_on_a_fresh_node(fresh):
    node = SimpleNamespace(grad=SimpleNamespace(data=5.0) if isinstance(fresh, SimpleNamespace) else 5.0)
    assert zeroed(node, WAYS._replace(grad="grad", fresh=fresh))
    assert type(node.grad) is type(fresh) and node.grad is None or number(node.grad) == 0
    assert fresh is None or not hasattr(fresh, "shape") or np.shape(node.grad) == fresh.shape


class ReadOnly:
    """A gradient without a setter."""

    def __init__(self, start):
        self._g, self.value = start, 1.0

    gradient = property(lambda self: self._g)


def test_an_array_is_zeroed_in_place_where_it_cannot_be_replaced():
    node = ReadOnly(np.array([5.0]))
    assert zeroed(node, WAYS._replace(fresh=np.zeros(1))) and node.gradient == np.array([0.0])


def test_what_nothing_can_zero_is_taken_off():
    x = adapter(ReadOnly, WAYS._replace(make=lambda x: ReadOnly(5.0)), [])(1.0)
    x.grad = 0
    assert x.grad == 0.0
    x.node._g += 2.0
    assert x.grad == 2.0


def test_a_method_is_never_overwritten_by_a_number():
    node = Theirs(1.0)
    with pytest.raises(AttributeError, match="tanh is a method"):
        put(node, "tanh", 0.0, 0.0)


def test_returned_gradients_are_added_up_over_calls():
    ways = WAYS._replace(grad="", backward=lambda z: {z.of[0]: 2.0, id(z.of[1]): 3.0})
    Value = adapter(Theirs, ways, [])
    x, y = Value(1.0), Value(2.0)
    z = x + y
    assert (x.grad, y.grad) == (0.0, 0.0)
    z.backward()
    z.backward()
    assert (x.grad, y.grad) == (4.0, 6.0)
    x.grad = 0
    assert x.grad == 0.0


def test_an_adapter_file_builds_on_their_operators():
    class Value(generic(Theirs)):
        def make(self, x): return Theirs(x)
        data = property(lambda self: self.node.value)
        sigmoid = lifted(lambda node: Theirs(0.25))
    assert (Value(1.0) + Value(2.0)).data == 3.0 and Value(1.0).sigmoid().data == 0.25
