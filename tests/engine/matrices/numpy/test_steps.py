"""Each line as NumPy calls that put its value into memory which is there before."""

import math

import numpy as np
import pytest

from engine.matrices.algebra import simpler
from engine.matrices.lines import Lines
from engine.matrices.numpy.steps import SMALL, steps, total_of_product, view
from engine.matrices.portable import sized

LINES   = Lines(simpler)
X, Y, W = [LINES.new(op, (), shape) for op, shape in (
    ("input", (-1, 3)), ("target", (-1, 3)), ("parameter", (2, 3)))]
NUMBERS = np.random.default_rng(0).normal(size=(4, 3))


def run(made):
    for function, arguments in made:
        function(*arguments)


def value(z, *args):
    """The value of z, computed into memory that holds something else."""
    out = np.full(sized(z.shape, len(NUMBERS)), True if z.op == "first" else 7.5)
    run(steps(z, args, out))
    return out


def test_a_line_is_one_call_that_is_told_where_the_result_goes():
    out = np.empty((4, 2))
    z   = LINES.matmul(X, LINES.transpose(W))
    assert steps(z, (NUMBERS, np.ones((3, 2))), out)[0][0] is np.matmul
    ((function, (*_, into)),) = steps(LINES.call("tanh", X), (NUMBERS,), NUMBERS)
    assert function is np.tanh and into is NUMBERS                    # an operand may be overwritten


def test_a_square_is_a_product():
    ((function, (a, b, _)),) = steps(X ** 2, (NUMBERS, np.asarray(2.0)), np.empty((4, 3)))
    assert function is np.multiply and a is b is NUMBERS
    assert steps(X ** 3, (NUMBERS, np.asarray(3.0)), np.empty((4, 3)))[0][0] is np.power


@pytest.mark.parametrize("op, wanted", [("larger", np.maximum), ("smaller", np.minimum)])
def test_the_larger_of_two(op, wanted):
    z = LINES.call(op, X, Y)
    assert (value(z, NUMBERS, -NUMBERS) == wanted(NUMBERS, -NUMBERS)).all()


def test_a_choice_is_made_in_the_memory_of_its_second_branch_where_that_is_free():
    c, a, b = NUMBERS < 0, np.zeros((4, 3)), NUMBERS.copy()
    z = LINES.call("where", Y < X, X, Y)
    assert (value(z, c, a, b) == np.where(c, a, b)).all()
    made = steps(z, (c, a, b), b)
    assert len(made) == 1
    run(made)
    assert (b == np.where(c, 0, NUMBERS)).all()


def test_functions_that_numpy_has_not():
    for name in ("erf", "erfc"):
        wanted = [[getattr(math, name)(x) for x in row] for row in NUMBERS.tolist()]
        assert value(LINES.call(name, X), NUMBERS).tolist() == wanted
    found = value(LINES.call("round", X, 2), np.full((4, 3), 2.675), np.asarray(2.0))
    assert (found == round(2.675, 2)).all()                          # np.round gives 2.68


@pytest.mark.parametrize("rows", [4, SMALL])
def test_a_sum_over_the_samples_however_many(rows):
    numbers = np.random.default_rng(0).normal(size=(rows, 3))
    out     = np.empty(3)
    run(steps(LINES.sum(X, (0,)), (numbers,), out))
    np.testing.assert_allclose(out, numbers.sum(0), rtol=1e-9)


def test_a_sum_over_products_is_one_product():
    out = np.empty(())
    run([total_of_product(NUMBERS, NUMBERS, out)])
    assert float(out) == pytest.approx((NUMBERS ** 2).sum(), rel=1e-14)


def test_the_first_of_equal_largest():
    numbers = np.array([[1.0, 2.0, 2.0], [3.0, 3.0, 3.0], [0.0, 1.0, 5.0], [5.0, 1.0, 5.0]])
    first   = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 0]], bool)
    assert (value(LINES.first_largest(X), numbers) == first).all()
    others = LINES.new("others", (Y, X), X.shape)
    assert (value(others, NUMBERS, numbers) == np.where(first, 0, NUMBERS)).all()
    assert (value(LINES.largest(X), numbers) == [[2], [3], [5], [5]]).all()
    assert (value(LINES.largest(X, smallest=True), numbers) == [[1], [3], [0], [1]]).all()


def test_gathered_and_joined():
    taken = LINES.take(X, np.array([2, 0]))
    assert (value(taken, NUMBERS) == NUMBERS[:, [2, 0]]).all()
    joined = LINES.concat([X, Y])
    assert (value(joined, NUMBERS, -NUMBERS) == np.hstack([NUMBERS, -NUMBERS])).all()


def test_views_need_no_steps_and_no_memory():
    for z, wanted in [(LINES.transpose(X), NUMBERS.T),
                      (LINES.new("slice", (X,), (-1, 2), (1, 3)), NUMBERS[:, 1:]),
                      (LINES.reshape(X, (-1, 1, 3)), NUMBERS[:, None]),
                      (LINES.spread(X, (2, -1, 3)), np.stack([NUMBERS] * 2))]:
        out, made = view(z, NUMBERS, 4)
        assert made == [] and np.shares_memory(out, NUMBERS) and (out == wanted).all()


def test_what_is_not_one_block_is_reshaped_by_a_copy_in_each_run():
    numbers   = NUMBERS.copy()
    out, made = view(LINES.reshape(LINES.transpose(X), (-3,), 1), numbers.T, 4)
    for factor in (1, 2):
        numbers *= factor
        run(made)
        assert (out == numbers.T.ravel()).all() and not np.shares_memory(out, numbers)
