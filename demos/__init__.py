"""Lectures: one short module per topic. `python -m demos` lists them and runs the first.

A lecture is a file demos/NAME.py with

    a docstring whose first line is its title, and which says what there is to see,
    POSITION   = 10                  its place in the list: 10 before 20; without one it comes last
    DOCUMENTS  = ["D1-25", "GA-1"]   the items of the documents that it shows
    NEEDS      = ["mpmath"]          packages beyond the extra `demos`; without them it is left out
    run(out)                         prints the numbers that matter and writes pictures to the folder out

It needs no registration: every file that defines `run` is found. What lectures share (tables,
pictures, colours) is in demos/common.py.
"""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple


class Lecture(NamedTuple):
    """What a lecture's file says about it, read without running it."""

    name: str
    title: str
    position: float
    documents: list[str]
    needs: list[str]

    def missing(self) -> list[str]:
        """The packages that it needs and that are not installed."""
        return [package for package in self.needs if find_spec(package) is None]

    def run(self, out: Path) -> None:
        """Run it; its pictures go to the folder out."""
        import_module(f"{__name__}.{self.name}").run(out)


def lectures() -> list[Lecture]:
    """Every lecture, in order."""
    found = [lecture(path) for path in sorted(Path(__file__).parent.glob("*.py"))
             if not path.name.startswith("_")]
    return sorted([one for one in found if one is not None], key=lambda one: (one.position, one.name))


def lecture(path: Path) -> Lecture | None:
    """The lecture in a file; None if the file defines no run()."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not any(isinstance(part, ast.FunctionDef) and part.name == "run" for part in tree.body):
        return None
    title = (ast.get_docstring(tree) or path.stem).splitlines()[0].rstrip(".")
    return Lecture(path.stem, title, constant(tree, "POSITION", float("inf")),
                   constant(tree, "DOCUMENTS", []), constant(tree, "NEEDS", []))


def constant(tree: ast.Module, name: str, default: Any) -> Any:
    """The literal that a file assigns to name."""
    for part in tree.body:
        if isinstance(part, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name
                                                for t in part.targets):
            return ast.literal_eval(part.value)
    return default
