"""Bars: progress on a terminal while something takes its time, where tqdm is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from ..extras import needed

if TYPE_CHECKING:
    from tqdm import tqdm

Item = TypeVar("Item")


def progress_class(wanted: bool | None) -> type[tqdm] | None:
    """tqdm, or None where there is to be no bar.

    Args:
        wanted: whether to show it; None for where tqdm is installed and standard error is a terminal.

    Raises:
        ModuleNotFoundError: it is wanted, and tqdm is not installed.
    """
    if wanted is False or wanted is None and not (sys.stderr and sys.stderr.isatty()):
        return None
    try:
        bar: type[tqdm] = needed("tqdm", "progress=True", "leave progress out").tqdm
        return bar
    except ModuleNotFoundError:
        if wanted:
            raise
        return None


def watched(items: Sequence[Item], what: str, wanted: bool | None) -> Iterable[Item]:
    """The items, one after the other, with a bar that counts them."""
    tqdm = progress_class(wanted)
    return items if tqdm is None else tqdm(items, unit=what, leave=False)
