"""A sort that calls itself, as in most first engines: right, and not for deep graphs."""


class Value:
    def __init__(self, val, _children=(), label=""):
        self.val, self.grad, self._prev, self.label = val, 0.0, _children, label
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.val + other.val, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        a, b = self.val, other.val
        out = Value(a * b, (self, other))

        def _backward():
            self.grad += b * out.grad
            other.grad += a * out.grad
        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], {}

        def build(v):
            if id(v) not in visited:
                visited[id(v)] = v
                for child in v._prev:
                    build(child)
                topo.append(v)
        build(self)
        for v in topo:
            if v._prev:
                v.grad = 0.0
        self.grad += 1.0
        for v in reversed(topo):
            v._backward()
