"""A program is called, run, trained by hand and read, and never copied; its numbers are its Values' own."""

import copy
import pickle

import numpy as np
import pytest

from engine import Value, vectorize
from engine.matrices.portable import function as portable
from nn import SGD

from .graphs import flat, numbers, regression, samples


def test_a_call_gives_the_loss_and_gradients_that_later_calls_leave_alone():
    program, X, Y = regression()
    loss, gradients = program(X, Y)
    before = {name: g.copy() for name, g in gradients.items()}
    program([[1.0, 2.0]] * 4, [[0.0]] * 4)
    assert list(gradients) == list(program.parameters) == ["W1", "b1", "W2", "b2"]
    assert all((gradients[name] == before[name]).all() for name in before)
    assert program(X, Y).loss == loss


def test_parameters_and_gradients_are_views_of_one_array_each():
    program, X, Y = regression()
    program.run(X, Y)
    assert program.theta.shape == program.gradient.shape == program.order.shape == (13,)
    assert np.shares_memory(program.parameters["W2"], program.theta)
    assert (np.concatenate([g.ravel() for g in program.gradients.values()]) == program.gradient).all()
    assert sorted(program.order.tolist()) == list(range(13))


def test_a_call_reads_the_values_and_a_run_the_array():
    """load() and store() carry the numbers over."""
    program, X, Y = regression()
    before = program(X, Y).loss
    program.values[0].data += 1.0
    assert program.run(X, Y) == before and program(X, Y).loss != before
    program.theta[:] = 0.0
    program.store()
    assert {p.data for p in program.values} == {0.0}
    program.values[0].data = 2.0
    program.load()
    assert program.theta[program.order.tolist().index(0)] == 2.0


def test_backward_adds_to_what_the_values_have():
    program, X, Y = regression()
    program.backward(X, Y)
    once = [p.grad for p in program.values]
    program.backward(X, Y)
    assert [p.grad for p in program.values] == pytest.approx([2 * g for g in once], rel=1e-14)
    assert once == flat(program).tolist()


def test_a_loop_of_ones_own_is_what_descend_and_train_do():
    losses = []
    (mine, X, Y), (theirs, *_), (trained, *_) = [regression(runner="numpy") for _ in range(3)]
    mine.load()
    for _ in range(5):
        losses.append(mine.run(X, Y))
        mine.move(0.1)
    mine.store()
    assert theirs.descend(X, Y, lr=0.1, steps=5) == losses
    assert trained.train(X, Y, SGD(trained.values, 0.1), epochs=5) == pytest.approx(losses, rel=1e-14)
    assert [p.data for p in mine.values] == [p.data for p in theirs.values]


def test_it_predicts_if_its_outputs_were_named():
    X, w    = samples(3, 1), Value(2.0)
    outputs = [[(w * x).tanh()] for x, in X]
    program = vectorize(sum([z for z, in outputs]), X, [], [w], outputs=outputs)
    assert program.predict(numbers(X)) == pytest.approx(np.array(numbers(outputs)), rel=1e-15)
    assert program.predict([[0.0]] * 5).shape == (5, 1) and program.outputs.shape == (-1, 1)
    with pytest.raises(ValueError, match=r"the outputs: write vectorize\(..., outputs=...\)"):
        regression()[0].predict(numbers(X))


def test_what_it_says_of_itself():
    program, *_ = regression()
    assert repr(program) == "<Program of 77 nodes: 14 arrays, 13 parameters>"
    assert (program.samples, program.fixed, program.products()) == (4, [], (2, 3))
    assert str(program).startswith("import numpy as np\n") and program.equations().startswith("forward (D1)")
    assert [block.line.shape for block in program.blocks] == [(3, 2), (3,), (1, 3), (1,)]


def test_as_a_pure_function_it_reads_what_it_is_given_and_changes_nothing():
    program, X, Y = regression()
    wanted = program(X, Y)
    given  = {name: x.copy() for name, x in program.parameters.items()}
    program.theta[:] = 0.0
    loss, gradients = program.function(np)(given, np.array(X), np.array(Y))
    assert loss == pytest.approx(wanted.loss, rel=1e-14) and not program.theta.any()
    for name, g in wanted.gradients.items():
        np.testing.assert_allclose(gradients[name], g, rtol=1e-12, atol=1e-15)
    assert portable(program.derived, program.own.names, np)(given, np.array(X), np.array(Y))[0] == loss


@pytest.mark.parametrize("carry", [copy.copy, copy.deepcopy, pickle.dumps])
def test_it_is_neither_copied_nor_sent(carry):
    with pytest.raises(TypeError, match="call vectorize again there"):
        carry(regression()[0])
