"""A Variable holds a Tensor, and the Tensor holds the number: x.data.data."""


class Tensor:
    def __init__(self, data):
        self.data = data.data if isinstance(data, Tensor) else data

    def __add__(self, other): return Tensor(self.data + Tensor(other).data)
    def __mul__(self, other): return Tensor(self.data * Tensor(other).data)


class Variable:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = Tensor(data), Tensor(0.0), edges

    def __add__(self, other):
        other = other if isinstance(other, Variable) else Variable(other)
        return Variable(self.data + other.data, ((self, Tensor(1.0)), (other, Tensor(1.0))))

    def __mul__(self, other):
        other = other if isinstance(other, Variable) else Variable(other)
        return Variable(self.data * other.data, ((self, Tensor(other.data)), (other, Tensor(self.data))))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v.edges)]
        for v in order:
            if v.edges:
                v.grad = Tensor(0.0)
        self.grad = self.grad + Tensor(1.0)
        for v in order[::-1]:
            for x, slope in v.edges:
                x.grad = x.grad + slope * v.grad
