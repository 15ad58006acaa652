"""Rows of the table and their slopes, written out in elementary operations, give the rows' own numbers."""

import numpy as np
import pytest

from engine.matrices.algebra import simpler
from engine.matrices.lines import Lines, number_of
from engine.matrices.numpy.plan import Plan
from engine.matrices.passes.expansion import FLAT, NATIVE, expand, formula, gate_of
from engine.matrices.portable import elementary, sized
from engine.primitives import TABLE
from engine.rows import shut

POINTS = np.array([-3.0, -0.5, -0.25, 0.0, 0.125, 0.75, 2.0])


def leaf(shape=(-1,), name="x"):
    return Lines(simpler).new("input", (), shape, name)


def value(z, x, given):
    out = np.empty(sized(z.shape, len(given)))
    Plan(elementary([z]), elementary([z])[-1:], len(given), {id(x): given}, [out]).run()
    return out


# the rows of one operand that are written out here
WRITTEN_OUT = [name for name, row in TABLE.items() if not row.nary and name not in NATIVE
               and row.value.__code__.co_argcount == 1]


def test_a_clamp_and_the_slope_of_a_gate_as_they_are_written():
    x     = leaf()
    lines = x.lines
    low, high = lines.constant(0.0), lines.constant(1.0)
    clamped = lines.call("clamp", x, low, high)
    assert expand(clamped) is lines.call("where", x < low, low, lines.call("where", x > high, high, x))
    slope = lines.new("slope", (lines.call("relu", x), x), x.shape, ("relu", 0))
    assert formula(slope) is lines.call("where", x <= 0, shut, 1)
    assert expand(x) is x and expand(lines.call("tanh", x)).op == "tanh"


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_a_row_written_out_and_its_slope_are_the_rows_own(name):
    x, row  = leaf(), TABLE[name]
    z       = x.lines.call(name, x)
    slope   = x.lines.new("slope", (z, x), x.shape, (name, 0))
    outputs = [row.value(p) for p in POINTS.tolist()]
    slopes  = [row.each[0](y, p) for y, p in zip(outputs, POINTS.tolist())]
    np.testing.assert_allclose(value(z, x, POINTS), outputs, rtol=1e-14)
    np.testing.assert_allclose(value(slope, x, POINTS), slopes, rtol=1e-13)


@pytest.mark.parametrize("op, wanted", [
    ("softmax", [[0.0, 0.0, 1.0], [1 / 3] * 3]), ("logsumexp", [[1e4], [np.log(3) - 1e4]]),
    ("maximum", [[1e4], [-1e4]]), ("minimum", [[-1e4], [-1e4]])])
def test_what_runs_along_the_last_axis_does_not_overflow(op, wanted):
    x = leaf((-1, 3))
    z = x.lines.new(op, (x,), (-1, np.shape(wanted)[-1]))
    found = value(z, x, np.array([[-1e4, 0.0, 1e4], [-1e4] * 3]))
    np.testing.assert_allclose(found, wanted, rtol=1e-14)


def test_a_step_has_slope_0():
    for name in FLAT - {"//"}:
        x = leaf()
        slope = formula(x.lines.new("slope", (x.lines.call(name, x), x), x.shape, (name, 0)))
        assert number_of(slope) == (0, 0), name


def test_a_product_with_the_slope_of_a_gate_is_known():
    """relu lets through or shuts; tanh does neither."""
    x     = leaf()
    lines = x.lines
    by    = {name: x * lines.new("slope", (lines.call(name, x), x), x.shape, (name, 0))
             for name in ("relu", "tanh")}
    assert gate_of(by["relu"]).attrs == ("relu", 0)
    assert gate_of(by["tanh"]) is gate_of(x + x) is None
