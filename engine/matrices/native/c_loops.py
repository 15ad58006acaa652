"""C loops: the lines of one stage and shape as one loop over units and vectors of samples, with the sums over
them.

    before   A = tanh(Z)    S = tanh'(Z)    s = sum of A over the samples
    after    for u: sum = 0; for s: z = load(t3 ...); v0 = v_tanh(z); store(t4 ..., v0); ... sum += v0;
                    t6[u] = sum
"""

from __future__ import annotations

from collections.abc import Sequence

from ..interfaces import Unsupported
from ..lines import Array, Shape
from .c_expressions import COMPARISONS, expression
from .c_memory import Memory
from .c_text import axes, flat, heads, names, size, wide


class LoopText:
    """One loop that is being written.

    index, own     of the shape, see c_text; many: whether the loop is over samples too
    start, end     what stands before and behind the whole loop
    before, after  what stands before and behind the loop over the samples, for each unit
    inner          what is done for each element
    totals         the names of sums that are one number, in a loop over numbers
    """

    def __init__(self, shape: Shape) -> None:
        if any(n < 0 for n in shape[1:]) or (shape and shape[0] < -1):
            raise Unsupported("element by element where the samples are not the first axis")
        self.index  = names(shape)
        self.own    = axes(self.index, shape)
        self.many   = "s" in self.index
        self.totals: list[str] = []
        self.start, self.before, self.inner, self.after, self.end = (list[str]() for _ in range(5))

    def of_samples(self) -> list[str]:
        over = heads(self.own)
        return [*self.start, *[head + " {" for head in over], *self.before,
                "for (long s = 0; s < S; s += LANES) {", *self.inner, "}", *self.after, "}" * len(over),
                *self.end]

    def of_numbers(self) -> list[str]:
        over   = heads(self.own)
        simd   = len(over) > 0 and len(self.start) == len(self.totals)         # no sum is in memory
        hint   = f"omp simd reduction(+:{', '.join(self.totals)})" if self.totals else "GCC ivdep"
        pragma = [f"#pragma {hint}"] if simd else []
        return [*self.start, *over[:-1], *pragma, *over[-1:], "{", *self.inner, "}", *self.end]


def loop(memory: Memory, shape: Shape, members: Sequence[Array]) -> None:
    """Write lines of one shape, element by element, and the sums over them."""
    made = LoopText(shape)
    for z in members:
        if z.op != "sum":      element(memory, made, z)
        elif not made.many:    sum_of_numbers(memory, made, z)
        elif 0 in z.attrs[0]:  sum_of_samples(memory, made, z)
        else:                  sum_of_rows(memory, made, z)
    memory.local.clear()
    memory.body += made.of_samples() if made.many else made.of_numbers()


def element(memory: Memory, made: LoopText, z: Array) -> None:
    """A line element by element: a name, and a place in memory if it is read elsewhere."""
    name = f"v{len(made.inner)}"
    kind = "double" if not made.many else "M" if z.op in COMPARISONS else "V"
    made.inner.append(f"{kind} {name} = {expression(memory, z, made.index, made.many)};")
    if id(z) in memory.plan.stored:
        to, place = memory.room(z), flat(made.own)
        made.inner.append(f"store({to} + ({place}) * S + s, (V){name});" if made.many
                          else f"{to}[{place}] = {name};")
    memory.local[id(z)] = name


# --- sums ---------------------------------------------------------------------------------------------

def sum_of_rows(memory: Memory, made: LoopText, z: Array) -> None:
    """n rows of samples become fewer, in memory."""
    x, to = z.args[0], memory.room(z)
    there = f"{to} + ({flat(left(made, z))}) * S + s"
    value = wide(memory.at(x, made.index), memory.vector(x), True)
    made.start.append(f"memset({to}, 0, sizeof(double) * S * {size(z)});")
    made.inner.append(f"store({there}, load({there}) + {value});")


def sum_of_samples(memory: Memory, made: LoopText, z: Array) -> None:
    """In a register: over the samples of one unit, or over everything."""
    x, to = z.args[0], memory.room(z)
    own   = left(made, z)
    start, end = (made.before, made.after) if own else (made.start, made.end)
    value = wide(memory.at(x, made.index), memory.vector(x), True)
    start.append(f"V sum{to} = splat(0);")
    made.inner.append(f"sum{to} += kept(below(m - s), {value});")
    several = 0 < len(own) < len(made.own)                           # units with the same sum
    if several:
        made.start.append(f"memset({to}, 0, sizeof(double) * {size(z)});")
    end.append(f"{to}[{flat(own)}] {'+=' if several else '='} add_lanes(sum{to});")


def sum_of_numbers(memory: Memory, made: LoopText, z: Array) -> None:
    """In memory, or, if it is one number, in a register."""
    x, to = z.args[0], memory.room(z)
    own, value = left(made, z), memory.at(x, made.index)
    if own:
        made.start.append(f"memset({to}, 0, sizeof(double) * {size(z)});")
        made.inner.append(f"{to}[{flat(own)}] += {value};")
    else:
        made.totals.append(f"sum{to}")
        made.start.append(f"double sum{to} = 0;")
        made.inner.append(f"sum{to} += {value};")
        made.end.append(f"{to}[0] = sum{to};")


def left(made: LoopText, z: Array) -> list[tuple[str, int]]:
    """`own` of a sum, in the loop over what is summed up."""
    kept = [k for k in range(len(made.index)) if k not in z.attrs[0]]
    return axes([made.index[k] for k in kept], tuple([z.args[0].shape[k] for k in kept]))
