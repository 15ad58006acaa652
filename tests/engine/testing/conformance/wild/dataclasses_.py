"""A dataclass for the node; the number is x and the gradient is dx."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(eq=False)
class Num:
    x: float
    dx: float = 0.0
    edges: list[tuple[Num, float]] = field(default_factory=list, repr=False)

    def __add__(self, other):
        o = lift(other)
        return Num(self.x + o.x, edges=[(self, 1.0), (o, 1.0)])

    def __mul__(self, other):
        o = lift(other)
        return Num(self.x * o.x, edges=[(self, o.x), (o, self.x)])

    def __truediv__(self, other):
        o = lift(other)
        return Num(self.x / o.x, edges=[(self, 1 / o.x), (o, -self.x / o.x / o.x)])

    def __neg__(self):
        return Num(-self.x, edges=[(self, -1.0)])

    __radd__, __rmul__ = __add__, __mul__

    def sin(self): return Num(math.sin(self.x), edges=[(self, math.cos(self.x))])
    def cos(self): return Num(math.cos(self.x), edges=[(self, -math.sin(self.x))])

    def backpropagate(self):
        order: dict[int, Num] = {}
        stack = [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.setdefault(id(node), node)
            elif id(node) not in order:
                stack += [(node, True), *((n, False) for n, _ in node.edges)]
        for node in order.values():
            node.dx = 0.0 if node.edges else node.dx
        self.dx += 1.0
        for node in reversed(order.values()):
            for other, slope in node.edges:
                other.dx += slope * node.dx


def lift(x):
    return x if isinstance(x, Num) else Num(x)
