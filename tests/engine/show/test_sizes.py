"""Sizes: a picture for a column, a page or a slide keeps its shape and fits."""

import re
from xml.etree import ElementTree

import pytest

from engine.show.sizes import SIZES, box_of, centimetres, points, scale, sized

SVG = '<svg role="img" width="200pt" height="100pt" viewBox="0.00 0.00 200.00 100.00"><rect width="7"/></svg>'


def lengths(svg):
    """Width and height as the SVG says them, in centimetres."""
    root = ElementTree.fromstring(svg)
    assert root.get("width").endswith("cm") and root.get("height").endswith("cm")
    return float(root.get("width")[:-2]), float(root.get("height")[:-2])


@pytest.mark.parametrize("size, wide, high", [("column", 8.5, 4.25), ("page", 17, 8.5), ("slide", 30, 15)])
def test_a_wide_picture_is_as_wide_as_the_size(size, wide, high):
    assert lengths(sized(SVG, size)) == pytest.approx((wide, high), abs=1e-3)


@pytest.mark.parametrize("size", SIZES)
def test_a_high_picture_is_as_high_as_allowed_and_keeps_its_shape(size):
    wide, high = lengths(sized(SVG.replace("200.00 100.00", "10 1000"), size))
    assert high == pytest.approx(SIZES[size][1]) and wide == pytest.approx(high / 100, rel=1e-2)


def test_only_the_head_of_the_picture_changes():
    assert sized(SVG, None) == SVG
    assert re.sub(r"<svg[^>]*>", "", sized(SVG, "page")) == re.sub(r"<svg[^>]*>", "", SVG)
    assert box_of(sized(SVG, "page")) == box_of(SVG) == (200, 100)


def test_centimetres_and_points():
    assert points(2.54) == 72 and centimetres(72) == 2.54


def test_an_unknown_size_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r'no size .poster.: write one of "column" \(8.5 cm wide\), "page"'):
        scale(1, 1, "poster")
