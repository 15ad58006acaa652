"""The recording replays the engine's pass to the last bit, and leaves the caller's graph as it was."""

import operator
from fractions import Fraction
from random import Random

import pytest

from engine import Value, maximum, sigmoid, tanh, total
from engine.graphs.graph import Graph
from engine.lectures.recording import record
from nn import MLP


def program(seed):
    """A random expression of 40 operations over 4 leaves, most of them used more than once."""
    rng  = Random(seed)
    pool = [Value(rng.uniform(-2, 2), name) for name in "xywb"]
    for _ in range(40):
        a, b = rng.choice(pool), rng.choice(pool[-6:])
        pool.append(rng.choice([operator.add, operator.mul, operator.sub, maximum, lambda a, b: tanh(a),
                                lambda a, b: sigmoid(b), lambda a, b: 2 * a])(a, b))
    return total(pool[-8:])


@pytest.mark.parametrize("seed", range(20))
def test_every_recorded_gradient_is_the_engines_to_the_last_bit(seed):
    root = program(seed)
    recording = record(root)
    root.backward()
    engine = [v.grad for v in recording.values]
    assert [g for g, role in zip(recording.grads, recording.roles) if role != "constant"] == \
           [g for g, role in zip(engine, recording.roles) if role != "constant"]


@pytest.mark.parametrize("seed", range(5))
def test_the_running_sums_of_a_node_lead_from_0_to_its_gradient(seed):
    recording = record(program(seed))
    sums = {}
    for step in recording.steps:
        for c in step.contributions:
            assert c.before == sums.get(c.operand, 0)
            assert c.after  == c.before + c.product and c.product == c.partial * c.upstream
            sums[c.operand] = c.after
            assert c.complete == (c.use == c.uses)
    assert all(recording.grads[i] == g for i, g in sums.items())


def test_a_node_passes_its_gradient_on_only_when_it_is_complete(shared):
    recording, complete = record(shared), set()
    for step in recording.steps:
        if step.phase == "seed":
            complete.add(step.node)
        if step.phase == "backward":
            assert step.node in complete
        complete |= {c.operand for c in step.contributions if c.complete}
    assert complete >= {i for i, v in enumerate(recording.values) if v.operands}


def test_the_callers_numbers_are_not_touched(shared):
    for v in Graph(shared).nodes:
        v.grad = 7
    record(shared)
    assert all(v.grad == 7 for v in Graph(shared).nodes)


def test_fractions_stay_exact():
    a, b = Value(Fraction(1, 3), "a"), Value(Fraction(2, 7), "b")
    recording = record((a * b + a / b) - b)
    grads = dict(zip(recording.names, recording.grads))
    assert (grads["a"], grads["b"]) == (Fraction(53, 14), Fraction(-19, 4))


def test_a_leaf_alone_is_a_lecture_too():
    recording = record(Value(3.0, "x"))
    assert recording.grads == [1] and [s.phase for s in recording.steps] == ["given", "seed", "done"]


@pytest.mark.parametrize("seed", range(5))
def test_paths_are_counted_and_the_strongest_is_the_strongest_of_all(seed):
    rng = Random(seed)
    m   = MLP(2, [3, 2, 1], hidden="tanh", seed=seed)
    recording = record((m([rng.random(), rng.random()]) - 1) ** 2)
    index = recording.graph.index
    users = {}
    for z in recording.values:
        for x, partial in zip(z.operands, z.partials):
            users.setdefault(index[x], []).append((index[z], abs(partial)))
    def walks(i):                                        # all of them, one by one: the oracle
        if i == recording.root:
            return [([], 1.0)]
        return [([j, *rest], p * size) for j, p in users[i] for rest, size in walks(j)]
    for i in range(len(recording.values)):
        every = walks(i)
        assert recording.paths[i] == len(every)
        chain = [i]
        while recording.best[chain[-1]] >= 0:
            chain.append(recording.best[chain[-1]])
        if len(chain) > 1:
            sizes = {tuple(w): s for w, s in every}
            assert sizes[tuple(chain[1:])] == pytest.approx(max(sizes.values()))


def test_root_must_be_a_value():
    with pytest.raises(TypeError, match="one Value"):
        record(3.0)
