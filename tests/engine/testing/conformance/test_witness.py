"""The witness answers each question in a line, whatever is raised, and knows nothing that is right."""

import io
import json

import numpy as np
import pytest

from engine import Value
from engine.testing.conformance.adapters import COARSE
from engine.testing.conformance.discovery import adapted
from engine.testing.conformance.exchange import question
from engine.testing.conformance.exercises import Exercise, program
from engine.testing.conformance.loading import NotFound
from engine.testing.conformance.witness import begun, last_line, reply, safely, say, serve, unloaded
from tests.engine.testing.conformance.installation import ROOT, python

SQUARE = Exercise(program((3.0,), ("*", (0, 0))))


def heard(load, *questions):
    """What is said to these questions, line by line."""
    asked = io.BytesIO(b"".join(json.dumps({**q, "number": k}).encode() + b"\n"
                                for k, q in enumerate(questions, 1)))
    said  = io.BytesIO()
    serve(load, asked, said)
    return [json.loads(line) for line in said.getvalue().splitlines()]


def test_each_question_is_answered_under_its_number():
    assert heard(lambda: adapted(Value), question(SQUARE), {"task": "has", "given": ["exp"]}) == [
        {"number": 0, "answer": ["", [], 2.0 ** -53, ""]},
        {"number": 1, "answer": [[3.0, 9.0], [6.0, 1.0], ""]},
        {"number": 2, "answer": True}]


def test_trouble_is_told_and_nothing_else():
    def load(): raise NotFound("there is no file")
    assert heard(load, question(SQUARE)) == [
        {"number": 0, "answer": ["there is no file", [], 2.0 ** -53, ""]}]


def test_how_an_engine_is_read_is_told_first():
    class Named:
        def __init__(self, value, of=()): self.value, self.grad, self.of = np.float32(value), 0.0, of
        def __mul__(self, other):
            return Named(self.value * other.value, ((self, other.value), (other, self.value)))
        def backward(self):
            for x, slope in self.of:
                x.grad += slope
    told, product = heard(lambda: adapted(Named), question(SQUARE))
    assert told["answer"] == ["", ["data is called value", COARSE], 2.0 ** -24, ""]
    assert product["answer"][:1] == [[3.0, 9.0]] and product["answer"][1][0] == 6.0


def test_what_must_pass_ends_the_witness_while_it_loads():
    def load(): raise KeyboardInterrupt
    engine, reading = begun(load)
    assert engine is None and reading.trouble.startswith("the file cannot be imported: KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        begun(load, (KeyboardInterrupt,))


@pytest.mark.parametrize("problem, words", [
    (SystemExit(3), "SystemExit: 3"), (MemoryError(), "MemoryError"), (KeyError("x"), "KeyError: 'x'"),
    (KeyboardInterrupt(), "KeyboardInterrupt"), (GeneratorExit(), "GeneratorExit")])
def test_what_an_engine_raises_is_a_reply_unless_it_must_pass(problem, words):
    class Engine(Value):
        def __add__(self, other): raise problem
    asked = {"task": "freed", "given": [3]}
    assert reply(Engine, asked) == {"raised": words}
    with pytest.raises(type(problem)):
        reply(Engine, asked, (type(problem),))


def test_an_error_whose_text_cannot_be_had_has_its_name():
    class Mute(Exception):
        def __str__(self): raise ValueError
    assert safely(Mute()) == "Mute" and safely(KeyError("x")) == "KeyError: 'x'"


def test_a_line_is_json_and_is_sent_at_once():
    class Line(io.BytesIO):
        sent = 0
        def flush(self): self.sent += 1
    lines = Line()
    say(lines, 3, {"answer": "é\n"})
    assert json.loads(lines.getvalue()) == {"number": 3, "answer": "é\n"} and lines.sent
    assert lines.getvalue().count(b"\n") == 1


def test_what_is_no_engine_is_said_to_be_none():
    engine, reading = begun(lambda: adapted(int))
    assert engine is None and reading.trouble.startswith(
        "int has no backward method: an engine needs Value(x)"), reading


def test_why_a_file_gives_no_engine(tmp_path):
    path = tmp_path / "student.py"
    path.write_text("x = 1\n\nraise KeyError('x')\n")
    with pytest.raises(KeyError) as raised:
        exec(compile(path.read_text(), str(path), "exec"), {})
    assert last_line(raised.value) == "student.py, line 3" and last_line(KeyError()) == ""
    assert unloaded(raised.value) == "the file cannot be imported: KeyError: 'x' (student.py, line 3)"
    assert "it ends the program" in unloaded(SystemExit()) and unloaded(NotFound("no file")) == "no file"


def test_nothing_that_knows_what_is_right_is_loaded_beside_an_engine(tmp_path):
    """Modules that compute, list or compare answers; whatever is computed with them; and the suite."""
    code = ("import runpy, sys; runpy.run_path(sys.argv[1])['witness'](); "
            "print(*(x.rpartition('.')[2] for x in sys.modules))")
    ran  = python(tmp_path, tmp_path, "-c", code,
                  str(ROOT / "engine" / "testing" / "conformance" / "bootstrap.py"))
    loaded = set(ran.stdout.split())
    assert {"witness", "attempts", "tasks"} <= loaded, ran.stderr
    assert not loaded & {*"mpmath expectations mistakes simulation passes suite cases answers reports "
                          "running diagnosis outlines randoms shrinking growing writing".split()}
