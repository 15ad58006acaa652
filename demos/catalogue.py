"""The catalogue of the five documents: every equation, figure and experiment, and what is wrong in print.

    D0 ... D4   the documents
    items       D0-01 ... D4-49; `reason` says why an item has no test where it has none, `unshown` why no
                lecture shows it
    errata      ERR-D0-1 ...: what is printed, what is right, and the evidence; tests compute its numbers
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, NamedTuple


class Item(NamedTuple):
    """One equation, definition, figure, experiment, piece of code or statement of a document."""

    id: str
    document: str
    section: str
    title: str
    kind: str
    reason: str = ""
    unshown: str = ""


class Erratum(NamedTuple):
    """One place where a document is wrong, vague, or at odds with another."""

    id: str
    document: str
    kind: str
    printed: str
    right: str
    evidence: str


def documents() -> dict[str, str]:
    """What D0 to D4 stand for."""
    return dict(contents()["documents"])


def items() -> list[Item]:
    """The items, in the order of the documents."""
    return [Item(**row) for row in contents()["items"]]


def errata() -> list[Erratum]:
    """The errata, in the order of the documents."""
    return [Erratum(**row) for row in contents()["errata"]]


@cache
def contents() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("catalogue.json").read_text(encoding="utf-8")
    return json.loads(text)                                              # type: ignore[no-any-return]
