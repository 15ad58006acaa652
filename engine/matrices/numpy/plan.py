"""Running: the lines of a program as NumPy calls on arrays that are allocated once.

    before   Z = X @ W.T + b    A = tanh(Z)                   lines of elementary operations
    after    matmul(X, W.T, Z)  add(Z, b, Z)  tanh(Z, A)      each result written where there is room for it

    step     one call: a NumPy function and its arguments, the last of them where the result goes
    base     the line whose memory a line shows: its own, or that of the line it is a view of
    last     the place of the last line that reads a base; after it, its memory is room for another
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..lines import Array
from .lifetimes import VIEWS, lifetimes, sums_of_products
from ..portable import RENAMED, number, rounded, sized
from ..algebra import number_of

Floats: TypeAlias = NDArray[np.float64]
Step: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...]]

UFUNCS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power,
          "//": np.floor_divide,
          "%": np.remainder,
          "neg": np.negative, "abs": np.absolute, "<": np.less, "<=": np.less_equal, ">": np.greater,
          ">=": np.greater_equal, "==": np.equal}
CONDITIONS = ("<", "<=", ">", ">=", "==", "first")


class Plan:
    """A program prepared for one number of samples.

    Args:
        lines: elementary lines, in order.
        roots: the lines whose values are wanted.
        given: arrays of inputs, targets and parameters, by line; the caller fills them before each run.
        into: arrays that receive the values of roots.
    """

    room_of: dict[str, Any]
    loss:    Any
    outputs: Any

    def __init__(self, lines: Sequence[Array], roots: Sequence[Array], samples: int, given: dict[int, Any],
                 into: Sequence[Any]) -> None:
        self.samples = samples
        self.steps: list[Step] = []
        self.values: dict[int, Any] = dict(given)
        self.rooms: dict[Any, list[Any]] = {}
        self.own:   dict[int, tuple[Any, Any]] = {}
        lines = [z for z in {id(z): z for z in lines}.values() if id(z) not in given]
        self.base, self.last = lifetimes(lines, roots)
        self.fused  = sums_of_products(lines, roots)
        self.wanted = {id(z): out for z, out in zip(roots, into) if z.op not in VIEWS}
        for place, z in enumerate(lines):
            self.values[id(z)] = self.line(z, place)
        for z, out in zip(roots, into):
            if self.values[id(z)] is not out:
                self.steps.append((np.copyto, (out, self.values[id(z)])))

    def run(self) -> None:
        """Compute every line."""
        with np.errstate(all="ignore"):
            for function, arguments in self.steps:
                function(*arguments)

    # --- one line ---------------------------------------------------------------------------------

    def line(self, z: Array, place: int) -> Any:
        """Where the value of z will be; adds the steps that put it there."""
        args = [self.values[id(a)] for a in z.args]
        if z.op == "constant":
            return np.asarray(number(z.attrs, self.samples, np, False))
        if z.op in VIEWS:
            return self.view(z, args[0])
        if id(z) in self.fused:
            return None
        if z.op == "where" and z.args[1].op == "constant":  # b may be overwritten: a number goes into it
            self.free(z, place)
        if z.op in ("matmul", "sum", "max", "min", "first", "others", "take", "concat", "where"):
            out = self.room(z)
            getattr(self, z.op)(z, args, out)
            self.free(z, place)
            return out
        self.free(z, place)  # element by element: an operand may be overwritten
        out = self.room(z)
        if z.op == "**" and number_of(z.args[1]) == (2, 0):
            self.steps.append((np.multiply, (args[0], args[0], out)))
        elif z.op in ("larger", "smaller"):
            self.steps.append((partial(np.maximum if z.op == "larger" else np.minimum, out=out), tuple(args)))
        else:
            name = "round_to" if z.op == "round" and len(args) > 1 else z.op
            function: Any = UFUNCS.get(name) or OWN.get(name) or getattr(np, RENAMED.get(name, name))
            self.steps.append((function, (*args, out)))
        return out

    def view(self, z: Array, x: Any) -> Any:
        if z.op == "transpose": return x.swapaxes(-1, -2)
        if z.op == "slice":     return x[..., z.attrs[0]:z.attrs[1]]
        if z.op == "spread":    return np.broadcast_to(x, sized(z.shape, self.samples))
        x   = x if isinstance(x, np.ndarray) else np.array(x)
        out = x.reshape(sized(z.shape, self.samples))
        if not np.may_share_memory(out, x):                          # not one block of memory: a copy
            out = np.empty(out.shape)
            self.steps.append((copy_reshaped, (x, out)))
        return out

    def matmul(self, z: Array, args: list[Any], out: Any) -> None:
        self.steps.append((np.matmul, (*args, out)))

    def sum(self, z: Array, args: list[Any], out: Any) -> None:
        axes, keep = z.attrs
        product    = z.args[0]
        if id(product) in self.fused:  # a sum of products is one product
            a, b = [self.values[id(x)].reshape(-1) for x in product.args]
            self.steps.append((np.matmul, (a[None, :], b[:, None], out.reshape(1, 1))))
            return
        if axes == (0,) and args[0].ndim == 2 and args[0].size <= SMALL:             # ones @ x is faster
            self.steps.append((np.matmul, (np.ones((1, len(args[0]))), args[0], out.reshape(1, -1))))
            return
        axes = axes[0] if len(axes) == 1 else axes
        self.steps.append((np.add.reduce, (args[0], axes, None, out, keep)))

    def max(self, z: Array, args: list[Any], out: Any) -> None:
        self.steps.append((np.maximum.reduce, (args[0], -1, None, out, True)))

    def min(self, z: Array, args: list[Any], out: Any) -> None:
        self.steps.append((np.minimum.reduce, (args[0], -1, None, out, True)))

    def first(self, z: Array, args: list[Any], out: Any) -> None:
        places = np.empty((*out.shape[:-1], 1), dtype=np.intp)
        self.steps.append((args[0].argmax, (-1, places[..., 0])))
        self.steps.append((np.equal, (np.arange(out.shape[-1]), places, out)))

    def others(self, z: Array, args: list[Any], out: Any) -> None:
        """A copy of the first operand, 0 where the second is largest for the first time."""
        e, x   = args
        places = np.empty(x.shape[:-1], dtype=np.intp)
        starts = np.arange(x.size // x.shape[-1]).reshape(places.shape) * x.shape[-1]
        self.steps += [(x.argmax, (-1, places)), (np.add, (places, starts, places)), (np.copyto, (out, e)),
                       (out.reshape(-1).__setitem__, (places, 0.0))]

    def take(self, z: Array, args: list[Any], out: Any) -> None:
        self.steps.append((np.take, (args[0], z.attrs, -1, out, "clip")))

    def concat(self, z: Array, args: list[Any], out: Any) -> None:
        self.steps.append((np.concatenate, (args, -1, out)))

    def where(self, z: Array, args: list[Any], out: Any) -> None:
        condition, a, b = args
        if out is not b:
            self.steps.append((np.copyto, (out, b)))
        self.steps.append((np.copyto, (out, a, "same_kind", condition)))

    # --- memory -----------------------------------------------------------------------------------

    def room(self, z: Array) -> Any:
        """Memory for z: where it is wanted, or room that is free, or new."""
        if id(z) in self.wanted:
            return self.wanted[id(z)]
        shape, kind = sized(z.shape, self.samples), bool if z.op in CONDITIONS else float
        free = self.rooms.get((shape, kind))
        out  = free.pop() if free else np.empty(shape, kind)
        self.own[id(z)] = (shape, kind), out
        return out

    def free(self, z: Array, place: int) -> None:
        """What nobody reads after this line becomes room."""
        for base in dict.fromkeys(self.base[id(a)] for a in z.args):
            if base in self.own and self.last[base] == place:
                key, room = self.own.pop(base)
                self.rooms.setdefault(key, []).append(room)


def copy_reshaped(x: Any, out: Any) -> None:
    np.copyto(out, x.reshape(out.shape))


def by_element(function: Callable[[float], float]) -> Callable[[Any, Any], None]:
    """A function of math for arrays, where NumPy has none."""
    elements = np.vectorize(function, otypes=[float])
    def on_arrays(x: Any, out: Any) -> None:
        out[...] = elements(x)
    return on_arrays


def round_to(x: Any, digits: Any, out: Any) -> None:
    out[...] = rounded(x, digits)


erf, erfc = by_element(math.erf), by_element(math.erfc)
OWN   = {"erf": erf, "erfc": erfc, "round": np.rint, "round_to": round_to}
SMALL = 2 ** 16


def aligned(count: int) -> Floats:
    """Room for count doubles that starts on a cache line."""
    room  = np.zeros(count + 8)
    start = -room.ctypes.data % 64 // 8
    return room[start:start + count]
