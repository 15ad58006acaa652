"""Whole epochs in machine code move the numbers as NumPy does, or are left to Python."""

import numpy as np
import pytest

from engine import Value, vectorize
from engine.matrices.native import compiler as compiling
from engine.matrices.native import epochs as native_training
from nn import MLP, SGD, Adam, half_mse

from ..graphs import numbers, regression, samples

pytestmark = pytest.mark.usefixtures("cache")


class Decaying(SGD):
    """A rule that is more than arithmetic: it remembers something of its own."""

    def update(self, w, g, state):
        self.lr *= 0.999
        return super().update(w, g, state)


@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("optimizer, in_c", [
    (lambda ps: SGD(ps, 0.1), True), (lambda ps: SGD(ps, 0.1, momentum=0.9, weight_decay=0.01), True),
    (lambda ps: Adam(ps, 0.05), True),
    (lambda ps: SGD(ps[:5], 0.1, momentum=0.5), True), (lambda ps: Decaying(ps, 0.1), False)])
def test_training_moves_the_values_as_numpy_does(optimizer, in_c, batch_size):
    found = []
    for runner in ("native", "numpy"):
        X, Y, model = samples(8, 2), samples(8, 1, 1), MLP(2, [3, 1], "tanh")
        program = vectorize(half_mse([[model(x)] for x in X], Y), X, Y, model.parameters(), runner=runner)
        mover   = optimizer(model.parameters())
        if runner == "native":
            rule = native_training.rule_of(mover, len(program.theta), len(mover.start),
                                           np.ones(len(program.theta), bool))
            assert (rule is not None) == in_c
        losses = program.train(numbers(X), numbers(Y), mover, epochs=7, batch_size=batch_size)
        losses += program.train(numbers(X), numbers(Y), mover, epochs=2, batch_size=batch_size)
        found.append((losses, [p.data for p in model.parameters()],
                      [x for state in mover.states for x in state], [mover.steps]))
    for mine, theirs in zip(*found):
        assert mine == pytest.approx(theirs, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("features, targets", [(1, 1), (0, 1), (1, 0)])
def test_samples_of_which_only_one_of_inputs_and_targets_has_numbers(features, targets, batch_size):
    """How many samples there are is told by the rows, also by rows of nothing."""
    found, X, Y = [], samples(8, features), samples(8, targets, 1)
    x, y = np.reshape(numbers(X), (8, features)), np.reshape(numbers(Y), (8, targets))
    for runner in ("native", "numpy"):
        w = Value(0.5)
        loss    = sum([(w - z) ** 2 for rows in zip(X, Y) for row in rows for z in row]) / 8
        program = vectorize(loss, X, Y if targets else [], [w], runner=runner)
        found.append([*program.train(x, y if targets else None, SGD([w], 0.1), epochs=3,
                                     batch_size=batch_size), w.data])
    assert found[0] == pytest.approx(found[1], rel=1e-12)


def test_a_callback_ends_native_training():
    program, X, Y = regression(runner="native")
    assert len(program.train(X, Y, SGD(program.values, 0.1), epochs=50,
                             callback=lambda epoch, loss: epoch == 4)) == 4


def test_a_training_goes_on_where_its_loop_cannot_be_compiled(monkeypatch):
    def full(source):
        raise compiling.NoCompiler("compiling failed: No space left on device")
    program, X, Y = regression(runner="native")
    other, *_ = regression(runner="native")
    program(X, Y)
    monkeypatch.setattr(native_training, "library", full)
    found = program.train(X, Y, SGD(program.values, 0.1), epochs=5)
    monkeypatch.undo()
    assert found == pytest.approx(other.train(X, Y, SGD(other.values, 0.1), epochs=5), rel=1e-12)


def test_a_rule_that_asks_what_a_number_is_is_left_to_python():
    """An array of the program is no condition."""
    class Clipping(SGD):
        def update(self, w, g, state):
            return super().update(w, 1.0 if g > 1 else g, state)
    assert native_training.rule_of(Clipping([Value(1.0)], 0.1), 1, 0, np.ones(1, bool)) is None


def test_what_the_rule_reads_is_named_and_its_twin_is_left_alone():
    optimizer = SGD([Value(1.0)], 0.25, momentum=0.5)
    before    = dict(vars(optimizer))
    made, names = native_training.rule_of(optimizer, 1, 1, np.ones(1, bool))
    assert set(names) == {"w", "g", "lr", "state0"} and vars(optimizer) == before
    assert {z.attrs for z in made.source.leaves} == set(names)


def test_an_array_that_is_settled_is_a_copy_on_a_cache_line():
    x = np.arange(5.0)
    y = native_training.settled(x)
    assert (x == y).all() and y.ctypes.data % 64 == 0 and not np.shares_memory(x, y)
    assert native_training.address(None) is None and native_training.address(x) == x.ctypes.data
