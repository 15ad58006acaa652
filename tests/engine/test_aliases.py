"""Aliases: a Value read by code that knows micrograd's or microgpt's names. The lecture's own cells are in
tests/programs/."""

import pickle

import pytest

from engine import Value, relu, tanh, total
from engine.aliases import Operands
from engine.value import node

VIEWS = ["_prev", "_op", "_backward", "_children", "_local_grads"]


def test_operands_are_seen_in_order_and_with_their_slopes():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    z = w * x
    assert z._children == (w, x) and z._local_grads == (2.0, 3.0)
    assert list(z._prev) == [w, x] and list(x._prev) == [] == list(x._children)


def test_an_operand_used_twice_is_one_in_the_set_and_two_in_the_tuple():
    x = Value(3.0)
    z = x * x
    assert list(z._prev) == [x] and z._children == (x, x)


def test_the_set_tells_two_equal_numbers_apart_and_works_as_a_set():
    x, y = Value(2.0), Value(2.0)
    both = (x + y)._prev
    assert len(both) == 2 and x in both and Value(2.0) not in both and 2.0 not in both
    assert both == {x, y} and both & {x} == Operands([x]) and both | {x} == both
    assert repr(both) == f"{{{x!r}, {y!r}}}"


@pytest.mark.parametrize("make, op", [
    (lambda x: x + 1, "+"), (lambda x: x * x, "*"), (lambda x: x ** 2, "**2"),
    (lambda x: x ** -1.5, "**-1.5"),
    (lambda x: x ** x, "**"), (lambda x: x / 2, "/"), (tanh, "tanh"), (relu, "ReLU"), (lambda x: x, "")])
def test_operations_are_written_as_micrograd_writes_them(make, op):
    assert make(Value(2.0))._op == op


def test_the_exponent_is_part_of_the_operation_unless_it_is_a_value():
    x, y = Value(2.0), Value(3.0)
    assert list((x ** 2)._prev) == [x] and list((x ** y)._prev) == [x, y]


def test_steps_by_hand_in_reverse_order_give_the_gradients_of_backward():
    def made():
        x, w = Value(0.5), Value(-1.5)
        p = w * x
        a = tanh(p + x)
        return [x, w, p, a, total(a, p, a)]
    by_hand, by_engine = made(), made()
    by_engine[-1].backward()
    by_hand[-1].grad = 1.0
    for v in (by_hand[4], by_hand[3], by_hand[3].operands[0], by_hand[2], by_hand[0]):
        v._backward()
    assert [v.grad for v in by_hand] == [v.grad for v in by_engine]


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_cannot_be_set_and_says_what_makes_a_node(name):
    x = Value(2.0)
    with pytest.raises(AttributeError, match=rf"{name} is a view of .*node\(data, op, operands, partials\)"):
        setattr(x, name, ())


def test_the_way_that_the_message_names_makes_a_node():
    x = Value(2.0)
    z = node(8.0, "cube", (x,), (12.0,))
    z.backward()
    assert x.grad == 12.0 and z._op == "cube" and list(z._prev) == [x]


def test_a_value_made_the_way_of_micrograd_is_told_the_same():
    with pytest.raises(TypeError, match=r"Value\(data, label\) makes a leaf, and node\(data"):
        Value(1.0, _children=())


def test_views_cost_a_value_nothing():
    assert not hasattr(Value(1.0), "__dict__") and all(name not in Value.__slots__ for name in VIEWS)
    assert list(pickle.loads(pickle.dumps(Value(1.0) + 1))._prev)[0].data == 1.0
