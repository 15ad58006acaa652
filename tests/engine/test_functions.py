"""exp(x), dot(w, x), softmax(zs), ...: one node each, lists or arguments, numbers or Values."""

import math

import pytest

import engine
from engine import (
    Value, affine, clamp, detach, dot, elu, exp, leaky_relu, logsumexp, maximum, mean, minimum, sign, softmax,
    step, total,
)
from engine.primitives import TABLE, apply


def test_every_public_function_exists_and_every_row_with_a_name_is_public():
    assert all(callable(getattr(engine, name)) for name in engine.functions.__all__)
    builtins = {"abs", "neg", "over", "round", "sinpi", "cospi", "sech2"}
    assert {name for name in TABLE if name.isidentifier()} - builtins <= set(engine.functions.__all__)


@pytest.mark.parametrize("f", [maximum, minimum, total, mean, logsumexp])
def test_several_operands_as_arguments_list_tuple_or_generator(f):
    xs = [Value(1.0), Value(2.5), 3.0]
    assert f(*xs).data == f(xs).data == f(tuple(xs)).data == f(x for x in xs).data == f(1.0, 2.5, 3.0)


@pytest.mark.parametrize("f", [total, maximum, minimum, logsumexp])
def test_one_node_however_many_operands(f):
    xs = [Value(float(k)) for k in range(5)]
    assert f(xs).operands == tuple(xs)


def test_methods_and_functions_are_the_same():
    x = Value(0.3)
    for name, row in TABLE.items():
        if name.isidentifier() and hasattr(Value, name):
            try:
                assert getattr(x, name)().data == apply(row.name, x).data
            except ValueError:
                assert name == "acosh"
            except TypeError:
                assert len(row.partials) > 1                                    # of two operands or more


def test_affine_and_dot_equal_single_products_and_sums_bit_for_bit():
    w, x, b = [Value(v) for v in (0.1, -0.7, 1 / 3)], [Value(v) for v in (3.0, 1e-3, 0.7)], Value(0.2)
    z = b
    for wj, xj in zip(w, x):
        z = z + wj * xj
    assert affine(w, x, b).data == z.data == affine([v.data for v in w], [v.data for v in x], 0.2)
    assert dot(w, x).data == (w[0] * x[0] + w[1] * x[1] + w[2] * x[2]).data
    assert affine(w, x, b).partials == (3.0, 1e-3, 0.7, 0.1, -0.7, 1 / 3, 1)


def test_softmax_is_one_node_per_share_and_its_slopes_are_yk_times_delta_minus_yj():
    xs = [Value(v) for v in (1.0, -0.5, 2.0)]
    ys = softmax(xs)
    assert sum(y.data for y in ys) == pytest.approx(1, rel=1e-15)
    for k, y in enumerate(ys):
        for x in xs:
            x.grad = 0
        y.backward()
        assert y.operands[0] is xs[k]
        assert [x.grad for x in xs] == pytest.approx([y.data * ((j == k) - ys[j].data) for j in range(3)],
                                                     rel=1e-14)


def test_parameters_may_be_values():
    """leaky_relu with a Value for alpha is PReLU (D2-21)."""
    x, alpha = Value(-2.0), Value(0.25)
    leaky_relu(x, alpha).backward()
    assert (x.grad, alpha.grad) == (0.25, -2.0)
    assert elu(Value(-1.0), 2.0).data == 2 * math.expm1(-1)
    assert clamp(Value(3.0), high=1.0).data == 1.0 and Value(3.0).clamp(4.0).data == 4.0


def test_detach_cuts_the_graph_and_keeps_the_label():
    x = Value(2.0, "x")
    assert detach(exp(x)).operands == () and x.detach().label == "x" and detach(2) == 2


# --- exact values on each side of a kink, which only a wrong constant would change -----------------

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
    assert elu(2.0) == 2.0 and elu(-1.0) == math.expm1(-1) == elu(Value(-1.0)).data


def test_at_a_bound_clamp_follows_x():
    assert slopes(apply("clamp", Value(0.0), Value(0.0), Value(1.0))) == [1.0, 0.0, 0.0]
    assert slopes(apply("clamp", Value(1.0), Value(0.0), Value(1.0))) == [1.0, 0.0, 0.0]
    assert clamp(5.0, 0.0, 1.0) == 1.0


@pytest.mark.parametrize("row, parameter", [("elu", 0.5), ("leaky_relu", 0.25)])
def test_at_the_kink_the_slope_is_that_of_the_left_side(row, parameter):
    assert slopes(apply(row, Value(0.0), Value(parameter))) == [parameter, 0.0]
