"""Networks as drawings: every edge, arrow, box and number against a plain count and a plain recomputation."""

import re
from math import hypot

import numpy as np
import pytest
from matplotlib.text import Annotation

from demos.schemes import NETWORKS
from nn import MLP
from tests.demos.shown import show


def test_schemes(tmp_path, monkeypatch, capsys):
    shown = show("schemes", tmp_path, monkeypatch, capsys)
    sizes_printed(shown)
    panels = [*shown.figures["networks"].axes, *shown.figures["networks_d1"].axes]
    assert len(panels) == len(NETWORKS)
    for panel, (sizes, id) in zip(panels, NETWORKS):
        network_drawn(panel, sizes, id)
    layer_drawn(shown.figures["layer_d4"])
    forward, backward = shown.figures["forward_backward"].axes
    forward_drawn(forward)
    backward_drawn(backward)
    chain_printed(shown.printed)


def sizes_printed(shown):
    """The numbers of D2-29 and D2-30, and those that the formula D1-11 gives for the others."""
    known = {"3-4-2": (6, 20, 6, 26), "3-4-4-1": (9, 32, 9, 41)}
    for sizes, _ in NETWORKS:
        name    = "-".join(map(str, sizes))
        row     = re.search(rf"^{name} .*$", shown.printed, re.M).group().split()
        neurons = sum(sizes[1:])
        weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
        assert list(map(int, row[1:])) == [neurons, weights, weights, neurons, weights + neurons]
        assert known.get(name, (neurons, weights, neurons, weights + neurons)) == \
               (neurons, weights, neurons, weights + neurons)


def network_drawn(panel, sizes, id):
    """A marker per unit; one line per pair of neighbours and no other; dashed if the weight is negative."""
    units = [line for line in panel.get_lines() if len(line.get_xdata()) == 1]
    edges = [line for line in panel.get_lines() if len(line.get_xdata()) == 2]
    at    = [[(line.get_xdata()[0], line.get_ydata()[0]) for line in units if line.get_xdata()[0] == k]
             for k in range(len(sizes))]
    assert [len(column) for column in at] == sizes
    ends  = {tuple(zip(line.get_xdata(), line.get_ydata())) for line in edges}
    assert ends == {(one, other) for left, right in zip(at, at[1:]) for one in left for other in right}
    assert len(edges) == len(ends) and panel.get_title() == f"{'-'.join(map(str, sizes))} ({id}): " \
                                                            f"{len(edges)} weights"
    for column in at:
        column.sort(key=lambda place: -place[1])
    weight = {(at[k][i], at[k + 1][j]): w.data
              for k, layer in enumerate(MLP(sizes[0], sizes[1:], "tanh").layers)
              for j, neuron in enumerate(layer.neurons) for i, w in enumerate(neuron.weights)}
    for line in edges:
        w = weight[tuple(zip(line.get_xdata(), line.get_ydata()))]
        assert line.get_linestyle() == ("-" if w > 0 else "--")
        assert line.get_linewidth() == pytest.approx(0.8 + 4.5 * abs(w))


def arrows(axes):
    """name -> (start, end) of the drawn arrows."""
    return {note.arrow_patch.get_gid(): (note.xyann, note.xy) for note in axes.findobj(Annotation)}


def layer_drawn(figure):
    """Two inputs, three units: six weights from the left and three biases from above, then a rectangle."""
    left, right = figure.axes
    weights = {name: ends for name, ends in arrows(left).items() if name[0] == "w"}
    biases  = {name: ends for name, ends in arrows(left).items() if name[0] == "b"}
    assert set(weights) == {"w11", "w12", "w13", "w21", "w22", "w23"} and set(biases) == {"b1", "b2", "b3"}
    assert all(start[0] < end[0] for start, end in weights.values())
    assert all(start[0] == end[0] and start[1] > end[1] for start, end in biases.values())
    assert len(right.patches) == 1 and set(arrows(right)) == {"x", "y"}
    assert {"$x$\n2", "$y$\n3", "$W$: 2 x 3,  $b$: 3"} <= {text.get_text() for text in right.texts}


CHAIN = [("x", 3), ("z1", 5), ("h1", 5), ("z2", 6), ("h2", 6), ("z3", 1), ("y", 1), ("L", 1)]


def forward_drawn(axes):
    links = arrows(axes)
    assert list(links) == [f"{a}-{b}" for (a, _), (b, _) in zip(CHAIN, CHAIN[1:])]
    assert all(start[0] < end[0] for start, end in links.values())
    assert [text.get_text() for text in axes.texts if text.get_text().startswith("(")] == \
           [f"({size}, 1)" for _, size in CHAIN]


def backward_drawn(axes):
    """The arrows run from the loss to the input, and g_W, g_b fall off below every dense step."""
    links = arrows(axes)
    main  = {f"{b}-{a}" for (a, _), (b, _) in zip(CHAIN, CHAIN[1:])}
    off   = {f"z{k}-{what}{k}" for k in (1, 2, 3) for what in "Wb"}
    assert set(links) == main | off
    assert all(links[name][0][0] > links[name][1][0] for name in main)
    assert all(links[name][0][1] > links[name][1][1] for name in off)
    texts = [text.get_text() for text in axes.texts]
    shapes = {texts[k]: texts[k + 1] for k in range(len(texts) - 1)}
    assert [shapes[f"$g_{{W_{k}}}$"] for k in (1, 2, 3)] == ["(3, 5)", "(5, 6)", "(6, 1)"]
    assert [shapes[f"$g_{{b_{k}}}$"] for k in (1, 2, 3)] == ["(5, 1)", "(6, 1)", "(1, 1)"]


def chain_printed(printed):
    """The lengths of v, g_v, g_W and g_b, by matrices in the orientation of D0."""
    net = MLP(3, [5, 6, 1], "tanh", "sigmoid", seed=3)
    W   = [np.array([[w.data for w in neuron.weights] for neuron in layer.neurons]).T for layer in net.layers]
    a, values = [np.array([0.5, -1.0, 2.0])], []
    for k in range(3):
        z = W[k].T @ a[-1]
        a.append(np.tanh(z) if k < 2 else 1 / (1 + np.exp(-z)))
        values += [z, a[-1]]
    values    = [a[0], *values, -np.log(a[-1])]
    g_y       = (a[3] - 1) / (a[3] * (1 - a[3]))
    gradients, pairs = [np.ones(1), g_y], {}
    for k in (2, 1, 0):
        g_z = gradients[-1] * (1 - a[k + 1] ** 2 if k < 2 else a[3] * (1 - a[3]))
        pairs[f"z{k + 1}"] = (hypot(*np.outer(a[k], g_z).ravel()), hypot(*g_z))
        gradients += [g_z, W[k] @ g_z]
    for (symbol, _), v, g in zip(CHAIN, values, reversed(gradients)):
        row = re.search(rf"^{symbol} .*$", printed, re.M).group().split()[-4:]
        expected = [hypot(*v), hypot(*g), *pairs.get(symbol, ())]
        assert [float(x) for x in row if x != "-"] == pytest.approx(expected, rel=1e-3)
