"""Reporting: what became of the scalar nodes, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .symbols import statements
from ..portable import needed

if TYPE_CHECKING:
    from ..program import Program


def report(program: Program) -> str:
    """Arrays and products; nodes without a group and why; how the program is tied to what was recorded; its
    runner."""
    t, low  = program.templates, program.low
    nodes   = sum(1 for op in program.trace.ops if op and op != "results")
    inner   = [g for g in low.groups if g.op not in ("input", "target", "parameter", "results")]
    alone   = [g for g in inner if len(g.members) == 1 and not g.batched]
    forward, backward = program.products()
    lines   = [f"{nodes} operations on scalars became {len(inner)} arrays; matrix products: {forward} "
               f"forward, {backward} backward."]
    if alone:
        count = Counter(t.ops[g.members[0]] for g in alone)
        lines.append(f"{len(alone)} nodes found no group, as no other does the same on the same kind of "
                     "operands: " +
                     ", ".join([f"{n} {op}" for op, n in sorted(count.items())]) + ".")
    lines += [f"Multiplied element by element, not as matrices: {g.op} of {len(g.members)}; {why}."
              for g, why in low.gathers]
    lines += [f"Tied to {program.samples} samples: {why}." for why in dict.fromkeys(low.fixed)]
    lines += [f"The number {number!r} after a sum over the batch was read as "
              f"{'' if k == 1 else f'{k} times '}the number of samples."
              if number >= 1 else f"The factor {number!r} after a sum over the batch was read as "
                                  f"1/{'' if k == 1 else f'{k} '}samples."
              for number, k in low.means]
    if program.trace.strays:
        lines.append(f"{program.trace.strays} Values were neither inputs, targets nor parameters: their "
                     f"numbers are part of the program.")
    unused = len(program.values) - len(program.order)
    if unused:
        lines.append(f"{unused} parameters do not occur in the loss: their gradients are 0.")
    lines.append(f"Runner: {program.runner}.")
    return "\n".join(lines)


def stages(program: Program) -> list[tuple[str, int]]:
    """How many things there are after each pass."""
    t      = program.templates
    leaves = ("input", "target", "parameter", "constant", "results")
    forward = {id(z) for z in needed([program.loss])}
    inner  = [i for i, op in enumerate(t.ops) if op not in leaves]
    return [("scalar operations", sum(1 for op in program.trace.ops if op and op != "results")),
            ("sums of products", sum(t.nodes[i] for i in inner)),
            ("operations on samples", len(inner)),
            ("groups", sum(1 for g in program.low.groups if g.op not in leaves)),
            ("forward lines", sum(1 for z, _ in statements(program) if id(z) in forward))]
