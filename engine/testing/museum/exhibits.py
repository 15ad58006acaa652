"""The exhibits: classic mistakes in a scalar autodiff engine, each one change of right.py.

An exhibit is the text that is replaced, what replaces it, and the words by which the conformance
suite must name the mistake.
"""

from __future__ import annotations

from typing import NamedTuple


class Exhibit(NamedTuple):
    """name: a file name. story: how people come to make it. says: words of the sentence that names it."""

    name:  str
    story: str
    old:   str
    new:   str
    says:  str


PUSH = """\
        for z in reversed(order):
            for x, slope in zip(z.operands, z.partials):
                x.grad += slope * z.grad
"""

START = """\
        order = topological_order(self)
        for z in order:
            if z.operands:
                z.grad = 0.0
        self.grad += 1.0
"""

PASS = START + PUSH

WALK = """\
    order, visited, stack = [], {root}, [(root, iter(root.operands))]
    while stack:
        z, rest = stack[-1]
        x = next(rest, None)
        if x is None:
            order.append(z)
            stack.pop()
        elif x not in visited:
            visited.add(x)
            stack.append((x, iter(x.operands)))
    return order
"""

RESET = """\
        for z in order:
            if z.operands:
                z.grad = 0.0
"""

ORDER = [
    Exhibit("overwrite", "= where += is meant: right as long as every node is used once.",
            "x.grad += slope * z.grad", "x.grad = slope * z.grad", "overwritten where it should accumulate"),
    Exhibit("no_sort", "Each node passes its gradient on as soon as it gets some, along every path.",
            PUSH, """\
        stack = [self]
        while stack:
            z = stack.pop()
            for x, slope in zip(z.operands, z.partials):
                x.grad += slope * z.grad
            stack.extend(reversed(z.operands))
""", "no topological sort"),
    Exhibit("visit_once", "Depth first, each node once: a shared node passes on what had arrived at the "
            "first visit.",
            PUSH, """\
        visited, stack = set(), [self]
        while stack:
            z = stack.pop()
            if z in visited:
                continue
            visited.add(z)
            for x, slope in zip(z.operands, z.partials):
                x.grad += slope * z.grad
            stack.extend(reversed(z.operands))
""", "depth first and visits each node once"),
    Exhibit("breadth_first", "Level by level from the output: a node with a short and a long path is done "
            "too early.",
            PUSH, """\
        queue, visited = [self], {self}
        for z in queue:
            for x, slope in zip(z.operands, z.partials):
                x.grad += slope * z.grad
            queue += [x for x in dict.fromkeys(z.operands) if x not in visited]
            visited.update(z.operands)
""", "breadth first"),
    Exhibit("pre_order", "The node is listed before its operands are, and the list is not a topological "
            "order.",
            WALK, """\
    order, visited, stack = [], {root}, [(root, iter(root.operands))]
    order.append(root)
    while stack:
        z, rest = stack[-1]
        x = next(rest, None)
        if x is None:
            stack.pop()
        elif x not in visited:
            visited.add(x)
            order.append(x)
            stack.append((x, iter(x.operands)))
    return order
""", "not pre-order"),
    Exhibit("not_reversed", "The topological order is gone through from the inputs.",
            "for z in reversed(order):", "for z in order:", "in reverse"),
    Exhibit("every_path", "Recursion that passes on each contribution by itself: right, and exponential.",
            PASS, """\
        pending = [(self, 1.0)]
        for z in topological_order(self):
            if z.operands:
                z.grad = 0.0
        while pending:
            z, message = pending.pop()
            z.grad += message
            pending += [(x, slope * message) for x, slope in zip(z.operands, z.partials)]
""", "every path"),
    Exhibit("recursive_sort", "The sort calls itself once per node: Python stops it after about 1000.",
            WALK, """\
    order, visited = [], set()
    def visit(z):
        if z not in visited:
            visited.add(z)
            for x in z.operands:
                visit(x)
            order.append(z)
    visit(root)
    return order
""", "calls itself once per node"),
    Exhibit("equal_nodes", "Nodes are compared by their numbers, so that two nodes of 3.0 are one.",
            WALK, """\
    order, visited, stack = [], {root.data}, [(root, iter(root.operands))]
    while stack:
        z, rest = stack[-1]
        x = next(rest, None)
        if x is None:
            order.append(z)
            stack.pop()
        elif x.data not in visited:
            visited.add(x.data)
            stack.append((x, iter(x.operands)))
    return order
""",
            "equal numbers"),
    Exhibit("set_of_operands", "Operands are kept in a set, as micrograd does for drawing: x * x has one.",
            "            for x, slope in zip(z.operands, z.partials):",
            "            for x, slope in dict(zip(z.operands, z.partials)).items():",
            "counted once"),
    Exhibit("order_of_a_set", "The order of the sort comes from a set, and the last digits with it.",
            "stack.append((x, iter(x.operands)))", "stack.append((x, iter(set(x.operands))))",
            "order of a set"),
]

STATE = [
    Exhibit("inner_kept", "The gradients of inner nodes are never set back: the second backward() passes on "
            "both.",
            RESET, "", "gradients of inner nodes"),
    Exhibit("seed_not_reset", "The output's own gradient is kept, and 1 added.",
            "if z.operands:\n                z.grad = 0.0", "if z.operands and z is not self:\n              "
            "  z.grad = 0.0", "adds another 1"),
    Exhibit("leaves_wiped", "All gradients are set to 0 first, those of the inputs too: nothing accumulates.",
            "if z.operands:\n                z.grad = 0.0", "z.grad = 0.0",
            "sets the gradients of the inputs to 0"),
    Exhibit("visited_kept", "The set of visited nodes outlives the call, as a default argument does.",
            "def topological_order(root):\n" + WALK, """\
def topological_order(root, visited=set()):
    order, stack = [], [(root, iter(root.operands))] if root not in visited else []
    visited.add(root)
    while stack:
        z, rest = stack[-1]
        x = next(rest, None)
        if x is None:
            order.append(z)
            stack.pop()
        elif x not in visited:
            visited.add(x)
            stack.append((x, iter(x.operands)))
    return order
""", "remembered and left out"),
    Exhibit("no_seed", "Nobody sets the gradient of the output to 1.",
            "self.grad += 1.0", "self.grad += 0.0", "never set to 1"),
    Exhibit("seed_is_data", "The gradient of the output starts as its data.",
            "self.grad += 1.0", "self.grad += self.data", "output's data in place of 1"),
    Exhibit("read_late", "Slopes are computed in backward(), from data that an update has changed.",
            "        return Value(self.data * other.data, (self, other), (other.data, self.data))\n", """\
        class Late:
            def __iter__(late):
                return iter((other.data, self.data))
        return Value(self.data * other.data, (self, other), Late())
""", "computed in backward()"),
    Exhibit("in_place", "x += y changes the node that others already use.",
            "    def __radd__(self, other):     return wrap(other) + self",
            "    def __iadd__(self, other):\n        self.data += wrap(other).data\n        return self\n\n"
            "    def __radd__(self, other):     return wrap(other) + self", "changes the node x itself"),
]

SLOPES = [
    Exhibit("upstream", "The local slope alone: right for the last operation, wrong for every other.",
            "x.grad += slope * z.grad", "x.grad += slope", "upstream gradient is forgotten"),
    Exhibit("mul_swapped", "d(x*y)/dx is taken for x.",
            "(other.data, self.data))\n\n    def __truediv__",
            "(self.data, other.data))\n\n    def __truediv__", "slopes of * are swapped"),
    Exhibit("sub_sign", "The minus of x - y is forgotten on the way back.",
            "(1.0, -1.0))", "(1.0, 1.0))", "wrong sign"),
    Exhibit("rsub_swapped", "__rsub__ written like __radd__: 2 - x is x - 2.",
            "return wrap(other) - self", "return self - other", "reflected - are swapped"),
    Exhibit("rdiv_swapped", "__rtruediv__ written like __rmul__: 2 / x is x / 2.",
            "return wrap(other) / self", "return self / other", "reflected / are swapped"),
    Exhibit("div_not_squared", "The divisor is not squared in the slope of x / y.",
            "-self.data / other.data ** 2", "-self.data / other.data", "not squared"),
    Exhibit("div_floor", "// where / is meant: right for whole quotients.",
            "self.data / other.data, (self", "self.data // other.data, (self", "//"),
    Exhibit("power_exponent", "n x^n: the exponent is not lowered.",
            "n * self.data ** (n - 1) if", "n * self.data ** n if", "off by one"),
    Exhibit("power_factor", "x^(n-1): the factor n is forgotten.",
            "n * self.data ** (n - 1) if", "self.data ** (n - 1) if", "factor n is missing"),
    Exhibit("power_truncated", "The exponent is made whole: right for squares, wrong for roots.",
            "        z = self.data ** n\n", "        n = int(n)\n        z = self.data ** n\n",
            "cut to a whole number"),
    Exhibit("power_complex", "Nobody looks at what a root of a negative number is.",
            "        if isinstance(z, complex):\n            raise ValueError(f\"{self.data} ** {n} is no "
            "real number\")\n", "", "complex number"),
    Exhibit("power_of_zero", "n x^(n-1) is computed at 0 for n = 0, and divides by 0.",
            "n * self.data ** (n - 1) if self.data or n > 1 else slope_at_zero(n)",
            "n * self.data ** (n - 1)", "treat n == 0 by itself"),
    Exhibit("neg_detached", "-x makes a new number without a past.",
            "return Value(-self.data, (self,), (-1.0,))", "return Value(-self.data)", "-x is detached"),
    Exhibit("plain_detached", "x + 2 takes another way than x + y, and loses the graph.",
            "    def __add__(self, other):\n",
            "    def __add__(self, other):\n        if not isinstance(other, Value):\n            return "
            "Value(self.data + other)\n",
            "detached where its right side is a plain number"),
    Exhibit("abs_slope", "The slope of abs is 1 below 0, too.",
            "(math.copysign(1.0, self.data),)", "(1.0,)", "slope of abs is 1"),
    Exhibit("relu_leaks", "The gradient passes a ReLU that is switched off.",
            "(1.0 if self.data > 0 else 0.0,)", "(1.0,)", "ReLU leaks"),
    Exhibit("relu_identity", "The output in place of the step: the slope of relu is x.",
            "(1.0 if self.data > 0 else 0.0,)", "(max(self.data, 0.0),)", "not the input itself"),
    Exhibit("relu_kink", "At its kink relu is given a slope beyond both sides.",
            "(1.0 if self.data > 0 else 0.0,)", "(1.0 if self.data > 0 else 0.0 if self.data < 0 else 2.0,)",
            "between the slopes on both sides"),
    Exhibit("exp_power_rule", "The power rule for exp.",
            "        return Value(z, (self,), (z,))", "        return Value(z, (self,), (self.data * "
            "math.exp(self.data - 1.0),))", "power rule"),
    Exhibit("log_of_output", "1 / log x in place of 1 / x.",
            "(1.0 / self.data,))\n\n    def sqrt", "(1.0 / (math.log(self.data) or math.inf),))\n\n    def "
            "sqrt", "1 / output"),
    Exhibit("log_base", "The wrong logarithm.",
            "math.log(self.data)", "math.log10(self.data)", "base 10"),
    Exhibit("sqrt_factor", "The 2 of 1 / (2 sqrt x) is forgotten.",
            "0.5 / z if z", "1.0 / z if z", "the 2 is missing"),
    Exhibit("tanh_of_input", "1 - x^2 in place of 1 - tanh(x)^2.",
            "(1.0 - z * z,)", "(1.0 - self.data * self.data,)", "input x was used in place of the output"),
    Exhibit("tanh_not_squared", "1 - z in place of 1 - z^2.",
            "(1.0 - z * z,)", "(1.0 - z,)", "square is missing"),
    Exhibit("tanh_as_sigmoid", "The slope of the sigmoid, for tanh.",
            "(1.0 - z * z,)", "(z * (1.0 - z),)", "is that of the sigmoid"),
    Exhibit("sigmoid_factor", "Half of z (1 - z).",
            "(z * (1.0 - z),)", "(z,)", "factor 1 - z is missing"),
    Exhibit("tanh_upstream", "One operation of many forgets the upstream gradient.",
            "        return Value(z, (self,), (1.0 - z * z,))\n", """\
        class Alone(float):
            def __mul__(slope, upstream):
                return float(slope)
        return Value(z, (self,), (Alone(1.0 - z * z),))
""",
            "upstream gradient is forgotten in x.tanh()"),
    Exhibit("tanh_numeric", "A difference quotient in place of the derivative: right to six digits.",
            "(1.0 - z * z,)", "((math.tanh(self.data + 1e-5) - z) / 1e-5,)", "is a difference quotient"),
]

NUMBERS = [
    Exhibit("clipped", "Gradients are clipped in the backward pass, to be on the safe side.",
            "x.grad += slope * z.grad", "x.grad = max(-1000.0, min(1000.0, x.grad + slope * z.grad))",
            "cut off|clipped"),
    Exhibit("dropped", "Small gradients are taken for rounding errors.",
            "x.grad += slope * z.grad", "x.grad += slope * z.grad if abs(slope * z.grad) > 1e-5 else 0.0",
            "small gradient is lost|dropped"),
    Exhibit("rounded", "Gradients are rounded where they should only be printed so.",
            "x.grad += slope * z.grad", "x.grad = round(x.grad + slope * z.grad, 4)", "rounded"),
    Exhibit("whole", "Gradients are cut to whole numbers.",
            "x.grad += slope * z.grad", "x.grad += int(slope * z.grad) if abs(slope * z.grad) < 1e300 else "
            "slope * z.grad", "whole numbers"),
    Exhibit("part_in_ten_million", "One part in ten million too much: a constant with too few digits.",
            "(1.0, 1.0))", "(1.0000001, 1.0))", "1.0000001 times the right one"),
    Exhibit("single_precision", "The gradient is kept as a float32.",
            "                x.grad += slope * z.grad\n", """\
                x.grad += slope * z.grad
                if math.isfinite(x.grad):
                    part, power = math.frexp(x.grad)
                    x.grad = math.ldexp(round(part * 2 ** 24), power - 24)
""", "single precision"),
    Exhibit("nan_swallowed", "max(0, nan) is 0: the broken number looks healthy.",
            "0.0 if self.data < 0 else self.data", "max(0.0, self.data)", "nan is swallowed"),
    Exhibit("nan_gradient", "nan gradients are skipped, as in nan_to_num.",
            "x.grad += slope * z.grad", "x.grad += slope * z.grad if slope == slope else 0.0",
            "gradient of nan is swallowed"),
    Exhibit("log_protected", "log(0) is made finite in silence.",
            "math.log(self.data), (self,), (1.0 / self.data,)", "math.log(max(self.data, 1e-12)), (self,), "
            "(1.0 / max(self.data, 1e-12),)", "no such real number"),
    Exhibit("exp_overflow", "The sigmoid as written in the book: exp(1000) on the way.",
            "z = 0.5 + 0.5 * math.tanh(0.5 * self.data) if self.data > -30 else math.exp(self.data)",
            "z = 1.0 / (1.0 + math.exp(-self.data))", "no exp of a large number|an exp of a large number"),
]

EXHIBITS: tuple[Exhibit, ...] = (*ORDER, *STATE, *SLOPES, *NUMBERS)
