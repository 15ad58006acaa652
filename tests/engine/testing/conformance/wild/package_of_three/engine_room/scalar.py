"""Numbers and their gradients."""

from ..topology import ordered


class Value:
    def __init__(self, value, edges=()):
        self.value, self.gradient, self.edges = value, 0.0, edges

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.value * other.value, ((self, other.value), (other, self.value)))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order = ordered(self)
        for v in order:
            if v.edges:
                v.gradient = 0.0
        self.gradient += 1.0
        for v in order[::-1]:
            for x, slope in v.edges:
                x.gradient += slope * v.gradient
