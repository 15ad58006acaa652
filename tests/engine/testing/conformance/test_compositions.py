"""Compositions: each gives what the operation itself gives, value and slopes."""

import math

import pytest

from engine.testing.conformance.compositions import FORMS_OF, PLUS_NEG, FROM_ZERO, circular, form_of, forms_in
from engine.testing.conformance.exercises import Exercise, P, program
from engine.testing.conformance.simulation import Model, simulate

WAYS = [pytest.param(form, way, id=f"{form} {k}") for form, ways in FORMS_OF.items()
        for k, way in enumerate(ways)]


@pytest.mark.parametrize("form, way", WAYS)
@pytest.mark.parametrize("point", [(1.5, 2.5), (0.25, 0.75)])
def test_a_composition_computes_the_operation(form, way, point):
    op, kinds = form.split()
    nodes     = iter(range(2))
    operands  = tuple(next(nodes) if kind == "n" else P(point[1]) for kind in kinds)
    exercise  = Exercise(program(point, (op, operands)))
    assert form_of(op, operands) == form
    itself, made = simulate(exercise, Model()), simulate(exercise, Model().making(form, way))
    assert math.isclose(itself.data[2], made.data[2], rel_tol=1e-12)
    for a, b in zip(itself.grads[:2], made.grads[:2]):
        assert math.isclose(a, b, rel_tol=1e-12)


def test_an_operation_that_would_be_made_of_itself_is_found():
    assert forms_in("- nn", PLUS_NEG) == ["neg n", "+ nn"]
    assert not circular([("- nn", PLUS_NEG)]) and not circular([("neg n", FROM_ZERO)])
    assert not circular([("- nn", PLUS_NEG), ("neg n", FROM_ZERO)])               # 0 - x is another form
    assert circular([("- pn", PLUS_NEG), ("neg n", FROM_ZERO)])
