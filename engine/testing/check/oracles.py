"""Oracles: slopes found from values alone, never from the partials of the table.

    exact_slopes     a rational function on Fractions that carry an infinitesimal: exact
    fifty_digits     differences at 50 correct digits and more, with the slopes on both sides of a kink
    complex_step     Im f(x + ih) / h: full float precision, where f takes complex numbers
    central          central differences, extrapolated, with an estimate of their own error
    taylor_order     how fast f(x + h v) - f(x) - h g.v vanishes: order 2 if g is the gradient

f takes numbers one by one, f(x, y, ...); i says with respect to which of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ..quantities import Function, Mpf, Number
from ..random_programs.exact import OUTSIDE, exact_slopes, exactly

inf      = math.inf

__all__ = ["OUTSIDE", "Slope", "central", "complex_step", "exact_slopes", "exactly", "fifty_digits", "many",
           "taylor_order"]


class Slope(NamedTuple):
    """The slopes just left and just right of a point: equal where f is smooth, None outside the domain.

    error: bound on both, if it matters; jump: whether f itself is discontinuous.
    """

    left:  Number
    right: Number
    error: float = 0.0
    jump:  bool  = False

    @property
    def smooth(self) -> bool:
        return self.left is not None and self.right is not None and bool(self.left == self.right)


# --- 50 digits ---------------------------------------------------------------------------------------

def fifty_digits(f: Function, xs: Sequence[Number], i: int) -> Slope:
    """df/dx_i by differences in mpmath, with as many digits as it takes for 20 of the slope to be right.

    Raises:
        TypeError: f does not take mpmath's numbers, or answers in floats.
    """
    import mpmath
    scale  = nearest_feature(xs)
    widest = max([mpmath.mpf(1), *(abs(many(x)) for x in xs if abs(x) != inf)])
    digits = 120 + int(mpmath.log10(widest / scale))  # 40 for the step, 80 to be right
    while True:
        with mpmath.workdps(digits):
            h = scale * mpmath.mpf(10) ** -40
            middle, up, down = (sample(f, xs, i, step) for step in (0, h, -h))
            if middle is None:
                return Slope(None, None)
            if up is None or down is None:
                return sides(f, xs, i, scale, digits)
            right, left = (up - middle) / h, (middle - down) / h
            noise = abs(middle) * mpmath.mpf(10) ** (20 - digits) / h          # 20 digits above rounding
            steepest = max(abs(right), abs(left))
            if steepest > noise:
                alike  = abs(right - left) <= mpmath.mpf(10) ** -15 * steepest
                steady = steepest * h <= mpmath.mpf(10) ** -12 * (1 + abs(middle))  # at a jump it is not
                if alike and steady:
                    both = (right + left) / 2
                    return rounded(Slope(both, both))
                return sides(f, xs, i, scale, digits)
            if noise < mpmath.mpf(10) ** -330:                                 # no float could tell it from 0
                return Slope(mpmath.mpf(0), mpmath.mpf(0))
        digits *= 2


def sample(f: Function, xs: Sequence[Number], i: int, step: Mpf) -> Mpf:
    """f with x_i moved by step, as an mpf; None outside the domain."""
    import mpmath
    numbers = [many(x) for x in xs]
    numbers[i] += step
    try:
        z = f(*numbers)
    except OUTSIDE:
        return None
    except TypeError:                                    # mpmath has no // and no rounding: Fractions have
        z = f(*[as_fraction(x) for x in numbers])
    if not isinstance(z, (int, Fraction, mpmath.mpf, mpmath.mpc)):
        raise TypeError(f"the function answers in {type(z).__name__}, not in mpmath's numbers")
    z = mpmath.mpmathify(z)
    return None if isinstance(z, mpmath.mpc) or mpmath.isnan(z) or mpmath.isinf(z) else z


def as_fraction(x: Mpf) -> Fraction:
    """An mpf as the Fraction that it is.

    Raises:
        TypeError: it is infinite or nan.
    """
    sign, mantissa, exponent, _ = x._mpf_
    if not mantissa and exponent:
        raise TypeError("Fractions are finite")
    return Fraction(-int(mantissa) if sign else int(mantissa)) * Fraction(2) ** int(exponent)


def many(x: Number) -> Mpf:
    """x as an mpf at the precision in force."""
    import mpmath
    if isinstance(x, Fraction):
        return mpmath.mpf(x.numerator) / x.denominator
    return mpmath.mpf(x.item() if hasattr(x, "item") else x)             # NumPy's numbers are none to mpmath


def nearest_feature(xs: Sequence[Number]) -> Mpf:
    """A length below which nothing new can happen: the distance to 0, to the next operand, at most 1.

    With two operands also their quotient: x**y changes by a factor e when x changes by x/y.
    """
    import mpmath
    numbers = [many(x) for x in xs[:8]]
    gaps    = [abs(a - b) for k, a in enumerate(numbers) for b in numbers[:k]]
    if len(numbers) == 2:
        gaps += [min([1, *(abs(x) for x in numbers if x != 0)]) / max(1, *map(abs, numbers))]
    return min([mpmath.mpf(1), *(x for x in [*map(abs, numbers), *gaps] if 0 < x < 1)])


def sides(f: Function, xs: Sequence[Number], i: int, scale: Mpf, digits: int) -> Slope:
    """The limits of the slope from the left and from the right."""
    import mpmath
    with mpmath.workdps(digits + 150):
        left, right = (limit(f, xs, i, sign * scale) for sign in (-1, 1))
        jump = any(leaps(f, xs, i, sign * scale) for sign in (-1, 1))
    if left is not None and right is not None and abs(left) < inf > abs(right) \
            and abs(left - right) <= mpmath.mpf(10) ** -12 * max(abs(left), abs(right),
                                                                 mpmath.mpf(10) ** -12):
        left = right
    return rounded(Slope(left, right, jump=jump))


def rounded(s: Slope) -> Slope:
    """The slopes to 30 digits, so that 0.999... is 1."""
    import mpmath
    with mpmath.workdps(30):
        return s._replace(left=s.left if s.left is None else +s.left,
                          right=s.right if s.right is None else +s.right)


def leaps(f: Function, xs: Sequence[Number], i: int, scale: Mpf) -> bool:
    """Whether f(x_i + t) stays away from f(x_i) for t -> 0 with the sign of scale."""
    import mpmath
    t = scale * mpmath.mpf(10) ** -30
    at, near, nearer = (sample(f, xs, i, step) for step in (0, t, t / 10 ** 6))
    return (at is not None and near is not None and nearer is not None
            and 0 != abs(nearer - at) > abs(near - at) / 2)


def limit(f: Function, xs: Sequence[Number], i: int, scale: Mpf) -> Mpf:
    """The limit of df/dx_i at x_i + t for t -> 0 with the sign of scale: infinite if it grows, None if
    undefined."""
    import mpmath
    slopes = []
    for exponent in (28, 31, 34):
        t = scale * mpmath.mpf(10) ** -exponent
        h = abs(t) * mpmath.mpf(10) ** -20
        up, down = sample(f, xs, i, t + h), sample(f, xs, i, t - h)
        if up is None or down is None:
            return None
        slopes.append((up - down) / (2 * h))
    a, b, c = slopes
    if abs(c - b) <= mpmath.mpf(10) ** -17 * abs(c):
        return c
    if abs(c - b) >= abs(b - a):
        return mpmath.mpf(inf) if c > 0 else -mpmath.mpf(inf)
    end = c - (c - b) ** 2 / ((c - b) - (b - a))             # Aitken: right for end + k t^c
    return end if abs(end) > mpmath.mpf(10) ** -12 * abs(a) else 0 * end


# --- floats ------------------------------------------------------------------------------------------

def complex_step(f: Function, xs: Sequence[Number], i: int) -> float | None:
    """Im f(x + ih) / h with h = 1e-200; None where f does not take complex numbers.

    Right only if f is analytic code: abs, max and comparisons drop the imaginary part, so the
    answer counts only where `central` agrees with it.
    """
    shifted = [complex(x, 1e-200) if k == i else x for k, x in enumerate(xs)]
    try:
        z = f(*shifted)
        return float(z.imag) * 1e200 if isinstance(z, complex) and math.isfinite(z.imag) else None
    except (TypeError, AttributeError, *OUTSIDE):
        return None


def central(f: Function, xs: Sequence[Number], i: int) -> Slope:
    """Differences of f at floats, by Ridders' extrapolation over many widths; error is an estimate, on the
    safe side.

    A kink shows as two slopes, left and right, that do not come closer as the width shrinks.
    """
    at     = along_input(f, xs, i)
    middle = at(0.0)
    if middle is None:
        return Slope(None, None)
    scale = natural_step(xs[i])
    both  = best([extrapolated(at, xs[i], scale * width, middle) for width in WIDTHS])
    right = best([one_sided(at, xs[i],  scale * width, middle) for width in WIDTHS])
    left  = best([one_sided(at, xs[i], -scale * width, middle) for width in WIDTHS])
    if left is None or right is None:
        edge = left or right
        return Slope(left and left[0], right and right[0], edge[1] if edge else 0.0)
    apart = abs(left[0] - right[0])
    if both is None or apart > 10 * (left[1] + right[1]) and apart > 1e-5 * max(abs(left[0]), abs(right[0])):
        return Slope(left[0], right[0], left[1] + right[1])
    return Slope(both[0], both[0], both[1])


def along_input(f: Function, xs: Sequence[Number], i: int) -> Callable[[float], float | None]:
    """f by a step of input i; None where it has no finite value."""
    def at(step: float) -> float | None:
        try:
            z = float(f(*[x + step if k == i else x for k, x in enumerate(xs)]))
        except OUTSIDE:
            return None
        return z if math.isfinite(z) else None
    return at


def natural_step(x: Number) -> float:
    """The step that is large at x: x itself, or 1 if x is below 1 and not tiny."""
    size = abs(float(x))
    return max(size, 1.0) if x == 0 or size > 1e-3 else size


WIDTHS = (0.25, 0.03, 3e-3, 3e-4)
Estimate = tuple[float, float] | None                      # a slope and its error


def best(estimates: Sequence[Estimate]) -> Estimate:
    """The most precise estimate; but where a narrower one contradicts it, the narrower: f has a feature
    between."""
    found: Estimate = None
    for e in estimates:                                    # from the widest
        if e is not None and (found is None or e[1] < found[1] or abs(e[0] - found[0]) > e[1] + found[1]):
            found = e
    return found


def extrapolated(at: Callable[[float], float | None], x: float, width: float, middle: float) -> Estimate:
    """Central differences at width, width/1.4, ...: the tableau's most stable entry."""
    return tableau(lambda h: quotient(at(h), at(-h), (x + h) - (x - h)), width, 2, noise(middle))


def one_sided(at: Callable[[float], float | None], x: float, width: float, middle: float) -> Estimate:
    return tableau(lambda h: quotient(at(h), middle, (x + h) - x), width, 1, noise(middle))


def noise(middle: float) -> float:
    """How far a float value may be off: a few roundings."""
    return 8 * math.ulp(middle)


def quotient(a: float | None, b: float | None, width: float) -> float | None:
    return None if a is None or b is None or width == 0 else (a - b) / width


def tableau(slope: Callable[[float], float | None], width: float, power: int, rounding: float) -> Estimate:
    """Richardson's extrapolation of slope(h) to h = 0; the error is the change over the last steps and
    rounding."""
    rows: list[list[float]] = []
    found: Estimate = None
    for k in range(8):
        h = width / 2 ** k
        first = slope(h)
        if first is None:
            rows = []
            continue
        row = [first]
        for j, previous in enumerate(rows[-1] if rows else []):
            factor = 2.0 ** (power * (j + 1) if power == 2 else j + 1)
            row.append(row[j] + (row[j] - previous) / (factor - 1))
        for j in range(1, len(row)):
            error  = 4 * max(abs(row[j] - row[j - 1]), abs(row[j] - rows[-1][j - 1]))
            error += 4 * rounding / abs(h) + 2.0 ** -48 * abs(row[j])
            if found is None or error < found[1]:
                found = (row[j], error)
        rows.append(row)
    return found


def taylor_order(f: Function, xs: Sequence[float], gradient: Sequence[float],
                 direction: Sequence[float]) -> float:
    """The order at which f(x + h v) - f(x) - h g.v vanishes: about 2 if g is the gradient, 1 if it is not.

    inf if the remainder is nothing but rounding: f is linear, or h is too small to see its curvature.
    """
    base, slope = float(f(*xs)), math.fsum(g * v for g, v in zip(gradient, direction))
    widths = [10.0 ** (-k / 2) for k in range(2, 11)]
    rest   = [abs(float(f(*[x + h * v for x, v in zip(xs, direction)])) - base - h * slope) for h in widths]
    seen   = [(math.log(h), math.log(r)) for h, r in zip(widths, rest) if r > 64 * math.ulp(base)]
    if len(seen) < 3:
        return inf
    (h1, r1), (h2, r2) = seen[0], seen[-1]
    return (r1 - r2) / (h1 - h2)
