"""Three classes of points by an MLP, cross-entropy and AdamW, in the shape of EurekaLabs' micrograd.

Its optimizer keeps its moments on the parameters, p.m and p.v, and its drawing a colour: that takes a
subclass of Value for the leaves, one line. What is computed from them are Values as ever.
"""

import pytest

import engine

from .test_lecture import everything_below


class Value(engine.Value):
    """The line that a program adds which keeps attributes of its own on Values."""


class RNG:
    """xorshift*, so that every language draws the same numbers."""

    def __init__(self, seed): self.state = seed

    def uniform(self, low, high):
        for shift in (-12, 25, -27):
            moved = self.state >> -shift if shift < 0 else self.state << shift
            self.state ^= moved & (2**64 - 1)
        word = (self.state * 0x2545F4914F6CDD1D >> 32) & (2**32 - 1)
        return low + (high - low) * (word >> 8) / 2**24


def coloured(values, colour):
    for v in values:
        v._vis_color = colour


class Neuron:
    def __init__(self, inputs, rng, curved):
        self.w = [Value(rng.uniform(-1, 1) * inputs**-0.5) for _ in range(inputs)]
        self.b, self.curved = Value(0), curved
        coloured([self.b] + self.w, "lightgreen")

    def __call__(self, x):
        z = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return z.tanh() if self.curved else z


class MLP:
    def __init__(self, sizes, rng):
        last = len(sizes) - 2
        self.layers = [[Neuron(a, rng, k != last) for _ in range(b)]
                       for k, (a, b) in enumerate(zip(sizes, sizes[1:]))]

    def __call__(self, x):
        for layer in self.layers:
            x = [n(x) for n in layer]
        return x

    def parameters(self):
        return [p for layer in self.layers for n in layer for p in n.w + [n.b]]


class AdamW:
    def __init__(self, parameters, lr=0.1, betas=(0.9, 0.95), weight_decay=0.0):
        self.parameters, self.lr, self.betas, self.decay, self.t = parameters, lr, betas, weight_decay, 0
        for p in parameters:
            p.m = p.v = 0

    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for p in self.parameters:
            p.m = b1 * p.m + (1 - b1) * p.grad
            p.v = b2 * p.v + (1 - b2) * p.grad ** 2
            m, v = p.m / (1 - b1 ** self.t), p.v / (1 - b2 ** self.t)
            p.data -= self.lr * (m / (v ** 0.5 + 1e-8) + self.decay * p.data)

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0


def cross_entropy(logits, target):
    exps = [x.exp() for x in logits]
    total = sum(exps)
    return -(exps[target] / total).log()


def mean_loss(model, data):
    total = Value(0.0)
    for x, y in data:
        total = total + cross_entropy(model(x), y)
    return total * (1.0 / len(data))


@pytest.fixture
def data():
    rng = RNG(42)
    points = [[rng.uniform(-2, 2), rng.uniform(-2, 2)] for _ in range(40)]
    return [(p, 0 if p[0] < 0 else 1 if p[1] < 0 else 2) for p in points]


def test_training(data):
    model = MLP([2, 8, 3], RNG(7))
    optimizer = AdamW(model.parameters(), weight_decay=1e-4)
    losses = []
    for _ in range(25):
        loss = mean_loss(model, data)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.data)
    hits = sum(max(range(3), key=lambda k: logits[k].data) == y for x, y in data for logits in [model(x)])
    assert losses[-1] < losses[0] / 4 and hits > 36


def test_the_same_training_in_a_second_run(data):
    runs = []
    for _ in range(2):
        model = MLP([2, 3, 3], RNG(7))
        loss = mean_loss(model, data[:5])
        loss.backward()
        runs.append([p.grad for p in model.parameters()])
    assert runs[0] == runs[1]


def test_the_graph_of_one_point_has_its_colours():
    model = MLP([2, 3, 3], RNG(7))
    x = [Value(0.0), Value(0.0)]
    coloured(x, "lightblue")
    loss = mean_loss(model, [(x, 0)])
    loss.backward()
    nodes, _ = everything_below(loss)
    colours = [getattr(n, "_vis_color", "white") for n in nodes]
    assert colours.count("lightblue") == 2 and colours.count("lightgreen") == len(model.parameters())
    assert {n._op for n in nodes} == {"", "+", "*", "/", "tanh", "exp", "log", "neg"}
