"""The picture of the architecture is that of the imports as they are; and what tests/architecture.py reads
out of them."""

import re
from html import unescape

from tests import architecture
from tests.architecture import PICTURE, imported, imports, part, reached, shortest, upward


def test_the_picture_is_current():
    """If this fails: python -m tests.architecture."""
    inside = re.search(r"<metadata>(.*)</metadata>", PICTURE.read_text(encoding="utf-8"), re.S)
    assert inside and unescape(inside[1]) == architecture.source()


def test_every_part_is_in_the_picture():
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", PICTURE.read_text(encoding="utf-8"))
    assert {architecture.label(name) for pair in imports() for name in pair} <= set(drawn)


def test_what_stands_at_the_top_of_files_leads_down_only():
    full = {pair for pair, top in imports().items() if top}
    assert [a for a, _ in full if a in reached(a, full)] == []


def test_nothing_in_engine_knows_nn_and_nothing_in_either_knows_the_demos():
    assert [(a, b) for a, b in imports() if a.startswith("engine") and b in ("nn", "demos")
            or (a, b) == ("nn", "demos")] == []


def test_no_two_files_import_each_other():
    """Nor in a circle of more; imports inside functions and for types counted."""
    files = {name: file for name, file in architecture.modules().items() if file.stem != "__init__"}
    full  = {(name, other) for name, file in files.items() for other, _ in imported(name, file, files)
             if other in files and other != name}
    assert len(full) > 500 and [a for a, _ in full if a in reached(a, full)] == []


def test_any_is_rare():
    """The word stands where a type cannot be told; each alias that is Any says why on its line."""
    words = sum(len(re.findall(r"\bAny\b", file.read_text(encoding="utf-8")))
                for name, file in architecture.modules().items() if not name.startswith("demos"))
    assert words < 300


def test_imports_are_read_wherever_they_stand(tmp_path):
    file = tmp_path / "b.py"
    file.write_text("import engine.value\nfrom . import c\nfrom ..show.text import html\ndef f():\n    from "
                    "nn import losses\nimport os\n")
    known = dict.fromkeys(["engine.value", "engine.a.c", "engine.show.text", "nn", "nn.losses"], file)
    assert set(imported("engine.a.b", file, known)) == {
        ("engine.value", True), ("engine.a.c", True), ("engine.show.text", True), ("nn.losses", False)}


def test_parts_are_the_folders_and_files_of_engine_and_the_other_packages():
    assert [part(name) for name in ("engine", "engine.value", "engine.a.b", "nn.losses",
                                    "demos.backprop")] == [
        "engine", "engine.value", "engine.a", "nn", "demos"]


def test_an_arrow_that_others_replace_is_left_out_and_one_that_closes_a_circle_is_told():
    found = {("a", "b"): True, ("b", "c"): True, ("a", "c"): True, ("c", "a"): False, ("c", "d"): False}
    assert upward(found) == [("c", "a")]
    assert shortest(found) == [("a", "b"), ("b", "c"), ("c", "d")]


def test_no_file_name_occurs_twice():
    """In engine and nn a module is found by its name alone; __init__ and __main__ are the language's."""
    names = [file.name for name, file in architecture.modules().items()
             if not name.startswith("demos") and not file.name.startswith("__")]
    assert len(names) > 150 and sorted(names) == sorted(set(names))
