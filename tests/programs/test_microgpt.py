"""A GPT on scalars, in the shape of microgpt: embeddings, rmsnorm, attention, an MLP, cross-entropy and Adam
by hand."""

import math
import random

import pytest

from engine import Value

WIDTH, HEADS, BLOCK = 4, 2, 5
NAMES  = ["abba", "baab", "abab", "aabb"]
LETTERS = sorted(set("".join(NAMES)))
END    = len(LETTERS)                                                 # the token that starts and ends a name


def matrix(rows, columns):
    return [[Value(random.gauss(0, 0.2)) for _ in range(columns)] for _ in range(rows)]


def linear(x, w):
    return [sum(wi * xi for wi, xi in zip(row, x)) for row in w]


def softmax(logits):
    top = max(v.data for v in logits)
    exps = [(v - top).exp() for v in logits]
    total = sum(exps)
    return [e / total for e in exps]


def rmsnorm(x):
    scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


class GPT:
    def __init__(self, tokens):
        self.p = {"wte": matrix(tokens, WIDTH), "wpe": matrix(BLOCK, WIDTH), "head": matrix(tokens, WIDTH),
                  **{name: matrix(WIDTH, WIDTH) for name in ("q", "k", "v", "o")},
                  "up": matrix(2 * WIDTH, WIDTH), "down": matrix(WIDTH, 2 * WIDTH)}
        self.parameters = [v for m in self.p.values() for row in m for v in row]

    def __call__(self, token, position, keys, values):
        p = self.p
        x = rmsnorm([t + s for t, s in zip(p["wte"][token], p["wpe"][position])])
        q, size, mixed = linear(rmsnorm(x), p["q"]), WIDTH // HEADS, []
        keys.append(linear(rmsnorm(x), p["k"]))
        values.append(linear(rmsnorm(x), p["v"]))
        for h in range(0, WIDTH, size):
            scores  = [sum(q[h + j] * k[h + j] for j in range(size)) / size ** 0.5 for k in keys]
            weights = softmax(scores)
            mixed  += [sum(a * v[h + j] for a, v in zip(weights, values)) for j in range(size)]
        x = [a + b for a, b in zip(linear(mixed, p["o"]), x)]
        hidden = [v.relu() for v in linear(rmsnorm(x), p["up"])]
        x = [a + b for a, b in zip(linear(hidden, p["down"]), x)]
        return linear(x, p["head"])


def loss_of(gpt, name):
    tokens = [END, *map(LETTERS.index, name), END]
    keys, values, losses = [], [], []
    for position, (token, target) in enumerate(zip(tokens, tokens[1:])):
        probabilities = softmax(gpt(token, position, keys, values))
        losses.append(-probabilities[target].log())
    return (1 / len(losses)) * sum(losses)


@pytest.fixture
def gpt():
    random.seed(42)
    return GPT(END + 1)


def test_adam_by_hand_teaches_it_the_names(gpt):
    m, v, history = [0.0] * len(gpt.parameters), [0.0] * len(gpt.parameters), []
    for step in range(24):
        loss = loss_of(gpt, NAMES[step % len(NAMES)])
        loss.backward()
        for i, p in enumerate(gpt.parameters):
            m[i] = 0.85 * m[i] + 0.15 * p.grad
            v[i] = 0.99 * v[i] + 0.01 * p.grad ** 2
            p.data -= 0.05 * (m[i] / (1 - 0.85 ** (step + 1))) / ((v[i] / (1 - 0.99 ** (step + 1))) ** 0.5
                                                                  + 1e-8)
            p.grad = 0
        history.append(loss.data)
    assert sum(history[:4]) / 4 > 0.9 * math.log(END + 1) and sum(history[-4:]) / 4 < 0.8


def test_it_writes_names(gpt):
    keys, values, token, written = [], [], END, []
    for position in range(BLOCK):
        probabilities = softmax([logit / 0.5 for logit in gpt(token, position, keys, values)])
        assert sum(p.data for p in probabilities) == pytest.approx(1.0)
        token = random.choices(range(END + 1), weights=[p.data for p in probabilities])[0]
        if token == END: break
        written.append(LETTERS[token])
    assert set(written) <= set(LETTERS)


def test_its_own_backward_pass_over_children_and_local_grads_agrees(gpt):
    """microgpt's loop, on our nodes: recursion, then child.grad += local_grad * v.grad."""
    loss = loss_of(gpt, "ab")
    loss.backward()
    ours = [p.grad for p in gpt.parameters]
    order, seen = [], set()

    def visit(v):
        if v not in seen:
            seen.add(v)
            for child in v._children:
                visit(child)
            order.append(v)
    visit(loss)
    for v in order: v.grad = 0
    loss.grad = 1
    for v in reversed(order):
        for child, local_grad in zip(v._children, v._local_grads):
            child.grad += local_grad * v.grad
    assert [p.grad for p in gpt.parameters] == pytest.approx(ours, rel=1e-12, abs=1e-18)


def test_a_slope_measured_with_a_small_step_agrees(gpt):
    loss_of(gpt, "ab").backward()
    for p in gpt.parameters[::17]:
        x, sides = p.data, []
        for p.data in (x + 1e-5, x - 1e-5):
            sides.append(loss_of(gpt, "ab").data)
        p.data = x
        assert (sides[0] - sides[1]) / 2e-5 == pytest.approx(p.grad, rel=1e-5, abs=1e-8)
