"""A row of the table with other partials, for the tests of what check_gradients finds."""

import pytest

from engine.primitives import TABLE, apply


@pytest.fixture
def plant(monkeypatch):
    """Replace the partials of a row, as apply() sees it."""
    def replace(name, partials):
        monkeypatch.setitem(TABLE, name, TABLE[name]._replace(partials=partials))
        return lambda *xs: apply(name, *xs)
    return replace
