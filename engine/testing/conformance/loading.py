"""Loading: the engine class behind "path/to/student.py:Value", "package.module:Value" or "student.py"."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


class NotFound(Exception):
    """There is no engine there: what was given, why it cannot be used, what to write instead."""


def load(target: str) -> Any:
    """The engine class that target names.

    Args:
        target: "path/to/file.py:Class", "module:Class", or either without the class, which is
            then the one called Value or the only one with a backward method.

    Raises:
        NotFound: no such file, module or class. Whatever the file itself raises passes through.
    """
    place, name = split(target)
    module = from_file(place) if is_file(place) else from_module(place)
    return getattr(module, name, None) or missing(module, name, target) if name else only_engine(module, target)


def split(target: str) -> tuple[str, str]:
    """The place and the class name; a colon in a Windows drive is none."""
    place, colon, name = target.rpartition(":")
    return (place, name) if colon and name.isidentifier() and len(place) > 1 else (target, "")


def is_file(place: str) -> bool:
    return place.endswith(".py") or os.sep in place or "/" in place


def from_file(place: str) -> ModuleType:
    path = Path(place).resolve()
    if not path.is_file():
        raise NotFound(f"there is no file {place}: give the path of a Python file, as in students/ada.py:Value")
    name = "engine_under_test_" + "".join(c if c.isalnum() else "_" for c in path.stem)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise NotFound(f"{place} is not a Python file: give one that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module                                   # dataclasses and pickling look here
    sys.path.append(str(path.parent))                            # files next to it can be imported
    spec.loader.exec_module(module)
    return module


def from_module(place: str) -> ModuleType:
    sys.path.append(os.getcwd())
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name and (place == error.name or place.startswith(error.name + ".")):
            raise NotFound(f"there is no module {place}: give an installed one, as in micrograd.engine:Value, "
                           "or the path of a file that ends in .py") from None
        raise


def missing(module: ModuleType, name: str, target: str) -> Any:
    known = ", ".join(engines(module)) or "no class with a backward method"
    raise NotFound(f"{target.rpartition(':')[0]} has no class {name}: it has {known}")


def only_engine(module: ModuleType, target: str) -> Any:
    found = engines(module)
    if "Value" in found:
        return found["Value"]
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise NotFound(f"{target} has no class with a backward method: an engine needs Value(x), .data, .grad and .backward()")
    raise NotFound(f"{target} has several classes with a backward method ({', '.join(found)}): "
                   f"name the one to test, as in {target}:{list(found)[0]}")


def engines(module: ModuleType) -> dict[str, Any]:
    """The classes with a backward method, by name."""
    return {name: thing for name, thing in vars(module).items()
            if isinstance(thing, type) and callable(getattr(thing, "backward", None))}
