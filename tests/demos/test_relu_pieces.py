"""ReLU pieces: drawn kinks, slopes and errors against exact fractions and formulas; what training does."""

import re
from fractions import Fraction
from math import pi, sin

import numpy as np
import pytest

from tests.demos.shown import curves, show

UNITS = [(Fraction("0.5"), Fraction(1), Fraction(1)), (Fraction(-1), Fraction(2), Fraction(-2)),
         (Fraction("0.9"), Fraction("-0.6"), Fraction(3))]                  # (W^(j,0), W^(j,1), w_j) of D3-07


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("relu_pieces", tmp_path, monkeypatch, capsys)
    left, right = shown.figures["relu_pieces"].axes
    check_three_units(left, shown.printed)
    check_interpolation(curves(right), shown.printed)
    check_plane(shown.figures["relu_plane"].axes[0], shown.printed)
    check_training(shown.figures["relu_training"].axes)
    check_jointly(*shown.figures["relu_joint"].axes)
    drawing = (tmp_path / "relu_nn.svg").read_text(encoding="utf-8")        # D3-30: the figure nn
    assert all(name in drawing for name in ("x2", "a1[3]", "z2[2]")) and "a1[4]" not in drawing


def exact(x):
    return sum(w * max(Fraction(0), offset + slope * Fraction(x)) for offset, slope, w in UNITS)


def check_three_units(panel, printed):
    drawn = curves(panel)
    kinks = [-offset / slope for offset, slope, _ in UNITS]
    assert drawn["kinks"] == (pytest.approx([float(k) for k in kinks]),
                              pytest.approx([float(exact(k)) for k in kinks]))
    xs, ys = drawn["sum"]
    assert ys == pytest.approx([float(exact(x)) for x in xs], abs=1e-12)
    active = [text.get_text() for text in panel.texts[1:]]
    for text, x, shown in zip(active, (-1, 0, 1, 2), re.findall(r"\[([\d, ]+)\] +(\S+) +(\S+)", printed)):
        mine = [j for j, (offset, slope, _) in enumerate(UNITS) if offset + slope * x > 0]
        assert text == shown[0] == ", ".join(str(j + 1) for j in mine)      # ERR-D3-7: a set, not one unit
        assert float(shown[1]) == float(shown[2]) == float(sum(UNITS[j][2] * UNITS[j][1] for j in mine))
    assert len(active) == 4


def check_interpolation(drawn, printed):
    knots, at = drawn["knots"]
    assert len(knots) == 9 and at == pytest.approx([sin(t) for t in knots], abs=1e-12)
    xs, ys = map(np.array, drawn["8 ReLU units"])
    assert ys[xs <= 2 * pi] == pytest.approx(np.interp(xs[xs <= 2 * pi], knots, at), abs=1e-9)
    slope = (at[8] - at[7]) / (knots[8] - knots[7])
    assert ys[xs > 2 * pi] == pytest.approx(slope * (xs[xs > 2 * pi] - 2 * pi), abs=1e-9)    # straight on
    for n in (4, 8, 16, 32, 64):
        error, bound, beyond = map(float, re.search(rf"^ ?{n} +(\S+) +(\S+) +(\S+)$", printed, re.M).groups())
        h, knots = 2 * pi / n, np.linspace(0, 2 * pi, n + 1)
        fine     = np.linspace(0, 2 * pi, 10001)
        largest  = abs(np.interp(fine, knots, np.sin(knots)) - np.sin(fine)).max()
        assert error == pytest.approx(largest, rel=2e-3)
        assert error <= bound * 1.0001 and bound == pytest.approx(h * h / 8, rel=1e-3)
        assert beyond == pytest.approx(2 * pi * sin(h) / h, rel=1e-3)       # the last slope is sin(h)/h


def check_plane(panel, printed):
    """The level lines are straight but at the three lines."""
    heat    = next(c for c in panel.collections if type(c).__name__ == "QuadMesh")
    z, grid = np.array(heat.get_array()).reshape(81, 81), np.linspace(-2, 2, 81)
    rows    = [list(map(float, row)) for row in
               re.findall(r"^\((1\.0), (\S+), (\S+)\) +(\S+) +(\S+)$", printed, re.M)]
    assert len(rows) == 3
    for _, x1, x2, by_hand, by_engine in rows:
        drawn = z[abs(grid - x2).argmin(), abs(grid - x1).argmin()]
        assert by_hand == by_engine == pytest.approx(drawn, rel=1e-3)
    bent = abs(z[:, :-2] - 2 * z[:, 1:-1] + z[:, 2:]) > 1e-9                # along x1
    near = np.zeros_like(bent)
    lines = [line.get_xydata() for line in panel.lines]
    assert len(lines) == 3
    for (xa, ya), (xb, yb) in lines:
        for i, x2 in enumerate(grid):
            crossing = xa + (x2 - ya) * (xb - xa) / (yb - ya)
            near[i] |= abs(grid[1:-1] - crossing) < 0.0501                  # within a step of the grid
    assert bent.any() and not (bent & ~near).any()


def straight_at(xs, ys, kinks):
    """The largest second difference of a curve away from the kinks, and the largest of all."""
    bend = abs(ys[:-2] - 2 * ys[1:-1] + ys[2:])
    away = np.min([abs(xs[1:-1] - k) for k in kinks], axis=0) > xs[1] - xs[0]
    return bend[away].max(), bend.max()


def check_training(panels):
    losses, spreads = [], []
    for panel, epoch in zip(panels, (0, 20, 80, 400)):
        target, curve, marks = (line.get_xydata().T for line in panel.lines)
        assert target[1] == pytest.approx(np.sin(target[0]))
        away, all_of_it = straight_at(*curve, marks[0])
        assert away < 1e-9 < all_of_it                                      # bent at the marks alone
        off  = np.interp(np.linspace(-pi, pi, 25), *curve) - np.sin(np.linspace(-pi, pi, 25))
        told = float(re.fullmatch(rf"epoch {epoch}: loss (\S+)", panel.get_title()).group(1))
        assert told == pytest.approx(np.mean(off ** 2), rel=0.06)
        losses.append(told)
        spreads.append(np.ptp(marks[0]))
    assert spreads[0] == 0 and spreads == sorted(spreads) and spreads[-1] > 4   # D3-33
    assert losses == sorted(losses, reverse=True) and losses[-1] < 0.01 * losses[0]


def check_jointly(fits, errors):
    """D3-32: no linear model of features |x| and x, all that kinks at 0 can give, does better than that."""
    xs   = np.linspace(-pi, pi, 25)
    Phi  = np.array([xs ** 0, xs, abs(xs)]).T
    w    = np.linalg.lstsq(Phi, np.sin(xs), rcond=None)[0]
    best = np.mean((Phi @ w - np.sin(xs)) ** 2)
    drawn = curves(errors)
    assert drawn["fixed features"][1] == pytest.approx([best] * 5, rel=1e-6)
    assert max(drawn["learned jointly"][1]) < 0.05 * best                   # for all five starts
    for label, name in (("fixed", "fixed features"), ("jointly", "learned jointly")):
        loss = np.mean((np.interp(xs, *curves(fits)[label]) - np.sin(xs)) ** 2)
        assert loss == pytest.approx(drawn[name][1][0], rel=0.02)           # the curve is that of start 0
