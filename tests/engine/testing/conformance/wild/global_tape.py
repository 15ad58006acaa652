"""One tape for all, which lists every operation in the order it was made."""


class Tape:
    def __init__(self):
        self.entries = []

    def differentiate(self, root):
        for out, _ in self.entries:
            out.adjoint = 0.0
        root.adjoint += 1.0
        for out, inputs in reversed(self.entries):
            if out.adjoint:
                for x, slope in inputs:
                    x.adjoint += slope * out.adjoint


tape = Tape()


class Var:
    def __init__(self, val):
        self.val, self.adjoint = val, 0.0

    def __add__(self, other): return record(self.val + num(other), (self, 1.0), (other, 1.0))
    def __sub__(self, other): return record(self.val - num(other), (self, 1.0), (other, -1.0))
    def __mul__(self, other): return record(self.val * num(other), (self, num(other)), (other, self.val))

    __radd__, __rmul__ = __add__, __mul__


def num(x):
    return x.val if isinstance(x, Var) else x


def record(val, *inputs):
    out = Var(val)
    tape.entries.append((out, [(x, slope) for x, slope in inputs if isinstance(x, Var)]))
    return out
