"""Parameters: one flat array of all numbers, views of it by name, and the way back to the Values."""

import numpy as np

from engine import vectorize
from nn import MLP, half_mse

from .graphs import numbers, samples


def program_of():
    X, Y, model = samples(4, 2), samples(4, 1, 1), MLP(2, [3, 1], "tanh")
    return vectorize(half_mse([[model(x)] for x in X], Y), X, Y, model.parameters()), numbers(X), numbers(Y)


def test_names_are_views_of_one_flat_array():
    own = program_of()[0].own
    assert list(own.arrays) == ["W1", "b1", "W2", "b2"]
    assert [x.shape for x in own.arrays.values()] == [(3, 2), (3,), (1, 3), (1,)]
    own.theta[:] = np.arange(13.0)
    assert own.arrays["W1"].ravel().tolist() == [0, 1, 2, 3, 4, 5] and own.arrays["b2"].tolist() == [12]


def test_each_place_of_theta_is_the_value_that_order_names():
    own = program_of()[0].own
    assert sorted(own.order.tolist()) == list(range(13))
    for place, k in enumerate(own.order.tolist()):
        assert own.theta[place] == own.values[k].data


def test_load_and_store_are_inverse():
    own = program_of()[0].own
    before = [v.data for v in own.values]
    own.theta *= 2
    own.store()
    assert [v.data for v in own.values] == [2 * x for x in before]
    for v, x in zip(own.values, before):
        v.data = x
    own.load()
    assert own.theta.tolist() == [before[k] for k in own.order.tolist()]


def test_gradients_accumulate_in_the_values_as_those_of_the_scalars():
    program, X, Y = program_of()
    for times in (1, 2):
        program.backward(X, Y)
        assert [v.grad for v in (program.values[k] for k in program.order.tolist())] == [
            times * g for g in program.gradient.tolist()]


def test_move_is_a_step_of_descent():
    program, X, Y = program_of()
    program.run(X, Y)
    wanted = program.theta - 0.1 * program.gradient
    program.move(0.1)
    assert program.theta.tolist() == wanted.tolist()
