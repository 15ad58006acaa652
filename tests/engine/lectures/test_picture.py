"""picture: one view as SVG, empty for the page to fill in, or as it stands after a step."""

from xml.etree import ElementTree

import pytest

from engine import Value
from engine.lectures.picture import WIDTH, path, picture
from engine.lectures.recording import record
from engine.lectures.views import scalar_view

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def view(shared):
    return scalar_view(record(shared))


def drawn(view, upto):
    """The picture after a step, by the id of each group, as its texts by class."""
    tree = ElementTree.fromstring(picture(view, "a graph", upto, styled=True))
    return {g.get("id"): {text.get("class"): text.text or "" for text in g.iter(f"{SVG}text")}
            for g in tree.iter(f"{SVG}g") if g.get("id")}


def test_the_empty_picture_has_every_card_and_arrow_and_no_number(view):
    text = picture(view, "a graph")
    assert text.count('<g class="c ') == 9 and text.count('<path class="a') == 11
    assert text.count(" empty") == 9 and "∂" not in text and "<style" not in text


def test_numbers_stand_from_their_step_on(view):
    assert drawn(view, 0)["scalar-c1"]["v"] == "0.5" and drawn(view, 0)["scalar-c2"]["v"] == ""
    assert drawn(view, 1)["scalar-c2"]["v"] == "−0.5"
    assert drawn(view, len(view.scenes) - 1)["scalar-c8"] | {"s": ""} == {
        "n": "L", "s": "", "g": "grad 1", "m": "", "v": "1.272"}


def test_a_gradient_says_how_many_of_its_uses_are_in_until_it_is_complete(view):
    step = next(k for k, scene in enumerate(view.scenes) if scene.phase == "backward" and scene.card == 7)
    assert (drawn(view, step)["scalar-c5"]["g"], drawn(view, step)["scalar-c5"]["m"]) == ("grad 0.5", "1/3")
    assert drawn(view, len(view.scenes) - 1)["scalar-c5"]["m"] == ""


def test_a_slope_is_known_with_the_node_it_leads_to(view):
    counts = [picture(view, "", k).count('<text class="p"') for k in range(len(view.scenes))]
    assert counts[0] == 0 and counts == sorted(counts) and counts[-1] == len(view.arrows)


def test_the_card_of_the_step_is_lit_and_so_are_its_arrows(view):
    for k, scene in enumerate(view.scenes):
        text = picture(view, "", k)
        assert text.count(f" on {scene.phase}") == len(scene.arrows)
        assert text.count(f" now {scene.phase}") == (scene.phase not in ("given", "done"))


def test_alone_it_brings_style_size_and_alternative_text(view):
    tree = ElementTree.fromstring(picture(view, 'a <graph> & "more"', styled=True))
    assert tree.get("role") == "img" and tree.get("aria-label") == 'a <graph> & "more"'
    assert tree.find(f"{SVG}style") is not None and float(tree.get("width")) <= WIDTH


def test_in_the_page_it_takes_the_attributes_given(view):
    assert 'id="here">' in picture(view, "", attributes='id="here"')


def test_no_label_breaks_out():
    label = '"><script>alert(1)</script>&'
    view  = scalar_view(record(Value(2.0, label) * Value(3.0, "w")))
    text  = picture(view, label, styled=True)
    assert "<script" not in text and ElementTree.fromstring(text) is not None


@pytest.mark.parametrize("curve, data", [
    ([(0.0, 0.4), (1.0, 1.0), (2.0, 1.0), (3.0, 0.6)], "M0 0C1 1 2 1 3 1"),
    ([(0.0, 0.0), (1.0, 1.0), (2.0, 1.0), (3.0, 0.0), (5.0, 5.0)], "M0 0C1 1 2 1 3 0L5 5")])
def test_curves_as_path_data(curve, data):
    assert path(curve) == data
