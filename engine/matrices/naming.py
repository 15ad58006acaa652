"""Naming: the documents' names for the lines of a program: X, Y, W1, b1, Z1, A1, delta1, dW1, J.

    before   matmul(input, transpose(parameter))            its gradient
    after    Z1, of W1                                      delta1

A layer is a matrix product with parameters, counted in order; what its Z goes into, alone, is its A.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arrays import Array

if TYPE_CHECKING:
    from .program import Program


def names_of(program: Program) -> dict[int, str]:
    """Names by line."""
    names: dict[int, str] = {}
    taken: set[str] = set()

    def give(z: Array, name: str) -> None:
        if id(z) not in names:
            k, stem = 1, name
            while name in taken:
                k += 1
                name = f"{stem}_{k}"
            names[id(z)] = name
            taken.add(name)

    for k, p in enumerate(program.own):
        give(p.line, f"W{k}")
    return names
