"""Where an element is: units x samples, and a view is another way to write its index."""

import numpy as np
import pytest

from engine.matrices.interfaces import Unsupported

from ..lines import memory


@pytest.mark.parametrize("write, index, text", [
    (lambda lines, x, y, w, u: x,                               ["s", "i1"], "load(x + (i1) * S + s)"),
    (lambda lines, x, y, w, u: u,                               ["i0", "i1"], "u[(i0) * 3 + i1]"),
    (lambda lines, x, y, w, u: lines.transpose(u),              ["i0", "i1"], "u[(i1) * 3 + i0]"),
    (lambda lines, x, y, w, u: lines.transpose(x),              ["i0", "s"], "load(x + (i0) * S + s)"),
    (lambda lines, x, y, w, u: lines.take(x, np.array([1, 2])), ["s", "i1"], "load(x + ((i1 + 1)) * S + s)"),
    (lambda lines, x, y, w, u: lines.spread(w, (-1, 3)),        ["s", "i1"], "w[i1]"),
    (lambda lines, x, y, w, u: lines.reshape(u, (6,)),          ["i0"],
     "u[(((i0) / 3 % 2)) * 3 + ((i0) / 1 % 3)]"),
    (lambda lines, x, y, w, u: lines.reshape(x, (-1, 1, 3)),    ["s", "0", "i2"],
     "load(x + (((i2) / 1 % 3)) * S + s)"),
    (lambda lines, x, y, w, u: lines.constant(2, -1),           [], "(0x1.0000000000000p+1 / m)")])
def test_an_element_of_a_line_and_of_a_view(write, index, text):
    made, (z,) = memory(lambda lines, *leaves: [write(lines, *leaves)])
    assert made.at(z, index) == text
    assert made.vector(z) == text.startswith("load")       # a number for all samples stays a number


def test_indices_of_a_take_stand_in_a_table():
    made, (z,) = memory(lambda lines, x, y, w, u: [lines.take(w, np.array([[2, 0], [0, 1]]))])
    assert made.at(z, ["i0", "i1"]) == "w[index0[(i0) * 2 + i1]]"
    assert made.tables == ["static const int index0[] = {2, 0, 0, 1};"]


def test_room_is_given_once_in_rows_of_samples_or_in_whole_vectors_of_numbers():
    made, (a, b, c) = memory(lambda lines, x, y, w, u: [lines.call("tanh", x), lines.call("exp", w), x * y])
    names = [made.room(z) for z in (a, b, c)]
    assert len(set(names)) == 3 and made.room(a) == names[0] and (made.rows, made.fixed) == (6, 8)
    assert made.body[-1] == f"double *{names[2]} = work + 3 * S + 8;"


def test_a_reshape_is_where_its_operand_is():
    made, (z,) = memory(lambda lines, x, y, w, u: [lines.reshape(u, (3, 2))])
    assert made.whole(z) == "u"


def test_a_line_of_the_loop_that_is_written_is_its_name():
    made, (z,) = memory(lambda lines, x, y, w, u: [lines.call("tanh", x)])
    made.local[id(z)] = "v5"
    assert made.at(z, ["s", "i1"]) == "v5"


def test_more_than_one_axis_of_samples_is_refused():
    made, (z,) = memory(lambda lines, x, y, w, u: [lines.new("matmul", (x, lines.transpose(y)), (-1, -1))])
    made.place[id(z)] = "t"
    with pytest.raises(Unsupported, match="more than one axis of samples"):
        made.at(z, ["s", "s"])
    made, (z,) = memory(lambda lines, x, y, w, u: [lines.reshape(x, (-3,), 1)])
    with pytest.raises(Unsupported, match="the axis of the samples becomes numbers"):
        made.at(z, ["s"])
