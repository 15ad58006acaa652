"""An engine with operations beyond the usual ones: some right, some wrong, some that only share a name."""

from __future__ import annotations

import math


class Value:
    def __init__(self, data, operands=(), partials=()):
        self.data, self.grad, self.operands, self.partials = data, 0.0, operands, partials

    def __add__(self, other):
        other = lift(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = lift(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    __radd__, __rmul__ = __add__, __mul__

    # --- right
    def __mod__(self, other):
        other = lift(other)
        return Value(self.data % other.data, (self, other), (1.0, float(-(self.data // other.data))))

    def __floordiv__(self, other): return Value(self.data // lift(other).data)
    def __round__(self):           return Value(round(self.data))

    def softplus(self):
        return Value(math.log1p(math.exp(self.data)), (self,), (1 / (1 + math.exp(-self.data)),))

    # --- wrong
    def silu(self):                                          # the slope is turned around
        s = 1 / (1 + math.exp(-self.data))
        return Value(self.data * s, (self,), (-(s + self.data * s * (1 - s)),))

    def log2(self):                                          # the factor 1 / ln 2 is forgotten
        return Value(math.log2(self.data), (self,), (1 / self.data,))

    def sinh(self): return Value(math.sinh(self), (self,), (1.0,))        # a TypeError inside
    def cosh(self): return Value(2.0 * self.data, (self,), (3.0,))        # neither value nor slope

    # --- another function of the same name: GELU by tanh
    def gelu(self):
        x, c = self.data, math.sqrt(2 / math.pi)
        t = math.tanh(c * (x + 0.044715 * x ** 3))
        return Value(0.5 * x * (1 + t), (self,),
                     (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x),))

    # --- another thing of the same name
    def step(self, rate):  self.data -= rate * self.grad
    def sign(self):        return self.data > 0
    def __floor__(self):   return math.floor(self.data)

    def backward(self):
        order, visited = [], set()
        def visit(z):
            if z not in visited:
                visited.add(z)
                for x in z.operands:
                    visit(x)
                order.append(z)
        visit(self)
        for z in order:
            if z.operands:
                z.grad = 0.0
        self.grad += 1.0
        for z in reversed(order):
            for x, slope in zip(z.operands, z.partials):
                x.grad += slope * z.grad


def lift(x):
    return x if isinstance(x, Value) else Value(x)


def tan(x):  return Value(math.tan(x.data),  (x,), (1 + math.tan(x.data) ** 2,))
def atan(x): return Value(math.atan(x.data), (x,), (1 / (1 - x.data ** 2),))       # the sign of x^2
