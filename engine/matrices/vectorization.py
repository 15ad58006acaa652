"""vectorize: the passes one after the other, from the Values of a loss to a Program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..value import Value, node
from .passes import batch as batching
from .passes import structure as checking
from .passes import groups as grouping
from .passes import lowering
from .passes import sums as normalising
from .passes import reverse
from .calls import Parameter
from .runners import Runner
from .program import Program
from .passes.trace import flatten, trace


def vectorize(loss: Value | Callable[..., Value], inputs: Sequence[Any], targets: Sequence[Any] = (),
              parameters: Sequence[Value] = (), *, outputs: Sequence[Any] = (), batch: bool = False,
              rerecord: Callable[[Any, Any], Value] | None = None, runner: str = "auto") -> Program:
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
    choice  = Runner(runner)
    program = compiled(loss, inputs, targets, parameters, outputs, batch)
    program.runner = choice
    if rerecord is not None:
        checking.same_structure(rerecord, inputs, targets, parameters, batch, program.trace)
    return program


def compiled(loss: Any, inputs: Sequence[Any], targets: Sequence[Any], parameters: Sequence[Value],
             outputs: Sequence[Any], batch: bool) -> Program:
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
    own    = [Parameter(p, [folded.columns[i] for i in groups.groups[p.attrs].members])
              for p in low.parameters]
    return Program(low, low.loss, low.outputs, own, grads, by_line, parameters, t, folded)
