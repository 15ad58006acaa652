"""The library of each kind of number, and `where` for all of them."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from engine.libraries import COMMON, lib, where

NAMES = [*COMMON, "expm1", "log1p", "log2", "log10", "hypot"]


def test_floats_ints_fractions_and_numpy_scalars_use_math():
    assert all(lib(x) is math for x in (1.0, 1, True, Fraction(1, 2), np.float64(1), np.int32(1)))


def test_the_first_number_that_is_not_pythons_decides():
    assert (lib(1, mpmath.mpf(2)) is lib(mpmath.mpf(2)) and lib(1.0,
                                                                sympy.Symbol("x")) is lib(sympy.Symbol("y")))
    assert lib(1, 2.0) is math


@pytest.mark.parametrize("x", [mpmath.mpf("0.3"), sympy.Rational(3, 10), np.array([0.3])])
@pytest.mark.parametrize("name", NAMES)
def test_every_library_has_every_function_and_agrees_with_math(name, x):
    if name == "pi":
        assert float(lib(x).pi) == math.pi
        return
    x, y = (1 + x, 1.3) if name == "acosh" else (x, 0.3)
    two = (x,) if name in ("atan2", "hypot") else ()
    exact = getattr(math, name)(y, *(0.3,) * len(two))
    assert float(np.ravel(getattr(lib(x), name)(x, *two))[0]) == pytest.approx(exact, rel=1e-15)


@pytest.mark.parametrize("name, x", [("log", 0), ("log", -1), ("sqrt", -1),
                                     ("asin", 2), ("acosh", 0), ("log1p", -1), ("log2", 0)])
def test_mpmath_raises_where_math_does(name, x):
    with pytest.raises(ValueError):
        getattr(math, name)(x)
    with pytest.raises(ValueError):
        getattr(lib(mpmath.mpf(x)), name)(mpmath.mpf(x))


def test_where():
    x = sympy.Symbol("x", positive=True)
    y = sympy.Symbol("y")
    assert (where(True, 1, 2), where(False, 1, 2), where(np.bool_(True), 1, 2)) == (1, 2, 1)
    assert (where(x > 0, 1, 2), where(y > 0, 1, 2)) == (1, sympy.Piecewise((1, y > 0), (2, True)))
    assert where(np.array([1.0, -1.0]) > 0, 1, 2).tolist() == [1, 2]
