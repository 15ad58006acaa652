"""Checking: is the recorded graph the same for other data?

    before   if x.data > 0: y = x else: y = 2 * x         recorded once, only one branch is in the graph
    after    ValueError, which names the first operation that differs
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from inspect import signature

from ...value import Number, Value, number
from .trace import Data, Trace, trace


def as_values(data: Data) -> Data:
    """Nested lists (or arrays) of numbers as nested lists of Values; Values stay."""
    if isinstance(data, Value):
        return data
    if hasattr(data, "tolist"):
        data = data.tolist()
    if isinstance(data, (list, tuple)):
        return [as_values(part) for part in data]
    return Value(data)


def of_two(loss: Callable[..., Value], inputs: object, targets: object) -> Callable[..., Value]:
    """The loss, a function of (inputs, targets), which are lists.

    Raises:
        TypeError: it cannot be called with both, as a model cannot; or they are no lists.
    """
    example = "write vectorize(lambda X, Y: mse([model(x) for x in X], Y), X, Y, model.parameters())"
    for given, what in [(inputs, "inputs"), (targets, "targets")]:
        if isinstance(given, str) or not hasattr(given, "__len__"):
            raise TypeError(f"the {what} of vectorize are a list, not {type(given).__name__} {given!r:.60}: "
                            f"{example}")
    try:
        signature(loss).bind(inputs, targets)
    except TypeError as error:
        raise TypeError(f"vectorize takes a loss, or a function of (inputs, targets) that computes it, and "
                        f"{type(loss).__name__} {loss!r:.60} does not take both ({error}): {example}"
                        ) from None
    return loss


def some(parameters: Sequence[Value]) -> None:
    if not parameters:
        raise ValueError("vectorize got no parameters, and without them there is nothing to differentiate "
                         "by: write parameters=model.parameters()")


def same_structure(record: Callable[[Data, Data], Value], inputs: Data, targets: Data,
                   parameters: Sequence[Value], batch: bool, recorded: Trace) -> None:
    """Record again on other data and compare.

    Raises:
        ValueError: an operation or a plain number differs.
    """
    tried = 0
    errors: list[Exception] = []
    for change in CHANGES:
        x, y = change(inputs), change(targets) if change is reversed_samples else copied(targets)
        try:
            loss = record(x, y)
        except (ArithmeticError, ValueError) as error:  # the data left the domain: nothing learnt
            errors.append(error)
            continue
        tried += 1
        compare(recorded, trace(loss, x, y, parameters, batch))
    if not tried:
        raise ValueError(f"the loss could not be recorded on other data to check its structure: {errors[-1]}")


def copied(data: Data, change: Callable[[Number], Number] = lambda x: x) -> Data:
    if isinstance(data, (list, tuple)):
        return [copied(part, change) for part in data]
    return Value(change(number(data)))


def reversed_samples(data: Data) -> Data:
    """The samples in the opposite order; the numbers of a single one."""
    return copied(list(data)[::-1])


def negated(data: Data) -> Data:
    return copied(data, lambda x: -x)


def scaled(data: Data) -> Data:
    return copied(data, lambda x: 3 * x)


def shifted(data: Data) -> Data:
    """Each number a little larger than the one before was, so that comparisons turn out otherwise."""
    steps: Iterator[int] = iter(range(10 ** 9))
    return copied(data, lambda x: x + (-1) ** next(steps))


CHANGES = (reversed_samples, negated, scaled, shifted)


def compare(a: Trace, b: Trace) -> None:
    """Raise if the graphs differ in an operation, its operands, or a plain number."""
    advice = ("The structure of the graph depends on the data: somewhere an `if`, a loop or a number was "
              "computed from .data. Choose with relu, maximum, minimum, clamp or abs, which are decided anew "
              "for each input; declare numbers that change, such as dropout masks, as inputs")
    ops_a = a.ops[:-1] if a.ops[-1] == "results" else a.ops
    if len(ops_a) != len(b.ops):
        raise ValueError(f"recorded on other data, the loss has {len(b.ops)} nodes instead of {len(ops_a)}. "
                         f"{advice}")
    for i, op in enumerate(ops_a):
        if (op, a.args[i], a.roles[i], a.columns[i]) != (b.ops[i], b.args[i], b.roles[i], b.columns[i]):
            raise ValueError(f"recorded on other data, node {i} is {name(b, i)} instead of {name(a, i)}. "
                             f"{advice}")
        if a.roles[i] == "constant" and a.data[i] != b.data[i]:
            raise ValueError(f"recorded on other data, the plain number {a.data[i]!r} became {b.data[i]!r}. "
                             f"{advice}")


def name(t: Trace, i: int) -> str:
    return f"{t.ops[i]!r} of {len(t.args[i])}" if t.ops[i] else f"a {t.roles[i]}"
