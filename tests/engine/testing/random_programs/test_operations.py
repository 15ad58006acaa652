"""The operations of programs, and the numbers that are outside their domains."""

import math

import mpmath
import pytest
from engine.testing.random_programs.operations import OPERATIONS, step_value


@pytest.mark.parametrize("op, xs, error", [
    ("log",  [0.0],       ValueError),        ("log",  [-1.0],     ValueError),
    ("sqrt", [0.0],       ValueError),        ("**",   [0.0, -1],  ValueError),
    ("**",   [-2.0, 0.5], ValueError),        ("/",    [1.0, 0.0], ZeroDivisionError),
    ("**",   [2.0, 65],   OverflowError),     ("exp",  [701.0],    OverflowError)])
@pytest.mark.parametrize("m", [math, mpmath], ids=["math", "mpmath"])
def test_what_lies_outside_a_domain_is_refused_in_every_library(op, xs, error, m):
    with pytest.raises(error):
        step_value(m, op, xs)


@pytest.mark.parametrize("op, xs, value", [
    ("**", [-2.0, 3], -8.0), ("**", [0.0, 1], 0.0), ("/", [1.0, 4.0], 0.25), ("exp", [700.0], math.exp(700)),
    ("abs", [-3.0], 3.0), ("softplus", [0.0], math.log(2))])
def test_the_value_of_a_step(op, xs, value):
    assert step_value(math, op, xs) == pytest.approx(value, rel=1e-15)
    assert OPERATIONS[op].arity == len(xs)
