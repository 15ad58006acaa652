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
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from fractions import Fraction

Number:  TypeAlias = float  # any real number: int, float, Fraction, mpmath's mpf, NumPy's scalars
Operand: TypeAlias = "Value | Number | Fraction"


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
    grad: Number                             # after backward(create_graph=True), a Value that stands for it
    op: str
    operands: tuple[Value, ...]
    partials: tuple[Number, ...]
    label: str

    def __init__(self, data: Number | Fraction, label: str = "") -> None:
        self.data     = data if type(data) is float else real(data)
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

    def __pos__(self) -> Value:                              return self
    def __radd__(self, other: Number | Fraction) -> Value:   return Constant(other) + self
    def __rsub__(self, other: Number | Fraction) -> Value:   return Constant(other) - self
    def __rmul__(self, other: Number | Fraction) -> Value:   return Constant(other) * self

    # --- order compares the numbers; ==, as for any Python object, asks whether it is the same node ---

    def __lt__(self, other: Operand) -> bool:     return bool(self.data <  number(other))
    def __le__(self, other: Operand) -> bool:     return bool(self.data <= number(other))
    def __gt__(self, other: Operand) -> bool:     return bool(self.data >  number(other))
    def __ge__(self, other: Operand) -> bool:     return bool(self.data >= number(other))

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
        start = seed if isinstance(seed, Value) else Constant(seed)
        order = topological_order(self)
        again = {z: z.partials_as_values() for z in order} if create_graph else {}
        for z in order:                              # (from here on, nothing can fail)
            z.grad = 0.0 if type(z.data) is float else 0
        self.grad += start if create_graph else start.data + zero(self.data)    # type: ignore[assignment]
        for z in reversed(order):
            for operand, partial in zip(z.operands, again.get(z, z.partials)):
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

    # --- what the rows of primitives.py add: rows.py installs it, a test compares these lines ------

    if TYPE_CHECKING:
        def __truediv__(self, other: Operand) -> Value: ...
        def __rtruediv__(self, other: Number | Fraction) -> Value: ...
        def __pow__(self, other: Operand) -> Value: ...
        def __rpow__(self, other: Number | Fraction) -> Value: ...
        def __mod__(self, other: Operand) -> Value: ...
        def __rmod__(self, other: Number | Fraction) -> Value: ...
        def __floordiv__(self, other: Operand) -> Value: ...
        def __rfloordiv__(self, other: Number | Fraction) -> Value: ...
        def __divmod__(self, other: Operand) -> tuple[Value, Value]: ...
        def __rdivmod__(self, other: Number | Fraction) -> tuple[Value, Value]: ...
        def __abs__(self) -> Value: ...
        def __round__(self, digits: int | None = None) -> Value: ...
        def __floor__(self) -> Value: ...
        def __ceil__(self) -> Value: ...
        def partials_as_values(self) -> tuple[Number, ...]: ...
        def acos(self) -> Value: ...
        def acosh(self) -> Value: ...
        def asin(self) -> Value: ...
        def asinh(self) -> Value: ...
        def atan(self) -> Value: ...
        def atan2(self, x: Operand) -> Value: ...
        def atanh(self) -> Value: ...
        def clamp(self, low: Operand = ..., high: Operand = ...) -> Value: ...
        def cos(self) -> Value: ...
        def cosh(self) -> Value: ...
        def elu(self, alpha: Operand = ...) -> Value: ...
        def erf(self) -> Value: ...
        def erfc(self) -> Value: ...
        def exp(self) -> Value: ...
        def expm1(self) -> Value: ...
        def floor(self) -> Value: ...
        def gelu(self) -> Value: ...
        def hypot(self, y: Operand) -> Value: ...
        def identity(self) -> Value: ...
        def leaky_relu(self, alpha: Operand = ...) -> Value: ...
        def log(self) -> Value: ...
        def log10(self) -> Value: ...
        def log1p(self) -> Value: ...
        def log2(self) -> Value: ...
        def log_sigmoid(self) -> Value: ...
        def relu(self) -> Value: ...
        def round(self) -> Value: ...
        def sigmoid(self) -> Value: ...
        def sign(self) -> Value: ...
        def silu(self) -> Value: ...
        def sin(self) -> Value: ...
        def sinc(self) -> Value: ...
        def sinh(self) -> Value: ...
        def softplus(self) -> Value: ...
        def sqrt(self) -> Value: ...
        def step(self) -> Value: ...
        def tan(self) -> Value: ...
        def tanh(self) -> Value: ...


class Constant(Value):
    """A plain number that took part in an operation, as the 2 in 2*x. Nobody asks for its gradient."""

    __slots__ = ()


def node(data: Number, op: str, operands: tuple[Value, ...], partials: tuple[Number, ...]) -> Value:
    """The Value that operation `op` made from its operands (not checked: this is the inner loop)."""
    z = new(Value)
    z.data     = data
    z.grad     = 0.0 if type(data) is float else 0      # as zero(data), without a call
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
    seen  = {root}
    stack = [(root, iter(root.operands))] if root.operands else []
    while stack:
        z, rest = stack[-1]
        for x in rest:                               # down to the next operand that is new ...
            if x.operands and x not in seen:
                seen.add(x)
                stack.append((x, iter(x.operands)))
                break
        else:                                        # ... and where there is none, z has its turn
            order.append(z)
            stack.pop()
    return order


def number(x: Operand) -> Number:
    """The number in x, be it a Value or a number already."""
    return x.data if isinstance(x, Value) else x             # type: ignore[return-value]  # (likewise)


def zero(data: Number | Fraction) -> Number:
    """The gradient to start from: that of a float is a float, that of a Fraction stays exact."""
    return 0.0 if type(data) is float else 0


def real(data: Number | Fraction) -> Number:
    """data, if it is a real number; a whole number of any library as Python's own, which never wraps around.

    Raises:
        TypeError: it is none.
    """
    if isinstance(data, Integral): return int(data)
    if isinstance(data, Real):     return data  # type: ignore[return-value]  # (every kind is a Number)
    raise TypeError(not_a_number(data))


def written(x: Number) -> str:
    """The number as it is read: 0.5, also for NumPy's np.float64(0.5)."""
    return str(x) if hasattr(x, "dtype") else repr(x)


not_a_number: Callable[[object], str] = repr         # errors.py has the sentence, and puts it here
new = object.__new__
