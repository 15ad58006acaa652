"""Collapse: the printed fractions multiplied out again, and the lines and bends read off the picture."""

import re
from fractions import Fraction

import numpy as np
import pytest

from tests.demos.shown import curves, show


def test_collapse(tmp_path, monkeypatch, capsys):
    shown = show("collapse", tmp_path, monkeypatch, capsys)
    products(shown.printed)
    parity(shown.printed)
    depths(shown)


def matrices(line):
    """The matrices of fractions in a printed line."""
    return [np.array([[Fraction(x) for x in row.split()] for row in found.split(";")])
            for found in re.findall(r"\[([^]]+)\]", line)]


def row(printed, start):
    return next(line for line in printed.splitlines() if line.startswith(start))


def products(printed):
    """W2 W1, W2 b1 + b2 and every form of the collapse, from the printed W1, b1, W2, b2 and x."""
    W1, b1, W2, b2 = (matrices(row(printed, name))[0] for name in ("W1 ", "b1 ", "W2  ", "b2 "))
    x = matrices(row(printed, "The same collapse"))[0]
    assert (matrices(row(printed, "W2 W1"))[0] == W2 @ W1).all()
    assert (matrices(row(printed, "W2 b1 + b2"))[0] == b1 @ W2.T + b2).all()
    y = (x @ W1.T + b1) @ W2.T + b2
    for start in ("D0-14", "D1-07  W_new"):
        line = row(printed, start)
        assert all((found == y).all() for found in matrices(line)) and line.endswith("yes")
    assert all((found == W2 @ W1).all() for found in matrices(row(printed, "D1-07  dy/dx")))
    for start in ("b_o + (b_h", "b_o + b_h", "(b_o + b_h"):
        assert (matrices(row(printed, start))[0] == y).all()
    assert "All three are equal." in printed


def parity(printed):
    """Without biases s(x) + s(-x) is 0 for matrices, and not for a max between them (D2-03)."""
    W1, W2 = (matrices(row(printed, name))[0] for name in ("W1 ", "W2  "))
    x = matrices(row(printed, "The same collapse"))[0]
    forth, back, both = matrices(row(printed, "W2 W1 x"))
    assert (forth == x @ W1.T @ W2.T).all() and (back == -forth).all() and not both.any()
    forth, back, both = matrices(row(printed, "W2 max(0, W1 x)"))
    assert (forth == np.maximum(0, x @ W1.T) @ W2.T).all() and (back == np.maximum(0, -x @ W1.T) @ W2.T).all()
    assert (both == forth + back).all() and both.all()


def depths(shown):
    """Every linear network draws the same straight line; every ReLU network of two layers or more bends."""
    panels = shown.figures["collapse"].axes
    assert [panel.get_title() for panel in panels] == ["1 layer", *(f"{k} layers" for k in (2, 3, 4, 5))]
    first = curves(panels[0])["no activation"][1]
    for depth, panel in enumerate(panels, 1):
        drawn = curves(panel)
        x, straight = drawn["no activation"]
        assert straight == pytest.approx(first, abs=1e-10)
        assert np.abs(np.diff(straight, 2)).max() < 1e-10 and abs(straight[-1] - straight[0]) > 1
        assert drawn["one layer: the product"][1] == pytest.approx(straight[::20], abs=1e-10)
        bent = np.abs(np.diff(drawn["ReLU between the layers"][1], 2))
        assert (bent.max() > 1e-3) == (depth > 1)
        numbers = re.search(rf"^ +{depth}   .*$", shown.printed, re.M).group().split()
        assert int(numbers[4]) == 0
        assert all((int(n) > 0) == (depth > 1) for n in numbers[5:]) and len(numbers) == 11
