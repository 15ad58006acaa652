"""Each rule of simplification: a line it changes, what it makes of it, and a neighbour it leaves alone."""

from fractions import Fraction
from math import nan

import pytest

from engine.matrices import algebra
from engine.matrices.lines import Lines, number_of
from engine.rows import shut

LINES   = Lines(algebra.simpler)
X, Y, C = [LINES.new("input", (), (-1, 3), k) for k in range(3)]
M, HALF = LINES.constant(1, 1), LINES.constant(Fraction(1, 2))


def number(x, batches=0):
    return LINES.constant(x, batches)


def gate(x):
    """The slope of a gate."""
    return LINES.call("where", C, shut, x)


def line(op, *args):
    """The line as it is written where no rule applies."""
    return LINES.new(op, args, LINES.together(*args))


EXAMPLES = {  # rule: (operands, what the line becomes, operands it has no answer for)
    algebra.zero_first:         ((number(0), X), X, (number(0), number(2))),
    algebra.zero_last:          ((X, number(0)), X, (X, number(1))),
    algebra.like_terms:         ((2 * X, 3 * X), line("*", number(5), X), (2 * X, 3 * Y)),
    algebra.one_factor:         ((-2 * X, 2 * Y), line("*", number(2), line("-", Y, X)), (2 * X, 3 * Y)),
    algebra.sum_of_numbers:     ((number(2), number(3)), number(5), (number(2), M)),
    algebra.difference_of_numbers: ((number(3), number(2)), number(1), (M, number(2))),
    algebra.by_reciprocal:      ((X, 1 / Y), line("/", X, Y), (X, 2 / Y)),
    algebra.by_shut:            ((number(shut), X), number(0), (number(0), X)),
    algebra.one_first:          ((number(1), X), X, (number(2), X)),
    algebra.one_last:           ((X, number(1)), X, (X, M)),
    algebra.product_of_numbers: ((number(2, 1), number(3, -1)), number(6), (number(2), X)),
    algebra.number_first:       ((X, number(2)), line("*", number(2), X), (number(2), X)),
    algebra.minus_once:         ((number(-1), X), line("neg", X), (number(-2), X)),
    algebra.through_gate:       ((X, gate(Y)), line("where", C, number(0), line("*", X, Y)), (gate(X), Y)),
    algebra.number_by_product:  ((number(2), 3 * X), line("*", number(6), X), (number(2), X * Y)),
    algebra.number_by_negative: ((number(2), -X), line("*", number(-2), X), (Y, -X)),
    algebra.quotient_of_numbers: ((number(1), number(2)), HALF, (number(1), number(0))),
    algebra.number_to_the_zero: ((number(2), number(0)), number(1), (X, number(0))),
    algebra.negated_twice:      ((-X,), X, (X,)),
    algebra.negative_number:    ((number(2, 1),), number(-2, 1), (X,)),
    algebra.equal_numbers:      ((number(2, 1), number(3, 1)), number(False), (number(1), M)),
    algebra.known_condition:    ((number(True), X, Y), X, (number(1), X, Y)),
}


@pytest.mark.parametrize("rule", EXAMPLES, ids=lambda rule: rule.__name__)
def test_a_rule_answers_for_its_lines_alone(rule):
    operands, instead, others = EXAMPLES[rule]
    assert rule(*operands) is instead
    assert rule(*others) is None


@pytest.mark.parametrize("op, rule", [(op, rule) for op, rules in algebra.RULES.items() for rule in rules],
                         ids=lambda x: x if isinstance(x, str) else x.__name__)
def test_every_rule_has_an_example_that_its_operation_simplifies(op, rule):
    operands, instead, _ = EXAMPLES[rule]
    assert LINES.call(op, *operands) is instead


def test_a_gate_is_the_same_on_either_side():
    assert gate(Y) * X is X * gate(Y)


def test_a_gate_for_many_is_multiplied_before_it_is_spread():
    one = LINES.spread(LINES.call("where", LINES.new("input", (), (1,), 9), shut, 2), (-1, 3))
    z   = M * one
    assert z.op == "spread" and z.shape == (-1, 3) and z.args[0].op == "where"


def test_nan_is_no_number_to_leave_out():
    for z in (number(nan) * X, number(nan) + X, number(nan) * number(0)):
        assert z is not X and number_of(z) != (0, 0)


def test_exact_numbers_stay_exact_and_others_do_not_become_so():
    assert number_of(number(1) / number(3)) == (Fraction(1, 3), 0)
    assert type(number_of(number(1.0) / number(2))[0]) is float
    assert number_of(number(1, 1) / number(2, 2)) == (Fraction(1, 2), -1)


def test_an_operation_without_rules_stays():
    assert LINES.call("hypot", X, Y) is line("hypot", X, Y)
