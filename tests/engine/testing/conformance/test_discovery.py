"""Discovery: a class that fits is itself; any other is adapted, and what was found is said; or it is told
what was looked for."""

import numpy as np
import pytest

from engine import Value
from engine.testing import museum
from engine.testing.conformance.discovery import NotFound, adapted, works
from engine.testing.conformance.trials import Naming


class Odd:
    """Its names say nothing, and its backward pass is wrong."""

    def __init__(self, amount): self.amount, self.blame, self.of = amount, 0.0, ()

    def __mul__(self, other):
        made = Odd(self.amount * other.amount)
        made.of = (self, other)
        return made

    def unroll(self):
        for x in self.of:
            x.blame += 1.0


def test_a_class_that_fits_is_given_back_itself():
    assert adapted(Value) == (Value, [], 2.0 ** -53, "")


@pytest.mark.parametrize("name", [exhibit.name for exhibit in museum.EXHIBITS][:40])
def test_no_mistake_makes_a_class_misfit(name):
    """Wrong engines with the usual names are judged as they are; their backward pass is not run here."""
    engine = museum.engine(name)
    assert adapted(engine).engine is engine


def test_what_fits_is_not_run_through_a_pass():
    class Deadly(Value):
        def backward(self, seed=1.0): raise AssertionError("run")
        def __mul__(self, other): raise AssertionError("run")
    assert adapted(Deadly).engine is Deadly


def test_a_class_that_asks_floats_for_a_shape_is_given_arrays():
    class Shaped:
        def __init__(self, data, of=()): self.data, self.grad, self.of = data, 0.0, of
        def __mul__(self, other):
            return Shaped((self.data * other.data).reshape(self.data.shape), (self, other))
        def backward(self):
            for x, y in (self.of, self.of[::-1]):
                x.grad = x.grad + y.data
    found = adapted(Shaped)
    assert found.said[0] == "a node is made by Shaped(np.array(x))"
    x = found.engine(3.0)
    z = x * x
    z.backward()
    assert (z.data, x.grad) == (9.0, 6.0)


def test_names_that_nobody_can_guess_are_asked_for_and_settable():
    with pytest.raises(NotFound) as told:
        adapted(Odd)
    words = str(told.value)
    assert "Odd: no attribute is its grad" in words and "looked for grad, gradient" in words
    assert "the methods unroll and the attributes amount, blame, of" in words
    assert "--data value --grad gradient --backward backprop" in words and "--adapter adapter.py" in words
    engine = adapted(Odd, Naming("amount", "blame", "unroll")).engine
    x = engine(3.0)
    z = x * x
    z.backward()
    assert (z.data, x.grad) == (9.0, 2.0)


def test_a_method_that_was_only_tried_is_not_told_to_be_the_backward_pass():
    """Class: an engine without one, as where inputs are asked for gradients, is told that reset() is it."""
    class Pulled(Odd):
        unroll = None
        def reset(self): self.blame = None
    with pytest.raises(NotFound, match="Pulled: no attribute is its grad; looked for"):
        adapted(Pulled)
    with pytest.raises(NotFound, match="no attribute is its grad after reset; looked for"):
        adapted(Pulled, Naming(backward="reset"))


def test_names_that_are_not_there_are_refused():
    with pytest.raises(NotFound, match="no attribute is its data; looked for sum"):
        adapted(Odd, Naming("sum", "blame", "unroll"))


@pytest.mark.parametrize("thing, words", [
    (int, "int has no backward method: an engine needs Value"),
    (3, "3 is no class"),
    (type("Bare", (), {}), "Bare has no backward method and no operators")])
def test_what_is_no_engine_is_told_so(thing, words):
    with pytest.raises(NotFound, match=words):
        adapted(thing)


def test_a_class_that_no_number_makes_is_told_what_it_raised():
    class Picky(Odd):
        def __init__(self, amount): raise ValueError("not today")
    with pytest.raises(NotFound, match=r"made of a number, as Picky\(3.0\): ValueError: not today"):
        adapted(Picky)


@pytest.mark.parametrize("word, method", [("reLU", "relu"), ("Exp", "exp"), ("LOG", "log"), ("ln", "log"),
                                          ("abs", "__abs__")])
def test_a_method_that_differs_in_capitals_or_is_no_operator_stands_for_the_operation(word, method):
    """Class: an operation that the engine has, told to be lacking, because it is spelled otherwise."""
    usual = {"relu": Value.relu, "exp": Value.exp, "log": Value.log, "__abs__": abs}[method]
    spelled = type("Spelled", (Odd,), {word: lambda self: Odd(usual(Value(self.amount)).data)})
    engine  = adapted(spelled, Naming("amount", "blame", "unroll")).engine
    assert getattr(engine(0.25), method)().data == usual(Value(0.25)).data


def test_single_precision_is_found_and_said():
    class Single(Value):
        pass
    class Engine:
        def __init__(self, data, of=()): self.data, self.grad, self.of = np.float32(data), 0.0, of
        def __mul__(self, other): return Engine(self.data * other.data, (self, other))
        def backward(self):
            x, y = self.of
            x.grad += y.data
            y.grad += x.data
    found = adapted(Engine)
    assert found.precision == 2.0 ** -24 and "float32" in found.said[-1]
    assert adapted(Single).precision == 2.0 ** -53


def test_what_works_has_a_product_and_a_pass():
    assert works(Value) and not works(Odd) and not works(int)
    assert works(Odd, Naming("amount", "blame", "unroll"))
