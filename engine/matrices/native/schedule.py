"""Scheduling: which lines of a program run in one loop, and when.

    before   Z = X @ W.T    A = tanh(Z)    J = f(A)    S = tanh'(Z)    dZ = dA * S
    after    stage 1: product Z, then one loop for A and S    ...    stage 3: product dA, then the loop for dZ

    stage    first its kernels run, each from what earlier stages left, then its loops, one per shape
    stored   the lines that are read outside of their loop; the others live in registers
    partner  logsumexp and softmax of the same line are one kernel: the second of them, by the first
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..lines import Array, Shape

LEAVES  = ("parameter", "input", "target", "constant")
VIEWS   = ("reshape", "transpose", "slice", "spread", "take")
KERNELS = ("matmul", "concat", "max", "min", "softmax", "logsumexp")
CHEAP   = ("+", "-", "*", "neg")


class Schedule(NamedTuple):
    stages:  list[tuple[list[Array], list[tuple[Shape, list[Array]]]]]
    stored:  set[int]
    partner: dict[int, Array]


def schedule(lines: Sequence[Array], roots: Sequence[Array]) -> Schedule:
    """The stages of lines, which come in an order in which they can be run."""
    own   = set(map(id, copied(lines, roots)))
    stage: dict[int, int] = {}
    for z in lines:
        stage[id(z)] = earliest(z, stage, own)
    delay(lines, roots, stage, own)
    partner = partners(lines)
    second  = {id(z) for z in partner.values()}                      # made by the kernel of the first
    last    = max(stage.values(), default=0)
    stages: list[tuple[list[Array], dict[Shape, list[Array]]]] = [([], {}) for _ in range(last + 1)]
    for z in lines:
        kernels, loops = stages[stage[id(z)]]
        if is_kernel(z, own):
            if id(z) not in second: kernels.append(z)
        elif z.op not in LEAVES and z.op not in VIEWS:
            loops.setdefault(loop_of(z), []).append(z)
    stored = stored_of(lines, roots, stage, own)
    return Schedule([(kernels, list(loops.items())) for kernels, loops in stages], stored, partner)


def partners(lines: Sequence[Array]) -> dict[int, Array]:
    """`partner`: softmax and logsumexp of the same line."""
    first:   dict[int, Array] = {}
    partner: dict[int, Array] = {}
    for z in lines:
        if z.op in ("softmax", "logsumexp"):
            x = z.args[0]
            if id(x) in first: partner[id(first[id(x)])] = z
            else:              first[id(x)] = z
    return partner


def stored_of(lines: Sequence[Array], roots: Sequence[Array], stage: dict[int, int],
              own: set[int]) -> set[int]:
    """`stored`, by id."""
    stored  = {id(z) for z in lines if is_kernel(z, own) or z.op == "sum"}
    stored |= {id(z) for z in roots if z.op not in (*LEAVES, *VIEWS)}
    stored |= {id(bottom(z, own)) for z in roots if elementwise(bottom(z, own))}
    for z in lines:
        if z.op not in VIEWS or id(z) in own:
            stored |= {id(x) for a in z.args for x in [bottom(a, own)]
                       if elementwise(x) and not together(z, a, stage, own)}
    return stored


def copied(lines: Sequence[Array], roots: Sequence[Array]) -> list[Array]:
    """Views that a kernel, or the result, needs as an array of its own."""
    needed = [peeled(a)[0] for z in lines if z.op == "matmul" for a in z.args] + \
             [z.args[0] for z in lines if z.op in ("max", "min", "softmax", "logsumexp")] + \
             [z for z in roots if min(z.shape, default=0) < 0]
    return [z for z in needed if z.op in VIEWS and not plain(z)]


def plain(z: Array) -> bool:
    """Whether z is where its operand is, in the same order."""
    while z.op == "reshape" and not z.attrs:
        z = z.args[0]
    return z.op not in VIEWS and not (z.op == "constant" and z.shape == ())


def peeled(z: Array) -> tuple[Array, bool]:
    """An operand of a product without its transposition."""
    return (z.args[0], True) if z.op == "transpose" else (z, False)


def bottom(z: Array, own: set[int]) -> Array:
    """What a view shows."""
    while z.op in VIEWS and id(z) not in own:
        z = z.args[0]
    return z


def is_kernel(z: Array, own: set[int]) -> bool:
    return z.op in KERNELS or id(z) in own


def elementwise(z: Array) -> bool:
    return z.op not in LEAVES and z.op not in VIEWS and z.op not in KERNELS and z.op != "sum"


def loop_of(z: Array) -> Shape:
    return z.args[0].shape if z.op == "sum" else z.shape


def together(z: Array, a: Array, stage: dict[int, int], own: set[int]) -> bool:
    """Whether z reads its operand a in the loop that makes it."""
    return elementwise(a) and not is_kernel(z, own) and loop_of(z) == a.shape and stage[id(z)] == stage[id(a)]


def earliest(z: Array, stage: dict[int, int], own: set[int]) -> int:
    """The first stage in which z can run."""
    out = 0
    for a in z.args:
        x, at = bottom(a, own), stage[id(bottom(a, own))]
        if x.op in LEAVES:
            later = is_kernel(z, own)
        elif is_kernel(z, own):
            later = True
        else:
            later = not (is_kernel(x, own) or (elementwise(x) and x is a and loop_of(z) == a.shape))
        out = max(out, at + later)
    return out


def delay(lines: Sequence[Array], roots: Sequence[Array], stage: dict[int, int], own: set[int]) -> None:
    """Move cheap lines made of leaves into the loop that reads them, so that they need no memory."""
    readers: dict[int, list[Array]] = {id(z): [z] for z in roots}
    for z in lines:
        for a in z.args:
            readers.setdefault(id(a), []).append(z)
    for z in reversed(lines):
        users = readers.get(id(z), [])
        if z.op in CHEAP and all(bottom(a, own).op in LEAVES for a in z.args) and users and \
                all(elementwise(y) and y is not z and y.shape == z.shape for y in users):
            stage[id(z)] = min(stage[id(y)] for y in users)
