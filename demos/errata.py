"""The errata of the five documents: what is printed, what is right, and the evidence.

One row for each place. Every number in the evidence is computed again by a test of its
own in tests/derivations/test_errata.py: `python -m demos coverage` runs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from shutil import get_terminal_size
from textwrap import wrap

from .catalogue import documents, errata

POSITION = 900
HEADERS  = ("document", "what is printed", "what is right", "the evidence")
SHARES   = (0.28, 0.28, 0.44)               # how the three texts divide what the ids leave of the line


def run(out: Path) -> None:
    """Print the table, as wide as the terminal."""
    width = max(100, min(get_terminal_size((140, 24)).columns, 200))
    first = max(len(erratum.id) for erratum in errata())
    free  = width - first - 3 * 2
    widths = [first, *(int(share * free) for share in SHARES)]
    print_row(HEADERS, widths)
    for document, about in documents().items():
        print("\n".join(["-" * width, f"{document}: {about}", "-" * width]))
        for erratum in errata():
            if erratum.document == document:
                print_row((erratum.id, f"({erratum.kind}) {erratum.printed}", erratum.right,
                           erratum.evidence), widths)
                print()
    print(f"{len(errata())} errata.")


def print_row(cells: Sequence[str], widths: Sequence[int]) -> None:
    """The cells beside each other, each broken into lines that fit."""
    columns = [wrap(cell, width) for cell, width in zip(cells, widths)]
    for parts in zip_longest(*columns, fillvalue=""):
        print("  ".join(part.ljust(width) for part, width in zip(parts, widths)).rstrip())
