"""Limits: what an engine does while it is read, ended from outside of it when it goes on for too long.

    with within(lambda: seconds_of_computing() > 2): ...     # Slow is raised inside, if there are signals
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Slow(BaseException):
    """It goes on for too long. No `except Exception` of an engine catches this."""


@contextmanager
def within(over: Callable[[], bool]) -> Iterator[None]:
    """Look five times a second whether it is over, and raise Slow inside of the block if it is."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def look(number: int, frame: FrameType | None) -> None:
        if over():
            raise Slow
    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
