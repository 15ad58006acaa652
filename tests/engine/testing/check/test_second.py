"""Order 2: what the second differences know decides, and what the engine's own roundings explain."""

import math
import runpy
from fractions import Fraction
from pathlib import Path
from random import Random

import mpmath
import numpy as np
import pytest
from engine import (
    Value, atanh, clamp, cos, erfc, hypot, logsumexp, mean, relu, sigmoid, silu, sin, softmax, tanh,
)
from engine.primitives import TABLE, apply
from engine.testing import check_gradients
from engine.testing.check import second

ROOT = Path(__file__).parents[4]


# --- right Hessians ------------------------------------------------------------------------------------

@pytest.mark.parametrize("f, inputs", [
    (lambda x: x / 3.7, 1), (lambda x, y, z: mean(x, y, z), 3), (lambda x: hypot(x, x), 1),
    (lambda x: sin(x) ** 2 + cos(x) ** 2, 1), (lambda x, y: softmax([x, y, x * y])[1], 2),
    (lambda x, y: logsumexp(x, y, x), 2), (lambda x: clamp(x * x, -1, 20), 1),
    (lambda x: (x * (1 / 3) + x * (1 / 3) + x * (1 / 3) - x) ** 2, 1),
    (lambda x, y: (a := x * y) * a / (a + 7), 2)])
def test_an_exact_0_beside_noise_is_right(f, inputs):
    """Differences of 160 digits leave 1e-82 of a linear function; that is how little they know, not what is
    right."""
    rng = Random(1)
    for _ in range(20):
        assert check_gradients(f, *[rng.uniform(-3, 3) for _ in range(inputs)], order=2)


@pytest.mark.parametrize("x", [0.0, 5e-324, 1e-300, 1e-150, 3e-155, 1e-8, 0.5, 1 - 1e-16, -40.0, 700.0, 1e150,
                               1e300])
@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not row.nary
                                  and len(row.partials) == 1])
def test_no_row_is_blamed_wherever_the_point_is(name, x):
    assert check_gradients(lambda x: apply(name, x), x, order=2)


@pytest.mark.parametrize("f, x", [
    (tanh, 1e-9), (sigmoid, 1e-8), (lambda x: atanh(2 * x), 1e-150),
    (lambda x: sin(x * 1e8) / (x - 0.4999999), 0.5),
    (lambda x: ((x + 1e16) - 1e16) ** 2, 0.1), (lambda x: x / x / (x * x), 1e-8),
    (lambda x: erfc(x) / x, 20.0)])
def test_what_cancels_in_floats_is_rounding(f, x):
    assert check_gradients(f, x, order=2)


def test_other_numbers():
    x, y = Fraction(1, 3), Fraction(2, 7)
    report = check_gradients(lambda x, y: x / y * x * x, x, y, order=2)
    assert report.verdict == "right" and isinstance(report.inputs[2].given, Fraction)
    assert check_gradients(lambda x: x ** 5, 10 ** 30, order=2).verdict == "right"
    assert check_gradients(lambda x: x * x / 7, 3, order=2)
    assert check_gradients(lambda x: sin(x) * x, mpmath.mpf("0.3"), order=2)
    assert check_gradients(lambda x: x * x * x, np.float32(0.3), order=2)
    assert check_gradients(lambda x: x * x * x, np.float64(0.3), order=2)
    mixed = check_gradients(lambda x, y: (x * y + 4.0 * y) * y, Fraction(-2, 7), Fraction(1, 3), order=2)
    assert mixed.ok and float(mixed.inputs[0].given) == float(Fraction(1, 9))  # (from a float root, a float)


def test_a_kink_nearby_is_not_stepped_over():
    assert check_gradients(lambda x: relu(x - 1) ** 2, 1 + 2.0 ** -52, order=2).inputs[1].given == 2
    assert check_gradients(lambda x: relu(x) ** 2, 1e-200, order=2).inputs[1].given == 2
    assert check_gradients(lambda x: relu(x) ** 2, -1e-200, order=2).inputs[1].given == 0


def test_what_is_beyond_the_largest_float_is_outside_not_wrong():
    assert check_gradients(lambda x: 1 / x, 1e-150, order=2).verdict == "outside the domain"
    # 1e200 * 1e200 on the way back
    far = check_gradients(lambda x: relu(x * 1e-200) ** 2 * 1e200 * 1e200, 1.0)
    assert far.verdict == "outside the domain"


def test_where_there_is_nothing_to_compare_with_the_report_says_so():
    v = Value(2.0)
    for f, inputs, why in ((lambda *_: v * v * v, [v], "Values from elsewhere"),
                           (lambda x: 5.0, [1.0], "no graph"),
                           (lambda x: x ** 1.5, [0.0], "edge"), (lambda x: x * clamp(-0.7, x, x), [-0.7],
                                                                 "edge")):
        report = check_gradients(f, *inputs, order=2)
        assert report.ok and why in report.notes[-1] and len(report.inputs) == 1


@pytest.fixture
def row_of_floats():
    TABLE["float_exp"] = TABLE["exp"]._replace(name="float_exp", value=lambda x: math.exp(x),
                                               partials=[lambda z, x: z])
    yield lambda x: apply("float_exp", x)
    del TABLE["float_exp"]


def test_a_row_of_floats_only_is_not_compared_with_more_digits_than_it_has(row_of_floats):
    """math.exp takes an mpf and answers with a float: its differences at 50 digits are 0."""
    report = check_gradients(lambda x: row_of_floats(x) * x, 0.3, order=2)
    assert report.ok and "answers in floats" in report.notes[-1]


# --- wrong Hessians ------------------------------------------------------------------------------------

@pytest.fixture
def entry(monkeypatch):
    """Make an entry of the Hessian wrong by a factor."""
    before = second.hessian

    def spoil(i, j, factor):
        def hessian(f):
            def rows(*xs):
                H = before(f)(*xs)
                H[i][j] *= factor
                return H
            return rows
        monkeypatch.setattr(second, "hessian", hessian)
    return spoil


@pytest.mark.parametrize("i, j", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_small_entry_beside_large_ones_is_held_to_its_own_size(entry, i, j):
    f = lambda x, y: 1e12 * x * x * x + 1e-9 * x * y * y + y * y * y
    assert check_gradients(f, 0.3, 0.7, order=2).verdict == "right"
    entry(i, j, 1 + 1e-9)
    assert [finding.name for finding in check_gradients(f, 0.3, 0.7, order=2).inputs
            if finding.verdict == "WRONG"] \
        == [f"d2/d{'xy'[i]} d{'xy'[j]}"]


def test_noise_is_no_excuse_for_a_sum_that_does_not_add_up(entry):
    """x/x loses all digits of its second derivative; yet the engine's sum is what its slopes add up to."""
    f = lambda x: (a := atanh(x)) / a + sin(x + 1)
    assert check_gradients(f, 1e-8, order=2)
    entry(0, 0, 1 + 1e-9)
    assert not check_gradients(f, 1e-8, order=2)


def test_noise_does_not_hide_a_wrong_row(monkeypatch):
    """Floats do not hold every second derivative to 1e-9; with more digits each row is held to it, and
    named."""
    right = TABLE["silu"].partials[0]

    def bent(z, x):
        p = right(z, x)
        return p + (p - p.detach()) * 1e-9 if isinstance(p, Value) else p
    assert check_gradients(silu, 20.0, order=2)
    monkeypatch.setitem(TABLE, "silu", TABLE["silu"]._replace(partials=[bent]))
    assert check_gradients(lambda x: silu(x) + 1e9 * (x / x), 20.0,
                           order=2).culprit.name == "silu(20.0), d2/dx1 dx1"
    assert check_gradients(silu, 20.0, order=2).culprit.name == "silu(20.0), d2/dx1 dx1"


def test_a_nan_is_wrong_where_nothing_overflows(entry):
    entry(0, 0, math.nan)
    assert check_gradients(lambda x: sin(x), 0.3, order=2).verdict == "WRONG"


# --- many programs -------------------------------------------------------------------------------------

def test_the_proof_in_small():
    """No false blame, no error of 1e-9 missed; `python -m tests.proofs.check_gradients 10000` asks more
    programs."""
    proof = runpy.run_path(str(ROOT / "tests" / "proofs" / "check_gradients.py"))["proof"]
    tally = proof(range(5000, 5080))
    assert (tally.blamed, tally.missed) == ([], [])
    assert all(tally.errors[kind, "caught"] >= 10 for kind in ("slope", "gradient", "Hessian", "curvature"))
