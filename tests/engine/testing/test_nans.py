"""explain_nan names the first node that is not finite, the path to it and the usual cause."""

import math

import pytest
from engine import Value, log, sqrt, tanh
from engine.testing import explain_nan


def test_a_nan_in_the_data_is_the_leaf_s():
    x, w = Value(math.nan, "x[1]"), Value(2.0, "w")
    report = explain_nan(tanh(w * x))
    assert (report.node is x and report.what == "The leaf x[1] = nan is not finite."
            and "check the data" in report.cause)


def test_an_overflowing_product_is_named_with_its_operands_and_path():
    w, x = Value(1e200, "w"), Value(1e150, "x")
    z = (w * x) * x - 1.0
    report = explain_nan(z)
    assert report and report.what == "1e+200 * 1e+150 is inf." and report.node.op == "*"
    assert [node.label or node.op for node in report.path] == ["w", "*"]
    assert "1.8e308" in str(report)


def test_inf_minus_inf():
    big = Value(1e308) * 10.0
    assert explain_nan(big - big).node is big                     # the first, not the nan that follows
    assert explain_nan(Value(1.0) * math.inf).what == "1.0 * inf is inf."


def test_an_infinite_slope_under_finite_values():
    x = Value(0.0, "x")
    report = explain_nan(sqrt(x * x) * 3.0)
    assert str(report).split("\n") == [
        "The slope of sqrt(0.0) towards its operand is inf.",
        "  path:  x = 0.0  ->  * = 0.0  ->  sqrt = 0.0",
        "  cause: the slope of a root is infinite at 0, and inf * 0 is nan: write sqrt(x + 1e-12)"]


def test_a_gradient_that_explodes_under_finite_slopes():
    x = Value(1e-300, "x")
    a = x * 1e200
    z = a * 1e200
    report = explain_nan(z)
    assert math.isfinite(z.data) and report.node is x
    assert report.what == ("The gradient of x = 1e-300 is inf: 1e+200 arrives at 1e-300 * 1e+200, "
                           "times its slope 1e+200.")
    assert report.cause.startswith("every value and slope is finite")


def test_nothing_to_explain():
    x = Value(2.0)
    report = explain_nan(log(x) * x)
    assert not report and str(report) == "All values, slopes and gradients are finite."
    assert not explain_nan(x) and explain_nan(Value(math.inf))


def test_no_gradient_is_touched_and_plain_numbers_are_not_blamed():
    x = Value(0.5)
    x.grad = 7
    assert not explain_nan(x.clamp(low=0.0))                      # its upper bound is the plain number inf
    assert not explain_nan((x - 1.0) ** 2)
    assert x.grad == 7


def test_a_long_path_is_shortened_and_deep_graphs_are_no_problem():
    z = Value(1.0, "x")
    for _ in range(20000):
        z = z * 2.0
    report = explain_nan(z)
    assert report.node.op == "*" and " ->  ...  -> " in str(report) and len(str(report)) < 500


def test_a_number_is_refused():
    with pytest.raises(TypeError, match="pass the loss itself, not loss.data"):
        explain_nan(3.0)
