"""Witness: the only process that runs the code of an engine. It answers questions, and knows no answers.

It is expected to die: an engine may call os._exit, overflow the C stack or never return. The judge, in
another process, then starts another one. Nothing that is imported here knows what is right: no expectations,
no mistakes, no suite.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from ...show.text import visible
from .attempts import Engine, attempt, described
from .discovery import Found
from .exchange import Asked, Question, Reading, Reply, exercise_of, told, told_first
from .loading import Neighbours, NotFound, find, neighbourhood
from .tasks import TASKS
from .trials import LOOK, Naming

MEMORY = 1 * 2 ** 30                     # bytes one engine may take
WORK   = 900                             # seconds of computing: no endless loop outlives a killed judge
MARK   = "CHAINRULE_SCRATCH"             # in the environment of the witness and of whatever it starts


def main(asked: Asked) -> int:
    """In a new Python: load the engine, say how that went, and answer until there are no more questions."""
    questions, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    shut_off(asked["scratch"])
    serve(lambda: loaded(asked["target"], asked["folder"], Naming(**asked["naming"])), questions, replies)
    return 0


def serve(load: Callable[[], Found], questions: BinaryIO, replies: BinaryIO) -> None:
    """Load the engine, say how that went, and answer each question."""
    engine, reading = begun(load)
    say(replies, 0, {"answer": told_first(reading)})
    while engine is not None and (line := questions.readline()):
        question: Question = json.loads(line)
        say(replies, question["number"], reply(engine, question))


def begun(load: Callable[[], Found],
          passing: tuple[type[BaseException], ...] = ()) -> tuple[Engine | None, Reading]:
    """The engine, if there is one, and how it is read; exceptions that are `passing` end the witness."""
    try:
        found = load()
    except passing:
        raise
    except BaseException as problem:                         # SystemExit too: the file ends the program
        return None, Reading(unloaded(problem))
    return found.engine, Reading("", [visible(sentence, 1000) for sentence in found.said], found.precision,
                                 found.until)


def reply(engine: Engine, question: Question, passing: tuple[type[BaseException], ...] = ()) -> Reply:
    """The answer, or what the engine raised; exceptions that are `passing` end the witness."""
    try:
        if "exercise" in question:
            return {"answer": told(attempt(exercise_of(question["exercise"]), engine))}
        return {"answer": TASKS[question["task"]](engine, *question["given"])}
    except passing:
        raise
    except BaseException as problem:
        return {"raised": safely(problem)}


def say(replies: BinaryIO, number: int, said: Reply) -> None:
    replies.write(json.dumps({"number": number, **said}).encode() + b"\n")
    replies.flush()


def safely(problem: BaseException) -> str:
    """The error in one line, also where its own text cannot be had."""
    try:
        return described(problem)
    except Exception:
        return visible(type(problem).__name__)


# --- loading ------------------------------------------------------------------------------------------

def loaded(target: str, folder: str, naming: Naming = LOOK) -> Found:
    """The engine; what its file imports is looked for beside it first, and in the folder last."""
    sys.meta_path.insert(0, Neighbours(neighbourhood(target, folder)))
    sys.path.append(folder)
    return find(target, naming)


def unloaded(problem: BaseException) -> str:
    """Why a file gives no engine."""
    if isinstance(problem, NotFound):
        return visible(problem, 1000)
    ends = "it ends the program: put what is not part of the engine under if __name__ == \"__main__\""
    said = ends if isinstance(problem, SystemExit) else safely(problem)
    return f"the file cannot be imported: {said} ({last_line(problem)})"


def last_line(problem: BaseException) -> str:
    """Where in the file it went wrong."""
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__)
              if "importlib" not in frame.filename and Path(frame.filename).parent != Path(__file__).parent]
    return f"{os.path.basename(frames[-1].filename)}, line {frames[-1].lineno}" if frames else ""


# --- isolation ----------------------------------------------------------------------------------------

def shut_off(scratch: str) -> None:
    """Nothing to read, nowhere to print, an empty folder to be in, and a limit to memory."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    os.environ[MARK] = scratch
    os.chdir(scratch)
    sys.dont_write_bytecode = True
    limit_memory()


def limit_memory() -> None:
    """MEMORY bytes more than the process has now, where the system can tell and limit it."""
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))     # a crash leaves no file behind
        resource.setrlimit(resource.RLIMIT_CPU, (WORK, WORK))
        with open("/proc/self/statm", encoding="ascii") as sizes:
            limit = int(sizes.read().split()[0]) * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, ValueError, OSError):               # not on Linux; or a lower limit holds already
        return
