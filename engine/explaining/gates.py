"""Gates: what an operation does to the gradient that arrives at it, in one sentence each.

The + gate distributes, max routes, * swaps. g is the gradient of the result with respect to the gate's
output; every sentence says what the operands get of it, with the numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ..graphs.graph import Graph
from ..rows import TABLE
from ..show.numbers import digits
from ..show.text import visible
from ..value import Constant, Number, Value
from .wording import plain_slope

Gate: TypeAlias = Callable[[Graph, Value, Number], str]

SHOWN = 3                                  # operands named before "and n more"


def sentence(graph: Graph, z: Value, g: Number) -> str:
    """What the gate z does with the gradient g that arrives at it; "" for a leaf."""
    if not z.operands:
        return ""
    gate: Gate = GATES[TABLE[z.op].gate] if z.op in TABLE else scale
    return gate(graph, z, g)


def share(g: Number, partial: Number) -> str:
    return digits(partial * g)


def name(graph: Graph, v: Value) -> str:
    return visible(graph.symbol(v))


def listed(parts: list[str]) -> str:
    """ "a, b and c"; of many the first few."""
    if len(parts) > SHOWN + 1:
        parts = [*parts[:SHOWN], f"{len(parts) - SHOWN} more"]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def gets(graph: Graph, z: Value, g: Number) -> str:
    """Who gets what: "w gets 3 and b gets 1"; plain numbers are left out."""
    return listed([f"{name(graph, v)} gets {share(g, partial)}" for v, partial in zip(z.operands, z.partials)
                   if type(v) is not Constant]) or "nobody asks for it"


def add(graph: Graph, z: Value, g: Number) -> str:
    variables = [name(graph, v) for v in z.operands if type(v) is not Constant]
    return f"+ distributes: the gradient {digits(g)} goes unchanged to {listed(variables)}."


def subtract(graph: Graph, z: Value, g: Number) -> str:
    return (f"- distributes the gradient {digits(g)}, to its second operand with the sign turned: "
            f"{gets(graph, z, g)}.")


def multiply(graph: Graph, z: Value, g: Number) -> str:
    x, y = z.operands
    if x is y:
        return (f"* of {name(graph, x)} with itself: both ends of it get {digits(g)} times {digits(x.data)}, "
                "and they add up.")
    parts = [f"{name(graph, a)} gets {digits(g)} * {digits(b.data)} = {share(g, partial)}"
             for a, b, partial in ((x, y, z.partials[0]), (y, x, z.partials[1])) if type(a) is not Constant]
    return f"* swaps: each operand gets the gradient times the other one: {listed(parts)}."


def divide(graph: Graph, z: Value, g: Number) -> str:
    return (f"/ gives the numerator g / {digits(z.operands[1].data)} and the denominator -g z / y: "
            f"{gets(graph, z, g)}.")


def remainder(graph: Graph, z: Value, g: Number) -> str:
    return (f"% passes the gradient on to what is divided, and times {digits(z.partials[1])} to the divisor: "
            f"{gets(graph, z, g)}.")


def power(graph: Graph, z: Value, g: Number) -> str:
    x, y = z.operands
    if type(y) is Constant:
        n = digits(y.data)
        return f"** scales the gradient by {n} x^({n} - 1) = {digits(z.partials[0])}: {gets(graph, z, g)}."
    return f"** gives the base y x^(y - 1) and the exponent z ln x times the gradient: {gets(graph, z, g)}."


def negate(graph: Graph, z: Value, g: Number) -> str:
    return f"Minus turns the sign of the gradient: {gets(graph, z, g)}."


def pass_on(graph: Graph, z: Value, g: Number) -> str:
    return f"{z.op} passes the gradient on: {gets(graph, z, g)}."


def stop(graph: Graph, z: Value, g: Number) -> str:
    return f"{z.op} is flat: it stops the gradient {digits(g)}, and nothing flows back."


def magnitude(graph: Graph, z: Value, g: Number) -> str:
    slope = z.partials[0]
    sign  = ("is positive: the gradient passes" if slope > 0 else
             "is negative: the gradient passes with its sign turned" if slope < 0 else
             "is 0: the gradient stops there" if slope == 0 else
             "is not a number, and so is the gradient")
    return f"abs: its operand {sign}; {gets(graph, z, g)}."


def switch(graph: Graph, z: Value, g: Number) -> str:
    x = z.operands[0]
    if z.partials[0] == 0:
        return (f"ReLU is a switch, and it is off, for {name(graph, x)} = {digits(x.data)}: the gradient "
                f"{digits(g)} stops here.")
    return f"ReLU is a switch, and it is on: the gradient passes unchanged; {gets(graph, z, g)}."


def leak(graph: Graph, z: Value, g: Number) -> str:
    x, side = z.operands[0], "above" if z.operands[0].data > 0 else "not above"
    return (f"{z.op}: its operand {digits(x.data)} is {side} 0, so the gradient is scaled by "
            f"{digits(z.partials[0])}: {gets(graph, z, g)}.")


def route(graph: Graph, z: Value, g: Number) -> str:
    word, most = ("large", "largest") if z.op == "maximum" else ("small", "smallest")
    winners = [v for v, partial in zip(z.operands, z.partials) if partial != 0]
    if len(winners) == 1:
        return (f"{z.op[:3]} routes: all of the gradient {digits(g)} goes to the {most} operand, "
                f"{name(graph, winners[0])}; the others get 0.")
    return (f"{z.op[:3]} routes: {len(winners)} operands are equally {word} and share the gradient "
            f"{digits(g)}.")


def mask(graph: Graph, z: Value, g: Number) -> str:
    if z.operands[1].data == 0:
        return f"mask: it is 0, so nothing passes: the gradient {digits(g)} stops here."
    return f"mask: it is {digits(z.operands[1].data)}, and the gradient passes: {gets(graph, z, g)}."


def clamp(graph: Graph, z: Value, g: Number) -> str:
    if z.partials[0] == 0:
        return (f"clamp: its operand {digits(z.operands[0].data)} is outside of the bounds, and the gradient "
                "stops.")
    return f"clamp: its operand is within the bounds, and the gradient passes: {gets(graph, z, g)}."


def affine(graph: Graph, z: Value, g: Number) -> str:
    bias = (f"; the bias gets {digits(g)} itself" if z.op == "affine" and type(z.operands[-1]) is not Constant
            else "")
    return (f"{z.op} multiplies and adds: each weight gets {digits(g)} times its input, each input "
            f"{digits(g)} times its weight{bias}.")


def shares(graph: Graph, z: Value, g: Number) -> str:
    return (f"logsumexp shares the gradient {digits(g)} out in the proportions of softmax: "
            f"{gets(graph, z, g)}.")


def softmax(graph: Graph, z: Value, g: Number) -> str:
    return ("softmax: its own logit gets y(1 - y) of the gradient, every rival -y times its share; what one "
            f"wins the others lose: {gets(graph, z, g)}.")


def scale(graph: Graph, z: Value, g: Number) -> str:
    slope = f"{plain_slope(TABLE[z.op])} = " if z.op in TABLE and len(z.operands) == 1 else ""
    small = ", which is nearly flat here" if len(z.partials) == 1 and 0 < abs(z.partials[0]) < 0.01 else ""
    where = f"{slope}{digits(z.partials[0])}" if len(z.operands) == 1 else "its slopes"
    return f"{visible(z.op)} scales the gradient by {where}{small}: {gets(graph, z, g)}."


GATES: dict[str, Gate] = {                   # by the name in the row's `gate`
    "distribute": add, "subtract": subtract, "swap": multiply, "divide": divide, "power": power,
    "negate": negate, "pass": pass_on, "fold": magnitude, "switch": switch, "leak": leak, "route": route,
    "bound": clamp, "mask": mask, "affine": affine, "share": shares, "compete": softmax,
    "remainder": remainder, "stop": stop, "scale": scale,
}
