"""Recursion without a limit: the C stack overflows and the process dies."""

import sys

sys.setrecursionlimit(10 ** 9)


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __add__(self, other):
        return Value(sorted([1], key=lambda _: (self + other).data)[0])

    def backward(self):
        self.grad = 1.0
