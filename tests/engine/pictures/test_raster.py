"""Printing: the elements of Graphviz's SVG, drawn by matplotlib in their places."""

import io
import struct

import pytest

pytest.importorskip("matplotlib")

from engine import Value, compare, draw
from engine.pictures.raster import PNG_DPI, dashes, outline, printed, rules_of


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


def test_a_legend_and_the_bars_of_a_comparison_are_drawn():
    """Class: what is added to the picture of Graphviz."""
    def shown(picture, colour):
        """Whether the colour is in the picture of Graphviz, and whether it is below."""
        rows  = (255 * pixels(picture.printed("png"))).round().astype(int)[..., :3]
        below = (picture.layout["height"] + 8) * PNG_DPI / 72
        found = [y for y in range(len(rows)) if (rows[y] == colour).all(axis=1).any()]
        return any(y < below for y in found), any(y > below for y in found)
    blue, track = (0x00, 0x72, 0xB2), (0xE6, 0xE8, 0xEB)
    product = Value(2.0) * Value(3.0)                                       # an input is blue
    assert shown(draw(product), blue) == (True, False)
    assert shown(draw(product, legend=True), blue) == (True, True)
    step = compare(draw(product), Value(2.5) * Value(3.0))
    assert shown(step, blue) == (True, True) and shown(step, track) == (True, False)


def test_groups_move_what_is_inside_of_them():
    moved = f'<g transform="translate(40 0)"><g transform="translate(32,0)">{BOX}</g></g>'
    rows  = pixels(printed(svg(moved), "png"))
    assert tuple(rows[70][70][:3]) == (1, 1, 1) and tuple(rows[70][220][:3]) == (1, 0, 0)


def test_a_style_sheet_says_how_it_looks_and_the_nearer_rule_wins():
    style = "<style>/* ours */ .g .b{fill:#00ff00} .b{fill:#ff0000}.g .b.on, .x{fill:#0000ff}</style>"
    boxes = ('<rect class="b" width="36" height="72"/>'
             '<g class="g"><rect class="b" x="36" width="36" height="72"/>'
             '<rect class="b on" x="72" width="36" height="72" rx="4"/></g>')
    row = pixels(printed(svg(style + boxes), "png"))[70]
    assert [tuple(row[x][:3]) for x in (20, 100, 180, 260)] == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]


def test_the_font_of_a_style_sheet():
    (_, plain), (_, bold) = rules_of(".a{font:14px Arial,sans-serif}\n"
                                     ".b{font:650 15px Menlo,monospace;fill:red}")
    assert plain == {"font-weight": "normal", "font-size": "14px", "font-family": "Arial,sans-serif"}
    assert bold == {"font-weight": "650", "font-size": "15px", "font-family": "Menlo,monospace",
                    "fill": "red"}


def test_dashes_are_counted_in_widths_of_the_line():
    assert dashes("8 6", 2) == (0, (4, 3)) and dashes("5,2", 1) == (0, (5, 2)) and dashes("", 1) == "-"


def test_what_begins_elsewhere_than_at_0_is_shown_whole():
    moved = svg(BOX).replace("0 0 144 72", "-72 0 144 72")
    row   = pixels(printed(moved, "png"))[70]
    assert tuple(row[70][:3]) == (1, 1, 1) and tuple(row[220][:3]) == (1, 0, 0)


def test_a_size_scales_all_of_it_and_a_resolution_its_pixels():
    wide = 8.5 / 2.54 * 300
    assert size(printed(svg(BOX), "png", "column")) == pytest.approx((wide, wide / 2), abs=1)
    assert size(printed(svg(BOX), "png", dpi=72)) == (144, 72)
    rows = pixels(printed(svg(BOX), "png", "column"))
    assert tuple(rows[100][490][:3]) == (1, 0, 0) and tuple(rows[100][515][:3]) == (1, 1, 1)


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
    mixed = outline("M0 0C1 1 2 1 3 0L5 -5e-1", "path", 0, 0)
    assert mixed.vertices.tolist()[-1] == [5, -0.5]
    assert mixed.codes.tolist() == [mixed.MOVETO, *[mixed.CURVE4] * 3, mixed.LINETO]


@pytest.mark.parametrize("form, start", [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_drawing_gives_the_same_bytes_each_time(form, start):
    picture = draw((Value(0.5, "x") * Value(2.0, "w") + 1).tanh()).svg()
    first   = printed(picture, form)
    assert first.startswith(start) and printed(picture, form) == first
