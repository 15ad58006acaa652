"""explain_nan: where did the nan come from? The first node that became nan or infinite, and the usual cause.

    >>> from engine import Value
    >>> from engine.testing import explain_nan
    >>> x = Value(0.0, "x")
    >>> print(explain_nan((x * x).sqrt()))
    The slope of sqrt(0.0) towards its operand is inf.
      path:  x = 0.0  ->  * = 0.0  ->  sqrt = 0.0
      cause: the slope of a root is infinite at 0, and inf * 0 is nan: write sqrt(x + 1e-12)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import call
from ..primitives import TABLE
from ..value import Constant, Number, Value, topological_order

CAUSES = {
    "/":    "a quotient by 0, or by a number so small that it overflows: keep the divisor away from 0",
    "*":    "a product beyond 1.8e308, or 0 * inf: numbers grow from layer to layer; use smaller initial "
            "weights, a smaller learning rate, or clip gradients",
    "-":    "inf - inf: look for the first inf above; logsumexp and bce_with_logits subtract before they "
            "overflow",
    "+":    "a sum beyond 1.8e308, or inf - inf: the summands grew too large",
    "**":   "a power of 0 below 1 has an infinite slope, and so has a negative exponent at 0: add 1e-12 to "
            "the base",
    "exp":  "exp of more than 709 overflows: subtract the largest exponent first, as softmax does",
    "log":  "log of a number that reached 0: use log_sigmoid, a loss from logits, or clamp(x, 1e-12)",
    "sqrt": "the slope of a root is infinite at 0, and inf * 0 is nan: write sqrt(x + 1e-12)",
    "asin": "the slope is infinite at -1 and 1: clamp the operand to a little less",
    "acos": "the slope is infinite at -1 and 1: clamp the operand to a little less",
    "atan2": "atan2 has no slope at (0, 0): keep one operand away from 0",
    "leaf": "the number was not finite before any operation: check the data, or the update that wrote this "
            "weight (a learning rate too large is the usual cause)",
    "gradient": "every value and slope is finite, but their product along the path overflows: gradients "
                "explode; use smaller initial weights, fewer steps in a chain, or clip gradients",
}
CAUSES |= {op: CAUSES["*"] for op in ("dot", "affine", "total")}
OTHER = "an operand at the edge of the operation's domain, or beyond the largest float"


@dataclass(frozen=True)
class NanReport:
    """The first node that is not finite.

    what:      a sentence: the value, the slope or the gradient that is nan or infinite.
    node:      the Value; None if there is nothing to explain.
    path:      from a leaf to the node, through the operand that is to blame, or the largest one.
    cause:     what usually causes it, and what to write instead.
    """

    what:  str
    node:  Value | None = None
    path:  Sequence[Value] = ()
    cause: str = ""

    def __bool__(self) -> bool:
        """Whether something is not finite."""
        return self.node is not None

    def __str__(self) -> str:
        if self.node is None:
            return self.what
        return (f"{self.what}\n  path:  {'  ->  '.join(map(named, shortened(self.path)))}\n  cause: "
                f"{self.cause}")

    __repr__ = __str__


def explain_nan(loss: Value) -> NanReport:
    """The first value, else slope, else gradient of the graph of loss that is nan or infinite.

    No `.grad` is read or written: the gradients are computed anew.

    Raises:
        TypeError: loss is not a Value.
    """
    if not isinstance(loss, Value):
        raise TypeError(f"explain_nan needs the Value that the graph ends in, and got {type(loss).__name__} "
                        f"{loss!r:.60}: pass the loss itself, not loss.data")
    order = topological_order(loss)
    return first_value(loss, order) or first_slope(order) or first_gradient(loss, order) or NanReport(
        "All values, slopes and gradients are finite.")


def first_value(loss: Value, order: Sequence[Value]) -> NanReport | None:
    """The first leaf, else the first node, that is not finite."""
    for z in order or [loss]:
        for x in z.operands or [z]:
            if not x.op and type(x) is not Constant and not finite(x.data):
                return NanReport(f"The leaf {named(x)} is not finite.", x, [x], CAUSES["leaf"])
        if not finite(z.data):
            return NanReport(f"{written(z)} is {z.data!r}.", z, path_to(z), CAUSES.get(z.op, OTHER))
    return None


def first_slope(order: Sequence[Value]) -> NanReport | None:
    for z in order:
        for k, (x, p) in enumerate(zip(z.operands, z.partials), 1):
            if type(x) is not Constant and not finite(p):
                which = "its operand" if len(z.operands) == 1 else f"operand {k}"
                what  = f"The slope of {written(z)} towards {which} is {p!r}."
                return NanReport(what, z, path_to(z, x), CAUSES.get(z.op, OTHER))
    return None


def first_gradient(loss: Value, order: Sequence[Value]) -> NanReport | None:
    """The first node, seen from the loss, whose gradient is not finite."""
    slopes: dict[Value, Number] = {loss: 1}
    for z in reversed(order):
        for x, p in zip(z.operands, z.partials):
            if type(x) is Constant:
                continue
            slopes[x] = slopes.get(x, 0) + p * slopes[z]
            if not finite(slopes[x]):
                what = (f"The gradient of {named(x)} is {slopes[x]!r}: {slopes[z]!r} arrives at "
                        f"{written(z)}, times its slope {p!r}.")
                return NanReport(what, x, path_to(z, x), CAUSES["gradient"])
    return None


def path_to(z: Value, first: Value | None = None) -> list[Value]:
    """From a leaf to z: each time through the operand that is not finite, or the largest."""
    path = [z]
    while z.operands:
        z, first = first if first is not None else max(z.operands, key=blame), None
        path.append(z)
    return path[::-1]


def blame(x: Value) -> tuple[bool, bool, Number]:
    return (not finite(x.data), type(x) is not Constant, abs(x.data) if x.data == x.data else 0)


def shortened(path: Sequence[Value], most: int = 8) -> list[Value | None]:
    """The path; of a long one the start and the end, with None for what is left out."""
    return list(path) if len(path) <= most else [*path[:3], None, *path[-(most - 4):]]


def named(x: Value | None) -> str:
    """A node in a path: its label or operation, and its number."""
    return "..." if x is None else f"{x.label or x.op or 'leaf'} = {x.data!r}"


def written(z: Value) -> str:
    """The operation with its operands, as Python writes it; z's label first if it has one."""
    text = call(z.op, [x.data for x in z.operands]) if z.op in TABLE else z.op
    return f"{z.label} = {text}" if z.label else text


def finite(x: Number) -> bool:
    return bool(x == x and abs(x) != math.inf)
