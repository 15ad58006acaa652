"""Nodes without gradients: get_gradients(z) gives them in a dictionary."""

from collections import defaultdict


class Variable:
    def __init__(self, value, local_gradients=()):
        self.value, self.local_gradients = value, local_gradients

    def __add__(self, other): return add(self, other)
    def __mul__(self, other): return mul(self, other)
    def __sub__(self, other): return add(self, neg(lift(other)))

    __radd__, __rmul__ = __add__, __mul__


def lift(x):
    return x if isinstance(x, Variable) else Variable(x)


def add(a, b):
    b = lift(b)
    return Variable(a.value + b.value, ((a, 1.0), (b, 1.0)))


def mul(a, b):
    b = lift(b)
    return Variable(a.value * b.value, ((a, b.value), (b, a.value)))


def neg(a):
    return Variable(-1 * a.value, ((a, -1.0),))


def get_gradients(variable):
    """The derivatives of variable with respect to every node it was made of."""
    gradients = defaultdict(float)
    gradients[variable] = 1.0
    order, seen, stack = [], set(), [(variable, False)]
    while stack:
        v, done = stack.pop()
        if done:
            order.append(v)
        elif id(v) not in seen:
            seen.add(id(v))
            stack += [(v, True), *((x, False) for x, _ in v.local_gradients)]
    for v in reversed(order):
        for x, slope in v.local_gradients:
            gradients[x] += slope * gradients[v]
    return gradients
