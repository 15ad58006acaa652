"""The bug museum: classic mistakes in a scalar autodiff engine, and how the conformance suite finds and names
each.

    python -m demos museum                            # a gallery page, and the same as text
    source(exhibit("overwrite"))                      # the engine with the mistake
    tour("overwrite")                                 # its Report

Every exhibit is the engine of right.py with one place changed.
"""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ...libraries import Quantity
from ..conformance.attempts import Engine
from ..conformance.loading import load
from ..conformance.reports import Report
from ..conformance.running import conformance
from .exhibits import EXHIBITS as EXHIBITS
from .exhibits import Exhibit as Exhibit

RIGHT = Path(__file__).with_name("right.py").read_text(encoding="utf-8")


def exhibit(name: str) -> Exhibit:
    """The exhibit of that name.

    Raises:
        KeyError: there is none.
    """
    found = next((e for e in EXHIBITS if e.name == name), None)
    if found is None:
        raise KeyError(f"the museum has no {name!r}: it has {', '.join(e.name for e in EXHIBITS)}")
    return found


def source(e: Exhibit) -> str:
    """The text of the engine with this mistake.

    Raises:
        ValueError: the place to change is not there exactly once.
    """
    if RIGHT.count(e.old) != 1:
        raise ValueError(f"exhibit {e.name} changes a text that right.py has {RIGHT.count(e.old)} times: it "
                         "must be there once")
    return RIGHT.replace(e.old, e.new)


def difference(e: Exhibit) -> str:
    """The change, as a diff without its header."""
    lines = difflib.unified_diff(RIGHT.splitlines(), source(e).splitlines(), lineterm="", n=1)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@"))).rstrip()


@cache
def engine(name: str) -> Engine:
    """The engine class of an exhibit; "right" is the one without a mistake."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.py"
        path.write_text(RIGHT if name == "right" else source(exhibit(name)), encoding="utf-8")
        return load(f"{path}:Value")


def tour(name: str, **options: Quantity) -> Report:
    """What the conformance suite says about an exhibit; options as for `conformance`."""
    report = conformance(engine(name), **options)
    report.engine = name
    return report


def names(report: Report, e: Exhibit) -> bool:
    """Whether the first sentence of the report names the mistake of the exhibit."""
    return bool(report.mistakes) and any(words in report.mistakes[0][0] for words in e.says.split("|"))
