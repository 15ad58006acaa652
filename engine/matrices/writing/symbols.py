"""Naming: the documents' names for the lines of a program, and which lines deserve one.

    before   matmul(input, transpose(parameter)) + parameter       its gradient
    after    Z1 = X @ W1.T + b1                                     delta1

A layer is a product with an array of weights; layers are counted in order. Z is the product with its bias,
A what the activation makes of it, delta the gradient of Z, dW that of W, J the loss. Other lines that are
used more than once are V1, V2, ..., and their gradients dV1, ...; everything else is written where it is
used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ...primitives import TABLE
from ..lines import Array
from ..derivation import Derivation, needed

ALGEBRA = {"+", "-", "*", "/", "neg", "**"}
SHAPES  = {"transpose", "reshape", "slice", "spread"}


class Symbol(NamedTuple):
    """A name in parts: "delta" of layer 2, "W" of layer 1, "d" of "b" of layer 1, ..."""

    stem:  str
    layer: int | None = None
    d:     bool = False                        # the gradient of what the name says

    def __str__(self) -> str:
        return ("d" if self.d else "") + self.stem + ("" if self.layer is None else str(self.layer))


def parameter_symbols(derived: Derivation) -> dict[int, Symbol]:
    """Names of the arrays of parameters, from their labels if these agree, else from the layer they belong
    to."""
    symbols: dict[int, Symbol] = {}
    layer = 0
    for p in derived.blocks:
        labels = {re.sub(r"\[.*", "", derived.values[k].label) for k in p.members}
        label  = labels.pop() if len(labels) == 1 else ""
        match  = re.fullmatch(r"([A-Za-z_]+)(\d*)", label)
        if len(p.line.shape) == 2:
            layer += 1
        symbol = Symbol(match[1], int(match[2]) if match[2] else None) if match else \
            Symbol("W" if len(p.line.shape) == 2 else "b", layer) if layer else Symbol("p")
        while symbol in symbols.values() or str(symbol) in RESERVED:
            symbol = symbol._replace(stem=symbol.stem + "_")
        symbols[id(p.line)] = symbol
    return symbols


RESERVED = {"np", "m", "X", "Y", "J", "sum", "where", "program"}


def symbols_of(derived: Derivation) -> dict[int, Symbol]:
    """The name of every line that has one."""
    names = Names(derived)
    names.leaves()
    names.layers()
    names.shared()
    return names.symbols


class Names:
    """Names as they are given: the first that fits a line is its name, and no two lines share one.

    users    the lines that read a line, by its id
    """

    def __init__(self, derived: Derivation) -> None:
        self.derived = derived
        self.symbols = parameter_symbols(derived)
        self.taken   = set(self.symbols.values())
        self.live, self.forward = derived.live, derived.forward
        self.users: dict[int, list[Array]] = {}
        for z in self.live:
            for a in {id(a): a for a in z.args}.values():
                self.users.setdefault(id(a), []).append(z)

    def give(self, z: Array, symbol: Symbol) -> None:
        if id(z) not in self.symbols and z.op != "constant" and symbol not in self.taken:
            self.symbols[id(z)] = symbol
            self.taken.add(symbol)

    def give_gradient(self, z: Array, symbol: Symbol) -> None:
        if id(z) in self.derived.by_line:
            self.give(self.derived.by_line[id(z)], symbol)

    def leaves(self) -> None:
        """X, Y, the gradients of the parameters, and J."""
        for z in self.forward:
            if z.op in ("input", "target"):
                self.give(z, Symbol("X" if z.op == "input" else "Y"))
        for block, g in zip(self.derived.blocks, self.derived.grads):
            self.give(g, self.symbols[id(block.line)]._replace(d=True))
        self.give(self.derived.loss, Symbol("J"))

    def layers(self) -> None:
        """Z, A and delta of each layer: of each product with weights."""
        products = [z for z in self.forward if z.op == "matmul" and any(weights(a) for a in z.args)]
        forward  = {id(z) for z in self.forward}
        for layer, product in enumerate(products, 1):
            z, users = product, self.among(product, forward)
            while len(users) == 1 and (users[0].op == "reshape" or users[0].op == "+" and bias(users[0], z)):
                z, users = users[0], self.among(users[0], forward)
            self.give(z, Symbol("Z", layer))
            for a in [a for a in users if activates(a)][:1]:
                self.give(a, Symbol("A", layer))
            self.give_gradient(z, Symbol("delta", layer))

    def among(self, z: Array, forward: set[int]) -> list[Array]:
        """The forward lines that read z."""
        return [user for user in self.users.get(id(z), []) if id(user) in forward]

    def shared(self) -> None:
        """V1, V2, ...: other lines that are read more than once, and their gradients."""
        roots, count = [self.derived.loss, *self.derived.grads], 0
        for z in self.live:
            many = len(self.users.get(id(z), [])) + sum(1 for r in roots if r is z) > 1
            if many and id(z) not in self.symbols and z.op not in SHAPES | {"constant", "slope"}:
                count += 1
                self.give(z, Symbol("V", count))
                self.give_gradient(z, Symbol("V", count, True))


def activates(z: Array) -> bool:
    """Whether z is an activation: softmax, or a row of one operand that is no arithmetic."""
    return z.op == "softmax" or z.op in TABLE and not TABLE[z.op].nary and z.op not in ALGEBRA


def weights(x: Array) -> bool:
    while x.op in SHAPES:
        x = x.args[0]
    return x.op == "parameter"


def bias(z: Array, end: Array) -> bool:
    """Whether z is end plus something made of parameters alone."""
    others = [a for a in z.args if a is not end]
    return len(others) == 1 and weights(others[0])


def names_of(derived: Derivation) -> list[str]:
    """The names of the arrays of parameters, as text."""
    symbols = parameter_symbols(derived)
    return [str(symbols[id(block.line)]) for block in derived.blocks]


def statements(derived: Derivation) -> list[tuple[Array, Symbol]]:
    """The lines to write down, in order."""
    symbols = symbols_of(derived)
    roots: Sequence[Array] = [derived.loss, *derived.grads]
    return [(z, symbols[id(z)]) for z in needed(roots) if id(z) in symbols
            and z.op not in ("input", "target", "parameter")]
