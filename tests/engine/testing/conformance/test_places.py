"""Places: the method in which a mistake lies, and the line, where the text leaves no doubt."""

import time
from pathlib import Path

import pytest

from engine.testing import museum
from engine.testing.conformance.mistakes import catalogue
from engine.testing.conformance.places import WHOLE, Site, excerpt_text, places, site_of
from engine.testing.conformance.sources import opened

HERE    = Path(__file__).parent
CLOSURE = """
class Value:
    def __init__(self, data, children=()):
        self.data, self.grad, self.children = data, 0.0, set(children)

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))
        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))
        def _backward():
            self.grad = other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out

    __rmul__ = __mul__
    def __neg__(self): return self * -1

    def tanh(self):
        t = (1 - self.data) / 2
        s = 1 - t
        out = Value(t, (self,))
        def _backward():
            self.grad += s * out.grad
        out._backward = _backward
        return out

    def exp(self):
        out = Value(2.7 ** self.data, (self,))
        def _backward():
            self.grad += out.data
        out._backward = _backward
        return out

    def backward(self):
        topo, seen = [], set()
        def build(v):
            if v not in seen:
                seen.add(v)
                for child in v.children:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = 1.0
        for v in topo:
            v._backward()
"""


def shown(book, site):
    return [(place["name"], place["marked"]) for place in places(book, site)]


def mistakes(name, *ops):
    return [m for m in catalogue() if m.name == name and (not ops or m.ops == set(ops))]


@pytest.fixture
def closures(tmp_path):
    (tmp_path / "ada.py").write_text(CLOSURE, encoding="utf-8")
    return opened(str(tmp_path / "ada.py"))


@pytest.fixture
def exhibit(tmp_path):
    def made(name):
        path = tmp_path / f"{name}.py"
        path.write_text(museum.source(museum.exhibit(name)), encoding="utf-8")
        return opened(str(path))
    return made


@pytest.mark.parametrize("site, there", [
    (Site("overwrite", "arrival", ("*",)), [("def __mul__", [17])]),
    (Site("overwrite", "arrival"),         [("def __mul__", [17])]),
    (Site("upstream", "message", ("exp",)), [("def exp", [37])]),
    (Site("upstream", "message"),          [("def exp", [37])]),
    (Site("slope of *", ops=("*",), operands=(1,)), [("def __mul__", [18])]),
    (Site("slope of tanh", ops=("tanh",), operands=(0,)), [("def tanh", [])]),   # s is computed above
    (Site("slope of neg", ops=("neg",)),   [("def __neg__", [])]),
    (Site("recursion", "listing"),         [("def backward", [47])]),
    (Site("no seed", "prepare"),           [("def backward", [50])]),
    (Site("inner kept", "prepare"),        [("def backward", [])]),
    (Site("set of operands", "message"),   [("def __init__", [4])]),
    (Site("read late", "late", ("*",)),    [("def __mul__", [17, 18])]),
    (Site("read late", "late"),            [("def __mul__", [17, 18])]),
    (Site("order of a set", "listing"),    [("def __init__", [4])]),
    (Site("", ops=("sqrt",)),              []),
    (Site("", method="__rsub__"),          []),
    (Site("", ops=("neg",), method="__neg__"), [])])                             # made of others: no guess
def test_closures(closures, site, there):
    assert shown(closures, site) == there


@pytest.mark.parametrize("name, mistake, there", [
    ("overwrite",     ("overwrite",),       [("def backward", [80])]),
    ("upstream",      ("upstream",),        [("def backward", [80])]),
    ("not_reversed",  ("not reversed",),    [("def backward", [78])]),
    ("pre_order",     ("not reversed",),    [("def backward", []), ("def topological_order", [])]),
    ("visited_kept",  ("visited kept",),    [("def topological_order", [91])]),
    ("seed_is_data",  ("seed is data",),    [("def backward", [77])]),
    ("leaves_wiped",  ("leaves wiped",),    [("def backward", [75])]),
    ("seed_not_reset", ("seed not reset",), [("def backward", [77])]),
    ("mul_swapped",   ("slope of *", "*"),  [("def __mul__", [27])]),
    ("rsub_swapped",  ("reflected", "-"),   [("def __rsub__", [])]),
    ("div_floor",     ("value of /", "/"),  [("def __truediv__", [31])]),
    ("log_base",      ("value of log", "log"), [("def log", [53])]),
    ("tanh_as_sigmoid", ("slope of tanh", "tanh"), [("def tanh", [61])])])
def test_the_exhibits_of_the_museum(exhibit, name, mistake, there):
    assert shown(exhibit(name), site_of(mistakes(*mistake)[0])) == there


def test_the_operands_of_a_site_are_those_towards_which_it_shows():
    by_sentence = {m.sentence: site_of(m) for m in catalogue()}
    assert by_sentence["the slope of x - y towards y has the wrong sign: it is -1"].operands == (1,)
    assert by_sentence["x * y passes no gradient to its first operand"].operands == (0,)
    assert by_sentence["the slopes of * are swapped: d(x*y)/dx is y, and d(x*y)/dy is x"].operands == (0, 1)
    overwritten = [site_of(m).operands for m in mistakes("overwrite", "*")]
    assert overwritten == [(0, 1), (0,), (1,)]


def test_every_mistake_of_the_catalogue_has_a_site_and_no_line_of_a_right_engine_is_sure_to_be_wrong():
    book = opened("engine.testing.museum.right:Value")
    for mistake in catalogue():
        for place in places(book, site_of(mistake)):
            assert place["file"] == "right.py" and place["lines"]
    assert shown(book, Site("overwrite", "arrival")) == [("def backward", [])]


@pytest.mark.parametrize("file, op, name", [
    ("engines/tape.py", "*", "__mul__"), ("wild/operation_classes.py", "*", "class Product"),
    ("wild/function_apply.py", "+", "class Add"), ("wild/only_functions.py", "*", "def mul"),
    ("wild/functions.py", "tanh", "def tanh"), ("wild/statics.py", "tanh", "def tanh"),
    ("wild/global_tape.py", "*", "def __mul__")])
def test_other_styles(file, op, name):
    """The class: wherever an operation is written, its lines are shown."""
    assert [place["name"] for place in places(opened(str(HERE / file)), Site("", ops=(op,)))] == [name]


def test_a_tape_runs_the_backward_pass():
    book = opened(str(HERE / "wild/global_tape.py"))
    assert [name for name, _ in shown(book, Site("inner kept", "prepare"))] == ["def differentiate"]


def test_a_long_method_is_cut_around_the_line(tmp_path):
    body = "\n".join(f"        a{k} = {k}" for k in range(60))
    (tmp_path / "ada.py").write_text("class Value:\n    def __mul__(self, other):\n" + body + "\n"
        "        def send():\n            self.grad = other.data * 2\n        return send\n"
        "    def __add__(self, other):\n        y = self.data\n" + body, encoding="utf-8")
    book = opened(str(tmp_path / "ada.py"))
    place, = places(book, Site("overwrite", "arrival", ("*",)))
    assert [n for n, _ in place["lines"]] == [2, 0, 60, 61, 62, 63, 64, 65] and place["marked"] == [64]
    place, = places(book, Site("", ops=("+",)))
    assert len(place["lines"]) == WHOLE and place["lines"][-1] == (0, "")
    assert excerpt_text(place)[:2] == ["ada.py, line 66, def __add__", "  66  def __add__(self, other):"]
    assert excerpt_text(place)[-1].split() == ["..."]


def test_a_line_of_text_is_broken_and_not_cut():
    place = {"file": "a.py", "line": 9, "name": "def f", "lines": [(9, "x" * 25)], "marked": [9]}
    assert excerpt_text(place, 10) == ["a.py, line 9, def f", "> 9  xxxxxxxxxx", "       xxxxxxxxxx",
                                       "       xxxxx"]


def test_a_file_that_is_made_to_be_slow_to_read_is_given_up(tmp_path):
    """The class: thousands of loops, of calls, of names, of signs. It is the time of the processor, and ten
    times what it takes."""
    loops = "".join(f"        for a{k} in order:\n            x.grad = a{k} * y.grad\n" for k in range(2000))
    calls = "".join(f"        f{k}()\n" for k in range(2000)) + "        x.grad = 2 * y\n"
    names = "".join(f"def f{k}():\n    f{(k * 7) % 2000}(); f{(k * 11) % 2000}()\n" for k in range(2000))
    for body in (loops, calls):
        (tmp_path / "ada.py").write_text(f"{names}class Value:\n    def backward(self):\n{body}")
        began = time.process_time()
        book  = opened(str(tmp_path / "ada.py"))
        assert all(isinstance(places(book, site_of(m)), list) for m in catalogue()[:8])
        assert time.process_time() - began < 30
    (tmp_path / "ada.py").write_text("class Value:\n    def __mul__(self, x): return " + "-" * 90_000 + "x")
    book = opened(str(tmp_path / "ada.py"))
    assert book is None or places(book, Site("slope of *", ops=("*",))) == []
