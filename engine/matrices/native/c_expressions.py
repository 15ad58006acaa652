"""C expressions: one element, or one vector of samples, of a line that is computed element by element.

    before   Z + b             Z > 0                 tanh(Z)           W ** 2
    after    v0 + splat(b)     v0 > splat(0x0p+0)    v_tanh(v0)        (w * w)
"""

from __future__ import annotations

from collections.abc import Sequence

from ..interfaces import Unsupported
from ..lines import Array, number_of
from .c_memory import Memory
from .c_text import last, wide

OPERATORS   = {"+", "-", "*", "/"}
COMPARISONS = {"<", "<=", ">", ">=", "=="}
FUNCTIONS   = ("exp expm1 log log1p log2 log10 sqrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh "
               "acosh atanh hypot erf erfc sigmoid abs floor round").split()
BY_NUMBER   = {"abs": "fabs", "**": "pow",                           # math.h
               **{name: name for name in FUNCTIONS if name not in ("abs", "sigmoid", "round")}}
BY_VECTOR   = {"//": "v_fits", "%": "v_remainder", "**": "v_pow",    # kernels.h
               **{name: f"v_{name}" for name in (*FUNCTIONS, "larger", "smaller")}}


def expression(memory: Memory, z: Array, index: Sequence[str], many: bool) -> str:
    """The right side of a line; a vector if the loop is over `many` samples, else a number."""
    given  = [memory.at(a, last(index, a)) for a in z.args]
    vector = [memory.vector(a) for a in z.args]
    if z.op in OPERATORS:                                            # two numbers: the result is made wide
        return wide(f"{given[0]} {z.op} {given[1]}", any(vector), many)
    args = [wide(x, v, many) for x, v in zip(given, vector)]
    if z.op in COMPARISONS:
        return f"{args[0]} {z.op} {args[1]}"
    if z.op == "neg":
        return f"-({args[0]})"
    if z.op == "where":
        return f"choose({mask(memory, z, given[0])}, {args[1]}, {args[2]})" if many else \
               f"{args[0]} ? {args[1]} : {args[2]}"
    if many:
        return vector_call(z, args)
    if z.op in BY_NUMBER and power(z, args) is None:
        return f"{BY_NUMBER[z.op]}({', '.join(args)})"
    return f"({vector_call(z, [f'splat({x})' for x in args])})[0]"


def mask(memory: Memory, z: Array, condition: str) -> str:
    """The condition of a where, for a vector."""
    if id(z.args[0]) in memory.local: return condition
    return f"as_mask({condition})" if memory.vector(z.args[0]) else f"(splat({condition}) != 0)"


def vector_call(z: Array, args: Sequence[str]) -> str:
    """The call of a function of kernels.h."""
    if z.op == "slope":
        return f"v_{z.attrs[0]}_slope({args[-1]})"
    if z.op == "round" and len(args) > 1:
        raise Unsupported("rounding to a number of digits")
    if z.op not in BY_VECTOR:
        raise Unsupported(f"the operation {z.op}")
    return power(z, args) or f"{BY_VECTOR[z.op]}({', '.join(args)})"


def power(z: Array, args: Sequence[str]) -> str | None:
    """A power that is written without pow."""
    exponent = number_of(z.args[1]) if z.op == "**" else None
    if exponent == (2, 0):    return f"({args[0]} * {args[0]})"
    if exponent == (0.5, 0):  return f"v_sqrt({args[0]})"
    return None
