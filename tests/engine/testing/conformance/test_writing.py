"""An exercise as Python that can be pasted: what is printed is what its comment says."""

from fractions import Fraction

import pytest

from engine import Value
from engine.testing.conformance.exercises import CALLS, NAN, NONE, Exercise, P, program
from engine.testing.conformance.writing import (
    constant_text, interval_text, literal, names, right_text, written,
)

SHARED = program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("*", (1, P(5.0))), ("+", (2, 3)))


@pytest.mark.parametrize("how", [how for how in CALLS if how != "changed"])
def test_what_is_written_runs_and_prints_the_right_gradients(how):
    exercise, printed = Exercise(SHARED, how), []
    exec(written(exercise), {"Value": Value, "print": lambda *xs: printed.append(xs)})
    assert printed == [tuple(map(float, right_text(exercise)))]
    assert len(written(exercise).split("\n")) <= 6


@pytest.mark.parametrize("how, line", [
    ("once",    "z.backward()"), ("twice", "z.backward(); z.backward()"),
    ("reset",   "z.backward(); x.grad = 0; z.backward()"),
    ("changed", "x.data += 1; z.backward()"), ("split", "b.backward(); c.backward()"),
    ("in turn", "a = x * 3.0; c = a * 5.0; c.backward()")])
def test_how_backward_is_called_is_a_line_of_its_own(how, line):
    assert line in written(Exercise(SHARED, how)).split("\n")


def test_every_output_has_a_name():
    assert names(Exercise(SHARED, "split")) == ["x", "a", "b", "c", "z"]
    assert names(Exercise(SHARED))[-1] == "z"


def test_numbers_are_written_as_python_reads_them():
    assert [literal(x) for x in (2, -0.5, float("nan"), Fraction(1, 3))] == [
        "2", "-0.5", 'float("nan")', "Fraction(1, 3)"]
    assert constant_text("*", P(-2.0), float) == "(-2.0)" and constant_text("**", P(2), float) == "2"


@pytest.mark.parametrize("right, text", [
    (None, "any"), (NAN, "nan or an error"), (NONE, "an error, inf or nan"), ((1.0, 1.0), "1.0"),
    ((0, 1), "between 0.0 and 1.0")])
def test_what_is_right_is_told_as_text(right, text):
    assert interval_text(right) == text


def test_the_right_gradients_are_those_of_all_calls_or_those_the_exercise_gives():
    assert right_text(Exercise(SHARED, "twice")) == ["42.0"]
    assert right_text(Exercise(SHARED, slopes=((0, 1),))) == ["between 0.0 and 1.0"]
    assert right_text(Exercise(SHARED, value=NAN)) == ["any"]
