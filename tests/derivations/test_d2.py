"""D2, CS231n part 1: one neuron, its activations, architectures and what they can represent.

    W[k][i][j]   weight of unit i of layer k for its input j: (out, in); biases are sometimes left out
    f            the activation; s: class scores; columns
"""

from math import exp, pi, sin, tanh
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine import Value
from engine.value import topological_order
from nn import (MLP, Maxout, Neuron, bce_with_logits, cross_entropy_with_logits, dead_fraction, hinge, l1, l2,
                moons)
from tests.conventions import sigma, slope

from .conventions import (D2, agree, elements, examples, grads, networks, numbers, outputs, random_network,
                          vectors)

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


# --- quick intro: scores --------------------------------------------------------------------------

@item("D2-01", "D2-02")
def test_sizes_of_the_scores():
    assert 32 * 32 * 3 == 3072 and 10 * 3072 == 30720 and 100 * 3072 + 10 * 100 == 308200
    small = D2(MLP(6, [4, 3]), [0.0] * 6)
    assert sum(1 for W in small.W[1:] for _ in elements(W)) == 4 * 6 + 3 * 4


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


@item("D2-08", "D2-40")
@examples
@given(vectors(2), vectors(2), st.floats(-3, 3))
def test_a_neuron_classifies_by_the_sign_of_its_sum(w, x, b):
    z = dot(w, x) + b
    p1, p0 = engine.sigmoid(z), engine.sigmoid(-z)
    agree([p1 + p0, 1 - p1], [1, p0], 1e-15)
    assert (p1 > 0.5) == (z > 0) or abs(z) < 1e-15
    neuron = Neuron(2, "step")
    for p, data in zip(neuron.parameters(), [*w, 0.0]):
        p.data = data
    fires = neuron(x).data
    assert fires == (1 if dot(w, x) > 0 else 0)                             # threshold -b, here b = 0


@item("D2-40")
@pytest.mark.parametrize("x, fires", [(1.9, 0), (2.0, 0), (2.1, 1)])
def test_a_unit_fires_above_minus_its_bias(x, fires):
    neuron = Neuron(1, "step")
    neuron.weights[0].data, neuron.bias.data = 1.0, -2.0
    assert neuron([x]).data == fires


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
    agree(H[0][1], H[1][0])
    assert np.linalg.eigvalsh(np.array(H, dtype=float)).min() >= -1e-12


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

    v = Value(3.0)                                                          # L1 takes away the same each time
    for n in range(1, 41):
        v.grad = 0
        l1([v], 0.05).backward()
        v.data -= 0.1 * v.grad
        agree([v.data], [3 - 0.005 * n])


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


@item("D2-14")
def test_large_initial_weights_saturate():
    def saturated(scale, seed):
        rng = Random(seed)
        x = [rng.gauss(0, 1) for _ in range(100)]
        a = [sigma(dot([rng.gauss(0, scale) for _ in x], x)) for _ in range(100)]
        return sum(ai < 0.01 or ai > 0.99 for ai in a) / 100
    shares = [sum(saturated(scale, seed) for seed in range(5)) / 5 for scale in (0.1, 1, 10)]
    assert shares[0] == 0 and 0.4 < shares[1] < 0.8 and shares[2] > 0.9     # P(|N(0, 10)| > 4.6) = 0.65


@item("D2-15")
@examples
@given(st.lists(st.floats(0.01, 10), min_size=2, max_size=5), seeds,
       st.floats(-5, 5).filter(lambda d: d != 0))
def test_positive_inputs_give_weight_gradients_of_one_sign(x, seed, upstream):
    net = random_network(len(x), [1], "linear", "sigmoid", seed=seed)
    n = D2(net, x)
    n.output.backward(upstream)
    delta = n.z[1][0].grad
    agree(grads(n.W[1]), [[delta * xj for xj in x]])
    assert all(g * delta >= 0 for g in grads(n.W[1])[0])


@item("D2-15")
def test_a_batch_can_mix_the_signs():
    net = MLP(2, [1])
    engine.total([net([1.0, 0.1]) * 1, net([0.1, 1.0]) * -1]).backward()
    agree(grads(net.parameters()[:2]), [0.9, -0.9])


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


@item("D2-17", "D2-18")
def test_relu_is_a_threshold_and_does_not_saturate():
    assert [engine.relu(x) for x in (-4.0, 0.0, 4.0)] == [0, 0, 4]
    assert slope(engine.relu, 1e6) == 1 and slope(engine.tanh, 1e6) == 0
    assert engine.relu(1e300) == 1e300                                      # no exponential in it


@item("D2-19", "D2-23")
def test_a_dead_unit_never_learns_again():
    X, Y = moons(20, seed=1)
    net = random_network(2, [1, 1], "relu", seed=2)
    unit = net.layers[0].neurons[0]
    unit.bias.data = 10.0
    net.layers[1].neurons[0].weights[0].data = 1.0
    assert dead_fraction(net, X) == 0

    unit.bias.data -= 5 * 20.0  # one huge step, and z < 0 everywhere
    kept = numbers(unit.parameters())
    for _ in range(3):
        net.zero_grad()
        bce_with_logits([net(x) for x in X], Y).backward()
        assert all(g == 0 for g in grads(unit.parameters()))
        for p in net.parameters():
            p.data -= 0.5 * p.grad
    assert numbers(unit.parameters()) == kept and dead_fraction(net, X) == 1


@item("D2-23", "D4-38")
def test_the_dead_fraction_monitor():
    X, _ = moons(20, seed=1)
    net = MLP(2, [8, 1], "relu", init="zeros")
    for bias, share in [(1.0, 0.0), (-100.0, 1.0)]:
        for neuron in net.layers[0].neurons:
            neuron.bias.data = bias
        assert dead_fraction(net, X) == share


@item("D2-20")
@examples
@given(st.floats(-5, 5), st.floats(0, 1))
def test_leaky_relu(x, alpha):
    indicator = (x < 0) * alpha * x + (x >= 0) * x
    agree([engine.leaky_relu(x, alpha)], [indicator], 0)
    agree([max(alpha * x, x)], [indicator], 0)                              # the max form, 0 <= alpha <= 1
    if x != 0:
        assert slope(lambda x: engine.leaky_relu(x, alpha), x) == (1 if x > 0 else alpha)


@item("D2-21")
@examples
@given(st.floats(-5, 5), st.floats(0, 2), st.floats(-3, 3))
def test_prelu_learns_its_slope(x, alpha, upstream):
    a = Value(alpha)
    engine.leaky_relu(x, a).backward(upstream)
    agree([a.grad], [upstream * x * (x < 0)], 0)


@item("D2-22")
@examples
@given(vectors(2), vectors(2), st.floats(-2, 2), st.floats(0, 1))
def test_special_cases_of_maxout(w, x, b, alpha):
    z = dot(w, x) + b
    agree([engine.maximum(0.0, z)], [engine.relu(z)], 0)
    agree([engine.maximum(alpha * z, z)], [engine.leaky_relu(z, alpha)], 0)
    agree([engine.maximum(dot(w, x), -dot(w, x))], [abs(dot(w, x))], 0)


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


# --- architectures --------------------------------------------------------------------------------

@item("D2-24")
def test_a_gradient_is_complete_before_it_moves_on():
    x, a = Value(3.0), Value(2.0)
    (x * x + x).backward()
    b = 3 * a
    (b * (a + b)).backward()
    assert x.grad == 2 * 3 + 1 == 7 and a.grad == 24 * 2


@item("D2-24", "D2-25")
def test_no_path_joins_two_units_of_a_layer():
    n = D2(random_network(3, [4, 1]), [0.1, 0.2, 0.3])
    assert len(list(elements(n.W[1]))) == 12 and len(n.b[1]) == 4
    for z in n.z[1]:
        below = {id(v) for v in topological_order(z)}
        assert not any(id(other) in below for other in n.z[1] if other is not z)


@item("D2-26", "D2-27", "D2-29", "D2-30")
@pytest.mark.parametrize("sizes, edges, units, parameters", [([4, 2], 20, 6, 26), ([4, 4, 1], 32, 9, 41)])
def test_the_two_topologies(sizes, edges, units, parameters):
    n = D2(MLP(3, sizes), [0.0] * 3)
    assert n.L == len(sizes)  # N layers: the input is not counted
    assert sum(1 for W in n.W[1:] for _ in elements(W)) == edges
    assert sum(len(b) for b in n.b[1:]) == units
    assert len(n.net.parameters()) == parameters


@item("D2-27")
def test_a_single_layer_has_no_hidden_units():
    assert len(MLP(3, [1]).layers) == 1


@item("D2-28")
@examples
@given(networks(layers=(2, 3), outputs=(1, 1), hidden="relu"), st.floats(-1e6, 1e6))
def test_the_output_layer_has_no_activation(case, score):
    net, x, _ = case
    n = D2(net, x)
    n.b[n.L][0].data += score - n.output.data                               # any score can be reached
    agree([net(x).data], [score], 1e-9)
    assert n.z[n.L][0] is n.a[n.L][0]


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


# --- representational power -----------------------------------------------------------------------

@item("D2-33")
@examples
@given(networks(layers=(2, 2), outputs=(1, 1), hidden="sigmoid"), st.floats(-1e6, 1e6))
def test_a_network_of_bounded_units_is_bounded(case, far):
    net, x, _ = case
    n = D2(net, [far] * len(x))
    bound = abs(n.b[2][0].data) + sum(abs(v.data) for v in n.W[2][0])
    assert abs(n.output.data) <= bound * (1 + 1e-12)
    distant = 2 * (bound + 1)
    assert abs(net([distant] * len(x)).data - distant ** 2) > 1             # it cannot follow x^2 for all x


def bumps(N):
    """c_i and the bins of sum_i c_i 1(a_i < x < b_i) for sin(2 pi x) on [0, 1]."""
    return [(sin(2 * pi * (i + 0.5) / N), i / N, (i + 1) / N) for i in range(N)]


@item("D2-34")
@pytest.mark.parametrize("N, expected", [(4, 0.7065), (8, 0.3821), (16, 0.1945), (32, 0.0974), (64, 0.0487)])
def test_indicator_bumps_approximate(N, expected):
    error = max(abs(c - sin(2 * pi * (a + (b - a) * k / 400))) for c, a, b in bumps(N) for k in range(1, 400))
    assert error <= pi / N and error == pytest.approx(expected, abs=5e-3)


@item("D2-34")
@examples
@given(st.floats(-1, 2))
def test_a_bump_is_the_difference_of_two_steep_sigmoids(x):
    k, a, b = 500, 0.3, 0.6
    bump = engine.sigmoid(k * (x - a)) - engine.sigmoid(k * (x - b))
    if min(abs(x - a), abs(x - b)) > 0.02:
        agree([bump], [1 if a < x < b else 0], 5e-5)


# --- size and regularisation ----------------------------------------------------------------------

def trained(hidden, strength, seed, steps):
    """Train loss, |W| and the penalised loss of a 2-hidden-1 tanh network on moons with flipped labels."""
    X, Y = moons(24, noise=0.15, seed=seed)
    Y = [1 - y if i % 8 == 0 else y for i, y in enumerate(Y)]
    net = MLP(2, [hidden, 1], "tanh", seed=seed)
    weights = [p for p in net.parameters() if "W" in p.label]
    for _ in range(steps):
        net.zero_grad()
        (bce_with_logits([net(x) for x in X], Y) + l2(weights, strength)).backward()
        for p in net.parameters():
            p.data -= 0.5 * p.grad
    return bce_with_logits(numbers([net(x) for x in X]), Y), sum(w.data ** 2 for w in weights) ** 0.5


@item("D2-36", "D2-38")
def test_a_wider_network_contains_every_smaller_one():
    """What is a theorem in the tendency: more units fit at least as well, as extra units can be silent."""
    small, large = random_network(2, [3, 1], seed=1), random_network(2, [20, 1], seed=2)
    for k, unit in enumerate(large.layers[0].neurons):
        for p, q in zip(unit.parameters(), small.layers[0].neurons[k % 3].parameters()):
            p.data = q.data
        large.layers[1].neurons[0].weights[k].data = (small.layers[1].neurons[0].weights[k].data if k < 3
                                                      else 0.0)
    large.layers[1].neurons[0].bias.data = small.layers[1].neurons[0].bias.data
    X, _ = moons(20, seed=3)
    assert [large(x).data for x in X] == [small(x).data for x in X]


@item("D2-37", "D2-39")
def test_the_penalty_shrinks_the_weights():
    """At the minima |W| cannot grow with the strength; in training, and over seeds, it falls."""
    norms = [[trained(8, strength, seed, 60)[1] for seed in range(2)] for strength in (0.0, 0.01, 0.1, 1.0)]
    means = [sum(n) / len(n) for n in norms]
    assert means == sorted(means, reverse=True)
    assert means[-1] < 0.01                                                 # too strong: W collapses to 0


@item("D2-37")
def test_along_the_penalised_minima_of_a_linear_unit_the_weight_falls_and_the_loss_rises():
    data = [(-1.0, -2.0), (0.5, 1.0), (2.0, 3.5)]
    def minimum(strength):  # of mean (w x - y)^2 / 2 + strength/2 w^2
        w = sum(x * y for x, y in data) / (sum(x * x for x, _ in data) + len(data) * strength)
        v = Value(w)
        (sum((v * x - y) ** 2 for x, y in data) / (2 * len(data)) + l2([v], strength)).backward()
        agree([v.grad], [0])
        return abs(w), sum((w * x - y) ** 2 for x, y in data)
    weights, losses = zip(*[minimum(s) for s in (0.0, 0.01, 0.1, 1.0, 10.0)])
    assert list(weights) == sorted(weights, reverse=True) and list(losses) == sorted(losses)
