"""Value: one number that remembers how it was made, so that the chain rule can run backwards.

    >>> from engine import Value
    >>> w, x, b = Value(-3.0), Value(2.0), Value(10.0)
    >>> L = (w * x + b) ** 2
    >>> L.backward()
    >>> L.data, w.grad, x.grad, b.grad
    (16.0, 16.0, -24.0, 8.0)

Names, here and in every file of the engine:

    z          an output: the Value that an operation makes
    x, y       its operands, each a Value
    operands   the Values that z was made from, in order; x*x has two
    partials   dz/d(operand), one number per operand, at the recorded point
    grad       d(root)/d(this Value): filled in by root.backward()
    leaf       a Value that no operation made: an input, a weight, a plain number
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, TypeAlias

Number: TypeAlias = Any      # float, int, Fraction, mpmath's mpf, a NumPy scalar
Operand: TypeAlias = Any     # a Value or a Number


class Value:
    """One number in a computation graph.

    Args:
        data: any real number: float, int, Fraction, mpmath.mpf, NumPy scalar.
        label: a name for drawings and explanations; it may be set later.

    Raises:
        TypeError: data is not a real number.
    """

    __slots__ = ("data", "grad", "op", "operands", "partials", "label")

    data: Number
    grad: Number
    op: str
    operands: tuple[Value, ...]
    partials: tuple[Number, ...]
    label: str

    def __init__(self, data: Number, label: str = "") -> None:
        self.data     = data if type(data) is float else plain(data)
        self.grad     = zero(data)
        self.op       = ""
        self.operands = ()
        self.partials = ()
        self.label    = label

    # --- arithmetic: a value, and the slope towards each operand ---------------------------------

    def __add__(self, other: Operand) -> Value:
        y = other if isinstance(other, Value) else Constant(other)
        return node(self.data + y.data, "+", (self, y), (1, 1))

    def __sub__(self, other: Operand) -> Value:
        y = other if isinstance(other, Value) else Constant(other)
        return node(self.data - y.data, "-", (self, y), (1, -1))

    def __mul__(self, other: Operand) -> Value:
        y = other if isinstance(other, Value) else Constant(other)
        return node(self.data * y.data, "*", (self, y), (y.data, self.data))

    def __neg__(self) -> Value:
        return node(-self.data, "neg", (self,), (-1,))

    # These can fail or need more than a line of calculus: their rows are in primitives.py.
    def __truediv__(self, other: Operand) -> Any: return primitives.apply("/", self, other)
    def __pow__(self, other: Operand)     -> Any: return primitives.apply("**", self, other)
    def __abs__(self)                     -> Any: return primitives.apply("abs", self)

    def __radd__(self, other: Number)     -> Value: return Constant(other) + self
    def __rsub__(self, other: Number)     -> Value: return Constant(other) - self
    def __rmul__(self, other: Number)     -> Value: return Constant(other) * self
    def __rtruediv__(self, other: Number) -> Any: return Constant(other) / self
    def __rpow__(self, other: Number)     -> Any: return Constant(other) ** self
    def __pos__(self)                     -> Value: return self

    # Every other primitive is a method too: x.exp(), x.tanh(), ... one per row of primitives.py.
    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Callable[..., Value]: ...

    # --- comparisons look at the numbers; ==, as for any Python object, asks whether it is the same node ---

    def __lt__(self, other: Operand) -> bool: return bool(self.data <  number(other))
    def __le__(self, other: Operand) -> bool: return bool(self.data <= number(other))
    def __gt__(self, other: Operand) -> bool: return bool(self.data >  number(other))
    def __ge__(self, other: Operand) -> bool: return bool(self.data >= number(other))

    def __float__(self) -> float:
        raise TypeError("a Value does not turn into a plain number by itself, for its history would be lost: "
                        "write x.data for the number, or sin(x) from engine in place of math.sin(x)")

    # --- the backward pass ------------------------------------------------------------------------

    def backward(self, seed: Operand = 1, create_graph: bool = False) -> None:
        """Add d(self)/d(leaf) to the `grad` of every leaf that self was made from.

        Inner nodes start afresh at each call and leaves accumulate, as in PyTorch: set
        the grad of a leaf to 0 before a new pass.

        Args:
            seed: the gradient of self with respect to itself.
            create_graph: gradients become Values, to be differentiated again. Set x.grad = 0 when
                done: x and its gradient refer to each other until then.

        Raises:
            TypeError: seed is not a number or Value.
            ValueError: create_graph, and data was changed after the forward pass.

        Source: the delta recursion D1-36 is this loop, read along the edges of a network.
        """
        start  = seed if isinstance(seed, Value) else Constant(seed)
        order  = topological_order(self)
        slopes = {z: primitives.partials_as_values(z) for z in order} if create_graph else {}
        for z in order:                              # (from here on, nothing can fail)
            z.grad = 0
        self.grad += start if create_graph else start.data + zero(self.data)
        for z in reversed(order):
            for operand, partial in zip(z.operands, slopes.get(z, z.partials)):
                operand.grad += partial * z.grad

    def detach(self) -> Value:
        """The same number as a leaf: no gradient flows through it."""
        return Value(self.data, self.label)

    # --- display ----------------------------------------------------------------------------------

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={written(self.data)}, grad={written(number(self.grad))}{label})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from .drawing import mimebundle
        return mimebundle(self)


class Constant(Value):
    """A plain number that took part in an operation, as the 2 in 2*x. Nobody asks for its gradient."""

    __slots__ = ()


def node(data: Number, op: str, operands: tuple[Value, ...], partials: tuple[Number, ...]) -> Value:
    """The Value that operation `op` made from its operands (not checked: this is the inner loop)."""
    z = new(Value)
    z.data     = data
    z.grad     = 0.0
    z.op       = op
    z.operands = operands
    z.partials = partials
    z.label    = ""
    return z


def topological_order(root: Value) -> list[Value]:
    """Every inner node that root depends on, operands before the nodes made from them; root last.

    A node may only pass its gradient on when the gradient is complete, that is, after every
    node that uses it. Read backwards, this order guarantees it: without it the shared node of
    b = a + a; c = b + b would pass on half of its gradient. Leaves pass nothing on: they are
    left out. A stack in place of recursion, so that a chain of a million nodes is no problem.
    """
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Any] = [root] if root.operands else []
    while stack:
        z = stack.pop()
        if z is None:                                # a mark: the operands of the node below it are in place
            order.append(stack.pop())
        elif z not in seen:
            seen.add(z)
            stack += (z, None)
            for operand in reversed(z.operands):
                if operand.operands and operand not in seen:
                    stack.append(operand)
    return order


def number(x: Any) -> Any:
    """The number in x, be it a Value or a number already."""
    return x.data if isinstance(x, Value) else x


def plain(data: Any) -> Number:
    """data as the number of a node: whole numbers of any library as Python's own, which never overflow.

    Raises:
        TypeError: data is not a real number.
    """
    if isinstance(data, Integral): return int(data)
    if isinstance(data, Real):     return data
    raise TypeError(not_a_number(data))


def zero(data: Number) -> Number:
    """The gradient to start from: that of a float is a float, that of a Fraction stays exact."""
    return 0.0 if type(data) is float else 0


def written(x: Number) -> str:
    """The number as it is read: 0.5, also for NumPy's np.float64(0.5)."""
    return str(x) if hasattr(x, "dtype") else repr(x)


def not_a_number(data: Any) -> str:
    """What is wrong with data as the number of a Value, and what to write instead."""
    given = f"Value needs a real number, not {type(data).__name__} {data!r:.60}"
    if isinstance(data, Value):   return f"{given}: use it as it is, or write Value(x.data) for a copy"
    if isinstance(data, str):     return f"{given}: write Value(float(text))"
    if isinstance(data, complex): return f"{given}: write one Value each for .real and .imag"
    if data is None:              return f"{given}: did a function end without return?"
    if hasattr(data, "__len__"):  return f"{given}: write one Value per number, as in [Value(x) for x in data]"
    return f"{given}: write Value(float(x)), or give an int, a Fraction, an mpf or a NumPy scalar"


new = object.__new__

from . import primitives  # (the calculus table needs Value, so it comes last)
