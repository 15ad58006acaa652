"""The runner that is always there: a plan for any lines, and no epochs of its own."""

import numpy as np

from engine.matrices.mover import Descent, Mover
from engine.matrices.numpy.numpy_calls import NumpyCalls
from engine.matrices.portable import elementary, evaluate

from ..graphs import regression
from ..lines import data, lists, program


def test_a_plan_computes_the_roots_from_what_is_given_in_each_run_anew():
    roots, leaves = program(lists)
    given, into   = data(roots, leaves, 5)
    plan  = NumpyCalls().plan(roots, 5, given, into)
    order = elementary(roots)
    for _ in range(2):
        for x in given.values():
            x *= 0.5
        plan.run()
        values = evaluate(order, given, 5, np)
        for z, out in zip(order[-len(roots):], into):
            np.testing.assert_allclose(out, values[id(z)], rtol=1e-13)


def test_logarithms_of_nothing_and_quotients_by_nothing_warn_nobody():
    roots, leaves = program(lambda lines, x, y, w, u: [lines.call("log", x), 1 / x])
    given, into   = data(roots, leaves, 2)
    given[id(leaves[0])][...] = 0
    with np.errstate(all="raise"):
        NumpyCalls().plan(roots, 2, given, into).run()
    assert (into[0] == -np.inf).all() and (into[1] == np.inf).all()


def test_epochs_are_left_to_python():
    program, X, Y = regression(runner="numpy")
    mover = Mover(Descent(program.values, 0.1), program.own)
    assert NumpyCalls().epochs(None, {}, program.own, mover, np.array(X), np.array(Y), 4) is None
    assert NumpyCalls.about == "NumPy"
