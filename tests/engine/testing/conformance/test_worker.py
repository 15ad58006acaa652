"""The worker answers each case in a line of JSON, whatever the engine raises."""

import io
import json

import pytest

from engine import Value
from engine.testing.conformance.cases import Case, Context
from engine.testing.conformance.suite import QUESTIONS
from engine.testing.conformance.worker import answer, last_line, run, say


def answers(engine, *names, **more):
    """What a worker says of these cases, line by line."""
    lines = io.StringIO()
    cases = [k for k, case in enumerate(QUESTIONS) if case.name in names]
    run(engine, {"target": "", "folder": "", "seed": 0, "examples": 1, "unsound": [], "lacking": [],
                 "cases": cases, **more}, lines)
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_each_case_is_announced_then_answered_and_the_end_is_told():
    *surveyed, start, done, end = answers(Value, "diamonds")
    number = next(k for k, case in enumerate(QUESTIONS) if case.name == "diamonds")
    assert (start, end) == ({"start": number}, {"end": True})
    assert done == {"done": number, "status": "pass", "findings": [], "notes": [], "unsound": [],
                    "lacking": []}
    assert surveyed == [{"start": k} for k in range(len(surveyed))]            # the operations, one by one


def test_an_operation_that_fails_alone_is_told_to_the_runner():
    class Engine(Value):
        def __mul__(self, other): return self + other
    *_, done, _ = answers(Engine, "x * y")
    assert done["status"] == "fail" and "* nn" in done["unsound"]
    assert done["findings"][0]["sentence"] == "the value of x * x is wrong: 6.0 in place of 9.0"


def test_what_is_no_engine_is_said_to_be_none():
    said, = answers(int)
    assert said["absent"].startswith("int has no backward method: an engine needs Value(x)")


@pytest.mark.parametrize("group, problem, status, words", [
    ("kinks",          SystemExit(),      "fail",   "take out sys.exit() and quit()"),
    ("kinks",          MemoryError(),     "fail",   "it takes more memory than allowed"),
    ("kinks",          KeyError("x"),     "fail",   "an exception where it should answer: KeyError"),
    ("freeing memory", RuntimeError("x"), "advice", "not measured: RuntimeError: x")])
def test_what_an_engine_raises_is_an_answer(group, problem, status, words):
    def check(context): raise problem
    result = answer(Case(group, "", check), Context(Value))
    assert result.status == status
    assert words in (result.findings[0].sentence if result.findings else result.notes[0])


def test_a_line_is_json_and_is_sent_at_once():
    class Line(io.StringIO):
        sent = 0
        def flush(self): self.sent += 1
    lines = Line()
    say(lines, start=3, notes=["é\n"])
    assert json.loads(lines.getvalue()) == {"start": 3, "notes": ["é\n"]} and lines.sent
    assert lines.getvalue().count("\n") == 1


def test_where_a_file_goes_wrong_is_told_by_its_last_line(tmp_path):
    path = tmp_path / "student.py"
    path.write_text("x = 1\n\nraise KeyError\n")
    with pytest.raises(KeyError) as raised:
        exec(compile(path.read_text(), str(path), "exec"), {})
    assert last_line(raised.value) == "student.py, line 3" and last_line(KeyError()) == ""


def test_how_an_engine_is_read_is_told_first():
    class Named:
        def __init__(self, value, of=()): self.value, self.grad, self.of = value, 0.0, of
        def __mul__(self, other):
            return Named(self.value * other.value, ((self, other.value), (other, self.value)))
        def backward(self):
            for x, slope in self.of:
                x.grad += slope
    assert answers(Named, "diamonds")[0] == {"adapted": ["data is called value"]}
