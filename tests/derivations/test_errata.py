"""The errata: for each, the printed form fails and the right form holds, by the numbers of the catalogue.

The fixture `evidence` checks that the numbers found here are the ones that `python -m demos errata` prints.
"""

import re
from itertools import combinations, groupby
from math import atan2, cos, exp, hypot, log, pi, sin, sqrt, tanh
from random import Random
from statistics import median

import mpmath
import numpy as np
import pytest

import engine
from demos.catalogue import errata
from engine import Value
from engine.value import topological_order
from nn import (
    MLP, SGD, BatchNorm, Dropout, Highway, KeepDropout, Layer, Neuron, Residual, bce_with_logits,
    binary_cross_entropy, binary_to_one_hot, clip_by_norm, clip_by_value, cross_entropy_with_logits, grid,
    half_mse, hinge, l2, mse, rmse, squared_error,
)
from tests.conventions import sigma, slope, with_grads

from .conventions import D0, D1, D3, D4, agree, elements, grads, numbers, random_network, shape, weights

erratum = pytest.mark.erratum


@pytest.fixture
def evidence(request):
    id = request.node.get_closest_marker("erratum").args[0]
    text = next(e.evidence for e in errata() if e.id == id)
    assert ("erratum", id) in request.node.user_properties                  # so the report knows

    def says(*found):
        for part in found:
            assert str(part) in text, f"{part} is not in the evidence of {id}: {text}"
    return says


def GA_1():
    """D1's worked example after its backward pass."""
    n = D1.of(W=[[[1.0, -1.0], [0.5, 0.5]], [[2.0, 3.0]]], b=[[0.0, -0.5], [0.25]], x=[1.0, 2.0],
              hidden="relu")
    half_mse(n.output, 1.0).backward()
    return n


def GB():
    """D0's worked example after its backward pass."""
    n = D0.of(W=[[[0.1, 0.4], [-0.2, 0.3]], [[0.7], [-0.6]]], b=[[0.05, -0.1], [0.2]], x=[0.5, -1.0],
              output="sigmoid")
    binary_cross_entropy(n.output, 1).backward()
    return n


def GC():
    """D3's worked example after its backward pass."""
    n = D3.of([[[0.2, -0.1], [0.8, 0.6]], [[1.5], [-2.0]]], [0.5])
    squared_error(n.output, 1.0).backward()
    return n


def unit(w, b, f="linear"):
    neuron = Neuron(len(w), f)
    for p, data in zip(neuron.parameters(), [*w, b]):
        p.data = data
    return neuron


# --- D0 -------------------------------------------------------------------------------------------

@erratum("ERR-D0-1")
def test_the_regression_loss_has_no_root(evidence):
    e, zero = [3.0, 4.0], [0.0, 0.0]
    formula = sum(v * v for v in e) / (2 * 2)
    assert formula == half_mse(e, zero) == mse(e, zero) / 2 == 6.25
    assert rmse(e, zero) == pytest.approx(sqrt(12.5)) and rmse(e, zero) != formula
    evidence("6.25", f"{rmse(e, zero):.4f}")


@erratum("ERR-D0-2")
def test_backward_through_an_activation_starts_from_g_h(evidence):
    n = GB()
    g_h, g_z, h_slope = n.a[1][0].grad, n.z[1][0].grad, 1 - tanh(0.3) ** 2
    assert g_z == pytest.approx(g_h * h_slope, abs=1e-15) and abs(g_z - g_z * h_slope) > 0.02
    evidence(f"{g_h * h_slope:.6f}", f"{g_z * h_slope:.6f}")


@erratum("ERR-D0-3")
def test_the_bias_gradient_is_not_transposed(evidence):
    n = D0(random_network(2, [3, 1], seed=1), [0.4, -0.2])
    half_mse(n.output, 1.0).backward()
    b, g_z = np.array(numbers(n.b[1]))[:, None], np.array(grads(n.z[1]))[:, None]
    assert (b - 0.1 * g_z.T).shape == (3, 3)
    SGD(n.net.parameters(), lr=0.1).step()
    agree(numbers(n.b[1]), (b - 0.1 * g_z)[:, 0].tolist())
    evidence((3, 1), (1, 3), (3, 3))


@erratum("ERR-D0-4")
def test_the_list_of_activations_does_not_run(evidence):
    names = {"leakyRelu": lambda x: engine.leaky_relu(x, 0.1)}
    with pytest.raises(NameError, match="leakRelu") as error:
        exec("functions = [leakRelu]", names)
    exec("functions = [leakyRelu]", names)
    evidence(error.value, f"leaky(-4) = {names['functions'][0](-4.0)}")


@erratum("ERR-D0-5")
def test_the_labels_of_the_loss_plot(evidence):
    printed = next(e.printed for e in errata() if e.id == "ERR-D0-5")
    squared, crossed = re.findall('"([^"]+)"', printed)
    formula = squared.partition(",")[0].replace(r"\frac{1}{2}", "0.5").replace(r"\cdot", "*")
    def label(y): return eval(formula.replace("y^*", "0.0"), {"y": y})      # the label says y* = 0
    def value_and_slope(f, y): return f(y), slope(f, y)
    assert value_and_slope(label, 2.0) == (-1, -0.5)
    assert value_and_slope(lambda y: half_mse(y, 0.0), 2.0) == (2, 2)       # right, and what the code plots
    assert (crossed.count("("), crossed.count(")")) == (2, 1)
    for y in (0.01, 0.5, 0.99):
        assert binary_cross_entropy(y, 1) == pytest.approx(-log(y))
    evidence("gives -1 with slope -0.5", "curve 2 with slope 2", "opens 2", "closes 1",
             f"{binary_cross_entropy(0.5, 1):.4f}")


@erratum("ERR-D0-6")
def test_the_gradient_at_the_output_lacks_the_mean(evidence):
    ys = [Value(v) for v in (0.8, 0.3, 0.6, 0.5)]
    binary_cross_entropy(ys, [1, 0, 1, 0]).backward()
    printed = (0.8 - 1) / (0.8 * (1 - 0.8))
    agree([ys[0].grad], [printed / 4])
    evidence(f"{printed:.2f}", f"{ys[0].grad:.4f}")


@erratum("ERR-D0-7")
def test_the_objective_averages_and_sums(evidence):
    net, rng, m = random_network(2, [3, 1], seed=2), Random(3), 6
    X, T = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(m)], [rng.gauss(0, 1) for _ in range(m)]
    def gradient(loss):
        net.zero_grad()
        loss.backward()
        return grads(net.parameters())
    mean = gradient(half_mse([net(x) for x in X], T))
    printed = gradient(engine.total([half_mse([net(x) for x in X], T) for _ in range(m)]))
    agree(printed, [m * g for g in mean])
    agree(gradient(engine.total([half_mse(net(x), t) for x, t in zip(X, T)])), [m * g for g in mean])
    evidence("m = 6", "6 times")


@erratum("ERR-D0-8")
def test_the_index_of_y_and_the_open_interval(evidence):
    right   = binary_cross_entropy([0.9, 0.2], [1, 0])
    printed = binary_cross_entropy([0.9, 0.9], [1, 0])
    gap = 1 / (1 + mpmath.exp(40))                                          # 1 - sigma(40), exactly
    assert engine.sigmoid(40.0) == 1.0 and gap > 0
    evidence(f"{right:.4f}", f"{printed:.4f}", f"{float(gap):.4e}")


@erratum("ERR-D0-9")
def test_a_jump_is_no_continuous_function(evidence):
    """At the jump a continuous F takes one value, and the jump's two sides differ by 1: one is 1/2 away."""
    errors = []
    for k in range(20):
        steep = unit([10 ** (6 * k / 19)], 0.0, "sigmoid")
        errors.append(max(abs(steep([-1e-13]).data - 0), abs(steep([1e-13]).data - 1)))
    assert min(errors) >= 0.5 - 1e-6
    evidence("20 networks", f"{min(errors):.4f}")
    inside = unit([1e6], 0.0, "sigmoid")                                    # away from the jump it is close
    assert abs(inside([0.01]).data - 1) < 1e-9


@erratum("ERR-D0-10")
def test_symbols_of_d0_against_the_others(evidence):
    assert (engine.leaky_relu(-2.0, 0.1), engine.leaky_relu(-2.0)) == (-0.2, -0.02)
    prediction, label = 0.8, 1.0
    delta = slope(lambda y: half_mse(y, label), prediction)
    hat_is_the_prediction, hat_is_the_label = prediction - label, label - prediction
    assert delta == pytest.approx(hat_is_the_prediction) and delta * hat_is_the_label < 0
    evidence("-0.2 here", "-0.02", f"is {delta:.1f}", f"would be {hat_is_the_label:.1f}")


@erratum("ERR-D0-11")
def test_one_sigmoid_is_enough(evidence):
    logits, probability = bce_with_logits(2.0, 1), binary_cross_entropy(engine.sigmoid(2.0), 1)
    twice = bce_with_logits(engine.sigmoid(2.0), 1)
    assert logits == pytest.approx(probability) and abs(twice - logits) > 0.2
    evidence(f"{logits:.4f}", f"{twice:.4f}")


# --- D1 -------------------------------------------------------------------------------------------

@erratum("ERR-D1-1")
def test_hidden_activations_come_from_Z1(evidence):
    net, rng = random_network(3, [4, 1], "sigmoid", "sigmoid", 1), Random(1)
    passes = [D1(net, [rng.gauss(0, 1) for _ in range(3)]) for _ in range(5)]
    Z1, Z2 = (np.array([numbers(n.z[k]) for n in passes]).T for k in (1, 2))
    A1 = np.array([numbers(n.a[1]) for n in passes]).T
    assert np.allclose(1 / (1 + np.exp(-Z1)), A1) and Z2.shape != A1.shape
    evidence(Z2.shape, A1.shape)


def best_fit(psi, f, N, x, bias=True, w_scale=5.0, seed=0):
    """F = sum v_i psi(w_i x + b_i) on the points x, with random w and b and the best v; F elsewhere."""
    rng = np.random.default_rng(seed)
    w, b = rng.normal(0, w_scale, N), rng.uniform(-5, 5, N) * bias
    v = np.linalg.lstsq(psi(np.outer(x, w) + b), f(x), rcond=1e-12)[0]
    return lambda x: psi(np.outer(x, w) + b) @ v


LINE = np.linspace(-1, 1, 201)


@erratum("ERR-D1-2")
def test_the_error_is_below_eps(evidence):
    error = np.abs(best_fit(np.tanh, np.abs, 80, LINE)(LINE) - np.abs(LINE))
    useless = np.abs((np.abs(LINE) + 1) - np.abs(LINE))                     # F = f + 1
    assert error.max() < 0.04 and not (error > 0.04).any()
    assert (useless > 0.04).all()                                           # what is printed accepts it
    evidence("0.04")


@erratum("ERR-D1-3")
def test_a_unit_has_one_weight_per_input(evidence):
    x = np.ones(3)
    with pytest.raises(ValueError, match="matmul"):
        np.ones((4, 4)) @ x
    assert (np.ones((4, 3)) @ x).shape == (4,)
    with pytest.raises(ValueError, match="4 weights and 3 inputs"):
        engine.affine([1.0] * 4, [1.0] * 3, 0.0)
    evidence((4, 4), (4, 3))


@erratum("ERR-D1-4")
def test_the_output_weights_are_a_row(evidence):
    a = np.ones(4)
    with pytest.raises(ValueError, match="matmul"):
        np.ones((4, 1)) @ a
    assert (np.ones((1, 4)) @ a).shape == (1,)
    output = MLP(3, [4, 1]).layers[1]
    assert shape(weights(output)) == (1, 4) and len(output.parameters()) == 5 != 4 * 1 + 4
    evidence((4, 1), (1, 4), "8 parameters", "5")


@erratum("ERR-D1-5")
def test_weights_are_not_transposed(evidence):
    W = [[1.0, 2.0], [3.0, 4.0]]
    n = D1.of([W], [[0.0, 0.0]], [1.0, 1.0])
    transposed = [sum(W[j][i] for j in (0, 1)) for i in (0, 1)]
    assert numbers(n.z[1]) == [3, 7] != transposed == [4, 6]
    evidence("(3, 7)", "(4, 6)")


@erratum("ERR-D1-6")
def test_the_sum_runs_over_the_inputs(evidence):
    n = GA_1()
    W, x, b, d, m_1 = numbers(n.W[1]), [1.0, 2.0], numbers(n.b[1]), 2, 2
    printed = sum(W[0][k - 1] * x[k - 1] for k in range(d, m_1 + 1)) + b[0]
    right   = sum(W[0][k - 1] * x[k - 1] for k in range(1, d + 1)) + b[0]
    assert right == n.z[1][0].data == -1 != printed
    evidence(f"z_1 = {printed:.0f}", f"one {right:.0f}")


@erratum("ERR-D1-7")
def test_the_slope_belongs_to_its_layer(evidence):
    n = GA_1()
    da, z1, z2 = grads(n.a[1]), numbers(n.z[1]), numbers(n.z[2])
    right   = [d * (z > 0) for d, z in zip(da, z1)]
    printed = [d * (z2[0] > 0) for d in da]                                 # sigma'(z) without [1]
    assert right == grads(n.z[1]) != printed
    evidence("(0, 6.75)", "(4.5, 6.75)", z2[0])
    assert printed == [4.5, 6.75]


@erratum("ERR-D1-8")
def test_three_slopes_of_relu_at_0(evidence):
    n = D1.of(W=[[[1.0, -1.0]], [[2.0]]], b=[[0.0], [0.0]], x=[1.0, 1.0], hidden="relu")
    half_mse(n.output, 1.0).backward()
    z, da = n.z[1][0], n.a[1][0].grad
    left, right = (engine.relu(0.0) - engine.relu(-1e-9)) / 1e-9, (engine.relu(1e-9)
                                                                   - engine.relu(0.0)) / 1e-9
    assert (left, right) == (0, 1)
    assert da * (z.data >= 0) == -2 and z.grad == 0 and left <= z.grad / da <= right
    evidence("dJ/da = -2", "delta = -2", "engine 0")


@erratum("ERR-D1-9")
def test_gradients_need_not_shrink(evidence):
    def ratio(hidden, init, seed):
        rng = Random(seed)
        n = D1(MLP(32, [32] * 12, hidden, init=init, seed=seed), [rng.gauss(0, 1) for _ in range(32)])
        half_mse([n.output], [[rng.gauss(0, 1) for _ in range(32)]]).backward()
        first, last = (sqrt(sum(w.grad ** 2 for _, w in elements(n.W[k]))) for k in (1, 12))
        return first / last
    found = {case: median(ratio(*case, seed) for seed in range(5))
             for case in [("sigmoid", "xavier"), ("relu", "he"), ("tanh", "normal")]}
    assert (found["sigmoid", "xavier"] < 1e-3 and 0.1 < found["relu", "he"] < 10
            and found["tanh", "normal"] > 10)
    evidence(*[f"{value:.{digits}g}" for value, digits in zip(found.values(), (2, 2, 3))])


@erratum("ERR-D1-10")
def test_bias_gradients_depend_on_deeper_layers(evidence):
    net = random_network(2, [3, 3, 1], seed=4)
    def db1():
        net.zero_grad()
        net([0.4, -0.7]).backward()
        return grads([neuron.bias for neuron in net.layers[0].neurons])
    before = db1()
    for w in net.layers[2].neurons[0].weights:
        w.data *= 2
    after = db1()
    agree(after, [2 * g for g in before])
    assert before[0] != 0
    evidence(f"{before[0]:.4f}", f"{after[0]:.4f}")


@erratum("ERR-D1-11")
def test_the_variance_of_a_batch_is_divided_by_the_batch(evidence):
    z, B = [1.0, 2.0, 4.0, 5.0, 6.0, 7.0, 9.0, 8.0, 4.0, 4.0], 4
    mu, m = sum(z[:B]) / B, len(z)
    of_batch = sum((v - mu) ** 2 for v in z[:B]) / B
    of_set   = sum((v - sum(z) / m) ** 2 for v in z) / m
    printed  = sum((v - mu) ** 2 for v in z) / m
    assert printed == pytest.approx(of_set + (sum(z) / m - mu) ** 2) and of_batch < of_set < printed
    norm = BatchNorm(1, eps=0.0)
    agree([row[0].data for row in norm.batch([[v] for v in z[:B]])], [(v - mu) / sqrt(of_batch)
                                                                      for v in z[:B]])
    evidence(f"batch's variance is {of_batch:.1f}", f"ten {of_set:.1f}", f"gives {printed:.1f}")


@erratum("ERR-D1-12")
def test_what_is_blank_in_print(evidence):
    s, t = slope(engine.sigmoid, 1.0), slope(engine.tanh, 1.0)
    agree([s, t], [sigma(1) * (1 - sigma(1)), 1 - tanh(1) ** 2])
    assert [engine.relu(-1.0), engine.relu(1.0)] == [0, 1]
    n = GA_1()
    assert grads(n.b[1]) == grads(n.z[1]) == [0, 6.75]
    evidence(f"{s:.6f}", f"{t:.6f}", "(0, 6.75)")


@erratum("ERR-D1-13")
def test_three_layers_are_two_or_three(evidence):
    short, long = MLP(784, [15, 10], init="zeros"), MLP(784, [15, 15, 10], init="zeros")
    assert len(short.layers) == 2 and len(long.layers) == 3                 # the input is not counted
    evidence(len(short.parameters()), len(long.parameters()))


@erratum("ERR-D1-14")
def test_exponentials_need_no_bias(evidence):
    """Without bias F(0) = sum v_i psi(0): 0 whatever the weights where psi(0) = 0, and no slope moves it."""
    rng = Random(0)
    def F(psi, v, w, x): return engine.total([a * psi(b * x) for a, b in zip(v, w)])
    for psi in (engine.tanh, engine.sin, engine.relu):
        v, w = ([Value(rng.gauss(0, 3)) for _ in range(20)] for _ in range(2))
        at_0 = F(psi, v, w, 0.0)
        at_0.backward()
        assert at_0.data == 0 and grads(v) == grads(w) == [0] * 20
    w = np.linspace(-6, 6, 13)
    v = np.linalg.lstsq(np.exp(np.outer(LINE, w)), np.ones_like(LINE), rcond=None)[0]
    assert max(abs(F(engine.exp, v.tolist(), w.tolist(), x) - 1) for x in LINE.tolist()) < 1e-6
    evidence("error stays 1", "13 exp units", "1e-6")


@erratum("ERR-D1-15")
def test_a_slope_of_0_is_vanishing(evidence):
    def chain(f, start):
        x = Value(start)
        a = x
        for _ in range(10):
            a = f(a)
        a.backward()
        return x.grad
    on, off, leaky = chain(engine.relu, 1.0), chain(engine.relu, -1.0), chain(engine.leaky_relu, -1.0)
    assert (on, off) == (1, 0) and leaky == pytest.approx(1e-20)
    evidence("active, ReLU passes on 1", "ReLU passes on 0", f"{leaky:.0e}")


@erratum("ERR-D1-16")
def test_one_letter_two_meanings(evidence):
    def b2_after_a_step(alpha_of_slope, alpha_of_rate):
        n = D1.of(W=[[[1.0, -1.0], [0.5, 0.5]], [[2.0, 3.0]]], b=[[0.0, -0.5], [0.25]], x=[1.0, 2.0],
                  hidden=lambda z: engine.leaky_relu(z, alpha_of_slope))
        half_mse(n.output, 1.0).backward()
        SGD(n.net.parameters(), lr=alpha_of_rate).step()
        return n.b[2][0].data
    one, other = b2_after_a_step(0.01, 0.1), b2_after_a_step(0.1, 0.01)
    assert one != other
    evidence(f"{one:.4f}", f"{other:.4f}")
    assert len(MLP(3, [4, 1]).layers[-1].neurons) == 1 != len(MLP(3, [4, 10]).layers[-1].neurons)


@erratum("ERR-D1-17")
def test_open_range_of_tanh_and_the_missing_weights(evidence):
    with mpmath.workdps(40):
        gap = 1 - mpmath.tanh(mpmath.mpf("19.1"))
    assert engine.tanh(19.1) == 1.0 and 0 < gap < 1e-16
    evidence(f"{float(gap):.4e}")
    b = np.linspace(-2, 2, 9)
    no_w, with_w = np.tanh(0 * LINE[:, None] + b), np.tanh(3 * LINE[:, None] + b)
    assert np.linalg.matrix_rank(no_w) == 1 < np.linalg.matrix_rank(with_w)
    evidence("rank 1")


@erratum("ERR-D1-18")
def test_which_variance_is_called_xavier(evidence):
    def variances(n_in, n_out): return 1 / n_in, 2 / (n_in + n_out)
    def drawn(init, n_in, n_out):
        net = Layer(n_in, n_out, init=init, seed=1)
        ws = [w.data for _, w in elements(weights(net))]
        return sum(w * w for w in ws) / len(ws)
    for fans in [(50, 20), (40, 40)]:
        for init, variance in zip(("xavier", "glorot"), variances(*fans)):
            assert drawn(init, *fans) == pytest.approx(variance, rel=5 * sqrt(2 / (fans[0] * fans[1])))
    evidence(f"{1 / 50:.2f}", f"{2 / 70:.5f}", f"{1 / 40:.3f}")
    assert variances(40, 40)[0] == variances(40, 40)[1]


@erratum("ERR-D1-19")
def test_two_slopes_of_leaky_relu_at_0(evidence):
    alpha, h = 0.01, 1e-9
    def f(z): return engine.leaky_relu(z, alpha)
    def printed(z): return alpha if z < 0 else 1.0
    one_sided = [(f(0.0) - f(-h)) / h, (f(h) - f(0.0)) / h]
    agree(one_sided, [alpha, 1.0])
    assert slope(f, 0.0) == alpha != printed(0.0) == 1
    assert [slope(f, z) for z in (-4.0, 4.0)] == [printed(z) for z in (-4.0, 4.0)] == [alpha, 1]
    evidence("are 0.01 and 1", "form gives 1", f"engine {slope(f, 0.0)}", "at -4 and 4")


# --- D2 -------------------------------------------------------------------------------------------

@erratum("ERR-D2-1")
def test_a_bounded_network_cannot_follow_a_parabola(evidence):
    net = random_network(1, [5, 1], "sigmoid", seed=1)
    output = net.layers[1].neurons[0]
    scale = 9 / (abs(output.bias.data) + sum(abs(v.data) for v in output.weights))
    for p in output.parameters():
        p.data *= scale                                                     # |b| + sum |v| = 9
    values = [net([x]).data for x in (-1e3, -10.0, -1.0, 0.0, 1.0, 10.0, 1e3)]
    assert max(map(abs, values)) <= 9
    assert abs(net([10.0]).data - 100) >= 91
    evidence("91", "x = 10")


@erratum("ERR-D2-2")
def test_the_max_form_of_leaky_relu(evidence):
    alpha, x = 2.0, -1.0
    indicator, maxout = (x < 0) * alpha * x + (x >= 0) * x, engine.maximum(alpha * x, x)
    assert engine.leaky_relu(x, alpha) == indicator == -2 != maxout == -1
    for alpha in (-0.5, 0.01, 0.5, 1.0):                                    # alpha <= 1: the same
        for x in (-2.0, -1.0, 0.0, 3.0):
            assert engine.leaky_relu(x, alpha) == engine.maximum(alpha * x, x)
    evidence("gives -2", "form -1", "0.5 and -0.5")


@erratum("ERR-D2-3")
def test_a_product_is_no_activation(evidence):
    neuron = unit([1.5], 0.5, "sigmoid")
    z, a = neuron.z([Value(2.0)]).data, neuron([2.0]).data
    product = float(np.dot(1.5, 2.0))
    assert product == 3 != z == 3.5 and a == pytest.approx(sigma(3.5))
    evidence(f"gives {product:.0f}", z, f"{a:.4f}")


@erratum("ERR-D2-4")
def test_limits_are_not_reached(evidence):
    assert sigma(36) < 1 == sigma(37)                                       # rounding, not mathematics
    gap = mpmath.mpf(1) / (1 + mpmath.exp(37))
    assert gap > 0 and engine.sigmoid(-745.0) > 0 == engine.sigmoid(-746.0)
    evidence(f"{float(gap):.4e}", f"{engine.sigmoid(-745.0):.4e}")


@erratum("ERR-D2-5")
def test_tanh_is_scaled_and_shifted(evidence):
    right, printed = 2 * engine.sigmoid(2.0) - 1, 2 * engine.sigmoid(2.0)
    assert right == pytest.approx(tanh(1)) and abs(printed - tanh(1)) == pytest.approx(1)
    evidence(f"{right:.4f}", f"{printed:.4f}")


@erratum("ERR-D2-6")
def test_decay_is_not_always_towards_0(evidence):
    def step(w, eta, strength, data=lambda w: 0 * w):
        w = Value(w)
        (l2([w], strength) + data(w)).backward()
        SGD([w], lr=eta).step()
        return w.data
    assert [step(1.0, 1.0, k) for k in (0.5, 1.5, 2.5)] == [0.5, -0.5, -1.5]
    grown = step(1.0, 0.1, 0.5, lambda w: (w - 3) ** 2 / 2)
    assert grown > 1
    evidence("gives 0.5", "1.5 gives -0.5", "2.5 gives -1.5", f"{grown:.2f}")


@erratum("ERR-D2-7")
def test_the_hinge_needs_signs(evidence):
    def printed(s, y): return engine.relu(1 - y * s)
    assert [printed(s, 0) for s in (-5.0, 0.0, 2.0)] == [1, 1, 1] and slope(lambda s: printed(s, 0), 2.0) == 0
    assert hinge(2.0, -1) == 3 and slope(lambda s: hinge(s, -1), 2.0) == 1
    with pytest.raises(ValueError, match="targets -1 and \\+1"):
        hinge(2.0, 0)
    evidence("= 1 for every s", "3 with slope 1")


@erratum("ERR-D2-8")
def test_the_stray_parenthesis_and_the_two_fs(evidence):
    prose = "(e.g. x > 0 elementwise in f = w^Tx + b))"
    neuron = unit([2.0], 0.0, "sigmoid")
    z, a = neuron.z([Value(1.5)]).data, neuron([1.5]).data
    assert z != a == engine.sigmoid(z)
    assert prose in next(e.printed for e in errata() if e.id == "ERR-D2-8")
    evidence(f"{prose.count(')')} parentheses closed, {prose.count('(')} opened", f"z = {z:.0f}", f"{a:.4f}")


@erratum("ERR-D2-9")
def test_the_strength_decides(evidence):
    left = {strength: (1 - 0.1 * strength) ** 1000 for strength in (0.001, 0.01, 0.1)}
    for strength, expected in left.items():
        w = Value(1.0)
        step = SGD([w], lr=0.1, weight_decay=strength)
        for _ in range(1000):
            w.grad = 0
            step.step()
        assert w.data == pytest.approx(expected)
    evidence(f"{left[0.001]:.4f}", f"{left[0.01]:.4f}", f"{left[0.1]:.4e}")


# --- D3 -------------------------------------------------------------------------------------------

@erratum("ERR-D3-1")
def test_which_index_is_which(evidence):
    n = GC()
    z, delta = numbers(n.z[0]), grads(n.a[1])
    right   = z[1] * delta[0]  # stored [1][0]: from input 1 to unit 0
    printed = z[0] * delta[1]
    assert n.W[1][1][0].grad == pytest.approx(right) and abs(right - printed) > 1
    evidence(f"{right:.6f}", f"{printed:.6f}")


@erratum("ERR-D3-2")
def test_the_sum_over_a_mini_batch_diverges(evidence):
    xs = [k / 8 - 0.9375 for k in range(16)]
    data = [(x, 2 * x + 1) for x in xs]
    def final(divide):
        ps = [Value(0.0), Value(0.0)]
        for _ in range(100):
            for p in ps:
                p.grad = 0
            losses = [(ps[0] * x + ps[1] - y) ** 2 for x, y in data]
            (engine.total(losses) / (16 if divide else 1)).backward()
            for p in ps:
                p.data -= 0.1 * p.grad
        return sum((ps[0].data * x + ps[1].data - y) ** 2 for x, y in data) / 16
    averaged, summed = final(True), final(False)
    assert averaged < 1e-3 and summed > 1e20
    evidence(f"{averaged:.1e}", f"{summed:.1e}")


@erratum("ERR-D3-3")
def test_the_input_is_layer_0(evidence):
    n = GC()
    z0, z1 = numbers(n.z[0]), numbers(n.z[1])
    assert z0 == [1, 0.5] and z0 != z1
    agree(z1, [tanh(a) for a in numbers(n.a[1])])
    evidence("2 entries", *[f"{v:.6f}" for v in z1])


@erratum("ERR-D3-4")
def test_later_layers_have_no_bias(evidence):
    rng = Random(0)
    n = D3.of([[[0.0] * 5, [rng.gauss(0, 1) for _ in range(5)]], [[rng.gauss(0, 1)] for _ in range(5)]],
              [0.0])
    assert n.output.data == 0                                               # whatever the weights
    count = sum(1 for W in n.W[1:] for _ in elements(W))
    n.net.layers[1].neurons[0].bias.data = 1.0
    assert n.net([0.0]).data == 1                                           # with a bias any value
    evidence("yhat(0) = 0", f"{count} parameters", f"bias {count + 1}")


@erratum("ERR-D3-5")
def test_a_and_z_are_exchanged(evidence):
    n = GC()
    trace = n.net.trace([0.5])
    agree([numbers(n.a[1]), numbers(trace.z[0])], [[0.6, 0.2]] * 2)
    agree([numbers(n.z[1]), numbers(trace.a[0])], [[tanh(0.6), tanh(0.2)]] * 2)
    evidence("(0.6, 0.2)", f"{tanh(0.6):.6f}", f"{tanh(0.2):.6f}")


@erratum("ERR-D3-6")
def test_the_delta_of_the_square_loss(evidence):
    full = GC().a[2][0].grad
    n = D3.of([[[0.2, -0.1], [0.8, 0.6]], [[1.5], [-2.0]]], [0.5])
    half_mse(n.output, 1.0).backward()
    half = n.a[2][0].grad
    agree([full], [2 * half])
    evidence(f"{full:.6f}", f"{half:.6f}")


@erratum("ERR-D3-7")
def test_a_segment_is_a_set_of_active_units(evidence):
    W0, W1 = [0.5, -1.0, 0.9], [1.0, 2.0, -0.6]
    agree([-b / s for b, s in zip(W0, W1)], [-0.5, 0.5, 1.5])
    n = [D3.of([[W0, W1], [[1.0], [-2.0], [3.0]]], [x], hidden="relu") for x in (-1.0, 0.0, 1.0, 2.0)]
    active = [sum(a.data > 0 for a in seen.a[1]) for seen in n]
    assert max(active) > 1                                                  # not one ReLU per segment
    evidence(", ".join(map(str, active)))


@erratum("ERR-D3-8")
def test_the_approximation_ends_with_its_interval(evidence):
    h = 2 * pi / 16
    knots = [k * h for k in range(17)]
    slopes = [(sin(b) - sin(a)) / h for a, b in zip(knots, knots[1:])]
    changes = [slopes[0], *[b - a for a, b in zip(slopes, slopes[1:])]]
    def g(x): return sum(c * engine.relu(x - t) for c, t in zip(changes, knots))
    error = max(abs(g(t + h * k / 40) - sin(t + h * k / 40)) for t in knots[:-1] for k in range(40))
    beyond = abs(g(4 * pi) - sin(4 * pi))
    assert error <= h * h / 8 < 0.02 and beyond > 1
    evidence(f"{len(knots)} knots", f"{len(slopes)} pieces", f"{error:.6f}", f"{h * h / 8:.6f}",
             f"{beyond:.2f}")


@erratum("ERR-D3-9")
def test_the_stored_matrix_and_the_displayed_one(evidence):
    assert [engine.relu(2.0), engine.relu(-2.0)] == [2, 0]
    n = GC()
    stored, x = numbers(n.W[1]), [1.0, 0.5]
    right   = [sum(stored[j][k] * x[j] for j in (0, 1)) for k in (0, 1)]
    by_rows = [sum(stored[k][j] * x[j] for j in (0, 1)) for k in (0, 1)]
    agree(right, numbers(n.a[1]))
    agree(by_rows, [0.15, 1.1])
    evidence("(0.6, 0.2)", "(0.15, 1.1)")


@erratum("ERR-D3-10")
def test_what_can_be_shown(evidence):
    n = GC()
    a, W2 = numbers(n.a[1]), numbers(n.W[2])
    delta = [(1 - tanh(a[k]) ** 2) * W2[k][0] * n.a[2][0].grad for k in (0, 1)]
    agree(grads(n.a[1]), delta)
    zs = [Value(v) for v in (1.0, 2.0, 3.0)]
    cross_entropy_with_logits(zs, 2).backward()
    y = [exp(v) / sum(map(exp, (1, 2, 3))) for v in (1, 2, 3)]
    agree(grads(zs), [y[0], y[1], y[2] - 1])
    evidence(*[f"{v:.6f}" for v in (*delta, *grads(zs))])


@erratum("ERR-D3-11")
def test_the_risk_is_not_convex(evidence):
    X = [[-1.0], [0.3], [0.8]]
    one    = D3.of([[[0.2, -0.5], [1.5, -0.7]], [[1.0], [2.0]]], [0.0]).net
    other  = D3.of([[[-0.5, 0.2], [-0.7, 1.5]], [[2.0], [1.0]]], [0.0]).net
    middle = D3.of([[[-0.15, -0.15], [0.4, 0.4]], [[1.5], [1.5]]], [0.0]).net
    Y = [one(x).data for x in X]
    ends, half_way = [mse([net(x) for x in X], Y).data for net in (one, other)], mse([middle(x) for x in X],
                                                                                     Y).data
    assert max(ends) < 1e-30 < half_way
    evidence(f"{half_way:.4f}")


# --- D4 -------------------------------------------------------------------------------------------

@erratum("ERR-D4-1")
def test_a_column_per_activation(evidence):
    x = np.ones(2)
    with pytest.raises(ValueError, match="matmul"):
        x @ np.ones((3, 2))
    n = D4(random_network(2, [3]), [1.0, 1.0])
    W = np.array(numbers(n.W[1]))
    agree((x @ W + np.array(numbers(n.b[1]))).tolist(), numbers(n.z[1]))
    evidence((3, 2), W.shape)


@erratum("ERR-D4-2")
def test_h_is_hidden_and_o_is_output(evidence):
    n = D4(random_network(2, [3, 1], seed=1), [0.4, -0.2])
    x, W_h, W_o = np.array([0.4, -0.2]), np.array(numbers(n.W[1])), np.array(numbers(n.W[2]))
    with pytest.raises(ValueError, match="matmul"):
        x @ W_o                                                             # the names as printed
    hidden = np.tanh(np.array(numbers(n.b[1])) + x @ W_h)
    agree([n.output.data], (np.array(numbers(n.b[2])) + hidden @ W_o).tolist())
    evidence("3 entries", W_o.shape)


@erratum("ERR-D4-3")
def test_seventeen_labels(evidence):
    X, A = grid("A")
    _, B = grid("B")
    printed = [0, *A]
    assert len(X) == 16 and len(printed) == 17 and [*B, 0] == printed
    def runs(labels): return ", ".join(str(len(list(run))) for _, run in groupby(labels))
    assert not cut_out_by(2, X, A) and cut_out_by(3, X, A)
    best = [max(sum(v == y for v, y in zip(side, Y)) for side in half_planes(X)) for Y in (A, B)]
    evidence(runs(printed), runs(A), f"A {best[0]} of 16", f"B {best[1]} of 16")


def half_planes(X):
    """Every way in which a straight line can divide the points: 0 or 1 for each.

    The order of the points along a direction changes only where two of them are level, so one
    direction between each two such is enough.
    """
    level = sorted({atan2(p[0] - q[0], q[1] - p[1]) % pi for p, q in combinations(X, 2)})
    sides = set()
    for first, second in zip(level, [*level[1:], level[0] + pi]):
        angle = (first + second) / 2
        order = sorted(range(len(X)), key=lambda k: cos(angle) * X[k][0] + sin(angle) * X[k][1])
        for cut in range(len(X) + 1):
            above = set(order[cut:])
            sides |= {tuple(int((k in above) == up) for k in range(len(X))) for up in (True, False)}
    return sorted(sides)


def cut_out_by(n, X, Y):
    """Whether n half-planes have exactly the points of class 1, or of class 0, in common."""
    for wanted in (Y, [1 - y for y in Y]):
        around = [side for side in half_planes(X) if all(v >= y for v, y in zip(side, wanted))]
        if any([min(vs) for vs in zip(*sides)] == list(wanted) for sides in combinations(around, n)):
            return True
    return False


@erratum("ERR-D4-4")
def test_the_weight_leads_into_one_unit(evidence):
    n = D4.of(W=[[[0.1, -0.2], [0.3, 0.4]], [[0.5, -0.6], [0.7, 0.8]]], b=[[0.0, 0.3], [-0.1, 0.2]],
              x=[1.0, 2.0], hidden="sigmoid", output="sigmoid")
    n.output[0].backward()
    a1, a2 = numbers(n.a[1]), numbers(n.a[2])
    printed = a2[0] * (1 - a2[0]) * a1[0]                                   # also for the weight into unit 2
    assert n.W[2][0][1].grad == 0 and n.W[2][0][0].grad == pytest.approx(printed)
    evidence(f"{printed:.6f}", "the engine 0")

    net, largest = random_network(3, [4, 2, 3], "tanh", "tanh", 1), 0.0
    for i in range(3):
        net.zero_grad()
        n = D4(net, [0.5, -1.0, 0.2])
        n.output[i].backward()
        f_slope, a = 1 - n.output[i].data ** 2, numbers(n.a[2])
        for (j, k), w in elements(n.W[3]):
            assert abs(w.grad - (i == k) * f_slope * a[j]) < 1e-15
            largest = max(largest, abs(w.grad - f_slope * a[j]))
    evidence(f"{largest:.4f}")


@erratum("ERR-D4-5")
def test_the_size_of_the_collapsed_matrix(evidence):
    n = D4(random_network(3, [5, 2], "linear"), [0.1, 0.2, 0.3])
    W_h, W_o = np.array(numbers(n.W[1])), np.array(numbers(n.W[2]))
    product = W_h @ W_o
    assert product.shape != W_o.shape
    b = np.array(numbers(n.b[2])) + np.array(numbers(n.b[1])) @ W_o
    agree(numbers(n.output), (b + np.array([0.1, 0.2, 0.3]) @ product).tolist())
    evidence(product.shape, W_o.shape)


@erratum("ERR-D4-6")
def test_the_innermost_index(evidence):
    x = [0.3, -0.8, 0.5]
    n = D4(random_network(3, [3, 3, 3], seed=2), x)
    (w1, w2, w3), (b1, b2, b3) = numbers(n.W[1:]), numbers(n.b[1:])
    def y(i, inner):
        return b3[i] + sum(w3[j][i] * tanh(b2[j] + sum(
            w2[k][j] * tanh(b1[k] + sum(inner(l, j, k) * x[l] for l in range(3))) for k in range(3)))
                           for j in range(3))
    right   = [y(i, lambda l, j, k: w1[l][k]) for i in range(3)]
    printed = [y(i, lambda l, j, k: w1[l][j]) for i in range(3)]
    agree(numbers(n.output), right)
    off = max(abs(p - r) for p, r in zip(printed, right))
    assert off > 1e-3
    evidence(f"{off:.4f}")


@erratum("ERR-D4-7")
def test_factors_are_not_always_fractions(evidence):
    factor = slope(lambda x: engine.sigmoid(5.0 * x), 0.0)
    assert factor > 1 and slope(engine.tanh, 0.0) == 1 and slope(engine.sigmoid, 0.0) == 0.25
    evidence(factor, "tanh'(0) = 1")


@erratum("ERR-D4-8")
def test_which_clipping_keeps_the_direction(evidence):
    def clipped(g, clip):
        ps = with_grads(*g)
        clip(ps, 1.0)
        after = grads(ps)
        return after, sum(a * b for a, b in zip(g, after)) / (hypot(*g) * hypot(*after))
    def each_tensor(ps, limit):
        for part in (ps[:2], ps[2:]):
            clip_by_norm(part, limit)
    two_tensors = [3.0, 4.0, 6.0, 8.0]
    (norm, same), (value, other) = clipped([3.0, 4.0], clip_by_norm), clipped([3.0, 4.0], clip_by_value)
    agree([*norm, same, clipped(two_tensors, clip_by_norm)[1]], [0.6, 0.8, 1.0, 1.0])
    by_tensor = clipped(two_tensors, each_tensor)[1]
    assert value == [1, 1] and other < 0.99 and by_tensor < 0.95
    evidence("(0.6, 0.8)", "cosine 1;", "(1, 1)", f"{other:.5f}", f"{by_tensor:.5f}")


@erratum("ERR-D4-9")
def test_a_single_zero_blocks_its_own_paths(evidence):
    x = Value(1.0)
    engine.relu(-1.0 * engine.relu(x)).backward()
    blocked, x.grad = x.grad, 0
    (engine.relu(-1.0 * engine.relu(x)) + engine.relu(x)).backward()
    assert blocked == 0 and x.grad == 1
    evidence("ReLU: 0", "it: 1")


@erratum("ERR-D4-10")
def test_where_the_residue_is_added(evidence):
    layer = Layer(1, 1, "relu")
    layer.neurons[0].weights[0].data, layer.neurons[0].bias.data = -1.0, -1.0      # W a + b = -2 at a = 1
    before = Residual(layer)([1.0])[0].data
    after  = 1.0 + layer([1.0])[0].data
    assert before == engine.relu(-2.0 + 1.0) == 0 != after == 1

    half = Highway(Layer(1, 1, "linear", init="zeros"), gate_bias=0.0)
    half.layers[0].neurons[0].bias.data = 3.0                               # H = 3
    half.gate.neurons[0].weights[0].data = 0.0                              # g = 1/2
    carried = half([1.0])[0].data
    usual = 0.5 * 3 + (1 - 0.5) * 1
    assert carried == 3.5 != usual
    evidence("before f 0", "after f 1", f"only {carried}", f"highway {usual:.0f}")


@erratum("ERR-D4-11")
def test_flat_where_saturated(evidence):
    at = {z: slope(lambda z: squared_error(engine.sigmoid(z), 1), z) for z in (0.0, -5.0, -10.0)}
    assert at[0.0] == -0.25 and abs(at[-10.0]) < 1e-3
    evidence("-0.25", f"{at[-5.0]:.4f}", f"{at[-10.0]:.4f}")


@erratum("ERR-D4-12")
def test_flat_on_both_sides(evidence):
    for f, peak in ((engine.sigmoid, 0.25), (engine.tanh, 1.0)):
        left = [slope(f, x) for x in (-10.0, -5.0, -1.0, 0.0)]
        agree(left, [slope(f, -x) for x in (-10.0, -5.0, -1.0, 0.0)])
        assert left == sorted(left) and left[-1] == peak and left[0] < 1e-4  # it grows as x grows, up to 0
        evidence(f"{left[0]:.4e}", f"{peak:g}")


@erratum("ERR-D4-13")
def test_existence_on_compact_sets(evidence):
    F = best_fit(np.tanh, np.abs, 80, LINE)
    inside, far = np.abs(F(LINE) - np.abs(LINE)).max(), float(abs(F(np.array([100.0]))[0] - 100))
    assert inside < 0.04 and far > 10
    evidence("0.04", "more than 10")


@erratum("ERR-D4-14")
def test_prelu_and_the_two_dropout_rates(evidence):
    p, x = 2.0, -1.0
    assert engine.maximum(p * x, x) == -1 != engine.leaky_relu(x, p) == -2
    assert engine.maximum(0.5 * x, x) == engine.leaky_relu(x, 0.5)
    r = 0.3
    keep = 1 - r
    drops, keeps = Dropout(r, seed=1), KeepDropout(r, seed=1)
    kept = [sum(v != 0 for v in layer([1.0] * 10_000)) / 10_000 for layer in (drops, keeps)]
    assert kept[0] == pytest.approx(keep, abs=0.025) and kept[1] == pytest.approx(r, abs=0.025)
    evidence("max gives -1", "form -2", f"p = {keep:.1f}")


@erratum("ERR-D4-15")
def test_the_order_makes_the_reverse_pass_cheap(evidence):
    width, layers, calls = 4, 7, 0
    n = D4(random_network(1, [width] * (layers - 1) + [1], seed=1), [0.5])
    n.output.backward()
    W, a = numbers(n.W[1:]), numbers(n.a)
    def slope_of(i, level, j, k):
        """da_i^level / dw_jk^1, by the recurrence as printed (with the factor [i == k])."""
        nonlocal calls
        calls += 1
        f_slope = 1 - a[level][i] ** 2 if level < layers else 1.0           # tanh below, linear on top
        if level == 1:
            return (i == k) * f_slope * a[0][j]
        return f_slope * sum(W[level - 1][m][i] * slope_of(m, level - 1, j, k) for m in range(width))
    agree([slope_of(0, layers, 0, 2)], [n.W[1][0][2].grad])
    z_nodes = sum(v.op == "affine" for v in topological_order(n.output))
    assert calls == sum(width ** k for k in range(layers)) and z_nodes == width * (layers - 1) + 1
    evidence(f"{calls} calls", f"{z_nodes} nodes")


@erratum("ERR-D4-16")
def test_bce_from_logits_and_the_index_of_a_string(evidence):
    stable = bce_with_logits(1000.0, 0)
    assert stable == 1000
    with pytest.raises(ValueError, match="math domain error"):
        -log(1 - sigma(1000.0))
    X, left = binary_to_one_hot("left")
    _, right = binary_to_one_hot("right")
    place = X.index([0.0, 1.0])
    assert "0010".index("1") == left[place] == 2 and "0010"[::-1].index("1") == right[place] == 1
    evidence(f"t = 0: {stable:.0f}", "index 2 from the left", "1 from the right")
