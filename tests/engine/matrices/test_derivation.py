"""Derivation: the lines of a loss and of its gradients, in an order in which they can be run."""

from engine import Value, vectorize
from engine.matrices.algebra import simpler
from engine.matrices.derivation import needed
from engine.matrices.lines import Lines
from nn import MLP, half_mse

from .graphs import samples


def derived():
    X, Y, model = samples(4, 2), samples(4, 1, 1), MLP(2, [3, 1], "tanh")
    return vectorize(half_mse([[model(x)] for x in X], Y), X, Y, model.parameters()).derived


def test_operands_come_first_and_every_line_once():
    lines = Lines(simpler)
    x = lines.new("input", (), (-1, 3))
    y = x * x + x
    order = needed([y, x * x])
    assert order == needed([y]) and len({id(z) for z in order}) == len(order)
    for k, z in enumerate(order):
        assert all(any(a is b for b in order[:k]) for a in z.args)


def test_a_graph_as_deep_as_one_likes_is_walked_without_recursion():
    lines = Lines(simpler)
    z = lines.new("input", (), (-1,))
    for _ in range(20_000):
        z = lines.new("sin", (z,), (-1,))
    assert len(needed([z])) == 20_001


def test_the_loss_is_a_part_of_all_lines():
    found = derived()
    assert {id(z) for z in found.forward} < {id(z) for z in found.live}
    assert found.products() == (2, 3) and found.samples == 4 and not found.fixed


def test_leaves_are_what_a_call_fills():
    assert {role: z.shape for role, z in derived().leaves.items()} == {"input": (-1, 2), "target": (-1, 1)}
    w = Value(2.0)
    assert vectorize(w * w, (), (), [w]).derived.leaves == {}


def test_every_block_of_parameters_has_a_gradient_of_its_shape():
    found = derived()
    assert [g.shape for g in found.grads] == [block.line.shape for block in found.blocks]
    assert sorted(k for block in found.blocks for k in block.members) == list(range(len(found.values)))
