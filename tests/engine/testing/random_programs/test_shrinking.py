"""Shrinking: a failure becomes the smallest program that still fails."""

import pytest
from engine.testing.random_programs.growing import random_program
from engine.testing.random_programs.rules import RATIONAL, SMOOTH
from engine.testing.random_programs.scalar_program import Plain, Program, Step
from engine.testing.random_programs.shrinking import awkward, bypass, candidates, shrink, simpler, size

ALL    = (*RATIONAL, *SMOOTH)
SQUARE = Program((3.0,), (Step("*", (0, 0)),))


def squares(program):
    return any(op == "*" and operands[0] == operands[1] for op, operands in program.steps)


def diamond(program):
    """A node that is not an input, used twice."""
    used = [x for step in program.steps for x in step.nodes if x >= len(program.inputs)]
    return len(used) > len(set(used))


@pytest.mark.parametrize("fails, lines", [(squares, ["x = Value(2.0)", "z = x * x"]),
                                          (diamond, ["x = Value(2.0)", "a = x + x", "z = a + a"])])
def test_failures_shrink_to_the_smallest_program(fails, lines):
    for seed in range(30):
        program = random_program(seed, ALL, 60)
        if fails(program):
            assert str(shrink(program, fails)).split("\n")[:-2] == lines


def test_shrinking_keeps_what_does_not_fail_smaller():
    assert shrink(SQUARE, lambda program: program == SQUARE) == SQUARE


def test_the_boldest_candidates_come_first():
    """An earlier output, a step less, an input less; then operations, operands, numbers."""
    program = Program((5.0, 7.0), (Step("*", (0, 1)), Step("exp", (2,))))
    tried   = list(candidates(program))
    assert tried[0] == Program((5.0, 7.0), (Step("*", (0, 1)),))
    assert tried[1].steps == (Step("exp", (0,)),) and tried[-1] == Program((5.0, -2.0), program.steps)
    assert min(map(size, tried)) < size(program)
    assert Program((5.0, 7.0), (Step("*", (0, 1)), Step("+", (2, 2)))) in tried


def test_an_exponent_stays_a_number():
    program = Program((3.0,), (Step("*", (0, 0)), Step("**", (1, Plain(5)))))
    exponents = [step.operands[1] for smaller in candidates(program) for step in smaller.steps
                 if step.op == "**"]
    assert Plain(2) in exponents and all(isinstance(x, Plain) for x in exponents)


def test_the_number_of_attempts_is_bounded():
    asked = []
    def fails(program):
        asked.append(program)
        return False
    program = random_program(1, ALL, 30)
    assert shrink(program, fails, attempts=5) == program and len(asked) == 5


def test_small_whole_numbers_are_the_simplest():
    assert sorted([0.3, 0.5, 7.0, 0.0, 1.0, 3.0, 2.0], key=awkward) == [2.0, 3.0, 1.0, 0.0, 7.0, 0.5, 0.3]
    assert simpler(3.0) == [2.0] and simpler(2.0) == [] and simpler(7.25)[-1] == 7.0


def test_who_used_a_step_uses_its_operand():
    program = Program((2.0,), (Step("exp", (0,)), Step("*", (1, 1))))
    assert bypass(program, 1, 0) == Program((2.0,), (Step("*", (0, 0)),))
    assert bypass(program, 2, 1) == Program((2.0,), (Step("exp", (0,)),))
