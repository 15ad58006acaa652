"""Sources: a student's file and the files beside it, read and never run: where a class, a method, a function
stands.

    book = opened("students/ada.py:Value")
    book.method("__mul__")                           # a Spot: the file, and the definition in it
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import tokenize
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.machinery import PathFinder
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, TypeAlias

from .attempts import Engine
from .discovery import CLASSES
from .loading import is_file, root, split
from .trials import BACKWARD, LOOK, Naming

LARGEST = 300_000                        # bytes of a file that is read
FILES   = 20                             # files that are read
HOPS    = 8                              # names that stand for another

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.stmt
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Script(NamedTuple):
    """A file: its place, the name by which it is shown, its lines, and what stands in it; the statements that
    give something a name, by that name, "*" for imports of everything."""

    path:  Path
    name:  str
    lines: list[str]
    tree:  ast.Module
    named: dict[str, list[ast.stmt]]


class Spot(NamedTuple):
    """A definition: of a function or class, or a statement that makes one."""

    script: Script
    node:   Definition
    name:   str

    @property
    def title(self) -> str:
        kind = ("class " if isinstance(self.node, ast.ClassDef) else
                "def " if isinstance(self.node, FUNCTIONS) else "")
        return kind + self.name


def opened(engine: Engine | str, naming: Naming = LOOK) -> Book | None:
    """The book of an engine; None where its class cannot be told for certain from the text alone."""
    if isinstance(engine, str):
        place, name = split(engine)
        path = Path(place) if is_file(place) else module_file(place)
    else:
        path, name = class_file(engine), engine.__name__
    book = Book(path.resolve(), naming) if path and path.is_file() else None
    return book if book and book.choose(name) else None


def module_file(module: str) -> Path | None:
    """The file of a module that can be imported, found without importing its packages."""
    places: Sequence[str] | None = None
    spec = None
    for part in module.split("."):
        spec   = PathFinder.find_spec(part, places)
        places = spec.submodule_search_locations if spec else None
        if spec is None or (places is None and part != module.rpartition(".")[2]):
            return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def class_file(engine: Engine) -> Path | None:
    """Where a class that is there was written; None if nowhere, as in a session."""
    try:
        found = inspect.getsourcefile(engine)
    except TypeError:                                        # it is built in
        return None
    return Path(found) if found else None


class Book:
    """What was read. The class of the engine is `kind`, once it is chosen."""

    def __init__(self, path: Path, naming: Naming = LOOK) -> None:
        self.path = path
        self.naming = naming
        self.root = start(path)
        self.read: dict[Path, Script | None] = {}
        self.methods: dict[tuple[int, str, bool], Spot | None] = {}
        self.kind: Spot | None = None

    # --- files ----------------------------------------------------------------------------------------

    def script(self, path: Path) -> Script | None:
        """A file of the student's folder; None if it is too much, or no Python: who runs it will say so."""
        path = path.resolve()
        if path not in self.read:
            if len(self.read) >= FILES or not path.is_file() or path.stat().st_size > LARGEST:
                return None
            self.read[path] = parsed(path, self.shown(path))
        return self.read[path]

    def shown(self, path: Path) -> str:
        """The file as a reader knows it: no folder of this machine."""
        below = path.is_relative_to(self.path.parent)
        return path.relative_to(self.path.parent if below else self.root).as_posix()

    def own(self) -> Script | None:
        return self.script(self.path)

    def neighbour(self, script: Script, module: str, level: int) -> Script | None:
        """The file beside it that an import means."""
        base = self.root if not level else script.path.parents[min(level, len(script.path.parents)) - 1]
        for start in dict.fromkeys([base, script.path.parent] if not level else [base]):
            place = start.joinpath(*module.split(".")) if module else start
            for path in (place.with_suffix(".py"), place / "__init__.py"):
                if path.is_file() and path.resolve().is_relative_to(self.root):
                    return self.script(path)
        return None

    @cached_property
    def attributes(self) -> set[str]:
        """The attributes that are set anywhere in the file."""
        script = self.own()
        return {node.attr for node in ast.walk(script.tree) if isinstance(node, ast.Attribute)
                and isinstance(node.ctx, ast.Store)} if script else set()

    # --- names ----------------------------------------------------------------------------------------

    def choose(self, name: str) -> Spot | None:
        """The class of that name; without one, Value or the only class that has a backward pass."""
        script = self.own()
        if script and name:
            self.kind = self.named(script, name) or within(script, name)
        elif script:
            kinds = [kind for node in top(script.tree.body) if isinstance(node, ast.ClassDef)
                     and (kind := self.named(script, node.name))]
            self.kind = self.likely(kinds)
        if self.kind and not isinstance(self.kind.node, ast.ClassDef):
            self.kind = None
        return self.kind

    def likely(self, kinds: list[Spot]) -> Spot | None:
        """The one that can be meant: called Value, the only one that computes, that has a backward pass, that
        there is; of several that compute the one with the most usual name."""
        value = [kind for kind in kinds if kind.name == "Value"]
        compute = [kind for kind in kinds if self.method("__add__", kind) or self.method("__mul__", kind)]
        passing = [kind for kind in kinds if any(self.method(word, kind) for word in BACKWARD)]
        for some in (value, compute, passing, kinds):
            if len(some) == 1:
                return some[0]
        return next((kind for name in CLASSES for kind in compute if kind.name == name), None)

    def named(self, script: Script, name: str, hops: int = HOPS) -> Spot | None:
        """What a name of a file stands for: a function, a class, a statement that makes one; also what is
        imported from beside it."""
        if not hops:
            return None
        found: Spot | None = None
        known = [*script.named.get("*", []), *script.named.get(name, [])]
        for node in sorted(known, key=lambda node: node.lineno):
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and node.name == name:
                found = Spot(script, node, name)
            elif isinstance(node, ast.ImportFrom):
                real = next((a.name for a in node.names if (a.asname or a.name) == name), "")
                star = any(a.name == "*" for a in node.names)
                beside = self.neighbour(script, node.module or "", node.level) if real or star else None
                found = (self.named(beside, real or name, hops - 1) if beside else None) or found
            elif (value := assigned(node, name)) is not None:
                found = (self.named(script, value.id, hops - 1) if isinstance(value, ast.Name)
                         else Spot(script, node, name))
        return found

    def method(self, name: str, kind: Spot | None = None, hops: int = HOPS,
               aliases: bool = True) -> Spot | None:
        """What a method of the class is defined by: itself, another that it is another name of (or the
        statement that makes it one), a statement that sets it, a base."""
        kind = kind or self.kind
        if kind is None or not isinstance(kind.node, ast.ClassDef) or not hops:
            return None
        key = (id(kind.node), name, aliases)
        if key not in self.methods:
            self.methods[key] = None                         # a class that is its own base has no more
            self.methods[key] = self.looked_up(name, kind, kind.node, hops, aliases)
        return self.methods[key]

    def looked_up(self, name: str, kind: Spot, node_: ast.ClassDef, hops: int, aliases: bool) -> Spot | None:
        found: Spot | None = None
        for node in top(node_.body):
            if isinstance(node, FUNCTIONS) and node.name == name:
                found = Spot(kind.script, node, name)
            elif (value := assigned(node, name)) is not None:
                found = self.meant(kind, node, value, name, hops) if aliases else Spot(kind.script, node,
                                                                                       name)
        for node in top(kind.script.tree.body):
            if (value := set_on(node, node_.name, name)) is not None:
                found = self.meant(kind, node, value, name, hops)
        if found:
            return found
        for base in node_.bases:
            above = self.named(kind.script, base.id) if isinstance(base, ast.Name) else None
            if above and above.node is not node_ and (
                    found := self.method(name, above, hops - 1, aliases)):
                return found
        return None

    def meant(self, kind: Spot, node: ast.stmt, value: ast.expr, name: str, hops: int) -> Spot | None:
        """What is assigned to a method's name."""
        if isinstance(value, ast.Name):
            return self.method(value.id, kind, hops - 1) or self.named(kind.script, value.id, hops - 1)
        if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
            above = self.named(kind.script, value.value.id, hops - 1)
            return self.method(value.attr, above, hops - 1) if above else None
        return Spot(kind.script, node, name)

    def family(self) -> list[str]:
        """The names of the class and of its bases."""
        names: list[str] = []
        left = [self.kind]
        while left and len(names) < FILES:
            kind = left.pop()
            if kind and isinstance(kind.node, ast.ClassDef) and kind.node.name not in names:
                names.append(kind.node.name)
                left += [self.named(kind.script, base.id) for base in kind.node.bases
                         if isinstance(base, ast.Name)]
        return names


# --- reading ----------------------------------------------------------------------------------------------

def parsed(path: Path, name: str) -> Script | None:
    data = path.read_bytes()
    try:
        tree = ast.parse(data)
        text = data.decode(tokenize.detect_encoding(BytesIO(data).readline)[0])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None                                          # the witness, which runs it, says what is wrong
    index: dict[str, list[ast.stmt]] = {}
    for node in top(tree.body):
        for word in given(node):
            index.setdefault(word, []).append(node)
    return Script(path, name, re.split("\r\n|\r|\n", text), tree, index)


def given(node: ast.stmt) -> set[str]:
    """The names that a statement gives to something."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.ImportFrom):
        return {alias.asname or alias.name for alias in node.names}
    targets = (node.targets if isinstance(node, ast.Assign) else
               [node.target] if isinstance(node, ast.AnnAssign) else [])
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def start(path: Path) -> Path:
    """The folder from which the file's imports start."""
    return root(path) if path.is_file() and path.stat().st_size <= LARGEST else path.parent


def top(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a file or class, those under if, try and with among them."""
    left = list(body)[::-1]
    while left:
        node = left.pop()
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            inner = [*node.body, *getattr(node, "orelse", ())]
            left += inner[::-1]


def within(script: Script, name: str) -> Spot | None:
    """The only class of that name, wherever it stands."""
    found = [node for node in ast.walk(script.tree) if isinstance(node, ast.ClassDef) and node.name == name]
    return Spot(script, found[0], name) if len(found) == 1 else None


def assigned(node: ast.stmt, name: str) -> ast.expr | None:
    """What an assignment gives to a name, alone or in a tuple."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
        return node.value
    if not isinstance(node, ast.Assign):
        return None
    for target in node.targets:
        if isinstance(target, ast.Name) and target.id == name:
            return node.value
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for one, value in zip(target.elts, node.value.elts):
                if isinstance(one, ast.Name) and one.id == name:
                    return value
    return None


def set_on(node: ast.stmt, kind: str, name: str) -> ast.expr | None:
    """What `Value.name = ...` or `setattr(Value, "name", ...)` sets."""
    if isinstance(node, ast.Assign):
        on = any(isinstance(t, ast.Attribute) and isinstance(t.value, ast.Name) and t.value.id == kind
                 and t.attr == name for t in node.targets)
        return node.value if on else None
    match node:
        case ast.Expr(ast.Call(ast.Name("setattr"), [ast.Name(on_), ast.Constant(what), value])):
            return value if on_ == kind and what == name else None
    return None


# --- paths ------------------------------------------------------------------------------------------------

PATH = re.compile(r"""(?<![\w.:/<~\\])(?:[A-Za-z]:[\\/]|/)(?:[^\s/\\'"<>:;,()\[\]]+[\\/])+""")


def without_folders(text: str, *known: str) -> str:
    """The text without folders of this machine: of each full path only the last part is left."""
    for folder in known:
        if len(folder) > 1:
            text = text.replace(folder.rstrip(os.sep) + os.sep, "")
    return PATH.sub("", text)
