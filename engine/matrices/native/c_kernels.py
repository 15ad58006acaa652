"""C kernels: calls of the functions of kernels.h, for what is no loop over single elements.

    before   Z = X @ W.T         dW = dZ.T @ A           J = logsumexp(Z)
    after    product(...)        over_samples(...)       shares(...)
"""

from __future__ import annotations

from ..lines import Array
from .c_memory import Memory
from .c_text import batched, flat, size, wide
from .schedule import VIEWS, Unsupported, peeled


class Kernels(Memory):
    """Writes calls of kernels; `written` has those that were written together with another."""

    def __init__(self) -> None:
        super().__init__()
        self.written: set[int] = set()

    def kernel(self, z: Array) -> None:
        if z.op == "matmul":
            return self.matmul(z)
        if id(z) in self.written:
            return
        x = z.args[0]
        if z.op in ("concat", *VIEWS):
            return self.copy(z)
        n, lists = x.shape[-1], size(x) // x.shape[-1]  # along the last axis of each list of numbers
        if n < 1:
            raise Unsupported(f"{z.op} along the samples")
        given, step = self.memory(x), "S" if batched(x) else 1
        if z.op in ("max", "min"):
            call, out = "extreme" if batched(x) else "extreme_number", self.room(z)
            self.body.append(f"for (long r = 0; r < {lists}; r++) "
                             f"{call}({n}, S, {int(z.op == 'min')}, {given} + r * {n} * {step}, {out} + r * "
                             f"{step});")
        else:
            both = {y.op: y for y in (z, self.plan.partner.get(id(z), z))}
            self.written |= {id(y) for y in both.values()}
            call = "shares" if batched(x) else "shares_number"
            to = [f"{self.room(both[op])} + r * {k} * {step}" if op in both else "0"
                  for op, k in (("logsumexp", 1), ("softmax", n))]
            self.body.append(f"for (long r = 0; r < {lists}; r++) "
                             f"{call}({n}, S, {given} + r * {n} * {step}, {to[0]}, {to[1]});")

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
                sizes = f"{rows}, {columns}, m"
                self.body.append(f"product({sizes}, {x}, S, 1, {self.raw[id(b)]}, {columns}, {to}, "
                                 f"{columns});")
            else:
                self.body.append(f"over_samples({rows}, {columns}, m, S, {x}, {y}, {to});")
        elif rows < 0:     self.body.append(f"product({columns}, S, {inner}, {y}, {bc}, {br}, {x}, S, {to}, "
                                            "S);")
        elif columns < 0:  self.body.append(f"product({rows}, S, {inner}, {x}, {ar}, {ac}, {y}, S, {to}, S);")
        elif columns >= 8 and bc == 1:
            self.body.append(f"product({rows}, {columns}, {inner}, {x}, {ar}, {ac}, {y}, {br}, {to}, "
                             f"{columns});")
        else:
            self.body.append(f"small_product({rows}, {columns}, {inner}, {x}, {ar}, {ac}, {y}, {br}, {bc}, "
                             f"{to});")

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
            there = flat([*own[:-1], *[(f"({i} + {start})", z.shape[-1]) for i, _ in own[-1:]]])
            self.place.pop(id(z))
            value = wide(self.at(x, index), self.vector(x), batched(z))
            self.place[id(z)] = to
            self.body += [f"for (long {i} = 0; {i} < {n}; {i}++)" for i, n in own]
            self.body.append(f"for (long s = 0; s < S; s += LANES) store({to} + ({there}) * S + s, {value});"
                             if batched(z) else f"{to}[{there}] = {value};")
            start += shape[-1] if shape else 0
