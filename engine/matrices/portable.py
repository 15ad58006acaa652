"""Portable: a program run line by line by any array library: NumPy, jax.numpy, torch, object arrays of
Fractions.

    before   Z1 = X @ W1.T + b1             lines of a program
    after    xp.matmul(X, xp.permute_dims(W1)) + b1, with xp the library

Nothing is changed in place and no shape depends on the data, so that jax.jit, vmap and sharding apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from ..libraries import Quantity
from .data import Data, Library, Tensor
from .derivation import Derivation, needed
from .lines import Array
from .passes.expansion import expand

LossAndGradients: TypeAlias = Callable[..., tuple[Tensor, dict[str, Tensor]]]

OPERATORS: dict[str, Callable[..., Tensor]] = {
    "+": lambda x, y: x + y,   "-": lambda x, y: x - y,    "*": lambda x, y: x * y,   "/": lambda x, y: x / y,
    "**": lambda x, y: x ** y, "//": lambda x, y: x // y,  "%": lambda x, y: x % y,
    "neg": lambda x: -x,       "abs": abs,
    "<": lambda x, y: x < y,   "<=": lambda x, y: x <= y,  ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "==": lambda x, y: x == y,
}
RENAMED = {"larger": "maximum", "smaller": "minimum", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
           "atan2": "arctan2", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"}


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


def evaluate(lines: Sequence[Array], given: Mapping[int, Tensor], samples: int, xp: Library,
             exact: bool = False) -> dict[int, Tensor]:
    """The value of every line; `given` has those of inputs, targets and parameters by id."""
    values = dict(given)
    for z in lines:
        if id(z) not in values:
            values[id(z)] = step(z, [values[id(a)] for a in z.args], samples, xp, exact)
    return values


def step(z: Array, args: list[Tensor], samples: int, xp: Library, exact: bool) -> Tensor:
    """One line."""
    if z.op == "constant":
        return number(z.attrs, samples, xp, exact)
    if z.op in OPERATORS:
        return OPERATORS[z.op](*args)
    if z.op in WHOLE:
        return WHOLE[z.op](xp, z, args[0], samples)
    if z.op == "concat":
        return xp.concatenate(args, -1)
    if z.op == "round" and (exact or len(args) > 1):
        return rounded(*args)
    if z.op == "where":
        return xp.where(args[0], *(args[1:] if exact else map(as_array(xp, args), args[1:])))
    if z.op in ("larger", "smaller") and not exact:
        args = [a if hasattr(a, "dtype") else xp.asarray(a, dtype=args[0].dtype) for a in args]
    return getattr(xp, RENAMED.get(z.op, z.op))(*args)


def spread(xp: Library, z: Array, x: Tensor, samples: int) -> Tensor:
    return xp.broadcast_to(x if hasattr(x, "shape") else xp.asarray(x), sized(z.shape, samples))


WHOLE: dict[str, Callable[[Library, Array, Tensor, int], Tensor]] = {        # of one array, with its axes
    "transpose": lambda xp, z, x, samples: xp.swapaxes(x, -1, -2),
    "sum":       lambda xp, z, x, samples: x.sum(z.attrs[0], keepdims=z.attrs[1]),
    "max":       lambda xp, z, x, samples: xp.amax(x, -1, keepdims=True),
    "min":       lambda xp, z, x, samples: xp.amin(x, -1, keepdims=True),
    "first":     lambda xp, z, x, samples: xp.arange(x.shape[-1]) == xp.argmax(x, -1)[..., None],
    "reshape":   lambda xp, z, x, samples: x.reshape(sized(z.shape, samples)),
    "spread":    spread,
    "slice":     lambda xp, z, x, samples: x[..., z.attrs[0]:z.attrs[1]],
    "take":      lambda xp, z, x, samples: x[..., z.attrs],
}


def rounded(x: Tensor, digits: Tensor = 0) -> Tensor:
    """Python's own rounding, number by number: NumPy multiplies and divides, and 2.675 becomes 2.68."""
    numbers = np.frompyfunc(lambda x, n: round(x, int(n)), 2, 1)(x, digits)
    return numbers if np.asarray(x).dtype == object else np.asarray(numbers, dtype=float)


def sized(shape: tuple[int, ...], samples: int) -> tuple[int, ...]:
    return tuple([n if n >= 0 else -n * samples for n in shape])


def number(attrs: tuple[Quantity, int], samples: int, xp: Library, exact: bool) -> Tensor:
    value, batches = attrs
    if isinstance(value, np.ndarray):
        return value if exact else xp.asarray(value.astype(float))
    if exact:
        return value * Fraction(samples) ** batches if batches else value
    return float(value * Fraction(samples) ** batches if isinstance(value, (int, Fraction))
                 else value * float(samples) ** batches)


def as_array(xp: Library, args: Sequence[Tensor]) -> Callable[[Tensor], Tensor]:
    like = next((a for a in args[1:] if hasattr(a, "dtype")), None)
    return lambda a: a if hasattr(a, "dtype") or like is not None else xp.asarray(a)


def function(derived: Derivation, names: Sequence[str], xp: Library) -> LossAndGradients:
    """See Program.function; `names` has one per array of parameters."""
    order, leaves = elementary([derived.loss, *derived.grads]), derived.leaves

    def loss_and_gradients(parameters: Mapping[str, Tensor], X: Tensor,
                           Y: Tensor = None) -> tuple[Tensor, dict[str, Tensor]]:
        given = {id(block.line): parameters[name] for block, name in zip(derived.blocks, names)}
        samples = X.shape[0] if derived.samples else 0
        for role, data in (("input", X), ("target", Y)):
            if role in leaves:
                given[id(leaves[role])] = xp.reshape(data, sized(leaves[role].shape, samples))
        values  = evaluate(order, given, samples, xp)
        results = [values[id(z)] for z in order[-1 - len(derived.grads):]]
        return results[0][0], dict(zip(names, results[1:]))

    return loss_and_gradients


def exactly(derived: Derivation, names: Sequence[str], X: Data,
            Y: Data | None) -> tuple[Quantity, dict[str, Tensor]]:
    """The loss and its gradients, by name, on arrays of Fractions."""
    samples = len(X) if derived.samples else 0
    given: dict[int, Tensor] = {}
    for role, line in derived.leaves.items():
        data = np.array(X if role == "input" else Y, dtype=object)
        given[id(line)] = data.reshape((samples, -1) if derived.samples else (-1,))
    for block in derived.blocks:
        numbers = np.array([derived.values[k].data for k in block.members], dtype=object)
        given[id(block.line)] = numbers.reshape(block.line.shape)
    order  = elementary([derived.loss, *derived.grads])
    values = evaluate(order, given, samples, np, exact=True)
    found  = [values[id(z)] for z in order[-1 - len(derived.grads):]]
    return found[0][0], dict(zip(names, found[1:]))
