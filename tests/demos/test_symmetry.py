"""python -m demos symmetry: the drawn weights of two units, equal from constants in every step and different
from every random start; the final losses against a plain recomputation."""

import re

from demos import symmetry
from nn import MLP
from tests.demos.shown import show


def plain(W, b, v, c, steps):
    """2-2-1 ReLU on XOR by the formulas of the document: the weights after each step, and the final J."""
    X, Y = [(0, 0), (0, 1), (1, 0), (1, 1)], [0, 1, 1, 0]
    seen = [[list(row) for row in W]]
    for _ in range(steps):
        J, dW, db, dv, dc = 0.0, [[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0], [0.0, 0.0], 0.0
        for x, y in zip(X, Y):
            z = [W[k][0] * x[0] + W[k][1] * x[1] + b[k] for k in (0, 1)]
            a = [max(0.0, zk) for zk in z]
            error = (v[0] * a[0] + v[1] * a[1] + c - y) / 4
            J  += 2 * error ** 2
            dc += error
            for k in (0, 1):
                dv[k] += error * a[k]
                delta  = error * v[k] * (z[k] > 0)
                db[k] += delta
                for j in (0, 1):
                    dW[k][j] += delta * x[j]
        W = [[w - 0.1 * d for w, d in zip(*pair)] for pair in zip(W, dW)]
        b, v = [bk - 0.1 * d for bk, d in zip(b, db)], [vk - 0.1 * d for vk, d in zip(v, dv)]
        c   -= 0.1 * dc
        seen.append([list(row) for row in W])
    return seen, J


def units(panel):
    """unit -> its two drawn curves."""
    return [[list(line.get_ydata()) for line in panel.get_lines() if line.get_linestyle() == dash]
            for dash in ("-", "--")]


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("symmetry", tmp_path, monkeypatch, capsys)
    *constant, by_chance = shown.figures["symmetry"].axes
    table = [re.split(r"\s{2,}", line) for line in shown.printed.splitlines()
             if line.startswith(("all ", "N(0, 1), "))]
    losses = shown.figures["symmetry_loss"].axes[0].get_lines()[:4]

    for gamma, panel, cells, dot in zip((0.0, 0.5, 1.0), constant, table, losses):
        first, second = units(panel)
        assert first == second and "units equal" in panel.get_title()                # to the last bit
        seen, J = plain([[gamma] * 2] * 2, [0.0] * 2, [gamma] * 2, 0.0, symmetry.STEPS)
        assert all(abs(w - step[0][j]) < 1e-9
                   for j in (0, 1) for w, step in zip(first[j], seen, strict=True))
        assert [float(cells[1]), float(dot.get_ydata()[0])] == [float(f"{J:.9g}"), dot.get_ydata()[0]]
        assert abs(dot.get_ydata()[0] - J) < 1e-9 and f"= {J:.3f}" in panel.get_title()
        assert cells[2] == "yes, bit for bit" and int(cells[3]) == (9 if gamma else 1)

    first, second = units(by_chance)
    assert "units differ" in by_chance.get_title() and table[3][2] == table[4][2] == "no"
    assert all(abs(a[-1] - b[-1]) > 0.1 for a, b in zip(first, second))
    check_random_starts(shown.printed, sorted(losses[3].get_ydata()))
    assert [text.get_text() for text in shown.figures["gamma"].axes[0].texts].count(r"$\gamma$") == 6
    assert shown.words().count("$a$ = 1.5, $\\partial J/\\partial a$ = 0.75") == 2


def check_random_starts(printed, drawn):
    """20 starts, trained again by the plain formulas."""
    ends, different = [], 0
    for seed in symmetry.RANDOM:
        hidden, output = MLP(2, [2, 1], "relu", init="normal", seed=seed).layers
        W = [[w.data for w in unit.weights] for unit in hidden.neurons]
        assert all(unit.bias.data == 0 for unit in [*hidden.neurons, *output.neurons])     # D1-39, D1-48
        seen, J = plain(W, [0.0, 0.0], [w.data for w in output.neurons[0].weights], 0.0, symmetry.STEPS)
        different += seen[-1][0] != seen[-1][1]
        ends.append(J)
    assert max(abs(a - b) for a, b in zip(sorted(ends), drawn, strict=True)) < 1e-9
    low = sum(J < 0.001 for J in ends)
    assert different == 20 and 0 < low < 10
    assert f"of 20 random starts (D1-39) 0 end with equal units, and {low} below J = 0.001" in printed
