"""Crowds: many nodes and many calls are right in a right engine; what goes wrong at some number is found."""

from random import Random

import pytest

from engine import Value
from engine.testing.conformance.adapters import DOUBLE, SINGLE
from engine.testing.conformance.cases import Case, Context, answered
from engine.testing.conformance.expectations import adjoints
from engine.testing.conformance.here import Here
from engine.testing.conformance.blueprints import SHAPES, plan
from engine.testing.conformance.crowds import (
    MANY, SHAPED, SIZES, along, asked_of, astray, first_wrong, in_a_row, many, slopes_of, sums, too_long,
    values_of,
)

OPS = ["+", "-", "*", "neg"]


def subclass(backward=Value.backward, change=lambda z: None):
    """A Value whose operations make its own kind, changed, with another backward pass."""
    class Engine(Value):
        __slots__ = ()

        def made(self, z):
            z.__class__ = Engine
            change(z)
            return z
        def __add__(self, other): return self.made(Value.__add__(self, other))
        def __sub__(self, other): return self.made(Value.__sub__(self, other))
        def __mul__(self, other): return self.made(Value.__mul__(self, other))
        def __neg__(self):        return self.made(Value.__neg__(self))
    Engine.backward = backward
    return Engine


def count(z):
    """How many nodes z depends on, z among them."""
    seen, left = {id(z)}, [z]
    for node in left:
        for x in node.operands:
            if id(x) not in seen:
                seen.add(id(x))
                left.append(x)
    return len(seen)


# --- what is right ------------------------------------------------------------------------------------

@pytest.mark.parametrize("shape", SHAPES)
def test_a_walk_forwards_agrees_with_exact_gradients(shape):
    asked  = plan(shape, "walk", 60, OPS)
    values = values_of(asked)
    right  = [float(g) for g in asked.gradient()]
    assert values == [float(v) for v in asked.numbers()]
    assert adjoints(asked, slopes_of(asked, values))[:len(right)] == right
    for seed in range(5):
        direction = [float(Random(f"{seed} {k}").randrange(1, 1000)) for k in range(len(right))]
        assert along(asked, values, direction) == sum(a * b for a, b in zip(right, direction))


@pytest.mark.parametrize("precision, off", [(DOUBLE, 1e-6), (SINGLE, 1e-2)])
def test_the_leaf_that_is_off_is_found_whichever_it_is(precision, off):
    asked  = plan("random", "leaf", 800, OPS)
    values = values_of(asked)
    right  = adjoints(asked, slopes_of(asked, values))[:len(asked.inputs)]
    assert astray(asked, values, right, Random(0), precision) == []
    for k in Random(1).sample(range(len(right)), 20):
        given = [g + (off * max(abs(g), 1000.0)) * (j == k) for j, g in enumerate(right)]
        assert astray(asked, values, given, Random(0), precision) == [k]


# --- many nodes ---------------------------------------------------------------------------------------

def test_our_own_value_is_right_with_many_nodes_and_calls():
    for case in SIZES:
        assert case.check(Context(Here(Value), limit=60.0)).status == "pass", case


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("draw", range(2))
def test_what_goes_wrong_from_a_number_of_nodes_on_is_found_and_about_where(shape, draw):
    limit = Random(f"{shape} {draw}").randrange(20, 900)

    def backward(self):
        Value.backward(self, 1.0 if count(self) < limit else 1.0 + 1e-9)
    result = many(shape, 10, 1_000)(Context(Here(subclass(backward)), limit=60.0))
    (exercise, outcome), = result.failed
    assert "goes wrong where smaller ones are right" in result.otherwise.sentence
    assert limit / 2 < len(exercise.program.steps) < 3 * limit + 20
    assert len(outcome.data) == len(exercise.program.inputs) + len(exercise.program.steps)


def test_a_wrong_value_is_told_as_one():
    def change(z):
        if count(z) > 100:
            z.data = round(z.data, -2)
    asked = many("wide", 10, 1_000)(Context(Here(subclass(change=change)), limit=60.0))
    assert "z.data is" in asked.otherwise.sentence


def test_a_stack_that_ends_is_told_by_the_deep_graphs_and_not_again():
    def stack(most):
        def backward(self):
            if count(self) > most:
                raise RecursionError("maximum recursion depth exceeded")
            Value.backward(self)
        return Context(Here(subclass(backward)), limit=60.0)
    assert many("long", 10, 100, 1_000)(stack(500)).status == "skip"
    finding, = many("wide", 10, 100, 1_000)(stack(500)).findings
    assert finding.error.startswith("RecursionError") and "calls itself once per node" in finding.sentence


def test_what_the_engine_cannot_add_is_not_asked():
    assert many("wide", 10)(Context(Here(Value), unsound={"+ nn"})).status == "blocked"
    assert many("wide", 10)(Context(Here(Value), lacking={"+ nn"})).status == "skip"
    asked, _ = asked_of(Context(Here(Value)), "random", 100, ["+"])
    assert {step.op for step in asked.steps} == {"+"}


def test_time_is_advice_and_says_when_it_grows_with_the_square():
    context = Context(Here(Value), limit=10.0)
    assert too_long(context, [], MANY) == "" == too_long(context, [(4_000, 0.02), (12_000, 0.06)], MANY)
    assert too_long(context, [(4_000, 0.1), (12_000, 0.3)], MANY) == ""
    slow = too_long(context, [(4_000, 0.1), (12_000, 0.9)], MANY)
    assert "12,000 take 0.9 s" in slow and "quadratic" in slow
    assert "quadratic" not in too_long(context, [(4_000, 1.0), (12_000, 3.0)], MANY)
    assert too_long(context, [(4_000, 1.0)], 12_000) and not too_long(context, [(4_000, 0.2)], 12_000)


def test_a_graph_that_takes_too_long_is_not_asked():
    class Slow(Here):
        def ask(self, asked, seconds):
            given = super().ask(asked, seconds)
            if asked.get("task") == "large":
                given[0] = (asked["given"][2] / 4_000) ** 2
            return given
    result = many("wide", 4_000, 12_000)(Context(Slow(Value), limit=10.0))
    assert result.status == "advice" and "12,000 nodes were not asked" in result.notes[0]


@pytest.mark.parametrize("answer", ["", [], [1.0], [1.0, 2.0, 3.0], [[]], None, True, {}])
def test_an_answer_of_another_shape_passes_no_case(answer):
    class Forged(Here):
        def ask(self, asked, seconds): return answer
    for case in SIZES:
        result = answered(Case("scales and sizes", "forged", case.check), Context(Forged(Value), limit=10.0))
        assert result.status == "fail" or (result.status == "skip" and "calls" in case.name), (case, result)


# --- many calls ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("again, roots", [(True, 1), (False, 1), (True, 2)])
@pytest.mark.parametrize("draw", range(3))
def test_every_nth_call_that_differs_is_found(again, roots, draw):
    n, made = Random(f"{again} {roots} {draw}").randrange(5, 900), []

    def backward(self):
        made.append(1)
        Value.backward(self, 1.0 if len(made) % n else 2.0)
    finding, = in_a_row(again, roots)(Context(Here(subclass(backward)), limit=60.0)).findings
    assert "of backward() in a row" in finding.sentence and "counter" in finding.sentence


def test_what_survives_from_graph_to_graph_is_found():
    kept = []

    def backward(self):
        Value.backward(self)
        kept.append(self)
        if len(kept) > 40:                               # a list that grows, and is gone through at its end
            for z in kept[:-40]:
                for x in z.operands:
                    x.grad += 1.0
    assert in_a_row(False, 1)(Context(Here(subclass(backward)), limit=60.0)).status == "fail"


def test_what_goes_wrong_at_the_second_call_is_told_elsewhere():
    def backward(self):
        grad = self.grad
        Value.backward(self, 1.0 + grad)
    assert in_a_row(True, 1)(Context(Here(subclass(backward)))).status == "skip"
    assert in_a_row(True, 9)(Context(Here(Value))).status == "skip"


def test_the_first_wrong_call_is_the_one_that_is_told():
    context = Context(Here(Value))
    rows = sums(SHAPED[:2], 6)
    assert first_wrong(context, SHAPED[:2], rows) is None and rows[1] == [3.0, 4.0]
    assert first_wrong(context, SHAPED[:2], [*rows[:3], [0.0, 0.0], *rows[4:]]) == 4
