"""Wiring: the drawn connections counted, slopes against their sums, and units that add up to the network."""

import re
from collections import Counter
from math import pi

import numpy as np
import pytest

from tests.demos.shown import curves, show

X = [0.3, 0.9, 0.5, 0.2, 0.8, 0.6, 0.4, 0.7]
U = [1.0, 0.5, 0.8, 0.3, 0.6, 0.9]


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("wiring", tmp_path, monkeypatch, capsys)
    check_sharing(shown)
    check_mixed(shown)


def check_sharing(shown):
    """D2-45: input p + j leads to sum p by weight j, at every place."""
    net, bars = shown.figures["wiring_shared"].axes
    drawn = [(line.get_linestyle(), *map(float, line.get_xdata())) for line in net.lines
             if list(line.get_ydata()) == [0, 1]]
    assert len(set(drawn)) == 18
    assert "18 connections, 3 parameters" in shown.figures["wiring_shared"].get_suptitle()
    assert Counter(dash for dash, *_ in drawn) == {"-": 6, "--": 6, ":": 6}
    assert set(drawn) == {(dash, p + j, p + 1) for j, dash in enumerate(("-", "--", ":")) for p in range(6)}
    told = {j: [*map(float, row.split())] for j, row in re.findall(r"^w(\d) +(.+)$", shown.printed, re.M)}
    for j in range(3):
        pieces = [u * X[p + j] for p, u in enumerate(U)]
        assert told[str(j + 1)] == pytest.approx([*pieces, sum(pieces), sum(pieces)], rel=1e-3)
        stack = [bar for bar in bars.patches if round(bar.get_x() + bar.get_width() / 2) == j]
        assert [bar.get_height() for bar in stack] == pytest.approx(pieces)
        assert stack[-1].get_y() + stack[-1].get_height() == pytest.approx(sum(pieces))


def check_mixed(shown):
    """D2-44: four types in one layer; what they add, and a bias, is the network."""
    each, together = (curves(panel) for panel in shown.figures["wiring_mixed"].axes)
    assert [*each] == ["relu", "tanh", "sigmoid", "maxout"]
    xs, ys = map(np.array, together["the network"])
    rest   = ys - sum(np.array(curve) for _, curve in each.values())
    assert rest == pytest.approx(np.full(len(xs), rest[0]), abs=1e-12)
    bends = {name: np.abs(np.diff(curve, 2)) > 1e-9 for name, (_, curve) in each.items()}
    assert 0 < bends["relu"].sum() <= 2 and 0 < bends["maxout"].sum() <= 2  # straight pieces,
    assert bends["tanh"].mean() > 0.9 < bends["sigmoid"].mean()             # and curves
    assert together["target"][1] == pytest.approx(np.sin(xs)) and xs[-1] == pytest.approx(pi)
    assert np.mean((ys - np.sin(xs)) ** 2) < 0.01
    rows = re.findall(r"^(relu|tanh|sigmoid|maxout) +(\S+) +(\S+)$", shown.printed, re.M)
    assert len(rows) == 4 and all(float(a) == pytest.approx(float(b), rel=1e-3) for _, a, b in rows)
