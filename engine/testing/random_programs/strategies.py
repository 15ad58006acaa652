"""Hypothesis strategies: numbers and Values where gradients go wrong, networks and datasets.

    from engine.testing import deterministic, networks, values

    @deterministic(200)
    @given(values("(0, inf)"))
    def test_log(x):
        assert check_gradients(log, x)

Random programs have a strategy of their own, `programs`, in growing.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st

from ...functions import affine
from ...libraries import Quantity
from ...primitives import TABLE
from ...value import Value

R        = "(-inf, inf)"
SPECIAL  = (0.0, 1.0, -1.0, 2.0, 0.5, -2.0, -0.5, 3.0, -0.0)
TAILS    = (20.0, -20.0, 40.0, -40.0, 700.0, -700.0, 1e16, -1e16, 1e300, -1e300, 1e-8, -1e-8, 1e-160, 1e-300,
            -1e-300)
SUBNORMALS = (5e-324, -5e-324, 1e-310)
HIDDEN   = tuple(row.name for row in TABLE.values() if row.activation and row.public and not row.flat)


def deterministic(examples: int = 100) -> settings:
    """Settings for @given: the same examples in every run (derandomised), no database, no deadline."""
    return settings(max_examples=examples, derandomize=True, database=None, deadline=None, print_blob=True)


# --- numbers -----------------------------------------------------------------------------------------

def numbers(domain: str = R, tails: bool = True, subnormals: bool = True) -> st.SearchStrategy[float]:
    """Floats of a domain, written as in the calculus table: "(0, inf)", "[-1, 1]", "nonzero".

    Exact zeros, ones, the ends of the domain and their neighbours are as likely as ordinary
    numbers; tails adds +-20 to +-1e300 and 1e-300, subnormals 5e-324.

    Raises:
        ValueError: the domain cannot be read.
    """
    low, high, inside = interval(domain)
    edges   = [math.nextafter(x, y) for x in (low, high) if math.isfinite(x) for y in (-math.inf, math.inf)]
    special = [x for x in (*SPECIAL, low, high, *edges, *(TAILS if tails else ()),
                           *(SUBNORMALS if subnormals else ()))
               if inside(x) and math.isfinite(x) and (subnormals or x == 0 or abs(x) > 1e-307)]
    usual   = st.floats(max(low, -10.0), min(high, 10.0), allow_subnormal=False).filter(inside)
    short   = usual.map(lambda x: round(x, 1)).filter(inside)
    return st.one_of(st.sampled_from(special), short, usual)


def values(domain: str = R, tails: bool = True, subnormals: bool = True,
           engine: Callable[[float], object] = Value) -> st.SearchStrategy[Quantity]:
    """`numbers` as Values, or as objects of another engine's class."""
    return numbers(domain, tails, subnormals).map(engine)


def operands(op: str, count: int = 3, tails: bool = True,
             subnormals: bool = True) -> st.SearchStrategy[list[float]]:
    """Operands for a row of the table, each in its domain, often tied: equal to one before.

    Args:
        op: the name of the row.
        count: how many operands a row takes whose number is open.

    Raises:
        ValueError: no row has this name.
    """
    if op not in TABLE:
        raise ValueError(f"the table has no row {op!r}: it has {' '.join(TABLE)}")
    row     = TABLE[op]
    domains = [row.domain[min(k, len(row.domain) - 1)] for k in range(count if row.nary else len(row.each))]

    @st.composite
    def build(draw: st.DrawFn) -> list[float]:
        xs: list[float] = []
        for domain in domains:
            ties = [x for x in xs if interval(domain)[2](x)]
            tied = ties and draw(st.integers(0, 3)) == 3
            xs.append(draw(st.sampled_from(ties)) if tied else draw(numbers(domain, tails, subnormals)))
        return xs

    return build()


def interval(domain: str) -> tuple[float, float, Callable[[float], bool]]:
    """The ends of a domain, and whether a number is in it."""
    if domain == "nonzero":
        return -math.inf, math.inf, lambda x: x != 0
    try:
        low, high = map(float, domain[1:-1].split(","))
        if domain[0] not in "([" or domain[-1] not in ")]" or not low < high:
            raise ValueError(domain)
    except (ValueError, IndexError):
        raise ValueError(f"{domain!r} is no domain: write '(-inf, inf)', '[0, inf)', '(-1, 1)' "
                         "or 'nonzero'") from None
    left, right = domain[0] == "[", domain[-1] == "]"        # whether the ends belong to it
    return low, high, lambda x: low < x < high or left and x == low or right and x == high


# --- networks and data -------------------------------------------------------------------------------

class Network(NamedTuple):
    """A fully connected network as plain numbers: it runs on Values, floats, Fractions or mpmath's numbers.

    sizes:    the number of inputs, then the units of each layer; the last layer has one.
    hidden:   the activation of all layers but the last, a row of the table.
    weights:  one list per unit, layer by layer: its weights, then its bias.
    """

    sizes:   tuple[int, ...]
    hidden:  str
    weights: tuple[tuple[float, ...], ...]

    def __call__(self, x: Sequence[Quantity],
                 weights: Sequence[Sequence[Quantity]] | None = None) -> Quantity:
        """The output for one input; weights, in the shape of self.weights, may be Values."""
        units = iter(self.weights if weights is None else weights)
        a     = list(x)
        for layer, n_out in enumerate(self.sizes[1:], 2):
            zs = [affine(w[:-1], a, w[-1]) for w in (next(units) for _ in range(n_out))]
            a  = zs if layer == len(self.sizes) else [apply_row(self.hidden, z) for z in zs]
        return a[0]


def apply_row(name: str, z: Quantity) -> Quantity:
    return getattr(z, name)() if isinstance(z, Value) else TABLE[name].value(z)


def networks(max_inputs: int = 3, max_units: int = 4, max_layers: int = 3,
             hidden: Sequence[str] = HIDDEN) -> st.SearchStrategy[Network]:
    """Networks with one output; weights are short decimals, zeros among them (dead and tied units)."""
    @st.composite
    def build(draw: st.DrawFn) -> Network:
        layers = draw(st.integers(1, max_layers))
        sizes  = (draw(st.integers(1, max_inputs)), *(draw(st.integers(1, max_units))
                                                      for _ in range(layers - 1)), 1)
        weight = st.integers(-20, 20).map(lambda k: k / 10)
        units  = [n_in for n_in, n_out in zip(sizes, sizes[1:]) for _ in range(n_out)]
        weights = tuple(tuple(draw(weight) for _ in range(n + 1)) for n in units)
        return Network(sizes, draw(st.sampled_from(hidden)), weights)

    return build()


class Dataset(NamedTuple):
    """xs: one list of features per sample; ys: one target each, a number or a class."""

    xs: list[list[float]]
    ys: list[float]


def datasets(features: int = 2, max_samples: int = 8,
             classes: int | None = None) -> st.SearchStrategy[Dataset]:
    """Small datasets: single samples, repeated samples and constant features among them.

    Args:
        classes: targets are 0 .. classes-1; None for real targets.
    """
    number = st.integers(-30, 30).map(lambda k: k / 10)
    target = number if classes is None else st.integers(0, classes - 1)

    @st.composite
    def build(draw: st.DrawFn) -> Dataset:
        n  = draw(st.integers(1, max_samples))
        xs = [[draw(number) for _ in range(features)] for _ in range(n)]
        if draw(st.booleans()):
            xs[-1] = list(xs[0])                             # a sample twice
        if draw(st.booleans()):
            xs = [[1.0, *x[1:]] for x in xs]                 # a constant feature
        return Dataset(xs, [draw(target) for _ in range(n)])

    return build()
