"""Running: one engine through the suite, in a process of its own, with a time limit that nothing escapes.

    report = conformance("students/ada.py:Value")
    report.score, report.findings, print(report)

An engine that dies or never returns loses the case it was in; the next case starts in a new process.
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
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TextIO

from . import worker
from .bootstrap import command
from .cases import ABSENT, FORMS, Case, form, key_of
from .attempts import Engine, described
from .suite import CASES, QUESTIONS
from .exchange import Asked, Said
from .loading import IMPORT_LIMIT, is_file, split, too_long
from .reports import Report, Verdict

CASE_LIMIT = 10.0                        # seconds for one case
DEATHS     = 12                          # cases that may kill their process before the engine is given up


def conformance(engine: type | str, *, seed: int = 0, examples: int = 10, time_limit: float = 60.0,
                case_limit: float = CASE_LIMIT, only: str = "",
                naming: Mapping[str, str] | None = None) -> Report:
    """Test an engine: any class with Value(x), operators, .data, .grad and .backward().

    Args:
        engine: the class, or where it is: "path/to/file.py:Value" or "module:Value".
        seed, examples: which random programs are asked, and how many by each case.
        time_limit, case_limit: seconds for the whole suite, and for one case.
        only: run only the cases whose "group: name" contains this text.
        naming: what stands for "data", "grad" and "backward", or the path of an "adapter" file, where it is
            not to be looked for; docs/conformance.md shows one.

    Returns: the Report: scores, findings, notes; print(report) shows it.

    Raises:
        ValueError: examples or a limit is not positive, or no case matches `only`.
    """
    if examples < 1 or time_limit <= 0 or case_limit <= 0:
        raise ValueError(f"examples={examples}, time_limit={time_limit}, case_limit={case_limit}: each must "
                         "be above 0")
    cases = [k for k, case in enumerate(QUESTIONS) if only in case.id]
    if not cases:
        raise ValueError(f"no case contains {only!r}: chainrule conformance --list shows them all")
    target = absolute(engine) if isinstance(engine, str) else ""
    name   = engine if isinstance(engine, str) else f"{engine.__module__}:{engine.__qualname__}"
    asked: Asked = {"target": target, "folder": os.getcwd() if target else "", "seed": seed,
                    "examples": examples, "unsound": [], "lacking": [], "cases": cases,
                    "naming": named(naming or {})}
    began  = time.monotonic()
    report = Report(name, seed, examples)
    with TemporaryDirectory(prefix="chainrule-", ignore_cleanup_errors=True) as scratch:
        run_all(engine, {**asked, "scratch": scratch}, report, began + time_limit, case_limit)
    report.seconds = time.monotonic() - began
    return report


def named(naming: Mapping[str, str]) -> dict[str, str]:
    """The naming with a full path to the adapter file: the worker runs in another folder."""
    path = naming.get("adapter")
    return {**naming, "adapter": str(Path(path).resolve())} if path else dict(naming)


def absolute(target: str) -> str:
    """The target with a full path: the worker runs in another folder."""
    place, name = split(target)
    return f"{Path(place).resolve()}{':' * bool(name)}{name}" if is_file(place) else target


def run_all(engine: Engine | str, asked: Asked, report: Report, deadline: float, case_limit: float) -> None:
    """Start workers until every case has an answer."""
    for _ in range(DEATHS):
        child = Child(engine, asked)
        try:
            current, why = listen(child, asked, report, deadline, case_limit)
        finally:
            child.stop()
        if report.problem or not asked["cases"]:
            return
        if current is None:
            report.problem = f"it cannot be loaded: {why or child.death()}"
            return
        lost(QUESTIONS[current], why or child.death(), asked, report)
        if time.monotonic() > deadline:
            break
    why = "the time limit was reached" if time.monotonic() > deadline else f"{DEATHS} processes were lost"
    report.verdicts += [Verdict.not_asked(CASES[k], why) for k in asked["cases"] if k < len(CASES)]


def lost(case: Case, why: str, asked: Asked, report: Report) -> None:
    """The case that ended its process. An operation that does so is used by no other case."""
    number = QUESTIONS.index(case)
    if number in asked["cases"]:
        asked["cases"].remove(number)
        report.verdicts.append(Verdict.lost(case, why))
    if case.name in FORMS:
        asked["unsound"] = sorted({*asked["unsound"], key_of(form(case.name))})


def listen(child: Child, asked: Asked, report: Report, deadline: float,
           case_limit: float) -> tuple[int | None, str]:
    """Note each answer. Return the case that was under way when the worker ended, and why if it was
    stopped."""
    current: int | None = None
    while True:
        limit = case_limit if current is not None else max(case_limit, IMPORT_LIMIT) + 5
        wait = max(0.1, min(limit, deadline - time.monotonic()))
        try:
            line = child.lines.get(timeout=wait)
        except queue.Empty:
            if current is None:
                return None, too_long(wait)
            return (current, f"it did not finish within {wait:.0f} s: an endless loop, or work that grows "
                    "with the number of paths")
        if line is None:
            return current, ""
        said: Said = json.loads(line)
        if "adapted" in said:
            report.said = said["adapted"]
        elif "absent" in said:
            report.problem = said["absent"]
        elif "broken" in said:
            report.problem = f"the file cannot be imported: {said['broken']} ({said['where']})"
        elif "start" in said:
            current = said["start"]
        elif "done" in said:
            if said["status"] != ABSENT:
                report.verdicts.append(Verdict.told(QUESTIONS[said["done"]], said))
            asked["cases"].remove(said["done"])
            asked["unsound"], asked["lacking"] = said["unsound"], said["lacking"]
        if "end" in said or report.problem:
            return None, ""


class Child:
    """A worker process: a new Python for an engine given by its place, a fork for a class."""

    def __init__(self, engine: Engine | str, asked: Asked) -> None:
        self.lines: queue.Queue[str | None] = queue.Queue()
        self.process: subprocess.Popen[str] | None = None
        self.pid = 0
        self.status: int | None = None
        if isinstance(engine, str):
            self.process = subprocess.Popen(
                command(asked), text=True, env={**os.environ, "PYTHONHASHSEED": "0"},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                start_new_session=True)
            assert self.process.stdout
            stream: IO[str] = self.process.stdout
        elif hasattr(os, "fork"):
            stream = self.fork(engine, asked)
        else:                                                    # Windows, Pyodide: no protection there
            stream = in_process(engine, asked)
        threading.Thread(target=self.read, args=(stream,), daemon=True).start()

    def fork(self, engine: Engine, asked: Asked) -> TextIO:
        ours, theirs = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(theirs)
            return os.fdopen(ours)
        try:                                                     # the child; it never returns from here
            os.setsid()
            os.chdir(asked["scratch"])
            sys.dont_write_bytecode = True
            worker.silence()
            worker.limit_memory()
            lines = os.fdopen(theirs, "w")
            try:
                worker.run(engine, asked, lines)
            except BaseException as problem:  # a fault of the suite, not of the engine: it must be seen
                worker.say(lines, absent=f"the suite itself failed: {described(problem)}")
        finally:
            os._exit(0)

    def read(self, stream: TextIO) -> None:
        with stream:
            for line in stream:
                self.lines.put(line)
        self.lines.put(None)

    def stop(self) -> None:
        """End the process and whatever it started."""
        if self.process:
            end_group(self.process.pid)
            self.process.kill()
            self.status = self.process.wait()
        elif self.pid:
            end_group(self.pid)
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def death(self) -> str:
        """How the process ended, in words."""
        status = self.status or 0
        if status == -signal.SIGSEGV:
            return "the process died of a segmentation fault: recursion so deep that the C stack overflowed"
        if status < 0:
            return f"the process was ended by {signal.Signals(-status).name}"
        return (f"the engine ended its process with exit status {status}: take out os._exit(), sys.exit() "
                "and quit()")


def end_group(pid: int) -> None:
    """Give a dying process a moment to be its own end, then end its group."""
    time.sleep(0.02)
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError, AttributeError):  # gone already; or a system without groups
        return


def in_process(engine: Engine, asked: Asked) -> TextIO:
    import io
    lines = io.StringIO()
    worker.run(engine, asked, lines)
    lines.seek(0)
    return lines
