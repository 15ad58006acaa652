"""python -m demos overfitting: errors computed again from the drawn curves, decay by its formula, polynomials
by least squares."""

import re
from math import pi, sin
from statistics import mean, median

import numpy as np
import pytest

from tests.demos.shown import curves, show
from tests.demos.printed import cells


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("overfitting", tmp_path, monkeypatch, capsys)
    check_held_back(shown)
    check_forgetting(shown)
    check_polynomials(shown)


def error(drawn, name):
    """The mean squared distance of a drawn curve from the sine."""
    return mean((y - sin(x)) ** 2 for x, y in zip(*drawn[name]))


def check_held_back(shown):
    table  = {row[0]: row for row in cells(shown.printed, "by the seed:")}
    panels = shown.figures["overfitting"].axes
    errors = {name: [float(cell) for cell in row[1:6]] for name, row in table.items()}
    alone  = errors["D0-45: left alone"]
    assert len(panels) == len(table) == 6
    for axes, (name, row) in zip(panels, table.items()):
        drawn = curves(axes)
        assert axes.get_title().splitlines()[0].replace("$", "").replace("\\", "") == name
        assert error(drawn, "the network") == pytest.approx(errors[name][0], rel=5e-3)     # of seed 0
        assert float(row[6]) == median(errors[name])
        above, seen = map(float, re.findall(r"0\.\d+", axes.get_title().splitlines()[1]))
        assert above == pytest.approx(median(errors[name]), rel=0.06)
        xs, ys = drawn["points"]
        network = np.interp(xs, *drawn["the network"])
        assert len(xs) == 12
        if name == "D0-45: left alone":                           # by heart: through the points, off the sine
            assert seen < 0.05 and mean((network - ys) ** 2) < 0.05 < error(drawn, "the network")
        else:
            lower = sum(a < b for a, b in zip(errors[name], alone))
            assert row[7] == f"{lower} of 5" and lower >= 4 and above < 0.7 * median(alone) and seen > 0.1


def check_forgetting(shown):
    """L2: w_n = (1 - eta lambda)^n w_0 in every step; L1: eta lambda less in every step, then near 0."""
    l2, l1 = (curves(axes) for axes in shown.figures["overfitting_decay"].axes)
    for label, (steps, ws) in l2.items():
        start = float(label.removeprefix("w = "))
        assert steps == list(range(61)) and ws == pytest.approx([start * 0.95 ** n for n in steps], rel=1e-12)
    for label, (steps, ws) in l1.items():
        start = float(label.removeprefix("w = "))
        for n, w in zip(steps, ws):
            left = max(abs(start) - 0.05 * n, 0.0)
            assert abs(abs(w) - left) < (1e-9 if left > 0.01 else 0.0501)
    for row in cells(shown.printed, "(D2-11):"):
        assert float(row[1]) == float(row[2]) == pytest.approx(float(row[0]) * 0.95 ** 60, rel=1e-3)


def check_polynomials(shown):
    """The drawn polynomials against least squares with the rows sqrt(m lambda / 2) w_k added."""
    panels, table = shown.figures["overfitting_polynomial"].axes, cells(shown.printed, "(D4-44):")
    largest = []
    for axes, row in zip(panels, table):
        drawn, strength = curves(axes), float(row[0])
        xs, ys = (np.array(c) for c in drawn["points"])
        A = np.vander(xs / pi, 10, increasing=True)
        decay = np.sqrt(len(xs) * strength / 2) * np.eye(10)[1:]
        w = np.linalg.lstsq(np.vstack([A, decay]), np.concatenate([ys, np.zeros(9)]), rcond=None)[0]
        there = np.vander(np.array(drawn["the polynomial"][0]) / pi, 10, increasing=True) @ w
        assert np.abs(there - drawn["the polynomial"][1]).max() < 1e-6
        assert abs(w).max() == pytest.approx(float(row[1]), rel=5e-3)
        assert error(drawn, "the polynomial") == pytest.approx(float(row[2]), rel=5e-3)
        largest.append(abs(w).max())
    assert largest[0] > 20 * largest[1] > 40 * largest[2]
    assert float(table[1][2]) < min(float(table[0][2]), float(table[2][2]))         # best in between
