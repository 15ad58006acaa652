"""Gates: the drawn answers, lines, rings and losses against plain recomputations and a count of all lines."""

import re
from math import exp, log

import numpy as np
import pytest

from tests.demos.shown import curves, show

CORNERS = [(0, 0), (0, 1), (1, 0), (1, 1)]
TARGETS = {"OR": (0, 1, 1, 1), "AND": (0, 0, 0, 1), "XOR": (0, 1, 1, 0), "XNOR": (1, 0, 0, 1)}


def test_what_it_shows(tmp_path, monkeypatch, capsys):
    shown = show("gates", tmp_path, monkeypatch, capsys)
    panels = {panel.get_title().split(":")[0]: panel for panel in shown.figures["gates"].axes}
    assert [*panels] == [*TARGETS]
    for name in ("OR", "AND"):
        check_line(panels[name], name)
    for name in ("XOR", "XNOR"):
        check_failure(panels[name], name)
    check_printed(shown.printed)
    check_perceptrons(shown.figures["perceptrons"].axes)


def descended(targets, start=(0.0, 0.0, 0.0), steps=2000):
    """Weights and bias after descent on the cross-entropy, rate 1; after how many steps all were right."""
    w1, w2, b = start
    first = None
    for step in range(steps):
        d  = [1 / (1 + exp(-(w1 * x1 + w2 * x2 + b))) - t for (x1, x2), t in zip(CORNERS, targets)]
        first = step if first is None and all(abs(e) < 0.5 for e in d) else first
        w1, w2, b = (w1 - sum(e * x[0] for e, x in zip(d, CORNERS)) / 4,
                     w2 - sum(e * x[1] for e, x in zip(d, CORNERS)) / 4, b - sum(d) / 4)
    return w1, w2, b, first


def numbers_at_corners(panel):
    """The number written above each corner."""
    found = {tuple(map(round, text.get_position())): text.get_text() for text in panel.texts
             if re.fullmatch(r"\d\.\d\d", text.get_text())}
    return [float(found[x]) for x in CORNERS]


def check_line(panel, name):
    w1, w2, b, first = descended(TARGETS[name])
    answers = [1 / (1 + exp(-(w1 * x1 + w2 * x2 + b))) for x1, x2 in CORNERS]
    assert numbers_at_corners(panel) == pytest.approx(answers, abs=0.005)
    drawn = np.vstack([path.vertices for c in panel.collections for path in c.get_paths()
                       if type(c).__name__ == "QuadContourSet"])
    assert len(drawn) > 10 and abs(drawn @ [w1, w2] + b).max() < 0.03 * w1   # it is on the line
    assert first == {"OR": 20, "AND": 16}[name]                             # right after step 20, 16 (D4-10)


def check_failure(panel, name):
    """1/2 everywhere; and the dashed line has all right but the ringed point, as many as any line has."""
    assert numbers_at_corners(panel) == [0.5] * 4
    heat = next(c for c in panel.collections if type(c).__name__ == "QuadMesh").get_array()
    assert np.allclose(heat, 0.5, atol=1e-6)
    w1, w2, b, _ = descended(TARGETS[name], start=(0.7, -0.3, 0.2))
    assert max(map(abs, (w1, w2, b))) < 1e-9 and f"{log(2):.3g}" in panel.get_title()
    (xa, ya), (xb, yb) = panel.lines[0].get_xydata()
    side   = [(xb - xa) * (y - ya) - (yb - ya) * (x - xa) > 0 for x, y in CORNERS]
    agreed = [s == bool(t) for s, t in zip(side, TARGETS[name])]
    rings  = {tuple(p) for c in panel.collections if type(c).__name__ == "PathCollection"
              and not len(c.get_facecolors()) for p in c.get_offsets()}
    assert sum(agreed) in (1, 3)                                            # 3 one way up, 1 the other
    assert rings == {x for x, a in zip(CORNERS, agreed) if a == (sum(agreed) == 1)}
    assert "3 of 4" in panel.texts[-1].get_text() and best(TARGETS[name]) == 3


def best(targets):
    """How many any line gets right, from lines at random: a line near each of the 14 is soon among them."""
    rng   = np.random.default_rng(0)
    sides = rng.uniform(-1, 1, (20000, 2)) @ np.array(CORNERS).T + rng.uniform(-2, 2, (20000, 1)) > 0
    return int((sides == np.array(targets, bool)).sum(axis=1).max())


def check_printed(printed):
    assert {line.split()[0]: line.split()[-1] for line in printed.splitlines()
            if re.match(r"(OR|AND|XOR|XNOR) +-?\d.*(\d|-)$", line) and "of 4" not in line} == {
                "OR": "20", "AND": "16", "XOR": "-", "XNOR": "-"}
    assert "14 of 16 ways" in printed                                       # as Cover counts them
    assert [best(t) == 4 for t in TARGETS.values()] == [True, True, False, False]
    fires = {line.split()[0]: [word for word in line.split()[2:] if word in ("fires", "-")]
             for line in printed.splitlines() if "fires" in line and line.startswith(("OR", "AND"))}
    assert fires == {"OR": ["-", "fires", "fires", "fires"], "AND": ["-", "-", "-", "fires"]}


def check_perceptrons(axes):
    *maps, losses = axes
    for panel, targets in zip(maps, [(0, 1, 1, 1), (1, 1, 1, 0), (0, 1, 1, 0)]):
        mesh   = next(c for c in panel.collections if type(c).__name__ == "QuadMesh")
        xy, on = np.array(mesh.get_coordinates()).reshape(-1, 2), np.array(mesh.get_array()).ravel()
        assert [int(on[np.hypot(*(xy - x).T).argmin()]) for x in CORNERS] == list(targets)
        assert set(on) == {0, 1}
    assert "4 of 4" in maps[2].get_title() and len(maps[2].lines) == 2
    drawn = curves(losses)
    step, sigmoid = ([ys for label, (_, ys) in drawn.items() if label.startswith(f)]
                     for f in ("step", "sigmoid"))
    assert len(step) == len(sigmoid) == 5
    assert all(len(set(ys)) == 1 and ys[0] * 4 in (1, 2, 3, 4) for ys in step)   # descent moves nothing
    assert all(ys[-1] < 0.6 * ys[0] for ys in sigmoid) and min(ys[-1] for ys in sigmoid) < 0.01
