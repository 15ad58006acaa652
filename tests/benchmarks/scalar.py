"""Speed of the scalar engine against its peers, in one run: `python -m tests.benchmarks.scalar`.

W1: MLP 2-16-16-1 tanh, 100 two-moons samples, hinge loss + L2; forward, backward and update.
W4: XOR, MLP 2-4-1 sigmoid, 4 samples. Chain: 10^6 products, one after the other.

Peers run as their users run them, with the cyclic collector on; `engine` as its users run it inside
nn.fit, with the collector paused (its figure with the collector on stands next to it). The fastest
of several steps counts, and the peers take turns, so that the machine's other work cancels.
"""

from __future__ import annotations

import gc
import math
import random
import sys
import time

from engine import Value, total
from nn import MLP

CHAIN = 1_000_000


class Small:
    """A Value after microgpt's plan: slots, children, local gradients, a recursive sort."""

    __slots__ = ("data", "grad", "children", "slopes")

    def __init__(self, data, children=(), slopes=()):
        self.data, self.grad, self.children, self.slopes = data, 0.0, children, slopes

    def __add__(self, other):
        other = other if isinstance(other, Small) else Small(other)
        return Small(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Small) else Small(other)
        return Small(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self):
        t = math.tanh(self.data)
        return Small(t, (self,), (1 - t * t,))

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data))
        return Small(s, (self,), (s * (1 - s),))

    def relu(self):
        return Small(max(0.0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self): return self * -1
    def __sub__(self, other): return self + (-other)
    def __rsub__(self, other): return (-self) + other
    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen = [], set()
        def visit(v):
            if v not in seen:
                seen.add(v)
                for child in v.children:
                    visit(child)
                order.append(v)
        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for child, slope in zip(v.children, v.slopes):
                child.grad += slope * v.grad


def moons(n, rng):
    angles = [math.pi * rng.random() for _ in range(n)]
    return [([math.cos(a) + rng.gauss(0, 0.1), math.sin(a) + rng.gauss(0, 0.1)], 1) if i % 2 else
            ([1 - math.cos(a) + rng.gauss(0, 0.1), 0.5 - math.sin(a) + rng.gauss(0, 0.1)], -1)
            for i, a in enumerate(angles)]


def plain_network(make, sizes, hidden, last, rng):
    """(model, parameters) of single products and sums, for a class with the operators of a Value."""
    layers = [[([make(rng.gauss(0, n_in**-0.5)) for _ in range(n_in)], make(0.0)) for _ in range(n_out)]
              for n_in, n_out in zip(sizes, sizes[1:])]

    def model(x):
        for k, layer in enumerate(layers):
            f = hidden if k < len(layers) - 1 else last
            x = [f(sum((w * xj for w, xj in zip(ws, x)), b)) for ws, b in layer]
        return x[0]
    return model, [p for layer in layers for ws, b in layer for p in (*ws, b)]


def micrograd_tanh(x):
    """micrograd's Value has no tanh, as its users know: they add it, as a closure like all its operations."""
    from micrograd.engine import Value as Peer
    t = math.tanh(x.data)
    out = Peer(t, (x,), "tanh")
    def _backward():
        x.grad += (1 - t * t) * out.grad
    out._backward = _backward
    return out


def step_of(model, parameters, loss, zero=0.0):
    def step():
        for p in parameters:
            p.grad = zero
        loss(model, parameters).backward()
        for p in parameters:
            p.data -= 0.01 * p.grad
    return step


def w1(data, add):
    def loss(model, parameters):
        hinge = add([(1 + model(x) * -t).relu() for x, t in data]) * (1.0 / len(data))
        return hinge + add([p * p for p in parameters]) * 1e-4
    return loss


def w4(add):
    data = [([a, b], a ^ b) for a in (0, 1) for b in (0, 1)]
    def loss(model, parameters):
        errors = [model(x) - t for x, t in data]
        return add([e * e for e in errors])
    return loss


def measure(steps, rounds):
    """The fastest step of each, in ms; they take turns. (step, whether the collector runs)"""
    best = dict.fromkeys(steps, math.inf)
    for _ in range(rounds):
        for name, (step, collect) in steps.items():
            gc.collect()
            if not collect:
                gc.disable()
            start = time.perf_counter()
            step()
            best[name] = min(best[name], (time.perf_counter() - start) * 1e3)
            gc.enable()
    return best


def contest(title, sizes, hidden, loss, data, rounds):
    rng = random.Random(1)
    def ours(elementwise):
        model = MLP(sizes[0], sizes[1:], hidden=hidden, output=hidden, elementwise=elementwise)
        return step_of(model, model.parameters(), loss(*data, total), 0)
    small, parameters = plain_network(Small, sizes, getattr(Small, hidden), getattr(Small, hidden), rng)
    steps = {"microgpt-style": (step_of(small, parameters, loss(*data, sum)), True),
             "engine, affine": (ours(False), False),
             "engine, affine, collector on": (ours(False), True),
             "engine, elementwise": (ours(True), False),
             "engine, elementwise, collector on": (ours(True), True)}
    try:
        from micrograd.engine import Value as Peer
        if hidden == "tanh":
            peer, parameters = plain_network(Peer, sizes, micrograd_tanh, micrograd_tanh, rng)
            steps["micrograd"] = (step_of(peer, parameters, loss(*data, sum)), True)
    except ImportError:
        print("micrograd is not installed: pip install '.[peers]' adds it to the comparison")
    best = measure(steps, rounds)
    peers = "microgpt-style" + (", micrograd" if "micrograd" in best else "")
    print(f"\n{title}\n{'':38}{'ms':>9}   times as fast as {peers}")
    for name, ms in best.items():
        ratios = [best["microgpt-style"] / ms] + ([best["micrograd"] / ms] if "micrograd" in best else [])
        print(f"  {name:36}{ms:9.3f}   " + "  ".join(f"{r:8.2f}x" for r in ratios))


def chain():
    """Forward, backward and freeing of 10^6 products: ns and peak bytes per operation."""
    try:
        import resource
    except ImportError:
        resource = None
    def peak():
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit if resource else math.nan
    gc.collect()
    gc.disable()
    x, w, base, times = Value(1.0), Value(1.0000001), peak(), [time.perf_counter()]
    z = x
    for _ in range(CHAIN):
        z = z * w
    times.append(time.perf_counter())
    z.backward()
    times.append(time.perf_counter())
    size = (peak() - base) / CHAIN
    del z
    times.append(time.perf_counter())
    gc.enable()
    forward, backward, free = ((b - a) / CHAIN * 1e9 for a, b in zip(times, times[1:]))
    print(f"chain of {CHAIN:,} products: forward {forward:.0f} ns, backward {backward:.0f} ns, free "
          f"{free:.0f} ns, {size:.0f} bytes at the peak, per operation")


def main():
    chain()                                              # first: the peak of memory is the process's own
    contest("W1: 2-16-16-1 tanh, 100 moons, hinge + L2", [2, 16, 16, 1], "tanh", w1,
            [moons(100, random.Random(0))], 7)
    contest("W4: XOR 2-4-1 sigmoid, 4 samples", [2, 4, 1], "sigmoid", w4, [], 60)


if __name__ == "__main__":
    main()
