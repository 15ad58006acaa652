"""python -m demos digits: layers counted, misread digits counted again, and slopes of pixels against
differences."""

import re
from math import exp, log

import numpy as np
import pytest

from demos import digits
from nn import MLP
from nn.datasets import digits as dataset, split
from tests.demos.shown import curves, show
from tests.demos.printed import cells


def scores(net, x):
    """The outputs by the formulas of the layers, ReLU between them."""
    a = list(x)
    for k, layer in enumerate(net.layers):
        a = [unit.bias.data + sum(w.data * ai for w, ai in zip(unit.weights, a)) for unit in layer.neurons]
        a = [max(0.0, z) for z in a] if k < len(net.layers) - 1 else a
    return a


def loss(net, x, y):
    zs = scores(net, x)
    return max(zs) + log(sum(exp(z - max(zs)) for z in zs)) - zs[y]


@pytest.fixture
def trained(monkeypatch):
    """The networks that the lecture makes; the last is the one it trains."""
    made = []
    def keep(*arguments, **options):
        made.append(MLP(*arguments, **options))
        return made[-1]
    monkeypatch.setattr(digits, "MLP", keep)
    return made


def test_what_it_shows(trained, tmp_path, monkeypatch, capsys):
    shown = show("digits", tmp_path, monkeypatch, capsys)
    X, Y  = dataset()
    X_train, Y_train, X_test, Y_test = split(X, Y, 0.5, seed=0)
    net = trained[-1]
    check_layers(shown.printed)
    check_training(shown, net, X_train[:600], Y_train[:600], X_test, Y_test)
    check_pixels(shown, net, X_test, Y_test)


def check_layers(printed):
    """Parameters by the formula, (inputs + 1) x units for each layer."""
    for sizes, layers, parameters, pixels, classes in cells(printed, "(D1-58):"):
        n = list(map(int, sizes.split("-")))
        assert int(layers) == len(n) - 1 and int(parameters) == sum((a + 1) * b for a, b in zip(n, n[1:]))
        assert [int(pixels), int(classes)] == [n[0], 10] and int(pixels) in (28 * 28, 8 * 8)


def check_training(shown, net, X, Y, X_test, Y_test):
    (axes,) = shown.figures["digits_training"].axes
    drawn   = curves(axes)
    for (label, samples, truth), column in zip((("those it trains on", X, Y), ("others", X_test, Y_test)),
                                               (1, 2)):
        epochs, shares = drawn[label]
        missed = sum(int(np.argmax(scores(net, x)) != y) for x, y in zip(samples, truth))
        assert shares[-1] == pytest.approx(100 * missed / len(truth))
        assert shares[0] > 80 and shares[-1] < 8 and len(epochs) == digits.EPOCHS + 1
        printed = [float(row[column]) for row in cells(shown.printed, "(D1-57):")]
        assert printed == pytest.approx(shares, rel=1e-3)
        assert any(f"{shares[-1]:.1f} %" in text.get_text() for text in axes.texts)
    seen, new = (drawn[label][1] for label in ("those it trains on", "others"))
    assert seen[-1] < new[-1] and f"{100 - new[-1]:.0f} % of {len(X_test)}" in axes.get_title()


def check_pixels(shown, net, X, Y):
    """Each picture is a misread digit; below it, the slopes of its loss."""
    axes = shown.figures["digits"].axes
    for above, below in zip(axes[:5], axes[5:]):
        pixels, slopes = (np.asarray(panel.get_images()[0].get_array(), dtype=float).ravel()
                          for panel in (above, below))
        i = next(i for i, x in enumerate(X) if np.array_equal(x, pixels))
        y, read = map(int, re.findall(r"\d", above.get_title()))
        assert y == Y[i] != read == int(np.argmax(scores(net, X[i])))
        for j in np.argsort(abs(slopes))[-3:]:
            up, down = ([x + step * (k == j) for k, x in enumerate(X[i])] for step in (1e-6, -1e-6))
            assert slopes[j] == pytest.approx((loss(net, up, y) - loss(net, down, y)) / 2e-6, rel=1e-4)
