"""Loading: the class behind a path or a module, and what is said where there is none."""

import re
import sys
import time
from pathlib import Path

import pytest

from engine import Value
from engine.testing.conformance.loading import (
    IMPORT_LIMIT, TAIL_LIMIT, Neighbours, NotFound, engines, find, importing_relatively, load,
    neighbourhood, only_engine, patience, root, split, too_long,
)
from engine.testing.conformance.trials import Naming

DOCS = Path(__file__).parents[4] / "docs" / "conformance.md"


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
        if name.startswith(("engine_under_test", "pkg_of_", "flat_")):
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


# --- files that do more than define a class -------------------------------------------------------------

WHOLE = """class Value:
    def __init__(self, data, of=()): self.data, self.grad, self.of = data, 0.0, of
    def __mul__(self, other): return Value(self.data * other.data, (self, other))
    def backward(self):
        x, y = self.of
        x.grad += y.data
        y.grad += x.data
"""


@pytest.mark.parametrize("tail, words", [
    ("import nothing_of_that_name", "fails at line 8 when it is imported (ModuleNotFoundError"),
    ("input('a number')",           "fails at line 8 when it is imported (EOFError"),
    ("raise SystemExit",            "ends the program at line 8"),
    ("open('nowhere/data.csv')",    "fails at line 8 when it is imported (FileNotFoundError"),
])
def test_a_class_above_a_line_that_fails_is_tested_and_that_is_said(tmp_path, monkeypatch, tail, words):
    monkeypatch.setattr("sys.stdin", open("/dev/null") if sys.platform != "win32" else open("nul"))
    written(tmp_path, student=f"{WHOLE}{tail}\nValue.backward = None\n")
    found = find(f"{tmp_path}/student.py:Value")
    assert (found.engine(3.0) * found.engine(2.0)).data == 6.0
    assert words in found.said[-1] and "the class above it was tested" in found.said[-1]
    assert 'if __name__ == "__main__"' in found.said[-1] and found.until == "8"


def test_what_is_left_out_once_is_left_out_again(tmp_path):
    """Other processes stop where the first was stopped, and do not wait for it."""
    written(tmp_path, student=f"{WHOLE}raise SystemExit\n")
    found = find(f"{tmp_path}/student.py:Value", Naming(until="8"))
    assert found.said == [] and found.until == "8" and found.engine(2.0).data == 2.0


def test_a_file_that_fails_before_its_class_computes_raises_what_it_raised(tmp_path):
    written(tmp_path, student=WHOLE.partition("    def __mul__")[0] + "    def backward(self): pass\n1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        load(f"{tmp_path}/student.py:Value")


def test_the_import_has_a_limit_of_its_own_and_what_is_said_names_the_file(monkeypatch):
    assert IMPORT_LIMIT > TAIL_LIMIT
    assert "works on import for longer than 20 s" in too_long(20.0) and "__main__" in too_long(20.0)
    monkeypatch.setattr("engine.testing.conformance.loading.TAIL_LIMIT", 0.1)
    over, began = patience(lambda: True), time.process_time()
    while not over():
        assert time.process_time() - began < 5
    assert not patience(lambda: False)()


def test_a_file_that_never_gets_to_its_class_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.testing.conformance.loading.IMPORT_LIMIT", 0.3)
    written(tmp_path, student="while True:\n    try: sum(range(10))\n    except Exception: pass\n" + WHOLE)
    with pytest.raises(NotFound, match="works on import for longer than 0 s; put what is not part"):
        load(f"{tmp_path}/student.py:Value")


def test_the_arguments_of_the_command_are_not_those_of_the_file(tmp_path):
    written(tmp_path, student=f"import sys\nassert sys.argv[1:] == []\n{WHOLE}")
    assert find(f"{tmp_path}/student.py").said == []


# --- packages -------------------------------------------------------------------------------------------

def test_a_folder_of_modules_is_a_package_without_saying_so(tmp_path):
    folder = tmp_path / "flat_engines"
    folder.mkdir()
    written(folder, base=WHOLE, student="from .base import Value")
    assert root(folder / "student.py") == tmp_path
    assert load(f"{folder}/student.py:Value").__module__ == "flat_engines.base"


def test_a_package_that_imports_itself_by_name_is_one(tmp_path):
    folder = tmp_path / "pkg_of_names"
    folder.mkdir()
    written(folder, __init__="", base=WHOLE, student="from pkg_of_names.base import Value")
    assert load(f"{folder}/student.py:Value").__module__ == "pkg_of_names.base"


def test_two_dots_start_two_folders_up(tmp_path):
    inner = tmp_path / "pkg_of_two" / "inner"
    inner.mkdir(parents=True)
    for folder in (inner, inner.parent):
        written(folder, __init__="")
    written(inner.parent, base=WHOLE)
    written(inner, student="from ..base import Value")
    assert root(inner / "student.py") == tmp_path
    assert load(f"{inner}/student.py:Value").__module__ == "pkg_of_two.base"


def test_a_file_of_a_package_given_alone_is_told_what_to_give(tmp_path):
    written(tmp_path, student="from .base import Value")
    with pytest.raises(NotFound, match=r"imports relatively, .* as path/package/student.py:Value or "
                                       "package.module:Value"):
        load(f"{tmp_path}/student.py:Value")


# --- adapter files --------------------------------------------------------------------------------------

ADAPTER = re.search(r"^```\n(class Value\(Adapter\).*?)^```", DOCS.read_text(encoding="utf-8"),
                    re.M | re.S)[1]
STRANGE = """import math
class Thing:
    def __init__(self): self.number, self.slope, self.of = None, 0.0, ()
    def __mul__(self, other):
        return node(self.number * other.number, (self, other.number), (other, self.number))
def variable(x, trainable):
    assert trainable
    made = Thing()
    made.number = x
    return made
def node(x, *of):
    made = variable(x, True)
    made.of = of
    return made
def hyperbolic_tangent(x): return node(math.tanh(x.number), (x, 1 - math.tanh(x.number) ** 2))
class Tape:
    def run_from(self, z, seed=1.0):
        z.slope += seed
        for x, slope in z.of: self.run_from(x, slope * seed)
tape = Tape()
"""


def test_the_adapter_file_of_the_docs_defines_the_class(tmp_path):
    assert len(ADAPTER.splitlines()) <= 10
    written(tmp_path, strange=STRANGE, adapter=ADAPTER)
    found = find(f"{tmp_path}/strange.py:Thing", Naming(adapter=f"{tmp_path}/adapter.py"))
    x = found.engine(3.0)
    z = (x * x).tanh()
    z.backward()
    assert z.data == pytest.approx(1.0) and x.grad > 0 and found.said == ["adapted by adapter.py"]


@pytest.mark.parametrize("text, words", [(None, "there is no adapter"), ("x = 1", "has no class Value")])
def test_an_adapter_file_that_is_none_is_refused(tmp_path, text, words):
    written(tmp_path, student=WHOLE, **{"adapter": text} if text else {})
    with pytest.raises(NotFound, match=words):
        load(f"{tmp_path}/student.py:Value", Naming(adapter=f"{tmp_path}/adapter.py"))


def test_of_several_classes_the_one_that_computes_is_meant(tmp_path):
    written(tmp_path, student="class Add:\n    def backward(self, g): return g, g\n"
                              "class Mul:\n    def backward(self, g): return g, g\n"
                              + WHOLE.replace("Value", "Number"))
    assert load(f"{tmp_path}/student.py").__name__ == "Number"


def test_a_graph_that_runs_backward_is_not_the_class_of_its_nodes(tmp_path):
    written(tmp_path, student="""
class Graph:
    def __init__(self): self.nodes = []
    def backward(self, z):
        z.g += 1.0
        for node in reversed(self.nodes):
            for x, slope in node.of: x.g += slope * node.g
graph = Graph()
class Node:
    def __init__(self, val, graph, of=()):
        self.val, self.g, self.graph, self.of = val, 0.0, graph, of
        graph.nodes.append(self)
    def __mul__(self, other): return Node(self.val * other.val, graph, ((self, other.val), (other, self.val)))
""")
    found = find(f"{tmp_path}/student.py")
    x = found.engine(3.0)
    z = x * x
    z.backward()
    assert (z.data, x.grad) == (9.0, 6.0)
    assert found.said == ["data is called val, grad is called g, backward is called graph.backward(z)",
                          "a node is made by Node(x, graph=...)"]
