"""Edges: nodes and edges in an order that is always the same."""

from engine import Value
from engine.graphs.edges import edges_into, nodes_of


def test_nodes_come_after_their_operands_each_once_and_the_root_last():
    x, w = Value(2.0), Value(3.0)
    p = w * x
    z = p + x
    assert nodes_of(z) == [w, x, p, z] and nodes_of(x) == [x]


def test_equal_numbers_stay_two_nodes():
    assert len(nodes_of(Value(2.0) + Value(2.0))) == 3


def test_an_operand_used_twice_has_two_edges():
    x = Value(3.0)
    z = x * x
    assert edges_into(z) == [(x, z, 0, 3.0), (x, z, 1, 3.0)] and edges_into(x) == []


def test_a_long_chain_needs_no_recursion():
    z = Value(0.0)
    for _ in range(30_000):
        z = -z
    assert len(nodes_of(z)) == 30_001
