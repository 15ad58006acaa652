"""micrograd's demo, its graph tracing and its own tests, in their shape, with the import replaced."""

import random

import pytest

import nn
from engine import Value

from .test_lecture import picture


def points(count):
    """Two half circles, one inside the other's opening, as NumPy arrays: what sklearn's moons give, labels -1
    and 1."""
    np = pytest.importorskip("numpy")
    X, Y = nn.moons(count, noise=0.05, seed=3)
    return np, np.array(X), np.array(Y, dtype=int) * 2 - 1


def loss_and_accuracy(model, X, Y):
    """The max-margin loss with L2, as the demo computes it."""
    inputs = [list(map(Value, row)) for row in X]
    scores = list(map(model, inputs))
    losses = [(1 + -yi * si).relu() for yi, si in zip(Y, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    reg_loss = 1e-4 * sum(p * p for p in model.parameters())
    hits = [(yi > 0) == (si.data > 0) for yi, si in zip(Y, scores)]
    return data_loss + reg_loss, sum(hits) / len(hits)


def test_a_binary_classifier_on_moons_and_its_decision_boundary():
    np, X, Y = points(40)
    model = nn.MLP(2, [8, 8, 1], seed=5)
    first = None
    for k in range(40):
        total_loss, accuracy = loss_and_accuracy(model, X, Y)
        first = total_loss.data if first is None else first
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
    assert total_loss.data < first / 2 and accuracy > 0.85

    xx, yy = np.meshgrid(np.arange(-1.5, 2.6, 0.5), np.arange(-1.0, 1.6, 0.5))
    mesh = np.c_[xx.ravel(), yy.ravel()]
    scores = list(map(model, [list(map(Value, row)) for row in mesh]))
    Z = np.array([s.data > 0 for s in scores]).reshape(xx.shape)
    assert Z.shape == xx.shape and 0 < Z.sum() < Z.size


def test_the_model_prints_its_layers():
    text = repr(nn.MLP(2, [16, 16, 1]))
    assert text.startswith("MLP") and "16" in text


def test_tracing_a_small_graph():
    x = Value(1.0)
    y = (x * 2 + 1).relu()
    y.backward()
    source = picture(y).source
    assert all(f"label={op}" in source or f'label="{op}"' in source for op in ("ReLU", "+", "*"))
    assert "data 3.0000 | grad 1.0000" in source and x.grad == 2.0


def test_tracing_a_neuron():
    random.seed(1337)
    n = nn.Neuron(2)
    y = n([Value(1.0), Value(-2.0)])
    y.backward()
    assert "digraph" in picture(y).source


def test_sanity():
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert (y.data, x.grad) == (-20.0, 46.0)                          # by PyTorch


def test_more_operations():
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert g.data == pytest.approx(24.70408163265306, abs=1e-12)      # by PyTorch
    assert (a.grad == pytest.approx(138.83381924198252, abs=1e-12)
            and b.grad == pytest.approx(645.5772594752186, abs=1e-12))


@pytest.mark.parametrize("f, x, z, slope", [(Value.tanh, -1.0, -0.7615941559557649, 0.41997434161402614),
                                            (Value.exp, 2.0, 7.38905609893065, 7.38905609893065)])
def test_functions_of_the_class(f, x, z, slope):
    x = Value(x)
    y = f(x)
    y.backward()
    assert y.data == pytest.approx(z, rel=1e-15) and x.grad == pytest.approx(slope, rel=1e-14)
