"""engine.testing: its public names, and what importing it costs."""

import subprocess
import sys

import pytest


def test_every_public_name_can_be_imported_whatever_was_imported_before():
    import engine.testing
    for name in engine.testing.__all__:
        assert callable(getattr(engine.testing, name)), name
    from engine.testing import programs, random_program
    assert callable(programs) and callable(random_program)


def test_importing_it_loads_no_heavy_library():
    code = ("import sys, engine.testing; from engine.testing import random_program, shrink; "
            "random_program(1).numbers(float); print([name for name in ('hypothesis', 'numpy', 'sympy', "
            "'pytest') if name in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_an_unknown_name_is_explained():
    with pytest.raises(ImportError, match="cannot import name 'check_gradient'"):
        from engine.testing import check_gradient  # noqa: F401
    import engine.testing
    with pytest.raises(AttributeError, match="it has .*check_gradients"):
        _ = engine.testing.check_gradient


@pytest.mark.parametrize("module", ["check.checker", "nans", "random_programs.scalar_program"])
def test_the_examples_in_the_docstrings_are_true(module):
    import doctest
    from importlib import import_module
    failed, attempted = doctest.testmod(import_module(f"engine.testing.{module}"))
    assert attempted and not failed
