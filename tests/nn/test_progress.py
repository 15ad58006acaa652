"""The progress bar: only where it is asked for, or a terminal can show it; and what is said without tqdm."""

import io
import sys

import pytest

from nn import MLP, bce_with_logits, fit
from nn.progress import progress_class
from tests.conventions import numbers

X, Y = [[0.0, 1.0], [1.0, 0.0]], [0, 1]


def test_a_progress_bar_only_when_asked(capsys):
    fit(MLP(2, [2, 1]), X, Y, bce_with_logits, epochs=2)
    assert capsys.readouterr().err == ""
    fit(MLP(2, [2, 1]), X, Y, bce_with_logits, epochs=2, progress=True)
    assert "epoch" in capsys.readouterr().err


def test_without_tqdm(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert fit(MLP(2, [2, 1]), X, Y, bce_with_logits, epochs=1).epochs == 1
    model = MLP(2, [2, 1])
    before = numbers(model.parameters())
    with pytest.raises(ImportError,
                       match='progress=True needs tqdm.*write pip install .*, or leave progress out'):
        fit(model, X, Y, bce_with_logits, epochs=1, progress=True)
    assert numbers(model.parameters()) == before


def test_a_terminal_gets_a_bar_unless_it_is_declined(monkeypatch):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys, "stderr", type("Terminal", (io.StringIO,), {"isatty": lambda self: True})())
    assert progress_class(None) is not None and progress_class(False) is None
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert progress_class(None) is None
