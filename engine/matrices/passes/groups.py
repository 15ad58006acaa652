"""Grouping: equal operations on the same kind of operands become one array.

    before   z1 = w11*x1 + w12*x2 + b1      z2 = w21*x1 + w22*x2 + b2        4 + 2 parameters
    after    Z, one group of two sums       W, 2 rows of 2, and b, a row of 2

    group      templates of one level with the same operation on operands from the same groups
    place      where a template is: its group and its position there
    product    a group of sums in which every row of left factors meets every row of right factors:
               that is a matrix product. A layer has one right row, a convolution one per window.

A group of sums that is no product is split by its right rows; each part then is one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from .batch import Templates
from .trace import GLOBAL

Row:   TypeAlias = tuple[int, ...]
Part:  TypeAlias = dict[Row, list[int]]        # sums with one right row, by their left rows
Wish:  TypeAlias = tuple[list[int], tuple[int, ...]]             # parameters, as an array of this shape


class Group(NamedTuple):
    """Templates that are one array; parameters are groups too, with the shape of their array."""

    op:       str
    members:  list[int]
    batched:  bool = False
    shape:    tuple[int, ...] = ()             # of a group of parameters


class Groups(NamedTuple):
    groups: list[Group]
    place:  list[tuple[int, int]]              # template -> (group, position); (-1, 0) for a constant


MANY_PARTS = 32  # more parts than this stay one group, multiplied element by element


def group(t: Templates) -> Groups:
    """The groups, parameters first, then level by level."""
    place: list[tuple[int, int]] = [(-1, 0)] * len(t.ops)
    groups: list[Group] = []
    for role in ("input", "target"):
        members = [i for i, op in enumerate(t.ops) if op == role]
        settle(groups, place, Group(role, members, all(t.batched[i] for i in members)))
    kinds = [place[i][0] if op in ("input", "target") else -2 if op == "parameter" else -3 - batched
             for i, (op, batched) in enumerate(zip(t.ops, t.batched))]

    found: list[Group] = []
    for level in levels(t):
        alike: dict[Hashable, list[int]] = {}
        for i in level:
            alike.setdefault(key(t, kinds, i), []).append(i)
        for members in alike.values():
            for part in split(t, members):
                for i in part:
                    kinds[i] = len(found)
                found.append(Group(t.ops[part[0]], part, t.batched[part[0]]))
    for parameters in claim(t, found):
        settle(groups, place, parameters)
    for g in found:
        settle(groups, place, g._replace(members=ordered(t, place, g.members)))
    return Groups(groups, place)


def settle(groups: list[Group], place: list[tuple[int, int]], g: Group) -> None:
    for position, i in enumerate(g.members):
        place[i] = len(groups), position
    groups.append(g)


def levels(t: Templates) -> list[list[int]]:
    """The templates by the length of the longest way to a leaf."""
    depth: list[int] = []
    found: list[list[int]] = []
    for i, args in enumerate(t.args):
        depth.append(1 + max([depth[a] for a in args]) if args else 0)
        if args:
            if depth[i] > len(found):
                found.append([])
            found[depth[i] - 1].append(i)
    return found


def key(t: Templates, kinds: Sequence[int], i: int) -> Hashable:
    """What templates of one group have in common."""
    exponent: Hashable = None
    if t.ops[i] == "**" and t.ops[t.args[i][1]] == "constant":
        number   = t.data[t.args[i][1]]
        exponent = tuple(number) if isinstance(number, list) else number
    read = tuple([s != GLOBAL for s in t.samples[i]])
    return t.ops[i], t.batched[i], t.pairs[i], tuple([kinds[a] for a in t.args[i]]), read, exponent


def split(t: Templates, members: list[int]) -> list[list[int]]:
    """The members in order of left and right rows; in parts, one per right row, if they are no product."""
    if t.ops[members[0]] != "sum" or not t.pairs[members[0]] or len(members) == 1:
        return [members]
    parts = by_right_row(t, members)
    if is_product(parts):
        return [[part[left][0] for part in parts for left in parts[0]]]
    split_up = [[i for same in part.values() for i in same] for part in parts]
    return split_up if len(split_up) <= MANY_PARTS else [members]


def by_right_row(t: Templates, members: Sequence[int]) -> list[Part]:
    by_right: dict[Row, Part] = {}
    for i in members:
        n = t.pairs[i]
        left, right = t.args[i][:n], t.args[i][n:2 * n]
        by_right.setdefault(right, {}).setdefault(left, []).append(i)
    return list(by_right.values())


def is_product(parts: Sequence[Part]) -> bool:
    """Whether every left row meets every right row once."""
    single = all(len(same) == 1 for part in parts for same in part.values())
    return single and all(part.keys() == parts[0].keys() for part in parts)


def claim(t: Templates, found: Sequence[Group]) -> list[Group]:
    """Arrays of parameters, in the shape in which they are first multiplied; then biases; then all others."""
    taken: set[int] = set()
    arrays: list[Group] = []

    def take(members: Sequence[int], shape: tuple[int, ...]) -> None:
        free = all(t.ops[i] == "parameter" and i not in taken for i in members)
        if members and free and len(set(members)) == len(members):
            taken.update(members)
            arrays.append(Group("parameter", list(members), False, shape))

    for members, shape in wanted(t, found):
        take(members, shape)
    rest = [i for i, op in enumerate(t.ops) if op == "parameter" and i not in taken]
    take(rest, (len(rest),))
    return arrays


def wanted(t: Templates, found: Sequence[Group]) -> Iterator[Wish]:
    """What could be an array of parameters, and its shape: that of a layer before any other column."""
    for g in found:
        n = t.pairs[g.members[0]]
        if g.op == "sum" and (n > 1 or n and t.explicit[g.members[0]]):
            yield from weights(t, g, n)
            yield from columns(t, g, 2 * n)
    for g in found:
        if len(t.args[g.members[0]]) < 8 or g.op != "sum":
            yield from columns(t, g, 0)


def weights(t: Templates, g: Group, n: int) -> Iterator[Wish]:
    """The left factors of a layer, row by row, unless only parameters are multiplied with each other."""
    left, right = t.args[g.members[0]][:n], t.args[g.members[0]][n:2 * n]
    learnt = [k for k, p in enumerate(left) if t.ops[p] == "parameter"]
    rows   = list(dict.fromkeys(tuple([t.args[i][k] for k in learnt]) for i in g.members))
    if learnt and {t.ops[right[k]] for k in learnt} != {"parameter"}:
        yield [p for row in rows for p in row], (len(rows), len(learnt))


def columns(t: Templates, g: Group, first: int) -> Iterator[Wish]:
    """The different operands at each place from `first` on."""
    for k in range(first, len(t.args[g.members[0]])):
        column = list(dict.fromkeys(t.args[i][k] for i in g.members))
        yield column, (len(column),)


def ordered(t: Templates, place: Sequence[tuple[int, int]], members: list[int]) -> list[int]:
    """The members in the order of their first operand that is one array without repetition."""
    if t.ops[members[0]] == "sum" and t.pairs[members[0]]:
        return members
    for k, a in enumerate(t.args[members[0]]):
        if t.ops[a] not in ("constant", "parameter"):
            positions = [place[t.args[i][k]][1] for i in members]
            if len(set(positions)) == len(members):
                return [i for _, i in sorted(zip(positions, members))]
    return members
