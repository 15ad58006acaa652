"""Exercises that say themselves what is right: the sentence if one fails, and the note if none does."""

import math

import pytest

from engine import Value
from engine.testing.conformance.adapters import SINGLE
from engine.testing.conformance.answers import (
    KINKS, NANS, POWERS, TAILS, around, at, chosen, is_, refusal, sentence_for, sized, special_case, tail,
    times,
)
from engine.testing.conformance.attempts import Outcome
from engine.testing.conformance.cases import Context
from engine.testing.conformance.exercises import NAN, Exercise, P, program
from engine.testing.conformance.here import Here

RELU = at("relu", 0.0, is_(0), (0, 1))


@pytest.mark.parametrize("case", [*KINKS, *POWERS, *TAILS, *NANS], ids=lambda case: case.id)
def test_our_own_engine_is_right(case):
    assert case.check(Context(Here(Value), examples=3)).status == "pass"


def relu_with(slope):
    class Engine(Value):
        def relu(self):
            z = Engine(max(self.data, 0.0))
            z.op, z.operands, z.partials = "relu", (self,), (slope,)
            return z
    return Engine


def test_a_failure_has_the_sentence_of_its_case_and_a_pass_its_note():
    case = special_case("kinks", "relu at 0", RELU, sentence="it lies between", note=chosen)
    result = case.check(Context(Here(relu_with(2.0))))
    assert result.status == "fail" and [exercise for exercise, _ in result.failed] == [RELU]
    assert result.otherwise.sentence == "it lies between"
    assert result.otherwise.expected == ["between 0.0 and 1.0"]
    assert case.check(Context(Here(relu_with(0.25)))).notes == ["the slope of relu at its kink is 0.25"]


def test_what_the_engine_lacks_is_skipped_and_what_is_wrong_alone_is_blocked():
    class Multiplies:
        def __init__(self, data): self.data, self.grad = data, 0.0
        def __mul__(self, other): return Multiplies(self.data * other.data)
        def backward(self): self.grad = 1.0
    case = special_case("kinks", "relu at 0", RELU)
    assert case.check(Context(Here(Value), lacking={"relu n"})).status == "skip"
    assert case.check(Context(Here(Multiplies))).status == "skip"
    assert case.check(Context(Here(Value), unsound={"relu n"})).status == "blocked"


def test_an_error_of_the_engine_itself_and_a_complex_number_have_sentences_of_their_own():
    assert "complex number" in sentence_for(RELU, Outcome([0.0, 1j], [0.0, 0.0]), "usual")
    assert sentence_for(RELU, Outcome([0.0, None], [0.0, None], "NameError: x"), "usual") == ""
    assert sentence_for(RELU, Outcome([0.0, None], [0.0, None], "ValueError: x"), "usual") == "usual"


def test_a_refusal_where_nan_might_pass_is_noted():
    exercise = Exercise(program((math.nan,), ("exp", (0,))), value=NAN)
    refused  = Outcome([math.nan, None], [0.0, None], "ValueError: no")
    assert refusal(exercise, refused) == "refused with ValueError: no" and refusal(RELU, refused) == ""


def test_a_tail_that_is_lost_by_subtraction_is_noted_and_a_wrong_one_fails():
    def tanh_with(slope):
        class Engine(Value):
            def tanh(self):
                z = Engine(math.tanh(self.data))
                z.op, z.operands, z.partials = "tanh", (self,), (slope(z.data),)
                return z
        return Engine
    lost = tail("tanh", 20.0).check(Context(Here(tanh_with(lambda z: 1 - z * z))))
    assert lost.status == "pass" and "lose it by subtracting" in lost.notes[0]
    single = Context(Here(tanh_with(lambda z: 1 - z * z)), precision=SINGLE)
    assert tail("tanh", 20.0).check(single).notes == []                  # float32 has no more digits to lose
    assert tail("tanh", 20.0).check(Context(Here(tanh_with(lambda z: 0.5)))).status == "fail"


def test_of_several_factors_the_first_that_fails_is_told():
    class Clips(Value):
        def backward(self):
            super().backward()
            for x in self.operands:
                x.grad = min(x.grad, 100.0)

    class Engine(Clips):
        def __mul__(self, other):
            z = Engine(self.data * other)
            z.op, z.operands, z.partials = "*", (self,), (other,)
            return z

    case   = sized("large gradients", *map(times, (1.0, 200.0, 300.0)))
    result = case.check(Context(Here(Engine)))
    assert result.status == "fail"
    assert [exercise.program for exercise, _ in result.failed] == [times(200.0), times(300.0)]
    assert case.check(Context(Here(Value))).status == "pass"


def test_intervals():
    assert is_(3) == (3, 3) and around(2.0, 0.5) == (1.5, 2.5)
    assert at("**", 2.0, is_(8), None, 3).program == program((2.0,), ("**", (0, P(3))))
