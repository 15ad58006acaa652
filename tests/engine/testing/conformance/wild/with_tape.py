"""Gradients that only a tape in a with block gives: this cannot be found by looking."""


class Tape:
    active = None

    def __enter__(self):
        Tape.active, self.entries = self, []
        return self

    def __exit__(self, *why):
        Tape.active = None

    def gradient(self, z, x):
        grads = {id(z): 1.0}
        for out, inputs in reversed(self.entries):
            for y, slope in inputs:
                grads[id(y)] = grads.get(id(y), 0.0) + slope * grads.get(id(out), 0.0)
        return grads.get(id(x), 0.0)


class Number:
    def __init__(self, data):
        self.data = data

    def __add__(self, other): return record(self.data + other.data, (self, 1.0), (other, 1.0))
    def __mul__(self, other): return record(self.data * other.data, (self, other.data), (other, self.data))


def record(data, *inputs):
    out = Number(data)
    if Tape.active:
        Tape.active.entries.append((out, inputs))
    return out
