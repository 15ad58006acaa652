"""Limits: an endless loop is ended from outside, also one that catches what it can."""

import signal
import threading

import pytest

from engine.testing.conformance.limits import Slow, by_lines, look, within

signals = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="a system without timers")


@signals
def test_an_endless_loop_is_ended_although_it_catches_exceptions():
    with pytest.raises(Slow), within(lambda: True):
        while True:
            try:
                raise ValueError
            except Exception:
                continue


@signals
def test_what_is_not_over_goes_on_and_nothing_is_left_behind():
    before = signal.getsignal(signal.SIGALRM)
    with within(lambda: False):
        pass
    assert signal.getsignal(signal.SIGALRM) is before and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@signals
def test_where_lines_are_counted_whoever_counts_looks_and_no_signal_is_used():
    mark = by_lines.set(True)
    try:
        before = signal.getsignal(signal.SIGINT), signal.getitimer(signal.ITIMER_REAL)
        with pytest.raises(Slow), within(lambda: True):
            assert (signal.getsignal(signal.SIGINT), signal.getitimer(signal.ITIMER_REAL)) == before
            look()
        look()                                                       # nothing is under way any more
    finally:
        by_lines.reset(mark)


def test_in_another_thread_there_is_no_limit():
    done = []
    def run():
        with within(lambda: True):
            done.append(1)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done == [1]
