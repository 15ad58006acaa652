"""Losses against the logit: every drawn curve against the formula of its document."""

from math import exp, isclose, log, log1p

import pytest

from tests.demos.shown import curves, show


def sigma(z):
    return 1 / (1 + exp(-z))


def agree(found, wanted, tolerance=1e-12):
    assert found == pytest.approx(wanted, rel=tolerance, abs=1e-15)


def row(printed, *start):
    """The numbers of the printed row that begins so."""
    found = [line.split() for line in printed.splitlines() if line.split()[:len(start)] == list(start)]
    assert len(found) == 1, found
    return list(map(float, found[0]))


def test_losses(tmp_path, monkeypatch, capsys):
    shown = show("losses", tmp_path, monkeypatch, capsys)
    samples_are_right(shown.printed)
    the_snippet_is_drawn(*shown.figures["losses_curves"].axes)
    behind_a_sigmoid(shown.figures["losses"].axes)
    from_logits(shown, *shown.figures["losses_logits"].axes)


def samples_are_right(printed):
    assert "= 6.25 (D0-21), with slopes (y - t)/m = 1.5 and 2" in printed        # (9 + 16)/(2 * 2); 3/2, 4/2
    assert f"called is {(25 / 2) ** 0.5:.4f} (ERR-D0-1)" in printed
    assert "gives -1 at y = 2, t = 0, where the curve has 2 (ERR-D0-5)" in printed
    for y, t in ((0.9, 1.0), (0.2, 1.0), (0.6, 0.3)):
        loss, slope = -(t * log(y) + (1 - t) * log(1 - y)), (y - t) / (3 * y * (1 - y))
        agree(row(printed, f"{y:g}", f"{t:g}"), [y, t, loss, slope, slope], 1e-3)
    for z in (-10.0, -5.0, -2.0, 0.0, 2.0, 5.0):
        y = sigma(z)
        agree(row(printed.split("(D4-26)")[0], f"{z:g}"),
              [z, y, (y - 1) ** 2, 2 * (y - 1) * y * (1 - y), log1p(exp(-z)), y - 1, y - 1], 1e-3)


def the_snippet_is_drawn(square, logarithm):
    """D0-24: 51 points of e^2/2 on [-2, 2], 99 of -ln y, with the slopes e and -1/y."""
    for axes, size, loss, slope in ((square, 51, lambda e: e * e / 2, lambda e: e),
                                    (logarithm, 99, lambda y: -log(y), lambda y: -1 / y)):
        drawn = curves(axes)
        for label, formula in (("loss", loss), ("its slope", slope)):
            xs, ys = drawn[label]
            assert len(xs) == size
            agree(ys, [formula(x) for x in xs])
    assert max(curves(square)["loss"][1]) == 2
    agree(max(curves(logarithm)["loss"][1]), 4.605170185988091)


def behind_a_sigmoid(axes):
    """D4-23, D4-24, D4-25: sure and wrong, squared error is flat and cross-entropy steep."""
    assert axes[0].get_ylim() == axes[1].get_ylim() and axes[2].get_ylim() == axes[3].get_ylim()
    for t, errors, slopes in ((1, axes[0], axes[2]), (0, axes[1], axes[3])):
        (zs, bce), (_, square)     = curves(errors).values()
        (_, d_bce), (_, d_square)  = curves(slopes).values()
        ys = [sigma(z) for z in zs]
        agree(bce,      [-log(y) if t else -log(1 - y) for y in ys], 1e-9)
        agree(square,   [(y - t) ** 2 for y in ys], 1e-9)
        agree(d_bce,    [y - t for y in ys], 1e-9)
        agree(d_square, [2 * (y - t) * y * (1 - y) for y in ys], 1e-9)
        wrong = [k for k, z in enumerate(zs) if (z < -3 if t else z > 3)]
        assert len(wrong) == 50
        assert all(abs(d_bce[k]) > 0.95 and abs(d_square[k]) < 0.1 for k in wrong)


def from_logits(shown, near, far):
    """D4-26: the slope at 0 of the composed form is -t, and -ln sigma(z) ends where sigma(z) is 0."""
    zs, slopes = curves(near)["one formula"]
    agree(slopes, [sigma(z) - 1 for z in zs])
    assert curves(near)["composed of ReLU nodes"] == ([0.0], [-1.0])
    zs, losses = curves(far)["one formula"]
    assert min(zs) == -1000
    agree(losses, [max(-z, 0) + log1p(exp(-abs(z))) for z in zs])
    kept, _ = curves(far)[r"$-\ln \sigma(z)$"]
    assert sigma_of(min(kept)) > 0 == sigma_of(min(kept) - 1)
    assert f"ends at z = {min(kept):g}:" in shown.printed
    table = shown.printed.split("(D4-26)")[1]
    for z in (-1000.0, -40.0, 0.0, 40.0, 1000.0):
        found = row(table, f"{z:g}")
        wanted = max(-z, 0) + log1p(exp(-abs(z)))
        assert all(isclose(number, wanted, rel_tol=1e-3, abs_tol=1e-300) for number in (found[1], found[2]))
        agree(found[3], -exp(-z) / (1 + exp(-z)) if z > -700 else -1.0, 1e-3)
        assert found[5] == (-1 if z <= 0 else 0)


def sigma_of(z):
    """sigma(z) of a negative z in float64, which e^z underflows to 0."""
    return exp(z) / (1 + exp(z))
