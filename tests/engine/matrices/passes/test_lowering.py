"""Groups become lines: layers matrix products, rows of the table one line each, shares those of one list."""

import numpy as np
import pytest

from engine import Value, affine, logsumexp, maximum, minimum, softmax, tanh, total, vectorize
from engine.matrices.derivation import needed
from engine.matrices.vectorization import derived

from ..graphs import flat, matrix, numbers, samples, scalar_gradients


def lowered(loss, X, parameters, outputs=(), batch=False):
    return derived(loss, X, [], parameters, outputs, batch).low


def ops(low):
    """The operations of the lines that the loss needs, in order."""
    return [z.op for z in needed([low.loss])]


def test_a_layer_is_one_product_and_one_line_for_its_activation():
    X, w, b = samples(4, 2), matrix(3, 2, 0), [Value(0.1 * k) for k in range(3)]
    loss = total([tanh(affine(row, x, bk)) for x in X for row, bk in zip(w, b)])
    low  = lowered(loss, X, [p for row in w for p in row] + b)
    lines, (W, B) = low.lines, low.parameters
    Z = lines.matmul(lines.new("input", (), (-1, 2)), lines.transpose(W)) + B
    assert Z.shape == (-1, 3) and any(z is lines.call("tanh", Z) for z in needed([low.loss]))
    assert (W.shape, B.shape) == ((3, 2), (3,)) and ops(low).count("matmul") == 1


@pytest.mark.parametrize("f", [logsumexp, maximum, minimum])
def test_rows_of_any_number_of_operands_run_along_the_last_axis(f):
    X, w = samples(4, 3), [Value(0.5), Value(-1.0), Value(2.0)]
    low  = lowered(total([f(*[p * x for p, x in zip(w, sample)]) for sample in X]), X, w)
    (z,) = [z for z in needed([low.loss]) if z.op == f.__name__]
    assert z.shape == (-1, 1) and z.args[0].op == "*" and z.args[0].shape == (-1, 3)


def test_nodes_of_one_softmax_take_their_shares_of_it():
    """In any order, and whatever the order of the operands."""
    x, w = samples(1, 3)[0], [Value(0.5), Value(-1.0), Value(2.0)]
    z    = [p * v for p, v in zip(w, x)]
    a, b, c = softmax(z)
    d, e, f = softmax(z[::-1])
    loss = tanh(c) * 2 + tanh(a) * 3 + tanh(e) * 5 + tanh(f)
    assert ops(lowered(loss, x, w)).count("softmax") == 1
    program = vectorize(loss, x, [], w)
    assert program(numbers(x)).loss == pytest.approx(loss.data, rel=1e-13)
    assert flat(program) == pytest.approx(scalar_gradients(loss, w), rel=1e-11, abs=1e-14)


def test_a_name_for_the_same_number_is_no_line():
    x, w = samples(1, 2)[0], Value(2.0)
    assert "identity" not in ops(lowered(total([(w * v).identity() for v in x]), x, [w]))


def test_the_loss_of_one_sample_is_the_mean_of_many_if_that_is_asked_for():
    x, w = samples(1, 2)[0], [Value(0.5), Value(2.0)]
    loss = tanh(affine(w, x, 0.0))
    mean, one = [lowered(loss, x, w, batch=batch) for batch in (True, False)]
    assert mean.loss.op == "*" and mean.loss.args[0].attrs == (1, -1) and not mean.fixed
    assert mean.loss.args[1].op == "sum" and mean.loss.args[1].attrs[0] == (0,)
    assert all(n > 0 for z in needed([one.loss]) for n in z.shape)       # no axis of samples


def test_outputs_stand_in_the_order_in_which_they_were_given():
    X, w = samples(3, 1), Value(2.0)
    doubled = [[w * x, tanh(w * x)] for x, in X]
    loss, outputs = total([z for zs in doubled for z in zs]), [zs[::-1] for zs in doubled]
    found = vectorize(loss, X, [], [w], outputs=outputs).predict(numbers(X))
    np.testing.assert_allclose(found, numbers(outputs), rtol=1e-14)
    assert lowered(loss, X, [w]).outputs is None


def test_one_sample_with_an_axis_but_without_batch_ties_the_program():
    (x,), = X = samples(1, 1)
    assert lowered(tanh(x * 2), X, [Value(1.0)]).fixed == ["one sample was recorded without batch=True"]
    assert lowered(tanh(x * 2), [x], [Value(1.0)]).fixed == []
