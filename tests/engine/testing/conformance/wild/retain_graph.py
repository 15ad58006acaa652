"""The graph is given up after backward(), unless retain_graph=True."""


class Tensor:
    def __init__(self, data, edges=(), requires_grad=True):
        self.data, self.grad, self.edges, self.requires_grad = data, 0.0, edges, requires_grad
        self.gone = False

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other, requires_grad=False)
        return Tensor(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other, requires_grad=False)
        return Tensor(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self, gradient=None, retain_graph=False):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if v.gone:
                raise RuntimeError("the graph was given up: backward(retain_graph=True) keeps it")
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v.edges)]
        for v in order:
            if v.edges:
                v.grad = 0.0
        self.grad += 1.0 if gradient is None else gradient
        for v in order[::-1]:
            for x, slope in v.edges:
                x.grad += slope * v.grad
            if v.edges and not retain_graph:
                v.gone = True
