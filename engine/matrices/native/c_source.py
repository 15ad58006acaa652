"""C source: the lines of a program as one C function, of loops over vectors of samples and the kernels of
kernels.h.

    before   Z = X @ W.T + b    A = tanh(Z)    dZ = dA * tanh'(Z)      lines
    after    product(16, S, 2, W, ..., X, S, t3, S);                   a kernel for the product
             for u: for s: z = t3[u,s] + b[u]; t4[u,s] = tanh(z); t5[u,s] = tanh'(z)     one loop for the rest

Names are made here; nothing a user wrote reaches the compiler.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..lines import Array
from .c_kernels import Kernels
from .c_loops import Loops
from .c_text import batched, flat, size
from .schedule import Unsupported, schedule

SMALL     = 512              # doubles of workspace up to which a program is made for its number of samples
ARGUMENTS = "long fresh, const double *const *in, double *const *out, double *work"


class Source(Loops, Kernels):
    """The C function of a program.

    text      the source: a function step(m, S, fresh, in, out, work), for any number of samples and
              best for `samples`; where nothing is fresh, inputs and targets are those of the step before
    leaves    the lines whose arrays `in` points to, in order; then come the arrays of constants
    lanes     rows of samples are padded to a multiple of it
    """

    def __init__(self, lines: Sequence[Array], roots: Sequence[Array], samples: int) -> None:
        super().__init__()
        self.roots  = list(roots)
        self.leaves = [z for z in lines if z.op in ("parameter", "input", "target")]
        self.arrays = [z for z in lines if z.op == "constant" and isinstance(z.attrs[0], np.ndarray)]
        self.plan   = schedule(lines, roots)
        self.start()
        for kernels, loops in self.plan.stages:
            for z in kernels:
                self.kernel(z)
            for shape, members in loops:
                self.loop(shape, members)
        for k, z in enumerate(self.roots):
            self.result(k, z)
        small      = self.rows * 8 + self.fixed <= SMALL
        self.lanes = 4 if small and samples <= 4 else 8
        self.text  = self.whole(samples, small)

    def whole(self, samples: int, small: bool) -> str:
        """The function around the body; a small program once more, for its number of samples."""
        settings = [*["#define SMALL"] * small, *["#define NARROW"] * (self.lanes == 4)]
        room     = self.padded(samples)
        sizes    = f"{samples}, {room}"
        special  = (f"    if (m == {samples} && S == {room}) {{ general({sizes}, fresh, in, out, work); "
                    f"return; }}")
        return "\n".join([*settings, '#include "kernels.h"', *self.tables,
                          f"INLINE void general(long m, long S, {ARGUMENTS}) {{",
                          *["    " + x for x in self.body], "}", f"void step(long m, long S, {ARGUMENTS}) {{",
                          *[special] * small,
                          "    general(m, S, fresh, in, out, work);", "}", ""])

    def padded(self, samples: int) -> int:
        """The room of a row: whole vectors. Rows a power of two apart would share places in the cache."""
        room = -(-max(samples, 1) // self.lanes) * self.lanes
        return room + self.lanes * (room % 64 == 0)

    def start(self) -> None:
        for k, z in enumerate(self.leaves + self.arrays):
            self.body.append(f"const double *in{k} = in[{k}];")
            self.place[id(z)] = self.raw[id(z)] = f"in{k}"
            if batched(z):
                if z.op == "constant":
                    raise Unsupported("numbers that differ from sample to sample")
                del self.place[id(z)]
                self.room(z)
                self.body.append(f"if (fresh) pack(m, {size(z)}, S, in{k}, {self.place[id(z)]});")
        for k, z in enumerate(self.roots):
            if id(z) in self.plan.stored and not batched(z) and id(z) not in self.place:
                self.place[id(z)] = f"out{k}"
            self.body.append(f"double *out{k} = out[{k}];")

    def result(self, k: int, z: Array) -> None:
        if batched(z):
            self.body.append(f"unpack(m, {size(z)}, S, {self.memory(z)}, out{k});")
        elif self.place.get(id(z)) != f"out{k}":
            index = [f"i{j}" for j in range(len(z.shape))]
            self.body += [f"for (long {i} = 0; {i} < {n}; {i}++)" for i, n in zip(index, z.shape)]
            self.body.append(f"out{k}[{flat(list(zip(index, z.shape)))}] = {self.at(z, index)};")
