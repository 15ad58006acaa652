"""Plans: one for each number of samples, filled with what a call was given."""

import numpy as np
import pytest

from engine import Value, vectorize
from engine.matrices.mover import Descent, Mover
from nn import MLP, half_mse

from .graphs import samples


def program_of(count=4, **options):
    X, Y, model = samples(count, 2), samples(count, 1, 1), MLP(2, [3, 1], "tanh")
    outputs = [[model(x)] for x in X]
    return vectorize(half_mse(outputs, Y), X, Y, model.parameters(), outputs=outputs, **options)


def test_a_plan_is_made_once_for_each_number_of_samples():
    program, rng = program_of(), np.random.default_rng(0)
    for count in (4, 7, 4, 7):
        program(rng.normal(size=(count, 2)), rng.normal(size=(count, 1)))
    assert sorted(program.plans.made) == [(4, False), (7, False)]
    program.predict(rng.normal(size=(7, 2)))
    assert sorted(program.plans.made) == [(4, False), (7, False), (7, True)]


def test_lists_arrays_and_whole_numbers_fill_alike():
    program = program_of()
    X, Y = [[1, 0], [0, 1], [1, 1], [0, 0]], [[1], [1], [0], [0]]
    wanted = program(np.array(X, float), np.array(Y, float)).loss
    assert program(X, Y).loss == program(np.array(X), np.array(Y)).loss == wanted
    assert program(X, [1, 1, 0, 0]).loss == wanted                     # one number per sample needs no list


@pytest.mark.parametrize("X, Y, message", [
    ([[1.0, 2.0]] * 4, None, "recorded with targets and got none: write program\\(X, Y\\)"),
    ([[1.0, 2.0, 3.0]] * 4, [[0.0]] * 4, r"inputs of shape \(4, 3\) were given and \(4, 2\) is needed"),
    ([[1.0, 2.0]] * 4, [[0.0]] * 3, r"targets of shape \(3, 1\) were given and \(4, 1\) is needed"),
    ([], [], "at least one row"),
])
def test_what_does_not_fit_is_told_and_changes_nothing(X, Y, message):
    program = program_of()
    before  = program.theta.copy()
    with pytest.raises(ValueError, match=message):
        program(X, Y)
    assert (program.theta == before).all() and program([[1.0, 2.0]] * 4, [[0.0]] * 4).loss >= 0


def test_a_program_that_is_tied_to_its_samples_takes_no_others():
    program = program_of(count=1)
    assert program.fixed == ["one sample was recorded without batch=True"]
    with pytest.raises(ValueError, match="takes exactly 1 samples and got 2: one sample was recorded"):
        program([[1.0, 2.0]] * 2, [[0.0]] * 2)


def test_epochs_without_python_are_offered_only_where_the_runner_has_them():
    slow, fast = program_of(runner="numpy"), program_of(runner="native")
    X, Y = np.ones((4, 2)), np.ones((4, 1))
    assert slow.plans.epochs(Mover(Descent(slow.values, 0.1), slow.own), X, Y, 4) is None
    assert fast.plans.epochs(Mover(Descent(fast.values, 0.1), fast.own), X, Y, 0) is None
    assert fast.plans.epochs(Mover(Descent(fast.values, 0.1), fast.own), X, None, 4) is None  # run() says why
    loop = fast.plans.epochs(Mover(Descent(fast.values, 0.1), fast.own), X, Y, 4)
    assert loop is None or len(loop.whole(3)) == 3


def test_a_loss_without_samples_trains_as_well():
    w = Value(3.0)
    program = vectorize((w - 1) ** 2, (), (), [w], runner="native")
    losses  = program.train([0.0], None, Descent([w], 0.25), epochs=200)
    assert losses[0] == 4 and abs(w.data - 1) < 1e-12


def test_the_outputs_of_the_last_run_are_asked_for_after_a_run():
    program = program_of()
    with pytest.raises(ValueError, match=r"has not run yet: call program.run\(X, Y\) first"):
        program.last_outputs()
    program.run(np.ones((4, 2)), np.ones((4, 1)))
    assert program.last_outputs().shape == (4, 1)
    assert (program.predict(np.ones((4, 2))) == program.last_outputs()).all()
