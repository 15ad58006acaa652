"""Worker: the process that holds one engine and answers one case after the other, a line of JSON for each.

It is expected to die: an engine may call sys.exit, overflow the C stack or never return. The
runner then knows from the last line which case it was, and starts another worker after it.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from .cases import ADVICE, FAIL, FORMS, Case, Context, Finding, Result
from .attempts import Engine, described
from .discovery import Found, adapted
from .exchange import Asked
from .suite import QUESTIONS
from .loading import Neighbours, NotFound, find, neighbourhood
from .stamina import tree
from .trials import LOOK, Naming

MEMORY = 1 * 2 ** 30                     # bytes one engine may take


def main(asked: Asked) -> int:
    """Run the cases that are asked for; with "digest" print one answer, for comparison."""
    lines = os.fdopen(os.dup(1), "w")                        # what the engine prints goes nowhere
    silence()
    if find_spec("mpmath") is None:
        say(lines, absent="the suite computes what is right with mpmath: pip install 'chainrule[check]'")
        return 2
    import_module("mpmath")                                  # before a file of that name can come between
    limit_memory()
    try:
        found = loaded(asked["target"], asked["folder"], Naming(**asked.get("naming", {})))
    except NotFound as problem:
        say(lines, absent=str(problem))
        return 2
    except BaseException as problem:                         # SystemExit too: the file ends the program
        ends = "it ends the program: put what is not part of the engine under if __name__ == \"__main__\""
        say(lines, broken=ends if isinstance(problem, SystemExit) else described(problem),
            where=last_line(problem))
        return 2
    if asked.get("digest"):
        print("digest", *tree(found.engine), file=lines, flush=True)
        return 0
    os.chdir(asked["scratch"])
    run(found, asked, lines)
    return 0


def loaded(target: str, folder: str, naming: Naming = LOOK) -> Found:
    """The engine; what its file imports is looked for beside it first, and in the current folder last."""
    sys.meta_path.insert(0, Neighbours(neighbourhood(target, folder)))
    sys.path.append(folder)
    return find(target, naming)


def run(engine: Engine | Found, asked: Asked, lines: TextIO) -> None:
    """Answer the cases in asked["cases"]."""
    naming = asked.get("naming", {})
    try:
        found = engine if isinstance(engine, Found) else adapted(engine, Naming(**naming))
    except NotFound as problem:
        say(lines, absent=str(problem))
        return
    if found.said:
        say(lines, adapted=found.said)
    context = Context(found.engine, asked["target"], asked["folder"], asked["seed"], asked["examples"],
                      set(asked["unsound"]), set(asked["lacking"]), naming={**naming, "until": found.until})
    for number, label in enumerate(FORMS):  # the first cases are the operations, in this order
        say(lines, start=number)
        context.survey(label, number in asked["cases"])
    for number, case in enumerate(QUESTIONS):
        if number in asked["cases"]:
            say(lines, start=number)
            result = answer(case, context)
            say(lines, done=number, status=result.status,
                findings=[finding._asdict() for finding in result.findings],
                notes=result.notes, unsound=sorted(context.unsound), lacking=sorted(context.lacking))
    say(lines, end=True)


def answer(case: Case, context: Context) -> Result:
    """The result of a case; what an engine raises where no case expects it is a failure as well."""
    try:
        return case.check(context)
    except BaseException as problem:
        name = type(problem).__name__
        if case.group == "freeing memory":
            return Result(ADVICE, notes=[f"not measured: {described(problem)}"])
        sentence = ("the engine ends the program: take out sys.exit() and quit()"
                    if isinstance(problem, SystemExit) else
                    "it takes more memory than allowed" if isinstance(problem, MemoryError) else
                    f"it raises an exception where it should answer: {described(problem)}")
        return Result(FAIL, [Finding("", [], [], [], described(problem), sentence, [(name, sentence)], {})])


def say(lines: TextIO, **what: object) -> None:
    print(json.dumps(what), file=lines, flush=True)


def silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def limit_memory() -> None:
    """MEMORY bytes more than the process has now, where the system can tell and limit it."""
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))     # a crash leaves no file behind
        with open("/proc/self/statm", encoding="ascii") as sizes:
            limit = int(sizes.read().split()[0]) * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, ValueError, OSError):               # not on Linux; or a lower limit holds already
        return


def last_line(problem: BaseException) -> str:
    """Where in the file it went wrong."""
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__)
              if "importlib" not in frame.filename and Path(frame.filename).parent != Path(__file__).parent]
    return f"{os.path.basename(frames[-1].filename)}, line {frames[-1].lineno}" if frames else ""
