"""D2, CS231n part 1: one neuron, its activations, architectures and what they can represent.

    W[k][i][j]   weight of unit i of layer k for its input j: (out, in); biases are sometimes left out
    f            the activation; s: class scores; columns
"""

from collections import Counter
from functools import cache, reduce
from math import exp, hypot, log, pi, sin, tanh
from random import Random
from statistics import stdev
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine import Value
from engine.value import topological_order
from nn import (
    MLP, SGD, Adam, Dropout, InputNoise, Layer, Maxout, Neuron, accuracy, bce_with_logits, circles,
    cross_entropy_with_logits, dead_fraction, dead_units, fit, hinge, l1, l2, moons, mse, spirals,
    squared_error, weights,
)
from nn.initializers import normal
from nn.metrics import probability_accuracy
from tests.conventions import sigma, slope

from .conventions import (D2, agree, elements, examples, grads, networks, nudged, numbers, outputs,
                          random_network, shape, vectors)

item = pytest.mark.item
seeds = st.integers(0, 2**32 - 1)


def product(W, x):
    """W x, by loops: row i of W belongs to unit i."""
    return [sum(W[i][j] * x[j] for j in range(len(x))) for i in range(len(W))]


def threshold(z):
    """max(0, z), element-wise."""
    return [max(0.0, zi) for zi in z]


def dot(w, x):
    return sum(wi * xi for wi, xi in zip(w, x))


def mean_of(rows):
    """The mean of each column: a statistic over seeds."""
    return [sum(column) / len(column) for column in zip(*rows)]


# --- quick intro: scores --------------------------------------------------------------------------

@item("D2-01", "D2-02")
def test_sizes_of_the_scores():
    pixels = 32 * 32 * 3
    linear = MLP(pixels, [10])
    assert len(weights(linear)) == 30720 and len(linear([0.0] * pixels)) == 10
    assert 100 * len(Neuron(pixels).weights) + len(weights(Layer(100, 10))) == 308200
    small = D2(MLP(6, [4, 3]), [0.0] * 6)
    assert [shape(W) for W in small.W[1:]] == [(4, 6), (3, 4)] and len(outputs(small)) == 3


@item("D2-01")
@examples
@given(networks(layers=(1, 1), biases=False))
def test_linear_scores(case):
    net, x, _ = case
    n = D2(net, x)
    agree(numbers(outputs(n)), product(numbers(n.W[1]), x), 1e-14)


@item("D2-02", "D2-03")
@examples
@given(seeds, vectors(5))
def test_two_layer_scores(seed, x):
    net = random_network(5, [6, 3], "relu", seed=seed, biases=False)
    n = D2(net, x)
    W1, W2 = numbers(n.W[1]), numbers(n.W[2])
    s = product(W2, threshold(product(W1, x)))
    agree(numbers(n.output), s)
    agree(numbers(net([3 * xj for xj in x])), [3 * sc for sc in s])         # s(kx) = k s(x), k > 0

    collapsed = [[sum(W2[c][h] * W1[h][p] for h in range(6)) for p in range(5)] for c in range(3)]
    linear = random_network(5, [6, 3], "linear", seed=seed, biases=False)
    agree(numbers(linear(x)), product(collapsed, x))                        # without max one matrix is enough


@item("D2-03")
def test_with_the_threshold_the_scores_are_not_linear():
    n = D2.of(W=[[[1.0, -1.0], [0.5, 2.0]], [[2.0, 3.0]]], b=[[0.0, 0.0], [0.0]], x=[1.0, 2.0], hidden="relu")
    assert n.output.data + n.net([-1.0, -2.0]).data == 15.5                 # a linear map would give 0

    net = MLP(2, [6, 1], seed=1)                                            # the usual net has the wiggle
    assert abs(net([1.0, 2.0]).data + net([-1.0, -2.0]).data) > 0.1


@item("D2-04")
@examples
@given(seeds, vectors(5))
def test_three_layer_scores(seed, x):
    n = D2(random_network(5, [6, 3, 2], "relu", seed=seed, biases=False), x)
    W1, W2, W3 = (numbers(n.W[k]) for k in (1, 2, 3))
    agree(numbers(n.output), product(W3, threshold(product(W2, threshold(product(W1, x))))))


# --- one neuron -----------------------------------------------------------------------------------

@item("D2-05", "D2-06")
def test_the_firing_rate_of_the_snippet():
    neuron = Neuron(3, "sigmoid")
    for p, data in zip(neuron.parameters(), (0.2, -0.4, 1.0, -0.3)):
        p.data = data
    inputs = [1.0, -2.0, 0.5]
    cell_body_sum = dot([0.2, -0.4, 1.0], inputs) - 0.3
    rate = neuron(inputs)
    rate.backward()
    r = 1 / (1 + exp(-cell_body_sum))
    agree([cell_body_sum, rate.data], [1.2, 0.768524783499])
    agree(grads(neuron.parameters()), [r * (1 - r) * x for x in inputs] + [r * (1 - r)])


@item("D2-05")
@examples
@given(vectors(3), vectors(3), st.floats(-3, 3))
def test_dot_product_bias_and_activation(w, x, b):
    neuron = Neuron(3, "tanh")
    for p, data in zip(neuron.parameters(), [*w, b]):
        p.data = data
    agree([neuron(x).data], [tanh(dot(w, x) + b)])

    xs = [Value(xj) for xj in x]                                            # excitatory, or inhibitory
    neuron(xs).backward()
    agree(grads(xs), [(1 - tanh(dot(w, x) + b) ** 2) * wj for wj in w])


def unit(f, w, b):
    """A neuron with these weights and this bias."""
    neuron = Neuron(len(w), f)
    for p, data in zip(neuron.parameters(), [*w, b]):
        p.data = data
    return neuron


@item("D2-08")
@examples
@given(vectors(2), vectors(2), st.floats(-3, 3))
def test_a_neuron_classifies_by_the_sign_of_its_sum(w, x, b):
    z  = unit("linear", w, b)(x).data
    p1 = unit("sigmoid", w, b)(x).data
    p0 = unit("sigmoid", [-v for v in w], -b)(x).data                       # the other class
    agree([p1 + p0, p1], [1, sigma(dot(w, x) + b)], 1e-15)
    assert probability_accuracy([p1], [int(z > 0)]) == 1 or abs(z) < 1e-15  # above 0.5


@item("D2-40")
@examples
@given(vectors(2), vectors(2))
def test_without_a_bias_the_threshold_is_0(w, x):
    assert unit("step", w, 0.0)(x).data == (1 if dot(w, x) > 0 else 0)


@item("D2-40")
@pytest.mark.parametrize("x, fires", [(1.9, 0), (2.0, 0), (2.1, 1)])
def test_a_unit_fires_above_minus_its_bias(x, fires):
    assert unit("step", [1.0], -2.0)([x]).data == fires


@item("D2-09")
@examples
@given(seeds, st.integers(1, 5))
def test_the_binary_softmax_classifier_is_logistic_regression(seed, m):
    rng = Random(seed)
    X = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(m)]
    t = [rng.randrange(2) for _ in range(m)]
    net = random_network(2, [1], seed=seed)
    w, b = numbers(net.parameters()[:2]), net.parameters()[2].data
    error = [sigma(dot(w, x) + b) - ti for x, ti in zip(X, t)]
    expected = [sum(e * x[j] for e, x in zip(error, X)) / m for j in range(2)] + [sum(error) / m]

    bce_with_logits([net(x) for x in X], t).backward()
    agree(grads(net.parameters()), expected)
    net.zero_grad()
    cross_entropy_with_logits([[0.0, net(x)] for x in X], t).backward()     # two logits, one fixed at 0
    agree(grads(net.parameters()), expected)


@item("D2-09")
@examples
@given(vectors(2), st.lists(vectors(2), min_size=1, max_size=4))
def test_logistic_regression_is_convex(w, X):
    def loss(w):
        return bce_with_logits([engine.dot(w, x) for x in X], [0] * len(X))
    H = engine.hessian(loss)(w)
    slopes = [sigma(dot(w, x)) * sigma(-dot(w, x)) for x in X]
    agree(H, [[sum(s * x[j] * x[k] for s, x in zip(slopes, X)) / len(X) for k in (0, 1)] for j in (0, 1)])
    assert np.linalg.eigvalsh(np.array(H, dtype=float)).min() >= -1e-12


@item("D2-09")
def test_logistic_regression_is_found_from_every_start():
    """The loss is convex: its slope is 0 at one place only, as points of the two classes overlap."""
    X, Y = moons(12, noise=0.3, seed=4)
    ends = []
    for seed in range(2):
        net = random_network(2, [1], seed=seed)
        fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=4.0), epochs=500, engine="vectorized",
            progress=False)
        ends.append(numbers(net.parameters()))
        net.zero_grad()
        bce_with_logits([net(x) for x in X], Y).backward()
        agree(grads(net.parameters()), [0.0] * 3, 1e-6)
        error = [sigma(net(x).data) - y for x, y in zip(X, Y)]              # what the slopes must be, by hand
        agree([sum(e * x[j] for e, x in zip(error, X)) for j in range(2)], [0.0] * 2, 1e-5)
    for end in ends[1:]:
        agree(end, ends[0], 1e-4)


@item("D2-10")
def test_training_with_the_hinge_finds_the_widest_margin():
    """Of all w with y (w.x + b) >= 1 the shortest is (1, 0): the two nearest points alone decide."""
    X, Y = [[1.0, 0.0], [-1.0, 0.0], [3.0, 2.0], [-2.0, -3.0]], [1, -1, 1, -1]
    net = random_network(2, [1], seed=3)
    for lr in (0.2, 0.02, 0.002):                                           # ever smaller subgradient steps
        fit(net, X, Y, "hinge", SGD(net.parameters(), lr=lr), epochs=400, engine="vectorized", progress=False,
            penalty=lambda net: l2(weights(net), 0.1))
    agree(numbers(net.parameters()), [1, 0, 0], 5e-3)
    agree(sorted(y * net(x).data for x, y in zip(X, Y)), [1, 1, 2, 3], 2e-2)


@item("D2-10")
@examples
@given(vectors(2), vectors(2), st.sampled_from([-1, 1]))
def test_the_svm_neuron(w, x, y):
    ws = [Value(v) for v in w]
    s = dot(ws, x)
    L = hinge(s, y)
    L.backward()
    margin = y * dot(w, x)
    agree([L.data], [max(0.0, 1 - margin)])
    agree(grads(ws), [-y * xj if margin < 1 else 0.0 for xj in x])
    assert (hinge(0.3, 1) == 0.7 and slope(lambda s: hinge(s, 1), 0.3) == -1
            and slope(lambda s: hinge(s, 1), 2.0) == 0)


@item("D2-11")
def test_the_penalty_alone_forgets_gradually():
    w = Value(3.0)
    for n in range(1, 41):
        w.grad = 0
        l2([w], 0.05).backward()
        w.data -= 0.1 * w.grad
        agree([w.data], [3 * (1 - 0.1 * 0.05) ** n])
    agree([w.data], [2.45496036307], 1e-11)

    u = Value(3.0)                                                          # the same, inside the optimizer
    decay = SGD([u], lr=0.1, weight_decay=0.05)
    for _ in range(40):
        decay.step()                                                        # the loss has no slope here
    agree([u.data], [w.data])

    vs = [Value(3.0), Value(-2.0)]                                          # L1 takes away the same each time
    for n in range(1, 41):
        for v in vs:
            v.grad = 0
        l1(vs, 0.05).backward()
        for v in vs:
            v.data -= 0.1 * v.grad
        agree(numbers(vs), [3 - 0.005 * n, -2 + 0.005 * n])


@item("D2-11")
@pytest.mark.parametrize("runner", ["scalar", "vectorized"])
def test_every_update_of_training_forgets(runner):
    """The input is 0, so that the loss has no slope towards w: only the penalty moves it."""
    neuron = unit("linear", [2.0], 0.0)
    fit(neuron, [[0.0]], [0.0], "mse", SGD(neuron.parameters(), lr=0.1), epochs=5, engine=runner,
        progress=False, penalty=lambda neuron: l2(weights(neuron), 0.05))
    agree(numbers(neuron.parameters()), [2 * (1 - 0.1 * 0.05) ** 5, 0])


# --- activations ----------------------------------------------------------------------------------

@item("D2-12", "D2-13")
def test_the_sigmoid_and_its_saturation():
    assert engine.sigmoid(0.0) == 0.5 and slope(engine.sigmoid, 0.0) == 0.25
    expected = {0.0: 0.25, 2.0: 0.104993585404, 5.0: 0.00664805667079, 10.0: 4.53958077359e-05}
    for z, s in expected.items():
        agree([slope(engine.sigmoid, z) / s], [1], 1e-11)
    x = Value(10.0)
    engine.sigmoid(x).backward(3)                                           # an upstream gradient of 3
    agree([x.grad], [1.36187e-04], 1e-9)


@item("D2-12")
@examples
@given(st.floats(-30, 30), st.floats(1e-3, 5))
def test_the_sigmoid_rises_and_is_steepest_at_0(x, step):
    assert engine.sigmoid(x) <= engine.sigmoid(x + step)
    assert slope(engine.sigmoid, x) <= 0.25


def start_of_sigmoids(scale, seed):
    """The share of saturated units at weights N(0, scale^2), and what training these weights gains."""
    rng  = Random(seed + 100)
    X, Y = [[rng.gauss(0, 1) for _ in range(100)] for _ in range(4)], [0, 1] * 2
    net  = MLP(100, [5, 1], "sigmoid", init=normal(scale), seed=seed)
    for w in net.layers[1].neurons[0].weights:
        w.data = rng.gauss(0, 0.1)
    rates  = [a.data for x in X for a in net.trace(x).a[0]]
    losses = fit(net, X, Y, "bce_with_logits", SGD(net.layers[0].parameters(), lr=1.0), epochs=20,
                 engine="vectorized", progress=False).losses
    return sum(not 0.01 <= a <= 0.99 for a in rates) / len(rates), losses[0] - losses[-1]


@item("D2-14")
def test_large_initial_weights_saturate_and_barely_learn():
    """Means of 3 seeds at scale 0.1, 1 and 10: a share of 0.00, 0.64 and 0.96 of the units is saturated."""
    shares, gains = zip(*[mean_of(start_of_sigmoids(scale, seed) for seed in range(3))
                          for scale in (0.1, 1.0, 10.0)])
    assert shares[0] < 0.02 and 0.45 < shares[1] < 0.85 and shares[2] > 0.85
    assert gains[1] < gains[0] / 2 and gains[2] < gains[0] / 5              # found: 0.08, 0.02, 0.002


@item("D2-15")
@examples
@given(st.lists(st.floats(0.01, 10), min_size=2, max_size=5), seeds,
       st.floats(-5, 5).filter(lambda d: d != 0))
def test_positive_inputs_give_weight_gradients_of_one_sign(x, seed, upstream):
    net = random_network(len(x), [1], "linear", "sigmoid", seed=seed)
    n = D2(net, x)
    n.output.backward(upstream)
    delta = n.z[1][0].grad
    agree([delta], [upstream * sigma(n.z[1][0].data) * sigma(-n.z[1][0].data)])
    agree(grads(n.W[1]), [[delta * xj for xj in x]])
    assert all(g * delta >= 0 for g in grads(n.W[1])[0])


@item("D2-15")
def test_a_batch_can_mix_the_signs():
    net = MLP(2, [1])
    engine.total([net([1.0, 0.1]) * 1, net([0.1, 1.0]) * -1]).backward()
    agree(grads(net.parameters()[:2]), [0.9, -0.9])


def descent(X, Y, batch_size, epochs):
    """The updates of the two weights of a linear unit that starts at 0."""
    neuron, updates = Neuron(2, "linear", init="zeros"), []
    step = SGD(neuron.weights, lr=0.1)
    for k in range(epochs * len(X) // batch_size):
        batch = [(k * batch_size + i) % len(X) for i in range(batch_size)]
        start = numbers(neuron.weights)
        step.zero_grad()
        mse([neuron(X[i]) for i in batch], [Y[i] for i in batch]).backward()
        step.step()
        updates.append([w.data - w0 for w, w0 in zip(neuron.weights, start)])
    return updates


def zig_zag(seed):
    """The way to w = (1, -1) over the distance sqrt 2: inputs above 0, the same centred, and in batches of
    20."""
    rng  = Random(seed)
    X    = [[abs(rng.gauss(0, 1)) + 0.2 for _ in range(2)] for _ in range(20)]
    mean = mean_of(X)
    centred = [[xj - m for xj, m in zip(x, mean)] for x in X]
    ways = {"above 0": (X, 1, 20), "centred": (centred, 1, 20), "batches": (X, 20, 400)}
    paths = {name: descent(inputs, [x[0] - x[1] for x in inputs], size, epochs)
             for name, (inputs, size, epochs) in ways.items()}
    for path in paths.values():
        agree([sum(column) for column in zip(*path)], [1, -1], 1e-3)        # all of them arrive
    return paths, [sum(hypot(*update) for update in path) / hypot(1, 1) for path in paths.values()]


@item("D2-41")
@pytest.mark.parametrize("seed", range(2))
def test_inputs_above_0_make_the_updates_zig_zag(seed):
    """A theorem: each update is a multiple of x, so w_1 and w_2 rise together or fall together.

    To raise one and lower the other, training goes to and fro: the way is 3.0 times the distance, 1.4 times
    with centred inputs, and 1.0 times when the gradients are added up across the batch (found over 20 seeds).
    """
    paths, (positive, centred, batches) = zig_zag(seed)
    signs = {(u > 0) - (u < 0) for u, _ in paths["above 0"]}
    assert all(u * v >= 0 for u, v in paths["above 0"]) and {1, -1} <= signs
    assert any(u * v < 0 for u, v in paths["centred"]) and any(u * v < 0 for u, v in paths["batches"])
    assert positive > 1.2 * centred and positive > 1.5 * batches            # batches mitigate


@item("D2-16")
@examples
@given(st.floats(-20, 20))
def test_tanh_is_a_scaled_and_shifted_sigmoid(x):
    def other(x):
        return 2 * engine.sigmoid(2 * x) - 1
    agree([engine.tanh(x)], [other(x)], 1e-15)
    agree([slope(engine.tanh, x)], [slope(other, x)])
    agree([slope(engine.tanh, x)], [4 * slope(engine.sigmoid, 2 * x)])
    assert engine.tanh(x) == -engine.tanh(-x)                               # zero-centred
    agree([engine.sigmoid(x) + engine.sigmoid(-x)], [1])                    # centred on 1/2


@item("D2-17")
def test_relu_is_0_and_then_linear_with_slope_1():
    for x in (-1e6, -4.0, -1e-9, 1e-9, 4.0, 1e6):
        assert engine.relu(x) == max(0.0, x) == Neuron(1, "relu", init=1.0)([x]).data
        assert slope(engine.relu, x) == slope(lambda x: Neuron(1, "relu", init=1.0)([x]), x) == (x > 0)
    assert [engine.relu(x) for x in (-4.0, 0.0, 4.0)] == [0, 0, 4]


@item("D2-18")
def test_relu_does_not_saturate():
    """Thirty units in a row pass on the whole gradient; tanh and sigmoid pass on next to nothing."""
    def passed_on(f):
        return slope(lambda x: reduce(lambda a, _: f(a), range(30), x), 1.0)
    assert passed_on(engine.relu) == 1 and passed_on(engine.tanh) < 0.01 and passed_on(engine.sigmoid) < 1e-12
    assert slope(engine.relu, 1e6) == 1 and slope(engine.tanh, 1e6) == slope(engine.sigmoid, 1e6) == 0


@item("D2-18")
@pytest.mark.parametrize("f, exponentials", [("relu", False), ("sigmoid", True), ("tanh", True)])
def test_relu_is_a_threshold_of_a_matrix(f, exponentials):
    """The array program of a layer calls exp or tanh, or neither: a comparison with 0 is all ReLU takes."""
    net = MLP(2, [3, 1], f, seed=1)
    x = [Value(0.4), Value(-0.7)]
    text = str(engine.vectorize(net(x), x, parameters=net.parameters(), batch=True))
    assert any(name in text for name in ("exp", "tanh")) == exponentials


@cache
def dying(hidden, lr, seed):
    """A 2-20-1 network trained on moons: the network, and which units were dead after each epoch."""
    X, Y = moons(20, seed=seed)
    net  = MLP(2, [20, 1], hidden, seed=seed)
    dead = [dead_units(net, X)[0]]
    fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=lr), epochs=10, engine="vectorized",
        progress=False, callbacks=[lambda epoch, net, history: dead.append(dead_units(net, X)[0])])
    return net, dead


@item("D2-19", "D2-23")
def test_units_die_at_high_learning_rates():
    """The share of dead units, mean of 4 seeds: 0.00 at the rate 0.1 and 0.80 at 30 (printed: "as much as
    40 %")."""
    for lr, low, high in [(0.1, 0.0, 0.02), (30.0, 0.4, 1.0)]:
        shares = [dead_fraction(dying("relu", lr, seed)[0], moons(20, seed=seed)[0]) for seed in range(4)]
        assert low <= sum(shares) / 4 <= high


@item("D2-19")
@pytest.mark.parametrize("seed", range(4))
def test_a_unit_that_training_killed_stays_dead(seed):
    """A theorem for one hidden layer: its inputs are the data, so a dead unit has the slope 0 for ever."""
    (X, Y), (net, dead) = moons(20, seed=seed), dying("relu", 30.0, seed)
    assert not any(dead[0]) and any(dead[-1])                               # training kills
    for before, after in zip(dead, dead[1:]):
        assert all(b <= a for b, a in zip(before, after))
    net.zero_grad()
    bce_with_logits([net(x) for x in X], Y).backward()
    for neuron, killed in zip(net.layers[0].neurons, dead[-1]):
        assert not killed or grads(neuron.parameters()) == [0, 0, 0]


@item("D2-19", "D2-20")
def test_a_large_gradient_kills_a_relu_and_not_a_leaky_relu():
    """One sample far off, one step: then all slopes are 0, or a hundredth of what they were."""
    for f, fraction in [("relu", 0), ("leaky_relu", 0.01)]:
        neuron = unit(f, [1.0], 0.5)
        step = SGD(neuron.parameters(), lr=0.1)
        squared_error(neuron([1.0]), -50.0).backward()
        step.step()
        assert neuron.weights[0].data == pytest.approx(1.0 - 0.1 * 2 * 51.5)
        kept = numbers(neuron.parameters())
        assert all(neuron.z([Value(x)]).data < 0 for x in (0.0, 0.5, 1.0, 2.0))
        step.zero_grad()
        a = neuron([2.0])
        squared_error(a, 3.0).backward()
        upstream = 2 * (a.data - 3)
        agree(grads(neuron.parameters()), [fraction * upstream * 2, fraction * upstream])
        step.step()
        assert (numbers(neuron.parameters()) == kept) == (f == "relu")


@item("D2-23", "D4-38")
def test_the_dead_fraction_monitor():
    X, _ = moons(20, seed=1)
    net = MLP(2, [8, 1], "relu", init="zeros")
    for k in range(9):                                                      # one unit more is dead each time
        for i, neuron in enumerate(net.layers[0].neurons):
            neuron.bias.data = -100.0 if i < k else 1.0
        assert dead_fraction(net, X) == k / 8
    neuron.weights[0].data, neuron.bias.data = 1.0, 1e-9 - max(x[0] for x in X)
    assert dead_fraction(net, X) == 7 / 8                                   # a single sample keeps it alive
    neuron.bias.data -= 1e-6
    assert dead_fraction(net, X) == 1


def epochs_to_learn(f, seed):
    """Epochs of mini-batch descent until a 2-16-1 network tells two circles apart with a loss below 0.2."""
    X, Y = circles(40, noise=0.05, seed=seed)
    net  = MLP(2, [16, 1], f, seed=seed)
    return fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=1.0), epochs=100, batch_size=10,
               engine="vectorized", progress=False,
               callbacks=[lambda epoch, net, history: history.losses[-1] < 0.2]).epochs


@item("D2-42")
def test_relu_converges_several_times_faster_than_tanh():
    """The figure, with a small network: 12 to 15 epochs, 32 to 41 with tanh (4 seeds): three-fold, not
    six-fold."""
    relu, tanh = ([epochs_to_learn(f, seed) for seed in range(4)] for f in ("relu", "tanh"))
    assert max(relu) < min(tanh)                                            # every start, not the mean alone
    assert sum(tanh) > 2 * sum(relu)


@item("D2-20")
@examples
@given(st.floats(-5, 5), st.floats(0, 1))
def test_leaky_relu(x, alpha):
    indicator = (x < 0) * alpha * x + (x >= 0) * x
    agree([engine.leaky_relu(x, alpha)], [indicator], 0)
    agree([engine.maximum(alpha * x, x)], [indicator], 0)                   # the max form, 0 <= alpha <= 1
    agree([Neuron(1, "leaky_relu", init=1.0)([x]).data], [max(0.01 * x, x)])          # "0.01, or so"
    if x != 0:
        assert slope(lambda x: engine.leaky_relu(x, alpha), x) == (1 if x > 0 else alpha)
        agree([slope(lambda x: engine.maximum(alpha * x, x), x)], [1 if x > 0 else alpha])


@item("D2-21")
@examples
@given(st.floats(-5, 5), st.floats(0, 2), st.floats(-3, 3))
def test_prelu_learns_its_slope(x, alpha, upstream):
    a = Value(alpha)
    engine.leaky_relu(x, a).backward(upstream)
    agree([a.grad], [upstream * x * (x < 0)], 0)


@item("D2-21")
def test_each_neuron_learns_a_slope_of_its_own():
    slopes, true = [Value(0.25), Value(0.25)], [0.1, 0.6]                   # 0.25: where PReLU starts
    layer = [Neuron(1, lambda z, a=a: engine.leaky_relu(z, a), init=1.0) for a in slopes]
    xs = [-2.0, -1.0, 0.5, 1.0]
    step = SGD(slopes, lr=0.1)
    for _ in range(60):
        step.zero_grad()
        squared_error([[neuron([x]) for neuron in layer] for x in xs],
                      [[x if x > 0 else a * x for a in true] for x in xs]).backward()
        step.step()
    agree(numbers(slopes), true, 1e-6)


def maxout(*pieces):
    """A Maxout unit with these (w, b)."""
    made = Maxout(len(pieces[0][0]), len(pieces))
    for piece, (w, b) in zip(made.pieces, pieces):
        for p, data in zip(piece.parameters(), [*w, b]):
            p.data = data
    return made


@item("D2-22")
@examples
@given(vectors(2), vectors(2), st.floats(-2, 2), st.floats(0, 1))
def test_special_cases_of_maxout(w, x, b, alpha):
    opposite = [-wj for wj in w]
    leak     = Neuron(2, lambda z: engine.leaky_relu(z, alpha))
    for p, data in zip(leak.parameters(), [*w, b]):
        p.data = data
    cases = [(maxout(([0.0, 0.0], 0.0), (w, b)), unit("relu", w, b)),
             (maxout(([alpha * wj for wj in w], alpha * b), (w, b)), leak),
             (maxout((w, b), (opposite, -b)), lambda x: abs(unit("linear", w, b)(x)))]
    for general, special in cases:
        agree([general(x).data], [special(x).data])
        if abs(dot(w, x) + b) > 1e-9:                                       # beside the kink the slopes too
            u, v = [Value(xj) for xj in x], [Value(xj) for xj in x]
            general(u).backward()
            special(v).backward()
            agree(grads(u), grads(v))


@item("D2-22")
def test_maxout_doubles_the_parameters_of_every_neuron():
    for n_in, units in [(3, 4), (5, 2)]:
        single = Layer(n_in, units, "relu").parameters()
        assert len({id(p) for p in Layer(n_in, units, "maxout").parameters()}) == 2 * len(single)
        assert len(single) == units * (n_in + 1)


@item("D2-22")
@examples
@given(seeds, vectors(3))
def test_maxout_routes_the_gradient_to_the_winner(seed, x):
    unit, rng = Maxout(3), Random(seed)                                     # max(w1.x + b1, w2.x + b2)
    assert len(unit.parameters()) == 2 * (3 + 1) == 8 and len(Neuron(3).parameters()) == 4
    for p in unit.parameters():
        p.data = rng.gauss(0, 1)
    pieces, y = unit.pieces, unit(x)
    y.backward()
    sums = [dot(numbers(piece.weights), x) + piece.bias.data for piece in pieces]
    winner = sums.index(max(sums))
    agree([y.data], [max(sums)])
    agree(grads(pieces[winner].parameters()), [*x, 1], 0)
    assert grads(pieces[1 - winner].parameters()) == [0, 0, 0, 0]


@item("D2-43")
@pytest.mark.parametrize("seed", range(2))
def test_maxout_does_not_die(seed):
    """A theorem: at every sample the slopes towards the biases of a unit's pieces sum to 1, so one is not 0.

    The rate that kills most ReLU units moves Maxout units far away, and all of them still learn.
    """
    assert dead_fraction(dying("relu", 30.0, seed)[0], moons(20, seed=seed)[0]) > 0.2
    net = dying("maxout", 30.0, seed)[0]
    for x in moons(20, seed=seed)[0]:
        net.zero_grad()
        engine.total(net.layers[0](x)).backward()
        for made in net.layers[0].neurons:
            assert sum(piece.bias.grad for piece in made.pieces) == 1
            agree(mean_of([piece.weights[j].grad for j in range(2)] for piece in made.pieces),
                  [xj / 2 for xj in x])


@item("D2-43")
@examples
@given(vectors(2), vectors(2), st.sampled_from([-1, 1]))
def test_maxout_does_not_saturate(w1, w2, side):
    """Far out a unit is as linear as near by: its slope is a weight of the winning piece."""
    pieces = maxout((w1, 0.3), (w2, -0.2))
    for far in (1.0, 1e3, 1e6):
        x = [Value(side * far), Value(-2.0 * far)]
        pieces(x).backward()
        sums = [side * far * w[0] - 2 * far * w[1] + b for w, b in ((w1, 0.3), (w2, -0.2))]
        if abs(sums[0] - sums[1]) > 1e-6:
            agree(grads(x), w1 if sums[0] > sums[1] else w2, 0)


@item("D2-44")
def test_types_of_neurons_can_be_mixed_in_one_network():
    """ReLU, tanh, sigmoid and Maxout within a layer, another layer after it: slopes and training as ever."""
    def mixed():
        net = MLP(2, [4, 3, 1], ["relu", "tanh"], seed=5)
        for f, neuron in zip(("relu", "tanh", "sigmoid"), net.layers[0].neurons):
            neuron.f = getattr(engine, f)
        net.layers[0].neurons[3] = Maxout(2, seed=6)
        return net
    net, (X, Y) = mixed(), moons(12, seed=2)
    bce_with_logits([net(x) for x in X], Y).backward()
    for p in net.parameters():
        assert p.grad == pytest.approx(nudged(lambda: bce_with_logits([net(x) for x in X], Y), p), abs=1e-7)
    assert len(net.parameters()) == 3 * 3 + 6 + 3 * 5 + 4

    losses = [fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=0.5), epochs=40, engine=runner,
                  progress=False).losses for net, runner in ((mixed(), "scalar"), (mixed(), "vectorized"))]
    agree(losses[0], losses[1], 1e-9)
    assert losses[0][-1] < 0.8 * losses[0][0]


# --- architectures --------------------------------------------------------------------------------

@item("D2-24")
def test_a_gradient_is_complete_before_it_moves_on():
    x, a = Value(3.0), Value(2.0)
    (x * x + x).backward()
    b = 3 * a
    (b * (a + b)).backward()
    assert x.grad == 2 * 3 + 1 == 7 and a.grad == 24 * 2


@item("D2-24", "D2-25")
def test_a_layer_joins_every_pair_and_no_two_units_of_its_own():
    n = D2(random_network(3, [4, 2], seed=1), [0.1, 0.2, 0.3])
    assert len(list(elements(n.W[1]))) == 12 and len(n.b[1]) == 4
    for k in (1, 2):
        for i, z in enumerate(n.z[k]):
            for a in n.a[k - 1]:
                a.grad = 0
            z.backward()
            agree(grads(n.a[k - 1]), numbers(n.W[k][i]), 0)                 # dz_i/da_j = W_ij, for every j
            below = {id(v) for v in topological_order(z)}
            assert not any(id(other) in below for other in n.z[k] if other is not z)


def edges_of(n):
    """For each pair (unit, unit below it) how many of the recorded graph's edges join the two."""
    place = {id(a): (k, j) for k in range(n.L + 1) for j, a in enumerate(n.a[k])}
    return Counter((k, i, *place[id(x)]) for k in range(1, n.L + 1) for i, z in enumerate(n.z[k])
                   for x in z.operands if id(x) in place)


@item("D2-26", "D2-27", "D2-29", "D2-30")
@pytest.mark.parametrize("sizes, edges, units, parameters", [([4, 2], 20, 6, 26), ([4, 4, 1], 32, 9, 41)])
def test_the_two_topologies(sizes, edges, units, parameters):
    n = D2(random_network(3, sizes, "tanh", seed=1), [0.5, -1.0, 0.7])
    assert n.L == len(sizes)                                                # N layers, without the input
    drawn = edges_of(n)
    widths = [3, *sizes]
    assert set(drawn) == {(k, i, k - 1, j) for k in range(1, n.L + 1)
                          for i in range(widths[k]) for j in range(widths[k - 1])}
    assert set(drawn.values()) == {1} and len(drawn) == edges
    assert sum(len(a) for a in n.a[1:]) == units

    engine.total([a * (k + 1) for k, a in enumerate(outputs(n))]).backward()
    assert len({id(p) for p in n.net.parameters()}) == parameters
    assert all(g != 0 for g in grads(n.net.parameters()))                   # each of them is learnable


@item("D2-27")
@examples
@given(vectors(3), vectors(3), st.floats(-3, 3), st.sampled_from([-1, 1]))
def test_logistic_regression_and_the_svm_are_single_layer_networks(w, x, b, y):
    """No hidden units: the loss alone tells the two apart."""
    n = D2.of([[w]], [[b]], x)
    assert n.L == 1 and n.z[1] == n.a[1]
    z = dot(w, x) + b
    agree([bce_with_logits(n.output, (1 + y) // 2).data, hinge(n.output, y).data],
          [-log(sigma(y * z)), max(0.0, 1 - y * z)], 1e-11)


@item("D2-28")
@examples
@given(seeds, vectors(2), st.floats(-1e6, 1e6))
def test_the_output_layer_has_no_activation(seed, x, score):
    n = D2(MLP(2, [3, 1], seed=seed), x)                                    # as it is, unless one asks
    n.b[n.L][0].data += score - n.output.data                               # any score can be reached
    agree([n.net(x).data], [score], 1e-9)
    assert n.z[n.L][0] is n.a[n.L][0] and n.z[1][0] is not n.a[1][0]


@item("D2-31", "D2-32")
@examples
@given(seeds, st.lists(vectors(3), min_size=1, max_size=4))
def test_the_forward_pass_of_the_snippet_on_a_batch_of_columns(seed, batch):
    net = random_network(3, [4, 4, 1], "sigmoid", seed=seed)
    n = D2(net, batch[0])
    W1, W2, W3 = (np.array(numbers(n.W[k])) for k in (1, 2, 3))
    b1, b2, b3 = (np.array(numbers(n.b[k]))[:, None] for k in (1, 2, 3))
    def f(z):
        return 1 / (1 + np.exp(-z))
    x = np.array(batch).T                                                   # (3, B)
    out = W3 @ f(W2 @ f(W1 @ x + b1) + b2) + b3
    assert W1.shape == (4, 3) and W2.shape == (4, 4) and W3.shape == (1, 4) and out.shape == (1, len(batch))
    agree([net(x).data for x in batch], out[0].tolist(), 1e-13)
    agree(net.predict(batch), out[0].tolist(), 1e-13)                       # all columns at once


@item("D2-45")
@examples
@given(vectors(8), vectors(3), vectors(6))
def test_shared_parameters_make_more_connections_than_parameters(x, w, upstream):
    """Three weights at six places of eight inputs: 18 connections, and each slope is a sum over six."""
    def loss(weights_at):
        return engine.dot(upstream, [engine.dot(weights_at(p), x[p:p + 3]) for p in range(6)])
    shared = [Value(v) for v in w]
    own    = [[Value(v) for v in w] for _ in range(6)]
    loss(lambda p: shared).backward()
    loss(lambda p: own[p]).backward()
    assert len(list(elements(own))) == 18
    agree(grads(shared), [sum(u * x[p + j] for p, u in enumerate(upstream)) for j in range(3)])
    agree(grads(shared), [sum(column) for column in zip(*grads(own))])


# --- representational power -----------------------------------------------------------------------

@item("D2-33")
@examples
@given(networks(layers=(2, 2), outputs=(1, 1), hidden="sigmoid"), st.floats(-1e6, 1e6))
def test_a_network_of_bounded_units_is_bounded(case, far):
    net, x, _ = case
    n = D2(net, [far] * len(x))
    hidden = [sigma(b.data + far * sum(numbers(W))) for W, b in zip(n.W[1], n.b[1])]
    agree([n.output.data], [n.b[2][0].data + dot(numbers(n.W[2][0]), hidden)])
    bound = abs(n.b[2][0].data) + sum(abs(v.data) for v in n.W[2][0])
    assert abs(n.output.data) <= bound * (1 + 1e-12)
    distant = 2 * (bound + 1)
    assert abs(net([distant] * len(x)).data - distant ** 2) > 1             # it cannot follow x^2 for all x


def bumps(N):
    """c_i and the bins of sum_i c_i 1(a_i < x < b_i) for sin(2 pi x) on [0, 1]."""
    return [(sin(2 * pi * (i + 0.5) / N), i / N, (i + 1) / N) for i in range(N)]


def bump_network(N, steepness=4000.0):
    """The bumps as one hidden layer: each is the difference of two steep sigmoid units."""
    edges = [(c * side, edge) for c, a, b in bumps(N) for side, edge in ((1, a), (-1, b))]
    return D2.of([[[steepness] for _ in edges], [[c for c, _ in edges]]],
                 [[-steepness * edge for _, edge in edges], [0.0]], [0.5], hidden="sigmoid").net


@item("D2-33", "D2-34")
@pytest.mark.parametrize("N, expected", [(4, 0.7065), (8, 0.3821), (16, 0.1945), (32, 0.0974), (64, 0.0487)])
def test_a_network_of_indicator_bumps_approximates(N, expected):
    """On [0, 1], and away from the edges by 0.003: the error of N bumps is at most pi/N, as small as one
    likes."""
    inside = [(a + b) / 2 + k / 40 * ((b - a) / 2 - 0.003) for _, a, b in bumps(N) for k in range(-40, 41)]
    found  = bump_network(N).predict([[x] for x in inside])
    errors = [abs(y - sin(2 * pi * x)) for x, y in zip(inside, found)]
    assert max(errors) <= pi / N
    assert max(errors) == pytest.approx(expected, abs=2 * pi * 0.003 + 5e-3)


@item("D2-34")
@examples
@given(st.floats(-1, 2))
def test_a_bump_is_the_difference_of_two_steep_sigmoids(x):
    k, a, b = 500, 0.3, 0.6
    bump = engine.sigmoid(k * (x - a)) - engine.sigmoid(k * (x - b))
    if min(abs(x - a), abs(x - b)) > 0.02:
        agree([bump], [1 if a < x < b else 0], 5e-5)


# --- size and regularisation ----------------------------------------------------------------------

RUNS   = range(5)                                                           # the starts of each network
SQUARE = [[-2 + k / 8, -1.5 + l / 8] for k in range(41) for l in range(29)]           # where regions are seen


def noisy_moons():
    """40 points, of which six have the label of the other class."""
    X, Y = moons(40, noise=0.15, seed=0)
    wrong = Random(1).sample(range(40), 6)
    return X, [1 - y if i in wrong else y for i, y in enumerate(Y)]


class Trained(NamedTuple):
    """What became of a network: its loss without the penalty, shares that are right, |W|, regions."""

    loss: float
    right: float
    right_on_clean: float
    length: float
    regions: int
    boundary: int


@cache
def trained(hidden, strength, seed):
    """A 2-hidden-1 tanh network on the noisy moons, with the penalty strength/2 |W|^2."""
    X, Y = noisy_moons()
    net  = MLP(2, [hidden, 1], "tanh", seed=seed)
    fit(net, X, Y, "bce_with_logits", Adam(net.parameters(), lr=0.1), epochs=200, engine="vectorized",
        progress=False, penalty=(lambda net: l2(weights(net), strength)) if strength else None)
    clean, truth = moons(200, noise=0.15, seed=1000)
    scores = net.predict([*X, *clean, *SQUARE])
    return Trained(bce_with_logits(scores[:40], Y), accuracy(scores[:40], Y), accuracy(scores[40:240], truth),
                   hypot(*numbers(weights(net))), *regions(scores[240:]))


def regions(scores, rows=41, columns=29):
    """How many connected regions of one class there are in the square, and the length of their boundary."""
    side = {(k, l): scores[k * columns + l] > 0 for k in range(rows) for l in range(columns)}
    left, found = set(side), 0
    while left:
        found += 1
        reached = [left.pop()]
        while reached:
            k, l = reached.pop()
            for next in ((k + 1, l), (k - 1, l), (k, l + 1), (k, l - 1)):
                if next in left and side[next] == side[k, l]:
                    left.remove(next)
                    reached.append(next)
    return found, sum(side[k, l] != side[next] for k, l in side for next in ((k + 1, l), (k, l + 1))
                      if next in side)


def statistics(hidden, strength=0.0, seeds=RUNS):
    """The means of Trained over seeds."""
    return Trained(*mean_of(trained(hidden, strength, seed) for seed in seeds))


def test_regions_are_counted():
    assert regions([1.0, 1.0, -1.0, 1.0], 2, 2) == (2, 2)
    assert regions([1.0, -1.0, -1.0, 1.0], 2, 2) == (4, 4) and regions([1.0] * 6, 2, 3) == (1, 0)


@item("D2-36")
def test_larger_networks_fit_more_and_draw_more_regions():
    """Means of 5 starts, 3 units and 20: right in training 0.85 and 1.00, regions 2.4 and 5.3."""
    small, large = statistics(3), statistics(20)
    assert small.right < 0.93 and large.right > 0.98                        # outliers are ignored, or fitted
    assert large.loss < small.loss / 4
    assert small.regions < 3.2 and large.regions > small.regions + 1        # two blobs, or islands
    assert large.boundary > 1.4 * small.boundary
    assert large.right_on_clean < small.right_on_clean                      # and that is overfitting


@item("D2-36")
def test_a_wider_network_contains_every_smaller_one():
    """The theorem in the tendency: a unit more, silent at first, never fits worse, and training uses it."""
    X, Y = noisy_moons()
    small, large = random_network(2, [3, 1], "tanh", seed=1), random_network(2, [4, 1], "tanh", seed=2)
    for unit, wide in zip(small.layers[0].neurons, large.layers[0].neurons):
        for p, q in zip(unit.parameters(), wide.parameters()):
            q.data = p.data
    output, wide = (net.layers[1].neurons[0] for net in (small, large))
    wide.bias.data = output.bias.data
    for v, q in zip([*output.weights, Value(0.0)], wide.weights):
        q.data = v.data
    agree([large(x).data for x in X], [small(x).data for x in X], 1e-14)
    losses = fit(large, X, Y, "bce_with_logits", SGD(large.parameters(), lr=0.05), epochs=20,
                 engine="vectorized", progress=False).losses
    agree([losses[0]], [bce_with_logits([small(x).data for x in X], Y)])
    assert losses == sorted(losses, reverse=True) and wide.weights[3].data != 0


@item("D2-38")
def test_the_final_loss_of_large_networks_varies_less():
    """Over 5 starts, 3 units and 20: the standard deviation is 0.05 and 0.01, the mean 0.37 and 0.02."""
    small, large = ([trained(hidden, 0.0, seed).loss for seed in RUNS] for hidden in (3, 20))
    assert stdev(large) < stdev(small) / 1.5
    assert max(large) < min(small)                                          # no start of 20 units is trapped


@item("D2-37")
def test_the_strength_of_the_penalty_smooths_the_regions():
    """20 units, means of 2 starts: |W| 32, 6 and 0, the boundary shorter each time, at last none."""
    found = [statistics(20, strength, range(2)) for strength in (0.0, 0.003, 1.0)]
    for weaker, stronger in zip(found, found[1:]):
        assert stronger.length < weaker.length / 2 and stronger.loss > weaker.loss
        assert stronger.boundary < weaker.boundary / 1.5 and stronger.regions < weaker.regions
    assert found[2].length < 0.01 and found[2].boundary == 0                # too strong: W collapses to 0
    clean = [one.right_on_clean for one in found]
    assert clean[1] > clean[0] + 0.05 and clean[1] > clean[2] + 0.2         # best in between


@item("D2-39")
def test_a_penalty_controls_overfitting_better_than_few_units_do():
    """Right on clean points, means over starts: 0.85 with 3 units, 0.79 with 20, 0.94 with 20 and a
    penalty."""
    few, many = statistics(3).right_on_clean, statistics(20).right_on_clean
    penalised = statistics(20, 0.003, range(2)).right_on_clean
    assert penalised > few + 0.03 and penalised > many + 0.05


@item("D2-37")
def test_along_the_penalised_minima_the_weights_shrink_and_the_loss_rises():
    """A theorem for every minimum; logistic regression has one for each strength, and fit finds it."""
    X, Y = noisy_moons()
    lengths, losses = [], []
    for strength in (0.001, 0.03, 1.0):
        net = random_network(2, [1], seed=1)
        fit(net, X, Y, "bce_with_logits", SGD(net.parameters(), lr=1 / (1 + strength)), epochs=300,
            penalty=lambda net: l2(weights(net), strength), engine="vectorized", progress=False)
        error = [sigma(net(x).data) - y for x, y in zip(X, Y)]
        agree([strength * w.data for w in weights(net)],                    # where the two slopes cancel
              [-sum(e * x[j] for e, x in zip(error, X)) / 40 for j in range(2)], 1e-5)
        lengths.append(hypot(*numbers(weights(net))))
        losses.append(bce_with_logits([net(x).data for x in X], Y))
    assert lengths == sorted(lengths, reverse=True) and losses == sorted(losses)


@item("D2-46")
@pytest.mark.parametrize("layer, penalty", [
    (InputNoise(0.5, seed=1), lambda w, x: 0.25 * sum(wj ** 2 for wj in w)),
    (Dropout(0.5, seed=1), lambda w, x: sum((wj * xj) ** 2 for wj, xj in zip(w, x)))])
def test_input_noise_and_dropout_are_penalties_too(layer, penalty):
    """Of a linear unit the mean loss over the noise is the loss without it and a penalty on w, as L2 is.

    sigma^2 |w|^2 for input noise, rate/(1-rate) sum (w_j x_j)^2 for dropout; found from 2000 draws.
    """
    w, x, y = [0.8, -1.5], [1.0, 0.5], 1.0
    neuron = unit("linear", w, 0.2)
    losses = [squared_error(neuron(layer(x)), y).data for _ in range(2000)]
    clean  = (dot(w, x) + 0.2 - y) ** 2
    mean   = sum(losses) / 2000
    assert abs(mean - clean - penalty(w, x)) < 5 * stdev(losses) / 2000 ** 0.5
    assert penalty(w, x) > 10 * stdev(losses) / 2000 ** 0.5                 # seen well above the chance
    layer.eval()
    agree([squared_error(neuron(layer(x)), y).data], [clean])               # in use there is none


# --- depth ----------------------------------------------------------------------------------------

def best_loss(*hidden, seeds=range(3)):
    """Of training on two spirals for 150 steps, the best start: what a shape can be trained to."""
    losses = []
    for seed in seeds:
        X, Y = spirals(40, noise=0.02, seed=seed)
        net = MLP(2, [*hidden, 1], "tanh", seed=seed)
        losses.append(fit(net, X, Y, "bce_with_logits", Adam(net.parameters(), lr=0.03), epochs=150,
                          engine="vectorized", progress=False).losses[-1])
    return min(losses)


@item("D2-35")
def test_a_second_hidden_layer_helps_and_more_rarely_do():
    """About 150 parameters each; the best of 3 starts: 0.05 with 2 layers, 0.003 with 3, 0.0005 with 6."""
    shapes = [(36,), (10, 10), (5, 5, 5, 5, 5)]
    assert all(140 <= len(MLP(2, [*hidden, 1]).parameters()) <= 151 for hidden in shapes)
    two, three, six = (best_loss(*hidden) for hidden in shapes)
    assert three < two / 2
    assert three - six < (two - three) / 2                                  # the next three layers gain less
