"""The wing: every operation that only a row gives is asked, and a slip in it is named."""

import math

import pytest

from engine.testing.museum import engine
from engine.testing.museum.wing import HUNG, SLIPS, mistaken, named, visit


@pytest.mark.parametrize("name", SLIPS)
def test_every_row_of_the_table_hangs_in_its_wing_and_is_named(name):
    report = visit(engine("right"), name)
    assert len(HUNG) > 20 and len(named(report, name)) == len(HUNG), str(report)
    assert all(any(f"x.{op}(" in sentence for sentence in named(report, name)) for op in HUNG)


@pytest.mark.parametrize("slip, slope", [("sign", -0.5), ("detached", 0.0)])
def test_a_slip_changes_the_slope_and_nothing_else(slip, slope):
    """Softplus at 0: the value stays ln 2, the slope of 1/2 is turned around or lost."""
    x = mistaken(engine("right"), SLIPS[slip])(0.0)
    z = x.softplus()
    z.backward()
    assert (z.data, x.grad) == (pytest.approx(math.log(2)), pytest.approx(slope))
