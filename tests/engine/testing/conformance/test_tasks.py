"""Tasks give raw numbers, and what an engine raises where that is the answer."""

import itertools
from types import SimpleNamespace

import pytest

from engine import Value
from engine.testing.conformance import tasks
from engine.testing.conformance.exchange import sent_step
from engine.testing.conformance.tasks import (
    TASKS, accepted, added, calls, chain, doubled, freed, has, has_beside, held, in_place, inside, large,
    offers, paces, refuses, traces, tree, trees,
)
from engine.testing.random_programs.scalar_program import Step


def test_each_is_known_by_its_name():
    assert TASKS["chain"] is chain and TASKS["tree"] is tree


def test_what_is_there_is_told():
    assert has(Value, "__add__") and not has(Value, "swish")
    assert has_beside(Value, "softplus") and not has_beside(Value, "swish")


class Numbers(Value):
    def __pow__(self, other):
        assert isinstance(other, int | float), "only numbers"
        return super().__pow__(other)


class Exits(Value):
    def __pow__(self, other): raise SystemExit


def test_a_power_is_refused_where_the_engine_says_so_and_not_where_it_is_wrong():
    assert refuses(Numbers, None, None) and not refuses(Numbers, None, 2.0)
    assert not refuses(Value, None, None) and not refuses(Exits, None, None)


class Optimizer(Value):
    def step(self, rate): return self
    def sinh(self): raise TypeError
    def floor(self): return 1


@pytest.mark.parametrize("op, yes", [("softplus", True), ("step", False), ("sinh", True), ("floor", False)])
def test_an_operation_is_offered_that_takes_one_node_and_makes_one(op, yes):
    assert offers(Optimizer, sent_step(Step(op, (0,))), [0.5]) is yes


def test_an_error_in_the_call_is_not_one_inside_of_the_operation():
    for cause, yes in ((lambda: Optimizer(1.0).sinh(), True), (lambda: offers(1, 2), False)):
        with pytest.raises(TypeError) as raised:
            cause()
        assert inside(raised.value) is (yes or "test_tasks" in raised.traceback[-1].path.name)


def test_deep_and_wide_graphs_give_their_gradients():
    assert chain(Value, "add", 10) == 11.0 and chain(Value, "neg", 3) == -1.0
    assert chain(Value, "mul", 3) == chain(Value, "relu", 3) == 1.0
    assert chain(int, "add", 3).startswith("AttributeError")
    assert added(Value, 10) == [2.0] and added(int, 10).startswith("AttributeError")
    grad, seconds = doubled(Value, 8)
    assert grad == 256.0 and seconds >= 0
    assert freed(Value, 100) is None


def test_the_tree_has_three_numbers_and_the_same_ones_again():
    first = tree(Value)
    assert [type(x) for x in first] == [float] * 3 and first[1] == pytest.approx(34828.674, rel=1e-6)
    assert trees(Value, "salt", 3) == [first, first]
    assert traces(Value) == [first, first, [4.0, 2.0, 4.0]]


def test_an_addition_in_place_and_what_is_no_number():
    assert in_place(Value) == [3.0, 8.0, 15.0] and in_place(dict).startswith("TypeError")
    assert accepted(Value) == [] and accepted(str) == ["'3'", "None", "[1.0]"]


def test_memory_and_time_are_numbers():
    assert held(Value) == [0.0, 0.0]
    short, long = paces(Value)
    assert short > 0 and long > 0

    class Deep(Value):
        def __add__(self, other): raise RecursionError
    assert paces(Deep) == []


def test_a_machine_that_is_busy_for_a_while_makes_no_engine_slow(monkeypatch):
    """Class: a time that was measured once, or several times in a row, and taken for the engine's."""
    busy  = range(3, 9)                                      # of the measurements, one after another
    ticks = itertools.accumulate(itertools.chain.from_iterable(
        (1.0, 30.0 if k in busy else 1.0) for k in itertools.count()))
    monkeypatch.setattr(tasks, "time", SimpleNamespace(process_time=lambda: next(ticks)))
    short, long = paces(Value)
    assert short == long


def test_a_large_graph_gives_its_output_and_every_gradient():
    seconds, output, *grads = large(Value, "wide", "salt", 100, ["+"])
    assert seconds >= 0 and grads == [50.0] + [1.0] * 50 and abs(output) <= 300
    assert large(int, "wide", "salt", 10, ["+"]).startswith("AttributeError")


def test_calls_in_a_row_give_the_gradients_after_each():
    product, doubling = [sent_step(Step("*", (0, 1)))], [sent_step(Step("+", (0, 0)))]
    for again in (True, False):
        seconds, *rows = calls(Value, [3.0, 2.0], [product, doubling], again, 3)
        assert seconds >= 0 and rows == [[2.0, 3.0], [4.0, 3.0], [6.0, 6.0]]
    assert calls(int, [3.0, 2.0], [product], True, 3).startswith("AttributeError")
