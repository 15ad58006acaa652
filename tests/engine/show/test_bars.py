"""A bar where it is asked for, or where a terminal can show it; of training: tests/nn/test_progress.py."""

import io
import sys

import pytest

from engine.show.bars import progress_class, watched


def test_the_items_come_in_their_order_with_and_without_a_bar(capsys):
    pytest.importorskip("tqdm")
    assert list(watched([1, 2, 3], "step", False)) == [1, 2, 3] and capsys.readouterr().err == ""
    assert list(watched([1, 2, 3], "step", True)) == [1, 2, 3] and "/3" in capsys.readouterr().err


def test_by_default_there_is_a_bar_on_a_terminal_only(monkeypatch):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys, "stderr", type("Terminal", (io.StringIO,), {"isatty": lambda self: True})())
    assert progress_class(None) is not None and progress_class(False) is None
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert progress_class(None) is None


def test_without_tqdm_only_a_bar_that_was_asked_for_is_missed(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys, "stderr", type("Terminal", (io.StringIO,), {"isatty": lambda self: True})())
    assert list(watched([1], "step", None)) == [1]
    with pytest.raises(ModuleNotFoundError, match="progress=True needs tqdm"):
        watched([1], "step", True)
