"""Tracing: a row of the table called on symbols, with every `if` on its way answered both ways.

    row      x / divisor(y), where divisor raises ZeroDivisionError if y == 0
    tree     Choice(y == 0, Refusal("ZeroDivisionError"), x / y)

A symbol has no truth value of its own: the row runs again for each answer to the first question that is still
open, so that what Python raises, and when, is found in the row and written nowhere else. Answers that follow
from earlier ones (x < 0 after x == 0) are not asked for.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from types import SimpleNamespace
from typing import TypeAlias

from ..libraries import COMMON, Quantity
from ..operators import Operators
from ..rows import Primitive
from ..value import Number

COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq}
FUNCTIONS   = [*[name for name in COMMON if name != "pi"], "expm1", "log1p", "log2", "log10", "hypot",
               "remainder"]
MOST        = 200                                         # runs of one formula

Tree: TypeAlias = "Choice | Refusal | Symbol | Number | tuple[Symbol | Number, ...]"


@dataclass(frozen=True, eq=False)
class Choice:
    """yes where the condition holds, else no."""

    condition: Symbol
    yes: Tree
    no:  Tree


@dataclass(frozen=True)
class Refusal:
    """There is no value: the name of Python's error, and its words, with symbols as repr writes them."""

    kind: str
    why:  str


class TooMany(Exception):
    """A row has more cases than can be written down."""


class Undecided(BaseException):
    """A condition was asked for that is still open. No `except` of a row may catch it."""

    def __init__(self, condition: Symbol) -> None:
        super().__init__()
        self.condition = condition


class Symbol(Operators):
    """An operand, or what an operation made of symbols and numbers. Equal ones are one and the same."""

    __slots__ = ("op", "args", "trace", "number")

    op:     str                                           # "operand", "+", "where", "exp", "row exp", ...
    args:   tuple[Symbol | Number, ...]
    trace:  Trace
    number: int

    def made(self, op: str, *operands: Quantity) -> Symbol:
        return self.trace.symbol(op, *operands)

    def __truediv__(self, y: Quantity) -> Symbol:            return self.trace.over(self, y)
    def __rtruediv__(self, x: Quantity) -> Symbol:           return self.trace.over(x, self)
    def __pow__(self, y: Quantity) -> Symbol:                return self.trace.power(self, y)
    def __rpow__(self, x: Quantity) -> Symbol:               return self.trace.power(x, self)
    def __round__(self, digits: Quantity = 0) -> Symbol:     return self.made("round", self, digits)
    def __bool__(self) -> bool:                              return self.trace.decided(self)
    def __repr__(self) -> str:                               return f"\0{self.number}\0"

    def of_row(self, row: Primitive, operands: Sequence[Quantity]) -> Symbol:
        """Another row within a row stays a call of that row."""
        return self.made(f"row {row.name}", *operands)

    @property
    def library(self) -> SimpleNamespace:
        return self.trace.library


Real.register(Symbol)                                     # rows ask for isinstance(x, Real)


class Trace:
    """The symbols of one formula, and the answers that the present run goes by."""

    def __init__(self) -> None:
        self.known:   dict[object, Symbol] = {}
        self.symbols: list[Symbol] = []
        self.answers: dict[int, bool] = {}                # by the number of the condition
        self.runs = 0
        self.library = SimpleNamespace(
            **{name: lambda *xs, name=name: self.function(name, *xs) for name in FUNCTIONS},
            pi=math.pi, where=lambda condition, a, b: self.symbol("where", condition, a, b))

    # --- symbols ----------------------------------------------------------------------------------

    def symbol(self, op: str, *args: Quantity) -> Symbol:
        key = op, *[x.number if isinstance(x, Symbol) else (type(x), repr(x)) for x in args]
        if key not in self.known:
            z = Symbol()
            z.op, z.args, z.trace, z.number = op, args, self, len(self.symbols)
            self.known[key] = z
            self.symbols.append(z)
        return self.known[key]

    def function(self, name: str, *xs: Quantity) -> Quantity:
        """A function of math; of plain numbers alone it is computed here."""
        if any(isinstance(x, Symbol) for x in xs):
            return self.symbol(name, *xs)
        return getattr(math, name)(*xs)

    def over(self, x: Quantity, y: Quantity) -> Symbol:
        """x / y: "quotient" where y may be 0, which raises."""
        zero = self.symbol("==", y, 0)
        safe = y != 0 if not isinstance(y, Symbol) else self.answers.get(zero.number) is False
        return self.symbol("/" if safe else "quotient", x, y)

    def power(self, x: Quantity, y: Quantity) -> Symbol:
        """x ** y, which raises at a pole and beyond the largest float."""
        if y < 0 and x == 0:
            raise ZeroDivisionError
        z = self.symbol("**", x, y)
        if self.symbol("overflows", z, x, y):
            raise OverflowError
        return z

    # --- questions --------------------------------------------------------------------------------

    def decided(self, condition: Symbol) -> bool:
        """The answer of the present run.

        Raises:
            Undecided: there is none yet.
        """
        answer = self.answers.get(condition.number)
        if answer is None:
            answer = self.implied(condition)
        if answer is None:
            raise Undecided(condition)
        return answer

    def implied(self, condition: Symbol) -> bool | None:
        """The answer that follows from earlier ones about the same symbol; None if none does."""
        about = subject(condition)
        if about is None:
            return None
        earlier = [(self.symbols[k], answer) for k, answer in self.answers.items()
                   if subject(self.symbols[k]) is about]
        asked = [condition, *[question for question, _ in earlier]]
        bounds = [float(x) for question in asked for x in question.args if not isinstance(x, Symbol)]
        left = [x for x in between(bounds)
                if all(holds(question, x) is answer for question, answer in earlier)]
        answers = {holds(condition, x) for x in left}
        return answers.pop() if len(answers) == 1 else None


def subject(condition: Symbol) -> Symbol | None:
    """The one symbol that a comparison is about; None if it compares two of them."""
    symbols = {x.number: x for x in condition.args if isinstance(x, Symbol)}
    return next(iter(symbols.values())) if condition.op in COMPARISONS and len(symbols) == 1 else None


def holds(condition: Symbol, x: float) -> bool:
    """Whether it holds where its symbol is x."""
    a, b = [x if isinstance(y, Symbol) else y for y in condition.args]
    return bool(COMPARISONS[condition.op](a, b))


def between(bounds: Sequence[float]) -> list[float]:
    """A number for every answer that comparisons with these bounds can give: at and beside them, and nan."""
    sides = [y for x in bounds for y in (math.nextafter(x, -math.inf), x, math.nextafter(x, math.inf))]
    return [-math.inf, *sides, math.inf, math.nan]


# --- trees ------------------------------------------------------------------------------------------

def explored(trace: Trace, compute: Callable[[], Quantity]) -> Tree:
    """Everything that compute can give, by its conditions.

    Raises:
        TooMany: there is no end of conditions.
    """
    try:
        return end(trace, compute)
    except Undecided as question:
        condition = question.condition
    both = []
    for answer in (True, False):
        trace.answers[condition.number] = answer
        both.append(explored(trace, compute))
        del trace.answers[condition.number]
    return both[0] if plain(both[0]) == plain(both[1]) else Choice(condition, *both)


def end(trace: Trace, compute: Callable[[], Quantity]) -> Tree:
    """What compute gives, or how it refuses, if all its questions have answers."""
    trace.runs += 1
    if trace.runs > MOST:
        raise TooMany("it has too many cases")
    try:
        result: Quantity = compute()
    except (ArithmeticError, ValueError) as error:
        return Refusal(type(error).__name__, str(error))
    return tuple(result) if isinstance(result, (list, tuple)) else result


def plain(tree: Tree) -> object:
    """The tree without symbols, for ==."""
    if isinstance(tree, Choice):
        return tree.condition.number, plain(tree.yes), plain(tree.no)
    if isinstance(tree, Symbol):
        return tree.number
    return tuple([plain(part) for part in tree]) if isinstance(tree, tuple) else (type(tree), repr(tree))
