"""The grid: drawn labels against the document's list, bars and maps against what was printed, all lines."""

import re
from itertools import combinations

import numpy as np
import pytest

from tests.demos.shown import show

TICKS  = (0, 0.3, 0.7, 1)
POINTS = [(x1, x2) for x1 in TICKS for x2 in TICKS]
LABELS = [0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0]                # as printed: 17 for 16 points
ONES   = {"A": {x for x, t in zip(POINTS, LABELS[1:]) if t}, "B": {x for x, t in zip(POINTS, LABELS) if t}}


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("grid", tmp_path, monkeypatch, capsys)
    *readings, bars = shown.figures["grid_readings"].axes
    for panel, ones in zip(readings, ONES.values(), strict=True):
        zeros_drawn, ones_drawn = ({tuple(p) for p in c.get_offsets()} for c in panel.collections)
        assert ones_drawn == ones and zeros_drawn == set(POINTS) - ones
    assert ONES["A"] == {(a, b) for a in (0.3, 0.7) for b in (0.3, 0.7)}    # the centre
    heights = {(reading, units): bar.get_height() for reading, group in zip("AB", bars.containers)
               for units, bar in zip((2, 3, 4), group)}
    told = {(reading, int(units)): int(solved) for reading, units, solved in
            re.findall(r"^([AB]) +(\d) +(\d) +[\d.]+$", shown.printed, re.M)}
    assert heights == told and len(told) == 6
    assert told["A", 2] == 0 < told["A", 3] and told["B", 2] > 0            # what the readings need
    check_half_planes(shown.printed)
    check_solution(shown.figures["grid"].axes)


def check_half_planes(printed):
    """Every way in which a line cuts the points, from lines at random until there are no more."""
    rng  = np.random.default_rng(0)
    sums = rng.normal(size=(400_000, 2)) @ np.array(POINTS).T
    cuts = np.unique(sums > rng.uniform(-2.2, 2.2, (400_000, 1)), axis=0)
    assert f"all {len(cuts)} ways" in printed
    for reading, ones in ONES.items():
        targets = np.array([x in ones for x in POINTS])
        best    = (cuts == targets).sum(axis=1).max()
        around  = cuts[(cuts >= targets).all(axis=1)]
        two     = any(((a & b) == targets).all() for a, b in combinations(around, 2))
        told    = re.search(rf"^{reading} +(\d+) of 16 +(yes|no) +(yes|no)$", printed, re.M).groups()
        assert told == (str(best), "yes" if two else "no", "yes")
    assert "has 16 of 16 points of A right" in printed


def heat(panel):
    mesh = next(c for c in panel.collections if type(c).__name__ == "QuadMesh")
    return np.array(mesh.get_coordinates()).reshape(-1, 2), np.array(mesh.get_array()).ravel()


def check_solution(axes):
    *units, output = axes
    for panel in units:                                                     # a straight line: affine logits
        where, numbers = heat(panel)
        sure = (numbers > 1e-12) & (numbers < 1 - 1e-12)
        z    = np.log(numbers[sure] / (1 - numbers[sure]))
        Phi  = np.column_stack([np.ones(len(z)), where[sure]])
        assert Phi @ np.linalg.lstsq(Phi, z, rcond=None)[0] == pytest.approx(z, abs=1e-2)
    where, numbers = heat(output)
    for x in POINTS:
        assert (numbers[np.hypot(*(where - x).T).argmin()] > 0.5) == (x in ONES["A"])
    corners = output.lines[-1].get_xydata()[:3]
    for x in POINTS:                                                        # the triangle, by its own corners
        sides = [np.cross([*(b - a), 0], [*(np.array(x) - a), 0])[2]
                 for a, b in zip(corners, np.roll(corners, -1, axis=0))]
        assert (min(sides) > 0 or max(sides) < 0) == (x in ONES["A"])
