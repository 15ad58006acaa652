"""Engines that other people have published: what is said of each is true, and nothing else is said.

Class: a false complaint about, or a wrong diagnosis of, an engine that nobody here wrote. Each row is a
package; for each mistake that the suite names in it, where in its source it stands, found by reading. CHECKS
shows each without the suite. What is not installed, or of another version than was read, is skipped;
docs/conformance.md says how to install them.
"""

import cmath
import math
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

import pytest

from engine.testing import conformance


class Published(NamedTuple):
    """package, versions that were read, the class, what it truly gets wrong and where, its three names."""

    package:  str
    versions: tuple[str, ...]
    place:    str
    true:     dict[str, str]
    names:    tuple[str, str, str] = ("data", "grad", "backward")

    @property
    def theirs(self) -> type:
        module, _, name = self.place.partition(":")
        return getattr(import_module(module), name)


PASS = {"inner kept":     "backward: sets self.grad alone, and inner nodes keep theirs",
        "recursion":      "backward: build_topo calls itself",
        "read late":      "__mul__, __pow__: _backward reads .data of then",
        "order of a set": "__init__: _prev is a set, which build_topo goes through"}
POWER   = {"0 ** 0": "__pow__: other * self.data**(other-1)"}
COMPLEX = {"complex": "__pow__: self.data**other as Python has it"}
TANH    = {"tanh(1000)": "tanh: math.exp(2*x)", "tanh(inf)": "tanh: inf / inf, of exp(2*x) - 1 and + 1"}
ONE_PASS = {name: where for name, where in PASS.items() if name not in ("recursion", "order of a set")}

PUBLISHED = [
    Published("micrograd", ("0.1.0",), "micrograd.engine:Value", {**PASS, **POWER, **COMPLEX}),
    Published("deep-autograd", ("0.0.2",), "deep_autograd.engine:Value", {**PASS, **POWER, **COMPLEX}),
    Published("femtograd", ("0.0.5",), "femtograd.femtograd:value", {**PASS, **POWER, **COMPLEX, **TANH}),
    Published("tonygrad", ("2.0.0",), "tonygrad.engine:Value", {**PASS, **POWER, **COMPLEX, **TANH}),
    Published("backprop-lib", ("0.1.0",), "backprop.engine:Value", {
        **PASS, **POWER, **COMPLEX, **TANH,
        "exponent": "__pow__: other = other.data, and (self,) alone are its operands"}),
    Published("omnigrad", ("0.2.3",), "omnigrad.diffengine:Value", {**PASS, **POWER, **COMPLEX, **TANH}),
    Published("scalargrad", ("1.0.5",), "scalargrad.core:Scalar", {
        **PASS, **POWER,
        "sigmoid(-1000)": "sigmoid: math.exp(-self.data)",
        "relu(nan)":      "relu: max(0, self.data)"}),
    Published("delgrada", ("0.1.2",), "delgrada.scalar:Scalar", {
        **ONE_PASS,
        "recursion":         "_build_tree: dfs_visit calls itself",
        "log of the base":   "__pow__: _back takes math.log(self.value) for a plain exponent too",
        "exponent unlisted": "__pow__: children=[self], so that no pass goes on from the exponent",
        "0 ** y":            "__pow__: _back takes math.log(0)"}, ("value", "grad", "backprop")),
    Published("nanograd-bgriebel", ("0.1.4",), "nanograd_bgriebel:Value", {**ONE_PASS, **POWER},
              ("data", "grad", "backwards")),
]

# What the suite says of each.
SENTENCES = {
    "inner kept":        "the gradients of inner nodes are kept from the first backward() to the next",
    "recursion":         "calls itself once per node",
    "read late":         "slopes are computed in backward(), from data that may have changed",
    "order of a set":    "the answer depends on the order of a set",
    "0 ** 0":            "x ** 0 is 1 everywhere, with slope 0, at 0 too",
    "complex":           "a complex number comes out without a word",
    "tanh(1000)":        "tanh is fine at 1000: its value is 1 and its slope 0",
    "tanh(inf)":         "tanh(inf) is 1, with slope 0",
    "sigmoid(-1000)":    "sigmoid is fine at -1000: its value is 0 and its slope 0",
    "relu(nan)":         "nan is swallowed",
    "exponent":          "x ** y passes no gradient to its second operand",
    "log of the base":   "a value was refused although it lies in the domain: ValueError: math domain error",
    "exponent unlisted": "x.grad is 32.0 in place of 54.18070978",
    "0 ** y":            "0 ** y is 0 for y > 0, with slope 0 towards both: there is no log(0) to take",
}

# Which of two orders a set has is chance: now and then it is the same throughout.
CHANCE = {"order of a set"}


class Engine:
    """A class of theirs by hand: a node, its number, a pass from it and the gradient of another."""

    def __init__(self, row):
        self.node = row.theirs
        self.data_name, self.grad_name, self.backward_name = row.names

    def data(self, x):             return getattr(x, self.data_name)
    def change(self, x, number):   setattr(x, self.data_name, number)

    def slopes(self, z, *xs):
        """The gradients of xs after one more pass from z."""
        getattr(z, self.backward_name)()
        return [getattr(x, self.grad_name) for x in xs]


def raises(kind: type[Exception], do: Callable[[], object]) -> bool:
    try:
        do()
    except kind:
        return True
    return False


def inner_kept(e):
    x = e.node(2.0)
    a = x * x
    z = a * a
    return [e.slopes(z, x), e.slopes(z, x)] == [[32.0], [96.0]]                       # twice 32 is 64


def recursion(e):
    z = e.node(1.0)
    for _ in range(3000):
        z = z + 1.0
    return raises(RecursionError, lambda: e.slopes(z))


def read_late(e):
    x = e.node(3.0)
    z = x * x
    e.change(x, 4.0)
    return e.slopes(z, x) == [8.0] and e.data(z) == 9.0                              # at 3 it is 6


def order_of_a_set(e):
    x, y = e.node(3.0), e.node(2.0)
    return any(isinstance(kept, set) and kept == {x, y} for kept in vars(x * y).values())


def zero_to_the_zero(e):
    x = e.node(0.0)
    return raises(ZeroDivisionError, lambda: e.slopes(x ** 0)) or math.isnan(e.slopes(x ** 0, x)[0])


def complex_number(e):
    x = e.node(-2.0)
    return not raises(ValueError, lambda: x ** 0.5) and cmath.isclose(e.data(x ** 0.5), 2 ** 0.5 * 1j)


def exponent_without_gradient(e):
    x, y = e.node(2.0), e.node(4.0)
    return e.slopes(x ** y, x, y) == [32.0, 0.0]                                     # 16 log 2 towards y


def log_of_the_base(e):
    x = e.node(-3.0)
    z = x ** 2
    return e.data(z) == 9.0 and raises(ValueError, lambda: e.slopes(z))


def exponent_unlisted(e):
    x, w = e.node(2.0), e.node(1.5)
    return e.slopes(x ** (w * w), w) == [0.0]                                        # and not 9.89


def zero_to_a_node(e):
    return raises(ValueError, lambda: e.slopes(e.node(0.0) ** e.node(2.0)))


CHECKS = {
    "inner kept": inner_kept, "recursion": recursion, "read late": read_late,
    "order of a set": order_of_a_set, "0 ** 0": zero_to_the_zero, "complex": complex_number,
    "tanh(1000)":     lambda e: raises(OverflowError, lambda: e.node(1000.0).tanh()),
    "tanh(inf)":      lambda e: math.isnan(e.data(e.node(math.inf).tanh())),
    "sigmoid(-1000)": lambda e: raises(OverflowError, lambda: e.node(-1000.0).sigmoid()),
    "relu(nan)":      lambda e: e.data(e.node(math.nan).relu()) == 0,
    "exponent": exponent_without_gradient, "log of the base": log_of_the_base,
    "exponent unlisted": exponent_unlisted, "0 ** y": zero_to_a_node,
}


def installed(package: str, versions: tuple[str, ...]) -> None:
    """Skip where there is none of these versions."""
    try:
        here = version(package)
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed")
    if here not in versions:
        pytest.skip(f"{package} {here} is installed, and {', '.join(versions)} was read")


def name_of(sentence: str) -> str:
    """Which of the known sentences it is; the sentence itself if none."""
    return next((name for name, words in SENTENCES.items() if words in sentence), sentence)


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row.package)
def test_what_is_said_of_a_published_engine_is_true_and_all_that_was_read_is_said(row):
    installed(row.package, row.versions)
    report = conformance(row.place, examples=3)
    told   = {name_of(sentence) for sentence, _ in report.mistakes}
    assert not report.problem and told | CHANCE == {*row.true} | CHANCE, str(report)
    assert CHANCE & told <= {*row.true}


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row.package)
def test_each_finding_is_seen_without_the_suite(row):
    installed(row.package, row.versions)
    assert [name for name in row.true if not CHECKS[name](Engine(row))] == []


def test_what_was_not_found_in_an_engine_is_not_there():
    """The checks tell engines apart: this project's own has none of what they look for."""
    own = Published("chainrule", (), "engine.value:Value", {})
    assert [name for name in CHECKS if name != "order of a set" and CHECKS[name](Engine(own))] == []


def test_an_engine_without_a_backward_pass_is_refused_with_what_to_write():
    """Its inputs know what uses them, and each is asked for its gradient."""
    installed("autodiffpy-free-holmes", ("0.0.9",))
    problem = conformance("autodiffpy.reverse:Reverse").problem
    assert "Reverse: no attribute is its grad; looked for" in problem and "--adapter adapter.py" in problem


def test_every_name_has_a_sentence_and_a_check():
    assert {*SENTENCES} == {*CHECKS} == {name for row in PUBLISHED for name in row.true}
