"""The pieces of rows: sums in one order on every Python, and gates that nothing passes when they are
closed."""

import math
import random
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from engine import (
    Value, acos, asin, atanh, clamp, cos, grad, gradients, hessian, log, logsumexp, mask, maximum, mean,
    minimum, relu, sign, sinc, softmax, sqrt, step, total, vectorize,
)
from engine.careful import added, nearest
from engine.primitives import TABLE, apply
from engine.rows import Shut, partials_as_values, shut
from nn import Dropout, KeepDropout, cross_entropy_with_logits, hinge

# --- one order of adding ----------------------------------------------------------------------------
# The class: sum() compensates the rounding of floats from Python 3.12 on, and cannot do so for Values. Then a
# slope computed on floats and the same slope computed on Values differ in the last bit.

def points(count, size, seed=0):
    rng = random.Random(seed)
    return [[rng.uniform(-3, 3) for _ in range(size)] for _ in range(count)]


def test_added_goes_from_left_to_right_on_every_python():
    tenths = [0.1] * 10
    assert added(tenths) == 0.9999999999999999 and added([1e16, 1.0, -1e16]) == 0.0
    assert added([Value(x) for x in tenths]).data == 0.9999999999999999
    assert added([]) == 0 and added([Fraction(1, 3)] * 3) == 1


@pytest.mark.parametrize("name, f", [
    ("logsumexp", lambda *x: logsumexp(*x)), ("softmax", lambda *x: softmax(*x)[1]),
    ("mean", lambda *x: mean(*x) ** 2),
    ("total", lambda *x: total(*x) ** 2), ("maximum", lambda *x: maximum(*x) ** 2),
    ("cross entropy", lambda *x: cross_entropy_with_logits(list(x), 2)),
    ("soft targets", lambda *x: cross_entropy_with_logits(list(x), [0.1, 0.2, 0.3, 0.4]))])
def test_second_derivatives_of_sums_are_there_on_every_python(name, f):
    for x in points(100, 4):
        H = hessian(f)(*x)
        assert all(math.isclose(H[i][j], H[j][i], rel_tol=1e-12, abs_tol=1e-15) for i in range(4)
                   for j in range(4))


def test_the_hessian_of_logsumexp_in_50_digits():
    x = [0.1, 0.2, 0.3, 0.7]
    with mpmath.workdps(50):
        e = [mpmath.exp(xi) for xi in x]
        y = [ei / mpmath.fsum(e) for ei in e]
        right = [[y[i] * ((i == j) - y[j]) for j in range(4)] for i in range(4)]
    given = hessian(lambda *x: logsumexp(*x))(*x)
    assert all(abs(given[i][j] - right[i][j]) < 1e-16 for i in range(4) for j in range(4))


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.nary])
def test_slopes_on_values_have_the_bits_of_slopes_on_floats(name):
    for x in points(50, 7 if name == "affine" else 6, seed=3):
        z = apply(name, *map(Value, x))
        assert [getattr(slope, "data", slope) for slope in partials_as_values(z)] == list(z.partials)


# --- what counts as changed -------------------------------------------------------------------------

@pytest.mark.parametrize("f, before, after", [
    (lambda x: x ** 3, 2.0, -2.0),                       # the slope is the same, the value is not
    (lambda x: x * x, 2.0, -2.0),                        # the value is the same, the slope is not
    (lambda x: cos(x), 1.0, -1.0), (lambda x: log(x), 2.0, -1.0), (lambda x: x / 3, 1.0, 2.0)])
def test_changed_data_is_noticed_by_value_and_slope(f, before, after):
    x = Value(before)
    z = f(x)
    x.data = after
    with pytest.raises(ValueError, match="has changed since .* run the forward pass again"):
        z.backward(create_graph=True)
    assert (x.grad, z.grad) == (0, 0)


def test_unchanged_data_is_never_called_changed():
    for x in (math.nan, math.inf, -math.inf, 0.0, -0.0, 1e308, 5e-324):
        for f in (relu, abs, lambda x: x * x - x, lambda x: maximum(x, 1.0), lambda x: x * math.nan):
            v = Value(x)
            f(v).backward(create_graph=True)


# --- closed gates -----------------------------------------------------------------------------------
# The class: what is behind a closed gate has no influence, so 0 passes, whatever arrives from above: 0 * inf
# is nan,
# and the gradient of a part of the network that is off would spoil all the others.

GATES = {                                                # closed at x = -1, where each has the value 0
    "relu":       lambda x: relu(x),
    "clamp":      lambda x: clamp(x, 0, 9),
    "maximum":    lambda x: maximum(x, 0),
    "n-ary maximum": lambda x: maximum(-2, x, 0, x - 1),
    "minimum":    lambda x: minimum(-x, 0),
    "hinge":      lambda x: hinge(-x, 1),
    "step":       lambda x: step(x),
    "mask":       lambda x: mask(x, 0.0),
    "times step": lambda x: mask(x, step(x)),
    "relu of relu": lambda x: relu(relu(x)),
}
POLES = {                                                # an infinite or undefined slope at 0
    "sqrt":     lambda z: sqrt(z),
    "z ** 0.5": lambda z: z ** 0.5,
    "1 / sqrt": lambda z: sqrt(sqrt(z)),
    "acos":     lambda z: acos(1 - z),
    "asin":     lambda z: asin(1 - z),
    "inf":      lambda z: z * math.inf if z > 0 else sqrt(z) * 1e308 * 10,
    "nan":      lambda z: sqrt(z) * sqrt(z) * math.inf,
}
pairs = pytest.mark.parametrize("gate, pole", [(g, p) for g in GATES for p in POLES])


@pairs
def test_nothing_passes_a_closed_gate(gate, pole):
    def f(x):
        return POLES[pole](GATES[gate](x))
    x = Value(-1.0)
    f(x).backward()
    assert x.grad == 0 and type(x.grad) is float
    assert grad(f)(-1.0) == 0 and gradients(f(x), [x]) == [0]
    assert grad(grad(f))(-1.0) == 0


@pytest.mark.parametrize("runner", ["numpy", "native"])
@pairs
def test_nothing_passes_a_closed_gate_of_a_program(gate, pole, runner):
    if pole == "inf":
        pytest.skip("it branches on the number, which no program does")
    x, w = Value(-1.0, "x"), Value(1.0, "w")
    z = POLES[pole](GATES[gate](w * x))
    program = vectorize(z, inputs=[x], parameters=[w], runner=runner)
    assert [float(g.ravel()[0]) for g in program([-1.0]).gradients.values()] == [0]


def test_the_program_as_it_is_printed_closes_its_gates_too():
    x, w = Value(-1.0, "x"), Value(1.0, "w")
    program = vectorize(sqrt(relu(w * x)), inputs=[x], parameters=[w])
    printed = str(program)
    assert "def relu_slope_times(x, g):\n    return np.where(x <= 0, 0, g)" in printed


def test_acos_of_a_clamp():
    assert (grad(lambda x: acos(clamp(x, -1, 1)))(2.0) == 0
            and grad(lambda x: atanh(clamp(x, -0.5, 0.5)))(2.0) == 0)


def test_the_second_derivative_of_tanh_keeps_its_digits_at_0():
    """-2 tanh(x) (1 - tanh(x)^2), from a row of its own: differentiating the exponentials would cancel."""
    from engine import tanh
    assert grad(grad(tanh))(1e-9) == pytest.approx(-2e-9, rel=1e-15) and grad(grad(tanh))(1e-150) == -2e-150


def test_an_open_gate_passes_all_and_a_plain_0_is_no_gate():
    assert grad(lambda x: sqrt(relu(x)))(4.0) == 0.25
    assert math.isnan(grad(lambda x: sqrt(x * 0))(1.0))                  # a product: 0 * inf
    assert math.isnan(grad(lambda x: relu(sqrt(x) - 1))(0.0))  # the pole is behind the gate: inf * 0
    assert grad(lambda x: sqrt(maximum(x, 0)))(0.0) == math.inf          # at the kink, half of inf


def test_dropped_units_pass_nothing_and_kept_ones_all():
    for layer, kept in ((Dropout(0.5, seed=1), 2.0), (KeepDropout(0.5, seed=1), 1.0)):
        x = [Value(1.0) for _ in range(40)]
        y = layer(x)
        total([sqrt(yk) for yk in y]).backward()
        assert 0.0 in layer.mask and kept in layer.mask
        assert [xk.grad for xk in x] == [0 if m == 0 else pytest.approx(m / (2 * math.sqrt(m)))
                                         for m in layer.mask]
        assert all(mask(Value(math.inf), m).data == 0 for m in layer.mask if m == 0)


def test_shut_is_the_number_0_that_swallows_what_it_is_multiplied_by():
    for other in (math.inf, -math.nan, 3, 2.5, Fraction(1, 3), mpmath.inf, 10 ** 400):
        assert shut * other == 0
        assert type(shut * other) is (float if isinstance(other, float) else int)
    assert isinstance(shut * Value(math.inf), Value) and (shut * Value(math.nan)).data == 0
    assert shut == 0 and str(shut) == "0" and -shut == 0 and isinstance(shut, Shut)


def test_fractions_stay_exact_behind_a_gate():
    x, y = Value(Fraction(-1, 3)), Value(Fraction(1, 7))
    (relu(x) * y + y * y).backward()
    assert (x.grad, y.grad) == (0, Fraction(2, 7)) and type(y.grad) is Fraction


TORCH = {"relu": "relu", "clamp": "clamp", "maximum": "maximum", "minimum": "minimum"}


@pytest.mark.parametrize("x", [-1.0, 0.0, 4.0])
@pytest.mark.parametrize("pole", ["sqrt", "z ** 0.5", "acos", "1 / sqrt"])
@pytest.mark.parametrize("gate", TORCH)
def test_as_in_torch(gate, pole, x):
    """Both ways round, away from torch's own choice among ties."""
    torch = pytest.importorskip("torch")
    zero  = torch.tensor(0.0, dtype=torch.float64)
    gates = {"relu": torch.relu, "clamp": lambda x: torch.clamp(x, 0, 9),
             "maximum": lambda x: torch.maximum(x, zero), "minimum": lambda x: torch.minimum(-x, zero)}
    poles = {"sqrt": torch.sqrt, "z ** 0.5": lambda z: z ** 0.5, "acos": lambda z: torch.acos(1 - z / 8),
             "1 / sqrt": lambda z: torch.sqrt(torch.sqrt(z))}
    ours  = {**POLES, "acos": lambda z: acos(1 - z / 8)}
    if gate == "minimum":
        gates[gate], mine = (lambda x: -torch.minimum(-x, zero)), (lambda x: -minimum(-x, 0))
    else:
        mine = GATES[gate]
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    poles[pole](gates[gate](t)).backward()
    given, right = grad(lambda x: ours[pole](mine(x)))(x), t.grad.item()
    assert given == pytest.approx(right, rel=1e-14, nan_ok=True)


def test_atan2_at_the_origin_and_the_second_row_of_a_power_with_a_negative_base():
    from engine import atan2
    assert grad(atan2)(0.0, 0.0) == (0, 0) and hessian(atan2)(0.0, 0.0)[0][0] == 0
    (xx, xy), (yx, yy) = hessian(lambda x, y: x ** y)(-2.0, 3.0)
    assert xx == -12 and all(map(math.isnan, (xy, yx, yy)))
    assert sign(Value(3.0)).partials[0] is shut


def test_the_mixed_derivative_of_a_power_where_the_exponent_is_0():
    """d/dy (y x^(y-1)) = 1/x there, though the slope towards x is 0."""
    (xx, xy), (yx, yy) = hessian(lambda x, y: x ** y)(2.0, 0.0)
    assert (xx, xy, yx, yy) == (0, 0.5, 0.5, pytest.approx(math.log(2) ** 2))
    assert grad(lambda x: x ** 0)(0.0) == 0 and grad(grad(lambda x: x ** 0))(0.0) == 0


# --- beyond the largest float ----------------------------------------------------------------------

@pytest.mark.parametrize("x, n, slope", [(-1e-110, -2, "inf"), (1e-110, -2, "-inf"), (-1e-160, -1, "-inf"),
                                         (1e-160, -1, "-inf")])
def test_a_slope_beyond_the_largest_float_keeps_its_sign(x, n, slope):
    assert float((Value(x) ** n).partials[0]) == float(slope)


def test_relu_of_minus_infinity_is_zero_for_every_kind_of_number():
    assert Value(mpmath.mpf("-inf")).relu().data == 0 and Value(-float("inf")).relu().data == 0


# --- waves ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", [int, float, Fraction, np.float64, mpmath.mpf,
                                  lambda x: np.array([float(x)])])
@pytest.mark.parametrize("x", [-4, -2, -1, 1, 2, 3, 10 ** 9])
def test_sines_of_whole_turns_are_0_for_every_kind_of_number(x, kind):
    """Class: an exact zero that only a float found; sign(sinc(2)) then depended on what computed it."""
    assert sinc(kind(x)) == 0 and TABLE["sinpi"].value(kind(x)) == 0
    assert TABLE["cospi"].value(kind(x)) == (-1) ** x and TABLE["cospi"].value(kind(x) / 2) == (
        0 if x % 2 else (-1) ** (x // 2))


@pytest.mark.parametrize("runner", ["numpy", "native"])
def test_programs_find_the_zeros_of_waves_as_the_scalars_do(runner):
    x, w = Value(0.0), Value(1.0)
    program = vectorize(sign(sinc(x * w)) + sinc(x * w), [x], (), [w], batch=True, runner=runner)
    for at in (-3.0, -2.0, -0.75, 0.0, 0.3, 1.0, 2.0, 2.5, 1e9):
        x.data, x.grad, w.grad = at, 0, 0
        z = sign(sinc(x * w)) + sinc(x * w)
        z.backward()
        found = program([[at]])
        assert found.loss == pytest.approx(z.data, abs=1e-15)
        assert found.gradients["p"][0] == pytest.approx(w.grad, abs=1e-12)


# --- edges that only one line of the code takes ----------------------------------------------------------

inf = math.inf


def test_infinities_are_rounded_down_and_turned_as_they_are():
    assert [TABLE["floor"].value(x) for x in (inf, -inf)] == [inf, -inf]
    for x in (inf, -inf):
        with pytest.raises(ValueError, match="sinpi"):
            apply("sinpi", Value(x))


def test_digits_of_fifty_are_rounded_half_to_even():
    assert [nearest(mpmath.mpf(x), 2) for x in ("1.234", "-0.006")] == [mpmath.mpf("1.23"),
                                                                        mpmath.mpf("-0.01")]
    assert nearest(mpmath.mpf("0.5")) == 0 and nearest(mpmath.mpf("1.5")) == 2


def test_bounds_that_are_equal_leave_one_number():
    x = Value(3.0)
    z = clamp(x, 2.0, 2.0)
    z.backward()
    assert (z.data, x.grad) == (2.0, 0.0)


@pytest.mark.parametrize("x, right", [(1.0 + 2.0 ** -50, None), (0.5, 0.0), (0.0, 0.0)])
def test_powers_beyond_the_last_odd_float(x, right):
    """y - 1 is y there: x^(y-1) is x^y / x."""
    y, v = 2.0 ** 54, Value(x)
    z = v ** y
    z.backward()
    with mpmath.workdps(50):
        exact = right if right is not None else mpmath.mpf(y) * mpmath.mpf(x) ** (mpmath.mpf(y) - 1)
    assert v.grad == pytest.approx(float(exact), rel=1e-9)
