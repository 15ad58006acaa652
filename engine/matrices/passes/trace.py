"""Tracing: the scalar graph read into flat lists, every node a number.

    before   Values that hold each other:       L = (w * x + b).tanh()
    after    ids, operands first:               0 w   1 x   2 * (0, 1)   3 b   4 + (2, 3)   5 tanh (4)

    role     what a leaf is: "parameter", "input", "target" or "constant"; "" for an inner node
    home     the sample that an input or target belongs to, or GLOBAL
    column   which number of its sample it is; for a parameter, its place in the list of parameters
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from ...value import Number, Value, topological_order

Data: TypeAlias = Any  # what users give as samples: nested lists of Values or numbers, or what is refused
Samples: TypeAlias = list[list[object]]                  # one flat list per sample

GLOBAL = -1


class Declared(NamedTuple):
    """What a node is: its role, home and column."""

    role:   str
    home:   int
    column: int


CONSTANT = Declared("constant", GLOBAL, 0)
INNER    = Declared("", GLOBAL, 0)


class Trace(NamedTuple):
    """A scalar graph as lists; ids are positions in them, and operands come before what is made of them."""

    ops:     list[str]
    args:    list[tuple[int, ...]]
    roles:   list[str]
    homes:   list[int]
    columns: list[int]
    data:    list[Number]
    labels:  list[str]
    samples: int                    # 0: the graph has no batch axis
    widths:  dict[str, int]         # numbers per sample of "input" and "target"
    strays:  int  # leaves that are Values and were not declared: fixed numbers of the program


def trace(loss: Value, inputs: Sequence[Data], targets: Sequence[Data], parameters: Sequence[Value],
          batch: bool) -> Trace:
    """The graph of loss.

    Args:
        inputs, targets: the leaves that change from call to call: one list per sample, or a flat list.
        parameters: the leaves to differentiate by.
        batch: inputs are those of one sample, and the program is to take many.

    Raises:
        TypeError: a leaf is not a Value, or loss is not.
        ValueError: a Value was declared twice or is no leaf, or samples differ in length.
    """
    if not isinstance(loss, Value) or not loss.operands:
        raise TypeError(f"vectorize needs the Value of a loss that was computed from other Values, and got "
                        f"{loss!r:.60}: build the loss from model(x) and give that")
    many = not batch and any(isinstance(sample, (list, tuple)) for sample in inputs)
    per_sample = [rows(inputs, many, "inputs"), rows(targets, many, "targets")]
    samples  = max([len(part) for part in per_sample if part is not None], default=0) if many or batch else 0
    declared = declare(per_sample, parameters, samples)
    for part, name in zip(per_sample, ("inputs", "targets")):
        if part and samples and len(part) != samples:
            raise ValueError(f"{name} has {len(part)} samples and the other list {samples}: give one entry "
                             f"per sample in both")
    widths = {name: len(part[0]) if part else 0 for name, part in zip(("input", "target"), per_sample)}
    return read(loss, declared, samples, widths)


def read(loss: Value, declared: dict[int, Declared], samples: int, widths: dict[str, int]) -> Trace:
    """The graph, whose leaves are what they were declared as, or constants."""
    t = Trace([], [], [], [], [], [], [], samples, widths, 0)
    ids: dict[int, int] = {}
    strays = 0
    for z in topological_order(loss):
        for x in z.operands:
            if not x.operands and id(x) not in ids:
                leaf = declared.get(id(x), CONSTANT)
                strays += type(x) is Value and leaf is CONSTANT
                enter(t, ids, x, leaf)
        enter(t, ids, z, INNER, tuple([ids[id(x)] for x in z.operands]))
    return t._replace(strays=strays)


def enter(t: Trace, ids: dict[int, int], x: Value, declared: Declared, args: tuple[int, ...] = ()) -> None:
    role, home, column = declared
    ids[id(x)] = len(t.ops)
    t.ops.append(x.op)
    t.args.append(args)
    t.roles.append(role)
    t.homes.append(home)
    t.columns.append(column)
    t.data.append(x.data)
    t.labels.append(x.label)


def declare(per_sample: Sequence[Samples | None], parameters: Sequence[Value],
            samples: int) -> dict[int, Declared]:
    """What each leaf that was given is, by id."""
    declared: dict[int, Declared] = {}
    for role, home, column, x in leaves(per_sample, parameters):
        if not isinstance(x, Value):
            raise TypeError(f"{role}s are the Values that the loss was computed from, and one is "
                            f"{type(x).__name__} {x!r:.40}: record the loss with Value(x) for each number "
                            "and give those Values")
        if x.operands:
            raise ValueError(f"a {role} must be a leaf, and {x!r} was computed by {x.op!r}: give the Values "
                             f"it was computed from")
        if id(x) in declared:
            raise ValueError(f"{x!r} is declared twice, as {declared[id(x)].role} and as {role}: make one "
                             f"Value for each place")
        declared[id(x)] = Declared(role, home if samples else GLOBAL, column)
    return declared


def leaves(per_sample: Sequence[Samples | None],
           parameters: Sequence[Value]) -> Iterator[tuple[str, int, int, object]]:
    """(role, home, column, leaf) for each that was given."""
    for role, part in zip(("input", "target"), per_sample):
        for s, sample in enumerate(part or []):
            for k, x in enumerate(sample):
                yield role, s, k, x
    for k, p in enumerate(parameters):
        yield "parameter", GLOBAL, k, p


def rows(given: Data, batched: bool, name: str) -> Samples | None:
    """One flat list per sample; None where nothing was given."""
    if isinstance(given, Value):
        given = [given]
    given = list(given)
    if not given:
        return None
    if not batched:
        return [list(flatten(given))]
    lists = [isinstance(sample, (list, tuple)) for sample in given]
    if name == "inputs" and not all(lists):
        raise ValueError("inputs mix lists and Values: write one list per sample, inputs=[[x1, x2], [x1, "
                         "x2], ...], or one flat list for a single sample")
    samples = [list(flatten(sample)) for sample in given]
    if len({len(sample) for sample in samples}) > 1:
        raise ValueError(f"samples of {name} differ in length: {sorted({len(sample) for sample in samples})}")
    return samples


def flatten(x: Data) -> Iterator[Data]:
    """The items of nested lists, in order."""
    if not isinstance(x, (list, tuple)):
        yield x
        return
    for part in x:
        yield from flatten(part)
