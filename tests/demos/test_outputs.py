"""The output layer and the loss define the task: what is drawn, against formulas by NumPy."""

from math import exp, log
from random import Random

import numpy as np
import pytest

from demos import outputs
from tests.demos.shown import curves, show

XS = np.linspace(-3, 3, 36)


def sigma(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    shares = np.exp(z - np.max(z, -1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


def row(printed, start):
    """The numbers of the printed row that begins so."""
    found = [line[len(start):].split() for line in printed.splitlines() if line.startswith(start)]
    assert len(found) == 1, start
    return list(map(float, found[0]))


def test_outputs(tmp_path, monkeypatch, capsys):
    shown = show("outputs", tmp_path, monkeypatch, capsys)
    heads_are_right(shown.printed)
    tasks_are_drawn(shown.figures["outputs_tasks"].axes)
    the_risk_is_drawn(shown, shown.figures["outputs_risk"].axes[0])
    neurons_are_drawn(shown, shown.figures["outputs_neuron"].axes)
    the_rest_is_drawn(shown, *shown.figures["outputs_rest"].axes)
    squared_error_is_slow(shown, *shown.figures["outputs_slow"].axes)


def heads_are_right(printed):
    """D0-13: one slope, (y - t)/m, and a loss that falls, under each head."""
    for start in ("a number   y = z (D0-09, D1-08)           half_mse ",
                  "yes or no  y = sigma(z) (D0-10)           bce_with_logits ",
                  "one of 3   y = softmax(z) (D0-11, D3-27)  cross_entropy_with_logits "):
        largest, apart = row(printed, start)
        assert largest > 0.01 and apart < 1e-16
    for start in ("a number   half_mse ", "yes or no  bce_with_logits ",
                  "one of 3   cross_entropy_with_logits "):
        before, after = row(printed, start)
        assert after < 0.3 * before
    once, twice = log(1 + exp(-2)), log(1 + exp(-1 / (1 + exp(-2))))             # ERR-D0-11
    assert f"costs {once:.4f}; sigmoid twice (ERR-D0-11) costs {twice:.4f}" in printed
    assert f"never less than {log(1 + exp(-1)):.4f}" in printed


def tasks_are_drawn(axes):
    """Sums without bounds above; below themselves, their sigmoid, their softmax (D0-09 to D0-12, D2-28)."""
    tops, bottoms = axes[:3], axes[3:]
    assert len({top.get_ylim() for top in tops}) == 1
    assert bottoms[1].get_ylim() == bottoms[2].get_ylim()
    z, y = ([np.array([ys for _, ys in curves(one).values()]) for one in row] for row in (tops, bottoms))
    assert [len(one) for one in z] == [1, 1, 3]
    assert y[0] == pytest.approx(z[0])
    assert y[1] == pytest.approx(sigma(z[1]), rel=1e-9)
    assert y[2] == pytest.approx(softmax(z[2].T).T, rel=1e-9)
    assert y[2].sum(0) == pytest.approx(np.ones(121))
    for sums in z:
        assert sums.min() < 0 < 1 < sums.max()
    assert y[0].min() < -1 and y[0].max() > 2 and 0 <= y[1].min() < 0.01 and 0.99 < y[1].max() <= 1
    assert [xs[int(np.argmax(ys))] < 0 for xs, ys in curves(bottoms[2]).values()] == [True, False, False]
    for column, count in ((0, 36), (1, 36)):
        points = np.asarray(bottoms[column].collections[0].get_offsets())
        assert len(points) == count and points[:, 0] == pytest.approx(XS)
    near = np.interp(XS, np.linspace(-3, 3, 121), y[0][0])
    targets = np.asarray(bottoms[0].collections[0].get_offsets())[:, 1]
    assert np.abs(near - targets).mean() < 0.5 < np.abs(targets).mean()
    assert sum(len(points.get_offsets()) for points in bottoms[2].collections) == 36


def the_risk_is_drawn(shown, axes):
    """D0-23, D3-28: every sample on -ln y, and the risk is their mean."""
    points = np.concatenate([np.asarray(found.get_offsets()) for found in axes.collections])
    assert len(points) == 36
    assert points[:, 1] == pytest.approx(-np.log(points[:, 0]))
    (label, (_, heights)), = curves(axes).items()
    assert heights == pytest.approx([points[:, 1].mean()] * 2) and f"{heights[0]:.3f}" in label
    assert f"by the engine {heights[0]:.6f}, the mean of -ln y_t (D0-23) {heights[0]:.6f}" in shown.printed
    lines = shown.printed.split("one sample,")[1].splitlines()[4:7]
    table = [list(map(float, line.split())) for line in lines]
    z = np.array([cells[1] for cells in table])
    assert [cells[3] for cells in table] == pytest.approx(softmax(z), rel=2e-3)                 # D3-27
    assert max(cells[4] for cells in table) == pytest.approx(-np.log(softmax(z)[1]), rel=5e-3)


def neurons_are_drawn(shown, axes):
    """Planes, lines and rings belong to the printed weights, which no other weights beat."""
    X, Y = map(np.array, outputs.clouds())
    w = {name: np.array(row(shown.printed, name)) for name in ("sigmoid (D2-08)", "softmax of (0, z) (D2-09)",
                                                              "SVM (D2-10)")}
    sigmoid, other, svm = w.values()
    assert (sigmoid == other).all()
    ones = np.column_stack([X, np.ones(len(X))])
    slope = ones.T @ (sigma(ones @ sigmoid) - Y) / len(X) + 0.05 * sigmoid * [1, 1, 0]           # D2-09
    assert np.abs(slope).max() < 1e-3                                               # printed to 4 digits
    s = 2 * Y - 1
    def cost(v): return np.maximum(0, 1 - s * (ones @ v)).mean() + 0.025 * (v[:2] ** 2).sum()    # D2-10
    rng = np.random.default_rng(0)
    others = [svm + rng.normal(0, size, 3) for size in (0.03, 0.3) for _ in range(200)]
    assert cost(svm) <= min(map(cost, others)) + 2e-4
    for panel, weights, levels in zip(axes, w.values(), ((-log(9), log(9)),) * 2 + ((-1, 1),)):
        for line, level in zip(panel.get_lines(), levels, strict=True):
            for x, y in zip(*line.get_data()):
                assert weights @ [x, y, 1] == pytest.approx(level, abs=0.01)
    planes = [np.asarray(panel.collections[0].get_array(), float).ravel() for panel in axes]
    assert planes[0] == pytest.approx(planes[1], abs=1e-12) and 0 < planes[0].min() < planes[0].max() < 1
    assert planes[2].min() < -2 and planes[2].max() > 2
    rings = np.asarray(axes[2].collections[-1].get_offsets())
    assert sorted(map(tuple, rings)) == sorted(map(tuple, X[s * (ones @ svm) <= 1.01]))
    assert f"held by {len(rings)} of the 28 samples" in shown.printed and len(rings) < 10


def the_rest_is_drawn(shown, left, right):
    """D4-47: raising z_t lowers each of the rest; a step of descent lowers their sum, not always each."""
    zs = np.array(curves(left)["class 0"][0])
    drawn = np.array([ys for _, ys in curves(left).values()])
    assert drawn == pytest.approx(softmax(np.column_stack([zs, 0 * zs + 1.5, 0 * zs])).T)
    assert (np.diff(drawn[0]) > 0).all() and (np.diff(drawn[1:]) < 0).all()
    start  = np.array([-2.0, 3, -2])
    change = softmax(start - softmax(start) + [1, 0, 0]) - softmax(start)
    bars   = [bar.get_height() for bar in right.patches]
    assert bars == pytest.approx(change)
    assert bars[0] > 0 > bars[1] and bars[2] > 0 > bars[1] + bars[2]
    rng   = Random(0)
    start = np.array([[rng.gauss(0, 2) for _ in range(3)] for _ in range(1000)])
    change = softmax(start - softmax(start) + [1, 0, 0]) - softmax(start)
    each, whole = (change[:, 1:].max(1) < 0).sum(), (change[:, 1:].sum(1) < 0).sum()
    assert whole == 1000 and 400 < each < 700
    assert f"from {each} of 1000 starts, their sum from {whole}" in right.get_title()
    assert row(shown.printed, "the rest in sum ") == [whole]
    assert row(shown.printed, "each of the rest") == [each]


def squared_error_is_slow(shown, left, right):
    """D4-46: from every saturated, wrong start the squared error takes at least four times the steps."""
    assert left.get_ylim() == right.get_ylim()
    for z in (-3, -5, -7):
        for name, slope in (("cross-entropy", lambda y: y - 1),
                            ("squared error", lambda y: 2 * (y - 1) * y * (1 - y))):
            _, drawn = curves(left)[f"{name}, {z:.1f}"]
            assert drawn == pytest.approx(descent(z, slope, len(drawn)), rel=1e-6, abs=1e-12)
    for panel, starts, name in ((left, ("-3.0", "-5.0", "-7.0"), "one logit at "),
                                (right, "01234", "a neuron turned round, clouds ")):
        drawn = curves(panel)
        assert len(drawn) == 2 * len(starts)
        for start in starts:
            bce, square = drawn[f"cross-entropy, {start}"][1], drawn[f"squared error, {start}"][1]
            assert bce[0] == square[0] > 0.85 and bce[-1] < 0.05 > square[-1]
            if panel is right:
                assert bce    == pytest.approx(turned(int(start), lambda y, t: y - t, len(bce)), rel=1e-6)
                assert square == pytest.approx(turned(int(start), lambda y, t: 2 * (y - t) * y * (1 - y),
                                                      len(square)), rel=1e-6)
            fast, slow = (next(k for k, error in enumerate(run) if error < 0.25) for run in (bce, square))
            assert fast < 10 and slow > 4 * fast
            assert row(shown.printed, f"{name}{float(start):g} ") == [fast, slow]
    assert descent(-0.1, lambda y: 2 * (y - 1) * y * (1 - y), 2)[1] < 0.25                      # ERR-D4-11
    assert "takes 1 step by cross-entropy, 1 by squared error" in shown.printed


def turned(seed, slope, steps):
    """The mean of (y - t)^2 of a neuron along steps of rate 1 from weights of the wrong sign."""
    X, t = map(np.array, outputs.clouds(seed))
    X, w, found = np.column_stack([X, np.ones(len(X))]), np.array([-6.0, -3, 0]), []
    for _ in range(steps):
        y = sigma(X @ w)
        found.append(((y - t) ** 2).mean())
        w = w - X.T @ slope(y, t) / len(X)
    return found


def descent(z, slope, steps):
    """(y - 1)^2 along steps of rate 1 from z."""
    found = []
    for _ in range(steps):
        y = 1 / (1 + exp(-z))
        found.append((y - 1) ** 2)
        z -= slope(y)
    return found
