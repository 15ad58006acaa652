"""python -m demos dropout: masks in exact fractions, the crossed-out units against the drawn edges, and both
effects in every drawn start."""

import re
from fractions import Fraction
from itertools import product
from statistics import mean

import pytest
from matplotlib.collections import LineCollection

from tests.demos.shown import curves, show
from tests.demos.printed import cells


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("dropout", tmp_path, monkeypatch, capsys)
    check_masks(shown)
    check_network(shown)
    check_errors(shown)
    check_units(shown)


def check_masks(shown):
    """All 16 of them: their outputs, how likely they are, and that their mean is the scaled unit's output."""
    p, terms = Fraction(3, 4), [Fraction(n, 4) for n in (2, -8, -4, 3)]
    exact = sorted((sum(m * t for m, t in zip(mask, terms)), p ** sum(mask) * (1 - p) ** (4 - sum(mask)))
                   for mask in product((0, 1), repeat=4))
    average = sum(z * chance for z, chance in exact)
    assert average == p * sum(terms) == Fraction(-21, 16) and sum(chance for _, chance in exact) == 1
    (axes,) = shown.figures["dropout_masks"].axes
    drawn = curves(axes)
    assert sorted(zip(*drawn["each of 16 masks"])) == [tuple(map(float, pair)) for pair in exact]
    assert drawn["their average: -1.3125"][0] == drawn["weights times 0.75: -1.3125"][0] == [-1.3125] * 2
    (stems,) = [c for c in axes.collections if isinstance(c, LineCollection)]
    assert len(stems.get_segments()) == 16
    assert "= -1.3125,  (p w) . a = -1.3125" in shown.printed
    assert "= -1.75,  w . a = -1.75" in shown.printed and sum(terms) == Fraction(-7, 4)       # D4-21


def check_network(shown):
    """Every edge of the thinned network joins two units that are kept; all of those are drawn."""
    for axes, hidden in zip(shown.figures["dropout_network"].axes, (5, 3)):
        lines = axes.get_lines()
        crossed = {(line.get_xdata()[0], line.get_ydata()[0]) for line in lines if line.get_marker() == "x"}
        units   = {(line.get_xdata()[0], line.get_ydata()[0]) for line in lines if line.get_marker() == "o"}
        edges   = {tuple(zip(*line.get_data())) for line in lines if line.get_marker() == "None"}
        kept    = units - crossed
        assert len(units) == 10 and len(crossed) == 5 - hidden
        assert edges == {(a, b) for a in kept for b in kept if b[0] == a[0] + 1}
        assert len(edges) == 5 * hidden
        assert str(len(crossed)) in axes.get_title() or not crossed


def roughness(ys):
    return sum(abs(a - 2 * b + c) for a, b, c in zip(ys, ys[1:], ys[2:]))


def check_errors(shown):
    """Rougher the more is dropped, in every start; the network with all units is smoother than its masks."""
    table = [[float(cell) for cell in row] for row in cells(shown.printed, "(D4-22);")]
    assert [row[0] for row in table] == [0, 0.2, 0.5]
    assert all(none < 1 < 50 < some < more for none, some, more in list(zip(*table))[1:4])
    for axes, row in zip(shown.figures["dropout_error"].axes, table):
        drawn = curves(axes)
        training, whole = (ys for _, ys in (drawn["in training"], drawn["all units"]))
        assert roughness(training) == pytest.approx(row[1], rel=1e-3)
        assert f"rate {row[0]:g}" in axes.get_title()
        if row[0]:
            assert roughness(whole) < roughness(training) / 5
        else:
            assert training[1:] == pytest.approx(whole[:-1])        # no mask: what the step before left
            assert training == sorted(training, reverse=True)


def check_units(shown):
    """In every start a unit is missed less after dropout at 0.2 than without any; at 0.5 the error stays."""
    (axes,) = shown.figures["dropout_units"].axes
    rises   = {label: ys for label, (_, ys) in curves(axes).items()}
    assert len(rises) == 9 and all(len(ys) == 8 for ys in rises.values())
    means = [[mean(rises[f"rate {rate:g}, seed {seed}"]) for seed in range(3)] for rate in (0, 0.2, 0.5)]
    assert all(some < none / 1.5 for none, some in zip(means[0], means[1]))
    assert mean(means[2]) > 1.5 * mean(means[1])
    table = [[float(cell) for cell in row[1:]] for row in cells(shown.printed, "(D4-20);")]
    assert table == [pytest.approx(row, rel=1e-3) for row in means]
    error = {row[0]: float(row[4]) for row in cells(shown.printed, "(D4-22);")}
    assert error["0.5"] > 10 * error["0.2"]
    above = re.search(r"error (0\.\d+) with all", axes.get_title())
    assert float(above[1]) == pytest.approx(error["0.5"], rel=0.05)
