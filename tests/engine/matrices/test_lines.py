"""A line of an array program: made once, in its shape, and as simple as it can be."""

from fractions import Fraction

import numpy as np
import pytest

from engine.matrices.algebra import simpler
from engine.matrices.lines import Lines, both, broadcast, frozen, number_of


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


def leaves():
    lines = Lines(simpler)
    return lines, lines.new("input", (), (-1, 3)), lines.new("parameter", (), (2, 3), 0)


def test_equal_lines_are_made_once_and_stand_in_order():
    lines, x, w = leaves()
    assert x + 1 is x + 1 and lines.library.sin(x) is lines.library.sin(x)
    assert x + 1 is not x + 1.0                                       # exact, and not
    lines.sum(lines.matmul(x + 1, lines.transpose(w)), (0, 1))
    places = {id(z): k for k, z in enumerate(lines.lines)}
    assert all(places[id(a)] < places[id(z)] for z in lines.lines for a in z.args)


def test_shapes_of_operations_on_whole_arrays():
    lines, x, w = leaves()
    assert lines.matmul(x, lines.transpose(w)).shape == (-1, 2)
    assert [lines.sum(x, axes, keep).shape for axes, keep in [((0,), False), ((1,), True), ((0, 1), False)]] \
        == [(3,), (-1, 1), ()]
    assert lines.concat([x, x * x, lines.zeros((1,))]).shape == (-1, 7)
    assert lines.take(x, np.array([[0, 2], [1, 0]])).shape == (-1, 2, 2)
    assert lines.largest(x).shape == (-1, 1) and lines.first_largest(x).shape == (-1, 3)


def test_what_can_be_seen_in_place_is_not_copied():
    """The same array, a part of it, or the operand of another view."""
    lines, x, w = leaves()
    assert lines.take(x, np.arange(3)) is x is lines.reshape(x, (-1, 3)) is lines.concat([x])
    assert [lines.take(x, np.array(index)).op for index in ([1, 2], [2, 1])] == ["slice", "take"]
    assert lines.reshape(lines.reshape(w, (6,)), (2, 3)) is w
    assert lines.transpose(lines.matmul(x, x)) is lines.matmul(lines.transpose(x), lines.transpose(x))
    assert lines.sum(lines.reshape(w, (2, 1, 3)), (1,)) is w           # over an axis of size 1


def test_numbers_leave_a_sum():
    lines, x, w = leaves()
    assert lines.sum(2 * x, (0,)) is 2 * lines.sum(x, (0,)) and lines.sum(-x, (1,)) is -lines.sum(x, (1,))
    assert lines.sum(x, ()) is x


def test_a_constant_is_a_number_and_a_power_of_the_number_of_samples():
    lines, x, w = leaves()
    assert number_of(lines.constant(Fraction(1, 2), -1)) == (Fraction(1, 2), -1)
    assert number_of(x) is number_of(lines.new("constant", (), (2,), (np.ones(2), 0))) is None


def test_shapes_that_do_not_go_together():
    lines, x, w = leaves()
    assert broadcast((-1, 3), (3,), (1, 1), ()) == (-1, 3) and broadcast() == ()
    with pytest.raises(ValueError, match=r"shapes \(\(-1, 3\), \(2, 3\)\) do not go together"):
        x + w
    with pytest.raises(ValueError, match=r"of shape \(2, 3\) cannot be seen as \(5,\)"):
        lines.reshape(w, (5,))


@pytest.mark.parametrize("first, then, axes", [((0,), (0,), (0, 1)), ((1,), (0, 1), (0, 1, 2)),
                                               ((0, 2), (0,), (0, 1, 2)), ((2,), (1,), (1, 2))])
def test_a_sum_of_a_sum_counts_its_axes_in_the_first(first, then, axes):
    assert both(first, then, 3) == axes


def test_what_is_compared_is_the_number_and_its_type():
    assert len({frozen(x) for x in (1, 1.0, True, (1, 0), (1.0, 0))}) == 5
    a = np.arange(4)
    assert frozen(a) == frozen(a.copy()) != frozen(a.reshape(2, 2))
    assert frozen(np.array([1, 2], object)) != frozen(np.array([1.0, 2], object))
