"""Running: the lines of a program as NumPy calls on arrays that are allocated once.

    before   Z = X @ W.T + b    A = tanh(Z)                   lines of elementary operations
    after    matmul(X, W.T, Z)  add(Z, b, Z)  tanh(Z, A)      each result written where there is room for it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..data import Floats
from ..lines import Array
from ..portable import number
from .lifetimes import VIEWS, sums_of_products
from .rooms import Rooms
from .steps import WHOLE, Numbers, Step, steps, total_of_product, view


class Plan:
    """A program prepared for one number of samples.

    Args:
        lines: elementary lines, in order.
        roots: the lines whose values are wanted.
        given: arrays of inputs, targets and parameters, by line; the caller fills them before each run.
        into: arrays that receive the values of roots.
    """

    def __init__(self, lines: Sequence[Array], roots: Sequence[Array], samples: int,
                 given: Mapping[int, Floats], into: Sequence[Floats]) -> None:
        self.steps = Planning(lines, roots, samples, given, into).steps

    def run(self) -> None:
        """Compute every line."""
        with np.errstate(all="ignore"):
            for function, arguments in self.steps:
                function(*arguments)


class Planning:
    """A plan while it is made.

    steps    the calls so far
    values   where the value of each line is once its steps have run
    """

    def __init__(self, lines: Sequence[Array], roots: Sequence[Array], samples: int,
                 given: Mapping[int, Floats], into: Sequence[Floats]) -> None:
        lines = [z for z in {id(z): z for z in lines}.values() if id(z) not in given]
        self.samples = samples
        self.steps:  list[Step] = []
        self.values: dict[int, Numbers] = dict(given)
        self.summed = sums_of_products(lines, roots)
        self.rooms  = Rooms(lines, roots, samples,
                            {id(z): out for z, out in zip(roots, into) if z.op not in VIEWS})
        for place, z in enumerate(lines):
            if id(z) not in self.summed:
                self.values[id(z)] = self.line(z, place)
        for z, out in zip(roots, into):
            if self.values[id(z)] is not out:
                self.steps.append((np.copyto, (out, self.values[id(z)])))

    def line(self, z: Array, place: int) -> Numbers:
        """Where the value of z will be; adds the steps that put it there."""
        if z.op == "constant":
            return np.asarray(number(z.attrs, self.samples, np, False))
        if id(z.args[0]) in self.summed:
            return self.sum_of_products(z)
        args = [self.values[id(a)] for a in z.args]
        if z.op in VIEWS:
            out, added = view(z, args[0], self.samples)
        else:
            out = self.room(z, place)
            added = steps(z, args, out)
        self.steps += added
        return out

    def room(self, z: Array, place: int) -> Numbers:
        """Memory for z. Element by element an operand may be overwritten, and so may b in where(c, number,
        b)."""
        overwrites = z.op not in WHOLE or z.op == "where" and z.args[1].op == "constant"
        if overwrites:
            self.rooms.free(z, place)
        out = self.rooms.room(z)
        if not overwrites:
            self.rooms.free(z, place)
        return out

    def sum_of_products(self, z: Array) -> Numbers:
        a, b = [self.values[id(x)] for x in z.args[0].args]
        out  = self.rooms.room(z)
        self.steps.append(total_of_product(a, b, out))
        return out
