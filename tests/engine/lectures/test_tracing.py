"""Tracing: every `if` and every error of a row, found by calling it; nothing asked that is known already."""

import math
from numbers import Real

import pytest

from engine.careful import between, divisor, larger, power
from engine.lectures.tracing import Choice, Refusal, Symbol, TooMany, Trace, explored
from engine.libraries import lib, where
from engine.primitives import TABLE, apply


def traced(formula, count=1):
    """The operands, and the tree of the formula on them."""
    trace = Trace()
    xs = [trace.symbol("operand", k) for k in range(count)]
    return xs, explored(trace, lambda: formula(*xs))


def shown(tree):
    """A tree as nested tuples: conditions and results by their operations."""
    if isinstance(tree, Choice):
        return shown(tree.condition), shown(tree.yes), shown(tree.no)
    if isinstance(tree, Symbol):
        return "xyw"[tree.args[0]] if tree.op == "operand" else (tree.op, *map(shown, tree.args))
    return tree.kind if isinstance(tree, Refusal) else tree


def test_arithmetic_is_kept_as_it_stands():
    assert shown(traced(lambda x, y: (x + 2) * -y - 1 / 3, 2)[1]) == (
        "-", ("*", ("+", "x", 2), ("neg", "y")), 1 / 3)


def test_equal_symbols_are_one_and_equal_numbers_of_two_kinds_are_two():
    trace = Trace()
    x = trace.symbol("operand", 0)
    assert x + 1 is x + 1 and x + 1 is not x + 1.0 and (x + 1) + x is not x + (x + 1)


def test_a_where_stays_and_both_its_sides_are_kept():
    assert shown(traced(lambda x: where(x > 0, x, 0))[1]) == ("where", (">", "x", 0), "x", 0)


def test_an_if_is_answered_both_ways():
    assert shown(traced(lambda x: x if x > 0 else -x)[1]) == ((">", "x", 0), "x", ("neg", "x"))


def test_an_if_whose_answer_makes_no_difference_is_left_out():
    assert shown(traced(lambda x: x + 1 if x > 0 else x + 1)[1]) == ("+", "x", 1)


def test_an_error_is_an_end_of_the_tree():
    assert shown(traced(lambda x: 1 / divisor(x))[1]) == (("==", "x", 0), "ZeroDivisionError", ("/", 1, "x"))
    assert shown(traced(lambda x: power(x, -1))[1])[:2] == (
        ("<=", "x", 0), (("==", "x", 0), "ZeroDivisionError", shown(traced(lambda x: x ** -1)[1])[2]))


def test_what_a_row_raises_names_its_operands():
    (x, low, high), tree = traced(between, 3)
    assert shown(tree.condition) == (">", "y", "w")
    assert tree.yes == Refusal("ValueError", f"the lower bound {low!r} is above the upper bound {high!r}")


@pytest.mark.parametrize("first, then, follows", [
    (lambda x: x == 0, lambda x: x < 0, False), (lambda x: x == 0, lambda x: x == x, True),
    (lambda x: x > 1, lambda x: x > 0, True), (lambda x: x > 1, lambda x: x <= 1, False),
    (lambda x: x != x, lambda x: x >= 0, False), (lambda x: x > 0, lambda x: x == math.inf, None),
    (lambda x: x == 0, lambda x: x + 1 == 1, None)])
def test_what_follows_from_an_answer_is_not_asked(first, then, follows):
    tree = traced(lambda x: ("yes" if then(x) else "no") if first(x) else "other")[1]
    answer = tree.no if isinstance(tree.yes, str) and tree.yes == "other" else tree.yes
    assert isinstance(answer, Choice) if follows is None else answer == ("yes" if follows else "no")


def test_neither_less_nor_equal_nor_more_is_nan():
    tree = traced(lambda x: 1 if x < 0 else 2 if x == 0 else 3 if x > 0 else 4 if x != x else 5)[1]
    assert shown(tree) == (("<", "x", 0), 1, (("==", "x", 0), 2, ((">", "x", 0), 3, 4)))


def test_a_quotient_says_whether_its_divisor_may_be_zero():
    assert shown(traced(lambda x, y: x / y, 2)[1]) == ("quotient", "x", "y")
    assert shown(traced(lambda x: x / 3)[1]) == ("/", "x", 3)
    assert shown(traced(lambda x: 1 / divisor(x))[1])[2] == ("/", 1, "x")
    assert shown(traced(lambda x: x / 0)[1]) == ("quotient", "x", 0)


def test_a_power_may_leave_the_floats():
    tree = shown(traced(lambda x: x ** 2)[1])
    assert tree == (("overflows", ("**", "x", 2), "x", 2), "OverflowError", ("**", "x", 2))


def test_functions_of_numbers_are_computed_and_rows_within_rows_stay_calls():
    assert shown(traced(lambda x: lib(x).sqrt(lib(x).pi) * apply("exp", x))[1]) == (
        "*", math.sqrt(math.pi), ("row exp", "x"))
    assert shown(traced(lambda x: lib(x).hypot(x, 1))[1]) == ("hypot", "x", 1)


def test_a_symbol_is_a_real_number_to_rows_and_none_to_math():
    trace = Trace()
    x = trace.symbol("operand", 0)
    assert isinstance(x, Real)
    with pytest.raises(TypeError):
        math.sin(x)


def test_a_row_without_an_end_is_refused():
    def endless(x):
        while x > 0:
            x = x - 1
        return x
    with pytest.raises(TooMany, match="has too many cases"):
        traced(endless)


@pytest.mark.parametrize("row", [row for row in TABLE.values() if not row.nary], ids=lambda row: row.name)
def test_the_tree_of_a_row_is_small(row):
    """Each condition is asked once on a path: no row has more than 20 ends."""
    def ends(tree):
        return ends(tree.yes) + ends(tree.no) if isinstance(tree, Choice) else 1
    n = len(row.each)
    assert ends(traced(row.value, n)[1]) <= 20
    assert all(ends(traced(slope, n + 1)[1]) <= 20 for slope in row.each)


def test_several_results_are_one_end():
    (x, y), tree = traced(lambda x, y: [larger(x, y), 1], 2)
    assert isinstance(tree, tuple) and tree[1] == 1 and tree[0].op == "where"
