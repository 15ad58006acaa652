"""Sources: what stands where in a student's files, without running them, and no folder of this machine."""

from pathlib import Path

import pytest

from engine.testing import museum
from engine.testing.conformance.sources import Book, opened, without_folders

HERE = Path(__file__).parent


def book(tmp_path, text, name="ada.py"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return opened(str(path))


def test_a_file_is_read_and_never_run(tmp_path):
    found = book(tmp_path, "raise SystemExit\nclass Value:\n    def __mul__(self, other): ...\n")
    spot = found.method("__mul__")
    assert (spot.title, spot.node.lineno, spot.script.name) == ("def __mul__", 3, "ada.py")
    assert found.method("__add__") is None


@pytest.mark.parametrize("text, line, title", [
    ("class Value:\n    def __mul__(self, o): ...\n    __add__ = __mul__", 2, "def __mul__"),
    ("class Value:\n    def __mul__(self, o): ...\n    __sub__, __add__ = 1, __mul__", 2, "def __mul__"),
    ("def add(x, y): ...\nclass Value:\n    __add__ = add", 1, "def add"),
    ("class Value: ...\nValue.__add__ = made(lambda x, y: x)", 2, "__add__"),
    ("class Value: ...\ndef add(x, y): ...\nsetattr(Value, '__add__', add)", 2, "def add"),
    ("class Base:\n    def __add__(self, o): ...\nclass Value(Base): ...", 2, "def __add__"),
    ("class Base:\n    def __add__(s, o): ...\nclass Value:\n    __add__ = Base.__add__", 2, "def __add__"),
    ("class Value:\n    if True:\n        def __add__(self, o): ...", 3, "def __add__"),
    ("class Value:\n    def __add__(self, o): 1\n    def __add__(self, o): 2", 3, "def __add__")])
def test_a_method_is_found_however_it_is_made(tmp_path, text, line, title):
    """The class: every way to give a class a method that the text shows."""
    spot = book(tmp_path, text).method("__add__")
    assert (spot.node.lineno, spot.title) == (line, title)


def test_the_statement_that_gives_a_second_name_can_be_asked_for(tmp_path):
    found = book(tmp_path, "class Value:\n    def __sub__(self, o): ...\n    __rsub__ = __sub__")
    assert found.method("__rsub__").node.lineno == 2
    assert found.method("__rsub__", aliases=False).node.lineno == 3


def test_what_is_imported_from_beside_the_file_is_found_and_nothing_else(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "base.py").write_text("class Base:\n    def __add__(self, o): ...\n")
    (tmp_path / "other" / "__init__.py").write_text("def mul(x, y): ...\n")
    found = book(tmp_path, "from base import Base\nfrom other import *\nfrom json import loads\n"
                           "class Value(Base):\n    __mul__ = mul\n    __sub__ = loads")
    assert found.method("__add__").script.name == "base.py"
    assert found.method("__mul__").script.name == "other/__init__.py"
    assert found.method("__sub__") is None
    package = opened(str(HERE / "wild/package_of_three/engine_room/scalar.py"))
    helper = package.named(package.own(), "ordered")
    assert helper.script.name == "package_of_three/topology.py"


@pytest.mark.parametrize("file, kind", [
    ("engines/tape.py", "Value"), ("wild/global_tape.py", "Var"), ("wild/function_apply.py", "Tensor"),
    ("wild/operation_classes.py", "Variable"), ("wild/only_functions.py", "Cell")])
def test_without_a_name_the_class_is_the_one_that_computes(file, kind):
    assert opened(str(HERE / file)).kind.name == kind


@pytest.mark.parametrize("text", ["class A:\n    def __add__(s, o): 1\nclass B:\n    def __add__(s, o): 1",
                                  "class Value(:", "x = 1", "\0"])
def test_what_cannot_be_told_for_certain_is_left_out(tmp_path, text):
    assert book(tmp_path, text) is None


def test_files_that_stand_for_each_other_in_a_circle_come_to_an_end(tmp_path):
    (tmp_path / "eve.py").write_text("from ada import Value\n")
    assert book(tmp_path, "from eve import Value\nValue = Value\n") is None
    assert book(tmp_path, "class Value(Value):\n    __add__ = __add__").method("__add__") is None


def test_a_file_that_is_too_large_is_left_alone(tmp_path):
    assert book(tmp_path, "class Value: ...\n" + "#" * 300_001) is None


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "out.py").write_text("def add(x, y): ...\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "beside.py").symlink_to(tmp_path / "out.py")
    found = book(tmp_path / "in", "from beside import add\nclass Value:\n    __add__ = add")
    assert found.method("__add__") is None


def test_a_class_and_a_module_have_their_files_too():
    assert opened(Book).method("script").script.name == "sources.py"
    assert opened("engine.testing.museum.right:Value").method("__mul__").script.name == "right.py"
    assert opened(int) is None and opened("no.such.module:Value") is None
    assert opened(museum.engine("overwrite")) is None                    # its file is gone


@pytest.mark.parametrize("text, left", [
    ("no file /home/ada/x.py: give one", "no file x.py: give one"),
    ("File '/a b/c/d.py', line 2", "File 'd.py', line 2"),
    (r"C:\Users\ada\x.py is gone", "x.py is gone"),
    ("x / y, 1/2 and </b></i> and http://www.w3.org/2000/svg", "x / y, 1/2 and </b></i> and "
     "http://www.w3.org/2000/svg")])
def test_of_a_full_path_the_last_part_is_left(text, left):
    assert without_folders(text, "/a b/c") == left
