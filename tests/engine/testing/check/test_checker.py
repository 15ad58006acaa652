"""check_gradients never blames a right gradient, takes inputs of any shape, and explains a wrong call."""

import itertools
import time

import pytest
from engine import Value, cos, exp, grad, leaky_relu, log, relu, sigmoid, sin
from engine.primitives import TABLE, apply
from engine.testing import (
    assert_gradients, check_gradients, datasets, deterministic, networks, operands,
    random_program,
)
from engine.testing.random_programs.rules import RATIONAL, SMOOTH
from hypothesis import given
from hypothesis import strategies as st
from nn import MLP

HARD  = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 0.9999999999999999, 1.0000000000000002, -3.5, 20.0, 40.0, -40.0,
         700.0, -700.0, -745.0, 1e-8, 1e-160, 1e-300, -1e-300, 1e300, -1e300, 5e-324, 4.493409457909064, 1e16)
PAIRS = (0.0, 1.0, -1.0, 2.0, 0.5, -40.0, 700.0, 1e-300, 1e300)
TRIPLES = (0.0, 1.0, -1.0, 40.0)


# --- right functions ---------------------------------------------------------------------------------

@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not row.nary])
def test_no_row_is_blamed_at_zeros_kinks_tails_and_edges(name):
    count  = len(TABLE[name].partials)
    points = itertools.product(HARD if count == 1 else PAIRS if count == 2 else TRIPLES, repeat=count)
    for xs in points:
        if not known(name, xs):
            assert_gradients(lambda *xs: apply(name, *xs), *xs)


def known(name, xs):
    """Beyond 2^53, y - 1 has lost the parity of y, and x // y jumps between any two floats: no slope can be
    measured."""
    return (name == "**" and xs[0] < 0 and abs(xs[1]) > 2 ** 53 or
            name in ("%", "//") and xs[1] != 0 and abs(xs[0] / xs[1]) > 2 ** 53)


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.nary])
def test_no_row_of_many_operands_is_blamed(name):
    for xs in itertools.product((0.0, 1.0, -700.0, 40.0), repeat=4 if name == "dot" else 3):
        assert_gradients(lambda *xs: apply(name, *xs), *xs)
    assert_gradients(lambda *xs: apply(name, *xs), *[0.1 * k for k in range(-2, 4 if name == "dot" else 3)])


@deterministic(25)
@given(st.sampled_from([name for name in TABLE if name not in ("dot", "**")]).flatmap(
    lambda name: st.tuples(st.just(name), operands(name, subnormals=False))))
def test_no_row_is_blamed_in_its_domain(drawn):
    name, xs = drawn
    assert known(name, xs) or check_gradients(lambda *xs: apply(name, *xs), *xs)


@pytest.mark.parametrize("seed", range(60))
def test_random_programs_are_right(seed):
    program = random_program(seed, (*RATIONAL, *SMOOTH), 30, kinks=seed % 2 == 1)
    assert_gradients(lambda *xs: run_on(program, xs), *program.inputs)


def run_on(program, xs):
    """The program with these Values as its inputs."""
    stream = iter(xs)
    return program.run(lambda _: next(stream)).output


@deterministic(25)
@given(networks(), datasets(max_samples=3))
def test_random_networks_are_right(network, data):
    def loss(*weights):
        stream = iter(weights)
        units  = [[next(stream) for _ in w] for w in network.weights]
        return sum((network((x * 3)[:network.sizes[0]], units) - y) ** 2 for x, y in zip(data.xs, data.ys))
    assert_gradients(loss, *[w for unit in network.weights for w in unit])


def test_badly_conditioned_computations_are_rounding_not_wrong():
    assert check_gradients(lambda x: sin(x * 1e8) / (x - 0.4999999), 0.5).ok
    assert check_gradients(lambda x: (x + 1e16) - 1e16, 0.1).ok
    assert check_gradients(lambda x: log(exp(x) - 1), 1e-9).ok
    report = check_gradients(lambda x: cos(x) * 1e6, 3.141592653589793)
    assert report.ok and report.inputs[0].allowed > 0


# --- second order, speed, and errors -----------------------------------------------------------------

def test_second_derivatives(plant):
    assert check_gradients(lambda x, y: exp(x * y) * sin(x) / y, 0.5, 0.75,
                           order=2).verdict in ("right", "rounding")
    assert check_gradients(lambda x: x * x * x, 2.0, order=2).inputs[1].given == 12
    assert check_gradients(lambda x: relu(x) * x, 0.0, order=2).notes
    # right slope, no curvature
    wrong = plant("exp", [lambda z, x: Value(z.data) if isinstance(z, Value) else z])
    report = check_gradients(wrong, 0.5, order=2)
    assert [f.verdict for f in report.inputs] == ["right", "WRONG"]


def test_the_loss_of_a_2_16_16_1_network_takes_less_than_5_seconds():
    model = MLP(2, [16, 16, 1], hidden="tanh")
    start = time.process_time()
    report = check_gradients(lambda *_: (model([0.5, -0.3]) - 1) ** 2, *model.parameters())
    assert time.process_time() - start < 5
    assert report.ok and len(report.inputs) == 337 and report.inputs[0].name == "W1[1,1]"
    assert all(p.grad == 0 for p in model.parameters())


def test_lists_closures_and_gradients_left_as_they_were():
    x = Value(2.0, "speed")
    x.grad = 7.0
    assert check_gradients(lambda _: x * x, x).inputs[0].given == 4
    assert x.grad == 7.0
    report = check_gradients(lambda w: w[0] * w[1], [3.0, 4.0])
    assert [f.name for f in report.inputs] == ["w[1]", "w[2]"]


def test_a_graph_that_was_cut_is_found():
    report = check_gradients(lambda x: x.data * 2, 3.0)
    assert report.verdict == "WRONG" and "no gradient can flow" in str(report)
    assert check_gradients(lambda x: 5.0, 3.0).ok


def test_mistakes_in_the_call_are_explained():
    with pytest.raises(TypeError, match="is a return missing"):
        check_gradients(lambda x: None, 1.0)
    with pytest.raises(TypeError, match="return the total"):
        check_gradients(lambda x: [x, x], 1.0)
    with pytest.raises(TypeError, match="one slope per input"):
        check_gradients(lambda x, y: x * y, 1.0, 2.0, gradient=1.0)
    with pytest.raises(ValueError, match="order must be 1"):
        check_gradients(exp, 1.0, order=3)


def test_prelu_and_nested_derivatives():
    assert check_gradients(lambda x, a: leaky_relu(x, a) * sigmoid(x), -1.5, 0.2).ok
    assert check_gradients(lambda x: x * grad(lambda y: x * y * y)(2.0), 3.0).ok


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError, match="not of Value .*: write check_gradients"):
        check_gradients(Value(2.0) * 3, 2.0)
