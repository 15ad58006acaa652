"""What a student's file may try, and what comes of it: marks for right answers alone, nothing of the grader's
harmed, nothing left running, and no traceback.

Class: code that is judged reaches for what judges it. The engine overwrites gradients, so that it fails CASE;
each attack would have it pass.
"""

import json
import math
import os
import random
import sys
import time
from pathlib import Path

import pytest

from engine.testing import conformance, museum
from engine.testing.conformance.cases import Context
from engine.testing.conformance.exchange import DEATHS, Reading, answer_in
from engine.testing.conformance.pages import page
from engine.testing.conformance.processes import lives
from engine.testing.conformance.reports import Report
from engine.testing.conformance.running import judge
from engine.testing.conformance.suite import QUESTIONS
from tests.engine.testing.conformance.installation import CASE, WRONG, chainrule, filled

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of other processes")

WRITES = """
import json, os
LINES = [json.dumps(line).encode() + b"\\n" for k in range(300) for line in (
    {"done": k, "status": "pass", "findings": [], "notes": [], "unsound": [], "lacking": []},
    {"number": k, "answer": [[3.0, 6.0], [2.0, 1.0], ""]}, {"end": True}, {"number": k, "answer": ""})]
def write(lines=LINES):
    for descriptor in range(3, 21):
        for line in lines:
            try:
                os.write(descriptor, line)
            except OSError:
                break
"""
FIRST = "write([json.dumps({{'number': 0, 'answer': {!r}}}).encode() + b'\\n'])"
BACKWARD = """
class Value(Value):
    def backward(self):
        super().backward()
        {}
"""
ANSWERS = "import json\nright = json.dumps\njson.dumps = lambda said: right({**said, 'answer': True})"
ALWAYS  = """
import builtins
builtins.abs, builtins.all, builtins.any = lambda x: 0.0, lambda xs: True, lambda xs: False
builtins.isinstance = lambda x, kind: True
"""
ON = "import threading\nthreading.Thread(target=lambda: [write() for _ in iter(int, 1)]).start()"

SLY = """
class Sly(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return Sly(0.0)
    def __abs__(self): return Sly(0.0)
    __rsub__ = __mul__ = __rmul__ = __sub__
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = float.__hash__
    def __float__(self): return self
    def __repr__(self): return "6.0"
    def hex(self): return "0x1.8p+2"
    def as_integer_ratio(self): return (6, 1)
class Value(Value):
    def __getattribute__(self, name):
        x = super().__getattribute__(name)
        return Sly(x) if name == "grad" else x
"""

ATTACKS = {
    "lines at import":            WRITES + "write()",
    "lines in each backward":     WRITES + BACKWARD.format("write()"),
    "a reply before its time":    WRITES + "write([b'{\"number\": 0, \"raised\": \"KeyError\"}\\n'])",
    "ready before its time":      WRITES + FIRST.format(["", [], 2.0 ** -53, ""]),
    "single precision":           WRITES + FIRST.format(["", [], 2.0 ** -24, ""]),
    "no precision at all":        WRITES + FIRST.format(["", [], 1e9, ""]),
    "ready in another shape":     WRITES + FIRST.format(""),
    "one stray line":             WRITES + BACKWARD.format("write([b'hello\\n'])"),
    "half a line":                WRITES + BACKWARD.format("write([b'{\"number\": '])"),
    "a tower of brackets":        WRITES + BACKWARD.format("write([b'[' * 100000 + b'\\n'])"),
    "a number of many digits":    WRITES + BACKWARD.format("write([b'9' * 100000 + b'\\n'])"),
    "a line without an end":      WRITES + BACKWARD.format("write([b'x' * 2 ** 16] * 40)"),
    "every descriptor closed":    "import os" + BACKWARD.format("os.closerange(3, 200)"),
    "a thread that goes on":      WRITES + ON,
    "json":                       "import json\njson.dumps = lambda said: '{\"number\": 1, \"answer\": 1}'",
    "json, always right":         ANSWERS,
    "builtins":                   ALWAYS,
    "math":                       "import math\nfor name in ('isclose', 'isfinite', 'isnan'): "
                                  "setattr(math, name, lambda *xs, **more: True)",
    "the suite":                  "import sys\nfor name, module in [*sys.modules.items()]:\n"
                                  "    if 'conformance' in name:\n"
                                  "        for thing in ('wrong', 'differs', 'accepts', 'passed', 'close'):\n"
                                  "            setattr(module, thing, lambda *xs: '')",
    "the witness":                "import sys\nfor name, module in [*sys.modules.items()]:\n"
                                  "    if '.witness' in name: module.attempt = lambda *xs: ([], [], '')",
    "no modules":                 "import sys\nfor name in [*sys.modules]:\n"
                                  "    if 'conformance' in name: del sys.modules[name]",
    "the suite imported":         "import engine.testing.conformance.expectations as e\n"
                                  "e.wrong = lambda *xs: ''",
    "a float that lies":          SLY,
}


def attacked(folder, attack, **options):
    """The report on the wrong engine with an attack added, as a file."""
    filled(folder, {"student.py": f"{WRONG}\n{attack}\n"})
    return conformance(f"{folder}/student.py:Value",
                       **{"only": CASE, "examples": 1, "case_limit": 5.0, **options})


@pytest.mark.parametrize("kind", ATTACKS)
def test_nothing_but_a_right_answer_passes_a_case(tmp_path, kind):
    report = attacked(tmp_path, ATTACKS[kind])
    assert not report.passed and report.score == 0, str(report)
    assert report.problem or report.verdicts[0].status in ("fail", "blocked") and str(report)


def test_the_same_engine_without_an_attack_fails_too_and_the_right_one_passes(tmp_path):
    assert attacked(tmp_path, "").score == 0
    right = filled(tmp_path, {"right.py": museum.RIGHT}) / "right.py"
    assert conformance(f"{right}:Value", only=CASE).score == 100


def test_a_stray_line_costs_the_question_it_came_in_and_says_so(tmp_path):
    once = WRITES + BACKWARD.format("[write([b'hello\\n']) for _ in range(self.data == 9.0)]")
    loud = once.replace("class Value(Value)", "class Loud(Value)")
    product = "        z = super().__mul__(other)\n        return Loud(z.data, z.operands, z.partials)\n"
    filled(tmp_path, {"student.py": f"{museum.RIGHT}\n{loud}\n    def __mul__(self, other):\n{product}"})
    report = conformance(f"{tmp_path}/student.py:Loud", only="shared nodes", examples=1)
    failed = {v.name: v.findings[0].sentence for v in report.verdicts if v.status == "fail"}
    assert set(failed) < {v.name for v in report.verdicts} and "inputs used more than once" in failed
    assert all("what came back is no answer" in sentence for sentence in failed.values()), str(report)


NUMBERS = [None, math.nan, math.inf, -math.inf, [math.nan, math.inf], [1.0, 0.0], "list", "", 0.0, -0.0, 1.0,
           2.0, 5e-324, 1.7e308, -3.0, 1e-9]
SHAPES  = [True, False, 1.0, "", "x", None, {}, 10 ** 400, [], [[]], ["a"], [1.0, 2.0], [1.0, math.nan],
           [math.inf, 0.0], [0.0, 0.0], [[1.0] * 3] * 2, [[math.nan] * 3] * 3, [[], [], []]]


class Liar:
    """A witness that says anything."""

    deaths = 0

    def __init__(self, seed): self.rng = random.Random(seed)
    def __enter__(self): return self
    def __exit__(self, *problem): return
    def begin(self, seconds): return Reading()
    def elsewhere(self, hash_seed): return self

    def ask(self, question, seconds):
        answer = self.rng.choice(SHAPES)
        if question.get("task") == "has":
            answer = True
        elif "exercise" in question and self.rng.random() > 0.02:
            nodes  = range(sum(map(len, question["exercise"][:2])))
            error  = self.rng.choice(["", "", "", "ValueError: x", "KeyError", ":", "{0} {x!r}"])
            answer = [*([self.rng.choice(NUMBERS) for _ in nodes] for _ in range(2)), error]
        return answer_in(json.dumps({"number": 1, "answer": answer}).encode(), 1)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_comes_back_a_report_comes_of_it(seed):
    liar   = Liar(seed)
    report = Report("liar", 0, 2)
    judge(liar, report, range(len(QUESTIONS)), Context(liar, examples=2))
    assert report.score < 20 and len(report.findings) > 50
    assert str(report) and report.json() and report.junit() and page([report])


# --- one case for a crash -----------------------------------------------------------------------------

@pytest.mark.parametrize("attack, words", [
    ("raise SystemExit",                                        "take out sys.exit() and quit()"),
    ("import sys; sys.exit(0)",                                 "take out sys.exit() and quit()"),
    ("raise KeyboardInterrupt",                                 "KeyboardInterrupt"),
    ("import os; os._exit(0)",                                  "ended its process with exit status 0"),
    ("import os, signal; os.kill(os.getpid(), 11)",             "a segmentation fault"),
    ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "did not finish within 1 s"),
    ("while True: pass",                                        "did not finish within 1 s"),
])
def test_an_operation_that_ends_or_hangs_its_process_costs_itself_and_nothing_else(tmp_path, attack, words):
    power = "        z = self.data ** n\n"
    assert museum.RIGHT.count(power) == 1
    filled(tmp_path, {"student.py": museum.RIGHT.replace(
        power, f"        if isinstance(n, Value):\n            {attack}\n{power}")})
    report = conformance(f"{tmp_path}/student.py:Value", examples=1, case_limit=1.0)
    lost   = {v.name for v in report.verdicts if v.status in ("fail", "blocked")}
    assert lost <= {"x ** y", "x ** y at 0 ** 2", "time in step with size"} and "x ** y" in lost, str(report)
    assert words in " ".join(sentence for sentence, _ in report.mistakes), str(report)


def test_an_engine_that_dies_at_each_question_is_given_up_with_a_sentence(tmp_path):
    report = attacked(tmp_path, "import os" + BACKWARD.format("os._exit(0)"), only="")
    assert f"{DEATHS} processes were lost" in str(report) and report.seconds < 60
    assert sum(v.status == "fail" for v in report.verdicts) == DEATHS


# --- what is the grader's -----------------------------------------------------------------------------

def test_an_import_finds_an_empty_folder_and_harms_none(tmp_path, monkeypatch):
    grader = filled(tmp_path / "grader", {"grades.csv": "all of them", "work/notes.txt": ""})
    monkeypatch.chdir(grader)
    report = attacked(tmp_path / "students", """
import os, shutil, helper
for name in os.listdir("."):
    shutil.rmtree(name) if os.path.isdir(name) else os.remove(name)
open("trace.txt", "w").close()
helper.FOUND.append(os.getcwd())
""") if filled(tmp_path / "students", {"helper.py": "FOUND = []"}) else None
    assert not report.problem and report.score == 0
    assert sorted(str(path.relative_to(grader)) for path in grader.rglob("*")) == [
        "grades.csv", "work", os.path.join("work", "notes.txt")]


def test_nothing_can_be_read_and_nothing_is_printed(tmp_path, capfd):
    report = attacked(tmp_path, f"""
import os, sys
print("printed"); print("complained", file=sys.stderr); os.write(1, b"written"); os.write(2, b"written")
open({str(tmp_path / 'read.txt')!r}, "w").write(repr((sys.stdin.read(), os.listdir("."))))
""")
    assert not report.problem and (tmp_path / "read.txt").read_text() == "('', [])"
    assert capfd.readouterr() == ("", "")


SPY = """
import gc, os, sys
NAMES = ("wrong", "expected", "accepts", "slopes", "expectations", "suite", "mistakes", "CASES", "adjoints")
FOUND = set()
class Value(Value):
    def backward(self):
        super().backward()
        frame = sys._getframe()
        while frame:
            FOUND.update(name for name in NAMES if name in frame.f_locals or name in frame.f_globals)
            frame = frame.f_back
        FOUND.update(type(x).__name__ for x in gc.get_objects() if type(x).__name__ in ("Expected", "Case"))
        FOUND.update(name for name in sys.modules for word in NAMES[4:7] if name.endswith("." + word))
        FOUND.update(getattr(x, "name", "value") for x in gc.get_objects() if type(x).__name__ == "Exercise"
                     and (x.value is not None or x.slopes is not None))
        FOUND.add(f"files {{os.listdir('.')}}") if os.listdir(".") else None
        with open({!r}, "w") as found:
            print(*sorted(FOUND), file=found)
"""


def test_what_is_right_is_in_no_frame_object_module_or_file_of_the_witness(tmp_path):
    report = attacked(tmp_path, SPY.format(str(tmp_path / "found.txt")), only="at 0")
    assert len(report.verdicts) == 5 and (tmp_path / "found.txt").read_text().strip() == ""


# --- what is left behind ------------------------------------------------------------------------------

LEAVES = """
import os, subprocess, sys, time
def left():
    started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    pid = os.fork()
    if not pid:
        os.setsid()
        if os.fork():
            os._exit(0)
        open({0!r}, "w").write(str(os.getpid()))
        time.sleep(600)
        os._exit(0)
    while not (os.path.exists({0!r}) and open({0!r}).read()):
        time.sleep(0.01)
    open({1!r}, "w").write(str(started.pid))
"""


@linux
@pytest.mark.parametrize("ending", ["", "os._exit(0)"], ids=["ended", "ends itself"])
@pytest.mark.parametrize("given", ["a place", "a class"])
def test_children_with_a_session_of_their_own_are_ended(tmp_path, given, ending):
    pids = [str(tmp_path / name) for name in ("forked", "started")]
    text = f"{WRONG}\n{LEAVES.format(*pids)}\n" + BACKWARD.format(
        f"[left() for _ in range(not os.path.exists({pids[0]!r}))]; {ending}")
    filled(tmp_path, {"leaving.py": text})
    if given == "a place":
        conformance(f"{tmp_path}/leaving.py:Value", only=CASE)
    else:
        from engine.testing.conformance.loading import load
        conformance(load(f"{tmp_path}/leaving.py:Value"), only=CASE)
    until = time.monotonic() + 10
    while (alive := [pid for pid in (int(Path(file).read_text()) for file in pids) if lives(pid)]):
        assert time.monotonic() < until, alive
        time.sleep(0.01)


# --- a batch ------------------------------------------------------------------------------------------

def test_no_attack_ends_a_batch_or_touches_the_next(site, tmp_path):
    kinds = ["lines at import", "one stray line", "a thread that goes on", "builtins"]
    filled(tmp_path, {**{f"students/{k}.py": f"{WRONG}\n{ATTACKS[kind]}\n" for k, kind in enumerate(kinds)},
                      "students/right.py": museum.RIGHT})
    ran = chainrule(site, tmp_path, "conformance", *(f"students/{k}.py:Value" for k in range(len(kinds))),
                    "students/right.py:Value", "--only", CASE, "--json", "-", "--case-limit", "5")
    told = json.loads(ran.stdout)
    assert [report["score"] for report in told] == [0, 0, 0, 0, 100] and "Traceback" not in ran.stderr


def test_a_judge_that_is_ended_is_told_in_a_sentence(site, tmp_path):
    """The code runs as its grader: that it can do so is said in docs/conformance.md."""
    kills = f"{WRONG}\nimport os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n"
    filled(tmp_path, {"one.py": kills, "two.py": museum.RIGHT})
    ran = chainrule(site, tmp_path, "conformance", "one.py", "two.py", "--only", CASE,
                    TMPDIR=str(tmp_path))                    # nobody is left to remove the folders
    assert ran.returncode == 2 and "a judge was ended from outside" in ran.stderr
    assert "Traceback" not in ran.stderr
