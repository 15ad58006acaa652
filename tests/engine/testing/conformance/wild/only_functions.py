"""No operators: add(x, y), mul(x, y), and backward(z)."""

import math


class Cell:
    def __init__(self, primal, inputs=()):
        self.primal, self.adjoint, self.inputs = primal, 0.0, inputs


def cell(x):
    return x if isinstance(x, Cell) else Cell(x)


def add(x, y):
    x, y = cell(x), cell(y)
    return Cell(x.primal + y.primal, ((x, 1.0), (y, 1.0)))


def sub(x, y):
    x, y = cell(x), cell(y)
    return Cell(x.primal - y.primal, ((x, 1.0), (y, -1.0)))


def mul(x, y):
    x, y = cell(x), cell(y)
    return Cell(x.primal * y.primal, ((x, y.primal), (y, x.primal)))


def exp(x):
    e = math.exp(x.primal)
    return Cell(e, ((x, e),))


def backward(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        v, done = stack.pop()
        if done:
            order.append(v)
        elif id(v) not in seen:
            seen.add(id(v))
            stack += [(v, True), *((x, False) for x, _ in v.inputs)]
    for v in order:
        if v.inputs:
            v.adjoint = 0.0
    root.adjoint += 1.0
    for v in order[::-1]:
        for x, slope in v.inputs:
            x.adjoint += slope * v.adjoint
