"""Checks of second derivatives: the engine's Hessian against second differences of the recorded values.

    given     an entry that the engine gives
    right     the same entry from values alone, and what it still moves by when the differences are refined
    noise     how far rounding has carried the numbers that the engine made the entry of, as measured

The differences replay the graph that f recorded, with its roundings kept as constants. So both
sides speak of one point, however badly conditioned the way there was, and f meets only numbers
of its own kind. An entry is WRONG if it is further from the right one than its noise explains,
or further from the sum of the recorded slopes than that sum can be rounded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from ...derivatives import flat, grad, gradients, hessian, like
from ...errors import call
from ...libraries import Quantity
from ...primitives import TABLE, apply
from ...value import Constant, Value, node, number, topological_order
from ..quantities import Function, Mpf, Number
from .noise import digits, finite, noises, own_rounding
from .oracles import OUTSIDE as DOMAIN
from .oracles import many, nearest_feature
from .recorded import LARGEST, Sum, recordable, recorded_sums, replay, roundings
from .findings import KINK, OUTSIDE, RIGHT, ROUNDING, WRONG, Finding, Report, ulps

DIGITS  = 160                           # of the first differences; a quarter of them is the step
ROUNDS  = 5                             # of differences, each with twice as many digits
NOISY   = 2.0 ** 12                     # units of the last place; in so much noise a wrong row could hide
MOST    = 24                            # inputs; a round takes 4 evaluations per pair


class Trace(NamedTuple):
    """f on variables, recorded: its value, the variables, the nodes in order, and its slopes as graphs."""

    root:   Quantity
    leaves: list[Value]
    order:  list[Value]
    slopes: list[Quantity]


class Entry(NamedTuple):
    """d2f/dx_i dx_j from values alone, known to within error: infinite if the differences do not settle."""

    right: Mpf
    error: Mpf


def check_second(f: Function, inputs: Sequence[Quantity], names: Sequence[str],
                 report: Report) -> Report:
    """The report, with a finding for each d2f/dx_i dx_j, i <= j.

    Raises:
        ValueError: there are more than MOST inputs.
    """
    xs = [number(x) for x in flat(list(inputs))]
    if len(xs) > MOST:
        raise ValueError(f"order=2 compares every pair of inputs, and {len(xs)} inputs are more than {MOST}: "
                         "check a part of them, the others fixed inside f")
    if any(f.verdict in (KINK, OUTSIDE) or f.one_sided for f in (*report.nodes, *report.inputs)):
        return noted(report, "a kink or an edge on the way")
    shape = [like(x, iter(flat(x))) for x in inputs]
    try:
        given = hessian(f)(*[like(x, map(number, iter(flat(x)))) for x in shape])
        trace = traced(f, shape, xs)
    except ArithmeticError as error:
        why = f"{type(error).__name__}: {error}"
        return Report([*report.inputs, Finding("the Hessian", OUTSIDE, why=why)], report.nodes, report.notes)
    if not recordable(trace.root):
        return noted(report, "f recorded no graph of operations in the table")
    used = {x for z in trace.order for x in z.operands}
    if any(x not in used and slope.given for x, slope in zip(trace.leaves, report.inputs)):
        return noted(report, "f computes with Values from elsewhere, not with those it is given")
    try:
        right = second_differences(trace, given)
    except (TypeError, *DOMAIN) as error:
        return noted(report, f"{type(error).__name__}: {error}")
    found = judged(trace, given, right, names)
    rows  = check_rows(trace.order) if any(f.allowed > NOISY or f.verdict == WRONG for f in found) else []
    return Report([*report.inputs, *found], [*report.nodes, *rows], report.notes)


def noted(report: Report, why: str) -> Report:
    """The report as it is, and why it has no more to say."""
    note = f"no second derivative to compare with: {why}"
    return Report(report.inputs, report.nodes, [*report.notes, note])


def traced(f: Function, shape: Sequence[Quantity], xs: Sequence[Number]) -> Trace:
    """The gradient once more, of Values: graphs that hold every number which it was computed by."""
    roots, leaves = [], [Value(x) for x in xs]

    def recorded(*ys: Quantity) -> Quantity:
        roots.append(f(*ys))
        return roots[-1]

    stream = iter(leaves)
    slopes = grad(recorded)(*[like(x, stream) for x in shape])
    order  = topological_order(roots[0]) if isinstance(roots[0], Value) else []
    return Trace(roots[0], leaves, order, flat(slopes if len(shape) == 1 else list(slopes)))


# --- what is right -----------------------------------------------------------------------------------

def second_differences(trace: Trace, given: Sequence[Sequence[Number]]) -> dict[tuple[int, int], Entry]:
    """Every entry, i <= j, by differences that are refined until they settle.

    Raises:
        TypeError: a row answers in floats, not in mpmath's numbers.
        ValueError, ArithmeticError: the point lies at an edge of the domain.
    """
    import mpmath
    n      = len(trace.leaves)
    open_  = [(i, j) for i in range(n) for j in range(i, n)]
    coarse: dict[tuple[int, int], Mpf] = {}
    found: dict[tuple[int, int], Entry] = {}
    with mpmath.workdps(DIGITS):
        scale  = smallest_step(trace)
        widest = max([many(1), *(abs(many(z.data)) for z in trace.order if finite(z.data))])
        spread = int(mpmath.log10(widest / scale ** 2))
    for k in range(ROUNDS):
        if not open_:
            break
        with mpmath.workdps(DIGITS * 2 ** k + spread):
            h     = scale * many(10) ** (-DIGITS * 2 ** k // 4)
            fine  = differences(trace, open_, h)
            floor = widest * mpmath.mp.eps * 10 ** 10 / h ** 2     # below it, the digits themselves end
            for i, j in open_:
                largest     = max(rough(given[i][j]), rough(given[j][i]))
                found[i, j] = settled(coarse.get((i, j)), fine[i, j], floor, largest)
        open_, coarse = [pair for pair in open_ if found[pair].error == math.inf], fine
    return found


def smallest_step(trace: Trace) -> Mpf:
    """A step of the leaves that takes no node past its next feature: a kink, 0, another operand.

    How fast the nodes move is taken from the recorded slopes. They choose the step, and have no say in the
    result.
    """
    step  = many(1)
    speed = {x: many(1) for x in trace.leaves}
    for z in trace.order:
        fastest  = max([many(1), *(speed.get(x, many(0)) for x in z.operands)])
        step     = min(step, nearest_feature([x.data for x in z.operands if finite(x.data)]) / fastest)
        speed[z] = sum((rough(p) * speed.get(x, 0) for x, p in zip(z.operands, z.partials)), many(0))
    return step


def rough(x: Number) -> Mpf:
    return abs(many(x)) if finite(x) else many(0)


def settled(coarse: Mpf, fine: Mpf, floor: Mpf, given: Mpf) -> Entry:
    """What two rounds of differences know together.

    Where the right entry is 0, they are noise that vanishes with the step: 1e-82, then 1e-162. A given
    entry that is not 0 asks them to vanish beside it.
    """
    if coarse is None:
        return Entry(fine, many(math.inf))
    moved, most = abs(fine - coarse) + floor, abs(fine) + floor
    if moved <= many(10) ** -20 * abs(fine):
        return Entry(fine, moved)
    vanished = abs(fine) <= max(floor, many(10) ** -30 * abs(coarse))
    if vanished and (not given or most <= many(10) ** -20 * given):
        return Entry(many(0), most)
    return Entry(fine, many(math.inf))


def differences(trace: Trace, pairs: Sequence[tuple[int, int]], h: Mpf) -> dict[tuple[int, int], Mpf]:
    """H[i][j] = (f(+,+) - f(+,-) - f(-,+) + f(-,-)) / 4h^2, with the roundings of the recorded run kept."""
    offsets = roundings(trace.order)

    def at(i: int, a: int, j: int, b: int) -> Mpf:
        moved = {x: many(x.data) for x in trace.leaves}
        moved[trace.leaves[i]] += a * h
        moved[trace.leaves[j]] += b * h
        return replay(trace.order, moved, offsets)[trace.root]

    return {(i, j): (at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)) / (4 * h * h)
            for i, j in pairs}


# --- the verdicts ------------------------------------------------------------------------------------

def judged(trace: Trace, given: Sequence[Sequence[Number]], right: dict[tuple[int, int], Entry],
           names: Sequence[str]) -> list[Finding]:
    """A finding per entry; also for those below the diagonal, where they differ from their mirror image."""
    import mpmath
    n     = len(names)
    pairs = [(i, j) for i in range(n) for j in range(n) if i <= j or given[i][j] != given[j][i]]
    again, twins = hessian_again(trace)                      # (at the precision of the caller)
    with mpmath.workdps(digits(trace.order)):
        known = {x: many(0) for z in trace.order for x in (*z.operands, z)}
        known |= {twin: own_rounding(z) for z, twin in twins.items()}
        noise = noises([h for row in again for h in row if isinstance(h, Value)], known)
        sums  = [recorded_sums(topological_order(z)) if isinstance(z, Value) else {} for z in trace.slopes]
        return [judge(f"d2/d{names[i]} d{names[j]}", given[i][j], right[min(i, j), max(i, j)],
                      noise.get(again[i][j], many(0)), sums[i].get(trace.leaves[j])) for i, j in pairs]


def hessian_again(trace: Trace) -> tuple[list[list[Quantity]], dict[Value, Value]]:
    """The Hessian as a graph in which the numbers of f count as exact, and the twins of its nodes.

    The slopes are wanted at the recorded point, so the rounding of its numbers is no error. Only where a
    slope is written with the output of its own operation, as exp' = z is, does the rounding of that
    output count: there the slope reads its twin.
    """
    twins  = {z: node(z.data, "identity", (z,), (1,)) for z in trace.order}
    slopes: dict[Value, Quantity] = {trace.root: 1}
    for z in reversed(trace.order):
        for x, p in zip(z.operands, TABLE[z.op].slopes_of(twins[z], z.operands, z.operands)):
            slopes[x] = slopes[x] + p * slopes[z] if x in slopes else p * slopes[z]
    return [gradients(slopes.get(x, 0), trace.leaves, create_graph=True) for x in trace.leaves], twins


def judge(name: str, given: Number, entry: Entry, noise: Mpf, recorded: Sum | None) -> Finding:
    """The verdict on one entry: by its distance from the right one, against its own noise.

    recorded: what the slopes that were recorded add up to. However noisy they are, their sum is no excuse.
    """
    if entry.error == math.inf:
        return Finding(name, OUTSIDE, given, why="the differences do not settle: a kink or edge is too near")
    if not finite(given):
        beyond  = given == given and abs(entry.right) > LARGEST and (given > 0) == (entry.right > 0)
        verdict = OUTSIDE if beyond or noise == math.inf else WRONG
        why     = "it, or a number on the way, is beyond the largest float" if verdict == OUTSIDE else ""
        return Finding(name, verdict, given, entry.right, why=why)
    error   = abs(many(given) - entry.right)
    away    = ulps(error, entry.right)
    known   = entry.error + many(10) ** -40 * abs(entry.right)                   # what 50 digits hold of it
    allowed = 2 * noise + known
    if recorded is not None and not recorded.admits(given):
        allowed = known
    exact   = error <= known or (away <= 4 and not isinstance(given, (int, Fraction)))
    return Finding(name, RIGHT if exact else ROUNDING if error <= allowed else WRONG, given, entry.right,
                   ulps=away, allowed=ulps(allowed, entry.right))


# --- the rows, one by one ----------------------------------------------------------------------------

def check_rows(order: Sequence[Value]) -> list[Finding]:
    """A finding for each second derivative of an operation that is wrong at so many digits that noise is
    none."""
    import mpmath
    found = {}
    for z in order:
        varied = [k for k, x in enumerate(z.operands) if type(x) is not Constant]
        name   = call(z.op, [x.data for x in z.operands])
        if name not in found and len(varied) <= MOST:
            with mpmath.workdps(2 * digits([z])):
                found[name] = check_row(z, varied, name)
    return [finding for wrong in found.values() for finding in wrong]


def check_row(z: Value, varied: Sequence[int], name: str) -> list[Finding]:
    """What is wrong with the second derivatives of one operation, by the operands that vary."""
    def f(*ys: Quantity) -> Quantity:
        moved = dict(zip(varied, ys))
        return apply(z.op, *[moved.get(k, x.data) for k, x in enumerate(z.operands)])

    xs = [many(z.operands[k].data) for k in varied]
    try:
        trace = traced(f, xs, xs)
        given = [gradients(slope, trace.leaves) for slope in trace.slopes]
        found = judged(trace, given, second_differences(trace, given), [f"x{k + 1}" for k in varied])
    except (TypeError, *DOMAIN):
        return []                                        # a row of floats only, or an edge
    return [replace(finding, name=f"{name}, {finding.name}") for finding in found if finding.verdict == WRONG]
