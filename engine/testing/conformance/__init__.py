"""Conformance: is your engine right? A suite for any class with Value(x), operators, .data, .grad and
.backward().

    chainrule conformance path/to/student.py:Value
    chainrule conformance students/*.py --html grades.html --csv grades.csv
    pytest -p engine.testing.conformance.plugin --pyargs engine.testing.conformance --engine student.py:Value

What is judged is the mathematics: an engine that stores floats is right, a slope at a kink that
lies between the one-sided slopes is right and noted, what the engine lacks is skipped and listed.
"""

import sys as _sys
from types import ModuleType as _ModuleType

from ...libraries import Quantity as _Quantity
from .command import main as main
from .reports import Report as Report
from .running import conformance as conformance

__all__ = ["Report", "conformance", "main"]


class _Suite(_ModuleType):
    """This package can be called like its main function: from engine.testing import conformance;
    conformance(Value)."""

    def __call__(self, engine: type | str, **options: _Quantity) -> Report:
        return conformance(engine, **options)


_sys.modules[__name__].__class__ = _Suite
