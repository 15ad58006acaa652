"""Running an engine: in a process of its own, which it may end, hang or fill, and which leaves nothing
behind."""

import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from engine import Value
from engine.testing import conformance, museum
from engine.testing.conformance.cases import Context
from engine.testing.conformance.here import Here
from engine.testing.conformance.loading import load
from engine.testing.conformance.reports import Report
from engine.testing.conformance.running import absolute, chosen, judge, shown
from engine.testing.conformance.suite import CASES, QUESTIONS
from tests.engine.testing.conformance.installation import WRONG, chainrule, filled

HERE     = Path(__file__).parent
ENGINES  = HERE / "engines"
STUDENTS = HERE / "students"


def said(report):
    """The sentences of the report, the most telling first."""
    return [sentence for sentence, _ in report.mistakes]


def test_the_same_seed_gives_the_same_report():
    engine = load(f"{ENGINES / 'microgpt.py'}:Value")
    first, again = [conformance(engine, seed=3, only="repeated backward") for _ in range(2)]
    assert [f for _, f in first.findings] == [f for _, f in again.findings] != []


@pytest.mark.parametrize("student, words", [
    ("endless",        "did not finish within 1 s"),
    ("hard_exit",      "ended its process with exit status 0"),
    # which one, Python's version decides
    ("stack",          "the C stack overflowed|RecursionError: maximum recursion depth"),
])
def test_an_engine_that_ends_or_hangs_its_process_is_found_out(student, words):
    report = conformance(f"{STUDENTS / student}.py:Value", case_limit=1.0, time_limit=15.0, examples=1)
    assert any(re.search(words, sentence) for sentence in said(report)), str(report)
    assert len(report.verdicts) == len(CASES) and not report.passed


def test_memory_is_limited():
    report = conformance(f"{STUDENTS / 'glutton.py'}:Value", case_limit=4.0, only="arithmetic: x * y")
    assert any("memory" in s or "did not finish" in s for s in said(report))


def test_time_has_a_limit():
    report = conformance(f"{STUDENTS / 'endless_import.py'}", time_limit=1.5)
    assert "did not finish" in report.problem and report.seconds < 6


@pytest.mark.parametrize("student, words", [
    ("broken.py",         "ModuleNotFoundError: No module named 'numpyy' (broken.py, line 3)"),
    ("exits.py",          "it ends the program"),
    ("nothing.py",        "no class with a backward method"),
    ("absent.py",         "there is no file"),
    ("hard_exit.py:Valu", "has no class Valu: it has Value"),
])
def test_what_cannot_be_loaded_is_told_with_the_reason(student, words):
    report = conformance(f"{STUDENTS}/{student}")
    assert words in report.problem and report.score == 0 and not report.passed
    assert words in str(report)


def test_an_engine_given_as_a_class_is_isolated_too():
    class Exits(Value):
        def __add__(self, other):
            raise SystemExit("done")

    report = conformance(Exits, only="arithmetic: x + y")
    assert "sys.exit" in said(report)[0]


def test_arguments_are_checked():
    with pytest.raises(ValueError, match="no case contains 'nonsense'"):
        conformance(Value, only="nonsense")
    with pytest.raises(ValueError, match="examples=0"):
        conformance(Value, examples=0)


    with pytest.raises(ValueError, match="'values' is none of data, grad, backward, adapter"):
        conformance(Value, naming={"values": "data"})


NAMED = """class Node:
    def __init__(self, amount, of=()): self.amount, self.blame, self.of = amount, 0.0, of
    def __mul__(self, other):
        y = other if isinstance(other, Node) else Node(other)
        return Node(self.amount * y.amount, ((self, y.amount), (y, self.amount)))
    def __add__(self, other):
        y = other if isinstance(other, Node) else Node(other)
        return Node(self.amount + y.amount, ((self, 1.0), (y, 1.0)))
    __radd__, __rmul__ = __add__, __mul__
    def unroll(self, seed=1.0):
        self.blame += seed
        for x, slope in self.of: x.unroll(slope * seed)
"""
UNHEARD = {"data": "amount", "grad": "blame", "backward": "unroll"}


@pytest.mark.parametrize("isolated", [True, False])
@pytest.mark.parametrize("given", ["a path", "a class"])
def test_an_engine_of_any_names_is_read_where_it_runs_and_said_to_be(tmp_path, given, isolated):
    """Class: the same engine, by its place and as a class, in a process of its own and in this one."""
    path   = filled(tmp_path, {"named.py": NAMED, "adapter.py": """class Value(Adapter):
    data = property(lambda self: self.node.amount)
    grad = property(lambda self: self.node.blame, lambda self, x: setattr(self.node, "blame", x))
    def backward(self): self.node.unroll()
"""}) / "named.py"
    module = ModuleType("named_here")
    exec(compile(NAMED, "named.py", "exec"), vars(module))
    module.Node.__module__ = module.__name__
    sys.modules[module.__name__] = module
    engine = f"{path}:Node" if given == "a path" else module.Node
    for naming, words in (({}, "data is called amount, grad is called blame, backward is called unroll"),
                          (UNHEARD, "data is called amount, grad is called blame, backward is called unroll"),
                          ({"adapter": str(tmp_path / "adapter.py")}, "adapted by adapter.py")):
        report = conformance(engine, naming=naming, only="shared nodes", examples=1, isolated=isolated)
        assert report.passed and report.verdicts and report.said == [words], str(report)
    del sys.modules[module.__name__]


def test_a_file_that_takes_its_time_to_load_costs_no_case(tmp_path):
    """Each process after the first loads it again, and the case that lost the first has its own limit."""
    power = "z = self.data ** n"
    dies  = museum.RIGHT.replace(power, f"__import__('os')._exit(0) if isinstance(n, Value) else 0; {power}")
    filled(tmp_path, {"slow.py": f"import time\ntime.sleep(1.2)\n{dies}"})
    report = conformance(f"{tmp_path}/slow.py:Value", case_limit=1.0, only="arithmetic: x", examples=1)
    assert {v.name for v in report.verdicts if v.status == "fail"} == {"x ** y"}, str(report)


def test_the_sentence_on_an_import_that_does_not_end_is_about_the_file():
    problem = conformance(f"{STUDENTS / 'endless_import.py'}", time_limit=1.5).problem
    assert problem.startswith("the file did not finish: it works on import for longer than")


def test_a_file_is_given_by_its_full_path_and_a_module_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert absolute("a.py:Value") == f"{Path.cwd() / 'a.py'}:Value"
    assert absolute("./b") == str(Path.cwd() / "b")
    assert absolute("micrograd.engine:Value") == "micrograd.engine:Value"


def test_an_engine_runs_in_a_new_python_a_fork_or_here():
    kinds = [type(chosen(*given)).__name__ for given in (
        ("student.py", True, None), (Value, True, None), ("student.py", False, None), (Value, False, None))]
    assert kinds == ["Isolated", "Isolated", "Here", "Here"]
    assert chosen("student.py", True, None).again and not chosen(Value, True, None).again


def test_judges_in_threads_do_not_disturb_one_another():
    """Class: a precision that belongs to the whole process; mpmath has one."""
    def report(seed):
        return conformance(Value, seed=seed, only="random", examples=2)
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(report, range(4)))
    assert all(report.passed for report in reports), "\n".join(map(str, reports))


def test_cases_that_are_not_asked_say_why():
    witness = Here(Value)
    context = Context(witness, deadline=time.monotonic() - 1.0)
    report  = Report("late", 0, 1)
    judge(witness, report, range(len(QUESTIONS)), context)
    assert "not asked: the time limit was reached" in str(report) and len(report.verdicts) == len(CASES)


# --- nothing is left behind ---------------------------------------------------------------------------

LITTERING = WRONG + """
import helper
class Littering(Value):
    def backward(self):
        open("trace.txt", "w").close()
        import late
        super().backward()
"""


@pytest.mark.parametrize("arguments, written", [
    (["students/ada.py:Littering"],                                     []),
    (["students/*.py"],                                                 []),
    (["students"],                                                      []),
    (["students/ada.py:Littering", "--json", "-"],                      []),
    (["students/*.py", "--csv", "grades.csv"],                          ["grades.csv"]),
    (["students/*.py", "--html", "a.html", "--json", "a.json"],         ["a.html", "a.json"]),
])
def test_a_run_writes_the_files_asked_for_and_no_other(site, tmp_path, arguments, written):
    """Neither reports nor __pycache__, nor what an engine writes while it is asked, here or in the temporary
    folder."""
    filled(tmp_path, {"students/ada.py": LITTERING, "students/bob.py": "from engine import Value",
                      "students/helper.py": "",
                      "students/late.py": "", "students/engine.py": WRONG, "temporary/mine.txt": ""})
    before = everything(tmp_path)
    ran = chainrule(site, tmp_path, "conformance", *arguments, "--only", "shared nodes", "--examples", "1",
                    TMPDIR=str(tmp_path / "temporary"))
    assert ran.returncode in (1, 2), ran.stderr
    assert everything(tmp_path) - before == set(written) and before <= everything(tmp_path)


@pytest.mark.parametrize("given", ["a path", "a class"])
def test_the_function_leaves_nothing_either(tmp_path, monkeypatch, given):
    filled(tmp_path, {"right.py": museum.RIGHT, "helper.py": "", "late.py": "", "ada.py": LITTERING,
                      "temporary/mine.txt": ""})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    before = everything(tmp_path)

    class Writes(museum.engine("right")):
        def backward(self):
            Path("trace.txt").touch()
            super().backward()

    assert not conformance("ada.py:Littering" if given == "a path" else Writes, only="shared nodes",
                           examples=1).problem
    assert everything(tmp_path) == before and Path.cwd() == tmp_path


def everything(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_full_path_is_told_by_what_stands_below_the_folder_we_are_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shown(f"{tmp_path}/a/ada.py:Value") == "a/ada.py:Value"
    assert shown(f"{tmp_path.parent}/ada.py") == "ada.py"
    for name in ("a/ada.py:Value", "package.module:Value"):
        assert shown(name) == name


def test_the_same_answers_have_the_same_score_and_costs():
    first, again = (conformance(museum.engine("sub_sign"), only="arithmetic", examples=1) for _ in range(2))
    assert first.exact == again.exact < 100 and first.costs == again.costs
