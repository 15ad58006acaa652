"""The lecture of vanishing gradients: delta in every layer against the recursion in NumPy, chains against
their products."""

import math
import re
from fractions import Fraction
from random import Random

import numpy as np
from pytest import approx

from nn import MLP
from tests.demos.printed import numbers, rows
from tests.demos.shown import curves, show


def sigmoid(z): return 1 / (1 + np.exp(-z))


KINDS = {"sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
         "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
         "ReLU": (lambda z: np.maximum(z, 0), lambda z: 1.0 * (z > 0)),
         "leaky": (lambda z: np.maximum(z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01))}
INITS = {"Xavier": "xavier", "He": "he", "Glorot": "glorot", "N(0, 1)": "normal"}


def norms(kind, init, seed) -> list[float]:
    """|delta| of 20 layers of 24 units by delta_k = f'(z_k) * W_(k+1)^T delta_(k+1)."""
    f, slope = KINDS[kind]
    layers   = [np.array([[w.data for w in unit.weights] for unit in layer.neurons])
                for layer in MLP(24, [24] * 20, "relu", "relu", init=init, seed=seed).layers]
    rng      = Random(seed)
    a, z     = np.array([rng.gauss(0, 1) for _ in range(24)]), []
    back     = np.array([rng.gauss(0, 1) for _ in range(24)])
    for W in layers:
        z.append(W @ a)
        a = f(z[-1])
    found = []
    for W, zk in zip(reversed(layers), reversed(z)):
        delta = slope(zk) * back
        back  = W.T @ delta
        found.append(float(np.linalg.norm(delta)))
    return found[::-1]


def test_what_is_drawn_and_printed(tmp_path, monkeypatch, capsys):
    shown = show("vanishing", tmp_path, monkeypatch, capsys)
    deltas(shown)
    chains(shown.printed)


def deltas(shown):
    axes   = shown.figures["vanishing"].axes
    factor = {}
    assert len({panel.get_ylim() for panel in axes}) == 1
    for panel in axes:
        drawn = curves(panel)
        assert len({tuple(ys) for _, ys in drawn.values()}) == len(drawn)      # none lies on another
        for label, (xs, ys) in drawn.items():
            names, ratio = label.removeprefix("leaky, ").split(": \u00d7 ")
            kind = "leaky" if label.startswith("leaky") else panel.get_title()
            for name in names.split(" = "):
                runs = [norms(kind, INITS[name], seed) for seed in range(3)]
                assert ys == approx([math.prod(column) ** (1 / 3) for column in zip(*runs)], rel=1e-8)
                factor[kind, name] = (ys[0] / ys[-1]) ** (1 / 19)
            assert xs == list(range(1, 21)) and f"{factor[kind, name]:.2f}" == ratio
    assert factor["sigmoid", "Xavier"] < 1 / 4 and factor["ReLU", "N(0, 1)"] > 3
    assert factor["tanh", "N(0, 1)"] > 1
    for kept in (("tanh", "Xavier"), ("ReLU", "He"), ("leaky", "He")):
        assert 0.9 < factor[kept] < 1.1
    assert factor["ReLU", "Xavier"] == factor["ReLU", "Glorot"] == approx(math.sqrt(1 / 2), rel=0.1)
    table = {row["activation, weights"]: row for row in rows(shown.printed, "(ERR-D1-9)")}
    assert len(table) == 8
    assert float(table["tanh, N(0, 1)"]["mean f'"]) < 0.25 < 0.9 < float(table["tanh, Xavier"]["mean f'"])
    for name, growth in (("tanh, N(0, 1)", math.sqrt(24)), ("ReLU, N(0, 1)", math.sqrt(24)),
                         ("tanh, Xavier", 1), ("ReLU, He", math.sqrt(2))):
        assert float(table[name]["|Wa| / |a|"]) == approx(growth, rel=0.05)    # D1-45, D1-46


def chains(printed):
    for row in rows(printed, "(D1-41)"):
        a, slope = 0.3, 1.0
        for _ in range(int(row["L"])):
            a      = float(sigmoid(a))
            slope *= a * (1 - a)
        assert float(row["sigmoid |dy/dx|"]) == approx(slope, rel=1e-5) and slope < 0.25 ** int(row["L"])
        assert float(row["ReLU dy/dx"]) == approx(2 ** int(row["L"]), rel=1e-5)
    assert "ReLU chain gives inf" in printed
    assert f"w = 5 has {float(Fraction(5, 4))}, tanh with w = 1 1\n" in printed
    passed = {row["chain"]: float(row["dy/dx"]) for row in rows(printed, "(D4-37)")}
    assert passed["ReLU, all active"] == passed["that one, and an active one beside it"] == 1
    assert passed["ReLU, one inactive"] == 0 and 0 < passed["sigmoid"] < 0.25 ** 10
    assert passed["ten inactive leaky ReLUs (ERR-D1-15)"] == 1e-20
    six  = numbers(rows(printed, "(D4-36)"), "product of f' w")
    both = re.search(r"their sum (\S+), by the engine (\S+)", printed)
    assert len(six) == 2 * 3 and math.fsum(six) == approx(float(both[1]), rel=1e-4) and both[1] == both[2]
