"""One neuron: the numbers of figure 1, of the snippet, of three links and of a neuron that fires, as they
are shown."""

import re
from math import exp, sin

import pytest
from matplotlib.text import Annotation

from tests.demos.shown import curves, show


def test_one_neuron(tmp_path, monkeypatch, capsys):
    shown = show("one_neuron", tmp_path, monkeypatch, capsys)
    figure_one(shown)
    snippet(shown)
    links(shown)
    firing(shown)


def rows(shown, start):
    """The numbers of the table's row that begins with start."""
    line = next(line for line in shown.printed.splitlines() if line.startswith(start))
    return [float(x) for x in re.findall(r"-?\d+\.\d+(?:e-\d+)?", line)]


def figure_one(shown):
    """The document's numbers D0-02 and D0-03, in the table and in the picture; widths follow |w|."""
    z     = 0.8 * 0.5 + 0.3 * -1.2 + 0.1
    a     = 1 / (1 + exp(-z))
    slope = exp(-z) / (1 + exp(-z)) ** 2
    for name, by_hand in {"w1": 0.5 * slope, "w2": -1.2 * slope, "b ": slope, "x1": 0.8 * slope,
                          "x2": 0.3 * slope}.items():
        assert rows(shown, name) == pytest.approx([by_hand, by_hand], rel=1e-11)
    axes   = shown.figures["one_neuron"].axes[0]
    texts  = " ".join(text.get_text() for text in axes.texts)
    assert f"$z$ = {z:.4g}" in texts and f"$a = f(z)$ = {a:.4g}" in texts and "$b$ = 0.1" in texts
    widths = [note.arrow_patch.get_linewidth() for note in axes.findobj(Annotation)]
    assert widths[0] / widths[1] == pytest.approx(0.8 / 0.3)


def snippet(shown):
    r = 1 / (1 + exp(-1.2))
    assert "cell_body_sum = 1.2\n" in shown.printed
    assert rows(shown, "firing_rate r") == pytest.approx([r, r], rel=1e-11)
    for j, x in enumerate((1, -2, 0.5), 1):
        assert rows(shown, f"dr/dw{j}")[-2:] == pytest.approx([r * (1 - r) * x] * 2, rel=1e-11)


def links(shown):
    panels = shown.figures["one_neuron_links"].axes
    said   = {2.5: "amplified", 0.4: "derated", -0.4: "inverted, derated"}
    assert len(panels) == len(said)
    for panel, (w, what) in zip(panels, said.items()):
        times, before = curves(panel)["in"]
        assert before == pytest.approx([sin(2 * t) for t in times])
        assert curves(panel)["out"][1] == pytest.approx([w * s for s in before])
        assert panel.get_title() == f"$w$ = {w:g}: {what}"
        assert panel.get_ylim() == panels[0].get_ylim()


def firing(shown):
    """The output is 1 exactly where the drawn sum is above the drawn threshold, which no input reaches
    alone."""
    above, below = map(curves, shown.figures["one_neuron_fires"].axes)
    first, second, both = (above[name][1] for name in ("$w_1 x_1$", "$w_2 x_2$", "both together"))
    threshold = above["threshold $-b$"][1][0]
    output    = below["output: 1 or 0"][1]
    assert both == pytest.approx([a + b for a, b in zip(first, second)])
    assert output == [float(strength > threshold) for strength in both]
    assert 0 < sum(output) < len(output) and max(first) < threshold and max(second) < threshold
    assert below["sigmoid: a rate"][1] == pytest.approx([1 / (1 + exp(-20 * (s - threshold))) for s in both])
