"""Printing: a program as NumPy source that can be read, pasted and run.

    before   + (matmul (input, transpose (parameter)), parameter)
    after    Z1 = X @ W1.T + b1                                    # (m, 16)

The functions that NumPy lacks, such as relu and the slopes, are written out above, from their rows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...libraries import Quantity
from ...primitives import TABLE
from ..algebra import simpler
from ..lines import Array, Lines, Shape
from .symbols import statements, symbols_of
from ..derivation import Derivation, needed
from ..portable import RENAMED, elementary
from ..passes.expansion import NATIVE, expand, gate_of

BINARY = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "matmul": 2, "neg": 3, "**": 4,
          "<": 0, "<=": 0, ">": 0, ">=": 0, "==": 0}
SIGNS  = {"matmul": "@"}
ATOM   = 9


def source(derived: Derivation) -> str:
    """The whole program."""
    symbols = {line: str(symbol) for line, symbol in symbols_of(derived).items()}
    live    = derived.live
    lines   = [f"{name} = {Writer(symbols, z).text(z, top=True)}" for z, name in statements(derived)]
    shapes  = [shape(z.shape) for z, _ in statements(derived)]
    width   = min(max([len(line) for line in lines], default=0), 72)
    body    = [f"{line:<{width}}  # {s}" for line, s in zip(lines, shapes)]
    forward = {id(z) for z in derived.forward}
    split   = next((k for k, (z, _) in enumerate(statements(derived)) if id(z) not in forward), len(body))
    inputs  = [f"{symbols[id(z)]} {shape(z.shape)}" for z in live if z.op in ("input", "target", "parameter")]
    head    = ["import numpy as np", "", *helpers(live), f"# given: {', '.join(inputs)}"]
    counted = [f"m = len({symbols[id(z)]})" for z in live if z.op == "input" and derived.samples][:1]
    return ("\n".join([*head, *counted, "", "# forward", *body[:split], "", "# backward", *body[split:]])
            + "\n")


def shape(sizes: Shape) -> str:
    if sizes == ():
        return "a number"
    parts = [str(n) if n >= 0 else "m" if n == -1 else f"{-n}*m" for n in sizes]
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


class Writer:
    """Writes one line as an expression; lines that have a name are written as their name."""

    def __init__(self, names: dict[int, str], own: Array | None = None) -> None:
        self.names, self.own = names, own

    def text(self, z: Array, binding: int = 0, top: bool = False) -> str:
        if id(z) in self.names and not (top and z is self.own):
            return self.names[id(z)]
        written, strength = self.expression(z)
        return f"({written})" if strength < binding else written

    def expression(self, z: Array) -> tuple[str, int]:
        op, args = z.op, z.args
        if op == "*" and args[0].op == "constant" and args[0].attrs[1] == -1:  # c/m * x is written c * x / m
            top, bottom = fraction(args[0].attrs[0])
            x = self.text(args[1], 2)
            m = "m" if bottom == 1 else f"({bottom} * m)"
            return (f"{x} / {m}" if top == 1 else f"-{x} / {m}" if top == -1 else f"{top} * {x} / {m}"), 2
        gate = gate_of(z)
        if gate is not None:
            upstream = args[0] if gate is args[1] else args[1]
            given = ", ".join([self.text(a) for a in (*slope_args(gate), upstream)])
            return f"{slope_name(gate)}_times({given})", ATOM
        if op in BINARY and len(args) == 2:
            level = BINARY[op]
            left  = self.text(args[0], level + (op == "**"))
            right = self.text(args[1], level + (op not in ("+", "*")))
            return f"{left} {SIGNS.get(op, op)} {right}", level
        if op == "neg":       return f"-{self.text(args[0], 3)}", 3
        if op == "constant":  return self.number(z)
        if op == "reshape" and args[0].shape == (): return self.expression(args[0])
        return self.call(z, self.text(args[0], ATOM), ", ".join([self.text(a) for a in args])), ATOM

    def call(self, z: Array, x: str, inner: str) -> str:
        """An operation that is written as a call; x is the first operand, inner are all of them."""
        if z.op == "slope":
            return f"{slope_name(z)}({', '.join([self.text(a) for a in slope_args(z)])})"
        if z.op in CALLS:
            return CALLS[z.op](self, z, x, inner)
        if z.op in NATIVE | {"larger", "smaller"} and z.op not in ("erf", "erfc"):
            return f"np.{RENAMED.get(z.op, z.op)}({inner})"
        return f"{z.op}({inner})"

    def number(self, z: Array) -> tuple[str, int]:
        value, batches = z.attrs
        if isinstance(value, np.ndarray):
            return f"np.array({value.tolist()})", ATOM
        if not batches:
            text = (str(value) if value == value and abs(value) != np.inf
                    else f"np.{value}".replace("np.-", "-np."))
            return text, 2 if "/" in text else 3 if text.startswith("-") else ATOM
        if batches < 0:
            top, bottom = fraction(value)
            return f"{top} / {'m' if bottom == 1 else f'({bottom} * m)'}" + " / m" * (-batches - 1), 2
        return f"{value} * " * (value != 1) + " * ".join(["m"] * batches), 2

    def axes(self, z: Array) -> str:
        axes, keep = z.attrs
        if len(axes) == len(z.args[0].shape) and not keep:
            return ""
        if axes == (len(z.args[0].shape) - 1,) and axes[0]:
            axes = (-1,)
        return (str(axes[0]) if len(axes) == 1 else str(axes)) + (", keepdims=True" if keep else "")

    def sizes(self, sizes: Shape) -> str:
        return ", ".join([str(n) if n >= 0 else "m" if n == -1 else f"{-n} * m" for n in sizes])


def transposed(writer: Writer, z: Array, x: str, inner: str) -> str:
    return f"{x}.T" if len(z.shape) == 2 else f"{x}.swapaxes(-1, -2)"


CALLS: dict[str, Callable[[Writer, Array, str, str], str]] = {
    "transpose": transposed,
    "sum":       lambda writer, z, x, inner: f"{x}.sum({writer.axes(z)})",
    "reshape":   lambda writer, z, x, inner: f"{x}.reshape({writer.sizes(z.shape)})",
    "slice":     lambda writer, z, x, inner: f"{x}[..., {z.attrs[0]}:{z.attrs[1]}]",
    "take":      lambda writer, z, x, inner: f"{x}[..., {str(z.attrs.tolist()).replace(' ', '')}]",
    "spread":    lambda writer, z, x, inner: f"np.broadcast_to({inner}, ({writer.sizes(z.shape)},))",
    "concat":    lambda writer, z, x, inner: f"np.concatenate([{inner}], -1)",
    "max":       lambda writer, z, x, inner: f"{x}.max(-1, keepdims=True)",
    "min":       lambda writer, z, x, inner: f"{x}.min(-1, keepdims=True)",
    "first":     lambda writer, z, x, inner: f"(np.arange({x}.shape[-1]) == {x}.argmax(-1)[..., None])",
    "where":     lambda writer, z, x, inner: f"np.where({inner})",
}


def fraction(value: Quantity) -> tuple[Quantity, int]:
    """value as top / bottom, with whole numbers where a float is one, or one over one."""
    if isinstance(value, float) and value and value != int(value) and 1 / value == int(1 / value):
        return (1 if value > 0 else -1), abs(int(1 / value))
    if hasattr(value, "denominator"):
        return value.numerator, value.denominator
    return (int(value) if value == int(value) else value), 1


# --- the functions that NumPy does not have ---------------------------------------------------------

def slope_name(z: Array) -> str:
    name, k = z.attrs
    return f"{name.strip('_')}_slope" + (f"_{k + 1}" if len(TABLE[name].each) > 1 else "")


def slope_args(z: Array) -> tuple[Array, ...]:
    return z.args[1:]


def helpers(live: list[Array]) -> list[str]:
    """A definition for each row and slope that the program calls."""
    written: dict[str, list[str]] = {}
    gates = {id(gate): gate for z in live if (gate := gate_of(z)) is not None}
    for gate in gates.values():
        name = f"{slope_name(gate)}_times"
        written.setdefault(name, definition(name, gate, len(gate.args), gate.attrs, upstream=True))
    for z in live:
        if z.op == "slope" and id(z) not in gates:
            written.setdefault(slope_name(z), definition(slope_name(z), z, len(z.args) - 1, z.attrs))
        elif z.op in TABLE and z.op not in NATIVE:
            written.setdefault(z.op, definition(z.op, z, len(z.args), None))
    called  = {z.op for root in live for z in elementary([root])} & {"erf", "erfc"}
    missing = [f"{name} = np.vectorize(math.{name})" for name in sorted(called)]
    lines   = [line for lines in written.values() for line in lines]
    return (["import math", "", *missing, ""] if missing else []) + lines


def definition(name: str, z: Array, count: int, attrs: object, upstream: bool = False) -> list[str]:
    """def name(x): its row, written out; with upstream, def name(x, g): a gate's slope times what arrives."""
    lines = Lines(simpler)
    wide  = z.op in ("softmax", "logsumexp", "maximum", "minimum")
    args  = [lines.new("input", (), (-1, 2) if wide else (-1,), k) for k in range(count)]
    size  = (-1, 2) if z.op == "softmax" else (-1, 1) if wide else (-1,)
    given = args[:-1] if upstream else args
    inner = lines.new("slope", (lines.new(z.attrs[0], given, size), *given), size,
                      attrs) if z.op == "slope" else \
        lines.new(z.op, args, size)
    root  = elementary([args[-1] * inner if upstream else expand(inner)])[-1]
    names = {id(a): "xyz"[k] if count < 4 else f"x{k}" for k, a in enumerate(args)}
    if upstream:
        names[id(args[-1])] = "g"
    uses: dict[int, int] = {}
    for line in needed([root]):
        for a in line.args:
            uses[id(a)] = uses.get(id(a), 0) + 1
    body: list[str] = []
    for line in needed([root]):
        if uses.get(id(line), 0) > 1 and id(line) not in names and line.op not in ("constant", "input"):
            text = Writer(names).text(line)
            names[id(line)] = f"t{len(body) + 1}"
            body.append(f"    {names[id(line)]} = {text}")
    header = f"def {name}({', '.join([names[id(a)] for a in args])}):"
    return [header, *body, f"    return {Writer(names).text(root)}", ""]
