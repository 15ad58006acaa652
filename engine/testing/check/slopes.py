"""Checks of one recorded operation: its partials and its number, against its value column in the table.

    s      the right slope towards an operand, found from values alone
    p      the partial that was recorded
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import NamedTuple

from ...errors import call
from ...primitives import TABLE
from ...rows import Primitive
from ...value import Constant, Value
from ..quantities import Mpf, Number
from .noise import noise_of_slope
from .oracles import OUTSIDE as DOMAIN
from .oracles import Slope, central, exactly, fifty_digits, many, sample
from .findings import KINK, OUTSIDE, RIGHT, ROUNDING, WRONG, Finding, ulps

inf       = math.inf
EPS       = 2.0 ** -52
TINY      = 2.0 ** -1020                 # products smaller than this lose digits to underflow
SUBNORMAL = 2.0 ** -1022
NEAR_LARGEST = 1.7e308                   # slopes beyond it count as infinite
ROUNDINGS = 1024                         # of one partial: y - 1 in y x^(y-1) alone can cost 700


class Checked(NamedTuple):
    """What is known of one operand of a node: its slope as it enters the sum over paths, and the verdict."""

    slope:   Number                       # mpf; the partial itself where there is none to compare with
    finding: Finding | None
    error:   float = 0.0                  # how far the partial is from it by rounding


# --- one operation -----------------------------------------------------------------------------------

def check_node(z: Value) -> tuple[list[Checked], Finding | None]:
    """The partials of one node, each against the slope that its value column has there; and its number."""
    row     = TABLE[z.op]
    numbers = [x.data for x in z.operands]
    name    = call(row.name, numbers)
    wanted  = [i for i, x in enumerate(z.operands) if type(x) is not Constant]
    found   = exactly(row.value, numbers, wanted) if all(map(finite, numbers)) else None
    known   = dict(zip(wanted, found[1])) if found is not None else {}
    checked = []
    for i, p in enumerate(z.partials):
        if i not in wanted:
            checked.append(Checked(many(0), None))
        elif i in known:
            checked.append(judge(row, numbers, i, p, Slope(known[i], known[i]), name))
        elif not all(finite(x) for k, x in enumerate(numbers) if k in wanted):
            checked.append(Checked(many(p), Finding(name, OUTSIDE, p, operand=i,
                                                    why="an operand is not finite")))
        else:
            checked.append(judge(row, numbers, i, p, measured(row, numbers, i), name))
    return checked, check_number(z, numbers, checked, found and found[0])


def measured(row: Primitive, numbers: Sequence[Number], i: int) -> Slope:
    """The slope from 50 digits; from floats if the row was not written for more."""
    try:
        return fifty_digits(row.value, numbers, i)
    except TypeError:
        return central(row.value, numbers, i)


def judge(row: Primitive, numbers: Sequence[Number], i: int, p: Number, s: Slope, name: str) -> Checked:
    """The verdict on the partial p."""
    sides = [x for x in (s.left, s.right) if x is not None]
    if not sides:
        return Checked(many(p), Finding(name, OUTSIDE, p, operand=i, why="no value on either side"))
    if (s.smooth or len(sides) == 1) and not s.jump:
        checked = judge_smooth(row, numbers, i, p, sides[0], s, name)
        if len(sides) == 1 and checked.finding is not None:
            return checked._replace(finding=replace(checked.finding, left=s.left, right_side=s.right))
        return checked
    finding = Finding(name, KINK, p, None, s.left, s.right, operand=i)
    slack   = max(abs(x) for x in sides if finite(x)) * 1e-12 if any(map(finite, sides)) else 0
    if min(sides) - slack <= many(p) <= max(sides) + slack or (s.jump and not finite(p)):
        return Checked(many(p), finding)
    why = "at a kink the slope must lie between those of the two sides"
    return Checked(many(p), Finding(name, WRONG, p, None, s.left, s.right, operand=i,
                                    why=f"{p!r} was given; left {s.left}, right {s.right}: {why}"))


def judge_smooth(row: Primitive, numbers: Sequence[Number], i: int, p: Number, s: Number, slope: Slope,
                 name: str) -> Checked:
    """The verdict where there is one slope s: by its distance in ulps, against what rounding explains."""
    if p == s and finite(p) and abs(many(p)) < NEAR_LARGEST:
        return Checked(many(p), Finding(name, RIGHT, p, s, operand=i))
    right = many(s)
    if not finite(right) or abs(right) > NEAR_LARGEST or not finite(p):
        return Checked(many(p), judge_infinite(numbers, i, p, right, name))
    error = abs(many(p) - right)
    away  = ulps(error, right)
    if exact(p, s):
        return Checked(right, Finding(name, WRONG, p, s, ulps=away, operand=i))
    if error <= slope.error or away <= 4:
        return Checked(right, Finding(name, RIGHT, p, s, ulps=away, operand=i), float(error))
    allowed = rounding_allowed(row, numbers, i, p, right)
    if error <= allowed:
        return Checked(right, Finding(name, ROUNDING, p, right, ulps=away, allowed=ulps(allowed, right),
                                      operand=i),
                       float(error))
    if right_in_floats(row, numbers, i, p, right):
        return Checked(many(p), Finding(name, RIGHT, p, p, operand=i))
    tied = len({*numbers}) < len(numbers) and not isinstance(s, Fraction)
    near = slopes_nearby(row, numbers, i) if tied else []
    if near and min(near) <= many(p) <= max(near):                         # a tie at which several kinks meet
        return Checked(many(p), Finding(name, KINK, p, None, min(near), max(near), operand=i))
    return Checked(right, Finding(name, WRONG, p, right, ulps=away, allowed=ulps(allowed, right), operand=i))


def judge_infinite(numbers: Sequence[Number], i: int, p: Number, right: Mpf, name: str) -> Finding:
    """The verdict where the slope, or the partial, is infinite, as good as infinite, or unknown."""
    agrees = both_infinite(p, right)
    tiny   = p == p and any(0 < abs(x) < SUBNORMAL for x in numbers)
    if tiny or agrees and not finite(right):
        return Finding(name, OUTSIDE, p, right, operand=i, why="an infinite slope, " + (
                       "at the edge of the domain" if agrees
                       else "from an operand so small that it has few digits"))
    return Finding(name, RIGHT if agrees else WRONG, p, right, operand=i)


def both_infinite(p: Number, right: Mpf) -> bool:
    """Whether one of the two is infinite and the other at least huge, with the same sign."""
    if p != p or (finite(p) and finite(right)):
        return False
    return bool((p > 0) == (right > 0) and abs(p) > 1e300 and abs(right) > 1e300)


def rounding_allowed(row: Primitive, numbers: Sequence[Number], i: int, p: Number, right: Mpf) -> Mpf:
    """How far rounding may carry a right partial: by its conditioning, and by what its operations lose."""
    conditioned = (ROUNDINGS * coarsest(p, numbers)
                   * (abs(right) + slope_conditioning(row, numbers, i, right)) + TINY)
    return min(conditioned, 4 * (noise_of_slope(row.name, numbers, i) + coarsest(p, numbers) * abs(right)))


def right_in_floats(row: Primitive, numbers: Sequence[Number], i: int, p: Number, right: Mpf) -> bool:
    """Whether the row in floats has the slope p, and not that of 50 digits, which it may leave behind
    unseen."""
    floats = central(row.value, [float(x) for x in numbers], i)
    return (floats.smooth
            and bool(abs(float(p) - floats.left) <= floats.error < abs(float(right) - floats.left)))


def slope_conditioning(row: Primitive, numbers: Sequence[Number], i: int, right: Mpf) -> Mpf:
    """How much the slope itself moves, per unit of relative change of the operands: sum |ds/dx_j| |x_j|."""
    moved = many(0)
    for j, x in enumerate(numbers):
        if x == 0 or not finite(x):
            continue
        near = [y + y * Fraction(1, 10 ** 9) if k == j else y for k, y in enumerate(map(fraction, numbers))]
        try:
            s = measured(row, near, i)
        except DOMAIN:
            continue
        if s.smooth and finite(s.left):
            moved += abs(many(s.left) - right) * 10 ** 9
    return moved


def slopes_nearby(row: Primitive, numbers: Sequence[Number], i: int) -> list[Mpf]:
    """The slopes at points around a tie, each operand moved a little in its own direction."""
    rng, found = Random(0), []
    step = min([Fraction(1), *(abs(Fraction(x)) for x in numbers if x and finite(x))]) / 10 ** 40
    for _ in range(24):
        near = [fraction(x) + rng.randint(-9, 9) * step if finite(x) else x for x in numbers]
        s    = measured(row, near, i)
        if s.smooth and finite(s.left):
            found.append(s.left)
    return found


def fraction(x: Number) -> Number:
    return Fraction(x) if isinstance(x, (int, float)) and finite(x) else x


def exact(p: Number, s: Number) -> bool:
    """Whether the partial has no excuse of rounding."""
    return isinstance(p, (int, Fraction)) and isinstance(s, Fraction)


def unit(p: Number) -> float:
    """The relative rounding error of this kind of number."""
    kind = type(p).__module__.partition(".")[0]
    if kind == "mpmath":
        import mpmath
        return max(float(mpmath.mp.eps), EPS)        # the precision in force is the checker's, not that of p
    if kind == "numpy" and not isinstance(p, float):
        import numpy
        return float(numpy.finfo(type(p)).eps) if isinstance(p, numpy.floating) else EPS
    return EPS


def coarsest(p: Number, numbers: Sequence[Number]) -> float:
    """The relative rounding error of p where an operand may be subnormal: such numbers have few digits."""
    return max([unit(p), *(min(2.0 ** -1074 / float(abs(x)), 1.0) for x in numbers
                           if 0 < abs(x) < SUBNORMAL)])


def finite(x: Number) -> bool:
    return bool(x == x and abs(x) != inf)


def check_number(z: Value, numbers: Sequence[Number], checked: Sequence[Checked],
                 right: Number | None) -> Finding | None:
    """A finding if the number of the node is not what its operation gives for its operands; right, if it is
    known."""
    if right == z.data or any(x == 0 and str(x)[0] == "-" for x in numbers):     # mpmath has no -0.0
        return None
    if not all(map(finite, [z.data, *numbers])) or not all(finite(c.slope) for c in checked):
        return None
    try:
        right = sample(TABLE[z.op].value, numbers, 0, 0) if right is None else many(right)
    except TypeError:
        return None  # a row of floats only: nothing more exact to compare with
    if right is None:
        return None
    size = math.fsum(min(rough(c.slope) * rough(x), 1e300) for c, x in zip(checked, numbers))
    if abs(many(z.data) - right) <= 256 * unit(z.data) * (size + abs(right)) + TINY:
        return None
    return Finding(call(z.op, numbers), WRONG, z.data, right,
                   why="the number of the node is not what its operation gives for its operands: was .data "
                       "changed after the forward pass, or are the operands recorded in another order")


def rough(x: Number) -> float:
    """|x| to a few digits, at least so large."""
    try:
        return abs(float(x)) * (1 + EPS)
    except OverflowError:
        return inf
