"""Extras: packages that only some parts need, imported where they are used, with a sentence where they are
missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

EXTRAS = {"numpy": "fast", "matplotlib": "pictures", "PIL": "pictures", "tqdm": "demos", "mpmath": "check",
          "hypothesis": "check",
          "pytest": "test"}  # what is in none of them comes with chainrule itself
PACKAGES = {"PIL": "pillow"}   # what is imported under another name


def needed(module: str, what: str, instead: str = "") -> ModuleType:
    """The module, imported for `what`.

    Args:
        module: a package, or a module in it.
        what: what was asked for and cannot be done without, as in "vectorize".
        instead: what can be written without the package.

    Raises:
        ModuleNotFoundError: the package is not installed; the message says which extra brings it.
    """
    package = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:  # it is there, and misses something itself
            raise
        raise ModuleNotFoundError(missing(package, what, instead), name=package) from error


def missing(package: str, what: str, instead: str = "") -> str:
    """What cannot be done without the package, and how to install it."""
    extra = f"[{EXTRAS[package]}]" if package in EXTRAS else ""
    name  = PACKAGES.get(package, package).replace("_", "-")
    return (f'{what} needs {name}, which is not installed: write pip install "chainrule{extra}"'
            f"{', or ' + instead if instead else ''}")
