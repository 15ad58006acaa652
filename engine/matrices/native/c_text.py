"""C text: numbers, indices and places in memory, written as C.

    index    the name of each axis, from the first to the last: s for the samples, i0, i1, ... for numbers
    own      (name, size) of each axis but that of the samples
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ..lines import Array, Shape


def batched(z: Array) -> bool:
    return any(n < 0 for n in z.shape)


def size(z: Array) -> int:
    """Numbers, or rows of samples."""
    return prod([n for n in z.shape if n >= 0])


def wide(x: str, vector: bool, many: bool) -> str:
    return x if vector or not many else f"splat({x})"


def names(shape: Shape) -> list[str]:
    """The index of the loops over an array."""
    return ["s" if n < 0 else f"i{k}" for k, n in enumerate(shape)]


def axes(index: Sequence[str], shape: Shape) -> list[tuple[str, int]]:
    """`own`, of an array."""
    return [(i, n) for i, n in zip(index, shape) if n >= 0]


def heads(own: Sequence[tuple[str, int]]) -> list[str]:
    """The loops over numbers."""
    return [f"for (long {i} = 0; {i} < {n}; {i}++)" for i, n in own]


def last(index: Sequence[str], z: Array) -> list[str]:
    """The indices of z, whose shape is broadcast to that of index."""
    return ["0" if n == 1 else i for i, n in zip(index[len(index) - len(z.shape):], z.shape)]


def flat(own: Sequence[tuple[str, int]]) -> str:
    """The place of an element."""
    text = "0"
    for i, n in own:
        text = i if text == "0" else text if n == 1 and i == "0" else f"({text}) * {n} + {i}"
    return text


def unflat(place: str, shape: Shape) -> list[str]:
    """The index of each axis, from the place."""
    out, below = [], 1
    for n in reversed(shape):
        if n < 0:
            out.append("s")
            continue
        out.append("0" if n == 1 else f"(({place}) / {below} % {n})")
        below *= n
    return out[::-1]


def constant(z: Array) -> str:
    value, batches = z.attrs
    x = float(value)
    text = "NAN" if x != x else ("INFINITY" if x > 0 else "-INFINITY") if abs(x) == float("inf") else x.hex()
    return f"({text}{' / m' * -batches}{' * m' * batches})"
