"""In this very process: the same report, nothing started, and an endless loop stopped from outside."""

import subprocess
import sys

import pytest

from engine import Value
from engine.testing import conformance, museum
from engine.testing.conformance.exchange import Lost, Raised, Slow, Unloadable, question
from engine.testing.conformance.exercises import Exercise, program
from engine.testing.conformance.here import Here, Watched
from tests.engine.testing.conformance.installation import ROOT

SQUARE = Exercise(program((3.0,), ("*", (0, 0))))


def test_questions_are_answered():
    here = Here(Value)
    here.begin(1.0)
    assert here.ask(question(SQUARE), 1.0) == [[3.0, 9.0], [6.0, 1.0], ""]
    assert here.elsewhere("1") is None and not here.deaths


def test_what_is_raised_and_what_cannot_be_loaded_is_told(tmp_path):
    with pytest.raises(Raised, match="TypeError"):
        Here(Value).ask({"task": "chain", "given": []}, 1.0)
    with pytest.raises(Unloadable, match="int has no backward method"):
        Here(int).begin(1.0)
    with pytest.raises(Unloadable, match="there is no file"):
        Here(f"{tmp_path}/nothing.py").begin(1.0)


class Endless(Value):
    def __mul__(self, other):
        while isinstance(other, Value):
            try:
                _ = 1 / 0
            except Exception:
                continue
        return super().__mul__(other)


def test_an_endless_loop_ends_where_stop_says_so_and_where_the_time_is_up():
    asked = []
    def stop():
        asked.append(1)
        return len(asked) > 3
    with pytest.raises(Lost, match="it was stopped"):
        Here(Endless, stop).ask(question(SQUARE), 60.0)
    with pytest.raises(Slow, match="did not finish"):
        Here(Endless, lambda: False).ask(question(SQUARE), 0.05)
    assert len(asked) == 4 and sys.gettrace() is None


TRAINS = """
class Value:
    def __init__(self, data, of=()): self.data, self.grad, self.of = data, 0.0, of
    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))
    def backward(self, seed=1.0):
        self.grad += seed
        for x, slope in self.of: x.backward(slope * seed)
while True:
    try:
        1 / 0
    except Exception:
        continue
"""


def test_a_file_that_trains_on_for_ever_is_stopped_after_its_class(tmp_path, monkeypatch):
    """Without a signal: whoever counts the lines looks at the limits of an import as well."""
    monkeypatch.setattr("engine.testing.conformance.loading.TAIL_LIMIT", 0.1)
    monkeypatch.setattr("signal.setitimer", None)
    (tmp_path / "trains.py").write_text(TRAINS, encoding="utf-8")
    here = Here(f"{tmp_path}/trains.py", lambda: False)
    said, = here.begin(60.0).said
    assert "trains.py works on after its class is there" in said and here.begin(1.0).said == [said]
    assert here.ask(question(SQUARE), 60.0)[1][0] == 6.0
    (tmp_path / "endless.py").write_text("while True:\n    x = 1\n    y = 2\n", encoding="utf-8")
    with pytest.raises(Unloadable, match="the file did not finish: it works on import for longer than"):
        Here(f"{tmp_path}/endless.py", lambda: False).begin(0.1)


def test_what_watched_before_watches_again():
    def tracer(*more): return None
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        with Watched(lambda: False, 1.0):
            assert sys.gettrace() is not tracer
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)


def test_a_stopped_question_costs_its_case_and_no_other():
    report = conformance(Endless, only="arithmetic: x", examples=1, case_limit=0.2, isolated=False,
                         stop=lambda: False)
    failed = {v.name for v in report.verdicts if v.status == "fail"}
    assert failed == {"x * y"} and "did not finish" in report.mistakes[0][0], str(report)


def test_the_report_is_that_of_a_process_of_its_own():
    for engine in (Value, museum.engine("overwrite")):
        here, apart = [conformance(engine, only="shared nodes", examples=3, isolated=isolated)
                       for isolated in (False, True)]
        assert here.verdicts == apart.verdicts != []


def test_stop_is_for_this_process():
    with pytest.raises(ValueError, match="write isolated=False as well"):
        conformance(Value, stop=lambda: False)


BROWSER = """
import sys
for name in ("subprocess", "threading", "signal", "multiprocessing", "concurrent.futures", "_posixsubprocess",
             "queue", "socket"):
    sys.modules[name] = None                     # importing it is an ImportError
import os, _thread
_thread.start_new_thread = _thread.start_joinable_thread = None
for name in ("fork", "posix_spawn", "system", "popen", "kill", "killpg", "setsid", "execv"):
    if hasattr(os, name):
        delattr(os, name)
"""
QUESTION = """
from engine import Value
from engine.testing.conformance import conformance
from engine.testing.conformance.pages import page
for engine, right in ((Value, True), (sys.argv[1], False)):
    report = conformance(engine, examples=1, isolated=False)
    assert report.passed is right and not report.problem, str(report)
    assert report.json() and report.junit() and str(report)
print(report.mistakes[0][0])
"""


def test_it_runs_where_there_are_no_processes_threads_and_signals(tmp_path):
    """As in a browser: judge, simulation and report."""
    wrong = tmp_path / "wrong.py"
    wrong.write_text(museum.source(museum.exhibit("overwrite")), encoding="utf-8")
    ran = subprocess.run([sys.executable, "-c", BROWSER + QUESTION, str(wrong)], cwd=tmp_path, text=True,
                         capture_output=True, env={"PYTHONPATH": str(ROOT)}, timeout=300)
    assert ran.stdout.startswith("the gradient is overwritten"), ran.stderr
    ran = subprocess.run([sys.executable, "-c", BROWSER + QUESTION.replace("isolated=False", "isolated=True"),
                          str(wrong)], cwd=tmp_path, text=True, capture_output=True,
                         env={"PYTHONPATH": str(ROOT)}, timeout=300)
    assert "ModuleNotFoundError" in ran.stderr                                  # a process would be seen
