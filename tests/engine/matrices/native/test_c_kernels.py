"""What is no loop over single elements is a call of kernels.h, chosen by where the samples are."""

import numpy as np
import pytest

from engine.matrices.native.c_kernels import kernel
from engine.matrices.interfaces import Unsupported
from engine.matrices.native.schedule import is_kernel

from ..lines import memory


def text(write):
    """The C of the last kernel of what is written; its result is in out."""
    made, (z,) = memory(lambda lines, *leaves: [write(lines, *leaves)])
    for a in z.lines.lines:
        if a.attrs == "v":                                            # a leaf more
            made.place[id(a)], made.raw[id(a)] = "v", "raw_v"
    made.place[id(z)] = "out"
    kernel(made, z)
    return made.body


def t(z):
    return z.lines.transpose(z)


@pytest.mark.parametrize("write, call", [
    (lambda lines, x, y, w, u: lines.matmul(x, t(u)), "product(2, S, 3, u, 3, 1, x, S, out, S);"),
    (lambda lines, x, y, w, u: lines.matmul(u, t(x)), "product(2, S, 3, u, 3, 1, x, S, out, S);"),
    (lambda lines, x, y, w, u: lines.matmul(t(y), x), "over_samples(3, 3, m, S, y, x, out);"),
    (lambda lines, x, y, w, u: lines.matmul(u, t(u)), "small_product(2, 2, 3, u, 3, 1, u, 1, 3, out);"),
    (lambda lines, x, y, w, u: lines.matmul(t(u), u), "small_product(3, 3, 2, u, 1, 3, u, 3, 1, out);"),
    (lambda lines, x, y, w, u: lines.matmul(u, lines.new("parameter", (), (3, 9), "v")),
     "product(2, 9, 3, u, 3, 1, v, 9, out, 9);"),
    (lambda lines, x, y, w, u: lines.matmul(t(x), lines.new("input", (), (-1, 9), "v")),
     "product(3, 9, m, x, S, 1, raw_v, 9, out, 9);")])
def test_a_product_by_where_the_samples_are(write, call):
    assert text(write) == [call]


@pytest.mark.parametrize("write, lists, call", [
    (lambda lines, x, y, w, u: lines.largest(x), 1, "extreme(3, S, 0, x + r * 3 * S, out + r * S);"),
    (lambda lines, x, y, w, u: lines.largest(u, smallest=True), 2,
     "extreme_number(3, S, 1, u + r * 3 * 1, out + r * 1);"),
    (lambda lines, x, y, w, u: lines.new("softmax", (u,), (2, 3)), 2,
     "shares_number(3, S, u + r * 3 * 1, 0, out + r * 3 * 1);"),
    (lambda lines, x, y, w, u: lines.new("logsumexp", (x,), (-1, 1)), 1,
     "shares(3, S, x + r * 3 * S, out + r * 1 * S, 0);")])
def test_along_the_last_axis_of_each_list(write, lists, call):
    assert text(write)[-1] == f"for (long r = 0; r < {lists}; r++) {call}"


def test_softmax_and_logsumexp_of_one_line_are_one_call():
    def both(lines, x, y, w, u):
        return [lines.new("softmax", (x,), (-1, 3)), lines.new("logsumexp", (x,), (-1, 1))]
    made, (y, z) = memory(both)
    made.place.update({id(y): "shares_", id(z): "log_"})
    kernel(made, y)
    assert made.body == ["for (long r = 0; r < 1; r++) "
                         "shares(3, S, x + r * 3 * S, log_ + r * 1 * S, shares_ + r * 3 * S);"]


def test_arrays_are_joined_one_after_the_other():
    found = text(lambda lines, x, y, w, u: lines.concat([x, y]))
    stores = [line for line in found if "store(" in line]
    assert len(stores) == 2 and "out + ((i1 + 0)) * S" in stores[0] and "out + ((i1 + 3)) * S" in stores[1]


def test_a_view_that_has_to_be_an_array_is_copied():
    made, (z,) = memory(lambda lines, x, y, w, u: [lines.take(x, np.array([2, 0]))])
    kernel(made, z)
    assert is_kernel(z, {id(z)}) and "index0" in made.body[-1] and made.rows == 2


@pytest.mark.parametrize("write, why", [
    (lambda lines, x, y, w, u: lines.largest(t(x)), "max along the samples"),
    (lambda lines, x, y, w, u: lines.concat([t(x), t(y)]), "samples joined one after the other"),
    (lambda lines, x, y, w, u: lines.matmul(lines.reshape(u, (1, 2, 3)), t(u)),
     "a product of more than two axes"),
    (lambda lines, x, y, w, u: lines.matmul(x, t(y)), "a product of more than one axis of samples")])
def test_what_no_kernel_does(write, why):
    with pytest.raises(Unsupported, match=f"^{why}$"):
        text(write)
