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
