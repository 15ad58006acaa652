"""Growing random programs: programs() for hypothesis, random_program(seed) without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from ...extras import needed
from ...libraries import Quantity
from ..quantities import Function, Number
from .operations import OPERATIONS, step_value
from .rules import RATIONAL, fifty, library, precision
from .scalar_program import Plain, Program, Step, plain

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

NUMBERS  = (1.0, 2.0, -1.0, 3.0, -2.0, 0.5, -0.5, 1.5, -3.0, 0.25)
LARGEST  = 2.0 ** 20                      # no node of a generated program is larger

Choose: TypeAlias = Callable[[Sequence[Quantity]], Quantity]         # one item of a list, the simplest first


def grow(choose: Choose, ops: Sequence[str] = RATIONAL, max_steps: int = 60, max_inputs: int = 3,
         numbers: Sequence[Number] = NUMBERS, kinks: bool = False, largest: float = LARGEST) -> Program:
    """A program made of choices: hypothesis' or those of random.Random.

    Operands are the node made last (chains), a node not used yet (diamonds close), the same
    operand twice, or any node (sharing). A step that would leave a domain, land on a kink
    (unless kinks) or grow beyond `largest` is left out.

    Raises:
        ValueError: an operation is unknown.
    """
    unknown = [op for op in ops if op not in OPERATIONS]
    if unknown or not ops:
        raise ValueError(f"programs know no operation {', '.join(map(repr, unknown)) or '(ops is empty)'}: "
                         f"choose among {' '.join(OPERATIONS)}")
    inputs  = tuple(choose(numbers) for _ in range(choose(range(1, max_inputs + 1))))
    rational = all(op in RATIONAL for op in ops)
    kind: Function = Fraction if rational else fifty
    with precision():
        values = [kind(x) for x in inputs]
        unused = list(range(len(inputs)))
        steps: list[Step] = []
        for _ in range(choose(range(1, max_steps + 1))):
            step = grow_step(choose, choose(ops), len(values), unused, numbers)
            value = admitted(step, values, kind, kinks, largest)
            if value is not None:
                unused = [x for x in unused if x not in step.operands] + [len(values)]
                steps.append(step)
                values.append(value)
    program = Program(inputs, tuple(steps or [Step("+", (0, 0))]))
    return program.pruned()


def grow_step(choose: Choose, op: str, count: int, unused: Sequence[int], numbers: Sequence[Number]) -> Step:
    """A step on the `count` nodes there are."""
    def operand() -> int:
        how = choose(("last", "last", "any", "unused"))
        return count - 1 if how == "last" else choose(range(count)) if how == "any" else choose(list(unused))
    if OPERATIONS[op].arity == 1:
        return Step(op, (operand(),))
    if op == "**":
        return Step(op, (operand(), Plain(choose((2, 3, -1, 1, -2, 0)))))
    how = choose(("two", "two", "two", "same", "plain", "reflected"))
    x   = operand()
    if how == "same":      return Step(op, (x, x))
    if how == "plain":     return Step(op, (x, Plain(choose(numbers))))
    if how == "reflected": return Step(op, (Plain(choose(numbers)), x))
    return Step(op, (x, operand()))


def admitted(step: Step, values: Sequence[Number], kind: Function, kinks: bool,
             largest: float) -> Number | None:
    """The value of a new step, or None if it is not wanted."""
    xs = [values[x] if isinstance(x, int) else plain(step.op, x.number, kind) for x in step.operands]
    if not kinks and OPERATIONS[step.op].kink(*xs):
        return None
    try:
        value = step_value(library(kind), step.op, xs)
        sizes = [abs(value), *map(abs, OPERATIONS[step.op].slopes(library(kind), *xs))]
    except (ArithmeticError, ValueError):
        return None
    if isinstance(value, Fraction) and value.denominator > 2 ** 64:
        return None
    return value if max(sizes) <= largest else None


def random_program(seed: int, ops: Sequence[str] = RATIONAL, max_steps: int = 12,
                   **more: Quantity) -> Program:
    """The program of this seed, the same on every machine; arguments as for `grow`. Needs no hypothesis."""
    rng = Random(seed)
    return grow(lambda items: items[rng.randrange(len(items))], ops, max_steps, **more)


def programs(ops: Sequence[str] = RATIONAL, max_steps: int = 60, max_inputs: int = 3,
             numbers: Sequence[Number] = NUMBERS, kinks: bool = False,
             largest: float = LARGEST) -> SearchStrategy[Program]:
    """A hypothesis strategy: random programs with sharing and fan-out, which shrink to small ones.

        @given(programs(ops=("+", "*", "tanh")))
        def test_engine(program): ...

    Args:
        ops: the operations allowed; RATIONAL (the default) run on Fractions, SMOOTH are the others.
        max_steps, max_inputs: how large a program may be.
        numbers: the inputs and plain numbers to choose from, the simplest first.
        kinks: whether a step may stand on a kink.
        largest: bound on every value and slope.
    """
    needed("hypothesis", "programs")
    from hypothesis import strategies

    @strategies.composite
    def build(draw: strategies.DrawFn) -> Program:
        choose = lambda items: draw(strategies.sampled_from(items))
        return grow(choose, ops, max_steps, max_inputs, numbers, kinks, largest)

    return build()
