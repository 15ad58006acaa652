"""assets: the style sheets, scripts and templates that lie beside this file."""

from __future__ import annotations

from importlib.resources import files


def asset(name: str) -> str:
    """The text of one of them."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
