"""Constructors: how a node of somebody else's engine is made of a number: Value(x), Variable(x,
requires_grad=True), Node(name="x0", value=x), Tensor(np.array(x)).

    for way in makers(Theirs): way.do(3.0), way.words        # the plainest first
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from types import ModuleType
from typing import NamedTuple

from ...libraries import Quantity
from .adapters import DATA

TRACKED = ("requires_grad require_grad needs_grad requires_gradient trainable is_variable differentiable "
           "tracked").split()
FAULTS  = (Exception, SystemExit)
LABELS  = count()


class Way(NamedTuple):
    """One way to do something, and the words for it; none where it is the usual one."""

    do:    Callable[..., Quantity]
    words: str = ""


def makers(theirs: type) -> Iterator[Way]:
    """The ways to make a node of a number, the plainest first."""
    try:
        parameters = list(inspect.signature(theirs).parameters.values())
    except (TypeError, ValueError):                      # a class in C tells nothing of itself
        parameters = []
    parameters = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    first = given_number(parameters)
    more  = {p.name: p for p in parameters if p is not first and (p.default is p.empty or tracked(p))}
    words = [f"{p.name}={shown(p)}" for p in more.values()]
    for form, kind in kinds(theirs):
        yield Way(partial(make_with, theirs, first, more, form), call_words(theirs, first, words, kind))


def make_with(theirs: type, first: inspect.Parameter | None, more: dict[str, inspect.Parameter],
              form: Callable[[Quantity], Quantity], x: Quantity) -> Quantity:
    positional, keywords = [], {}
    for parameter in [*more.values()]:
        value = filled(theirs, parameter)
        if parameter.kind is parameter.POSITIONAL_ONLY:
            positional.append(value)
        else:
            keywords[parameter.name] = value
    if first is None or (first.kind is not first.KEYWORD_ONLY and leads(theirs, first)):
        return theirs(form(x), *positional, **keywords)
    return theirs(*positional, **{first.name: form(x)}, **keywords)


def leads(theirs: type, parameter: inspect.Parameter) -> bool:
    """Whether it is the first in the call."""
    return next(iter(inspect.signature(theirs).parameters)) == parameter.name


def given_number(parameters: list[inspect.Parameter]) -> inspect.Parameter | None:
    """The parameter that takes the number: one that is called so, else the first."""
    called = [p for p in parameters if p.name in DATA and p.kind is not p.POSITIONAL_ONLY]
    wanted = [p for p in called if p.default is p.empty] or called[:1] or parameters
    return wanted[0] if wanted else None


def tracked(parameter: inspect.Parameter) -> bool:
    """Whether it asks for gradients, and has to be told so."""
    return parameter.name in TRACKED and parameter.default is not True


def filled(theirs: type, parameter: inspect.Parameter) -> Quantity:
    """What a parameter is given that is no number of ours."""
    name = parameter.name.lower()
    if name in TRACKED:
        return True
    if any(word in name for word in ("name", "label", "symbol", "id")):
        return f"x{next(LABELS)}"
    if any(word in name for word in ("child", "prev", "parent", "operand", "input", "dep", "arg", "source")):
        return ()
    if name.strip("_") in ("op", "operation", "kind"):
        return ""
    if "grad" in name and "fn" not in name:
        return 0.0
    return module_object(theirs, name)


def module_object(theirs: type, name: str) -> Quantity:
    """An object of the module that is what the parameter is called: a tape, a graph."""
    things = [t for t in around(theirs).values() if not isinstance(t, (type, ModuleType)) and not callable(t)]
    return next((t for t in things if type(t).__name__.lower() == name.strip("_")), None)


def shown(parameter: inspect.Parameter) -> str:
    return "True" if parameter.name in TRACKED else "..."


def call_words(theirs: type, first: inspect.Parameter | None, words: list[str], kind: str) -> str:
    """How a node is made, in words; "" for Value(x)."""
    number_words = kind or "x"
    if first is not None and (first.kind is first.KEYWORD_ONLY or not leads(theirs, first)):
        number_words = f"{first.name}={number_words}"
    elif not words and not kind:
        return ""
    return f"a node is made by {theirs.__name__}({', '.join([number_words, *words])})"


def kinds(theirs: type) -> Iterator[tuple[Callable[[Quantity], Quantity], str]]:
    """What a number may be given as: itself, an array where theirs computes with NumPy, a list of one."""
    yield (lambda x: x), ""
    numpy = numpy_of(theirs)
    if numpy:
        array = numpy.array
        yield (lambda x: array(float(x))), "np.array(x)"
        yield (lambda x: array([float(x)])), "np.array([x])"
    yield (lambda x: [x]), "[x]"


def around(theirs: type) -> dict[str, Quantity]:
    """What stands beside the class, in its module."""
    return dict(vars(sys.modules.get(theirs.__module__, ModuleType("none"))))


def numpy_of(theirs: type) -> Quantity:
    """NumPy, if the module of theirs has it."""
    numpy = sys.modules.get("numpy")
    return numpy if numpy is not None and any(thing is numpy for thing in around(theirs).values()) else None


def tried(do: Callable[..., Quantity], *arguments: Quantity) -> Quantity:
    """What it gives; None if it raises."""
    try:
        return do(*arguments)
    except FAULTS:
        return None
