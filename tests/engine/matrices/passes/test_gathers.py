"""Operands are seen where they are: an array, a part of one, one number for all; else they are gathered."""

from fractions import Fraction

import numpy as np
import pytest

from engine.matrices.derivation import needed
from engine.matrices.lines import number_of
from engine.matrices.passes.batch import Templates
from engine.matrices.passes.gathers import Views, one_for_all, plain
from engine.matrices.passes.groups import Group, Groups
from engine.matrices.passes.operands import Operands, of_all_samples
from engine.matrices.portable import evaluate

SAMPLES = 3
INPUTS, PARAMETERS, MORE = range(0, 5), range(5, 11), range(11, 13)           # templates of three groups
ONE, TWO, EACH = 13, 14, 15                                            # constants: 1.0, 2.0, one per sample


def views():
    """Five inputs and two outputs of something per sample, and a matrix of 3 x 2 parameters."""
    groups = [Group("input", list(INPUTS), True), Group("parameter", list(PARAMETERS), False, (3, 2)),
              Group("tanh", list(MORE), True)]
    place  = [(number, k) for number, g in enumerate(groups) for k in range(len(g.members))] + [(-1, 0)] * 3
    t      = Templates(*[[] for _ in Templates._fields])._replace(
        data=[0.0] * 13 + [1.0, 2.0, [7.0, 8.0, 9.0]])
    made   = Views(t, Groups(groups, place), SAMPLES)
    made.made = [made.lines.new("input", (), (-1, 5)), made.lines.new("parameter", (), (3, 2), 1),
                 made.lines.new("target", (), (-1, 2))]
    return made


def view(*rows):
    made = views()
    return made.view(of_all_samples(np.array(rows))), made.made, made.lines


def test_a_whole_array_is_itself_and_neighbours_are_a_part_of_it():
    whole, (x, *_), _ = view(0, 1, 2, 3, 4)
    assert whole is x
    part, (x, *_), _ = view(2, 3, 4)
    assert (part.op, part.args, part.attrs, part.shape) == ("slice", (x,), (2, 5), (-1, 3))


def test_one_operand_for_all_members_is_read_once():
    one, (x, *_), _ = view(1, 1, 1)
    assert (one.op, one.args, one.attrs, one.shape) == ("slice", (x,), (1, 2), (-1, 1))
    assert one_for_all(np.array([4, 4, 4])).tolist() == [4]
    assert one_for_all(np.array([4, 3])).tolist() == [4, 3]


def test_any_other_order_is_gathered():
    some, (x, *_), _ = view(4, 1)
    assert (some.op, some.args, some.attrs.tolist()) == ("take", (x,), [4, 1])
    some, (x, _, y), _ = view(4, 12, 0)
    assert some.op == "take" and some.args[0].args == (x, y) and some.attrs.tolist() == [4, 6, 0]


def test_parameters_are_their_matrix_as_it_is_or_transposed():
    w, made, lines = view([5, 6], [7, 8], [9, 10])
    assert w is made[1]
    w, made, lines = view([5, 7, 9], [6, 8, 10])
    assert w is lines.transpose(made[1])
    w, made, lines = view(7, 8)
    assert (w.op, w.attrs, w.args[0]) == ("slice", (2, 4), lines.reshape(made[1], (6,)))


def test_numbers_of_the_graph_are_one_for_all_or_one_per_member():
    assert number_of(view(ONE, ONE)[0]) == (1.0, 0)
    z = view([ONE, TWO], [TWO, TWO])[0]
    assert z.op == "constant" and z.attrs[0].tolist() == [[1, 2], [2, 2]]
    mixed = view(0, TWO)[0]                                        # in a row with what is computed
    assert mixed.args[0].op == "concat" and number_of(mixed.args[0].args[1].args[0].args[0]) == (2.0, 0)


def test_numbers_per_sample_tie_the_program_to_the_samples():
    made = views()
    z    = made.view(of_all_samples(np.array([EACH, ONE])))
    assert z.shape == (-1, 2) and z.attrs[0].tolist() == [[7, 1], [8, 1], [9, 1]]
    assert made.remarks.fixed == ["numbers that differ from sample to sample were recorded: declare them as "
                                  "targets or inputs"]


def test_single_samples_are_picked_from_the_whole_batch():
    made  = views()
    rows, of = np.array([4, 5, EACH, 11]), np.array([2, -1, 1, 0])
    z     = made.view(Operands(rows, of))
    X, W, Y = [np.random.default_rng(0).normal(size=size) for size in ((3, 5), (3, 2), (3, 2))]
    given = {id(a): numbers for a, numbers in zip(made.made, (X, W, Y))}
    found = evaluate(needed([z]), given, SAMPLES, np)[id(z)]
    assert found.tolist() == [X[2, 4], W[0, 0], 8.0, Y[0, 0]]
    assert made.remarks.fixed == ["operations between single samples were recorded"]


def test_a_single_member_has_no_axis_of_members():
    made = views()
    assert made.view_at(of_all_samples(np.array([[1, 2]]))).shape == (-1, 2)
    assert made.view_at(of_all_samples(np.array([[1, 2], [2, 3]]))).shape == (-1, 2, 2)
    assert number_of(made.factor(np.array([[ONE, ONE]]))) == (1.0, 0)
    assert made.factor(np.array([[ONE, TWO]])).shape == (2,)


@pytest.mark.parametrize("data, kind", [([1.0, 2.0], "f"), ([1, 2.0], "f"), ([1, 2], "O"),
                                        ([Fraction(1, 3), 2], "O")])
def test_exact_numbers_stay_exact(data, kind):
    assert plain(data).dtype.kind == kind and plain(data).tolist() == data
