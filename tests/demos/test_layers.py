"""Layers: sizes by plain counts, rectangles by their corners, every form again with NumPy."""

import re

import numpy as np
import pytest

from demos.layers import SIZES, Form, inputs_of, random_net
from nn import Layer
from tests.demos.shown import curves, show


def test_layers(tmp_path, monkeypatch, capsys):
    shown = show("layers", tmp_path, monkeypatch, capsys)
    sizes_printed(shown.printed)
    left, right = (panel for panel in shown.figures["layers_shapes"].axes)
    shapes_drawn(left, [(4, 3), (1, 4)])
    shapes_drawn(right, [(3, 2), (2, 3)])
    unit_drawn(shown.figures["layers_unit"].axes[0])
    broadcast_drawn(shown)
    every_edge_goes_forward(shown)
    stacked(shown)
    forms_again(shown.printed)


def test_a_form_that_differs_would_be_seen():
    good = Form("D1-04", "yhat", [0.5], [0.5])
    assert good.agree and not good._replace(engine=[0.6]).agree and not good._replace(engine=[]).agree


def sizes_printed(printed):
    """Layers, neurons, parameters, shapes; the numbers of the documents for CIFAR-10 and 1-5-1."""
    for sizes in SIZES:
        name = "-".join(map(str, sizes))
        row  = re.split(r" {2,}", re.search(rf"^{name}  .*$", printed, re.M).group())
        n, p = sum(sizes[1:]), sum(a * b + b for a, b in zip(sizes, sizes[1:]))
        assert row[1:] == [str(v) for v in (len(sizes) - 1, len(sizes) - 2, sizes[0], n, n, p, p)] + \
               [", ".join(f"{b}x{a}" for a, b in zip(sizes, sizes[1:]))]
    assert "1-5-1 has 15 parameters there and 16 in D1" in printed
    assert "10 x 3072, 30720 weights" in printed and "308200 weights" in printed


def blocks(axes):
    """(name, rows, columns, cells inside) of every matrix drawn, from left to right in each line."""
    named = [p for p in axes.patches if p.get_label().startswith("$")]
    cells = [p for p in axes.patches if not p.get_label()]

    def inside(p):
        return [c for c in cells if p.get_x() <= c.get_x() < p.get_x() + p.get_width()
                and p.get_y() <= c.get_y() < p.get_y() + p.get_height()]
    return [(p.get_label(), p.get_height(), p.get_width(), inside(p)) for p in named]


def shapes_drawn(axes, expected):
    """a (m, 1) = W (m, n) before (n, 1) + b (m, 1), drawn to scale: a square for every number."""
    found = blocks(axes)
    assert len(found) == 4 * len(expected)
    for k, (m, n) in enumerate(expected):
        shapes = [(rows, columns) for _, rows, columns, _ in found[4 * k:4 * k + 4]]
        assert shapes == [(m, 1), (m, n), (n, 1), (m, 1)]
    assert all(len(cells) == rows * columns for _, rows, columns, cells in found)
    texts = [text.get_text() for text in axes.texts]
    assert sum(text == f"{m}x{n}" for text in texts for m, n in expected) == len(expected)


def unit_drawn(axes):
    """The numbers in z are W x + b with the numbers in W, x and b; row 2 is framed and written below."""
    at = {text.get_position(): text.get_text() for text in axes.texts}

    def matrix(cells):
        rows = sorted({c.get_y() for c in cells}, reverse=True)
        return np.array([[float(at[c.get_x() + 0.5, c.get_y() + 0.5])
                          for c in sorted(cells, key=lambda c: c.get_x()) if c.get_y() == y] for y in rows])
    z, W, x, b = (matrix(cells) for *_, cells in blocks(axes))
    assert z == pytest.approx(W @ x + b) and W.shape == (4, 3)
    frames = [p for p in axes.patches if p.get_label() == "framed"]
    assert len(frames) == 3 and {p.get_y() for p in frames} == {0.0}            # rows from 2 down to -2
    assert not any(p.get_fill() for p in frames)
    said = next(text for text in at.values() if "Sigma" in text)
    sums = [float(a) * float(c) for a, c in re.findall(r"\(([-.\d]+)\)\(([-.\d]+)\)", said)]
    assert sums == pytest.approx(list(W[1] * x[:, 0])) and said.endswith(f" = {z[1, 0]:.4g}")
    assert sum(sums) + b[1, 0] == pytest.approx(z[1, 0])


def broadcast_drawn(shown):
    """b is one column, hatched copies stand for the other samples; its gradient is the sum."""
    Z, W, X, b = blocks(shown.figures["layers_broadcast"].axes[0])
    assert Z[1:3] == b[1:3] == (4, 5) and W[1:3] == (4, 3) and X[1:3] == (3, 5)
    copies = [cell for cell in b[3] if cell.get_hatch()]
    assert len(copies) == 4 * (5 - 1) and min(c.get_x() for c in copies) == min(c.get_x() for c in b[3]) + 1
    assert not any(cell.get_hatch() for block in (Z, W, X) for cell in block[3])
    w, xs = Layer(1, 1, "linear").neurons[0].weights[0].data, np.array([0.5, 1, -1.5, 2, 3])
    total, db = re.search(r"sum of dJ/dz = ([-.\d]+), dJ/db = ([-.\d]+)\.", shown.printed).groups()
    assert float(total) == float(db) == pytest.approx((2 * w * xs).sum(), rel=1e-3)


def every_edge_goes_forward(shown):
    """16 + 4 weights between computed units, 9 activations (the last one linear: none), 3 of the loss."""
    axes = shown.figures["layers_order"].axes[0]
    start, end = curves(axes)["an edge"]
    assert all(a < b for a, b in zip(start, end)) and "edges back: 0" in [t.get_text() for t in axes.texts]
    assert len(start) == 4 * 4 + 4 * 1 + 4 + 4 + 3
    assert axes.get_title().startswith(f"feed-forward: {len(start)} edges, none back")
    assert "dy/dx = 7 = 2*3 + 1." in shown.printed


def forward(model, x, *functions):
    """The network with NumPy."""
    for layer, f in zip(model.layers, functions):
        x = f(np.array([[w.data for w in n.weights] for n in layer.neurons]) @ x
              + np.array([n.bias.data for n in layer.neurons]))
    return x


def identity(z): return z


def sigma(z): return 1 / (1 + np.exp(-z))


def relu(z): return np.maximum(z, 0)


def stacked(shown):
    """The slopes of the stack agree with a difference quotient of NumPy's forward pass."""
    first, last = random_net([2, 3, 2], "tanh"), random_net([2, 4, 1], "tanh")

    def J(x):
        return 0.5 * (forward(last, forward(first, x, np.tanh, identity), np.tanh, identity)[0] - 1) ** 2
    for j in (0, 1):
        h = np.eye(2)[j] * 1e-5
        x = np.array([0.5, -1.0])
        row   = re.search(rf"^dJ/dx\[{j + 1}\] +(\S+) +(\S+)$", shown.printed, re.M)
        found = [float(v) for v in row.groups()]
        assert found == pytest.approx([(J(x + h) - J(x - h)) / 2e-5] * 2, rel=1e-7)
    graph = next(file for file in shown.files if file.name == "layers_stacked.svg")
    assert all(f"layer {k}" in graph.read_text(encoding="utf-8") for k in (1, 2, 3, 4))


def forms_again(printed):
    """What stands in the table, by NumPy; both columns show it."""
    x2, x3, x5 = (np.array(inputs_of(n)) for n in (2, 3, 5))
    net = random_net([3, 4, 1], "sigmoid", "sigmoid")
    yhat = forward(net, x3, sigma, sigma)
    W1, b1 = (np.array(v) for v in ([[w.data for w in n.weights] for n in net.layers[0].neurons],
                                    [n.bias.data for n in net.layers[0].neurons]))
    mixed   = random_net([2, 3, 4, 3, 2], ["tanh", "relu", "sigmoid"])
    general = forward(random_net([2, 4, 3, 1], "relu"), x2, relu, relu, identity)
    bare = [random_net(sizes, "relu", biases=False) for sizes in ([5, 3], [5, 6, 3], [5, 6, 3, 2])]
    d3   = random_net([3, 4, 3, 2], "tanh", biases=False)
    xs   = np.array([1.0, *x2])
    last = forward(d3, xs, np.tanh, np.tanh, identity)
    W2   = np.array([[w.data for w in n.weights] for n in d3.layers[1].neurons])
    scores = forward(bare[1], x5, relu, identity)
    rows = Layer(2, 3, "sigmoid", seed=5)
    d4   = random_net([2, 3, 2, 2], ["tanh", "sigmoid"], "sigmoid")
    expected = [("D1-03", sigma(W1 @ x3 + b1)), ("D1-04", yhat), ("D1-05", W1 @ x3 + b1), ("D1-06", yhat),
                ("D1-02", yhat), ("D1-09", forward(mixed, x2, np.tanh, relu, sigma, identity)),
                ("D1-32", 0.5 * (general - 1) ** 2), ("D2-01", forward(bare[0], x5, identity)),
                ("D2-02", scores), ("D2-02", forward(bare[1], 3 * x5, relu, identity)),
                ("D2-04", forward(bare[2], x5, relu, relu, identity)),
                ("D2-31", forward(random_net([3, 4, 4, 1]), x3, sigma, sigma, identity)), ("D3-10", last),
                ("D3-11", last), ("D3-14", (W2 @ forward(d3, xs, np.tanh))[1:2]), ("D3-09", last),
                ("D4-03", sigma(np.array([[w.data for w in n.weights] for n in rows.neurons]) @ x2)),
                ("D4-30", forward(d4, x2, np.tanh, sigma, sigma))]
    numbers = r"  +(-?\d[-\d. e]*?)(?: \.\.\.)?"
    found   = re.findall(rf"^(D\d-\d\d)  .*?{numbers}{numbers}  +yes$", printed, re.M)
    assert [item for item, *_ in found] == [item for item, _ in expected]
    for (item, plain, engine), (_, known) in zip(found, expected):
        assert plain == engine
        assert [float(v) for v in plain.split()] == pytest.approx(list(known[:3]), rel=1e-3), item
        assert any(known)
    assert f"{len(expected)} of {len(expected)} agree." in printed
