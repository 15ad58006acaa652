"""Equal operations on the same kind of operands become one array, and the weights between them a matrix."""

import pytest

from engine import Value, affine, dot, relu, tanh, total
from engine.matrices.passes.groups import MANY_PARTS, group

from ..graphs import matrix, samples, templates



def groups_of(loss, X, parameters):
    """(op, how many members) of each group that is computed, and the shapes of the arrays of parameters."""
    found = group(templates(loss, X, parameters)).groups
    return ([(g.op, len(g.members)) for g in found if g.op not in ("input", "target", "parameter")],
            [g.shape for g in found if g.op == "parameter"])


def test_equal_operations_become_one_group_and_weights_a_matrix():
    x, w, b = samples(1, 2)[0], matrix(3, 2, 0), [Value(0.0) for _ in range(3)]
    loss = total([relu(affine(row, x, bk)) for row, bk in zip(w, b)])
    assert groups_of(loss, x, [p for row in w for p in row] + b) == (
        [("sum", 3), ("relu", 3), ("sum", 1)], [(3, 2), (3,)])


def test_every_window_of_a_convolution_meets_every_kernel():
    """Two kernels, three windows: one product of 2 x 3 sums."""
    x, w = samples(1, 5)[0], matrix(2, 3, 0)
    loss = total([tanh(dot(row, x[i:i + 3])) for row in w for i in range(3)])
    assert groups_of(loss, x, [p for row in w for p in row]) == (
        [("sum", 6), ("tanh", 6), ("sum", 1)], [(2, 3)])


@pytest.mark.parametrize("parts", [2, MANY_PARTS, MANY_PARTS + 1])
def test_sums_that_are_no_product_are_split_by_their_right_rows_unless_these_are_too_many(parts):
    x, w = samples(1, 2 * parts)[0], matrix(parts, 2, 0)
    loss = total([tanh(dot(row, x[2 * k:2 * k + 2])) for k, row in enumerate(w)])
    found, _ = groups_of(loss, x, [p for row in w for p in row])
    sums = [count for op, count in found[:-1] if op == "sum"]
    assert sums == ([1] * parts if parts <= MANY_PARTS else [parts])


def test_an_exponent_is_part_of_the_operation():
    x, w = samples(1, 3)[0], Value(2.0)
    found, _ = groups_of(total([(w * x[0]) ** 2, (w * x[1]) ** 2, (w * x[2]) ** 3]), x, [w])
    assert [count for op, count in found if op == "**"] == [2, 1]


def test_members_stand_in_the_order_of_what_they_read():
    """So that the array is read as it is, not gathered."""
    x, w  = samples(1, 3)[0], Value(2.0)
    z     = [w * xk for xk in x]
    t     = templates(total([tanh(z[k]) for k in (2, 0, 1)]), x, [w])
    found = group(t)
    (g,)  = [g for g in found.groups if g.op == "tanh"]
    assert [found.place[t.args[i][0]][1] for i in g.members] == [0, 1, 2]
