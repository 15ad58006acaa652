"""engine.testing: random programs, a gradient checker and a conformance suite for any engine."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..extras import needed

_HOMES = {name: home for home, names in {
    "conformance": ("conformance",),
    "check.checker":  ("assert_gradients", "check_gradients"),
    "check.findings": ("Report", "WrongGradient"),
    "nans":           ("explain_nan",),
    "random_programs.growing":        ("programs", "random_program"),
    "random_programs.scalar_program": ("Plain", "Program", "Step"),
    "random_programs.shrinking":      ("shrink",),
    "random_programs.strategies": ("Dataset", "Network", "datasets", "deterministic", "networks", "numbers",
                                   "operands",
                            "values"),
}.items() for name in names}

# What each of them cannot do without; whoever imports engine.testing for explain_nan alone needs nothing.
_NEEDS = {**dict.fromkeys(("conformance", "check.checker", "random_programs.growing",
                           "random_programs.shrinking"), "mpmath"),
          "random_programs.strategies": "hypothesis"}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """The public names, each imported from its module when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"engine.testing has no {name!r}: it has {', '.join(__all__)}")
    home = _HOMES[name]
    if home in _NEEDS:
        needed(_NEEDS[home], name)
    return getattr(import_module(f"{__name__}.{home}"), name)
