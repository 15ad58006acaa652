"""vectorize: the passes one after the other, from the Values of a loss to a Program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from ..libraries import Quantity
from ..value import Value, node
from .data import Nested
from .derivation import Block, Derivation
from .passes import batch as batching
from .passes import groups as grouping
from .passes import lowering
from .passes import reverse
from .passes import structure as checking
from .passes import sums as normalising
from .passes.trace import flatten, trace
from .program import Program
from .runners import Choice

Loss: TypeAlias = Callable[[Quantity, Quantity], Value]        # of inputs and targets, as they were given


def vectorize(loss: Value | Loss, inputs: Sequence[Nested], targets: Sequence[Nested] = (),
              parameters: Sequence[Value] = (), *, outputs: Sequence[Nested] = (), batch: bool = False,
              rerecord: Loss | None = None, runner: str = "auto") -> Program:
    """The array program of a loss that was computed element by element.

    Args:
        loss: the loss of a mini-batch, or of one sample if `batch`; or a function of (inputs, targets)
            that computes it, which is then recorded here, and again on other data as a check.
        inputs: the Values that change from call to call, one list per sample; a flat list if `batch`.
        targets: the same for what the outputs are compared with.
        parameters: the Values to differentiate by.
        outputs: Values that `program.predict` is to give, one or a list per sample.
        batch: the loss of one sample was recorded, and the program is to give the mean over many.
        rerecord: a function of (inputs, targets) that computes the loss again. It is called on other
            data: if the graph differs then, its structure depended on the data.
        runner: "numpy"; "native", machine code through the C compiler of this machine, or NumPy where
            there is none; "auto", which is NumPy first and machine code once it is worth its compiling.

    Raises:
        TypeError, ValueError: the loss, or a leaf, cannot be used; the message says which.
        ValueError: the structure of the graph depends on the data.

    Returns:
        The Program. Sums run in NumPy's order, so floats agree with the scalars to rounding.
    """
    if not isinstance(loss, Value) and callable(loss):
        rerecord = checking.of_two(loss, inputs, targets)
        inputs, targets = checking.as_values(inputs), checking.as_values(targets)
        loss = loss(inputs, targets)
    checking.some(parameters)
    choice = Choice(runner)
    found  = derived(loss, inputs, targets, parameters, outputs, batch)
    if rerecord is not None:
        checking.same_structure(rerecord, inputs, targets, parameters, batch, found.trace)
    return Program(found, choice)


def derived(loss: Value, inputs: Sequence[Nested], targets: Sequence[Nested], parameters: Sequence[Value],
            outputs: Sequence[Nested], batch: bool) -> Derivation:
    """The passes."""
    wanted = list(flatten([loss, *outputs]))
    valid  = isinstance(loss, Value) and loss.operands
    root   = node(0, "results", tuple(wanted), (0,) * len(wanted)) if valid else loss
    t      = trace(root, inputs, targets, parameters, batch)
    sums   = normalising.normalise(t)
    folded, last = batching.fold(t, sums)
    groups = grouping.group(folded)
    low    = lowering.lower(folded, last, groups, t.samples, t.widths, batch)
    grads, by_line = reverse.gradients(low.loss, low.parameters)
    blocks = [Block(p, [folded.columns[i] for i in groups.groups[p.attrs].members]) for p in low.parameters]
    return Derivation(low, grads, by_line, blocks, list(parameters), t, folded)
