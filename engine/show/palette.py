"""Palette: the colours of Okabe and Ito, which colour-blind eyes tell apart, and what they stand for.

A style sheet names them: $blue is BLUE, $weight the mark of a weight; `coloured` writes the colours in.
"""

from __future__ import annotations

import re

BLUE, ORANGE, SKY, VERMILLION = "#0072B2", "#E69F00", "#56B4E9", "#D55E00"
GREEN, YELLOW, PURPLE, BLACK  = "#009E73", "#F0E442", "#CC79A7", "#000000"

# a box of a drawing, by its role:
#               border     fill
ROLES = {
    "input":     (BLUE,       "#DCEBF5"),
    "weight":    (ORANGE,     "#FCF0D8"),
    "bias":      ("#B59A00",  "#FBF8DC"),             # yellow, dark enough for a line on white
    "target":    (PURPLE,     "#F7E8F0"),
    "constant":  ("#999999",  "#FFFFFF"),
    "operation": ("#555555",  "#FFFFFF"),
    "folded":    (GREEN,      "#E2F3ED"),
    "root":      (VERMILLION, "#FBE6D9"),
}

# what the colours of a drawing become on a dark page, by what they colour
DARK = {
    "fill": {
        "#dcebf5": "#12344d", "#fcf0d8": "#45330b", "#fbf8dc": "#3d3908", "#f7e8f0": "#452538",
        "#ffffff": "#1e2228", "#e2f3ed": "#0e3a2d", "#fbe6d9": "#4d2410", "#f6f7f9": "#191c21",
        "#e6e8eb": "#333a43",
        "#1a1a1a": "#ececec", "#555555": "#b4bcc5", "#a63f00": "#ffab57", "#005f96": "#63bdf0",
        "#a84800": "#ffab57", "#8a8a8a": "#858c95", "#777777": "#8d96a1", "#c9c9c9": "#464d56",
        "#d55e00": "#ff8a3c", "#0072b2": "#56b4e9"},
    "stroke": {
        "#777777": "#8d96a1", "#c9c9c9": "#464d56", "#bbbbbb": "#464d56", "#555555": "#98a1ab",
        "#999999": "#6d7680", "#d55e00": "#ff8a3c", "#0072b2": "#56b4e9", "#009e73": "#3fc79e"}}

# a card of a lecture, on light or dark: the mark of a leaf
MARKS = {"input": SKY, "weight": ORANGE, "bias": YELLOW, "target": PURPLE}

NAMES = {"blue": BLUE, "orange": ORANGE, "sky": SKY, "vermillion": VERMILLION,
         "green": GREEN, "yellow": YELLOW, "purple": PURPLE, "black": BLACK, **MARKS}


def coloured(style: str) -> str:
    """The style sheet with the colours that it names.

    Raises:
        KeyError: it names one that is not here.
    """
    return re.sub(r"\$([a-z]+)", lambda found: NAMES[found[1]], style)
