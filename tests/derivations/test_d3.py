"""D3, the blog post: from curve fitting to the MLP, SGD and classification.

    a, z         PRE- and POST-activation, the reverse of the other documents; z[0] = (1, x)
    W[l][j][k]   weight of unit k of layer l for its input j: stored (in, out), applied transposed;
                 row 0 of W[1] meets the leading 1, later layers have no bias
    ell          the loss of one sample, without 1/2; R its mean over the samples
    delta[l]     d ell/d a[l], which is a[l].grad
"""

from itertools import combinations
from math import exp, fsum, log, pi, sin, tanh
from random import Random

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine import Value
from nn import SGD, categorical_cross_entropy, cross_entropy_with_logits, mse, squared_error

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
    for a in (-2.0, -0.5, 0.0, 0.5, 2.0):
        agree([engine.sigmoid(a), engine.tanh(a)], [1 / (1 + exp(-a)), tanh(a)], 1e-15)
        assert engine.relu(a) == (a if a > 0 else 0) == max(a, 0)
    x = Value(0.0)
    engine.relu(x).backward()
    assert x.grad == 0                                                      # the strict a > 0 of the text


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
    """The ReLU sum through f at the knots, as a function of x."""
    slopes  = [(f(b) - f(a)) / (b - a) for a, b in zip(knots, knots[1:])]
    changes = [slopes[0], *[b - a for a, b in zip(slopes, slopes[1:])]]
    return lambda x: f(knots[0]) * engine.relu(0 * x + 1) + sum(
        c * engine.relu(x - t) for c, t in zip(changes, knots))


@item("D3-07")
@pytest.mark.parametrize("n, expected", [(4, 0.210514), (8, 0.070378), (16, 0.018846), (32, 0.004792),
                                         (64, 0.001203)])
def test_a_relu_sum_interpolates_a_curve(n, expected):
    h = 2 * pi / n
    knots = [k * h for k in range(n + 1)]
    g = interpolation(sin, knots)
    agree([g(t) for t in knots], [sin(t) for t in knots])
    error = max(abs(g(t + h * k / 20) - sin(t + h * k / 20)) for t in knots[:-1] for k in range(20))
    assert error <= h * h / 8                                               # max |sin''| = 1
    assert error == pytest.approx(expected, rel=0.02)


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
    SGD(net.parameters(), lr=eta).step()
    agree(numbers(net.parameters()), expected, 0)

    for p, w in zip(net.parameters(), start):
        p.data = w
    for layer, gs in zip(net.layers, stored):  # layer by layer, one stored gradient
        for p, g in zip(layer.parameters(), gs):
            p.data -= eta * g
    agree(numbers(net.parameters()), expected, 0)


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
    a, k = [a for a, _ in samples], [k for _, k in samples]
    surprises = [-log(exp(ai[ki]) / fsum(map(exp, ai))) for ai, ki in samples]
    agree([cross_entropy_with_logits(a, k)], [sum(surprises) / len(samples)])


@item("D3-29")
def test_the_derivatives_left_to_the_reader_symbolically():
    a = sympy.symbols("a1:4")
    y = [*sympy.symbols("y1 y2"), 1 - sum(sympy.symbols("y1 y2"))]
    yhat = [sympy.exp(ak) / sum(map(sympy.exp, a)) for ak in a]
    ell = -sum(yk * sympy.log(p) for yk, p in zip(y, yhat))
    for j in range(3):
        assert sympy.simplify(sympy.diff(ell, a[j]) - (yhat[j] - y[j])) == 0
        for k in range(3):
            assert sympy.simplify(sympy.diff(yhat[k], a[j]) - yhat[k] * (int(k == j) - yhat[j])) == 0
