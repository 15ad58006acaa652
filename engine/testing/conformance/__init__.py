"""Conformance: is your engine right? A suite for any class with Value(x), operators, .data, .grad and .backward().

    python -m engine.testing.conformance path/to/student.py:Value
    python -m engine.testing.conformance students/*.py --html grades.html --csv grades.csv
    pytest --pyargs engine.testing.conformance --engine path/to/student.py:Value

What is judged is the mathematics: an engine that stores floats is right, a slope at a kink that
lies between the one-sided slopes is right and noted, what the engine lacks is skipped and listed.
"""

from .command import main as main
from .running import conformance as conformance
from .reports import Report as Report

__all__ = ["Report", "conformance", "main"]
