"""Slots, short names, and compute_gradients()."""

import math


class Node:
    __slots__ = ("v", "deriv", "left", "right", "dl", "dr")

    def __init__(self, v, left=None, dl=0.0, right=None, dr=0.0):
        self.v, self.deriv = v, 0.0
        self.left, self.dl, self.right, self.dr = left, dl, right, dr

    def __add__(self, o):
        o = o if isinstance(o, Node) else Node(o)
        return Node(self.v + o.v, self, 1.0, o, 1.0)

    def __sub__(self, o):
        o = o if isinstance(o, Node) else Node(o)
        return Node(self.v - o.v, self, 1.0, o, -1.0)

    def __mul__(self, o):
        o = o if isinstance(o, Node) else Node(o)
        return Node(self.v * o.v, self, o.v, o, self.v)

    def __radd__(self, o): return self + o
    def __rmul__(self, o): return self * o
    def __rsub__(self, o): return Node(o) - self

    def exp(self):
        e = math.exp(self.v)
        return Node(e, self, e)

    def sqrt(self):
        r = math.sqrt(self.v)
        return Node(r, self, 0.5 / r if r else math.inf)

    def compute_gradients(self):
        order, seen, stack = [], set(), [self]
        while stack:
            n = stack[-1]
            todo = [c for c in (n.left, n.right) if c is not None and id(c) not in seen]
            if todo and id(n) not in seen:
                stack += todo
            else:
                stack.pop()
                if id(n) not in seen:
                    seen.add(id(n))
                    order.append(n)
        for n in order:
            if n.left is not None:
                n.deriv = 0.0
        self.deriv += 1.0
        for n in reversed(order):
            if n.left is not None:
                n.left.deriv += n.dl * n.deriv
            if n.right is not None:
                n.right.deriv += n.dr * n.deriv
