"""Connections: drawn gradients against products of Jacobians, the two forms in numbers, and learned gates."""

import re
from random import Random
from statistics import median

import numpy as np
import pytest

from nn import Layer, WeightedSkip
from tests.demos.shown import curves, show

KINDS = {"residual, today": "residual", "highway, today": "highway", "residual, document (D4-41)": "before",
         "skip, document (D4-40)": "skip", "highway, document (D4-42)": "gated", "plain": "plain"}


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("connections", tmp_path, monkeypatch, capsys)
    drawn = curves(shown.figures["connections"].axes[0])
    assert [*drawn] == [*KINDS]                                             # what is meant today leads
    for label, kind in KINDS.items():
        runs = np.array([gradients(kind, seed) for seed in range(3)])
        assert drawn[label][1] == pytest.approx(np.exp(np.log(runs).mean(axis=0)), rel=1e-9)
        lost = runs[:, 0] / runs[:, -1]                                     # for each seed
        assert (lost > 0.01).all() if "today" in label else (lost < 1e-9).all()
    at_input = {kind: drawn[label][1][0] for label, kind in KINDS.items()}
    assert at_input["plain"] < min(at_input[kind] for kind in ("before", "skip", "gated"))
    check_printed(shown.printed)
    for panel, wanted in zip(shown.figures["gate"].axes, (1, 0), strict=True):
        check_gates(panel, wanted)


def numbers(layer):
    return (np.array([[w.data for w in unit.weights] for unit in layer.neurons]),
            np.array([unit.bias.data for unit in layer.neurons]))


def sigma(z):
    return 1 / (1 + np.exp(-z))


def gradients(kind, seed, n=8, depth=20):
    """|dJ/da| after each block, from the Jacobian of each kind of block written out."""
    rng, jacobians = Random(seed), []
    a = np.array([rng.gauss(0, 1) for _ in range(n)])
    for k in range(100 * seed, 100 * seed + depth):
        W, b = numbers(Layer(n, n, "sigmoid", init="xavier", seed=k))
        G, _ = numbers(Layer(n, n, "sigmoid", init="xavier", seed=k + 900))
        U    = np.array([u.data for u in WeightedSkip(Layer(n, n), seed=k + 500).weights]).reshape(n, n)
        z, I = b + W @ a, np.eye(n)
        t, g = sigma(G @ a - 2), sigma(G @ a + 2)
        z    = z + {"before": a, "skip": U @ a, "gated": g * a}.get(kind, 0)
        h    = sigma(z)
        D    = np.diag(h * (1 - h))
        J    = {"before": D @ (W + I), "skip": D @ (W + U),
                "gated": D @ (W + np.diag(g) + np.diag(a * g * (1 - g)) @ G),
                "residual": I + D @ W,
                "highway": np.diag(t) @ D @ W + np.diag(1 - t) + np.diag((h - a) * t * (1 - t)) @ G}
        jacobians.append(J.get(kind, D @ W))
        a = {"residual": a + h, "highway": t * h + (1 - t) * a}.get(kind, h)
    delta, lengths = np.array([rng.gauss(0, 1) for _ in range(n)]), []
    for J in [*reversed(jacobians), np.eye(n)]:
        lengths.append(np.linalg.norm(delta))
        delta = J.T @ delta
    return lengths[::-1]


def check_printed(printed):
    row = re.search(r"^residual +a \+ f\(z\) +(\S+) +f\(z \+ a\) +(\S+)$", printed, re.M).groups()
    assert [*map(float, row)] == [1 + max(-2, 0), max(-2 + 1, 0)]
    row = re.search(r"^highway +g z \+ \(1 - g\) a +(\S+) +z \+ g a +(\S+)$", printed, re.M).groups()
    assert [*map(float, row)] == [3 / 2 + 1 / 2, 3 + 1 / 2]
    assert re.search(r"its ReLU inactive +0\n.*beside it, active +1$", printed, re.M)
    limits = {name: [*map(float, rest.split())] for name, rest in
              re.findall(r"^(plain|residual|gate bias -?\d+) +((?:-?[\d.]+ *){3})$", printed, re.M)}
    assert limits["gate bias -40"] == limits["plain"] != limits["residual"] == limits["gate bias 40"]
    for k in range(3):                                                      # between the two, in order
        way = [limits[f"gate bias {bias}"][k] for bias in (-40, -2, 0, 2, 40)]
        assert way in (sorted(way), sorted(way, reverse=True))


def check_gates(panel, wanted):
    """D4-48: for every start the median of its gates goes where the targets ask it to."""
    medians = [line.get_ydata() for line in panel.lines if line.get_label().startswith("median")]
    thin    = np.array([line.get_ydata() for line in panel.lines if line.get_linewidth() < 1])
    assert len(medians) == 3 and len(medians[0]) == 101 and ((thin > 0) & (thin < 1)).all()
    thin = np.unique(thin, axis=0)
    assert len(thin) == 3 * 12                                              # 2 gates on 6 samples, 3 starts
    for ys in medians:
        assert 0.4 < ys[0] < 0.6
        assert ys[-1] > 0.9 if wanted else ys[-1] < 0.1
    finals = sorted(thin[:, -1])
    assert min(finals) < median(ys[-1] for ys in medians) < max(finals)
    assert (finals[0] > 0.75) if wanted else (finals[-1] < 0.25)            # each single gate, too
