"""One palette: every picture, page and style sheet has its colours from it."""

from pathlib import Path

import pytest

from engine.show import palette
from engine.show.palette import BLACK, BLUE, DARK, MARKS, NAMES, ROLES, VERMILLION, coloured

ROOT = Path(__file__).parents[3]


def test_a_style_sheet_names_its_colours():
    assert coloured("a { color: $blue } .k { fill: $weight; }") == (
        "a { color: #0072B2 } .k { fill: #E69F00; }")
    with pytest.raises(KeyError):
        coloured("a { color: $bleu }")


def test_the_roles_differ_and_the_marks_are_those_of_leaves():
    assert len({border for border, _ in ROLES.values()}) == len(ROLES)
    assert len(set(MARKS.values())) == len(MARKS) and set(MARKS) < set(ROLES)


def test_no_other_file_writes_a_colour_of_the_palette():
    """Neither Python nor CSS nor JavaScript: a colour that is changed here changes everywhere."""
    colours = {colour.lower() for colour in NAMES.values()} - {BLACK}
    files   = [file for folder in ("engine", "nn", "demos") for ending in ("py", "css", "js", "html")
               for file in sorted((ROOT / folder).rglob(f"*.{ending}"))
               if file != Path(palette.__file__) and "out" not in file.parts]
    assert len(files) > 100
    texts = {file: file.read_text(encoding="utf-8").lower() for file in files}
    assert [file for file, text in texts.items() if any(colour in text for colour in colours)] == []


def light(colour):
    """The relative luminance of #rrggbb."""
    parts = [int(colour[k:k + 2], 16) / 255 for k in (1, 3, 5)]
    return sum(share * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4)
               for share, v in zip((0.2126, 0.7152, 0.0722), parts))


def contrast(one, other):
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


THEMES = {"light": ("#ffffff", {"fill": {}, "stroke": {}}), "dark": ("#14161a", DARK)}
TEXTS  = ("#1a1a1a", "#a63f00")                                # what a box says, and its gradient
TRACK  = "#e6e8eb"                                             # of the bars of a comparison


def test_the_pages_of_these_themes_are_the_viewers():
    style = (ROOT / "engine" / "pictures" / "viewer.css").read_text(encoding="utf-8")
    assert f"--bg: {THEMES['dark'][0]}" in style


@pytest.mark.parametrize("theme", THEMES)
def test_texts_have_a_contrast_of_four_and_a_half_and_lines_of_three_in_both_themes(theme):
    """Class: a colour that was chosen on white, and stays as it is on a dark page. Borders of leaves may be
    fainter on white: their fill tells the box too."""
    page, instead = THEMES[theme]
    def fill(colour): return instead["fill"].get(colour.lower(), colour)
    def line(colour): return instead["stroke"].get(colour.lower(), colour)
    frame = fill("#f6f7f9")
    for role, (border, inside) in ROLES.items():
        for text in TEXTS:
            assert contrast(fill(text), fill(inside)) >= 4.5, (role, text)
        assert theme == "light" or contrast(line(border), page) >= 3, role
    for under in (page, frame):
        for text in ("#555555", "#005f96", "#a84800"):         # titles and legends, slopes, lit slopes
            assert contrast(fill(text), under) >= 4.5, text
        for arrow in ("#777777", "#d55e00", "#0072b2"):
            assert contrast(line(arrow), under) >= 3, arrow
    for bar in (BLUE, VERMILLION):
        assert contrast(fill(bar), fill(TRACK)) >= 3, bar
