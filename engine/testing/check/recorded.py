"""Checks of a recorded graph: each partial against its operation's values, each gradient against the sum over
paths.

    slope      the right slope of an operation towards an operand, found from its value column
    adjoint    d(root)/d(node) at 50 digits, summed backwards over the right slopes
    bound      how far from its adjoint rounding may carry a right `.grad`
    sum        of the slopes and grads that were recorded: no conditioning excuses a `.grad` that is not it

Why the gradients are judged independently: the slopes come from values alone, the sum over
paths from a loop of this file, and the result is confirmed by moving all leaves at once and
re-evaluating every value of the graph with 50 digits (`confirmed`), in which no slope takes part.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import NamedTuple

from ...errors import call
from ...primitives import TABLE
from ...value import Constant, Value, topological_order
from ..quantities import Mpf, Number
from .oracles import OUTSIDE as DOMAIN
from .oracles import Slope, many
from .findings import KINK, OUTSIDE, RIGHT, ROUNDING, WRONG, Finding, ulps
from .slopes import EPS, TINY, Checked, check_node, finite, rough, unit

DIGITS = 50
LARGEST  = sys.float_info.max
SMALLEST = 2.0 ** -1074              # the smallest float: a product may vanish


class GraphCheck(NamedTuple):
    nodes:  list[Finding]
    inputs: list[Finding]


def recordable(root: object) -> bool:
    """Whether every node of the graph is a row of the table."""
    return isinstance(root, Value) and all(z.op in TABLE for z in topological_order(root))


def check_graph(root: Value, inputs: Sequence[Value], names: Sequence[str]) -> GraphCheck:
    """The verdicts on every partial and every number of the graph of root, and on the gradient of each
    input."""
    import mpmath
    order = topological_order(root)
    grads = gradients_given(root, order, inputs)
    with mpmath.workdps(DIGITS):
        both    = {z: check_node(z) for z in order}
        checked = {z: slopes for z, (slopes, _) in both.items()}
        nodes   = [f for slopes, wrong in both.values() for f in (wrong, *(c.finding for c in slopes)) if f]
        adjoint, bound, size = backwards(root, order, checked)
        sums   = recorded_sums(order, grads)
        kinked = any(f.verdict in (KINK, OUTSIDE) for f in nodes)
        if not any(f.verdict == WRONG for f in nodes):     # else what follows from it is no news; root first
            nodes += [f for z in reversed(order) if (f := check_adjoint(z, grads[z], adjoint, bound, sums))]
        sides  = slopes_of_sides(root, order, inputs) if kinked else {}
        found  = [check_input(x, name, grads[x], adjoint, bound, sums, sides, kinked)
                  for x, name in zip(inputs, names)]
        if not kinked and not any(f.verdict == WRONG or f.one_sided for f in nodes):
            nodes += confirmed(root, order, adjoint, size)
    return GraphCheck(nodes, found)


def gradients_given(root: Value, order: Sequence[Value], inputs: Sequence[Value]) -> dict[Value, Number]:
    """The grad of every node after root.backward(), starting from 0; the grads there were are put back."""
    nodes  = {x: x.grad for z in order for x in (z, *z.operands)} | {x: x.grad for x in (root, *inputs)}
    for x in nodes:
        x.grad = 0
    try:
        root.backward()
        return {x: x.grad for x in nodes}
    finally:
        for x, grad in nodes.items():
            x.grad = grad


def backwards(root: Value, order: Sequence[Value], checked: dict[Value, list[Checked]],
              ) -> tuple[dict[Value, Mpf], dict[Value, float], dict[Value, float]]:
    """Per node: its adjoint, the bound on the rounding of its grad, and the sum of |each path|.

    The bound is a running error analysis: a product p*g is off by |p| times what g is off, by
    |g| times the known error of p, and by its own rounding; a sum by the rounding of its parts.
    """
    zero = many(0)
    eps  = max([EPS, *(unit(z.data) for z in order)])
    adjoint: dict[Value, Mpf] = {root: many(1)}
    bound, size = {root: 0.0}, {root: 1.0}
    for z in reversed(order):
        g, e, a = adjoint[z], bound[z], size[z]
        reach = rough(g) + e
        for x, (slope, _, error) in zip(z.operands, checked[z]):
            if type(x) is Constant:
                continue
            steep = rough(slope)
            before, part = adjoint.get(x, zero), slope * g
            adjoint[x] = before + part
            rounding   = 4 * eps * (steep * rough(g) + rough(before))
            bound[x]   = bound.get(x, 0.0) + steep * e + reach * error + rounding + TINY
            size[x]    = size.get(x, 0.0) + steep * a
    return adjoint, bound, size


class Sum(NamedTuple):
    """Slopes times grads, summed: exactly; as floats; and how far rounding took these, step by step."""

    exact:    Mpf
    number:   Number
    rounding: Mpf

    def admits(self, grad: Number) -> bool:
        """Whether this can be the sum; of an mpf nobody knows by how many digits it was rounded."""
        if not isinstance(self.number, (float, int, Fraction)) or not finite(self.number):
            return True
        return bool(abs(many(grad) - self.exact) <= 2 * self.rounding + SMALLEST)


def recorded_sums(order: Sequence[Value], grads: dict[Value, Number] | None = None) -> dict[Value, Sum]:
    """Per operand: the sum over its uses, of the slopes recorded and the grads given, or else summed here."""
    zero = Sum(many(0), 0, many(0))
    sums: dict[Value, Sum] = {}
    for z in reversed(order):
        grad = grads[z] if grads is not None else sums[z].number if z in sums else 1
        for x, p in zip(z.operands, z.partials):
            before = sums.get(x, zero)
            part   = p * grad
            number = before.number + part
            if not finite(number):
                sums[x] = Sum(before.exact, number, before.rounding)
                continue
            exact   = many(p) * many(grad)
            rounded = abs(many(part) - exact) + abs(many(number) - many(before.number) - many(part))
            sums[x] = Sum(before.exact + exact, number, before.rounding + rounded)
    return sums


def check_adjoint(z: Value, grad: Number, adjoint: dict[Value, Mpf], bound: dict[Value, float],
                  sums: dict[Value, Sum]) -> Finding | None:
    """A finding if the grad of an inner node is not its adjoint: the sum over its uses went wrong."""
    right = adjoint[z]
    if not finite(right) or not finite(grad) or abs(right) > 1e300:
        return None
    if abs(many(grad) - right) <= bound[z] and (z not in sums or sums[z].admits(grad)):
        return None
    return Finding(f"grad of {call(z.op, [x.data for x in z.operands])}", WRONG, grad, right,
                   ulps=ulps(abs(many(grad) - right), right), allowed=ulps(bound[z], right),
                   why="the gradient of a node is the sum over all nodes that use it, each counted once per "
                       "use")


def check_input(x: Value, name: str, grad: Number, adjoint: dict[Value, Mpf], bound: dict[Value, float],
                sums: dict[Value, Sum], sides: dict[Value, Slope], kinked: bool) -> Finding:
    """The verdict on the gradient of one input."""
    right: Mpf = adjoint.get(x, many(0))
    allowed = bound.get(x, 0.0)
    s = sides.get(x)
    if not finite(right) or not finite(grad):
        return check_infinite(name, grad, right, adjoint, kinked)
    error = abs(many(grad) - right)
    away  = ulps(error, right)
    if error > allowed and not (isinstance(grad, Fraction) and error < many(10) ** -30 * (1 + abs(right))):
        return Finding(name, WRONG, grad, right, ulps=away, allowed=ulps(allowed, right))
    if x in sums and not sums[x].admits(grad):
        return Finding(name, WRONG, grad, right, ulps=away, allowed=ulps(allowed, right),
                       why=f"the slopes that were recorded add up to {float(sums[x].exact)!r}")
    if s is not None and not agrees(s, right):
        finding = Finding(name, KINK, grad, None, s.left, s.right, ulps=away)
        together = "the slope chosen at each kink is allowed, together they leave the range"
        return finding if finding.between else replace(finding, why=together)
    verdict = RIGHT if away <= 4 else ROUNDING
    return Finding(name, verdict, grad, right, ulps=away, allowed=ulps(allowed, right))


def check_infinite(name: str, grad: Number, right: Mpf, adjoint: dict[Value, Mpf], kinked: bool) -> Finding:
    """The verdict on a gradient that is infinite or unknown, or should be: wrong if nothing on the way
    explains it."""
    overflow = any(finite(a) and abs(a) > LARGEST for a in adjoint.values())
    if finite(right) and abs(right) < 1e300 and not kinked and not overflow:
        return Finding(name, WRONG, grad, right)
    return Finding(name, OUTSIDE, grad, None, why=f"{grad!r}: a slope on the way is infinite or undefined")


def agrees(s: Slope, right: Mpf) -> bool:
    """Whether f is smooth along this input and has the slope that the graph gives."""
    return s.smooth and abs(s.left - right) <= 1e-12 * (abs(right) + 1)


# --- moving the leaves -------------------------------------------------------------------------------

def replay(order: Sequence[Value], leaves: dict[Value, Mpf], offsets: dict[Value, Mpf]) -> dict[Value, Mpf]:
    """Every value of the graph again, in mpmath, from other leaves; offsets are the roundings of the recorded
    run."""
    values = dict(leaves)
    for z in order:
        xs = [values[x] if x in values else many(x.data) for x in z.operands]
        values[z] = many(TABLE[z.op].value(*xs)) + offsets.get(z, 0)
    return values


def roundings(order: Sequence[Value]) -> dict[Value, Mpf]:
    """The recorded number of each node minus the exact one for its recorded operands.

    Raises:
        TypeError: a row answers in floats, not in mpmath's numbers: nothing exact can be had from it.
    """
    found = {}
    for z in order:
        exact = TABLE[z.op].value(*[many(x.data) for x in z.operands])
        if isinstance(exact, float):
            raise TypeError(f"the row {z.op!r} answers in floats, not in mpmath's numbers")
        found[z] = many(z.data) - many(exact)
    return found


def confirmed(root: Value, order: Sequence[Value], adjoint: dict[Value, Mpf],
              size: dict[Value, float]) -> list[Finding]:
    """Nothing if the slope along a random direction, measured on values, is what the adjoints say.

    The roundings of the recorded run are kept as constants, so that both sides are slopes of the
    same function at the same point, however badly conditioned.
    """
    import mpmath
    if not order or not all(map(finite, [*(z.data for z in order), *adjoint.values()])):
        return []
    moves  = random_moves(order)
    digits = digits_of_replay(order, moves)
    if digits > 1500:                                        # numbers near 1e+-300: the digits would not end
        return []
    right = sum((move * adjoint[x] for x, move in moves.items()), many(0))
    scale = sum((abs(move) * size[x] for x, move in moves.items()), many(0))
    small = smallest_number([*moves, *order])
    for finer in (0, 160, 640):                              # a steep graph asks for a smaller step
        with mpmath.workdps(digits + 2 * finer):
            h = small * many(10) ** (-40 - finer)
            try:
                slope = along(root, order, moves, h)
            except (TypeError, *DOMAIN):
                return []                                # a row of floats only, or an edge
            noise = max(size[x] * abs(many(x.data)) for x in (*moves, *order)) / h
        noise = noise * many(10) ** (20 - digits - 2 * finer) + h
        if not finite(slope) or abs(slope - right) <= many(10) ** -12 * scale + noise + TINY:
            return []
    return [Finding("the graph as a whole", WRONG, right, slope,
                    why="the value does not move as its slopes say when all leaves are moved at once")]


def random_moves(order: Sequence[Value]) -> dict[Value, Mpf]:
    """A random direction, the same every time: how far each leaf of the graph is moved."""
    rng  = Random(0)
    used = dict.fromkeys(x for z in order for x in z.operands if not x.op and type(x) is not Constant)
    return {x: many(rng.uniform(0.5, 1.5) * rng.choice((-1, 1))) for x in used}


def smallest_number(nodes: Iterable[Value]) -> Mpf:
    """The smallest size of their numbers but 0; 1 if none is smaller."""
    return min([many(1), *(size for x in nodes if (size := abs(many(x.data))) > 0)])


def digits_of_replay(order: Sequence[Value], moves: dict[Value, Mpf]) -> int:
    """How many digits show a step of the smallest number beside the largest."""
    sizes = [abs(many(x.data)) for x in (*moves, *order)]
    return 150 + 2 * max(abs(math.frexp(float(x))[1]) for x in (*sizes, smallest_number([*moves, *order])))


def along(root: Value, order: Sequence[Value], moves: dict[Value, Mpf], h: Mpf) -> Mpf:
    """The slope of root along a direction, from two replays."""
    offsets  = roundings(order)
    up, down = ({x: many(x.data) + sign * h * move for x, move in moves.items()} for sign in (1, -1))
    return (replay(order, up, offsets)[root] - replay(order, down, offsets)[root]) / (2 * h)


def slopes_of_sides(root: Value, order: Sequence[Value], inputs: Sequence[Value],
                    budget: int = 20000) -> dict[Value, Slope]:
    """For each input, the slopes of root on both sides, by replay; none if the graph is too large for
    that."""
    import mpmath
    if len(order) * len(inputs) > budget:
        return {}
    found = {}
    with mpmath.workdps(150):
        try:
            offsets = roundings(order)
        except (TypeError, *DOMAIN):
            return {}
        for x in inputs:
            found[x] = Slope(*(one_side(root, order, x, sign, offsets) for sign in (-1, 1)))
    return {x: Slope(s.left, s.left) if s.left is not None and s.right is not None
            and abs(s.left - s.right) <= 1e-12 * (abs(s.left) + abs(s.right)) else s
            for x, s in found.items()}


def one_side(root: Value, order: Sequence[Value], x: Value, sign: int, offsets: dict[Value, Mpf]) -> Mpf:
    step = sign * many(10) ** -40 * (min(1, abs(many(x.data))) or 1)
    try:
        near, far = (replay(order, {x: many(x.data) + k * step}, offsets)[root] for k in (1, 2))
        return (far - near) / step
    except (TypeError, *DOMAIN):
        return None
