"""A wrong engine: x ** y makes a node of y, takes log x for it whether or not it is asked for, and forgets to
list it among the operands."""

import math


class Value:
    def __init__(self, data, operands=(), send=None):
        self.data, self.grad, self.operands, self.send = data, 0.0, operands, send

    def __add__(self, other):
        other = lift(other)

        def send(upstream):
            self.grad += upstream
            other.grad += upstream
        return Value(self.data + other.data, (self, other), send)

    def __mul__(self, other):
        other, x, y = lift(other), self.data, lift(other).data

        def send(upstream):
            self.grad += upstream * y
            other.grad += upstream * x
        return Value(x * y, (self, other), send)

    def __pow__(self, other):
        other, x, y = lift(other), self.data, lift(other).data
        z = math.pow(x, y)

        def send(upstream):
            self.grad += upstream * y * math.pow(x, y - 1)
            other.grad += upstream * z * math.log(x)
        return Value(z, (self,), send)

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack += [(node, True), *((x, False) for x in node.operands)]
        for node in order:
            if node.send:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            if node.send:
                node.send(node.grad)


def lift(x):
    return x if isinstance(x, Value) else Value(x)
