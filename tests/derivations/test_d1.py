"""D1, the course-book chapter: every equation of its fully connected networks, element by element.

    W[k][i][j]   weight of unit i of layer k for its input j: (out, in)
    z, a         pre- and post-activation; a[0] = x
    J            (1/2) sum (y - yhat)^2 of one example
    delta[k]     dJ/dz[k], which is z[k].grad
"""

import itertools
from math import comb, exp, inf, isnan, log, prod, sqrt, tanh
from random import Random
from statistics import mean, median

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

import engine
from engine import Value
from engine.graphs.folds import Fold
from engine.graphs.graph import Graph
from nn import (
    MLP, SGD, Adam, BatchNorm, Dropout, Elementwise, KeepDropout, Layer, Neuron, Sequential, Standardizer,
    accuracy, dead_fraction, digits, fit, half_mse, noisy_curve,
)
from nn.initializers import glorot, he, normal, xavier
from nn.metrics import predicted_class
from tests.conventions import sigma, slope

from .conventions import (
    D1, agree, elements, examples, grads, networks, nudged, numbers, outputs, put, random_network, shape,
    vectors, weights,
)

item = pytest.mark.item
seeds = st.integers(0, 2**32 - 1)


def relu(z):
    return max(0.0, z)


def relu_slope(z):
    return 1.0 if z > 0 else 0.0


def affine(W, a, b):
    """W a + b, by loops."""
    return [sum(W[i][j] * a[j] for j in range(len(a))) + b[i] for i in range(len(b))]


def half_square(y, yhat):
    """J, from Values or numbers."""
    return sum((t - p) ** 2 for t, p in zip(y, yhat)) * 0.5


def backward(case):
    """The D1 view of (net, x, y) after J.backward(), and y."""
    net, x, y = case
    n = D1(net, x)
    half_square(y, outputs(n)).backward()
    return n, y


def arrows(root):
    """The arrows of the network's figure: pairs of inputs x1, x2, ... and units, "unit 1[2]" in layer 1."""
    return sorted((link.source.title, link.target.title) for link in Fold(Graph(root), "neuron").links)


def fully_connected(*sizes):
    """The arrows of inputs and layers of these sizes, each unit joined to every unit before it."""
    names = [[f"x{j + 1}" for j in range(sizes[0])],
             *[[f"unit {k}[{i + 1}]" for i in range(size)] for k, size in enumerate(sizes[1:], 1)]]
    return sorted(pair for layers in itertools.pairwise(names) for pair in itertools.product(*layers))


def named(*numbers):
    """Inputs that a drawing calls x1, x2, ..."""
    return [Value(x, f"x{j}") for j, x in enumerate(numbers, 1)]


def matrix_program(model, X, Y):
    """The model's half squared error over all samples as NumPy: what many seeds are trained with."""
    x, y = [[Value(v) for v in row] for row in X], [Value(v) for v in Y]
    return engine.vectorize(half_mse(model.batch(x), y), x, y, model.parameters(), runner="numpy")


def final_losses(made, X, Y, lr, steps, chosen):
    """The loss before the last of `steps` steps of gradient descent from made(seed), for each seed; inf for
    nan."""
    model = made(chosen[0])
    program, found = matrix_program(model, X, Y), []
    for seed in chosen:
        put(model.parameters(), numbers(made(seed).parameters()))
        with np.errstate(all="ignore"):                                     # an overflow is a result here
            J = program.train(X, Y, SGD(model.parameters(), lr), epochs=steps)[-1]
        found.append(inf if isnan(J) else J)
    return found


def three_digits(losses):
    """The numbers as a report shows them."""
    return ", ".join(f"{J:.3g}" for J in losses)


# --- 4.1.1 to 4.1.3: units, layers, the 3-4-1 network ---------------------------------------------

@item("D1-01", "D1-58")
def test_inputs_only_emit_and_the_graph_has_no_loop():
    net = random_network(3, [4, 2, 1], "tanh")
    n, layer_of = D1(net, [1.0, 2.0, 3.0]), {}
    for k, layer in enumerate(n.a):
        layer_of.update({id(a): k for a in layer})
    assert all(x.operands == () for x in n.a[0])                            # inputs only emit
    for k in range(1, n.L + 1):                                             # a unit has the layer before it
        for z in n.z[k]:
            assert [layer_of[id(v)] for v in z.operands if id(v) in layer_of] == [k - 1] * len(n.a[k - 1])
    assert arrows(net(named(1.0, 2.0, 3.0))) == fully_connected(3, 4, 2, 1)


@item("D1-58")
@pytest.mark.parametrize("d, K", [(1, 1), (2, 3), (5, 10)])
def test_inputs_are_features_and_outputs_are_classes_or_one(d, K):
    net, x = random_network(d, [4, K], "tanh"), [0.5] * d
    assert isinstance(net(x), Value) if K == 1 else len(net(x)) == K
    n = D1(net, x)
    engine.total(outputs(n)).backward()
    assert all(v.grad != 0 for v in (*n.a[0], *net.parameters()))           # every feature is used
    for wrong in (d - 1, d + 1):
        with pytest.raises(ValueError, match=f"{d} inputs expected, {wrong} given"):
            net([0.5] * wrong)


@item("D1-02")
@examples
@given(networks())
def test_the_network_is_the_composition_of_its_layers(case):
    net, x, _ = case
    n, a, by_hand = D1(net, x), x, x
    for k, layer in enumerate(net.layers, 1):
        a       = layer(a)
        by_hand = affine(numbers(n.W[k]), by_hand, numbers(n.b[k]))
        by_hand = by_hand if k == n.L else list(map(tanh, by_hand))
        agree(numbers(a), by_hand)
    agree(numbers(outputs(n)), numbers(a), 0)


@item("D1-03", "D1-04", "D1-05", "D1-06")
@examples
@given(seeds, vectors(3))
def test_forward_propagation_of_the_3_4_1_network(seed, x):
    n = D1(random_network(3, [4, 1], "sigmoid", "sigmoid", seed), x)
    W1, b1, W2, b2 = numbers([n.W[1], n.b[1], n.W[2], n.b[2]])
    assert (shape(W1), shape(b1), shape(W2), shape(b2)) == ((4, 3), (4,), (1, 4), (1,))

    z1 = [sum(W1[j][k] * x[k] for k in range(3)) + b1[j] for j in range(4)]
    a1 = [sigma(z) for z in z1]
    z2 = sum(W2[0][j] * a1[j] for j in range(4)) + b2[0]
    agree(numbers([n.z[1], n.a[1], n.z[2], n.a[2]]), [z1, a1, [z2], [sigma(z2)]], 1e-14)
    agree(numbers(n.z[1]), list(np.array(W1) @ x + b1), 1e-14)             # the matrix form


@item("D1-03")
@examples
@given(seeds, vectors(3), st.integers(0, 3))
def test_a_unit_depends_on_its_own_row_of_weights(seed, x, j):
    n = D1(random_network(3, [4, 1], "sigmoid", "sigmoid", seed), x)
    n.z[1][j].backward()
    agree(grads(n.W[1]), [[x[k] if i == j else 0 for k in range(3)] for i in range(4)], 0)
    agree(grads(n.b[1]), [1 if i == j else 0 for i in range(4)], 0)


@item("D1-04")
@examples
@given(seeds, vectors(3))
def test_slopes_of_the_sigmoid_output(seed, x):
    n = D1(random_network(3, [4, 1], "sigmoid", "sigmoid", seed), x)
    n.output.backward()
    yhat, a1 = n.output.data, numbers(n.a[1])
    agree(grads(n.W[2]), [[yhat * (1 - yhat) * a1[j] for j in range(4)]])
    agree(grads(n.b[2]), [yhat * (1 - yhat)])


@item("D1-62")
@examples
@given(seeds, vectors(3))
def test_the_figure_of_the_3_4_1_network(seed, x):
    """An arrow from every input to every hidden unit and from these to the output; it carries its weight."""
    n = D1(random_network(3, [4, 1], "sigmoid", "sigmoid", seed), x)
    x1, a1, yhat = n.a[0], numbers(n.a[1]), n.output.data
    assert arrows(n.net(named(*x))) == fully_connected(3, 4, 1) and len(fully_connected(3, 4, 1)) == 16
    links  = Fold(Graph(n.output), "neuron").links
    slopes = {(s.operand, s.z): s.partial for link in links for s in link.slopes}
    agree([[slopes[xj, aj] for xj in x1] for aj in n.a[1]],
          [[n.W[1][j][k].data * a1[j] * (1 - a1[j]) for k in range(3)] for j in range(4)])
    agree([slopes[aj, n.output] for aj in n.a[1]],
          [n.W[2][0][j].data * yhat * (1 - yhat) for j in range(4)])


@item("D1-63")
@pytest.mark.parametrize("d, hidden", [(2, [3, 3, 3]), (3, [4, 4, 4]), (4, [5, 3, 2])])
def test_the_figure_of_the_four_layer_network(d, hidden):
    """Three hidden layers and the output: five columns of circles, of which the inputs are not counted."""
    net = random_network(d, [*hidden, 1], "tanh", biases=False)
    assert len(net.layers) == 4 and net.layers[-1].n_out == 1
    root = net(named(*[0.1] * d))
    assert arrows(root) == fully_connected(d, *hidden, 1)
    layers = [box.title for box in Fold(Graph(root), "layer").boxes]
    assert layers == ["inputs", "layer 1", "layer 2", "layer 3", "layer 4"]


@item("D1-07")
@examples
@given(seeds, vectors(3), vectors(3))
def test_two_linear_layers_are_one(seed, x, elsewhere):
    net = random_network(3, [4, 2], "linear", seed=seed)
    n = D1(net, x)
    W1, b1, W2, b2 = numbers([n.W[1], n.b[1], n.W[2], n.b[2]])
    W_new = [[sum(W2[i][h] * W1[h][j] for h in range(4)) for j in range(3)] for i in range(2)]
    b_new = [sum(W2[i][h] * b1[h] for h in range(4)) + b2[i] for i in range(2)]
    agree(numbers(n.output), affine(W_new, x, b_new))
    for point in (x, elsewhere):                                            # the same slope everywhere
        for i in range(2):
            n = D1(net, point)
            n.output[i].backward()
            agree(grads(n.a[0]), W_new[i])


@item("D1-08")
@examples
@given(networks(layers=(2, 3), outputs=(1, 1)), st.floats(-1e6, 1e6))
def test_a_linear_output_is_unbounded(case, c):
    net, x, _ = case
    n = D1(net, x)
    b = n.b[n.L][0].data
    before = n.output.data - b
    for w in n.W[n.L][0]:
        w.data *= c
    agree([D1(net, x).output.data - b], [c * before], 1e-9)


@item("D1-08")
def test_the_output_is_linear_unless_told_otherwise():
    trace = MLP(2, [3, 1], "relu").trace([0.5, -1.0])
    assert trace.output is trace.z[-1][0] and trace.a[0][0] is not trace.z[0][0]


# --- 4.1.4: r layers, and counting ----------------------------------------------------------------

@item("D1-09", "D1-12")
@examples
@given(st.lists(st.sampled_from(["tanh", "sigmoid", "relu", "linear"]), min_size=1, max_size=5), st.data(),
       seeds)
def test_forward_pass_of_r_layers_with_mixed_activations(g, data, seed):
    functions = {"tanh": tanh, "sigmoid": sigma, "relu": relu, "linear": lambda z: z}
    d, *m = data.draw(st.lists(st.integers(1, 4), min_size=len(g) + 1, max_size=len(g) + 1))
    x = data.draw(vectors(d))
    n = D1(random_network(d, m, g[:-1], g[-1], seed), x)
    a = x
    for k in range(1, n.L + 1):
        assert shape(n.W[k]) == (m[k - 1], [d, *m][k - 1])                  # m_k x m_{k-1}
        z = affine(numbers(n.W[k]), a, numbers(n.b[k]))
        a = [functions[g[k - 1]](zi) for zi in z]
        agree(numbers(n.z[k]), z)
        agree(numbers(n.a[k]), a)


@item("D1-10", "D1-11", "D1-13")
@pytest.mark.parametrize("d, m, units, parameters", [
    (3, [4, 1], 5, 21), (3, [4, 2], 6, 26), (3, [4, 4, 1], 9, 41), (3, [5, 6, 1], 12, 63),
    (784, [15, 10], 25, 11935)])
def test_counting_units_parameters_and_layers(d, m, units, parameters):
    net, below = MLP(d, m, init="zeros"), [d, *m]
    assert sum(len(layer.neurons) for layer in net.layers) == sum(m) == units
    assert len(net.parameters()) == sum((below[k] + 1) * m[k] for k in range(len(m))) == parameters
    assert len(net.layers) == len(m)                                        # the input is not counted
    net = random_network(d, m, "tanh", biases=False)                        # small z: no unit is flat
    engine.total(outputs(D1(net, [0.01] * d))).backward()
    assert all(p.grad != 0 for p in net.parameters())                       # each of them moves an output


@item("D1-13")
def test_three_hidden_layers_and_an_output_are_four():
    assert len(MLP(2, [3, 3, 3, 1]).layers) == 4


# --- 4.1.5: a batch, examples as columns ----------------------------------------------------------

@item("D1-14", "D1-15", "D1-16")
@examples
@given(seeds, st.lists(vectors(3), min_size=1, max_size=5))
def test_each_column_of_the_batch_is_one_example(seed, batch):
    net = random_network(3, [4, 1], "sigmoid", "sigmoid", seed)
    passes = [D1(net, x) for x in batch]
    W1, b1, W2, b2 = (np.array(numbers(p)) for p in (passes[0].W[1], passes[0].b[1], passes[0].W[2],
                                                     passes[0].b[2]))
    X  = np.array(batch).T                                                  # (d, m)
    Z1 = W1 @ X + b1[:, None]
    A1 = 1 / (1 + np.exp(-Z1))
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2[:, None])))
    assert X.shape == (3, len(batch)) and A1.shape == (4, len(batch))
    for e, n in enumerate(passes):
        for u in range(4):
            agree([n.z[1][u].data, n.a[1][u].data], [Z1[u, e], A1[u, e]], 1e-13)
    for given_back in (net.batch(batch), Sequential(*net.layers).batch(batch)):
        agree(numbers(given_back), A2[0].tolist(), 1e-13)                   # one per example, in their order
    agree(numbers(net.layers[0].batch(batch)), A1.T.tolist(), 1e-13)


@item("D1-14", "D1-16")
def test_the_matrix_form_gives_every_example_its_output():
    net, rng = random_network(3, [4, 2], "sigmoid", "sigmoid", seed=3), Random(4)
    batch = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(7)]
    agree(net.predict(batch), [numbers(net(x)) for x in batch], 1e-14)


@item("D1-17")
@examples
@given(seeds, st.lists(vectors(3), min_size=1, max_size=5))
def test_a_bias_shared_by_the_batch_collects_the_sum_of_its_gradients(seed, batch):
    net = random_network(3, [4, 1], "sigmoid", "sigmoid", seed)
    passes = [D1(net, x) for x in batch]
    engine.total([half_square([1.0], [n.output]) for n in passes]).backward()
    for u in range(4):
        agree([net.layers[0].neurons[u].bias.grad], [sum(n.z[1][u].grad for n in passes)])
    W1, b1 = np.array(numbers(passes[0].W[1])), np.array(numbers(passes[0].b[1]))
    tiled = np.tile(b1[:, None], (1, len(batch)))                           # btilde
    agree((W1 @ np.array(batch).T + tiled).T.tolist(), [numbers(n.z[1]) for n in passes])


# --- 4.2: universal approximation -----------------------------------------------------------------

X_GRID = [k / 50 for k in range(-50, 51)]


def random_units(psi, N, spread=5.0, bias=True, seed=0):
    """F(x) = sum v_i psi(w_i x + b_i) as a network of N units, with random w_i and b_i."""
    rng = Random(seed)
    F   = MLP(1, [N, 1], psi, init=normal(spread), seed=rng)
    for unit in F.layers[0].neurons:
        unit.bias.data = rng.uniform(-spread, spread) * bias
    return F


def columns(F):
    """psi(w_i x + b_i) for every x of the grid, one column per unit."""
    return np.array([numbers(F.layers[0]([x])) for x in X_GRID])


def rank(F):
    units = columns(F)
    return np.linalg.matrix_rank(units, tol=1e-9 * np.abs(units).max())


def best_error(F, f):
    """sup |F - f| over the grid, once F has the best v."""
    v = np.linalg.lstsq(columns(F), np.array([f(x) for x in X_GRID]), rcond=1e-12)[0]
    put(F.layers[1].neurons[0].weights, v.tolist())
    return max(abs(F([x]).data - f(x)) for x in X_GRID)


@item("D1-18", "D0-37", "D4-14")
def test_a_polynomial_unit_never_approximates():
    F = random_units(lambda z: z * z, 50)
    assert rank(F) == 3 and best_error(F, abs) >= 1 / 8                     # 1, x, x^2; Chebyshev's bound
    assert best_error(F, lambda x: 1 - 3 * x + 2 * x * x) < 1e-9            # which it does reach


@item("D1-18", "D0-37", "D4-14")
@pytest.mark.parametrize("psi, spread", [("tanh", 5), ("sin", 5), ("cos", 5), ("sigmoid", 5), ("relu", 5),
                                         (engine.exp, 2)],
                         ids=["tanh", "sin", "cos", "sigmoid", "relu", "exp"])
def test_other_units_approximate_ever_better(psi, spread, record_property):
    few, many = ([best_error(random_units(psi, N, spread, seed=s), abs) for s in range(5)] for N in (3, 40))
    record_property("sup |F - f| with 3 units", three_digits(few))
    record_property("sup |F - f| with 40 units", three_digits(many))
    assert median(many) < 0.06 and median(few) > 2 * median(many)           # a quadratic stays above 1/8


@item("D1-18")
@examples
@given(seeds)
def test_without_a_bias_odd_units_fail(seed):
    for psi in ("tanh", "sin"):
        F = random_units(psi, 40, bias=False, seed=seed)
        put(F.layers[1].neurons[0].weights, [Random(seed + i).gauss(0, 1) for i in range(40)])
        assert F([0.0]).data == 0                                           # so that sup |F - 1| >= 1
        agree([F([-0.7]).data], [-F([0.7]).data])
    F, relus = random_units(engine.exp, 40, 2.0, seed=seed), random_units("relu", 40, bias=False, seed=seed)
    assert F([0.0]).data != 0                                               # neither odd nor in need of one
    assert rank(relus) == 2                                                 # max(0, x) and max(0, -x)


# --- 4.3: activations and their derivatives -------------------------------------------------------

GRID = [k / 5 for k in range(-20, 21)]                                      # 41 points of [-4, 4]
CURVES = {
    "sigmoid": (engine.sigmoid, sigma, lambda z: sigma(z) * (1 - sigma(z))),
    "relu":    (engine.relu, relu, relu_slope),
    "leaky":   (lambda z: engine.leaky_relu(z, 0.01), lambda z: max(0.01 * z, z),
                lambda z: 1 if z > 0 else 0.01),
    "tanh":    (engine.tanh, lambda z: (exp(z) - exp(-z)) / (exp(z) + exp(-z)), lambda z: 1 - tanh(z) ** 2),
}


@item("D1-19", "D1-20", "D1-21", "D1-22", "D1-23", "D1-24")
@pytest.mark.parametrize("name", CURVES)
def test_curve_and_derivative_panel(name):
    unit, g, derivative = CURVES[name]
    xs = [Value(z) for z in GRID]
    ys = [unit(x) for x in xs]
    for y in ys:
        y.backward()
    agree(numbers(ys), [g(z) for z in GRID])
    agree(grads(xs), [derivative(z) for z in GRID])                         # at 0, too: the slope on the left


@item("D1-20", "D1-21", "D1-22", "D1-23")
def test_values_the_chapter_can_be_checked_at():
    agree([slope(engine.sigmoid, 0.0), slope(engine.sigmoid, 4.0), slope(engine.tanh, 4.0)],
          [0.25, 0.0176627062133, 0.00134095068303])
    assert max(GRID, key=lambda z: slope(engine.sigmoid, z)) == 0
    assert engine.leaky_relu(-2.0, 0.01) == -0.02
    assert [slope(engine.leaky_relu, z) for z in (-2.0, 3.0)] == [0.01, 1]
    assert [slope(engine.relu, z) for z in (-2.0, 3.0)] == [0, 1]


@item("D1-21", "D1-22")
@pytest.mark.parametrize("unit, alpha", [(engine.relu, 0.0), (lambda z: engine.leaky_relu(z, 0.01), 0.01),
                                         (lambda z: engine.leaky_relu(z, 0.2), 0.2)],
                         ids=["relu", "leaky 0.01", "leaky 0.2"])
@examples
@given(st.floats(-10, 10))
def test_any_slope_from_alpha_to_1_is_right_at_0(unit, alpha, z):
    """ERR-D1-8, ERR-D1-19: the chapter prints 1 at z >= 0; the engine takes alpha at 0, as PyTorch does."""
    printed, taken = 1.0, slope(unit, 0.0)
    for s in (alpha, (alpha + 1) / 2, printed):                             # lines through 0, below the curve
        assert s * z <= unit(z) + 1e-12
    for s in (alpha - 0.01, 1.01):                                          # steeper or flatter ones are not
        assert any(s * x > unit(x) for x in (-1.0, 1.0))
    assert taken == alpha and unit(0.0) == 0


@item("D1-43")
@examples
@given(st.floats(-1e3, 1e3))
def test_the_slope_of_relu_is_0_or_1(z):
    x = Value(z)
    engine.relu(x).backward()
    assert x.grad == relu_slope(z) and x.grad in (0, 1)


# --- 4.4.1 and 4.4.2: back-propagation through two layers -----------------------------------------

two_layers = networks(layers=(2, 2), outputs=(1, 1), hidden="relu")


@item("D1-25", "D1-31")
def test_worked_example_GA_1():
    n = D1.of(W=[[[1.0, -1.0], [0.5, 0.5]], [[2.0, 3.0]]], b=[[0.0, -0.5], [0.25]], x=[1.0, 2.0],
              hidden="relu")
    J = 0.5 * (1 - n.output) ** 2
    J.backward()
    assert numbers([n.z[1], n.a[1]]) == [[-1, 1], [0, 1]] and n.output.data == 3.25 and J.data == 2.53125
    assert grads(n.z[2]) == [2.25] and grads(n.W[2]) == [[0, 2.25]] and grads(n.b[2]) == [2.25]
    assert grads(n.a[1]) == [4.5, 6.75] and grads(n.z[1]) == [0, 6.75]
    assert grads(n.W[1]) == [[0, 0], [6.75, 13.5]] and grads(n.b[1]) == [0, 6.75]
    assert grads(n.a[0]) == [3.375, 3.375]


@item("D1-25")
@examples
@given(two_layers)
def test_forward_pass_of_the_relu_regression(case):
    net, x, (y,) = case
    n = D1(net, x)
    (W1, b1), (W2, b2) = numbers([[n.W[1], n.b[1]], [n.W[2][0], n.b[2][0]]])
    z = [sum(W1[i][j] * x[j] for j in range(len(x))) + b1[i] for i in range(len(b1))]
    yhat = sum(W2[i] * relu(z[i]) for i in range(len(z))) + b2
    agree([n.output.data, half_square([y], [n.output]).data], [yhat, (y - yhat) ** 2 / 2])


@item("D1-26", "D1-27", "D1-28", "D1-29", "D1-30", "D1-31")
@examples
@given(two_layers)
def test_the_four_steps(case):
    n, (y,) = backward(case)
    x, W2, z, a, yhat = numbers(n.a[0]), numbers(n.W[2][0]), numbers(n.z[1]), numbers(n.a[1]), n.output.data
    units, inputs = range(len(z)), range(len(x))
    assume(all(zi != 0 for zi in z))

    dW2 = [[(yhat - y) * a[i] for i in units]]                              # step 1
    db2 = [yhat - y]
    da  = [(yhat - y) * W2[i] for i in units]                               # step 4
    dz  = [da[i] * (1 if z[i] >= 0 else 0) for i in units]                  # step 3
    dW1 = [[dz[i] * x[j] for j in inputs] for i in units]                   # step 2
    agree(grads([n.W[2], n.b[2], n.a[1], n.z[1], n.W[1], n.b[1]]), [dW2, db2, da, dz, dW1, dz])


@item("D1-28", "D1-37")
@examples
@given(networks(layers=(1, 5), widths=(1, 3)))
def test_weight_gradients_against_differences(case):
    net, x, y = case
    n, _ = backward(case)
    for k in range(1, n.L + 1):
        for (i, j), w in elements(n.W[k]):
            slope = nudged(lambda: half_square(y, outputs(D1(net, x))), w)
            assert w.grad == pytest.approx(slope, rel=1e-5, abs=1e-6), f"W{k}[{i + 1},{j + 1}]"


@item("D1-29")
def test_pinned_at_the_kink_the_indicator_and_the_engine_differ():
    n = D1.of(W=[[[1.0, -1.0]], [[2.0]]], b=[[0.0], [0.0]], x=[1.0, 1.0], hidden="relu")
    (0.5 * (1 - n.output) ** 2).backward()
    z, da = n.z[1][0].data, n.a[1][0].grad
    assert z == 0 and da == -2
    assert da * (1 if z >= 0 else 0) == -2                                  # 1{z >= 0}, as printed
    assert n.z[1][0].grad == 0                                              # relu'(0) = 0


# --- 4.4.3 and 4.4.4: back-propagation through r layers -------------------------------------------

@item("D1-37")
def test_worked_example_GA_2():
    n = D1.of(W=[[[2, 1], [1, 3], [-1, 1]], [[1, 2, 3], [-1, 1, 0.5]], [[0.5, -2]]],
              b=[[0, 3, 1], [-1, 1], [1]], x=[1, -1], hidden="relu")
    J = 0.5 * (2 - n.output) ** 2
    J.backward()
    assert numbers([n.z[1], n.a[1], n.z[2], n.a[2], n.z[3]]) == [[1, 1, -1], [1, 1, 0], [2, 1], [2, 1], [0]]
    assert J.data == 2
    assert grads([n.z[3], n.z[2], n.z[1]]) == [[-2], [-1, 4], [-5, 2, 0]]
    assert grads(n.W[1:]) == [[[-5, 5], [2, -2], [0, 0]], [[-1, -1, 0], [4, 4, 0]], [[-4, -2]]]
    assert grads(n.b[1:]) == [[-5, 2, 0], [-1, 4], [-2]] and grads(n.a[0]) == [-8, 1]


def deltas(n, y, slope):
    """D1-37 by loops over the numbers of a pass: delta[k] and dJ/da[k], by layer."""
    W, z, r = numbers(n.W), numbers(n.z), n.L
    delta, dJda = {r: [z[r][i] - y[i] for i in range(len(y))]}, {}
    for k in range(r - 1, 0, -1):
        dJda[k]  = [sum(W[k + 1][i][j] * delta[k + 1][i] for i in range(len(z[k + 1])))
                    for j in range(len(z[k]))]
        delta[k] = [dJda[k][j] * slope(z[k][j]) for j in range(len(z[k]))]
    return delta, dJda


def outer(delta, a):
    """delta a^T."""
    return [[d * aj for aj in a] for d in delta]


@item("D1-32", "D1-33", "D1-34", "D1-35", "D1-36", "D1-37")
@pytest.mark.parametrize("hidden, slope", [("relu", relu_slope), ("tanh", lambda z: 1 - tanh(z) ** 2)])
@examples
@given(data=st.data())
def test_the_delta_recursion(hidden, slope, data):
    n, y = backward(data.draw(networks(hidden=hidden)))
    W, a, z = numbers(n.W), numbers(n.a), numbers(n.z)
    r = n.L
    agree(z[r], affine(W[r], a[r - 1], numbers(n.b[r])))

    delta, dJda = deltas(n, y, slope)
    for k in range(1, r + 1):
        if k < r:
            agree(grads(n.a[k]), dJda[k])
        agree(grads(n.z[k]), delta[k])
        agree(grads(n.b[k]), delta[k])
        agree(grads(n.W[k]), outer(delta[k], a[k - 1]))


# --- 4.5: updates and initialization --------------------------------------------------------------

def updated(n, y, alpha):
    """W - alpha delta a^T and b - alpha delta of every layer of a tanh network, by loops."""
    delta, _ = deltas(n, y, lambda z: 1 - tanh(z) ** 2)
    W, b, a  = numbers(n.W), numbers(n.b), numbers(n.a)
    return ([[[w - alpha * g for w, g in zip(*rows)] for rows in zip(W[k], outer(delta[k], a[k - 1]))]
             for k in range(1, n.L + 1)],
            [[bi - alpha * d for bi, d in zip(b[k], delta[k])] for k in range(1, n.L + 1)])


@item("D1-38")
@examples
@given(networks(), st.floats(0.001, 0.1))
def test_one_update(case, alpha):
    n, y = backward(case)
    W, b = updated(n, y, alpha)
    SGD(n.net.parameters(), alpha).step()
    agree(numbers([n.W[1:], n.b[1:]]), [W, b])


@item("D1-38")
@examples
@given(networks(layers=(1, 3)), st.floats(0.001, 0.1))
def test_training_repeats_the_update(case, alpha):
    net, x, y = case
    start = numbers(net.parameters())
    targets = y if len(y) == 1 else [y]
    fit(net, [x], targets, "half_mse", SGD(net.parameters(), alpha), epochs=3, progress=False)
    trained = numbers(net.parameters())
    put(net.parameters(), start)
    for _ in range(3):
        n = D1(net, x)
        W, b = updated(n, y, alpha)
        put([n.W[1:], n.b[1:]], [W, b])
    agree(trained, numbers(net.parameters()), 1e-10)


@item("D1-38")
@examples
@given(networks())
def test_a_small_step_lowers_the_cost_by_alpha_times_the_squared_gradient(case):
    net, x, y = case
    n, _ = backward(case)
    steepness = sum(p.grad ** 2 for p in net.parameters())
    assume(steepness > 1e-3)
    alpha  = 1e-6 / (1 + steepness)
    before = half_square(y, outputs(n)).data
    SGD(net.parameters(), alpha).step()
    after = half_square(y, outputs(D1(net, x))).data
    assert (before - after) / (alpha * steepness) == pytest.approx(1, rel=0.01)


@item("D1-39")
def test_new_networks_have_zero_biases_and_random_weights():
    net, same, other = MLP(3, [4, 2], seed=5), MLP(3, [4, 2], seed=5), MLP(3, [4, 2], seed=6)
    biases = [neuron.bias.data for layer in net.layers for neuron in layer.neurons]
    drawn  = [w.data for layer in net.layers for neuron in layer.neurons for w in neuron.weights]
    assert biases == [0] * 6 and len(set(drawn)) == len(drawn)
    assert numbers(net.parameters()) == numbers(same.parameters()) != numbers(other.parameters())


@item("D1-64")
@examples
@given(st.floats(-2, 2), vectors(2), st.floats(-3, 3))
def test_the_picture_of_two_hidden_units_with_equal_weights(gamma, x, y):
    """Both give ReLU(gamma x1 + gamma x2), have the same influence on the cost and the same gradients."""
    n = D1(MLP(2, [2, 1], "relu", init=gamma), x)
    assert arrows(n.net(named(*x))) == fully_connected(2, 2, 1)
    assert numbers([n.W[1:], n.b[1:]]) == [[[[gamma] * 2] * 2, [[gamma] * 2]], [[0, 0], [0]]]
    half_square([y], [n.output]).backward()
    a = relu(gamma * x[0] + gamma * x[1])
    agree([*numbers(n.a[1]), n.output.data], [a, a, 2 * gamma * a])
    delta = (2 * gamma * a - y) * gamma * (n.z[1][0].data > 0)
    agree(grads([n.z[1], n.W[1]]), [[delta] * 2, [[delta * x[0], delta * x[1]]] * 2])
    assert n.z[1][0].grad == n.z[1][1].grad and grads(n.W[1][0]) == grads(n.W[1][1])     # to the last bit
    assert n.W[2][0][0].grad == n.W[2][0][1].grad


XOR_X, XOR_Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
ONE_UNIT     = 1 / 12                      # the least J of XOR for one unit, which is monotone along a line


@item("D1-40")
@pytest.mark.parametrize("gamma, final", [(0.0, 0.125), (0.5, 0.125), (1.0, 0.120521836538)])
def test_equal_weights_stay_equal_for_ever(gamma, final):
    net = MLP(2, [2, 1], "relu", init=gamma)
    fit(net, XOR_X, XOR_Y, "half_mse", SGD(net.parameters(), 0.1), epochs=200, progress=False)
    one, two = net.layers[0].neurons
    assert numbers(one.parameters()) == numbers(two.parameters())           # bit for bit
    assert net.layers[1].neurons[0].weights[0].data == net.layers[1].neurons[0].weights[1].data
    if gamma == 0:
        assert all(p.data == 0 for p in net.parameters() if "W" in p.label)
        assert net.layers[1].neurons[0].bias.data == pytest.approx(0.5)     # predicts the mean

    def equal(units): return lambda seed: MLP(2, [units, 1], "relu", init=gamma)
    assert final_losses(equal(2), XOR_X, XOR_Y, 0.1, 2000, [0]) == [pytest.approx(final, abs=1e-9)]
    for units in (2, 8):                                                    # however many, they are one
        assert final_losses(equal(units), XOR_X, XOR_Y, 0.1, 1000, [0])[0] >= ONE_UNIT - 1e-12


@item("D1-40")
def test_random_weights_break_the_symmetry(record_property):
    def drawn(seed): return MLP(2, [8, 1], "relu", init="normal", seed=seed)
    J = final_losses(drawn, XOR_X, XOR_Y, 0.1, 1000, range(5))
    record_property("J of XOR from random weights", three_digits(J))
    assert median(J) < ONE_UNIT / 100                                       # out of reach of equal units


@item("D1-41")
@pytest.mark.parametrize("L, expected", [
    (1, 0.244458311691), (5, 0.000644155085432), (10, 3.6905141876e-07), (20, 1.21116040481e-13)])
def test_a_chain_of_sigmoid_units_shrinks_the_slope(L, expected):
    net = MLP(1, [1] * L, "sigmoid", "sigmoid", init=1.0)
    n = D1(net, [0.3])
    n.output.backward()
    z = [n.z[k][0].data for k in range(1, L + 1)]
    agree([n.a[0][0].grad / expected], [1], 1e-11)
    agree([n.a[0][0].grad / prod(sigma(zl) * (1 - sigma(zl)) for zl in z)], [1])
    assert n.a[0][0].grad <= 0.25 ** L


@item("D1-41")
@examples
@given(networks(layers=(2, 5), widths=(2, 4), outputs=(1, 1), hidden="sigmoid"))
def test_sigmoid_shrinks_delta_by_at_least_a_quarter_of_the_weights(case):
    n, _ = backward(case)
    assert any(z.grad for z in n.z[1])
    for k in range(1, n.L):
        largest = max(abs(d) for d in grads(n.z[k + 1]))
        for j, z in enumerate(n.z[k]):
            column = sum(abs(row[j].data) for row in n.W[k + 1])
            assert abs(z.grad) <= column * largest / 4 * (1 + 1e-12)


@item("D1-41")
def test_the_earlier_layers_of_a_deep_sigmoid_network_are_the_slowest_to_train(record_property):
    def moved(seed):
        net = MLP(2, [6] * 6 + [1], "sigmoid", init="xavier", seed=seed)
        first, last = net.layers[0], net.layers[-1]
        before = numbers([weights(first), weights(last)])
        matrix_program(net, XOR_X, XOR_Y).train(XOR_X, XOR_Y, SGD(net.parameters(), 0.5), epochs=100)
        return [distance(*layers) for layers in zip(before, numbers([weights(first), weights(last)]))]

    def distance(old, new):
        return sqrt(sum((w - v) ** 2 for (_, v), (_, w) in zip(elements(old), elements(new))))
    ratios = [first / last for first, last in map(moved, range(5))]
    record_property("way of W1 / way of W7 in 100 steps", three_digits(ratios))
    assert median(ratios) < 0.05


@item("D1-41")
@examples
@given(networks(layers=(2, 5), hidden="relu", biases=False))
def test_weight_gradients_hide_the_scale_in_a_relu_network_without_biases(case):
    """sum W*dW is the same in every layer: delta grows exactly as a shrinks, so measure delta."""
    n, _ = backward(case)
    inner = [sum(w.data * w.grad for _, w in elements(n.W[k])) for k in range(1, n.L + 1)]
    agree(inner, [inner[-1]] * n.L, 1e-10)


@item("D1-42")
def test_saturated_units_pass_almost_nothing_on():
    agree([slope(engine.sigmoid, 10.0) / 4.5396e-05, slope(engine.tanh, 10.0) / 8.245e-09], [1, 1], 1e-4)
    for z in (10.0, 20.0, 37.0, 100.0):                                     # no cancellation, on both sides
        of_sigmoid, of_tanh = exp(-z) / (1 + exp(-z)) ** 2, 4 * exp(-2 * z) / (1 + exp(-2 * z)) ** 2
        for sign in (1, -1):
            agree([slope(engine.sigmoid, sign * z) / of_sigmoid], [1])
            agree([slope(engine.tanh, sign * z) / of_tanh], [1])
    assert 1 - tanh(20) ** 2 == 0 and sigma(37) * (1 - sigma(37)) == 0      # the printed forms cancel


@item("D1-42")
@pytest.mark.parametrize("unit", ["sigmoid", "tanh"])
def test_saturation_grows_with_the_weights(unit, record_property):
    def median_slope(scale, seed):
        rng   = Random(seed)
        layer = Layer(32, 64, unit, init=normal(scale / sqrt(32)), seed=rng)
        z, a  = layer.trace([rng.gauss(0, 1) for _ in range(32)])
        engine.total(a).backward()
        return median(grads(z))                                             # of a = f(z): f'(z)
    medians = [mean(median_slope(scale, seed) for seed in range(3)) for scale in (1, 4, 16, 64)]
    record_property("median slope at 1, 4, 16 and 64 times the weights", three_digits(medians))
    assert medians == sorted(medians, reverse=True) and medians[0] > 1e4 * medians[-1]


@item("D1-42")
@pytest.mark.parametrize("unit, most", [("sigmoid", 1.0), ("tanh", 2.0)])
def test_large_weights_prevent_a_unit_from_learning(unit, most):
    """Target 0 and an output near 1: each of the steps moves w by at most alpha f'(w) times the error."""
    def trained(w, steps=100, alpha=1.0):
        net = MLP(1, [1], output=unit, init=w)
        descent = SGD(net.parameters(), alpha)
        history = fit(net, [[1.0]], [0.0], "half_mse", descent, epochs=steps, progress=False)
        return net.layers[0].neurons[0].weights[0].data, history.losses
    (w, small), (stuck, large) = trained(2.0), trained(40.0)
    assert w < 1.5 and small[-1] < small[0] / 10
    assert 40 - stuck <= 100 * most * slope(getattr(engine, unit), 40.0) and large[-1] == pytest.approx(0.5)


@item("D1-44")
def test_growing_slopes_and_the_largest_float():
    for w, L in [(2.0, 10), (3.0, 20)]:
        n = D1(MLP(1, [1] * L, "relu", init=w), [1.0])
        n.output.backward()
        assert n.a[0][0].grad == w ** L
    for grow in (lambda x: engine.exp(x), lambda x: (1e197 * x) ** 2):      # functions and powers raise
        with pytest.raises(OverflowError, match="larger than the largest float"):
            grow(Value(1000.0))


@item("D1-44")
def test_products_overflow_to_inf_and_nan_and_training_says_so():
    net = MLP(1, [1] * 110, "relu", init=1000.0)                            # 1000^110
    y = net([1.0])
    assert y.data == inf and isnan((y - y).data)
    before = numbers(net.parameters())
    with pytest.raises(FloatingPointError, match="the loss"):
        fit(net, [[1.0]], [0.0], "half_mse", SGD(net.parameters(), 0.1), epochs=1, progress=False)
    assert numbers(net.parameters()) == before


@item("D1-44")
def test_delta_explodes_with_standard_normal_weights_and_not_with_he(record_property):
    def growth(init, seed):
        rng = Random(seed)
        n = D1(MLP(32, [32] * 12, "relu", init=init, seed=seed), [rng.gauss(0, 1) for _ in range(32)])
        half_square([0.0] * 32, n.output).backward()
        norm = [sqrt(sum(z.grad ** 2 for z in n.z[k])) for k in (1, n.L)]
        return norm[0] / norm[1]
    exploding, steady = ([growth(init, seed) for seed in range(3)] for init in ("normal", "he"))
    record_property("|delta 1| / |delta 12| from N(0, 1) weights", three_digits(exploding))
    record_property("|delta 1| / |delta 12| from He weights", three_digits(steady))
    assert median(exploding) > 1e5 and 0.05 < median(steady) < 20


def way_of_the_first_weight(gamma, L, alpha, steps):
    """w before and after each step, if it alone is trained in a chain of L linear units of weight gamma.

    yhat is gamma^(L - 1) w x, with x = 1 and target 0: the minimum is at w = 0.
    """
    net = MLP(1, [1] * L, "linear", init=gamma)
    w   = net.layers[0].neurons[0].weights[0]
    way = [w.data]
    fit(net, [[1.0]], [0.0], "half_mse", SGD([w], alpha), epochs=steps, progress=False,
        callbacks=[lambda *_: way.append(w.data)])
    return way


@item("D1-59")
@pytest.mark.parametrize("gamma, L, factor", [
    (1.0, 3, 0.5), (1.5, 2, -0.125), (2.0, 2, -1.0), (2.0, 3, -7.0)],
    ids=["converges", "oscillates and converges", "oscillates for ever", "overshoots ever farther"])
def test_large_weights_make_huge_steps_that_oscillate_and_overshoot(gamma, L, factor):
    """One rate, 1/2: what grows with the weights of the other layers is the curvature, gamma^(2L - 2)."""
    way = way_of_the_first_weight(gamma, L, 0.5, 10)
    assert factor == 1 - 0.5 * gamma ** (2 * L - 2)
    assert way == [gamma * factor ** t for t in range(11)]                  # exact: powers of 2
    cost = [(gamma ** (L - 1) * w) ** 2 / 2 for w in way]
    if factor < 0:
        assert all(old * new < 0 for old, new in itertools.pairwise(way))   # always past the minimum
    if factor == -1:
        assert len(set(cost)) == 1                                          # and never nearer to it
    if factor < -1:
        assert cost == sorted(cost) and cost[-1] > 1e16 * cost[0]
        with pytest.raises(OverflowError, match="larger than the largest float"):
            way_of_the_first_weight(gamma, L, 0.5, 400)


@item("D1-59")
@examples
@given(st.floats(0.5, 2), st.integers(1, 4), st.floats(0.01, 3))
def test_a_step_multiplies_the_way_to_the_minimum_by_1_minus_alpha_times_curvature(gamma, L, times):
    """times is rate times curvature: up to 1 no step passes the minimum, above 2 each leads away."""
    curvature = gamma ** (2 * L - 2)
    way = way_of_the_first_weight(gamma, L, times / curvature, 5)
    agree([w / gamma for w in way], [(1 - times) ** t for t in range(6)], 1e-10)


leaky = CURVES["leaky"][0]


def dead_network(f, seed):
    """1-6-1 whose hidden units are inactive for every x in [-1, 1]."""
    net = MLP(1, [6, 1], f, init=lambda n_in, n_out, rng: rng.uniform(-1, 1), seed=seed)
    put([unit.bias for unit in net.layers[0].neurons], [-1.05] * 6)
    return net


@item("D1-60")
def test_leaky_units_keep_training_where_relu_units_are_dead(record_property):
    X, Y = noisy_curve(n=12, low=-1, high=1, noise=0.0)
    Y = [2 * y for y in Y]
    of_the_mean = mean((y - mean(Y)) ** 2 for y in Y) / 2
    ends = {}
    for name, f in (("relu", "relu"), ("leaky", leaky)):
        ends[name] = []
        for seed in range(5):
            net = dead_network(f, seed)
            hidden = net.layers[0].parameters()
            half_mse(net.batch(X), Y).backward()
            assert dead_fraction(net, X) == 1
            assert all((p.grad != 0) == (name == "leaky") for p in hidden)
            start = numbers(hidden)
            J = matrix_program(net, X, Y).train(X, Y, SGD(net.parameters(), 0.5), epochs=1000)[-1]
            ends[name].append(J / of_the_mean)
            assert (numbers(hidden) == start) == (dead_fraction(net, X) == 1) == (name == "relu")
    for name, found in ends.items():
        record_property(f"J after 1000 steps / J of the mean, {name}", three_digits(found))
    agree(ends["relu"], [1.0] * 5, 1e-9)                                    # only the output's bias learns
    assert max(ends["leaky"]) < 0.5


@item("D1-60")
@examples
@given(networks(layers=(2, 4), outputs=(1, 1), hidden=leaky))
def test_a_leaky_unit_passes_on_at_least_a_hundredth(case):
    n, _ = backward(case)
    for k in range(1, n.L):
        for a, z in zip(n.a[k], n.z[k]):
            agree([z.grad], [a.grad * (1 if z.data > 0 else 0.01)], 1e-12)
            assert a.grad == 0 or z.grad != 0


@item("D1-45")
def test_standard_normal_weights_scale_the_signal_by_the_root_of_the_fan_in(record_property):
    n, rng, ratios = 32, Random(1), []
    for _ in range(50):
        a = [rng.gauss(0, 1) for _ in range(n)]
        z = numbers(Layer(n, n, "linear", init="normal", seed=rng).z(a))
        ratios.append(sqrt(sum(v * v for v in z) / sum(ai * ai for ai in a)))
    record_property("mean |Wa| / |a|", f"{mean(ratios):.3f}")
    assert mean(ratios) == pytest.approx(sqrt(n), abs=0.5)                  # 5 standard errors


@item("D1-46")
@pytest.mark.parametrize("draw, n_in, n_out, variance", [
    (he, 50, 20, 2 / 50), (xavier, 50, 20, 1 / 50), (glorot, 50, 20, 2 / 70), (glorot, 40, 40, 1 / 40)])
def test_variances_of_the_initializers(draw, n_in, n_out, variance):
    rng = Random(3)
    sample = [draw(n_in, n_out, rng) for _ in range(60_000)]
    assert sum(w * w for w in sample) / len(sample) == pytest.approx(variance, rel=0.03)   # 5 standard errors
    assert abs(sum(sample) / len(sample)) < 5 * sqrt(variance / len(sample))


@item("D1-46")
@pytest.mark.parametrize("name, draw", [("he", he), ("xavier", xavier), ("glorot", glorot)])
def test_a_network_draws_its_weights_so_and_its_biases_are_0(name, draw):
    net, rng, sizes = MLP(5, [7, 3], "tanh", init=name, seed=3), Random(3), [(5, 7), (7, 3)]
    for layer, (n_in, n_out) in zip(net.layers, sizes):
        drawn = [[draw(n_in, n_out, rng) for _ in range(n_in)] for _ in range(n_out)]
        assert numbers(weights(layer)) == drawn
        assert all(neuron.bias.data == 0 for neuron in layer.neurons)


@item("D1-46")
def test_k_is_2_for_relu_and_1_for_tanh_unless_told_otherwise():
    for hidden, k in [("relu", "he"), ("leaky_relu", "he"), ("tanh", "xavier"), ("sigmoid", "xavier")]:
        net, told = MLP(5, [4, 3], hidden, seed=2), MLP(5, [4, 3], hidden, init=k, seed=2)
        assert numbers(weights(net.layers[0])) == numbers(weights(told.layers[0]))


@item("D1-46")
def test_half_of_the_mean_square_passes_a_relu():
    z, s = sympy.symbols("z s", positive=True)
    density = sympy.exp(-z**2 / (2 * s**2)) / (s * sympy.sqrt(2 * sympy.pi))
    assert sympy.simplify(sympy.integrate(z**2 * density, (z, 0, sympy.oo)) - s**2 / 2) == 0


@item("D1-46")
@pytest.mark.parametrize("init, k", [("he", 2), ("xavier", 1)])
def test_the_mean_square_through_one_relu_layer_is_k_halves(init, k):
    rng = Random(7)
    x = [rng.gauss(0, 1) for _ in range(50)]
    a = numbers(Layer(50, 1500, "relu", init=init, seed=11)(x))
    before, after = (sum(v * v for v in vs) / len(vs) for vs in (x, a))
    assert after / before == pytest.approx(k / 2, rel=0.3)                  # 5 standard errors


@item("D1-48")
def test_bias_gradients_depend_on_deeper_layers():
    def db1(scale):
        n = D1(random_network(2, [3, 3, 1], seed=4), [0.4, -0.7])
        for w in n.W[3][0]:
            w.data *= scale
        n = D1(n.net, [0.4, -0.7])
        n.output.backward()
        return grads(n.b[1])
    agree(db1(2.0), [2 * g for g in db1(1.0)])                              # only W3 changed
    rows = numbers(weights(MLP(2, [3, 3, 1]).layers[0]))  # random weights break the symmetry
    assert len({tuple(row) for row in rows}) == 3


# --- 4.6: normalisation ---------------------------------------------------------------------------

@item("D1-49")
@examples
@given(st.lists(vectors(2, -100, 100), min_size=2, max_size=6))
def test_standardised_inputs(X):
    assume(all(len(set(column)) > 1 and max(column) - min(column) > 1e-3 for column in zip(*X)))
    standardize, m = Standardizer().fit(X), len(X)
    mu = [sum(x[j] for x in X) / m for j in (0, 1)]
    s2 = [sum((x[j] - mu[j]) ** 2 for x in X) / m for j in (0, 1)]
    new = [37.0, -2.0]  # later samples: the same statistics
    agree(standardize(new), [(new[j] - mu[j]) / sqrt(s2[j]) for j in (0, 1)], 1e-9)
    columns = list(zip(*map(standardize, X)))
    agree([sum(c) / m for c in columns], [0.0, 0.0], 1e-9)
    agree([sum(v * v for v in c) / m for c in columns], [1.0, 1.0], 1e-9)


@item("D1-49")
def test_normalising_rounds_the_contours_of_the_cost():
    rng = Random(2)
    X = [[rng.gauss(5, 10), rng.gauss(-1, 0.5)] for _ in range(30)]
    def condition(X):  # of the Hessian of the mean half square
        def cost(w):
            return half_mse([engine.dot(w, x) for x in X], [0.0] * len(X))
        low, high = np.linalg.eigvalsh(np.array(engine.hessian(cost)([0.0, 0.0]), dtype=float))
        return high / low
    normalised = list(map(Standardizer().fit(X), X))
    r = sum(x1 * x2 for x1, x2 in normalised) / len(X)
    assert condition(normalised) == pytest.approx((1 + abs(r)) / (1 - abs(r)))
    assert condition(X) > 10 * condition(normalised)


@item("D1-49")
def test_gradient_descent_converges_faster_after_normalisation(record_property):
    """Each at its own best safe rate, 1 / the largest curvature: 50 steps of a linear unit."""
    def trained(seed, normalised):
        rng = Random(seed)
        X = [[rng.gauss(5, 10), rng.gauss(-1, 0.5)] for _ in range(30)]
        Y = [0.3 * x1 - 2 * x2 + 1 for x1, x2 in X]
        if normalised:
            X = list(map(Standardizer().fit(X), X))
        A = np.array([[*x, 1.0] for x in X])                                # the inputs, and 1 for the bias
        rate = 1 / np.linalg.eigvalsh(A.T @ A / len(X))[-1]
        return final_losses(lambda seed: MLP(2, [1], seed=seed), X, Y, rate, 50, [seed])[0]
    raw, normalised = ([trained(seed, chosen) for seed in range(5)] for chosen in (False, True))
    record_property("J after 50 steps, raw inputs", three_digits(raw))
    record_property("J after 50 steps, normalised inputs", three_digits(normalised))
    assert min(raw) > 0.01 and max(normalised) < 1e-15


def batch_normalised(z, gamma=1.0, beta=0.0, eps=1e-5):
    """(the layer, its inputs, its outputs) for one unit and a mini-batch of numbers."""
    layer, zs = BatchNorm(1, eps=eps), [Value(v) for v in z]
    layer.gamma[0].data, layer.beta[0].data = gamma, beta
    return layer, zs, [row[0] for row in layer.batch([[v] for v in zs])]


batches = vectors((2, 6)).filter(lambda z: max(z) - min(z) > 0.1)


@item("D1-50", "D1-51", "D1-52")
@examples
@given(batches, st.floats(0.5, 2), st.floats(-2, 2), seeds)
def test_batch_norm_forward_and_backward(z, gamma, beta, seed):
    B, eps, rng = len(z), 1e-3, Random(seed)
    G = [rng.gauss(0, 1) for _ in z]
    layer, zs, ys = batch_normalised(z, gamma, beta, eps)
    engine.dot(G, ys).backward()

    mu   = sum(z) / B
    var  = sum((v - mu) ** 2 for v in z) / B
    zbar = [(v - mu) / sqrt(var + eps) for v in z]
    agree(numbers(ys), [gamma * v + beta for v in zbar])
    agree([sum(zbar) / B, sum(v * v for v in zbar) / B], [0.0, var / (var + eps)])

    mean_G, mean_Gz = sum(G) / B, sum(g * v for g, v in zip(G, zbar)) / B
    agree([layer.beta[0].grad, layer.gamma[0].grad], [sum(G), sum(g * v for g, v in zip(G, zbar))])
    agree(grads(zs), [gamma / sqrt(var + eps) * (G[i] - mean_G - zbar[i] * mean_Gz) for i in range(B)], 1e-10)
    agree([sum(grads(zs))], [0.0], 1e-11)                                   # a bias before it has gradient 0


@item("D1-51", "D1-52")
@examples
@given(batches, st.floats(-10, 10), st.floats(0.5, 10))
def test_invariances_of_batch_norm(z, c, k):
    plain = numbers(batch_normalised(z, eps=0.0)[2])
    agree(numbers(batch_normalised([v + c for v in z], eps=0.0)[2]), plain, 1e-9)
    agree(numbers(batch_normalised([k * v for v in z], eps=0.0)[2]), plain, 1e-9)
    mu = sum(z) / len(z)
    var = sum((v - mu) ** 2 for v in z) / len(z)
    agree(numbers(batch_normalised(z, sqrt(var + 1e-5), mu)[2]), z)  # gamma = sqrt(var + eps), beta = mu


@item("D1-50", "D1-51", "D1-52")
def test_worked_example_GF():
    layer, zs, ys = batch_normalised([1.0, 2.0, 4.0, 5.0], gamma=2.0, beta=-1.0, eps=0.0)
    ys[0].backward()
    agree(numbers(ys), [-3.529822128135, -2.264911064067, 0.264911064067, 1.529822128135])
    agree(grads(zs), [0.442718872424, -0.56920997883, -0.063245553203, 0.18973665961])
    agree([layer.gamma[0].grad, layer.beta[0].grad], [-1.26491106407, 1], 1e-11)


@item("D1-53")
@examples
@given(seeds, st.floats(0.1, 100))
def test_with_batch_norm_the_scale_of_the_weights_does_not_matter(seed, k):
    """Scaling W by k leaves the loss as it is and divides its gradient by k: large weights slow down, not
    explode."""
    rng = Random(seed)
    X = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(5)]
    W = [rng.gauss(0, 1), rng.gauss(0, 1)]
    def pass_(scale):
        ws, layer = [Value(scale * w) for w in W], BatchNorm(1, eps=0.0)
        out = [engine.tanh(row[0]) for row in layer.batch([[engine.dot(ws, x)] for x in X])]
        loss = half_mse(out, [1.0, 0.0, -1.0, 0.5, 0.2])
        loss.backward()
        return loss.data, grads(ws)
    (J, g), (J_k, g_k) = pass_(1.0), pass_(k)
    agree([J_k], [J], 1e-9)
    agree([k * v for v in g_k], g, 1e-8)


def deep(width, hidden_layers, f, normalised):
    """seed -> a network from N(0, 1) weights, with or without a BatchNorm before each activation f."""
    def made(seed):
        rng, parts = Random(seed), []
        for k in range(hidden_layers):
            parts.append(Layer(width if k else 1, width, "linear", init="normal", seed=rng))
            parts += [BatchNorm(width)] if normalised else []
            parts.append(Elementwise(f))
        return Sequential(*parts, Layer(width, 1, "linear", init="xavier", seed=rng))
    return made


@item("D1-53")
def test_a_deep_network_trains_with_batch_norm_and_explodes_without(record_property):
    """6 tanh layers of 16, N(0, 1) weights, rate 0.3, 200 steps."""
    X, Y = noisy_curve(n=16, noise=0.05)
    without, normed = (final_losses(deep(16, 6, "tanh", normalised), X, Y, 0.3, 200, range(5))
                       for normalised in (False, True))
    record_property("J after 200 steps without batch norm", three_digits(without))
    record_property("J after 200 steps with batch norm", three_digits(normed))
    assert median(normed) < 0.05 and median(without) > 1e50                 # predicting the mean costs 0.24


@item("D1-61")
def test_batch_norm_allows_higher_learning_rates(record_property):
    """Four ReLU layers of 8, N(0, 1) weights. Without, they learn at rate 0.01, and explode or die at 0.1 and
    0.3."""
    X, Y = noisy_curve(n=16, noise=0.05)
    J = {}
    for rate, normalised in itertools.product([0.01, 0.1, 0.3], [False, True]):
        J[rate, normalised] = final_losses(deep(8, 4, "relu", normalised), X, Y, rate, 100, range(5))
        record_property(f"J after 100 steps at rate {rate} with{'' if normalised else 'out'} batch norm",
                        three_digits(J[rate, normalised]))
    of_the_mean = mean((y - mean(Y)) ** 2 for y in Y) / 2
    assert sorted(J[0.01, False])[1] < 0.8 * of_the_mean
    for rate in (0.1, 0.3):
        assert max(J[rate, True]) < 0.2 * of_the_mean and median(J[rate, False]) > 0.9 * of_the_mean


@item("D1-61")
@examples
@given(seeds, st.sampled_from([0.01, 0.1, 4.0, 100.0]))
def test_before_a_batch_norm_k_times_the_weights_train_alike_at_k_squared_times_the_rate(seed, k):
    """And each step lengthens a unit's weights, w.g being 0, so that too high a rate lowers itself."""
    rng = Random(seed)
    X, Y = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(5)], [1.0, 0.0, -1.0, 0.5, 0.2]

    def training(scale):
        net  = Sequential(Layer(2, 3, "linear", init="normal", seed=seed), BatchNorm(3, eps=0.0),
                          Elementwise("tanh"), Layer(3, 1, "linear", seed=seed))
        ws   = [w for unit in net.parts[0].neurons for w in unit.weights]
        rest = [p for part in net.parts[1:] if not isinstance(part, Elementwise) for p in part.parameters()]
        put(ws, [scale * w.data for w in ws])
        steps, losses = [SGD(ws, 0.05 * scale ** 2), SGD(rest, 0.05)], []
        for _ in range(4):
            losses.append(half_mse(net.batch(X), Y))
            net.zero_grad()
            losses[-1].backward()
            before, g = squares(numbers(weights(net.parts[0]))), squares(grads(weights(net.parts[0])))
            for step in steps:
                step.step()
            after = squares(numbers(weights(net.parts[0])))
            agree([a / b for a, b in zip(after, before)],
                  [1 + (0.05 * scale ** 2) ** 2 * gk / b for gk, b in zip(g, before)], 1e-9)
        return numbers(losses)

    def squares(rows): return [sum(v * v for v in row) for row in rows]
    agree(training(k), training(1.0), 1e-7)


# --- 4.7: dropout ---------------------------------------------------------------------------------

def masks(units):
    return list(itertools.product([0, 1], repeat=units))


@item("D1-54")
@examples
@given(vectors(4), vectors(4), st.floats(-2, 2), st.floats(0.1, 0.9))
def test_scaling_the_weights_by_p_is_the_mean_over_all_masks(w, a, b, p):
    mean = sum(prod(p if m else 1 - p for m in mask) * (sum(wi * ai * m for wi, ai, m in zip(w, a, mask)) + b)
               for mask in masks(4))
    agree([mean], [sum(p * wi * ai for wi, ai in zip(w, a)) + b])           # the bias is not scaled
    dropout, unit = KeepDropout(p), Neuron(4, "linear")
    for q, data in zip(unit.parameters(), [*w, b]):
        q.data = data
    agree([unit(dropout.eval()(a)).data], [mean])


@item("D1-54", "D1-56")
@examples
@given(seeds, vectors(3))
def test_a_dropped_unit_has_no_edges(seed, x):
    net, dropout = random_network(3, [4, 2], seed=seed), KeepDropout(0.5, seed=seed)
    hidden, output = net.layers
    inputs = [Value(v) for v in x]
    engine.total(output(dropout(hidden(inputs)))).backward()
    for k, kept in enumerate(dropout.mask):
        incoming = [*hidden.neurons[k].weights, hidden.neurons[k].bias]
        outgoing = [unit.weights[k] for unit in output.neurons]
        if kept:
            a = tanh(sum(w.data * v for w, v in zip(hidden.neurons[k].weights, x))
                     + hidden.neurons[k].bias.data)
            da = (1 - a * a) * sum(unit.weights[k].data for unit in output.neurons)
            agree(grads(outgoing), [a, a])
            agree(grads(incoming), [*[da * v for v in x], da])
        else:
            assert kept == 0 and all(edge.grad == 0 for edge in (*incoming, *outgoing))


@item("D1-54", "D1-55")
@pytest.mark.parametrize("p", [0.2, 0.8])
def test_a_unit_is_kept_with_probability_p_and_drawn_anew_each_time(p):
    for dropout, factor in [(KeepDropout(p, seed=1), 1.0), (Dropout(1 - p, seed=2), 1 / p)]:
        drawn = [dropout([1.0] * 4) for _ in range(2000)]
        agree(sorted({m for mask in drawn for m in mask}), [0.0, factor])
        sizes = [sum(m > 0 for m in mask) for mask in drawn]
        for kept in range(5):                                               # binomial: 4 independent draws
            share = comb(4, kept) * p**kept * (1 - p)**(4 - kept)
            assert abs(sizes.count(kept) / 2000 - share) < 5 * sqrt(share * (1 - share) / 2000)


@item("D1-54", "D1-55")
def test_each_iteration_updates_the_kept_units_and_no_others():
    dropout = KeepDropout(0.5, seed=3)
    net, kept = Sequential(Layer(2, 8, "tanh", seed=1), dropout, Layer(8, 1, "linear", seed=2)), set()
    hidden, _, (unit,) = net.parts[0].neurons, dropout, net.parts[2].neurons
    for _ in range(6):
        before = numbers([[*h.parameters(), w] for h, w in zip(hidden, unit.weights)])
        fit(net, [[0.4, -0.7]], [1.0], "half_mse", SGD(net.parameters(), 0.1), epochs=1, progress=False)
        after = numbers([[*h.parameters(), w] for h, w in zip(hidden, unit.weights)])
        for old, new, m in zip(before, after, dropout.mask):
            assert all(v != w for v, w in zip(old, new)) if m else old == new
        kept.add(tuple(dropout.mask))
    assert len(kept) == 6                                                   # another selection each time


class Chosen(Random):
    """Draws that keep exactly the units of a mask: 0 is below every probability, 0.999 above those used
    here."""

    def __init__(self, mask, kept, dropped):
        super().__init__(0)
        self.draws = iter([kept if m else dropped for m in mask])

    def random(self):
        return next(self.draws)


def thinned(kind, p, mask):
    """A dropout layer of keep probability p whose next draw is this mask."""
    if kind is KeepDropout:
        return KeepDropout(p, seed=Chosen(mask, 0.0, 0.999))
    return Dropout(1 - p, seed=Chosen(mask, 0.999, 0.0))


@item("D1-55", "D4-20")
@pytest.mark.parametrize("kind", [KeepDropout, Dropout])
@examples
@given(seeds, st.floats(0.2, 0.8), vectors(3))
def test_the_full_network_is_the_ensemble_of_all_thinned_ones(kind, seed, p, x):
    """Exactly for a linear output, exactly for the geometric mean behind a softmax, nearly for the arithmetic
    mean."""
    hidden, output = random_network(3, [4, 3], seed=seed).layers
    def logits(dropout, train): return numbers(Sequential(hidden, dropout, output).train(train)(x))
    shares  = [prod(p if m else 1 - p for m in mask) for mask in masks(4)]
    members = [logits(thinned(kind, p, mask), True) for mask in masks(4)]
    full    = logits(thinned(kind, p, []), False)
    assert len({tuple(member) for member in members}) == 2 ** 4
    agree([sum(q * z[k] for q, z in zip(shares, members)) for k in range(3)], full)

    y, scaled  = [engine.softmax(z) for z in members], engine.softmax(full)
    geometric  = [exp(sum(q * log(yk[k]) for q, yk in zip(shares, y))) for k in range(3)]
    arithmetic = [sum(q * yk[k] for q, yk in zip(shares, y)) for k in range(3)]
    agree([g / sum(geometric) for g in geometric], scaled, 1e-11)
    off = sqrt(sum((s - m) ** 2 for s, m in zip(scaled, arithmetic)))
    spread = sqrt(sum(q * sum((a - m) ** 2 for a, m in zip(yk, arithmetic)) for q, yk in zip(shares, y)))
    assert 0 < off < spread                                                 # closer than one member is


# --- 4.8: handwritten digits ----------------------------------------------------------------------

@item("D1-57")
def test_sizes_and_decision_of_the_digit_classifier():
    assert 28 * 28 == 784 and (784 + 1) * 15 + (15 + 1) * 10 == 11935
    net, white = MLP(784, [15, 10], init="zeros"), [0.0] * 784
    assert len(net.parameters()) == 11935
    for digit in range(10):
        for k, neuron in enumerate(net.layers[1].neurons):
            neuron.bias.data = -2.0 + (k == digit)                          # the highest may be negative
        scores = net(white)
        assert len(scores) == 10 and predicted_class(scores) == digit
        assert [accuracy([scores], [k]) for k in range(10)] == [float(k == digit) for k in range(10)]


@item("D1-57")
def test_a_network_learns_to_classify_handwritten_digits(record_property):
    """The digits that come with nn have 8 x 8 pixels; the decision is the chapter's: the highest output."""
    X, Y = digits()
    assert min(map(min, X)) == 0.0 and max(map(max, X)) == 1.0 and set(Y) == set(range(10))
    shares = []
    for seed in range(3):
        net = MLP(64, [15, 10], "sigmoid", seed=seed)
        fit(net, X[:400], Y[:400], "cross_entropy_with_logits", Adam(net.parameters(), 0.03), epochs=8,
            batch_size=20, engine="vectorized", progress=False)
        scores = np.array(net.predict(X[400:600]))
        shares.append(accuracy(scores.tolist(), Y[400:600]))
        assert shares[-1] == np.mean(scores.argmax(axis=1) == Y[400:600])
    record_property("share of 200 new digits that are recognised", three_digits(shares))
    assert min(shares) > 0.6                                                # chance is 0.1
