"""Value, as the bug museum starts from: small, and right. Each exhibit changes one place of this file."""

# mypy: ignore-errors

import math


class Value:
    """One number, the operands it was made from, and the slope towards each."""

    def __init__(self, data, operands=(), partials=()):
        self.data     = data
        self.grad     = 0.0
        self.operands = operands
        self.partials = partials

    def __add__(self, other):
        other = wrap(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __sub__(self, other):
        other = wrap(other)
        return Value(self.data - other.data, (self, other), (1.0, -1.0))

    def __mul__(self, other):
        other = wrap(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __truediv__(self, other):
        other = wrap(other)
        return Value(self.data / other.data, (self, other), (1.0 / other.data, -self.data / other.data ** 2))

    def __pow__(self, n):
        z = self.data ** n
        if isinstance(z, complex):
            raise ValueError(f"{self.data} ** {n} is no real number")
        return Value(z, (self,), (n * self.data ** (n - 1) if self.data or n > 1 else slope_at_zero(n),))

    def __neg__(self):
        return Value(-self.data, (self,), (-1.0,))

    def __abs__(self):
        return Value(abs(self.data), (self,), (math.copysign(1.0, self.data),))

    def relu(self):
        return Value(0.0 if self.data < 0 else self.data, (self,), (1.0 if self.data > 0 else 0.0,))

    def exp(self):
        z = math.exp(self.data)
        return Value(z, (self,), (z,))

    def log(self):
        return Value(math.log(self.data), (self,), (1.0 / self.data,))

    def sqrt(self):
        z = math.sqrt(self.data)
        return Value(z, (self,), (0.5 / z if z else math.inf,))

    def tanh(self):
        z = math.tanh(self.data)
        return Value(z, (self,), (1.0 - z * z,))

    def sigmoid(self):
        z = 0.5 + 0.5 * math.tanh(0.5 * self.data) if self.data > -30 else math.exp(self.data)
        return Value(z, (self,), (z * (1.0 - z),))

    def __radd__(self, other):     return wrap(other) + self
    def __rsub__(self, other):     return wrap(other) - self
    def __rmul__(self, other):     return wrap(other) * self
    def __rtruediv__(self, other): return wrap(other) / self

    def backward(self):
        order = topological_order(self)
        for z in order:
            if z.operands:
                z.grad = 0.0
        self.grad += 1.0
        for z in reversed(order):
            for x, slope in zip(z.operands, z.partials):
                x.grad += slope * z.grad


def wrap(x):
    return x if isinstance(x, Value) else Value(x)


def slope_at_zero(n):
    return {0: 0.0, 1: 1.0}.get(n, math.inf)


def topological_order(root):
    order, visited, stack = [], {root}, [(root, iter(root.operands))]
    while stack:
        z, rest = stack[-1]
        x = next(rest, None)
        if x is None:
            order.append(z)
            stack.pop()
        elif x not in visited:
            visited.add(x)
            stack.append((x, iter(x.operands)))
    return order
