"""What was repeated, narrowed or gathered collects its gradient from all the places it went to."""

import numpy as np
import pytest

from engine.matrices.algebra import simpler
from engine.matrices.derivation import needed
from engine.matrices.lines import Lines, number_of
from engine.matrices.passes.spreads import narrowed, scatter, unspread
from engine.matrices.portable import evaluate, sized


@pytest.mark.parametrize("index", [[0, 0, 2], [1, 0], [3, 3, 3, 1, 1, 0], [2]])
def test_scatter_is_the_transpose_of_take(index):
    lines = Lines(simpler)
    g   = lines.new("input", (), (len(index),))
    out = scatter(lines, g, np.array(index), 4)
    values = np.arange(1.0, 1 + len(index))
    found  = evaluate(needed([out]), {id(g): values}, 0, np)[id(out)]
    wanted = np.zeros(4)
    np.add.at(wanted, index, values)
    assert found.tolist() == wanted.tolist()


@pytest.mark.parametrize("g", [(-1, 3), (-1, 2, 3), (1, 1, 3), (-1, 1, 3), (3,), (1,), (-1, 1, 1), ()])
@pytest.mark.parametrize("shape", [(3,), (1,), (2, 3), (2, 1), (-1, 1, 3), (-1, 2, 3), ()])
def test_what_was_repeated_collects_the_sum_of_all_its_places(g, shape):
    """Also where the gradient is kept small, since it is the same all along an axis."""
    lines, spread, samples = Lines(simpler), (-1, 2, 3), 4
    if len(g) == 2:
        spread = (-1, 3)
        shape  = shape[-1:]
    dy    = lines.new("input", (), g)
    dx    = unspread(lines, dy, shape, spread)
    given = np.random.default_rng(0).normal(size=sized(g, samples))
    found = evaluate(needed([dx]), {id(dy): given}, samples, np)[id(dx)]
    whole = np.broadcast_to(given, sized(spread, samples))
    own   = (1,) * (len(spread) - len(shape)) + sized(shape, samples)
    sums  = whole.sum(tuple([k for k, n in enumerate(own) if n == 1]), keepdims=True)
    np.testing.assert_allclose(np.broadcast_to(found, own), np.broadcast_to(sums, own), rtol=1e-14)


def test_a_gradient_that_is_one_number_is_multiplied_not_summed():
    """b, repeated for every sample and 3 units: 3 m times."""
    lines = Lines(simpler)
    assert number_of(unspread(lines, lines.constant(2), (), (-1, 3))) == (6, 1)


def test_leading_axes_of_size_1_are_dropped_until_the_shape_fits():
    lines = Lines(simpler)
    g     = lines.new("input", (), (1, 1, 3))
    assert narrowed(g, (2, 3)).shape == (1, 3) and narrowed(g, (3,)).shape == (3,)
    assert narrowed(lines.new("input", (), (-1, 3)), (3,)).shape == (-1, 3)
