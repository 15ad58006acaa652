"""compare: one picture of two times. A training step is compared in test_drawing.py."""

import re
from xml.etree import ElementTree

import pytest

from engine import Graph, Value, compare, draw
from engine.pictures.comparison import DOWN, UP, both
from nn import MLP

SVG = "{http://www.w3.org/2000/svg}"


def made(w):
    z = (Value(w, "w") * Value(0.5, "x") + 1).tanh()
    z.backward()
    return z


def step(view, **options):
    """A network drawn, and the same after a step."""
    model = MLP(2, [3, 1], "tanh", seed=3)
    J = (model([1.0, -2.0]) - 1.0) ** 2
    J.backward()
    before = draw(J, view, **options)
    for p in model.parameters():
        p.data -= 0.1 * p.grad
    J = (model([1.0, -2.0]) - 1.0) ** 2
    J.backward()
    return before, J


@pytest.fixture
def pair():
    return compare(draw(made(2.0)), made(3.0))


def nodes(svg):
    """The boxes of a picture, by id."""
    return {item.get("id"): item for item in ElementTree.fromstring(svg).iter(f"{SVG}g")
            if item.get("class") == "node"}


def said(node):
    return ["".join(item.itertext()).strip() for item in node.iter(f"{SVG}text")]


def xs(item):
    points = item.get("points") or item.get("d")
    return [float(x) for x in re.findall(r"(-?[\d.]+),-?[\d.]+", points)]


def test_both_drawings_are_kept(pair):
    assert pair.before.source == draw(made(2.0)).source and pair.after.source == draw(made(3.0)).source
    assert pair.description == f"Before: {pair.before.description}. After: {pair.after.description}"


def test_the_table_says_of_each_row_when_it_was(pair):
    assert [row[1:] for row in pair.rows if row[0] == "before"] == pair.before.rows
    assert [row[1:] for row in pair.rows if row[0] == "after"] == pair.after.rows


def test_every_box_stands_once_and_says_both_numbers(pair):
    """Class: two layouts of one graph. One layout cannot move between the sides."""
    boxes = nodes(pair.svg())
    assert sorted(boxes) == sorted(pair.fold.id(box) for box in pair.fold.boxes)
    w, x = (said(boxes[pair.graph.id(pair.graph.find(name))]) for name in ("w", "x"))
    assert w[:2] == ["w", "data 2 → 3"] and "change +1" in w
    assert x[:2] == ["x", "data 0.5"] and not any(line.startswith("change") for line in x)


def test_the_change_is_a_bar_to_the_right_where_it_grew_and_to_the_left_where_it_shrank():
    before, J = step("scalar")
    found = compare(before, J)
    seen  = set()
    for box, node in nodes(found.svg()).items():
        bars = [item for item in node.iter(f"{SVG}polygon") if item.get("class") == "bar"]
        assert len(bars) == (box in found.changes)
        if bars:
            track  = next(item for item in node.iter(f"{SVG}polygon") if item.get("class") == "track")
            middle = (min(xs(track)) + max(xs(track))) / 2
            grew   = found.changes[box][0] > 0
            edges  = min(xs(bars[0])), max(xs(bars[0]))
            assert edges[0 if grew else 1] == pytest.approx(middle, abs=0.02)
            assert min(xs(track)) - 0.02 <= edges[0] < edges[1] <= max(xs(track)) + 0.02
            assert bars[0].get("fill") == (UP if grew else DOWN).lower()
            assert any(line.startswith("change +" if grew else "change -") for line in said(node))
            seen.add(grew)
    assert seen == {True, False}


def test_the_largest_change_has_the_longest_bar():
    before, J = step("scalar")
    found = compare(before, J)
    long  = {box: max(xs(item)) - min(xs(item)) for box, node in nodes(found.svg()).items()
             for item in node.iter(f"{SVG}polygon") if item.get("class") == "bar"}
    track = {box: max(xs(item)) - min(xs(item)) for box, node in nodes(found.svg()).items()
             for item in node.iter(f"{SVG}polygon") if item.get("class") == "track"}
    share = {box: long[box] / track[box] for box in long}
    size  = {box: abs(change) for box, (change, _, _) in found.changes.items()}
    order = sorted(share, key=size.get)
    assert [share[box] for box in order] == pytest.approx(sorted(share.values()), abs=0.002)
    assert share[order[0]] < 0.1 and share[order[-1]] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("view, options", [
    ("unit", {}), ("neuron", {}), ("layer", {}), ("layer", {"unfold": ["layer 1"]}),
    ("layer", {"unfold": ["layer 1"], "fit": (16, 9)})])
def test_a_folded_box_says_how_many_numbers_changed(view, options):
    before, J = step(view, **options)
    found = compare(before, J)
    text  = " ".join(line for node in nodes(found.svg()).values() for line in said(node))
    assert "change" in text and ("unfold" in options or " of " in text or view == "unit")
    assert sorted(nodes(found.svg())) == sorted(row[0] for row in before.rows)


@pytest.mark.parametrize("old, new, lines", [
    ("data 1", "data 1", ["data 1"]), ("data 1", "data 0.8", ["data 1 → 0.8"]),
    ("grad up to 1.5", "grad up to 2", ["grad up to 1.5 → 2"]),
    ("data 1 ... 2", "data 1 ... 3", ["data 1 ... 2", "→ 3"]),
    ("z1[1] 1   grad 2", "z1[1] 3   grad 2", ["z1[1] 1   grad 2", "→ 3   grad 2"])])
def test_a_line_of_both_times(old, new, lines):
    assert both(old, new) == lines


def test_no_text_leaves_its_box(browser, tmp_path):
    """Class: texts wider than Graphviz takes them for."""
    before, J = step("scalar")
    page = browser.new_page()
    page.goto(compare(before, J).save(tmp_path / "step.html").as_uri())
    outside = page.evaluate("""[...document.querySelectorAll('.node')].flatMap(node => {
        const box = node.querySelector('path, polygon')?.getBoundingClientRect();
        return [...node.querySelectorAll('text')].filter(text => { const t = text.getBoundingClientRect();
            return t.left < box.left - .5 || t.right > box.right + .5 }).map(t => t.textContent) })""")
    page.close()
    assert [text for text in outside if text.strip() != "2"] == []           # a plain number has no box


def test_nothing_is_marked_where_nothing_changed():
    same = compare(draw(made(2.0)), made(2.0))
    assert same.changes == {} and "→" not in same.svg() and "no number changed" in same.svg()


def test_numbers_changed_after_the_drawing_was_made_are_those_of_before():
    """A drawing holds the numbers of its time, also where the Values have moved on."""
    w = Value(2.0, "w")
    before = draw(w * 3)
    w.data = 5.0
    assert "data 2 → 5" in compare(before, w * 3).svg()


def test_a_graph_read_already_is_taken_as_it_is():
    z = made(3.0)
    assert compare(draw(made(2.0)), Graph(z)).source == compare(draw(made(2.0)), z).source


@pytest.mark.parametrize("name", ["step.svg", "step.html", "step.txt"])
def test_it_is_saved_as_a_drawing_is(pair, tmp_path, name):
    text = pair.save(tmp_path / name).read_text(encoding="utf-8")
    assert "before" in text.lower() and "after" in text.lower()


@pytest.mark.parametrize("before, after, error, says", [
    (lambda: made(2.0), lambda: made(2.0), TypeError, "not Value: write before = draw"),
    (lambda: draw(made(2.0)), lambda: made(2.0) + 1, ValueError, "the graph had .* boxes before and has"),
    (lambda: draw(made(2.0)), lambda: 2.0, TypeError, "plain number")])
def test_what_cannot_be_compared(before, after, error, says):
    with pytest.raises(error, match=says):
        compare(before(), after())
