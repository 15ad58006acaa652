"""Single precision in arrays, and gradients only where they are asked for."""

import numpy as np


class Tensor:
    def __init__(self, data, requires_grad=False, edges=()):
        self.data, self.requires_grad, self.edges = np.array(data, dtype=np.float32), requires_grad, edges
        self.grad = np.zeros_like(self.data)

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data + other.data, True, ((self, np.float32(1)), (other, np.float32(1))))

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data * other.data, True, ((self, other.data), (other, self.data)))

    def tanh(self):
        t = np.tanh(self.data)
        return Tensor(t, True, ((self, 1 - t * t),))

    def exp(self):
        e = np.exp(self.data)
        return Tensor(e, True, ((self, e),))

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
                v.grad = np.zeros_like(v.data)
        self.grad = self.grad + np.ones_like(self.data)
        for v in order[::-1]:
            for x, slope in v.edges:
                x.grad = x.grad + slope * v.grad
