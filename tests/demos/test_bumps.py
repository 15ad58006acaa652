"""The lecture of universal approximation: bumps against indicators, their error against pi / n, random units
against a fit of their own."""

from math import pi, sin
from random import Random
from statistics import median

import numpy as np
from mpmath import exp as mp_exp
from pytest import approx

from tests.demos.printed import numbers, rows
from tests.demos.shown import curves, show

PSI = {"tanh": np.tanh, "sigmoid": lambda t: 0.5 + np.tanh(t / 2) / 2, "ReLU": lambda t: t * (t > 0),
       "sin": np.sin, "$t^2$": lambda t: t * t}


def sigmoid(z): return float(1 / (1 + mp_exp(-z)))


def test_what_is_drawn_and_printed(tmp_path, monkeypatch, capsys):
    shown = show("bumps", tmp_path, monkeypatch, capsys)
    left, middle, right = shown.figures["bumps"].axes
    one_bump(left, shown.printed)
    sines(middle, shown.printed)
    random_units(right, shown.printed)


def one_bump(axes, printed):
    drawn  = curves(axes)
    xs, ys = drawn["difference"]
    for k, edge in ((1, 0.4), (2, 0.6)):
        assert drawn[f"sigmoid {k}"][1] == approx([sigmoid(500 * (x - edge)) for x in xs], abs=1e-12)
    assert ys == approx([a - b for a, b in zip(drawn["sigmoid 1"][1], drawn["sigmoid 2"][1])], abs=1e-12)
    for row in rows(printed, "steepness 500 (D2-34)"):
        assert float(row["bump"]) == approx(float(row["should be"]), abs=5e-5)     # 0.02 from an edge


def sines(axes, printed):
    drawn = curves(axes)
    for label, (xs, ys) in drawn.items():
        for x, y in zip(xs, ys):
            if label == r"$\sin 2\pi x$":
                assert y == approx(sin(2 * pi * x))
            elif 0.05 < (x * int(label.split()[0])) % 1 < 0.95:
                n = int(label.split()[0])
                assert y == approx(sin(2 * pi * (int(x * n) + 0.5) / n), abs=1e-3)
                assert abs(y - sin(2 * pi * x)) < pi / n
    table  = rows(printed, "(D2-33, D2-34, D4-14)")
    errors = numbers(table, "sup error")
    for n, units, error in zip((4, 8, 16, 32), numbers(table, "hidden units"), errors):
        assert units == 2 * n and 0.8 * pi / n < error < pi / n
    assert errors == sorted(errors, reverse=True)


def error_of(psi, n, seed) -> float:
    """Least squares by the pseudo-inverse."""
    rng   = Random(seed)
    units = [(rng.uniform(-6, 6), rng.uniform(-6, 6)) for _ in range(n)]
    xs    = np.linspace(-1, 1, 101)
    phi   = np.stack([psi(w * xs + b) for w, b in units], axis=1)
    fit   = phi @ (np.linalg.pinv(phi, rcond=101 * np.finfo(float).eps) @ np.abs(xs))
    return np.abs(fit - np.abs(xs)).max()


def random_units(axes, printed):
    """Every psi but the polynomial comes near |x|; the square is the same for any number of units."""
    drawn, table = curves(axes), rows(printed, "(D1-18)")
    for (label, (counts, ys)), row in zip(drawn.items(), table):
        for n, y in list(zip(counts, ys))[:4]:
            assert y == approx(median(error_of(PSI[label], int(n), seed) for seed in range(5)), rel=0.05)
        assert [float(row[f"N={n:g}"]) for n in counts] == approx(ys, rel=1e-3)
        if label == "$t^2$":
            assert min(ys) >= 1 / 8 and max(ys) == approx(min(ys)) and float(row["least of all"]) >= 1 / 8
        else:
            assert ys == sorted(ys, reverse=True) and ys[-1] < 0.04
    assert list(drawn) == list(PSI)
