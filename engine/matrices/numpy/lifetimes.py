"""Lifetimes: which memory a line shows, until when it is read, and what need never be computed by itself.

    before   lines in order                     after    the place of the last reader of each line's memory
"""

from __future__ import annotations

from collections.abc import Sequence

from ..lines import Array

VIEWS = ("reshape", "transpose", "slice", "spread")


def lifetimes(lines: Sequence[Array], roots: Sequence[Array]) -> tuple[dict[int, int], dict[int, int]]:
    """The base of every line, and the place of the last line that reads each base."""
    base: dict[int, int] = {}
    last: dict[int, int] = {}
    for place, z in enumerate(lines):
        for a in z.args:
            base.setdefault(id(a), id(a))
            last[base[id(a)]] = place
        base[id(z)] = base[id(z.args[0])] if z.op in VIEWS else id(z)
    for z in roots:
        last[base.setdefault(id(z), id(z))] = len(lines)
    return base, last


def sums_of_products(lines: Sequence[Array], roots: Sequence[Array]) -> set[int]:
    """Products of parameters that are only summed up, by id: they are never computed one by one."""
    wanted = {id(z) for z in roots}
    readers: dict[int, list[Array]] = {}
    for z in [*lines, *roots]:
        for a in z.args:
            readers.setdefault(id(a), []).append(z)
    def summed(z: Array) -> bool:
        return all(r.op == "sum" and len(r.attrs[0]) == len(z.shape) for r in readers.get(id(z), [z]))
    return {id(z) for z in lines if z.op == "*" and z.args[0].op == z.args[1].op == "parameter"
            and z.args[0].shape == z.args[1].shape and id(z) not in wanted and summed(z)}
