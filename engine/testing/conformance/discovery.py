"""Discovery: what stands for Value(x), .data, .grad and .backward() in a class that nobody here wrote.

    found = adapted(Theirs)             # found.engine, found.said, found.precision

It looks at the class, at its module, and at one trial: z = x * x at 3.0 and its backward pass. A class that
fits as it is, is given back as it is, and its backward pass is not tried.
"""

from __future__ import annotations

import inspect
import math
import operator
import time
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from ...libraries import Quantity
from ..random_programs.operations import OPERATIONS
from ..random_programs.rules import WRITTEN, Operation
from .adapters import (COARSE, DATA, DOUBLE, SINGLE, Adapter, Ways, adapter, held, inside, is_array,
                       precision_of, put)
from .attempts import Engine, described
from .constructors import FAULTS, Way, around, makers, numpy_of, tried
from .limits import Slow, within
from .trials import (BACKWARD, GRAD, KEEP, LOOK, START, TRIAL_LIMIT, Naming, Trial, attributes, best_trial,
                     equal, guessed, named_beside)

ALSO      = {"exp": ("Exp",), "log": ("ln", "Log"), "tanh": ("Tanh",), "relu": ("ReLU", "Relu", "ReLu"),
             "sigmoid": ("Sigmoid", "logistic", "sigm"), "sqrt": ("Sqrt",), "sin": ("Sin",), "cos": ("Cos",),
             "__abs__": ("abs", "Abs")}
OPERATORS = {"__add__": ("add", "Add"), "__sub__": ("sub", "subtract", "Sub"),
             "__mul__": ("mul", "multiply", "Mul"), "__truediv__": ("div", "divide", "Div"),
             "__neg__": ("neg", "negate", "Neg"), "__pow__": ("pow", "power", "Pow")}
CLASSES   = "Value Tensor Variable Scalar Var Node Number Num".split()
PRECISE   = {"float32": SINGLE}
PLACE     = 0.5                          # where a function of another name is tried
BY_SPECIAL = {o.special: o for o in OPERATIONS.values()
              if o.special in ALSO or o.special and not o.special.startswith("__")}


class NotFound(Exception):
    """There is no engine there: what was given, why it cannot be used, what to write instead."""


class Found(NamedTuple):
    """An engine as the suite asks it; what was found out about it, in sentences; half a unit of its last
    place at 1.0; the line of the file that did not end, if one did not."""

    engine:    Engine
    said:      list[str]
    precision: float = DOUBLE
    until:     str   = ""


def adapted(theirs: Engine, naming: Naming = LOOK) -> Found:
    """The class as the suite asks it: itself, or one that stands for it.

    Raises:
        NotFound: it cannot be told what stands for what.
    """
    if adapter_already(theirs):
        return Found(theirs, getattr(theirs, "said", []), precision_of(theirs))
    if not isinstance(theirs, type) or not (usual(theirs, naming) or operators(theirs)):
        raise NotFound(no_backward(theirs))
    plain = next((way for way in makers(theirs) if tried(way.do, START) is not None), None)
    if plain is None:
        return as_it_is(theirs, naming) or unmade(theirs)
    data = (named(plain.do(START), naming.data, DATA, START)
            or unnamed(theirs, plain.do(START), "data", naming))
    functions = beside_it(theirs, plain, data)
    if not functions and fits(theirs, plain, data, naming):
        return Found(theirs, [])
    best = best_trial(theirs, data, naming, functions)
    if best is None:
        raise NotFound(no_backward(theirs))
    trial, make = best
    if not trial.grad and trial.level < 3:
        return as_it_is(theirs, naming) or without_gradient(theirs, plain, naming, trial)
    raw  = held(make.do(0.1), data)
    said = sentences(theirs, make, data, trial, functions, raw)
    precision = PRECISE.get(str(getattr(innermost(raw), "dtype", "")), DOUBLE)
    ways = Ways(make.do, data, trial.grad, trial.backward.do, trial.fresh,
                {name: way.do for name, way in functions.items()})
    return Found(adapter(theirs, ways, said, precision), said, precision)


def adapter_already(theirs: object) -> bool:
    return isinstance(theirs, type) and issubclass(theirs, Adapter)


def works(theirs: Engine, naming: Naming = LOOK) -> bool:
    """Whether a product and its backward pass can be made, by whatever names."""
    if not operators(theirs):
        return False
    began = time.process_time()
    try:
        x = adapted(theirs, naming).engine(START)
        with within(lambda: time.process_time() - began > 2 * TRIAL_LIMIT):
            (x * x).backward()
    except (NotFound, Slow, *FAULTS):
        return False
    return True


def usual(theirs: Engine, naming: Naming) -> bool:
    return hasattr(theirs, "backward") and not any(naming[:3])


def operators(theirs: type) -> bool:
    """Whether it computes at all: by operators, or by functions beside it."""
    return hasattr(theirs, "__add__") or hasattr(theirs, "__mul__") or any(
        named_beside(theirs, name) for name in (*OPERATORS["__mul__"], *OPERATORS["__add__"]))


def as_it_is(theirs: Engine, naming: Naming) -> Found | None:
    """A class with the usual backward pass that no number can be given to: the suite says what it raises."""
    return Found(theirs, []) if usual(theirs, naming) else None


def fits(theirs: Engine, make: Way, data: str, naming: Naming) -> bool:
    """Whether nothing is to be adapted, as far as can be told without a backward pass."""
    if make.words or data != "data" or not usual(theirs, naming) or asks(theirs.backward):
        return False
    x = make.do(START)
    grad = getattr(x, "grad", None)
    if not all(plainly(kept) for kept in (x.data, grad)):
        return False
    try:
        x.grad = 0
    except FAULTS:
        return False
    return not (numpy_of(theirs) and wants_arrays(x))


def wants_arrays(x: Quantity) -> bool:
    """Whether a node takes a float and then asks it for what only arrays have."""
    began = time.process_time()
    try:
        with within(lambda: time.process_time() - began > TRIAL_LIMIT):
            x * x
    except AttributeError as problem:
        return "'float' object has no attribute" in str(problem)
    except (Slow, *FAULTS):                              # wrong by itself: the suite says how
        return False
    return False


def plainly(kept: Quantity) -> bool:
    """Whether it is a number as Python has them, or nothing yet."""
    return isinstance(kept, (float, complex, str)) or not (is_array(kept) or callable(kept)
                                                           or inside_object(kept) or isinstance(kept, list))


def inside_object(x: Quantity) -> bool:
    return not isinstance(x, (int, float, complex, str)) and bool(inside(x))


def innermost(raw: Quantity) -> Quantity:
    """The array or number that is kept within nodes and lists."""
    while not is_array(raw) and not isinstance(raw, (int, float)):
        if isinstance(raw, (list, tuple)) and raw:
            raw = raw[0]
        elif inside(raw):
            raw = held(raw, inside(raw))
        else:
            break
    return raw


def asks(function: Callable[..., object]) -> bool:
    """Whether a call of the method must give more than the node, or had better."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[1:]
    except (TypeError, ValueError):
        return False
    return any(p.name == KEEP or (p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD))
               for p in parameters)


# --- finding names ------------------------------------------------------------------------------------------

def named(node: Quantity, given: str, known: list[str], right: float) -> str:
    """The attribute of a number: the one given, the known one that has it, any other that has it."""
    if given:
        return given if hasattr(node, given) else ""
    able = [name for name in known if hasattr(node, name)]
    return next((name for name in able if equal(node, name, right)), "") or (able[0] if able else "") or next(
        (name for name in attributes(node) if equal(node, name, right)), "")


# --- functions and operators --------------------------------------------------------------------------------

def beside_it(theirs: type, make: Way, data: str) -> dict[str, Way]:
    """What stands for operations that theirs has not as methods, by the name of the method."""
    found = {}
    for name, operation in BY_SPECIAL.items():
        static = isinstance(inspect.getattr_static(theirs, name, None), (staticmethod, classmethod))
        if static and not name.startswith("__"):
            found[name] = Way(getattr(theirs, name), f"{theirs.__name__}.{name}(x)")
        elif (name in WRITTEN or name in ALSO) and not hasattr(theirs, name):
            found |= stand_in(theirs, make, data, name, operation)
    if not hasattr(theirs, "__add__") and not hasattr(theirs, "__mul__"):
        for name, words in OPERATORS.items():
            word = next((word for word in words if named_beside(theirs, word)), "")
            if word:
                operands = "x" if name == "__neg__" else "x, y"
                found[name] = Way(named_beside(theirs, word), f"{word}({operands})")
    return found


def stand_in(theirs: type, make: Way, data: str, name: str, operation: Operation) -> dict[str, Way]:
    """A method of another name, or a function beside the class, that makes a node of a node."""
    for word in spellings(theirs, name):
        method, function = getattr(theirs, word, None), named_beside(theirs, word)
        do = operator.methodcaller(word) if callable(method) else function
        if do is None:
            continue
        z = tried(do, tried(make.do, PLACE))
        if is_node(z, data) and (word == name or close(z, data, operation.value)):
            return {name: Way(do, f"x.{word}()" if method else f"{word}(x)")}
    return {}


def spellings(theirs: type, name: str) -> list[str]:
    """What an operation may be called: its name, others of the kind, the methods that differ in capitals."""
    words = [name, *ALSO.get(name, ())]
    small = {word.lower() for word in words}
    return [*words, *(word for word in dir(theirs) if word.lower() in small and word not in words)]


def is_node(z: Quantity, data: str) -> bool:
    return not isinstance(z, (int, float, complex, str)) and not is_array(z) and hasattr(z, data)


def close(z: Quantity, data: str, value: Callable[..., Quantity]) -> bool:
    return equal(z, data, value(math, PLACE))


# --- what is said -------------------------------------------------------------------------------------------

def sentences(theirs: type, make: Way, data: str, trial: Trial, functions: dict[str, Way],
              raw: Quantity) -> list[str]:
    """What was found, plainly."""
    names = [f"data is called {data}"] * (data != "data")
    names += [f"grad is called {trial.grad}"] * (trial.grad not in ("grad", ""))
    names += [f"backward is called {trial.backward.words}"] * bool(trial.backward.words)
    said  = [", ".join(names)] if names else []
    said += [make.words] * bool(make.words)
    if functions:
        said.append(f"the operations are {', '.join(way.words for way in functions.values())}"
                    if any(name in OPERATORS for name in functions) else
                    f"functions in place of methods: {', '.join(way.words for way in functions.values())}")
    if trial.grad and not settable(make.do(START), trial):
        said.append("gradients cannot be set to 0: zero_grad() does it, or what was there is taken off")
    if not trial.grad:
        said.append("the backward pass returns the gradients, and the suite adds them up over calls")
    core = innermost(raw)
    if is_array(core) and hasattr(core, "__setitem__"):
        said.append("numbers are arrays of one element, and read as numbers")
    if not is_array(raw) and inside_object(raw):
        said.append(f"the number is inside of another object: .{data}.{inside(raw)}")
    if str(getattr(core, "dtype", "")) in PRECISE:
        said.append(COARSE)
    return said


def settable(x: Quantity, trial: Trial) -> bool:
    try:
        put(x, trial.grad, trial.fresh, 0.0)
    except FAULTS:
        return False
    return True


def no_backward(theirs: object) -> str:
    """There is nothing like a backward pass: what was looked for, what is there, what to write."""
    if not isinstance(theirs, type):
        return f"{theirs!r} is no class: an engine needs Value(x), .data, .grad and .backward()"
    tapes = [name for name, thing in around(theirs).items()
             if isinstance(thing, type) and "tape" in name.lower()]
    tape  = (f". Gradients that only {tapes[0]} gives, inside of a with block, cannot be asked for without "
             "an adapter file") if tapes else ""
    lacks = "" if operators(theirs) else " and no operators"
    return (f"{theirs.__name__} has no backward method{lacks}: an engine needs Value(x), .data, .grad and "
            ".backward(), or what stands for them; looked for "
            f"{', '.join(BACKWARD[:5])}, ... in the class and beside it; "
            f"{owned(theirs)}; {WRITE}{tape}")


WRITE = ("say how they are called, as in --data value --grad gradient --backward backprop, or write an "
         "adapter, as in --adapter adapter.py")


def owned(theirs: type, node: Quantity = None) -> str:
    """What the class has."""
    methods = [name for name in dir(theirs) if not name.startswith("_") and callable(getattr(theirs, name))]
    held_by = [name for name in attributes(node) if not name.startswith("_")] if node is not None else []
    return (f"it has the methods {', '.join(methods[:12]) or '(none)'}"
            + (f" and the attributes {', '.join(held_by[:12])}" if held_by else ""))


def without_gradient(theirs: type, make: Way, naming: Naming, trial: Trial) -> NoReturn:
    """Raises: NotFound. A method that was only tried is not told to be the backward pass."""
    after = "" if guessed(theirs) and not naming.backward else trial.backward.words
    unnamed(theirs, make.do(START), "grad", naming, after)


def unnamed(theirs: type, node: Quantity, what: str, naming: Naming, tried_by: str = "") -> NoReturn:
    """No attribute holds the data or the gradient.

    Raises:
        NotFound: always.
    """
    given = getattr(naming, what)
    looked = given or ", ".join((DATA if what == "data" else GRAD)[:6]) + ", ..."
    after  = f" after {tried_by}" if tried_by else ""
    raise NotFound(f"{theirs.__name__}: no attribute is its {what}{after}; looked for {looked}; "
                   f"{owned(theirs, node)}; {WRITE}")


def unmade(theirs: type) -> NoReturn:
    """Raises: NotFound: no way to make a node of a number works; what came of the plainest is told."""
    way = next(makers(theirs))
    try:
        way.do(START)
        why = ""
    except FAULTS as problem:
        why = f": {described(problem)}"
    raise NotFound(f"{theirs.__name__} cannot be made of a number, as {theirs.__name__}(3.0){why}; write an "
                   "adapter that can, as in --adapter adapter.py")
