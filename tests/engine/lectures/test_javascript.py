"""JavaScript: every row of the table in a real browser, at 1,000 points each, against the same row in Python.

    point    operands of one row: ordinary numbers, tails, kinks, the edges of the domain and beyond, 0 of both
             signs, the smallest and the largest floats, infinities and nan, and all mixed
    answer   ["value", z, slopes, shut] or ["ValueError", sentence], as texts, so that nothing is lost on the way
"""

import json
import math
import struct
from random import Random

import pytest

from engine import Value
from engine.careful import inf, nan
from engine.lectures.javascript import script
from engine.primitives import TABLE, apply
from engine.rows import Shut

POINTS   = 1000
SPECIAL  = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 0.25, 1.5, -2.5, 1e-5, 5e-324, -5e-324, 1e-300, 1e-17, -1e-17,
            20.0, -20.0, 40.0, -40.0, 709.782712893384, 709.7827128933841, 710.4758600739439, 745.2, -745.2, 1000.0,
            -1000.0, 2.0 ** 53, 2.0 ** 54, -2.0 ** 53 - 2, 1e16, 1e22, 1.7e308, -1.7e308, inf, -inf, nan]

# Where more than 2 ulp are allowed, and why.
CANCELS = {
}

CALL = """points => points.map(([op, xs]) => {
  const text = x => Object.is(x, -0) ? "-0" : String(x), n = xs.length;
  try {
    const pass = calculus.graph({ops: [...xs.map(() => ""), op], operands: [...xs.map(() => []), xs.map((x, k) => k)],
                                 data: [...xs, 0]}).forward();
    return ["value", text(pass.data[n]), Array.from(pass.partials, text), Array.from(pass.closed)];
  } catch (error) { return [error.kind || "bug", error.message]; }
})"""


def count(row):
    """The number of operands to try: two pairs for dot, two pairs and a bias for affine."""
    return {"dot": 4, "affine": 5}.get(row.name, 3) if row.nary else len(row.each)


def edges(interval):
    """The ends of a domain, and their neighbours."""
    ends = [float(x) for x in interval.strip("[]()").split(", ")] if interval != "nonzero" else [0.0]
    return [y for x in ends for y in (math.nextafter(x, -inf), x, math.nextafter(x, inf))]


def points(row):
    """POINTS tuples of operands, the same at every run."""
    rng, n = Random(row.name), count(row)
    each = [[*SPECIAL, *edges(row.domain[min(k, len(row.domain) - 1)]), *[float(kink[k % len(kink)]) for kink in row.kinks]]
            for k in range(n)]
    def drawn(k):
        return rng.choice([lambda: rng.choice(each[k]), lambda: rng.gauss(0, 1), lambda: rng.gauss(0, 10),
                           lambda: rng.uniform(0, 1), lambda: float(rng.randrange(-5, 6))])()
    first = [(x,) * n for x in each[0]]
    return [*first, *[tuple([drawn(k) for k in range(n)]) for _ in range(POINTS - len(first))]]


def python(row, xs):
    """The answer of the engine."""
    try:
        z = apply(row.name, *[Value(x) for x in xs])
    except (ArithmeticError, ValueError) as error:
        return [type(error).__name__, str(error)]
    return ["value", float(z.data), [float(s) for s in z.partials], [isinstance(s, Shut) for s in z.partials]]


def place(x):
    """The position of a float among all floats, in order; 0.0 and -0.0 are one apart."""
    bits = struct.unpack("<q", struct.pack("<d", x))[0]
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF) - 1


def ulps(a, b):
    """How many floats lie between a and b."""
    return 0 if a != a and b != b else inf if (a != a) != (b != b) else abs(place(a) - place(b))
