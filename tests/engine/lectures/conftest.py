"""A graph that uses its nodes more than once."""

import pytest

from engine import Value, tanh


@pytest.fixture
def shared():
    """L = a*a + x*a with a = tanh(w*x + b): x is used twice, a three times."""
    x, w, b = Value(0.5, "x"), Value(-1.0, "w"), Value(2.0, "b")
    a = tanh(w * x + b)
    L = a * a + x * a
    L.label = "L"
    return L
