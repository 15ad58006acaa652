"""compare: what one Comparison holds of two drawings. A training step is compared in test_drawing.py."""

from xml.etree import ElementTree

import pytest

from engine import Graph, Value, compare, draw
from engine.pictures.comparison import CAPTION, GAP, placed

SVG = "{http://www.w3.org/2000/svg}"


def made(w):
    z = (Value(w, "w") * Value(0.5, "x") + 1).tanh()
    z.backward()
    return z


@pytest.fixture
def both():
    return compare(draw(made(2.0)), made(3.0))


def test_both_drawings_are_kept_and_the_second_is_the_one_to_read(both):
    assert both.before.source == draw(made(2.0)).source and both.source == both.after.source
    assert both.description == f"Before: {both.before.description}. After: {both.after.description}"


def test_the_table_says_of_each_row_when_it_was(both):
    assert [row[1:] for row in both.rows if row[0] == "before"] == both.before.rows
    assert [row[1:] for row in both.rows if row[0] == "after"] == both.after.rows


def test_the_picture_holds_both_with_captions_and_what_changed(both):
    root  = ElementTree.fromstring(both.svg())
    texts = ["".join(item.itertext()).strip() for item in root.iter(f"{SVG}text")]
    assert texts.count("before") == texts.count("after") == 1 and "data 3 (was 2)" in texts
    assert not any(text.startswith("data 0.5 (was") for text in texts)
    ids = [item.get("id") for item in root.iter() if item.get("id")]
    assert len(ids) == len(set(ids)) and {i.partition("_")[0] for i in ids} == {"before", "after"}


def test_nothing_is_marked_where_nothing_changed():
    assert "(was" not in compare(draw(made(2.0)), made(2.0)).svg()


def test_a_graph_read_already_is_taken_as_it_is():
    z = made(3.0)
    assert compare(draw(made(2.0)), Graph(z)).after.source == compare(draw(made(2.0)), z).after.source


def test_a_picture_is_placed_below_its_caption_with_ids_of_its_own():
    svg = '<svg viewBox="0 0 100 40"><g id="n0"><g id="n1"/></g></svg>'
    group, right, bottom = placed(svg, "after", 7, GAP)
    assert (right, bottom) == (107, GAP + CAPTION + 40)
    assert 'id="after_n0"' in group and 'id="after_n1"' in group and "translate(7 30)" in group


@pytest.mark.parametrize("name", ["step.svg", "step.html", "step.txt"])
def test_it_is_saved_as_a_drawing_is(both, tmp_path, name):
    text = both.save(tmp_path / name).read_text(encoding="utf-8")
    assert "before" in text.lower() and "after" in text.lower()


@pytest.mark.parametrize("before, after, error, says", [
    (lambda: made(2.0), lambda: made(2.0), TypeError, "not Value: write before = draw"),
    (lambda: draw(made(2.0)), lambda: made(2.0) + 1, ValueError, "the graph had .* boxes before and has"),
    (lambda: draw(made(2.0)), lambda: 2.0, TypeError, "plain number")])
def test_what_cannot_be_compared(before, after, error, says):
    with pytest.raises(error, match=says):
        compare(before(), after())
