"""Adapters: a node of somebody else's engine, seen as the suite asks for one: Value(x), .data, .grad,
.backward().

    adapter(Theirs, ways)               # a class that makes, reads and changes their nodes in their ways

Only what their class offers is offered; what it raises is raised. Which ways these are, discovery.py finds.
"""

from __future__ import annotations

import copy
import operator
import sys
from collections.abc import Callable
from itertools import count
from types import ModuleType
from typing import ClassVar, NamedTuple
from weakref import WeakValueDictionary

from ...libraries import Quantity
from ..random_programs.operations import OPERATIONS
from ..random_programs.rules import beside

DOUBLE  = 2.0 ** -53                     # half a unit in the last place of 1.0, in floats
SINGLE  = 2.0 ** -24                     # in float32
COARSE  = "it computes in float32: what is right is judged by that precision"
DATA    = ("data value val v x num number scalar item primal result output out magnitude "
           "_data _value _val _v _x").split()
IN_PLACE = ("__iadd__", "__isub__", "__imul__", "__itruediv__", "__ipow__")
NAMES   = count()


def precision_of(engine: type) -> float:
    """Half a unit of its last place at 1.0."""
    return engine.precision if issubclass(engine, Adapter) else DOUBLE


class Ways(NamedTuple):
    """How nodes of an engine are made and read.

    make:      a node from a number.
    data:      the attribute (or method without arguments) that holds the number.
    grad:      that of the gradient; "" where backward returns the gradients.
    backward:  the backward pass from a node.
    fresh:     the gradient of a node that no pass has reached, as they write it: 0.0, None, an array.
    functions: what is no method of theirs and stands for one, by the name of the method.
    """

    make:      Callable[[Quantity], Quantity]
    data:      str
    grad:      str
    backward:  Callable[[Quantity], Quantity]
    fresh:     Quantity
    functions: dict[str, Callable[..., Quantity]]


class Adapter:
    """One node of theirs. Adapter files write subclasses of it, and override what is found differently."""

    __slots__ = ("node", "offset", "__weakref__")
    ways:      ClassVar[Ways]
    said:      ClassVar[list[str]] = []
    precision: ClassVar[float]     = DOUBLE
    wraps:     ClassVar[type]
    alive:     ClassVar[WeakValueDictionary[int, Adapter]]

    def __init__(self, x: Quantity) -> None:
        self.hold(self.make(x))

    def make(self, x: Quantity) -> Quantity:
        """A node of theirs."""
        return self.ways.make(x)

    def hold(self, node: Quantity) -> None:
        self.node: Quantity = node
        self.offset: Quantity = 0.0                   # taken off the gradient; where they return it: added
        if not self.ways.grad:
            self.alive[id(node)] = self

    @property
    def data(self) -> Quantity:
        return number(held(self.node, self.ways.data))

    @data.setter
    def data(self, x: Quantity) -> None:
        put(self.node, self.ways.data, getattr(self.node, self.ways.data), x)

    @property
    def grad(self) -> Quantity:
        if not self.ways.grad:
            return 0.0 - self.offset
        given = held(self.node, self.ways.grad)
        given = 0.0 if given is None else number(given)
        return given - self.offset if self.offset else given

    @grad.setter
    def grad(self, x: Quantity) -> None:
        """Their gradient as on a fresh node; where nothing can set it, what is there is not counted."""
        if self.ways.grad and not zeroed(self.node, self.ways):
            self.offset = 0.0
            self.offset = self.grad
        else:
            self.offset = 0.0

    def backward(self) -> None:
        given = self.ways.backward(self.node)
        if not self.ways.grad:
            for key, slope in given.items():
                found = self.alive.get(key if isinstance(key, int) else id(key))
                if found is not None:
                    found.offset = found.offset - number(slope)


def adapter(theirs: type, ways: Ways, said: list[str], precision: float = DOUBLE) -> Quantity:
    """The class that stands for theirs, with those operators and methods that theirs has."""
    room = ModuleType(f"{theirs.__module__}_adapted_{next(NAMES)}")       # for functions beside the class
    sys.modules[room.__name__] = room
    made: type[Adapter] = type(theirs.__name__, (Adapter,), {
        "__slots__": (), "__module__": room.__name__, "ways": ways, "said": said, "precision": precision,
        "wraps": theirs, "alive": WeakValueDictionary(), **methods(theirs, ways)})
    for operation in OPERATIONS.values():
        function = beside(theirs, operation.function) if operation.function else None
        if function is not None:
            setattr(room, operation.function, lifted(function, room.__name__))
    return made


def generic(theirs: type) -> Quantity:
    """What an adapter file builds on: their operators, and the usual names until it says otherwise."""
    return adapter(theirs, Ways(theirs, "", "grad", operator.methodcaller("backward"), None, {}), [])


def methods(theirs: type, ways: Ways) -> dict[str, Callable[..., Quantity]]:
    """Each operation of theirs that a program may have, on adapters."""
    found: dict[str, Callable[..., Quantity]] = {}
    for operation in OPERATIONS.values():
        name, run = operation.special, operation.run
        reflected = f"__r{name[2:]}"
        if name and name not in ways.functions and hasattr(theirs, name):
            dunder = name.startswith("__") and run is not None
            found[name] = lifted(run if dunder and run else operator.methodcaller(name)
                                    if operation.arity == 1 else called(name))
        if name.startswith("__") and run and reflected not in ways.functions and hasattr(theirs, reflected):
            found[reflected] = lifted(turned(run))
    found |= {name: lifted(getattr(operator, name)) for name in IN_PLACE if hasattr(theirs, name)}
    return found | {name: lifted(function) for name, function in ways.functions.items()}


def called(name: str) -> Callable[..., Quantity]:
    return lambda x, *more: getattr(x, name)(*more)


def turned(run: Callable[..., Quantity]) -> Callable[..., Quantity]:
    return lambda x, y: run(y, x)


def lifted(function: Callable[..., Quantity], module: str = __name__) -> Callable[..., Quantity]:
    """The function on the nodes that adapters hold; a node that comes out is held by one."""
    def on_adapters(x: Adapter, *more: object) -> Quantity:
        return wrapped(type(x), function(x.node, *map(bare, more)))
    on_adapters.__module__ = module
    return on_adapters


def bare(x: Quantity) -> Quantity:
    return x.node if isinstance(x, Adapter) else x


def wrapped(kind: type[Adapter], node: Quantity) -> Quantity:
    """Whatever has their data is a node; numbers and the like pass as they are."""
    if isinstance(node, (int, float, complex, str)) or not hasattr(node, kind.ways.data or "__class__"):
        return node
    made = kind.__new__(kind)
    made.hold(node)
    return made


# --- numbers, however they are kept -------------------------------------------------------------------------

def held(node: Quantity, name: str) -> Quantity:
    """The attribute; what it gives, where it is a method."""
    found = getattr(node, name)
    return found() if callable(found) else found


def number(thing: Quantity, depth: int = 4) -> Quantity:
    """The one number in an array of one element, a list of one, or a node of another class. Anything else is
    given back as it is."""
    if isinstance(thing, float):
        return float(thing)                                              # np.float64 is one as well
    if isinstance(thing, (int, complex)) or not depth:
        return thing
    if is_array(thing):
        return thing.item() if getattr(thing, "size", 1) == 1 else thing
    if isinstance(thing, (list, tuple)):
        return number(thing[0], depth - 1) if len(thing) == 1 else thing
    name = inside(thing)
    return number(held(thing, name), depth - 1) if name else thing


def is_array(thing: object) -> bool:
    """A NumPy array or scalar, or what behaves like one."""
    return hasattr(thing, "dtype") and hasattr(thing, "item")


def inside(thing: object) -> str:
    """The attribute in which an object keeps its number; "" for one that is a number itself."""
    if hasattr(thing, "__float__") and not hasattr(thing, "data"):       # Fraction, Decimal, mpf
        return ""
    return next((name for name in DATA if hasattr(thing, name)), "")


def zeroed(node: Quantity, ways: Ways) -> bool:
    """Whether the gradient could be set to what it is on a fresh node: by name, in place, or by
    zero_grad()."""
    try:
        put(node, ways.grad, ways.fresh, 0.0)
        return True
    except (AttributeError, TypeError, ValueError):
        if callable(getattr(node, "zero_grad", None)):
            node.zero_grad()
    left = held(node, ways.grad)
    return left is None or number(left) == 0


def put(node: Quantity, name: str, like: Quantity, x: Quantity) -> None:
    """Set the attribute to a number, kept in the way that `like` is: an array, a node, None for 0.

    Raises:
        AttributeError, TypeError, ValueError: it cannot be set.
    """
    if callable(getattr(node, name, None)):
        raise AttributeError(f"{name} is a method: it cannot be set")
    if like is None and not x:
        setattr(node, name, None)
    elif is_array(like) and not hasattr(like, "__setitem__"):            # a scalar of NumPy
        setattr(node, name, type(like)(x))
    elif is_array(like) or isinstance(like, list):
        refill(node, name, like, x)
    elif inside(like) and not isinstance(like, float):
        within, now = inside(like), getattr(node, name)
        put(like if now is None else now, within, getattr(like, within), x)
    else:
        setattr(node, name, x)


def refill(node: Quantity, name: str, like: Quantity, x: Quantity) -> None:
    """An array of the same shape and kind in its place; in place where it cannot be replaced."""
    where = ... if is_array(like) else slice(None)
    fill  = x if is_array(like) else [x]
    fresh = copy.copy(like)
    fresh[where] = fill
    try:
        setattr(node, name, fresh)
    except AttributeError:
        getattr(node, name)[where] = fill
