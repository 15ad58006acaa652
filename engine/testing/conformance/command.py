"""The command line of the conformance suite."""

from __future__ import annotations

import argparse
import glob
import os
import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from ...extras import missing
from ...show.files import written
from ...show.text import print_anywhere
from .suite import QUESTIONS
from .reports import Report
from .running import CASE_LIMIT, conformance


def main(argv: list[str]) -> int:
    """Run the suite; 0 if every engine passed, 1 if one failed, 2 if one could not be loaded or the command
    is wrong."""
    print_anywhere()
    try:
        asked = parser().parse_args(argv)
    except SystemExit as end:
        return int(end.code or 0)
    if asked.list:
        print("\n".join(case.id for case in QUESTIONS))
        return 0
    engines = [path for engine in asked.engines for path in expanded(engine)]
    if not engines:
        parser().print_usage(sys.stderr)
        print("no engine is given: write chainrule conformance path/to/file.py:Value", file=sys.stderr)
        return 2
    if find_spec("mpmath") is None:                      # without it every engine would be blamed
        print("chainrule:", missing("mpmath", "the suite computes what is right, and for that"),
              file=sys.stderr)
        return 2
    if asked.pages and Path(asked.pages).exists() and not Path(asked.pages).is_dir():
        print(f"--pages {asked.pages} is a file, and pages go into a folder: give another name",
              file=sys.stderr)
        return 2
    try:
        reports = tested(engines, asked)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    write(reports, asked)
    return 2 if any(r.problem for r in reports) else 0 if all(r.passed for r in reports) else 1


def parser() -> argparse.ArgumentParser:
    """The arguments, as --help shows them."""
    p = argparse.ArgumentParser(prog="chainrule conformance", description=(
        "Test engines: any class with Value(x), operators, .data, .grad and .backward(). "
        "One engine gives a report, several a table."))
    add = p.add_argument
    add("engines", nargs="*", metavar="ENGINE", help="path/to/file.py:Value, module:Value, or several files, "
                                                     "as students/*.py")
    add("--examples",   metavar="N",    type=int,   default=10,
        help="random programs for each case (%(default)s)")
    add("--seed",       metavar="N",    type=int,   default=0,
        help="which random programs (%(default)s)")
    add("--time-limit", metavar="S",    type=float, default=60.0,
        help="seconds for one engine (%(default)s)")
    add("--case-limit", metavar="S",    type=float, default=CASE_LIMIT,
        help="seconds for one case (%(default)s)")
    add("--jobs",       metavar="N",    type=int,   default=2,
        help="engines tested at a time (%(default)s)")
    add("--data",       metavar="NAME", default="", help="what holds the number, as in --data value")
    add("--grad",       metavar="NAME", default="", help="what holds the gradient, as in --grad "
                                                                     "gradient")
    add("--backward",   metavar="NAME", default="", help="what runs the backward pass, as in --backward "
                                                         "backprop")
    add("--adapter",    metavar="FILE", default="", help="a file that defines the class Value on top of "
                                                         "theirs")
    add("--only",       metavar="TEXT", default="", help='only the cases whose "group: name" contains TEXT')
    add("--json",       metavar="FILE", help="write a report as JSON; - prints it in place of the text")
    add("--junit",      metavar="FILE", help="write a report as JUnit XML; - prints it in place of the text")
    add("--html",       metavar="FILE", help="write one engine's page, or the table of several, as HTML; - "
                                             "prints it")
    add("--pages",      metavar="FOLDER", help="write a page for each engine into the folder; the table of "
                                               "--html leads to them")
    add("--csv",        metavar="FILE", help="write the table of scores; - prints it")
    add("--list",       action="store_true", help="list the cases")
    return p


def expanded(engine: str) -> list[str]:
    """The files that a pattern or a folder stands for, where the shell has not done it."""
    if Path(engine).is_dir():
        return sorted(str(path) for path in Path(engine).glob("*.py"))
    return sorted(glob.glob(engine)) if "*" in engine else [engine]


def tested(engines: list[str], asked: argparse.Namespace) -> list[Report]:
    """A report for each engine, in order. Judges are processes: as threads they would share one precision of
    mpmath, and one core.

    Raises:
        ValueError: an argument is wrong, or somebody ended a judge.
    """
    one  = partial(report_of, asked, batch=len(engines) > 1)
    jobs = min(asked.jobs, len(engines))
    if jobs <= 1 or not hasattr(os, "fork"):
        return [*map(one, engines)]
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context
    try:
        with ProcessPoolExecutor(jobs, get_context("fork")) as pool:
            return [*pool.map(one, engines)]
    except BrokenProcessPool:
        raise ValueError("a judge was ended from outside, perhaps by the code that it judged: run the "
                         "engines one at a time (--jobs 1) to see which, under a user of its own") from None


def report_of(asked: argparse.Namespace, engine: str, batch: bool = False) -> Report:
    """The report on one engine; in a batch its score is told at once."""
    report = conformance(engine, seed=asked.seed, examples=asked.examples, time_limit=asked.time_limit,
                         case_limit=asked.case_limit, only=asked.only,
                         naming={"data": asked.data, "grad": asked.grad, "backward": asked.backward,
                                 "adapter": asked.adapter})
    if batch:
        print(f"{report.engine}: {report.problem or f'{report.points} of 100'}", file=sys.stderr, flush=True)
    return report


def write(reports: list[Report], asked: argparse.Namespace) -> None:
    """The files asked for, and the text."""
    from .pages import page
    from .sheets import sheet
    from .tables import csv_table, table
    batch = len(reports) > 1
    shown = False
    links = pages_written(reports, asked) if asked.pages else None
    makers: dict[str, Callable[[], str]] = {
        "json":  lambda: "[" + ",\n".join(r.json() for r in reports) + "]" if batch else reports[0].json(),
        "junit": lambda: joined_junit(reports),
        "html":  lambda: page(reports, links=links) if batch else sheet(reports[0]),
        "csv":   lambda: csv_table(reports)}
    for name, made in makers.items():
        place = getattr(asked, name)
        if place == "-":
            print(made())
            shown = True
        elif place:
            written(place, made())
            print(f"wrote {place}", file=sys.stderr)
    if not shown:
        print(table(reports) if batch else reports[0])


def pages_written(reports: list[Report], asked: argparse.Namespace) -> dict[int, str]:
    """Write a page for each engine; where they are, as seen from the table."""
    from .sheets import names_of, sheet
    folder = Path(asked.pages)
    folder.mkdir(parents=True, exist_ok=True)
    names  = names_of(reports)
    for name, report in zip(names, reports):
        written(str(folder / name), sheet(report))
    print(f"wrote {len(names)} pages in {asked.pages}", file=sys.stderr)
    start = Path(asked.html).parent if asked.html and asked.html != "-" else Path()
    way   = Path(os.path.relpath(folder, start)).as_posix()
    return {k: quote(f"{way}/{name}") for k, name in enumerate(names)}


def joined_junit(reports: list[Report]) -> str:
    head, *_ = reports[0].junit().partition("\n")
    if len(reports) == 1:
        return reports[0].junit()
    return "\n".join([head, "<testsuites>", *(r.junit().partition("\n")[2].strip() for r in reports),
                      "</testsuites>", ""])
