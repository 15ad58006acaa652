"""Machine code gives the numbers that NumPy gives, for every program, or leaves it to NumPy and says why."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Value, vectorize
from engine.matrices.native import compiler as compiling
from nn import MLP, cross_entropy_with_logits, hinge, l2, mse, weights

from .. import test_vectorization as test_vectorizing
from ..graphs import attention, matrix, numbers, random_loss, regression, samples

pytestmark = pytest.mark.usefixtures("cache")


def agree(loss, X, Y, parameters, counts=(), **options):
    """Both runners on the recorded data and, for other numbers of samples, on new data."""
    fast, slow = [vectorize(loss, X, Y, parameters, runner=name, **options) for name in ("native", "numpy")]
    batch = options.get("batch")
    rng, x, y = np.random.default_rng(1), np.array(numbers(X)), np.array(numbers(Y))
    data = [] if batch else [(x, y)]
    for count in counts:
        data.append((rng.normal(size=(count, x.shape[-1])), rng.normal(size=(count, *np.shape(y)[-1:]))))
    for x, y in data:
        found, wanted = fast(x, y if len(Y) else None), slow(x, y if len(Y) else None)
        assert found.loss == pytest.approx(wanted.loss, rel=1e-12, abs=1e-13)
        scale = max(1e-3, np.abs(slow.gradient).max(initial=0))
        assert np.abs(fast.gradient - slow.gradient).max(initial=0) <= 1e-12 * scale
    assert str(fast.runner).startswith("machine code"), fast.report()
    return fast


# --- the same numbers -------------------------------------------------------------------------------

@settings(max_examples=12, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10 ** 6), count=st.integers(0, 5))
def test_random_programs(seed, count):
    loss, X, Y, parameters = random_loss(seed, count)
    agree(loss, X, Y, parameters)


@pytest.mark.parametrize("f", ["tanh", "relu", "sigmoid", "gelu", "softplus"])
def test_networks_for_any_number_of_samples(f):
    X, Y, model = samples(5, 3), samples(5, 2, 1), MLP(3, [17, 5, 2], f)
    agree(mse([model(x) for x in X], Y), X, Y, model.parameters(), counts=(1, 7, 8, 9, 16, 64, 100))


def test_classifier_recorded_from_one_sample():
    x, model = samples(1, 19)[0], MLP(19, [33, 10], "relu")
    y = [Value(float(k == 3)) for k in range(10)]
    agree(cross_entropy_with_logits(model(x), y), x, y, model.parameters(), counts=(1, 3, 24, 33), batch=True)


def test_hinge_with_penalty():
    X, Y, model = samples(9, 2), [Value((-1.0) ** k) for k in range(9)], MLP(2, [8, 1], "tanh")
    agree(hinge([model(x) for x in X], Y) + l2(weights(model), 0.1), X, Y, model.parameters())


@pytest.mark.parametrize("test", [test_vectorizing.test_losses, test_vectorizing.test_batch_normalisation])
def test_what_holds_for_numpy_holds_for_machine_code(test, monkeypatch):
    programs = []
    def native(*args, **options):
        programs.append(vectorize(*args, runner="native", **options))
        return programs[-1]
    monkeypatch.setattr(test_vectorizing, "vectorize", native)
    test()
    assert programs and all(str(p.runner).startswith("mach") for p in programs)


def test_sums_over_few_samples_do_not_see_the_room_behind_them():
    """log(0) or 1/0 in lanes without a sample must reach no sum."""
    X, w = [[Value(float(k + 2))] for k in range(3)], Value(0.5)
    loss = sum([1 / (w * x[0]) + (w * x[0]).log() for x in X]) / 3
    agree(loss, X, [], [w])


@pytest.mark.parametrize("z", [0.0, -0.0, 1e-300, 1e-9, -0.3, 5.0, -20.0, 40.0, 300.0, -400.0, 1e6,
                               float("inf"), float("nan")])
@pytest.mark.parametrize("f", ["tanh", "sigmoid", "exp"])
def test_functions_keep_their_tails(f, z):
    """Value and slope against the scalar engine, whose tails are proven elsewhere."""
    w, x = Value(1.0), Value(z if f != "exp" else min(z, 700.0))
    loss = getattr(w * x, f)()
    program = vectorize(loss + 0, [x], [], [w], batch=True, runner="native")
    loss.backward()
    found = program([[x.data]])
    assert found.loss == pytest.approx(loss.data, rel=4e-16, abs=1e-320, nan_ok=True)
    assert float(program.gradient[0]) == pytest.approx(float(w.grad), rel=2e-15, abs=1e-305, nan_ok=True)


# --- choosing ---------------------------------------------------------------------------------------

def test_without_a_compiler_numpy_does_it_and_the_report_says_so(monkeypatch):
    def none():
        raise compiling.NoCompiler("no C compiler was found")
    monkeypatch.setattr(compiling, "compiler", none)
    program, X, Y = regression(runner="native")
    assert program(X, Y).loss == regression(runner="numpy")[0](X, Y).loss
    assert program.report().endswith("Runner: NumPy, because no C compiler was found.")


def test_what_has_no_c_is_left_to_numpy_and_named():
    x = samples(1, 6)[0]
    Q, K, V = [matrix(2, 2, k) for k in range(3)]
    ps = [p for M in (Q, K, V) for row in M for p in row]
    loss = sum([y * y for y in attention(x, Q, K, V, 2)])
    fast, slow = [vectorize(loss, x, [], ps, batch=True, runner=name) for name in ("native", "numpy")]
    X = np.random.default_rng(0).normal(size=(3, 6))
    assert fast(X).loss == slow(X).loss
    assert "NumPy, because the axis of the samples becomes numbers" in fast.report()
