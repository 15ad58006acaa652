"""A plan gives what its lines give one by one, in memory that is used again and again."""

import numpy as np
import pytest

from engine import Value, total, vectorize
from engine.matrices.numpy.fast_formulas import quick
from engine.matrices.numpy.plan import Plan
from engine.matrices.portable import elementary, evaluate

from ..graphs import scalar_gradients
from ..lines import WRITTEN, data, program


def planned(roots, samples, given, into):
    lines = elementary(roots, quick)
    return Plan(lines, lines[-len(roots):], samples, given, into)


@pytest.mark.parametrize("samples", [1, 5])
@pytest.mark.parametrize("write", WRITTEN)
def test_every_operation(write, samples):
    """Twice: the second run finds in its memory what the first left."""
    roots, leaves = program(write)
    given, into   = data(roots, leaves, samples)
    lines  = elementary(roots)
    values = evaluate(lines, given, samples, np)
    plan   = planned(roots, samples, given, into)
    plan.run()
    plan.run()
    for z, out in zip(lines[-len(roots):], into):
        np.testing.assert_allclose(out, values[id(z)], rtol=1e-14, atol=1e-15)


def test_what_is_read_no_more_is_room_for_others():
    """A chain of any length, of which nothing else is read, needs one array; with each line added to the sum,
    two."""
    for kept, arrays in ((0, 1), (1, 2)):
        def chain(lines, x, y, w, u, kept=kept):
            z = s = x * y
            for _ in range(20):
                z = lines.call("sin", z)
                s = s + z if kept else z
            return [lines.sum(s, (0, 1))]
        roots, leaves = program(chain)
        given, into   = data(roots, leaves, 5)
        plan = planned(roots, 5, given, into)
        used = {id(x) for _, arguments in plan.steps for x in arguments if isinstance(x, np.ndarray)}
        assert len(used - {id(x) for x in (*given.values(), *into)}) == arrays


def three(start):
    return [Value(start + k) for k in range(3)]


def test_a_product_that_is_summed_up_and_is_a_gradient_as_well():
    """Products that only sums read are never computed one by one; but what the caller wants is read, too."""
    u, v, w = three(0.5), three(1.0), three(2.0)
    loss    = total([a * b * c for a, b, c in zip(u, v, w)]) + total([c * b for b, c in zip(v, w)])
    program = vectorize(loss, [], [], u + v + w, runner="numpy")
    assert program([]).loss == loss.data
    assert program.gradient.tolist() == scalar_gradients(loss, u + v + w).tolist()


def test_a_product_that_is_summed_up_and_is_an_output_as_well():
    v, w     = three(1.0), three(2.0)
    products = [a * b for a, b in zip(v, w)]
    program  = vectorize(total(products), [], [], v + w, outputs=products, runner="numpy")
    assert program([]).loss == total(products).data
    assert program.predict([]).tolist() == program.last_outputs().tolist() == [z.data for z in products]
