"""Programs: small computations as plain data, which run on any engine and know their exact gradient.

    >>> program = Program((3.0,), (Step("*", (0, 0)),))
    >>> print(program)
    x = Value(3.0)
    z = x * x
    z.backward()
    print(x.grad)                     # 6.0
    >>> program.gradient()
    [Fraction(6, 1)]

A node is an input or the result of a step. Nodes are numbered, inputs first; an operand is the
number of an earlier node, or a plain number written Plain(2.0). The last step is the output z.

    run(Value)       the program on an engine: its leaves, all its nodes, its output
    numbers(kind)    the value of each node in Fractions, floats or mpmath's 50 digits
    gradient()       dz/dx for each input, exact, from the calculus of this folder alone

The gradient is carried forwards through the program (dual numbers), by the rules of rules.py, which
are written there once more. An operation that only the calculus table knows has its value from there,
and slopes that are measured on it. No engine, no backward pass and no slope of a row has a part in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, TypeAlias

from ...libraries import Quantity
from ..quantities import Function, Number
from .operations import OPERATIONS, step_value
from .rules import RATIONAL, fifty, library, precision


class Plain(NamedTuple):
    """An operand that is a plain number, not a node: the 2.0 in 2.0 * x."""

    number: Number


Operand: TypeAlias = int | Plain


class Step(NamedTuple):
    """One operation on earlier nodes and plain numbers; at least one operand is a node."""

    op: str
    operands: tuple[Operand, ...]

    @property
    def nodes(self) -> list[int]:
        """The operands that are nodes, repeats kept."""
        return [x for x in self.operands if isinstance(x, int)]


class Run(NamedTuple):
    """A program on an engine: its inputs, all its nodes (inputs first), and the last of them, z."""

    leaves: list[Quantity]
    nodes:  list[Quantity]
    output: Quantity


@dataclass(frozen=True)
class Program:
    """inputs: one number each; steps: at least one; the last one makes the output z."""

    inputs: tuple[Number, ...]
    steps:  tuple[Step, ...]

    # --- running it ----------------------------------------------------------------------------------

    def run(self, engine: Function, number: Function = lambda x: x) -> Run:
        """The program on an engine class: number(x) is what its constructor and operators are given.

        Whole exponents are always given as they are, as in x ** 2.
        """
        leaves = [engine(number(x)) for x in self.inputs]
        nodes  = list(leaves)
        for op, operands in self.steps:
            xs = [nodes[x] if isinstance(x, int) else plain(op, x.number, number) for x in operands]
            function = OPERATIONS[op].run
            nodes.append(function(*xs) if function else getattr(xs[0], op)())
        return Run(leaves, nodes, nodes[-1])

    def missing(self, engine: type) -> list[str]:
        """The operations of this program that the engine class lacks."""
        return [op for op in self.ops if not OPERATIONS[op].offered_by(engine)]

    def numbers(self, kind: Function | None = None) -> list[Number]:
        """The value of each node. By default in Fractions if the program is rational, else 50 digits.

        Raises:
            ArithmeticError, ValueError: the program leaves a domain; `in_domain` tells beforehand.
        """
        with precision():
            return self.evaluate(kind)[0]

    def evaluate(self, kind: Function | None = None) -> tuple[list[Number],
                                                                             list[tuple[Number, ...]]]:
        """The value of each node, and the slopes of each step towards its operands."""
        kind = kind or (Fraction if self.rational else fifty)
        m    = library(kind)
        nodes, slopes = [kind(x) for x in self.inputs], []
        for op, operands in self.steps:
            xs = [nodes[x] if isinstance(x, int) else plain(op, x.number, kind) for x in operands]
            nodes.append(step_value(m, op, xs))
            slopes.append(OPERATIONS[op].slopes(m, *xs))
        return nodes, slopes

    # --- its gradient --------------------------------------------------------------------------------

    def gradient(self, kinks: Mapping[str, Number] | None = None) -> list[Number]:
        """dz/dx for each input, exact: Fractions if the program is rational, else 50 digits.

        Args:
            kinks: the slope of an operation at its kink, as {"relu": 0, "abs": 0} (the default).
        """
        return self.derivatives(range(len(self.inputs)), kinks)

    def adjoints(self, kinks: Mapping[str, Number] | None = None) -> list[Number]:
        """dz/d(node) for every node: what `.grad` of each should be after z.backward()."""
        return self.derivatives(range(len(self.inputs) + len(self.steps)), kinks)

    def derivatives(self, nodes: Sequence[int], kinks: Mapping[str, Number] | None = None,
                    kind: Function | None = None, size: bool = False) -> list[Number]:
        """dz/d(node) for some nodes, each carried forwards; size: the sum of |each path| in place of the
        sum."""
        with precision():
            values, slopes = self.evaluate(kind)
            slopes = [self.at_kink(step, values, s, kinks or {}) for step, s in zip(self.steps, slopes)]
            if size:
                slopes = [tuple(map(abs, s)) for s in slopes]
            return [self.carry(k, slopes, values) for k in nodes]

    def carry(self, k: int, slopes: Sequence[tuple[Number, ...]], values: Sequence[Number]) -> Number:
        """dz/d(node k): a change of 1 there, carried through the steps."""
        zero = values[-1] * 0
        dots = [zero] * len(values)
        dots[k] = zero + 1
        for j, (step, partials) in enumerate(zip(self.steps, slopes), len(self.inputs)):
            if j != k:
                dots[j] = sum((p * dots[x] for x, p in zip(step.operands, partials) if isinstance(x, int)),
                              zero)
        return dots[-1]

    def at_kink(self, step: Step, values: Sequence[Number], slopes: tuple[Number, ...],
                kinks: Mapping[str, Number]) -> tuple[Number, ...]:
        """The slopes of a step, with the chosen one if it stands on its kink."""
        x = step.operands[0]
        if isinstance(x, int) and len(step.operands) == 1 and OPERATIONS[step.op].kink(values[x]):
            return (kinks.get(step.op, 0),)
        return slopes

    def tolerances(self) -> list[float]:
        """How far from `gradient()` a right engine of floats may be, per input.

        The sum of the sizes of all paths, times 2^-44, and 100 times the error that floats make here
        when carried forwards: the second term is what catches cancellation inside a partial.
        """
        inputs = range(len(self.inputs))
        with precision():
            sizes  = self.derivatives(inputs, size=True)
            errors = [fifty(f) - fifty(g) for f, g in zip(self.derivatives(inputs, kind=float),
                                                          self.gradient())]
            return [float(size * 2.0 ** -44 + 100 * abs(error))
                    for size, error in zip(map(fifty, sizes), errors)]

    # --- what kind of program it is --------------------------------------------------------------------

    @property
    def ops(self) -> list[str]:
        """The operations it uses, each once, in order."""
        return list(dict.fromkeys(step.op for step in self.steps))

    @cached_property
    def rational(self) -> bool:
        """Whether Fractions can run it: no exp, and each exponent a whole plain number."""
        return all(op in RATIONAL and (op != "**" or whole_exponent(operands)) for op, operands in self.steps)

    @property
    def exact(self) -> bool:
        """Whether floats lose nothing here: small whole numbers and dyadic fractions all the way."""
        if not self.rational:
            return False
        inputs = range(len(self.inputs))
        floats = [*self.evaluate(float)[0], *self.derivatives(inputs, kind=float)]
        sizes  = self.derivatives(inputs, size=True)
        return floats == [*self.evaluate()[0], *self.gradient()] and max(sizes) < 2 ** 26

    @property
    def kinks(self) -> list[int]:
        """The nodes that stand on a kink, as relu(0) does."""
        values = self.numbers()
        return [j for j, step in enumerate(self.steps, len(self.inputs))
                if len(step.nodes) == len(step.operands)
                and OPERATIONS[step.op].kink(*[values[x] for x in step.nodes])]

    def in_domain(self, largest: float = math.inf) -> bool:
        """Whether every node has a value, a finite slope and a size of at most `largest`."""
        try:
            with precision():
                values, _ = self.evaluate()
                return all(abs(v) <= largest for v in values)
        except (ArithmeticError, ValueError):
            return False

    def pruned(self) -> Program:
        """Without the steps that z does not depend on. Inputs stay."""
        used = {len(self.inputs) + len(self.steps) - 1}
        for j in range(len(self.inputs) + len(self.steps) - 1, len(self.inputs) - 1, -1):
            if j in used:
                used |= {*self.steps[j - len(self.inputs)].nodes}
        keep = [j for j in range(len(self.inputs) + len(self.steps)) if j < len(self.inputs) or j in used]
        return self.restricted(keep)

    def restricted(self, keep: Sequence[int]) -> Program:
        """Only the nodes of `keep`, renumbered."""
        place = {j: k for k, j in enumerate(keep)}
        n     = len(self.inputs)
        steps = [Step(op, tuple(place[x] if isinstance(x, int) else x for x in operands))
                 for op, operands in (self.steps[j - n] for j in keep if j >= n)]
        return Program(tuple(self.inputs[j] for j in keep if j < n), tuple(steps))

    # --- how it is written -----------------------------------------------------------------------------

    def __str__(self) -> str:
        """At most five lines of Python that can be pasted, with the right gradient as a comment."""
        names = self.names()
        xs    = names[:len(self.inputs)]
        right = ", ".join(short(g) for g in self.gradient())
        lines = [f"{', '.join(xs)} = {', '.join(f'Value({x!r})' for x in self.inputs)}"]
        named = [f"{name} = {text}" for name, text in zip(names, self.expressions()) if text and name]
        lines += (["; ".join(named[:-1]), named[-1], "z.backward()"] if len(named) > 1
                  else [named[-1], "z.backward()"])
        printed = f"print({', '.join(f'{x}.grad' for x in xs)})"
        return "\n".join([*lines, f"{printed:<32}  # {right}"])

    def names(self) -> list[str]:
        """The name of each node; "" if it is used once and so is written inside the expression that uses
        it."""
        n, last = len(self.inputs), len(self.inputs) + len(self.steps) - 1
        uses    = [x for step in self.steps for x in step.nodes]
        inputs  = list("xywv")[:n] if n <= 4 else [f"x{k}" for k in range(1, n + 1)]
        letters = iter([*"abcdefghijklmnopqrstu", *(f"{c}{k}" for k in range(1, 1000) for c in "abcdefgh")])
        return inputs + ["z" if j == last else next(letters) if uses.count(j) != 1 else ""
                         for j in range(n, last + 1)]

    def expressions(self) -> list[str]:
        """The right-hand side of each node; that of an input is empty."""
        names = self.names()
        texts = [""] * len(self.inputs)
        for op, operands in self.steps:
            written = [(names[x] or f"({texts[x]})") if isinstance(x, int) else constant(x.number)
                       for x in operands]
            texts.append(OPERATIONS[op].python.format(*written))
        return texts


def constant(x: Number) -> str:
    return f"({x!r})" if x < 0 else repr(x)


def short(g: Number) -> str:
    """A number to 10 digits, as Python writes floats."""
    return repr(float(f"{float(g):.10g}") + 0.0)         # + 0.0: no minus before 0


def plain(op: str, x: Number, kind: Function) -> Number:
    """A plain number as an operand: a whole exponent stays as it is."""
    return x if op == "**" and isinstance(x, int) else kind(x)


def whole_exponent(operands: Sequence[Operand]) -> bool:
    y = operands[1]
    return isinstance(y, Plain) and y.number == int(y.number)
