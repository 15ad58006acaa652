"""grad, value_and_grad, jacobian, hessian, gradients: shapes, nesting, any order."""

import math
from fractions import Fraction

import mpmath
import pytest

from engine import Value, exp, grad, gradients, hessian, jacobian, log, sin, tanh, total, value_and_grad


def test_the_gradient_has_the_shape_of_the_argument():
    assert grad(lambda x: x * x)(3) == 6
    assert grad(lambda x, y: x * y)(2, 5) == (5, 2)
    assert grad(lambda x: x[0] * x[1][0] + x[1][1])([2, [3, 4]]) == [3, [2, 1]]
    assert grad(lambda x: total(x))((1, 2)) == [1, 1]
    assert grad(lambda w, b: w[0] * b)([2.0], 3.0) == ([3.0], 2.0)


def test_numbers_in_numbers_out_values_in_values_out():
    assert value_and_grad(lambda x: x * x)(3) == (9, 6)
    z, slope = value_and_grad(lambda x: x * x)(x := Value(3.0))
    assert isinstance(z, Value) and isinstance(slope, Value)
    slope.backward()
    assert x.grad == 2


def test_no_grad_is_read_or_written():
    x = Value(2.0)
    x.grad = 17
    assert grad(lambda y: x * y)(3.0) == 2.0 and grad(lambda y: y * y)(x).data == 4.0 and x.grad == 17


def test_unused_arguments_and_constant_functions_have_gradient_0():
    assert (grad(lambda x, y: x)(1, 2) == (1, 0) and grad(lambda x: 3)(1) == 0
            and grad(lambda x: Value(3))(1) == 0)


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("f, g", [(lambda x: exp(sin(x)), lambda x: mpmath.exp(mpmath.sin(x))),
                                  (lambda x: tanh(x) / x, lambda x: mpmath.tanh(x) / x),
                                  (lambda x: x**x, lambda x: x**x),
                                  (lambda x: log(1 + x * x), lambda x: mpmath.log(1 + x * x))])
def test_derivatives_of_any_order_against_60_digits(f, g, order):
    derivative = f
    for _ in range(order):
        derivative = grad(derivative)
    with mpmath.workdps(60):
        assert derivative(0.7) == pytest.approx(float(mpmath.diff(g, mpmath.mpf(0.7), order)), rel=1e-10)


def test_rows_run_on_mpmath_in_its_full_precision():
    with mpmath.workdps(50):
        x = mpmath.mpf(7) / 10
        for f, exact in [(lambda x: x.atan(), 1 / (1 + x * x)), (lambda x: x.asinh(),
                                                                 1 / mpmath.sqrt(1 + x * x)),
                         (lambda x: x.tanh(), mpmath.sech(x)**2),
                         (lambda x: x.erf(), 2 * mpmath.exp(-x * x) / mpmath.sqrt(mpmath.pi))]:
            assert abs(grad(f)(x) - exact) < mpmath.mpf(10)**-48


def test_fractions_stay_exact_to_second_order():
    f = lambda x, y: x**3 * y / (x + y)                                         # noqa: E731
    x, y = Fraction(1, 3), Fraction(2, 7)
    H = hessian(f)(x, y)
    assert all(isinstance(h, Fraction) for row in H for h in row) and H[0][1] == H[1][0]
    assert H[1][1] == -2 * x**4 / (x + y)**3


def test_nested_derivatives_are_not_confused():
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(2.0) == 1
    assert grad(lambda x: grad(lambda y: x * y * y)(x))(3.0) == 12.0            # d/dx [2 x y at y = x] = 4x
    assert grad(lambda x: x * grad(lambda x: x * x)(x))(3.0) == 12.0            # the same name in both


def test_jacobian_and_hessian():
    assert jacobian(lambda x, y: [x * y, x / y])(1, 2) == [[2, 1], [0.5, -0.25]]
    assert jacobian(lambda x: [x[0] + x[1], 5])([1, 2]) == [[1, 1], [0, 0]]
    assert hessian(lambda x: x[0] * x[1] * x[1])([2, 4]) == [[0, 8], [8, 4]]
    assert hessian(lambda x: 3 * x)(2) == [[0]]


def test_gradients_by_any_node():
    x = Value(2.0)
    y = x * x
    z = y * 3 + x
    assert gradients(z, [x, y]) == [13.0, 3] and gradients(3.0, [x]) == [0] and x.grad == 0


@pytest.mark.parametrize("f", [lambda x: gradients([x], [x]), lambda x: gradients(x, x),
                               lambda x: gradients(x, [1.0])])
def test_gradients_asks_for_one_output_and_a_list_of_values(f):
    with pytest.raises(TypeError, match="gradients needs"):
        f(Value(1.0))


def test_an_error_in_f_leaves_the_next_derivative_alone():
    with pytest.raises(ValueError):
        grad(lambda x: log(x - 1))(1.0)
    assert type(grad(lambda x: math.pi * x)(1.0)) is float


def test_a_derivative_without_a_point_is_refused():
    with pytest.raises(TypeError, match=r"write grad\(f\)\(2.0\)"):
        grad(lambda: 1.0)()
