"""backward(seed) wants to be told that dz/dz is 1."""


class Value:
    def __init__(self, data, inputs=()):
        self.data, self.grad, self.inputs = data, 0.0, inputs

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __neg__(self):
        return Value(-self.data, ((self, -1.0),))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self, seed):
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
        self.grad += seed
        for v in reversed(order):
            for x, slope in v.inputs:
                x.grad += slope * v.grad
