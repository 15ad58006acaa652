"""The expected behaviour, exactly: values raise, slopes may be infinite, nan propagates, kinks follow
PyTorch.

One line per case: the function, its operands, its value and one slope per operand. Lines that begin
with N are neighbours of the agreed cases.
"""

import math
import random
from fractions import Fraction

import numpy as np
import pytest

from engine import (
    Value, affine, asin, atan2, clamp, dot, exp, gelu, grad, hessian, jacobian, leaky_relu, log, log_sigmoid,
    logsumexp, maximum, mean, minimum, relu, sigmoid, sign, silu, sin, softmax, softplus, sqrt, tanh, total,
)
from engine.functions import detach, floor

inf, nan = math.inf, math.nan
N = "a neighbour"


def outcome(f, *xs):
    """The value and the slope towards each operand."""
    values = [Value(x) for x in xs]
    z = f(*values)
    z.backward()
    return [z.data, *[v.grad for v in values]]


def same(a, b):
    return a == b or a != a and b != b


def first_share(*xs):
    return softmax(*xs)[0]


CASES = [
    # kinks
    (relu, 0.0, 0, 0), (relu, -0.0, 0, 0), (abs, 0.0, 0, 0), (abs, -0.0, 0, 0, N),
    (maximum, 2, 2, 2, 0.5, 0.5), (minimum, 2, 2, 2, 0.5, 0.5), (lambda x: maximum(x, x), 5, 5, 1),
    (maximum, 7.0, 7.0, 7.0, 7.0, 1 / 3, 1 / 3, 1 / 3), (minimum, 1, 1, 2, 1, 0.5, 0.5, 0, N),
    (lambda x: leaky_relu(x, 0.01), 0.0, 0, 0.01), (lambda x: clamp(x, 0, 1), 0.0, 0, 1),
    (lambda x: clamp(x, 0, 1), 1.0, 1, 1),
    (lambda x: clamp(x, 0, 1), 1.5, 1, 0, N), (lambda x: relu(1 - x), 1.0, 0, 0), (sign, 3.0, 1, 0),
    (floor, 3.5, 3, 0),
    # powers
    (lambda x: x**0, 0, 1, 0), (lambda x: x**1, 0, 0, 1), (lambda x: x**2, 0, 0, 0),
    (lambda x: x**3, -2, -8, 12),
    (lambda x: x**3.0, -2.0, -8, 12, N), (lambda x: x**-3, -2, -0.125, -0.1875, N),
    (lambda x: x**0.5, 0.0, 0, inf), (lambda x: x**0.5, -0.0, 0, inf, N), (lambda x: x**1.5, 0.0, 0, 0),
    (pow, 2.0, 3.0, 8, 12, 5.545177444479562), (pow, 0.0, 2.0, 0, 0, 0), (pow, 0.0, 0.0, 1, 0, 0),
    (pow, -2.0, 3.0, -8, 12, nan, N), (lambda x: 2**x, 3, 8, 5.545177444479562), (lambda x: 0**x, 2, 0, 0, N),
    (lambda x: (x * x)**0.5, -3.0, 3, -1), (lambda x: x**2, 10**400, 10**800, 2 * 10**400, N),
    (lambda x: x**2, Fraction(10**400, 3), Fraction(10**800, 9), Fraction(2 * 10**400, 3), N),
    # poles and edges
    (sqrt, 0.0, 0, inf), (sqrt, 5e-324, 5e-324**0.5, 0.5 / 5e-324**0.5, N), (asin, 1.0, math.pi / 2, inf),
    (asin, -1.0, -math.pi / 2, inf, N),
    (atan2, 0.0, -1.0, math.pi, -1, 0), (atan2, -0.0, -1.0, -math.pi, -1, 0, N),
    (log, 5e-324, math.log(5e-324), inf, N),
    # tails
    (exp, -1000.0, 0, 0), (exp, -inf, 0, 0), (exp, inf, inf, inf, N), (sigmoid, 1000.0, 1, 0),
    (sigmoid, -1000.0, 0, 0),
    (sigmoid, -40.0, 4.248354255291589e-18, 4.248354255291589e-18), (sigmoid, 40.0, 1, 4.248354255291589e-18),
    (sigmoid, inf, 1, 0, N), (sigmoid, -inf, 0, 0, N), (tanh, inf, 1, 0, N), (tanh, -400.0, -1, 0, N),
    (tanh, 20.0, 1, 1.6993417021166355e-17, N),
    (softplus, 1000.0, 1000, 1), (softplus, 0.0, 0.6931471805599453, 0.5), (softplus, inf, inf, 1, N),
    (softplus, -inf, 0, 0, N),
    (log_sigmoid, 0.0, -math.log(2), 0.5), (log_sigmoid, -1000.0, -1000, 1, N),
    (log_sigmoid, -inf, -inf, 1, N),
    (silu, -inf, 0, 0, N), (silu, inf, inf, 1, N), (silu, -1000.0, 0, 0, N), (gelu, -inf, 0, 0, N),
    (gelu, inf, inf, 1, N),
    (logsumexp, 1000.0, 1000.0, 1000.6931471805599, 0.5, 0.5), (logsumexp, -1000.0, -1000.0,
                                                                -999.3068528194401, 0.5, 0.5, N),
    (logsumexp, -inf, 0.0, 0, 0, 1, N), (logsumexp, -inf, -inf, -inf, 0.5, 0.5, N),
    (logsumexp, inf, 0.0, inf, 1, 0, N),
    (logsumexp, 0.0, -50.0, math.exp(-50), 1, math.exp(-50), N), (logsumexp, 3.0, 3, 1, N),
    (first_share, 1000.0, 0.0, 1, 0, 0), (first_share, 0.0, 1000.0, 0, 0, 0, N),
    (first_share, -inf, 0.0, 0, 0, 0, N),
    # nan
    (relu, nan, nan, 1), (maximum, nan, 1.0, nan, nan, nan), (maximum, 1.0, nan, nan, nan, nan),
    (maximum, 1.0, 2.0, nan, nan, nan, nan, nan, N), (maximum, 1.0, nan, 2.0, nan, nan, nan, nan, N),
    (minimum, nan, 1.0, nan, nan, nan, N),
    (lambda x: x * 0, nan, nan, 0), (abs, nan, nan, nan, N), (lambda x: clamp(x, 0.0, 1.0), nan, nan, 1, N),
    (sigmoid, nan, nan, nan, N),
    (lambda low: clamp(0.5, low, 1.0), nan, nan, 0, N), (logsumexp, 0.0, nan, nan, nan, nan, N),
    # the graph
    (lambda x: x + x, 3, 6, 2), (lambda x: x * x, 3, 9, 6), (lambda x: x - x, 3, 0, 0),
    (lambda x: x / x, 3, 1, 0),
    (lambda a: (lambda b: b + b)(a + a), 1, 4, 4), (lambda x: x, 5, 5, 1), (lambda x, y: x, 5, 6, 5, 1, 0),
    (lambda x: x * detach(x), 2, 4, 2), (lambda x, y: sum([x, y]), 1, 2, 3, 1, 1),
    # number types
    (lambda x: x / 2, 3, 1.5, 0.5), (lambda x: x**-1, 2, 0.5, -0.25), (mean, 1, 2, 1.5, 0.5, 0.5, N),
    (lambda a, b: (a * b + a / b) - b, Fraction(1, 3), Fraction(2, 7), Fraction(41, 42), Fraction(53, 14),
     Fraction(-19, 4)),
    (lambda x: 1 / (relu(x) + 3), Fraction(-1), Fraction(1, 3), 0, N),
]


@pytest.mark.parametrize("case", CASES,
                         ids=lambda case: " ".join(map(str, [case[0].__name__, *case[1:]]))[:60])
def test_value_and_slopes(case):
    f, *numbers = [c for c in case if c is not N]
    n = (len(numbers) - 1) // 2
    got = outcome(f, *numbers[:n])
    assert all(map(same, got, numbers[n:])), got
    assert all(type(z) is Fraction for z, x in zip(got[:1], numbers) if type(x) is Fraction)


RAISES = [
    (lambda: Value(0)**-1, ZeroDivisionError, "0 ** (-1)"), (lambda: Value(np.float64(0))**-1,
                                                             ZeroDivisionError, "** (-1)"),
    (lambda: Value(-2.0)**0.5, ValueError, "(-2.0) ** 0.5"), (lambda: Value(Fraction(-1, 8))**Fraction(1, 3),
                                                              ValueError, "whole"),
    (lambda: Value(-2.0)**Value(0.5), ValueError, "complex"), (lambda: sqrt(Value(-1)), ValueError,
                                                               "sqrt(-1)"),
    (lambda: log(Value(0)), ValueError, "log(0)"), (lambda: log(Value(-1.0)), ValueError, "log(-1.0)"),
    (lambda: log(0), ValueError, "log(0)"), (lambda: Value(np.float64(-1)).log(), ValueError, "log"),
    (lambda: 1 / Value(0), ZeroDivisionError, "1 / 0"), (lambda: Value(0) / 0, ZeroDivisionError, "0 / 0"),
    (lambda: Value(np.float64(1)) / 0.0, ZeroDivisionError, "/ 0.0"), (lambda: Value(1.0) / -0.0,
                                                                       ZeroDivisionError, "1.0 / (-0.0)"),
    (lambda: exp(Value(1000)), OverflowError, "exp(1000)"), (lambda: Value(1e200)**2, OverflowError,
                                                             "1e+200 ** 2"),
    (lambda: sin(Value(inf)), ValueError, "sin(inf)"), (lambda: Value(1.0).atanh(), ValueError, "atanh(1.0)"),
    (lambda: clamp(Value(0.5), 2, 1), ValueError, "the lower bound 2 is above the upper bound 1"),
]


@pytest.mark.parametrize("f, error, says", RAISES)
def test_values_raise_and_name_the_operation_and_its_operands(f, error, says):
    with pytest.raises(error) as caught:
        f()
    assert says in str(caught.value)


WRONG = [
    (lambda: exp("2"), TypeError, "str '2'"), (lambda: relu(None), TypeError,
                                               "did a function end without return"),
    (lambda: Value(1) + "a", TypeError, "str 'a'"), (lambda: [1] * Value(1), TypeError,
                                                     "one Value per number"),
    (lambda: maximum("abc"), TypeError, "str 'a'"), (lambda: total([[Value(1)], [Value(2)]]), TypeError,
                                                     "list"),
    (lambda: maximum([]), ValueError, "maximum() of an empty list"), (lambda: softmax([]), ValueError,
                                                                      "empty"),
    (lambda: mean([]), ValueError, "empty"), (lambda: logsumexp(), ValueError, "at least one"),
    (lambda: dot([1], [1, 2]), ValueError, "1 weights and 2 inputs"), (lambda: dot([], []), ValueError,
                                                                       "at least 1"),
    (lambda: dot(Value(1), Value(2)), TypeError, "write w * x"), (lambda: affine(1, 2, 3), TypeError,
                                                                  "two lists"),
    (lambda: affine([Value(1)], [2], None), TypeError, "NoneType"), (lambda: dot(["a"], [1]), TypeError,
                                                                     "str 'a'"),
    (lambda: grad(lambda x: [x])(1.0), TypeError, "use jacobian"), (lambda: grad(lambda x: None)(1.0),
                                                                    TypeError, "return missing"),
    (lambda: grad(Value(3)), TypeError, "z.backward() and x.grad"), (lambda: jacobian(lambda x: x)(1.0),
                                                                     TypeError, "return [z]"),
    (lambda: jacobian(lambda x: [[x]])(1.0), TypeError, "one flat list"), (lambda: grad(sin)("1"), TypeError,
                                                                           "float(text)"),
    (lambda: Value(1).expp(), AttributeError, "expp"),
]


@pytest.mark.parametrize("f, error, says", WRONG)
def test_mistakes_are_answered_with_what_to_write(f, error, says):
    with pytest.raises(error) as caught:
        f()
    assert says in str(caught.value)


# --- the graph over several passes ---------------------------------------------------------------------

def test_leaves_accumulate_and_inner_nodes_start_afresh():
    x = Value(2)
    (3 * x).backward()
    (x**2).backward()
    assert x.grad == 7
    x = Value(2)
    y = x**2
    y.backward()
    y.backward()
    assert (x.grad, y.grad) == (8, 1)
    x = Value(2)
    z = (x * x)**2
    z.backward()
    z.backward()
    assert x.grad == 64


def test_two_outputs_that_share_a_hidden_node():
    x = Value(1)
    a = 3 * x
    b, c = 2 * a, 5 * a
    b.backward()
    c.backward()
    assert x.grad == 21


def test_doubling_sixty_times_is_sixty_nodes():
    x = z = Value(1)
    for _ in range(60):
        z = z + z
    z.backward()
    assert x.grad == 2**60


def test_equal_numbers_in_two_leaves_stay_two_nodes():
    x, y = Value(3), Value(3)
    z = x * y
    assert z.operands[0] is x and z.operands[1] is y
    z.backward()
    (x + 0).backward()
    assert (x.grad, y.grad) == (4, 3)


# --- second order ----------------------------------------------------------------------------------------

def test_second_order():
    assert grad(grad(lambda x: x * x * x))(2) == 12
    assert grad(grad(lambda x: x**2))(0) == 2
    assert hessian(lambda x, y: x / y)(2, 4) == [[0, -0.0625], [-0.0625, 0.0625]]
    assert [grad(grad(f))(x) for f in (relu, abs) for x in (-1.5, 0.0, 2.0)] == [0] * 6
    assert grad(grad(grad(grad(sin))))(0.5) == sin(0.5)
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(2.0) == 1


def test_hessians_are_symmetric():
    H = hessian(lambda x, y, z: exp(x * y) * sin(z) / (1 + y * y) + logsumexp(x, y, z)
                + x**z)(0.5, -0.25, 1.5)
    assert all(H[i][j] == pytest.approx(H[j][i], rel=1e-13) for i in range(3) for j in range(3))


# --- number types ------------------------------------------------------------------------------------------

def test_quotients_are_pythons_own_for_all_1_to_99():
    assert all((Value(a) / b).data == a / b == (a / Value(b)).data for a in range(1, 100)
               for b in range(1, 100))


def test_quotients_of_random_floats_are_pythons_own():
    rng = random.Random(0)
    pairs = [(rng.uniform(-9, 9), rng.uniform(1, 9)) for _ in range(1000)]
    assert all((Value(a) / Value(b)).data == a / b for a, b in pairs)


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64])
def test_numpy_scalars_on_either_side(kind):
    x = Value(3)
    for z, data, slope in [(kind(2) * x, 6, 2), (x * kind(2), 6, 2), (kind(2) + x, 5, 1),
                           (kind(2) - x, -1, -1), (kind(2)**x, 8, 8 * math.log(2))]:
        x.grad = 0
        z.backward()
        assert isinstance(z, Value) and (z.data, x.grad) == (data, pytest.approx(slope, rel=1e-15))
    assert kind(2) < x and kind(3) == x.data
