"""The faster formulas give what the rows of the table give, also far out, in fewer calls of NumPy."""

import numpy as np
import pytest

from engine.matrices.algebra import simpler
from engine.matrices.lines import Lines
from engine.matrices.numpy.fast_formulas import quick
from engine.matrices.numpy.plan import Plan
from engine.matrices.passes.expansion import expand
from engine.matrices.portable import elementary, sized
from engine.rows import shut

POINTS = np.array([[-800.0, -40.0, -1.0], [-1e-9, 0.0, 1e-9], [0.5, 40.0, 800.0], [1.0, 2.0, 3.0]])


def line(op):
    """Of three numbers per sample, and what op makes of them; with ', its slope."""
    lines = Lines(simpler)
    x     = lines.new("input", (), (-1, 3))
    name  = op.rstrip("'")
    z     = lines.new(name, (x,), (-1, 1 if name == "logsumexp" else 3))
    return x, z if name == op else lines.new("slope", (z, x), x.shape, (name, 0))


def value(write, x, z, given):
    """The value of z by formulas of one kind, and how many NumPy calls that takes."""
    order = elementary([z], write)
    out   = np.empty(sized(order[-1].shape, len(given)))
    plan  = Plan(order, order[-1:], len(given), {id(x): given}, [out])
    plan.run()
    return np.broadcast_to(out, sized(z.shape, len(given))), len(plan.steps)


@pytest.mark.parametrize("op", ["relu", "sigmoid", "relu'", "sigmoid'", "tanh'", "softmax", "logsumexp"])
def test_the_same_numbers(op):
    x, z = line(op)
    found, _  = value(quick, x, z, POINTS)
    wanted, _ = value(expand, x, z, POINTS)
    np.testing.assert_allclose(found, wanted, rtol=1e-14, atol=1e-300)


@pytest.mark.parametrize("op", ["relu", "sigmoid", "tanh'", "softmax", "logsumexp"])
def test_in_fewer_calls(op):
    x, z = line(op)
    assert value(quick, x, z, POINTS)[1] < value(expand, x, z, POINTS)[1]


def test_the_slope_of_relu_is_read_from_the_output_which_is_kept_anyway():
    _, z = line("relu'")
    assert quick(z) is z.lines.call("where", z.args[0] <= 0, shut, 1)


@pytest.mark.parametrize("op", ["gelu", "gelu'", "sin", "softplus"])
def test_all_other_rows_are_written_out_as_ever(op):
    _, z = line(op)
    assert quick(z) is expand(z)


def test_softmax_and_logsumexp_of_one_list_share_their_exponentials():
    x, z  = line("softmax")
    lines = x.lines
    both  = [z, lines.new("logsumexp", (x,), (-1, 1))]
    order = elementary(both, quick)
    assert [y.op for y in {id(y): y for y in order}.values()].count("exp") == 1
    out   = [np.empty((4, 3)), np.empty((4, 1))]
    Plan(order, order[-2:], 4, {id(x): POINTS}, out).run()
    assert np.log(out[0][3]) == pytest.approx(POINTS[3] - out[1][3], rel=1e-14)


def test_shares_of_infinities_are_nan():
    x, z = line("softmax")
    assert np.isnan(value(quick, x, z, np.full((1, 3), np.inf))[0]).all()
