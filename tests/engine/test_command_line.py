"""The command line: every subcommand, what it says to what it cannot use, and on any locale."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.__main__ import main

NEURON = ["tanh(w*x + b)", "x=0.5", "w=-1", "b=2"]

MPMATH = 'needs mpmath, which is not installed: write pip install "chainrule[check]"'


def test_values_and_gradients(capsys):
    assert main(NEURON) == 0
    assert capsys.readouterr().out.split("\n")[:5] == [
        "J = tanh(w*x + b) = 0.9051", "", "name  value   gradient  made by", "w     -1      0.09035",
        "x     0.5     -0.1807"]


def test_explain_and_save(tmp_path, capsys):
    page = tmp_path / "out.html"
    assert main([*NEURON, "--explain", "w", "--save", str(page)]) == 0
    assert "dJ/dw = dJ/dv1 · ∂v1/∂w = 0.1807 · 0.5 = 0.09035" in capsys.readouterr().out
    assert "<svg" in page.read_text() and "+ distributes" in page.read_text()


def test_options_may_come_before_values(capsys):
    assert main(["w*x", "--explain", "w", "w=2", "x=3"]) == 0
    assert "dJ/dw = 3" in capsys.readouterr().out


def test_an_expression_may_start_with_a_minus(capsys):
    assert main(["-x*x", "x=3"]) == 0
    assert "J = -x*x = -9" in capsys.readouterr().out


def test_draw(tmp_path):
    path = tmp_path / "graph.svg"
    assert main(["draw", *NEURON, "--save", str(path), "--view", "unit"]) == 0
    assert path.read_text().startswith("<svg")


def test_the_options_of_draw(tmp_path):
    path, few = tmp_path / "graph.svg", ["w1*x1 + w2*x2", "w1=1", "w2=2", "x1=3", "x2=4"]
    sizes = []
    for shape in ("1:1", "9:4"):
        assert main(["draw", *few, "--save", str(path), "--fit", shape, "--legend"]) == 0
        sizes.append([float(x) for x in path.read_text().split('viewBox="')[1].split('"')[0].split()[2:]])
    assert sizes[0][0] / sizes[0][1] < sizes[1][0] / sizes[1][1] and ">input</text>" in path.read_text()
    assert main(["draw", *few, "--save", str(path), "--edge-width", "gradient"]) == 0
    assert "thickest, " in path.read_text()
    assert main(["draw", *few, "--save", str(path), "--view", "neuron", "--unfold", "J"]) == 0
    assert path.read_text().count('class="node"') == 7


@pytest.mark.parametrize("form, word", [("text", "The chain rule"), ("markdown", "$$"),
                                        ("latex", r"\begin{align*}"), ("html", "<section")])
def test_explain_in_every_form(form, word, capsys):
    assert main(["explain", "w*x*w", "w=2", "x=3", "--explain", "w", "--as", form]) == 0
    assert word in capsys.readouterr().out


def test_explain_without_a_name_explains_all(capsys):
    assert main(["explain", "w*x", "w=2", "x=3"]) == 0
    assert {"dJ/dw = 3", "dJ/dx = 2"} <= set(capsys.readouterr().out.split("\n"))


@pytest.mark.parametrize("given, word", [
    (["x.data", "x=1"], "x.data\n    ^"), (["x*y", "x=1"], "write y=1.5"), (["x", "x=one"], "not a number"),
    (["x", "5"], "name=number"),
    (["x*x", "x=1", "--save", "graph.docx"], "must end in"), (["x*x", "x=1", "--explain", "y"],
                                                              "no node is called"),
    (["x*x", "x=1", "--save", "/no/such/folder/graph.svg"], "cannot write /no/such/folder/graph.svg: No such "
     "file"), (["x", "x=1", "x=2"], "given twice"),
    (["draw"], "write the expression first"),
    (["draw", "x*2", "x=1", "y=3"], "y is given a value and is not in the expression x*2: leave y=... out"),
    (["x*2", "x=1", "y=3"], "y is given"), (["explain", "x*2", "x=1", "y=3"], "y is given"),
    (["lecture", "x*2", "x=1", "y=3"], "y is given"), (["check", "x*2", "x=1", "y=3"], "y is given"),
    (["tnah(x)", "x=1"], "did you mean tanh?"), (["draw", "tnah(x)", "x=1"], "did you mean tanh?"),
    (["lecture", "2*reul(x)", "x=1"], "did you mean relu?"),
    (["darw", "x*2", "x=1"], "there is no command darw: did you mean draw?"),
    (["conformence", "student.py"], "did you mean conformance?"),
    (["alhpa*2", "alpha=1"], "did you mean alpha?"),
    (["softmax(x, y)", "x=1", "y=2"], "write softmax(x, y)[0]"),
    (["x*x", "x=1", "--save", "J.svg", "--size", "poster"], "invalid choice"),
    (["lecture", "x*x", "x=1", "--save", "page.html", "--size", "page"], "has no size"),
    (["draw", "x*x", "x=1", "--fit", "wide"], "write --fit 16:9"),
    (["draw", "x*x", "x=1", "--fit", "0:9"], "write fit=(16, 9)"),
    (["draw", "x*x", "x=1", "--unfold", "q"], "no node is called")])
def test_mistakes_are_told_with_status_2(given, word, capsys):
    assert main(given) == 2
    said = capsys.readouterr()
    assert word in said.err and "Traceback" not in said.err


@pytest.mark.parametrize("call, value", [
    ("softmax(x, y)[1]", "0.7311"), ("maximum(x, y)", "2"), ("minimum(x, y)", "1"), ("total(x, y, y)", "5"),
    ("logsumexp(x, y)", "2.313"), ("mean([x, y])", "1.5"), ("dot([x, y], [y, x])", "4"),
    ("affine([x], [y], 1)", "3")])
@pytest.mark.parametrize("command", ["show", "lecture"])
def test_functions_of_several_numbers(command, call, value, capsys):
    assert main([*([] if command == "show" else [command]), call, "x=1", "y=2"]) == 0
    assert value in capsys.readouterr().out


def test_every_medium_of_a_drawing_and_a_lecture(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    assert main(["draw", *NEURON, "--save", str(tmp_path / "J.tex"), "--size", "column"]) == 0
    assert r"\resizebox{8.500cm}" in (tmp_path / "J.tex").read_text()
    assert main([*NEURON, "--explain", "w", "--save", str(tmp_path / "w.tex")]) == 0
    assert main(["lecture", *NEURON, "--save", f"{tmp_path}/frames/", "--size", "slide"]) == 0
    assert main(["lecture", "x*x", "x=1", "--save", str(tmp_path / "pass.gif")]) == 0
    assert len(list((tmp_path / "frames").glob("*.svg"))) == 9
    assert (tmp_path / "pass.gif").read_bytes().startswith(b"GIF89a")


@pytest.mark.parametrize("command", [
    ["engine", "--help"], ["engine", *NEURON], ["engine", "lecture", *NEURON], ["engine", "explain", *NEURON],
    ["engine", "check", *NEURON], ["engine.testing.conformance", "--list"],
    ["engine", "conformance", "--list"]])
def test_a_reader_that_has_seen_enough_ends_it_quietly(command):
    """Class: a closed pipe. `head -c 1` may go before or after all is written; a pipe that nobody reads is
    always too late."""
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert ran.returncode == 1 and ran.stderr == b""


def test_help(capsys):
    assert main(["--help"]) == 0 and "chainrule explain" in capsys.readouterr().out


def test_as_a_program():
    done = subprocess.run([sys.executable, "-m", "engine", "x*x", "x=3"], capture_output=True, text=True,
                          check=True)
    assert "J = x*x = 9" in done.stdout


def test_lecture(tmp_path, capsys):
    assert main(["lecture", *NEURON]) == 0
    assert "Forward" in capsys.readouterr().out
    assert main(["lecture", *NEURON, "--save", str(tmp_path / "page.html")]) == 0
    assert main(["lecture", *NEURON, "--no-live", "--save", str(tmp_path / "still.html")]) == 0
    texts = [(tmp_path / name).read_text(encoding="utf-8") for name in ("page.html", "still.html")]
    assert ["const calculus =" in text for text in texts] == [True, False]
    assert "<html" in (tmp_path / "page.html").read_text()


def test_check(capsys):
    pytest.importorskip("mpmath")
    assert main(["check", *NEURON]) == 0
    said = capsys.readouterr().out
    assert all(f"right     {name}: " in said for name in "xwb")


def test_the_suite_asks_for_mpmath_before_it_blames_an_engine(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "mpmath", None)
    assert main(["conformance", "my_value.py:Value"]) == 2
    assert MPMATH in capsys.readouterr().err


def test_check_without_mpmath_says_what_to_install(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "mpmath", None)
    assert main(["check", *NEURON]) == 2
    assert f"check_gradients {MPMATH}" in capsys.readouterr().err


# --- any locale: what cannot be encoded is replaced, and ends no command
# -----------------------------------------

ROOT    = Path(__file__).parents[2]
PLAIN   = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
LOCALES = {"C": {"LC_ALL": "C"}, "C without UTF-8": PLAIN,
           "C, strictly": {**PLAIN, "PYTHONIOENCODING": ":strict"},
           "cp1252": {"PYTHONIOENCODING": "cp1252"}, "latin-1": {"PYTHONIOENCODING": "latin-1"}}
# a Greek letter: in neither of the small encodings
WIDE    = ["tanh(w*x + b) * \u03c9", "x=0.5", "w=-1", "b=2", "\u03c9=3"]
STUDENT = "tests/engine/testing/conformance/engines/microgpt.py"
CONFORM = [STUDENT, "--only", "nan.relu"]
COMMANDS = {                                                    # module, arguments, exit status
    "show":        ("engine", [*WIDE, "--explain", "w"], 0),
    "draw":        ("engine", ["draw", *WIDE, "--save", "\u03c9.svg"], 0),
    "explain":     ("engine", ["explain", *WIDE], 0),
    "markdown":    ("engine", ["explain", *WIDE, "--as", "markdown"], 0),
    "latex":       ("engine", ["explain", *WIDE, "--as", "latex"], 0),
    "html":        ("engine", ["explain", *WIDE, "--as", "html"], 0),
    "lecture":     ("engine", ["lecture", *WIDE], 0),
    "frames":      ("engine", ["lecture", *NEURON], 0),
    "check":       ("engine", ["check", *WIDE], 0),
    "help":        ("engine", ["--help"], 0),
    "mistake":     ("engine", ["\u2192 + \u03c9", "\u03c9=1"], 2),
    "conformance": ("engine", ["conformance", *CONFORM], 1),
    "the table":   ("engine", ["conformance", STUDENT, "students/\u03c9.py", "--only", "nan.relu"], 2),
    "as html":     ("engine", ["conformance", *CONFORM, "--html", "-"], 1),
    "as json":     ("engine", ["conformance", *CONFORM, "--json", "-"], 1),
    "a file":      ("engine.testing.conformance", ["students/\u03c9.py"], 2),
    "the list":    ("engine.testing.conformance", ["--list"], 0),
    "demos":       ("demos", ["--list"], 0),
    "a demo":      ("demos", ["one_neuron"], 0),
    "no demo":     ("demos", ["\u03c9"], 2),
    "mutants":     ("tests.mutation", ["--help"], 0),
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_works_on_any_locale(command, locale, tmp_path):
    """Class: text that a terminal cannot show. Where the locale cannot even take the Greek letter in, it is
    refused as a name."""
    module, arguments, status = COMMANDS[command]
    if WIDE[0] in arguments and "PYTHONUTF8" in LOCALES[locale]:
        status = 2
    arguments = ([tmp_path / a if a.endswith(".svg") else a for a in arguments] + (["--out", tmp_path]
                                                                                   if module == "demos"
                                                                                   else []))
    ran = subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=True,
                         env={**os.environ, **LOCALES[locale]})
    assert ran.returncode == status and b"Traceback" not in ran.stderr, ran.stderr.decode(errors="replace")
    assert ran.stdout + ran.stderr and b"codec" not in ran.stderr
