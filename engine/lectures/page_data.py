"""page_data: what the script of a page is told of a recording: names, operations, formulas, and its numbers.

    nodes      [name, role, paths to the root]; a plain number has no name but itself: ""
    operands   of each node; edge e is one of them, counted through
    edges      [slope as a formula, this use of the operand, all of them]; null to a plain number
    formulas   how each node is computed, over node numbers
    gates      the sentences of the gates that occur; ops: the gate and the sign of each operation
    numbers    {"graph": ...}: what compute.js computes everything from; or {"values": ..., ...}: the recorded
               ones as texts, where the page does not compute
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ..explaining.gates import GATES, gate, sign
from ..rows import changed
from ..show.numbers import counted, exact, short
from ..value import Constant
from .javascript import Unwritable, graph_data, script, uses
from .recording import Contribution, Recording

Json: TypeAlias = "None | bool | float | str | Sequence[Json] | Mapping[str, Json]"

LIMIT = 1000             # nodes: above, computing everything again would take longer than a frame of a film


def structure(recording: Recording) -> dict[str, Json]:
    """Everything but the numbers."""
    ops = {v.op: v for v in recording.values if v.operands}
    return {"nodes":    [["" if type(v) is Constant and name == short(v.data) else name, role, counted(paths)]
                         for v, name, role, paths in zip(recording.values, recording.names, recording.roles,
                                                         recording.paths)],
            "root":     recording.root,
            "operands": [[recording.graph.index[x] for x in v.operands] for v in recording.values],
            "edges":    [described(c) for c in recording.sent],
            "formulas": [recording.formulas.get(i, []) for i in range(len(recording.values))],
            "gates":    {gate(v): GATES[gate(v)] for v in ops.values()},
            "ops":      {op: [gate(v), sign(v)] for op, v in sorted(ops.items())}}


def described(c: Contribution | None) -> Json:
    return c and [c.slope, c.use, c.uses]


# --- numbers ----------------------------------------------------------------------------------------

def computing(recording: Recording) -> tuple[dict[str, Json], str]:
    """The numbers of a page that computes, and its script.

    Raises:
        Unwritable: it cannot; the message says why.
    """
    values = recording.values
    if len(values) > LIMIT:
        raise Unwritable(f"this graph has {len(values)} values, and a page computes at most {LIMIT}")
    code = script(uses(values))
    late = next((v for v in values if v.operands and changed(v)), None)
    if late is not None:
        raise Unwritable(f"an operand of {recording.names[recording.graph.index[late]]} was changed after it "
                         "was recorded: run the forward pass again")
    slopes = "".join(["01"[isinstance(partial, int)] for v in values for partial in v.partials])
    return {"graph": graph_data(values), "whole": slopes}, code


def recorded(recording: Recording) -> dict[str, Json]:
    """The numbers of a page that replays them."""
    said = {step.node: step.sentence for step in recording.steps if step.phase == "backward"}
    return {"values":    [[short(v.data), exact(v.data)] for v in recording.values],
            "grads":     [["", ""] if type(v) is Constant else [short(grad), exact(grad)]
                          for v, grad in zip(recording.values, recording.grads)],
            "edges":     [texts(c) for c in recording.sent],
            "best":      recording.best,
            "shares":    ["" if type(v) is Constant else short(share)
                          for v, share in zip(recording.values, recording.shares)],
            "sentences": [said.get(i, "") for i in range(len(recording.values))]}


def texts(c: Contribution | None) -> Json:
    return c and [short(c.partial), short(c.upstream), short(c.product), short(c.before), short(c.after),
                  exact(c.after)]

