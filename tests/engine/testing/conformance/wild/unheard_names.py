"""Names that nobody would guess."""


class Thing:
    def __init__(self, amount, below=()):
        self.amount, self.blame, self.below = amount, 0.0, below

    def __add__(self, other):
        other = other if isinstance(other, Thing) else Thing(other)
        return Thing(self.amount + other.amount, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Thing) else Thing(other)
        return Thing(self.amount * other.amount, ((self, other.amount), (other, self.amount)))

    __radd__, __rmul__ = __add__, __mul__

    def unroll(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v.below)]
        for v in order:
            if v.below:
                v.blame = 0.0
        self.blame += 1.0
        for v in order[::-1]:
            for x, slope in v.below:
                x.blame += slope * v.blame
