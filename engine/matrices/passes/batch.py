"""Batching: samples that went through the same operations become one sample with a batch axis.

    before   tanh(w*x[1])   tanh(w*x[2])   tanh(w*x[3])      and their sum
    after    tanh(w*x[s]), for every sample s at once        and a sum over s

    home       the sample a node belongs to: the only one among its arguments, or GLOBAL
    class      nodes, one per sample, with the same operation on arguments of the same classes
    template   what is left of a class: one node, batched; a node without a class is a template alone
    samples    for each argument, which sample of a batched template is read; GLOBAL: its own, or all

A batch mean is GLOBAL and may be used by every sample again: that is batch normalisation.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from ...value import Number
from .sums import Sums
from .trace import GLOBAL, Trace


class Templates(NamedTuple):
    """The folded graph; ids are positions in the lists, arguments come first."""

    ops:      list[str]                        # "sum", a name of the table, or a role
    args:     list[tuple[int, ...]]
    samples:  list[tuple[int, ...]]
    pairs:    list[int]
    batched:  list[bool]
    explicit: list[bool]
    columns:  list[int]                        # of inputs, targets and parameters
    data:     list[Number | list[Number]]      # of constants: a number, or one per sample
    labels:   list[str]
    depends:  list[int]
    nodes:    list[int]                        # how many scalar nodes each stands for


class Classes(NamedTuple):
    """Which nodes do the same for different samples."""

    homes:   list[int]
    classes: list[int]
    members: dict[int, list[int]]              # of each class, sample by sample

    def together(self, i: int, samples: int) -> list[int]:
        """The nodes that become one with node i: one per sample, or itself alone."""
        whole = self.members.get(self.classes[i], [i]) if self.homes[i] != GLOBAL else [i]
        return whole if len(whole) == samples else [i]


def fold(t: Trace, sums: Sums) -> tuple[Templates, int]:
    """The templates, and the id of the root."""
    found = classify(t, sums)
    out   = Templates([], [], [], [], [], [], [], [], [], [], [])
    made: dict[int, int] = {}                  # node -> template
    numbers: dict[Hashable, int] = {}          # constant -> template
    # every column, used or not, so that any sample of it can be read
    columns = {(role, k): add(out, role, batched=t.samples > 0, column=k, depends=2)
               for role in ("input", "target") for k in range(t.widths[role])}

    for i, op in enumerate(sums.ops):
        role = t.roles[i]
        if role in ("input", "target"):
            made[i] = columns[role, t.columns[i]]
        elif role == "parameter":
            made[i] = add(out, role, column=t.columns[i], depends=1, label=t.labels[i])
        elif op and i not in made:
            whole   = found.together(i, t.samples)
            batched = found.homes[i] != GLOBAL and len(whole) == t.samples
            args, samples = [], []
            for k, a in enumerate(sums.args[i]):
                if t.roles[a] == "constant":
                    args.append(constant(out, numbers, [t.data[sums.args[j][k]] for j in whole]))
                    samples.append(GLOBAL)
                else:
                    args.append(made[a])
                    samples.append(found.homes[a] if out.batched[made[a]] and not batched else GLOBAL)
            new = add(out, op, tuple(args), tuple(samples), sums.pairs[i], batched, sums.explicit[i],
                      label=t.labels[i], depends=sums.depends[i], nodes=len(whole))
            made.update(dict.fromkeys(whole, new))
    return out, made[len(t.ops) - 1]


def classify(t: Trace, sums: Sums) -> Classes:
    """The home and the class of every node, and the members of each class."""
    homes, classes = list(t.homes), [0] * len(t.ops)
    codes: list[int] = []  # how a node is written in the key of another: its class, or itself
    known: dict[Hashable, int] = {}
    seen: dict[tuple[int, int], int] = {}
    members: dict[int, list[int]] = {}
    for i, op in enumerate(sums.ops):
        role = t.roles[i]
        code = -1 if role == "constant" else -2 - i
        if role in ("input", "target"):
            code = classes[i] = known.setdefault((role, t.columns[i]), len(known))
        elif op:
            among = {homes[a] for a in sums.args[i]} - {GLOBAL}
            if len(among) == 1:
                home = homes[i] = among.pop()
                key  = known.setdefault((op, sums.pairs[i], tuple([codes[a] for a in sums.args[i]])),
                                        len(known))
                nth  = seen[key, home] = seen.get((key, home), -1) + 1  # the same but for its plain numbers
                code = classes[i] = known.setdefault((key, nth), len(known))
                members.setdefault(code, []).append(i)
        codes.append(code)
    return Classes(homes, classes, members)


def add(out: Templates, op: str, args: tuple[int, ...] = (), samples: tuple[int, ...] = (), pairs: int = 0,
        batched: bool = False, explicit: bool = False, column: int = 0, data: Number | list[Number] = 0,
        label: str = "", depends: int = 0, nodes: int = 1) -> int:
    """One template more; its id."""
    out.ops.append(op)
    out.args.append(args)
    out.samples.append(samples)
    out.pairs.append(pairs)
    out.batched.append(batched)
    out.explicit.append(explicit)
    out.columns.append(column)
    out.data.append(data)
    out.labels.append(label)
    out.depends.append(depends)
    out.nodes.append(nodes)
    return len(out.ops) - 1


def constant(out: Templates, numbers: dict[Hashable, int], data: Sequence[Number]) -> int:
    """The template of a number, or of one number per sample."""
    same = all(type(x) is type(data[0]) and x == data[0] for x in data)
    key  = (type(data[0]), data[0]) if same else tuple(data)
    if key not in numbers:
        numbers[key] = add(out, "constant", batched=not same, data=data[0] if same else list(data))
    return numbers[key]
