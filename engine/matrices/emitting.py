"""Emitting: the lines of a program as C, samples side by side in memory so that every loop is over samples.

    before   Z = X @ W.T,  A = tanh(Z)              arrays of samples x units
    after    forward(Z, W, ...); for (s...) A[u*BP + s] = tanh(Z[u*BP + s]);     units x samples

    BP       the number of samples B, rounded up to whole vectors; what lies beyond B is never summed
    place    a C expression for where a line's numbers are
    turned   a transpose: no code of its own, only another way to walk in a product

The text is made of the templates below, numbers, and names counted here: nothing in it comes from the user.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arrays import Array
from .kernels import BINARY, UNARY, batched, literal, units
from .simplifying import number_of


class Unsupported(Exception):
    """A line for which there is no C: the program stays on NumPy."""


class Emitter:
    """The body of one step."""

    def __init__(self, lines: Sequence[Array], places: dict[int, str], room: int) -> None:
        self.place: dict[int, str] = dict(places)
        self.code: list[str] = []
        self.room, self.fixed_room = room, 0                # doubles per sample, and of arrays without samples
        for z in {id(z): z for z in lines}.values():
            if id(z) not in self.place:
                self.line(z)

    def line(self, z: Array) -> None:
        name = f"t{len(self.place)}"
        if z.op == "constant":
            self.place[id(z)] = self.constant(z, name)
            return
        if z.op == "transpose":
            self.place[id(z)] = "turned"
            return
        if z.op == "reshape" and (not batched(z) or z.shape == z.args[0].shape):
            self.place[id(z)] = self.at(z.args[0])
            return
        if z.op == "slice" and batched(z):
            self.place[id(z)] = f"({self.at(z.args[0])} + {z.attrs[0]} * BP)"
            return
        if len(z.shape) > 2 or any(n < -1 for n in z.shape) or -1 in z.shape[1:] and z.op != "matmul":
            raise Unsupported(f"{z.op} of shape {z.shape}")
        if z.op not in ("matmul", "sum", "max", "min", "first", "others", "take", "concat", "spread", "where", "slice",
                        *UNARY, *BINARY):
            raise Unsupported(z.op)
        self.place[id(z)] = name
        size = units(z)
        if batched(z):
            self.code.append(f"double *restrict {name} = room + {self.room} * BP;")
            self.room += size
        else:
            self.code.append(f"double *restrict {name} = fixed + {self.fixed_room};")
            self.fixed_room += size
        special = getattr(self, z.op, None) if z.op.isidentifier() else None
        if special is not None:
            special(z, name, [a for a in z.args])
        else:
            self.elements(z, name, (UNARY | BINARY)[z.op])

    def at(self, z: Array) -> str:
        place = self.place[id(z)]
        if place == "turned":
            raise Unsupported("a transpose outside of a product")
        return place

    def constant(self, z: Array, name: str) -> str:
        number, batches = z.attrs
        if isinstance(number, np.ndarray):
            if batched(z):
                raise Unsupported("numbers per sample")
            listed = ", ".join([literal(float(x)) for x in number.ravel()])
            self.code.append(f"static const double {name}[] = {{{listed}}};")
            return name
        value = literal(float(number)) + " * B" * batches + " / B" * -batches
        self.code.append(f"const double {name}_ = {value}, *{name} = &{name}_;")
        return name

    # --- element by element -----------------------------------------------------------------------

    def elements(self, z: Array, name: str, formula: str) -> None:
        if z.op == "**" and number_of(z.args[1]) == (2, 0):
            formula = "({0} * {0})"
        if batched(z):
            operands = [self.operand(a) for a in z.args]
            self.code.append(f"for (long u = 0; u < {units(z)}; u++) LOOP {name}[u * BP + s] = "
                             f"{formula.format(*operands)};")
            return
        rows, columns = (1, 1, *z.shape)[-2:]
        operands = [self.fixed_operand(a) for a in z.args]
        self.code.append(f"for (long r = 0; r < {rows}; r++) for (long c = 0; c < {columns}; c++) "
                         f"{name}[r * {columns} + c] = {formula.format(*operands)};")

    def operand(self, a: Array) -> str:
        """One number of a, for unit u and sample s."""
        if batched(a):
            return f"{self.at(a)}[u * BP + s]" if units(a) > 1 else f"{self.at(a)}[s]"
        if len(a.shape) == 2 and a.shape[0] > 1:
            raise Unsupported("a matrix beside a batch")
        return f"{self.at(a)}[u]" if units(a) > 1 else f"{self.at(a)}[0]"

    def fixed_operand(self, a: Array) -> str:
        rows, columns = (1, 1, *a.shape)[-2:]
        return f"{self.at(a)}[{'r' if rows > 1 else '0'} * {columns} + {'c' if columns > 1 else '0'}]"

    def spread(self, z: Array, name: str, args: list[Array]) -> None:
        self.elements(z, name, "{0}")

    def where(self, z: Array, name: str, args: list[Array]) -> None:
        self.elements(z, name, "({0} != 0 ? {1} : {2})")

    # --- products and sums ------------------------------------------------------------------------

    def matmul(self, z: Array, name: str, args: list[Array]) -> None:
        a, b = args
        if batched(a) and not batched(b) and a.op != "transpose":
            w, turned = (b.args[0], True) if b.op == "transpose" else (b, False)
            n, k = z.shape[1], a.shape[1]
            by_unit, by_input = (k, 1) if turned else (1, n)
            self.code.append(f"forward({name}, {self.at(w)}, {by_unit}, {by_input}, {self.at(a)}, {n}, {k}, BP);")
        elif a.op == "transpose" and batched(a.args[0]) and batched(b):
            d = a.args[0]
            self.code.append(f"clear({self.at(d)}, {units(d)}, B, BP); clear({self.at(b)}, {units(b)}, B, BP);")
            if b.op == "input" and units(b) % 8 == 0:       # inputs come as rows of samples: no sum within a vector
                self.code.append(f"forward({name}, {self.at(d)}, BP, 1, X, {units(d)}, B, {units(b)});")
            else:
                self.code.append(f"collect({name}, {self.at(d)}, {self.at(b)}, {units(d)}, {units(b)}, BP);")
        else:
            raise Unsupported("a product of this form")

    def sum(self, z: Array, name: str, args: list[Array]) -> None:
        (x,), axes = args, z.attrs[0]
        at, n = self.at(x), units(x)
        if not batched(x):
            if units(z) > 1:
                raise Unsupported("a partial sum")
            self.code.append(f"{name}[0] = 0; for (long k = 0; k < {n}; k++) {name}[0] += {at}[k];")
        elif axes == (0,):
            self.code.append(f"for (long u = 0; u < {n}; u++) {name}[u] = added({at} + u * BP, B);")
        elif axes == (1,):
            self.code.append(f"LOOP {name}[s] = 0; for (long u = 0; u < {n}; u++) LOOP {name}[s] += {at}[u * BP + s];")
        else:
            self.code.append(f"{name}[0] = 0; for (long u = 0; u < {n}; u++) {name}[0] += added({at} + u * BP, B);")

    def max(self, z: Array, name: str, args: list[Array], sign: str = ">") -> None:
        at, n = self.at(args[0]), units(args[0])
        if not batched(z):
            raise Unsupported("a maximum without samples")
        self.code.append(f"LOOP {name}[s] = {at}[s]; for (long u = 1; u < {n}; u++) LOOP "
                         f"{name}[s] = {at}[u * BP + s] {sign} {name}[s] || {at}[u * BP + s] != {at}[u * BP + s] "
                         f"? {at}[u * BP + s] : {name}[s];")

    def min(self, z: Array, name: str, args: list[Array]) -> None:
        self.max(z, name, args, "<")

    def first(self, z: Array, name: str, args: list[Array]) -> None:
        self.at_largest(z, name, args[0], "u == k")

    def others(self, z: Array, name: str, args: list[Array]) -> None:
        self.at_largest(z, name, args[1], f"u == k ? 0 : {self.at(args[0])}[u * BP + s]")

    def at_largest(self, z: Array, name: str, x: Array, what: str) -> None:
        """`what` for every unit u, k being the unit where x is largest for the first time."""
        at, n = self.at(x), units(x)
        if not batched(z):
            raise Unsupported("a largest without samples")
        self.code.append(f"LOOP {{ long k = 0; for (long u = 1; u < {n}; u++) "
                         f"k = {at}[u * BP + s] > {at}[k * BP + s] ? u : k; "
                         f"for (long u = 0; u < {n}; u++) {name}[u * BP + s] = {what}; }}")

    def take(self, z: Array, name: str, args: list[Array]) -> None:
        self.gather(z, name, args[0], z.attrs.ravel().tolist(), 0)

    def slice(self, z: Array, name: str, args: list[Array]) -> None:
        self.gather(z, name, args[0], list(range(*z.attrs)), 0)

    def concat(self, z: Array, name: str, args: list[Array]) -> None:
        start = 0
        for a in args:
            self.gather(z, name, a, list(range(a.shape[-1])), start)
            start += a.shape[-1]

    def gather(self, z: Array, name: str, x: Array, index: list[int], start: int) -> None:
        if batched(z) != batched(x) or len(x.shape) > 2 or len(x.shape) == 2 and not batched(x) and x.shape[0] > 1:
            raise Unsupported("a gather of this form")
        for k, i in enumerate(index, start):
            self.code.append(f"LOOP {name}[{k} * BP + s] = {self.at(x)}[{i} * BP + s];" if batched(z)
                             else f"{name}[{k}] = {self.at(x)}[{i}];")
