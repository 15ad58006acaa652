"""D3, the blog post: from curve fitting to the MLP, SGD and classification.

    a, z         PRE- and POST-activation, the reverse of the other documents; z[0] = (1, x)
    W[l][j][k]   weight of unit k of layer l for its input j: stored (in, out), applied transposed;
                 row 0 of W[1] meets the leading 1, later layers have no bias
    ell          the loss of one sample, without 1/2; R its mean over the samples
    delta[l]     d ell/d a[l], which is a[l].grad
"""

import re
from collections import Counter
from itertools import combinations
from math import cosh, exp, fsum, log, pi, sin, tanh
from random import Random

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine import Value, draw
from engine.value import topological_order
from nn import (
    MLP, SGD, Adam, Neuron, categorical_cross_entropy, cross_entropy_with_logits, fit, mse, noisy_curve,
    squared_error,
)

from .conventions import (
    D3, agree, elements, examples, grads, networks, nudged, numbers, outputs, random_network, shape, vectors,
)

item = pytest.mark.item
seeds = st.integers(0, 2**32 - 1)


def weighted(W, z, k):
    """a^(k) = sum_j W^(k,j) z^(j): column k of the stored matrix."""
    return sum(W[j][k] * z[j] for j in range(len(z)))


def square(yhat, y):
    """ell, added up over the outputs."""
    return sum((p - t) ** 2 for p, t in zip(yhat, y))


def post(layers, **more):
    """Networks as the post has them: a bias in the first layer only."""
    return networks(layers=layers, **more).map(without_later_biases)


def without_later_biases(case):
    for layer in case[0].layers[1:]:
        for neuron in layer.neurons:
            neuron.bias.data = 0.0
    return case


def forward(W, x, f=tanh):
    """(a, z) of the post's network, by loops."""
    a, z = [None], [[1.0, *x]]
    for l in range(1, len(W)):
        a.append([weighted(W[l], z[l - 1], k) for k in range(len(W[l][0]))])
        z.append([f(v) for v in a[l]] if l < len(W) - 1 else a[l])
    return a, z


# --- curve fitting and learned features -----------------------------------------------------------

def polynomial(w, x):
    return sum(wk * x ** k for k, wk in enumerate(w))


@item("D3-01")
@examples
@given(seeds, st.integers(2, 5))
def test_a_polynomial_of_degree_n_minus_1_interpolates_n_points(seed, n):
    rng = Random(seed)
    xs, ys = [k - n / 2 for k in range(n)], [rng.gauss(0, 1) for _ in range(n)]
    Phi = np.array([[x ** k for k in range(n)] for x in xs])
    w = np.linalg.solve(Phi.T @ Phi, Phi.T @ np.array(ys)).tolist()         # the normal equations
    agree([polynomial(w, x) for x in xs], ys, 1e-6)
    ws = [Value(v) for v in w]
    mse([polynomial(ws, x) for x in xs], ys).backward()
    agree(grads(ws), [0.0] * n, 1e-5)


@item("D3-01")
def test_the_slope_towards_a_coefficient_is_its_power_and_descent_finds_the_solution():
    ws = [Value(0.0) for _ in range(3)]
    polynomial(ws, 1.5).backward()
    assert grads(ws) == [1, 1.5, 2.25]

    xs, ys = [-1.0, -0.5, 0.0, 0.5, 1.0], [1.0, 0.2, -0.1, 0.4, 0.8]
    Phi = np.array([[x ** k for k in range(3)] for x in xs])
    best = np.linalg.lstsq(Phi, np.array(ys), rcond=None)[0].tolist()
    step = SGD(ws, lr=0.5)
    for _ in range(400):
        step.zero_grad()
        mse([engine.dot(ws, [1.0, x, x * x]) for x in xs], ys).backward()
        step.step()
    agree(numbers(ws), best, 1e-6)


@item("D3-02", "D3-03", "D3-04", "D3-06", "D3-12")
@examples
@given(seeds, st.integers(1, 5), st.floats(-3, 3), st.sampled_from(["tanh", "relu"]))
def test_the_model_with_one_input(seed, M, x, f):
    rng = Random(seed)
    W1 = [[rng.gauss(0, 1) for _ in range(M)] for _ in range(2)]
    w2 = [rng.gauss(0, 1) for _ in range(M)]
    n = D3.of([W1, [[w] for w in w2]], [x], hidden=f)
    f, slope = {"tanh": (tanh, lambda a: 1 - tanh(a) ** 2), "relu": (lambda a: max(a, 0.0),
                                                                     lambda a: float(a > 0))}[f]

    a = [W1[0][j] + W1[1][j] * x for j in range(M)]
    agree(numbers(n.a[1]), a)
    agree(numbers(n.z[1]), [f(v) for v in a])
    agree([n.output.data], [sum(w2[j] * f(a[j]) for j in range(M))])
    assert shape(n.W[1]) == (2, M) and shape(n.W[2]) == (M, 1) and len(n.z[1]) == M
    assert sum(1 for W in n.W[1:] for _ in elements(W)) == 3 * M            # with an output bias 3 M + 1

    n.output.backward()
    agree(grads(n.W[2]), [[f(v)] for v in a])
    agree(grads(n.W[1]), [[w2[j] * slope(a[j]) for j in range(M)],
                          [w2[j] * slope(a[j]) * x for j in range(M)]])


@item("D3-05")
def test_the_listed_activations():
    listed = {"sigmoid": (lambda a: 1 / (1 + exp(-a)), lambda a: exp(-a) / (1 + exp(-a)) ** 2),
              "tanh":    (tanh, lambda a: 1 / cosh(a) ** 2),
              "relu":    (lambda a: a if a > 0 else 0, lambda a: 1 if a > 0 else 0)}     # the strict a > 0
    for name, (f, slope_of_f) in listed.items():
        for x in (-2.0, -0.5, 0.0, 0.5, 2.0):
            n = D3.of([[[0.0], [1.0]], [[1.0]]], [x], hidden=name)          # one unit with a = x
            n.output.backward()
            a = n.a[1][0]
            agree([a.data, n.z[1][0].data, getattr(engine, name)(x)], [x, f(x), f(x)], 1e-15)
            agree([a.grad], [slope_of_f(x)], 1e-14)


# --- piecewise-linear approximation ---------------------------------------------------------------

@item("D3-07")
def test_kinks_slopes_and_jumps_of_three_units():
    W0, W1, w = [0.5, -1.0, 0.9], [1.0, 2.0, -0.6], [1.0, -2.0, 3.0]
    kinks = [-b / s for b, s in zip(W0, W1)]
    agree(kinks, [-0.5, 0.5, 1.5])

    def local_slope(x):
        n = D3.of([[W0, W1], [[v] for v in w]], [x], hidden="relu")
        n.output.backward()
        active = [j for j in range(3) if n.a[1][j].data > 0]
        agree(grads(n.z[0])[1:], [sum(w[j] * W1[j] for j in active)])
        return n.z[0][1].grad, len(active)
    slopes, counts = zip(*[local_slope(x) for x in (-1.0, 0.0, 1.0, 2.0)])
    assert counts == (1, 2, 3, 2)                                           # a set of units per segment
    agree([right - left for left, right in zip(slopes, slopes[1:])], [w[j] * abs(W1[j]) for j in range(3)])


def interpolation(f, knots):
    """The ReLU network through f at the knots: one unit that is 1 everywhere, and a kink at each knot."""
    slopes  = [(f(b) - f(a)) / (b - a) for a, b in zip(knots, knots[1:])]
    changes = [slopes[0], *[b - a for a, b in zip(slopes, slopes[1:])]]
    W1 = [[1.0, *[-t for t in knots[:-1]]], [0.0, *[1.0 for _ in changes]]]
    return D3.of([W1, [[f(knots[0])], *[[c] for c in changes]]], [0.0], hidden="relu").net


@item("D3-07")
@pytest.mark.parametrize("n, expected", [(4, 0.210514), (8, 0.070378), (16, 0.018846), (32, 0.004792),
                                         (64, 0.001203)])
def test_a_relu_sum_interpolates_a_curve(n, expected):
    h = 2 * pi / n
    knots = [k * h for k in range(n + 1)]
    g = interpolation(sin, knots)
    agree([g([t]).data for t in knots], [sin(t) for t in knots])
    xs = [t + h * k / 20 for t in knots[:-1] for k in range(20)]
    error = max(abs(y - sin(x)) for x, y in zip(xs, g.predict([[x] for x in xs])))
    assert error <= h * h / 8                                               # max |sin''| = 1
    assert error == pytest.approx(expected, rel=0.02)


def sine_fit(M, seed, jointly=True):
    """A 1-M-1 ReLU network trained on a sine: the final loss, and the kinks before and after."""
    X, Y = noisy_curve(sin, 25, noise=0.0)
    net  = MLP(1, [M, 1], "relu", seed=seed)
    def kinks():
        return [-unit.bias.data / unit.weights[0].data for unit in net.layers[0].neurons]
    before, trained = kinks(), net if jointly else net.layers[1]
    losses = fit(net, X, Y, "mse", Adam(trained.parameters(), lr=0.03), epochs=200, engine="vectorized",
                 progress=False).losses
    return losses[-1], before, kinks()


@item("D3-32")
@pytest.mark.parametrize("seed", range(2))
def test_features_learned_with_the_linear_model_beat_fixed_ones(seed):
    """The same start twice: only the linear model is trained, or features and linear model jointly.

    No linear model of the fixed features does better than least squares; found: 0.22 at best, jointly 0.02
    at most.
    """
    X, Y = noisy_curve(sin, 25, noise=0.0)
    net  = MLP(1, [12, 1], "relu", seed=seed)
    Phi  = np.array([[1.0, *numbers(net.layers[0](x))] for x in X])
    best = np.mean((Phi @ np.linalg.lstsq(Phi, np.array(Y), rcond=None)[0] - Y) ** 2)
    fixed, before, after = sine_fit(12, seed, jointly=False)
    assert before == after and best - 1e-9 <= fixed < 1.1 * best
    assert sine_fit(12, seed)[0] < best / 5


@item("D3-33")
@pytest.mark.parametrize("seed", range(2))
def test_training_puts_the_kinks_where_the_curve_bends(seed):
    """All kinks start at 0; training spreads them over the interval, and more of them fit the sine better."""
    loss, before, after = sine_fit(12, seed)
    assert set(before) == {0.0}
    inside = [x for x in after if -pi < x < pi]
    assert min(inside) < -0.5 and max(inside) > 0.5
    assert loss < 0.03 < sine_fit(2, seed)[0]


# --- the multilayer perceptron --------------------------------------------------------------------

@item("D3-08")
@examples
@given(seeds, st.integers(1, 4), st.integers(1, 4))
def test_the_leading_1_carries_the_bias(seed, D, M):
    rng = Random(seed)
    net, x = random_network(D, [M, 1], seed=seed), [rng.gauss(0, 1) for _ in range(D)]
    net.layers[1].neurons[0].bias.data = 0.0
    n = D3(net, x)
    assert shape(n.W[1]) == (D + 1, M) and numbers(n.z[0]) == [1.0, *x]
    units = net.layers[0].neurons
    agree([weighted(numbers(n.W[1]), [1.0, *x], k) for k in range(M)],
          [unit.bias.data + sum(w.data * xj for w, xj in zip(unit.weights, x)) for unit in units])


@item("D3-09", "D3-10", "D3-11", "D3-12", "D3-14")
@examples
@given(post((1, 4)))
def test_the_recursion_the_nested_expression_and_the_count(case):
    net, x, _ = case
    n = D3(net, x)
    W = numbers(n.W)
    a, z = forward(W, x)
    for l in range(1, n.L + 1):
        agree(numbers(n.a[l]), a[l])
        agree(numbers(n.z[l]), z[l])
    C = len(outputs(n))
    assert shape(W[n.L])[1] == C

    def nested(l):                                                          # W^T f(W^T f(... W^T x))
        below = [1.0, *x] if l == 1 else [tanh(v) for v in nested(l - 1)]
        return [weighted(W[l], below, k) for k in range(len(W[l][0]))]
    agree(numbers(outputs(n)), nested(n.L))

    sizes = [len(x) + 1, *[len(layer.neurons) for layer in net.layers]]
    assert sum(1 for Wl in n.W[1:] for _ in elements(Wl)) == sum(i * o for i, o in zip(sizes, sizes[1:]))


@item("D3-10")
@examples
@given(post((2, 3), outputs=(1, 1)))
def test_without_later_biases_the_output_is_odd_in_the_hidden_units(case):
    net, x, _ = case
    n = D3(net, x)
    for layer in net.layers[:1]:
        for unit in layer.neurons:
            for p in unit.parameters():
                p.data = -p.data
    agree([net(x).data], [-n.output.data])


# --- training -------------------------------------------------------------------------------------

@item("D3-13", "D3-23", "D3-24")
@examples
@given(post((1, 3)), st.integers(1, 4), seeds)
def test_risk_and_its_gradient_are_means_over_the_samples(case, N, seed):
    net, rng = case[0], Random(seed)
    X = [[rng.gauss(0, 1) for _ in case[1]] for _ in range(N)]
    Y = [[rng.gauss(0, 1) for _ in case[2]] for _ in range(N)]

    def gradient(loss):
        net.zero_grad()
        loss.backward()
        return loss.data, grads(net.parameters())
    R, gradient_of_R = gradient(mse([outputs(D3(net, x)) for x in X], Y))
    single = [gradient(square(outputs(D3(net, x)), y)) for x, y in zip(X, Y)]
    agree([R], [sum(ell for ell, _ in single) / N])
    agree(gradient_of_R, [sum(gs) / N for gs in zip(*[g for _, g in single])])   # also E over a random i


@item("D3-13")
def test_the_risk_is_not_convex():
    X = [[-1.0], [0.3], [0.8]]
    one   = D3.of([[[0.2, -0.5], [1.5, -0.7]], [[1.0], [2.0]]], [0.0])
    other = D3.of([[[-0.5, 0.2], [-0.7, 1.5]], [[2.0], [1.0]]], [0.0])      # the two units exchanged
    Y = [one.net(x).data for x in X]
    middle = D3.of([[[-0.15, -0.15], [0.4, 0.4]], [[1.5], [1.5]]], [0.0])
    risks = [mse([n.net(x) for x in X], Y).data for n in (one, other, middle)]
    assert risks[0] == 0 and risks[1] < 1e-30 and risks[2] > 0.01


@item("D3-14", "D3-15", "D3-16", "D3-17", "D3-18", "D3-19")
@examples
@given(post((1, 4)))
def test_back_propagation(case):
    net, x, y = case
    n = D3(net, x)
    ell = squared_error([outputs(n)], [y])
    ell.backward()
    W, (a, z) = numbers(n.W), forward(numbers(n.W), x)                      # 1: forward
    yhat = a[n.L]
    agree([ell.data], [square(yhat, y)])

    delta = {n.L: [2 * (yhat[k] - y[k]) for k in range(len(y))]}            # 2: the last delta
    for l in range(n.L - 1, 0, -1):                                         # 3: backward
        above = range(len(a[l + 1]))
        delta[l] = [(1 - tanh(a[l][k]) ** 2) * sum(W[l + 1][k][j] * delta[l + 1][j] for j in above)
                    for k in range(len(a[l]))]
    for l in range(1, n.L + 1):                                             # 4: the partials
        agree(grads(n.a[l]), delta[l])
        agree(grads(n.W[l]), [[z[l - 1][j] * delta[l][k] for k in range(len(delta[l]))]
                              for j in range(len(z[l - 1]))])


@item("D3-15")
@examples
@given(post((1, 4), widths=(1, 2)))
def test_weight_derivatives_against_differences(case):
    net, x, y = case
    n = D3(net, x)
    square(outputs(n), y).backward()
    for l in range(1, n.L + 1):
        for (j, k), w in elements(n.W[l]):
            slope = nudged(lambda: square(outputs(D3(net, x)), y), w)
            assert w.grad == pytest.approx(slope, rel=1e-5, abs=1e-6), f"W_({l})^({k},{j})"


@item("D3-15", "D3-17", "D3-18", "D3-19")
def test_worked_example_GC():
    n = D3.of([[[0.2, -0.1], [0.8, 0.6]], [[1.5], [-2.0]]], [0.5])
    ell = squared_error(n.output, 1.0)
    ell.backward()
    agree([numbers(n.a[1]), numbers(n.z[1])], [[0.6, 0.2], [0.537049566998, 0.197375320225]])
    agree([n.output.data, ell.data], [0.410823710047, 0.347128700642])
    agree([grads(n.a[2]), grads(n.a[1])], [[-1.178352579906], [-1.257734238522, 2.264894956756]])
    agree(grads(n.W[2]), [[-0.632833742809], [-0.232577717797]])
    agree(grads(n.W[1]), [[-1.257734238522, 2.264894956756], [-0.628867119261, 1.132447478378]])


@item("D3-20")
def test_l_k_j_and_i_mean_what_the_glossary_says():
    """Moving W_(l)^(k,j) moves, of layer l, a_(l)^(k) alone: for sample i by z_(l-1)^(j)(i) a unit."""
    net, X = random_network(3, [4, 3, 2], seed=5), [[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]]
    names = {p.label: p for p in net.parameters()}
    assert len(names) == 4 * 4 + 5 * 3 + 4 * 2
    for i, x in enumerate(X):
        n = D3(net, x)
        assert n.L == 3 and len(n.z[0]) == 1 + 3                            # l = 1 is the first hidden layer
        for l in range(1, n.L + 1):
            below = numbers(n.z[l - 1]) if l > 1 else X[i]
            assert numbers(n.z[l - 1])[-len(below):] == below
            for k, a in enumerate(n.a[l], 1):
                net.zero_grad()
                a.backward()
                for j, z in enumerate(below, 1):
                    assert names[f"W{l}[{k},{j}]"].grad == z
                assert names[f"b{l}[{k}]"].grad == 1
                others = [p.grad for name, p in names.items() if name[1] == str(l) and f"[{k}" not in name]
                assert len(others) == (len(n.a[l]) - 1) * (len(below) + 1) and not any(others)


@item("D3-20")
def test_i_counts_samples_and_not_units():
    """The loss of sample i does not see the others: its outputs have no slope towards their inputs."""
    net = random_network(2, [3, 1], seed=5)
    X = [[Value(v) for v in x] for x in ([0.5, -1.0], [1.5, 0.3], [0.1, 0.2])]
    squared_error(net.batch(X)[1], 1.0).backward()
    assert grads(X[0]) == grads(X[2]) == [0, 0] and all(grads(X[1]))


# --- gradient descent and its variants ------------------------------------------------------------

@item("D3-21", "D3-22")
@examples
@given(post((2, 3), outputs=(1, 1)), st.floats(0.001, 0.5))
def test_one_step_moves_every_layer_from_the_same_gradient(case, eta):
    net, x, y = case
    def gradients():
        net.zero_grad()
        square([net(x)], y).backward()
        return [[p.grad for p in layer.parameters()] for layer in net.layers]
    start, stored = numbers(net.parameters()), gradients()
    expected = [w - eta * g for w, g in zip(start, sum(stored, []))]
    slopes = [nudged(lambda: square([net(x)], y), p) for p in net.parameters()]
    assert sum(stored, []) == pytest.approx(slopes, rel=1e-4, abs=1e-5)     # and it is the gradient
    SGD(net.parameters(), lr=eta).step()
    agree(numbers(net.parameters()), expected, 0)

    for p, w in zip(net.parameters(), start):
        p.data = w
    for layer, gs in zip(net.layers, stored):  # layer by layer, one stored gradient
        for p, g in zip(layer.parameters(), gs):
            p.data -= eta * g
    agree(numbers(net.parameters()), expected, 0)


@item("D3-21")
def test_a_small_step_lowers_the_risk_by_eta_times_the_squared_gradient():
    net, (X, Y) = random_network(1, [4, 1], "tanh", seed=2), noisy_curve(sin, 12, seed=3)
    eta = 1e-5
    losses = fit(net, X, Y, "mse", SGD(net.parameters(), lr=eta), epochs=2, engine="vectorized",
                 progress=False).losses
    net = random_network(1, [4, 1], "tanh", seed=2)
    mse([net(x) for x in X], Y).backward()
    squared = sum(g * g for g in grads(net.parameters()))
    assert (losses[0] - losses[1]) / eta == pytest.approx(squared, rel=1e-2)


@item("D3-22")
def test_recomputing_between_layers_is_another_step():
    n = D3.of([[[0.2, -0.1], [0.8, 0.6]], [[1.5], [-2.0]]], [0.5])
    for layer in n.net.layers:
        n.net.zero_grad()
        squared_error(n.net([0.5]), 1.0).backward()
        for p in layer.parameters():
            p.data -= 0.1 * p.grad
    joint = [[1.5 + 0.0632833742809], [-2.0 + 0.0232577717797]]
    assert max(abs(a[0] - b[0]) for a, b in zip(numbers(n.W[2]), joint)) > 1e-3


LINE = [(x / 4 - 1.0, 0.7 * x / 4 - 0.2 + 0.1 * (-1) ** x) for x in range(8)]      # 8 samples of a line


def line_gradient(samples, w=0.3, b=-0.1):
    """The engine's gradient of the mean of ell over the samples, for yhat = w x + b."""
    ps = [Value(w), Value(b)]
    mse([ps[0] * x + ps[1] for x, _ in samples], [y for _, y in samples]).backward()
    return grads(ps)


@item("D3-24")
def test_a_single_sample_is_right_on_average():
    single = [line_gradient([sample]) for sample in LINE]
    agree(line_gradient(LINE), [sum(g) / 8 for g in zip(*single)])


def line_by_hand(batches, eta):
    """w and b after one update per batch, with the mean of its slopes 2 (yhat - y) x and 2 (yhat - y)."""
    w, b = 0.3, -0.1
    for batch in batches:
        errors = [(2 * (w * LINE[i][0] + b - LINE[i][1]), LINE[i][0]) for i in batch]
        w, b = (w - eta * fsum(e * x for e, x in errors) / len(batch),
                b - eta * fsum(e for e, _ in errors) / len(batch))
    return [w, b]


@item("D3-23", "D3-24", "D3-25")
@pytest.mark.parametrize("runner", ["scalar", "vectorized"])
@pytest.mark.parametrize("B", [8, 1, 3])
def test_fit_makes_one_update_per_batch(B, runner):
    """B = N: the mean over all samples. B = 1: one sample each. Else mini-batches, in a fixed order."""
    n = D3.of([[[-0.1], [0.3]]], [0.0])
    fit(n.net, [[x] for x, _ in LINE], [y for _, y in LINE], "mse", SGD(n.net.parameters(), lr=0.1), epochs=3,
        batch_size=B, shuffle=False, engine=runner, progress=False)
    order = [range(i, min(i + B, 8)) for i in range(0, 8, B)]
    agree(numbers(n.net.parameters()), line_by_hand(order * 3, 0.1), 1e-11)


@item("D3-24")
def test_or_the_samples_are_taken_randomly():
    """Every sample once per epoch, in an order that differs from epoch to epoch and follows from the seed."""
    def order(seed):
        seen = []
        def watched(outputs, targets):
            seen.extend(numbers(targets))
            return mse(outputs, targets)
        n = D3.of([[[-0.1], [0.3]]], [0.0])
        fit(n.net, [[x] for x, _ in LINE], [y for _, y in LINE], watched, SGD(n.net.parameters(), lr=0.1),
            epochs=2, batch_size=1, seed=seed, progress=False)
        index = {y: i for i, (_, y) in enumerate(LINE)}
        taken = [index[y] for y in seen[-16:]]                              # (before them, one look)
        agree(numbers(n.net.parameters()), line_by_hand([[i] for i in taken], 0.1), 1e-11)
        return taken
    taken = order(seed=1)
    assert sorted(taken[:8]) == sorted(taken[8:]) == list(range(8))
    assert taken[:8] != taken[8:] and order(seed=1) == taken != order(seed=2)


@item("D3-25")
def test_mini_batches():
    B, N = 3, 8
    full, single = line_gradient(LINE), [line_gradient([sample]) for sample in LINE]
    batches = list(combinations(range(N), B))
    means = [line_gradient([LINE[i] for i in batch]) for batch in batches]
    for batch, mean in zip(batches, means):  # printed: the sum, B times the mean
        agree([sum(single[i][c] for i in batch) for c in (0, 1)], [B * g for g in mean])
    partition = [line_gradient(LINE[k:k + 2]) for k in range(0, N, 2)]
    agree([sum(g) / 4 for g in zip(*partition)], full)

    for c in (0, 1):                                                        # every batch of 3 from 8, once
        variance_1 = sum((g[c] - full[c]) ** 2 for g in single) / N
        variance_B = sum((g[c] - full[c]) ** 2 for g in means) / len(means)
        agree([variance_B], [variance_1 / B * (N - B) / (N - 1)])


@item("D3-34")
def test_one_sample_pulls_against_the_majority():
    """Seven samples want the parameter w to rise, one wants it to fall: alone it leads away from the others.

    A step on it lowers its own loss and raises the risk; each of the 28 mini-batches of two lowers the risk.
    """
    X, Y = [[1.0]] * 8, [1.0, 1.2, 0.8, 1.1, 0.9, 1.0, 1.0, -0.5]
    def after(batch):
        neuron = Neuron(1, "linear", init="zeros")
        fit(neuron, [X[i] for i in batch], [Y[i] for i in batch], "mse", SGD(neuron.weights, lr=0.05),
            epochs=1, progress=False)
        return neuron.weights[0].data, mse([neuron(x) for x in X], Y).data, (neuron(X[7]).data - Y[7]) ** 2
    start = after([0, 7])[0] * 0
    risk, own = mse([start] * 8, Y), (start - Y[7]) ** 2
    for i in range(7):
        w, R, ell = after([i])
        assert w > start and R < risk and ell > own
    w, R, ell = after([7])
    assert w < start and R > risk and ell < own
    for batch in combinations(range(8), 2):
        w, R, _ = after(batch)
        assert w > start and R < risk


class Counting(MLP):
    """An MLP that counts its forward passes."""

    passes = 0

    def __call__(self, x):
        self.passes += 1
        return super().__call__(x)


@item("D3-35")
@pytest.mark.parametrize("N", [3, 12])
def test_an_update_of_gradient_descent_takes_a_pass_for_every_sample(N):
    """SGD makes N updates for the price of one: a graph of one sample each, whatever N is."""
    X, Y = noisy_curve(sin, N, seed=1)
    def nodes(samples):
        net = MLP(1, [3, 1], "tanh", seed=1)
        return len(topological_order(mse([net(x) for x in X[:samples]], Y[:samples])))
    alone = nodes(1)
    assert nodes(N) == N * alone + 2                                        # the sum, and 1/N

    for B, updates in [(N, 1), (1, N)]:
        passes = {}
        for epochs in (1, 3):
            net = Counting(1, [3, 1], "tanh", seed=1)
            step = SGD(net.parameters(), lr=0.1)
            fit(net, X, Y, "mse", step, epochs=epochs, batch_size=B, progress=False)
            passes[epochs] = net.passes
            assert step.steps == epochs * updates
        assert passes[3] - passes[1] == 2 * N


@item("D3-25")
def test_the_printed_update_adds_where_the_mean_divides():
    def moved(loss, B):
        n = D3.of([[[-0.1], [0.3]]], [0.0])
        step = SGD(n.net.parameters(), lr=0.01)
        fit(n.net, [[x] for x, _ in LINE[:B]], [y for _, y in LINE[:B]], loss, step, epochs=1, progress=False)
        return [p.data - start for p, start in zip(n.net.parameters(), (0.3, -0.1))]
    for B in (1, 2, 5):
        agree(moved("squared_error", B), [B * step for step in moved("mse", B)])


@item("D3-26")
def test_momentum_under_a_constant_gradient_GG():
    w = Value(0.0)
    step, path = SGD([w], lr=0.1, momentum=0.9), []
    for t in range(1, 41):
        before, w.grad = w.data, 1.0
        step.step()
        path.append((before - w.data, w.data))
        agree([path[-1][0]], [0.1 * (1 - 0.9 ** t) / (1 - 0.9)])
    agree([list(p) for p in path[:4]], [[0.1, -0.1], [0.19, -0.29], [0.271, -0.561], [0.3439, -0.9049]])
    agree([path[4][0]], [0.40951])


def valley_steps(eta, gamma, largest=1000):
    """Steps until (x^2 + 100 y^2)/2 is below 1e-8, from (1, 1)."""
    ps = [Value(1.0), Value(1.0)]
    step = SGD(ps, lr=eta, momentum=gamma)
    for t in range(1, largest):
        step.zero_grad()
        loss = (ps[0] ** 2 + 100 * ps[1] ** 2) / 2
        loss.backward()
        step.step()
        if (ps[0].data ** 2 + 100 * ps[1].data ** 2) / 2 < 1e-8:
            return t
    return largest


@item("D3-26")
def test_momentum_crosses_a_narrow_valley_faster():
    """At the best rates: plain descent keeps 99/101 of the distance per step, momentum about 9/11
    (Polyak)."""
    plain, momentum = valley_steps(2 / 101, 0.0), valley_steps(4 / 121, (9 / 11) ** 2)
    assert plain > 400 and momentum < 100
    ps, qs = [Value(1.0)], [Value(1.0)]
    ps[0].grad = qs[0].grad = 0.7
    SGD(ps, lr=0.1, momentum=0.0).step()
    SGD(qs, lr=0.1).step()
    assert ps[0].data == qs[0].data == 1.0 - 0.1 * 0.7                      # gamma = 0 is gradient descent


def valley_path(gamma, eta=0.0195, steps=40):
    """The points of the descent of (x^2 + 100 y^2)/2 from (10, 1)."""
    ps, path = [Value(10.0), Value(1.0)], []
    step = SGD(ps, lr=eta, momentum=gamma)
    for _ in range(steps):
        path.append(numbers(ps))
        step.zero_grad()
        ((ps[0] ** 2 + 100 * ps[1] ** 2) / 2).backward()
        step.step()
    return path


@item("D3-26", "D3-30")
def test_momentum_dampens_the_oscillation_and_speeds_up_along_the_floor():
    """The figure: at one rate, the plain path crosses the valley at each step and keeps 0.95 of it."""
    plain, smooth = valley_path(0.0), valley_path(0.6)
    for t, (x, y) in enumerate(plain):
        agree([x, y], [10 * (1 - 0.0195) ** t, (1 - 1.95) ** t])            # the closed form
    crossings = [sum(a[1] * b[1] < 0 for a, b in zip(path, path[1:])) for path in (plain, smooth)]
    assert crossings[0] == 39 > crossings[1]
    assert max(abs(y) for _, y in smooth[20:]) < max(abs(y) for _, y in plain[20:]) / 10
    assert smooth[-1][0] < plain[-1][0] / 2                                 # the slope along x hardly changes


# --- classification -------------------------------------------------------------------------------

@item("D3-27", "D3-28", "D3-29")
@examples
@given(post((1, 2), outputs=(2, 4)), st.data())
def test_softmax_and_cross_entropy(case, data):
    net, x, _ = case
    n = D3(net, x)
    C = len(n.a[n.L])
    a, z = numbers(n.a[n.L]), numbers(n.z[n.L - 1])
    soft = data.draw(st.lists(st.floats(0.05, 1), min_size=C, max_size=C))
    y = [s / fsum(soft) for s in soft]
    yhat = [exp(v) / fsum(exp(w) for w in a) for v in a]
    agree(numbers(engine.softmax(a)), yhat)

    ell = cross_entropy_with_logits(n.output, y)
    ell.backward()
    agree([ell.data], [-sum(y[k] * log(yhat[k]) for k in range(C))])
    agree(grads(n.a[n.L]), [yhat[k] - y[k] for k in range(C)])
    agree(grads(n.W[n.L]), [[z[j] * (yhat[k] - y[k]) for k in range(C)] for j in range(len(z))])

    ps = [Value(p) for p in yhat]
    categorical_cross_entropy(ps, y).backward()
    agree(grads(ps), [-y[k] / yhat[k] for k in range(C)], 1e-11)


@item("D3-27")
@examples
@given(st.floats(-10, 10), st.floats(-10, 10))
def test_two_classes_are_a_sigmoid_of_the_difference(a0, a1):
    agree([engine.softmax([a0, a1])[1]], [engine.sigmoid(a1 - a0)], 1e-14)


@item("D3-28")
@examples
@given(st.lists(st.tuples(vectors(3), st.integers(0, 2)), min_size=1, max_size=4))
def test_the_risk_is_the_mean_surprise(samples):
    a, k = [[Value(v) for v in a] for a, _ in samples], [k for _, k in samples]
    yhat = [[exp(v) / fsum(map(exp, numbers(ai))) for v in numbers(ai)] for ai in a]
    R = cross_entropy_with_logits(a, k)
    agree([R.data], [sum(-log(p[ki]) for p, ki in zip(yhat, k)) / len(samples)])
    agree([categorical_cross_entropy(yhat, k)], [R.data], 1e-11)
    R.backward()
    agree(grads(a), [[(p[c] - (c == ki)) / len(samples) for c in range(3)] for p, ki in zip(yhat, k)])


@item("D3-27", "D3-28")
def test_a_softmax_network_learns_the_probability_of_each_class():
    """At x = 1 class 0 was seen once and class 2 three times: yhat becomes 1/4, 0, 3/4, as the risk asks."""
    X, Y = [[1.0]] * 4 + [[-1.0]] * 2, [0, 2, 2, 2, 1, 1]
    net = random_network(1, [3], seed=1)                                    # multi-class logistic regression
    R = fit(net, X, Y, "cross_entropy_with_logits", SGD(net.parameters(), lr=4.0), epochs=200,
            metrics=["accuracy"], engine="vectorized", progress=False)
    agree(engine.softmax(numbers(net([1.0]))), [1 / 4, 0, 3 / 4], 1e-2)
    assert R.accuracies[-1] == 5 / 6                                        # the likelier class is predicted
    assert R.losses[-1] == pytest.approx(-4 / 6 * (log(1 / 4) / 4 + 3 / 4 * log(3 / 4)), abs=5e-3)


@item("D3-29")
def test_the_derivatives_left_to_the_reader_symbolically():
    """sympy derives them from the two definitions; the engine's derivatives are the same functions."""
    a = sympy.symbols("a1:4")
    y = [*sympy.symbols("y1 y2"), 1 - sum(sympy.symbols("y1 y2"))]
    yhat = [sympy.exp(ak) / sum(map(sympy.exp, a)) for ak in a]
    ell = -sum(yk * sympy.log(p) for yk, p in zip(y, yhat))
    soft, loss = sympy.Matrix(yhat).jacobian(a), [sympy.diff(ell, aj) for aj in a]
    for j in range(3):
        assert sympy.simplify(loss[j] - (yhat[j] - y[j])) == 0
        for k in range(3):
            assert sympy.simplify(soft[k, j] - yhat[k] * (int(k == j) - yhat[j])) == 0

    derived = sympy.lambdify((*a, *y[:2]), [soft.tolist(), loss], "math")
    rng = Random(1)
    for _ in range(5):
        point, target = [rng.gauss(0, 2) for _ in range(3)], [0.2, 0.3, 0.5]
        J, g = derived(*point, *target[:2])
        agree(engine.jacobian(lambda a: engine.softmax(a))(point), J, 1e-14)
        agree(engine.grad(lambda a: cross_entropy_with_logits(a, target))(point), g, 1e-14)


# --- figures and depth ----------------------------------------------------------------------------

def drawn_edges(root):
    """(from, to) for the edges of the drawing whose boxes are whole sums and activations."""
    text  = draw(root, "unit").source
    names = dict(re.findall(r'(n\d+) \[label="([\w\[\]]+)', text))
    return Counter((names[a], names[b]) for a, b in re.findall(r"(n\d+) -> (n\d+) \[label", text))


@item("D3-30")
def test_the_figures_of_the_networks():
    """Figure 1: x, M hidden units and yhat. 'nn': every unit joined to all of the next layer, C outputs."""
    net = random_network(1, [4, 1], seed=1)
    hidden = range(1, 5)
    assert set(drawn_edges(net([Value(0.5, "x")]))) == {
        *[("x", f"z1[{k}]") for k in hidden], *[(f"z1[{k}]", f"a1[{k}]") for k in hidden],
        *[(f"a1[{k}]", "z2[1]") for k in hidden]}

    D, M, C = 2, 3, 2
    net  = random_network(D, [M, C], seed=1)
    loss = squared_error([net([Value(0.5, "x[1]"), Value(-1.0, "x[2]")])], [[0.0, 1.0]])
    joins = {(a, b) for a, b in drawn_edges(loss) if b.startswith("z")}
    assert joins == {*[(f"x[{j}]", f"z1[{k}]") for j in (1, 2) for k in (1, 2, 3)],
                     *[(f"a1[{j}]", f"z2[{k}]") for j in (1, 2, 3) for k in (1, 2)]}


@item("D3-30")
def test_the_figure_of_the_relu_sum():
    """Straight between its kinks and bent at each: the second difference of the curve is 0, or not."""
    net = D3.of([[[0.5, -1.0, 0.9], [1.0, 2.0, -0.6]], [[1.0], [-2.0], [3.0]]], [0.0], hidden="relu").net
    xs  = [k / 8 for k in range(-16, 25)]
    ys  = net.predict([[x] for x in xs])
    bent = [x for x, left, y, right in zip(xs[1:], ys, ys[1:], ys[2:]) if abs(left - 2 * y + right) > 1e-12]
    assert bent == [-0.5, 0.5, 1.5]


def pieces(net, n=4096):
    """How many straight pieces a ReLU network of one input has on [0, 1], seen at n + 1 points."""
    ys = net.predict([[k / n] for k in range(n + 1)])
    return 1 + sum(abs(ys[k - 1] - 2 * ys[k] + ys[k + 1]) > 1e-9 for k in range(1, n))


@item("D3-31")
@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_more_layers_model_more_complex_patterns(depth):
    """The tent map folds [0, 1] once; depth layers of 2 units draw 2^depth pieces, one layer 2 depth + 1 at
    most."""
    net = MLP(1, [*[2] * depth, 1], "relu")
    for layer in net.layers:
        first = layer is net.layers[0]
        for unit, bias in zip(layer.neurons, (0.0, -0.5) if layer is not net.layers[-1] else (0.0,)):
            unit.bias.data = bias
            for w, data in zip(unit.weights, [1.0] if first else [2.0, -4.0]):
                w.data = data
    assert [net([x]).data for x in (0.0, 0.5 ** depth, 1.0)] == [0.0, 1.0, 0.0]
    assert pieces(net) == 2 ** depth

    most = max(pieces(random_network(1, [2 * depth, 1], "relu", seed=seed), 512) for seed in range(3))
    assert 1 < most <= 2 * depth + 1
