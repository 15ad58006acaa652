"""Mover: an optimizer's rule on arrays does what it does to one Value after the other."""

import numpy as np
import pytest

from engine import vectorize
from engine.matrices.mover import Descent, Mover
from nn import MLP, SGD, Adam, half_mse

from .graphs import numbers, samples


def program_of():
    X, Y, model = samples(4, 2), samples(4, 1, 1), MLP(2, [3, 1], "tanh")
    return vectorize(half_mse([[model(x)] for x in X], Y), X, Y, model.parameters()), numbers(X), numbers(Y)


@pytest.mark.parametrize("rule", [lambda ps: Descent(ps, 0.1), lambda ps: SGD(ps, 0.1, momentum=0.9),
                                  lambda ps: Adam(ps, 0.05)])
def test_a_step_moves_theta_as_the_rule_moves_each_number(rule):
    program, X, Y = program_of()
    optimizer = rule(program.values)
    mover = Mover(optimizer, program.own)
    w, states = program.theta.tolist(), [optimizer.start] * len(program.theta)
    for _ in range(3):
        program.run(X, Y)
        mover.step()
        moved = [optimizer.update(x, g, s) for x, g, s in zip(w, program.gradient.tolist(), states)]
        w, states = [x for x, _ in moved], [s for _, s in moved]
        assert program.theta.tolist() == pytest.approx(w, rel=1e-14)
    mover.finish()
    found = [optimizer.states[k] for k in program.order.tolist()]
    assert optimizer.steps == 3 and np.array(found) == pytest.approx(np.array(states), rel=1e-13)


def test_what_the_optimizer_does_not_know_stays():
    program, X, Y = program_of()
    mover  = Mover(SGD(program.values[:2], 0.1), program.own)
    before = program.theta.copy()
    program.run(X, Y)
    mover.step()
    mover.finish()
    assert mover.moving.tolist() == [k < 2 for k in program.order.tolist()]
    assert (program.theta != before).tolist() == mover.moving.tolist()
