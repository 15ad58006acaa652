"""Fitting: a picture comes near to the shape asked for, and is left alone where it has it."""

import re
from math import log
from random import Random
from xml.etree import ElementTree

import pytest

from engine import Value, dot, draw, tanh
from engine.pictures.fitting import PLAIN, levels, ratio_of
from nn import MLP, half_mse

SVG   = "{http://www.w3.org/2000/svg}"
SLIDE = 16 / 9


def pairs(n=64):
    J = dot(*([Value(k / 10, f"{name}{k}") for k in range(1, n + 1)] for name in "wx"))
    J.backward()
    return J


def network(*sizes):
    J = (MLP(2, [*sizes, 1], "tanh", seed=3)([1.0, -2.0]) - 1.0) ** 2
    J.backward()
    return J


def aspect(drawing):
    return drawing.layout["width"] / drawing.layout["height"]


def places(drawing):
    return {drawing.graph.name(box.members[-1]): drawing.layout["nodes"][drawing.fold.id(box)]
            for box in drawing.fold.boxes if box.single}


CASES = {
    "pairs":            (lambda: pairs(), None, []),
    "pairs, one open":  (lambda: pairs(), None, ["w1 ... w64"]),
    "pairs, both open": (lambda: pairs(), None, ["w1 ... w64", "x1 ... x64"]),
    "layer":            (lambda: network(16, 16), "layer", ["layer 2"]),
    "unit":             (lambda: network(16, 16), "unit", ["layer 2"]),
    "neuron":           (lambda: network(16, 16), "neuron", ["layer 2"]),
    "weights open":     (lambda: network(16, 16), "layer", ["layer 2", "W2[1,1] ... W2[16,16]"]),
    "scalar":           (lambda: network(16, 16), "scalar", [])}


@pytest.mark.parametrize("case", CASES)
def test_the_picture_is_near_the_shape(case):
    """Class: repeated operands in one column. Without fit these are 28 to 1,900 times as high as asked."""
    make, view, unfold = CASES[case]
    drawing = draw(make(), view, unfold=unfold, fit=(16, 9))
    assert abs(log(aspect(drawing) / SLIDE)) < log(1.35), drawing.layout["width"]
    assert drawing.layout["width"] < (4200 if "open" in case else 2300)


@pytest.mark.parametrize("shape", [(4, 3), (1, 1), (9, 16)])
def test_other_shapes(shape):
    drawing = draw(pairs(), fit=shape, unfold=["w1 ... w64"])
    assert abs(log(aspect(drawing) * shape[1] / shape[0])) < log(1.6)


def test_no_box_covers_another():
    drawing = draw(network(16, 16), "layer", unfold=["layer 2", "W2[1,1] ... W2[16,16]"], fit=(16, 9))
    boxes = sorted(drawing.layout["nodes"].values())
    assert len(boxes) > 290
    for i, (x, y, w, h) in enumerate(boxes):
        for x2, y2, w2, h2 in boxes[i + 1:]:
            assert abs(x - x2) >= (w + w2) / 2 - 1 or abs(y - y2) >= (h + h2) / 2 - 1


def test_what_has_the_shape_already_is_drawn_byte_for_byte_the_same():
    x, w, b = Value(0.5, "x"), Value(-1.0, "w"), Value(2.0, "b")
    for z in (tanh(w * x + b), w * x, network(2)):
        width, height = (draw(z).layout[side] for side in ("width", "height"))
        assert draw(z, fit=(width, height)).source == draw(z).source


def test_the_same_graph_gives_the_same_bytes_and_needs_no_graphviz(monkeypatch):
    monkeypatch.setattr("engine.pictures.graphviz.render", None)
    assert draw(network(16), fit=(16, 9)).source == draw(network(16), fit=(16, 9)).source


def test_parameters_stand_in_order_from_top_to_bottom():
    """W1[1,1], W1[1,2], ..., the bias of a unit after its weights."""
    names = [name for k in (1, 2, 3) for name in (f"W1[{k},1]", f"W1[{k},2]", f"b1[{k}]")]
    model = MLP(2, [3, 1], "tanh", seed=3)
    J     = (model([1.0, -2.0]) - 1.0) ** 2
    for view in ("unit", "neuron", "layer"):
        found = places(draw(J, view, unfold=["layer 1"]))
        assert sorted(names, key=lambda name: found[name][1]) == names


def test_a_grid_is_read_downwards_and_then_to_the_right_and_says_its_slopes():
    drawing = draw(pairs(), fit=(16, 9), unfold=["w1 ... w64"])
    found   = places(drawing)
    names   = [f"w{k}" for k in range(1, 65)]
    assert sorted(names, key=lambda name: (round(found[name][0]), found[name][1])) == names
    assert len({round(found[name][0]) for name in names}) > 3
    root = ElementTree.fromstring(drawing.svg())
    text = [("".join(item.itertext())).strip() for item in root.iter(f"{SVG}text")]
    assert {"w17", "data 1.7", "grad 1.7", "slope 1.7", "w1 ... w64", "64 slopes"} <= set(text)


def test_a_bracket_is_one_box_that_says_how_many_and_their_ranges():
    root = ElementTree.fromstring(draw(pairs(), fit=(16, 9)).svg())
    text = [("".join(item.itertext())).strip() for item in root.iter(f"{SVG}text")]
    assert "w1 ... w64: 64 values" in text
    assert text.count("data 0.1 ... 6.4") == 2 == text.count("grad 0.1 ... 6.4")
    assert text.count("64 slopes") == 2


def test_x_times_x_keeps_its_two_arrows():
    x = Value(3.0, "x")
    assert len(re.findall("n0 -> n1", draw(x * x, fit=(16, 9)).source)) == 2


@pytest.mark.parametrize("shape", [(0, 1), (1, 0), (-16, 9), (100, 1), "16:9", 2, (1, 2, 3),
                                   (float("nan"), 1)])
def test_what_is_no_shape(shape):
    with pytest.raises(ValueError, match="write fit=.16, 9."):
        draw(pairs(4), fit=shape)


def test_shapes_and_columns():
    assert ratio_of((16, 9)) == SLIDE and PLAIN.ratio is None
    assert levels([("a", "b"), ("b", "c"), ("x", "c")], ["a", "b", "x", "c"]) == {
        "a": 0, "b": 1, "x": 1, "c": 2}


# --- rows: a line of boxes that is too long goes on below -----------------------------------------

def chain(n):
    z = Value(0.5, "x")
    for k in range(n):
        z = (z * 1.1).tanh() if k % 2 else z + Value(0.1, f"c{k}")
    z.backward()
    return z


@pytest.mark.parametrize("make, view", [
    (lambda: chain(16), "scalar"), (lambda: chain(40), "scalar"), (lambda: network(5, 5), "layer"),
    (lambda: sum(Value(k / 10, f"x{k}") * Value(1.0, "") for k in range(30)), "scalar")])
def test_what_is_too_long_goes_on_below(make, view):
    """Class: ranks in one line. A chain of 40 steps is 50 times as wide as high."""
    root = make()
    drawing = draw(root, view, fit=(16, 9))
    assert abs(log(aspect(drawing) / SLIDE)) < log(1.35)
    assert drawing.layout["width"] < 0.75 * draw(root, view, fit=None).layout["width"]


@pytest.mark.parametrize("n", [10, 16, 25, 40])
def test_rows_are_read_from_the_top_and_each_from_the_left(n):
    drawing = draw(chain(n), "scalar", fit=(16, 9))
    line    = re.findall(r'cluster row (\d+)', drawing.source)
    assert len(line) > 1 and len(set(line)) == len(line)
    nodes, fold = drawing.layout["nodes"], drawing.fold
    rows = {}
    for part in re.findall(r'subgraph "cluster row (\d+)" \{(.*?)\n\t\}', drawing.source, re.DOTALL):
        rows[int(part[0])] = [nodes[box][1] for box in re.findall(r"^\t\t(n\d+) \[", part[1], re.MULTILINE)]
    tops = [(min(ys), max(ys)) for _, ys in sorted(rows.items())]
    assert all(one[1] < other[0] for one, other in zip(tops, tops[1:]))
    for link in fold.links:
        ends = fold.id(link.source), fold.id(link.target)
        if drawing.plan.bands[ends[0]] == drawing.plan.bands[ends[1]]:
            assert nodes[ends[0]][0] < nodes[ends[1]][0]


def random_chain(rng):
    """A long chain with what it meets on its way: new leaves, plain numbers, and earlier links of itself."""
    z, links = Value(0.5, "x"), []
    for k in range(rng.randint(12, 70)):
        links.append(z)
        z = rng.choice([z.tanh, lambda: z + Value(0.1, f"c{k}"), lambda: z * 1.1,
                        lambda: z * rng.choice(links), lambda: z + links[-rng.randint(1, min(6, len(links)))],
                        lambda: z.sin() * Value(0.2, rng.choice("abw"))])()
    return z


@pytest.mark.parametrize("seed", range(100))
def test_rows_are_read_from_the_top_in_any_chain(seed):
    """Class: arrows that lead to another row. Graphviz has no order for frames, and put a row above an
    earlier one, or over it, in a third of these."""
    drawing = draw(random_chain(Random(seed)), "scalar", fit=(16, 9))
    nodes, fold, rows = drawing.layout["nodes"], drawing.fold, {}
    assert drawing.plan.bands
    for box, row in drawing.plan.bands.items():
        _, y, _, height = nodes[box]
        rows.setdefault(row, []).extend([y - height / 2, y + height / 2])
    assert len(rows) > 1
    assert all(max(rows[k]) < min(rows[k + 1]) for k in range(len(rows) - 1))
    for link in fold.links:
        tail, head = fold.id(link.source), fold.id(link.target)
        assert drawing.plan.bands[tail] != drawing.plan.bands[head] or nodes[tail][0] < nodes[head][0]


def test_a_strip_is_fitted_by_itself_and_what_has_a_shape_is_not():
    """The two strips of 1:20 and more: an opened layer, and a product of 64 pairs."""
    model = MLP(2, [16, 16, 1], seed=1)
    J = half_mse(model([Value(0.5, "x[1]"), Value(-1.0, "x[2]")]), Value(1.0, "y"))
    for strip, options in ((J, {"view": "layer", "unfold": ["layer 2"]}), (pairs(), {})):
        assert draw(strip, **options).source == draw(strip, fit=(16, 9), **options).source
        assert draw(strip, **options).source != draw(strip, fit=None, **options).source
    for view in ("unit", "neuron", "layer"):
        assert draw(J, view=view).source == draw(J, view=view, fit=None).source
    with pytest.raises(ValueError, match=r"fit is a shape, .strips. or None"):
        draw(J, fit="wide")


def test_a_shape_may_be_a_list_and_gathers_before_anything_is_refused():
    assert draw(pairs(), fit=[16, 9], max_nodes=60).source == draw(pairs(), fit=(16, 9), max_nodes=60).source
