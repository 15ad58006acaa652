"""The graph is a dictionary in the module; a Value is no more than a key of it."""

import itertools
import weakref

GRAPH = {}
KEYS  = itertools.count()


class Value:
    def __init__(self, data, edges=()):
        self.key = next(KEYS)
        GRAPH[self.key] = {"data": data, "grad": 0.0, "edges": edges}
        weakref.finalize(self, GRAPH.pop, self.key, None)

    data = property(lambda self: GRAPH[self.key]["data"], lambda self, x: GRAPH[self.key].update(data=x))
    grad = property(lambda self: GRAPH[self.key]["grad"], lambda self, x: GRAPH[self.key].update(grad=x))

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def edges(self):
        return GRAPH[self.key]["edges"]

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif v.key not in seen:
                seen.add(v.key)
                stack += [(v, True), *((x, False) for x, _ in v.edges())]
        for v in order:
            if v.edges():
                v.grad = 0.0
        self.grad += 1.0
        for v in order[::-1]:
            for x, slope in v.edges():
                x.grad += slope * v.grad
