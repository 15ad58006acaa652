"""Reporting: what became of the scalar nodes, in words."""

from __future__ import annotations

from collections import Counter
from .symbols import statements
from ..derivation import Derivation


def report(derived: Derivation, runner: str) -> str:
    """Arrays and products; nodes without a group and why; how the program is tied to what was recorded; its
    runner."""
    t, low  = derived.templates, derived.low
    nodes   = sum(1 for op in derived.trace.ops if op and op != "results")
    inner   = [g for g in low.groups if g.op not in ("input", "target", "parameter", "results")]
    alone   = [g for g in inner if len(g.members) == 1 and not g.batched]
    forward, backward = derived.products()
    lines   = [f"{nodes} operations on scalars became {len(inner)} arrays; matrix products: {forward} "
               f"forward, {backward} backward."]
    if alone:
        count = Counter(t.ops[g.members[0]] for g in alone)
        lines.append(f"{len(alone)} nodes found no group, as no other does the same on the same kind of "
                     "operands: " +
                     ", ".join([f"{n} {op}" for op, n in sorted(count.items())]) + ".")
    lines += [f"Multiplied element by element, not as matrices: {g.op} of {len(g.members)}; {why}."
              for g, why in low.gathers]
    lines += [f"Tied to {derived.samples} samples: {why}." for why in dict.fromkeys(low.fixed)]
    lines += [f"The number {number!r} after a sum over the batch was read as "
              f"{'' if k == 1 else f'{k} times '}the number of samples."
              if abs(number) >= 1 else f"The factor {number!r} after a sum over the batch was read as "
                                       f"1/{'' if k == 1 else f'{k} '}samples."
              for number, k in low.means]
    if derived.trace.strays:
        lines.append(f"{derived.trace.strays} Values were neither inputs, targets nor parameters: their "
                     f"numbers are part of the program.")
    unused = len(derived.values) - sum(len(block.members) for block in derived.blocks)
    if unused:
        lines.append(f"{unused} parameters do not occur in the loss: their gradients are 0.")
    lines.append(f"Runner: {runner}.")
    return "\n".join(lines)


def stages(derived: Derivation) -> list[tuple[str, int]]:
    """How many things there are after each pass."""
    t      = derived.templates
    leaves = ("input", "target", "parameter", "constant", "results")
    forward = {id(z) for z in derived.forward}
    inner  = [i for i, op in enumerate(t.ops) if op not in leaves]
    return [("scalar operations", sum(1 for op in derived.trace.ops if op and op != "results")),
            ("sums of products", sum(t.nodes[i] for i in inner)),
            ("operations on samples", len(inner)),
            ("groups", sum(1 for g in derived.low.groups if g.op not in leaves)),
            ("forward lines", sum(1 for z, _ in statements(derived) if id(z) in forward))]
