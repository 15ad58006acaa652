"""The conformance suite: right engines pass, wrong ones fail with a reason, and nothing an engine does stops
it."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine import Value
from engine.testing import conformance, museum
from engine.testing.conformance import main
from engine.testing.conformance.loading import NotFound, load, split
from engine.testing.conformance.pages import page
from engine.testing.conformance.suite import CASES, GROUPS
from engine.testing.conformance.tables import csv_table, harmless

HERE     = Path(__file__).parent
ENGINES  = HERE / "engines"
STUDENTS = HERE / "students"
RIGHT    = ["closures", "stored", "tape"]


def said(report):
    return [sentence for sentence, _ in report.mistakes]


def test_the_mistake_that_explains_most_is_named_first():
    report = conformance(load(f"{ENGINES / 'overwrites_in_mul'}.py:Value"))
    assert said(report)[0].startswith("the gradient is overwritten in x * y, where it should accumulate")


# --- right engines ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", RIGHT)
def test_right_engines_in_three_styles_are_never_blamed(name, seed):
    report = conformance(load(f"{ENGINES / name}.py:Value"), seed=seed, examples=12)
    assert report.passed, str(report)
    assert report.score == 100


def test_our_own_value_scores_full_marks():
    report = conformance(Value, seed=7, examples=20)
    assert report.passed and report.score == 100, str(report)
    assert [mark.group for mark in report.marks] == list(GROUPS)
    assert all(mark.passed == mark.asked > 0 for mark in report.marks)
    assert report.lacking == []


def test_a_slope_between_those_of_both_sides_is_right_and_noted():
    report = conformance(load(f"{ENGINES / 'stored.py'}:Value"), only="kinks")
    assert ("kinks: relu at 0", "the slope of relu at its kink is 0.5") in report.notes


def test_what_an_engine_lacks_is_skipped_and_listed():
    report = conformance(load(f"{ENGINES / 'closures.py'}:Value"), examples=1)
    assert {"abs(x)", "x.sigmoid()", "x ** y"} <= set(report.lacking)
    assert report.passed and report.mark("arithmetic").skipped == 7


def test_what_an_engine_lacks_is_known_when_only_some_cases_are_asked():
    for name in RIGHT:
        report = conformance(load(f"{ENGINES / name}.py:Value"), only="random", seed=100, examples=15)
        assert report.passed, str(report)


def test_the_same_seed_gives_the_same_report():
    engine = load(f"{ENGINES / 'microgpt.py'}:Value")
    first, again = [conformance(engine, seed=3, only="repeated backward") for _ in range(2)]
    assert [f for _, f in first.findings] == [f for _, f in again.findings] != []


# --- engines that exist
# ---------------------------------------------------------------------------------------

def test_micrograd_has_its_known_mistakes():
    report = conformance("micrograd.engine:Value")
    sentences = " ".join(said(report))
    for words in ("inner nodes are kept", "calls itself once per node", "computed in backward()",
                  "complex number", "treat n == 0"):
        assert words in sentences
    failing = {v.group for v, _ in report.findings}
    assert failing == {"repeated backward", "powers and domains", "deep graphs", "determinism"}


def test_a_microgpt_style_class_has_its_known_mistakes():
    report = conformance(f"{ENGINES / 'microgpt.py'}:Value")
    sentences = " ".join(said(report))
    for words in ("inner nodes are kept", "calls itself once per node", "complex number", "treat n == 0",
                  "nan is swallowed"):
        assert words in sentences
    assert "computed in backward()" not in sentences                       # its partials are stored
    assert report.mark("topological order").passed == 3


# --- what a finding says
# ----------------------------------------------------------------------------------------

def test_a_finding_holds_the_smallest_program_both_answers_the_reason_and_both_graphs():
    report = conformance(museum.engine("overwrite"), only="accumulation on shared nodes: inputs")
    (verdict, finding), = report.findings
    assert finding.code == "x = Value(2.0)\nz = x + x\nz.backward()\nprint(x.grad)  # 2.0"
    assert (finding.inputs, finding.expected, finding.given) == (["x"], ["2.0"], ["1.0"])
    assert finding.sentence.startswith("the gradient is overwritten where it should accumulate: a node used "
                                       "twice")
    x, z = finding.graph["nodes"]
    assert (x["right"], x["given"]) == (["2.0", "2.0"], ["2.0", "1.0"])
    assert finding.graph["edges"] == [[0, 1, 0], [0, 1, 1]] and finding.graph["marked"] == [0, 1, 0]
    assert "<== the first differing edge" in str(report)


def test_one_mistake_costs_its_operation_and_no_other():
    class Engine(load(f"{ENGINES / 'stored.py'}:Value")):
        __slots__ = ()

        def exp(self):
            z = super().exp()
            return type(self)(z.data, ((self, z.data * 1.0000001),))

    report = conformance(Engine, examples=5)
    assert len(said(report)) == 1 and "exp is off by one part in 1e+07" in said(report)[0]
    assert {v.group for v in report.verdicts if v.status != "pass"
            and v.status != "skip"} <= {"arithmetic", "tails", "nan and inf"}


# --- nothing stops it
# -----------------------------------------------------------------------------------------------

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


def test_time_has_a_limit():
    report = conformance(f"{STUDENTS / 'endless_import.py'}", time_limit=1.5)
    assert "did not finish" in report.problem and report.seconds < 6


def test_an_engine_given_as_a_class_is_isolated_too():
    class Exits(Value):
        def __add__(self, other):
            raise SystemExit("done")

    report = conformance(Exits, only="arithmetic: x + y")
    assert "sys.exit" in said(report)[0]


# --- the command line
# ------------------------------------------------------------------------------------------------

def test_exit_status_and_files_of_one_engine(tmp_path, capsys):
    files = {kind: str(tmp_path / f"report.{kind}") for kind in ("json", "junit", "html")}
    status = main([f"{ENGINES / 'microgpt.py'}:Value", "--only", "nan and inf",
                   *[a for k, f in files.items() for a in (f"--{k}", f)]])
    assert status == 1 and "nan is swallowed" in capsys.readouterr().out
    told = json.loads(Path(files["json"]).read_text())
    assert (told["passed"] is False and told["groups"]["nan and inf"]["passed"] == 10
            and told["findings"][0]["case"] == "nan and inf: nan.relu()")
    suite = ElementTree.parse(files["junit"]).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("18", "1")
    assert suite.find("testcase/failure").get("message").startswith("nan is swallowed")
    assert main([f"{ENGINES / 'tape.py'}", "--only", "kinks"]) == 0
    assert main(["nowhere.py:Value"]) == 2
    assert main([]) == 2 and main(["x.py", "--examples", "0"]) == 2


def test_a_folder_is_graded_into_a_table(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "students"
    folder.mkdir()
    for path in (STUDENTS / "hostile.py", STUDENTS / "exits.py", ENGINES / "tape.py"):
        shutil.copy(path, folder)
    monkeypatch.chdir(tmp_path)
    assert main(["students/*.py", "--only", "x + y", "--html", "t.html", "--csv", "t.csv"]) == 2
    rows = list(csv.DictReader(io.StringIO(Path("t.csv").read_text(encoding="utf-8"))))
    assert [(row["engine"], row["score"]) for row in rows] == [("students/exits.py", "0.0"),
                                                               ("students/hostile.py", "0.0"),
                                                               ("students/tape.py", "100.0")]
    assert "it ends the program" in rows[0]["problem"]
    html = Path("t.html").read_text(encoding="utf-8")
    assert ("<script" not in html and "&lt;script&gt;" in html
            and "default-src 'none'" in html
            and not re.search("https?:", html.replace("http://www.w3.org", "")))
    assert "\x1b" not in html and "\x1b" not in capsys.readouterr().out


def test_a_cell_is_no_formula():
    assert harmless("=1+1") == "'=1+1" and harmless("x = 1") == "x = 1"


def test_the_page_shows_both_graphs():
    html = page([conformance(museum.engine("overwrite"), only="accumulation on shared nodes: inputs")])
    assert (html.count("<svg ") == 2 and html.count("differs here") == 1
            and "first differing edge: x to z" in html)


def test_csv_of_one_engine():
    header, row = csv_table([conformance(Value, only="kinks", examples=1)]).splitlines()
    assert header.startswith("engine,score,arithmetic") and ",7 of 7," in row


def test_the_pytest_plugin_gives_one_test_for_each_case(tmp_path):
    run = subprocess.run([sys.executable, "-m", "pytest", "-p", "engine.testing.conformance.plugin", "-q",
                          "--pyargs", "engine.testing.conformance",
                          "--engine", f"{ENGINES / 'microgpt.py'}:Value", "--engine-examples", "1", "-p",
                          "no:cacheprovider"],
                         capture_output=True, text=True, cwd=Path(__file__).parents[4], timeout=60,
                         env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    assert run.returncode == 1
    assert "test_conformance[nan and inf: nan.relu()]" in run.stdout and "nan is swallowed" in run.stdout


# --- loading
# ----------------------------------------------------------------------------------------------------------

def test_targets():
    assert (split("a/b.py:Value") == ("a/b.py", "Value") and split("a.b") == ("a.b", "")
            and split("C:\\b.py:V") == ("C:\\b.py", "V"))
    assert load("engine:Value") is Value and load("micrograd.engine").__name__ == "Value"
    with pytest.raises(NotFound, match="no module nowhere.at.all"):
        load("nowhere.at.all:Value")


def test_arguments_are_checked():
    with pytest.raises(ValueError, match="no case contains 'nonsense'"):
        conformance(Value, only="nonsense")
    with pytest.raises(ValueError, match="examples=0"):
        conformance(Value, examples=0)
