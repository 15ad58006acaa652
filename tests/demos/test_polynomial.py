"""Polynomial: drawn fits against linear algebra, features against their formulas, and what depth does."""

import re
from math import pi, sin, tanh

import numpy as np
import pytest

from tests.demos.shown import curves, show


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("polynomial", tmp_path, monkeypatch, capsys)
    drawn = curves(shown.figures["polynomial"].axes[0])
    check_fits(drawn, shown.printed)
    check_features(shown)
    check_depth(shown)


def numbers_of(printed, start):
    """The numbers of the lines that begin so."""
    return [[float(x) for x in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", line[len(start):])]
            for line in printed.splitlines() if line.startswith(start)]


def check_fits(drawn, printed):
    x, y = map(np.array, drawn["samples"])
    assert len(x) == 12 and np.abs(y - np.sin(pi * x)).max() < 0.5
    for degree in (1, 3, 11):
        ticks, curve = map(np.array, drawn[f"degree {degree}"])
        Phi = np.vander(x, degree + 1, increasing=True)
        w   = np.linalg.solve(Phi.T @ Phi, Phi.T @ y)                       # the normal equations
        assert curve == pytest.approx(np.vander(ticks, degree + 1, increasing=True) @ w, abs=1e-6)
        if degree == 3:
            assert numbers_of(printed, "normal equations")[0] == pytest.approx(w, abs=1e-4)
            assert numbers_of(printed, "600 steps of descent")[0] == pytest.approx(w, abs=1e-4)
    assert drawn["truth"][1] == pytest.approx([sin(pi * tick) for tick in drawn["truth"][0]])
    off = {label: max(abs(y - sin(pi * x)) for x, y in zip(*curve)) for label, curve in drawn.items()
           if label not in ("truth", "samples")}
    told = {label: numbers_of(printed, label)[0][0] for label in off}
    assert told == pytest.approx(off, rel=1e-3)
    assert off["5 tanh units"] < off["degree 3"] < off["degree 1"] < off["degree 11"]
    ticks, curve = map(np.array, drawn["degree 11"])
    lagrange = [sum(yi * np.prod([(t - b) / (a - b) for b in x if b != a]) for a, yi in zip(x, y))
                for t in ticks]
    assert curve == pytest.approx(np.array(lagrange), abs=1e-6)             # through every sample


def check_features(shown):
    chosen, learned = (curves(panel) for panel in shown.figures["polynomial_features"].axes)
    for k, (ticks, curve) in enumerate(chosen.values()):
        assert curve == pytest.approx([tick ** k for tick in ticks])
    units = [row for j in range(1, 6) for row in numbers_of(shown.printed, f"     {j}  ") if len(row) == 6]
    assert len(units) == 5 == len(learned)
    for (bias, weight, a, z, w, part), (ticks, curve) in zip(units, learned.values()):
        assert a == pytest.approx(bias + 0.5 * weight, abs=2e-3) and z == pytest.approx(tanh(a), abs=2e-3)
        assert part == pytest.approx(w * z, abs=2e-3)
        assert curve == pytest.approx([tanh(bias + weight * tick) for tick in ticks], abs=2e-3)
    added, said, truth = numbers_of(shown.printed, "the complete model (D3-06)")[0]
    assert added == said == pytest.approx(sum(part for *_, part in units), abs=2e-3) and truth == sin(pi / 2)
    drawn = dict(zip(*curves(shown.figures["polynomial"].axes[0])["5 tanh units"]))
    assert drawn[0.5] == pytest.approx(said, abs=1e-6)


def tent(x, times):
    for _ in range(times):
        x = 2 * min(x, 1 - x)
    return x


def check_depth(shown):
    zigzag, few, many = shown.figures["polynomial_depth"].axes
    xs, ys = zigzag.lines[0].get_data()
    assert list(ys) == [tent(x, 4) for x in xs]                             # 2^4 pieces
    bends = sum(abs(a - 2 * b + c) > 1e-9 for a, b, c in zip(ys, ys[1:], ys[2:]))
    assert f"4 layers of 2: {1 + bends} pieces\n1 layer of 8: {8 + 1} at most" == zigzag.texts[0].get_text()
    few, many = [{what: np.array([line.get_ydata() for line in panel.lines if what in line.get_label()])
                  for what in ("training", "truth")} for panel in (few, many)]
    assert few["truth"].shape == many["truth"].shape == (3, 3)              # starts, numbers of layers
    for start in range(3):                                                  # few samples are overfitted,
        assert few["training"][start][-1] < few["training"][start][0]
        assert few["truth"][start][-1] > few["truth"][start][0]
        assert few["truth"][start][-1] > 2 * few["training"][start][-1]
    assert (many["truth"] < few["truth"]).all()                             # and more of them help
    rows = {int(layers): (int(parameters), int(slopes), *errors) for layers, parameters, slopes, *errors in
            (map(float, line.split()) for line in shown.printed.splitlines()
             if re.match(r" +[124] +\d+ +\d+( +\d\S+){4}$", line))}
    for k, layers in enumerate((1, 2, 4)):
        inputs = [1, *[5] * layers]
        units  = [*[5] * layers, 1]
        assert rows[layers][0] == sum((i + 1) * o for i, o in zip(inputs, units))
        assert rows[layers][1] == sum((2 * i + 1) * o for i, o in zip(inputs, units)) + 5 * layers
        assert rows[layers][2:] == pytest.approx([np.median(e[:, k]) for p in (few, many) for e in
                                                  (p["training"], p["truth"])], rel=1e-3)
