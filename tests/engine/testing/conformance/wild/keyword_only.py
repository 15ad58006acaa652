"""Node(value=3.0, children=()): nothing without its name."""


class Node:
    def __init__(self, *, value, children, op="leaf"):
        self.value, self.children, self.op, self.grad_value = value, children, op, 0.0

    def __add__(self, other):
        other = make(other)
        return Node(value=self.value + other.value, children=((self, 1.0), (other, 1.0)), op="+")

    def __mul__(self, other):
        other = make(other)
        edges = ((self, other.value), (other, self.value))
        return Node(value=self.value * other.value, children=edges, op="*")


    __radd__, __rmul__ = __add__, __mul__

    def backprop(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v.children)]
        for v in order:
            if v.children:
                v.grad_value = 0.0
        self.grad_value += 1.0
        for v in order[::-1]:
            for x, slope in v.children:
                x.grad_value += slope * v.grad_value


def make(x):
    return x if isinstance(x, Node) else Node(value=x, children=())
