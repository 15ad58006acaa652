"""The lecture of momentum: its paths against exact recursions in fractions, its contours against the cost."""

from fractions import Fraction
from math import log

from pytest import approx

from tests.demos.printed import numbers, rows
from tests.demos.shown import curves, show


def exact(eta, gamma, steps) -> list[tuple]:
    """nu <- gamma nu + eta grad, w <- w - nu in fractions, from (10, 1) in (w1^2 + 100 w2^2) / 2."""
    w, nu, found = [Fraction(10), Fraction(1)], [Fraction(0), Fraction(0)], [(10, 1)]
    for _ in range(steps):
        for k, steepness in enumerate((1, 100)):
            nu[k] = Fraction(str(gamma)) * nu[k] + Fraction(str(eta)) * steepness * w[k]
            w[k] -= nu[k]
        found.append((float(w[0]), float(w[1])))
    return found


def cost(w1, w2): return (w1 * w1 + 100 * w2 * w2) / 2


def test_what_is_drawn_and_printed(tmp_path, monkeypatch, capsys):
    shown = show("momentum", tmp_path, monkeypatch, capsys)
    valley(shown.figures["momentum"])
    costs(shown)
    tables(shown.printed)


def valley(fig):
    ends = []
    for axes, gamma in zip(fig.axes, (0, 0.67)):
        path, star = axes.get_lines()
        points     = list(zip(path.get_xdata(), path.get_ydata()))
        assert [x for point in points for x in point] == approx(
            [x for point in exact(0.0195, gamma, 40) for x in point], abs=1e-9)
        (low1, high1), (low2, high2) = axes.get_xlim(), axes.get_ylim()
        assert all(low1 < a < high1 and low2 < b < high2 for a, b in points)            # the start as well
        assert (list(star.get_xdata()), list(star.get_ydata())) == ([0], [0])
        assert f"{points[-1][0]:.2g}" in axes.get_title()
        smooth_contours(axes)
        ends.append(cost(*points[-1]))
    assert ends[1] < ends[0] / 20
    first, second = ([line.get_ydata() for line in axes.get_lines()][0] for axes in fig.axes)
    assert all(a * b < 0 for a, b in zip(first, first[1:]))                 # every step is a zig-zag
    assert sum(a * b < 0 for a, b in zip(second, second[1:])) < 25


def smooth_contours(axes):
    """Each vertex of a level line is on its ellipse, and no line is a polygon."""
    for collection in axes.collections:
        for level, path in zip(collection.levels, collection.get_paths()):
            vertices = path.vertices
            assert [cost(*vertex) for vertex in vertices] == approx([level] * len(vertices), rel=0.01)
            assert len(vertices) > 80


def costs(shown):
    axes  = shown.figures["momentum_cost"].axes[0]
    drawn = {label.split(":")[0]: (label, ys) for label, (_, ys) in curves(axes).items()}
    label, ys = drawn["gradient descent"]
    assert ys == approx([100 * (99 / 101) ** (2 * k) for k in range(len(ys))], rel=1e-6)
    steps = {name: next(k for k in reversed(range(len(ys))) if ys[k] >= 1e-8) + 1
             for name, (_, ys) in drawn.items()}
    assert steps["gradient descent"] == int(log(1e10) / (2 * log(101 / 99))) + 1
    assert steps["momentum 0.67"] < steps["momentum 0.9"] < steps["gradient descent"] / 2
    assert all(label.endswith(f": {steps[name]} steps") for name, (label, _) in drawn.items())
    assert dict(zip(drawn, numbers(rows(shown.printed, "stays below"), "steps"))) == steps


def tables(printed):
    table = rows(printed, "(D3-26, GG)")
    assert [(float(row["nu"]), float(row["W"])) for row in table[:4]] == [
        (0.1, -0.1), (0.19, -0.29), (0.271, -0.561), (0.3439, -0.9049)]                 # GG
    assert numbers(table, "nu") == numbers(table, "formula") and "towards 10 eta" in printed
    for (w1, w2), row in zip(exact(0.0195, 0, 3)[1:], rows(printed, "(D0-26, D1-38, D3-21)")):
        assert (float(row["w1"]), float(row["w2"])) == approx((w1, w2), rel=1e-3)
        assert row["w1"] == row["w1 - eta w1"] and row["w2"] == row["w2 - eta 100 w2"]
