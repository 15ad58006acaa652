"""Steps: the NumPy calls that compute one line, each into memory that is there before.

    before   Z = X @ W.T         c = where(y < 0, a, b)
    after    matmul(X, W.T, Z)   copyto(c, b)  copyto(c, a, where=y < 0)

    step     one call: a NumPy function and its arguments, the last of them where the result goes
    args     the values of the operands of a line, and out: memory for its own
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..data import Floats
from ..lines import Array, number_of
from ..portable import RENAMED, rounded, sized

Numbers:  TypeAlias = NDArray[np.generic]                            # floats, or what a condition gives
Function: TypeAlias = Callable[..., object]
Step:     TypeAlias = tuple[Function, tuple[object, ...]]

SMALL = 2 ** 16                                                      # numbers up to which ones @ x is faster


def steps(z: Array, args: Sequence[Numbers], out: Numbers) -> list[Step]:
    """The steps that compute z."""
    return WHOLE[z.op](z, args, out) if z.op in WHOLE else [element(z, args, out)]


# --- element by element -------------------------------------------------------------------------------

def element(z: Array, args: Sequence[Numbers], out: Numbers) -> Step:
    if z.op == "**" and number_of(z.args[1]) == (2, 0):
        return np.multiply, (args[0], args[0], out)
    if z.op in ("larger", "smaller"):                                # NumPy wants their out by name
        return partial(np.maximum if z.op == "larger" else np.minimum, out=out), tuple(args)
    name = "round_to" if z.op == "round" and len(args) > 1 else z.op
    return BY_ELEMENT.get(name) or getattr(np, RENAMED.get(name, name)), (*args, out)


def by_element(function: Callable[[float], float]) -> Callable[[Floats, Floats], None]:
    """A function of math for arrays, where NumPy has none."""
    elements = np.vectorize(function, otypes=[float])
    def on_arrays(x: Floats, out: Floats) -> None:
        out[...] = elements(x)
    return on_arrays


def round_to(x: Floats, digits: Floats, out: Floats) -> None:
    out[...] = rounded(x, digits)


BY_ELEMENT: dict[str, Function] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power, "//": np.floor_divide,
    "%": np.remainder, "neg": np.negative, "abs": np.absolute, "<": np.less, "<=": np.less_equal,
    ">": np.greater, ">=": np.greater_equal, "==": np.equal,
    "erf": by_element(math.erf), "erfc": by_element(math.erfc), "round": np.rint, "round_to": round_to}


# --- whole arrays -------------------------------------------------------------------------------------

def product(z: Array, args: Sequence[Numbers], out: Numbers) -> list[Step]:
    return [(np.matmul, (*args, out))]


def total(z: Array, args: Sequence[Numbers], out: Numbers) -> list[Step]:
    (x,), (axes, keep) = args, z.attrs
    if axes == (0,) and x.ndim == 2 and x.size <= SMALL:
        return [(np.matmul, (np.ones((1, len(x))), x, out.reshape(1, -1)))]
    return [(np.add.reduce, (x, axes[0] if len(axes) == 1 else axes, None, out, keep))]


def total_of_product(a: Numbers, b: Numbers, out: Numbers) -> Step:
    """The sum over a * b, which is one product."""
    return np.matmul, (a.reshape(-1)[None, :], b.reshape(-1)[:, None], out.reshape(1, 1))


def largest(z: Array, args: Sequence[Numbers], out: Numbers) -> list[Step]:
    return [(np.maximum.reduce, (args[0], -1, None, out, True))]


def smallest(z: Array, args: Sequence[Numbers], out: Numbers) -> list[Step]:
    return [(np.minimum.reduce, (args[0], -1, None, out, True))]


def first(z: Array, args: Sequence[Numbers], out: Numbers) -> list[Step]:
    """True where the operand is largest for the first time."""
    places = np.empty((*out.shape[:-1], 1), dtype=np.intp)
    return [(args[0].argmax, (-1, places[..., 0])), (np.equal, (np.arange(out.shape[-1]), places, out))]


def others(z: Array, args: Sequence[Numbers], out: Numbers) -> list[Step]:
    """A copy of the first operand, 0 where the second is largest for the first time."""
    e, x   = args
    places = np.empty(x.shape[:-1], dtype=np.intp)
    starts = np.arange(x.size // x.shape[-1]).reshape(places.shape) * x.shape[-1]
    return [(x.argmax, (-1, places)), (np.add, (places, starts, places)), (np.copyto, (out, e)),
            (out.reshape(-1).__setitem__, (places, 0.0))]


def take(z: Array, args: Sequence[Numbers], out: Numbers) -> list[Step]:
    return [(np.take, (args[0], z.attrs, -1, out, "clip"))]


def concat(z: Array, args: Sequence[Numbers], out: Numbers) -> list[Step]:
    return [(np.concatenate, (args, -1, out))]


def where(z: Array, args: Sequence[Numbers], out: Numbers) -> list[Step]:
    """Into b, where its memory is free."""
    condition, a, b = args
    copied: list[Step] = [] if out is b else [(np.copyto, (out, b))]
    return [*copied, (np.copyto, (out, a, "same_kind", condition))]


WHOLE: dict[str, Callable[[Array, Sequence[Numbers], Numbers], list[Step]]] = {
    "matmul": product, "sum": total, "max": largest, "min": smallest, "first": first, "others": others,
    "take": take, "concat": concat, "where": where}


# --- views --------------------------------------------------------------------------------------------

def view(z: Array, x: Numbers, samples: int) -> tuple[Numbers, list[Step]]:
    """z in the memory of its operand x; where that is not one block, a reshape is a copy, made by a step."""
    if z.op == "transpose": return x.swapaxes(-1, -2), []
    if z.op == "slice":     return x[..., z.attrs[0]:z.attrs[1]], []
    if z.op == "spread":    return np.broadcast_to(x, sized(z.shape, samples)), []
    out = x.reshape(sized(z.shape, samples))
    if np.may_share_memory(out, x):
        return out, []
    copy = np.empty(out.shape)
    return copy, [(copy_reshaped, (x, copy))]


def copy_reshaped(x: Numbers, out: Numbers) -> None:
    np.copyto(out, x.reshape(out.shape))
