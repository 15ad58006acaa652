"""The first lecture: table and graph against the worked numbers GA-1, each column computed on its own; and
what it learns, read off its pictures."""

import re
from html import unescape

import pytest

from demos import backprop
from tests.demos.shown import curves, show

GA_1 = {
    "delta2[1]": 2.25, "dJ/db2[1]": 2.25, "dJ/dW2[1,1]": 0, "dJ/dW2[1,2]": 2.25, "dJ/da1[1]": 4.5,
    "dJ/da1[2]": 6.75,
    "delta1[1]": 0, "delta1[2]": 6.75, "dJ/db1[1]": 0, "dJ/db1[2]": 6.75, "dJ/dW1[1,1]": 0, "dJ/dW1[1,2]": 0,
    "dJ/dW1[2,1]": 6.75, "dJ/dW1[2,2]": 13.5, "dJ/dx[1]": 3.375, "dJ/dx[2]": 3.375,
}


@pytest.mark.parametrize("column", ["by_formula", "by_engine", "by_nudging"])
def test_every_column_is_ga_1(column):
    J, rows = backprop.gradients()
    assert J.data == 2.53125
    assert {row.symbol: getattr(row, column) for row in rows} == GA_1                     # exact in binary


def test_a_wrong_gradient_would_be_seen():
    good = backprop.Row("D1-27", "dJ/db2[1]", "delta2[1]", 2.25, 2.25, 2.25)
    assert good.agree
    assert not good._replace(by_engine=4.5).agree
    assert not good._replace(by_nudging=2.2501).agree


def test_backprop(tmp_path, monkeypatch, capsys):
    shown = show("backprop", tmp_path, monkeypatch, capsys)
    printed_gradients(shown.printed)
    drawn_gradients(shown.files)
    epochs = [re.split(" {2,}", line.strip()) for line in re.findall(r"^ +\d+  .*%$", shown.printed, re.M)]
    assert [int(epoch) for epoch, *_ in epochs] == list(range(1, 41))
    learning(shown.figures["backprop_loss"].axes[0], [float(loss) for _, loss, *_ in epochs])
    boundary(shown.figures["backprop_boundary"].axes[0], epochs[-1])


def printed_gradients(printed):
    """Formula, engine and nudging print the numbers of GA-1, beside the items D1-26 to D1-31."""
    rows = [re.split(" {2,}", line) for line in printed.splitlines() if re.match(r"D1-\d\d  ", line)]
    assert {row[1]: [float(x) for x in row[3:6]] for row in rows} == {k: [v] * 3 for k, v in GA_1.items()}
    assert all(row[6] == "yes" for row in rows) and "16 of 16 agree." in printed


def drawn_gradients(files):
    """The boxes of the graph read the same gradients."""
    graph = next(file for file in files if file.name == "backprop_graph.svg").read_text(encoding="utf-8")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", unescape(graph))
    boxes = {name.split(" = ")[0]: float(grad.removeprefix("grad "))
             for name, data, grad in zip(texts, texts[1:], texts[2:])
             if data.startswith("data ") and grad.startswith("grad ")}
    names = {"delta1[1]": "z1[1]", "delta1[2]": "z1[2]", "delta2[1]": "z2[1]"}
    known = {names.get(name, name.removeprefix("dJ/d")): number for name, number in GA_1.items()}
    assert {name: boxes[name] for name in known} == pytest.approx(known, rel=1e-3)


def learning(axes, losses):
    """The drawn training loss is the printed one, and falls to a tenth; new points are learned too."""
    drawn = curves(axes)
    assert drawn["training"][1] == pytest.approx(losses, rel=1e-3) and losses[-1] < losses[0] / 10
    new = drawn["new points"][1]
    assert len(new) == len(losses) and new[-1] < new[0] / 2 and axes.get_ylim()[0] == 0
    assert len({line.get_linestyle() for line in axes.get_lines()}) == 2


def boundary(axes, last):
    """The colour of the plane at each point is that of its class for as many points as the title says."""
    plane, *_ = axes.collections
    corners, scores = plane.get_coordinates(), plane.get_array()
    points = {c.get_label(): c.get_offsets() for c in axes.collections if c.get_label().startswith("class")}

    def score(x, y):
        column = round((x - corners[0, 0, 0]) / (corners[0, 1, 0] - corners[0, 0, 0]))
        row    = round((y - corners[0, 0, 1]) / (corners[1, 0, 1] - corners[0, 0, 1]))
        return scores.reshape(corners.shape[:2])[row, column]
    right = [(score(*at) > 0) == (label == "class 1") for label, some in points.items() for at in some]
    share, new = (float(percent.rstrip("%")) / 100 for percent in last[2:])
    assert len(right) == 150 and sum(right) / 150 == pytest.approx(share, abs=0.03)    # (on the grid)
    assert share > 0.95 and new > 0.9 and axes.get_title().endswith(f"{last[2]} right after 40 epochs")
