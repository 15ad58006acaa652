"""Portable: a program run line by line by any array library: NumPy, jax.numpy, torch, object arrays of
Fractions.

    before   Z1 = X @ W1.T + b1             lines of a program
    after    xp.matmul(X, xp.permute_dims(W1)) + b1, with xp the library

Nothing is changed in place and no shape depends on the data, so that jax.jit, vmap and sharding apply.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from .lines import Array
from .passes.expansion import expand

if TYPE_CHECKING:
    from .program import Program

OPERATORS: dict[str, Callable[..., Any]] = {
    "+": lambda x, y: x + y,   "-": lambda x, y: x - y,    "*": lambda x, y: x * y,   "/": lambda x, y: x / y,
    "**": lambda x, y: x ** y, "//": lambda x, y: x // y,  "%": lambda x, y: x % y,
    "neg": lambda x: -x,       "abs": abs,
    "<": lambda x, y: x < y,   "<=": lambda x, y: x <= y,  ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "==": lambda x, y: x == y,
}
RENAMED = {"larger": "maximum", "smaller": "minimum", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
           "atan2": "arctan2",
           "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"}


def elementary(outputs: Sequence[Array], expand: Callable[[Array], Array] = expand) -> list[Array]:
    """The lines that the outputs need, in order, with rows and slopes written out; the outputs come last.

    The result ends with one line per output. `expand` may leave some rows as they are.
    """
    new: dict[int, Array] = {}

    def finish(root: Array) -> Array:
        stack = [root]
        while stack:
            z = stack[-1]
            if id(z) in new:
                stack.pop()
                continue
            waiting = [a for a in z.args if id(a) not in new]
            if waiting:
                stack.extend(waiting)
                continue
            args  = tuple([new[id(a)] for a in z.args])
            same  = z if all(a is b for a, b in zip(args, z.args)) else again(z, args)
            plain = expand(same)
            stack.pop()
            if plain is same:
                new[id(z)] = new[id(same)] = same
            else:
                new[id(z)] = finish(plain)
        return new[id(root)]

    finished = [finish(root) for root in outputs]
    return needed(finished) + finished


def again(z: Array, args: tuple[Array, ...]) -> Array:
    """The line z with other operands, simplified if it is arithmetic."""
    return z.lines.call(z.op, *args) if z.op in OPERATORS else z.lines.new(z.op, args, z.shape, z.attrs)


def needed(roots: Sequence[Array]) -> list[Array]:
    """The lines that roots are made of, roots included, in an order in which they can be run."""
    order: list[Array] = []
    state: dict[int, int] = {}
    stack = list(reversed(roots))
    while stack:
        z = stack[-1]
        if state.get(id(z)) == 2:
            stack.pop()
        elif state.get(id(z)) == 1:
            state[id(z)] = 2
            order.append(stack.pop())
        else:
            state[id(z)] = 1
            stack.extend([a for a in reversed(z.args) if id(a) not in state])
    return order


def evaluate(lines: Sequence[Array], given: dict[int, Any], samples: int, xp: Any,
             exact: bool = False) -> dict[int, Any]:
    """The value of every line; `given` has those of inputs, targets and parameters by id."""
    values = dict(given)
    for z in lines:
        if id(z) not in values:
            values[id(z)] = step(z, [values[id(a)] for a in z.args], samples, xp, exact)
    return values


def step(z: Array, args: list[Any], samples: int, xp: Any, exact: bool) -> Any:
    """One line."""
    op, attrs = z.op, z.attrs
    if op == "constant":  return number(attrs, samples, xp, exact)
    if op in OPERATORS:   return OPERATORS[op](*args)
    x = args[0]
    if op == "round" and (exact or len(args) > 1):
        return rounded(*args)
    if op == "where":     return xp.where(x, *(args[1:] if exact else map(as_array(xp, args), args[1:])))
    if op == "matmul":    return xp.matmul(*args)
    if op == "transpose": return xp.swapaxes(x, -1, -2)
    if op == "sum":       return x.sum(attrs[0], keepdims=attrs[1])
    if op == "max":       return xp.amax(x, -1, keepdims=True)
    if op == "min":       return xp.amin(x, -1, keepdims=True)
    if op == "first":     return xp.arange(x.shape[-1]) == xp.argmax(x, -1)[..., None]
    if op == "reshape":   return x.reshape(sized(z.shape, samples))
    if op == "spread":    return xp.broadcast_to(x if hasattr(x, "shape") else xp.asarray(x),
                                                 sized(z.shape, samples))
    if op == "slice":     return x[..., attrs[0]:attrs[1]]
    if op == "take":      return x[..., attrs]
    if op == "concat":    return xp.concatenate(args, -1)
    if op in ("larger", "smaller") and not exact:
        args = [a if hasattr(a, "dtype") else xp.asarray(a, dtype=x.dtype) for a in args]
    return getattr(xp, RENAMED.get(op, op))(*args)


def rounded(x: Any, digits: Any = 0) -> Any:
    """Python's own rounding, number by number: NumPy multiplies and divides, and 2.675 becomes 2.68."""
    numbers = np.frompyfunc(lambda x, n: round(x, int(n)), 2, 1)(x, digits)
    return numbers if np.asarray(x).dtype == object else np.asarray(numbers, dtype=float)


def sized(shape: tuple[int, ...], samples: int) -> tuple[int, ...]:
    return tuple([n if n >= 0 else -n * samples for n in shape])


def number(attrs: Any, samples: int, xp: Any, exact: bool) -> Any:
    value, batches = attrs
    if isinstance(value, np.ndarray):
        return value if exact else xp.asarray(value.astype(float))
    if exact:
        return value * Fraction(samples) ** batches if batches else value
    return float(value * Fraction(samples) ** batches if isinstance(value, (int, Fraction))
                 else value * float(samples) ** batches)


def as_array(xp: Any, args: Sequence[Any]) -> Callable[[Any], Any]:
    like = next((a for a in args[1:] if hasattr(a, "dtype")), None)
    return lambda a: a if hasattr(a, "dtype") or like is not None else xp.asarray(a)


def function(program: Program, xp: Any) -> Callable[..., Any]:
    """See Program.function."""
    lines = elementary([program.loss, *program.grads])
    leaves = {z.op: z for z in program.low.lines.lines if z.op in ("input", "target") and z.shape[-1]}

    def loss_and_gradients(parameters: dict[str, Any], X: Any, Y: Any = None) -> tuple[Any, dict[str, Any]]:
        given = {id(p.line): parameters[program.names[id(p.line)]] for p in program.own}
        samples = X.shape[0] if program.samples else 0
        for op, data in (("input", X), ("target", Y)):
            if op in leaves:
                given[id(leaves[op])] = xp.reshape(data, sized(leaves[op].shape, samples))
        values = evaluate(lines, given, samples, xp)
        results = [values[id(z)] for z in lines[-1 - len(program.grads):]]
        return results[0][0], {program.names[id(p.line)]: g for p, g in zip(program.own, results[1:])}

    return loss_and_gradients
