"""Which runner a program uses, when it changes, and that another one is one line of registration."""

import numpy as np
import pytest

from engine.matrices import runners
from engine.matrices.portable import elementary, evaluate
from engine.matrices.runners import PATIENCE, RUNNERS
from engine.matrices.interfaces import Unsupported
from nn import SGD

from .graphs import regression


def test_auto_compiles_when_it_is_worth_it():
    program, X, Y = regression()
    program(X, Y)
    assert "NumPy; machine code after" in program.report()
    before = program(X, Y).loss
    for _ in range(PATIENCE):
        loss = program(X, Y).loss
    assert "Runner: machine code" in program.report() and loss == pytest.approx(before, rel=1e-14)


def test_numpy_stays_numpy():
    program, X, Y = regression(runner="numpy")
    program.train(X, Y, SGD(program.values, 0.1), epochs=PATIENCE + 1)
    assert program.report().endswith("Runner: NumPy.")


def test_an_unknown_runner():
    with pytest.raises(ValueError, match="'auto', 'numpy', 'native'"):
        regression(runner="cuda")


# --- another runner ---------------------------------------------------------------------------------

class LineByLine:
    """A runner as small as can be: each run evaluates every line."""

    about = "one line after the other"

    def plan(self, roots, samples, given, into):
        lines = elementary(roots)

        class Plan:
            def run(self):
                values = evaluate(lines, given, samples, np)
                for z, out in zip(lines[-len(roots):], into):
                    out[...] = values[id(z)]
        return Plan()

    def epochs(self, plan, rooms, own, mover, X, Y, size):
        return None


class Refusing(LineByLine):
    def plan(self, roots, samples, given, into):
        raise Unsupported("it is Sunday")


def test_a_runner_is_one_class_and_one_line_of_registration(monkeypatch):
    monkeypatch.setitem(RUNNERS, "line by line", LineByLine)
    (program, X, Y), (other, *_) = regression(runner="line by line"), regression(runner="numpy")
    found, wanted = program(X, Y), other(X, Y)
    assert found.loss == pytest.approx(wanted.loss, rel=1e-14)
    for name in wanted.gradients:
        assert found.gradients[name] == pytest.approx(wanted.gradients[name], rel=1e-12)
    assert program.report().endswith("Runner: one line after the other.")
    assert program.train(X, Y, SGD(program.values, 0.1), epochs=3) == pytest.approx(
        other.train(X, Y, SGD(other.values, 0.1), epochs=3), rel=1e-12)


def test_what_a_runner_refuses_numpy_does_and_the_report_says_why(monkeypatch):
    monkeypatch.setitem(RUNNERS, "refusing", Refusing)
    (program, X, Y), (other, *_) = regression(runner="refusing"), regression(runner="numpy")
    assert program(X, Y).loss == other(X, Y).loss
    assert program.report().endswith("Runner: NumPy, because it is Sunday.")


def test_auto_changes_to_the_fastest_that_is_registered():
    assert runners.FASTEST in RUNNERS
