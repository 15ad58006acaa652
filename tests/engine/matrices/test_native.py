"""The program in C gives the numbers of the program in NumPy; where there is no C it says so and stays on NumPy."""

import shutil

import numpy as np
import pytest

from engine import Value, vectorize
from nn import MLP, SGD, cross_entropy_with_logits, half_mse, hinge, l2, weights

from .graphs import flat, numbers, samples

compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")


@compiler
@pytest.mark.parametrize("f", ["tanh", "relu", "sigmoid", "silu"])
def test_the_same_numbers(f, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    X, Y, model = samples(5, 8), [[Value(1.0 * (k == i % 3)) for k in range(3)] for i in range(5)], MLP(8, [9, 3], f)
    loss = cross_entropy_with_logits([model(x) for x in X], Y) + l2(weights(model), 0.1)
    program = vectorize(loss, X, Y, model.parameters())
    for count in (5, 37, 1):                                         # the recorded number of samples, and others
        x, y   = np.array(numbers(samples(count, 8, count))), np.eye(3)[np.arange(count) % 3]
        wanted = program(x, y).loss
        g      = flat(program)
        assert program.native() is not None, program.runner
        assert program.native().steps(x, y)[0] == pytest.approx(wanted, rel=1e-13)
        assert np.abs(flat(program) - g).max() <= 1e-12 * np.abs(g).max()
    assert "C, compiled" in program.report()


@compiler
def test_descend_is_gradient_descent(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    X, Y, a, b = samples(6, 2), [Value((-1.0) ** k) for k in range(6)], MLP(2, [3, 1], "tanh"), MLP(2, [3, 1], "tanh")
    first, second = [vectorize(hinge([m(x) for x in X], Y), X, Y, m.parameters()) for m in (a, b)]
    losses = first.descend(numbers(X), numbers(Y), lr=0.1, steps=20)
    assert losses == pytest.approx(second.train(numbers(X), numbers(Y), SGD(b.parameters(), 0.1), epochs=20), rel=1e-11)
    assert [p.data for p in a.parameters()] == pytest.approx([p.data for p in b.parameters()], rel=1e-10)


def test_without_a_compiler_numpy_runs(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    X, Y, model = samples(3, 2), samples(3, 1, 1), MLP(2, [2, 1], "tanh")
    program = vectorize(half_mse([[model(x)] for x in X], Y), X, Y, model.parameters())
    losses  = program.descend(numbers(X), numbers(Y), lr=0.1, steps=3)
    assert losses[0] > losses[2]
    assert "Runner: NumPy, as there is no C compiler" in program.report()


def test_what_has_no_c_stays_on_numpy():
    x, w = [Value(0.5)], Value(2.0)
    program = vectorize(w * x[0], x, parameters=[w])
    assert program.native() is None and "no batch axis" in program.runner
