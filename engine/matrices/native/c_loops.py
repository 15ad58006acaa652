"""C loops: the lines of one stage and shape as one loop over units and vectors of samples, with the sums over
them.

    before   A = tanh(Z)    S = tanh'(Z)    s = sum of A over the samples
    after    for u: sum = 0; for s: z = load(t3 ...); v0 = v_tanh(z); store(t4 ..., v0); ... sum += v0;
                    t6[u] = sum
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..lines import Array, number_of
from .c_memory import Memory
from .c_text import flat, last, size, wide
from .schedule import Unsupported

OPERATORS   = {"+", "-", "*", "/"}
COMPARISONS = {"<", "<=", ">", ">=", "=="}
FUNCTIONS   = {"exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos",
               "atan",
               "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "hypot", "erf", "erfc", "sigmoid",
               "abs",
               "floor", "round"}
SCALAR      = {"abs": "fabs", "**": "pow", **{name: name for name in FUNCTIONS - {"abs", "sigmoid", "round"}}}


class Loops(Memory):
    """Writes loops."""

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
            inner.append(f"{'M' if z.op in COMPARISONS and many else kind} {name} = "
                         f"{self.expression(z, index, many)};")
            if id(z) in self.plan.stored:
                if many: inner.append(f"store({self.room(z)} + ({flat(own)}) * S + s, (V){name});")
                else:    inner.append(f"{self.room(z)}[{flat(own)}] = {name};")
            self.local[id(z)] = name
        self.local = {}
        heads = [f"for (long {i} = 0; {i} < {n}; {i}++)" for i, n in own]
        if many:
            self.body += [*outer_before, *[head + " {" for head in heads], *before,
                          "for (long s = 0; s < S; s += LANES) {", *inner, "}", *after, "}" * len(heads),
                          *outer_after]
        else:
            sums    = [line.split()[1] for line in outer_before if line.startswith("double")]
            reduced = f"#pragma omp simd reduction(+:{', '.join(sums)})" if sums else "#pragma GCC ivdep"
            simd    = ([] if not heads or any(line.startswith("memset") for line in outer_before)
                       else [reduced])
            self.body += [*outer_before, *heads[:-1], *simd, *heads[-1:], "{", *inner, "}", *outer_after]

    def expression(self, z: Array, index: Sequence[str], many: bool) -> str:
        """The right side of an elementwise line."""
        args   = [self.at(a, last(index, a)) for a in z.args]
        vector = [self.vector(a) for a in z.args]
        op, x = z.op, args[0]
        if op in OPERATORS:
            return f"{x} {op} {args[1]}" if any(vector) or not many else f"splat({x} {op} {args[1]})"
        if op in COMPARISONS: return f"{wide(x, vector[0], many)} {op} {wide(args[1], vector[1], many)}"
        if op == "neg":       return f"-({wide(x, vector[0], many)})"
        if op == "where":
            if not many: return f"{x} ? {args[1]} : {args[2]}"
            mask = (x if id(z.args[0]) in self.local else f"as_mask({x})" if vector[0] else f"(splat({x}) != "
                    "0)")
            return f"choose({mask}, {wide(args[1], vector[1], many)}, {wide(args[2], vector[2], many)})"
        power = number_of(z.args[1]) if op == "**" else None
        if not many and op in SCALAR and power not in ((2, 0), (0.5, 0)):
            return f"{SCALAR[op]}({', '.join(args)})"
        args = [wide(x, v, True) for x, v in zip(args, vector)]
        if op == "**":
            call = f"({args[0]} * {args[0]})" if power == (2, 0) else \
                   f"v_sqrt({args[0]})" if power == (0.5, 0) else f"v_pow({', '.join(args)})"
        elif op in ("larger", "smaller"): call = f"v_{op}({args[0]}, {args[1]})"
        elif op == "slope":     call = f"v_{z.attrs[0]}_slope({args[-1]})"
        elif op == "//":        call = f"v_fits({args[0]}, {args[1]})"
        elif op == "%":         call = f"v_remainder({args[0]}, {args[1]})"
        elif op == "round" and len(args) > 1: raise Unsupported("rounding to a number of digits")
        elif op in FUNCTIONS:   call = f"v_{op}({', '.join(args)})"
        else:                   raise Unsupported(f"the operation {op}")
        return call if many else f"({call})[0]"

    def sum(self, z: Array, index: list[str], own: list[Any], many: bool, inner: list[str], before: list[str],
            after: list[str], outer_before: list[str], outer_after: list[str]) -> None:
        """A sum over axes of the loop: over samples in registers, over rows of samples in memory, over all at
        once."""
        axes, x, to = z.attrs[0], z.args[0], self.room(z)
        left  = [(i, n) for k, (i, n) in enumerate(zip(index, x.shape)) if n >= 0 and k not in axes]
        value = self.at(x, index)
        name  = f"sum{to}"
        place = flat(left)
        if many and 0 not in axes:                                   # n rows become fewer
            outer_before.append(f"memset({to}, 0, sizeof(double) * S * {size(z)});")
            there = f"{to} + ({place}) * S + s"
            inner.append(f"store({there}, load({there}) + {wide(value, self.vector(x), True)});")
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
            outer_before.append(f"memset({to}, 0, sizeof(double) * {size(z)});" if left else f"double {name} "
                                "= 0;")
            inner.append(f"{to}[{place}] += {value};" if left else f"{name} += {value};")
            if not left: outer_after.append(f"{to}[0] = {name};")
