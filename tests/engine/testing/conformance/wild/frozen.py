"""The number of a node never changes."""

from types import SimpleNamespace


class Value:
    __slots__ = ("_number", "_state")

    def __init__(self, number, edges=()):
        self._number, self._state = number, SimpleNamespace(grad=0.0, edges=edges)

    @property
    def data(self): return self._number

    @property
    def grad(self): return self._state.grad

    @grad.setter
    def grad(self, x): self._state.grad = x

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v._state.edges)]
        for v in order:
            if v._state.edges:
                v.grad = 0.0
        self.grad += 1.0
        for v in order[::-1]:
            for x, slope in v._state.edges:
                x.grad += slope * v.grad
