"""media: what a lecture is called, shows first, can be written as, and refuses."""

from xml.etree import ElementTree

import pytest

from engine import Value, lecture
from engine.lectures.media import LIMIT, OPEN
from nn import MLP


# --- title and views ------------------------------------------------------------------------------

def test_the_title_is_the_formula_unless_one_is_given(shared):
    assert lecture(Value(-3.0, "x") ** 2).title == "J = x^2"
    assert lecture(shared, "The chain rule").title == "The chain rule"
    assert lecture(shared, "a\x1b[31m\nb").title.isprintable()


def test_a_plain_expression_has_no_zoom(shared):
    assert [view.name for view in lecture(shared).views] == ["scalar"]


@pytest.mark.parametrize("n, first", [(3, "scalar"), (60, "unit")])
def test_a_large_graph_opens_folded(n, first):
    talk = lecture(MLP(2, [n, 1])([1.0, 2.0]) ** 2)
    assert talk.views[talk.first].name == first


def test_the_description_counts_nodes_and_edges(shared):
    assert lecture(shared).description.startswith("Computation graph of L: 9 nodes, 11 edges")


def test_it_says_what_it_is(shared):
    assert repr(lecture(shared, "One neuron")) == (
        "<Lecture on One neuron: 15 steps; print it, or .save('page.html')>")


@pytest.mark.parametrize("nodes, allowed", [(LIMIT, True), (LIMIT + 1, False)])
def test_a_lecture_has_at_most_3000_nodes(nodes, allowed):
    z = Value(1.0, "x")
    for _ in range(nodes - 1):
        z = -z
    if allowed:
        assert len(lecture(z).recording.values) == 3000
    else:
        with pytest.raises(ValueError, match="this graph has 3001 nodes, .*at most 3000"):
            lecture(z)


# --- files ----------------------------------------------------------------------------------------

def test_save_says_what_it_can_write(tmp_path):
    assert lecture(Value(2.0, "x") ** 2).save(tmp_path / "l.svg").read_text().startswith("<svg")
    with pytest.raises(ValueError, match=r"\.html, slides\.html, \.txt, \.svg, \.pdf or \.gif, or in /"):
        lecture(Value(2.0)).save(tmp_path / "l.mp4")


@pytest.mark.parametrize("name", ["l.html", "slides.html", "l.txt", "l.pdf"])
def test_what_has_no_size_says_so_and_is_not_written(tmp_path, name):
    with pytest.raises(ValueError, match="has no size: leave size='page' out; .svg, .gif and frames/ have"):
        lecture(Value(2.0)).save(tmp_path / name, size="page")
    assert not list(tmp_path.iterdir())


def test_the_view_can_be_chosen_where_the_graph_has_it(shared, tmp_path):
    talk = lecture(MLP(2, [3, 1])([1.0, 2.0]) ** 2)
    assert [talk.shown(name).name for name in (None, "scalar", "unit", "layer")] == [
        "scalar", "scalar", "unit", "layer"]
    assert len(talk.frames(tmp_path, view="layer")) < len(talk.frames(tmp_path / "all"))
    with pytest.raises(ValueError, match="this lecture has no view 'unit': write one of scalar"):
        lecture(shared).save(tmp_path / "l.svg", view="unit")
    with pytest.raises(ValueError, match=".html has no view: leave view='unit' out"):
        talk.save(tmp_path / "l.html", view="unit")


def test_the_last_step_in_the_size_of_a_page(tmp_path):
    saved = lecture(Value(2.0, "x") ** 2).save(tmp_path / "l.svg", size="page")
    assert 'width="17.000cm"' in saved.read_text()
    with pytest.raises(ValueError, match="there is no size 'poster'"):
        lecture(Value(2.0)).save(tmp_path / "l.svg", size="poster")


@pytest.mark.parametrize("name, start", [
    ("l.html", "<!doctype html>"), ("L.HTML", "<!doctype html>"), ("my.slides.html", "<!doctype html>"),
    ("l.svg", "<svg"), ("l.txt", "L = ")])
def test_the_ending_of_the_name_chooses_the_medium(shared, tmp_path, name, start):
    talk = lecture(shared)
    path = talk.save(tmp_path / name)
    text = path.read_text(encoding="utf-8")
    assert path == tmp_path / name and text.lower().startswith(start.lower())
    assert ("<script" in text) == (path.suffix.lower() == ".html" and "slides" not in name)
    assert "\x1b" not in text


def test_the_picture_is_well_formed_and_holds_every_number(shared):
    svg = lecture(shared).svg()
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert all(number in svg for number in ("1.272", "grad 0.2087", "grad 0.4877"))


# --- notebooks ------------------------------------------------------------------------------------

def test_a_notebook_shows_picture_and_text_without_a_script():
    bundle = lecture(Value(3.0, "w") * Value(2.0, "x"))._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg") and "<script" not in bundle["image/svg+xml"]
    assert "Backward" in bundle["text/plain"] and "\x1b" not in bundle["text/plain"]


def test_a_picture_too_large_for_a_notebook_is_left_out():
    talk = lecture(MLP(2, [OPEN // 2 + 1, 1])([1.0, 2.0]) ** 2)              # z and a of every unit
    assert set(talk._repr_mimebundle_()) == {"text/plain"}


# --- the caller's graph ---------------------------------------------------------------------------

def test_no_medium_touches_a_gradient(shared):
    shared.backward()
    before = [v.grad for v in lecture(shared).recording.graph.nodes]
    talk = lecture(shared)
    for medium in (talk.html, talk.slides, talk.svg, talk.__str__):
        assert medium()
    assert [v.grad for v in talk.recording.graph.nodes] == before
