"""Legends: where there is one, what it says, and that it lies below the picture and inside it."""

from xml.etree import ElementTree

import pytest

from engine import Value, draw, relu
from engine.pictures.legend import Entry, length, placed, with_legend
from engine.pictures.style import Scale, flow
from engine.show.numbers import digits
from nn import MLP

SVG = "{http://www.w3.org/2000/svg}"


def network():
    J = (MLP(2, [3, 1], "tanh", seed=3)([1.0, -2.0]) - 1.0) ** 2
    J.backward()
    return J


def legend(drawing):
    """The texts of the legend."""
    group = [item for item in ElementTree.fromstring(drawing.svg()).iter(f"{SVG}g")
             if item.get("class") == "legend"]
    return ["".join(item.itertext()) for part in group for item in part.iter(f"{SVG}text")]


@pytest.mark.parametrize("options, there", [
    ({}, False), ({"legend": True}, True), ({"edge_width": "gradient"}, True), ({"path_to": "W1[1,2]"}, True),
    ({"touches": "x[1]"}, True), ({"edge_width": "gradient", "legend": False}, False)])
def test_there_is_a_legend_where_colour_or_width_means_something_or_it_is_asked_for(options, there):
    assert bool(legend(draw(network(), **options))) == there


def test_it_changes_no_byte_of_the_graph():
    assert draw(network(), legend=True).source == draw(network()).source


def test_the_thickest_and_the_thinnest_arrow_are_named_with_their_numbers():
    drawing = draw(network(), edge_width="gradient")
    flows   = [sent for link in drawing.fold.links if (sent := flow(link))]
    text    = legend(drawing)
    assert "log scale" in text[0]
    assert text[1].startswith("thickest, ") and text[1].endswith(f": {digits(max(flows))}")
    assert " → " in text[1]
    assert text[-1].startswith("thinnest, ") and text[-1].endswith(f": {digits(min(flows))}")


def test_the_samples_are_as_wide_as_the_arrows():
    drawing = draw(network(), edge_width="gradient")
    widths  = [entry.width for entry in drawing.legend if entry.colour]
    assert widths[0] == Scale.THICK and widths[-1] == Scale.THIN and widths == sorted(widths, reverse=True)
    assert f"penwidth={widths[0]:.2f}" in drawing.source and f"penwidth={widths[-1]:.2f}" in drawing.source


def test_without_gradients_it_says_what_to_do():
    assert "call backward() before draw()" in legend(draw(Value(1.0, "x") * 2, edge_width="gradient"))[0]


def test_the_colours_of_the_boxes_that_there_are():
    assert legend(draw(network(), legend=True))[:5] == ["input", "weight", "bias", "target", "plain number"]
    z = relu(Value(-1.0, "x"))
    z.backward()
    assert "slope 0: nothing flows back" in legend(draw(z, legend=True))


@pytest.mark.parametrize("make", [network, lambda: Value(1.0, "x") * 2])
def test_it_lies_below_the_picture_and_inside_it(make):
    plain, drawn = (ElementTree.fromstring(draw(make(), legend=known).svg()) for known in (False, True))
    _, _, _, high       = map(float, plain.get("viewBox").split())
    _, _, width, bottom = map(float, drawn.get("viewBox").split())
    group = next(item for item in drawn.iter(f"{SVG}g") if item.get("class") == "legend")
    for text in group.iter(f"{SVG}text"):
        assert high < float(text.get("y")) < bottom
        assert float(text.get("x")) + 6 * len(text.text) < width


def test_entries_go_on_in_a_new_row():
    many = [Entry("word" * 5, "#000000")] * 9
    places, end = placed(many, 400)
    assert len({y for _, y in places}) > 2
    assert all(x + length(entry) <= 410 for entry, (x, _) in zip(many, places))
    assert end > max(y for _, y in places)


def test_a_text_of_the_user_is_escaped():
    svg = with_legend('<svg width="9pt" height="9pt" viewBox="0 0 9 9"></svg>', [Entry("<b>&")])
    assert "&lt;b&gt;&amp;" in svg and ElementTree.fromstring(svg) is not None


def test_it_is_printed_too(tmp_path):
    pytest.importorskip("matplotlib")
    sizes = [draw(network(), legend=known).save(tmp_path / "a.png").read_bytes()[20:24]
             for known in (False, True)]
    assert sizes[0] < sizes[1]
