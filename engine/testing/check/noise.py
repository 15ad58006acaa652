"""How far rounding has carried the numbers of a recorded graph: measured node by node, not guessed.

    own rounding    the number of a node minus what its operation gives for its recorded operands
    noise           its own rounding, and what it inherits from its operands through its slopes
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Sequence

from ...primitives import TABLE, apply
from ...rows import partials_as_values
from ...value import Value, number, topological_order
from ..quantities import Mpf, Number
from .oracles import OUTSIDE as DOMAIN
from .oracles import many, nearest_feature, sample

ULP    = 2.0 ** -52
DIVISIONS, PRODUCTS = ("/", "over"), ("*", "dot", "affine")


def digits(nodes: Iterable[Value]) -> int:
    """How many digits tell the rounding of these nodes: 50, and those down to the nearest feature."""
    import mpmath
    gaps = [nearest_feature([x.data for x in z.operands if finite(x.data)]) for z in nodes]
    return 50 + max([0, *(-int(mpmath.log10(gap)) for gap in gaps)])


def noises(outputs: Iterable[Value], known: dict[Value, Mpf]) -> dict[Value, Mpf]:
    """A bound on the noise of every node that the outputs are made from, as mpfs; infinite after an overflow.

    known: the noise of nodes that are taken as they are, whatever they were made from.
    """
    found = dict(known)
    exact = {x.data for x in known}
    for output in outputs:
        for z in topological_order(output):
            if z not in found:
                noise    = [found[x] if x in found else coarse(x, exact) for x in z.operands]
                found[z] = own_rounding(z) + inherited(z, noise)
    return found


def noise_of_slope(op: str, numbers: Sequence[Number], i: int) -> Mpf:
    """The noise of the slope of an operation towards operand i; infinite if Values have no such slope."""
    import mpmath
    if any(type(x).__module__.startswith("mpmath") for x in numbers):
        return many(math.inf)                            # nobody knows by how many digits an mpf was rounded
    try:
        z      = apply(op, *map(Value, numbers))
        slopes = partials_as_values(z)
    except (TypeError, *DOMAIN):                         # a slope of floats only, or one that is nan there
        return many(math.inf)
    with mpmath.workdps(digits([z])):
        known = {x: many(0) for x in z.operands} | {z: own_rounding(z)}
        p     = slopes[i]
        return noises([p], known)[p] if isinstance(p, Value) and p.op else known.get(p, coarse(p, numbers))


def own_rounding(z: Value) -> Mpf:
    """How far the number of z is from what its operation gives: 0 at a pole, infinite if it overflowed."""
    numbers = [x.data for x in z.operands]
    if not all(map(finite, numbers)):
        return many(0)
    try:
        right = sample(TABLE[z.op].value, numbers, 0, 0)
    except TypeError:                                    # a row of floats only: nothing more exact is known
        return 4 * ULP * abs(many(z.data)) if finite(z.data) else many(0)
    if right is None:
        return many(0)
    return abs(many(z.data) - right) if finite(z.data) else many(math.inf)


def coarse(x: Number, exact: Container[Number]) -> Mpf:
    """The noise of a number in a slope: ln 2 may be rounded; 2, 0.5 and what was recorded are not."""
    data  = number(x)
    short = not isinstance(data, float) or not finite(data) or data * 1024 % 1 == 0
    return many(0) if type(x) is Value or short or data in exact else 4 * ULP * abs(many(data))


def inherited(z: Value, noise: Sequence[Mpf]) -> Mpf:
    """What the noise of the operands does to z: two may meet in a product, a divisor may be nothing else."""
    if not any(noise):
        return many(0)
    if z.op in DIVISIONS:
        left = rough(z.operands[1].data) - noise[1]
        return (noise[0] + times(rough(z.data), noise[1])) / left if left > 0 else many(math.inf)
    carried = sum((times(rough(p), e) for p, e in zip(z.partials, noise)), many(0))
    if z.op in PRODUCTS:
        half = len(noise) // 2
        carried += sum((times(a, b) for a, b in zip(noise[:half], noise[half:])), many(0))
    return carried


def times(a: Mpf, b: Mpf) -> Mpf:
    """a * b, where 0 wins over infinity."""
    return a * b if a and b else many(0)


def rough(x: Number) -> Mpf:
    """|x| as an mpf; infinite where it is unknown."""
    return abs(many(x)) if x == x else many(math.inf)


def finite(x: Number) -> bool:
    return bool(x == x and abs(x) != math.inf)
