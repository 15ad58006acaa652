"""Here: a witness in this very process, for a browser or a debugger: no process, no thread, no signal.

Nothing protects this process from the engine. An endless loop ends where `stop` says so: a callable that is
asked again and again while the engine's code runs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Self, TypeAlias

from .attempts import Engine
from .discovery import Found
from .exchange import Lost, Question, Reading, Slow, Unloadable, answer_or_raise, reading_of, told_first
from .limits import by_lines, look
from .loading import find, of_class, too_long
from .trials import LOOK, Naming
from .witness import begun, reply

EVERY = 200                              # lines of Python between two times that `stop` is asked

Stop:  TypeAlias = Callable[[], bool]
Watch: TypeAlias = Callable[[FrameType, str, object], "Watch | None"]


class Stopped(BaseException):
    """Raised in the engine's code when it has to stop; no `except Exception` there keeps it."""


class Here:
    """A witness in this process.

    engine: the class, or its place.
    naming: what stands for data, grad and backward.
    stop:   whether to give up the question that is asked now, as where somebody pressed a button. With it the
            limit to a case holds as well, and the engine is slower: its lines are counted.
    """

    deaths = 0

    def __init__(self, engine: Engine | str, stop: Stop | None = None, naming: Naming = LOOK) -> None:
        self.given, self.stop, self.naming = engine, stop, naming
        self.engine: Engine | None = None
        self.reading = Reading()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        return

    def begin(self, seconds: float) -> Reading:
        """Load the engine, if it is not loaded already; what is said of it is read with distrust."""
        if self.engine is None:
            try:
                with Watched(self.stop, seconds):
                    engine, reading = begun(self.load, (KeyboardInterrupt, Stopped))
            except Slow:
                raise Unloadable(too_long(seconds)) from None
            self.reading = reading_of(told_first(reading))
            if reading.trouble:
                raise Unloadable(self.reading.trouble)
            self.engine = engine
        return self.reading

    def load(self) -> Found:
        if isinstance(self.given, str):
            return find(self.given, self.naming)
        return of_class(self.given, self.naming)

    def ask(self, question: Question, seconds: float) -> object:
        """The answer, read with the same distrust as that of a process."""
        self.begin(seconds)
        assert self.engine is not None
        with Watched(self.stop, seconds):
            said = reply(self.engine, question, (KeyboardInterrupt, Stopped))
        return answer_or_raise(said)

    def elsewhere(self, hash_seed: str) -> None:
        """There is one process, and so one hash seed."""


class Watched:
    """While it is entered, every line of Python is counted, and `stop` is asked now and then; so is whatever
    has a limit of its own (limits.py), for which no signal is used."""

    def __init__(self, stop: Stop | None, seconds: float) -> None:
        self.stop, self.seconds, self.until = stop, seconds, time.monotonic() + seconds
        self.count = 0

    def __enter__(self) -> None:
        self.before, self.counted = sys.gettrace(), by_lines.set(True)
        if self.stop:
            sys.settrace(self.watch)

    def __exit__(self, kind: type[BaseException] | None, problem: object, trace: object) -> None:
        if self.stop:
            sys.settrace(self.before)
        by_lines.reset(self.counted)
        if kind is Stopped and time.monotonic() >= self.until:
            raise Slow(self.seconds) from None
        if kind is Stopped:
            raise Lost("it was stopped: an endless loop, or work that takes too long") from None

    def watch(self, frame: FrameType, event: str, more: object) -> Watch:
        self.count += 1
        if self.stop and self.count % EVERY == 0:
            if self.stop() or time.monotonic() >= self.until:
                raise Stopped
            look()
        return self.watch
