"""One palette: every picture, page and style sheet has its colours from it."""

from pathlib import Path

import pytest

from engine.show import palette
from engine.show.palette import BLACK, MARKS, NAMES, ROLES, coloured

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
