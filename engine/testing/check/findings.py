"""Reports: what check_gradients found, input by input and node by node, in sentences."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ..quantities import Number

RIGHT    = "right"
ROUNDING = "rounding"
KINK     = "kink"
OUTSIDE  = "outside the domain"
WRONG    = "WRONG"
VERDICTS = (RIGHT, ROUNDING, KINK, OUTSIDE, WRONG)       # from the best to the worst


class WrongGradient(AssertionError):
    """check_gradients found a wrong gradient; the message is the report."""


@dataclass(frozen=True)
class Finding:
    """The verdict on one slope.

    name:        the input, or the node's operation with its operands.
    verdict:     one of VERDICTS.
    given:       the slope that was checked.
    right:       what it should be; None if it has no single value.
    left, right_side: the slopes on both sides of a kink or an edge; None outside the domain.
    ulps:        the error in units of the last place of the right slope.
    allowed:     the error, in the same units, that rounding can explain here: the conditioning.
    operand:     for a node, which operand the slope belongs to, counted from 0.
    why:         a sentence, where there is more to say.
    """

    name:       str
    verdict:    str
    given:      Number = None
    right:      Number = None
    left:       Number = None
    right_side: Number = None
    ulps:       float = 0.0
    allowed:    float = 0.0
    operand:    int | None = None
    why:        str = ""

    @property
    def between(self) -> bool:
        """At a kink: whether the slope given lies between those of the two sides."""
        ends = [x for x in (self.left, self.right_side) if x is not None]
        given = self.given if not isinstance(self.given, Fraction) else float(self.given)   # as mpfs need
        return bool(ends) and bool(min(ends) <= given <= max(ends))

    @property
    def one_sided(self) -> bool:
        """Whether the slope is that of one side only, because the other has no value: the end of a domain."""
        return (self.left is None) != (self.right_side is None)

    def __str__(self) -> str:
        where = (self.name if self.operand is None else f"{self.name}, slope towards operand "
                 f"{self.operand + 1}")
        return f"{self.verdict:<9} {where}: {self.sentence()}"

    def sentence(self) -> str:
        """What was found, in words."""
        if self.verdict == WRONG and self.right is not None:
            text = f"{shown(self.given)} was given, {shown(self.right)} is right"
        elif self.verdict == ROUNDING:
            text = (f"{shown(self.given)} is {self.ulps:.3g} units of the last place from "
                    f"{shown(self.right)}; rounding explains {self.allowed:.3g}")
        elif self.verdict == KINK:
            middle = "lies between" if self.between else "does not lie between"
            text   = f"slope {shown(self.left)} on the left, {shown(self.right_side)} on the right; "
            text  += f"{shown(self.given)} {middle}"
        elif self.verdict == RIGHT:
            text = shown(self.given)
        else:
            text = ""
        return ". ".join(part for part in (text, self.why) if part)


@dataclass(frozen=True)
class Report:
    """All findings: one per input, and those of the nodes in topological order.

    print(report) says the verdicts; report.raise_if_wrong() raises if one is WRONG; as a
    condition it is true if none is, so that `assert check_gradients(f, x)` is a test.
    """

    inputs: Sequence[Finding]
    nodes:  Sequence[Finding] = field(default=(), repr=False)
    notes:  Sequence[str] = ()

    @property
    def verdict(self) -> str:
        """The worst verdict of all."""
        return max((finding.verdict for finding in (*self.inputs, *self.nodes)), key=VERDICTS.index,
                   default=RIGHT)

    @property
    def ok(self) -> bool:
        return self.verdict != WRONG

    def __bool__(self) -> bool:
        return self.ok

    @property
    def culprit(self) -> Finding | None:
        """The first node with a wrong number or slope in topological order; if they are all right, the first
        wrong gradient on the way down from the root; else the first wrong input."""
        return next((finding for finding in (*self.nodes, *self.inputs) if finding.verdict == WRONG), None)

    def raise_if_wrong(self) -> Report:
        """The report itself.

        Raises:
            WrongGradient: a verdict is WRONG.
        """
        if not self.ok:
            raise WrongGradient(f"\n{self}")
        return self

    def __str__(self) -> str:
        counts = Counter(finding.verdict for finding in self.nodes)
        lines  = [f"gradients: {self.verdict}"]
        if self.culprit is not None:
            lines.append(f"  first wrong: {str(self.culprit).removeprefix(WRONG).strip()}")
        lines += listed("inputs", self.inputs)
        if self.nodes:
            lines.append("  slopes of operations: "
                         f"{', '.join(f'{counts[v]} {v}' for v in VERDICTS if counts[v])}")
            lines += listed("", [finding for finding in self.nodes if finding.verdict != RIGHT])
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__


def listed(title: str, findings: Sequence[Finding], most: int = 12) -> list[str]:
    """The findings, worst first where they do not all fit."""
    chosen = (findings if len(findings) <= most else sorted(findings,
                                                            key=lambda f: -VERDICTS.index(f.verdict))[:most])
    lines  = [f"  {title}:"] if title and findings else []
    lines += [f"    {finding}" for finding in chosen]
    return lines + ([f"    ... and {len(findings) - most} more"] if len(findings) > most else [])


def shown(x: Number) -> str:
    """A slope as a float, or as it is if it is exact and short."""
    if x is None:
        return "no slope"
    if isinstance(x, (int, Fraction)) and len(str(x)) <= 16:
        return str(x)
    try:
        return repr(float(x))
    except OverflowError:
        return f"{'-' if x < 0 else ''}inf (beyond the largest float)"


def ulps(error: Number, right: Number) -> float:
    """An error in units of the last place of the right number."""
    try:
        return float(error / math.ulp(float(right)))
    except OverflowError:
        return math.inf
