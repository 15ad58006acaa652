"""Arrays of one element; numbers have to be given as such."""

import numpy as np


class Variable:
    def __init__(self, data, creators=()):
        if not isinstance(data, np.ndarray):
            raise TypeError(f"{type(data)} is not supported")
        self.data, self.grad, self.creators = data, None, creators

    def __add__(self, other):
        other = as_variable(other)
        return Variable(self.data + other.data, [(self, np.ones(1)), (other, np.ones(1))])

    def __mul__(self, other):
        other = as_variable(other)
        return Variable(self.data * other.data, [(self, other.data), (other, self.data)])

    def __sub__(self, other): return self + as_variable(other) * -1.0

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((c, False) for c, _ in v.creators)]
        for v in order:
            if v.creators or v.grad is None:
                v.grad = np.zeros(1)
        self.grad = self.grad + np.ones(1)
        for v in reversed(order):
            for c, slope in v.creators:
                c.grad = c.grad + slope * v.grad


def as_variable(x):
    return x if isinstance(x, Variable) else Variable(np.array([float(x)]))
