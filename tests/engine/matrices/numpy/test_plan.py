"""A plan gives what its lines give one by one."""

from engine import Value, total, vectorize

from ..graphs import scalar_gradients


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
