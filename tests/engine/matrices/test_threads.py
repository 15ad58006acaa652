"""Threads: one program used by several of them gives what it gives to one alone, to the last bit, whatever
runs it."""

import copy
import pickle
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine import gradients, vectorize
from engine.matrices import runners as choosing
from engine.matrices.native import compiler as compiling
from nn import MLP, SGD, Adam, half_mse

from .graphs import numbers, samples

THREADS = 4


def runners():
    try:
        compiling.compiler()
    except compiling.NoCompiler:
        return ["numpy"]
    return ["numpy", "native", "auto"]


@pytest.fixture(autouse=True)
def hasty():
    """Threads take turns as often as Python allows, so that what can go wrong does."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def program_of(runner, sizes=(4, 1)):
    X, Y, model = samples(4, 2), samples(4, sizes[-1], 1), MLP(2, list(sizes), "tanh")
    outputs = [model.batch([x])[0] for x in X]
    outputs = [y if isinstance(y, list) else [y] for y in outputs]
    return vectorize(half_mse(outputs, Y), X, Y, model.parameters(), outputs=outputs,
                     runner=runner), numbers(X), numbers(Y)


def at_once(*jobs):
    """What each job gives; all of them start together, and an error in any is raised."""
    together = threading.Barrier(len(jobs))

    def started(job):
        together.wait()
        return job()
    with ThreadPoolExecutor(len(jobs)) as pool:
        return [done.result() for done in [pool.submit(started, job) for job in jobs]]


def data_of(k, count):
    rng = np.random.default_rng(k)
    return rng.normal(size=(count, 2)), rng.normal(size=(count, 1))


@pytest.mark.parametrize("runner", runners())
@pytest.mark.parametrize("counts", [(4, 4, 4, 4), (1, 4, 9, 4)])
def test_four_threads_call_one_program(runner, counts):
    """Losses, gradients and outputs, each thread with its own data, for the same and for different numbers of
    samples."""
    program, *_ = program_of(runner)
    for _ in range(choosing.PATIENCE if runner == "auto" else 0):
        program(*data_of(0, 4))
    data   = [[data_of(100 * k + j, count) for j in range(10)] for k, count in enumerate(counts)]
    wanted = [[(program(X, Y), program.run(X, Y), program.predict(X)) for X, Y in mine] for mine in data]
    found  = at_once(*[lambda mine=mine: [(program(X, Y), program.run(X, Y), program.predict(X))
                                          for _ in range(30) for X, Y in mine] for mine in data])
    for mine, theirs in zip(found, wanted):
        for (result, loss, outputs), (result_, loss_, outputs_) in zip(mine, theirs * 30):
            assert result.loss == result_.loss and loss == loss_ and np.array_equal(outputs, outputs_)
            assert all(np.array_equal(g, result_.gradients[name]) for name, g in result.gradients.items())


def test_the_change_to_machine_code_happens_while_threads_call():
    """"auto" drops its plans after 100 runs; whichever thread makes that run, all losses are those of one of
    the runners."""
    program, *_ = program_of("auto")
    data   = [data_of(k, 4) for k in range(THREADS)]
    wanted = [{program_of(runner)[0](X, Y).loss for runner in runners() if runner != "auto"} for X, Y in data]
    found  = at_once(*[lambda X=X, Y=Y: {program(X, Y).loss for _ in range(2 * choosing.PATIENCE)}
                       for X, Y in data])
    assert program.runner.hurried
    for mine, theirs in zip(found, wanted):
        assert mine <= theirs


@pytest.mark.parametrize("runner", runners())
def test_gradients_of_all_threads_are_added_up(runner):
    program, X, Y = program_of(runner)
    program.backward(X, Y)
    once = [p.grad for p in program.values]
    at_once(*[lambda: [program.backward(X, Y) for _ in range(50)]] * THREADS)
    assert [p.grad for p in program.values] == pytest.approx([201 * g for g in once], rel=1e-12)


@pytest.mark.parametrize("optimizer", [lambda ps: SGD(ps, 0.1, momentum=0.9), lambda ps: Adam(ps, 0.01)],
                         ids=["SGD", "Adam"])
@pytest.mark.parametrize("runner", runners())
def test_trainings_in_threads_come_one_after_the_other(runner, optimizer):
    """Four trainings of ten epochs in threads are one of forty; calls in between disturb none of them."""
    alone, X, Y = program_of(runner)
    mover  = optimizer(alone.values)
    wanted = [alone.train(X, Y, mover, epochs=10, batch_size=2, seed=3) for _ in range(THREADS)]
    shared, *_ = program_of(runner)
    mover  = optimizer(shared.values)
    *found, _ = at_once(*[lambda: shared.train(X, Y, mover, epochs=10, batch_size=2, seed=3)] * THREADS,
                        lambda: [shared(*data_of(0, 4)) for _ in range(200)])
    if runner != "auto":  # (there a call more or less changes who computes)
        assert sorted(found) == sorted(wanted)
        assert [p.data for p in shared.values] == [p.data for p in alone.values]
    assert sorted(map(sum, found)) == pytest.approx(sorted(map(sum, wanted)), rel=1e-9)


def test_a_graph_for_each_thread():
    """The scalar engine keeps nothing outside of the graph; leaves may be shared by derivatives that touch no
    grad."""
    model, (X, Y) = MLP(2, [8, 1], "tanh", seed=1), data_of(1, 4)

    def whole(k):
        own  = MLP(2, [8, 1], "tanh", seed=k)
        loss = half_mse([own(x) for x in X.tolist()], Y[:, 0].tolist())
        loss.backward()
        both = half_mse([model(x) for x in X.tolist()], Y[:, 0].tolist())
        return loss.data, [p.grad for p in own.parameters()], gradients(both, model.parameters())
    alone = [whole(k) for k in range(THREADS)]
    assert at_once(*[lambda k=k: whole(k) for k in range(THREADS)]) == alone


@pytest.mark.parametrize("send", [pickle.dumps, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("runner", runners())
def test_a_program_is_not_copied_and_says_what_to_do(runner, send):
    program, X, Y = program_of(runner)
    program(X, Y)
    with pytest.raises(TypeError, match="copy or send the model, and call vectorize again there"):
        send(program)


def test_programs_of_their_own_in_threads():
    """Four whole passes at once, from recording to training."""
    def whole():
        program, X, Y = program_of("numpy")
        return program.train(X, Y, SGD(program.values, 0.1), epochs=20), str(program), program.report()
    alone = whole()
    assert at_once(*[whole] * THREADS) == [alone] * THREADS
