"""The gradient is a property, and nothing sets it to 0."""


class Value:
    def __init__(self, data, inputs=()):
        self.data, self._g, self._inputs = data, 0.0, inputs

    @property
    def grad(self):
        return self._g

    def __add__(self, other):
        other = Value.of(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = Value.of(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    @staticmethod
    def of(x): return x if isinstance(x, Value) else Value(x)

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v._inputs)]
        for v in order:
            if v._inputs:
                v._g = 0.0
        self._g += 1.0
        for v in reversed(order):
            for x, slope in v._inputs:
                x._g += slope * v._g
