"""What judge and witness say: plain data both ways, nothing right in a question, nothing believed in a
reply."""

import json
import math
from fractions import Fraction

import pytest

from engine.testing.conformance.adapters import COARSE
from engine.testing.conformance.attempts import Outcome
from engine.testing.conformance.exchange import (
    LONGEST, Garbled, Lost, Raised, Reading, answer_in, exercise_of, items, number, number_or_text,
    numbers_or_text, outcome_of, question, reading_of, text, told, told_first, yes,
)
from engine.testing.conformance.exercises import Exercise, P, program
from engine.testing.conformance.suite import CASES

SQUARE = Exercise(program((3.0,), ("*", (0, 0))))


def sent(data):
    """Through a pipe and back."""
    return json.loads(json.dumps(data))


@pytest.mark.parametrize("exercise", [
    SQUARE,
    Exercise(program((1.5, 2.0), ("**", (0, P(2))), ("**", (2, P(2.0))), ("-", (P(0), 3))), "twice", "int"),
    Exercise(program((Fraction(1, 3),), ("*", (0, P(Fraction(2, 7)))), ("+", (1, 0))), "in turn", "Fraction"),
])
def test_an_exercise_arrives_as_it_was_sent(exercise):
    again = exercise_of(sent(question(exercise))["exercise"])
    assert again == exercise and repr(again) == repr(exercise)                  # 2 stays 2, and 2.0 stays 2.0


def test_numbers_that_are_none_and_signs_of_zero_arrive():
    asked = Exercise(program((math.nan, -0.0, math.inf), ("*", (0, P(-math.inf)))))
    assert repr(exercise_of(sent(question(asked))["exercise"])) == repr(asked)


def test_what_is_right_is_not_sent():
    special = Exercise(SQUARE.program, value=(9.0, 9.0), slopes=((6.0, 6.0),))
    assert question(special) == question(SQUARE) and "9.0" not in json.dumps(question(special))


class Sly(float):
    """A float that is equal to everything, and near to everything."""

    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __abs__(self): return 0.0
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    __le__ = __lt__ = __ge__ = __gt__ = __eq__
    __hash__ = float.__hash__


def test_a_number_of_a_class_of_its_own_becomes_a_real_one_and_is_checked_again():
    outcome = outcome_of(sent(told(Outcome([3.0, Sly(8.0)], [Sly(1.0), None]))), SQUARE)
    assert [type(x) for x in (*outcome.data, outcome.grads[0])] == [float] * 3 and outcome.data[1] != 9.0
    assert type(told(Outcome([Sly(1.0)], []))[0][0]) is float                   # where there is no pipe too
    with pytest.raises(Lost):
        outcome_of([[3.0, Sly(9.0)], [6.0, 1.0], ""], SQUARE)
    with pytest.raises(Lost):
        number(Sly(1.0))


@pytest.mark.parametrize("answer", [1.5, -0.0, 5e-324, math.inf, None, 2 + 3j, "list"])
def test_an_answer_arrives_to_the_last_bit(answer):
    outcome = Outcome([3.0, answer], [answer, 1.0], "ValueError: no")
    assert repr(outcome_of(sent(told(outcome)), SQUARE)) == repr(outcome)


@pytest.mark.parametrize("data", [
    None, 1.0, "x", {}, [], [[], [], ""], [[3.0, 9.0], [6.0, 1.0]], [[3.0, 9.0], [6.0], ""],
    [[3.0, 9.0, 1.0], [6.0, 1.0, 1.0], ""], [[3.0, 9], [6.0, 1.0], ""], [[3.0, True], [6.0, 1.0], ""],
    [[3.0, 10 ** 400], [6.0, 1.0], ""], [[3.0, [1.0]], [6.0, 1.0], ""], [[3.0, {}], [6.0, 1.0], ""],
    [[3.0, 9.0], [6.0, 1.0], None], [[3.0, 9.0], [6.0, 1.0], "x" * (LONGEST + 1)]])
def test_what_is_no_outcome_of_this_exercise_is_no_answer(data):
    with pytest.raises(Lost, match="no answer"):
        outcome_of(data, SQUARE)


@pytest.mark.parametrize("line", [
    b"", b"\n", b"hello\n", b"\xff\xfe\n", b"[" * 100_000, b"9" * 10_000, b"null\n", b"[7]\n", b"{}\n",
    b'{"number": 7}\n', b'{"done": 7, "status": "pass"}\n',
    b'{"number": 6, "answer": 1.0}\n', b'{"number": 8, "answer": 1.0}\n',
    b'{"number": 7.0, "answer": 1.0}\n', b'{"number": true, "answer": 1.0}\n',
    b'{"number": "7", "answer": 1.0}\n',
    b'{"number": 7, "raised": 1}\n', b'{"number": 7, "answer": 1.0}{"number": 7, "answer": 1.0}\n'])
def test_a_line_that_is_no_reply_to_this_question_is_no_answer(line):
    with pytest.raises(Lost, match="no answer"):
        answer_in(line, 7)


def test_a_reply_is_an_answer_or_what_was_raised():
    assert answer_in(b'{"number": 7, "answer": [1.5]}\n', 7) == [1.5]
    with pytest.raises(Raised, match="KeyError"):
        answer_in(b'{"number": 7, "raised": "KeyError: x"}\n', 7)


def test_each_reader_takes_its_own_type_and_no_other():
    assert (number(1.5), text("x"), yes(True), number_or_text("x"), numbers_or_text([1.0])) == (
        1.5, "x", True, "x", [1.0])
    assert text("\x1b[31m\ud800") == r"\x1b[31m\ud800"                           # it can be shown anywhere
    for read, data in ((number, 1), (number, True), (text, 1.0), (yes, 1), (yes, "true"),
                       (numbers_or_text, [1])):
        with pytest.raises(Lost):
            read(data)
    with pytest.raises(Lost):
        items([1.0], number, 2)


def test_how_an_engine_is_read_is_read_with_distrust():
    """Class: what a witness says of itself must not loosen how it is judged, or fill the report."""
    reading = Reading("", ["data is called value"], 2.0 ** -53, "12")
    assert reading_of(told_first(reading)) == reading and reading_of(told_first(Reading())) == Reading()
    coarse = reading_of(["", ["x"], 2.0 ** -24, ""])
    assert coarse.said == ["x", COARSE] and reading_of(told_first(coarse)) == coarse      # said once
    for data in (None, "", [], ["", [], 2.0 ** -53], ["", [], 2.0 ** -23, ""], ["", [], 0.0, ""],
                 ["", [], math.nan, ""], ["", [], True, ""], ["", "x", 2.0 ** -53, ""],
                 ["", ["x"] * 21, 2.0 ** -53, ""], ["", [1.0], 2.0 ** -53, ""],
                 ["", ["x" * 2001], 2.0 ** -53, ""], ["", [], 2.0 ** -53, "x"], ["", [], 2.0 ** -53, 3]):
        with pytest.raises(Garbled):
            reading_of(data)


def test_the_suite_asks_nothing_that_says_what_is_right():
    """Every question of every case, from its first exercise to its last, holds a program and no more."""
    from engine import Value
    from engine.testing.conformance.cases import Context
    from engine.testing.conformance.here import Here

    class Listens(Here):
        heard = []

        def ask(self, asked, seconds):
            self.heard.append(asked)
            return super().ask(asked, seconds)
    for case in CASES:
        if case.group in ("kinks", "tails"):
            case.check(Context(Listens(Value), examples=1))
    assert len(Listens.heard) > 50 and {key for asked in Listens.heard for key in asked} <= {
        "exercise", "task", "given"}
    assert all(len(asked.get("exercise", range(4))) == 4 for asked in Listens.heard)
