"""Epochs: what one needs and gives back, and the losses that cannot be minimised."""

import pytest

from engine import Value
from nn import MLP, SGD, mse
from nn.epoch_records import Epoch, Training, diverged, one_number


def test_an_epoch_starts_without_loss_and_with_room_for_every_output():
    first, second = Epoch(3), Epoch(3)
    assert first.loss == 0.0 and first.outputs == [None, None, None]
    first.outputs[0] = 1.0
    assert second.outputs == [None, None, None]


def test_a_training_needs_no_more_than_model_data_loss_and_optimizer():
    model = MLP(1, [1])
    training = Training(model, [[1.0]], [2.0], mse, SGD(model.parameters()))
    assert (training.penalty, training.clip_norm, training.clip_value) == (None, None, None)


def test_one_value_is_a_loss_as_it_is():
    L = Value(2.0) * 3
    assert one_number(L) is L


@pytest.mark.parametrize("loss, says", [
    ([Value(1.0), Value(2.0)], "a list of 2, .*return their total"), ((Value(1.0),), "a list of 1"),
    (0.5, "float 0.5, which does not remember the parameters"), (None, "NoneType None")])
def test_what_cannot_be_minimised(loss, says):
    with pytest.raises(TypeError, match=f"^the loss is {says}"):
        one_number(loss)


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), -float("inf")])
def test_a_loss_that_diverged_says_what_helps(loss):
    error = diverged(loss)
    assert isinstance(error, FloatingPointError) and str(error).startswith(f"the loss became {loss!r}: lower")
