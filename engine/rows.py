"""Rows: what a row of the calculus table holds, and how computing it records a node.

A row becomes a function that is also a method of Value. Given plain numbers it returns a number; given
at least one Value it returns a Value that remembers its operands and the slope towards each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, NamedTuple

from .value import Constant, Number, Operand, Value, node, not_a_number, written

R = "(-inf, inf)"


class Primitive(NamedTuple):
    """One row of the table.

    partials: a list of functions of (z, *operands), one per operand; a single function that
              returns all the slopes where the number of operands is open (total, affine, ...).
    domain:   the interval of each operand ("nonzero" is one too); a single one holds for all.
    kinks:    operands at which the value has no slope; `partials` gives the one chosen there.
    hint:     what to write instead, for the error message.
    """

    name:     str
    value:    Callable[..., Any]
    partials: Any
    symbol:   str = ""
    domain:   tuple[str, ...] = (R,)
    kinks:    tuple[tuple[Number, ...], ...] = ()
    latex:    str = ""
    hint:     str = ""

    @property
    def nary(self) -> bool:
        """Whether the number of operands is open."""
        return not isinstance(self.partials, list)

    def slopes(self, z: Any, operands: Sequence[Any]) -> tuple[Any, ...]:
        """d(z)/d(operand) for each operand, all of them numbers or all of them Values."""
        if self.nary:
            return tuple(self.partials(z, *operands))
        return tuple([partial(z, *operands) for partial in self.partials])

    def slopes_of(self, z: Any, values: Sequence[Value], operands: Sequence[Any]) -> tuple[Any, ...]:
        """The same, but 0 for a plain number, never computed: in (-2)**3 there is no log(-2)."""
        if self.nary:
            return tuple(self.partials(z, *operands))
        return tuple([0 if type(x) is Constant else partial(z, *operands)
                      for x, partial in zip(values, self.partials)])


TABLE: dict[str, Primitive] = {}

DOCSTRING = """{about}. Defined on {domain}; a Value if an operand is one, else a number.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: there is no such value; the message names the operands.
        TypeError: an operand is not a number.
    """


def primitive(name: str, value: Callable[..., Any], partials: Any, *, symbol: str = "",
              method: bool = True, about: str = "", **more: Any) -> Callable[..., Any]:
    """Enter a row in the table; return its function, which is also a method of Value.

    about: what the function is, for its docstring, where the name alone does not tell. The rest as in Primitive.
    """
    row = Primitive(name, value, partials, symbol or name, **more)
    if not row.nary and len(row.domain) == 1:
        row = row._replace(domain=row.domain * len(row.partials))
    TABLE[name] = row

    function = unary(row) if not row.nary and len(partials) == 1 else lambda *operands: record(row, operands)
    function.__name__ = function.__qualname__ = name
    function.__module__ = sys._getframe(1).f_globals.get("__name__", __name__)     # where pickle looks for it
    function.__doc__  = DOCSTRING.format(about=about or name, domain=" x ".join(row.domain))
    if method and name.isidentifier():
        setattr(Value, name, function)
    return function


def unary(row: Primitive) -> Callable[..., Any]:
    """`record` for one operand, without its loops: most nodes of a network's graph are made here or by affine."""
    name, value, partial = row.name, row.value, row.partials[0]

    def function(x: Operand) -> Any:
        x_data = x.data if isinstance(x, Value) else whole(x)
        try:
            z = value(x_data)
        except (ArithmeticError, ValueError, TypeError) as error:
            raise failure(row, [x_data], error) from None
        return node(z, name, (x,), (partial(z, x_data),)) if isinstance(x, Value) else z

    return function


def apply(name: str, *operands: Operand) -> Any:
    """The primitive called `name`, applied: a Value, recorded, or a number if none of them is a Value."""
    return record(TABLE[name], operands)


def record(row: Primitive, operands: Sequence[Operand]) -> Any:
    """Compute the row at the operands; if any of them is a Value, the result remembers them."""
    numbers = [x.data if isinstance(x, Value) else whole(x) for x in operands]
    try:
        z = row.value(*numbers)
        if isinstance(z, (str, list, tuple)):        # of such operands only: total("ab") would join them
            raise TypeError
        if not any(isinstance(x, Value) for x in operands):
            return z
        values = tuple([x if isinstance(x, Value) else Constant(x) for x in operands])
        return node(z, row.name, values, row.slopes_of(z, values, numbers))
    except (ArithmeticError, ValueError, TypeError) as error:
        raise failure(row, numbers, error) from None


def whole(x: Any) -> Any:
    """x, a whole number of another library (NumPy's wrap around) as Python's own."""
    return x if type(x) is float or not isinstance(x, Integral) else int(x)


def partials_as_values(z: Value) -> tuple[Operand, ...]:
    """The slopes of z as Values, from the same row: what `create_graph` differentiates again.

    Raises:
        ValueError: the data of an operand was changed after z was computed.
    """
    if changed(z):
        raise ValueError(f"an operand of {z.op} has changed since {z.op} was recorded (its data, or mpmath's precision), "
                         "and second derivatives need it as it was: run the forward pass again first")
    return TABLE[z.op].slopes_of(z, z.operands, z.operands)


def changed(z: Value) -> bool:
    """Whether the row, run again on the numbers that the operands hold now, gives something else than was recorded."""
    row, numbers = TABLE[z.op], [x.data for x in z.operands]
    try:
        now = row.value(*numbers), *row.slopes_of(z.data, z.operands, numbers)
    except (ArithmeticError, ValueError):
        return True
    then = z.data, *[0 if type(x) is Constant and not row.nary else partial
                     for x, partial in zip(z.operands, z.partials)]
    return any(a != b and (a == a or b == b) for a, b in zip(now, then))


def failure(row: Primitive, numbers: Sequence[Number], error: Exception) -> Exception:
    """The same error with the operation, its operands and a way out in the message."""
    given = call(row, numbers)
    if isinstance(error, TypeError):
        wrong = [x for x in numbers if not isinstance(x, Real)]
        return TypeError(f"{given}: {not_a_number(wrong[0]) if wrong else error}")
    if isinstance(error, OverflowError):
        why = "the result is larger than the largest float, 1.8e308"
    elif isinstance(error, ZeroDivisionError):
        why = "division by zero"
    elif str(error) and "math domain" not in str(error):
        why = str(error)
    else:
        why = f"{row.name} is defined on {' x '.join(row.domain)}"
    return type(error)(f"{given}: {why}" + (f". {row.hint}" if row.hint else ""))


def call(row: Primitive, operands: Sequence[Any]) -> str:
    """The operation as it is written: 2.0 / 0, (-2.0) ** 0.5, log(0)."""
    given = [f"{written(x):.40}" for x in operands]
    if row.name.isidentifier():
        return f"{row.name}({', '.join(given)})"
    return f" {row.name} ".join(f"({x})" if x.startswith("-") else x for x in given)
