"""The command line: exit status, files, a table for a folder."""

import csv
import io
import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

from engine.testing.conformance import main
from engine.testing.conformance.command import expanded, joined_junit
from engine.testing.conformance.reports import Report
from engine.testing.conformance.suite import QUESTIONS
from tests.engine.testing.conformance.installation import ROOT, python

HERE     = Path(__file__).parent
ENGINES  = HERE / "engines"
STUDENTS = HERE / "students"


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


def test_nothing_that_is_written_names_a_folder_of_this_machine(tmp_path, monkeypatch, capsys):
    """The class: paths in targets, in what a file raises on import or in an answer, in notes and in lines."""
    folder = tmp_path / "a course" / "students"
    folder.mkdir(parents=True)
    for path in (ENGINES / "microgpt.py", STUDENTS / "nothing.py", STUDENTS / "broken.py"):
        shutil.copy(path, folder)
    right = (ENGINES / "tape.py").read_text()
    (folder / "opens.py").write_text("open(__file__ + 'x')\n")
    (folder / "late.py").write_text(right + "\nopen(__file__ + 'x')\n")
    (folder / "raises.py").write_text(right + "\n\ndef tanh(self):\n    open(__file__ + 'x')\n"
                                              "Value.tanh = tanh\n")
    (tmp_path / "away").mkdir()
    monkeypatch.chdir(tmp_path / "away")
    files = ["--html", "t.html", "--pages", "pages", "--csv", "t.csv", "--json", "t.json", "--junit", "t.xml"]
    assert main([str(folder), "--only", "tanh", "--examples", "1", *files]) == 2
    said = capsys.readouterr()
    made = [path for path in Path().rglob("*") if path.is_file()]
    assert len(made) == 4 + 6 and "FileNotFoundError" in Path("pages/opens.html").read_text()
    for text in (said.out, said.err, *(path.read_text(encoding="utf-8") for path in made)):
        assert not re.search(r"a course|/tmp|/home|/root|/var|" + re.escape(str(tmp_path)), text), text


def test_a_folder_has_a_page_for_each_student_to_which_the_table_leads(tmp_path, monkeypatch):
    folder = tmp_path / "students"
    folder.mkdir()
    shutil.copy(ENGINES / "overwrites_in_mul.py", folder / "a d&a.py")
    shutil.copy(ENGINES / "tape.py", folder / "bob.py")
    monkeypatch.chdir(tmp_path)
    Path("out").mkdir()
    main(["students", "--only", "shared nodes", "--html", "out/t.html", "--pages", "out/pages"])
    table = Path("out/t.html").read_text()
    links = re.findall("<a href='([^']+)'", table)
    assert set(links) == {"pages/a_d_a.html", "pages/bob.html"} and "What cost what" in table
    page = (Path("out") / "pages/a_d_a.html").read_text()
    assert "a d&amp;a.py, line 19, def __mul__" in page and "self.grad = other.data" in page
    main(["students/bob.py", "--only", "shared nodes", "--html", "bob.html"])
    assert Path("bob.html").read_text() == Path("out/pages/bob.html").read_text()


def test_the_cases_are_listed(capsys):
    assert main(["--list"]) == 0
    assert capsys.readouterr().out.splitlines() == [case.id for case in QUESTIONS]


def test_python_runs_the_package_as_the_command(tmp_path):
    ran = python(ROOT, tmp_path, "-m", "engine.testing.conformance", "nowhere.py:Value", "--only", "kinks")
    assert ran.returncode == 2 and "there is no file" in ran.stdout, ran.stderr


def test_a_folder_and_a_pattern_stand_for_their_files(tmp_path):
    for name in ("b.py", "a.py", "notes.txt"):
        (tmp_path / name).touch()
    files = [str(tmp_path / "a.py"), str(tmp_path / "b.py")]
    assert expanded(str(tmp_path)) == expanded(f"{tmp_path}/*.py") == files
    assert expanded("student.py:Value") == ["student.py:Value"]


def test_reports_of_several_engines_are_one_junit_file():
    one, two = Report("a.py", 0, 1), Report("b.py", 0, 1)
    assert ElementTree.fromstring(joined_junit([one])).tag == "testsuite"
    suites = ElementTree.fromstring(joined_junit([one, two]))
    assert [suite.get("name") for suite in suites] == ["conformance of a.py", "conformance of b.py"]


def test_a_wrong_argument_is_told_on_the_error_stream(capsys):
    assert main(["engine:Value", "--only", "nonsense"]) == 2
    assert "no case contains 'nonsense'" in capsys.readouterr().err
    assert main(["engine:Value", "--only", "kinks", "--pages", __file__]) == 2
    assert "is a file, and pages go into a folder" in capsys.readouterr().err


def test_names_and_an_adapter_are_given_in_one_line(tmp_path, capsys):
    wild = HERE / "wild" / "unheard_names.py"
    named = ["--data", "amount", "--grad", "blame", "--backward", "unroll"]
    assert main([f"{wild}:Thing", *named, "--only", "shared nodes", "--examples", "1"]) == 0
    assert "data is called amount, grad is called blame, backward is called unroll" in capsys.readouterr().out
    assert main([f"{wild}:Thing", "--data", "sum", "--only", "shared nodes"]) == 2
    assert "no attribute is its data; looked for sum" in capsys.readouterr().out
    (tmp_path / "adapter.py").write_text("""class Value(Adapter):
    make = lambda self, x: Theirs(x)
    data = property(lambda self: self.node.amount)
    grad = property(lambda self: self.node.blame)
    def backward(self): self.node.unroll()
""", encoding="utf-8")
    status = main([f"{wild}:Thing", "--adapter", str(tmp_path / "adapter.py"), "--only", "determinism"])
    assert status == 0 and "adapted by adapter.py" in capsys.readouterr().out
