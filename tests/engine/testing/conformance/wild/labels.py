"""A name comes first, and no two may be equal."""


class Variable:
    known = set()

    def __init__(self, name, value, parents=()):
        if name in Variable.known and not parents:
            raise ValueError(f"there is a variable {name} already")
        Variable.known.add(name)
        self.name, self.value, self.derivative, self.parents = name, value, 0.0, parents

    def __add__(self, other):
        if not isinstance(other, Variable):
            return Variable("sum", self.value + other, ((self, 1.0),))
        return Variable("sum", self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        if not isinstance(other, Variable):
            return Variable("product", self.value * other, ((self, other),))
        return Variable("product", self.value * other.value, ((self, other.value), (other, self.value)))

    __radd__, __rmul__ = __add__, __mul__

    def backprop(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v.parents)]
        for v in order:
            if v.parents:
                v.derivative = 0.0
        self.derivative += 1.0
        for v in order[::-1]:
            for x, slope in v.parents:
                x.derivative += slope * v.derivative
