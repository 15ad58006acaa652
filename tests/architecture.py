"""The architecture: which part of the project imports which, as a picture made from the imports.

    python -m tests.architecture                    # writes docs/architecture.svg

    part     a folder of engine/, a file of engine/, nn or demos
    import   at the top of a file (a full arrow), or where it is used, or for types alone (dashed)

An arrow is left out where other arrows lead the same way. An import that leads back up, so that two
parts would import each other if it stood at the top, is drawn too, in another colour.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from html import escape
from pathlib import Path

from engine.pictures.graphviz import as_svg
from engine.pictures.style import EDGE, GRAPH, LAYER, LIT, NODE
from engine.show.dot import Dot
from engine.show.files import written

ROOT    = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "architecture.svg"
WORDS   = "Which part of the project imports which: demos at the top, engine/value.py at the bottom"
UPWARD  = {"color": LIT, "style": "dashed", "constraint": "false"}


# --- the imports ----------------------------------------------------------------------------------

def modules() -> dict[str, Path]:
    """Every module of the project but the tests, by its dotted name."""
    found = {}
    for package in ("engine", "nn", "demos"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def part(module: str) -> str:
    """The part that a module belongs to."""
    names = module.split(".")
    return ".".join(names[:2]) if names[0] == "engine" else names[0]


def imported(module: str, path: Path, known: dict[str, Path]) -> Iterator[tuple[str, bool]]:
    """The modules that a module imports, and whether at its top."""
    tree    = ast.parse(path.read_text(encoding="utf-8"))
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for item in ast.walk(tree):
        names: list[str] = []
        if isinstance(item, ast.Import):
            names = [alias.name for alias in item.names]
        elif isinstance(item, ast.ImportFrom):
            above = package[:len(package) - item.level + 1] if item.level else []
            base  = ".".join(above + ([item.module] if item.module else []))
            names = [f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base
                     for alias in item.names]
        for name in names:
            if name in known:
                yield name, item in tree.body


def imports() -> dict[tuple[str, str], bool]:
    """(importing part, imported part) -> whether at the top of a file."""
    known, found = modules(), {}
    for module, path in known.items():
        for name, top in imported(module, path, known):
            pair = part(module), part(name)
            if pair[0] != pair[1]:
                found[pair] = found.get(pair, False) or top
    return dict(sorted(found.items()))


# --- the arrows -----------------------------------------------------------------------------------

def reached(start: str, arrows: set[tuple[str, str]]) -> set[str]:
    """The parts that arrows lead to from start, in one step or more."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        new  = {b for a, b in arrows if a == here} - seen
        seen |= new
        waiting += sorted(new)
    return seen


def upward(found: dict[tuple[str, str], bool]) -> list[tuple[str, str]]:
    """The imports, not at the top of a file, that lead back to where a full arrow comes from."""
    full = {pair for pair, top in found.items() if top}
    return [(a, b) for (a, b), top in found.items() if not top and a in reached(b, full)]


def shortest(found: dict[tuple[str, str], bool]) -> list[tuple[str, str]]:
    """The arrows that no longer way replaces."""
    down = set(found) - set(upward(found))
    return [pair for pair in sorted(down) if pair[1] not in reached(pair[0], down - {pair})]


# --- the picture ----------------------------------------------------------------------------------

def source() -> str:
    """The DOT text: the same imports give the same bytes."""
    found   = imports()
    parts   = sorted({name for pair in found for name in pair})
    picture = Dot("architecture", graph=GRAPH | {"rankdir": "TB", "ranksep": "0.35"}, node=NODE, edge=EDGE)
    inside  = Dot("cluster engine")
    inside.own(**LAYER, label="engine")
    for name in parts:
        (inside if name.startswith("engine") else picture).node(name, label=label(name), **look(name))
    picture.part(inside)
    for pair in shortest(found):
        picture.edge(*pair, **({} if found[pair] else {"style": "dashed"}))
    for pair in upward(found):
        picture.edge(*pair, **UPWARD)
    return str(picture)


def label(name: str) -> str:
    """A folder ends in a slash; `engine` is the names that it exports."""
    if name == "engine":
        return "import engine"
    place = ROOT / name.replace(".", "/")
    return f"{place.name}/" if place.is_dir() else f"{place.name}.py"


def look(name: str) -> dict[str, str]:
    return {"fillcolor": "#E2F3ED" if label(name).endswith("/") else "#FFFFFF", "color": "#555555"}


def svg() -> str:
    """The picture, with its DOT text inside, so that a test can tell whether it is current."""
    drawn = as_svg(source(), WORDS)
    return drawn.replace("</svg>", f"<metadata>{escape(source())}</metadata>\n</svg>")


if __name__ == "__main__":
    print(f"wrote {written(PICTURE, svg())}")
