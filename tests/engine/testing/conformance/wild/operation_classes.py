"""A class for each operation, all of them nodes; the inputs are Variables."""


class Node:
    def __init__(self, output, *inputs):
        self.output, self.gradient, self.inputs = output, 0.0, inputs

    def __add__(self, other): return Sum(self, constant(other))
    def __mul__(self, other): return Product(self, constant(other))
    def __neg__(self):        return Negative(self)
    def __sub__(self, other): return Sum(self, Negative(constant(other)))

    __radd__, __rmul__ = __add__, __mul__

    def slopes(self):
        return ()

    def run_backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x in v.inputs)]
        for v in order:
            if v.inputs:
                v.gradient = 0.0
        self.gradient += 1.0
        for v in order[::-1]:
            for x, slope in zip(v.inputs, v.slopes()):
                x.gradient += slope * v.gradient


class Variable(Node):
    def __init__(self, value):
        super().__init__(value)


class Sum(Node):
    def __init__(self, a, b):
        super().__init__(a.output + b.output, a, b)

    def slopes(self):
        return 1.0, 1.0


class Product(Node):
    def __init__(self, a, b):
        super().__init__(a.output * b.output, a, b)
        self.kept = b.output, a.output

    def slopes(self):
        return self.kept


class Negative(Node):
    def __init__(self, a):
        super().__init__(-a.output, a)

    def slopes(self):
        return (-1.0,)


def constant(x):
    return x if isinstance(x, Node) else Variable(x)
