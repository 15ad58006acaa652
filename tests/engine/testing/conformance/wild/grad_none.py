"""No gradient before backward(): None, and not 0."""


class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data, self.grad, self._prev, self._op = data, None, _children, _op

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)), "+")

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)), "*")

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v._prev)]
        for v in order:
            if v._prev:
                v.grad = None
        self.grad = (self.grad or 0.0) + 1.0
        for v in order[::-1]:
            for x, slope in v._prev:
                x.grad = slope * v.grad if x.grad is None else x.grad + slope * v.grad
