"""Sums of products are matrix products where rows meet rows; equal terms are added once, times how often."""

import numpy as np
import pytest

from engine import Value, affine, dot, tanh, total
from engine.matrices.algebra import simpler
from engine.matrices.derivation import needed
from engine.matrices.lines import Lines, number_of
from engine.matrices.passes.products import matrix_product, row_sums
from engine.matrices.portable import evaluate, sized
from engine.matrices.vectorization import derived

from ..graphs import matrix, samples


def lowered(loss, X, parameters):
    return derived(loss, X, [], parameters, (), False).low


def ops(low):
    return [z.op for z in needed([low.loss])]


def weights(*rows):
    return [p for row in rows for p in row]


@pytest.mark.parametrize("left, right, shape", [
    ((2, 3), (-1, 1, 3), (-1, 2)),        # a layer: one row per sample
    ((2, 3), (-1, 4, 3), (-1, 8)),        # a convolution: one row per window
    ((-1, 2, 3), (-1, 4, 3), (-1, 8)),    # attention: rows of one sample with each other
    ((-1, 2, 3), (4, 3), (-1, 8)), ((2, 3), (4, 3), (8,))])
def test_every_left_row_meets_every_right_row(left, right, shape):
    lines = Lines(simpler)
    a, b  = lines.new("input", (), left), lines.new("target", (), right)
    z     = matrix_product(a, b)
    rng   = np.random.default_rng(0)
    given = {id(y): rng.normal(size=sized(y.shape, 5)) for y in (a, b)}
    found = evaluate(needed([z]), given, 5, np)[id(z)]
    wanted = np.einsum("...lk,...rk->...rl", given[id(a)], given[id(b)])
    assert z.shape == shape
    np.testing.assert_allclose(found, wanted.reshape(found.shape), rtol=1e-13)


def test_a_bias_is_added_to_the_product():
    X, w, b = samples(3, 2), matrix(4, 2, 0), [Value(0.1 * k) for k in range(4)]
    loss    = total([tanh(affine(row, x, bk)) for x in X for row, bk in zip(w, b)])
    low     = lowered(loss, X, weights(*w, b))
    (z,)    = [z for z in needed([low.loss]) if z.op == "tanh"]
    product, bias = z.args[0].args
    assert z.args[0].op == "+" and product.op == "matmul" and bias is low.parameters[1]
    assert product.args[1].args == (low.parameters[0],) and low.gathers == []


def test_rows_that_do_not_meet_are_multiplied_element_by_element_and_noticed():
    """Forty sums, each of two inputs of its own."""
    x, w = samples(1, 80)[0], matrix(40, 2, 0)
    low  = lowered(total([tanh(dot(row, x[2 * k:2 * k + 2])) for k, row in enumerate(w)]), x, weights(*w))
    assert "matmul" not in ops(low)
    assert [(g.op, why) for g, why in low.gathers] == [
        ("sum", "its 40 sums of products share no common rows")]


def test_equal_terms_are_one_term_times_how_often():
    X, w = samples(3, 1), Value(0.5)
    loss = total([z for x, in X for z in [tanh(w * x)] * 3])
    low  = lowered(loss, X, [w])
    factors = [number_of(z.args[0]) for z in needed([low.loss]) if z.op == "*"]
    assert (3, 0) in factors and ops(low).count("tanh") == 1


def test_a_term_that_every_sample_adds_is_meant_as_often_as_there_are_samples():
    X, w = samples(3, 1), Value(0.5)
    low  = lowered(total([z for x, in X for z in (tanh(w * x), w.exp())]), X, [w])
    assert (1, 1) in [number_of(z) for z in needed([low.loss])] and not low.fixed


def test_the_squares_of_all_weights_are_taken_in_the_shape_of_their_array():
    x, w = samples(1, 2)[0], matrix(3, 2, 0)
    loss = total([tanh(dot(row, x)) for row in w]) + total([p * p for p in weights(*w)])
    low  = lowered(loss, x, weights(*w))
    assert any(z.op == "sum" and z.attrs[0] == (0, 1) and z.args[0].args == (low.parameters[0],) * 2
               for z in needed([low.loss]))


def test_products_over_the_whole_batch_are_summed_over_it_and_others_tie_the_program():
    X, w = samples(3, 2), Value(0.5)
    both = [(tanh(w * x), tanh(w * y)) for x, y in X]
    assert not lowered(total([a * b for a, b in both]), X, [w]).fixed
    neighbours = total([a * b for (a, _), (_, b) in zip(both, both[1:])])
    assert set(lowered(neighbours, X, [w]).fixed) == {"operations between single samples were recorded"}


def test_a_row_summed_keeps_an_axis_only_for_a_single_one():
    lines = Lines(simpler)
    x     = lines.new("input", (), (-1, 4, 3))
    assert row_sums(x, 4).shape == (-1, 4) and row_sums(lines.new("input", (), (-1, 3)), 1).shape == (-1, 1)
