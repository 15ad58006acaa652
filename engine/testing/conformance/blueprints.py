"""Blueprints: large graphs as plain data, drawn by a seed. A witness builds them; the judge follows them by a
calculus of its own. Here is only what they look like.

    plan("random", "salt", 1000, ["+", "*"])         # a Program of about 1000 steps

Numbers are small and whole, and factors powers of 2, so that every right answer is exact in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from random import Random

from ..random_programs.scalar_program import Plain, Program, Step

LAYERS  = 8                              # of a random graph, before it is added up
FACTORS = [Plain(c) for c in (-1.0, 0.5, 2.0)]


def leaves(rng: Random, count: int) -> tuple[float, ...]:
    return tuple(rng.choices((-3.0, -2.0, -1.0, 1.0, 2.0, 3.0), k=count))


def added_up(inputs: int, terms: Sequence[int], steps: list[Step]) -> None:
    """Sums of two, of these again, and so on: no path is long, as a stack may end."""
    while len(terms) > 1:
        start  = inputs + len(steps)
        steps += [Step("+", pair) for pair in zip(terms[::2], terms[1::2])]
        terms  = [*range(start, inputs + len(steps)), *terms[len(terms) - len(terms) % 2:]]


def random_graph(rng: Random, nodes: int, ops: Sequence[str]) -> Program:
    """Layers of steps on the layer below, with a leaf here and there, added up with every leaf, the first
    one as often as all others; products of nodes stand in the first layer, so that numbers stay small."""
    count  = max(2, nodes // 8)
    inputs = leaves(rng, count)
    width  = max(1, (nodes - 2 * count) // (LAYERS + 1))
    steps: list[Step] = []
    below  = rng.choices(range(count), [2 * count / 3, *repeat(1.0, count - 1)], k=width)
    for layer in range(LAYERS):
        start  = count + len(steps)
        kinds  = rng.choices(ops, k=width)
        others = rng.choices([*below, *rng.choices(range(count), k=1 + width // 8)], k=width)
        scales = rng.choices(FACTORS, k=width)
        steps += [Step(op, (x,) if op == "neg" else (x, c) if op == "*" and layer else (x, y))
                  for op, x, y, c in zip(kinds, below, others, scales)]
        below  = [*range(start, start + width)]
    added_up(count, [*below, *range(count), *repeat(0, count)], steps)
    return Program(inputs, tuple(steps))


def wide_sum(rng: Random, nodes: int, ops: Sequence[str]) -> Program:
    """The sum of so many terms, of which every second is one and the same leaf."""
    count = nodes // 2 + 1
    steps: list[Step] = []
    added_up(count, [k // 2 + 1 if k % 2 else 0 for k in range(nodes)], steps)
    return Program(leaves(rng, count), tuple(steps))


def long_chain(rng: Random, nodes: int, ops: Sequence[str]) -> Program:
    """One step after another, each with one of two leaves."""
    kinds  = rng.choices([op for op in ops if op != "*"], k=nodes)
    others = rng.choices((0, 0, 0, 0, 0, 0, 0, 1), k=nodes)
    lasts  = [0, *range(2, nodes + 1)]
    return Program(leaves(rng, 2), tuple(Step(op, (last,) if op == "neg" else (last, other))
                                         for op, last, other in zip(kinds, lasts, others)))


SHAPES: dict[str, Callable[[Random, int, Sequence[str]], Program]] = {
    "random": random_graph, "wide": wide_sum, "long": long_chain}


def plan(shape: str, salt: str, nodes: int, ops: Sequence[str]) -> Program:
    """About so many steps of these operations, of + - * neg."""
    return SHAPES[shape](Random(salt), nodes, ops)
