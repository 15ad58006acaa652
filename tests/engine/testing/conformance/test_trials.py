"""Trials: the backward pass is the one that gives 6.0 for x * x at 3.0, by whatever name and call."""

import pytest

from engine.testing.conformance.trials import LOOK, Naming, attributes, best_trial, equal, known_grad


def theirs(**methods):
    """A class for products alone, with these methods."""
    class Theirs:
        def __init__(self, value): self.value, self.gradient, self.of = value, 0.0, ()

        def __mul__(self, other):
            made = type(self)(self.value * other.value)
            made.of = (self, other)
            return made
    for name, method in methods.items():
        setattr(Theirs, name, method)
    return Theirs


def right(z, seed=1.0):
    x, y = z.of
    x.gradient += seed * y.value
    y.gradient += seed * x.value


def wants_seed(z, seed): right(z, seed)
def wants_node(z, seed): right(z, seed.value)
def wants_first(z):      right(z, z.gradient)
def keeps(z, retain_graph=False): right(z, 1.0 if retain_graph else 0.0)


@pytest.mark.parametrize("methods, words", [
    ({"backward": right}, ""),
    ({"backprop": right}, "backprop"),
    ({"backward": wants_seed}, "z.backward(1.0)"),
    ({"backward": wants_node}, "z.backward(a node of 1)"),
    ({"backward": wants_first}, "z.grad = 1, then z.backward()"),
    ({"backward": keeps}, "z.backward(retain_graph=True)"),
    ({"backward": lambda z, slope, edge: None, "run_backward": right}, "run_backward"),
    ({"unroll": right}, "unroll"),
])
def test_the_pass_that_gives_the_right_gradient_is_taken(methods, words):
    trial, _ = best_trial(theirs(**methods), "value", LOOK, {})
    assert (trial.level, trial.grad, trial.backward.words) == (3, "gradient", words)


def test_a_pass_that_does_not_end_is_left_to_the_suite(monkeypatch):
    def endless(z):
        while True:
            pass
    monkeypatch.setattr("engine.testing.conformance.trials.TRIAL_LIMIT", 0.1)
    trial, _ = best_trial(theirs(backprop=endless), "value", LOOK, {})
    assert (trial.grad, trial.backward.words) == ("gradient", "backprop")


def test_of_a_wrong_engine_the_known_names_are_taken():
    trial, _ = best_trial(theirs(backprop=lambda z: right(z, 0.5)), "value", LOOK, {})
    assert (trial.level, trial.grad, trial.backward.words) == (2, "gradient", "backprop")


def test_returned_gradients_are_found_by_node_or_id():
    trial, _ = best_trial(theirs(gradients_of=None, backward=lambda z: {z.of[0]: 6.0}), "value", LOOK, {})
    assert (trial.level, trial.grad) == (3, "")


def test_names_that_are_given_are_not_looked_for():
    both = theirs(backprop=right, other=lambda z: right(z, 2.0))
    trial, _ = best_trial(both, "value", Naming(backward="other", grad="gradient"), {})
    assert (trial.level, trial.backward.words) == (2, "other")


def test_attributes_are_compared_as_numbers_and_unknown_methods_are_not_called():
    class Node:
        value, gradient, label = 3.0, None, "x"
        def grad(self): return 6.0
        def explode(self): raise AssertionError
    assert equal(Node(), "value", 3.0) and not equal(Node(), "label", 3.0)
    assert not equal(Node(), "explode", 3.0) and equal(Node(), "grad", 6.0) and known_grad(Node()) == "grad"
    assert attributes(Node()) == ["gradient", "label", "value"]
