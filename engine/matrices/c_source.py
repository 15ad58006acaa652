"""C source: the lines of a program as C loops over vectors of samples, with the kernels of kernels.h.

    before   Z = X @ W.T + b    A = tanh(Z)    dZ = dA * tanh'(Z)      lines
    after    product(16, S, 2, W, ..., X, S, t3, S);                   a kernel for the product
             for u: for s: z = t3[u,s] + b[u]; t4[u,s] = tanh(z); t5[u,s] = tanh'(z)     one loop for the rest

Memory is units x samples: the axis of the samples, first in a line's shape, is last in memory and padded to
whole vectors, so (m, n) is n rows of S numbers. Names are made here; nothing a user wrote reaches the compiler.

    leaf     a line that is given        kernel   a line made by a function of kernels.h, or by a copy
    view     a line that is read in the memory of another        loop   lines of one stage and shape
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .arrays import Array
from .simplifying import number_of
from .scheduling import VIEWS, Unsupported, peeled, schedule

OPERATORS   = {"+", "-", "*", "/"}
COMPARISONS = {"<", "<=", ">", ">=", "=="}
FUNCTIONS   = {"exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2",
               "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "hypot", "erf", "erfc", "sigmoid", "abs", "floor"}

SCALAR      = {"abs": "fabs", "**": "pow", **{name: name for name in FUNCTIONS - {"abs", "sigmoid"}}}

SMALL       = 512                                                    # doubles of workspace up to which a program is made for its samples


class Source:
    """The C function of a program.

    text      the source: a function step(m, S, fresh, in, out, work), for any number of samples and best for `samples`;
              where nothing is fresh, inputs and targets are those of the step before
    leaves    the lines whose arrays `in` points to, in order; then come the arrays of constants
    lanes     rows of samples are padded to a multiple of it
    rows, fixed   the workspace is rows * S + fixed doubles
    """

    def __init__(self, lines: Sequence[Array], roots: Sequence[Array], samples: int) -> None:
        self.roots  = list(roots)
        self.leaves = [z for z in lines if z.op in ("parameter", "input", "target")]
        self.arrays = [z for z in lines if z.op == "constant" and isinstance(z.attrs[0], np.ndarray)]
        self.tables: list[str] = []
        self.rows = self.fixed = 0
        self.place: dict[int, str] = {}                              # where a line is in memory
        self.raw:   dict[int, str] = {}                              # where a leaf was given, samples x numbers
        self.local: dict[int, str] = {}                              # its name in the loop that is being written
        self.body:  list[str] = []
        self.written: set[int] = set()                               # kernels that were written together with another
        self.plan   = schedule(lines, roots)
        self.start()
        for kernels, loops in self.plan.stages:
            for z in kernels:
                self.kernel(z)
            for shape, members in loops:
                self.loop(shape, members)
        for k, z in enumerate(self.roots):
            self.result(k, z)
        arguments = "long fresh, const double *const *in, double *const *out, double *work"
        small     = self.rows * 8 + self.fixed <= SMALL
        self.lanes = 4 if small and samples <= 4 else 8
        sizes     = f"{samples}, {self.padded(samples)}"
        special   = f"if (m == {samples} && S == {self.padded(samples)}) general({sizes}, fresh, in, out, work); else " if small else ""
        self.text = "\n".join([*["#define SMALL"] * small, *["#define NARROW"] * (self.lanes == 4), '#include "kernels.h"', *self.tables,
                               f"INLINE void general(long m, long S, {arguments}) {{", *["    " + line for line in self.body], "}",
                               f"void step(long m, long S, {arguments}) {{",
                               f"    {special}general(m, S, fresh, in, out, work);", "}", ""])

    def padded(self, samples: int) -> int:
        """The room of a row: whole vectors. Rows a power of two apart would share places in the cache."""
        room = -(-max(samples, 1) // self.lanes) * self.lanes
        return room + self.lanes * (room % 64 == 0)

    # --- memory -----------------------------------------------------------------------------------

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

    def room(self, z: Array) -> str:
        """Memory for z: a name."""
        if id(z) not in self.place:
            name = self.place[id(z)] = f"t{len(self.body)}"
            self.body.append(f"double *{name} = work + {self.rows} * S + {self.fixed};")
            if batched(z): self.rows  += size(z)
            else:          self.fixed += -(-size(z) // 8) * 8
        return self.place[id(z)]

    def at(self, z: Array, index: Sequence[str]) -> str:
        """The C expression of one element of z (of a vector of samples, if z has samples): one index per axis."""
        if id(z) in self.local: return self.local[id(z)]
        if z.op == "constant" and id(z) not in self.place: return constant(z)
        own = [(i, n) for i, n in zip(index, z.shape) if n >= 0]
        if z.op in VIEWS and id(z) not in self.place:
            x = z.args[0]
            if z.op == "spread":    return self.at(x, ["0" if n == 1 else i for i, n in zip(index[len(index) - len(x.shape):], x.shape)])
            if z.op == "transpose": return self.at(x, [*index[:-2], index[-1], index[-2]])
            if z.op == "slice":     return self.at(x, [*index[:-1], f"({index[-1]} + {z.attrs[0]})"])
            if z.op == "take":      return self.at(x, [*index[:len(x.shape) - 1], self.table(z, index[len(x.shape) - 1:])])
            if z.attrs or batched(z) and (z.shape[0] != x.shape[0] or z.shape[0] != -1):
                raise Unsupported("the axis of the samples becomes numbers")
            return self.at(x, unflat(flat(own), x.shape))
        if not batched(z): return f"{self.place[id(z)]}[{flat(own)}]"
        if z.shape.count(-1) != 1 or min(z.shape) < -1: raise Unsupported("a shape with more than one axis of samples")
        return f"load({self.place[id(z)]} + ({flat(own)}) * S + s)"

    def vector(self, z: Array) -> bool:
        """Whether `at` gives a vector: a number that a view repeats for all samples stays a number."""
        while z.op in VIEWS and id(z) not in self.place:
            z = z.args[0]
        return batched(z)

    def table(self, z: Array, index: Sequence[str]) -> str:
        name = f"index{len(self.tables)}"
        self.tables.append(f"static const int {name}[] = {{{', '.join(map(str, z.attrs.ravel().tolist()))}}};")
        return f"{name}[{flat(list(zip(index, z.attrs.shape)))}]"

    # --- loops ------------------------------------------------------------------------------------

    def loop(self, shape: tuple[int, ...], members: Sequence[Array]) -> None:
        """Lines of one shape, element by element, and the sums over them."""
        many  = bool(shape) and shape[0] == -1
        if any(n < 0 for n in shape[1:]) or (shape and shape[0] < -1):
            raise Unsupported("element by element where the samples are not the first axis")
        index = ["s" if k == 0 and many else f"i{k}" for k in range(len(shape))]
        own   = [(i, n) for i, n in zip(index, shape) if n >= 0]
        kind  = "V" if many else "double"
        inner, before, after, outer_before, outer_after = (list[str]() for _ in range(5))
        self.local = {}
        for z in members:
            if z.op == "sum":
                self.sum(z, index, own, many, inner, before, after, outer_before, outer_after)
                continue
            name = f"v{len(inner)}"
            inner.append(f"{'M' if z.op in COMPARISONS and many else kind} {name} = {self.expression(z, index, many)};")
            if id(z) in self.plan.stored:
                if many: inner.append(f"store({self.room(z)} + ({flat(own)}) * S + s, (V){name});")
                else:    inner.append(f"{self.room(z)}[{flat(own)}] = {name};")
            self.local[id(z)] = name
        self.local = {}
        heads = [f"for (long {i} = 0; {i} < {n}; {i}++)" for i, n in own]
        if many:
            self.body += [*outer_before, *[head + " {" for head in heads], *before,
                          "for (long s = 0; s < S; s += LANES) {", *inner, "}", *after, "}" * len(heads), *outer_after]
        else:
            sums    = [line.split()[1] for line in outer_before if line.startswith("double")]
            simd    = "" if any(line.startswith("memset") for line in outer_before) else \
                f"#pragma omp simd reduction(+:{', '.join(sums)})" if sums else "#pragma GCC ivdep"
            self.body += [*outer_before, *heads[:-1], *([simd] if heads and simd else []), *heads[-1:], "{", *inner, "}", *outer_after]

    def expression(self, z: Array, index: Sequence[str], many: bool) -> str:
        """The right side of an elementwise line."""
        args = [self.at(a, ["0" if n == 1 else i for i, n in zip(index[len(index) - len(a.shape):], a.shape)]) for a in z.args]
        vector = [self.vector(a) for a in z.args]
        op, x = z.op, args[0]
        if op in OPERATORS:   return f"{x} {op} {args[1]}" if any(vector) or not many else f"splat({x} {op} {args[1]})"
        if op in COMPARISONS: return f"{wide(x, vector[0], many)} {op} {wide(args[1], vector[1], many)}"
        if op == "neg":       return f"-({wide(x, vector[0], many)})"
        if op == "where":
            if not many: return f"{x} ? {args[1]} : {args[2]}"
            mask = x if id(z.args[0]) in self.local else f"as_mask({x})" if vector[0] else f"(splat({x}) != 0)"
            return f"choose({mask}, {wide(args[1], vector[1], many)}, {wide(args[2], vector[2], many)})"
        power = number_of(z.args[1]) if op == "**" else None
        if not many and op in SCALAR and power not in ((2, 0), (0.5, 0)):
            return f"{SCALAR[op]}({', '.join(args)})"
        args = [wide(x, v, True) for x, v in zip(args, vector)]
        if op == "**":
            call  = f"({args[0]} * {args[0]})" if power == (2, 0) else f"v_sqrt({args[0]})" if power == (0.5, 0) else f"v_pow({', '.join(args)})"
        elif op in ("larger", "smaller"): call = f"v_{op}({args[0]}, {args[1]})"
        elif op == "slope":     call = f"v_{z.attrs[0]}_slope({args[-1]})"
        elif op == "//":        call = f"v_floor({args[0]} / {args[1]})"
        elif op in FUNCTIONS:   call = f"v_{op}({', '.join(args)})"
        else:                   raise Unsupported(f"the operation {op}")
        return call if many else f"({call})[0]"

    def sum(self, z: Array, index: list[str], own: list[Any], many: bool, inner: list[str], before: list[str], after: list[str],
            outer_before: list[str], outer_after: list[str]) -> None:
        """A sum over axes of the loop: over samples in registers, over rows of samples in memory, over all at once."""
        axes, x, to = z.attrs[0], z.args[0], self.room(z)
        left  = [(i, n) for k, (i, n) in enumerate(zip(index, x.shape)) if n >= 0 and k not in axes]
        value = self.at(x, index)
        name  = f"sum{to}"
        place = flat(left)
        if many and 0 not in axes:                                   # n rows become fewer
            outer_before.append(f"memset({to}, 0, sizeof(double) * S * {size(z)});")
            inner.append(f"store({to} + ({place}) * S + s, load({to} + ({place}) * S + s) + {wide(value, self.vector(x), True)});")
        elif many:
            whole = not left
            (outer_before if whole else before).append(f"V {name} = splat(0);")
            inner.append(f"{name} += kept(below(m - s), {wide(value, self.vector(x), True)});")
            if len(left) == len(own) or whole:
                (outer_after if whole else after).append(f"{to}[{place}] = add_lanes({name});")
            else:
                outer_before.append(f"memset({to}, 0, sizeof(double) * {size(z)});")
                after.append(f"{to}[{place}] += add_lanes({name});")
        else:
            outer_before.append(f"memset({to}, 0, sizeof(double) * {size(z)});" if left else f"double {name} = 0;")
            inner.append(f"{to}[{place}] += {value};" if left else f"{name} += {value};")
            if not left: outer_after.append(f"{to}[0] = {name};")

    # --- kernels ----------------------------------------------------------------------------------

    def kernel(self, z: Array) -> None:
        if z.op == "matmul":
            return self.matmul(z)
        if id(z) in self.written:
            return
        x = z.args[0]
        if z.op in ("concat", *VIEWS):
            return self.copy(z)
        n, lists = x.shape[-1], size(x) // x.shape[-1]               # along the last axis of each list of numbers
        if n < 1:
            raise Unsupported(f"{z.op} along the samples")
        given, step = self.memory(x), "S" if batched(x) else 1
        if z.op in ("max", "min"):
            call, out = "extreme" if batched(x) else "extreme_number", self.room(z)
            self.body.append(f"for (long r = 0; r < {lists}; r++) {call}({n}, S, {int(z.op == 'min')}, {given} + r * {n} * {step}, "
                             f"{out} + r * {step});")
        else:
            both = {y.op: y for y in (z, self.plan.partner.get(id(z), z))}
            self.written |= {id(y) for y in both.values()}
            call = "shares" if batched(x) else "shares_number"
            to = [f"{self.room(both[op])} + r * {k} * {step}" if op in both else "0" for op, k in (("logsumexp", 1), ("softmax", n))]
            self.body.append(f"for (long r = 0; r < {lists}; r++) {call}({n}, S, {given} + r * {n} * {step}, {to[0]}, {to[1]});")

    def matmul(self, z: Array) -> None:
        if any(len(y.shape) != 2 for y in (z, *z.args)):
            raise Unsupported("a product of more than two axes")
        (a, ta), (b, tb) = peeled(z.args[0]), peeled(z.args[1])
        x, y, to = self.memory(a), self.memory(b), self.room(z)
        (rows, inner), columns = z.args[0].shape, z.shape[1]
        ar, ac = (1, rows) if ta else (inner, 1)
        br, bc = (1, inner) if tb else (columns, 1)
        if inner < 0:                                                # over the samples
            if b.op == "input" and columns >= 8:
                self.body.append(f"product({rows}, {columns}, m, {x}, S, 1, {self.raw[id(b)]}, {columns}, {to}, {columns});")
            else:
                self.body.append(f"over_samples({rows}, {columns}, m, S, {x}, {y}, {to});")
        elif rows < 0:     self.body.append(f"product({columns}, S, {inner}, {y}, {bc}, {br}, {x}, S, {to}, S);")
        elif columns < 0:  self.body.append(f"product({rows}, S, {inner}, {x}, {ar}, {ac}, {y}, S, {to}, S);")
        elif columns >= 8 and bc == 1:
            self.body.append(f"product({rows}, {columns}, {inner}, {x}, {ar}, {ac}, {y}, {br}, {to}, {columns});")
        else:
            self.body.append(f"small_product({rows}, {columns}, {inner}, {x}, {ar}, {ac}, {y}, {br}, {bc}, {to});")

    def memory(self, z: Array) -> str:
        """Where z is in memory as it is; a reshape is where its operand is."""
        while z.op == "reshape" and id(z) not in self.place and not z.attrs:
            z = z.args[0]
        return self.place[id(z)]

    def copy(self, z: Array) -> None:
        """A view that has to be an array of its own, or arrays joined along the last axis."""
        start, to = 0, self.room(z)
        if z.op == "concat" and z.shape[-1] < 0:
            raise Unsupported("samples joined one after the other")
        for x in z.args if z.op == "concat" else [z]:
            shape = x.shape
            index = ["s" if n < 0 else f"i{k}" for k, n in enumerate(shape)]
            own   = [(i, n) for i, n in zip(index, shape) if n >= 0]
            there = flat([(f"({i} + {start})", z.shape[-1]) if k == len(own) - 1 else (i, n) for k, (i, n) in enumerate(own)])
            self.place.pop(id(z))
            value = wide(self.at(x, index), self.vector(x), batched(z))
            self.place[id(z)] = to
            self.body += [f"for (long {i} = 0; {i} < {n}; {i}++)" for i, n in own]
            self.body.append(f"for (long s = 0; s < S; s += LANES) store({to} + ({there}) * S + s, {value});"
                             if batched(z) else f"{to}[{there}] = {value};")
            start += shape[-1] if shape else 0

    def result(self, k: int, z: Array) -> None:
        if batched(z):
            self.body.append(f"unpack(m, {size(z)}, S, {self.memory(z)}, out{k});")
        elif self.place.get(id(z)) != f"out{k}":
            index = [f"i{j}" for j in range(len(z.shape))]
            self.body += [f"for (long {i} = 0; {i} < {n}; {i}++)" for i, n in zip(index, z.shape)]
            self.body.append(f"out{k}[{flat(list(zip(index, z.shape)))}] = {self.at(z, index)};")


# --- expressions ------------------------------------------------------------------------------------

def batched(z: Array) -> bool:
    return any(n < 0 for n in z.shape)


def size(z: Array) -> int:
    """Numbers, or rows of samples."""
    return prod([n for n in z.shape if n >= 0])


def wide(x: str, vector: bool, many: bool) -> str:
    return x if vector or not many else f"splat({x})"


def flat(own: Sequence[tuple[str, int]]) -> str:
    """The place of an element, from (index, size) of each axis."""
    text = "0"
    for i, n in own:
        text = i if text == "0" else text if n == 1 and i == "0" else f"({text}) * {n} + {i}"
    return text


def unflat(place: str, shape: Sequence[int]) -> list[str]:
    """The index of each axis, from the place."""
    out, below = [], 1
    for n in reversed(shape):
        if n < 0:
            out.append("s")
            continue
        out.append("0" if n == 1 else f"(({place}) / {below} % {n})" if below > 1 else f"(({place}) % {n})")
        below *= n
    return out[::-1]


def constant(z: Array) -> str:
    value, batches = z.attrs
    x = float(value)
    text = "NAN" if x != x else ("INFINITY" if x > 0 else "-INFINITY") if abs(x) == float("inf") else x.hex()
    return f"({text}{' / m' * -batches}{' * m' * batches})"
