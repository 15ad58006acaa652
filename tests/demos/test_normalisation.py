"""The lecture of input normalisation: contours, condition numbers and paths against NumPy, zig-zags against
a plain recomputation."""

import re
from math import dist
from random import Random

import numpy as np
from pytest import approx

from demos.normalisation import data
from tests.demos.printed import numbers, rows
from tests.demos.shown import show


def test_what_is_drawn_and_printed(tmp_path, monkeypatch, capsys):
    shown = show("normalisation", tmp_path, monkeypatch, capsys)
    valleys(shown)
    zigzags(shown)
    signs(shown.printed)


def valleys(shown):
    """Level lines of 1/2 mean (w . x - y)^2, and the descent on it at rate 1 / largest curvature."""
    X, Y   = map(np.array, data())
    X, Y   = X - X.mean(0), Y - Y.mean()
    conditions, reached = [], []
    for axes, inputs in zip(shown.figures["normalisation"].axes, (X, X / X.std(0))):
        H    = inputs.T @ inputs / len(Y)
        best = np.linalg.solve(H, inputs.T @ Y / len(Y))
        conditions.append(np.linalg.cond(H))
        path, star = axes.get_lines()
        w, found   = np.array([-2.0, 2.0]), list(zip(path.get_xdata(), path.get_ydata()))
        for point in found:
            assert point == approx(tuple(w), abs=1e-9)
            w = w - H @ (w - best) / np.linalg.norm(H, 2)
        assert [*star.get_xdata(), *star.get_ydata()] == approx(list(best))
        (low1, high1), (low2, high2) = axes.get_xlim(), axes.get_ylim()
        assert all(low1 < a < high1 and low2 < b < high2 for a, b in found)             # the start as well
        lines = [(level, piece) for each in axes.collections
                 for level, line in zip(each.levels, each.get_paths())
                 if len(line.vertices) for piece in np.split(line.vertices, *np.nonzero(line.codes == 1))[1:]]
        assert len({level for level, _ in lines}) > 7
        for level, piece in lines:
            assert [v @ H @ v / 2 for v in piece[::7] - best] == approx([level] * len(piece[::7]), rel=0.05)
            assert max(map(dist, piece, piece[1:])) < 0.04                              # no polygons
        assert f"condition number {conditions[-1]:.1f}" in axes.get_title()
        reached.append(dist(found[-1], best))
    assert conditions[0] > 20 * conditions[1] and reached[0] > 0.3 > 1e-3 > reached[1]
    assert len({axes.get_ylim() for axes in shown.figures["normalisation"].axes}) == 1
    table = rows(shown.printed, "along the valley")
    assert numbers(table, "condition number") == approx(conditions, rel=1e-3)
    r = abs(np.corrcoef(X.T)[0, 1])
    assert f"r = {r:.2f}" in shown.printed and f"= {(1 + r) / (1 - r):.3f}" in shown.printed
    raw, training, test = rows(shown.printed, "deviation of the two inputs")
    assert [float(training[name]) for name in list(training)[1:]] == [0, 0, 1, 1]
    plain = np.array(data()[0])
    other = (np.array(data(seed=1)[0]) - plain.mean(0)) / plain.std(0)
    assert [float(test[name]) for name in list(test)[1:]] == approx([*other.mean(0), *other.std(0)], rel=1e-3)
    assert [float(raw[name]) for name in list(raw)[1:]] == approx([*plain.mean(0), *plain.std(0)], rel=1e-3)


def steps(shift, batch, seed) -> list[tuple]:
    """w - 0.2 mean (w . x - t) x, plainly."""
    rng, w = Random(seed), (0.0, 0.0)
    found  = [w]
    for _ in range(200):
        X  = [(shift + rng.random(), shift + rng.random()) for _ in range(batch)]
        es = [w[0] * a + w[1] * b - (a - b) for a, b in X]
        w  = tuple(w[j] - 0.2 * sum(e * x[j] for e, x in zip(es, X)) / batch for j in (0, 1))
        found.append(w)
    return found


def zigzags(shown):
    """All positive: both weights move one way at every step of every seed; in batches or centred, not so."""
    shares, lengths = [], []
    for axes, (shift, batch) in zip(shown.figures["zigzag"].axes, ((0, 1), (0, 16), (-0.5, 1))):
        paths = [steps(shift, batch, seed) for seed in range(10)]
        moves = [[(b[0] - a[0]) * (b[1] - a[1]) > 0 for a, b in zip(path, path[1:])] for path in paths]
        shares.append(sum(map(sum, moves)) / 2000)
        lengths.append(sum(sum(map(dist, p, p[1:])) / dist(p[0], p[-1]) for p in paths) / 10)
        drawn = [list(zip(line.get_xdata(), line.get_ydata())) for line in axes.get_lines()
                 if len(line.get_xdata()) > 100]
        assert len(drawn) == 4
        for seed, path in zip((1, 2, 3, 0), drawn):
            assert [x for point in path for x in point] == approx([x for point in paths[seed] for x in point])
        assert re.search(rf": {shares[-1]:.0%}$", axes.get_title())
        assert axes.get_xlim()[0] < 0 < axes.get_ylim()[1]
    table = rows(shown.printed, "(D2-15, D2-41)")
    assert numbers(table, "steps that move both weights the same way") == approx(shares, rel=1e-3)
    assert numbers(table, "length of the path / distance") == approx(lengths, rel=1e-3)
    assert shares[0] == 1 and max(shares[1:]) < 0.6 and lengths[0] > 1.5 * max(lengths[1:])


def signs(printed):
    first, second, both = rows(printed, "(D2-15)")
    assert [(float(row["dL/dw1"]), float(row["dL/dw2"])) for row in (first, second, both)] == [
        (1, 0.1), (-0.1, -1), (0.9, -0.9)]
