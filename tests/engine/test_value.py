"""Value: random programs against dual numbers, networks against D1's recursion, and a million-node chain."""

import ast
import gc
import math
import os
import shutil
import subprocess
import sys
import threading
import weakref
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine import Value, affine, clamp, dot, exp, grad, maximum, minimum, relu, tanh, total
from engine.value import topological_order
from nn import MLP

ROOT = Path(__file__).parents[2]


# --- random programs on Fractions, compared with == ------------------------------------------------
#
# A program is a list of leaves and a list of steps (op, positions of operands). It runs twice: on the
# engine, backwards, and on Dual numbers, forwards, which share no line of code with the engine.

class Dual:
    """x + sum_i dx[i] e_i with e_i e_j = 0: a number with its derivative by each leaf."""

    def __init__(self, x, dx): self.x, self.dx = x, dx

    def combine(self, x, *terms):
        """The number x with derivative sum slope * operand.dx over the terms (slope, operand)."""
        return Dual(x, [sum(s * d.dx[i] for s, d in terms) for i in range(len(self.dx))])

    def __add__(a, b): return a.combine(a.x + b.x, (1, a), (1, b))
    def __sub__(a, b): return a.combine(a.x - b.x, (1, a), (-1, b))
    def __mul__(a, b): return a.combine(a.x * b.x, (b.x, a), (a.x, b))
    def __truediv__(a, b): return a.combine(a.x / b.x, (1 / b.x, a), (-a.x / b.x**2, b))
    def __neg__(a): return a.combine(-a.x, (-1, a))


def dual_share(winner, *xs):
    """max or min of Duals: the mean of the derivatives of all winners."""
    wins = [d for d in xs if d.x == winner]
    return xs[0].combine(winner, *[(Fraction(1, len(wins)), d) for d in wins])


ONE = Fraction(1)
ENGINE = {
    "+": lambda x, y: x + y,   "-": lambda x, y: x - y,   "*": lambda x, y: x * y,   "/": lambda x, y: x / y,
    "neg": lambda x: -x,       "square": lambda x: x**2,  "inverse": lambda x: x**-1,
    "2x+1": lambda x: 1 + x * 2, "1/3-x": lambda x: Fraction(1, 3) - x,
    "abs": abs,                "relu": relu,              "clamp": lambda x: clamp(x, -ONE, ONE),
    "max": maximum,            "min": minimum,            "total": total,
    "dot": lambda a, b, c, d: dot([a, b], [c, d]),
    "affine": lambda a, b, c, d, e: affine([a, b], [c, d], e),
}
DUAL = {
    "+": lambda x, y: x + y,   "-": lambda x, y: x - y,   "*": lambda x, y: x * y,   "/": lambda x, y: x / y,
    "neg": lambda x: -x,       "square": lambda x: x * x,
    "inverse": lambda x: x.combine(1 / x.x, (-1 / x.x**2, x)),
    "2x+1": lambda x: x.combine(1 + 2 * x.x, (2, x)),
    "1/3-x": lambda x: x.combine(Fraction(1, 3) - x.x, (-1, x)),
    "abs": lambda x: x.combine(abs(x.x), ((x.x > 0) - (x.x < 0), x)),
    "relu": lambda x: x.combine(max(x.x, ONE * 0), (int(x.x > 0), x)),
    "clamp": lambda x: x.combine(min(max(x.x, -ONE), ONE), (int(-1 <= x.x <= 1), x)),
    "max": lambda *xs: dual_share(max(d.x for d in xs), *xs),
    "min": lambda *xs: dual_share(min(d.x for d in xs), *xs),
    "total": lambda x, y, z: x + y + z,
    "dot": lambda a, b, c, d: a * c + b * d,              "affine": lambda a, b, c, d, e: e + a * c + b * d,
}
OPERANDS = {"+": 2, "-": 2, "*": 2, "/": 2, "max": 3, "min": 2, "total": 3, "dot": 4, "affine": 5}
PHASES = [Phase.generate] if "CHAINRULE_NO_SHRINKING" in os.environ else list(Phase)
SMALL = st.fractions(-3, 3, max_denominator=7)


@st.composite
def programs(draw):
    """(leaves, steps); a step that would divide by 0, or make a number of more than 300 bits, adds
    instead."""
    leaves = draw(st.lists(SMALL, min_size=1, max_size=4))
    numbers, steps = [Dual(x, []) for x in leaves], []
    for _ in range(draw(st.integers(1, 60))):
        name = draw(st.sampled_from(sorted(ENGINE)))
        at = [draw(st.integers(max(0, len(numbers) - 8), len(numbers) - 1))
              for _ in range(OPERANDS.get(name, 1))]
        try:
            z = DUAL[name](*[numbers[k] for k in at])
        except ZeroDivisionError:
            z = None
        if z is None or Fraction(z.x).denominator.bit_length() + Fraction(z.x).numerator.bit_length() > 300:
            name, z = "clamp", DUAL["clamp"](numbers[at[0]])
            at = at[:1]
        steps.append((name, at))
        numbers.append(z)
    return leaves, steps


def run(leaves, steps, rules):
    numbers = list(leaves)
    for name, at in steps:
        numbers.append(rules[name](*[numbers[k] for k in at]))
    return numbers[-1]


@given(programs())
@settings(max_examples=300, deadline=None, phases=PHASES)
def test_random_programs_have_exactly_the_gradient_of_dual_numbers(program):
    leaves, steps = program
    xs = [Value(x) for x in leaves]
    z = run(xs, steps, ENGINE)
    expected = run([Dual(x, [int(i == j) for j in range(len(xs))]) for i, x in enumerate(leaves)], steps,
                   DUAL)
    for x in xs:
        x.grad = Fraction(5, 7)                                      # gradients are added to what is there
    z.backward()
    assert z.data == expected.x
    assert [x.grad - Fraction(5, 7) for x in xs] == expected.dx
    assert list(grad(lambda *ys: run(ys, steps, ENGINE))(*leaves)
                if len(xs) > 1 else [grad(lambda y: run([y], steps, ENGINE))(leaves[0])]) == expected.dx


def test_a_planted_bug_makes_that_test_fail(tmp_path):
    """`=` for `+=` in a copy of the engine: the test above must fail there, and pass on a faithful copy."""
    assert programs_fail(tmp_path / "faithful", "", "") is False
    assert programs_fail(tmp_path / "broken", "operand.grad += partial", "operand.grad = partial") is True


def programs_fail(folder, old, new):
    for package in ("engine", "nn"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    source = (folder / "engine/value.py").read_text()
    assert old in source
    (folder / "engine/value.py").write_text(source.replace(old, new, 1) if old else source)
    ran = subprocess.run([sys.executable, "-m", "pytest", str(Path(__file__)), "-k", "dual_numbers", "-q",
                          "-x",
                          "--import-mode=importlib", "-p", "no:cacheprovider", "--rootdir", str(folder),
                          "-c", os.devnull],
                         cwd=folder, env=os.environ | {"PYTHONPATH": str(folder),
                                                       "CHAINRULE_NO_SHRINKING": "1"},
                         capture_output=True, text=True, timeout=120)
    assert "1 passed" in ran.stdout or "1 failed" in ran.stdout and "AssertionError" in ran.stdout, ran.stdout
    return ran.returncode == 1


# --- networks against D1's recursion ----------------------------------------------------------------

F = {"tanh":    (math.tanh,                          lambda z: 1 / math.cosh(z)**2),
     "sigmoid": (lambda z: 1 / (1 + math.exp(-z)),   lambda z: math.exp(-z) / (1 + math.exp(-z))**2),
     "relu":    (lambda z: max(z, 0.0),              lambda z: float(z > 0))}


@pytest.mark.parametrize("elementwise", [False, True])
@pytest.mark.parametrize("f", F)
@pytest.mark.parametrize("sizes", [[1], [3, 1], [4, 3, 2], [3, 4, 2, 2], [2, 3, 3, 2, 1]])
def test_networks_of_1_to_5_layers_follow_the_delta_recursion(sizes, f, elementwise):
    """D1-36: delta_L = a_L - t; delta_l = (W_{l+1}^T delta_{l+1}) * f'(z_l); dJ/dW_l = delta_l a_{l-1}^T, in
    loops."""
    x, t = [0.5, -1.25, 2.0], [0.25, -0.5][:sizes[-1]]
    model = MLP(3, sizes, hidden=f, seed=5, elementwise=elementwise)
    trace = model.trace(x)
    sum((a - tk)**2 / 2 for a, tk in zip(trace.a[-1], t)).backward()

    W = [[[w.data for w in n.weights] for n in layer.neurons] for layer in model.layers]
    b = [[n.bias.data for n in layer.neurons] for layer in model.layers]
    a, z, last = [x], [], len(sizes) - 1
    for k, size in enumerate(sizes):
        z.append([b[k][i] + sum(W[k][i][j] * a[k][j] for j in range(len(a[k]))) for i in range(size)])
        a.append([F[f][0](zi) if k < last else zi for zi in z[k]])
    delta = [ai - ti for ai, ti in zip(a[-1], t)]
    for k in range(last, -1, -1):
        assert [zi.grad for zi in trace.z[k]] == pytest.approx(delta, rel=1e-12, abs=1e-15)
        for i, n in enumerate(model.layers[k].neurons):
            assert n.bias.grad == pytest.approx(delta[i], rel=1e-12, abs=1e-15)
            assert [w.grad for w in n.weights] == pytest.approx([delta[i] * aj for aj in a[k]], rel=1e-12,
                                                                abs=1e-15)
        if k > 0:
            delta = [sum(W[k][i][j] * delta[i] for i in range(sizes[k])) * F[f][1](z[k - 1][j])
                     for j in range(sizes[k - 1])]


# --- the graph and its memory ------------------------------------------------------------------------

def test_a_million_operations_forward_backward_and_freed():
    """No recursion, about 395 bytes per operation at the peak (the allocator varies by some), and nothing
    left when the last name is gone."""
    program = """if True:
        import gc
        from engine import Value
        gc.disable()
        def peak():
            lines = open("/proc/self/status").read().splitlines()
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
        x, w, before = Value(1.0), Value(1.0000001), peak()
        z = x
        for _ in range(1_000_000):
            z = z * w
        z.backward()
        print((peak() - before) / 1e6)
        del z
        print(round(x.grad, 6), round(w.grad / 1e6, 6))
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of memory is read from /proc")
    size, slopes = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True,
                                  check=True).stdout.splitlines()
    assert 100 < float(size) < 430
    assert slopes == "1.105171 1.105171"


@pytest.mark.parametrize("step", [lambda z: z + 1, lambda z: tanh(z), lambda z: z * z,
                                  lambda z: maximum(z, z, 0.5)])
def test_deep_graphs_without_recursion_by_backward_and_by_grad(step):
    def f(x):
        for _ in range(20_000):
            x = step(x)
        return x
    x = Value(0.75)
    f(x).backward()
    assert x.grad == grad(f)(0.75)


class Watched(Value):
    __slots__ = ("__weakref__",)


def test_a_graph_is_freed_by_reference_counting_alone():
    gc.disable()
    try:
        x = Watched(2.0)
        gone = weakref.ref(x)
        z = exp(x * x).tanh() + affine([x], [x], 1.0)
        z.backward()
        del x, z
        assert gone() is None
    finally:
        gc.enable()


def test_the_order_has_operands_first_root_last_and_no_leaf():
    x, y = Value(2.0), Value(3.0)
    a = x * y
    b = a + x
    c = a * b
    assert [id(z) for z in topological_order(c)] == [id(a), id(b), id(c)]
    assert topological_order(x) == []


# --- several passes -----------------------------------------------------------------------------------

def test_data_changed_after_forward_gives_the_gradient_at_the_recorded_point():
    x = Value(3.0)
    z = x * x
    x.data = 100.0
    z.backward()
    assert x.grad == 6.0


def test_create_graph_refuses_changed_data_and_changes_nothing():
    x, y = Value(3.0), Value(2.0)
    z = x * x * y
    z.backward()
    before = [(v.grad, type(v.grad)) for v in (x, y, z)]
    y.data = 5.0
    with pytest.raises(ValueError, match="has changed since.*run the forward pass again"):
        z.backward(create_graph=True)
    assert [(v.grad, type(v.grad)) for v in (x, y, z)] == before


@pytest.mark.parametrize("seed", ["1", None, [1.0], 1j])
def test_a_seed_that_is_no_number_changes_nothing(seed):
    x = Value(3.0)
    z = x * x
    z.backward()
    with pytest.raises(TypeError, match=f"not {type(seed).__name__}"):
        z.backward(seed)
    assert (x.grad, z.grad) == (6.0, 1)


def test_create_graph_gives_values_for_every_kind_of_operation():
    """Also where the slope is a plain number, as of 3x and relu: their second derivative is 0."""
    for f, first, second in [(lambda x: 3 * x, 3, 0), (relu, 1, 0), (abs, 1, 0),
                             (lambda x: x * x * x, 12, 12),
                             (lambda x: x + x, 2, 0), (lambda x: x**0, 0, 0)]:
        x = Value(2.0)
        f(x).backward(create_graph=True)
        slope, x.grad = x.grad, 0
        assert isinstance(slope, Value) and slope.data == first
        slope.backward()
        assert x.grad == second


def test_create_graph_twice_accumulates_and_three_times_differentiates():
    x = Value(2.0)
    z = x**4
    z.backward(create_graph=True)
    z.backward(create_graph=True)
    assert x.grad.data == 64.0
    slopes = []
    for _ in range(4):
        x.grad = 0
        z.backward(create_graph=True)
        z, slopes = x.grad, [*slopes, x.grad.data]
    assert slopes == [32, 48, 48, 24]


def test_a_seed_scales_the_pass():
    x = Value(3.0)
    (x * x).backward(0.5)
    assert x.grad == 3.0
    x.grad = 0
    (x * x).backward(Fraction(1, 3))
    assert x.grad == 2


def test_threads_do_not_disturb_each_other():
    def work(k):
        for n in range(50):
            x = float(k + n)
            results.append(grad(lambda y: y * grad(lambda z: z * y)(1.0))(x) == 2 * x)     # noqa: B023
    results = []
    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads: t.start()
    for t in threads: t.join()
    assert results == [True] * 200


def test_an_error_leaves_earlier_graphs_usable():
    x = Value(0.0)
    z = exp(x) * 3
    for fails in (lambda: x.log(), lambda: 1 / x, lambda: (z * 1000).exp(), lambda: z + "a", lambda: x**-1):
        with pytest.raises((ValueError, ArithmeticError, TypeError)):
            fails()
    z.backward()
    assert (z.data, x.grad) == (3.0, 3.0)


# --- order, truth, kinds of numbers, display ------------------------------------------------------------

def test_order_compares_the_numbers_and_equality_the_nodes():
    """As Python's default, micrograd and microgpt have it: `v in nodes` finds the node, not an equal
    number."""
    x, y = Value(2.0), Value(2)
    assert x <= 2 < Value(3) and x > 1 and x >= y and not x < y
    assert x == x and x != y and x != 2 and len({x, y}) == 2
    assert x in [y, x] and x not in [y] and [y, x].index(x) == 1


def test_a_walk_that_asks_whether_it_has_seen_a_node_finds_them_all():
    """157 nodes, most of them with numbers that others have too: a student's `if v not in nodes`."""
    z = Value(1.0)
    for _ in range(52):
        z = z * 1.0 + 0.0
    nodes, waiting = [], [z]
    while waiting:
        v = waiting.pop()
        if v not in nodes:
            nodes.append(v)
            waiting += v.operands
    assert len(nodes) == 1 + 4 * 52


def test_a_value_is_true_whatever_its_number():
    """As any Python object, and as in micrograd: `loss = loss + x if loss else x` is about there being a
    loss."""
    assert Value(0.0) and Value(0) and Value(-1.0) and (None or Value(0.0)).data == 0


WHOLE = ["uint8", "int8", "int16", "uint32", "int64"]


@pytest.mark.parametrize("kind", WHOLE)
def test_whole_numbers_of_numpy_never_wrap_around(kind):
    """They become Python's ints where they enter: as data, as a plain operand, in a list, as a seed."""
    numpy = pytest.importorskip("numpy")
    from engine import affine, dot, exp, mean, total
    n = getattr(numpy, kind)
    big, x = int(numpy.iinfo(n).max), Value(n(numpy.iinfo(n).max))
    assert type(x.data) is int and (x * x + big).data == big * big + big
    assert (x + n(big)).data == 2 * big and (n(big) + Value(n(1))).data == big + 1 and (-x).data == -big
    assert total(n(big), n(big)) == 2 * big and mean([n(big), n(big)]) == mean([x, n(big)]).data == float(big)
    assert dot([n(big)], [n(big)]) == big ** 2 and affine([n(big)], [x], n(big)).data == big ** 2 + big
    z = (x - big - 1) ** 2
    z.backward(n(2))
    assert (z.data, x.grad) == (1, -4)
    assert exp(n(1)) == math.e and (Value(n(3)) ** 45).data == 3 ** 45 and (Value(2.0) ** n(2)).data == 4.0


def test_numpy_floats_stay_what_they_are_and_read_as_numbers():
    numpy = pytest.importorskip("numpy")
    x = Value(numpy.float32(0.1))
    z = x * numpy.float64(2.0)
    z.backward()
    assert type(x.data) is numpy.float32 and type(z.data) is numpy.float64
    assert repr(x) == "Value(data=0.1, grad=2.0)" and "np." not in repr(z)
    with pytest.raises(ValueError, match=r"^log\(-1.0\)"):
        Value(numpy.float64(-1.0)).log()


@pytest.mark.parametrize("data", [2.0, 2, Fraction(1, 2)], ids=["float", "int", "Fraction"])
def test_a_gradient_is_of_the_kind_of_its_data(data):
    """At every moment and at every node, leaf or not; whole numbers are exact, so they serve Fractions."""
    exact = {float: (float,), int: (int,), Fraction: (int, Fraction)}
    def fits(*nodes): return all(type(v.grad) in exact[type(v.data)] for v in nodes)
    def as_numbers(*nodes): return all(type(v.grad.data) in exact[type(v.data)] for v in nodes)
    x = Value(data)
    z = x * x
    y = z + 1
    assert fits(x, z, y)                                                    # before
    y.backward()
    assert fits(x, z, y) and (x.grad, y.grad) == (2 * data, 1)              # after
    x.grad = 0
    x.backward()                                                            # a leaf, set back by hand
    assert fits(x) and x.grad == 1
    for root in (z.sign(), z.floor(), 0 * z):                               # slopes that are whole numbers
        root.backward()
        assert fits(z, root)
    x.grad = 0
    y.backward(create_graph=True)
    assert as_numbers(x, z, y)
    assert repr(y) == f"Value(data={data * data + 1!r}, grad={'1.0' if type(data) is float else 1})"


def test_the_gradient_of_a_float_is_written_as_a_float():
    h = Value(Fraction(1, 2))
    (h * h).backward()
    assert type(h.grad) is Fraction and h.grad == 1
    x = Value(1.0)
    assert repr(x) == "Value(data=1.0, grad=0.0)" == repr(x * x)
    x.backward()
    assert repr(x) == "Value(data=1.0, grad=1.0)"


def test_a_new_node_has_no_gradient_yet():
    assert (Value(2.0) * 3.0).grad == 0 and Value(2.0).exp().grad == 0


def test_display():
    x = Value(2.0, label="x")
    assert repr(x) == "Value(data=2.0, grad=0.0, label='x')"
    assert f"{x:.3f}" == "2.000" and f"{x}" == repr(x)
    (x * x).backward(create_graph=True)
    assert repr(x) == "Value(data=2.0, grad=4.0, label='x')"


# --- the file that is projected ---------------------------------------------------------------------

SOURCE = ast.parse((ROOT / "engine" / "value.py").read_text(encoding="utf-8"))


def test_value_imports_nothing_of_ours():
    """Imports inside functions and for type checkers counted."""
    imports = [node for node in ast.walk(SOURCE) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names} | {
        node.module for node in imports if isinstance(node, ast.ImportFrom) and not node.level}
    assert not any(node.level for node in imports if isinstance(node, ast.ImportFrom))
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_a_method_that_there_is_not_is_a_type_error(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("from engine import Value\nx = Value(1.0)\nx.tanh().data + 1.0\n(x / "
                       "2).exp()\nx.tahn()\n")
    ran = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"),
                          str(program)],
                         cwd=ROOT, capture_output=True, text=True)
    assert ('"Value" has no attribute "tahn"; maybe' in ran.stdout
            and "Found 1 error" in ran.stdout), ran.stdout
