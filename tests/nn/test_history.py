"""History: its numbers, its picture, its display."""

import sys
from xml.etree import ElementTree

import pytest

from nn import MLP, History, bce_with_logits, fit, moons


@pytest.fixture(scope="module")
def history():
    X, Y = moons(20, seed=1)
    return fit(MLP(2, [4, 1], seed=1), X, Y, bce_with_logits, epochs=5, metrics=["accuracy"],
               validation=(X[:6], Y[:6]))


def test_its_text_gives_the_first_and_last_numbers(history):
    first, last = history.losses[0], history.losses[-1]
    assert repr(history).startswith(f"History(5 epochs, loss {first:.4g} -> {last:.4g}, accuracy ")
    assert "validation loss" in repr(history) and "validation accuracy" in repr(history)


def test_best_is_the_epoch_of_the_lowest_validation_loss():
    h = History()
    h.losses, h.validation_losses = [3.0, 2.0, 1.0], [2.0, 1.0, 1.5]
    assert h.best == 2
    h.validation_losses = []
    assert h.best == 3


@pytest.mark.parametrize(("name", "start"), [("h.png", b"\x89PNG"), ("h.svg", b"<?xml"), ("h.pdf", b"%PDF")])
def test_it_plots_itself_into_a_file(history, name, start, tmp_path):
    history.plot(tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_the_picture_has_a_curve_per_record_and_named_axes(history):
    loss, accuracy = history.plot().axes
    assert [list(line.get_ydata()) for line in loss.lines] == [history.losses, history.validation_losses]
    assert (loss.get_xlabel(), loss.get_ylabel(), accuracy.get_ylabel()) == ("epoch", "loss", "accuracy")


def test_the_panels_stand_side_by_side_each_as_wide_as_one(history):
    both, one = history.plot(), History()
    one.losses = [2.0, 1.0]
    assert both.axes[0].get_gridspec().get_geometry() == (1, 2)
    assert both.get_size_inches()[0] == 2 * one.plot().get_size_inches()[0]


@pytest.mark.parametrize("name", ["h.png", "h.svg"])
def test_a_picture_says_in_words_what_it_shows(history, name, tmp_path):
    history.plot(tmp_path / name)
    assert b"History(5 epochs, loss " in (tmp_path / name).read_bytes()


def test_jupyter_gets_svg_and_text(history):
    bundle = history._repr_mimebundle_()
    assert bundle["text/plain"] == repr(history)
    assert ElementTree.fromstring(bundle["image/svg+xml"]).tag.endswith("svg")


def test_without_matplotlib_the_text_stands_alone(history, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    bundle = history._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert repr(history) in bundle["text/plain"] and "no picture" in bundle["text/plain"]
    with pytest.raises(ImportError):
        history.plot()


def test_an_empty_history_has_no_best_and_still_displays():
    assert repr(History()) == "History(no epochs)"
    assert "text/plain" in History()._repr_mimebundle_()
    with pytest.raises(ValueError, match="call fit first"):
        History().best                                   # noqa: B018


def test_a_path_that_cannot_be_written(history, tmp_path):
    with pytest.raises(OSError):
        history.plot(tmp_path / "missing" / "h.png")
