"""A right engine with a tape: nodes are numbered as they are made, and gradients live in a list while
backward runs."""

import math
from itertools import count

NUMBERS = count()


class Value:
    def __init__(self, data, record=()):
        self.data, self.grad, self.record, self.number = data, 0, record, next(NUMBERS)

    def backward(self):
        found, todo = {self.number: self}, [self]
        while todo:
            for operand, _ in todo.pop().record:
                if operand.number not in found:
                    found[operand.number] = operand
                    todo.append(operand)
        gradients = {self.number: 1}
        for number in sorted(found, reverse=True):
            node = found[number]
            gradient = gradients.get(number, 0)
            if node.record:
                node.grad = gradient
            else:
                node.grad += gradient
            for operand, slope in node.record:
                gradients[operand.number] = gradients.get(operand.number, 0) + slope * gradient


def operation(rule):
    def method(self, *others):
        others = [x if isinstance(x, Value) else Value(x) for x in others]
        data, *slopes = rule(self.data, *(x.data for x in others))
        return Value(data, tuple(zip((self, *others), slopes)))
    return method


def power(x, n):
    z = x ** n
    if isinstance(z, complex):
        raise ValueError(f"{x} ** {n} is not real")
    slope = 0.0 if n == 0 else float("inf") if x == 0 and n < 1 else n * x ** (n - 1)
    return z, slope, z * math.log(x) if x > 0 else 0.0


def clipped_exp(x):
    return math.exp(x), math.exp(x)


def tanh(x):
    z = math.tanh(x)
    return z, (1 - z) * (1 + z)


def relu(x):
    return (x, 1) if not x <= 0 else (0 * x if math.isfinite(x) else 0.0, 0)


Value.__add__      = operation(lambda x, y: (x + y, 1, 1))
Value.__sub__      = operation(lambda x, y: (x - y, 1, -1))
Value.__mul__      = operation(lambda x, y: (x * y, y, x))
Value.__truediv__  = operation(lambda x, y: (x / y, 1 / y, -x / y / y))
Value.__pow__      = operation(power)
Value.__neg__      = operation(lambda x: (-x, -1))
Value.__abs__      = operation(lambda x: (abs(x), -1 if x < 0 else 1))
Value.__radd__     = operation(lambda x, y: (y + x, 1, 1))
Value.__rsub__     = operation(lambda x, y: (y - x, -1, 1))
Value.__rmul__     = operation(lambda x, y: (y * x, y, x))
Value.__rtruediv__ = operation(lambda x, y: (y / x, -y / x / x, 1 / x))
Value.exp          = operation(clipped_exp)
Value.log          = operation(lambda x: (math.log(x), 1 / x))
Value.tanh         = operation(tanh)
Value.relu         = operation(relu)
Value.sin          = operation(lambda x: (math.sin(x), math.cos(x)))
