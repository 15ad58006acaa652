"""C source: the lines of a program as one C function, of loops over vectors of samples and the kernels of
kernels.h.

    before   Z = X @ W.T + b    A = tanh(Z)    dZ = dA * tanh'(Z)      lines
    after    product(16, S, 2, W, ..., X, S, t3, S);                   a kernel for the product
             for u: for s: z = t3[u,s] + b[u]; t4[u,s] = tanh(z); t5[u,s] = tanh'(z)     one loop for the rest

Names are made here; nothing a user wrote reaches the compiler.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..interfaces import Unsupported
from ..lines import Array
from .c_kernels import kernel
from .c_loops import loop
from .c_memory import Memory
from .c_text import axes, batched, flat, heads, names, size
from .schedule import schedule

SMALL     = 512              # doubles of workspace up to which a program is made for its number of samples
ARGUMENTS = "long fresh, const double *const *in, double *const *out, double *work"


class Source(NamedTuple):
    """The C function of a program.

    text         the source: a function step(m, S, fresh, in, out, work), for any number of samples and
                 best for one; where nothing is fresh, inputs and targets are those of the step before
    leaves       the lines whose arrays `in` points to, in order; then come the arrays of constants
    arrays       the lines of those constants
    rows, fixed  the workspace is rows * S + fixed doubles
    lanes        rows of samples are padded to a multiple of it
    """

    text:   str
    leaves: list[Array]
    arrays: list[Array]
    rows:   int
    fixed:  int
    lanes:  int

    def padded(self, samples: int) -> int:
        """S, for a number of samples."""
        return padded(samples, self.lanes)


def source(lines: Sequence[Array], roots: Sequence[Array], samples: int) -> Source:
    """The C function that computes roots, best for this number of samples.

    Raises:
        Unsupported: a line is none of those that can be written in C; the message says which.
    """
    leaves = [z for z in lines if z.op in ("parameter", "input", "target")]
    arrays = [z for z in lines if z.op == "constant" and isinstance(z.attrs[0], np.ndarray)]
    memory = Memory(schedule(lines, roots))
    start(memory, leaves + arrays, roots)
    for kernels, loops in memory.plan.stages:
        for z in kernels:
            kernel(memory, z)
        for shape, members in loops:
            loop(memory, shape, members)
    for k, z in enumerate(roots):
        result(memory, k, z)
    small = memory.rows * 8 + memory.fixed <= SMALL
    lanes = 4 if small and samples <= 4 else 8
    text  = whole(memory, samples, lanes, small)
    return Source(text, leaves, arrays, memory.rows, memory.fixed, lanes)


def start(memory: Memory, given: Sequence[Array], roots: Sequence[Array]) -> None:
    """Names for what the function is given; samples are brought into the order of the workspace."""
    for k, z in enumerate(given):
        memory.body.append(f"const double *in{k} = in[{k}];")
        memory.raw[id(z)] = f"in{k}"
        if not batched(z):
            memory.place[id(z)] = f"in{k}"
        elif z.op == "constant":
            raise Unsupported("numbers that differ from sample to sample")
        else:
            to = memory.room(z)
            memory.body.append(f"if (fresh) pack(m, {size(z)}, S, in{k}, {to});")
    for k, z in enumerate(roots):
        if id(z) in memory.plan.stored and not batched(z) and id(z) not in memory.place:
            memory.place[id(z)] = f"out{k}"
        memory.body.append(f"double *out{k} = out[{k}];")


def result(memory: Memory, k: int, z: Array) -> None:
    """Bring a root to where it is wanted, if it was not made there."""
    if batched(z):
        if z.shape[0] != -1:
            raise Unsupported("a result in which the samples are not the first axis")
        memory.body.append(f"unpack(m, {size(z)}, S, {memory.whole(z)}, out{k});")
    elif memory.place.get(id(z)) != f"out{k}":
        index, own = names(z.shape), axes(names(z.shape), z.shape)
        memory.body += [*heads(own), f"out{k}[{flat(own)}] = {memory.at(z, index)};"]


def whole(memory: Memory, samples: int, lanes: int, small: bool) -> str:
    """The function around the body; a small program once more, for its number of samples."""
    settings = [*["#define SMALL"] * small, *["#define NARROW"] * (lanes == 4)]
    room     = padded(samples, lanes)
    sizes    = f"{samples}, {room}"
    special  = f"    if (m == {samples} && S == {room}) {{ general({sizes}, fresh, in, out, work); return; }}"
    return "\n".join([*settings, '#include "kernels.h"', *memory.tables,
                      f"INLINE void general(long m, long S, {ARGUMENTS}) {{",
                      *["    " + x for x in memory.body], "}", f"void step(long m, long S, {ARGUMENTS}) {{",
                      *[special] * small,
                      "    general(m, S, fresh, in, out, work);", "}", ""])


def padded(samples: int, lanes: int) -> int:
    """The room of a row: whole vectors. Rows a power of two apart would share places in the cache."""
    room = -(-max(samples, 1) // lanes) * lanes
    return room + lanes * (room % 64 == 0)
