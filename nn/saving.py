"""Saving and loading: the parameters of a model as JSON, readable, never executable, equal to the last bit.

    {"format": "chainrule parameters, 1",
     "parameters": {"layers[0].neurons[0].weights": [0.25, -1.5], "layers[0].neurons[0].bias": 0.0, ...}}

A name is the path to the numbers inside the model; a list of Values is one entry. What is
remembered but not trained (the running means of a BatchNorm) is kept in the same way. Only finite
numbers are saved or loaded, so that every file that was saved can be loaded and is JSON to every reader.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from reprlib import repr as short
from typing import NamedTuple, TypeAlias, TypeVar

from engine import Value
from engine.show.files import written
from engine.show.text import visible
from engine.value import Number, Operand, number

from .module import Module

FORMAT = "chainrule parameters, 1"
ROOM   = 10_000_000           # bytes that any file may have,
EACH   = 1_000                # and for each number of the model so many more
DIGITS = 400                  # of a whole number; the largest float has 309

Json:  TypeAlias = "None | bool | float | str | Sequence[Json] | Mapping[str, Json]"
State: TypeAlias = dict[str, Number | list[Number]]     # what a model remembers, by name
Item = TypeVar("Item")


class Entry(NamedTuple):
    """What stands under one name: Values, or, of a module that remembers them, plain numbers."""

    held:  Operand | list[Operand]
    owner: Module | None = None


def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write the model's parameters to a JSON file (D0-39), whole or not at all, as engine.show.files.written
    does.

    Raises:
        OSError: the file cannot be written; an earlier file of that name is then still whole.
        TypeError: the model is not a Module, or a parameter is neither a float nor an int.
        ValueError: a parameter is nan, infinite or too large for a float; nothing is written then.
    """
    numbers = state(model)
    for name, x in numbers.items():
        for value in listed(x):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise TypeError(f"{name} holds {type(value).__name__} {value!r:.60}, and JSON keeps floats "
                                "and ints: write p.data = float(p.data) for the parameters first")
            if not finite(value):
                raise ValueError(f"{name} holds {shown(value)}, and a model with such a number is of no use "
                                 f"once it is loaded: nothing was written to {visible(path, 300)}. Train "
                                 "again with a lower learning rate or clip_norm=1.0, and save the model "
                                 "before it diverges")
    plainly = {name: [plain(x) for x in held] if isinstance(held, list) else plain(held)
               for name, held in numbers.items()}
    text = json.dumps({"format": FORMAT, "parameters": plainly}, indent=1)
    written(path, text + "\n", "the parameters to ")


def load(model: Module, path: str | os.PathLike[str]) -> None:
    """Read parameters written by `save` into a model of the same shape.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not such a file, or a name or a length differs, or a number is nan, infinite or too
            large for a float; the model is then unchanged.
    """
    name    = visible(os.fspath(path), 300)
    content = parsed(contents(path, name, ROOM + EACH * count(model)), name)
    content = content if isinstance(content, dict) else {}
    numbers = content.get("parameters")
    if content.get("format") != FORMAT or not isinstance(numbers, dict):
        raise ValueError(f"{name} does not hold parameters in the format {FORMAT!r}: give a file that "
                         "nn.save wrote")
    restore(model, numbers, name)


def contents(path: str | os.PathLike[str], name: str, most: int) -> bytes:
    """The bytes of the file, if there are not more than `most`."""
    try:
        with open(path, "rb") as file:
            found = file.read(most + 1)                  # no more, be it endless
    except OSError as error:
        raise type(error)(error.errno, f"cannot read the parameters from {name}: {error.strerror}. Give a "
                                       "file that nn.save wrote") from None
    if len(found) > most:
        raise ValueError(f"{name} has more than {most} bytes, far more than the parameters of this model "
                         "take: give a file that nn.save wrote, or build the model with the sizes it was "
                         "saved with")
    return found


class Twice(Exception):
    """A name that a JSON object has twice."""


def parsed(found: bytes, name: str) -> Json:
    """The JSON text as Python objects."""
    try:
        content: Json = json.loads(found.decode(), object_pairs_hook=once, parse_int=whole)
        return content
    except Twice as twice:
        raise ValueError(f"{name} holds {visible(twice)} twice, and which one is meant cannot be told: give "
                         "a file that nn.save wrote") from None
    except RecursionError:
        raise ValueError(f"{name} holds lists within lists, too deep to read, and parameters are numbers "
                         "and lists of numbers: give a file that nn.save wrote") from None
    except ValueError as error:
        raise ValueError(f"{name} is not a JSON file ({error}): give a file that nn.save wrote") from None


def once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """The object of these names; each of them must be there once."""
    found: dict[str, Json] = {}
    for name, x in pairs:
        if name in found:
            raise Twice(name)
        found[name] = x
    return found


def whole(digits: str) -> float:
    """The int; inf where no float is as large, for Python makes no int of a text of more than 4300 digits."""
    return int(digits) if len(digits) <= DIGITS else float(digits)


def state(model: Module) -> State:
    """Every number that the model remembers, by name.

    Raises:
        TypeError: the model is not a Module.
    """
    return {name: [number(x) for x in held] if isinstance(held, list) else number(held)
            for name, (held, _) in entries(model).items()}


def restore(model: Module, numbers: Mapping[str, Json], source: str = "the state") -> None:
    """Give the model the numbers of `state`, all or, after an error, none.

    Raises:
        TypeError: these are not the names and numbers that `state` gives.
        ValueError: a name is missing or unknown, a length differs, or a number is nan, infinite or none.
    """
    if not isinstance(numbers, dict):
        raise TypeError(f"{source} is {type(numbers).__name__} {short(numbers)}, not a dict of names and "
                        "numbers: give what nn.saving.state returned")
    own = entries(model)
    fitting(own, numbers, source)
    accepted: State = {}
    for name in own:
        given = numbers[name]
        accepted[name] = ([usable(x, name, source) for x in given] if isinstance(given, list) else
                          usable(given, name, source))
    put_back(model, accepted, source)


def usable(x: Json, name: str, source: str) -> float:
    """x, if it is a number that a model can go on with."""
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        raise ValueError(f"{name} holds {shown(x)} in {source}, which is not a number: give what nn.save "
                         "wrote")
    if not finite(x):
        raise ValueError(f"{name} holds {shown(x)} in {source}, which is nan, infinite or larger than the "
                         "largest float, 1.8e308: a model with such a number is of no use. Give a file that "
                         "was saved before the training diverged")
    return x


def put_back(model: Module, numbers: State, source: str = "the state") -> None:
    """Give the model numbers that it had itself, whatever they are: what `state` returned before.

    Raises:
        ValueError: a name is missing or unknown, or a length differs; the model is then unchanged.
    """
    own = entries(model)
    fitting(own, numbers, source)
    for name, (held, owner) in own.items():
        given = numbers[name]
        if owner is not None:
            setattr(owner, name.rpartition(".")[2], list(given) if isinstance(given, list) else given)
        else:
            for p, x in zip(listed(held), listed(given)):
                assert isinstance(p, Value)
                p.data = x


def fitting(own: Mapping[str, Entry], numbers: Mapping[str, Json], source: str) -> None:
    """Whether the names and lengths are those of the model's own entries."""
    missing = [name for name in own if name not in numbers]
    unknown = [name for name in numbers if name not in own]
    if missing or unknown:
        what = f"lacks {missing[0]}" if missing else f"has {visible(unknown[0])}, which the model lacks"
        raise ValueError(f"{source} {what} ({len(missing)} names missing, {len(unknown)} unknown): build "
                         "the model with the sizes it was saved with")
    for name, (x, _) in own.items():
        given = numbers[name]
        if isinstance(x, list) != isinstance(given, list) or len(listed(x)) != len(listed(given)):
            raise ValueError(f"{name} has {size(given)} in {source} and {size(x)} in the model: build the "
                             "model with the sizes it was saved with")


def finite(x: float) -> bool:
    """Whether x is a number that a float can hold."""
    try:
        return isfinite(x)
    except OverflowError:                                # an int
        return False


def shown(x: object) -> str:
    """x in a message, cut where it is long or deep; Python writes no int of more than 4300 digits."""
    return f"an int of {x.bit_length()} bits" if isinstance(x, int) and not finite(x) else short(x)


def count(model: Module) -> int:
    """How many numbers the model remembers."""
    return sum(len(listed(x)) for x, _ in entries(model).values())


def entries(model: Module) -> dict[str, Entry]:
    """What the model remembers, by name."""
    if not isinstance(model, Module):
        raise TypeError(f"a model is needed, not {type(model).__name__} {model!r:.60}: write save(model, "
                        "path)")
    found: dict[str, Entry] = {}
    seen: set[int] = set()  # shared parameters are kept once, under their first name
    for name, entry in walk(model, ""):
        places = [id(p) for p in listed(entry.held)]
        if entry.owner is not None or not seen.issuperset(places):
            seen.update(places)
            found[name] = entry
    return found


def walk(x: object, path: str) -> Iterator[tuple[str, Entry]]:
    """The entries inside x, in the order of its attributes."""
    if isinstance(x, Module):
        for name, part in vars(x).items():
            inner = f"{path}.{name}" if path else name
            if name in x.buffers: yield inner, Entry(part, x)
            else:                 yield from walk(part, inner)
    elif isinstance(x, Value):
        yield path, Entry(x)
    elif isinstance(x, (list, tuple)) and x and all(isinstance(part, Value) for part in x):
        yield path, Entry(list(x))
    elif isinstance(x, (list, tuple)):
        for k, part in enumerate(x):
            yield from walk(part, f"{path}[{k}]")
    elif isinstance(x, dict):
        for name, part in x.items():
            yield from walk(part, f"{path}[{name!r}]")


def listed(x: Item | list[Item]) -> list[Item]:
    """The numbers that stand under one name, be it a single one."""
    return x if isinstance(x, list) else [x]


def plain(x: Number) -> float:
    """x as float or int: NumPy's subclasses of float are written as floats."""
    return float(x) if isinstance(x, float) else int(x)


def size(x: object) -> str:
    return f"{len(x)} numbers" if isinstance(x, list) else "one number"
