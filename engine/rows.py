"""Rows: what a row of the calculus table holds, and how computing it records a node.

A row becomes a function that is also a method of Value. Given plain numbers it returns a number; given
at least one Value it returns a Value that remembers its operands and the slope towards each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import NamedTuple, Protocol, TypeAlias, overload

from .errors import call, failure
from .libraries import Quantity
from .value import Constant, Number, Operand, Value, node

R = "(-inf, inf)"

Formula: TypeAlias = Callable[..., Quantity]


class Function(Protocol):
    """What a row becomes: a Value if an operand is one, else a number."""

    @overload
    def __call__(self, x: Value, /, *more: Operand) -> Value: ...
    @overload
    def __call__(self, x: Number, /, *more: Number) -> Number: ...
    @overload
    def __call__(self, x: Operand, /, *more: Operand) -> Operand: ...


class Primitive(NamedTuple):
    """One row of the table. What is not given follows from value and partials.

    Calculus:
        partials: a list of functions of (z, *operands), one per operand; a single function that
            returns all the slopes where the number of operands is open (total, affine, ...).
    Notation:
        domain:   the interval of each operand ("nonzero" is one too); a single one holds for all.
        kinks:    operands at which the value has no slope; `partials` gives the one chosen there.
        symbol:   the operation in a box of a drawing.
        text:     the operation in a line of text, "{0} + {1}"; latex: the same for LaTeX.
        slopes:   each slope in words, over {0}, {1} and {z}, where the row's own formula reads badly.
        gate:     what it does to a gradient, by the name of a sentence in explaining/gates.py.
        about:    what the function is, for its docstring, where the name alone does not tell.
        hint:     what to write instead, for the error message.
    Networks:
        activation:  whether it is an activation, to be named in MLP(..., hidden=...).
        initializer: how the weights of its layer are drawn, "he" or "xavier".
    """

    name:        str
    value:       Formula
    partials:    list[Formula] | Formula
    symbol:      str = ""
    domain:      tuple[str, ...] = (R,)
    kinks:       tuple[tuple[Number, ...], ...] = ()
    text:        str = ""
    latex:       str = ""
    slopes:      tuple[str, ...] = ()
    gate:        str = ""
    about:       str = ""
    hint:        str = ""
    activation:  bool = False
    initializer: str = ""
    method:      bool = True

    @property
    def nary(self) -> bool:
        """Whether the number of operands is open."""
        return not isinstance(self.partials, list)

    @property
    def each(self) -> list[Formula]:
        """The slope towards each operand, where their number is fixed."""
        return self.partials if isinstance(self.partials, list) else []

    @property
    def public(self) -> bool:
        """Whether its function is one of `engine`."""
        return self.method and self.name.isidentifier()

    @property
    def flat(self) -> bool:
        """Whether it is constant around every point, so that no gradient passes."""
        return bool(self.each) and all(partial is flat for partial in self.each)

    def slopes_of(self, z: Quantity, values: Sequence[object],
                  operands: Sequence[Quantity]) -> tuple[Quantity, ...]:
        """d(z)/d(operand) for each operand; 0 for a plain number, never computed: in (-2)**3 there is no
        log(-2)."""
        if not isinstance(self.partials, list):
            return tuple(self.partials(z, *operands))
        return tuple([0 if type(x) is Constant else partial(z, *operands)
                      for x, partial in zip(values, self.each)])


class Shut(int):
    """The slope of a closed gate: the number 0, and 0 whatever it is multiplied by.

    What does not get through relu, clamp or maximum has no influence on the output, so no gradient that
    arrives from above may come through, not even inf or nan: the slope of sqrt(relu(x)) at -1 is 0. A
    plain 0 is no gate: 0 * inf stays nan. It stands to the left, as partials do: partial * upstream.
    """

    def __mul__(self, upstream: Quantity) -> Quantity:
        if isinstance(upstream, Value):
            return Value(self * upstream.data)
        return 0.0 if isinstance(upstream, float) else 0


shut = Shut()


def flat(z: Quantity, *operands: Quantity) -> Shut:
    """The slope of what is constant around every point, as floor(x)."""
    return shut


TABLE: dict[str, Primitive] = {}

OPERATORS = {"/": "truediv", "**": "pow", "%": "mod", "//": "floordiv"}      # written between two operands
UNARY     = {"abs": "__abs__", "floor": "__floor__"}                         # and in front of one

DOCSTRING = """{about}. Defined on {domain}; a Value if an operand is one, else a number.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: there is no such value; the message names the operands.
        TypeError: an operand is not a number.
    """


def primitive(name: str, value: Formula, partials: list[Formula] | Formula, **more: Quantity) -> Function:
    """Enter a row in the table; return its function, which is also a method of Value. `more` as in
    Primitive."""
    row = completed(Primitive(name, value, partials, **more))
    TABLE[name] = row
    function = unary(row) if len(row.each) == 1 else several(row)
    function.__name__ = function.__qualname__ = name
    function.__module__ = sys._getframe(1).f_globals.get("__name__", __name__)     # where pickle looks for it
    function.__doc__  = DOCSTRING.format(about=row.about, domain=" x ".join(row.domain))
    if row.method and name.isidentifier():
        setattr(Value, name, function)
    for special, operator in specials(name, function):
        setattr(Value, special, operator)
    entered: Function = function
    return entered


def completed(row: Primitive) -> Primitive:
    """The row with what was not given: the same domain for every operand, the notation of a function."""
    count  = len(row.each) or 1
    places = ", ".join(f"{{{k}}}" for k in range(count))
    name   = row.name.replace("_", r"\_")
    return row._replace(
        domain = row.domain * count if len(row.domain) == 1 else row.domain,
        symbol = row.symbol or row.name,
        text   = row.text  or f"{row.name}({places})",
        latex  = row.latex or rf"\mathrm{{{{{name}}}}}({places})",
        gate   = row.gate  or ("stop" if row.flat else "scale"),
        about  = row.about or row.name)


def specials(name: str, function: Formula) -> list[tuple[str, Formula]]:
    """The methods by which Python finds the operation where it is written as an operator."""
    if name in UNARY:
        return [(UNARY[name], function)]
    if name not in OPERATORS:
        return []
    def reflected(self: Value, other: Number) -> Quantity:
        return function(other, self)
    return [(f"__{OPERATORS[name]}__", function), (f"__r{OPERATORS[name]}__", reflected)]


def unary(row: Primitive) -> Quantity:
    """`record` for one operand, without its loops: most nodes of a network's graph are made here or by
    affine."""
    name, value, partial = row.name, row.value, row.each[0]

    def function(x: Operand) -> Quantity:
        if isinstance(x, Value):
            x_data = x.data
        elif hasattr(x, "of_row"):                       # a symbol keeps the name of the row
            return x.of_row(row, (x,))
        else:
            x_data = whole(x)
        try:
            z = value(x_data)
        except (ArithmeticError, ValueError, TypeError) as error:
            raise failed(row, [x_data], error) from None
        return node(z, name, (x,), (partial(z, x_data),)) if isinstance(x, Value) else z

    return function


def several(row: Primitive) -> Quantity:
    return lambda *operands: record(row, operands)


def apply(name: str, *operands: Operand) -> Quantity:
    """The primitive called `name`, applied: a Value, recorded, or a number if none of them is a Value."""
    return record(TABLE[name], operands)


def record(row: Primitive, operands: Sequence[Operand]) -> Quantity:
    """Compute the row at the operands; if any of them is a Value, the result remembers them."""
    numbers = [x.data if isinstance(x, Value) else whole(x) for x in operands]
    on_values = any(isinstance(x, Value) for x in operands)
    if not on_values:
        for x in operands:
            if hasattr(x, "of_row"):                     # a symbol keeps the name of the row
                return x.of_row(row, operands)
    try:
        z = row.value(*numbers)
        if isinstance(z, (str, list, tuple)):        # of such operands only: total("ab") would join them
            raise TypeError
        if not on_values:
            return z
        values = tuple([x if isinstance(x, Value) else Constant(x) for x in operands])
        return node(z, row.name, values, row.slopes_of(z, values, numbers))
    except (ArithmeticError, ValueError, TypeError) as error:
        raise failed(row, numbers, error) from None


def whole(x: Quantity) -> Quantity:
    """x, a whole number of another library (NumPy's wrap around) as Python's own."""
    return x if type(x) is float or not isinstance(x, Integral) else int(x)


def failed(row: Primitive, numbers: Sequence[Number], error: Exception) -> Exception:
    domain = f"{row.name} is defined on {' x '.join(row.domain)}"
    return failure(call(row.name, numbers), numbers, error, domain, row.hint)


def partials_as_values(z: Value) -> tuple[Operand, ...]:
    """The slopes of z as Values, from the same row: what `create_graph` differentiates again.

    Raises:
        ValueError: the data of an operand was changed after z was computed.
    """
    if changed(z):
        raise ValueError(f"an operand of {z.op} has changed since {z.op} was recorded (its data, or mpmath's "
                         "precision), and second derivatives need it as it was: run the forward pass again "
                         "first")
    return TABLE[z.op].slopes_of(z, z.operands, z.operands)


def changed(z: Value) -> bool:
    """Whether the row, run again on the numbers that the operands hold now, gives something else than was
    recorded."""
    row, numbers = TABLE[z.op], [x.data for x in z.operands]
    try:
        now = row.value(*numbers), *row.slopes_of(z.data, z.operands, numbers)
    except (ArithmeticError, ValueError):
        return True
    then = z.data, *[0 if type(x) is Constant and not row.nary else partial
                     for x, partial in zip(z.operands, z.partials)]
    return any(a != b and (a == a or b == b) for a, b in zip(now, then))


setattr(Value, "partials_as_values", partials_as_values)     # noqa: B010  (declared in value.py as a method)
