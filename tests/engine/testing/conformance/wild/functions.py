"""Functions beside the class: exp(x), log(x), tanh(x), as in NumPy."""

import math


class Value:
    def __init__(self, data, inputs=()):
        self.data, self.grad, self.inputs = data, 0.0, inputs

    def __add__(self, other):
        other = const(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = const(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __radd__(self, other): return self + other
    def __rmul__(self, other): return self * other
    def __neg__(self):         return self * -1.0
    def __sub__(self, other):  return self + -const(other)
    def __rsub__(self, other): return const(other) + -self

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v.inputs)]
        for v in order:
            if v.inputs:
                v.grad = 0.0
        self.grad += 1.0
        for v in reversed(order):
            for x, slope in v.inputs:
                x.grad += slope * v.grad


def const(x):
    return x if isinstance(x, Value) else Value(x)


def exp(x):
    e = math.exp(x.data)
    return Value(e, ((x, e),))


def log(x):
    return Value(math.log(x.data), ((x, 1 / x.data),))


def tanh(x):
    t = math.tanh(x.data)
    return Value(t, ((x, 1 - t * t),))


def ReLU(x):
    return Value(x.data if x.data > 0 or x.data != x.data else 0.0, ((x, 1.0 if x.data > 0 else 0.0),))


def gelu(x):
    """Beside the usual functions; the approximation by tanh."""
    u = 0.7978845608028654 * (x.data + 0.044715 * x.data ** 3)
    t = math.tanh(u)
    slope = 0.5 * (1 + t) + 0.5 * x.data * (1 - t * t) * 0.7978845608028654 * (1 + 0.134145 * x.data ** 2)
    return Value(0.5 * x.data * (1 + t), ((x, slope),))
