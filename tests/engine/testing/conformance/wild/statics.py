"""Static methods: Value.exp(x), Value.tanh(x)."""

import math


class Value:
    def __init__(self, val, children=()):
        self.val, self.grad, self.children = val, 0, children

    def __add__(self, o):
        return Value(self.val + o.val, [(self, 1), (o, 1)]) if isinstance(o, Value) else self + Value(o)

    def __mul__(self, o):
        o = o if isinstance(o, Value) else Value(o)
        return Value(self.val * o.val, [(self, o.val), (o, self.val)])

    @staticmethod
    def exp(x):
        e = math.exp(x.val)
        return Value(e, [(x, e)])

    @staticmethod
    def tanh(x):
        t = math.tanh(x.val)
        return Value(t, [(x, 1 - t * t)])

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v.children)]
        for v in order:
            v.grad = 0 if v.children else v.grad
        self.grad += 1
        for v in order[::-1]:
            for x, slope in v.children:
                x.grad += slope * v.grad
