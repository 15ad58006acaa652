"""Arrays, gradients only where they are asked for, and gradients that are arrays filled in place."""

import numpy as np


class Tensor:
    def __init__(self, data, requires_grad=False, parents=()):
        self.data = np.array(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = np.zeros_like(self.data) if requires_grad else None
        self.parents = parents

    @staticmethod
    def of(x):
        return x if isinstance(x, Tensor) else Tensor(x)

    def made(self, data, *parents):
        parents = tuple((p, s) for p, s in parents if p.requires_grad)
        return Tensor(data, bool(parents), parents)

    def __add__(self, other):
        other = Tensor.of(other)
        return self.made(self.data + other.data, (self, np.array(1.0)), (other, np.array(1.0)))

    def __mul__(self, other):
        other = Tensor.of(other)
        return self.made(self.data * other.data, (self, other.data.copy()), (other, self.data.copy()))

    def __truediv__(self, other):
        other = Tensor.of(other)
        return self.made(self.data / other.data, (self, 1 / other.data),
                         (other, -self.data / other.data ** 2))

    def log(self):
        return self.made(np.log(self.data), (self, 1 / self.data))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        if not self.requires_grad:
            raise RuntimeError("this tensor does not require gradients")
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            t, done = stack.pop()
            if done:
                order.append(t)
                if t.parents:
                    t.grad.fill(0.0)
            elif id(t) not in seen:
                seen.add(id(t))
                stack += [(t, True), *((p, False) for p, _ in t.parents)]
        self.grad += np.ones_like(self.data)
        for t in reversed(order):
            for p, slope in t.parents:
                p.grad += slope * t.grad
