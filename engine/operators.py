"""Operators: arithmetic on symbols, where every operator is one call of `made`.

    before   x * y + 1
    after    (x.made("*", x, y)).made("+", x * y, 1)

Arrays of a program and the symbols of a page inherit it, so that a row of the table writes itself out.
"""

from __future__ import annotations

from typing import Self

from .libraries import Quantity


class Operators:
    """What a kind of symbol inherits; it says in `made` what an operation on it gives."""

    __slots__ = ()

    def made(self, op: str, *operands: Quantity) -> Self:
        raise NotImplementedError

    def __add__(self, y: Quantity) -> Self:       return self.made("+", self, y)
    def __radd__(self, x: Quantity) -> Self:      return self.made("+", x, self)
    def __sub__(self, y: Quantity) -> Self:       return self.made("-", self, y)
    def __rsub__(self, x: Quantity) -> Self:      return self.made("-", x, self)
    def __mul__(self, y: Quantity) -> Self:       return self.made("*", self, y)
    def __rmul__(self, x: Quantity) -> Self:      return self.made("*", x, self)
    def __truediv__(self, y: Quantity) -> Self:   return self.made("/", self, y)
    def __rtruediv__(self, x: Quantity) -> Self:  return self.made("/", x, self)
    def __pow__(self, y: Quantity) -> Self:       return self.made("**", self, y)
    def __rpow__(self, x: Quantity) -> Self:      return self.made("**", x, self)
    def __floordiv__(self, y: Quantity) -> Self:  return self.made("//", self, y)
    def __mod__(self, y: Quantity) -> Self:       return self.made("%", self, y)
    def __neg__(self) -> Self:                    return self.made("neg", self)
    def __abs__(self) -> Self:                    return self.made("abs", self)
    def __lt__(self, y: Quantity) -> Self:        return self.made("<", self, y)
    def __le__(self, y: Quantity) -> Self:        return self.made("<=", self, y)
    def __gt__(self, y: Quantity) -> Self:        return self.made(">", self, y)
    def __ge__(self, y: Quantity) -> Self:        return self.made(">=", self, y)
    def __eq__(self, y: Quantity) -> Self:        return self.made("==", self, y)  # type: ignore[override]
    __hash__ = object.__hash__
