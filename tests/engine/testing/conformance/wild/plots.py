"""A file that ends in a picture, for which a package is missing."""

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


print("a picture:")

import no_such_plotting_package as plt  # noqa: E402

plt.plot([exp(Value(x / 10)).data for x in range(100)])
