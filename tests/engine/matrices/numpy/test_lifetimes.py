"""Whose memory a line shows, until when it is read, and which products are never computed one by one."""

import pytest

from engine.matrices.algebra import simpler
from engine.matrices.lines import Lines
from engine.matrices.numpy.lifetimes import lifetimes, sums_of_products


def leaves():
    lines = Lines(simpler)
    return lines, lines.new("input", (), (-1, 3)), *[lines.new("parameter", (), (2, 3), k) for k in range(2)]


def test_memory_is_read_until_the_last_line_that_reads_any_view_of_it():
    lines, x, w, _ = leaves()
    z    = lines.call("tanh", x)
    half = lines.new("slice", (z,), (-1, 2), (0, 2))
    y    = lines.call("exp", z)
    last = lines.sum(lines.transpose(half), (0,))
    order = [z, half, y, last.args[0], last]
    base, read = lifetimes(order, [last])
    assert {base[id(v)] for v in (z, half, last.args[0])} == {id(z)} and base[id(y)] == id(y)
    assert read[id(z)] == len(order) - 1 and read[id(x)] == 0 and id(y) not in read


def test_a_root_is_read_by_the_caller_after_all_lines():
    lines, x, *_ = leaves()
    z    = lines.call("tanh", x)
    flat = lines.reshape(z, (-3,), 1)
    base, read = lifetimes([z, flat], [flat, x])
    assert read[base[id(flat)]] == read[id(z)] == read[id(x)] == 2


@pytest.mark.parametrize("axes, root, reader, found", [
    ((0, 1), False, False, True),           # summed up whole
    ((0,), False, False, False),            # of each column
    ((0, 1), True, False, False),           # wanted as it is
    ((0, 1), False, True, False)])          # read by another line
def test_a_product_of_parameters_that_is_only_summed_up(axes, root, reader, found):
    lines, x, v, w = leaves()
    z     = v * w
    roots = [lines.sum(z, axes), *[z] * root, *[lines.call("exp", z)] * reader]
    assert sums_of_products([z, *roots], roots) == ({id(z)} if found else set())


def test_other_products_are_computed():
    """Of samples, and of parameters of other shapes, which one product cannot sum."""
    lines, x, v, w = leaves()
    row = lines.new("parameter", (), (3,), 2)
    for z in (x * x, v * row):
        assert sums_of_products([z], [lines.sum(z, (0, 1))]) == set()
