"""python -m demos batches: gradients in exact fractions, matrices by their formulas, and what is drawn of
training."""

import re
from fractions import Fraction
from itertools import combinations
from math import sin, tanh
from statistics import mean, pvariance

import pytest

from demos import batches
from nn import MLP
from nn.datasets import noisy_curve
from tests.demos.shown import show
from tests.demos import printed as tables

EXACT = [(Fraction(str(x)), Fraction(str(y))) for x, y in
         [(0.5, 0.2), (1.0, 1.4), (-0.7, -0.3), (1.5, 1.1), (-1.2, -1.9), (0.3, 0.6)]]


def slope(x, y): return 2 * (Fraction(3, 10) * x - y) * x


@pytest.fixture
def shown(tmp_path, monkeypatch, capsys):
    return show("batches", tmp_path, monkeypatch, capsys)


def test_what_it_shows(shown):
    check_matrices(shown)
    check_gradients(shown)
    check_objective(shown.printed)
    check_step(shown.printed)
    check_price(shown)
    check_sum(shown)


def check_matrices(shown):
    """Each column is what the formulas make of the sample in it."""
    X, Z, A, Y = ([[float(t) for t in row] for row in matrix] for matrix in map(cells, shown.figures[
        "batches_matrices"].axes))
    hidden, (output,) = (layer.neurons for layer in MLP(2, [3, 1], "tanh", seed=4).layers)
    assert [len(X), len(Z), len(A), len(Y)] == [2, 3, 3, 1] and {len(row) for row in [*X, *Z, *A, *Y]} == {4}
    for i in range(4):
        for k, unit in enumerate(hidden):
            z = unit.bias.data + sum(w.data * X[j][i] for j, w in enumerate(unit.weights))
            assert abs(Z[k][i] - z) < 0.0051 and abs(A[k][i] - tanh(z)) < 0.0051
        z = output.bias.data + sum(w.data * tanh(Z[k][i]) for k, w in enumerate(output.weights))
        assert abs(Y[0][i] - z) < 0.02
    difference = re.search(r"samples one by one: (\S+)", shown.printed)
    assert float(difference[1]) < 1e-14


def cells(axes):
    """The texts on the squares, row by row."""
    texts = {tuple(reversed(text.get_position())): text.get_text() for text in axes.texts}
    (image,) = axes.get_images()
    height, width = image.get_array().shape
    return [[texts[k, i] for i in range(width)] for k in range(height)]


def check_gradients(shown):
    left, right = shown.figures["batches_gradients"].axes
    full = mean(slope(*sample) for sample in EXACT)
    labelled = {line.get_label(): list(line.get_ydata()) for line in left.get_lines()}
    variances = []
    for B in (1, 2, 3, 6):
        exact = [mean(slope(*sample) for sample in batch) for batch in combinations(EXACT, B)]
        assert mean(exact) == full                                          # exactly: these are fractions
        assert max(abs(a - b) for a, b in zip(labelled[f"B = {B}"], exact, strict=True)) < 1e-12
        variances.append(pvariance(exact))
        assert variances[-1] == variances[0] / B * (6 - B) / Fraction(5)
    assert variances == sorted(variances, reverse=True)
    for row, variance in zip(tables.cells(shown.printed, "(D3-23, D3-25):"), variances):
        assert [float(cell) for cell in row[2:]] == pytest.approx([full, full, variance, variance], rel=1e-5)

    shares = [list(line.get_ydata()) for line in right.get_lines() if line.get_label()[0] != "_"]
    means  = [mean(column) for column in shares]
    assert means == sorted(means, reverse=True) and means[0] > 1.5 * means[-1]
    for row, column in zip(tables.cells(shown.printed, "(D3-34):"), shares):
        assert all(abs(float(cell.strip("%")) - share) < 0.051 for cell, share in zip(row[1:], column))


def check_objective(printed):
    """The sum is 6 times the mean, in value and slope, and so is a sum of what is a mean already."""
    R = mean((Fraction(3, 10) * x - y) ** 2 for x, y in EXACT)
    g = mean(slope(*sample) for sample in EXACT)
    found = [[float(cell) for cell in row[1:]]
             for row in tables.cells(printed, "the objective of 6 samples:")]
    assert found == [pytest.approx([k * R, k * g], rel=1e-5) for k in (1, 6, 6)]


def check_step(printed):
    """Slopes by the formulas of back-propagation; every layer moves by -eta times its own."""
    table = {row[1]: [float(cell) for cell in row[2:]] for row in tables.cells(printed, "(D3-22):")}
    w, b, v, c = ([table[name][0] for name in names] for names in (
        ("W1[1,1]", "W1[2,1]"), ("b1[1]", "b1[2]"), ("W2[1,1]", "W2[1,2]"), ("b2[1]",)))
    exact = dict.fromkeys(table, 0.0)
    for x, y in [(float(x), float(y)) for x, y in EXACT]:
        a = [tanh(w[k] * x + b[k]) for k in (0, 1)]
        error = 2 * (c[0] + v[0] * a[0] + v[1] * a[1] - y) / 6
        exact["b2[1]"] += error
        for k in (0, 1):
            delta = error * v[k] * (1 - a[k] ** 2)
            exact[f"W2[1,{k + 1}]"] += error * a[k]
            exact[f"W1[{k + 1},1]"] += delta * x
            exact[f"b1[{k + 1}]"]   += delta
    for name, (before, g, formula, after) in table.items():
        assert abs(g - exact[name]) < 2e-3 and formula == after
        assert abs(before - 0.1 * g - after) < 1e-3


def check_price(shown):
    """In all three seeds: 10, 60 and 480 steps for the same price, and the lower risk the more steps."""
    ends = []
    for B, panel in zip((48, 8, 1), shown.figures["batches"].axes):
        lines = [(list(line.get_xdata()), list(line.get_ydata())) for line in panel.get_lines()]
        assert all(xs == list(range(0, 481, B)) for xs, _ in lines)
        ends.append([ys[-1] for _, ys in lines])
        starts = [ys[0] for _, ys in lines]
        assert starts == [pytest.approx(risk_of(seed)) for seed in range(3)]
        if B == 48:
            assert all(ys == sorted(ys, reverse=True) for _, ys in lines)           # it falls in every step
    assert all(full > batch > single for full, batch, single in zip(*ends))
    table = tables.cells(shown.printed, "at the end:")
    assert [[float(cell) for cell in row[2:]] for row in table] == [pytest.approx(row, rel=1e-3)
                                                                    for row in ends]
    assert [row[:2] for row in table] == [["48", "10"], ["8", "60"], ["1", "480"]]


def risk_of(seed):
    """The risk of an untrained 1-8-1 network over all 48 samples: (1/N) sum of l_i (D3-13)."""
    X, Y = noisy_curve(sin, n=48, noise=0.1, seed=3)
    hidden, (output,) = (layer.neurons for layer in MLP(1, [8, 1], "tanh", seed=seed).layers)
    return mean((sum(v.data * tanh(unit.weights[0].data * x + unit.bias.data)
                     for v, unit in zip(output.weights, hidden))
                 + output.bias.data - y) ** 2 for (x,), y in zip(X, Y))


def check_sum(shown):
    (axes,) = shown.figures["batches_sum"].axes
    mean_, sum_ = (list(line.get_ydata()) for line in axes.get_lines()[:2])
    assert mean_[0] == sum_[0] and mean_[-1] < 1e-10 and sum_[-1] > 1e50
    assert "1.6" in axes.get_title() and f"{float(f'{sum_[-1]:.4g}'):g}"[:4] in shown.printed


def test_one_sample_is_the_whole_batch_of_one():
    assert batches.gradient([(2.0, 1.0)]) == pytest.approx(2 * (0.3 * 2 - 1) * 2)
