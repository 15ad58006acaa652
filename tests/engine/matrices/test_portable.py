"""program.function(xp): the same numbers from any array library, and under JAX's transformations."""

import numpy as np
import pytest

from engine import vectorize
from nn import MLP, half_mse, l2, weights

from .graphs import numbers, samples


def network(f="tanh"):
    X, Y, model = samples(4, 3), samples(4, 1, 1), MLP(3, [5, 1], f)
    program = vectorize(half_mse([[model(x)] for x in X], Y) + l2(weights(model), 0.1), X, Y,
                        model.parameters())
    return program, np.array(numbers(X)), np.array(numbers(Y))


def test_numpy():
    program, X, Y = network()
    loss, gradients = program(X, Y)
    again, same = program.function(np)(program.parameters, X, Y)
    assert float(again) == pytest.approx(loss, rel=1e-14)
    for name in gradients:
        assert same[name] == pytest.approx(gradients[name], rel=1e-12)


@pytest.mark.parametrize("f", ["tanh", "relu", "sigmoid", "silu"])
def test_jax(f):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    program, X, Y = network(f)
    loss, gradients = program(X, Y)
    function = program.function(jax.numpy)
    found, slopes = jax.jit(function)(program.parameters, X, Y)
    assert float(found) == pytest.approx(loss, rel=1e-12)
    for name in gradients:
        assert np.asarray(slopes[name]) == pytest.approx(gradients[name], rel=1e-10, abs=1e-14)
    by_jax = jax.grad(lambda p: function(p, X, Y)[0])({k: jax.numpy.asarray(v)
                                                       for k, v in program.parameters.items()})
    for name in gradients:
        assert np.asarray(by_jax[name]) == pytest.approx(gradients[name], rel=1e-10, abs=1e-14)


def test_jax_vmap_over_mini_batches():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    program, X, Y = network()
    losses, _ = jax.vmap(program.function(jax.numpy), in_axes=(None, 0, 0))(program.parameters,
                                                                            X.reshape(2, 2, 3),
                                                                            Y.reshape(2, 2, 1))
    assert float(losses.mean()) == pytest.approx(program(X, Y).loss, rel=1e-12)


def test_torch():
    torch = pytest.importorskip("torch")
    xp = pytest.importorskip("array_api_compat.torch")
    program, X, Y = network()
    loss, gradients = program(X, Y)
    found, slopes = program.function(xp)({k: torch.tensor(v) for k, v in program.parameters.items()},
                                         torch.tensor(X), torch.tensor(Y))
    assert float(found) == pytest.approx(loss, rel=1e-12)
    for name in gradients:
        assert slopes[name].numpy() == pytest.approx(gradients[name], rel=1e-10, abs=1e-14)
