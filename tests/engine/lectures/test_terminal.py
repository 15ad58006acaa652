"""The lecture in the terminal: 80 columns, box-drawing characters, colours only on a terminal."""

import sys

import pytest

from engine import Value, lecture
from engine.lectures.terminal import cells
from nn import MLP


@pytest.mark.parametrize("make", [lambda: (MLP(2, [3, 1], hidden="tanh")([1.0, 2.0]) - 1) ** 2,
                                  lambda: Value(2.0, "a very long name " * 5) * Value(3.0, "数字" * 30)])
def test_no_line_is_wider_than_80_columns(make):
    assert max(map(cells, str(lecture(make())).splitlines())) <= 80


def test_forward_backward_and_the_running_sum(shared):
    text = str(lecture(shared))
    for line in ["v2 = v1 + b = −0.5 + 2 = 1.5", "└─ dL/dv2 += ∂v3/∂v2 · dL/dv3 = 0.1807 · 2.31 = 0.4175",
                 "use 2 of 2: 0.9051 + (−0.4175) = 0.4877", "│ x    │    0.5 │   0.4877 │", "· swaps"]:
        assert line in text
    assert text.index("Given") < text.index("Forward") < text.index("Backward") < text.index("Gradients")


@pytest.mark.parametrize("terminal, no_color, coloured", [(True, None, True), (True, "1", False),
                                                          (False, None, False)])
def test_colours_only_on_a_terminal_that_wants_them(monkeypatch, shared, terminal, no_color, coloured):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)
    assert ("\x1b[" in str(lecture(shared))) == coloured


def test_a_negative_base_stands_in_brackets():
    assert "J = x^2 = (−3)^2 = 9" in str(lecture(Value(-3.0, "x") ** 2))


def test_a_leaf_alone():
    assert "Given" in str(lecture(Value(3.0, "x")))


def test_saved_text_has_no_colours(shared, tmp_path):
    path = lecture(shared).save(tmp_path / "l.txt")
    assert (path.read_text(encoding="utf-8").startswith("L = ")
            and "\x1b" not in path.read_text(encoding="utf-8"))
