"""The lecture of clipping: arrows, steps from the wall and swings against plain recomputations."""

from math import exp, hypot, sqrt
from random import Random
from statistics import median

from pytest import approx

from tests.demos.printed import numbers, rows
from tests.demos.shown import curves, show


def test_what_is_drawn_and_printed(tmp_path, monkeypatch, capsys):
    shown = show("clipping", tmp_path, monkeypatch, capsys)
    directions(shown)
    wall(shown)
    swings(shown)


def directions(shown):
    axes   = shown.figures["clipping"].axes[0]
    arrows = [text.xy for text in axes.texts if not text.get_text()]
    assert arrows == [approx((3, 4)), approx((1, 1)), approx((0.6, 0.8))]
    circle, square = axes.get_lines()
    assert [hypot(*point) for point in zip(circle.get_xdata(), circle.get_ydata())] == approx([1] * 101)
    assert list(zip(square.get_xdata(), square.get_ydata())) == [(0, 1), (1, 1), (1, 0)]
    for row in rows(shown.printed, "(D4-43)"):
        g, norm, value = (tuple(map(float, row[name].strip("()").split(", ")))
                          for name in ("gradient", "by norm", "by value"))
        limit = float(row["limit"])
        shrink = min(1, limit / hypot(*g)) if any(g) else 1
        assert norm == approx([x * shrink for x in g], rel=1e-3)
        assert value == approx([min(max(x, -limit), limit) for x in g])
        if any(g):
            turn = sum(a * b for a, b in zip(g, value)) / hypot(*g) / hypot(*value)
            found = float(row["cosine of norm"]), float(row["cosine of value"])
            assert found == approx((1, turn), rel=1e-3)
    assert f"cosine {(5 + 10) / (sqrt(2) * hypot(5, 10)):.5f} (ERR-D4-8)" in shown.printed


def wall(shown):
    """The cost falls by 0.2 w + 8 e^(8 (w - 2)); clipped, that slope is at most 1."""
    _, cliff, by_step = shown.figures["clipping"].axes
    line = cliff.get_lines()[0]
    xs, ys = line.get_xdata(), line.get_ydata()
    assert list(ys) == approx([0.1 * x * x + exp(8 * (x - 2)) for x in xs])
    paths = {}
    for label, limit in (("without clipping", float("inf")), ("clipped to norm 1", 1)):
        w, paths[label] = 2.15, curves(by_step)[label][1]
        for drawn in paths[label]:
            assert drawn == approx(w, rel=1e-9)
            slope = 0.2 * w + 8 * exp(8 * (w - 2))
            w    -= 0.6 * min(max(slope, -limit), limit)
    landed = [text.xy[0] for text in cliff.texts if not text.get_text()]
    assert landed == [path[1] for path in paths.values()]
    assert landed[0] < -10 and 0 < landed[1] < 2.15
    assert f"lands at w = {landed[0]:.3g}, with it at {landed[1]:.3g}" in shown.printed
    assert abs(paths["clipped to norm 1"][-1]) < abs(paths["without clipping"][-1]) / 5


def errors(rate, seed) -> list[float]:
    """y - 2 of y = w1 w2 w3 w4 under w_i - rate (y - 2) y / w_i."""
    rng   = Random(seed)
    w     = [rng.uniform(1.15, 1.35) for _ in range(4)]
    found = []
    for _ in range(60):
        y = w[0] * w[1] * w[2] * w[3]
        found.append(y - 2)
        others = [w[1] * w[2] * w[3], w[0] * w[2] * w[3], w[0] * w[1] * w[3], w[0] * w[1] * w[2]]
        w = [wi - rate * (y - 2) * rest for wi, rest in zip(w, others)]
    return found


def swings(shown):
    """A small rate never crosses 0; the largest cross it again and again and learn with no seed."""
    table = {float(row["rate"]): row for row in rows(shown.printed, "(D1-59)")}
    axes  = shown.figures["overshooting"].axes
    assert len({panel.get_ylim() for panel in axes}) == 1
    for panel in axes:
        rate, learned = panel.get_title().removeprefix("rate ").split(": ")
        runs  = [errors(float(rate), seed) for seed in range(20)]
        swing = median(sum(a * b < 0 for a, b in zip(run, run[1:])) for run in runs)
        drawn = list(panel.get_lines()[1].get_ydata())
        first = 10 if rate == "0.3" else 31                       # beyond, chaos has made rounding visible
        assert drawn[:first] == approx(runs[0][:first], abs=1e-6)
        row = table[float(rate)]
        assert learned == row["learned, |error| < 0.01"] == str(sum(abs(run[-1]) < 0.01 for run in runs))
        crossed = sum(a * b < 0 for a, b in zip(drawn, drawn[1:]))
        if rate == "0.02":
            assert crossed == swing == 0 and learned == "20"
        if rate in ("0.2", "0.3"):
            assert crossed > 15 and swing > 30 and learned == "0"
            assert float(row["mean |error|, last 10 steps"]) > 0.3
    assert numbers(list(table.values()), "rate") == [0.02, 0.1, 0.15, 0.2, 0.3]
