"""Methods that give the number and the gradient: x.value(), x.derivative()."""


class Dual:
    def __init__(self, start, edges=()):
        self._n, self._d, self._e = start, 0.0, edges

    def value(self):      return self._n
    def derivative(self): return self._d
    def zero_grad(self):  self._d = 0.0

    def __add__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value() + other.value(), ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value() * other.value(), ((self, other.value()), (other, self.value())))

    __radd__, __rmul__ = __add__, __mul__

    def backprop(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((x, False) for x, _ in v._e)]
        for v in order:
            if v._e:
                v._d = 0.0
        self._d += 1.0
        for v in order[::-1]:
            for x, slope in v._e:
                x._d += slope * v._d
