"""The wing of the table: the right engine with every operation that only a row gives, each with one mistake.

Nobody writes these exhibits: a row that is entered in the calculus table hangs here as well.

    visit("sign")       the Report on an engine that turns the slope of each of them around
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from ...libraries import Quantity
from ...primitives import TABLE
from ..conformance.attempts import Engine
from ..conformance.reports import Report
from ..conformance.running import conformance
from ..random_programs.derived import DERIVED
from ..random_programs.rules import Operation


class Slip(NamedTuple):
    """What is done to each slope, and the words of the sentence that names it."""

    change: Callable[[float], float]
    says:   str


SLIPS = {
    "sign":     Slip(lambda slope: -slope, "has slopes with the wrong sign"),
    "detached": Slip(lambda slope: 0.0,    "is detached"),
}

# The methods; of operators and functions there is one form each, and nothing else to see. A step has slope 0
# on either side, which no sign and no factor changes.
HUNG = [op for op, operation in DERIVED.items() if operation.special == op and not TABLE[op].flat]


def mistaken(right: Engine, slip: Slip) -> Engine:
    """A class with the operations as methods, each with the slip."""
    methods = {op: method(DERIVED[op], slip) for op in HUNG}
    kind: Engine = type("Value", (right,), {**methods, "__module__": right.__module__})
    return kind


def method(operation: Operation, slip: Slip) -> Callable[..., Quantity]:
    def apply(*operands: Quantity) -> Quantity:
        xs = [x.data for x in operands]
        slopes = [slip.change(s) for s in operation.slopes(math, *xs)]
        return type(operands[0])(operation.value(math, *xs), operands, slopes)
    return apply


def visit(right: Engine, name: str) -> Report:
    """What the suite says of an engine with that slip in every operation of the wing."""
    return conformance(mistaken(right, SLIPS[name]), only="arithmetic: x.")


def named(report: Report, name: str) -> list[str]:
    """The sentences of the report that name the slip, each with its operation."""
    return [finding.sentence for _, finding in report.findings if SLIPS[name].says in finding.sentence]
