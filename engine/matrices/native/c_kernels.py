"""C kernels: calls of the functions of kernels.h, for what is no loop over single elements.

    before   Z = X @ W.T         dW = dZ.T @ A           J = logsumexp(Z)
    after    product(...)        over_samples(...)       shares(...)
"""

from __future__ import annotations

from ..interfaces import Unsupported
from ..lines import Array, Shape
from .c_memory import Memory
from .c_text import axes, batched, flat, heads, names, size, wide
from .schedule import VIEWS, peeled


def kernel(memory: Memory, z: Array) -> None:
    """Write the call that computes z."""
    if z.op == "matmul":    matmul(memory, z)
    elif z.op == "concat":  joined(memory, z)
    elif z.op in VIEWS:     copied(memory, z)
    else:                   along_last(memory, z)


# --- along the last axis of each list of numbers ------------------------------------------------------

def along_last(memory: Memory, z: Array) -> None:
    """The largest of a list, or what softmax and logsumexp make of it."""
    x = z.args[0]
    n, lists = x.shape[-1], size(x) // x.shape[-1]
    if n < 1:
        raise Unsupported(f"{z.op} along the samples")
    step  = "S" if batched(x) else "1"
    given = f"{memory.whole(x)} + r * {n} * {step}"
    write = extreme if z.op in ("max", "min") else shares
    call  = write(memory, z, f"{n}, S", given, step)
    memory.body.append(f"for (long r = 0; r < {lists}; r++) {call}")


def extreme(memory: Memory, z: Array, sizes: str, given: str, step: str) -> str:
    name = "extreme" if batched(z) else "extreme_number"
    return f"{name}({sizes}, {int(z.op == 'min')}, {given}, {memory.room(z)} + r * {step});"


def shares(memory: Memory, z: Array, sizes: str, given: str, step: str) -> str:
    """softmax or logsumexp, or both of them."""
    name = "shares" if batched(z) else "shares_number"
    both = {y.op: y for y in (z, memory.plan.partner.get(id(z), z))}
    into = [f"{memory.room(both[op])} + r * {k} * {step}" if op in both else "0"
            for op, k in (("logsumexp", 1), ("softmax", z.args[0].shape[-1]))]
    return f"{name}({sizes}, {given}, {', '.join(into)});"


# --- products -----------------------------------------------------------------------------------------

def matmul(memory: Memory, z: Array) -> None:
    if any(len(y.shape) != 2 for y in (z, *z.args)):
        raise Unsupported("a product of more than two axes")
    (a, ta), (b, tb) = peeled(z.args[0]), peeled(z.args[1])
    x, y, to = memory.whole(a), memory.whole(b), memory.room(z)
    (rows, inner), columns = z.args[0].shape, z.shape[1]
    if sum(n < 0 for n in (rows, inner, columns)) > 1:
        raise Unsupported("a product of more than one axis of samples")
    ar, ac = (1, rows) if ta else (inner, 1)
    br, bc = (1, inner) if tb else (columns, 1)
    if inner < 0 and b.op == "input" and columns >= 8:               # over the samples
        call = f"product({rows}, {columns}, m, {x}, S, 1, {memory.raw[id(b)]}, {columns}, {to}, {columns});"
    elif inner < 0:
        call = f"over_samples({rows}, {columns}, m, S, {x}, {y}, {to});"
    elif rows < 0:
        call = f"product({columns}, S, {inner}, {y}, {bc}, {br}, {x}, S, {to}, S);"
    elif columns < 0:
        call = f"product({rows}, S, {inner}, {x}, {ar}, {ac}, {y}, S, {to}, S);"
    elif columns >= 8 and bc == 1:
        call = f"product({rows}, {columns}, {inner}, {x}, {ar}, {ac}, {y}, {br}, {to}, {columns});"
    else:
        call = f"small_product({rows}, {columns}, {inner}, {x}, {ar}, {ac}, {y}, {br}, {bc}, {to});"
    memory.body.append(call)


# --- arrays of their own ------------------------------------------------------------------------------

def copied(memory: Memory, z: Array) -> None:
    """A view that has to be an array of its own."""
    x = z.args[0]
    memory.room(z)
    value = memory.at(x, memory.seen(z, names(z.shape)))
    put(memory, z, z.shape, 0, wide(value, memory.vector(x), batched(z)))


def joined(memory: Memory, z: Array) -> None:
    """Arrays joined along the last axis."""
    if z.shape[-1] < 0:
        raise Unsupported("samples joined one after the other")
    memory.room(z)
    start = 0
    for x in z.args:
        put(memory, z, x.shape, start, wide(memory.at(x, names(x.shape)), memory.vector(x), batched(z)))
        start += x.shape[-1]


def put(memory: Memory, z: Array, shape: Shape, start: int, value: str) -> None:
    """Write elements of that shape into z, along its last axis from `start` on."""
    to, own = memory.place[id(z)], axes(names(shape), shape)
    there   = flat([*own[:-1], *[(f"({i} + {start})", z.shape[-1]) for i, _ in own[-1:]]])
    memory.body += heads(own)
    memory.body.append(f"for (long s = 0; s < S; s += LANES) store({to} + ({there}) * S + s, {value});"
                       if batched(z) else f"{to}[{there}] = {value};")
