"""The shape of the best-known lecture on micrograd, cell after cell, with `Value` from engine in place of its
own.

Each test is a few of its cells: an expression, gradients by hand, the drawing by way of _prev and _op, a
neuron whose steps are done one by one, tanh taken to pieces, an MLP of the student's own, and training by
hand.
"""

import math
import random

import pytest
from graphviz import Digraph

from engine import Value
from engine.value import node


def everything_below(root):
    """Nodes and arrows, collected in sets by recursion, as students write it."""
    nodes, arrows = set(), set()

    def visit(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                arrows.add((child, v))
                visit(child)
    visit(root)
    return nodes, arrows


def picture(root):
    """A record for each value, a circle for each operation, by graphviz."""
    dot = Digraph(format="svg", graph_attr={"rankdir": "LR"})
    nodes, arrows = everything_below(root)
    for n in nodes:
        name = str(id(n))
        dot.node(name=name, label=f"{{ {n.label} | data {n.data:.4f} | grad {n.grad:.4f} }}", shape="record")
        if n._op:
            dot.node(name=name + n._op, label=n._op)
            dot.edge(name + n._op, name)
    for child, parent in arrows:
        dot.edge(str(id(child)), str(id(parent)) + parent._op)
    return dot


def expression():
    a = Value(2.0, label="a")
    b = Value(-3.0, label="b")
    c = Value(10.0, label="c")
    e = a * b
    e.label = "e"
    d = e + c
    d.label = "d"
    f = Value(-2.0, label="f")
    L = d * f
    L.label = "L"
    return a, b, c, d, e, f, L


def test_an_expression_and_what_it_was_made_from():
    a, b, c, d, e, f, L = expression()
    assert L.data == -8.0 and "data=2.0" in repr(a) and "label='a'" in repr(a)
    assert d._prev == {e, c} and d._op == "+" and e._op == L._op == "*" and a._op == "" and not a._prev
    assert (e in d._prev and a not in d._prev and len(d._prev) == 2
            and [v.label for v in d._prev] == ["e", "c"])


def test_the_picture_has_a_record_per_value_and_a_circle_per_operation():
    *_, L = expression()
    L.backward()
    source = picture(L).source
    assert source.count("shape=record") == 7 and source.count("->") == 3 + 6
    assert "{ L | data -8.0000 | grad 1.0000 }" in source and "{ b | data -3.0000 | grad -4.0000 }" in source


def test_gradients_filled_in_by_hand_and_a_step_uphill():
    a, b, c, d, e, f, L = expression()
    L.grad = 1.0
    d.grad, f.grad = f.data, d.data
    c.grad, e.grad = d.grad, d.grad
    a.grad, b.grad = e.grad * b.data, e.grad * a.data
    by_hand = [v.grad for v in (a, b, c, d, e, f, L)]
    for v in (a, b, c, f): v.grad = 0.0
    L.backward()
    assert [v.grad for v in (a, b, c, d, e, f, L)] == by_hand == [6.0, -4.0, -2.0, -2.0, -2.0, 4.0, 1.0]
    for v in (a, b, c, f): v.data += 0.01 * v.grad
    assert ((a * b + c) * f).data == pytest.approx(-7.286496)


def test_a_slope_measured_with_a_small_step_agrees():
    def result(h):
        a, b, c, f = Value(2.0 + h), Value(-3.0), Value(10.0), Value(-2.0)
        return ((a * b + c) * f).data
    a, *_, L = expression()
    L.backward()
    assert (result(1e-6) - result(0)) / 1e-6 == pytest.approx(a.grad, rel=1e-6)


def neuron():
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    x2w2.label = "x2*w2"
    both = x1w1 + x2w2
    both.label = "x1*w1 + x2*w2"
    n = both + b
    n.label = "n"
    return x1, x2, w1, w2, b, x1w1, x2w2, both, n


EXPECTED = pytest.approx([-1.5, 0.5, 1.0, 0.0, 0.5])                    # x1, x2, w1, w2, b


def test_a_neuron_backwards_one_step_at_a_time():
    x1, x2, w1, w2, b, x1w1, x2w2, both, n = neuron()
    o = n.tanh()
    o.label = "o"
    assert o.data == pytest.approx(math.sqrt(0.5)) and o._op == "tanh"
    o.grad = 1.0
    o._backward()
    assert n.grad == pytest.approx(0.5)
    n._backward()
    b._backward()                                                     # a leaf: nothing happens
    both._backward()
    x1w1._backward()
    x2w2._backward()
    assert [v.grad for v in (x1, x2, w1, w2, b)] == EXPECTED


def test_a_neuron_backwards_in_an_order_found_by_recursion():
    x1, x2, w1, w2, b, *_, n = neuron()
    o = n.tanh()
    order, seen = [], set()

    def visit(v):
        if v not in seen:
            seen.add(v)
            for child in v._prev:
                visit(child)
            order.append(v)
    visit(o)
    assert len(order) == 10 and order[-1] is o
    o.grad = 1.0
    for v in reversed(order):
        v._backward()
    assert [v.grad for v in (x1, x2, w1, w2, b)] == EXPECTED


def test_tanh_taken_to_pieces():
    x1, x2, w1, w2, b, *_, n = neuron()
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    o.backward()
    assert o.data == pytest.approx(math.sqrt(0.5)) and [v.grad for v in (x1, x2, w1, w2, b)] == EXPECTED
    assert [o._op, e._op, *[v._op for v in o._prev]] == ["/", "exp", "-", "+"]
    assert len(everything_below(o)[0]) == 9 + 8  # 2*n, exp, -, +, / and the numbers 2, 1, 1


def test_a_value_used_twice_gets_both_gradients():
    a = Value(3.0, label="a")
    b = a + a
    b.backward()
    assert a.grad == 2.0 and len(b._prev) == 1
    a, b = Value(-2.0), Value(3.0)
    ((a * b) * (a + b)).backward()
    assert (a.grad, b.grad) == (-3.0, -8.0)


def test_by_hand_a_value_used_twice_gets_both_too():
    a = Value(3.0)
    b = a + a
    b.grad = 1.0
    b._backward()
    assert a.grad == 2.0


@pytest.mark.parametrize("make, op, operands", [
    (lambda a, b: a + b, "+", 2), (lambda a, b: a - b, "-", 2), (lambda a, b: a * b, "*", 2),
    (lambda a, b: a / b, "/", 2),
    (lambda a, b: a ** 2, "**2", 1), (lambda a, b: a ** -1, "**-1", 1), (lambda a, b: a ** 0.5, "**0.5", 1),
    (lambda a, b: a ** b, "**", 2), (lambda a, b: 2 ** a, "**", 2), (lambda a, b: -a, "neg", 1),
    (lambda a, b: a.relu(), "ReLU", 1), (lambda a, b: a.tanh(), "tanh", 1), (lambda a, b: a.exp(), "exp", 1),
    (lambda a, b: a.log(), "log", 1), (lambda a, b: a + 1, "+", 2), (lambda a, b: 1 - a, "-", 2)])
def test_operations_are_written_as_there(make, op, operands):
    a, b = Value(4.0), Value(3.0)
    z = make(a, b)
    assert z._op == op and len(z._prev) == operands and any(v is a for v in z._prev)


# --- an MLP of the student's own -----------------------------------------------------------------------

class Neuron:
    def __init__(self, inputs):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x):
        return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, inputs, outputs):
        self.neurons = [Neuron(inputs) for _ in range(outputs)]

    def __call__(self, x):
        outs = [n(x) for n in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP:
    def __init__(self, inputs, outputs):
        sizes = [inputs, *outputs]
        self.layers = [Layer(*pair) for pair in zip(sizes, sizes[1:])]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


XS = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
YS = [1.0, -1.0, -1.0, 1.0]


@pytest.fixture
def students():
    random.seed(7)
    return MLP(3, [4, 4, 1])


@pytest.fixture
def ours():
    from nn import MLP
    return MLP(3, [4, 4, 1], hidden="tanh", output="tanh", seed=7)


@pytest.mark.parametrize("which", ["students", "ours"])
def test_training_by_hand(which, request):
    model = request.getfixturevalue(which)
    assert len(model.parameters()) == 41
    losses = []
    for _ in range(60):
        ypred = [model(x) for x in XS]
        loss = sum((yout - ygt) ** 2 for ygt, yout in zip(YS, ypred))
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data += -0.1 * p.grad
        losses.append(loss.data)
    assert losses[-1] < 0.05 < losses[0] and len(everything_below(loss)[0]) > 100


def test_one_weight_of_the_network_can_be_looked_at(students):
    loss = (students(XS[0]) - 1.0) ** 2
    loss.backward()
    w = students.layers[0].neurons[0].w[0]
    assert w.grad != 0 and "data " in picture(students.layers[0].neurons[0](XS[0])).source


# --- what is not there says what to write ----------------------------------------------------------------

@pytest.mark.parametrize("name", ["_prev", "_op", "_backward", "_children", "_local_grads"])
def test_a_view_cannot_be_set(name):
    z = Value(1.0) * 2
    before = z._prev, z._op
    with pytest.raises(AttributeError,
                       match=rf"{name} is a view of .* node\(data, op, operands, partials\) from engine"):
        setattr(z, name, lambda: None)
    assert (z._prev, z._op) == before


@pytest.mark.parametrize("make", [lambda a, b: Value(5.0, (a, b), "+"),
                                  lambda a, b: Value(5.0, _children=(a, b), _op="+"),
                                  lambda a, b: Value(5.0, _prev=(a, b)),
                                  lambda a, b: Value(5.0, (a, b), (1, 1)),
                                  lambda a, b: Value(5.0, children=(a, b), local_grads=(1, 1))])
def test_a_node_of_ones_own_is_made_by_node(make):
    a, b = Value(2.0), Value(3.0)
    with pytest.raises(TypeError, match=r"node\(data, op, operands, partials\) from engine.value"):
        make(a, b)
    z = node(5.0, "+", (a, b), (1, 1))
    z.backward()
    assert (a.grad, b.grad, z._op, z._prev) == (1, 1, "+", {a, b})


def test_an_attribute_of_ones_own_needs_a_subclass():
    """Slots keep Values small: the error is Python's own, and a subclass takes any attribute."""
    with pytest.raises(AttributeError, match="'Value' object has no attribute 'velocity'"):
        Value(1.0).velocity = 0.0

    class Parameter(Value):
        pass
    p = Parameter(3.0, label="p")
    p.velocity = 0.5
    (p * p).backward()
    assert (p.velocity, p.grad, p.label) == (0.5, 6.0, "p")


def test_the_views_have_a_fixed_order_and_tell_values_apart_by_identity():
    a, b = Value(2.0, "a"), Value(2.0, "b")
    z = node(0.0, "total", (b, a, b, Value(2.0, "c")), (1, 1, 1, 1))
    assert [v.label for v in z._prev] == ["b", "a", "c"] and Value(2.0) not in z._prev and a in z._prev
    assert z._prev | {a} == set(z._prev) and repr((a + b)._prev) == f"{{{a!r}, {b!r}}}"
    assert [v.label for v in z._children] == ["b", "a", "b", "c"] and z._local_grads == (1, 1, 1, 1)
