"""python -m demos straight_line: training, the segment and annealing computed again in plain floats."""

from math import exp, log1p
from random import Random

import pytest

from demos import straight_line
from tests.demos.shown import show
from tests.demos.printed import cells

X, Y = [(0, 0), (0, 1), (1, 0), (1, 1)], [0, 1, 1, 0]


def sigma(z): return 1 / (1 + exp(-z)) if z >= 0 else exp(z) / (1 + exp(z))


def outputs(p, x):
    """Hidden activations and z of a 2-8-1 network whose parameters are b, w1, w2 of each unit, c, v."""
    hidden, (c, *v) = [p[3 * k:3 * k + 3] for k in range(8)], p[24:]
    a = [sigma(w1 * x[0] + w2 * x[1] + b) for b, w1, w2 in hidden]
    return a, c + sum(vk * ak for vk, ak in zip(v, a))


def error(p):
    """Binary cross-entropy on XOR."""
    zs = [outputs(p, x)[1] for x in X]
    return sum(max(z, 0) - z * y + log1p(exp(-abs(z))) for z, y in zip(zs, Y)) / 4


def slopes(p):
    g = [0.0] * 33
    for x, y in zip(X, Y):
        a, z  = outputs(p, x)
        delta = (sigma(z) - y) / 4
        g[24] += delta
        for k in range(8):
            g[25 + k] += delta * a[k]
            hidden = delta * p[25 + k] * a[k] * (1 - a[k])
            for j, factor in enumerate((1, *x)):
                g[3 * k + j] += hidden * factor
    return g


def start(seed):
    """The initial parameters, and in which order the lecture holds them."""
    net = straight_line.network(seed)
    ours  = [p for layer in net.layers for unit in layer.neurons for p in (unit.bias, *unit.weights)]
    order = [next(i for i, p in enumerate(ours) if p is q) for q in net.parameters()]
    return [p.data for p in ours], order


def descended(seed):
    p, _ = start(seed)
    speed = [0.0] * 33
    for _ in range(400):
        speed = [0.5 * v + 2.0 * g for v, g in zip(speed, slopes(p))]
        p = [pk - v for pk, v in zip(p, speed)]
    return p


def annealed(seed, passes):
    p, order = start(seed)
    rng, now = Random(seed), error(p)
    for k in range(passes):
        i = rng.choice(order)
        before, p[i] = p[i], p[i] + rng.gauss(0, 1)
        after = error(p)
        if after <= now or rng.random() < exp((now - after) / 0.001 ** (k / passes)):
            now = after
        else:
            p[i] = before
    return now


@pytest.fixture
def shown(tmp_path, monkeypatch, capsys):
    return show("straight_line", tmp_path, monkeypatch, capsys)


def test_what_it_shows(shown):
    check_segments(shown)
    check_annealing(shown)


def check_segments(shown):
    """Each drawn curve is the error along the segment; the counts of the title are those of the curves."""
    (axes,) = shown.figures["straight_line"].axes
    drawn = [list(line.get_ydata()) for line in axes.get_lines() if len(line.get_xdata()) == 51]
    assert len(drawn) == 10
    for seed in range(0, 10, 3):
        first, last = start(seed)[0], descended(seed)
        segment = [error([a + (b - a) * k / 50 for a, b in zip(first, last)]) for k in range(51)]
        assert drawn[seed] == pytest.approx(segment, rel=1e-6)
    monotone = sum(c == sorted(c, reverse=True) for c in drawn)
    assert 5 < monotone < 10 and all(c[-1] < c[0] for c in drawn)             # an observation, not a theorem
    assert f"in {monotone} of 10 starts" in axes.get_title()
    assert f"{monotone} of 10 segments fall all the way; 10 of 10 end lower" in shown.printed
    marks = {place for line in axes.get_lines() if line.get_marker() == "^"
             for place in zip(*line.get_data())}
    assert marks == {((k + 1) / 50, c[k + 1]) for c in drawn for k in range(50) if c[k + 1] > c[k]} and marks


def check_annealing(shown):
    """D4-45: gradient descent ends lower in every start than annealing with as many passes, not than three
    times as many."""
    (axes,) = shown.figures["straight_line_annealing"].axes
    ends = [list(map(float, line.get_ydata())) for line in axes.get_lines() if len(line.get_xdata()) == 3]
    table = [list(map(float, row)) for row in cells(shown.printed, "(D4-45):")[:10]]
    assert [row[1:] for row in table] == [pytest.approx(errors, rel=1e-3) for errors in ends]
    for seed in (0, 1):
        exact = [error(descended(seed)), annealed(seed, 400), annealed(seed, 1200)]
        assert ends[seed] == pytest.approx(exact, rel=1e-6)
    lower = [sum(gd < errors[k] for gd, *errors in ends) for k in (0, 1)]
    assert lower[0] == 10 and 5 < lower[1] < 10 and "Not always" in axes.get_title()
    for n, count in zip((400, 1200), lower):
        assert f"ends lower than annealing with {n} passes: {count} of 10" in shown.printed
    labels = "\n".join(tick.get_text() for tick in axes.get_xticklabels())
    assert all(f"ends higher in {count} of 10" in labels for count in lower)
