"""Rendering: Graphviz's places and pictures. Which Graphviz draws is tested with draw, in test_drawing.py."""

from xml.etree import ElementTree

import pytest

from engine.pictures.graphviz import as_svg, curve, layout, render

SVG    = "{http://www.w3.org/2000/svg}"
SOURCE = ('digraph { rankdir=LR; n0 [id=n0, shape=box, label="w\\ndata 2\\ngrad 3"]; n1 [id=n1, label="J"];'
          ' n0 -> n1 [id=e1]; }')


# --- places ---------------------------------------------------------------------------------------

def test_the_layout_tells_labels_frames_and_looks():
    found = layout('digraph { node [shape=box]; subgraph "cluster one" { label=one; color="#BBBBBB"; '
                   'a [id=a, color="#0072B2"]; } a -> b [id=e, label="0.5", style=dashed]; b [id=b] }')
    x, y, width, height = found["frames"]["cluster one"]
    ax, ay, *_ = found["nodes"]["a"]
    assert abs(ax - x) < width / 2 and abs(ay - y) < height / 2 and list(found["labels"]) == ["e"]
    assert found["nodes"]["a"][1] < found["labels"]["e"][1] < found["nodes"]["b"][1]
    assert found["looks"]["a"]["color"] == "#0072B2" and found["looks"]["e"]["style"] == "dashed"
    assert found["looks"]["cluster one"]["label"] == "one"


def test_the_places_of_nodes_and_edges_by_their_ids():
    found = layout(SOURCE)
    (x0, y0, wide, high), (x1, *_) = found["nodes"]["n0"], found["nodes"]["n1"]
    start, *_, tip = found["edges"]["e1"]
    assert set(found["nodes"]) == {"n0", "n1"} and set(found["edges"]) == {"e1"}
    assert 0 < x0 < x1 < found["width"] and 0 < y0 < found["height"] and wide > 0 < high
    assert x0 <= start[0] < tip[0] <= x1


def test_y_runs_downwards():
    nodes = layout("digraph { a [id=a]; b [id=b]; a -> b; }")["nodes"]
    assert nodes["a"][1] < nodes["b"][1]


def test_what_is_invisible_has_no_place():
    found = layout("digraph { a [id=a]; b [id=b]; a -> b [style=invis]; }")
    assert set(found["nodes"]) == {"a", "b"} and found["edges"] == {}


def test_an_empty_graph_has_no_places():
    assert layout("digraph {}")["nodes"] == {} == layout("digraph {}")["edges"]


@pytest.mark.parametrize("pos, points", [
    ("e,9,0 0,0 1,1 2,1 8,0", [(0, 10), (1, 9), (2, 9), (8, 10), (9, 10)]),
    ("0,0 1,1 2,1 8,0", [(0, 10), (1, 9), (2, 9), (8, 10)]),
    ("e,9,-1e-05 0.5,0 1,1 2,1 8,0", [(0.5, 10), (1, 9), (2, 9), (8, 10), (9, 10.00001)])])
def test_the_tip_of_an_arrow_that_graphviz_writes_first_comes_last(pos, points):
    assert curve(pos, 10.0) == points


# --- pictures -------------------------------------------------------------------------------------

def test_a_picture_is_one_element_with_its_description():
    svg  = as_svg(SOURCE, 'w & <J> "x"')
    root = ElementTree.fromstring(svg)
    assert svg.startswith("<svg ") and "<!--" not in svg and "<?xml" not in svg
    assert root.get("role") == "img" and root.get("aria-label") == 'w & <J> "x"'


def test_the_name_of_a_box_is_bold_and_its_gradient_coloured():
    texts = {item.text: item for item in ElementTree.fromstring(as_svg(SOURCE, "")).iter(f"{SVG}text")}
    assert texts["w"].get("font-weight") == "bold" and texts["grad 3"].get("fill") == "#A63F00"
    assert texts["data 2"].get("font-weight") is None is texts["data 2"].get("fill")
    assert texts["J"].get("font-weight") is None                         # one line alone is no title


def test_a_name_that_would_not_fit_in_bold_stays_as_it_is():
    svg = as_svg('digraph { n0 [label="a name of 19 letters\\ndata 1"]; }', "")
    assert "font-weight" not in svg


@pytest.mark.parametrize("form", ["png", "pdf", "SVG", "", "svg:cairo", None])
def test_no_other_format_is_asked_for(form):
    with pytest.raises(ValueError, match="svg, json0 only"):
        render(SOURCE, form)


def test_the_same_source_gives_the_same_picture():
    assert render(SOURCE) == render(SOURCE)


def test_the_gradient_of_a_faded_box_is_faded_too():
    """Class: colours written into the SVG after the layout."""
    svg = as_svg('digraph { n0 [id=n0, fontcolor="#8A8A8A", label="w\\ngrad 3"]; }', "")
    assert "#A63F00" not in svg and svg.lower().count('fill="#8a8a8a"') == 2
