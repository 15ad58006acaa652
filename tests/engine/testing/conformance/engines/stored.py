"""A right engine that stores partials: floats, slots, gradients counted down by the number of uses (Kahn's
order)."""

from __future__ import annotations

import math


class Value:
    __slots__ = ("data", "grad", "edges")

    def __init__(self, data, edges=()):
        if isinstance(data, (str, complex)) or data is None:
            raise TypeError(f"a number is needed, not {data!r}")
        self.data, self.grad, self.edges = float(data), 0.0, edges

    def __add__(self, other):
        other = lift(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __sub__(self, other):
        other = lift(other)
        return Value(self.data - other.data, ((self, 1.0), (other, -1.0)))

    def __mul__(self, other):
        other = lift(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __truediv__(self, other):
        other = lift(other)
        z = self.data / other.data
        return Value(z, ((self, 1 / other.data), (other, -z / other.data)))

    def __pow__(self, other):
        if isinstance(other, Value):
            z = math.pow(self.data, other.data)
            return Value(z, ((self, other.data * math.pow(self.data, other.data - 1)),
                             (other, z * math.log(self.data) if self.data > 0 else 0.0)))
        z = math.pow(self.data, other)
        slope = (0.0 if other == 0 else math.inf if self.data == 0 and other < 1
                 else other * math.pow(self.data, other - 1))
        return Value(z, ((self, slope),))

    def __neg__(self):   return Value(-self.data, ((self, -1.0),))
    def __abs__(self):   return Value(abs(self.data), ((self, math.copysign(1.0, self.data)),))
    def __rpow__(self, other):     return lift(other) ** self
    def __radd__(self, other):     return lift(other) + self
    def __rsub__(self, other):     return lift(other) - self
    def __rmul__(self, other):     return lift(other) * self
    def __rtruediv__(self, other): return lift(other) / self

    def relu(self):
        return Value(self.data if self.data > 0 or self.data != self.data else 0.0,
                     ((self, 0.5 if self.data == 0 else float(self.data > 0)),))

    def exp(self):
        return Value(math.exp(self.data), ((self, math.exp(self.data)),))

    def log(self):
        return Value(math.log(self.data), ((self, 1 / self.data),))

    def sqrt(self):
        z = math.sqrt(self.data)
        return Value(z, ((self, 0.5 / z if z else math.inf),))

    def sin(self):
        return Value(math.sin(self.data), ((self, math.cos(self.data)),))

    def cos(self):
        return Value(math.cos(self.data), ((self, -math.sin(self.data)),))

    def sigmoid(self):
        z = (1 / (1 + math.exp(-self.data)) if self.data > 0
             else math.exp(self.data) / (1 + math.exp(self.data)) if self.data == self.data else self.data)
        return Value(z, ((self, z * (1 - z)),))

    def backward(self):
        uses, found = {}, [self]
        for node in found:
            for operand, _ in node.edges:
                if operand not in uses:
                    uses[operand] = 0
                    found.append(operand)
                uses[operand] += 1
        for node in found:
            if node.edges:
                node.grad = 0.0
        self.grad += 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            for operand, slope in node.edges:
                operand.grad += slope * node.grad
                uses[operand] -= 1
                if not uses[operand]:
                    ready.append(operand)


def lift(x):
    return x if isinstance(x, Value) else Value(x)
