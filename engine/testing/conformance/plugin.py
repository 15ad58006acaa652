"""The pytest plugin: `--engine`, and one test for each case of the suite.

    pytest -p engine.testing.conformance.plugin --pyargs engine.testing.conformance --engine student.py:Value

It is asked for by -p, and no entry point: installing chainrule must not change the tests of other projects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "conformance of an autodiff engine")
    group.addoption("--engine", default="", metavar="ENGINE", help="path/to/file.py:Value or module:Value, "
                                                                   "to test")
    group.addoption("--engine-examples", type=int, default=10, metavar="N",
                    help="random programs for each case (default: 10)")
