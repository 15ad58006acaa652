"""Scalars of NumPy in double precision: these are floats."""

import numpy as np


class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = np.float64(data), np.float64(0), edges

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def tanh(self):
        t = np.tanh(self.data)
        return Value(t, ((self, 1 - t * t),))

    __radd__, __rmul__ = __add__, __mul__

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
                v.grad = np.float64(0)
        self.grad += 1.0
        for v in order[::-1]:
            for x, slope in v.edges:
                x.grad += slope * v.grad
