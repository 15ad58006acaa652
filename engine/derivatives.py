"""grad, value_and_grad, jacobian, hessian: derivatives of functions, to any order, nested at will.

    >>> from engine import grad, sin
    >>> grad(sin)(0.0)
    1.0
    >>> grad(lambda x: x * grad(lambda y: x + y)(1.0))(2.0)          # d/dx [x * d/dy (x + y)]
    1.0

An argument is a number, a Value, or a list of them (lists may nest); its gradient has the same
shape. Given numbers, the derivative is a number; given Values, or inside another derivative, it
is a Value, so that it can be differentiated again. No `.grad` is read or written.

    f          the function, of one or more arguments
    x          a copy of the number or Value that the caller gave: the variable
    slopes     d(output)/d(node), for every node met on the way down
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from numbers import Real
from typing import TypeAlias

from .libraries import Quantity
from .primitives import identity
from .rows import partials_as_values
from .value import Number, Operand, Value, topological_order, zero

Nested: TypeAlias = "Operand | list[Nested] | tuple[Nested, ...]"     # an argument, and its gradient

# how many derivatives are being taken around this code
depth: ContextVar[int] = ContextVar("depth", default=0)


def grad(f: Callable[..., object]) -> Callable[..., Quantity]:
    """The function that gives df/dx: for one argument its gradient, for several a tuple of them.

    Raises:
        TypeError: f is no function, or returned something else than one number or Value.
    """
    both = value_and_grad(f)
    return lambda *args: both(*args)[1]


def value_and_grad(f: Callable[..., object]) -> Callable[..., tuple[Quantity, Quantity]]:
    """The function that gives (f(x), df/dx). Errors as for grad."""
    callable_or_error(f)

    def derivative(*args: Nested) -> tuple[Operand, Nested]:
        with variables(args) as (xs, again):
            z = scalar(f(*xs), "grad")
            gradient = tuple(like(x, iter(gradients(z, flat(x), again))) for x in xs)
        return finish(z, again), gradient[0] if len(args) == 1 else gradient
    return derivative


def jacobian(f: Callable[..., object]) -> Callable[..., list[list[Quantity]]]:
    """The function that gives J[i][j] = df_i/dx_j, for f that returns a list; x_j over all arguments in
    order.

    One row per output, one column per number in the arguments, those in lists included.

    Raises:
        TypeError: f is no function, or returned something else than a list of numbers or Values.
    """
    callable_or_error(f)

    def derivative(*args: Nested) -> list[list[Operand]]:
        with variables(args) as (xs, again):
            outputs = f(*xs)
            if not isinstance(outputs, (list, tuple)):
                raise TypeError("jacobian needs a function that returns a list, and got "
                                f"{type(outputs).__name__}: use grad for a single output, or return [z]")
            return [gradients(scalar(z, "jacobian"), flat(xs), again) for z in outputs]
    return derivative


def hessian(f: Callable[..., object]) -> Callable[..., list[list[Quantity]]]:
    """The function that gives H[i][j] = d2f/dx_i dx_j, with x_i over all arguments in order. Errors as for
    grad."""
    slope = grad(f)
    return jacobian(lambda *xs: [z for x in several(slope(*xs), xs) for z in flat(x)])


def gradients(output: Operand, inputs: Sequence[Value], create_graph: bool = False) -> list[Operand]:
    """d(output)/d(x) for each x of inputs: numbers, or Values if create_graph. Touches no `.grad`.

    An input that output does not depend on has gradient 0.

    Raises:
        TypeError: output is not one number or Value, or inputs is not a list of Values.
    """
    if isinstance(inputs, Value) or not all(isinstance(x, Value) for x in inputs):
        raise TypeError(f"gradients needs a list of Values to differentiate by, not {inputs!r:.60}: write "
                        "[x] for one")
    output = scalar(output, "gradients")
    if not isinstance(output, Value):
        return [zero(x.data) for x in inputs]
    slopes: dict[Value, Operand] = {output: 1 + zero(output.data)}
    for z in reversed(topological_order(output)):
        slope = slopes[z]
        for operand, partial in zip(z.operands, partials_as_values(z) if create_graph else z.partials):
            slopes[operand] = slopes[operand] + partial * slope if operand in slopes else partial * slope
    return [slopes[x] if x in slopes else zero(x.data) for x in inputs]


@contextmanager
def variables(args: tuple[Nested, ...]) -> Iterator[tuple[list[Nested], bool]]:
    """Fresh variables in the shape of args, and whether what is computed of them must be a graph itself."""
    if not args:
        raise TypeError("a derivative is taken at a point, and none was given: write grad(f)(2.0)")
    again = depth.get() > 0 or any(isinstance(x, Value) for x in flat(args))
    token = depth.set(depth.get() + 1)
    try:
        yield [like(arg, map(variable, flat(arg))) for arg in args], again
    finally:
        depth.reset(token)


def variable(x: Operand) -> Value:
    """A new node with the number of x. A Value stays attached to its past, yet can be told apart from it."""
    return identity(x) if isinstance(x, Value) else Value(x)


def flat(x: Nested) -> list[Quantity]:
    """The numbers and Values in x, in order; x may be one of them or nested lists of them."""
    if not isinstance(x, (list, tuple)):
        return [x]
    return [item for part in x for item in flat(part)]


def like(shape: Nested, items: Iterator[Operand]) -> Nested:
    """The items, in the shape of nested lists."""
    if not isinstance(shape, (list, tuple)):
        return next(items)
    return [like(part, items) for part in shape]


def several(gradient: Quantity, args: Sequence[object]) -> Sequence[Quantity]:
    return (gradient,) if len(args) == 1 else gradient


def scalar(z: object, name: str) -> Value | Number:
    """z, if it is one number or Value."""
    if isinstance(z, (Value, Real)):
        return z  # type: ignore[return-value]  # (every Real is a Number)
    instead = ("is a return missing?" if z is None else "return a real number"
               if not hasattr(z, "__iter__") else
               "use jacobian for a list of outputs, or return their total" if name == "grad" else
               "return one flat list" if name == "jacobian" else "give their total")
    raise TypeError(f"{name} needs one number or Value as each output, and got {type(z).__name__} {z!r:.60}: "
                    f"{instead}")


def callable_or_error(f: object) -> None:
    if not callable(f):
        raise TypeError(f"a derivative is taken of a function, not of {type(f).__name__} {f!r:.60}: "
                        "write grad(f)(x), or z.backward() and x.grad for a Value z that is there already")


def finish(z: Value | Number, again: bool) -> Number | Value:
    return z if again or not isinstance(z, Value) else z.data
