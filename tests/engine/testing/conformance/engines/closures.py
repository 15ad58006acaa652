"""A right engine made of closures: each result holds the function that passes its gradient on."""

import math


class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents, self.send = data, 0.0, parents, None

    def made(self, data, parents, slopes):
        out = Value(data, parents)

        def send(upstream):
            for parent, slope in zip(parents, slopes):
                parent.grad = parent.grad + upstream * slope
        out.send = send
        return out

    def __add__(self, other):
        other = value(other)
        return self.made(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = value(other)
        return self.made(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        assert isinstance(n, (int, float)), "only plain exponents"
        z = math.pow(self.data, n)
        if n == 0:
            return self.made(z, (self,), (0.0,))
        try:
            slope = n * math.pow(self.data, n - 1)
        except ValueError:
            slope = math.inf
        return self.made(z, (self,), (slope,))

    def relu(self):
        return self.made(self.data * (self.data > 0) if self.data == self.data else self.data, (self,),
                         (float(self.data >= 0),)) if math.isfinite(
            self.data) else self.made(self.data if self.data != -math.inf else 0.0, (self,),
                                      (float(self.data > 0),))

    def tanh(self):
        t = math.tanh(self.data)
        return self.made(t, (self,), (1 - t ** 2,))

    def exp(self):
        e = math.exp(self.data)
        return self.made(e, (self,), (e,))

    def log(self):
        return self.made(math.log(self.data), (self,), (1 / self.data,))

    def __neg__(self):             return self * -1
    def __sub__(self, other):      return self + -value(other)
    def __truediv__(self, other):  return self * value(other) ** -1
    def __radd__(self, other):     return self + other
    def __rsub__(self, other):     return value(other) + -self
    def __rmul__(self, other):     return self * other
    def __rtruediv__(self, other): return value(other) * self ** -1

    def backward(self):
        order, done, stack = [], set(), [(self, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                order.append(node)
            elif id(node) not in done:
                done.add(id(node))
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        for node in order:
            if node.send:
                node.grad = 0.0
        self.grad = self.grad + 1.0
        for node in reversed(order):
            if node.send:
                node.send(node.grad)


def value(x):
    return x if isinstance(x, Value) else Value(x)
