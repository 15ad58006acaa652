"""Running: one engine through the suite. The judge is this process; the engine runs where the witness is.

    report = conformance("students/ada.py:Value")
    report.score, report.findings, print(report)

A question that ends the engine's process, or is never answered, costs the case that asked it; the witness is
started again and the suite goes on.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from .attempts import Engine
from .cases import ABSENT, BLOCKED, FORMS, PASS, Case, Context, Finding, Result, answered, form, key_of
from .cases import lost as lost_case
from .conclusions import conclude, located
from .exchange import DEATHS, LOADING, Garbled, Lost, Raised, Unloadable, Witness
from .here import Here
from .loading import is_file, split
from .reports import Report, Verdict
from .sources import Book, opened, start, without_folders
from .suite import CASES, QUESTIONS
from .trials import LOOK, Naming

CASE_LIMIT = 10.0                        # seconds for one case
NAMES      = Naming._fields[:4]


def conformance(engine: Engine | str, *, seed: int = 0, examples: int = 10, time_limit: float = 60.0,
                case_limit: float = CASE_LIMIT, only: str = "", isolated: bool = True,
                stop: Callable[[], bool] | None = None, naming: Mapping[str, str] | None = None) -> Report:
    """Test an engine: any class with Value(x), operators, .data, .grad and .backward().

    Args:
        engine: the class, or where it is: "path/to/file.py:Value" or "module:Value".
        seed, examples: which random programs are asked, and how many by each case; graphs of 100,000 nodes
            are asked where it is 10 or more.
        time_limit, case_limit: seconds for the whole suite, and for one case.
        only: run only the cases whose "group: name" contains this text.
        isolated: run the engine in a process of its own; False runs it in this one, without a process,
            thread or signal, as in a browser: nothing protects this process then.
        stop: where it is not isolated, a function that is asked again and again whether to give up the
            question that the engine is at, as in an endless loop.
        naming: what stands for "data", "grad" and "backward", or the path of an "adapter" file, where it is
            not to be looked for; docs/conformance.md shows one.

    Returns: the Report: scores, findings, notes; print(report) shows it.

    Raises:
        ValueError: examples or a limit is not positive, no case matches `only`, `stop` is given for an
            engine that is isolated, or `naming` names what is none of the four.
    """
    if examples < 1 or time_limit <= 0 or case_limit <= 0:
        raise ValueError(f"examples={examples}, time_limit={time_limit}, case_limit={case_limit}: each must "
                         "be above 0")
    cases = [k for k, case in enumerate(QUESTIONS) if only in case.id]
    if not cases:
        raise ValueError(f"no case contains {only!r}: chainrule conformance --list shows them all")
    if stop and isolated:
        raise ValueError("stop= is for an engine in this process: write isolated=False as well, or leave it "
                         "out, as a process of its own is ended by the limits")
    name   = engine if isinstance(engine, str) else f"{engine.__module__}:{engine.__qualname__}"
    report = Report(name, seed, examples)
    with chosen(engine, isolated, stop, named(naming or {})) as witness:
        began = time.monotonic()
        context = Context(witness, seed, examples, limit=case_limit, deadline=began + time_limit)
        judge(witness, report, cases, context, opened(engine, named(naming or {})))
        report.seconds = time.monotonic() - began
    return cleaned(report, engine)


def cleaned(report: Report, engine: Engine | str) -> Report:
    """The report without the folders of this machine, which are nobody's business."""
    place   = split(engine)[0] if isinstance(engine, str) else ""
    folders = [str(Path(place).resolve().parent), str(start(Path(place).resolve()))] if is_file(place) else []
    def clean(text: str) -> str:
        return without_folders(text, *folders, os.getcwd())
    def told(finding: Finding) -> Finding:
        return finding._replace(
            error=clean(finding.error), sentence=clean(finding.sentence), given=[*map(clean, finding.given)],
            likely=[(name, clean(sentence)) for name, sentence in finding.likely])
    report.engine, report.problem = shown(report.engine), clean(report.problem)
    report.said     = [*map(clean, report.said)]
    report.verdicts = [v._replace(notes=[*map(clean, v.notes)], findings=[*map(told, v.findings)])
                       for v in report.verdicts]
    return report


def shown(target: str) -> str:
    """The target as it is told: a full path by what stands below the folder we are in, or by the file."""
    place, name = split(target)
    path = Path(place)
    if is_file(place) and path.is_absolute():
        here  = Path.cwd()
        place = path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name
    return f"{place}{':' * bool(name)}{name}"


def named(naming: Mapping[str, str]) -> Naming:
    """The naming with a full path to the adapter file: the witness is in another folder."""
    for key in naming:
        if key not in NAMES:
            raise ValueError(f"naming={dict(naming)!r}: {key!r} is none of {', '.join(NAMES)}: write what "
                             "stands for one of these, as in naming={'data': 'value'}")
    path = naming.get("adapter", "")
    return Naming(**{**naming, "adapter": str(Path(path).resolve()) if path else ""})


def chosen(engine: Engine | str, isolated: bool, stop: Callable[[], bool] | None,
           naming: Naming = LOOK) -> Witness:
    """The witness for an engine: a new Python for a place, a fork for a class, or this process."""
    given = absolute(engine) if isinstance(engine, str) else engine
    if not isolated or sys.platform == "emscripten" or not (isinstance(given, str) or hasattr(os, "fork")):
        return Here(given, stop, naming)                     # in a browser; for a class on Windows too
    from .processes import Isolated, forked, spawned
    if not isinstance(given, str):
        return Isolated(forked(given, naming))
    folder = os.getcwd()
    again  = partial(spawned, given, folder, naming=naming)
    return Isolated(again(), again)


def absolute(target: str) -> str:
    """The target with a full path: the witness is in another folder."""
    place, name = split(target)
    return f"{Path(place).resolve()}{':' * bool(name)}{name}" if is_file(place) else target


def judge(witness: Witness, report: Report, cases: Iterable[int], context: Context,
          book: Book | None = None) -> None:
    """Ask every case, and write each verdict into the report; findings with the lines of the book."""
    if find_spec("mpmath") is None:
        report.problem = "the suite computes what is right with mpmath: pip install 'chainrule[check]'"
        return
    try:
        reading = witness.begin(context.seconds(LOADING))
    except Unloadable as problem:
        report.problem = str(problem)
        return
    except Lost as problem:
        report.problem = f"it cannot be loaded: {problem}"
        return
    report.said, context.precision = [*reading.said], reading.precision
    lost = surveyed(context, cases)
    results: list[tuple[Case, Result]] = []
    for number in cases:
        case = QUESTIONS[number]
        if number in lost:
            results.append((case, lost_case(case, lost[number])))
        elif why := over(witness, context):
            results += [(case, Result(BLOCKED, notes=[f"not asked: {why}"]))] * (number < len(CASES))
        else:
            results.append((case, answered(case, context)))
    diagnosis = conclude(context, [result for _, result in results])
    if book:
        mistakes = diagnosis.mistakes if diagnosis else []
        sound    = any(result.status == PASS and case.name in FORMS for case, result in results)
        for case, result in results:
            result.findings = [located(book, mistakes, case, f, sound) for f in result.findings]
    report.verdicts += [Verdict.told(case, result) for case, result in results if result.status != ABSENT]


def surveyed(context: Context, cases: Iterable[int]) -> dict[int, str]:
    """Try each operation once; the first cases are those, in this order. Of the cases in which the engine
    was lost: why."""
    lost = {}
    for number, label in enumerate(FORMS):
        context.spent = 0.0
        try:
            if not over(context.witness, context):
                context.survey(label, number in cases)
        except Raised:                                       # it is there, and wrong: its own case says how
            if number not in cases:
                context.unsound.add(key_of(form(label)))
        except Garbled as why:
            lost[number] = str(why)
        except Lost as why:                                  # it may end the next process as well
            lost[number] = str(why)
            context.unsound.add(key_of(form(label)))
    return lost


def over(witness: Witness, context: Context) -> str:
    """Why nothing more is asked; "" as long as something is."""
    if time.monotonic() > context.deadline:
        return "the time limit was reached"
    return f"{DEATHS} processes were lost" if witness.deaths >= DEATHS else ""
