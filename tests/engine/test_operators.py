"""Operators: each operator of Python is one call of `made`, with the operands in their places."""

import operator

import pytest

from engine.operators import Operators


class Word(Operators):
    def __init__(self, text):
        self.text = text

    def made(self, op, *operands):
        return Word(" ".join([op, *[getattr(x, "text", str(x)) for x in operands]]))


X = Word("x")


@pytest.mark.parametrize("sign, f", [
    ("+", operator.add), ("-", operator.sub), ("*", operator.mul), ("/", operator.truediv),
    ("**", operator.pow)])
def test_arithmetic_from_either_side(sign, f):
    assert f(X, Word("y")).text == f"{sign} x y" and f(X, 2).text == f"{sign} x 2"
    assert f(2, X).text == f"{sign} 2 x"


@pytest.mark.parametrize("sign, f", [
    ("//", operator.floordiv), ("%", operator.mod), ("<", operator.lt), ("<=", operator.le),
    (">", operator.gt), (">=", operator.ge), ("==", operator.eq)])
def test_what_takes_its_left_side_from_the_symbol(sign, f):
    assert f(X, 2).text == f"{sign} x 2"


def test_of_one_operand():
    assert (-X).text == "neg x" and abs(X).text == "abs x"


def test_a_symbol_is_a_key_by_identity():
    assert {X: 1}[X] == 1 and hash(X) != hash(Word("x"))


def test_what_an_operation_gives_is_said_by_each_kind():
    with pytest.raises(NotImplementedError):
        Operators() + 1
