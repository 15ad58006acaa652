"""Closures, as in many first engines; the number is a value, the gradient a gradient."""

import math


class Scalar:
    def __init__(self, value, parents=()):
        self.value, self.gradient, self.parents, self.pull = value, 0.0, parents, lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        out = Scalar(self.value + other.value, (self, other))

        def pull():
            self.gradient += out.gradient
            other.gradient += out.gradient
        out.pull = pull
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        a, b = self.value, other.value
        out = Scalar(a * b, (self, other))

        def pull():
            self.gradient += b * out.gradient
            other.gradient += a * out.gradient
        out.pull = pull
        return out

    def tanh(self):
        t = math.tanh(self.value)
        out = Scalar(t, (self,))

        def pull():
            self.gradient += (1 - t * t) * out.gradient
        out.pull = pull
        return out

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):         return self * -1.0
    def __sub__(self, other):  return self + -other
    def __rsub__(self, other): return -self + other

    def backprop(self):
        order, seen, stack = [], {id(self)}, [(self, iter(self.parents))]
        while stack:
            node, rest = stack[-1]
            parent = next(rest, None)
            if parent is None:
                order.append(stack.pop()[0])
            elif id(parent) not in seen:
                seen.add(id(parent))
                stack.append((parent, iter(parent.parents)))
        for node in order:
            if node.parents:
                node.gradient = 0.0
        self.gradient = 1.0 if self.parents else self.gradient + 1.0
        for node in reversed(order):
            node.pull()
