"""Growing: random programs stay in their domains, share nodes, and are the same for the same seed."""

import math

import pytest
from engine import Value
from engine.testing.random_programs.growing import admitted, grow, grow_step, programs, random_program
from engine.testing.random_programs.rules import RATIONAL, SMOOTH
from engine.testing.random_programs.scalar_program import Plain, Program, Step
from hypothesis import given, settings

ALL = (*RATIONAL, *SMOOTH)


def test_programs_stay_in_their_domain_and_below_the_bound():
    for seed in range(60):
        program = random_program(seed, ALL, 30, largest=1000.0)
        assert program.in_domain(1000.0)
    assert not Program((0.0,), (Step("/", (Plain(1.0), 0)),)).in_domain()
    assert not Program((-1.0,), (Step("log", (0,)),)).in_domain()


def test_sharing_and_fan_out_are_common():
    reused = [p for p in map(random_program, range(100))
              if len(nodes := [x for s in p.steps for x in s.nodes]) > len(set(nodes))]
    assert len(reused) > 60


def test_the_same_seed_gives_the_same_program():
    assert random_program(5, ALL) == random_program(5, ALL) != random_program(6, ALL)


@settings(max_examples=50, derandomize=True, deadline=None, database=None)
@given(programs(ops=ALL, max_steps=20))
def test_the_strategy_makes_programs_that_run(program):
    assert math.isfinite(float(program.run(Value).output.data))


def test_an_unknown_operation_is_refused():
    with pytest.raises(ValueError, match="no operation 'arctan'.*choose among"):
        random_program(0, ("arctan",))


def test_the_first_choice_everywhere_is_the_simplest_program():
    assert grow(lambda items: items[0]) == Program((1.0,), (Step("+", (0, 0)),))
    with pytest.raises(ValueError, match="ops is empty"):
        grow(lambda items: items[0], ops=())


def test_an_exponent_is_a_plain_number_and_operands_are_nodes_there_are():
    last = lambda items: items[-1]
    assert grow_step(last, "**", 3, [1], (2.0,)) == Step("**", (1, Plain(0)))
    assert grow_step(last, "+", 3, [1], (2.0,)) == Step("+", (Plain(2.0), 1))
    assert grow_step(last, "neg", 3, [1], (2.0,)) == Step("neg", (1,))


@pytest.mark.parametrize("step, x, kinks, value", [
    (Step("*", (0, 0)),              3.0,  False, 9.0),
    (Step("*", (0, 0)),              30.0, False, None),          # beyond the bound
    (Step("/", (Plain(1.0), 0)),     0.0,  False, None),          # outside the domain
    (Step("relu", (0,)),             0.0,  False, None),          # on a kink
    (Step("relu", (0,)),             0.0,  True,  0.0)])
def test_a_step_is_left_out_where_it_is_not_wanted(step, x, kinks, value):
    assert admitted(step, [x], float, kinks, 100.0) == value
