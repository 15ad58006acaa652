"""Values and slopes that only a wrong constant or a comparison off by one would change: each was once survived by a mutant."""

import pytest

from engine import Value, clamp, elu, leaky_relu, sign, step
from engine.primitives import apply


def slopes(z):
    return [float(p) for p in z.partials]


def test_sign_and_step_on_each_side_and_at_0():
    assert [sign(x) for x in (-2.0, 0.0, 3.0)] == [-1, 0, 1]
    assert [step(x) for x in (-2.0, 0.0, 3.0)] == [0, 0, 1]


def test_leaky_relu_lets_a_hundredth_through_unless_told_otherwise():
    assert leaky_relu(-2.0) == -0.02 and leaky_relu(-2.0, 0.5) == -1.0


def test_elu_does_not_depend_on_alpha_above_0():
    assert slopes(apply("elu", Value(2.0), Value(0.5))) == [1.0, 0.0]
    assert slopes(apply("elu", Value(-1.0), Value(0.5)))[1] == pytest.approx(-0.6321205588285577)
    assert elu(2.0) == 2.0


def test_at_a_bound_clamp_follows_x():
    assert slopes(apply("clamp", Value(0.0), Value(0.0), Value(1.0))) == [1.0, 0.0, 0.0]
    assert slopes(apply("clamp", Value(1.0), Value(0.0), Value(1.0))) == [1.0, 0.0, 0.0]
    assert clamp(5.0, 0.0, 1.0) == 1.0


@pytest.mark.parametrize("x, n, slope", [(-1e-110, -2, "inf"), (1e-110, -2, "-inf"), (-1e-160, -1, "-inf"), (1e-160, -1, "-inf")])
def test_a_slope_beyond_the_largest_float_keeps_its_sign(x, n, slope):
    assert slopes(Value(x) ** n)[0] == float(slope)


def test_a_new_node_has_no_gradient_yet():
    assert (Value(2.0) * 3.0).grad == 0 and Value(2.0).exp().grad == 0


@pytest.mark.parametrize("row, parameter", [("elu", 0.5), ("leaky_relu", 0.25)])
def test_at_the_kink_the_slope_is_that_of_the_left_side(row, parameter):
    assert slopes(apply(row, Value(0.0), Value(parameter))) == [parameter, 0.0]


def test_relu_of_minus_infinity_is_zero_for_every_kind_of_number():
    mpmath = pytest.importorskip("mpmath")
    assert Value(mpmath.mpf("-inf")).relu().data == 0 and Value(-float("inf")).relu().data == 0
