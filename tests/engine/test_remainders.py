"""%, //, divmod, round, math.floor and math.ceil of Values: Python's numbers, bit for bit, and their
slopes."""

import math
from fractions import Fraction
from itertools import product

import mpmath
import pytest

from engine import Value, draw, explain, gradients, vectorize
from engine.primitives import TABLE, apply
from engine.testing.check.oracles import as_fraction
from engine.value import Constant

INF, NAN = math.inf, math.nan
NUMBERS  = [0.0, -0.0, 0.3, -0.7, 1.0, -1.0, 2, -3, 7, 5.5, -7.25, 1e-300, 1e17, -1e300, Fraction(7, 3),
            Fraction(-2, 5), INF, -INF, NAN]
DIVISORS = [y for y in NUMBERS if y != 0]
OPERATORS = {"%": lambda x, y: x % y, "//": lambda x, y: x // y}


def same(x, y):
    """Equal to the last bit, of one type; any nan is a nan."""
    return type(x) is type(y) and (x != x and y != y or repr(x) == repr(y))


@pytest.mark.parametrize("op", OPERATORS)
def test_the_numbers_are_pythons_bit_for_bit_on_either_side(op):
    f = OPERATORS[op]
    for x, y in product(NUMBERS, DIVISORS):
        for z in (f(Value(x), Value(y)), f(Value(x), y), f(x, Value(y))):
            assert same(z.data, f(x, y)) and z.op == op, (x, op, y)


def test_divmod_is_both():
    for x, y in product(NUMBERS, DIVISORS):
        for pair in (divmod(Value(x), Value(y)), divmod(Value(x), y), divmod(x, Value(y))):
            assert all(same(z.data, right) for z, right in zip(pair, (x // y, x % y))) and len(pair) == 2


@pytest.mark.parametrize("op, f", [*OPERATORS.items(), ("//", divmod)])
@pytest.mark.parametrize("zero", [0, 0.0, -0.0, Fraction(0), mpmath.mpf(0)])
def test_by_zero_is_an_error_that_names_the_operation(op, f, zero):
    for compute in (lambda: f(Value(2.0), zero), lambda: f(Value(2.0), Value(zero)),
                    lambda: f(2.0, Value(zero))):
        with pytest.raises(ZeroDivisionError,
                           match=rf"2\.0 {op} .*0.*: division by zero. Keep the divisor away"):
            compute()


@pytest.mark.parametrize("f", OPERATORS.values())
@pytest.mark.parametrize("other", ["a", None, 1j, [1]])
def test_other_operands_are_refused(f, other):
    with pytest.raises(TypeError, match=f"not {type(other).__name__}"):
        f(Value(2.0), other)


@pytest.mark.parametrize("x, y, slope", [(7.5, 2.0, -3), (-7.5, 2.0, 4), (7.5, -2.0, 4), (-7.5, -2.0, -3),
                                         (0.5, 3.0, 0),
                                         (Fraction(7, 3), Fraction(1, 2), -4)])
def test_the_slopes_of_a_remainder(x, y, slope):
    """x % y = x - y*floor(x/y): 1 and -floor(x/y), as PyTorch's remainder has them."""
    x, y = Value(x), Value(y)
    (x % y).backward()
    assert (x.grad, y.grad) == (1, slope)


def test_the_slopes_against_pytorch():
    torch = pytest.importorskip("torch")
    for x, y in product([7.5, -7.5, 0.3, 40.0], [2.0, -2.0, 0.7]):
        a, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (x, y))
        torch.remainder(a, b).backward()
        assert (Value(x) % Value(y)).partials == (a.grad.item(), b.grad.item())


def test_quotient_round_floor_and_ceil_are_flat():
    x, y = Value(7.5), Value(2.0)
    (x // y + round(x) + round(x, 1) + math.floor(x) + math.ceil(x)).backward()
    assert x.grad == y.grad == 0


def test_a_plain_number_gets_no_slope_computed():
    z = Value(7.5) % 2.0
    assert z.partials == (1, 0) and type(z.operands[1]) is Constant


def test_second_derivatives_of_a_remainder_are_zero():
    x, y = Value(7.5), Value(2.0)
    z = (x % y) * x
    assert [s.data for s in gradients(z, [x, y], create_graph=True)] == [1.5 + 7.5, -3 * 7.5]
    dx = gradients(z, [x, y], create_graph=True)[0]
    assert gradients(dx, [x, y]) == [2.0, -3.0]


@pytest.mark.parametrize("x", NUMBERS)
def test_round_to_a_whole_number_keeps_the_kind_of_number(x):
    """Python's round(x) gives an int, and none at all for nan and inf; a Value's number stays a float, as
    with floor."""
    for z in (round(Value(x)), round(Value(x), None), round(Value(x), 0), Value(x).round()):
        assert same(z.data, round(x, 0)) and z.op == "round" and len(z.operands) == 1
    if math.isfinite(x):
        assert round(Value(x)).data == round(x)


@pytest.mark.parametrize("x", [0.5, 1.5, 2.5, -0.5, -2.5, 0.49999999999999994])
def test_halves_go_to_the_even_neighbour(x):
    assert round(Value(x)).data == round(x)


@pytest.mark.parametrize("x", [2.675, -1234.5678, 0.05, Fraction(22, 7), 1234, INF, NAN])
@pytest.mark.parametrize("digits", [1, 2, -2, 20])
def test_round_to_digits_is_pythons(x, digits):
    z = round(Value(x), digits)
    assert same(z.data, round(x, digits)) and z.partials == (0, 0) and z.operands[1].data == digits


@pytest.mark.parametrize("digits", [1.5, "2", Value(2)])
def test_digits_are_a_whole_number(digits):
    with pytest.raises(TypeError, match=r"whole number of digits.*write round\(x, 2\)"):
        round(Value(2.5), digits)


def test_rounding_beyond_the_largest_float_names_the_operation():
    with pytest.raises(OverflowError, match=r"round\(1.7e\+308, -308\)"):
        round(Value(1.7e308), -308)


@pytest.mark.parametrize("x", [3.7, -3.7, 3.0, -0.5, Fraction(-7, 2), INF, -INF])
def test_math_floor_and_ceil_give_values(x):
    low, high = math.floor(Value(x)), math.ceil(Value(x))
    assert isinstance(low, Value) and isinstance(high, Value)
    assert (low.data, high.data) == ((math.floor(x), math.ceil(x)) if math.isfinite(x) else (x, x))


@pytest.mark.parametrize("f", [int, math.trunc])
def test_what_turns_a_value_into_an_int_says_what_to_write(f):
    with pytest.raises(TypeError, match=r"does not turn into a plain number by itself.*write x\.data"):
        f(Value(2.5))


def test_fifty_digits():
    """mpmath has no // and rounds by way of floats: the rows keep all digits."""
    with mpmath.workdps(50):
        x = mpmath.mpf("1e30") + mpmath.mpf("0.75")
        z = Value(x)
        assert ((z // 1).data == mpmath.mpf("1e30") and (z % 1).data == 0.75
                and round(z).data == mpmath.mpf("1e30") + 1)
        assert round(z, 1).data == mpmath.mpf("1e30") + mpmath.mpf("0.8")
        for k in range(3, 60):  # 1 / (1/k) is rounded to k, also where 1/k was rounded up
            y = mpmath.mpf(1) / k
            assert (Value(mpmath.mpf(1)) // y).data == int(1 // as_fraction(y))


# --- everywhere else ---------------------------------------------------------------------------------

def wave(x, y):
    """A program of all of them, with a gradient that is not 0."""
    return (x % y) * x + (x // y) * y + round(x * y) * x + round(y, 1) * x + math.floor(x) * y


@pytest.mark.parametrize("runner", ["numpy", "native"])
def test_vectorized_it_is_the_same(runner):
    """Numbers on both sides of 0, and quotients that are whole."""
    np = pytest.importorskip("numpy")
    w = Value(1.3, "w")
    x = Value(2.5, "x[1]")
    program = vectorize(wave(x * w, w), inputs=[x], parameters=[w], batch=True, runner=runner)
    X = [[v] for v in (2.5, -2.5, 0.0, 1.3, -3.9, 1e3, 0.1, -1e-9)]
    loss, grads = program(np.array(X), None)
    losses = []
    w.grad = 0
    for (v,) in X:
        z = wave(Value(v) * w, w)
        z.backward()
        losses.append(z.data)
    assert loss == pytest.approx(sum(losses) / len(X), rel=1e-14)
    assert float(next(iter(grads.values())).ravel()[0]) == pytest.approx(w.grad / len(X), rel=1e-14)


@pytest.mark.parametrize("runner", ["numpy", "native"])
@pytest.mark.parametrize("f", [*OPERATORS.values(), lambda x, y: round(x * y),
                               lambda x, y: math.floor(x / y)])
def test_vectorized_numbers_are_the_scalars_bit_for_bit(runner, f):
    np = pytest.importorskip("numpy")
    w, x, y = Value(1.0, "w"), Value(2.5, "x[1]"), Value(2.0, "x[2]")
    z = f(x, y) + w * 0.0
    program = vectorize(z, inputs=[x, y], parameters=[w], outputs=[z], batch=True, runner=runner)
    pairs = [(p, q) for p, q in product([2.5, -2.5, 0.3, -0.7, 6.0, 0.0, 1e17, 0.5, -1.5],
                                        [2.0, -2.0, 0.1, -0.3, 1.0, 3.0])]
    got = program.predict(np.array(pairs)).ravel()
    assert [float(v) for v in got] == [float(f(Value(p), Value(q)).data) for p, q in pairs]


def test_the_printed_program_computes_the_same():
    np = pytest.importorskip("numpy")
    w, x = Value(1.3, "w"), Value(2.5, "x[1]")
    program = vectorize(wave(x * w, w), inputs=[x], parameters=[w], batch=True)
    source  = str(program)
    assert " % " in source and " // " in source and "np.round(" in source and "np.floor(" in source
    assert "%" in program.equations("D1") and np


def test_on_arrays_of_fractions_it_is_exact():
    pytest.importorskip("numpy")
    w, x = Value(Fraction(4, 3), "w"), Value(Fraction(5, 2), "x[1]")
    z = wave(x * w, w)
    program = vectorize(z, inputs=[x], parameters=[w], batch=True)
    loss, grads = program([[Fraction(5, 2)]], None)
    z.backward()
    assert (loss, next(iter(grads.values())).ravel()[0]) == (z.data, w.grad)


def test_they_can_be_drawn_and_explained():
    x, y = Value(7.5, "x"), Value(2.0, "y")
    z = wave(x, y)
    z.backward()
    text = draw(z).source
    assert all(f"= {symbol}" in text for symbol in ("%", "//", "round", "floor"))
    said = str(explain(z, y))
    assert ("x % y" in said
            and "passes the gradient on to what is divided, and times −3 to the divisor" in said)
    assert "// is flat" in str(explain(x // y, x)) and "round is flat" in str(explain(round(x, 1), x))


def test_given_plain_numbers_the_rows_give_plain_numbers():
    assert all(name in TABLE for name in ("%", "//", "round"))
    assert apply("%", 7.5, 2.0) == 1.5 and apply("//", 7.5, 2.0) == 3.0 and apply("round", 2.5) == 2.0
