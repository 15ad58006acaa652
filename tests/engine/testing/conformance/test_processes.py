"""A process of its own: started, asked, lost and started again; nothing of it stays."""

import os
import queue
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from engine import Value
from engine.testing import museum
from engine.testing.conformance.exchange import DEATHS, Lost, Raised, Slow, Unloadable, question
from engine.testing.conformance.exercises import Exercise, program
from engine.testing.conformance.processes import (
    LONGEST, Child, Isolated, death, descendants, end_all, forked, lives, marked, spawned, waited,
)
from engine.testing.conformance.witness import MARK

SQUARE = Exercise(program((3.0,), ("*", (0, 0))))
SUM    = Exercise(program((3.0,), ("+", (0, 0))))
linux  = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of other processes")


class Dies(Value):
    def __mul__(self, other): os._exit(3)


class Hangs(Value):
    def __mul__(self, other):
        while True:
            pass


@pytest.mark.parametrize("start", [lambda folder: spawned(f"{folder}/right.py:Value", str(folder)),
                                   lambda folder: forked(Value)], ids=["spawned", "forked"])
def test_a_new_python_and_a_fork_answer_alike(tmp_path, start):
    (tmp_path / "right.py").write_text(museum.RIGHT, encoding="utf-8")
    with Isolated(start(tmp_path)) as witness:
        witness.begin(60.0)
        folder = witness.child.folder.name
        assert witness.ask(question(SQUARE), 60.0) == [[3.0, 9.0], [6.0, 1.0], ""]
        with pytest.raises(Raised, match="KeyError"):
            witness.ask({"task": "chain", "given": ["nothing", 1]}, 60.0)
        assert os.listdir(folder) == [] and witness.deaths == 0 and witness.asked == 2
    assert witness.child is None and not Path(folder).exists()


@pytest.mark.parametrize("engine, error, words, seconds", [
    (Dies, Lost, "exit status 3", 60.0), (Hangs, Slow, "did not finish", 0.3)])
def test_a_question_that_ends_the_process_is_lost_and_the_next_is_answered(engine, error, words, seconds):
    with Isolated(forked(engine)) as witness:
        with pytest.raises(error, match=words):
            witness.ask(question(SQUARE), seconds)
        assert witness.ask(question(SUM), 60.0) == [[3.0, 6.0], [2.0, 1.0], ""] and witness.deaths == 1


def test_an_engine_that_always_dies_is_given_up():
    with Isolated(forked(Dies)) as witness:
        for _ in range(DEATHS):
            with pytest.raises(Lost, match="exit status 3"):
                witness.ask(question(SQUARE), 60.0)
        with pytest.raises(Lost, match=f"{DEATHS} processes were lost"):
            witness.ask(question(SUM), 60.0)


def test_what_cannot_be_loaded_is_told(tmp_path):
    with Isolated(spawned(f"{tmp_path}/nothing.py", str(tmp_path))) as witness:
        with pytest.raises(Unloadable, match="there is no file"):
            witness.begin(60.0)
    with Isolated(forked(int)) as witness, pytest.raises(Unloadable, match="no backward method"):
        witness.begin(60.0)


def test_the_next_process_stops_where_the_first_was_stopped(tmp_path):
    (tmp_path / "trains.py").write_text(museum.RIGHT + "\nraise SystemExit\n",
                                        encoding="utf-8")
    with Isolated(spawned(f"{tmp_path}/trains.py:Value", str(tmp_path))) as witness:
        first = witness.begin(60.0)
        assert "ends the program" in first.said[0] and first.until and witness.begin(60.0) == first
        witness.end()
        again = witness.begin(60.0)
        assert again.said == [] and again.until == first.until         # it was left out: nothing is said
        assert witness.ask(question(SQUARE), 60.0) == [[3.0, 9.0], [6.0, 1.0], ""]


def test_a_file_that_was_loaded_once_is_not_called_endless_where_time_is_short(tmp_path):
    (tmp_path / "slow.py").write_text(f"import time\ntime.sleep(0.5)\n{museum.RIGHT}", encoding="utf-8")
    def start(hash_seed): return spawned(f"{tmp_path}/slow.py:Value", str(tmp_path), hash_seed)
    with Isolated(start("0"), start) as witness, pytest.raises(Unloadable, match="works on import"):
        witness.begin(0.05)
    with Isolated(start("0"), start) as witness:
        witness.begin(60.0)
        witness.end()
        with pytest.raises(Lost, match="its process was lost, and no other was ready within 0.1 s"):
            witness.begin(0.1)


def test_another_hash_seed_is_another_python(tmp_path):
    (tmp_path / "seeded.py").write_text(
        museum.RIGHT + "\nclass Seeded(Value):\n    def __init__(self, x, *more):\n        "
        "super().__init__(float(hash('a')), *more)\n", encoding="utf-8")
    def start(hash_seed):
        return spawned(f"{tmp_path}/seeded.py:Seeded", str(tmp_path), hash_seed)
    with Isolated(start("0"), start) as witness:
        def answer(one):
            with one:
                return one.ask(question(SUM), 60.0)[0][0]
        one, again, other = [answer(witness.elsewhere(seed)) for seed in "001"]
        assert one == again != other
    assert Isolated(forked(Value)).elsewhere("1") is None


# --- what comes back ----------------------------------------------------------------------------------

class Pipes:
    """A child that is no process: what it says is written down, and it ends with a status."""

    def __init__(self, said, status=0):
        ours, theirs = os.pipe()
        os.write(theirs, said)
        os.close(theirs)
        self.child = Child(0, open(os.devnull, "wb"), os.fdopen(ours, "rb"), lambda: status, lambda: None)  # noqa: SIM115
        self.child.reader.start()


def test_lines_come_one_by_one_and_then_the_end():
    child = Pipes(b"one\ntwo\nrest", 3).child
    assert [child.line(60.0) for _ in range(3)] == [b"one\n", b"two\n", b"rest"]
    with pytest.raises(Lost, match="exit status 3"):
        child.line(60.0)


def test_a_line_without_an_end_is_cut_and_a_flood_waits():
    ours, theirs = os.pipe()
    child = Child(0, open(os.devnull, "wb"), os.fdopen(ours, "rb"), lambda: None, lambda: None)     # noqa: SIM115
    child.lines = queue.Queue(2)
    child.reader.start()
    with os.fdopen(theirs, "wb", 0) as flood:
        for _ in range(LONGEST // 2 ** 15 + 1):
            flood.write(b"x" * 2 ** 15)
        assert len(child.line(60.0)) == LONGEST
        flood.write(b"\n" * 1000)                            # it stays in the pipe, and in no list
        time.sleep(0.05)
        assert child.lines.qsize() <= 2
        child.over = True
    child.reader.join(60.0)
    assert not child.reader.is_alive()


@pytest.mark.parametrize("status, words", [
    (-signal.SIGSEGV, "a segmentation fault"), (-signal.SIGKILL, "ended by SIGKILL"),
    (-999, "ended by signal 999"),
    (3, "with exit status 3"), (0, "with exit status 0"), (None, "closed the pipe")])
def test_how_a_process_ended_is_told_in_words(status, words):
    assert words in death(status)


# --- what is left behind ------------------------------------------------------------------------------

def sleeping(**more):
    return subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"],
                            stdout=subprocess.PIPE, start_new_session=True, **more)


@linux
@pytest.mark.parametrize("how", ["by its mark", "by its folder", "as a descendant"])
def test_a_process_with_a_session_of_its_own_is_found_and_ended(tmp_path, how):
    mark = tempfile.mkdtemp(dir=tmp_path)
    child = sleeping(**{"by its mark": {"env": {**os.environ, MARK: mark}}, "by its folder": {"cwd": mark},
                        "as a descendant": {}}[how])
    try:
        assert child.stdout.readline() == b"up\n"
        assert child.pid in descendants(os.getpid()) and lives(child.pid)
        assert (child.pid in marked(mark)) is (how != "as a descendant")
        end_all([child.pid] if how == "as a descendant" else [], mark)
        assert child.wait(60) == -signal.SIGKILL and not marked(mark)
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_the_status_of_a_fork_is_known_once_it_ends():
    pid = os.fork()
    if not pid:
        os._exit(5)
    poll = waited(pid)
    while poll() is None:
        time.sleep(0.001)
    assert poll() == poll() == 5
