"""Trials: which method or function is the backward pass of somebody else's engine, and which attribute the
gradient: z = x * x at 3.0, and every way to ask for dz/dx.

    best_trial(Theirs, "value", Naming(), {})       # the way that gives 6.0, and how x was made for it
"""

from __future__ import annotations

import inspect
import operator
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from operator import attrgetter
from types import ModuleType
from typing import NamedTuple

from ...libraries import Quantity
from ..random_programs.operations import OPERATIONS
from .adapters import DATA, held, is_array, number
from .constructors import FAULTS, Way, around, makers, tried
from .limits import Slow, within

GRAD      = ("grad gradient derivative adjoint deriv der diff bar dx dval dvalue d g grad_value partial "
             "sensitivity grads _grad _gradient").split()
BACKWARD  = ("backward backprop backpropagate back_propagate compute_gradients compute_gradient "
             "compute_grads compute_grad calculate_gradients calc_gradients run_backward backward_pass "
             "backwards back propagate_back propagate differentiate autodiff reverse").split()
FUNCTIONS = [*BACKWARD, "get_gradients", "gradients", "gradient", "grad"]
KEEP      = "retain_graph"                               # asked for, so that a second pass is possible
SPECIAL   = {operation.special for operation in OPERATIONS.values()}
TRIAL_LIMIT  = 2.0                                       # seconds of computing for one pass
START, SLOPE = 3.0, 6.0                                  # z = x * x at 3


class Naming(NamedTuple):
    """What the user says of names: attributes and a method, or a file that defines the class Value; and the
    line of the file from which on it is left out, where that is known."""

    data:     str = ""
    grad:     str = ""
    backward: str = ""
    adapter:  str = ""
    until:    str = ""


LOOK = Naming()                          # nothing is said: look for all of it


class Trial(NamedTuple):
    """What came of a backward pass: 3 if the gradient was right (or if it did not end: there is no use in
    trying others), 2 if there was one, 1 if it ended."""

    level:    int
    backward: Way
    grad:     str
    fresh:    Quantity


def best_trial(theirs: type, data: str, naming: Naming,
               functions: dict[str, Way]) -> tuple[Trial, Way] | None:
    """The backward pass that gives the right gradient; else one that gives any; the first of several."""
    best: tuple[Trial, Way] | None = None
    multiply = functions["__mul__"].do if "__mul__" in functions else operator.mul
    for make in makers(theirs):
        if tried(make.do, START) is None:
            continue
        for way in passes(theirs, naming):
            trial = attempted(make, way, multiply, data, naming)
            if best is None or trial.level > best[0].level:
                best = trial, make
            if trial.level == 3:
                return best
    return best


def attempted(make: Way, way: Way, multiply: Callable[..., Quantity], data: str, naming: Naming) -> Trial:
    """z = x * x at 3, and its backward pass this way."""
    fresh = tried(make.do, START)
    try:
        x = make.do(START)
        before = {name: tried(number, tried(getattr, x, name)) for name in attributes(x)}
        began = time.process_time()
        with within(lambda: time.process_time() - began > TRIAL_LIMIT):
            given = way.do(multiply(x, x))
    except Slow:
        return Trial(3, way, naming.grad or known_grad(fresh), tried(held, fresh, known_grad(fresh)))
    except FAULTS:
        return Trial(0, way, naming.grad or known_grad(fresh), None)
    if isinstance(given, Mapping) and not naming.grad:
        right = [k for k in given if k is x or (isinstance(k, int) and k == id(x))]
        if right:
            return Trial(3, way, "", None)
    names = [naming.grad] if naming.grad else [
        name for name in (*GRAD, *attributes(x)) if name != data and hasattr(x, name)]
    for name in names:
        if equal(x, name, SLOPE) and (name in GRAD or before.get(name) != SLOPE):
            return Trial(3, way, name, tried(held, fresh, name))
    name = naming.grad or known_grad(x)
    now  = tried(number, tried(held, x, name)) if name and hasattr(x, name) else None
    return Trial(2 if isinstance(now, (int, float)) and now else 1 if name and hasattr(x, name) else 0,
                 way, name, tried(held, fresh, name) if name else None)


def known_grad(node: Quantity) -> str:
    return next((name for name in GRAD if hasattr(node, name)
                 and not (callable(getattr(node, name)) and required_bound(getattr(node, name)))), "")


def passes(theirs: type, naming: Naming) -> Iterator[Way]:
    """The ways to run a backward pass: methods, functions beside the class, methods of an object there."""
    known = [naming.backward] if naming.backward else BACKWARD
    for name in known:
        if callable(getattr(theirs, name, None)):
            yield from calls(name, getattr(theirs, name), attrgetter(name), True)
    for name in [naming.backward] if naming.backward else FUNCTIONS:
        function = named_beside(theirs, name)
        if function and not isinstance(function, type):
            yield from calls(name, function, partial(partial, function), False)
    for word, thing in around(theirs).items():
        if not isinstance(thing, (type, ModuleType)) and type(thing).__module__ == theirs.__module__:
            for name in known:
                if callable(getattr(thing, name, None)) and not isinstance(thing, theirs):
                    yield Way(getattr(thing, name), f"{word}.{name}(z)")
                    yield Way(without_node(getattr(thing, name)), f"{word}.{name}()")
    if not naming.backward and guessed(theirs):
        for name, thing in list(vars(theirs).items()):
            free = [p.default for p in inspect.signature(thing).parameters.values()][1:] if (
                inspect.isfunction(thing)) else [inspect.Parameter.empty]
            if name not in SPECIAL and not name.startswith("__") and inspect.Parameter.empty not in free:
                yield from calls(name, thing, attrgetter(name), True)


def guessed(theirs: type) -> bool:
    """Whether no method has a name that tells it to be the backward pass, so that each is tried."""
    return not any(callable(getattr(theirs, name, None)) for name in BACKWARD)


def without_node(run: Callable[[], Quantity]) -> Callable[[Quantity], Quantity]:
    return lambda z: run()


def calls(name: str, function: Quantity, bound: Callable[[Quantity], Callable[..., Quantity]],
          method: bool) -> Iterator[Way]:
    """With nothing, with a seed of 1, with one like the data, with the gradient set to 1 before."""
    keep = {KEEP: True} if KEEP in parameters_of(function) else {}

    def like(z: Quantity) -> Quantity:
        data = next(getattr(z, n) for n in DATA if hasattr(z, n))
        return data * 0 + 1

    def set_first(z: Quantity) -> Quantity:
        name = known_grad(z)
        setattr(z, name, like(z) if is_array(held(z, name)) else 1.0)
        return bound(z)(**keep)

    def words(*given: str) -> str:
        more = [*given, *(f"{word}=True" for word in keep)]
        return f"z.{name}({', '.join(more)})" if method else f"{name}({', '.join(['z', *more])})"
    plain = words() if keep or not method else name if name != "backward" else ""
    yield Way(lambda z: bound(z)(**keep), plain)
    yield Way(lambda z: bound(z)(1.0, **keep), words("1.0"))
    yield Way(lambda z: bound(z)(like(z), **keep), words("an array of 1"))
    yield Way(lambda z: bound(z)(type(z)(1.0), **keep), words("a node of 1"))
    yield Way(set_first, f"z.grad = 1, then {words()}")


# --- looking ------------------------------------------------------------------------------------------------

def parameters_of(function: Callable[..., object]) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def equal(node: Quantity, name: str, right: float) -> bool:
    """Whether the attribute is the number. Methods are only called where a known name tells their meaning."""
    found = tried(getattr, node, name)
    if callable(found):
        if name not in (*DATA, *GRAD) or required_bound(found):
            return False
        found = tried(found)
    given = tried(number, found)
    return isinstance(given, (int, float)) and abs(given - right) <= 1e-2 * abs(right)


def required_bound(function: Callable[..., object]) -> bool:
    try:
        return any(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
                   for p in inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return True


def attributes(node: Quantity) -> list[str]:
    """The attributes that are no methods."""
    return [name for name in dir(node)
            if not name.startswith("__") and not callable(tried(getattr, node, name))]


def named_beside(theirs: type, name: str) -> Quantity:
    """The function or class of this name in the module of theirs, or in the package it belongs to."""
    package = theirs.__module__.partition(".")[0]
    for place in (theirs.__module__, package):
        found = getattr(sys.modules.get(place), name, None)
        if callable(found) and str(getattr(found, "__module__", "")).partition(".")[0] == package:
            return found
    return None
