"""Grids: which boxes stand in a grid, in which order, and how their arrows become one."""

from engine import Graph, Value, dot, draw, total
from engine.graphs.folds import Fold
from engine.pictures.fitting import Plan
from engine.pictures.grids import bundle, bundled, grid, in_grid, slope_line, tail


def opened(n=12):
    w, x = ([Value(k / 10, f"{name}{k}") for k in range(1, n + 1)] for name in "wx")
    J = dot(w, x)
    J.backward()
    return Fold(Graph(J), "scalar", [f"w1 ... w{n}"], 1)


def test_the_values_of_an_opened_bracket_stand_in_a_grid():
    fold = opened()
    assert [box.title for box in fold.boxes if in_grid(fold, box)] == [f"w{k}" for k in range(1, 13)]


def test_a_cell_says_the_slope_that_its_own_arrow_would_show():
    fold = opened()
    assert slope_line(fold, fold.box_of[fold.graph.find("w3")])["label"].split("\\n") == [
        "w3", "data 0.3", "grad 0.3", "slope 0.3"]


def test_a_value_that_is_used_twice_has_no_single_slope():
    w = [Value(float(k), f"w{k}") for k in range(5)]
    J = total(w) * total(w)
    fold = Fold(Graph(J), "scalar", ["w0 ... w4"], 1)
    assert "slope" not in slope_line(fold, fold.box_of[w[2]])["label"]


def test_the_arrows_of_a_frame_to_one_box_are_one_with_every_slope():
    fold   = opened()
    framed = {fold.id(box) for box in fold.boxes if in_grid(fold, box)}
    first, other = bundled(fold, fold.links, framed, Plan({"w1 ... w12": 4}))
    assert sorted(slope.partial for slope in first.slopes) == [k / 10 for k in range(1, 13)]
    assert bundle(first) == {"label": " 12 slopes "} and other.source.title == "x1 ... x12"
    assert first.source.title == "w11"                                   # in the middle of the last column


def test_the_columns_of_a_grid():
    assert tail(list("abcdefgh"), 3) == "h" and tail(list("abcdef"), 2) == "e" and tail(["a"], 1) == "a"
    source = str(grid('a "title"', ["n1", "n2", "n3", "n4"], 2))
    assert source.count("rank=same") == 2 and "n1 -> n3" in source and "n2 -> n4" in source


def test_a_title_of_the_user_ends_no_frame():
    J = dot([Value(1.0, f'"]}}<b>\\{k}') for k in range(5)], [Value(2.0, f"x{k}") for k in range(5)])
    fold  = draw(J, fit=(16, 9)).fold
    title = next((box.title for box in fold.boxes if box.group == "bracket" and "<b>" in box.title), None)
    found = draw(J, fit=(16, 9), unfold=[title] if title else ['"]}<b>\\0'])
    assert len(found.layout["nodes"]) >= 7
