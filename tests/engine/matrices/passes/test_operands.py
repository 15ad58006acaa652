"""Which templates the members of a group are made of, in tables of whole numbers."""

import numpy as np

from engine import tanh
from engine.matrices.passes.operands import Operands, distinct, of_all_samples, operands
from engine.matrices.passes.trace import GLOBAL

from ..graphs import samples, templates


def test_one_row_per_member_and_one_column_per_operand():
    """Two products of single samples: which sample each operand is read for."""
    (a,), (b,) = X = samples(2, 1)
    t     = templates(tanh(a * b) + tanh(b * b), X, [])
    found = operands(t, [i for i, op in enumerate(t.ops) if op == "*"])
    assert found.rows.tolist() == [[0, 0], [0, 0]] and sorted(found.samples.tolist()) == [[0, 1], [1, 1]]
    assert found.of_single_samples() and found.rows.dtype == np.intp


def test_columns_are_chosen_in_both_tables():
    table = Operands(np.array([[1, 2, 3], [4, 5, 6]]), np.array([[GLOBAL, 0, 1]] * 2))
    for chosen in ([2, 0], slice(1, 3)):
        part = table.columns(chosen)
        assert (part.rows == table.rows[:, chosen]).all() and (part.samples == table.samples[:, chosen]).all()
    one = table.columns(0)
    assert one.rows.tolist() == [1, 4] and not one.of_single_samples() and table.of_single_samples()


def test_columns_are_equal_if_they_read_the_same_for_the_same_samples():
    table = Operands(np.array([[1, 1, 1]]), np.array([[0, 0, 1]]))
    assert table.key(0) == table.key(1) != table.key(2)


def test_what_all_samples_share_and_rows_that_differ():
    rows = np.array([[2, 1], [0, 1], [2, 1]])
    assert (of_all_samples(rows).samples == GLOBAL).all() and of_all_samples(rows).samples.shape == rows.shape
    assert distinct(rows).tolist() == [[2, 1], [0, 1]]
