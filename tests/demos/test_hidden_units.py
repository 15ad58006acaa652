"""Hidden units: drawn maps and lines against their printed numbers, the film's last picture, and shapes."""

import re
from math import exp, hypot

import numpy as np
import pytest

from tests.demos.shown import show

CORNERS, XOR = [(0, 0), (0, 1), (1, 0), (1, 1)], (0, 1, 1, 0)


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("hidden_units", tmp_path, monkeypatch, capsys)
    check_by_hand(shown.printed)
    two, three = (int(re.search(rf"^ +{h} +(\d+)$", shown.printed, re.M).group(1)) for h in (2, 3))
    assert 0 < two <= three <= 10                                           # a tendency, of these ten starts
    for fig, hidden in ((shown.figures["xor_2_units"], 2), (shown.figures["xor_3_units"], 3),
                        (shown.films["xor_2_units"][-1], 2)):
        check_maps(fig.axes, hidden)
    steps = [int(re.search(r"step (\d+)", fig.get_suptitle()).group(1)) for fig in shown.films["xor_2_units"]]
    assert steps == sorted(set(steps)) and steps[0] == 0
    check_features(*shown.figures["xor_features"].axes, shown.printed)
    check_shapes(shown.figures["shapes"].axes, shown.printed)


def sigmoid(z):
    return 1 / (1 + exp(-z))


def check_by_hand(printed):
    rows = re.findall(r"^ ?(\d) +(\d) +(\S+) +(\S+) +(\S+) +(\S+) +(\d)$", printed, re.M)
    assert len(rows) == 4
    for *row, target in rows:
        x1, x2, *numbers = map(float, row)
        h1, h2 = sigmoid(20 * x1 + 20 * x2 - 10), sigmoid(-20 * x1 - 20 * x2 + 30)
        y      = sigmoid(20 * h1 + 20 * h2 - 30)
        assert numbers == pytest.approx([h1, h2, y, y], rel=1e-3) and round(y) == int(target)


def heat(panel):
    """(points, numbers) of the heat map."""
    mesh = next(c for c in panel.collections if type(c).__name__ == "QuadMesh")
    return np.array(mesh.get_coordinates()).reshape(-1, 2), np.array(mesh.get_array()).ravel()


def at(panel, x):
    """The number at the nearest point of the heat map."""
    where, numbers = heat(panel)
    return numbers[np.hypot(*(where - x).T).argmin()]


def check_maps(panels, hidden):
    """Each hidden unit's logits are an affine function of the inputs: a straight line divides its map."""
    *units, output = panels
    assert len(units) == hidden
    for panel in units:
        where, numbers = heat(panel)
        z   = np.log(numbers / (1 - numbers))
        Phi = np.column_stack([np.ones(len(z)), where])
        assert Phi @ np.linalg.lstsq(Phi, z, rcond=None)[0] == pytest.approx(z, abs=1e-6 * abs(z).max())
    assert [round(at(output, x)) for x in CORNERS] == list(XOR) and "4 of 4" in output.get_title()


def check_features(inputs, features, printed):
    def marks(panel, size=220):
        return [list(map(float, p)) for c in panel.collections if type(c).__name__ == "PathCollection"
                for p in c.get_offsets()]
    told = re.findall(r"^ ?(\d) +(\d) +(\S+) +(\S+) +(\d)$", printed, re.M)
    assert len(told) == 4 and [int(t) for *_, t in told] == list(XOR)
    assert sorted(marks(inputs)) == sorted(map(list, CORNERS))
    assert np.array(sorted(marks(features))) == pytest.approx(
        np.array(sorted([float(h1), float(h2)] for _, _, h1, h2, _ in told)), abs=1e-3)
    for _, _, h1, h2, t in told:                                            # the output's line divides them
        assert round(at(features, (float(h1), float(h2)))) == int(t)
    where, numbers = heat(features)
    z   = np.log(numbers / (1 - numbers))
    Phi = np.column_stack([np.ones(len(z)), where])
    assert Phi @ np.linalg.lstsq(Phi, z, rcond=None)[0] == pytest.approx(z, abs=1e-6 * abs(z).max())


def check_shapes(panels, printed):
    """D4-14: the best share of each number of units, read off the map at the points of the grid."""
    grid = [(-1 + i / 7, -1 + j / 7) for i in range(15) for j in range(15)]
    best = []
    for panel, hidden in zip(panels, (1, 2, 3, 8)):
        right = np.mean([(at(panel, x) > 0.5) == (hypot(*x) < 0.62) for x in grid])
        told, *starts = map(float, re.search(rf"^ +{hidden} +(0\S+) +(\S+) +(\S+) +(\S+)$", printed,
                                             re.M).groups())
        assert panel.get_title().endswith(f"{right:.1%} right") and told == max(starts)
        assert right == pytest.approx(told, abs=1e-4)
        best.append(right)
    assert best == sorted(best) and best[0] < 0.75 and best[-1] > 0.98
