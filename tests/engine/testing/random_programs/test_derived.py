"""Operations derived from rows: values of the row, slopes measured, kinks and domains found."""

import math

import pytest
from engine import Value
from engine.primitives import TABLE
from engine.testing import programs, random_program
from engine.testing.random_programs.derived import DERIVED
from engine.testing.random_programs.operations import OPERATIONS
from engine.testing.random_programs.rules import WRITTEN, fifty, library, precision
from hypothesis import given, settings

METHODS = [op for op in DERIVED if not op.endswith("()")]


def test_a_row_has_a_rule_by_hand_or_a_derived_one_never_both():
    assert list(OPERATIONS) == [*WRITTEN, *DERIVED] and not set(WRITTEN) & set(DERIVED)
    assert {"%", "//", "round(x)", "softplus", "softplus()", "hypot"} <= set(DERIVED)
    assert not {"affine", "maximum", "leaky_relu", "over", "sech2"} & set(DERIVED)


@pytest.mark.parametrize("op", WRITTEN)
def test_a_rule_by_hand_is_of_a_row_with_the_same_operands_and_kinks(op):
    row = TABLE[op]
    assert len(row.each) == WRITTEN[op].arity
    assert all(WRITTEN[op].kink(*point) for point in row.kinks)
    assert bool(row.kinks) == WRITTEN[op].kink(*(0.0, 0.0)[:WRITTEN[op].arity])


def test_the_slopes_do_not_come_from_the_row():
    row = TABLE["softplus"]
    TABLE["softplus"] = row._replace(partials=[lambda z, x: 7])
    try:
        assert DERIVED["softplus"].slopes(math, 0.125) == pytest.approx((1 / (1 + math.exp(-0.125)),))
    finally:
        TABLE["softplus"] = row


@pytest.mark.parametrize("op, right", [("log1p", lambda x: 1 / (1 + x)),
                                       ("tan", lambda x: 1 + math.tan(x) ** 2),
                                       ("erf", lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x)),
                                       ("floor", lambda x: 0.0)])
def test_slopes_are_right_to_the_last_digits(op, right):
    for x in (0.3, 2.5, 4.25):
        assert DERIVED[op].slopes(math, x)[0] == pytest.approx(right(x), rel=1e-14, abs=1e-300)
        assert type(DERIVED[op].slopes(math, x)[0]) is float
        with precision():
            assert type(DERIVED[op].slopes(library(fifty), fifty(x))[0]) is type(fifty(x))


def test_steps_jumps_and_ends_of_domains_are_kinks():
    assert DERIVED["floor"].kink(3.0) and not DERIVED["floor"].kink(3.5)
    assert DERIVED["%"].kink(5.0, -0.5) and not DERIVED["%"].kink(5.0, -0.75)
    assert DERIVED["hypot"].kink(0.0, 0.0) and DERIVED["asin"].kink(1.0) and DERIVED["log2"].kink(-1.0)


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(programs(ops=("+", "*", *METHODS), max_steps=6))
def test_our_engine_is_right_on_random_programs_of_every_row(program):
    run = program.run(Value)
    run.output.backward()
    for leaf, right, tolerance in zip(run.leaves, program.gradient(), program.tolerances()):
        assert abs(leaf.grad - float(right)) <= max(tolerance, 1e-12)


def test_a_program_says_what_an_engine_lacks():
    program = random_program(3, ops=("softplus", "atan2()"), max_steps=8)
    assert set(program.missing(type("Bare", (), {}))) == set(program.ops) and not program.missing(Value)
