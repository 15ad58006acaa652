"""Loading: the engine class behind "path/to/student.py:Value", "package.module:Value" or "student.py"."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from .attempts import Engine


class NotFound(Exception):
    """There is no engine there: what was given, why it cannot be used, what to write instead."""


def load(target: str) -> Engine:
    """The engine class that target names.

    Args:
        target: "path/to/file.py:Class", "module:Class", or either without the class, which is
            then the one called Value or the only one with a backward method.

    Raises:
        NotFound: no such file, module or class. Whatever the file itself raises passes through.
    """
    place, name = split(target)
    module = from_file(place) if is_file(place) else from_module(place)
    if not name:
        return only_engine(module, target)
    found: Engine | None = getattr(module, name, None)
    return found or missing(module, name, target)


def split(target: str) -> tuple[str, str]:
    """The place and the class name; a colon in a Windows drive is none."""
    place, colon, name = target.rpartition(":")
    return (place, name) if colon and name.isidentifier() and len(place) > 1 else (target, "")


def is_file(place: str) -> bool:
    return place.endswith(".py") or os.sep in place or "/" in place


def from_file(place: str) -> ModuleType:
    path = Path(place).resolve()
    if not path.is_file():
        raise NotFound(f"there is no file {place}: give the path of a Python file, as in "
                       "students/ada.py:Value")
    if importing_relatively(path):
        return from_package(path)
    name = "engine_under_test_" + "".join(c if c.isalnum() else "_" for c in path.stem)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise NotFound(f"{place} is not a Python file: give one that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module                                   # dataclasses and pickling look here
    sys.path.append(str(path.parent))                            # files next to it can be imported
    spec.loader.exec_module(module)
    return module


def from_package(path: Path) -> ModuleType:
    """The module in a file that imports relatively: it is loaded as a part of its package."""
    start = root(path)
    sys.path.append(str(start))
    name   = ".".join(path.relative_to(start).with_suffix("").parts)
    module = importlib.import_module(name)
    if Path(module.__file__ or "").resolve() != path:
        raise NotFound(f"{path} imports relatively, and another module {name} is loaded already: "
                       'give the path to conformance, as in conformance("path/to/file.py:Value")')
    return module


def from_module(place: str) -> ModuleType:
    sys.path.append(os.getcwd())
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name and (place == error.name or place.startswith(error.name + ".")):
            raise NotFound(f"there is no module {place}: give an installed one, as in "
                           "micrograd.engine:Value, or the path of a file that ends in .py") from None
        raise


def missing(module: ModuleType, name: str, target: str) -> NoReturn:
    known = ", ".join(engines(module)) or "no class with a backward method"
    raise NotFound(f"{target.rpartition(':')[0]} has no class {name}: it has {known}")


def only_engine(module: ModuleType, target: str) -> Engine:
    found = engines(module)
    if "Value" in found:
        return found["Value"]
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise NotFound(f"{target} has no class with a backward method: an engine needs Value(x), .data, "
                       ".grad and .backward()")
    raise NotFound(f"{target} has several classes with a backward method ({', '.join(found)}): "
                   f"name the one to test, as in {target}:{list(found)[0]}")


def engines(module: ModuleType) -> dict[str, Engine]:
    """The classes with a backward method, by name."""
    return {name: thing for name, thing in vars(module).items()
            if isinstance(thing, type) and callable(getattr(thing, "backward", None))}


# --- what the file under test imports --------------------------------------------------------------------

class Neighbours(MetaPathFinder):
    """Finds what is in the given folders before what is installed, as Python does for a program it runs.

    The standard library stays itself: in a folder of many students, the random.py of one is nobody else's.
    """

    def __init__(self, folders: Sequence[str]) -> None:
        self.folders = folders

    def find_spec(self, name: str, path: Sequence[str] | None = None,
                  target: ModuleType | None = None) -> ModuleSpec | None:
        if path is not None or name in sys.stdlib_module_names:
            return None
        spec = PathFinder.find_spec(name, self.folders)
        if spec and (spec.loader or any(map(holds_python, spec.submodule_search_locations or ()))):
            return spec
        return None


def holds_python(folder: str) -> bool:
    """Whether a folder without __init__.py is a package all the same, and not just a folder."""
    return any(Path(folder).glob("*.py"))


def neighbourhood(target: str, folder: str) -> list[str]:
    """Where imports of the target start: beside the file or its package, or in the folder."""
    place, _ = split(target)
    return [str(root(Path(place)))] if is_file(place) else [folder]


def root(path: Path) -> Path:
    """The folder of a file; if the file imports relatively, the folder that holds its package."""
    folder = path.parent
    while importing_relatively(path) and (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder


def importing_relatively(path: Path) -> bool:
    """Whether the file is a part of a package, and says so by `from .other import name`."""
    packaged = (path.parent / "__init__.py").is_file()
    return packaged and path.is_file() and re.search(rb"^\s*from\s+\.", path.read_bytes(), re.M) is not None
