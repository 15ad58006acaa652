"""Loading: the engine class behind "path/to/student.py:Value", "package.module:Value" or "student.py".

    load("student.py:Value")                        # a class with Value(x), .data, .grad and .backward()
    find("student.py", Naming(data="value"))        # the same, with what was found out about it

A file may train, print, plot or ask when it is imported: it gets IMPORT_LIMIT seconds in all, and TAIL_LIMIT
of computing once its class is there; what is above the line at which it stops or fails is tested.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from .adapters import generic, lifted
from .attempts import Engine, described
from .discovery import CLASSES, Found, NotFound as NotFound, adapted, no_backward, operators, works
from .limits import Slow, within
from .trials import BACKWARD, LOOK, Naming

IMPORT_LIMIT = 20.0                      # seconds for a file to be imported
TAIL_LIMIT   = 2.0                       # seconds of computing after its class is there
MAIN = 'put what is not part of the engine under if __name__ == "__main__"'


def load(target: str, naming: Naming = LOOK) -> Engine:
    """The engine class that target names, as `find` has it."""
    return find(target, naming).engine


def find(target: str, naming: Naming = LOOK) -> Found:
    """The engine that target names, as the suite asks it.

    Args:
        target: "path/to/file.py:Class", "module:Class", or either without the class, which is
            then the one called Value or the only one with a backward method.
        naming: what stands for data, grad and backward, where it should not be looked for.

    Raises:
        NotFound: no such file, module or class. Whatever the file itself raises passes through.
    """
    place, name = split(target)
    module, stopped = imported(place, name, naming.until)
    if stopped and not complete(module, name, naming):
        raise stopped
    theirs = only_engine(module, target, naming) if not name else (getattr(module, name, None)
                                                                   or missing(module, name, target))
    found = by_file(naming.adapter, module, theirs) if naming.adapter else adapted(theirs, naming)
    if not stopped:
        return found._replace(until=naming.until)
    line = line_of(module, stopped)
    return found._replace(said=[*found.said, stop(module, stopped)], until=str(line or ""))


def complete(module: ModuleType, name: str, naming: Naming) -> bool:
    """Whether the class was there before the file failed, and computes."""
    try:
        theirs = getattr(module, name) if name else only_engine(module, "", naming)
        return bool(naming.adapter) or works(theirs, naming)
    except (NotFound, AttributeError):
        return False


def line_of(module: ModuleType, problem: BaseException) -> int:
    """The line of the file, outside of all functions, that was under way."""
    return next((frame.lineno or 0 for frame in traceback.extract_tb(problem.__traceback__)
                 if frame.filename == module.__file__), 0)


def stop(module: ModuleType, problem: BaseException) -> str:
    """Where and why the file stopped, and what was tested."""
    file  = Path(module.__file__ or "").name
    line  = line_of(module, problem)
    where = f" at line {line}" if line else ""
    why = (f"works on after its class is there, for longer than {TAIL_LIMIT:.0f} s, and was stopped{where}"
           if isinstance(problem, Slow) else
           f"ends the program{where}" if isinstance(problem, SystemExit) else
           f"fails{where} when it is imported ({described(problem)})")
    return f"{file} {why}: the class above it was tested; {MAIN}"


def too_long(seconds: float) -> str:
    """What is said of a file whose import does not end."""
    return f"the file did not finish: it works on import for longer than {seconds:.0f} s; {MAIN}"


def of_class(theirs: Engine, naming: Naming = LOOK) -> Found:
    """The class as the suite asks it; with an adapter file, the one that the file makes of it."""
    return (by_file(naming.adapter, sys.modules[theirs.__module__], theirs) if naming.adapter
            else adapted(theirs, naming))


def by_file(path: str, module: ModuleType, theirs: type) -> Found:
    """The class Value of an adapter file. The names theirs (the module), Theirs (the class), Adapter and
    lifted are there for it."""
    if not Path(path).is_file():
        raise NotFound(f"there is no adapter {path}: give a file that defines the class Value")
    spec = importlib.util.spec_from_file_location("adapter_of_the_engine", path)
    if spec is None or spec.loader is None:
        raise NotFound(f"{path} is not a Python file: give one that ends in .py")
    made = importlib.util.module_from_spec(spec)
    vars(made).update(theirs=module, Theirs=theirs, Adapter=generic(theirs), lifted=lifted)
    sys.modules[made.__name__] = made
    spec.loader.exec_module(made)
    value = getattr(made, "Value", None)
    if not isinstance(value, type):
        raise NotFound(f"{path} has no class Value: an adapter defines it on top of Theirs, as in "
                       "class Value(Adapter): ...")
    said = f"adapted by {Path(path).name}"
    found = adapted(value)
    return found._replace(said=[*found.said, said])


def split(target: str) -> tuple[str, str]:
    """The place and the class name; a colon in a Windows drive is none."""
    place, colon, name = target.rpartition(":")
    return (place, name) if colon and name.isidentifier() and len(place) > 1 else (target, "")


def is_file(place: str) -> bool:
    return place.endswith(".py") or os.sep in place or "/" in place


def imported(place: str, name: str, until: str = "") -> tuple[ModuleType, BaseException | None]:
    """The module, and what ended it before its own end."""
    module, run = from_file(place) if is_file(place) else from_module(place)
    if until:
        run = partial(first_lines, module, int(until))
    argv, backend = sys.argv, os.environ.get("MPLBACKEND")
    sys.argv, os.environ["MPLBACKEND"] = [place], "Agg"          # arguments are ours; no window opens
    try:
        with within(patience(lambda: there(module, name))):
            run()
    except (Exception, SystemExit, Slow) as problem:
        if isinstance(problem, ImportError) and "relative import" in str(problem):
            raise NotFound(f"{place} imports relatively, and is not in its package: give the package with it,"
                           f" as path/package/{Path(place).name}:Value or package.module:Value") from None
        endless = isinstance(problem, Slow) and not there(module, name)
        return module, NotFound(too_long(IMPORT_LIMIT)) if endless else problem
    finally:
        sys.argv = argv
        if backend is None:
            del os.environ["MPLBACKEND"]
        else:
            os.environ["MPLBACKEND"] = backend
    return module, None


def there(module: ModuleType, name: str) -> bool:
    return isinstance(vars(module).get(name), type) if name else bool(engines(module))


def patience(done: Callable[[], bool]) -> Callable[[], bool]:
    """Whether an import has taken too long by now. After the class is there, computing is counted and not the
    clock: the machine may be busy with others."""
    began = time.monotonic()
    since: list[float] = []

    def over() -> bool:
        if not since and done():
            since.append(time.process_time())
        tail = time.process_time() - since[0] if since else 0.0
        return tail > TAIL_LIMIT or time.monotonic() - began > IMPORT_LIMIT
    return over


def first_lines(module: ModuleType, until: int) -> None:
    """Run what stands above a line: another process has found out that the file does not get beyond it."""
    path = module.__file__ or ""
    tree = ast.parse(Path(path).read_bytes(), path)
    tree.body = [statement for statement in tree.body if (statement.end_lineno or 0) < until]
    exec(compile(tree, path, "exec"), vars(module))


Run = Callable[[], None]


def from_file(place: str) -> tuple[ModuleType, Run]:
    path = Path(place).resolve()
    if not path.is_file():
        raise NotFound(f"there is no file {place}: give the path of a Python file, as in "
                       "students/ada.py:Value")
    if importing_relatively(path):
        return from_package(path)
    name = "engine_under_test_" + "".join(c if c.isalnum() else "_" for c in path.stem)
    spec = importlib.util.spec_from_file_location(name, path)
    sys.path.append(str(path.parent))                            # files next to it can be imported
    return prepared(spec, place)


def prepared(spec: ModuleSpec | None, place: str) -> tuple[ModuleType, Run]:
    """A module that is known to Python and not run yet: what it has when it fails is kept."""
    if spec is None or spec.loader is None:
        raise NotFound(f"{place} is not a Python file: give one that ends in .py")
    module, loader = importlib.util.module_from_spec(spec), spec.loader
    sys.modules[spec.name] = module                              # dataclasses and pickling look here
    parent, _, child = spec.name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
    return module, lambda: loader.exec_module(module)


def from_package(path: Path) -> tuple[ModuleType, Run]:
    """The module in a file that imports relatively: it is loaded as a part of its package."""
    start = root(path)
    sys.path.append(str(start))
    name   = ".".join(path.relative_to(start).with_suffix("").parts)
    importlib.import_module(name.rpartition(".")[0])
    known = sys.modules.get(name)                                # its package has imported it already
    spec = known.__spec__ if known else importlib.util.find_spec(name)
    if spec is None or Path(spec.origin or "").resolve() != path:
        raise NotFound(f"{path} imports relatively, and another module {name} is loaded already: "
                       'give the path to conformance, as in conformance("path/to/file.py:Value")')
    return (known, lambda: None) if known else prepared(spec, str(path))


def from_module(place: str) -> tuple[ModuleType, Run]:
    sys.path.append(os.getcwd())
    try:
        importlib.import_module(place.rpartition(".")[0] or "sys")
        known = sys.modules.get(place)
        spec  = None if known else importlib.util.find_spec(place)
    except ModuleNotFoundError as error:
        if error.name and (place == error.name or place.startswith(error.name + ".")):
            no_module(place)
        raise
    return (known, lambda: None) if known else prepared(spec, place) if spec else no_module(place)


def no_module(place: str) -> NoReturn:
    raise NotFound(f"there is no module {place}: give an installed one, as in "
                   "micrograd.engine:Value, or the path of a file that ends in .py") from None


def missing(module: ModuleType, name: str, target: str) -> NoReturn:
    known = ", ".join(engines(module)) or "no class with a backward method"
    raise NotFound(f"{target.rpartition(':')[0]} has no class {name}: it has {known}")


def only_engine(module: ModuleType, target: str, naming: Naming = LOOK) -> type:
    """The one class that can be meant: called Value, the only one, or the only one that computes."""
    found = engines(module, naming)
    if "Value" in found:
        return found["Value"]
    only = next(iter(found.values())) if len(found) == 1 else None
    if only and hasattr(only, "backward") and (hasattr(only, "__add__") or hasattr(only, "__mul__")):
        return only
    able = working(found, naming) or (working(classes(module), naming) if only or not found else {})
    if only and not able:
        return only
    if len(able) == 1:
        return next(iter(able.values()))
    usual = next((able[name] for name in CLASSES if name in able), None)
    if usual is not None:
        return usual
    if not found:
        likely = [c for c in classes(module).values() if c.__module__ == module.__name__ and operators(c)]
        raise NotFound(f"{target} has no class with a backward method: " + (
            no_backward(likely[0]) if likely else "an engine needs Value(x), .data, .grad and .backward(), "
            "or what stands for them"))
    raise NotFound(f"{target} has several classes with a backward method ({', '.join(found)}): "
                   f"name the one to test, as in {target}:{list(found)[0]}")


def engines(module: ModuleType, naming: Naming = LOOK) -> dict[str, type]:
    """The classes with a backward method, by name; where there is none, those with one by another name."""
    for names in [[naming.backward]] if naming.backward else [["backward"], BACKWARD]:
        found = {name: thing for name, thing in classes(module).items()
                 if any(callable(getattr(thing, word, None)) for word in names)}
        if found:
            return found
    return {}


def working(some: dict[str, type], naming: Naming) -> dict[str, type]:
    return {name: thing for name, thing in some.items() if works(thing, naming)}


def classes(module: ModuleType) -> dict[str, type]:
    return {name: thing for name, thing in vars(module).items() if isinstance(thing, type)}


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
    """The folder of a file; if the file is a part of a package, the folder that holds the package."""
    folder = path.parent
    if not importing_relatively(path):
        return folder
    for _ in range(max(map(len, DOTS.findall(path.read_bytes())), default=1)):
        folder = folder.parent
    while (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder


DOTS = re.compile(rb"^\s*from\s+(\.+)", re.M)


def importing_relatively(path: Path) -> bool:
    """Whether the file is a part of a package, and says so by `from .other import name`, or by the name of
    the package."""
    if not path.is_file():
        return False
    text, own = path.read_bytes(), re.escape(path.parent.name.encode())
    if (path.parent / "__init__.py").is_file():
        itself = re.search(rb"^\s*(from|import)\s+" + own + rb"\b[. ]", text, re.M)
        return bool(DOTS.search(text) or itself)
    beside = re.findall(rb"^\s*from\s+\.(\w+)", text, re.M)
    return any((path.parent / f"{name.decode()}.py").is_file() for name in beside)
