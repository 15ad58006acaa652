"""Native: the lines of a program compiled to machine code by the C compiler that the machine has.

    before   lines of a program: Z = X @ W.T + b, A = tanh(Z), ...
    after    one call of a C function on preallocated arrays, with vectors of samples

    compiled    the C function of a program; it is the same for every number of samples
    Native      that function and the arrays for one of them: takes the place of Plan in numpy/plan.py, the
                same arrays in, the same numbers out
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..data import Floats, aligned
from ..derivation import needed
from ..lines import Array
from ..passes.expansion import expand
from ..portable import elementary
from .c_source import Source, source
from .compiler import library

WHOLE = {"sigmoid", "softmax", "logsumexp"}                          # kernels.h has them


class Compiled(NamedTuple):
    """The library with the C function `step` of a program, and what the function reads."""

    library: ctypes.CDLL
    source:  Source


def compiled(roots: Sequence[Array], samples: int) -> Compiled:
    """The C function that computes roots, best for this number of samples.

    Raises:
        Unsupported: a line is none of those that can be written in C; the message says which.
        NoCompiler: there is no C compiler here.
    """
    lowered = elementary(roots, kept_whole)[-len(roots):]
    written = source(needed(lowered), lowered, samples)
    made    = library(written.text.replace('#include "kernels.h"', kernels()))
    made.step.restype = None
    return Compiled(made, written)


def kept_whole(z: Array) -> Array:
    """expand, except for what kernels.h computes at once."""
    return z if z.op in WHOLE or (z.op == "slope" and z.attrs[0] in ("tanh", "sigmoid")) else expand(z)


@cache
def kernels() -> str:
    return Path(__file__).with_name("kernels.h").read_text(encoding="utf-8")


class Native:
    """A compiled program prepared for one number of samples; see Plan in numpy/plan.py.

    Args:
        program: what `compiled` gave for the roots.
        given: arrays of inputs, targets and parameters, by line; the caller fills them before each run.
        into: arrays that receive the values of the roots, in the order in which they were compiled.
    """

    def __init__(self, program: Compiled, samples: int, given: Mapping[int, Floats],
                 into: Sequence[Floats]) -> None:
        written = program.source
        self.padded = written.padded(samples)
        self.arrays = [*[given[id(z)] for z in written.leaves],
                       *[np.ascontiguousarray(z.attrs[0], dtype=float) for z in written.arrays]]
        self.into   = list(into)
        for x in (*self.arrays, *self.into):
            if x.dtype != np.float64 or not x.flags.c_contiguous:
                raise TypeError("a native program needs contiguous arrays of floats, "
                                f"not {x.dtype} of strides {x.strides}")
        self.work  = aligned(written.rows * self.padded + written.fixed + 8)
        self.ins   = pointers(self.arrays)
        self.outs  = pointers(self.into)
        self.arguments = (ctypes.c_long(samples or 1), ctypes.c_long(self.padded), ctypes.c_long(1), self.ins,
                          self.outs, ctypes.c_void_p(self.work.ctypes.data))
        self.step  = program.library.step

    def run(self) -> None:
        """Compute every root."""
        self.step(*self.arguments)


def pointers(arrays: Sequence[Floats]) -> ctypes.Array[ctypes.c_void_p]:
    return (ctypes.c_void_p * max(len(arrays), 1))(*[x.ctypes.data for x in arrays])
