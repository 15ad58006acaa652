"""Processes: a witness in a process of its own, ended with what it started, and started anew when it dies.

    with Isolated(spawned("students/ada.py:Value", folder)) as witness:        a new Python
    with Isolated(forked(Value)) as witness:                                   a fork, for a class

Questions and replies go through pipes of which the engine's code may get hold: a reply is read with distrust
(exchange.py), and a witness that sent anything else is ended.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Self, TypeAlias

from . import witness
from .attempts import Engine
from .bootstrap import command
from .exchange import (
    DEATHS, LOADING, Garbled, Lost, Question, Raised, Reading, Slow, Unloadable, answer_in, reading_of,
)
from .loading import of_class, too_long
from .trials import LOOK, Naming

LONGEST = 2 ** 20                        # bytes of one reply
ONE     = threading.RLock()              # one judge at a time: the precision of mpmath is that of a process


Start: TypeAlias = Callable[[str, str], "Child"]         # a folder and a line, to a process


class Isolated:
    """A witness in a process of its own.

    start:  starts a process in the folder it is given; with the line at which the file stops, if that is
            known from a process before: the next does not wait for it again.
    again:  the same under another hash seed, where that can be: for a file or module.
    """

    def __init__(self, start: Start, again: Callable[[str], Start] | None = None,
                 reading: Reading | None = None) -> None:
        self.start   = start
        self.again   = again
        self.reading = reading or Reading()
        self.child: Child | None = None
        self.asked   = 0
        self.deaths  = 0
        self.ready   = False                                 # whether it was loaded once

    def __enter__(self) -> Self:
        ONE.acquire()
        return self

    def __exit__(self, *problem: object) -> None:
        try:
            self.end()
        finally:
            ONE.release()

    def begin(self, seconds: float) -> Reading:
        """Start a process and load the engine there, if none is there."""
        if self.child is None:
            if self.deaths >= DEATHS:
                raise Lost(f"{DEATHS} processes were lost")
            self.child   = Child.born(self.start, self.reading.until)
            self.reading = self.heard(self.child, seconds)
            self.ready   = True
        return self.reading

    def heard(self, child: Child, seconds: float) -> Reading:
        """What the process says of the engine."""
        try:
            reading = loaded(child.line(seconds))
            if reading.trouble:
                raise Unloadable(reading.trouble)
            return reading
        except Lost as lost:
            self.end()
            self.deaths += 1
            if isinstance(lost, Slow) and self.ready:        # it is no endless file: time is short
                raise Lost(f"its process was lost, and no other was ready within {seconds:.1f} s") from None
            if isinstance(lost, Slow) and self.again:        # a class has been imported before
                raise Unloadable(too_long(seconds)) from None
            raise

    def ask(self, question: Question, seconds: float) -> object:
        """The answer; what is asked is numbered, and so is what comes back."""
        self.begin(seconds + LOADING)
        assert self.child
        self.asked += 1
        try:
            self.child.send({**question, "number": self.asked})
            return answer_in(self.child.line(seconds), self.asked)
        except Lost:
            self.end()
            self.deaths += 1
            raise

    def elsewhere(self, hash_seed: str) -> Isolated | None:
        """A witness of the same engine under another hash seed."""
        return Isolated(self.again(hash_seed), self.again, self.reading) if self.again else None

    def end(self) -> None:
        child, self.child = self.child, None
        if child:
            child.end()


def loaded(line: bytes) -> Reading:
    """What a witness says first: the trouble with its engine, or how it is read."""
    try:
        return reading_of(answer_in(line, 0))
    except Raised:                                           # a witness says no such thing
        raise Garbled from None


# --- how a process starts --------------------------------------------------------------------------------

def spawned(target: str, folder: str, hash_seed: str = "0", naming: Naming = LOOK) -> Start:
    """A new Python, for an engine given by its place."""
    def start(scratch: str, until: str) -> Child:
        process = subprocess.Popen(
            command({"target": target, "folder": folder, "scratch": scratch,
                     "naming": naming._replace(until=until)._asdict()}),
            env={**os.environ, "PYTHONHASHSEED": hash_seed, witness.MARK: scratch},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
        assert process.stdin and process.stdout
        return Child(process.pid, process.stdin, process.stdout, process.poll, process.kill)
    return start


def forked(engine: Engine, naming: Naming = LOOK) -> Start:
    """A fork of this process, for a class."""
    def start(scratch: str, until: str) -> Child:
        asked, told = os.pipe(), os.pipe()
        pid = os.fork()
        if pid:
            os.close(asked[0])
            os.close(told[1])
            return Child(pid, os.fdopen(asked[1], "wb"), os.fdopen(told[0], "rb"), waited(pid),
                         lambda: os.kill(pid, signal.SIGKILL))
        try:                                                 # the child; it never returns from here
            os.setsid()
            os.close(asked[1])
            os.close(told[0])
            witness.shut_off(scratch)
            questions, replies = os.fdopen(asked[0], "rb"), os.fdopen(told[1], "wb")
            witness.serve(lambda: of_class(engine, naming), questions, replies)
        finally:
            os._exit(0)
    return start


def waited(pid: int) -> Callable[[], int | None]:
    """Tells the exit status of a child, once it has one; None as long as it runs."""
    known: list[int] = []
    def poll() -> int | None:
        if not known:
            ended, status = os.waitpid(pid, os.WNOHANG)
            known.extend([os.waitstatus_to_exitcode(status)] if ended else [])
        return known[0] if known else None
    return poll


# --- one process -----------------------------------------------------------------------------------------

class Child:
    """A process that was started, the pipes to and from it, and the folder it is in.

    poll: its exit status, None as long as it runs.
    """

    folder: TemporaryDirectory[str]

    def __init__(self, pid: int, questions: IO[bytes], replies: IO[bytes], poll: Callable[[], int | None],
                 kill: Callable[[], None]) -> None:
        self.pid, self.questions, self.poll, self.kill = pid, questions, poll, kill
        self.lines: queue.Queue[bytes] = queue.Queue(100)    # whoever floods it, waits
        self.over   = False
        self.reader = threading.Thread(target=self.read, args=(replies,), daemon=True)

    @classmethod
    def born(cls, start: Start, until: str = "") -> Child:
        folder = TemporaryDirectory(prefix="chainrule-", ignore_cleanup_errors=True)
        child  = start(folder.name, until)
        child.folder = folder
        child.reader.start()                                 # after a fork, and never before
        return child

    def read(self, replies: IO[bytes]) -> None:
        """Pass on each line that comes; an empty one at the end."""
        with replies:
            while not self.over:
                line = replies.readline(LONGEST)
                self.put(line)
                if not line:
                    return

    def put(self, line: bytes) -> None:
        while not self.over:
            try:
                return self.lines.put(line, timeout=0.1)
            except queue.Full:                               # the judge is not there yet, or no more
                continue

    def send(self, question: Question) -> None:
        try:
            self.questions.write(json.dumps(question).encode() + b"\n")
            self.questions.flush()
        except OSError:                                      # nobody reads any more
            raise Lost(self.death()) from None

    def line(self, seconds: float) -> bytes:
        """The next line that comes.

        Raises:
            Lost: the process has ended, or does not answer in time.
        """
        until = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, min(0.2, until - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= until:
                    raise Slow(seconds) from None
                if self.poll() is None or not self.lines.empty():
                    continue
                line = b""                                   # dead, while another process holds the pipe
            if not line:
                raise Lost(self.death())
            return line

    def death(self) -> str:
        """How the process ended, in words; it is given a moment to be its own end."""
        until = time.monotonic() + 1.0
        while self.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        return death(self.poll())

    def end(self) -> None:
        """End the process and whatever it started."""
        self.over = True
        family = descendants(self.pid)
        end_group(self.pid)
        if self.poll() is None:
            self.kill()
        end_all(family, self.folder.name)
        while self.poll() is None:                           # a killed process ends
            time.sleep(0.001)
        while not self.lines.empty():
            self.lines.get()
        self.reader.join(1.0)
        try:
            self.questions.close()
        except OSError:                                      # what was not read any more
            pass
        self.folder.cleanup()


def death(status: int | None) -> str:
    if status is None:
        return "the engine closed the pipe on which it answers: leave descriptors that are not yours alone"
    if status == -signal.SIGSEGV:
        return "the process died of a segmentation fault: recursion so deep that the C stack overflowed"
    if status < 0:
        name = next((s.name for s in signal.Signals if s == -status), f"signal {-status}")
        return f"the process was ended by {name}"
    return (f"the engine ended its process with exit status {status}: take out os._exit(), sys.exit() "
            "and quit()")


# --- what a process leaves behind --------------------------------------------------------------------------

def end_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError, AttributeError):  # gone already; or a system without groups
        return


def end_all(family: list[int], scratch: str) -> None:
    """End the processes that left the group (setsid): the family, and whoever carries the mark; on Linux."""
    for _ in range(20):                                      # one may start another in between
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):    # gone already, or not ours
                continue
        family = marked(scratch)
        if not family:
            return
        time.sleep(0.005)


def descendants(pid: int) -> list[int]:
    """Children, their children and so on, as long as their parents live; on Linux."""
    parents = {child: int(stat.rpartition(b")")[2].split()[1]) for child, stat in told_by_linux("stat")}
    found   = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def marked(scratch: str) -> list[int]:
    """Processes that carry the mark of a witness in their environment, or are in its folder; on Linux."""
    mark = f"{witness.MARK}={scratch}".encode()
    found = [pid for pid, environment in told_by_linux("environ") if mark in environment.split(b"\0")]
    return [pid for pid in dict.fromkeys([*found, *inside(scratch)]) if pid != os.getpid() and lives(pid)]


def inside(scratch: str) -> Iterator[int]:
    for pid in pids():
        try:
            if os.readlink(f"/proc/{pid}/cwd").removesuffix(" (deleted)").startswith(scratch):
                yield pid
        except OSError:                                      # gone already, or not ours
            continue


def lives(pid: int) -> bool:
    """Whether a process runs: one that was killed may wait for its parent to be told."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def told_by_linux(what: str) -> Iterator[tuple[int, bytes]]:
    """What /proc tells of each process; nothing where there is no /proc."""
    for pid in pids():
        try:
            yield pid, Path(f"/proc/{pid}/{what}").read_bytes()
        except OSError:                                      # gone already, or not ours
            continue


def pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()] if sys.platform == "linux" else []
