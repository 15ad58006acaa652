"""python -m demos batch_norm: GF, the three variances in exact fractions, and both effects over every drawn
seed."""

import re
from fractions import Fraction
from math import isfinite, sqrt
from statistics import mean, median

from nn.datasets import noisy_curve
from tests.demos.shown import curves, show
from tests.demos.printed import cells

GF = {"zbar": [-1.264911064067, -0.632455532034, 0.632455532034, 1.264911064067],
      "scaled": [-3.529822128135, -2.264911064067, 0.264911064067, 1.529822128135],
      "slopes": [0.442718872424, -0.56920997883, -0.063245553203, 0.18973665961]}


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("batch_norm", tmp_path, monkeypatch, capsys)
    check_worked(shown.printed)
    check_exploding(shown)
    check_rates(shown)


def check_worked(printed):
    table = [[float(cell) for cell in row] for row in cells(printed, "(D1-52):")]
    for column, key in zip(list(zip(*table))[2:], ("zbar", "scaled", "slopes", "slopes")):
        assert all(abs(a - b) < 1e-11 for a, b in zip(column, GF[key]))
    assert "dL/dgamma = -1.26491106407,  dL/dbeta = 1," in printed and "mu = 3, var = 2.5 (D1-50)" in printed

    z = [Fraction(n) for n in (1, 2, 4, 5, 6, 7, 9, 8, 4, 4)]
    def about(values, centre): return float(sum((v - centre) ** 2 for v in values) / len(values))
    of_batch, of_all = mean(z[:4]), mean(z)
    expected = [about(z[:4], of_batch), about(z, of_all), about(z, of_batch), about(z[:4], of_batch)]
    assert [float(row[-1]) for row in cells(printed, "(ERR-D1-11):")] == expected == [2.5, 5.8, 9.8, 2.5]


def loss_of_the_mean():
    _, Y = noisy_curve(n=12, noise=0.05)
    return sum((y - sum(Y) / 12) ** 2 for y in Y) / 24


def check_exploding(shown):
    """Every one of the five seeds explodes without batch norm and learns with it."""
    (axes,) = shown.figures["batch_norm"].axes
    line  = {dash: [list(line.get_ydata()) for line in axes.get_lines() if line.get_linestyle() == dash]
             for dash in ("-", "--", ":")}
    assert abs(line[":"][0][0] - loss_of_the_mean()) < 1e-12
    assert len(line["-"]) == len(line["--"]) == 5 and set(curves(axes)) == {"with batch norm", "without"}
    assert all(run[-1] < loss_of_the_mean() / 3 for run in line["-"])
    assert all(run[-1] > 1e40 for run in line["--"])
    for row, drawn in zip(cells(shown.printed, "(D1-53):"), (line["-"], line["--"])):
        assert all(abs(float(cell) / run[-1] - 1) < 1e-3 for cell, run in zip(row[1:], drawn))
    exponents = [int(n) for n in re.findall(r"10\^\{(\d+)\}", next(t.get_text() for t in axes.texts))]
    assert 10.0 ** (exponents[0] - 1) < min(run[-1] for run in line["--"])
    assert 10.0 ** (exponents[1] + 1) > max(run[-1] for run in line["--"])


def check_rates(shown):
    """By the drawn dots: the largest rate at which most seeds learn is larger with batch norm."""
    (axes,) = shown.figures["batch_norm_rates"].axes
    dots = {label: [ys[k:k + 5] for k in range(0, 20, 5)] for label, ys in (
        (label, sum((list(map(float, line.get_ydata())) for line in axes.get_lines()
                     if line.get_marker() == mark), []))
        for label, mark in (("with batch norm", "o"), ("without", "^")))}
    rates = [float(tick.get_text()) for tick in axes.get_xticklabels()]
    def learns(label):
        return [rate for rate, losses in zip(rates, dots[label]) if median(losses) < 0.9 * loss_of_the_mean()]
    assert learns("with batch norm") == rates == [0.01, 0.03, 0.1, 0.3]
    assert max(learns("without")) < 0.1
    low, high = axes.get_ylim()
    assert all(low < loss < high for columns in dots.values() for column in columns for loss in column)
    for rate, with_it, without in zip(rates, dots["with batch norm"], dots["without"]):
        assert rate < 0.1 or max(with_it) < min(without)
        assert rate < 0.3 or min(without) > 0.9 * loss_of_the_mean()
    top = max(max(losses) for losses in dots["without"])          # where what exploded is drawn
    for k, row in enumerate(cells(shown.printed, "(D1-61):")):
        for label, cell in zip(("with batch norm", "without"), row[1:]):
            printed = [float(one) for one in cell.split(", ")]
            assert all(abs(min(a, top) / b - 1) < 0.06 for a, b in zip(printed, dots[label][k]))
            assert label == "without" or all(isfinite(one) and one < sqrt(top) for one in printed)
