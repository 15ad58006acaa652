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
from .exchange import Lost, Question, Slow, Unloadable, answer_or_raise
from .loading import load
from .witness import reply, unfit, unloaded

EVERY = 200                              # lines of Python between two times that `stop` is asked

Stop:  TypeAlias = Callable[[], bool]
Watch: TypeAlias = Callable[[FrameType, str, object], "Watch | None"]


class Stopped(BaseException):
    """Raised in the engine's code when it has to stop; no `except Exception` there keeps it."""


class Here:
    """A witness in this process.

    engine: the class, or its place.
    stop:   whether to give up the question that is asked now, as where somebody pressed a button. With it the
            limit to a case holds as well, and the engine is slower: its lines are counted.
    """

    deaths = 0

    def __init__(self, engine: Engine | str, stop: Stop | None = None) -> None:
        self.engine, self.stop = engine, stop

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        return

    def begin(self, seconds: float) -> None:
        """Load the engine, if it is not a class already."""
        if isinstance(self.engine, str):
            target, trouble = self.engine, ""
            with Watched(self.stop, seconds):
                try:
                    self.engine = load(target)
                except (Exception, SystemExit) as problem:
                    trouble = unloaded(problem)
            if trouble:
                raise Unloadable(trouble)
        if trouble := unfit(self.engine):
            raise Unloadable(trouble)

    def ask(self, question: Question, seconds: float) -> object:
        """The answer, read with the same distrust as that of a process."""
        assert not isinstance(self.engine, str), "begin() comes first"
        with Watched(self.stop, seconds):
            said = reply(self.engine, question, (KeyboardInterrupt, Stopped))
        return answer_or_raise(said)

    def elsewhere(self, hash_seed: str) -> None:
        """There is one process, and so one hash seed."""


class Watched:
    """While it is entered, every line of Python is counted, and `stop` is asked now and then."""

    def __init__(self, stop: Stop | None, seconds: float) -> None:
        self.stop, self.seconds, self.until = stop, seconds, time.monotonic() + seconds
        self.count = 0

    def __enter__(self) -> None:
        self.before = sys.gettrace()
        if self.stop:
            sys.settrace(self.watch)

    def __exit__(self, kind: type[BaseException] | None, problem: object, trace: object) -> None:
        if self.stop:
            sys.settrace(self.before)
        if kind is Stopped and time.monotonic() >= self.until:
            raise Slow(self.seconds) from None
        if kind is Stopped:
            raise Lost("it was stopped: an endless loop, or work that takes too long") from None

    def watch(self, frame: FrameType, event: str, more: object) -> Watch:
        self.count += 1
        if self.stop and self.count % EVERY == 0 and (self.stop() or time.monotonic() >= self.until):
            raise Stopped
        return self.watch
