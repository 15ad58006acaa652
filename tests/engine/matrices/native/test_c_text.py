"""Numbers, indices and places in memory are written as C that means them exactly."""

from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest

from engine.matrices.algebra import simpler
from engine.matrices.lines import Lines
from engine.matrices.native.c_text import (axes, batched, constant, flat, heads, last, names, size, unflat,
                                            wide)


def line(*shape):
    return Lines(simpler).new("input", (), shape)


@pytest.mark.parametrize("number, batches, text", [
    (0.1, 0, "(0x1.999999999999ap-4)"), (3, 0, "(0x1.8000000000000p+1)"), (-0.0, 0, "(-0x0.0p+0)"),
    (Fraction(1, 2), 0, "(0x1.0000000000000p-1)"), (inf, 0, "(INFINITY)"), (-inf, 0, "(-INFINITY)"),
    (nan, 0, "(NAN)"), (1, -2, "(0x1.0000000000000p+0 / m / m)"), (1, 1, "(0x1.0000000000000p+0 * m)")])
def test_a_number_to_its_last_bit_with_its_power_of_the_number_of_samples(number, batches, text):
    assert constant(Lines(simpler).constant(number, batches)) == text


def test_samples_are_an_axis_of_their_own():
    assert (names((-1, 3)), names((3, -1, 2)), names(())) == (["s", "i1"], ["i0", "s", "i2"], [])
    assert axes(["s", "i1"], (-1, 3)) == [("i1", 3)]
    assert batched(line(2, -1)) and not batched(line(2, 3)) and size(line(2, -1, 3)) == 6 == size(line(2, 3))
    assert heads([("i0", 2), ("i1", 3)]) == ["for (long i0 = 0; i0 < 2; i0++)",
                                              "for (long i1 = 0; i1 < 3; i1++)"]


@pytest.mark.parametrize("x, vector, many, text", [
    ("x", False, True, "splat(x)"), ("x", True, True, "x"), ("x", False, False, "x")])
def test_a_number_is_made_wide_only_among_vectors(x, vector, many, text):
    assert wide(x, vector, many) == text


def test_an_axis_of_size_1_is_read_at_its_only_place():
    assert last(["s", "i1", "i2"], line(-1, 1, 3)) == ["s", "0", "i2"]
    assert last(["s", "i1", "i2"], line(3)) == ["i2"] and last(["s"], line()) == []


@pytest.mark.parametrize("shape", [(2, 3), (4,), (2, 1, 3), (1, 1), (3, 2, 2)])
def test_the_place_of_an_element_and_back(shape):
    """As C reads them, for every element."""
    index = names(shape)
    place, back = flat(axes(index, shape)), unflat("p", shape)
    for count, where in enumerate(np.ndindex(shape)):
        known = dict(zip(index, where))
        assert eval(place, {}, known) == count
        assert [eval(i.replace("/", "//"), {}, {"p": count}) for i in back] == list(where)


def test_samples_have_no_place_among_numbers():
    assert unflat("p", (-1, 2, 3)) == ["s", "((p) / 3 % 2)", "((p) / 1 % 3)"]
    assert flat([]) == "0"
