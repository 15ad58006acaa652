"""The command line of the lectures: python -m demos [NAME ...] [--list] [--all] [--out DIR]."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from engine.show.text import ended, print_anywhere

from . import Lecture, lectures
from .common import folder, heading


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for; the exit status."""
    print_anywhere()
    known = lectures()
    asked = parser().parse_args(arguments)
    if asked.list:
        print_list(known)
        return 0
    try:
        chosen = known if asked.all else [find(name, known) for name in asked.names] or known[:1]
        out = folder(asked.out)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if not asked.names and not asked.all:
        print_list(known)
        print(f"\nRunning the first, {known[0].name}.")
    for lecture in chosen:
        run(lecture, out)
    return 0


def parser() -> argparse.ArgumentParser:
    """The arguments, as --help shows them."""
    p = argparse.ArgumentParser(prog="python -m demos", description="Lectures on back-propagation, element "
                                                                    "by element.")
    p.add_argument("names",  metavar="NAME", nargs="*", help="lectures to run; without any: the list, then "
                                                             "the first")
    p.add_argument("--list", action="store_true",       help="list the lectures and run none")
    p.add_argument("--all",  action="store_true",       help="run every lecture")
    p.add_argument("--out",  metavar="DIR", type=Path, default=Path("demos/out"),
                   help="where pictures go (%(default)s)")
    return p


def print_list(known: Sequence[Lecture]) -> None:
    """Name and title of each lecture."""
    width = max(len(lecture.name) for lecture in known)
    print("Lectures; run one with: python -m demos NAME\n")
    for lecture in known:
        print(f"  {lecture.name:{width}}  {lecture.title}")


def find(name: str, known: Sequence[Lecture]) -> Lecture:
    """The lecture of that name.

    Raises:
        ValueError: there is none.
    """
    by_name = {lecture.name: lecture for lecture in known}
    if name in by_name:
        return by_name[name]
    close = get_close_matches(name, by_name, n=1)
    raise ValueError(f"there is no lecture {name!r}: " + (f"did you mean {close[0]}? " if close else "") +
                     "python -m demos --list shows them all")


def run(lecture: Lecture, out: Path) -> None:
    """Run one lecture under its title and say how long it took; or what is missing for it."""
    heading(lecture.title, lecture.documents)
    if missing := lecture.missing():
        print(f"left out: it needs {', '.join(missing)}, which the extra test brings: pip install -e "
              "'.[test]'")
        return
    start = time.perf_counter()
    lecture.run(out)
    print(f"\n{lecture.name}: {time.perf_counter() - start:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(ended(main))
