"""Training runs: gradient descent in batches, in the order that the page has too."""

from math import inf, nan

import pytest

from engine import Value, gradients
from engine.lectures.training_runs import (alike, checked, checked_hand, descend, epoch_in_batches, near,
                                           noisy, one_number, order_of)
from engine.value import Constant
from nn import MLP, bce_with_logits

DATA = [([0.0, 1.0], 1), ([1.0, 0.5], 0), ([-1.0, 0.25], 1), ([0.5, -0.5], 0), ([2.0, 2.0], 1)]


def square(y, t):
    return (y - t) ** 2


def network():
    return MLP(2, [3, 1], hidden="tanh", output="sigmoid", seed=4)


def numbers(model):
    return [p.data for p in model.parameters()]


def test_a_step_goes_down_the_mean_loss():
    model, other = network(), network()
    mean   = sum(square(other(x), t) for x, t in DATA) / len(DATA)
    slopes = gradients(mean, other.parameters())
    descend(model, DATA, square, 0.5)
    assert numbers(model) == pytest.approx([p.data - 0.5 * s for p, s in zip(other.parameters(), slopes)])


def test_slopes_add_up_from_left_to_right():
    """1e16 + 1 - 1e16 is 0 in floats, on every Python; the sum of newer ones is 1."""
    class Sum:
        w = Value(0.0, "w")
        def __call__(self, x): return self.w * x[0]
        def parameters(self): return [self.w]

    model = Sum()
    descend(model, [([x, 0.0], 0) for x in (4e16, 4.0, -4e16, 0.0)], lambda y, t: y, 1.0)
    assert model.w.data == 0


def test_an_epoch_in_batches_is_a_step_for_each():
    model, other = network(), network()
    order = order_of(5, 2, seed=3, epoch=1)
    assert sorted(order) == [0, 1, 2, 3, 4] and order != [0, 1, 2, 3, 4]
    epoch_in_batches(model, DATA, square, 0.5, 2, order)
    for some in (order[:2], order[2:4], order[4:]):
        descend(other, [DATA[k] for k in some], square, 0.5)
    assert numbers(model) == numbers(other)
    assert order_of(5, 5, seed=3, epoch=1) == [0, 1, 2, 3, 4]


def test_noise_moves_each_point_its_own_way_and_twice_as_far_when_doubled():
    once, twice = noisy(DATA, 0.1, 7), noisy(DATA, 0.2, 7)
    assert noisy(DATA, 0, 7) is DATA and noisy(DATA, 0.1, 7) == once != noisy(DATA, 0.1, 8)
    for (x, t), (a, ta), (b, tb) in zip(DATA, once, twice):
        assert t == ta == tb
        assert [q - p for p, q in zip(x, b)] == pytest.approx([2 * (q - p) for p, q in zip(x, a)])
    assert len({round(a[0] - x[0], 9) for (x, _), (a, _) in zip(DATA, once)}) == len(DATA)


def test_targets_become_nodes_where_the_loss_takes_shortcuts_for_them():
    model = MLP(2, [2, 1], hidden="tanh", seed=1)
    assert alike(model, DATA, square) is DATA
    assert [type(t) for _, t in alike(model, DATA, bce_with_logits)] == [Constant] * 5


def test_targets_stay_plain_where_the_loss_asks_for_them():
    """`==` between a node and a number is False, so this loss of nodes would be another one."""
    model = network()
    assert alike(model, DATA, lambda y, t: square(y, t) if t == 1 else y) is DATA
    assert near(1.0, 1.0 + 1e-12) and near(nan, nan) and not near(1.0, 1.001) and not near(nan, 0.0)
    assert near(inf, inf) and not near(inf, -inf)


def test_one_number_is_wanted_of_the_model_and_the_loss():
    one_number(network(), DATA, square)
    with pytest.raises(TypeError, match="the model's output must be one Value"):
        one_number(MLP(2, [2]), DATA, square)


@pytest.mark.parametrize("data", [[], [1, 2, 3], [([1.0], 1)], [([1.0, 2.0], [1])]])
def test_what_is_no_data(data):
    with pytest.raises(ValueError, match="data|features"):
        checked(data, 1, 2)


@pytest.mark.parametrize("hand", [
    (0, 0.0, 0), (True, 0.0, 0), (1.5, 0.0, 0), (None, -0.1, 0), (None, float("nan"), 0),
    (None, float("inf"), 0), (None, 0.0, -1), (None, 0.0, 2 ** 31), (None, 0.0, 0.5)])
def test_settings_that_mean_nothing(hand):
    checked_hand(None, 0.0, 0)
    checked_hand(3, 0.5, 2 ** 31 - 1)
    with pytest.raises(ValueError, match="batch|noise|seed"):
        checked_hand(*hand)
