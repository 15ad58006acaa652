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
    symbols = parameter_symbols(derived)
    roots   = [derived.loss, *derived.grads]
    live    = needed(roots)
    forward = derived.forward
    uses: dict[int, list[Array]] = {}
    for z in live:
        for a in {id(a): a for a in z.args}.values():
            uses.setdefault(id(a), []).append(z)
    used_forward = {id(z) for z in forward}
    taken = set(symbols.values())

    def give(z: Array, symbol: Symbol) -> None:
        if id(z) not in symbols and z.op != "constant" and symbol not in taken:
            symbols[id(z)] = symbol
            taken.add(symbol)

    for z in forward:
        if z.op == "input":  give(z, Symbol("X"))
        if z.op == "target": give(z, Symbol("Y"))
    for p, g in zip(derived.blocks, derived.grads):
        give(g, symbols[id(p.line)]._replace(d=True))
    give(derived.loss, Symbol("J"))
    layer = 0
    for z in forward:
        if z.op == "matmul" and any(weights(a) for a in z.args):
            layer += 1
            end = z
            while True:
                after = [u for u in uses.get(id(end), []) if id(u) in used_forward]
                if len(after) == 1 and (after[0].op == "+" and bias(after[0], end)
                                        or after[0].op == "reshape"):
                    end = after[0]
                    continue
                break
            give(end, Symbol("Z", layer))
            activations = [u for u in after if u.op == "softmax" or u.op in TABLE and not TABLE[u.op].nary
                           and u.op not in ALGEBRA]
            if activations:
                give(activations[0], Symbol("A", layer))
            if id(end) in derived.by_line:
                give(derived.by_line[id(end)], Symbol("delta", layer))
    count = 0
    for z in live:
        many = len(uses.get(id(z), [])) + sum(1 for r in roots if r is z) > 1
        if id(z) not in symbols and z.op not in SHAPES | {"constant", "slope"} and many:
            count += 1
            give(z, Symbol("V", count))
            if id(z) in derived.by_line:
                give(derived.by_line[id(z)], Symbol("V", count, True))
    return symbols


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
