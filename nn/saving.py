"""Saving and loading: the parameters of a model as JSON, readable, never executable, equal to the last bit.

    {"format": "chainrule parameters, 1",
     "parameters": {"layers[0].neurons[0].weights": [0.25, -1.5], "layers[0].neurons[0].bias": 0.0, ...}}

A name is the path to the numbers inside the model; a list of Values is one entry. What is
remembered but not trained (the running means of a BatchNorm) is kept in the same way.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, TypeAlias

from engine import Value

from .module import Module

FORMAT = "chainrule parameters, 1"
State: TypeAlias = dict[str, Any]


def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write the model's parameters to a JSON file (D0-39).

    Raises:
        OSError: the file cannot be written; an earlier file of that name is then still whole.
        TypeError: the model is not a Module, or a parameter is neither a float nor an int.
    """
    numbers = state(model)
    for name, x in numbers.items():
        for value in x if isinstance(x, list) else [x]:
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise TypeError(f"{name} holds {type(value).__name__} {value!r:.60}, and JSON keeps floats and ints: "
                                "write p.data = float(p.data) for the parameters first")
    text = json.dumps({"format": FORMAT, "parameters": {name: plain(x) for name, x in numbers.items()}}, indent=1)
    part = f"{os.fspath(path)}.part"                     # so that a full disk leaves the earlier file whole
    try:
        with open(part, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        os.replace(part, path)
    except OSError as error:
        if os.path.isfile(part):
            os.remove(part)                              # nothing of a failed attempt stays behind
        raise type(error)(error.errno, f"cannot write the parameters to {path}: {error.strerror}. Give a file in a "
                                       "folder that exists and can be written") from None


def load(model: Module, path: str | os.PathLike[str]) -> None:
    """Read parameters written by `save` into a model of the same shape.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not such a file, or a name or a length differs; the model is then unchanged.
    """
    try:
        with open(os.fspath(path), encoding="utf-8") as file:
            content = json.load(file)
    except ValueError as error:
        raise ValueError(f"{path} is not a JSON file ({error}): give a file that nn.save wrote") from None
    is_ours = isinstance(content, dict) and content.get("format") == FORMAT
    if not is_ours or not isinstance(content.get("parameters"), dict):
        raise ValueError(f"{path} does not hold parameters in the format {FORMAT!r}: give a file that nn.save wrote")
    restore(model, content["parameters"], os.fspath(path))


def state(model: Module) -> State:
    """Every number that the model remembers, by name.

    Raises:
        TypeError: the model is not a Module.
    """
    return {name: [read(item) for item in x] if isinstance(x, list) else read(x)
            for name, (x, _) in entries(model).items()}


def restore(model: Module, numbers: State, source: str = "the state") -> None:
    """Give the model the numbers of `state`, all or, after an error, none.

    Raises:
        ValueError: a name is missing or unknown, or a length differs.
    """
    own = entries(model)
    missing, unknown = [name for name in own if name not in numbers], [name for name in numbers if name not in own]
    if missing or unknown:
        what = f"lacks {missing[0]}" if missing else f"has {unknown[0]}, which the model lacks"
        raise ValueError(f"{source} {what} ({len(missing)} names missing, {len(unknown)} unknown): build the model "
                         "with the sizes it was saved with")
    for name, (x, _) in own.items():
        matching(name, x, numbers[name], source)
    for name, (x, owner) in own.items():
        if owner is None:
            for p, number in zip(x, numbers[name]) if isinstance(x, list) else [(x, numbers[name])]:
                p.data = number
        else:
            given = numbers[name]
            setattr(owner, name.rpartition(".")[2], list(given) if isinstance(given, list) else given)


def matching(name: str, x: Any, given: Any, source: str) -> None:
    """Whether the numbers given fit the entry x."""
    numbers = given if isinstance(given, list) else [given]
    if isinstance(x, list) != isinstance(given, list) or isinstance(x, list) and len(x) != len(given):
        raise ValueError(f"{name} has {size(given)} in {source} and {size(x)} in the model: build the model with the "
                         "sizes it was saved with")
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise ValueError(f"{name} holds {number!r:.60} in {source}, which is not a number")


def entries(model: Module) -> dict[str, tuple[Any, Module | None]]:
    """name -> (a Value or a list of them, None), or (plain numbers, the module that remembers them)."""
    if not isinstance(model, Module):
        raise TypeError(f"a model is needed, not {type(model).__name__} {model!r:.60}: write save(model, path)")
    found: dict[str, tuple[Any, Module | None]] = {}
    seen: set[int] = set()                               # shared parameters are kept once, under their first name
    for name, x, owner in walk(model, ""):
        if owner is None and all(id(p) in seen for p in (x if isinstance(x, list) else [x])):
            continue
        seen.update(id(p) for p in (x if isinstance(x, list) else [x]))
        found[name] = (x, owner)
    return found


def walk(x: Any, path: str) -> Iterator[tuple[str, Any, Module | None]]:
    """The entries inside x, in the order of its attributes."""
    if isinstance(x, Module):
        for name, part in vars(x).items():
            inner = f"{path}.{name}" if path else name
            if name in x.buffers: yield inner, part, x
            else:                 yield from walk(part, inner)
    elif isinstance(x, Value):
        yield path, x, None
    elif isinstance(x, (list, tuple)) and x and all(isinstance(part, Value) for part in x):
        yield path, list(x), None
    elif isinstance(x, (list, tuple)):
        for k, part in enumerate(x):
            yield from walk(part, f"{path}[{k}]")
    elif isinstance(x, dict):
        for name, part in x.items():
            yield from walk(part, f"{path}[{name!r}]")


def read(x: Any) -> Any:
    return x.data if isinstance(x, Value) else x


def plain(x: Any) -> Any:
    """x as float or int: NumPy's subclasses of float are written as floats."""
    if isinstance(x, list):
        return [plain(item) for item in x]
    return float(x) if isinstance(x, float) else int(x)


def size(x: Any) -> str:
    return f"{len(x)} numbers" if isinstance(x, list) else "one number"
