"""Which library computes exp, sin, ... for a given kind of number: math, mpmath, sympy or numpy."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any, TypeAlias

from .value import Value

Quantity: TypeAlias = Any  # what a row computes with: a number of any library, a Value, an array, a symbol
Library:  TypeAlias = ModuleType | SimpleNamespace  # what has exp, log, sin, ... for one kind of number

COMMON = "exp log sqrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh erf erfc pi".split()


def lib(x: Quantity, *more: Quantity) -> Library:
    """The module whose functions take numbers of these types; math unless one belongs to another or brings
    its own."""
    kind = type(x)
    if kind is float or kind is int:
        return lib(*more) if more else math
    if isinstance(x, Value):
        return lib(x.data, *more)
    if hasattr(kind, "library"):
        own: Library = x.library
        return own
    return library(kind.__module__.partition(".")[0], hasattr(kind, "__len__"))


@cache
def library(package: str, is_array: bool) -> Library:
    if package == "sympy":              return symbolic(sys.modules["sympy"])
    if package == "mpmath":             return many_digits(sys.modules["mpmath"])
    if package == "numpy" and is_array: return arrays(sys.modules["numpy"])
    return math                         # also Fractions and NumPy scalars: they convert to float


def where(condition: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """a if condition else b; for a symbolic or array condition, what its library has for that."""
    if condition is True:  return a
    if condition is False: return b
    return getattr(lib(condition), "where", choose)(condition, a, b)


def choose(condition: object, a: Quantity, b: Quantity) -> Quantity:
    return a if condition else b


def symbolic(sympy: ModuleType) -> SimpleNamespace:
    return SimpleNamespace(
        **{name: getattr(sympy, name) for name in COMMON},
        expm1 = lambda x: sympy.exp(x) - 1,
        log1p = lambda x: sympy.log(1 + x),
        sinpi = lambda x: sympy.sin(sympy.pi * x),
        cospi = lambda x: sympy.cos(sympy.pi * x),
        log2  = lambda x: sympy.log(x) / sympy.log(2),
        log10 = lambda x: sympy.log(x) / sympy.log(10),
        hypot = lambda x, y: sympy.sqrt(x**2 + y**2),
        where = lambda condition, a, b: (a if condition else b) if condition in (sympy.true, sympy.false)
                                        else sympy.Piecewise((a, condition), (b, True)))


def many_digits(mpmath: ModuleType) -> SimpleNamespace:
    """mpmath, with Python's rule that a value outside its domain raises instead of turning complex."""
    def real(name: str) -> Callable[..., Quantity]:
        function = getattr(mpmath, name)
        def checked(*xs: Quantity) -> Quantity:
            z = function(*xs)
            if (isinstance(z, mpmath.mpc) or (name == "log" and mpmath.isinf(z)
                                              and not any(map(mpmath.isinf, xs)))):
                raise ValueError("math domain error")
            return z
        return checked

    return SimpleNamespace(
        **{name: real(name) for name in COMMON if name != "pi"},
        pi    = mpmath.pi,
        expm1 = mpmath.expm1,
        log1p = lambda x: real("log")(1 + x) if x <= -1 else mpmath.log1p(x),
        log2  = lambda x: real("log")(x) / mpmath.log(2),
        log10 = lambda x: real("log")(x) / mpmath.log(10),
        hypot = mpmath.hypot,
        floor = mpmath.floor,
        nint  = mpmath.nint,
        sinpi = mpmath.sinpi,
        cospi = mpmath.cospi)


def arrays(numpy: ModuleType) -> SimpleNamespace:
    """NumPy's ufuncs under the names of math; erf and erfc need SciPy and are looked up when called."""
    renamed = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
               "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"}
    names = [*COMMON, "expm1", "log1p", "log2", "log10", "hypot", "where"]
    return SimpleNamespace(
        **{name: getattr(numpy, renamed.get(name, name)) for name in names if name not in ("erf", "erfc")},
        erf  = numpy.vectorize(math.erf),
        erfc = numpy.vectorize(math.erfc))
