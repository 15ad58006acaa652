"""Aliases: what micrograd and microgpt call the parts of a Value, to be read by code that draws or walks
their graphs.

    micrograd           v._prev, v._op, v._backward()         v.operands, v.op, v.partials
    microgpt            v._children, v._local_grads           v.operands, v.partials

They are views: Values hold nothing more than before, and cost nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set

from .value import Constant, Number, Value

NODE   = ("node(data, op, operands, partials) from engine.value makes a Value with operands and slopes of "
          "its own")
SYMBOL = {"relu": "ReLU"}                                            # where micrograd writes it differently


class Operands(Set[Value]):
    """Operands without repeats, as a set that keeps their order and tells two Values apart by identity."""

    __slots__ = ("values",)

    def __init__(self, values: Iterable[Value]) -> None:
        self.values = tuple({id(v): v for v in values}.values())

    def __contains__(self, x: object) -> bool: return any(x is v for v in self.values)
    def __iter__(self) -> Iterator[Value]:     return iter(self.values)
    def __len__(self) -> int:                  return len(self.values)
    def __repr__(self) -> str:                 return f"{{{', '.join(map(repr, self.values))}}}"


def prev(z: Value) -> Operands:
    """What z was made from, without repeats: x*x has one. The exponent in x**2 is part of the operation."""
    return Operands(z.operands[:1] if fixed_power(z) else z.operands)


def op(z: Value) -> str:
    """The operation as micrograd writes it: +, *, **2, tanh, ReLU; "" for a leaf."""
    return f"**{z.operands[1].data}" if fixed_power(z) else SYMBOL.get(z.op, z.op)


def fixed_power(z: Value) -> bool:
    return z.op == "**" and type(z.operands[1]) is Constant


def backward_step(z: Value) -> Callable[[], None]:
    """A function that does the step of the backward pass at z alone; z.backward() does them all, in order."""
    def step() -> None:
        for operand, partial in zip(z.operands, z.partials):
            operand.grad += partial * z.grad
    return step


def children(z: Value) -> tuple[Value, ...]:
    """What z was made from, in order: x*x has two."""
    return z.operands


def local_grads(z: Value) -> tuple[Number, ...]:
    """The slope of z towards each of _children."""
    return z.partials


def view(name: str, read: Callable[[Value], object], instead: str) -> property:
    """A property that can be read; setting it says what to write instead."""
    def refuse(z: Value, x: object) -> None:
        raise AttributeError(f"{name} is a view of {instead} and cannot be set: {NODE}")
    return property(read, refuse, doc=read.__doc__)


for _name, _read, _instead in [("_prev", prev, "operands"), ("_op", op, "op"),
                               ("_backward", backward_step, "partials"),
                               ("_children", children, "operands"), ("_local_grads", local_grads,
                                                                     "partials")]:
    setattr(Value, _name, view(_name, _read, _instead))

# Python puts this name in front of its complaint about arguments that there are not, as Value(data,
# _children=...).
Value.__init__.__qualname__ = f"Value(data, label) makes a leaf, and {NODE}. Value"
