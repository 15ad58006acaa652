"""One operation: each partial and the number of a node, against the value column of the table."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from engine import Value, log, sin, sinc, sqrt, tanh
from engine.primitives import TABLE, apply
from engine.testing import WrongGradient, check_gradients
from engine.testing.check.slopes import check_node, coarsest, exact, unit
from engine.value import topological_order


# --- wrong rows, planted --------------------------------------------------------------------------------

def test_exp_with_a_slope_wrong_by_one_part_in_2000_is_found(plant):
    wrong  = plant("exp", [lambda z, x: z * 1.0005])
    report = check_gradients(lambda x: tanh(wrong(x)) * 3, 0.5)
    assert report.verdict == "WRONG" and report.culprit.name == "exp(0.5)"
    assert [finding.verdict for finding in report.inputs] == ["WRONG"]
    assert [finding.name for finding in report.nodes if finding.verdict == "WRONG"] == ["exp(0.5)"]
    assert "first wrong: exp(0.5), slope towards operand 1: 1.6495456313354782 was given" in str(report)
    with pytest.raises(WrongGradient, match="first wrong: exp"):
        report.raise_if_wrong()


@pytest.mark.parametrize("name, partials, x", [
    ("exp",     [lambda z, x: z * (1 + 1e-7)],         0.5),       # one part in 10^7
    ("identity", [lambda z, x: 1 + 2.0 ** -40],        0.5),       # an exact row: no excuse of rounding
    ("sigmoid", [lambda z, x: z * (1 - z)],            40.0),      # cancellation: 0 for 4.2e-18
    ("tanh",    [lambda z, x: 1 - z * z],              20.0),      # likewise
    ("sin",     [lambda z, x: -TABLE["cos"].value(x)], 0.3),       # sign
    ("relu",    [lambda z, x: 1 if x > 0 else 0.01],   -1.0),      # leaks
    ("relu",    [lambda z, x: 2 if x == 0 else 1],     0.0),       # not between the slopes of the kink
    ("abs",     [lambda z, x: 1],                      -2.0),
    ("log",     [lambda z, x: math.nan],               2.0),
    ("softplus", [lambda z, x: 1],                     700.0 - 680)])
def test_planted_slopes_are_found(plant, name, partials, x):
    assert check_gradients(plant(name, partials), x).culprit.name.startswith(name)


@pytest.mark.parametrize("name", [n for n, row in TABLE.items() if not row.nary])
def test_every_partial_of_every_row_is_watched(plant, name):
    """Each partial in turn is made wrong by one part in 10^6, or by 10^-6 where it is 0."""
    xs  = [0.6, 0.7, 0.8][:len(TABLE[name].partials)] if name != "acosh" else [1.6]
    row = TABLE[name]
    for k, right in enumerate(row.partials):
        def off(z, *ys, right=right):
            return right(z, *ys) * (1 + 1e-6) or 1e-6
        wrong  = plant(name, [off if i == k else p for i, p in enumerate(row.partials)])
        report = check_gradients(lambda *ys, f=wrong: f(*ys) * 3, *xs)
        assert report.culprit is not None and report.culprit.operand == k
        plant(name, row.partials)


def test_the_first_wrong_node_in_topological_order_is_named(plant):
    sine, expo = plant("sin", [lambda z, x: 1]), plant("exp", [lambda z, x: 1])
    report = check_gradients(lambda x: expo(sine(x)), 0.5)
    assert report.culprit.name == "sin(0.5)"
    assert [f.name[:3] for f in report.nodes if f.verdict == "WRONG"] == ["sin", "exp"]


def test_swapped_operands_are_found():
    def subtract(x, y):
        z = x - y
        z.operands = (y, x)
        return z
    report = check_gradients(subtract, 5.0, 3.0)
    assert "operands recorded in another order" in str(report.culprit)


def test_data_changed_after_the_forward_pass_is_found():
    def f(x):
        y = x * 2
        z = y * y
        y.data = 100.0
        return z
    assert "was .data changed" in str(check_gradients(f, 1.0).culprit)


# --- what rounding explains, and infinity ---------------------------------------------------------------

def off(f, k):
    """f with the first slope of its k-th operation wrong by one part in 10^9."""
    def wrong(*xs):
        root = f(*xs)
        z = topological_order(root)[k]
        z.partials = (z.partials[0] * (1 + 1e-9), *z.partials[1:])
        return root
    return wrong


@pytest.mark.parametrize("f, xs", [
    (sin, [1e16]), (lambda x: apply("log10", x), [1e150]), (lambda x, y: x ** y, [1e-150, 1e-150]),
    (lambda x: apply("atan", x), [1e3]), (lambda *xs: apply("dot", *xs), [0.1, 1e-150, 1e-150, 1e-150]),
    (sinc, [1e5])])
def test_a_slope_is_judged_by_its_own_roundings(f, xs):
    """However fast the slope changes with the operand, it is wanted at the operand that was recorded."""
    assert check_gradients(f, *xs)
    assert check_gradients(off(f, 0), *xs).verdict == "WRONG"


def test_edges_of_domains_are_told_apart_from_wrong_slopes():
    assert check_gradients(sqrt, 0.0).verdict == "outside the domain"            # slope inf
    assert check_gradients(log, 0.0).inputs[0].why.startswith("ValueError: log(0.0)")
    assert check_gradients(lambda x: sqrt(x * x), 0.0).verdict == "outside the domain"
    assert check_gradients(lambda x: x * 2, math.nan).ok


@pytest.mark.parametrize("x, partial, verdict", [
    (0.0,   math.inf,  "outside the domain"),         # right, and infinite
    (0.0,   -math.inf, "WRONG"),                      # infinite on the wrong side
    (0.0,   7.0,       "WRONG"),
    (0.0,   math.nan,  "WRONG"),
    (4.0,   math.inf,  "WRONG"),                      # infinite where the slope is 1/4
    (5e-324, math.inf, "outside the domain")])        # an operand with few digits
def test_an_infinite_slope_is_right_only_where_there_is_one(plant, x, partial, verdict):
    z = plant("sqrt", [lambda z, x: partial])(Value(x))
    (checked,), _ = check_node(z)
    assert checked.finding.verdict == verdict


def test_a_slope_beyond_the_largest_float_may_be_given_as_infinite(plant):
    z = plant("exp", [lambda z, x: math.inf])(Value(709.78))                      # its slope is 1.79e308
    (checked,), _ = check_node(z)
    assert checked.finding.verdict == "right"


def test_exact_numbers_have_no_excuse_of_rounding(plant):
    third = Fraction(1, 3)
    wrong = plant("identity", [lambda z, x: 1 + Fraction(1, 10 ** 30)])
    (checked,), _ = check_node(wrong(Value(third)))
    assert checked.finding.verdict == "WRONG"
    assert exact(third, third) and not exact(0.5, third) and not exact(third, 0.5)


def test_the_rounding_of_a_number_is_that_of_its_kind():
    assert unit(0.5) == unit(np.float64(0.5)) == 2.0 ** -52 and unit(np.float32(0.5)) == 2.0 ** -23
    assert unit(mpmath.mpf(1)) >= 2.0 ** -52
    assert coarsest(1.0, [5e-324]) == 1.0 and coarsest(1.0, [1e-300]) == 2.0 ** -52
