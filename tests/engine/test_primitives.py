"""Every row of the calculus table, proved and measured without the engine's own rules.

Generated from the row: sympy proves its slopes; mpmath differentiates its value column alone, at
400 digits (the slope of sigmoid at 700 begins after 304 of them), at ordinary points, at exact zeros,
in the tails and next to the edges of its domain.

    z, dz, ddz    the row's value, slope and second derivative, in floats
    left, right   the one-sided slopes of the value column, in 400 digits
"""

import math
import sys
from fractions import Fraction
from itertools import permutations, product

import mpmath
import pytest
import sympy

from engine import Value, gradients
from engine.careful import SINC, over
from engine.primitives import TABLE, apply
from engine.rows import partials_as_values
from engine.value import Constant

ROWS = list(TABLE.values())
EPS = sys.float_info.epsilon
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def arity(row):
    """The number of operands to try: two pairs for dot, two pairs and a bias for affine."""
    return {"dot": 4, "affine": 5}.get(row.name, 3) if row.nary else len(row.partials)


def domain(row, k):
    return row.domain[min(k, len(row.domain) - 1)]


# --- proof by sympy -------------------------------------------------------------------------------

def regions(row):
    """Operands as expressions of fresh symbols, so that every `where` is decided by their signs and order.

    By the chain rule, dz/dt_j = sum_i slope_i * dx_i/dt_j for all j proves the slopes, where dx/dt is
    invertible.
    """
    n = arity(row)
    t = sympy.symbols(f"t1:{n + 1}", positive=True)
    rising = [sum(t[:k + 1]) for k in range(n)]
    if n == 1 and all(within(domain(row, 0), x) and decided(row, x) for x in (t[0], -t[0])):
        named = {"above 0": [t[0]], "below 0": [-t[0]]}
    elif n == 1:
        inside = t[0] / (1 + t[0])                                   # anywhere in (0, 1)
        named = {"above 1": [1 + t[0]], "(0, 1)": [inside], "(-1, 0)": [-inside], "below -1": [-1 - t[0]]}
    else:
        named = {f"order {order}": [rising[k] for k in order]
                 for order in (permutations(range(n)) if n <= 3 else [range(n)])}
        named |= {f"-{name}": [-x for x in xs] for name, xs in named.items()}
        named |= {"+-": [x * (-1) ** k for k, x in enumerate(rising)],
                  "-+": [-x * (-1) ** k for k, x in enumerate(rising)]}
    return [pytest.param(row, t, xs, id=f"{row.name} {name}") for name, xs in named.items()
            if all(within(domain(row, k), x) for k, x in enumerate(xs))
            and not (row.name == "clamp" and (xs[1] - xs[2]).is_positive)]           # low above high


def decided(row, x):
    """Whether the sign of x alone decides every `where` of the row."""
    try:
        z = row.value(x)
        return not any(sympy.sympify(part).has(sympy.Piecewise) for part in (z, *row.slopes_of(z, [x], [x])))
    except TypeError:  # sympy: the truth value is not determined
        return False


def within(interval, x):
    """Whether every value of the expression lies in the interval (sympy decides by the signs of the
    symbols)."""
    low, high = interval.strip("[]()").split(", ") if interval != "nonzero" else ("-inf", "inf")
    return ((low == "-inf" or (x - int(low)).is_positive is True) and
            (high == "inf" or sympy.simplify(int(high) - x).is_positive is True))


# sympy does not differentiate these: proved at rational points instead
NUMERIC = {"floor", "round", "%", "//"}


@pytest.mark.parametrize("row, t, xs", [region for row in ROWS for region in regions(row)])
def test_sympy_proves_the_slopes(row, t, xs):
    if row.name == "sinc" and abs(xs[0]).subs(t[0], 1) < 1:
        pytest.skip("a power series there: see test_the_series_of_sinc")
    if row.name in NUMERIC:
        return exact_between_jumps(row)
    z = row.value(*xs)
    slopes = row.slopes_of(z, xs, xs)
    for tj in t:
        difference = sympy.diff(z, tj) - sum(slope * sympy.diff(x, tj) for slope, x in zip(slopes, xs))
        assert vanishes(difference), f"{row.name}: {difference}"


def exact_between_jumps(row):
    """Between two jumps these rows are straight lines, so a step of an operand changes the value by slope
    times step."""
    for x, y in product((Fraction(1, 3), Fraction(22, 7), Fraction(-5, 8)),
                        (Fraction(3, 7), Fraction(-2, 5))):
        xs = [x, y][:arity(row)]
        z, h = row.value(*xs), Fraction(1, 1000)
        for k, slope in enumerate(row.slopes_of(z, xs, xs)):
            moved = [p + h * (j == k) for j, p in enumerate(xs)]
            assert row.value(*moved) == z + slope * h


def vanishes(expression):
    """Whether the expression is 0 for all values of its symbols."""
    return any(sympy.simplify(form) == 0 for form in
               (expression, sympy.expand(expression.rewrite(sympy.exp)),
                sympy.expand_log(expression, force=True),
                sympy.cancel(sympy.together(sympy.expand(expression.rewrite(sympy.exp))))))


def test_every_row_is_proved_in_at_least_one_region():
    assert all(regions(row) for row in ROWS)


def test_the_series_of_sinc():
    """Its coefficients are sympy's, and what is left out is below 2^-60 of the slope for |x| < 1."""
    x = sympy.Symbol("x")
    exact = sympy.series((sympy.cos(x) - sympy.sin(x) / x) / x, x, 0, 26).removeO()
    assert {k: float(exact.coeff(x, k)) for k in range(1, 22, 2)} == SINC
    assert abs(exact.coeff(x, 23)) < abs(exact.coeff(x, 1)) * 2**-60


@pytest.mark.parametrize("x", [0.01, -0.1, 0.2, -0.29])
def test_the_slope_of_sinc_where_it_is_a_series(x):
    """Class: a branch that no point of the table lies in."""
    with mpmath.workdps(60):
        close(gradients(apply("sinc", v := Value(x)), [v])[0], mpmath.diff(mpmath.sincpi, x), condition=1,
              what=x)


# --- 400 digits of the value column ----------------------------------------------------------------

POINTS = {  # ordinary; exact zeros; tails; next to an edge
    "(-inf, inf)": [0.3, -0.7, 1.5, 0.0, 1e-8, -1e-200, 5.0, -5.0, 20.0, -20.0,
                    40.0, -37.5, 300.0, -300.0, 700.0, -700.0],
    "(0, inf)":    [0.3, 1.5, 1.0, 1e-8, 1e-300, 40.0, 1e300],
    "[0, inf)":    [0.3, 1.5, 1.0, 1e-8, 1e-300, 40.0, 1e300],
    "(-1, inf)":   [0.3, -0.7, 0.0, 1e-20, -1 + 2**-53, 40.0, 1e300],
    "[-1, 1]":     [0.3, -0.7, 0.0, 1e-8, 1 - 2**-53, -1 + 2**-53],
    "(-1, 1)":     [0.3, -0.7, 0.0, 1e-8, 1 - 2**-53, -1 + 2**-53],
    "[1, inf)":    [1.5, 40.0, 1 + 2**-52, 1e150],
    "nonzero":     [0.3, -0.7, 1.0, 1e-150, -40.0],
}
PAIRS = {"(-inf, inf)": [0.3, -0.7, 0.0, 2.0, -30.0], "[0, inf)": [0.3, 1.5, 1e-8, 40.0],
         "nonzero": POINTS["nonzero"]}
JUMPS = {"sign": {0}, "step": {0}, "floor": {0, 5, -5, 20, -20, 40, 300, -300, 700, -700, -1e-200},
         "round": {1.5, -37.5}}


def points(row):
    if arity(row) == 1:
        return [(x,) for x in POINTS[domain(row, 0)] if x not in JUMPS.get(row.name, ())]
    if arity(row) == 2:
        poles = {"over": lambda x, y: y == 0, "atan2": lambda y, x: x == y == 0,
                 "%": jump, "//": jump}.get(row.name, lambda x, y: False)
        return [pair for pair in product(*(PAIRS[domain(row, k)] for k in range(2))) if not poles(*pair)]
    if row.name == "clamp":
        return [(x, -1.0, 2.0) for x in (0.3, -0.7, 0.0, -5.0, 40.0, -1.0, 2.0)]
    return [xs[:arity(row)] for xs in [(0.3, -0.7, 1.5, 2.0, -0.1), (0.0, 0.0, 0.0, 0.0, 0.0),
                                       (40.0, -0.5, 40.0, 1.0, 3.0),
                                       (700.0, 1.0, -700.0, 0.0, 1.0), (-30.0, 0.2, 0.1, 1e-8, 7.0)]]


def jump(x, y):
    """Whether x / y is a whole number; so many of them lie near where y is tiny that no step avoids them."""
    return abs(y) < 1e-100 or Fraction(x) % Fraction(y) == 0


def along(row, xs, k):
    """The value column as a function of operand k alone, in mpmath."""
    xs = [mpmath.mpf(x) for x in xs]
    return lambda x: mpmath.mpf(1) * row.value(*xs[:k], x, *xs[k + 1:])


def one_sided(f, x):
    return mpmath.diff(f, x, direction=-1), mpmath.diff(f, x, direction=1)


def is_kink(left, right):
    return abs(left - right) > mpmath.mpf(10)**-60 * (abs(left) + abs(right)) + mpmath.mpf(10)**-390


def float_slopes(row, xs):
    """The row's value and slopes in floats, or None beyond the largest float."""
    try:
        z = apply(row.name, *map(Value, xs))
    except OverflowError:
        with mpmath.workdps(30):
            assert abs(row.value(*map(mpmath.mpf, xs))) > sys.float_info.max
        return None
    return z


@each_row
def test_values_and_slopes_in_400_digits(row):
    """A few roundings, times the conditioning of the slope itself: how much it changes where x is rounded."""
    with mpmath.workdps(400):
        for xs in points(row):
            z = float_slopes(row, xs)
            for k in range(arity(row)) if z is not None else ():
                f, x = along(row, xs, k), mpmath.mpf(xs[k])
                close(z.data, f(x), condition=sum(abs(mpmath.mpf(y) * s) for y, s in zip(xs, z.partials)
                                                  if math.isfinite(s)), what=(row.name, xs))
                left, right = one_sided(f, x)
                dz = z.partials[k]
                if is_kink(left, right):
                    assert min(left, right) <= dz <= max(left, right), (row.name, xs, k)
                elif abs(right) > sys.float_info.max:
                    assert abs(dz) == math.inf and dz * right > 0, (row.name, xs, k)
                elif not (row.name == "**" and xs[0] < 0 and k == 1):
                    close(dz, right, condition=conditioning(row, xs, k), what=(row.name, xs, k, "slope"))


# What each row is by definition, written here once more: a wrong value column has slopes that fit it.
m = mpmath
DEFINITIONS = {
    "+": lambda x, y: x + y,   "-": lambda x, y: x - y,   "*": lambda x, y: x * y,   "/": lambda x, y: x / y,
    "%": lambda x, y: x - y * m.floor(x / y),             "//": lambda x, y: m.floor(x / y),
    "over": lambda x, y: x / y,                           "**": lambda x, y: x ** y,
    "neg": lambda x: -x,       "identity": lambda x: x,   "abs": lambda x: m.sqrt(x * x),
    "sign": lambda x: m.sign(x),                          "step": lambda x: (1 + m.sign(x)) / 2,
    "floor": m.floor,          "round": m.nint,           "mask": lambda x, y: x * y,
    "exp": m.exp,              "expm1": lambda x: m.exp(x) - 1,
    "log": m.ln,               "log1p": lambda x: m.ln(1 + x),
    "log2": lambda x: m.ln(x) / m.ln(2),                  "log10": lambda x: m.ln(x) / m.ln(10),
    "sqrt": lambda x: x ** m.mpf("0.5"),
    "sin": m.sin,              "cos": m.cos,              "tan": lambda x: m.sin(x) / m.cos(x),
    "asin": m.asin,            "acos": m.acos,            "atan": m.atan,
    "atan2": lambda y, x: m.arg(m.mpc(x, y)),
    "sinh": lambda x: (m.exp(x) - m.exp(-x)) / 2,         "cosh": lambda x: (m.exp(x) + m.exp(-x)) / 2,
    "tanh": lambda x: (m.exp(2 * x) - 1) / (m.exp(2 * x) + 1),
    "sech2": lambda x: 4 / (m.exp(x) + m.exp(-x)) ** 2,
    "asinh": m.asinh,          "acosh": m.acosh,          "atanh": m.atanh,
    "hypot": lambda x, y: m.sqrt(x * x + y * y),
    "erf": m.erf,              "erfc": m.erfc,
    "sinpi": m.sinpi,          "cospi": m.cospi,          "sinc": lambda x: m.sincpi(x),
    "sigmoid": lambda x: 1 / (1 + m.exp(-x)),             "log_sigmoid": lambda x: -m.ln(1 + m.exp(-x)),
    "softplus": lambda x: m.ln(1 + m.exp(x)),             "relu": lambda x: (x + abs(x)) / 2,
    "leaky_relu": lambda x, a: (x + abs(x)) / 2 + a * (x - abs(x)) / 2,
    "elu": lambda x, a: (x + abs(x)) / 2 + a * (m.exp((x - abs(x)) / 2) - 1),
    "gelu": lambda x: x * m.ncdf(x),                      "silu": lambda x: x / (1 + m.exp(-x)),
    "clamp": lambda x, low, high: sorted((x, low, high))[1],
    "maximum": lambda *xs: max(xs),                       "minimum": lambda *xs: min(xs),
    "total": lambda *xs: m.fsum(xs),                      "mean": lambda *xs: m.fsum(xs) / len(xs),
    "dot": lambda *xs: m.fdot(xs[:len(xs) // 2], xs[len(xs) // 2:]),
    "affine": lambda *xs: m.fdot(xs[:len(xs) // 2], xs[len(xs) // 2:-1]) + xs[-1],
    "logsumexp": lambda *xs: m.ln(m.fsum(map(m.exp, xs))),
    "softmax": lambda *xs: m.exp(xs[0]) / m.fsum(map(m.exp, xs)),                   # the first share
}


@each_row
def test_the_value_is_that_of_the_definition(row):
    if row.name not in DEFINITIONS:
        pytest.skip("a new row: its definition, written here by other means, would prove its value as well")
    more = {1: [(x,) for x in (0.5, -0.5, 0.999, -0.999, 2.0, -2.5)],
            2: [(1.0, 1.0), (-1.0, 0.25)]}.get(arity(row), [])
    with mpmath.workdps(400):
        for xs in [*points(row), *more]:
            exact = [mpmath.mpf(x) for x in xs]
            try:
                value = row.value(*exact)
            except (ValueError, ZeroDivisionError):         # outside the domain: see test_careful.py
                assert xs in more
                continue
            right = DEFINITIONS[row.name](*exact)
            assert abs(value - right) <= mpmath.mpf(10) ** -60 * abs(right), (row.name, xs)


def conditioning(row, xs, k):
    """sum_j |x_j d2f/dx_k dx_j|, by a difference of 400-digit slopes: no rule of the engine takes part."""
    def slope(j, factor):
        moved = [mpmath.mpf(x) for x in xs]
        moved[j] *= factor
        return mpmath.diff(along(row, moved, k), moved[k])
    h = mpmath.mpf(10)**-50
    return sum(abs((slope(j, 1 + h) - slope(j, 1 - h)) / (2 * h)) for j, x in enumerate(xs) if x)


def close(got, exact, condition, what):
    error = abs(mpmath.mpf(got) - exact)
    bound = 8 * EPS * (abs(exact) + condition) + mpmath.mpf("5e-320")
    assert error <= bound, (f"{what}: {got!r}, should be {mpmath.nstr(exact, 20)}; "
                            f"{mpmath.nstr(error / bound * 8, 3)} roundings")


@each_row
def test_second_derivatives_in_400_digits(row):
    """Each slope, differentiated again by the engine, against the second derivative of the value column."""
    with mpmath.workdps(400):
        for xs in points(row)[:40]:
            z = float_slopes(row, xs)
            for k in range(arity(row)) if z is not None else ():
                f, x = along(row, xs, k), mpmath.mpf(xs[k])
                if is_kink(*one_sided(f, x)) or row.name == "**" and xs[0] < 0 and k == 1:
                    continue
                exact, third = mpmath.diff(f, x, 2), mpmath.diff(f, x, 3)
                if max(abs(mpmath.diff(f, x)), abs(exact), abs(third)) > 1e290:
                    continue
                slope = partials_as_values(z)[k]
                ddz = gradients(slope, [z.operands[k]])[0]
                scale = abs(x * third) + sum(abs(d) for d in (mpmath.diff(f, x), exact) if x)
                close(ddz, exact, condition=8 * scale + EPS * (x == 0), what=(row.name, xs, k, "second"))


@each_row
def test_the_slope_chosen_at_a_kink_lies_between_the_one_sided_slopes(row):
    with mpmath.workdps(100):
        for xs in row.kinks:
            slopes = apply(row.name, *map(Value, xs)).partials
            sides = [one_sided(along(row, xs, k), mpmath.mpf(xs[k])) for k in range(len(xs))]
            assert any(abs(left - right) > 1e-20 for left, right in sides), f"{row.name} has no kink at {xs}"
            assert all(min(pair) - EPS <= slope <= max(pair) + EPS for pair, slope in zip(sides, slopes))


# --- what follows from a row -----------------------------------------------------------------------

@each_row
def test_partials_as_values_are_the_recorded_ones_bit_for_bit(row):
    for xs in points(row):
        z = float_slopes(row, xs)
        if z is not None:
            again = partials_as_values(z)
            assert ([getattr(s, "data", s) for s in again] == list(z.partials)
                    or any(s != s for s in z.partials))


@each_row
def test_a_row_carries_what_the_documents_need(row):
    assert row.latex and row.symbol and len(row.domain) == (1 if row.nary else len(row.partials))
    assert row.latex.format(*"abcde")                # the braces pair up


@each_row
def test_plain_numbers_give_plain_numbers_and_constants_slope_zero(row):
    xs = points(row)[0]
    assert not isinstance(apply(row.name, *xs), Value)
    z = apply(row.name, *xs[:-1], Value(xs[-1]))
    assert [type(x) for x in z.operands] == [Constant] * (len(xs) - 1) + [Value]


@pytest.mark.parametrize("name", ["+", "-", "*", "neg"])
@pytest.mark.parametrize("xs", [(3, 4), (0.1, -0.0), (Fraction(1, 3), Fraction(2, 7)), (1e308, 10.0),
                                (math.inf, 0.0)])
def test_the_operators_written_out_in_value_py_equal_their_rows(name, xs):
    x, y = map(Value, xs)
    written = {"+": lambda: x + y, "-": lambda: x - y, "*": lambda: x * y, "neg": lambda: -x}[name]()
    row = apply(name, *(x, y)[:arity(TABLE[name])])
    assert (repr(written.data), written.op, written.operands, written.partials) == \
           (repr(row.data), row.op, row.operands, row.partials)


def test_slopes_of_slopes_at_a_pole_are_infinite_too():
    """sqrt''(0) = -inf, by way of the row `over`; so is the second derivative of x**0.5."""
    x = Value(0.0)
    for z in (x.sqrt(), x**0.5):
        slope = partials_as_values(z)[0]
        assert slope.data == math.inf and gradients(slope, [x]) == [-math.inf]
    assert [over(1, 0.0), over(-1, 0.0), over(1, 4.0)] == [math.inf, -math.inf, 0.25]


@pytest.mark.parametrize("name, wrong", [("tanh",    [lambda z, x: 1 - z * z]),               # 0 at 20
                                         ("sigmoid", [lambda z, x: z * (1 - z)]),             # 0 at 40
                                         ("sin",
                                          [lambda z, x: 1.0000000000001 * x.cos() if hasattr(x, "cos")
                                           else 1.0000000000001 * math.cos(x)])])
def test_the_measurement_sees_a_slope_that_is_slightly_wrong(monkeypatch, name, wrong):
    row = TABLE[name]._replace(partials=wrong)
    monkeypatch.setitem(TABLE, name, row)
    with pytest.raises(AssertionError, match="roundings"):
        test_values_and_slopes_in_400_digits(row)
