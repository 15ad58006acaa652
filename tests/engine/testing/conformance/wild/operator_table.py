"""Every operation is a row of a table; the operators are made in a loop."""

import math

RULES = {
    "add": (lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
    "sub": (lambda a, b: a - b, lambda a, b: (1.0, -1.0)),
    "mul": (lambda a, b: a * b, lambda a, b: (b, a)),
    "truediv": (lambda a, b: a / b, lambda a, b: (1 / b, -a / (b * b))),
    "neg": (lambda a: -a, lambda a: (-1.0,)),
    "abs": (abs, lambda a: (math.copysign(1.0, a) if a else 0.0,)),
}


class Scalar:
    def __init__(self, scalar, parents=(), slopes=()):
        self.scalar, self.bar, self.parents, self.slopes = scalar, 0.0, parents, slopes

    def back(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x in v.parents)]
        for v in order:
            if v.parents:
                v.bar = 0.0
        self.bar += 1.0
        for v in order[::-1]:
            for x, slope in zip(v.parents, v.slopes):
                x.bar += slope * v.bar


def operator(name, turned=False):
    f, df = RULES[name]

    def method(*xs):
        xs = tuple(x if isinstance(x, Scalar) else Scalar(x) for x in (xs[::-1] if turned else xs))
        numbers = [x.scalar for x in xs]
        return Scalar(f(*numbers), xs, df(*numbers))
    return method


for name in RULES:
    setattr(Scalar, f"__{name}__", operator(name))
    if name not in ("neg", "abs"):
        setattr(Scalar, f"__r{name}__", operator(name, True))
