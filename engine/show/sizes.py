"""Sizes: how large a picture is printed, for the column or the page of a paper, or for a slide.

    column    8.5 cm wide, of a paper in two columns
    page     17   cm wide, the text of an A4 page
    slide    30   cm wide, on a slide of 16:9 (33.9 x 19.05 cm)

A picture keeps its shape: one that would be higher than the page (24 cm) or the slide (15 cm, below a title)
is narrower instead.
"""

from __future__ import annotations

import re

from .text import visible

#          cm:     wide, high
SIZES = {"column": (8.5, 24.0), "page": (17.0, 24.0), "slide": (30.0, 15.0)}


def scale(width: float, height: float, size: str) -> float:
    """By how much a picture of so many points is enlarged to have the size.

    Raises:
        ValueError: there is no such size.
    """
    if size not in SIZES:
        raise ValueError(f"there is no size {visible(repr(size))}: write one of "
                         + ", ".join(f'"{name}" ({wide:g} cm wide)' for name, (wide, _) in SIZES.items()))
    return min(points(most) / given for most, given in zip(SIZES[size], (width, height)))


def points(centimetres: float) -> float:
    return centimetres * 72 / 2.54


def centimetres(points: float) -> float:
    return points * 2.54 / 72


def sized(svg: str, size: str | None) -> str:
    """The <svg>, as wide and high as the size says; as it is where size is None."""
    if size is None:
        return svg
    head, end, rest = svg.partition(">")
    width, height = box_of(svg)
    factor = scale(width, height, size)
    for name, length in (("width", width), ("height", height)):
        head = re.sub(rf' {name}="[^"]*"', "", head, count=1)
        head = head.replace("<svg", f'<svg {name}="{centimetres(length * factor):.3f}cm"', 1)
    return head + end + rest


def box_of(svg: str) -> tuple[float, float]:
    """The width and height of what the picture shows, by its viewBox."""
    found = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', svg)
    assert found, "every picture of ours has a viewBox"
    return float(found[1]), float(found[2])
