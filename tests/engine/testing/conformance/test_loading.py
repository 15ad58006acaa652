"""Loading: the class behind a path or a module, and what is said where there is none."""

import sys

import pytest

from engine import Value
from engine.testing.conformance.loading import (
    Neighbours, NotFound, engines, importing_relatively, load, neighbourhood, only_engine, root, split,
)


def test_targets():
    assert (split("a/b.py:Value") == ("a/b.py", "Value") and split("a.b") == ("a.b", "")
            and split("C:\\b.py:V") == ("C:\\b.py", "V"))
    assert load("engine:Value") is Value and load("micrograd.engine").__name__ == "Value"
    with pytest.raises(NotFound, match="no module nowhere.at.all"):
        load("nowhere.at.all:Value")


@pytest.fixture(autouse=True)
def modules(monkeypatch):
    """Modules and folders that a test loads are forgotten after it."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith(("engine_under_test", "pkg_of_engines")):
            del sys.modules[name]


def written(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


BACK = "class {}:\n    def backward(self): pass\n"


def test_the_class_may_be_left_out_where_only_one_can_be_meant(tmp_path):
    written(tmp_path, one=BACK.format("Node"), two=BACK.format("Node") + BACK.format("Value"),
            many=BACK.format("A") + BACK.format("B"))
    assert load(f"{tmp_path}/one.py").__name__ == "Node"
    assert load(f"{tmp_path}/two.py").__name__ == "Value"
    assert load(f"{tmp_path}/two.py:Node").__name__ == "Node"
    with pytest.raises(NotFound, match=r"several classes .*\(A, B\): name the one to test, as in .*py:A"):
        load(f"{tmp_path}/many.py")


def test_what_the_file_raises_passes_through(tmp_path):
    written(tmp_path, broken="import nothing_of_that_name", cut="class (")
    with pytest.raises(ModuleNotFoundError, match="nothing_of_that_name"):
        load(f"{tmp_path}/broken.py")
    with pytest.raises(SyntaxError):
        load(f"{tmp_path}/cut.py:Value")
    with pytest.raises(NotFound, match="there is no file .*absent.py"):
        load(f"{tmp_path}/absent.py")


def test_a_file_that_imports_relatively_starts_at_its_package(tmp_path):
    package = tmp_path / "pkg_of_engines"
    package.mkdir()
    written(package, __init__="", base=BACK.format("Value"), student="from .base import Value")
    assert importing_relatively(package / "student.py") and not importing_relatively(package / "base.py")
    assert root(package / "student.py") == tmp_path and root(package / "base.py") == package
    assert load(f"{package}/student.py:Value").__module__ == "pkg_of_engines.base"
    assert neighbourhood(f"{package}/student.py:Value", "elsewhere") == [str(tmp_path)]
    assert neighbourhood("micrograd.engine:Value", "elsewhere") == ["elsewhere"]


def test_neighbours_come_first_and_never_before_the_standard_library(tmp_path):
    written(tmp_path, random="", numpy="")
    (tmp_path / "pictures").mkdir()
    finder = Neighbours([str(tmp_path)])
    assert finder.find_spec("numpy").origin == str(tmp_path / "numpy.py")
    assert finder.find_spec("random") is None and finder.find_spec("numpy.linalg", ["there"]) is None
    assert finder.find_spec("pictures") is None                        # a folder without Python is no package


def test_only_classes_with_a_backward_method_are_engines():
    import engine
    assert engines(engine) == {"Value": Value} and only_engine(engine, "engine") is Value
