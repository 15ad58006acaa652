"""The calculus table: one row per primitive, its value and one slope per operand.

A row is ordinary arithmetic. The row that runs on floats also runs on Values (which gives second
derivatives), Fractions (exact), mpmath's mpf (50 digits) and sympy's symbols (proof). From one row
follow the function, the method of Value, the drawing, the explanation and the generated tests.

    x, y     operands: numbers in the value column, numbers or Values in the partials
    z        the output, so that a slope may use it: d(exp x)/dx = z
    where    where(condition, a, b): a if condition else b, also for symbols and arrays
    lib(x)   the module whose exp, sin, ... take x: math, mpmath, sympy or numpy
    over     over(a, b): a / b for slopes, infinite where b = 0
    shut     the slope of a closed gate: 0, and nothing passes, not even inf or nan
    equal    equal(x, y): whether the numbers are equal

Adding a primitive is adding one row:

    cube = primitive("cube", lambda x: x * x * x, [lambda z, x: 3 * x * x], latex=r"{0}^3")

Policy: values raise, slopes may be infinite, nan propagates, kinks follow PyTorch. No slope is
computed by subtracting nearly equal numbers: tanh' is not written 1 - tanh^2, which is 0 at 20.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import reduce
from numbers import Rational, Real
from operator import add as add_two
from typing import Any

from .libraries import lib, where
from .rows import TABLE as TABLE, Primitive as Primitive, R, call as call, primitive as primitive
from .rows import apply as apply, partials_as_values as partials_as_values
from .value import Value, number

inf = float("inf")
nan = float("nan")


# --- pieces of rows that take more than a line ----------------------------------------------------

class Shut(int):
    """The slope of a closed gate: the number 0, and 0 whatever it is multiplied by.

    What does not get through relu, clamp or maximum has no influence on the output, so no gradient that
    arrives from above may come through, not even inf or nan: the slope of sqrt(relu(x)) at -1 is 0. A
    plain 0 is no gate: 0 * inf stays nan. It stands to the left, as partials do: partial * upstream.
    """

    def __mul__(self, upstream: Any) -> Any:
        if isinstance(upstream, Value):
            return Value(self * upstream.data)
        return 0.0 if isinstance(upstream, float) else 0


shut = Shut()


def equal(x: Any, y: Any) -> Any:
    """Whether the numbers are equal: == asks of two Values whether they are the same node."""
    return number(x) == number(y)


def added(xs: Iterable[Any]) -> Any:
    """x1 + x2 + ..., from left to right: the same bits on every Python, for floats and for Values.

    sum() compensates the rounding of floats, from Python 3.12 on, and only of floats.
    """
    return reduce(add_two, xs, 0)

def over(a: Any, b: Any) -> Any:
    """a / b as a slope: infinite, with the sign of a, where b is 0. It has a row too, for slopes of slopes."""
    if isinstance(a, Value) or isinstance(b, Value):
        return apply("over", a, b)
    zero = equal(b, 0)
    return where(zero, a * inf, a / where(zero, 1, b))


def steep(x: Any, y: Any) -> Any:
    """x**(y-1) as a slope: infinite at a pole and beyond the largest float."""
    if isinstance(number(y), float) and y - 1 == y:      # beyond 2^53, where every float is even
        return 0 if equal(x, 0) else x ** y / x
    try:
        return x ** (y - 1)
    except ZeroDivisionError:
        return over(1, x ** (1 - y))
    except OverflowError:
        return -inf if number(x) < 0 and number(y) % 2 == 0 else inf


def decay(x: Any) -> Any:
    """exp(-|x|). A branch, not abs(): where the caller is smooth at 0, so is each branch."""
    if type(x) is float:
        return math.exp(-abs(x))                     # the same number, sooner: the inner loop of tanh and sigmoid
    return exp(where(x > 0, -x, x))


def faded(x: Any, y: Any) -> Any:
    """x * y, and 0 where y has faded to 0, however large x is."""
    return where(equal(y, 0), 0, x * y)


def quotient(x: Any, y: Any) -> Any:
    if isinstance(y, Real) and y == 0:
        raise ZeroDivisionError                      # also for NumPy's numbers, which would only warn
    return x / y


def power(x: Any, y: Any) -> Any:
    if isinstance(x, Real) and x <= 0:
        if x == 0 and y < 0:
            raise ZeroDivisionError
        if x < 0 and y == y and y % 1 != 0:
            raise ValueError("a negative base needs a whole exponent (the result would be complex)")
    return x ** y


def nought(x: Any) -> Any:
    """0, as exact as x: the int 0 in the place of a Fraction would turn a later quotient into a float."""
    return x * 0 if type(x) is not float and isinstance(x, Rational) else 0


def whole(x: Any) -> Any:
    """x rounded down; mpmath has no //."""
    return x // 1 if hasattr(x, "__floordiv__") else lib(x).floor(x)


def larger(x: Any, y: Any) -> Any:
    return where(x > y, x, where(y >= x, y, x + y))      # x + y: nan, if either is


def smaller(x: Any, y: Any) -> Any:
    return where(x < y, x, where(y <= x, y, x + y))


def shared(z: Any, *xs: Any) -> list[Any]:
    """The slopes of max and min: 1 for the winner, shared equally among winners; the others are shut."""
    wins  = [where(equal(x, z), 1, 0) for x in xs]
    count = added(wins)
    kind: Any = type(number(z))
    one   = kind(1) if issubclass(kind, Rational) and not issubclass(kind, int) else 1
    share = nan if count == 0 else 1 if count == 1 else one / count
    return [share if win or count == 0 else shut for win in wins]


def between(x: Any, low: Any, high: Any) -> Any:
    if low > high:
        raise ValueError(f"the lower bound {low!r} is above the upper bound {high!r}")
    if low != low or high != high:
        return nan
    return where(x < low, low, where(x > high, high, x))


def by_square(a: Any, y: Any, x: Any) -> Any:
    """a / (x^2 + y^2) without overflow; a itself at (0, 0), where a is 0."""
    h = hypot(y, x)
    h = where(equal(h, 0), 1, h)
    return a / h / h


def sech2(x: Any) -> Any:
    """1 - tanh(x)^2 without the subtraction."""
    e = decay(2 * x)
    return 4 * e / ((1 + e) * (1 + e))


def logistic(x: Any) -> Any:
    e = decay(x)
    return where(x > 0, 1, e) / (1 + e)


def sinc_slope(z: Any, x: Any) -> Any:
    """(cos x - sinc x) / x, and its power series where that would cancel."""
    small = abs(number(x)) < 1
    near, far = where(small, x, 0), where(small, 1, x)
    series = 0
    for k in range(21, 0, -2):                           # -x/3 + x^3/30 - ...: (-1)^n 2n x^(2n-1) / (2n+1)!
        series = SINC[k] + near * near * series
    return where(small, near * series, (cos(x) - z) / far)


SINC = {2 * n - 1: (-1) ** n * 2 * n / reduce(lambda a, b: a * b, range(1, 2 * n + 2)) for n in range(1, 12)}


def log_of_sum(*xs: Any) -> Any:
    top   = reduce(larger, xs)
    if top in (inf, -inf) or top != top:
        return top
    first = next(k for k, x in enumerate(xs) if x == top)
    rest  = [exp(x - top) for k, x in enumerate(xs) if k != first]
    return top + log1p(added(rest))


def shares(*xs: Any) -> list[Any]:
    """softmax: e^(x_i) / sum_j e^(x_j), by way of the differences to the largest x."""
    top = reduce(larger, [number(x) for x in xs])
    if top in (inf, -inf):                           # inf - inf is nan: the infinite ones share equally
        return shared(top, *xs)
    es  = [exp(x - top) for x in xs]
    all_of_them = added(es)
    return [e / all_of_them for e in es]


def first_share_slopes(z: Any, *xs: Any) -> list[Any]:
    y = shares(*xs)
    return [y[0] * added(y[1:])] + [-y[0] * yj for yj in y[1:]]


def weighted_sum(*operands: Any) -> Any:
    """w1*x1 + w2*x2 + ..., from left to right; the operands are all of w, then all of x."""
    n = len(operands) // 2
    z = operands[0] * operands[n]
    for w, x in zip(operands[1:n], operands[n + 1:]):
        z += w * x
    return z


def affine_value(*operands: Any) -> Any:
    """b + w1*x1 + w2*x2 + ..., from left to right; the operands are all of w, all of x, then b."""
    n = len(operands) // 2
    z = operands[-1]
    for w, x in zip(operands[:n], operands[n:-1]):
        z = z + w * x
    return z


def swapped(operands: Sequence[Any]) -> tuple[Any, ...]:
    """(x..., w...) for (w..., x...): the slopes of a product, for every pair at once."""
    n = len(operands) // 2
    return (*operands[n:2 * n], *operands[:n])


# --- the table ------------------------------------------------------------------------------------

identity = primitive("identity", lambda x: x,      [lambda z, x: 1],                       latex="{0}", about="x itself, as a node of its own")
add      = primitive("+",  lambda x, y: x + y,     [lambda z, x, y: 1, lambda z, x, y: 1],  latex="{0} + {1}")
sub      = primitive("-",  lambda x, y: x - y,     [lambda z, x, y: 1, lambda z, x, y: -1], latex="{0} - {1}",       symbol="−")
mul      = primitive("*",  lambda x, y: x * y,     [lambda z, x, y: y, lambda z, x, y: x],  latex=r"{0} \cdot {1}",  symbol="×")
div      = primitive("/",  quotient,               [lambda z, x, y: 1 / y, lambda z, x, y: -z / y],
                     latex=r"\frac{{{0}}}{{{1}}}", symbol="÷", domain=(R, "nonzero"),
                     hint="Keep the divisor away from 0, as in x / (y + 1e-9)")
_        = primitive("over", over,                 [lambda z, x, y: over(1, y), lambda z, x, y: -over(z, y)],
                     latex=r"\frac{{{0}}}{{{1}}}", symbol="÷", method=False)
neg      = primitive("neg", lambda x: -x,          [lambda z, x: -1],                       latex="-{0}", symbol="−")
power_   = primitive("**", power,                  [lambda z, x, y: where(equal(y, 0), shut, y * steep(x, y)),
                                                    lambda z, x, y: where(x > 0, z * log(where(x > 0, x, 1)), where(equal(x, 0), shut, nan * z))],
                     latex="{{{0}}}^{{{1}}}", symbol="^", domain=("[0, inf)", R),
                     hint="Keep x above 0, as in abs(x)**y, or y a whole number, and x and y small enough for the result to be a float")
absolute = primitive("abs", abs,                   [lambda z, x: where(x > 0, 1, where(x < 0, -1, where(equal(x, 0), 0, nan)))],
                     latex=r"\left|{0}\right|", kinks=((0,),), symbol="|x|")
sign     = primitive("sign",  lambda x: where(x > 0, 1, where(x < 0, -1, x)),  [lambda z, x: shut], latex=r"\mathrm{{sign}}({0})", about="-1, 0 or 1, as x is negative, 0 or positive; its slope is 0 everywhere")
floor    = primitive("floor", whole,                                           [lambda z, x: shut], latex=r"\lfloor {0} \rfloor", about="x rounded down; its slope is 0 everywhere")
step     = primitive("step",  lambda x: where(x > 0, 1, where(x <= 0, 0, x)),  [lambda z, x: shut], latex=r"1_{{{0} > 0}}", about="1 where x > 0, else 0; its slope is 0 everywhere")

exp      = primitive("exp",   lambda x: lib(x).exp(x),    [lambda z, x: z],                     latex="e^{{{0}}}",
                     hint="Subtract the largest exponent first: logsumexp and softmax do", about="e^x")
expm1    = primitive("expm1", lambda x: lib(x).expm1(x),  [lambda z, x: exp(x)],                latex="e^{{{0}}} - 1", about="e^x - 1, exact also near 0")
log      = primitive("log",   lambda x: lib(x).log(x),    [lambda z, x: over(1, x)],            latex=r"\ln {0}",      domain=("(0, inf)",),
                     hint="Keep x above 0 with clamp(x, 1e-12), or use log1p, log_sigmoid or a loss from logits", about="ln x, to base e")
log1p    = primitive("log1p", lambda x: lib(x).log1p(x),  [lambda z, x: over(1, 1 + x)],        latex=r"\ln(1 + {0})", domain=("(-1, inf)",), about="ln(1 + x), exact also near 0")
log2     = primitive("log2",  lambda x: lib(x).log2(x),   [lambda z, x: over(1, x * lib(x).log(2))],  latex=r"\log_2 {0}",    domain=("(0, inf)",))
log10    = primitive("log10", lambda x: lib(x).log10(x),  [lambda z, x: over(1, x * lib(x).log(10))], latex=r"\log_{{10}} {0}", domain=("(0, inf)",))
sqrt     = primitive("sqrt",  lambda x: lib(x).sqrt(x),   [lambda z, x: over(1, 2 * z)],        latex=r"\sqrt{{{0}}}", domain=("[0, inf)",), symbol="√")

sin      = primitive("sin",   lambda x: lib(x).sin(x),    [lambda z, x: cos(x)],                latex=r"\sin {0}")
cos      = primitive("cos",   lambda x: lib(x).cos(x),    [lambda z, x: -sin(x)],               latex=r"\cos {0}")
tan      = primitive("tan",   lambda x: lib(x).tan(x),    [lambda z, x: 1 + z * z],             latex=r"\tan {0}")
asin     = primitive("asin",  lambda x: lib(x).asin(x),   [lambda z, x: over(1, sqrt((1 - x) * (1 + x)))],  latex=r"\arcsin {0}", domain=("[-1, 1]",))
acos     = primitive("acos",  lambda x: lib(x).acos(x),   [lambda z, x: over(-1, sqrt((1 - x) * (1 + x)))], latex=r"\arccos {0}", domain=("[-1, 1]",))
atan     = primitive("atan",  lambda x: lib(x).atan(x),   [lambda z, x: 1 / hypot(x, 1) / hypot(x, 1)],     latex=r"\arctan {0}")
atan2    = primitive("atan2", lambda y, x: lib(y, x).atan2(y, x), [lambda z, y, x:  by_square(x, y, x),
                                                                   lambda z, y, x: -by_square(y, y, x)],
                     latex=r"\mathrm{{atan2}}({0}, {1})", about="the angle of the point (x, y) from the x-axis, for operands y, x")
sinh     = primitive("sinh",  lambda x: lib(x).sinh(x),   [lambda z, x: cosh(x)],               latex=r"\sinh {0}")
cosh     = primitive("cosh",  lambda x: lib(x).cosh(x),   [lambda z, x: sinh(x)],               latex=r"\cosh {0}")
tanh     = primitive("tanh",  lambda x: lib(x).tanh(x),   [lambda z, x: sech2(x)],              latex=r"\tanh {0}", about="(e^x - e^-x)/(e^x + e^-x) (D0-15, D1-23)")
asinh    = primitive("asinh", lambda x: lib(x).asinh(x),  [lambda z, x: 1 / hypot(x, 1)],       latex=r"\mathrm{{arsinh}} {0}")
acosh    = primitive("acosh", lambda x: lib(x).acosh(x),  [lambda z, x: over(1, sqrt(x - 1) * sqrt(x + 1))], latex=r"\mathrm{{arcosh}} {0}", domain=("[1, inf)",))
atanh    = primitive("atanh", lambda x: lib(x).atanh(x),  [lambda z, x: over(1, (1 - x) * (1 + x))],         latex=r"\mathrm{{artanh}} {0}", domain=("(-1, 1)",))

hypot    = primitive("hypot", lambda x, y: lib(x, y).hypot(x, y), [lambda z, x, y: x / where(equal(z, 0), 1, z),
                                                                lambda z, x, y: y / where(equal(z, 0), 1, z)],
                     latex=r"\sqrt{{{0}^2 + {1}^2}}", kinks=((0, 0),), about="sqrt(x^2 + y^2), without overflow")
erf      = primitive("erf",   lambda x: lib(x).erf(x),    [lambda z, x:  2 * exp(-x * x) / lib(x).sqrt(lib(x).pi)], latex=r"\mathrm{{erf}}\,{0}", about="the error function, 2/sqrt(pi) * integral of e^(-t^2) from 0 to x")
erfc     = primitive("erfc",  lambda x: lib(x).erfc(x),   [lambda z, x: -2 * exp(-x * x) / lib(x).sqrt(lib(x).pi)], latex=r"\mathrm{{erfc}}\,{0}", about="1 - erf(x), exact also where that is tiny")
sinc     = primitive("sinc",  lambda x: where(equal(x, 0), 1, sin(x) / where(equal(x, 0), 1, x)), [sinc_slope], latex=r"\frac{{\sin {0}}}{{{0}}}", about="sin(x)/x, and 1 at 0")

sigmoid     = primitive("sigmoid",     logistic,          [lambda z, x: z * sigmoid(-x)],       latex=r"\sigma({0})", symbol="σ", about="1/(1 + e^-x) (D0-16, D1-20)")
log_sigmoid = primitive("log_sigmoid", lambda x: where(x > 0, 0, x) - log1p(decay(x)), [lambda z, x: sigmoid(-x)], latex=r"\ln \sigma({0})", symbol="ln σ", about="ln sigmoid(x), exact in both tails")
softplus    = primitive("softplus",    lambda x: where(x > 0, x, 0) + log1p(decay(x)), [lambda z, x: sigmoid(x)],  latex=r"\mathrm{{softplus}}({0})", about="ln(1 + e^x), whose slope is sigmoid(x)")
relu        = primitive("relu",        lambda x: where(x <= 0, nought(x), x),          [lambda z, x: where(x <= 0, shut, 1)],
                        latex=r"\mathrm{{ReLU}}({0})", symbol="ReLU", kinks=((0,),), about="x where x > 0, else 0; its slope at 0 is 0 (D0-17, D1-21)")
leaky_relu_ = primitive("leaky_relu",  lambda x, slope: where(x > 0, x, slope * x),    [lambda z, x, slope: where(x > 0, 1, slope),
                                                                                        lambda z, x, slope: where(x > 0, shut, x)],
                        latex=r"\mathrm{{leaky}}({0}; {1})", method=False, kinks=((0, 0.01),))
elu_        = primitive("elu",         lambda x, a: where(x > 0, x, a * expm1(where(x > 0, 0, x))), [
                                           lambda z, x, a: where(x > 0, 1, a * exp(where(x > 0, 0, x))),
                                           lambda z, x, a: where(x > 0, shut, expm1(where(x > 0, 0, x)))],
                        latex=r"\mathrm{{ELU}}({0}; {1})", method=False, kinks=((0, 0.5),))
gelu        = primitive("gelu",        lambda x: faded(x, erfc(-x / lib(x).sqrt(2))) / 2,
                        [lambda z, x: erfc(-x / lib(x).sqrt(2)) / 2 + faded(x, exp(-x * x / 2)) / lib(x).sqrt(2 * lib(x).pi)],
                        latex=r"\mathrm{{GELU}}({0})", about="x Phi(x), Phi the normal distribution function (Hendrycks and Gimpel 2016)")
silu        = primitive("silu",        lambda x: faded(x, sigmoid(x)),                 [lambda z, x: sigmoid(x) + faded(x, sigmoid(x) * sigmoid(-x))],
                        latex=r"\mathrm{{SiLU}}({0})", about="x sigmoid(x) (Elfwing, Uchibe and Doya 2017)")
mask_       = primitive("mask", lambda x, m: where(m == 0, nought(x), x * m), [lambda z, x, m: where(equal(m, 0), shut, m),
                                                                               lambda z, x, m: x],
                        latex=r"{0} \cdot {1}", symbol="×", method=False)
clamp_      = primitive("clamp", between, [lambda z, x, low, high: where(x < low, shut, where(x > high, shut, 1)),
                                           lambda z, x, low, high: where(x < low, 1, shut),
                                           lambda z, x, low, high: where(x > high, 1, shut)],
                        latex=r"\mathrm{{clamp}}({0}; {1}, {2})", method=False, kinks=((0, 0, 1), (1, 0, 1)))

# n-ary: one function gives all the slopes
maximum_    = primitive("maximum",   lambda *xs: reduce(larger, xs),  shared, symbol="max", latex=r"\max({0})", method=False, kinks=((2, 2), (1, 1, 1)))
minimum_    = primitive("minimum",   lambda *xs: reduce(smaller, xs), shared, symbol="min", latex=r"\min({0})", method=False, kinks=((2, 2), (1, 1, 1)))
total_      = primitive("total",     lambda *xs: reduce(lambda a, b: a + b, xs), lambda z, *xs: (1,) * len(xs), symbol="Σ", latex=r"\sum({0})", method=False)
dot_        = primitive("dot",       weighted_sum, lambda z, *operands: swapped(operands),      symbol="w·x",     latex="{0}", method=False)
affine_     = primitive("affine",    affine_value, lambda z, *operands: (*swapped(operands), 1), symbol="w·x + b", latex="{0}", method=False)
logsumexp_  = primitive("logsumexp", log_of_sum,   lambda z, *xs: shares(*xs),                  symbol="ln Σ e^", latex=r"\ln\sum e^{{({0})}}", method=False)
softmax_    = primitive("softmax",   lambda *xs: shares(*xs)[0], first_share_slopes,            latex=r"\mathrm{{softmax}}_1({0})", method=False)
