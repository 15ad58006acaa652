"""A program equals its scalars: loss and every gradient, for networks, for random graphs, for new data."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import Value, dot, relu, sigmoid, softmax, tanh, total, vectorize
from nn import (MLP, BatchNorm, Elementwise, Layer, Sequential, bce_with_logits, binary_cross_entropy,
                categorical_cross_entropy,
                cross_entropy_with_logits, half_mse, hinge, l1, l2, mse, weights)

from .graphs import attention, convolution, flat, matrix, numbers, random_loss, samples, scalar_gradients


def check(loss, X, Y, parameters, tolerance=1e-12, **options):
    """vectorize the loss and compare; returns the program."""
    program = vectorize(loss, X, Y, parameters, **options)
    batch   = options.get("batch")
    x, y    = ([numbers(X)], [numbers(Y)]) if batch else (numbers(X), numbers(Y))
    found   = program(x, y if Y else None).loss
    wanted  = scalar_gradients(loss, parameters)
    assert found == pytest.approx(loss.data, rel=tolerance, abs=tolerance)
    scale = max(1e-3, np.abs(wanted).max())
    assert np.abs(flat(program) - wanted).max() <= tolerance * scale
    return program


# --- networks ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("elementwise", [False, True])
@pytest.mark.parametrize("f", ["tanh", "relu", "sigmoid", "gelu", "silu", "leaky_relu", "elu", "softplus"])
def test_mlp(f, elementwise):
    X, Y, model = samples(5, 3), samples(5, 2, 1), MLP(3, [4, 5, 2], f, elementwise=elementwise)
    program = check(mse([model(x) for x in X], Y), X, Y, model.parameters())
    assert program.products() == (3, 5)
    assert not program.low.gathers and not program.low.fixed


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=4), features=st.integers(1, 4),
       count=st.integers(2, 6), f=st.sampled_from(["tanh", "relu", "sigmoid"]), elementwise=st.booleans(),
       seed=st.integers(0, 99))
def test_an_mlp_of_r_layers_has_r_products_forward_and_2r_minus_1_backward(sizes, features, count, f,
                                                                           elementwise, seed):
    assume(not elementwise or min([features, *sizes[:-1]]) > 1)         # one product is no sum of products
    X, Y  = samples(count, features, seed), samples(count, sizes[-1], seed + 1)
    model = MLP(features, sizes, f, elementwise=elementwise, seed=seed)
    program = check(half_mse([o if isinstance(o, list) else [o] for o in map(model, X)], Y), X, Y,
                    model.parameters())
    assert program.products() == (len(sizes), 2 * len(sizes) - 1)


def test_losses():
    X, model, deep = samples(6, 3), MLP(3, [4, 1], "tanh"), MLP(3, [4, 3], "tanh")
    signs = [Value(float(s)) for s in (1, -1, 1, 1, -1, -1)]
    shares = [Value(t) for t in (0.0, 1.0, 0.5, 1.0, 0.0, 1.0)]
    hots  = [[Value(float(k == i % 3)) for k in range(3)] for i in range(6)]
    Z, ps = [model(x) for x in X], model.parameters()
    check(hinge(Z, signs), X, signs, ps)
    check(bce_with_logits(Z, shares), X, shares, ps)
    check(binary_cross_entropy([sigmoid(z) for z in Z], shares), X, shares, ps)
    check(cross_entropy_with_logits([deep(x) for x in X], hots), X, hots, deep.parameters())
    check(categorical_cross_entropy([softmax(deep(x)) for x in X], hots), X, hots, deep.parameters())
    check(half_mse(Z, signs) + l2(weights(model), 0.1) + l1(weights(model), 0.01), X, signs, ps)


def test_micrograds_own_words():
    """Sums by sum(), products one by one, a hinge by hand: the same matrices."""
    X, Y = samples(7, 2), [Value((-1.0) ** k) for k in range(7)]
    model  = MLP(2, [4, 4, 1], "relu", elementwise=True)
    losses = [(1 + -y * model(x)).relu() for x, y in zip(X, Y)]
    data   = sum(losses) * (1.0 / len(losses))
    program = check(data + 1e-4 * sum(p * p for p in model.parameters()), X, Y, model.parameters())
    assert program.products() == (3, 5) and len(program.low.means) == 1


def test_batch_normalisation():
    X, Y = samples(6, 2), [t for t, in samples(6, 1, 1)]
    model = Sequential(Layer(2, 8, "linear"), BatchNorm(8), Elementwise("relu"),
                       Layer(8, 1, "linear")).train()
    program = check(half_mse(model.batch(X), Y), X, Y, model.parameters())
    assert not program.low.fixed and program.products() == (2, 3)
    X, Y = samples(9, 2, 5), [t for t, in samples(9, 1, 6)]            # another batch, of another size
    assert program(numbers(X), numbers(Y)).loss == pytest.approx(half_mse(model.batch(X), Y).data, rel=1e-12)


def test_a_convolution_is_one_product():
    X, Y, kernels, biases = samples(4, 8), samples(4, 2, 1), matrix(3, 3,
                                                                    0), [Value(0.1 * k) for k in range(3)]
    out = MLP(18, [2])
    ps  = [p for w in kernels for p in w] + biases + out.parameters()
    program = check(mse([out(a) for a in convolution(X, kernels, biases)], Y), X, Y, ps)
    assert program.products() == (2, 3)


def test_tied_weights():
    X, W = samples(5, 4), matrix(3, 4, 0)
    def decoded(x):
        h = [tanh(dot(w, x)) for w in W]
        return [dot([w[i] for w in W], h) for i in range(4)]
    program = check(total([(o - xi) ** 2 for x in X for o, xi in zip(decoded(x), x)]) / 5, X, [],
                    [p for w in W for p in w])
    assert program.products() == (2, 3)
    assert [p.line.shape for p in program.blocks] == [(3, 4)]


def test_attention():
    X, parts = samples(3, 12), [matrix(3, 3, seed) for seed in range(3)]
    loss = total([z * z for x in X for z in attention(x, *parts, 3)]) / 3
    program = check(loss, X, [], [p for M in parts for w in M for p in w])
    assert not program.low.gathers


def test_a_residual_connection():
    X, Y, inner, last = samples(4, 3), samples(4, 1, 1), Layer(3, 3, "tanh"), Layer(3, 1, "linear")
    Z = [last([xi + ai for xi, ai in zip(x, inner(x))]) for x in X]
    program = check(half_mse(Z, Y), X, Y, inner.parameters() + last.parameters())
    assert program.products() == (2, 3)


def test_dropout_masks_as_inputs():
    X, Y, masks = samples(4, 3), samples(4, 1, 1), [[Value(float((i + j) % 2) * 2) for j in range(5)]
                                                    for i in range(4)]
    first, last = Layer(3, 5, "tanh"), Layer(5, 1, "linear")
    Z = [last([a * m for a, m in zip(first(x), mask)]) for x, mask in zip(X, masks)]
    check(half_mse(Z, Y), [x + mask for x, mask in zip(X, masks)], Y, first.parameters() + last.parameters())


# --- any graph --------------------------------------------------------------------------------------

@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10 ** 6), count=st.integers(0, 4))
def test_random_graphs(seed, count):
    with np.errstate(all="ignore"):
        loss, X, Y, ps = random_loss(seed, count)
        wanted = scalar_gradients(loss, ps)
        assume(np.isfinite(wanted).all() and np.abs(wanted).max() < 1e6 and abs(loss.data) < 1e6)
        program = check(loss, X, Y, ps, tolerance=1e-11)
        if count < 2:
            return
        other, X, Y, again = random_loss(seed, count + 2)                 # the same code on more samples
        assume(np.isfinite(scalar_gradients(other, again)).all())
        for p, q in zip(ps, again):
            p.data = q.data
        if not program.low.fixed:
            assert program(numbers(X), numbers(Y)).loss == pytest.approx(other.data, rel=1e-10, abs=1e-10)


def test_a_mean_follows_the_batch():
    X, Y, model = samples(3, 2), samples(3, 1, 1), MLP(2, [3, 1], "tanh")
    program = vectorize(half_mse([[model(x)] for x in X], Y), X, Y, model.parameters())
    X, Y = samples(8, 2, 2), samples(8, 1, 3)
    loss = half_mse([[model(x)] for x in X], Y)
    assert program(numbers(X), numbers(Y)).loss == pytest.approx(loss.data, rel=1e-13)
    assert flat(program) == pytest.approx(scalar_gradients(loss, model.parameters()), rel=1e-11)


def test_one_sample_with_a_batch_axis_added():
    x, y, model = samples(1, 3)[0], samples(1, 2, 1)[0], MLP(3, [4, 2], "tanh")
    program = check(mse([model(x)], [y]), x, y, model.parameters(), batch=True)
    X, Y = samples(5, 3, 2), samples(5, 2, 3)
    loss = mse([model(x) for x in X], Y)
    assert program(numbers(X), numbers(Y)).loss == pytest.approx(loss.data, rel=1e-13)
    assert program.products() == (2, 3)


def test_choices_are_made_anew():
    w = [Value(1.0), Value(-2.0)]
    x = [Value(0.5), Value(0.25)]
    loss = relu(dot(w, x)) + w[0].relu() * 3
    program = vectorize(loss, x, parameters=w)
    assert program([0.5, 0.25]).loss == 3.0
    assert program([2.0, 0.25]).loss == 4.5
    assert program.gradients[program.own.names[0]].ravel().tolist() == [5.0, 0.25]


def test_fractions_stay_exact():
    X, Y = [[Value(Fraction(i, 3)), Value(Fraction(1, i + 1))] for i in range(3)], [[Value(Fraction(i, 7))]
                                                                                    for i in range(3)]
    W, v = [[Value(Fraction(1, 2 + i + j)) for j in range(2)] for i in range(2)], [Value(Fraction(3, 5)),
                                                                                   Value(Fraction(-1, 3))]
    Z    = [[dot(v, [relu(dot(w, x)) for w in W])] for x in X]
    ps   = [p for w in W for p in w] + v
    loss = total([(z - y) ** 2 for zs, ys in zip(Z, Y) for z, y in zip(zs, ys)]) / Fraction(3)
    program = vectorize(loss, X, Y, ps)
    result  = program(numbers(X), numbers(Y))
    loss.backward()
    assert result.loss == loss.data and isinstance(result.loss, Fraction)
    found = {}
    for block, gradient in zip(program.blocks, result.gradients.values()):
        found.update(zip(block.members, gradient.ravel().tolist()))
    assert [found[k] for k in range(len(ps))] == [p.grad for p in ps]


def test_parameters_that_are_not_used_have_gradient_0():
    x, used, idle = Value(2.0), Value(3.0), Value(5.0)
    program = vectorize(used * x, [x], parameters=[idle, used])
    program.backward([2.0])
    assert (idle.grad, used.grad) == (0, 2.0)


def test_the_cost_is_linear_and_the_depth_free():
    x, w = Value(1.0), Value(0.5)
    z = x
    for _ in range(20_000):
        z = z + w
    assert vectorize(z * 1.0, [x], parameters=[w])([1.0]).loss == pytest.approx(10_001)


# --- what is refused --------------------------------------------------------------------------------

def test_errors_say_what_to_write():
    x, w = Value(1.0, "x"), Value(2.0)
    loss = w * x
    with pytest.raises(TypeError, match="build the loss from model"):          vectorize(3.0, [x],
                                                                                         parameters=[w])
    with pytest.raises(ValueError, match="parameters=model.parameters"):       vectorize(loss, [x])
    with pytest.raises(ValueError, match="declared twice"):                    vectorize(loss, [x],
                                                                                         parameters=[x])
    with pytest.raises(ValueError, match="must be a leaf"):                    vectorize(-loss, [loss],
                                                                                         parameters=[w])
    with pytest.raises(TypeError, match="record the loss with Value"):         vectorize(loss, [1.0],
                                                                                         parameters=[w])
    with pytest.raises(ValueError, match="differ in length"):
        vectorize(loss, [[x], [Value(1.0), Value(2.0)]], parameters=[w])
