"""The lecture of saturated and dead units: shares against the normal distribution, monitors that only rise,
and who learns from afar."""

from math import log
from statistics import mean

from mpmath import erfc, mp, sqrt
from pytest import approx

from tests.demos.printed import numbers, rows
from tests.demos.shown import curves, show


def test_what_is_drawn_and_printed(tmp_path, monkeypatch, capsys):
    shown = show("saturation", tmp_path, monkeypatch, capsys)
    tails(shown.printed)
    by_scale(shown)
    by_rate(shown)
    from_afar(shown)


def tails(printed):
    for row in rows(printed, "(D1-42, D2-13)"):
        z = mp.mpf(row["z"])
        slopes = float(mp.sech(z / 2) ** 2 / 4), float(mp.sech(z) ** 2)
        assert (float(row["sigma'(z)"]), float(row["tanh'(z)"])) == approx(slopes, rel=1e-5)
        assert float(row["sigmoid passes on"]) == approx(3 * slopes[0], rel=1e-5)
        assert float(row["tanh passes on"]) == approx(3 * slopes[1], rel=1e-5)
        assert float(row["ReLU'(z)"]) == (z > 0)
    assert "random points (D1-43): 0, 1\n" in printed


def by_scale(shown):
    """sigma(z) > 0.99 where z > ln 99, and z is normal with variance 100 scale^2."""
    axes   = shown.figures["saturation"].axes[0]
    xs, ys = curves(axes)["if $z$ is normal"]
    assert ys == approx([float(erfc(log(99) / (x * sqrt(200)))) for x in xs], abs=1e-12)
    dots   = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert len(dots) == 5
    shares = [mean(column) for column in zip(*(line.get_ydata() for line in dots))]
    assert shares == sorted(shares) and shares[0] < 0.01 and shares[-1] > 0.95
    for scale, share in zip(dots[0].get_xdata(), shares):
        assert share == approx(float(erfc(log(99) / (scale * sqrt(200)))), abs=0.06)
    table = rows(shown.printed, "(D1-42, D2-14)")
    assert numbers(table, "saturated sigmoids") == approx(shares, rel=1e-3, abs=1e-4)
    slopes = numbers(table, "median tanh'")
    assert slopes == sorted(slopes, reverse=True) and slopes[-1] < 1e-20


def by_rate(shown):
    """Dead units stay dead; the higher the rate, the more; D2's 40 % is passed where the rate is too high."""
    axes  = shown.figures["saturation"].axes[1]
    drawn = {float(label.removeprefix("rate ")): ys for label, (_, ys) in curves(axes).items()}
    ends  = [drawn[rate][-1] for rate in sorted(drawn)]
    assert ends == sorted(ends) and ends[0] == 0 and ends[1] < 0.4 < ends[2]
    assert all(ys == sorted(ys) and ys[0] == 0 for ys in drawn.values())
    assert all(ys[5] > 0.8 * ys[-1] for ys in drawn.values() if ys[-1] > 0.4)              # at once
    table = rows(shown.printed, "(D2-19, D4-38)")
    assert numbers(table, "revived") == [0] * 5 and numbers(table, "after 20") == approx(ends, rel=1e-3)


def from_afar(shown):
    """ReLUs do not move on any seed, leaky ones learn slowly, maxout units fast."""
    dead, leaky, maxout = ([line.get_ydata() for line in axes.get_lines()]
                           for axes in shown.figures["far"].axes)
    assert len(dead) == len(leaky) == len(maxout) == 5
    assert all(losses[-1] == approx(log(2)) and len(set(losses)) == 1 for losses in dead)
    for slow, fast in zip(leaky, maxout):
        assert fast[-1] < slow[-1] < slow[0]
    titles = [axes.get_title().splitlines()[0] for axes in shown.figures["far"].axes]
    assert titles == ["ReLU: 0%", "leaky ReLU: 100%", "maxout: 100%"]
    worst = numbers(rows(shown.printed, "(D1-60, D2-43)"), "worst")
    assert worst == approx([max(one[-1] for one in each) for each in (dead, leaky, maxout)], rel=0.05)
