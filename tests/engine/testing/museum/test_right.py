"""The engine that the museum starts from is right."""

import math

import pytest

from engine.testing.museum import engine, tour

Value = engine("right")


def test_the_right_engine_passes_with_no_finding():
    report = tour("right")
    assert report.passed and report.findings == [] and report.score == 100


@pytest.mark.parametrize("f, x, slope", [
    (lambda x: x * x + x,            3.0,  7.0),
    (lambda x: 2 / x - (1 - x),      2.0,  0.5),
    (lambda x: (-x) ** 3,            2.0,  -12.0),
    (lambda x: abs(x).log().exp(),   -2.0, -1.0),
    (lambda x: x.sqrt() * x.relu(),  4.0,  3.0),
    (lambda x: x.tanh(),             0.5,  1 - math.tanh(0.5) ** 2),
    (lambda x: x.sigmoid(),          -40.0, 4.248354255291589e-18)])
def test_its_slopes(f, x, slope):
    leaf = Value(x)
    f(leaf).backward()
    assert leaf.grad == pytest.approx(slope, rel=1e-14)


def test_inputs_accumulate_and_inner_nodes_start_afresh():
    x = Value(2.0)
    z = (x * x) ** 2
    z.backward()
    z.backward()
    assert (x.grad, z.grad) == (64.0, 1.0)


def test_roots_of_negative_numbers_are_refused():
    with pytest.raises(ValueError, match="is no real number"):
        Value(-2.0) ** 0.5
