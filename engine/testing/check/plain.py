"""Checks of functions that leave no graph: floats in, a float out, and a gradient given beside it.

Also for engines that are not this one. The right slope is that of 50 digits if the function takes
mpmath's numbers, of the complex step if it takes complex ones, and of extrapolated differences
otherwise; the first two count only where they agree with the differences, so that a function that
rounds to floats on its way, or drops an imaginary part, cannot mislead them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..quantities import Function, Number
from .oracles import OUTSIDE as DOMAIN
from .oracles import Slope, central, complex_step, fifty_digits, inf, many, taylor_order
from .findings import KINK, OUTSIDE, RIGHT, ROUNDING, WRONG, Finding, Report, ulps
from .slopes import EPS, finite


def check_plain(f: Function, xs: Sequence[Number], given: Sequence[Number],
                names: Sequence[str]) -> Report:
    """The verdict on each slope given for f at the numbers xs."""
    findings = [check_slope(f, xs, i, g, name) for i, (g, name) in enumerate(zip(given, names))]
    return Report(findings, notes=taylor_note(f, xs, given, findings))


def check_slope(f: Function, xs: Sequence[Number], i: int, g: Number, name: str) -> Finding:
    """The verdict on one slope."""
    if not all(map(finite, xs)):
        return Finding(name, OUTSIDE, g, why="an input is not finite")
    floats = central(f, [float(x) for x in xs], i)
    s      = sharper(f, xs, i, floats)
    sides  = [x for x in (s.left, s.right) if x is not None]
    if not sides:
        return Finding(name, OUTSIDE, g, why="the function has no value here, or none on either side")
    if len(sides) == 1 and not finite(sides[0]):
        return Finding(name, OUTSIDE, g, None, s.left, s.right, why="an infinite slope at the edge of the "
                                                                    "domain")
    if len(sides) == 2 and not s.smooth:
        slack   = s.error + 1e-12 * max(map(abs, sides))
        verdict = KINK if min(sides) - slack <= g <= max(sides) + slack else WRONG
        why     = "" if verdict == KINK else (f"{g!r} was given at a kink; the slopes of the two sides are "
                                              f"{float(s.left)!r} and {float(s.right)!r}")
        return Finding(name, verdict, g, None, s.left, s.right, why=why)
    return distance(f, xs, i, g, sides[0], s.error, name)


def sharper(f: Function, xs: Sequence[Number], i: int, floats: Slope) -> Slope:
    """The slope from 50 digits or the complex step if one of them can be had, else the one from floats."""
    try:
        s = fifty_digits(f, xs, i)
        if not floats.smooth or not s.smooth or abs(float(s.left) - floats.left) <= 16 * floats.error:
            return s
    except (TypeError, AttributeError):
        pass                                             # f takes floats only: the other oracles remain
    if floats.smooth:
        z = complex_step(f, [float(x) for x in xs], i)
        if z is not None and abs(z - floats.left) <= 16 * floats.error:
            return Slope(z, z, 1e-12 * abs(z))
    return floats


def distance(f: Function, xs: Sequence[Number], i: int, g: Number, s: Number, error: float,
             name: str) -> Finding:
    """The verdict by how far g is from the right slope s, known to within error."""
    if not finite(g):
        return Finding(name, RIGHT if abs(s) > 1e308 else WRONG, g, s)
    away = abs(many(g) - many(s))
    note = f"floats tell it only to within {error:.1g}" if error > 1e-9 * abs(s) else ""
    if away <= error or ulps(away, s) <= 4:
        return Finding(name, RIGHT, g, s, ulps=ulps(away, s), why=note)
    allowed = max(10 * error, 2.0 ** 12 * EPS * float(abs(s) + conditioning(f, xs, i, s))) + 2.0 ** -1020
    verdict = ROUNDING if away <= allowed else WRONG
    return Finding(name, verdict, g, s, ulps=ulps(away, s), allowed=ulps(allowed, s), why=note)


def conditioning(f: Function, xs: Sequence[Number], i: int, s: Number) -> float:
    """How much the slope moves per unit of relative change of the inputs; 0 if only floats can tell."""
    moved = 0.0
    for j in range(len(xs)):
        near = [x * (1 + 2.0 ** -30) if k == j else x for k, x in enumerate(xs)]
        try:
            t = fifty_digits(f, near, i)
        except (TypeError, AttributeError, *DOMAIN):
            return 0.0
        if t.smooth and finite(t.left):
            moved += float(abs(t.left - many(s)) * 2 ** 30)
    return moved


def taylor_note(f: Function, xs: Sequence[Number], given: Sequence[Number],
                findings: Sequence[Finding]) -> list[str]:
    """What the Taylor remainder says of the gradient as a whole, where it is smooth."""
    if (not xs or any(finding.verdict in (KINK, OUTSIDE) for finding in findings)
        or not all(map(finite, given))):
        return []
    direction = [(-1) ** k * (1 + k % 3) * 0.1 * max(abs(float(x)), 0.1) for k, x in enumerate(xs)]
    try:
        order = taylor_order(f, [float(x) for x in xs], [float(g) for g in given], direction)
    except DOMAIN:
        return []
    note = f"f(x + hv) - f(x) - h g.v vanishes like h^{order:.2f}; for a right gradient like h^2 or faster"
    return [] if order == inf else [note]
