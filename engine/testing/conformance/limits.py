"""Limits: what an engine does while it is read, ended from outside of it when it goes on for too long.

    with within(lambda: seconds_of_computing() > 2): ...     # Slow is raised inside

By a signal, in the main thread of a system that has them; where lines are counted (here.py), by look().
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

by_lines = ContextVar("by_lines", default=False)            # somebody counts lines, and calls look()
ends: ContextVar[Callable[[], bool]] = ContextVar("ends", default=lambda: False)


class Slow(BaseException):
    """It goes on for too long. No `except Exception` of an engine catches this."""


@contextmanager
def within(over: Callable[[], bool]) -> Iterator[None]:
    """Look again and again whether it is over, and raise Slow inside of the block if it is."""
    before = ends.set(over)
    try:
        if by_lines.get():
            yield
        else:
            with alarmed():
                yield
    finally:
        ends.reset(before)


def look(*more: object) -> None:
    """Raise Slow if what is under way is over."""
    if ends.get()():
        raise Slow


@contextmanager
def alarmed() -> Iterator[None]:
    """Look five times a second, where there are signals."""
    import signal
    import threading
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
