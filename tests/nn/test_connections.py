"""Ways around layers, element by element by the documents' formulas, and parts one after the other."""

from math import exp, tanh
from random import Random

import pytest

from engine import Value, total
from engine import tanh as tanh_of
from nn import MLP, BatchNorm, Dropout, Elementwise, Highway, Layer, Residual, Sequential, WeightedSkip
from tests.conventions import numbers

N, C = 3, [0.5, -1.5, 2.0]                               # width, and the upstream gradient of each output


def matrix_and_bias(layer):
    return numbers([n.weights for n in layer.neurons]), numbers([n.bias for n in layer.neurons])


def grads(layer):
    return [[w.grad for w in n.weights] for n in layer.neurons]


def plain(W, b, x):
    return [sum(w * xj for w, xj in zip(row, x)) + bk for row, bk in zip(W, b)]


def setting(kind, seed_, **options):
    """A connection around two tanh layers, its input, and everything the formulas need, on plain numbers."""
    rng = Random(seed_)
    first, last = Layer(N, N, "tanh", init="normal", seed=rng), Layer(N, N, "tanh", init="normal", seed=rng)
    connection = kind(first, last, **options)
    x  = [rng.gauss(0, 1) for _ in range(N)]
    a1 = [Value(v) for v in x]
    out = connection(a1)
    total([c * y for c, y in zip(C, out)]).backward()
    (W2, b2), (W3, b3) = matrix_and_bias(first), matrix_and_bias(last)
    a2 = [tanh(z) for z in plain(W2, b2, x)]
    return connection, first, last, x, a1, out, W2, W3, a2, plain(W3, b3, a2)


def backward_through_layers(delta3, W2, W3, a2):
    """What reaches a1 by way of the layers: W2^T (f'(z2) * W3^T delta3)."""
    delta2 = [(1 - a2[i] ** 2) * sum(W3[k][i] * delta3[k] for k in range(N)) for i in range(N)]
    return [sum(W2[i][j] * delta2[i] for i in range(N)) for j in range(N)]


def deltas(z3):
    return [tanh(z) for z in z3], [c * (1 - tanh(z) ** 2) for c, z in zip(C, z3)]


@pytest.mark.parametrize("seed", range(3))
def test_residual(seed):
    _, _, last, x, a1, out, W2, W3, a2, z3 = setting(Residual, seed)
    a3, delta3 = deltas([z + xj for z, xj in zip(z3, x)])                                 # D4-41
    inner = backward_through_layers(delta3, W2, W3, a2)
    assert [y.data for y in out] == pytest.approx(a3, rel=1e-13)
    assert [v.grad for v in a1] == pytest.approx([g + d for g, d in zip(inner, delta3)], rel=1e-12)
    assert grads(last) == [pytest.approx([d * a for a in a2], rel=1e-12) for d in delta3]


@pytest.mark.parametrize("seed", range(3))
def test_weighted_skip(seed):
    skip, _, _, x, a1, out, W2, W3, a2, z3 = setting(WeightedSkip, seed, init="normal", seed=5)
    U = [[w.data for w in skip.weights[k * N:k * N + N]] for k in range(N)]
    a3, delta3 = deltas([z + sum(u * xj for u, xj in zip(row, x)) for z, row in zip(z3, U)])   # D4-40
    inner = backward_through_layers(delta3, W2, W3, a2)
    assert [y.data for y in out] == pytest.approx(a3, rel=1e-13)
    assert [u.grad for u in skip.weights] == pytest.approx([d * xj for d in delta3 for xj in x], rel=1e-12)
    assert [v.grad for v in a1] == pytest.approx(
        [inner[j] + sum(U[k][j] * delta3[k] for k in range(N)) for j in range(N)], rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_highway(seed):
    highway, _, _, x, a1, out, W2, W3, a2, z3 = setting(Highway, seed, gate_bias=0.3, seed=6)
    G, bg = matrix_and_bias(highway.gate)
    g = [1 / (1 + exp(-z)) for z in plain(G, bg, x)]
    a3, delta3 = deltas([z + gk * xj for z, gk, xj in zip(z3, g, x)])                     # D4-42
    gate  = [d * xj * gk * (1 - gk) for d, xj, gk in zip(delta3, x, g)]
    inner = backward_through_layers(delta3, W2, W3, a2)
    assert bg == [0.3] * N
    assert [y.data for y in out] == pytest.approx(a3, rel=1e-13)
    assert grads(highway.gate) == [pytest.approx([e * xj for xj in x], rel=1e-11) for e in gate]
    assert [v.grad for v in a1] == pytest.approx(
        [inner[j] + g[j] * delta3[j] + sum(G[k][j] * gate[k] for k in range(N)) for j in range(N)], rel=1e-11)


def test_an_open_gate_is_residual_and_a_closed_one_the_plain_layers():
    layers, x = [Layer(N, N, "tanh", seed=1), Layer(N, N, "tanh", seed=2)], [0.3, -0.7, 1.1]
    def out(model): return [y.data for y in model(x)]
    assert out(Highway(*layers, gate_bias=50.0)) == pytest.approx(out(Residual(*layers)), rel=1e-15)
    assert out(Highway(*layers, gate_bias=-50.0)) == pytest.approx(out(Sequential(*layers)), rel=1e-15)


@pytest.mark.parametrize("after", [False, True])
def test_the_usual_residual_block_adds_at_the_very_end(after):
    x = [0.3, -0.7, 1.1]                                 # after=True, or a last layer whose f is the identity
    first, last = Layer(N, N, "tanh", seed=1), Layer(N, N, "relu" if after else "linear", seed=2)
    F, y = Sequential(first, last)(x), Residual(first, last, after=after)(x)
    assert [yk.data for yk in y] == pytest.approx([f.data + xj for f, xj in zip(F, x)])


def test_a_skip_joins_different_widths():
    model = WeightedSkip(Layer(2, 5), Layer(5, 3, "linear"))
    assert len(model([1.0, 2.0])) == 3 and len(model.parameters()) == 15 + 18 + 6
    assert len(WeightedSkip(lambda a: [tanh_of(v) for v in a], Layer(2, 3), n_in=2)([1.0, 2.0])) == 3


def gradient_at_the_input(block, depth=20, width=8, **options):
    rng, x = Random(0), [Value(0.1 * (j - 3)) for j in range(width)]
    a = x
    for _ in range(depth):
        a = block(Layer(width, width, "sigmoid", init="xavier", seed=rng), **options)(a)
    total(a).backward()
    return max(abs(v.grad) for v in x)


def test_the_usual_way_around_keeps_the_gradient_alive_through_20_sigmoid_layers():
    assert gradient_at_the_input(Sequential) < 1e-8                                       # D4-41
    assert gradient_at_the_input(Residual, after=True) > 1
    assert gradient_at_the_input(Highway, after=True, gate_bias=2.0, seed=1) > 1e-2
    # before f, sigma' counts
    assert 1e-8 > gradient_at_the_input(Residual) > 10 * gradient_at_the_input(Sequential)


# --- one after the other --------------------------------------------------------------------------

def test_sequential_is_its_parts_in_order_and_an_mlp_when_they_are_its_layers():
    mlp = MLP(2, [4, 3, 1], hidden="tanh", seed=2)
    model, x = Sequential(*mlp.layers), [0.5, -1.0]
    assert model(x).data == mlp(x).data
    assert model.parameters() == mlp.parameters()
    assert model.batch([x, x])[1].data == mlp(x).data


def test_a_part_is_anything_that_can_be_called():
    model = Sequential(Layer(2, 2, "linear"), lambda z: [zk * 2 for zk in z], Elementwise("tanh"),
                       Dropout(0.5).eval())
    assert len(model([1.0, 2.0])) == 2


def test_layers_inside_are_numbered():
    model = Sequential(Layer(2, 2), Residual(Layer(2, 2), Layer(2, 2)), MLP(2, [3, 1]))
    assert [p.label for p in model.parameters() if p.label.endswith("[1,1]")] == [
        "W1[1,1]", "W2[1,1]", "W3[1,1]", "W4[1,1]", "W5[1,1]"]


def test_layers_of_a_sequential_inside_another_are_numbered_with_all_others():
    model = Sequential(Sequential(Layer(2, 1), Layer(1, 1)), Layer(1, 1))
    assert [p.label for p in model.parameters() if p.label.endswith("[1]")] == ["b1[1]", "b2[1]", "b3[1]"]


def test_parameters_shared_by_two_parts_are_listed_once():
    layer = Layer(2, 2)
    assert len(Sequential(layer, layer).parameters()) == 6


@pytest.mark.parametrize(("call", "error", "says"), [
    (lambda: Sequential(), ValueError, "at least one part"),
    (lambda: Sequential([Layer(2, 2)]), TypeError, r"not Sequential\(\[a, b\]\)"),
    (lambda: Residual(), TypeError, "must be a Layer"),
    (lambda: Residual(Layer(2, 2), Elementwise("tanh")), TypeError, "must be a Layer"),
    (lambda: Residual(Layer(2, 3), Layer(3, 4))([1.0, 2.0]), ValueError, "equal widths, or WeightedSkip"),
    (lambda: Highway(Layer(2, 3), Layer(3, 4))([1.0, 2.0]), ValueError, "equal widths, or WeightedSkip"),
    (lambda: WeightedSkip(Elementwise("tanh"), Layer(2, 2)), ValueError, "give n_in"),
    (lambda: Sequential(Layer(2, 3), Layer(2, 1))([1.0, 2.0]), ValueError, "2 inputs expected, 3 given"),
    (lambda: Sequential(BatchNorm(2))([1.0, 2.0]), ValueError, "model.batch"),
    (lambda: Elementwise("tangens"), ValueError, "unknown activation"),
])
def test_a_clear_error(call, error, says):
    with pytest.raises(error, match=says):
        call()
