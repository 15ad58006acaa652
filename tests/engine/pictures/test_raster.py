"""Printing: the elements of Graphviz's SVG, drawn by matplotlib in their places."""

import io
import struct

import pytest

pytest.importorskip("matplotlib")

from engine import Value, draw
from engine.pictures.raster import PNG_DPI, outline, printed


def svg(inside, width=144, height=72):
    return f'<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">{inside}</svg>'


def size(png):
    """Width and height, as the head of a PNG file says."""
    return struct.unpack(">II", png[16:24])


def pixels(png):
    """Rows of pixels, each (red, green, blue, ...) from 0 to 1."""
    from matplotlib.image import imread
    return imread(io.BytesIO(png))


BOX = '<polygon fill="#ff0000" stroke="none" points="0,0 72,0 72,72 0,72 0,0"/>'


def test_two_pixels_a_point():
    assert size(printed(svg(""), "png")) == (144 * PNG_DPI // 72, 72 * PNG_DPI // 72)


def test_a_picture_is_never_larger_than_20_000_pixels():
    assert max(size(printed(svg("", width=100_000, height=10), "png"))) <= 20_000


def test_colours_stand_where_the_svg_has_them():
    rows = pixels(printed(svg(BOX), "png"))
    assert tuple(rows[70][70][:3]) == (1, 0, 0) and tuple(rows[70][220][:3]) == (1, 1, 1)


def test_groups_move_what_is_inside_of_them():
    moved = f'<g transform="translate(40 0)"><g transform="translate(32,0)">{BOX}</g></g>'
    rows  = pixels(printed(svg(moved), "png"))
    assert tuple(rows[70][70][:3]) == (1, 1, 1) and tuple(rows[70][220][:3]) == (1, 0, 0)


@pytest.mark.parametrize("fill", ["none", "transparent"])
def test_what_has_no_colour_is_not_painted(fill):
    rows = pixels(printed(svg(BOX.replace("#ff0000", fill)), "png"))
    assert tuple(rows[70][70][:3]) == (1, 1, 1)


def test_texts_are_drawn_and_never_read_as_formulas():
    text = '<text text-anchor="middle" x="72" y="40" font-size="20">$\\frac{1$ % _</text>'
    assert pixels(printed(svg(text), "png"))[..., :3].min() < 0.5


def test_lines_and_curves():
    corners = outline("0,0 1e1,0 10,-5", "polygon", 1, 2)
    assert corners.vertices.tolist() == [[1, 2], [11, 2], [11, -3]]
    assert corners.codes.tolist() == [corners.MOVETO, corners.LINETO, corners.LINETO]
    bend = outline("M0,0C1,1 2,1 3,0", "path", 0, 0)
    assert bend.codes.tolist() == [bend.MOVETO, *[bend.CURVE4] * 3]


@pytest.mark.parametrize("form, start", [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_drawing_gives_the_same_bytes_each_time(form, start):
    picture = draw((Value(0.5, "x") * Value(2.0, "w") + 1).tanh()).svg()
    first   = printed(picture, form)
    assert first.startswith(start) and printed(picture, form) == first
