"""Single precision in plain numbers."""

import numpy as np


class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = np.float32(data), np.float32(0), edges

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, np.float32(1)), (other, np.float32(1))))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def tanh(self):
        t = np.tanh(self.data)
        return Value(t, ((self, 1 - t * t),))

    def exp(self):
        e = np.exp(self.data)
        return Value(e, ((self, e),))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):        return self * -1
    def __sub__(self, other): return self + -other

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v.edges)]
        for v in order:
            if v.edges:
                v.grad = np.float32(0)
        self.grad += np.float32(1)
        for v in order[::-1]:
            for x, slope in v.edges:
                x.grad += slope * v.grad
