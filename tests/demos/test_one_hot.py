"""From bits to one-hot: what is drawn, against a training by NumPy that knows no graph."""

import numpy as np
import pytest

from tests.demos.shown import curves, show

BITS   = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
TARGET = np.array([[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]], float)


def softmax(z):
    shares = np.exp(z - z.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


def trained(steps):
    """W, b, the losses that each step sees, and the outputs before each step and after the last."""
    W, b, losses, outputs = np.zeros((2, 4)), np.zeros(4), [], []
    for _ in range(steps):
        y = softmax(BITS @ W + b)
        outputs.append(y)
        losses.append(float(-np.log((y * TARGET).sum(1)).mean()))
        W, b = W - BITS.T @ (y - TARGET) / 4, b - (y - TARGET).mean(0)
    return W, b, losses, [*outputs, softmax(BITS @ W + b)]


def test_one_hot(tmp_path, monkeypatch, capsys):
    shown = show("one_hot", tmp_path, monkeypatch, capsys)
    W, b, losses, outputs = trained(500)
    first = next(k for k, y in enumerate(outputs) if (y.argmax(1) == TARGET.argmax(1)).all())
    the_training_is_drawn(shown, W, b, losses)
    the_outputs_are_drawn(shown, outputs, first)
    words_are_right(shown.printed, losses, first)
    softmax_is_drawn(*shown.figures["one_hot_softmax"].axes)


def the_training_is_drawn(shown, W, b, losses):
    """D4-29: from ln 4 to 0.019778; a weight is positive where the output's bit is 1."""
    left, right, *_ = shown.figures["one_hot"].axes
    drawn = curves(left)["loss"][1]
    assert drawn == pytest.approx(losses, rel=1e-9)
    assert drawn[0] == pytest.approx(np.log(4)) and drawn[-1] == pytest.approx(0.019778, abs=1e-6)
    weights = np.asarray(right.images[0].get_array())
    assert weights == pytest.approx(np.column_stack([W.T, b]), rel=1e-9)
    labels = [label.get_text() for label in right.get_yticklabels()]
    for row, label in zip(weights, labels):
        assert [w > 0 for w in row[:2]] == [bit == "1" for bit in label[-2:]]
    assert [label[-2:] for label in labels] == ["11", "10", "01", "00"]
    assert [text.get_text() for text in right.texts] == [f"{w:.1f}" for w in weights.flatten()]


def the_outputs_are_drawn(shown, outputs, first):
    panels = shown.figures["one_hot_outputs"].axes
    for panel, step in zip(panels, (0, first, 20, 500), strict=True):
        assert np.asarray(panel.images[0].get_array()) == pytest.approx(outputs[step], rel=1e-9)
        assert panel.get_title().startswith(f"after {step} steps")
        assert panel.images[0].get_clim() == (-1, 1)
    assert [panel.get_title().endswith("all right") for panel in panels] == [False, True, False, False]
    assert (np.asarray(panels[-1].images[0].get_array()) * TARGET).sum(1).min() > 0.97


def words_are_right(printed, losses, first):
    assert f"all four right after {first} steps" in printed
    assert f"{losses[-1]:.6f} seen by step 500" in printed
    signs = 2 * BITS - 1
    by_hand = softmax(np.array([[10 * (s * c).sum() for c in signs[::-1]] for s in signs]))
    assert f"K = 10 (D4-29): one-hot to within {np.abs(by_hand - TARGET).max():.0e}" in printed
    rows = [line.split() for line in printed.splitlines()]
    for bits, left, right in (("00", "3", "0"), ("01", "2", "1"), ("10", "1", "2"), ("11", "0", "3")):
        one_hot = ["0001", "0010", "0100", "1000"][int(bits, 2)]
        assert [bits, one_hot, left, right] in rows and one_hot.index("1") == int(left)
        assert one_hot[::-1].index("1") == int(right)                              # ERR-D4-16
    y = softmax(np.array([1.0, 2, 3, 0]))
    t = np.array([0.0, 0, 1, 0])
    u = (y - t) / (y * (1 - y))
    found = [list(map(float, row[1:])) for row in rows if row and row[0] in "1234" and len(row) == 5]
    wanted = np.column_stack([y, y - t, y - t, y * (u - (u * y).sum())])           # D4-28
    assert np.array(found) == pytest.approx(wanted, rel=1e-3)
    assert f"target y3: {-np.log(y[2]):.6f}" in printed


def softmax_is_drawn(shifted, scaled):
    """D4-08: a shift changes nothing, a factor does."""
    logits = np.array([1.0, 2, 3, 0])
    assert shifted.get_ylim() == scaled.get_ylim()
    for axes, moved in ((shifted, lambda c: logits + c), (scaled, lambda s: logits * s)):
        drawn = list(curves(axes).values())
        wanted = np.array([softmax(moved(x)) for x in drawn[0][0]]).T
        assert np.array([ys for _, ys in drawn]) == pytest.approx(wanted, rel=1e-9)
    assert all(max(ys) - min(ys) < 1e-12 for _, ys in curves(shifted).values())
    assert min(curves(shifted)["$z_1$ = 1"][0]) == -1000
    assert all(max(ys) - min(ys) > 0.1 for _, ys in curves(scaled).values())
