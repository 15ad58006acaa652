"""The pieces of rows that take more than a line: they keep values and slopes from cancelling and overflowing.

    z, x, y   as in the table: numbers, Values, arrays or symbols
    e         e^-|x|, which never overflows

sigmoid' is not written z (1 - z), which is 0 at 40, and softplus not ln(1 + e^x), which overflows at 710.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import reduce
from numbers import Rational, Real
from operator import add

from .libraries import Quantity, lib, where
from .rows import apply, shut
from .value import Value, number

inf = math.inf
nan = math.nan


def equal(x: Quantity, y: Quantity) -> Quantity:
    """Whether the numbers are equal: == asks of two Values whether they are the same node."""
    return number(x) == number(y)


def added(xs: Iterable[Quantity]) -> Quantity:
    """x1 + x2 + ..., from left to right: the same bits on every Python, for floats and for Values.

    sum() compensates the rounding of floats, from Python 3.12 on, and only of floats.
    """
    return reduce(add, xs, 0)


# --- quotients and powers ---------------------------------------------------------------------------

def divisor(y: Quantity) -> Quantity:
    """y, which must not be 0, also for NumPy's numbers, which would only warn."""
    if isinstance(y, Real) and y == 0:
        raise ZeroDivisionError
    return y


def over(a: Quantity, b: Quantity) -> Quantity:
    """a / b as a slope: infinite, with the sign of a, where b is 0. It has a row too, for slopes of
    slopes."""
    if isinstance(a, Value) or isinstance(b, Value):
        return apply("over", a, b)
    at_pole = equal(b, 0)
    return where(at_pole, a * inf, a / where(at_pole, 1, b))


def power(x: Quantity, y: Quantity) -> Quantity:
    """x ** y, never a complex number."""
    if isinstance(x, Real) and x <= 0:
        if x == 0 and y < 0:
            raise ZeroDivisionError
        if x < 0 and y == y and y % 1 != 0:
            raise ValueError("a negative base needs a whole exponent (the result would be complex)")
    return x ** y


def steep(x: Quantity, y: Quantity) -> Quantity:
    """y x^(y-1), the slope of a power in its base: infinite at a pole and beyond the largest float."""
    if isinstance(y, Value) and not equal(x, 0):
        return y * one_less(x, y)                        # it is 0 at y = 0, and still has a slope towards y
    return where(equal(y, 0), shut, y * one_less(x, y))


def one_less(x: Quantity, y: Quantity) -> Quantity:
    """x^(y-1)."""
    if isinstance(number(y), Real) and number(y) - 1 == number(y):  # beyond 2^53, where every float is even
        return 0 if equal(x, 0) else x ** y / x
    try:
        return x ** (y - 1)
    except ZeroDivisionError:
        return over(1, x ** (1 - y))
    except OverflowError:
        return -inf if number(x) < 0 and number(y) % 2 == 0 else inf


def growth(z: Quantity, x: Quantity) -> Quantity:
    """z ln x, the slope of a power in its exponent; there is none where the base is negative."""
    return where(equal(x, 0), shut, where(x > 0, z * apply("log", where(x > 0, x, 1)), nan * z))


def one_if_zero(x: Quantity) -> Quantity:
    """x as a divisor; 1 where x is 0 and its numerator is, too."""
    return where(equal(x, 0), 1, x)


def by_square(a: Quantity, y: Quantity, x: Quantity) -> Quantity:
    """a / (x^2 + y^2) without overflow; a itself at (0, 0), where a is 0."""
    h = one_if_zero(apply("hypot", y, x))
    return a / h / h


# --- whole numbers ----------------------------------------------------------------------------------

def nought(x: Quantity) -> Quantity:
    """0, as exact as x: the int 0 in the place of a Fraction would turn a later quotient into a float."""
    return x * 0 if type(x) is not float and isinstance(x, Rational) else 0


def rounded_down(x: Quantity) -> Quantity:
    """x rounded down; inf stays inf. mpmath has no //."""
    if x in (inf, -inf):
        return x
    return x // 1 if hasattr(x, "__floordiv__") else lib(x).floor(x)


def fits(x: Quantity, y: Quantity) -> Quantity:
    """x // y, how often y fits into x. mpmath has no //: from the remainder, for x / y may be rounded up."""
    nint = getattr(lib(x, y), "nint", None)
    return nint((x - x % y) / y) if nint else x // y


def nearest(x: Quantity, digits: int = 0) -> Quantity:
    """x rounded half to even, as the same kind of number; mpmath's own __round__ goes by way of float."""
    nint = getattr(lib(x), "nint", None)
    return nint(x * 10 ** digits) / 10 ** digits if nint else round(x, digits)


# --- the largest ------------------------------------------------------------------------------------

def larger(x: Quantity, y: Quantity) -> Quantity:
    return where(x > y, x, where(y >= x, y, x + y))      # x + y: nan, if either is


def smaller(x: Quantity, y: Quantity) -> Quantity:
    return where(x < y, x, where(y <= x, y, x + y))


def shared(z: Quantity, *xs: Quantity) -> list[Quantity]:
    """The slopes of max and min: 1 for the winner, shared equally among winners; the others are shut."""
    wins  = [where(equal(x, z), 1, 0) for x in xs]
    count = added(wins)
    kind: Quantity = type(number(z))
    one   = kind(1) if issubclass(kind, Rational) and not issubclass(kind, int) else 1
    share = nan if count == 0 else 1 if count == 1 else one / count
    return [share if win or count == 0 else shut for win in wins]


def between(x: Quantity, low: Quantity, high: Quantity) -> Quantity:
    """x, not below low and not above high."""
    if low > high:
        raise ValueError(f"the lower bound {low!r} is above the upper bound {high!r}")
    if low != low or high != high:
        return nan
    return where(x < low, low, where(x > high, high, x))


# --- exponentials -----------------------------------------------------------------------------------

def decay(x: Quantity) -> Quantity:
    """e^-|x|. A branch, not abs(): where the caller is smooth at 0, so is each branch."""
    if type(x) is float:
        return math.exp(-abs(x))  # the same number, sooner: the inner loop of tanh and sigmoid
    return apply("exp", where(x > 0, -x, x))


def faded(x: Quantity, y: Quantity) -> Quantity:
    """x * y, and 0 where y has faded to 0, however large x is."""
    return where(equal(y, 0), 0, x * y)


def bell(x: Quantity) -> Quantity:
    """1 - tanh(x)^2 without the subtraction."""
    e = decay(2 * x)
    return 4 * e / ((1 + e) * (1 + e))


def logistic(x: Quantity) -> Quantity:
    """1 / (1 + e^-x)."""
    e = decay(x)
    return where(x > 0, 1, e) / (1 + e)


def log_of_sum(*xs: Quantity) -> Quantity:
    """ln(e^x1 + e^x2 + ...), by way of the differences to the largest x."""
    top = reduce(larger, xs)
    if top in (inf, -inf) or top != top:
        return top
    first = next(k for k, x in enumerate(xs) if x == top)
    rest  = [apply("exp", x - top) for k, x in enumerate(xs) if k != first]
    return top + apply("log1p", added(rest))


def shares(*xs: Quantity) -> list[Quantity]:
    """softmax: e^(x_i) / sum_j e^(x_j), by way of the differences to the largest x."""
    top = reduce(larger, [number(x) for x in xs])
    if top in (inf, -inf):                           # inf - inf is nan: the infinite ones share equally
        return shared(top, *xs)
    es    = [apply("exp", x - top) for x in xs]
    whole = added(es)
    return [e / whole for e in es]


def first_share_slopes(z: Quantity, *xs: Quantity) -> list[Quantity]:
    """d y1/d x_j = y1 ([1 == j] - y_j), with 1 - y1 as the sum of the other shares."""
    y = shares(*xs)
    return [y[0] * added(y[1:])] + [-y[0] * yj for yj in y[1:]]


# --- waves ------------------------------------------------------------------------------------------

def sine_of_turns(x: Quantity) -> Quantity:
    """sin(pi x), with its exact zeros: x loses its whole turns before it meets the rounded pi."""
    own = getattr(lib(x), "sinpi", None)                 # mpmath's is as careful
    if own:
        return own(x)
    r = turned(x)
    return lib(x).sin(lib(x).pi * where(r > 0.5, 1 - r, where(r < -0.5, -1 - r, r)))


def cosine_of_turns(x: Quantity) -> Quantity:
    """cos(pi x), likewise."""
    own = getattr(lib(x), "cospi", None)
    if own:
        return own(x)
    r, pi = abs(turned(x)), lib(x).pi
    return where(r < 0.25, lib(x).cos(pi * r), lib(x).sin(pi * (0.5 - r)))


def turned(x: Quantity) -> Quantity:
    """x less its whole turns of 2, exactly: between -1 and 1."""
    remainder = getattr(lib(x), "remainder", None)
    if remainder:
        return x if x in (inf, -inf) else remainder(x, 2.0)              # math.sin refuses inf
    return x - 2 * ((x / 2 + 0.5) // 1)


def sinc_slope(z: Quantity, x: Quantity) -> Quantity:
    """(cos(pi x) - z) / x, and its power series where that would cancel."""
    small = abs(number(x)) < 0.3
    near, far = where(small, x, 0), where(small, 1, x)
    u, series = near * lib(number(x)).pi, 0
    for k in range(21, 0, -2):
        series = SINC[k] + u * u * series
    return where(small, u * series * lib(number(x)).pi, (apply("cospi", x) - z) / far)


# -u/3 + u^3/30 - ...: the slope of sin(u)/u is the sum of (-1)^n 2n u^(2n-1) / (2n+1)!
SINC = {2 * n - 1: (-1) ** n * 2 * n / math.factorial(2 * n + 1) for n in range(1, 12)}


# --- sums of products -------------------------------------------------------------------------------

def weighted_sum(*operands: Quantity) -> Quantity:
    """w1*x1 + w2*x2 + ..., from left to right; the operands are all of w, then all of x."""
    n = len(operands) // 2
    z = operands[0] * operands[n]
    for w, x in zip(operands[1:n], operands[n + 1:]):
        z += w * x
    return z


def affine_sum(*operands: Quantity) -> Quantity:
    """b + w1*x1 + w2*x2 + ..., from left to right; the operands are all of w, all of x, then b."""
    n = len(operands) // 2
    z = operands[-1]
    for w, x in zip(operands[:n], operands[n:-1]):
        z = z + w * x
    return z


def swapped(operands: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """(x..., w...) for (w..., x...): the slopes of a product, for every pair at once."""
    n = len(operands) // 2
    return (*operands[n:2 * n], *operands[:n])
