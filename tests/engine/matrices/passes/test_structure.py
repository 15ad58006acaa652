"""A graph whose structure, or whose plain numbers, came from the data is refused with the reason."""

import pytest

from engine import Value, relu, vectorize
from nn import MLP


def test_a_python_if_on_data_is_found():
    w = Value(0.5)
    def loss(x, y):
        z = w * x[0]
        return z if z.data > 0 else z * 2
    with pytest.raises(ValueError, match="structure of the graph depends on the data"):
        vectorize(loss, [1.0], parameters=[w])


def test_a_number_computed_from_data_is_found():
    w = Value(0.5)
    with pytest.raises(ValueError, match="plain number 1.0 became"):
        vectorize(lambda x, y: w * x[0] * x[0].data, [1.0], parameters=[w])


def test_another_operation_is_named():
    w = Value(0.5)
    with pytest.raises(ValueError, match="'sin' of 1 instead of 'tanh' of 1"):
        vectorize(lambda x, y: (w * x[0]).tanh() if x[0].data > 0 else (w * x[0]).sin(), [1.0],
                  parameters=[w])


def test_relu_is_no_such_choice():
    w = Value(0.5)
    assert vectorize(lambda x, y: relu(w * x[0]), [1.0], parameters=[w])([-1.0]).loss == 0


def test_a_recorded_loss_is_checked_by_recording_again():
    w, x = Value(0.5), [Value(1.0)]
    def loss(x, y): return w * x[0] if x[0].data > 0 else w + x[0]
    with pytest.raises(ValueError, match="instead of"):
        vectorize(loss(x, None), x, parameters=[w], rerecord=loss)


def test_a_domain_that_other_data_leave_is_no_structure():
    w = Value(2.0)
    assert vectorize(lambda x, y: (w * x[0]).log(), [1.0],
                     parameters=[w])([1.0]).loss == pytest.approx(0.6931471805599453)


@pytest.mark.parametrize("loss, inputs, targets, message", [
    (MLP(2, [1]), [[1.0, 2.0]], [1.0], r"MLP\(2, \[1\]\) does not take both"),
    (lambda X: X[0], [1.0], [], "does not take both"),
    (lambda X, Y: X[0], lambda y, t: y, [], "inputs of vectorize are a list, not function"),
    (lambda X, Y: X[0], [1.0], None, "targets of vectorize are a list, not NoneType")])
def test_what_is_no_loss_of_two_lists_is_refused_with_an_example(loss, inputs, targets, message):
    with pytest.raises(TypeError, match=message + r".*write vectorize\(lambda X, Y"):
        vectorize(loss, inputs, targets, [Value(1.0)])
