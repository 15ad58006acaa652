"""Symbols: a row of the table called on symbols writes out its own slope in words.

    >>> from engine.explaining.wording import slope_text
    >>> from engine.rows import TABLE
    >>> slope_text(TABLE["log1p"], 0), slope_text(TABLE["*"], 1)
    ('1 / (1 + {0})', '{0}')

    {0}, {1}   the operands, {z} the output, in a text that is filled in with names or numbers
    strength   how tightly the last operation of a text binds: 1 a sum, 2 a product, 3 a power, 4 a name
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

from ..libraries import Quantity
from ..rows import Primitive, Shut
from ..show.numbers import short

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4


class Symbol:
    """A text that arithmetic makes longer; `library` and `of_row` keep functions by their names."""

    def __init__(self, text: str, strength: int = ATOM) -> None:
        self.text, self.strength = text, strength

    def __add__(self, y: Quantity) -> Symbol:      return joined(self, " + ", y, SUM)
    def __radd__(self, x: Quantity) -> Symbol:     return joined(x, " + ", self, SUM)
    def __sub__(self, y: Quantity) -> Symbol:      return joined(self, " − ", y, SUM)
    def __rsub__(self, x: Quantity) -> Symbol:     return joined(x, " − ", self, SUM)
    def __mul__(self, y: Quantity) -> Symbol:      return product(self, y)
    def __rmul__(self, x: Quantity) -> Symbol:     return product(x, self)
    def __truediv__(self, y: Quantity) -> Symbol:  return joined(self, " / ", y, PRODUCT)
    def __rtruediv__(self, x: Quantity) -> Symbol: return joined(x, " / ", self, PRODUCT)
    def __pow__(self, y: Quantity) -> Symbol:      return joined(self, "^", y, POWER)
    def __neg__(self) -> Symbol:                   return Symbol(f"−{bound(self, PRODUCT)}", PRODUCT)
    def __abs__(self) -> Symbol:                   return Symbol(f"|{self.text}|")
    def __lt__(self, y: Quantity) -> Condition:    return Condition(self, "<", y)
    def __le__(self, y: Quantity) -> Condition:    return Condition(self, "≤", y)
    def __gt__(self, y: Quantity) -> Condition:    return Condition(self, ">", y)
    def __ge__(self, y: Quantity) -> Condition:    return Condition(self, "≥", y)

    def of_row(self, row: Primitive, operands: Sequence[Quantity]) -> Symbol:
        """The row, applied to symbols: its own notation."""
        enclosed = [any(f"{left}{{{k}}}" in row.text for left in "(|") for k in range(len(operands))]
        texts    = [bound(x, 0 if inside else ATOM) for x, inside in zip(operands, enclosed)]
        return Symbol(row.text.format(*texts), SUM if " − " in row.text or " + " in row.text else ATOM)

    library = SimpleNamespace(
        pi=None, where=lambda condition, a, b: chosen(condition, a, b),
        log=lambda x: Symbol(f"ln({written(x).text})"), sqrt=lambda x: Symbol(f"√({written(x).text})"))


class Condition:
    """x > 0 on symbols."""

    library = Symbol.library

    def __init__(self, x: Quantity, sign: str, y: Quantity) -> None:
        self.x, self.text = x, f"{written(x).text} {sign} {written(y).text}"


Symbol.library.pi = Symbol("π")


def written(x: Quantity) -> Symbol:
    """x as a symbol: a number is one already."""
    if isinstance(x, Symbol):
        return x
    text = "0" if isinstance(x, Shut) else short(x, 6)
    return Symbol(text, PRODUCT if text.startswith("−") else ATOM)


def bound(x: Quantity, strength: int) -> str:
    """The text of x, in brackets where it binds less."""
    symbol = written(x)
    return symbol.text if symbol.strength >= strength else f"({symbol.text})"


def joined(x: Quantity, sign: str, y: Quantity, strength: int) -> Symbol:
    """x sign y; on the right of - and / an operation that binds no tighter stands in brackets."""
    inner = strength + (sign in (" − ", " / ", "^"))
    return Symbol(f"{bound(x, strength + (sign == '^'))}{sign}{bound(y, inner)}", strength)


def product(x: Quantity, y: Quantity) -> Symbol:
    """x·y; x^2 for a factor by itself, nothing for a factor 1."""
    a, b = written(x), written(y)
    if "1" in (a.text, b.text):
        return b if a.text == "1" else a
    if a.text == b.text:
        return Symbol(f"{bound(a, ATOM)}^2", POWER)
    return joined(a, "·", b, PRODUCT)


def chosen(condition: Condition, a: Quantity, b: Quantity) -> Symbol:
    """a if condition else b; −|x| for -x if x > 0 else x."""
    if isinstance(b, Symbol) and written(a).text == (-b).text and condition.text == f"{b.text} > 0":
        return -abs(b)
    return Symbol(f"{written(a).text} if {condition.text} else {written(b).text}", 0)


def slope_text(row: Primitive, k: int, count: int = 1) -> str:
    """d(row)/d(operand k) as a text over {0}, {1}, ... and {z}: the row's own words, or else its own formula.

    count: the number of operands, where the row leaves it open.
    """
    if row.slopes:
        return row.slopes[min(k, len(row.slopes) - 1)].replace("{i}", f"{{{k}}}")
    operands = [Symbol(f"{{{j}}}") for j in range(len(row.each) or count)]
    return written(row.slopes_of(Symbol("{z}"), operands, operands)[k]).text

