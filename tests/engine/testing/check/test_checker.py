"""check_gradients calls wrong slopes WRONG and names the operation; it never blames a right one."""

import itertools
import math
import time

import numpy as np
import pytest
from engine import Value, cos, exp, grad, leaky_relu, log, maximum, relu, sigmoid, sin, sqrt, tanh
from engine.primitives import TABLE, apply
from engine.testing import (
    WrongGradient, assert_gradients, check_gradients, datasets, deterministic, networks, operands,
    random_program,
)
from engine.testing.random_programs.rules import RATIONAL, SMOOTH
from engine.value import topological_order
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


def test_a_right_gradient_reads_well():
    assert str(check_gradients(lambda x, y: x * y, 3, 4)).split("\n") == [
        "gradients: right", "  inputs:", "    right     x: 4", "    right     y: 3",
        "  slopes of operations: 2 right"]


def test_badly_conditioned_computations_are_rounding_not_wrong():
    assert check_gradients(lambda x: sin(x * 1e8) / (x - 0.4999999), 0.5).ok
    assert check_gradients(lambda x: (x + 1e16) - 1e16, 0.1).ok
    assert check_gradients(lambda x: log(exp(x) - 1), 1e-9).ok
    report = check_gradients(lambda x: cos(x) * 1e6, 3.141592653589793)
    assert report.ok and report.inputs[0].allowed > 0


# --- kinks and domains -------------------------------------------------------------------------------

def test_a_kink_gives_both_slopes_and_whether_the_answer_lies_between():
    finding = check_gradients(lambda x, y: relu(x) * y, 0.0, 2.0).inputs[0]
    assert (finding.verdict, finding.left, finding.right_side, finding.between) == ("kink", 0, 2, True)
    assert str(finding) == "kink      x: slope 0.0 on the left, 2.0 on the right; 0.0 lies between"


def test_ties_and_kinks_that_cancel_are_not_wrong():
    assert check_gradients(lambda x: maximum(x, x), 2.0).verdict == "kink"
    assert check_gradients(lambda x: maximum(x, x), 2.0).inputs[0].verdict == "right"
    assert check_gradients(lambda x, low, high: apply("clamp", x, low, high), 2.0, 2.0, 2.0).verdict == "kink"
    cancelled = check_gradients(lambda x: relu(x) - relu(-x), 0.0)              # = x, and the engine says 0
    assert cancelled.verdict == "kink" and not cancelled.inputs[0].between
    assert "together they leave the range" in str(cancelled)


def test_edges_of_domains_are_told_apart_from_wrong_slopes():
    assert check_gradients(sqrt, 0.0).verdict == "outside the domain"            # slope inf
    assert check_gradients(log, 0.0).inputs[0].why.startswith("ValueError: log(0.0)")
    assert check_gradients(lambda x: sqrt(x * x), 0.0).verdict == "outside the domain"
    assert check_gradients(lambda x: x * 2, math.nan).ok


# --- wrong rows, planted -----------------------------------------------------------------------------

@pytest.fixture
def plant(monkeypatch):
    """Replace the partials of a row, as apply() sees it."""
    def replace(name, partials):
        monkeypatch.setitem(TABLE, name, TABLE[name]._replace(partials=partials))
        return lambda *xs: apply(name, *xs)
    return replace


def test_exp_with_a_slope_wrong_by_one_part_in_2000_is_found(plant):
    wrong  = plant("exp", [lambda z, x: z * 1.0005])
    report = check_gradients(lambda x: tanh(wrong(x)) * 3, 0.5)
    assert report.verdict == "WRONG" and report.culprit.name == "exp(0.5)"
    assert [finding.verdict for finding in report.inputs] == ["WRONG"]
    assert [finding.name for finding in report.nodes if finding.verdict == "WRONG"] == ["exp(0.5)"]
    assert "first wrong: exp(0.5), slope towards operand 1: 1.6495456313354782 was given" in str(report)
    with pytest.raises(WrongGradient, match="first wrong: exp"):
        report.raise_if_wrong()


@pytest.mark.parametrize("name, partials, x", [
    ("exp",     [lambda z, x: z * (1 + 1e-7)],         0.5),       # one part in 10^7
    ("identity", [lambda z, x: 1 + 2.0 ** -40],        0.5),       # an exact row: no excuse of rounding
    ("sigmoid", [lambda z, x: z * (1 - z)],            40.0),      # cancellation: 0 for 4.2e-18
    ("tanh",    [lambda z, x: 1 - z * z],              20.0),      # likewise
    ("sin",     [lambda z, x: -TABLE["cos"].value(x)], 0.3),       # sign
    ("relu",    [lambda z, x: 1 if x > 0 else 0.01],   -1.0),      # leaks
    ("relu",    [lambda z, x: 2 if x == 0 else 1],     0.0),       # not between the slopes of the kink
    ("abs",     [lambda z, x: 1],                      -2.0),
    ("log",     [lambda z, x: math.nan],               2.0),
    ("softplus", [lambda z, x: 1],                     700.0 - 680)])
def test_planted_slopes_are_found(plant, name, partials, x):
    assert check_gradients(plant(name, partials), x).culprit.name.startswith(name)


@pytest.mark.parametrize("name", [n for n, row in TABLE.items() if not row.nary])
def test_every_partial_of_every_row_is_watched(plant, name):
    """Each partial in turn is made wrong by one part in 10^6, or by 10^-6 where it is 0."""
    xs  = [0.6, 0.7, 0.8][:len(TABLE[name].partials)] if name != "acosh" else [1.6]
    row = TABLE[name]
    for k, right in enumerate(row.partials):
        def off(z, *ys, right=right):
            return right(z, *ys) * (1 + 1e-6) or 1e-6
        wrong  = plant(name, [off if i == k else p for i, p in enumerate(row.partials)])
        report = check_gradients(lambda *ys, f=wrong: f(*ys) * 3, *xs)
        assert report.culprit is not None and report.culprit.operand == k
        plant(name, row.partials)


def test_the_first_wrong_node_in_topological_order_is_named(plant):
    sine, expo = plant("sin", [lambda z, x: 1]), plant("exp", [lambda z, x: 1])
    report = check_gradients(lambda x: expo(sine(x)), 0.5)
    assert report.culprit.name == "sin(0.5)"
    assert [f.name[:3] for f in report.nodes if f.verdict == "WRONG"] == ["sin", "exp"]


def test_swapped_operands_are_found():
    def subtract(x, y):
        z = x - y
        z.operands = (y, x)
        return z
    report = check_gradients(subtract, 5.0, 3.0)
    assert "operands recorded in another order" in str(report.culprit)


def test_data_changed_after_the_forward_pass_is_found():
    def f(x):
        y = x * 2
        z = y * y
        y.data = 100.0
        return z
    assert "was .data changed" in str(check_gradients(f, 1.0).culprit)


def test_a_gradient_that_is_overwritten_is_found_where_it_happens(monkeypatch):
    """`=` for `+=` in backward: every operation is right, the sum is not."""
    def backward(self, seed=1, create_graph=False):
        self.grad = seed
        for z in reversed(topological_order(self)):
            for operand, partial in zip(z.operands, z.partials):
                operand.grad = partial * z.grad
    monkeypatch.setattr(Value, "backward", backward)
    assert check_gradients(lambda x: x.exp() * 2, 1.0).ok
    report = check_gradients(lambda x: (a := x.exp()) * a.sin(), 1.0)
    assert (report.culprit.name == "grad of exp(1.0)"
            and "sum over all nodes that use it" in report.culprit.why)
    assert report.inputs[0].verdict == "WRONG"


# --- functions of plain floats -----------------------------------------------------------------------

def test_a_float_function_with_its_gradient():
    assert check_gradients(math.exp, 0.5, gradient=math.exp).verdict == "right"
    assert check_gradients(math.exp, 0.5, gradient=lambda x: 1.0005 * math.exp(x)).verdict == "WRONG"
    assert check_gradients(lambda x: 1e-6 * x, 0.5, gradient=lambda x: 0.0).verdict == "WRONG"
    assert check_gradients(lambda x: 1e-6 * math.fabs(x), 0.5, gradient=0.0).verdict == "WRONG"
    assert check_gradients(lambda x, y: x * y, 3.0, 4.0, gradient=lambda x, y: (y, x)).verdict == "right"
    assert check_gradients(lambda x: max(x, 0.0), 0.0, gradient=1.0).inputs[0].between
    assert check_gradients(lambda x: max(x, 0.0), 0.0, gradient=1.5).verdict == "WRONG"
    assert check_gradients(lambda x: math.fabs(x), 0.0, gradient=0.0).verdict == "kink"
    assert check_gradients(math.sqrt, -1.0, gradient=0.0).verdict == "outside the domain"


@pytest.mark.parametrize("x", [0.0, 1e-9, 0.3, -2.5, 40.0, -40.0, 700.0])
@pytest.mark.parametrize("f, g", [
    (math.sin, math.cos), (math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    (math.atan, lambda x: 1 / (1 + x * x)),
    (lambda x: x ** 3, lambda x: 3 * x * x), (math.erf, lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x)),
    (lambda x: math.floor(x) * 0.0 + x, lambda x: 1.0), (abs, lambda x: math.copysign(1.0, x)),
    (np.cosh, np.sinh), (np.sin, np.cos), (lambda x: 3.0, lambda x: 0.0)])
def test_right_float_functions_are_not_blamed(f, g, x):
    assert_gradients(f, x, gradient=g)


def test_numpy_functions_of_arrays():
    x = np.array([0.5, -1.0, 40.0])
    assert check_gradients(lambda x: np.sum(np.sin(x) * x), x,
                           gradient=lambda x: np.cos(x) * x + np.sin(x)).ok
    report = check_gradients(lambda x: np.sum(np.sin(x) * x), x, gradient=lambda x: np.cos(x) * x)
    assert [f.verdict for f in report.inputs] == ["WRONG"] * 3
    assert report.inputs[1].name == "x[2]"


def test_the_complex_step_sees_the_tail_that_differences_cannot():
    def logistic(x): return 1 / (1 + np.exp(-x))
    assert check_gradients(logistic, 30.0, gradient=lambda x: logistic(x) * logistic(-x)).verdict == "right"
    assert check_gradients(logistic, 40.0, gradient=0.0).verdict == "WRONG"


def test_torch_functions_are_checked_without_a_dependency():
    torch = pytest.importorskip("torch")

    def f(x): return float(torch.tanh(torch.tensor(x, dtype=torch.float64)) ** 2)

    def slope(x):
        t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        (torch.tanh(t) ** 2).backward()
        return t.grad.item()

    assert check_gradients(f, 0.7, gradient=slope).verdict == "right"
    assert check_gradients(f, 0.7, gradient=lambda x: slope(x) * 1.0005).verdict == "WRONG"
    tensor = torch.tensor([0.7, -0.2], dtype=torch.float64)
    assert check_gradients(lambda t: (t * t).sum(), tensor, gradient=lambda t: 2 * t).verdict == "right"


def test_another_engine_is_checked_by_its_own_class():
    class Tiny:
        def __init__(self, data): self.data, self.grad, self.back = data, 0.0, lambda: None
        def __mul__(self, other):
            z = Tiny(self.data * other.data)
            def back(): self.grad, other.grad = other.data * z.grad, self.data * z.grad       # = for +=
            z.back = back
            return z
        def backward(self):
            self.grad = 1.0
            self.back()

    assert check_gradients(lambda x, y: x * y, Tiny(3.0), Tiny(4.0)).verdict == "right"
    assert check_gradients(lambda x: x * x, Tiny(3.0)).verdict == "WRONG"


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
