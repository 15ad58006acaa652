"""What the judge asks a witness and what comes back: plain data, written here and read here, with distrust.

    {"number": 7, "exercise": [...]}                          a program, how backward() is called, on what
    {"number": 8, "task": "chain", "given": ["add", 100]}     what is no exercise: see tasks.py
    {"number": 0, "answer": ["", ["data is called value"], 1.1e-16, ""]}      a witness's first: a Reading
    {"number": 7, "answer": ...}                              a reply: an outcome, or the numbers of the task
    {"number": 7, "raised": "SystemExit: 0"}                  a reply: what the engine raised

Nothing that is right is ever sent. Whatever comes back may be forged by the code that is judged: it is read
by its type and shape, and what is neither is no answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple, NotRequired, Protocol, Self, TypeAlias, TypedDict, TypeVar

from ...show.text import visible
from ..quantities import Number
from ..random_programs.scalar_program import Operand, Plain, Program, Step
from .adapters import COARSE, DOUBLE, SINGLE
from .attempts import Answer, Outcome
from .exercises import CALLS, NUMBERS, Exercise, nodes

T = TypeVar("T")
Data: TypeAlias = "None | bool | int | float | str | list[Data]"       # what JSON keeps as it is

DEATHS    = 12                           # processes that may be lost before an engine is given up
LOADING   = 25.0                         # seconds that loading an engine may take beyond an answer's
LONGEST   = 2000                         # characters of a text that an engine may send
SENTENCES = 20                           # that may be said of how it is read
NO_ANSWER = ("what came back is no answer: something in the engine writes where the suite reads, or changes "
             "the suite. Print to stdout, and leave descriptors and modules that are not yours alone")


class Lost(Exception):
    """A question without an answer, and why in one sentence."""


class Garbled(Lost):
    """What came back is no answer to what was asked."""

    def __init__(self) -> None:
        super().__init__(NO_ANSWER)


class Slow(Lost):
    """There was no answer in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"it did not finish within {seconds:.0f} s: an endless loop, or work that grows "
                         "with the number of paths")


class Unloadable(Lost):
    """There is no engine to ask: not found, or its file cannot be imported."""


class Raised(Exception):
    """What the engine raised where no exercise expects it, described in one line."""


class Asked(TypedDict):
    """To a new Python: which engine, where modules are looked for, the folder to be in, and what stands for
    data, grad and backward, as in Naming."""

    target:  str
    folder:  str
    scratch: str
    naming:  dict[str, str]


class Question(TypedDict):
    number:   NotRequired[int]
    exercise: NotRequired[Data]
    task:     NotRequired[str]
    given:    NotRequired[list[Data]]


class Reply(TypedDict):
    answer: NotRequired[Data]
    raised: NotRequired[str]


class Reading(NamedTuple):
    """What a witness says first: why there is no engine, or how it is read, as in Found."""

    trouble:   str       = ""
    said:      list[str] = []
    precision: float     = DOUBLE
    until:     str       = ""


class Witness(Protocol):
    """Whoever runs the engine: a process of its own (processes.py), or this one (here.py).

    deaths: how often it was lost. As a context manager it is ended at the end.
    """

    deaths: int

    def __enter__(self) -> Self: ...
    def __exit__(self, *problem: object) -> None: ...

    def begin(self, seconds: float) -> Reading:
        """Load the engine where it is not loaded, and find out how it is read.

        Raises:
            Lost: it cannot be.
        """

    def ask(self, question: Question, seconds: float) -> object:
        """The answer, of whatever type and shape.

        Raises:
            Lost: there is none.
            Raised: the engine raised an exception.
        """

    def elsewhere(self, hash_seed: str) -> Witness | None:
        """Another witness of the same engine under another hash seed; None where there can be none."""


# --- questions ----------------------------------------------------------------------------------------

def question(exercise: Exercise) -> Question:
    """An exercise without what would be right."""
    program = exercise.program
    return {"exercise": [[*map(sent, program.inputs)],
                         [*map(sent_step, program.steps)], exercise.how, exercise.number]}


def sent_step(step: Step) -> Data:
    return [step.op, [x if isinstance(x, int) else [sent(x.number)] for x in step.operands]]


def sent(x: Number) -> Data:
    """A number of a program; a Fraction as text."""
    plain: Data = str(x) if isinstance(x, Fraction) else x
    return plain


def exercise_of(data: object) -> Exercise:
    """The exercise of a question.

    Raises:
        Garbled: it is none.
    """
    inputs, steps, how, number = items(data, thing, 4)
    if how not in CALLS or number not in NUMBERS:
        raise Garbled
    return Exercise(Program(tuple(items(inputs, number_of)), tuple(items(steps, step_of))), str(how),
                    str(number))


def step_of(data: object) -> Step:
    op, operands = items(data, thing, 2)
    return Step(text(op), tuple(items(operands, operand_of)))


def operand_of(data: object) -> Operand:
    return data if isinstance(data, int) else Plain(items(data, number_of, 1)[0])


def number_of(data: object) -> Number:
    return Fraction(data) if isinstance(data, str) else data if isinstance(data, int) else number(data)


# --- replies ------------------------------------------------------------------------------------------

def told(outcome: Outcome) -> Data:
    """An outcome as plain data: real floats, whatever class the engine's numbers are of."""
    return [[*map(plain_answer, outcome.data)], [*map(plain_answer, outcome.grads)], str(outcome.error)]


def plain_answer(x: Answer) -> Data:
    if isinstance(x, complex):
        return [complex(x).real, complex(x).imag]
    return x if x is None else visible(x) if isinstance(x, str) else float(x)


def outcome_of(data: object, exercise: Exercise) -> Outcome:
    """The outcome in a reply.

    Raises:
        Garbled: it is none, or that of another program.
    """
    values, grads, error = items(data, thing, 3)
    total = nodes(exercise.program)
    return Outcome(items(values, answer_of, total), items(grads, answer_of, total), text(error))


def told_first(reading: Reading) -> Data:
    """How an engine is read, as plain data."""
    return [reading.trouble, [*reading.said], reading.precision, reading.until]


def reading_of(data: object) -> Reading:
    """How an engine is read; that less precision is granted is always said.

    Raises:
        Garbled: it is told by no such data.
    """
    trouble, said, precision, until = items(data, thing, 4)
    reading = Reading(text(trouble), texts(said), number(precision), text(until))
    if not DOUBLE <= reading.precision <= SINGLE or len(reading.said) > SENTENCES or (
            until and not reading.until.isdecimal()):
        raise Garbled
    silent = reading.precision > DOUBLE and COARSE not in reading.said
    return reading._replace(said=[*reading.said, *[COARSE] * silent])


def answer_of(data: object) -> Answer:
    if data is None:
        return None
    if isinstance(data, list):
        return complex(*items(data, number, 2))
    return text(data) if isinstance(data, str) else number(data)


def answer_in(line: bytes, asked: int) -> object:
    """The answer in a line that came back.

    Raises:
        Garbled: the line is no reply, or one to another question.
        Raised: the engine raised an exception.
    """
    try:
        said: object = json.loads(line)
    except (ValueError, RecursionError):                     # no JSON, or a tower of brackets
        raise Garbled from None
    if not isinstance(said, dict) or type(said.get("number")) is not int or said["number"] != asked:
        raise Garbled
    return answer_or_raise(said)


def answer_or_raise(said: object) -> object:
    """The answer of a reply; what the engine raised is raised again, as Raised."""
    if isinstance(said, dict) and "raised" in said:
        raise Raised(text(said["raised"]))
    if not isinstance(said, dict) or "answer" not in said:
        raise Garbled
    return said["answer"]


# --- what an answer must be: each reads one type, or says that it is no answer ------------------------

def thing(data: object) -> object:
    return data


def number(data: object) -> float:
    if type(data) is not float:
        raise Garbled
    return data


def text(data: object) -> str:
    if type(data) is not str or len(data) > LONGEST:
        raise Garbled
    return visible(data, LONGEST)


def number_or_text(data: object) -> float | str:
    return text(data) if isinstance(data, str) else number(data)


def numbers_or_text(data: object) -> list[float] | str:
    return text(data) if isinstance(data, str) else numbers(data)


def yes(data: object) -> bool:
    if type(data) is not bool:
        raise Garbled
    return data


def items(data: object, read: Callable[[object], T], count: int | None = None) -> list[T]:
    if type(data) is not list or (count is not None and len(data) != count):
        raise Garbled
    return [*map(read, data)]


def numbers(data: object) -> list[float]:
    return items(data, number)


def two_numbers(data: object) -> list[float]:
    return items(data, number, 2)


def three_numbers(data: object) -> list[float]:
    return items(data, number, 3)


def texts(data: object) -> list[str]:
    return items(data, text)
