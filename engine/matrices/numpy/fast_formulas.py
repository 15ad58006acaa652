"""Quickening: formulas that run faster than the rows of the table, for what networks use most; none of them
cancels.

    before   tanh'(Z) = 4 e / (1 + e)^2, e = e^-|2Z|        sigmoid(Z) in two branches
    after    1 / cosh(Z)^2                                  1 / (1 + e^-Z)
"""

from __future__ import annotations

from ...rows import shut
from ..lines import Array
from ..passes.expansion import LARGEST, expand


def quick(z: Array) -> Array:
    """`expand`, with formulas that NumPy runs faster for the activations met most; none of them cancels.

    e^-x is kept below infinity, so that sigmoid's slope (z e^-x) z, with z e^-x = sigmoid(-x), holds
    everywhere.
    """
    lines = z.lines
    if z.op == "relu":
        return lines.new("larger", (z.args[0], lines.constant(0)), z.shape)
    if z.op == "sigmoid":
        return lines.call("/", 1, 1 + decay(z.args[0]))
    if z.op in ("logsumexp", "softmax"):
        return quick_softmax(z)
    if z.op == "slope" and z.attrs[0] == "relu":  # the output tells as well as the input, and is kept anyway
        return lines.call("where", z.args[0] <= 0, shut, 1)
    if z.op == "slope" and z.attrs[0] == "sigmoid":
        return decay(z.args[1]) * z.args[0] * z.args[0]
    if z.op == "slope" and z.attrs[0] == "tanh":
        c = lines.call("cosh", z.args[1])
        return lines.call("/", 1, c * c)
    return expand(z)


def quick_softmax(z: Array) -> Array:
    """Both from the same exponentials; where all x are infinite the result is nan."""
    lines, x, last = z.lines, z.args[0], len(z.args[0].shape) - 1
    top  = lines.largest(x)
    e    = lines.call("exp", x - top)
    rest = lines.sum(lines.new("others", (e, x), e.shape), (last,), keep=True)
    if z.op == "logsumexp":
        return top + lines.call("log1p", rest)
    both = any(line.op == "logsumexp" and line.args[0] is x for line in lines.lines)
    return e / ((1 + rest) if both else lines.sum(e, (last,), keep=True))


def decay(x: Array) -> Array:
    return x.lines.call("smaller", x.lines.call("exp", -x), LARGEST)
