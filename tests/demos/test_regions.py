"""python -m demos regions: the regions are counted again from the drawn boundaries, the shares from the drawn
points."""

import re
from math import tanh
from statistics import mean, pstdev

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.path import Path

from demos import regions
from demos.common import BLUE, ORANGE
from tests.demos.shown import show
from tests.demos.printed import cells




def boundaries(axes):
    """The curves of the drawn level line: each is a chain of points."""
    lines = [c for c in axes.collections if hasattr(c, "levels") and not c.filled]
    return [curve for c in lines for path in c.get_paths() for curve in path.to_polygons(closed_only=False)]


def drawn_points(axes):
    """(x1, x2, class) of the drawn samples."""
    classes = {to_rgba(BLUE): 0, to_rgba(ORANGE): 1}
    return [(*place, classes[tuple(c.get_facecolor()[0])]) for c in axes.collections
            if not hasattr(c, "levels") for place in c.get_offsets().tolist()]


def ringed(axes):
    return next(list(zip(*line.get_data())) for line in axes.get_lines() if line.get_marker() == "o")


def orange(axes, x1, x2):
    """Whether the place is in an area that is drawn orange."""
    filled = next(c for c in axes.collections if hasattr(c, "levels") and c.filled)
    return sum(Path(curve).contains_point((x1, x2)) for curve in filled.get_paths()[1].to_polygons()) % 2 == 1


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("regions", tmp_path, monkeypatch, capsys)
    size, strength, starts = (shown.figures[f"regions_{name}"].axes
                              for name in ("size", "strength", "starts"))

    for axes in [*size, *strength]:
        count = re.search(r": (\d+) region", axes.get_title())
        right = re.search(r"right: (\d+)% of these", axes.get_title())
        assert len(boundaries(axes)) + 1 == int(count[1])         # each simple curve parts one region in two
        points = drawn_points(axes)
        assert len(points) == 50 and len(ringed(axes)) == 6
        share = mean(orange(axes, x1, x2) == bool(y) for x1, x2, y in points)
        assert abs(100 * share - int(right[1])) <= 2.5            # a point may lie on the drawn line

    few, _, many = ([len(boundaries(a)) + 1, [orange(a, *p) for p in ringed(a)]] for a in size)
    labels = {(x1, x2): bool(y) for x1, x2, y in drawn_points(size[0])}
    fitted = [sum(labels[p] == side for p, side in zip(ringed(size[0]), sides)) for _, sides in (few, many)]
    assert few[0] == 2 and many[0] >= 4 and fitted[0] <= 3 and fitted[1] == 6    # outliers, and all fitted
    islands = [Path(curve) for curve in boundaries(size[2]) if np.allclose(curve[0], curve[-1])]
    assert any(one.contains_point(place) for one in islands for place in ringed(size[2]))

    counts = [len(boundaries(axes)) + 1 for axes in strength]
    lengths = [sum(np.hypot(*np.diff(curve, axis=0).T).sum() for curve in boundaries(a)) for a in strength]
    assert counts == sorted(counts, reverse=True) and counts[-2:] == [2, 1]
    assert lengths == sorted(lengths, reverse=True) and lengths[-1] == 0

    losses, clean = ([list(line.get_ydata()) for line in a.get_lines() if line.get_label()[0] != "_"]
                     for a in starts)
    assert pstdev(losses[2]) < pstdev(losses[0]) / 5 and max(losses[2]) < min(losses[0])          # D2-38
    assert mean(clean[3]) > mean(clean[0]) + 1 and mean(clean[3]) > mean(clean[2]) + 5            # D2-39
    assert min(clean[3]) > max(clean[2])

    by_size = cells(shown.printed, "(D2-36, D2-38):")
    for row, drawn, right in zip(by_size, losses, clean):
        assert abs(float(row[4]) - mean(drawn)) < 1e-3 * mean(drawn)
        assert abs(float(row[5]) - pstdev(drawn)) < 1e-3 * pstdev(drawn)
        assert abs(100 * float(row[3]) - mean(right)) < 0.01
    in_each = [[int(count) for count in row[1].split()] for row in by_size]
    assert all(few < many for few, many in zip(in_each[0], in_each[2]))                 # in every start
    assert [row[1] for row in cells(shown.printed, "(D2-37):")][2:] == ["2 2 2 2 2", "1 1 1 1 1"]


def test_the_boundary_is_where_the_network_is_0():
    data = regions.blobs(50, 6, seed=4)
    one  = regions.train(3, 0.0, 1, data)
    xs, ys = regions.ticks(data)
    assert len(one.scores) == len(ys) and len(one.scores[0]) == len(xs)
    net = regions.MLP(2, [3, 1], "tanh", seed=1)
    regions.fit(net, data.X, data.Y, "bce_with_logits", regions.Adam(net.parameters(), lr=0.1), epochs=400,
                engine="vectorized", progress=False)
    hidden, (output,) = (layer.neurons for layer in net.layers)
    def f(x1, x2):
        return output.bias.data + sum(
            v.data * tanh(unit.bias.data + unit.weights[0].data * x1 + unit.weights[1].data * x2)
            for v, unit in zip(output.weights, hidden))
    for k, l in ((0, 0), (17, 90), (50, 50), (100, 3)):
        assert abs(one.scores[k][l] - f(xs[l], ys[k])) < 1e-9


def test_regions_are_counted():
    assert regions.regions([[1.0, 1.0], [-1.0, 1.0]]) == 2
    assert regions.regions([[1.0, -1.0], [-1.0, 1.0]]) == 4
    assert regions.regions([[1.0] * 3] * 2) == 1
    ring = [[1.0 if max(abs(k - 2), abs(l - 2)) == 1 else -1.0 for l in range(5)] for k in range(5)]
    assert regions.regions(ring) == 3
