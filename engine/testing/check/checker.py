"""check_gradients: is this gradient right, and if not, which operation is wrong?

    >>> from engine import tanh
    >>> from engine.testing import check_gradients
    >>> check_gradients(lambda x, y: tanh(x * y) / y, 0.5, 2.0)
    gradients: right
      inputs:
        right     x: 0.419974341614026
        right     y: -0.0854049535854347
      slopes of operations: 5 right

There is no tolerance to choose: an error is compared with what rounding can explain at this point.

    right        within 4 units of the last place, or exact
    rounding     further away, and explained by the conditioning of the computation
    kink         no single slope: those of both sides, and whether the answer lies between
    outside      no value, or an infinite slope at the edge of the domain
    WRONG        none of these
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence

from ...derivatives import flat, like
from ...libraries import Quantity
from ...value import Value
from ..quantities import Function, Number
from .oracles import OUTSIDE as DOMAIN
from .plain import check_plain
from .recorded import check_graph, recordable
from .findings import OUTSIDE, Finding, Report
from .second import check_second


def check_gradients(f: Function, *inputs: Quantity, order: int = 1, gradient: object = None) -> Report:
    """The verdicts on the gradient of f at the inputs, per input and per recorded operation.

    Args:
        f: a function that returns one number or Value.
        inputs: numbers, Values, objects of another engine's class, or lists or arrays of them, as
            f takes them. Values are passed on as they are, so f may be a closure over them:
            check_gradients(lambda *_: loss(model), *model.parameters()).
        order: 2 checks the Hessian as well, against second differences of the recorded values.
        gradient: for an f of plain floats, its gradient: a function of the same inputs, or the
            slopes themselves, in the shape of the inputs.

    Raises:
        TypeError: f does not return one number, or gradient has another shape than the inputs.
        ValueError: order is neither 1 nor 2.
    """
    if not callable(f):
        raise TypeError(f"a gradient is checked of a function, not of {type(f).__name__} {f!r:.60}: "
                        "write check_gradients(f, 2.0), or check_gradients(lambda x: x * x, 2.0)")
    if order not in (1, 2):
        raise ValueError(f"order must be 1 (gradient) or 2 (gradient and Hessian), not {order!r}")
    names = named(f, inputs)
    try:
        report = (check_given(f, inputs, gradient, names) if gradient is not None
                  else check_engine(f, inputs, names))
    except DOMAIN as error:
        return Report([Finding(name, OUTSIDE, why=f"{type(error).__name__}: {error}") for name in names])
    return check_second(f, inputs, names, report) if order == 2 else report


def assert_gradients(f: Function, *inputs: Quantity, order: int = 1, gradient: object = None) -> Report:
    """check_gradients, for tests: raises WrongGradient, an AssertionError, if a verdict is WRONG."""
    return check_gradients(f, *inputs, order=order, gradient=gradient).raise_if_wrong()


# --- the three ways to a gradient --------------------------------------------------------------------

def check_given(f: Function, inputs: Sequence[Quantity], gradient: object, names: Sequence[str]) -> Report:
    """A function of plain numbers, with its gradient beside it."""
    xs    = numbers(inputs)
    given = numbers([gradient(*inputs) if callable(gradient) else gradient])
    if len(given) != len(xs):
        raise TypeError(f"the gradient has {len(given)} numbers and the inputs have {len(xs)}: "
                        "return one slope per input, in the order of the inputs")
    return check_plain(lambda *ys: one_number(f(*rebuilt(inputs, ys))), xs, given, names)


def check_engine(f: Function, inputs: Sequence[Quantity], names: Sequence[str]) -> Report:
    """A function of Values, or of the objects of another engine."""
    if any(foreign(x) for x in parts(inputs)):
        return check_foreign(f, inputs, names)
    items  = iter([x if isinstance(x, Value) else Value(x, name) for x, name in zip(parts(inputs), names)])
    values = [like(listed(x), items) for x in inputs]
    root   = f(*values)
    one_number(root)
    if recordable(root):
        nodes, found = [*check_graph(root, flat(values), names)]
        return Report(found, nodes)
    slopes, F = engine_slopes(root, flat(values)), lambda *ys: one_number(f(*rebuilt(values, map(Value, ys))))
    report = check_plain(F, [x.data for x in flat(values)], slopes, names)
    why    = ("f returned a plain number, so no gradient can flow" if not isinstance(root, Value) else
              "the graph has an operation that is not in the table: only the inputs were checked")
    return Report(report.inputs, notes=[*report.notes, why])


def engine_slopes(root: object, leaves: Sequence[Value]) -> list[Number]:
    """The grads of the leaves after root.backward(), from 0; the grads there were are put back."""
    before = [x.grad for x in leaves]
    for x in leaves:
        x.grad = 0
    try:
        if isinstance(root, Value):
            root.backward()
        return [x.grad for x in leaves]
    finally:
        for x, grad in zip(leaves, before):
            x.grad = grad


def check_foreign(f: Function, inputs: Sequence[Quantity], names: Sequence[str]) -> Report:
    """Another engine: any class with Value(x), .data, .grad and .backward()."""
    kind: Function = next(type(x) for x in parts(inputs) if foreign(x))
    xs   = [x.data if foreign(x) else x for x in parts(inputs)]
    arguments = rebuilt(inputs, map(kind, xs))
    f(*arguments).backward()
    given = [x.grad for x in parts(arguments)]
    return check_plain(lambda *ys: one_number(f(*rebuilt(inputs, map(kind, ys)))), xs, given, names)


def foreign(x: object) -> bool:
    """Whether x belongs to another engine: it has data, grad and backward, and is neither a Value nor an
    array."""
    return (not isinstance(x, Value) and not hasattr(x, "dtype") and hasattr(x, "grad")
            and hasattr(x, "backward"))


# --- inputs in any shape -----------------------------------------------------------------------------

def listed(x: Quantity) -> Quantity:
    """Arrays as nested lists."""
    if isinstance(x, (list, tuple)):
        return [listed(part) for part in x]
    return x.tolist() if hasattr(x, "tolist") and getattr(x, "shape", ()) != () else x


def parts(inputs: Sequence[Quantity]) -> list[Quantity]:
    """The numbers, Values and objects in the inputs, in order."""
    return flat([listed(x) for x in inputs])


def numbers(inputs: Sequence[Quantity]) -> list[Quantity]:
    return [x.data if isinstance(x, Value) else x.item() if hasattr(x, "item") else x for x in parts(inputs)]


def rebuilt(inputs: Sequence[Quantity], items: Iterable[Quantity]) -> list[Quantity]:
    """The inputs again, in the same shapes, with other numbers."""
    stream = iter(items)
    return [like_array(x, like(listed(x), stream)) for x in inputs]


def like_array(pattern: Quantity, items: Quantity) -> Quantity:
    """Nested lists as what they stand for: a torch tensor, a NumPy array, or themselves."""
    if hasattr(pattern, "new_tensor"):
        return pattern.new_tensor(items)
    if hasattr(pattern, "dtype") and getattr(pattern, "shape", ()) != ():
        import numpy
        kind = complex if any(isinstance(x, complex) for x in flat(items)) else pattern.dtype
        return numpy.asarray(items, dtype=kind)
    if isinstance(pattern, (list, tuple)):
        return type(pattern)(like_array(p, x) for p, x in zip(pattern, items))
    return items


def one_number(z: Quantity) -> Number:
    """The number in what f returned.

    Raises:
        TypeError: it is not one number.
    """
    if isinstance(z, (list, tuple, str)) or z is None:
        raise TypeError(f"f must return one number or Value, and returned {type(z).__name__} {z!r:.60}: "
                        + ("is a return missing?" if z is None else "return the total, or check one output "
                           "at a time"))
    if isinstance(z, Value) or foreign(z):
        return z.data
    return z.item() if hasattr(z, "item") else z


def named(f: Function, inputs: Sequence[Quantity]) -> list[str]:
    """A name for each number: the label of a Value, else the parameter of f with the place in its list."""
    try:
        parameters = [p.name for p in inspect.signature(f).parameters.values()
                      if p.kind <= p.POSITIONAL_OR_KEYWORD]
    except (TypeError, ValueError):
        parameters = []
    heads = parameters if len(parameters) == len(inputs) else [f"x{k}" for k in range(1, len(inputs) + 1)]
    names = [name for head, x in zip(heads, inputs) for name in places(head, listed(x))]
    return [getattr(x, "label", "") or name for x, name in zip(parts(inputs), names)]


def places(head: str, x: object) -> list[str]:
    """head for a number, head[1], head[2], ... for a list."""
    if not isinstance(x, (list, tuple)):
        return [head]
    return [name for k, part in enumerate(x, 1) for name in places(f"{head}[{k}]", part)]
