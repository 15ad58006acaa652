"""Array: one line of an array program, as in Z1 = X @ W1.T + b1.

    op       a name of the table, or one of the operations on whole arrays below
    args     the arrays it is made of
    shape    a size that is negative is that many times the number of samples: (-1, 3) is samples x 3
    attrs    what else the operation needs: the axes of a sum, the indices of a take, the number of a constant

Equal lines are made once. Arithmetic on Arrays makes Arrays, and `library` names the functions that take
them, so that a row of the calculus table, given Arrays, writes out its formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..libraries import COMMON
from ..operators import Operators
from ..value import Number

Shape:   TypeAlias = tuple[int, ...]
Attrs:   TypeAlias = Any                   # each operation has its own, known to who reads that operation
Operand: TypeAlias = "Array | Number | Fraction"
Indices: TypeAlias = NDArray[np.intp]
Simpler: TypeAlias = Callable[[str, Sequence["Array"]], "Array | None"]


class Array(Operators):
    """One line of a program; made by the functions of this file, never directly."""

    __slots__ = ("op", "args", "shape", "attrs", "lines")

    op: str
    args: tuple[Array, ...]
    shape: Shape
    attrs: Attrs
    lines: Lines

    def made(self, op: str, *operands: Operand) -> Array:
        """What an operator gives: one more line."""
        return self.lines.call(op, *operands)

    def __bool__(self) -> bool:
        raise TypeError("an array has no single truth value: a row of the table chooses with where(), not "
                        "with if")

    @property
    def library(self) -> SimpleNamespace:
        return self.lines.library


def number_of(a: Array) -> tuple[Number, int] | None:
    """What a constant is: a number, and the power of the number of samples that goes with it."""
    return (a.attrs if a.op == "constant" and a.shape == () and not isinstance(a.attrs[0], np.ndarray)
            else None)


class Lines:
    """The lines of one program, in the order in which they can be run.

    Args:
        simpler: what a line of arithmetic can be instead, or None: the function of algebra.py.
    """

    def __init__(self, simpler: Simpler) -> None:
        self.simpler = simpler
        self.lines: list[Array] = []
        self.known: dict[object, Array] = {}
        names = [*COMMON, "expm1", "log1p", "log2", "log10", "hypot"]
        self.library = SimpleNamespace(
            **{name: lambda *xs, name=name: self.call(name, *xs) for name in names if name != "pi"},
            pi=np.pi, where=lambda c, a, b: self.call("where", c, a, b))

    def new(self, op: str, args: Sequence[Array] = (), shape: Shape = (), attrs: Attrs = None) -> Array:
        key = (op, tuple([id(a) for a in args]), shape, frozen(attrs))
        if key not in self.known:
            z = Array()
            z.op, z.args, z.shape, z.attrs, z.lines = op, tuple(args), shape, attrs, self
            self.known[key] = z
            self.lines.append(z)
        return self.known[key]

    # --- numbers ----------------------------------------------------------------------------------

    def constant(self, number: Number | Fraction, batches: int = 0) -> Array:
        """number * samples ** batches."""
        return self.new("constant", (), (), (number, batches))

    def array(self, x: Operand) -> Array:
        return x if isinstance(x, Array) else self.constant(x)

    # --- element by element -----------------------------------------------------------------------

    def call(self, op: str, *operands: Operand) -> Array:
        """op on broadcast operands, simplified where a factor or an addend does nothing."""
        args = [self.array(x) for x in operands]
        z = self.simpler(op, args)
        return self.new(op, args, self.together(*args)) if z is None else z

    def together(self, *arrays: Array) -> Shape:
        """The shape of an operation on these arrays."""
        return broadcast(*[a.shape for a in arrays])

    # --- whole arrays -----------------------------------------------------------------------------

    def matmul(self, a: Array, b: Array) -> Array:
        """a @ b, over the last two axes."""
        return self.new("matmul", (a, b), (*broadcast(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1]))

    def transpose(self, a: Array) -> Array:
        """The last two axes, exchanged."""
        if a.op == "transpose":
            return a.args[0]
        if a.op == "matmul":
            return self.matmul(self.transpose(a.args[1]), self.transpose(a.args[0]))
        return self.new("transpose", (a,), (*a.shape[:-2], a.shape[-1], a.shape[-2]))

    def sum(self, a: Array, axes: tuple[int, ...], keep: bool = False) -> Array:
        """The sum over axes, counted from the front."""
        if not axes:
            return a
        shape = tuple([1 if k in axes else n for k, n in enumerate(a.shape) if keep or k not in axes])
        if all(a.shape[k] == 1 for k in axes):
            return self.reshape(a, shape)
        if a.op == "*" and number_of(a.args[0]):                          # c * x: the sum first
            return a.args[0] * self.sum(a.args[1], axes, keep)
        if a.op == "neg":
            return -self.sum(a.args[0], axes, keep)
        if a.op == "sum" and not a.attrs[1]:                              # a sum of sums is one sum
            return self.reshape(self.sum(a.args[0], both(a.attrs[0], axes, len(a.args[0].shape))), shape)
        return self.new("sum", (a,), shape, (axes, keep))

    def largest(self, a: Array, smallest: bool = False) -> Array:
        """The largest along the last axis, which stays with size 1."""
        return self.new("min" if smallest else "max", (a,), (*a.shape[:-1], 1))

    def first_largest(self, a: Array) -> Array:
        """True at the first place of the largest along the last axis."""
        return self.new("first", (a,), a.shape)

    def reshape(self, a: Array, shape: Shape, samples: int = 0) -> Array:
        """The same numbers in another shape; with `samples`, the batch axis may become plain numbers, or come
        back."""
        if a.op == "reshape":
            a, samples = a.args[0], samples or a.attrs
        if (a.op == "sum" and a.attrs[1] and shape == tuple([n for k, n in enumerate(a.shape)
                                                             if k not in a.attrs[0]])):
            return self.sum(a.args[0], a.attrs[0])
        if prod(a.shape) != prod(shape) and not samples:
            raise ValueError(f"an array of shape {a.shape} cannot be seen as {shape}")
        return a if a.shape == shape else self.new("reshape", (a,), shape, samples)

    def spread(self, a: Array, shape: Shape) -> Array:
        """a, repeated to a shape."""
        return a if a.shape == shape else self.new("spread", (a,), shape)

    def concat(self, parts: Sequence[Array]) -> Array:
        """Joined along the last axis."""
        if len(parts) == 1:
            return parts[0]
        lead  = broadcast(*[p.shape[:-1] for p in parts])
        parts = [self.spread(p, (*lead, p.shape[-1])) for p in parts]
        return self.new("concat", parts, (*lead, sum([p.shape[-1] for p in parts])))

    def zeros(self, shape: Shape) -> Array:
        return self.spread(self.constant(0), shape)

    def take(self, a: Array, index: Indices) -> Array:
        """a[..., index]: the last axis is replaced by the axes of index; a view where the indices are a
        range."""
        flat, lead, n = index.ravel(), a.shape[:-1], a.shape[-1]
        start, stop = int(flat[0]), int(flat[-1]) + 1
        if flat.size == stop - start and (np.diff(flat) == 1).all():
            part = a if flat.size == n else self.new("slice", (a,), (*lead, flat.size), (start, stop))
            return self.reshape(part, (*lead, *index.shape))
        return self.new("take", (a,), (*lead, *index.shape), index)


def broadcast(*shapes: Shape) -> Shape:
    """The shape that arrays of these shapes have together."""
    out: list[int] = [1] * max([len(shape) for shape in shapes], default=0)
    for shape in shapes:
        for k, n in enumerate(reversed(shape), 1):
            if n != 1:
                if out[-k] not in (1, n):
                    raise ValueError(f"shapes {shapes} do not go together")
                out[-k] = n
    return tuple(out)


def both(first: tuple[int, ...], then: tuple[int, ...], count: int) -> tuple[int, ...]:
    """The axes of a sum over `then` of a sum over `first`, counted in an array that has `count` of them."""
    left = [k for k in range(count) if k not in first]
    return tuple(sorted([*first, *[left[k] for k in then]]))


def frozen(attrs: object) -> object:
    """attrs as what can be compared: arrays by their numbers, and 1, 1.0 and True are three."""
    if isinstance(attrs, np.ndarray):
        return attrs.shape, (attrs.tobytes() if attrs.dtype != object else tuple(map(repr, attrs.ravel())))
    if isinstance(attrs, tuple):
        return tuple([frozen(x) for x in attrs])
    return type(attrs), attrs
