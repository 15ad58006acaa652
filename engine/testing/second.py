"""Checks of second derivatives: the engine's Hessian against second differences of f's values at 50 digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..derivatives import flat, hessian, like
from ..value import Value, number
from .oracles import OUTSIDE as DOMAIN
from .oracles import many
from .reports import KINK, OUTSIDE, RIGHT, ROUNDING, WRONG, Finding, Report, ulps

DIGITS = 160
MOST   = 24                             # inputs; the check takes 4 evaluations per pair


def check_second(f: Callable[..., Any], inputs: Sequence[Any], names: Sequence[str], report: Report) -> Report:
    """The report, with a finding for each d2f/dx_i dx_j, i <= j.

    Raises:
        ValueError: there are more than MOST inputs.
    """
    xs = [number(x) for x in flat(list(inputs))]
    if len(xs) > MOST:
        raise ValueError(f"order=2 compares every pair of inputs, and {len(xs)} inputs are more than {MOST}: "
                         "check a part of them, the others fixed inside f")
    if any(finding.verdict in (KINK, OUTSIDE) for finding in report.nodes):
        note = "a kink or an edge on the way: no second derivative to compare with"
        return Report(report.inputs, report.nodes, [*report.notes, note])
    shape = [like(x, iter(flat(x))) for x in inputs]
    given = hessian(f)(*[like(x, map(number, iter(flat(x)))) for x in shape])
    try:
        right = second_differences(f, shape, xs)
    except (TypeError, *DOMAIN) as error:
        note = f"no second derivative to compare with: {type(error).__name__}: {error}"
        return Report(report.inputs, report.nodes, [*report.notes, note])
    pairs = [(i, j) for i in range(len(xs)) for j in range(len(xs)) if i <= j or given[i][j] != given[j][i]]
    found = [judge(f"d2/d{names[i]} d{names[j]}", given[i][j], right[i][j], right, i, j) for i, j in pairs]
    return Report([*report.inputs, *found], report.nodes, report.notes)


def second_differences(f: Callable[..., Any], shape: Sequence[Any], xs: Sequence[Any]) -> list[list[Any]]:
    """H[i][j] = (f(+,+) - f(+,-) - f(-,+) + f(-,-)) / 4h^2.

    Raises:
        TypeError: f answers in floats, not in mpmath's numbers.
    """
    import mpmath
    with mpmath.workdps(DIGITS):
        steps = [many(10) ** -40 * (min(1, abs(many(x))) or 1) for x in xs]

        def at(i: int, a: int, j: int, b: int) -> Any:
            ys = [many(x) for x in xs]
            ys[i] += a * steps[i]
            ys[j] += b * steps[j]
            items = iter([Value(y) for y in ys])
            z = number(f(*[like(x, items) for x in shape]))
            if isinstance(z, float):
                raise TypeError("the function answers in floats, not in mpmath's numbers")
            return many(z)

        def entry(i: int, j: int) -> Any:
            corners = at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)
            return corners / (4 * steps[i] * steps[j])

        return [[entry(i, j) for j in range(len(xs))] for i in range(len(xs))]


def judge(name: str, given: Any, right: Any, hessian: Sequence[Sequence[Any]], i: int, j: int) -> Finding:
    """The verdict on one entry; what it can lose to rounding is measured by its row and column."""
    if given != given or abs(given) == float("inf"):
        return Finding(name, WRONG, given, right)
    around  = max([abs(h) for h in (*hessian[i], *(row[j] for row in hessian))] + [abs(right)])
    error   = abs(many(given) - right)
    allowed = around * 2.0 ** -36 + 1e-300
    exact   = ulps(error, right) <= 4 or error <= many(10) ** -25 * around
    return Finding(name, RIGHT if exact else ROUNDING if error <= allowed else WRONG, given, right,
                   ulps=ulps(error, right), allowed=ulps(allowed, right))
